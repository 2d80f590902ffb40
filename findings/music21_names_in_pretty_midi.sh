#!/usr/bin/env bash
# music21==10.5.1, pretty_midi==0.2.11.post0, Python 3.11.
#
# Both libraries write a pitch as letter, accidental, octave. music21 writes a flat as "-", pretty_midi as "b" and takes "-" for the
# sign of the octave. One would expect that the name of one is refused by the other where it means something else.
# Every flat of music21 is read by pretty_midi without an error, as a pitch in an octave below zero and so with a number that MIDI
# does not have: E flat 4 is -32. The other way, the lowest octave of pretty_midi ("C-1" is MIDI number 0) is read by
# music21 as C flat of octave 1, two octaves too high, and only its sharps are refused.
#
# Seen:
#   MIDI 58: music21 writes B-3, pretty_midi reads -13
#   MIDI 63: music21 writes E-4, pretty_midi reads -32
#   MIDI 70: music21 writes B-4, pretty_midi reads -25
#   MIDI 0: pretty_midi writes C-1, music21 reads 23
#   MIDI 4: pretty_midi writes E-1, music21 reads 27
#   MIDI 11: pretty_midi writes B-1, music21 reads 34
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check music21==10.5.1 pretty_midi==0.2.11.post0 setuptools==69.5.1
cat > "$folder/look.py" <<'PYTHON'
import pretty_midi
from music21 import pitch

for number in (58, 63, 70):
    name = pitch.Pitch(number).nameWithOctave
    print(f"MIDI {number}: music21 writes {name}, pretty_midi reads {pretty_midi.note_name_to_number(name)}")
for number in (0, 4, 11):
    name = pretty_midi.note_number_to_name(number)
    print(f"MIDI {number}: pretty_midi writes {name}, music21 reads {pitch.Pitch(name).midi}")
PYTHON
said=$("$folder/venv/bin/python" "$folder/look.py" 2>/dev/null)
echo "$said"
[ "$said" = "MIDI 58: music21 writes B-3, pretty_midi reads -13
MIDI 63: music21 writes E-4, pretty_midi reads -32
MIDI 70: music21 writes B-4, pretty_midi reads -25
MIDI 0: pretty_midi writes C-1, music21 reads 23
MIDI 4: pretty_midi writes E-1, music21 reads 27
MIDI 11: pretty_midi writes B-1, music21 reads 34" ]
