#!/usr/bin/env bash
# music21==10.5.1, partitura==1.9.0, verovio==6.4.1, muspy==0.5.0, mido==1.3.3, Python 3.11.
#
# A cue note in MusicXML (<cue/>) shows what another player plays; the standard calls it "a silent note with no playback". music21, partitura
# and verovio let it sound like any other note, also in the MIDI they write; of the four readers only muspy leaves it out. (partitura does when it is
# asked to ignore_invisible_objects.) Who makes sequences of a part with cues gets the other player's notes among them.
#
# Seen:
#   the part: a cue note C4 (60), then D4 (62)
#   music21, in its MIDI: [60, 62]
#   partitura: [60, 62]
#   verovio, in its MIDI: [60, 62]
#   muspy: [62]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check music21==10.5.1 partitura==1.9.0 verovio==6.4.1 muspy==0.5.0 mido==1.3.3 setuptools==69.5.1
cat > "$folder/look.py" <<'PYTHON'
import base64
import io
import os
import warnings

warnings.filterwarnings("ignore")
import mido
import music21
import muspy
import partitura
import verovio

XML = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 4.0 Partwise//EN" "http://www.musicxml.org/dtds/partwise.dtd">
<score-partwise version="4.0"><part-list><score-part id="P1"><part-name>Flute</part-name></score-part></part-list><part id="P1">
<measure number="1"><attributes><divisions>1</divisions><time><beats>4</beats><beat-type>4</beat-type></time></attributes>
<note><cue/><pitch><step>C</step><octave>4</octave></pitch><duration>4</duration><voice>1</voice><type>whole</type></note></measure>
<measure number="2"><note><pitch><step>D</step><octave>4</octave></pitch><duration>4</duration><voice>1</voice><type>whole</type></note>
</measure></part></score-partwise>
"""


def pitches(file):
    return [message.note for track in file.tracks for message in track if message.type == "note_on" and message.velocity]


os.chdir(os.path.dirname(__file__))
with open("cue.musicxml", "w") as file:
    file.write(XML)
toolkit = verovio.toolkit()
toolkit.loadData(XML)
score = music21.converter.parse("cue.musicxml")
print("the part: a cue note C4 (60), then D4 (62)")
print("music21, in its MIDI:", pitches(mido.MidiFile(score.write("midi", fp="cue.mid"))))
print("partitura:", partitura.load_musicxml("cue.musicxml").note_array()["pitch"].tolist())
print("verovio, in its MIDI:", pitches(mido.MidiFile(file=io.BytesIO(base64.b64decode(toolkit.renderToMIDI())))))
print("muspy:", [note.pitch for track in muspy.read_musicxml("cue.musicxml").tracks for note in track.notes])
PYTHON
said=$("$folder/venv/bin/python" "$folder/look.py" 2>/dev/null)
echo "$said"
[ "$said" = "the part: a cue note C4 (60), then D4 (62)
music21, in its MIDI: [60, 62]
partitura: [60, 62]
verovio, in its MIDI: [60, 62]
muspy: [62]" ]
