#!/usr/bin/env bash
# music21==10.5.1, partitura==1.9.0, verovio==6.4.1, muspy==0.5.0, mido==1.3.3, Python 3.11.
#
# "C :| D :| E" with no opening repeat, as folk tunes are often written. Most musicians go back to the bar after the first
# end repeat: C C D D E. Four programs read one MusicXML file: partitura does so; verovio and muspy go back to the
# beginning of the piece and play C once more (C C D C D E); music21 goes back to the beginning and repeats the first part there
# again (C C D C C D E). And muspy forgets a repeat of a single bar with both signs: "|: C :| D" is C D, where the others
# play C C D; over two bars it repeats.
#
# Seen:
#   C:| D:| E
#     music21: C C D C C D E
#     partitura: C C D D E
#     verovio: C C D C D E
#     muspy: C C D C D E
#   |:C:| D
#     music21: C C D
#     partitura: C C D
#     verovio: C C D
#     muspy: C D
#   |:C D:| E
#     music21: C D C D E
#     partitura: C D C D E
#     verovio: C D C D E
#     muspy: C D C D E
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

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 4.0 Partwise//EN" "http://www.musicxml.org/dtds/partwise.dtd">
<score-partwise version="4.0"><part-list><score-part id="P1"><part-name>Flute</part-name></score-part></part-list><part id="P1">
"""
TIME = "<attributes><divisions>1</divisions><time><beats>4</beats><beat-type>4</beat-type></time></attributes>"
BEGIN = '<barline location="left"><repeat direction="forward"/></barline>'
END = '<barline location="right"><repeat direction="backward"/></barline>'


def score(*bars):
    text = HEAD
    for number, bar in enumerate(bars, 1):
        step = bar.strip("|:")
        note = f"<note><pitch><step>{step}</step><octave>4</octave></pitch><duration>4</duration><voice>1</voice><type>whole</type></note>"
        begin, end = BEGIN if bar.startswith("|:") else "", END if bar.endswith(":|") else ""
        text += f'<measure number="{number}">{TIME if number == 1 else ""}{begin}{note}{end}</measure>'
    return text + "</part></score-partwise>"


def struck(file):
    return [message.note for track in file.tracks for message in track if message.type == "note_on" and message.velocity]


os.chdir(os.path.dirname(__file__))
for bars in (("C:|", "D:|", "E"), ("|:C:|", "D"), ("|:C", "D:|", "E")):
    xml = score(*bars)
    with open("tune.musicxml", "w") as file:
        file.write(xml)
    toolkit = verovio.toolkit()
    toolkit.loadData(xml)
    parsed = music21.converter.parse("tune.musicxml", forceSource=True)
    unfolded = partitura.score.unfold_part_maximal(partitura.load_musicxml("tune.musicxml"))
    heard = {
        "music21": struck(mido.MidiFile(parsed.write("midi", fp="tune.mid"))),
        "partitura": unfolded.note_array()["pitch"].tolist(),
        "verovio": struck(mido.MidiFile(file=io.BytesIO(base64.b64decode(toolkit.renderToMIDI())))),
        "muspy": [note.pitch for track in muspy.read_musicxml("tune.musicxml").tracks for note in track.notes],
    }
    print(" ".join(bars))
    for library, pitches in heard.items():
        print(f"  {library}: {' '.join({60: 'C', 62: 'D', 64: 'E'}[pitch] for pitch in pitches)}")
PYTHON
said=$("$folder/venv/bin/python" "$folder/look.py" 2>/dev/null)
echo "$said"
[ "$said" = "C:| D:| E
  music21: C C D C C D E
  partitura: C C D D E
  verovio: C C D C D E
  muspy: C C D C D E
|:C:| D
  music21: C C D
  partitura: C C D
  verovio: C C D
  muspy: C D
|:C D:| E
  music21: C D C D E
  partitura: C D C D E
  verovio: C D C D E
  muspy: C D C D E" ]
