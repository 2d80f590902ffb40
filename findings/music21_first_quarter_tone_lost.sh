#!/usr/bin/env bash
# music21==10.5.1, mido==1.3.3, Python 3.11.
#
# A quarter tone is written to MIDI as the nearest key and a pitch bend before it. music21 does so for every note, and also
# puts a bend of 0 at the beginning of each track. For the first note of a part this 0 stands behind the bend of the note (all three
# at tick 0), so the note sounds as a full semitone: C raised by a quarter tone becomes C sharp. The same note one beat later is right.
# One would expect the bend of the note to be the last one before it.
#
# Seen:
#   C4 and a quarter tone, then D4: [61.0, 62.0]
#   D4, C4 and a quarter tone, D4: [62.0, 60.5, 62.0]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check music21==10.5.1 mido==1.3.3
cat > "$folder/look.py" <<'PYTHON'
import os

import mido
from music21 import note, stream


def sounds(*names):
    """Give the pitches that the file sounds, in semitones, with the bend that holds when each note begins (range: 2)."""
    part = stream.Part()
    for name in names:
        part.append(note.Note(name))
    path = part.write("midi", fp=os.path.join(os.path.dirname(__file__), "part.mid"))
    bend, heard = 0, []
    for message in mido.MidiFile(path).tracks[-1]:
        if message.type == "pitchwheel":
            bend = message.pitch
        elif message.type == "note_on" and message.velocity:
            heard.append(message.note + 2 * bend / 8192)
    return heard


print("C4 and a quarter tone, then D4:", sounds("C~4", "D4"))
print("D4, C4 and a quarter tone, D4:", sounds("D4", "C~4", "D4"))
PYTHON
said=$("$folder/venv/bin/python" "$folder/look.py" 2>/dev/null)
echo "$said"
[ "$said" = "C4 and a quarter tone, then D4: [61.0, 62.0]
D4, C4 and a quarter tone, D4: [62.0, 60.5, 62.0]" ]
