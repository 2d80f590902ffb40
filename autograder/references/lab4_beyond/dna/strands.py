"""The other strand of DNA, and the log-odds of a motif: oracles, what is drawn, and what people do otherwise."""

# ruff: noqa: ARG005  (a wrong formula leaves out some of what it is given)

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from autograder.references.lab4_beyond.drawing import distinct
from autograder.references.reference import Drawn, Reference

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.random import Generator

    from autograder.references.lab4_beyond.drawing import Arguments, Array

LETTERS = "ACGT"
PARTNER = {"A": "T", "C": "G", "G": "C", "T": "A"}


def letters(text: str) -> Array:
    """Return (L, 4): a row for each letter, zeros for any other than A, C, G and T."""
    return np.array([[float(one == letter) for letter in LETTERS] for one in text])


def drawn_letters(rng: Generator, *shape: int, chances: Array | None = None) -> Array:
    """Draw letters: (..., 4)."""
    return np.asarray(np.eye(4)[rng.choice(4, size=shape, p=chances)])


def background(rng: Generator) -> Array:
    """Draw the shares of the four letters, none of them small, no two alike."""
    while True:
        found = rng.dirichlet(np.full(4, 8.0)).round(3)
        found[0] = round(1 - found[1:].sum(), 3)
        if found.min() > 0.1 and np.diff(np.sort(found)).min() > 0.02:
            return np.asarray(found)


def reverse_complement(x: Array) -> Array:
    """Read from the last letter to the first, and put the partner in the place of each letter."""
    result = np.zeros(x.shape)
    length = x.shape[-2]
    for place in range(length):
        for one, letter in enumerate(LETTERS):
            result[..., length - 1 - place, LETTERS.index(PARTNER[letter])] = x[..., place, one]
    return result


def _draw_strands(rng: Generator) -> list[Drawn]:
    both = np.stack([letters("TTACGTA"), letters("ACGATCC")])
    return [
        ({"x": both}, "two sequences"),
        ({"x": letters("GATTACA")}, "GATTACA by itself"),
        ({"x": drawn_letters(rng, 3, int(rng.integers(8, 13)))}, "three sequences"),
        ({"x": drawn_letters(rng, 4, 4)}, "four sequences of four letters"),
        ({"x": distinct(rng, 2, 3, 5, 4).astype(float)}, "two axes in front, any numbers"),
        ({"x": letters("ACNNGN")}, "unknown letters are rows of zeros"),
        ({"x": letters("C")}, "one letter"),
        ({"x": drawn_letters(rng, 2, 40)}, "40 letters"),
    ]


STRANDS = Reference(
    correct=reverse_complement,
    draw=_draw_strands,
    wrong={
        "only_reversed": lambda x: x[..., ::-1, :],
        "only_complement": lambda x: x[..., ::-1],
        "batch_reversed": lambda x: x[::-1],
        "batch_reversed/and_letters": lambda x: x[::-1, ..., ::-1],
        "other_pairs": lambda x: x[..., ::-1, :][..., [1, 0, 3, 2]],
        "other_pairs/a_g": lambda x: x[..., ::-1, :][..., [2, 3, 0, 1]],
        "everything": lambda x: x[tuple(slice(None, None, -1) for _ in x.shape)],
        "transposed": lambda x: x[..., ::-1, ::-1].swapaxes(-1, -2),
    },
)


def log_odds(sites: Array, background: Array, pseudocount: float = 1.0) -> Array:
    """Count place by place and letter by letter, as if `pseudocount` sites of the background were there besides."""
    number, width, _ = sites.shape
    result = np.zeros((width, 4))
    for place in range(width):
        for letter in range(4):
            count = sum(float(one) for one in sites[:, place, letter])
            share = (count + pseudocount * float(background[letter])) / (number + pseudocount)
            result[place, letter] = math.log(share) - math.log(float(background[letter]))
    return result


def _draw_odds(rng: Generator) -> list[Drawn]:
    def arguments(number: int, width: int, pseudocount: float | None = None) -> Arguments:
        sites = drawn_letters(rng, number, width)
        sites[:, 0] = np.eye(4)[rng.integers(4)]  # one place with a single letter
        return {"sites": sites, "background": background(rng)} | ({"pseudocount": pseudocount} if pseudocount else {})

    fixed = {"sites": np.stack([letters(one) for one in ("ACGT", "ACGA", "ATGT")])}
    soft = arguments(5, 3) | {"sites": rng.gamma(1.0, 0.6, size=(5, 3, 4)).round(3)}
    return [
        (fixed | {"background": np.array([0.3, 0.2, 0.2, 0.3])}, "ACGT, ACGA, ATGT"),
        (arguments(int(rng.integers(8, 14)), 6), "more sites"),
        (arguments(6, 4, round(float(rng.uniform(0.2, 0.6)), 2)), "a small pseudocount, four places"),
        (arguments(4, 5, 3.0), "pseudocount 3"),
        (soft, "weights in place of letters"),
        (arguments(1, 3), "one site"),
        (arguments(7, 3) | {"background": np.full(4, 0.25)}, "all letters are equally frequent"),
        (arguments(40, 9, 2.0), "40 sites"),
    ]


def _odds(change: Callable[[Array, Array, float, int], Array]) -> Callable[..., Array]:
    """Do something else with (counts, background, pseudocount, number of sites)."""

    def formula(sites: Array, background: Array, pseudocount: float = 1.0) -> Array:
        return np.asarray(change(sites.sum(axis=0), background, pseudocount, len(sites)))

    return formula


def _p(n: Array, b: Array, c: float, sites: int) -> Array:
    return np.asarray((n + c * b) / (sites + c))


ODDS = Reference(
    correct=log_odds,
    draw=_draw_odds,
    crossed=False,
    wrong={
        "bits": _odds(lambda n, b, c, sites: np.log2(_p(n, b, c, sites) / b)),
        "no_background": _odds(lambda n, b, c, sites: np.log(_p(n, b, c, sites))),
        "total_without_pseudocount": _odds(lambda n, b, c, sites: np.log((n + c * b) / sites / b)),
        "one_for_each_letter": _odds(lambda n, b, c, sites: np.log((n + c) / (sites + 4 * c) / b)),
        "one_for_each_letter/total": _odds(lambda n, b, c, sites: np.log((n + c) / (sites + c) / b)),
        "quarter": _odds(lambda n, b, c, sites: np.log(_p(n, np.full(4, 0.25), c, sites) / 0.25)),
        "quarter/divided": _odds(lambda n, b, c, sites: np.log(_p(n, b, c, sites) / 0.25)),
        "quarter/pseudocount": _odds(lambda n, b, c, sites: np.log(_p(n, np.full(4, 0.25), c, sites) / b)),
        "no_pseudocount": _odds(lambda n, b, c, sites: np.log(n / sites / b)),
        "pseudocount_fixed": _odds(lambda n, b, c, sites: np.log(_p(n, b, 1.0, sites) / b)),
        "total_of_the_place": _odds(
            lambda n, b, c, sites: np.log((n + c * b) / (n.sum(axis=1, keepdims=True) + c) / b)
        ),
        "probabilities": _odds(_p),
        "ratio": _odds(lambda n, b, c, sites: _p(n, b, c, sites) / b),
        "counts": _odds(lambda n, b, c, sites: n),
        "transposed": lambda sites, background, pseudocount=1.0: log_odds(sites, background, pseudocount).T,
        "odds": _odds(lambda n, b, c, sites: np.log(_p(n, b, c, sites) / (1 - _p(n, b, c, sites)) / b * (1 - b))),
        "odds/of_p": _odds(lambda n, b, c, sites: np.log(_p(n, b, c, sites) / (1 - _p(n, b, c, sites)))),
        "difference": _odds(lambda n, b, c, sites: _p(n, b, c, sites) - b),
        "sign": lambda sites, background, pseudocount=1.0: -log_odds(sites, background, pseudocount),
    },
)

REFERENCES: dict[str, Reference] = {"reverse_complement": STRANDS, "log_odds": ODDS}
