#!/usr/bin/env bash
# music21==10.5.1, partitura==1.9.0, verovio==6.4.1, mido==1.3.3, Python 3.11.
#
# MusicXML has two elements for one thing: <tie> says that two notes sound as one, <tied> draws the curve. Most programs write both, and
# each may stand alone. music21 and partitura go by <tie> and ignore <tied>; verovio does the opposite, and lets two notes with <tie> alone
# sound twice, although this is the element for the sound. A file with one of the two has one note here and two notes there.
#
# Seen:
#   both: music21 1, partitura 1, verovio 1
#   <tie> alone: music21 1, partitura 1, verovio 2
#   <tied> alone: music21 2, partitura 2, verovio 1
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check music21==10.5.1 partitura==1.9.0 verovio==6.4.1 mido==1.3.3 setuptools==69.5.1
cat > "$folder/look.py" <<'PYTHON'
import base64
import io
import os
import warnings

warnings.filterwarnings("ignore")
import mido
import music21
import partitura
import verovio

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 4.0 Partwise//EN" "http://www.musicxml.org/dtds/partwise.dtd">
<score-partwise version="4.0"><part-list><score-part id="P1"><part-name>Flute</part-name></score-part></part-list><part id="P1">
<measure number="1"><attributes><divisions>1</divisions><time><beats>4</beats><beat-type>4</beat-type></time></attributes>
"""


def note(way, tie, tied):
    sound = f'<tie type="{way}"/>' if tie else ""
    curve = f'<notations><tied type="{way}"/></notations>' if tied else ""
    pitch = "<pitch><step>C</step><octave>4</octave></pitch><duration>4</duration>"
    return f"<note>{pitch}{sound}<voice>1</voice><type>whole</type>{curve}</note>"


def struck(file):
    return sum(message.type == "note_on" and message.velocity > 0 for track in file.tracks for message in track)


os.chdir(os.path.dirname(__file__))
for what, tie, tied in (("both", True, True), ("<tie> alone", True, False), ("<tied> alone", False, True)):
    start, stop = note("start", tie, tied), note("stop", tie, tied)
    xml = f'{HEAD}{start}</measure><measure number="2">{stop}</measure></part></score-partwise>'
    with open("tie.musicxml", "w") as file:
        file.write(xml)
    toolkit = verovio.toolkit()
    toolkit.loadData(xml)
    score = music21.converter.parse("tie.musicxml", forceSource=True)
    counts = {
        "music21": struck(mido.MidiFile(score.write("midi", fp="tie.mid"))),
        "partitura": len(partitura.load_musicxml("tie.musicxml").note_array()),
        "verovio": struck(mido.MidiFile(file=io.BytesIO(base64.b64decode(toolkit.renderToMIDI())))),
    }
    print(f"{what}: " + ", ".join(f"{library} {count}" for library, count in counts.items()))
PYTHON
said=$("$folder/venv/bin/python" "$folder/look.py" 2>/dev/null)
echo "$said"
[ "$said" = "both: music21 1, partitura 1, verovio 1
<tie> alone: music21 1, partitura 1, verovio 2
<tied> alone: music21 2, partitura 2, verovio 1" ]
