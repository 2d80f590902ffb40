"""Corners and large cases of lab 3, part 5: RARE stands in the public table too, DEEP is hidden."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from autograder.references.lab3_attention.drawing import LONG, MANY, Arguments, single
from autograder.references.lab3_attention.whole.music import music_case
from autograder.references.lab3_attention.whole.norm import norm_case
from labkit.checks.lab3_attention.whole_probes import Sizes

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.random import Generator

    from autograder.references.reference import Drawn


def _rare_norm(rng: Generator, _: Arguments) -> list[Drawn]:
    alike = norm_case(rng, 2, 3)
    alike["x"][0] = single(1.5)
    return [
        (alike, "a position whose features are all equal"),
        (norm_case(rng, 3, 1), "one feature"),
        (norm_case(rng, 1, 1, 4), "one step"),
        (norm_case(rng, 2, 5, scale=30.0), "large numbers"),
        (norm_case(rng, 2, 37), "wide"),
    ]


def _deep_norm(rng: Generator) -> list[Drawn]:
    return [(norm_case(rng, MANY, LONG, 24), "nine rows of 130 steps")]


def _rare_music(rng: Generator, _: Arguments) -> list[Drawn]:
    return [
        (music_case(rng, Sizes(4, 4, 2, 3, 1, 4, 0.0), shape=(2, 1)), "one step, near=4"),
        (music_case(rng, Sizes(6, 2, 1, 3, 2, 2, 0.0), np.full((1, 4), 5)), "one character four times"),
    ]


def _deep_music(rng: Generator) -> list[Drawn]:
    return [(music_case(rng, Sizes(90, 8, 4, 12, 3, 4, 0.0), shape=(5, 60)), "five rows of 60 steps, 90 characters")]


RARE: dict[str, Callable[[Generator, Arguments], list[Drawn]]] = {
    "layer_norm": _rare_norm,
    "MusicTransformer": _rare_music,
}
DEEP: dict[str, Callable[[Generator], list[Drawn]]] = {
    "layer_norm": _deep_norm,
    "MusicTransformer": _deep_music,
}
