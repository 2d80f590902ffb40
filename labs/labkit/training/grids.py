"""The shipped results of trainings by seed, data/<lab>/*.json, and intervals over seeds and examples.

Who was right on which example is written as text: a bit for each example, or a byte for a probability.
"""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import numpy as np

from labkit.base.files import path

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

DRAWS, LEVELS = 2000, 256


def runs(name: str, **wanted: Any) -> list[dict[str, Any]]:
    """Load the runs of a shipped grid, "lab4/tweets", or those with these values: model="LSTM".

    Raises FileNotFoundError when labkit lacks its file.
    """
    return chosen(json.loads(path(f"{name}.json").read_text(encoding="utf-8"))["runs"], **wanted)


def chosen(rows: Iterable[Mapping[str, Any]], **wanted: Any) -> list[dict[str, Any]]:
    """Return the runs that have these values."""
    return [dict(row) for row in rows if all(row.get(key) == value for key, value in wanted.items())]


def pack(right: Any) -> str:
    """Write (N,) True or False as text: N, a colon, and the bits."""
    bits = np.asarray(right, bool)
    return f"{len(bits)}:{base64.b64encode(np.packbits(bits).tobytes()).decode('ascii')}"


def unpack(text: str) -> NDArray[np.bool_]:
    """Undo `pack`."""
    count, _, packed = text.partition(":")
    return np.unpackbits(np.frombuffer(base64.b64decode(packed), np.uint8), count=int(count)).astype(bool)


def pack_shares(probabilities: Any) -> str:
    """Write (N,) numbers from 0 to 1 as text, a byte each; which side of one half a number lies on is kept."""
    levels = np.minimum(np.floor(np.asarray(probabilities, float) * LEVELS), LEVELS - 1)
    return base64.b64encode(levels.astype(np.uint8).tobytes()).decode("ascii")


def unpack_shares(text: str) -> NDArray[np.float64]:
    """Undo `pack_shares`, up to 1 / 512."""
    return (np.frombuffer(base64.b64decode(text), np.uint8) + 0.5) / LEVELS


def interval(right: Any, other: Any = None, draws: int = DRAWS) -> tuple[float, float, float]:
    """Return the mean of (seeds, N) and its 95% bootstrap interval over seeds and examples: mean, low, high.

    other: (seeds, N) of another model on the same N examples: the difference, paired by example
    """
    generator, first = np.random.default_rng(0), np.atleast_2d(np.asarray(right, float))
    second = None if other is None else np.atleast_2d(np.asarray(other, float))
    mean, found = first.mean() - (0 if second is None else second.mean()), np.empty(draws)
    for draw in range(draws):
        examples = generator.integers(0, first.shape[1], first.shape[1])
        found[draw] = _drawn(first, examples, generator)
        if second is not None:
            found[draw] -= _drawn(second, examples, generator)
    low, high = np.percentile(found, [2.5, 97.5])
    return float(mean), float(low), float(high)


def _drawn(table: NDArray[np.float64], examples: Any, generator: np.random.Generator) -> float:
    seeds = generator.integers(0, len(table), len(table))
    return float(table[seeds].mean(0)[examples].mean())
