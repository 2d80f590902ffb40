"""Oracles of lab 2, part 2: tunes become numbers."""

from __future__ import annotations

from collections import Counter
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.references.reference import Drawn, Reference

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.random import Generator

Array = np.ndarray[Any, np.dtype[Any]]

FIRST = 4  # 0 to 3: padding, unknown, start, end
BARS = ("A2 Bc", "d2 ef", "gf ed", "GA BG", "c3 B", "^F2 =f", "z2 D2", "(3efg a", "_B,2 C", "a>g e'")


def tune_vocabulary(tunes: list[str]) -> dict[str, int]:
    """Give each character that occurs the next number, in the order of their code points."""
    vocabulary: dict[str, int] = {}
    for code in range(max(map(ord, "".join(tunes)), default=-1) + 1):
        if any(chr(code) in tune for tune in tunes):
            vocabulary[chr(code)] = FIRST + len(vocabulary)
    return vocabulary


def _draw_tune_vocabulary(rng: Generator) -> list[Drawn]:
    def tune(bars: int) -> str:
        return "|".join(str(bar) for bar in rng.choice(BARS, size=bars)) + "|]"

    return [
        ({"tunes": ["cab", "bead"]}, "two short tunes"),
        ({"tunes": [f"M:6/8\nK:{key}\n{tune(3)}" for key in rng.choice(list("ACDEG"), size=3)]}, "whole tunes"),
        ({"tunes": [f"gfe {tune(int(rng.integers(2, 5)))}", "edBA GABd"]}, "capital and small letters"),
        ({"tunes": ["", tune(1)]}, "one tune is empty"),
        ({"tunes": []}, "no tunes at all"),
        (
            {"tunes": [f" {tune(2)}\n", "Té ~é\tß", *(tune(4) for _ in range(20))]},
            "many tunes, spaces at both ends, accents",
        ),
    ]


def _numbered(characters: Iterable[str], first: int = FIRST) -> dict[str, int]:
    return {character: number for number, character in enumerate(characters, start=first)}


def _in_order(tunes: list[str]) -> list[str]:
    return list(dict.fromkeys(chain.from_iterable(tunes)))


def _each_tune_anew(tunes: list[str]) -> dict[str, int]:
    every = [character for tune in tunes for character in sorted(set(tune))]
    return _numbered(every)


def _with_gaps(tunes: list[str]) -> dict[str, int]:
    return _numbered(sorted("".join(tunes)))


def _appended(tunes: list[str]) -> dict[str, int]:
    vocabulary: dict[str, int] = {}
    for tune in tunes:
        vocabulary.update({c: FIRST + len(vocabulary) + n for n, c in enumerate(sorted(set(tune) - set(vocabulary)))})
    return vocabulary


TUNE_VOCABULARY = Reference(
    correct=tune_vocabulary,
    draw=_draw_tune_vocabulary,
    wrong={
        **{
            f"first_id/{first}": lambda tunes, first=first: _numbered(tune_vocabulary(tunes), first)
            for first in (0, 1, 2, 3, 5)
        },
        "not_sorted": lambda tunes: _numbered(_in_order(tunes)),
        "not_sorted/downwards": lambda tunes: _numbered(sorted(_in_order(tunes), reverse=True)),
        "sorted_by_tune": _appended,
        "sorted_by_tune/again": _each_tune_anew,
        "gaps": _with_gaps,
        "frequency": lambda tunes: _numbered(character for character, _ in Counter("".join(tunes)).most_common()),
        "special_keys": lambda tunes: _numbered(["<pad>", "<unk>", "<start>", "<end>"], 0) | tune_vocabulary(tunes),
        "words": lambda tunes: _numbered(sorted(set(" ".join(tunes).split()))),
        "words/lines": lambda tunes: _numbered(sorted({line for tune in tunes for line in tune.splitlines()})),
        "whole_tunes": lambda tunes: _numbered(sorted(set(tunes))),
        "first_tune": lambda tunes: tune_vocabulary(tunes[:1]),
        "last_tune": lambda tunes: tune_vocabulary(tunes[-1:]),
        "case_lost": lambda tunes: tune_vocabulary([tune.lower() for tune in tunes]),
        "case_lost/upper": lambda tunes: tune_vocabulary([tune.upper() for tune in tunes]),
        "spaces_lost": lambda tunes: tune_vocabulary(["".join(tune.split()) for tune in tunes]),
        "inverted": lambda tunes: {number: character for character, number in tune_vocabulary(tunes).items()},
        "list": lambda tunes: list(tune_vocabulary(tunes)),
    },
)


def next_step_pairs(ids: Array) -> tuple[Array, Array]:
    """Pair each id with the one after it."""
    inputs = [[row[step] for step in range(len(row) - 1)] for row in ids]
    targets = [[row[step + 1] for step in range(len(row) - 1)] for row in ids]
    return np.array(inputs, ids.dtype), np.array(targets, ids.dtype)


def _draw_next_step_pairs(rng: Generator) -> list[Drawn]:
    def batch(lengths: list[int]) -> Array:
        """Draw rows of start, characters, end, padding; lengths counts the characters."""
        ids = np.zeros((len(lengths), max(lengths) + 2), np.int64)
        for row, length in enumerate(lengths):
            ids[row, : length + 2] = [2, *rng.integers(FIRST, 40, size=length), 3]
        return ids

    longest = int(rng.integers(5, 8))
    return [
        ({"ids": batch([longest, longest - 2, 3])}, "three lengths"),
        ({"ids": batch([4, 4])}, "equal lengths"),
        ({"ids": batch([int(rng.integers(2, 6))])}, "one tune"),
        ({"ids": batch([1, 1, 1, 1])}, "one character in each tune"),
        ({"ids": rng.integers(FIRST, 40, size=(3, 2))}, "two steps"),
        ({"ids": rng.integers(0, 5001, size=(5, 40))}, "five rows of 40 ids, to 5,000"),
    ]


def _without_first(ids: Array) -> tuple[Array, Array]:
    return ids[:, 1:-1], ids[:, 2:]


NEXT_STEP_PAIRS = Reference(
    correct=next_step_pairs,
    draw=_draw_next_step_pairs,
    wrong={
        "not_shifted": lambda ids: (ids[:, :-1], ids[:, :-1]),
        "not_shifted/both_late": lambda ids: (ids[:, 1:], ids[:, 1:]),
        "swapped": lambda ids: (ids[:, 1:], ids[:, :-1]),
        "over_batch": lambda ids: (ids[:-1], ids[1:]),
        "rolled": lambda ids: (ids, np.roll(ids, -1, axis=1)),
        "last_only": lambda ids: (ids[:, :-1], ids[:, -1]),
        "last_only/column": lambda ids: (ids[:, :-1], ids[:, -1:]),
        "inputs_too_long": lambda ids: (ids, ids[:, 1:]),
        "start_left_out": _without_first,
        "two_ahead": lambda ids: (ids[:, :-2], ids[:, 2:]),
    },
)


REFERENCES: dict[str, Reference] = {
    "tune_vocabulary": TUNE_VOCABULARY,
    "next_step_pairs": NEXT_STEP_PAIRS,
}
