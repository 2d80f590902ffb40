"""Measures lab 4's search for a motif beside a plain loop, ELPH and GLAM2, by turns on the same pieces of DNA.

The two programs are taken out of Debian's packages into a folder that is gone afterwards; without them the rest runs.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np

from labkit.sequences import dna, motif

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    Matrix = list[dict[str, float]]

WIDTH, RESTARTS, ROUNDS = 9, 20, 12
PACKAGES = ("elph", "glam2", "libfftw3-double3")


@dataclass(frozen=True)
class Found:
    """What a program found: the CPU seconds, and where its window begins in each piece (None: nowhere)."""

    seconds: float
    places: list[int | None]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run all by turns; the last line on the screen is one JSON object."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.motif", description=__doc__)
    parser.add_argument("--turns", type=int, default=3, help="how often each runs (default 3)")
    options = parser.parse_args(arguments)
    pieces = dna.pieces("ei", seed=0).halves()[0]
    letters, border = pieces.letters, [int(at) for at in pieces.border]
    with tempfile.TemporaryDirectory() as held, programs(Path(held)) as there:
        file = Path(held) / "pieces.fa"
        file.write_text("".join(f">{number}\n{text}\n" for number, text in enumerate(letters)))
        runs: dict[str, list[Found]] = {}
        for turn in range(options.turns):
            runs.setdefault("attention", []).append(ours(letters, turn))
            runs.setdefault("plain loop", []).append(plain(letters, turn))
            for name, where in there.items():
                runs.setdefault(name, []).append(PROGRAMS[name](where, file, turn))
    found = {name: summary(each, letters, border) for name, each in runs.items()}
    missing = [name for name in PROGRAMS if name not in found]
    print(f"{'':12}{'CPU s':>8}{'times ours':>12}  letters    window begins  there in")
    for name, one in found.items():
        ratio = one["seconds"] / found["attention"]["seconds"]
        print(f"{name:12}{one['seconds']:8.2f}{ratio:12.1f}  {one['letters']}  {one['shift']:+13d}  {one['place']:.1%}")
    if missing:
        print(f"Not to be had here (apt-get download): {', '.join(missing)}.")
    print(json.dumps({**found, "missing": missing}))
    return 0


def ours(letters: Sequence[str], seed: int) -> Found:
    """Run labkit's search, with what it takes to read the letters."""
    began = time.process_time()
    result = motif.find_motif(list(letters), WIDTH, ROUNDS, RESTARTS, seed=seed)
    return Found(time.process_time() - began, [int(at) for at in result.places])


def plain(letters: Sequence[str], seed: int) -> Found:
    """Run the same search as a textbook writes it down: loops over starts, sequences, windows and letters."""
    began = time.process_time()
    generator = np.random.default_rng(seed)
    counts = Counter("".join(letters))
    base = {letter: counts[letter] / sum(counts.values()) for letter in dna.BASES}
    ends = []
    for _ in range(RESTARTS):
        text = letters[int(generator.integers(len(letters)))]
        at = int(generator.integers(len(text) - WIDTH + 1))
        query = [
            {letter: math.log(0.5 + 0.5 * (letter == one) / base[letter]) for letter in dna.BASES}
            for one in text[at : at + WIDTH]
        ]
        for _ in range(ROUNDS):
            query, _ = plain_round(letters, query, base)
        ends.append((likelihood(letters, query), query))
    query = max(ends, key=lambda end: end[0])[1]
    for _ in range(motif.LAST - ROUNDS):
        query, _ = plain_round(letters, query, base)
    _, weights = plain_round(letters, query, base)
    places: list[int | None] = [row.index(max(row)) for row in weights]
    return Found(time.process_time() - began, places)


def plain_round(letters: Sequence[str], query: Matrix, base: Mapping[str, float]) -> tuple[Matrix, list[list[float]]]:
    """Attend, add up what was found, take its log-odds; return these and the weights."""
    total = [dict.fromkeys(dna.BASES, 0.0) for _ in query]
    every = []
    for text in letters:
        odds = [math.exp(score(text, at, query)) for at in range(len(text) - len(query) + 1)]
        whole = sum(odds)
        weights = [one / whole for one in odds]
        for at, weight in enumerate(weights):
            for column, letter in zip(total, text[at : at + len(query)], strict=True):
                column[letter] += weight
        every.append(weights)
    new = [
        {letter: math.log((column[letter] + base[letter]) / (len(letters) + 1) / base[letter]) for letter in dna.BASES}
        for column in total
    ]
    return new, every


def score(text: str, at: int, query: Matrix) -> float:
    """Add up the log-odds of the letters of one window."""
    total = 0.0
    for column, letter in zip(query, text[at : at + len(query)], strict=True):
        total += column[letter]
    return total


def likelihood(letters: Sequence[str], query: Matrix) -> float:
    """Return the mean over the sequences of the log of the mean odds, in nats."""
    total = 0.0
    for text in letters:
        odds = [math.exp(score(text, at, query)) for at in range(len(text) - len(query) + 1)]
        total += math.log(sum(odds) / len(odds))
    return total / len(letters)


def summary(runs: Sequence[Found], letters: Sequence[str], border: Sequence[int]) -> dict[str, Any]:
    """Return the median of the CPU seconds, and of the last run what it found and how often it was there."""
    places = runs[-1].places
    offsets = Counter(at - edge for at, edge in zip(places, border, strict=True) if at is not None)
    shift, many = offsets.most_common(1)[0]
    windows = [text[at : at + WIDTH] for text, at in zip(letters, places, strict=True) if at is not None]
    columns = zip(*(text for text in windows if len(text) == WIDTH), strict=True)
    return {
        "seconds": round(statistics.median(one.seconds for one in runs), 3),
        "each": [round(one.seconds, 3) for one in runs],
        "letters": "".join(Counter(column).most_common(1)[0][0] for column in columns),
        "shift": shift,
        "place": round(many / len(border), 4),
    }


@contextmanager
def programs(folder: Path) -> Iterator[dict[str, list[str]]]:
    """Get the two programs: what to call for each that can be had, installed or out of its package."""
    found = {name: [path] for name in PROGRAMS if (path := shutil.which(name))}
    if len(found) < len(PROGRAMS) and shutil.which("apt-get") and shutil.which("dpkg-deb"):
        for package in PACKAGES:
            run = subprocess.run(["apt-get", "download", package], cwd=folder, capture_output=True, check=False)
            for file in folder.glob(f"{package}_*.deb") if run.returncode == 0 else []:
                subprocess.run(["dpkg-deb", "-x", str(file), str(folder / "x")], check=True)
        libraries = [str(path) for path in (folder / "x" / "usr" / "lib").glob("*-linux-gnu*")]
        for name in PROGRAMS:
            file = folder / "x" / "usr" / "bin" / name
            if name not in found and file.is_file():
                found[name] = ["env", f"LD_LIBRARY_PATH={':'.join(libraries)}", str(file)]
    yield {name: found[name] for name in PROGRAMS if name in found}


def elph(call: list[str], file: Path, seed: int) -> Found:
    """Run ELPH (Gibbs sampling, 10 starts) with its own settings, told the width."""
    took, text = _clocked([*call, str(file), f"LEN={WIDTH}", "-x", "-s", str(seed + 1)])
    rows = [line.split() for line in text.partition("Seq.no")[2].splitlines()[1:]]
    starts = {int(row[-1]): int(row[1]) - 1 for row in rows if len(row) > 5 and row[0].isdigit() and row[1].isdigit()}
    return Found(took, [starts.get(number) for number in range(text_count(file))])


def glam2(call: list[str], file: Path, seed: int) -> Found:
    """Run GLAM2 (simulated annealing, 10 runs) with its own settings, told the width; it may leave a sequence out."""
    took, text = _clocked([*call, "-a", str(WIDTH), "-b", str(WIDTH), "-w", str(WIDTH), "-s", str(seed + 1), "n",
                           str(file)])  # fmt: skip
    best = text.partition("Score:")[2].partition("Score:")[0]
    rows = [line.split() for line in best.splitlines()]
    starts = {int(row[0]): int(row[1]) - 1 for row in rows if len(row) == 6 and row[0].isdigit() and row[4] in "+-"}
    return Found(took, [starts.get(number) for number in range(text_count(file))])


PROGRAMS = {"elph": elph, "glam2": glam2}


def text_count(file: Path) -> int:
    """Count the sequences of a file."""
    return file.read_text().count(">")


def _clocked(call: list[str]) -> tuple[float, str]:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(call, capture_output=True, text=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, done.stdout


if __name__ == "__main__":
    sys.exit(main())
