#!/usr/bin/env bash
# music21==10.5.1, verovio==6.4.1, mido==1.3.3, Python 3.11.
#
# A MusicXML part for a clarinet in B flat: the written C4 (60) sounds as B flat (58), <transpose> says so. music21 reads the
# transposition, and its MIDI of the part sounds right. Its MIDI of the score with this one part has the written C4, a tone too high: the
# part knows that it is written (atSoundingPitch is False), the score says "unknown", and the writer asks the score alone. verovio
# transposes. An old note of music21's tracker (issue 187, 2016) asks that MIDI be at sounding pitch.
#
# Seen:
#   music21, the part: [58] False
#   music21, the score: [60] unknown
#   verovio: [58]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check music21==10.5.1 verovio==6.4.1 mido==1.3.3
cat > "$folder/look.py" <<'PYTHON'
import base64
import io
import os

import mido
import music21
import verovio

XML = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 4.0 Partwise//EN" "http://www.musicxml.org/dtds/partwise.dtd">
<score-partwise version="4.0"><part-list><score-part id="P1"><part-name>Clarinet in Bb</part-name></score-part></part-list>
<part id="P1"><measure number="1"><attributes><divisions>1</divisions><time><beats>4</beats><beat-type>4</beat-type></time>
<transpose><diatonic>-1</diatonic><chromatic>-2</chromatic></transpose></attributes>
<note><pitch><step>C</step><octave>4</octave></pitch><duration>4</duration><voice>1</voice><type>whole</type></note></measure></part>
</score-partwise>
"""


def struck(file):
    return [message.note for track in file.tracks for message in track if message.type == "note_on" and message.velocity]


os.chdir(os.path.dirname(__file__))
score = music21.converter.parseData(XML, format="musicxml")
part = score.parts[0]
toolkit = verovio.toolkit()
toolkit.loadData(XML)
print("music21, the part:", struck(mido.MidiFile(part.write("midi", fp="part.mid"))), part.atSoundingPitch)
print("music21, the score:", struck(mido.MidiFile(score.write("midi", fp="score.mid"))), score.atSoundingPitch)
print("verovio:", struck(mido.MidiFile(file=io.BytesIO(base64.b64decode(toolkit.renderToMIDI())))))
PYTHON
said=$("$folder/venv/bin/python" "$folder/look.py" 2>/dev/null)
echo "$said"
[ "$said" = "music21, the part: [58] False
music21, the score: [60] unknown
verovio: [58]" ]
