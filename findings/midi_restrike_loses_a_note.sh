#!/usr/bin/env bash
# partitura==1.9.0, music21==10.5.1, pretty_midi==0.2.11.post0, symusic==0.6.0, mido==1.3.3, Python 3.11.
#
# A pitch that is struck again while it sounds: in a MIDI file its second note-on may stand before the note-off of the
# first, at the same tick or some ticks earlier (legato playing). Both orders are valid; one would expect that a reader gives two notes
# whatever it does with their ends. partitura keeps one open note for a pitch, so the second note-on replaces the first:
# the first note is gone without a warning, and where both messages stand at one tick the second one is left with no length.
# music21 keeps both, but the second one ends where the first note-off stands. pretty_midi ends both at the first note-off of a later
# tick (which its author says is meant), symusic pairs first with first. For one file of two quarters these are four answers.
#
# Seen:
#   the second begins at 1, at the tick at which the first ends
#     partitura: [(1.0, 1.0)]
#     music21: [(0.0, 1.0), (1.0, 1.0)]
#     pretty_midi: [(0.0, 1.0), (1.0, 2.0)]
#     symusic: [(0.0, 1.0), (1.0, 2.0)]
#   the second begins at 1, the first ends at 1.5, the second at 2
#     partitura: [(1.0, 1.5)]
#     music21: [(0.0, 1.5), (1.0, 1.5)]
#     pretty_midi: [(0.0, 1.5), (1.0, 1.5)]
#     symusic: [(0.0, 1.5), (1.0, 2.0)]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check partitura==1.9.0 music21==10.5.1 pretty_midi==0.2.11.post0 symusic==0.6.0 mido==1.3.3 setuptools==69.5.1
cat > "$folder/look.py" <<'PYTHON'
import os
import warnings

warnings.filterwarnings("ignore")
import mido
import music21
import partitura
import pretty_midi
import symusic


def write(name, *events):
    track = mido.MidiTrack(mido.Message(kind, note=60, velocity=64, time=time) for kind, time in events)
    mido.MidiFile(ticks_per_beat=480, tracks=[track]).save(name)
    return name


def readings(name):
    """Give (onset, end) in quarters (of half a second) of all notes, as each library reads them."""
    performed = partitura.load_performance_midi(name).performedparts[0].notes
    pretty = pretty_midi.PrettyMIDI(name).instruments[0].notes
    score = symusic.Score(name)
    parsed = music21.converter.parse(name).recurse().notes
    return {
        "partitura": [(2 * note["note_on"], 2 * note["note_off"]) for note in performed],
        "music21": [(note.getOffsetInHierarchy(note.activeSite), note.offset + note.quarterLength) for note in parsed],
        "pretty_midi": [(2 * note.start, 2 * note.end) for note in pretty],
        "symusic": [(note.start / 480, note.end / 480) for note in score.tracks[0].notes],
    }


os.chdir(os.path.dirname(__file__))
on, off = "note_on", "note_off"
files = {
    "the second begins at 1, at the tick at which the first ends": [(on, 0), (on, 480), (off, 0), (off, 480)],
    "the second begins at 1, the first ends at 1.5, the second at 2": [(on, 0), (on, 480), (off, 240), (off, 240)],
}
for what, events in files.items():
    print(what)
    for library, notes in readings(write("two.mid", *events)).items():
        print(f"  {library}: {[(float(start), float(end)) for start, end in notes]}")
PYTHON
said=$("$folder/venv/bin/python" "$folder/look.py" 2>/dev/null)
echo "$said"
[ "$said" = "the second begins at 1, at the tick at which the first ends
  partitura: [(1.0, 1.0)]
  music21: [(0.0, 1.0), (1.0, 1.0)]
  pretty_midi: [(0.0, 1.0), (1.0, 2.0)]
  symusic: [(0.0, 1.0), (1.0, 2.0)]
the second begins at 1, the first ends at 1.5, the second at 2
  partitura: [(1.0, 1.5)]
  music21: [(0.0, 1.5), (1.0, 1.5)]
  pretty_midi: [(0.0, 1.5), (1.0, 1.5)]
  symusic: [(0.0, 1.5), (1.0, 2.0)]" ]
