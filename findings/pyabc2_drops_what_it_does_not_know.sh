#!/usr/bin/env bash
# pyabc2==0.1.4, Python 3.11.
#
# pyabc2 reads a tune of ABC into notes with pitch and length. It refuses what it does not support (chords) with an error, but takes no notice of
# some of the commonest fields: L: (the unit length is an eighth, whatever it says; M:2/4 without L: means sixteenths in ABC 2.1, section
# 3.1.7), an accidental earlier in the bar (it holds until the bar line), and a K: in the middle. All three give wrong
# notes without a warning. A note above the staff goes wrong on its way back, too: c' is written as c'''. One would expect an error, or the notes.
#
# Seen:
#   L:1/4, c2 is a half: C5_1/4
#   M:2/4 alone, c2 is an eighth: C5_1/4
#   ^f2 f2, both are F sharp: F#5_1/4 F5_1/4
#   K:G in the middle, f is F sharp: C5_1 F5_1
#   c' is C6_1/8, written again c'''
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pyabc2==0.1.4
cat > "$folder/look.py" <<'PYTHON'
from pyabc2 import Key, Note, Tune


def notes(fields, music):
    tune = Tune(f"X:1\nT:Test\n{fields}\n{music}\n")
    return " ".join(str(note) for measure in tune.measures for note in measure)


print("L:1/4, c2 is a half:", notes("M:4/4\nL:1/4\nK:C", "c2|"))
print("M:2/4 alone, c2 is an eighth:", notes("M:2/4\nK:C", "c2|"))
print("^f2 f2, both are F sharp:", notes("M:4/4\nL:1/8\nK:C", "^f2f2|"))
print("K:G in the middle, f is F sharp:", notes("M:4/4\nL:1/8\nK:C", "c8|\nK:G\nf8|"))
note = Note.from_abc("c'", key=Key("C"))
print(f"c' is {note}, written again {note.to_abc(key=Key('C'))}")
PYTHON
said=$("$folder/venv/bin/python" "$folder/look.py" 2>/dev/null)
echo "$said"
[ "$said" = "L:1/4, c2 is a half: C5_1/4
M:2/4 alone, c2 is an eighth: C5_1/4
^f2 f2, both are F sharp: F#5_1/4 F5_1/4
K:G in the middle, f is F sharp: C5_1 F5_1
c' is C6_1/8, written again c'''" ]
