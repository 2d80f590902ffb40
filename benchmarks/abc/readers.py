"""The five readers, each as a function of an ABC text that returns the notes which it plays."""

from __future__ import annotations

import base64
import contextlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
from fractions import Fraction
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from music21 import tie
from music21.abcFormat import ABCFile, translate

from benchmarks.abc import midi
from labkit.engraving import audio
from labkit.notation import abc, meter

if TYPE_CHECKING:
    from collections.abc import Callable

ABC2MIDI, ABCJS, VEROVIO, MUSIC21 = "4.84", "6.7.2", "6.4.1", "10.5.1"  # the versions whose answers docs/abc.md has
SCRIPT = Path(__file__).with_name("abcjs.js")
LIMIT = 60  # seconds
STRUM = Fraction(1, 16)  # quarter notes


class NoAnswerError(RuntimeError):
    """A program gave no answer; the message says what it did."""


class Played(NamedTuple):
    """A note as it sounds: onset and duration in quarter notes, and its MIDI number (60 is middle C)."""

    onset: Fraction
    duration: Fraction
    pitch: int


def ours(text: str) -> list[Played]:
    """Read with labkit, repeats and parts played out, ties joined."""
    tune = abc.read(text)
    beat, _ = meter.pace(tune)
    notes = audio.notes(tune, tempo=60)  # a beat a second
    return sorted(
        Played(_exact(note.onset * float(4 * beat)), _exact(note.seconds * float(4 * beat)), note.pitch)
        for note in notes
    )


def abc2midi(text: str) -> list[Played]:
    """Read with abc2midi, which writes a MIDI file; a note there ends a tick early."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "tune.abc"), Path(folder, "tune.mid")
        source.write_text(text, encoding="utf-8")
        command = ["abc2midi", str(source), "-o", str(target), "-NGUI"]
        subprocess.run(command, capture_output=True, check=False, timeout=LIMIT)
        return _together(_from_midi(target.read_bytes(), early=1)) if target.exists() else []


def _together(notes: list[Played]) -> list[Played]:
    """Let the notes of a chord begin together: abc2midi begins one some ticks after the other, as a strummer does."""
    found: list[Played] = []
    for note in notes:
        first = found[-1] if found else note
        late = note.onset - first.onset
        end = first.onset + first.duration
        if 0 < late < STRUM and abs(note.onset + note.duration - end) < STRUM:
            note = Played(first.onset, first.duration, note.pitch)  # noqa: PLW2901
        found.append(note)
    return sorted(found)


def verovio(text: str) -> list[Played]:
    """Read with verovio, by way of its MIDI, in a process of its own: keys stay from tune to tune, and some end it."""
    code = (
        "import sys, verovio; verovio.enableLog(verovio.LOG_OFF); kit = verovio.toolkit(); "
        "kit.setOptions({'inputFrom': 'abc'}); "
        "print(kit.renderToMIDI() if kit.loadData(sys.stdin.read()) else '')"
    )
    command = [sys.executable, "-c", code]
    run = subprocess.run(command, input=text, capture_output=True, text=True, check=False, timeout=LIMIT)
    if run.returncode:
        raise NoAnswerError(f"ends with status {run.returncode}")
    return _from_midi(base64.b64decode(run.stdout), early=1) if run.stdout.strip() else []


def abcjs(text: str) -> list[Played]:
    """Read with abcjs, in Node; ABCJS_HOME names the folder in which it was installed."""
    run = subprocess.run(["node", str(SCRIPT)], input=text, capture_output=True, text=True, check=False, timeout=LIMIT)
    if run.returncode:
        raise NoAnswerError("raises " + (re.search(r"\w*Error.*", run.stderr) or ["an error"])[0])
    rows = [
        Played(_exact(4 * note["start"]), _exact(4 * note["duration"]), note["pitch"])
        for track in json.loads(run.stdout)["tracks"]
        for note in track
        if note.get("cmd") == "note"
    ]
    return sorted(rows)


def music21(text: str) -> list[Played]:
    """Read with music21, repeats played out; told that the file follows ABC 2.1, without which it drops accidentals."""
    read: Any = translate.abcToStreamScore
    score = read(ABCFile().readstr("%abc-2.1\n" + text))
    with contextlib.suppress(Exception):  # what it cannot expand it plays once
        score = score.expandRepeats()
    rows: list[Played] = []
    held: dict[int, int] = {}
    for sound in score.flatten().notes:
        onset, duration = _exact(sound.offset), _exact(sound.quarterLength)
        for note in getattr(sound, "notes", [sound]):
            pitch = int(note.pitch.midi)
            kind = note.tie.type if isinstance(note.tie, tie.Tie) else ""
            if kind in {"stop", "continue"} and pitch in held:
                before = rows[held[pitch]]
                rows[held[pitch]] = before._replace(duration=onset + duration - before.onset)
            else:
                held[pitch] = len(rows)
                rows.append(Played(onset, duration, pitch))
            if kind not in {"start", "continue"}:
                held.pop(pitch, None)
    return sorted(rows)


READERS: dict[str, Callable[[str], list[Played]]] = {
    "ours": ours,
    "abc2midi": abc2midi,
    "abcjs": abcjs,
    "verovio": verovio,
    "music21": music21,
}


def versions() -> dict[str, str]:
    """Say which version of each program is installed; "" where it is missing."""
    found = dict.fromkeys(("abc2midi", "abcjs", "verovio", "music21"), "")
    if shutil.which("abc2midi"):
        said = subprocess.run(["abc2midi", "-ver"], capture_output=True, text=True, check=False).stdout
        found["abc2midi"] = (re.search(r"\d+\.\d+", said) or [""])[0]
    if shutil.which("node"):
        run = subprocess.run(["node", str(SCRIPT), "--version"], capture_output=True, text=True, check=False)
        found["abcjs"] = "" if run.returncode else run.stdout.strip()
    for name in ("verovio", "music21"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def _from_midi(data: bytes, early: int) -> list[Played]:
    notes, per_quarter = midi.notes(data)
    return sorted(
        Played(_exact(begin / per_quarter), _exact((end + early - begin) / per_quarter), pitch)
        for begin, end, pitch in notes
    )


def _exact(number: float) -> Fraction:
    """Take back what binary fractions and ticks rounded: the plainest fraction that is near."""
    return next(
        (
            Fraction(round(number * parts), parts)
            for parts in range(1, 100)
            if abs(round(number * parts) / parts - number) < 0.003
        ),
        Fraction(number).limit_denominator(1000),
    )
