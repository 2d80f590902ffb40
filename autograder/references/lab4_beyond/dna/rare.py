"""Corners and large cases of part 4: RARE stands in the public table too, DEEP is hidden."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from autograder.references.lab4_beyond.dna.motif import matrix_of, windows_of
from autograder.references.lab4_beyond.dna.strands import background, drawn_letters, letters
from autograder.references.lab4_beyond.drawing import LONG, MANY, Arguments

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.random import Generator

    from autograder.references.reference import Drawn


def _rare_strands(rng: Generator, first: Arguments) -> list[Drawn]:
    del first
    return [
        ({"x": letters("ACGT")[None]}, "a palindrome"),
        ({"x": rng.integers(-8000, 8000, size=(1, 3, 4)) + 0.125}, "large numbers"),
        ({"x": drawn_letters(rng, 7, 1)}, "seven sequences of one letter"),
        ({"x": drawn_letters(rng, 1, 2, 1, 5).astype(np.float32)}, "float32, three axes in front"),
    ]


def _deep_strands(rng: Generator) -> list[Drawn]:
    return [({"x": drawn_letters(rng, MANY, LONG)}, "nine sequences of 130 letters")]


def _rare_odds(rng: Generator, first: Arguments) -> list[Drawn]:
    sites = drawn_letters(rng, 5, 3)
    return [
        ({"sites": sites, "background": background(rng), "pseudocount": 0.01}, "a very small pseudocount"),
        (
            {"sites": drawn_letters(rng, 4, 3), "background": background(rng), "pseudocount": 1e-4},
            "a pseudocount near 0",
        ),
        ({"sites": np.zeros((2, 2, 4)), "background": background(rng)}, "sites of unknown letters"),
        (first | {"pseudocount": 2.5}, "the same sites, another pseudocount"),
        (
            {"sites": drawn_letters(rng, 3, 4), "background": background(rng), "pseudocount": 30.0},
            "a large pseudocount",
        ),
        (first | {"background": first["background"][[1, 2, 3, 0]] * 0.5 + 0.125}, "the same sites, another background"),
        ({"sites": drawn_letters(rng, 2, 12), "background": background(rng)}, "two sites of twelve letters"),
    ]


def _deep_odds(rng: Generator) -> list[Drawn]:
    case = {"sites": drawn_letters(rng, 700, 30, chances=np.array([0.4, 0.3, 0.2, 0.1])), "background": background(rng)}
    return [(case, "700 sites of 30 letters")]


def _rare_motif(rng: Generator, first: Arguments) -> list[Drawn]:
    sequence = drawn_letters(rng, 1, 9)
    long = drawn_letters(rng, 1, 60)
    found = {"windows": windows_of(long, 40), "matrix": 1.2 * long[0, 10:50]}
    found["windows"][0, 3] = found["windows"][0, 10]  # another place that scores as high ...
    found["windows"][0, 3, 0] = 0.0  # ... but for one letter
    unlike = {"windows": windows_of(drawn_letters(rng, 2, 20), 12), "matrix": matrix_of(rng, 12) / 4 - 4.0}
    strong = {"windows": windows_of(sequence, 5), "matrix": 12 * sequence[0, 2:7] - 3}
    return [
        (strong, "a motif that fits one place only"),
        (found, "a motif of 40 letters that is there twice, nearly"),
        (unlike, "no place is like the motif"),
        (first | {"matrix": np.zeros_like(first["matrix"])}, "a motif that says nothing: all places alike"),
        (first | {"matrix": -first["matrix"]}, "the same windows, another motif"),
        (first | {"matrix": rng.normal(0, 4, size=first["matrix"].shape).round(3)}, "large log-odds"),
        ({"windows": windows_of(drawn_letters(rng, 7, 3), 2), "matrix": matrix_of(rng, 2)}, "seven short sequences"),
    ]


def _deep_motif(rng: Generator) -> list[Drawn]:
    case = {"windows": windows_of(drawn_letters(rng, 60, 60), 9), "matrix": matrix_of(rng, 9)}
    wide = {"windows": windows_of(drawn_letters(rng, 3, 40), 31), "matrix": matrix_of(rng, 31) / 4}
    return [(case, "60 sequences of 60 letters"), (wide, "a motif of 31 letters")]


RARE: dict[str, Callable[[Generator, Arguments], list[Drawn]]] = {
    "reverse_complement": _rare_strands,
    "log_odds": _rare_odds,
    "motif_attention": _rare_motif,
}
DEEP: dict[str, Callable[[Generator], list[Drawn]]] = {
    "reverse_complement": _deep_strands,
    "log_odds": _deep_odds,
    "motif_attention": _deep_motif,
}
