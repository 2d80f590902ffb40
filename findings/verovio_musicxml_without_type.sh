#!/usr/bin/env bash
# verovio==6.4.1, mido==1.3.3, Python 3.11.
#
# In MusicXML <duration> says how long a note lasts and is required; <type> says how it is drawn and is optional. verovio
# takes the length from <type> alone: notes without it are quarters, whatever their duration, and what follows in the next bar moves.
# A played rhythm that differs from the drawn one (swung eighths: durations 2 and 1 of a triplet, both drawn as eighths) is
# played as drawn. One would expect onsets from <duration>, as music21, partitura and muspy give them.
#
# Seen:
#   two halves with a type: [0.0, 2.0, 4.0]
#   two halves without: [0.0, 1.0, 2.0]
#   swung eighths, the second at 0.67: [0.0, 0.5, 1.0, 2.0, 4.0]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check verovio==6.4.1 mido==1.3.3
cat > "$folder/look.py" <<'PYTHON'
import base64
import io

import mido
import verovio

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 4.0 Partwise//EN" "http://www.musicxml.org/dtds/partwise.dtd">
<score-partwise version="4.0"><part-list><score-part id="P1"><part-name>Flute</part-name></score-part></part-list><part id="P1">
<measure number="1"><attributes><divisions>3</divisions><time><beats>4</beats><beat-type>4</beat-type></time></attributes>
"""


def note(step, duration, kind=""):
    drawn = f"<type>{kind}</type>" if kind else ""
    return f"<note><pitch><step>{step}</step><octave>4</octave></pitch><duration>{duration}</duration><voice>1</voice>{drawn}</note>"


def onsets(first, second):
    """Give the onsets of all notes in quarters."""
    toolkit = verovio.toolkit()
    toolkit.loadData(f'{HEAD}{first}</measure><measure number="2">{second}</measure></part></score-partwise>')
    file = mido.MidiFile(file=io.BytesIO(base64.b64decode(toolkit.renderToMIDI())))
    now, found = 0, []
    for message in file.tracks[-1]:
        now += message.time
        if message.type == "note_on" and message.velocity:
            found.append(round(now / file.ticks_per_beat, 2))
    return found


last = note("G", 12, "whole")
print("two halves with a type:", onsets(note("C", 6, "half") + note("D", 6, "half"), last))
print("two halves without:", onsets(note("C", 6) + note("D", 6), last))
swung = note("C", 2, "eighth") + note("D", 1, "eighth") + note("E", 3, "quarter") + note("F", 6, "half")
print("swung eighths, the second at 0.67:", onsets(swung, last))
PYTHON
said=$("$folder/venv/bin/python" "$folder/look.py" 2>/dev/null)
echo "$said"
[ "$said" = "two halves with a type: [0.0, 2.0, 4.0]
two halves without: [0.0, 1.0, 2.0]
swung eighths, the second at 0.67: [0.0, 0.5, 1.0, 2.0, 4.0]" ]
