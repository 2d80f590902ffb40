"""What the labs read and draw: shipped files, folk tunes, and the flights of a ball that passes behind a wall."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from labkit.base.files import path
from labkit.collection import own
from labkit.notation import corpus
from labkit.recurrence.flights import (
    FRAMES,
    HALF_HEIGHT,
    HALF_WIDTH,
    LONGEST_HIDDEN,
    NOISE,
    SEEN_BEFORE,
    Flights,
    constant_velocity,
    distances,
    flights,
    fold,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from labkit.notation.corpus import Corpus

__all__ = [
    "FRAMES",
    "HALF_HEIGHT",
    "HALF_WIDTH",
    "LONGEST_HIDDEN",
    "NOISE",
    "SEEN_BEFORE",
    "Flights",
    "clues",
    "constant_velocity",
    "distances",
    "edge",
    "flights",
    "fold",
    "forgetting",
    "memory",
    "path",
    "tunes",
]


def tunes(source: str | Path | Iterable[str | Path] | None = None) -> Corpus:
    """Load the folk tunes of the course; or read a collection of your own: an ABC file, a folder, or a list of them.

    data.tunes("irish.abc") does all that the course's tunes do: each tune is cleaned and written in the course's way,
    versions of one tune stay in one part, and what is left out is said, and named in `left_out`.
    Raises labkit.notation.corpus.CorpusError, with a sentence, when there is nothing to read.
    """
    return corpus.tunes() if source is None else own.read(source)


def forgetting() -> list[dict[str, Any]]:
    """Load the measured recall of lab 1: rows with cell, gap, seed and accuracy (data/README.md says how)."""
    return _runs("lab1/forgetting.json")


def edge() -> list[dict[str, Any]]:
    """Load the recall of lab 1's tanh cell by budget: rows with steps, rate, gap, seed and accuracy.

    The rows of the plain budget are those of `forgetting`.
    """
    measured = _runs("lab1/edge.json")
    gaps = {run["gap"] for run in measured}
    plain = [run for run in forgetting() if run["cell"] == "tanh" and run["gap"] in gaps]
    return [{"steps": 1500, "rate": 0.001, **run} for run in plain] + measured


def clues() -> list[dict[str, Any]]:
    """Load whom lab 1's tanh cell believes, the first word or the last: rows with gap, seed, first and last."""
    return _runs("lab1/clues.json")


def memory() -> list[dict[str, Any]]:
    """Load the measured recall of lab 2: rows with cell, gap, seed and accuracy (data/README.md says how)."""
    return _runs("lab2/memory.json")


def _runs(name: str) -> list[dict[str, Any]]:
    runs: list[dict[str, Any]] = json.loads(path(name).read_text(encoding="utf-8"))["runs"]
    return runs
