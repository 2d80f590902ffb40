#!/usr/bin/env bash
# music21==10.5.1, mido==1.3.3, Python 3.11.
#
# A staccato note is played shorter than written. In the MIDI file that music21 writes it is as long as without the dot and louder
# (velocity 96 in place of 90), as if it had a small accent; tenuto and accent are louder, too. One would expect a shorter note, or
# no difference at all. The class has a factor for the length (`lengthScale` of articulations), which the MIDI writer does not read.
#
# Seen:
#   no mark: length 1.00, velocity 90
#   staccato: length 1.00, velocity 96
#   staccatissimo: length 1.00, velocity 96
#   tenuto: length 1.00, velocity 84
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check music21==10.5.1 mido==1.3.3
cat > "$folder/look.py" <<'PYTHON'
import os

import mido
from music21 import articulations, note, stream


def played(*marks):
    """Give length in quarters and velocity of a quarter note with these marks."""
    part = stream.Part()
    one = note.Note("C4", quarterLength=1)
    one.articulations = list(marks)
    part.append([one, note.Note("D4", quarterLength=1)])
    path = part.write("midi", fp=os.path.join(os.path.dirname(__file__), "part.mid"))
    file = mido.MidiFile(path)
    on, off = [message for message in file.tracks[-1] if message.type.startswith("note_") and message.note == 60]
    return f"length {off.time / file.ticks_per_beat:.2f}, velocity {on.velocity}"


print("no mark:", played())
print("staccato:", played(articulations.Staccato()))
print("staccatissimo:", played(articulations.Staccatissimo()))
print("tenuto:", played(articulations.Tenuto()))
PYTHON
said=$("$folder/venv/bin/python" "$folder/look.py" 2>/dev/null)
echo "$said"
[ "$said" = "no mark: length 1.00, velocity 90
staccato: length 1.00, velocity 96
staccatissimo: length 1.00, velocity 96
tenuto: length 1.00, velocity 84" ]
