"""What the labs read and draw: shipped files, folk tunes, and the flights of a ball that passes behind a wall."""

from __future__ import annotations

import json
from typing import Any

from labkit.base.files import path
from labkit.notation.corpus import tunes
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

__all__ = [
    "FRAMES",
    "HALF_HEIGHT",
    "HALF_WIDTH",
    "LONGEST_HIDDEN",
    "NOISE",
    "SEEN_BEFORE",
    "Flights",
    "constant_velocity",
    "distances",
    "flights",
    "fold",
    "forgetting",
    "memory",
    "path",
    "tunes",
]


def forgetting() -> list[dict[str, Any]]:
    """Load the measured recall of lab 1: rows with cell, gap, seed and accuracy (data/README.md says how)."""
    return _runs("lab1/forgetting.json")


def memory() -> list[dict[str, Any]]:
    """Load the measured recall of lab 2: rows with cell, gap, seed and accuracy (data/README.md says how)."""
    return _runs("lab2/memory.json")


def _runs(name: str) -> list[dict[str, Any]]:
    runs: list[dict[str, Any]] = json.loads(path(name).read_text(encoding="utf-8"))["runs"]
    return runs
