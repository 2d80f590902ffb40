"""The band of allowed keys, and the rate of a warm-up: oracles, what is drawn, and what people do otherwise."""

# ruff: noqa: ARG005  (a wrong formula leaves out some of what it is given)

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from autograder.references.reference import Drawn, Reference

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.random import Generator

    from autograder.references.lab4_beyond.drawing import Arguments, Array


def band_mask(length: int, back: int, ahead: int) -> Array:
    """Ask for each pair by itself how far the key lies behind or before the query."""
    mask = np.zeros((length, length), bool)
    for query in range(length):
        for key in range(length):
            mask[query, key] = query - key <= back if key <= query else key - query <= ahead
    return mask


def _band(length: int, low: int, high: int) -> Array:
    """Allow what lies from `low` to `high` places after the query."""
    places = np.arange(length)[None, :] - np.arange(length)[:, None]
    return np.asarray((places >= low) & (places <= high))


def _moved(back: int = 0, ahead: int = 0) -> Callable[..., Array]:
    """Reach so much farther."""
    offset = (back, ahead)
    return lambda length, back, ahead: _band(length, -back - offset[0], ahead + offset[1])


def _draw_band(rng: Generator) -> list[Drawn]:
    def arguments(length: int, back: int, ahead: int) -> Arguments:
        return {"length": length, "back": back, "ahead": ahead}

    back, ahead = (int(one) for one in rng.choice(range(1, 5), size=2, replace=False))
    return [
        (arguments(6, 3, 1), "three back, one ahead"),
        (arguments(int(rng.integers(7, 11)), back, ahead), "another band"),
        (arguments(7, 0, 2), "only ahead"),
        (arguments(7, 2, 0), "only back"),
        (arguments(5, 4, 0), "all that is earlier"),
        (arguments(4, 4, 4), "everything"),
        (arguments(5, 0, 0), "nothing but itself"),
        (arguments(40, 9, 3), "40 places"),
    ]


BAND = Reference(
    correct=band_mask,
    quick=lambda length, back, ahead: _band(length, -back, ahead),
    draw=_draw_band,
    wrong={
        "swapped": lambda length, back, ahead: _band(length, -ahead, back),
        "back_one_less": _moved(back=-1),
        "back_one_more": _moved(back=1),
        "ahead_one_less": _moved(ahead=-1),
        "ahead_one_more": _moved(ahead=1),
        "one_less": _moved(back=-1, ahead=-1),
        "without_itself": lambda length, back, ahead: _band(length, -back, ahead) & ~np.eye(length, dtype=bool),
        "inverted": lambda length, back, ahead: ~_band(length, -back, ahead),
        "both_ways": lambda length, back, ahead: _band(length, -max(back, ahead), max(back, ahead)),
        "both_ways/back": lambda length, back, ahead: _band(length, -back, back),
        "both_ways/ahead": lambda length, back, ahead: _band(length, -ahead, ahead),
        "both_ways/smaller": lambda length, back, ahead: _band(length, -min(back, ahead), min(back, ahead)),
        "causal": lambda length, back, ahead: _band(length, -length, 0),
        "one_side": lambda length, back, ahead: _band(length, -length, ahead),
        "one_side/back": lambda length, back, ahead: _band(length, -back, length),
        "numbers": lambda length, back, ahead: _band(length, -back, ahead).astype(int),
    },
)


def warmup_rate(step: int, d_model: int, warmup: int) -> float:
    """Take the lower one of a line that rises and a root that falls."""
    rising, falling = step / warmup**1.5, 1 / math.sqrt(step)
    return float(min(falling, rising) / math.sqrt(d_model))


def _rate(change: Callable[[float, float, float], float]) -> Callable[..., float]:
    return lambda step, d_model, warmup: float(change(step, d_model, warmup))


def _draw_rate(rng: Generator) -> list[Drawn]:
    def arguments(step: int, d_model: int, warmup: int) -> Arguments:
        return {"step": step, "d_model": d_model, "warmup": warmup}

    warmup = int(rng.integers(50, 400))
    return [
        (arguments(int(rng.integers(2, 40)), 32, warmup), "before the end of the warm-up"),
        (arguments(warmup * 7, 32, warmup), "after the warm-up"),
        (arguments(warmup, 16, warmup), "at its last step"),
        (arguments(1, 64, 100), "the first step"),
        (arguments(1000, 512, 4000), "a step of the article"),
        (arguments(int(rng.integers(3, 9)), 4, 2), "a short warm-up"),
    ]


WARMUP = Reference(
    correct=warmup_rate,
    draw=_draw_rate,
    wrong={
        "larger_one": _rate(lambda s, d, w: d**-0.5 * max(s**-0.5, s * w**-1.5)),
        "only_rising": _rate(lambda s, d, w: d**-0.5 * s * w**-1.5),
        "only_falling": _rate(lambda s, d, w: d**-0.5 * s**-0.5),
        "no_width": _rate(lambda s, d, w: min(s**-0.5, s * w**-1.5)),
        "width_without_root": _rate(lambda s, d, w: d**-1 * min(s**-0.5, s * w**-1.5)),
        "width_multiplied": _rate(lambda s, d, w: d**0.5 * min(s**-0.5, s * w**-1.5)),
        "warmup_without_root": _rate(lambda s, d, w: d**-0.5 * min(s**-0.5, s / w)),
        "warmup_half": _rate(lambda s, d, w: d**-0.5 * min(s**-0.5, s * w**-0.5)),
        "summed": _rate(lambda s, d, w: d**-0.5 * (s**-0.5 + s * w**-1.5)),
    },
)

REFERENCES: dict[str, Reference] = {"band_mask": BAND, "warmup_rate": WARMUP}
