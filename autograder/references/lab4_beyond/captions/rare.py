"""Corners and large cases of part 5: RARE stands in the public table too, DEEP is hidden."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from autograder.references.lab4_beyond.captions.beams import Beam
from autograder.references.lab4_beyond.captions.searching import RIGHT, beam_case, greedy_case
from autograder.references.lab4_beyond.captions.texts import captions_of
from autograder.references.lab4_beyond.drawing import LONG, Arguments

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.random import Generator

    from autograder.references.reference import Drawn


def _rare_pairs(rng: Generator, first: Arguments) -> list[Drawn]:
    return [
        ({"captions": np.zeros((2, 3), int), "start": 1, "end": 2}, "all captions are empty"),
        (first | {"start": 300, "end": 400}, "the same captions, other ids for start and end"),
        ({"captions": captions_of(rng, [1] * 7, 2), "start": 1, "end": 2}, "seven captions of one word"),
        ({"captions": captions_of(rng, [3, 2], 3, 70_000), "start": 70_100, "end": 1}, "large ids"),
        ({"captions": captions_of(rng, [2, 3], 3, 7), "start": 5, "end": 5}, "one id for start and end"),
    ]


def _deep_pairs(rng: Generator) -> list[Drawn]:
    lengths = [int(one) for one in rng.integers(0, LONG + 1, size=9)]
    return [
        ({"captions": captions_of(rng, lengths, LONG), "start": 1, "end": 2}, "nine captions of up to 130 words"),
        ({"captions": captions_of(rng, [300, 5], 300), "start": 1, "end": 2}, "a caption of 300 words"),
    ]


def _rare_greedy(rng: Generator, first: Arguments) -> list[Drawn]:
    return [
        (greedy_case(rng, 5, 1, 1, never=[1, 2]), "one word at most"),
        (_with_word(rng, 0), "0 is a word like any other"),
        (_with_word(rng, 1), "start comes up as a word"),
        (greedy_case(rng, 6, 2, 5, 900, 4), "start is no word"),
        ({"script": _again(5, 5), "start": 9, "end": 0, "max_length": 8}, "one word five times"),
        (first | {"max_length": 2}, "the same model, cut after two words"),
    ]


def _again(word: int, times: int) -> dict[str, object]:
    """Make a script by which one word comes so many times, and then 0."""
    tree = [[[word] * count, [float(one == word) for one in range(word + 1)]] for count in range(times)]
    return {"size": word + 1, "salt": 1, "tree": tree, "closes": 0}


def _with_word(rng: Generator, word: int) -> Arguments:
    """Draw a script by which a word comes that is easily taken for something else."""
    while True:
        case = greedy_case(rng, 5, 4, 8, never=[3])
        if word in RIGHT(**case)[0][:-1]:
            return case


def _deep_greedy(rng: Generator) -> list[Drawn]:
    return [
        (greedy_case(rng, 40, 60, 60, never=[1, 2]), "60 words"),
        (greedy_case(rng, 1000, 3, 3, never=[1, 2]), "1,000 ids, none of them probable"),
        (greedy_case(rng, 40, 3, 9, 38, 37, never=[38]), "40 ids, the end is one of the last"),
    ]


def _rare_beam(rng: Generator, first: Arguments) -> list[Drawn]:
    del first
    hand = {"size": 4, "salt": 2, "tree": [[[], [0.0, 0.5, 0.3, 0.2]]], "closes": 0}
    return [
        (beam_case(rng, 5, 3, 1, never=[1]), "one word at most"),
        ({"script": hand, "start": 9, "end": 0, "width": 7, "max_length": 2}, "more room than texts, and -inf"),
        (beam_case(rng, 5, 2, 4, 900, 3), "0 is a word like any other, start is none"),
        (_with_start(rng), "start comes up as a word"),
        (beam_case(rng, 5, 4, 9, never=[1], spread=4.0), "a beam of four, a sure model"),
    ]


def _with_start(rng: Generator) -> Arguments:
    """Draw a script in whose likeliest text start comes up as a word."""
    while True:
        case = beam_case(rng, 5, 2, 4)
        if case["start"] in Beam()(**case)[0]:
            return case


def _deep_beam(rng: Generator) -> list[Drawn]:
    return [
        (beam_case(rng, 30, 5, 12, never=[1], late=[2, 6]), "30 ids, a beam of five, twelve words"),
        (beam_case(rng, 6, 2, 24, never=[1], late=[2, 23]), "more than 20 words"),
        ({"script": _improbable(30), "start": 9, "end": 0, "width": 2, "max_length": 30}, "a text of tiny probability"),
        (beam_case(rng, 30, 3, 4, 28, 27, never=[28], late=[27, 2]), "30 ids, the end is one of the last"),
        (_hidden_treasure(int(rng.integers(25, 29))), "a beam of 30, and a good text that begins badly"),
    ]


def _improbable(words: int) -> dict[str, object]:
    """Make a script with one text, of so many words, whose probability is below what a float holds."""
    tree = [[[1] * count, [0.0, 1e-14]] for count in range(words)]
    return {"size": 2, "salt": 1, "tree": tree, "closes": 0}


def _hidden_treasure(rank: int) -> Arguments:
    """Make a model of 32 ids: of the first words only that of this rank leads to a probable text."""
    falling = 0.97 ** np.arange(31)
    chances = (0.999 * falling / falling.sum()).tolist()
    tree: list[list[object]] = [[[], [0.001, *chances]], [[rank], [0.9, *(0.1 * one for one in chances)]]]
    tree += [[[word], [1e-6, *chances]] for word in range(1, 32) if word != rank]
    return {
        "script": {"size": 32, "salt": 1, "tree": tree, "closes": 0},
        "start": 40,
        "end": 0,
        "width": 30,
        "max_length": 3,
    }


def _rare_bleu(rng: Generator, first: Arguments) -> list[Drawn]:
    long = [int(one) for one in rng.integers(0, 4, size=30)]
    return [
        ({"candidate": ["x", "y", "z"], "reference": ["a", "b", "c"]}, "no word in common"),
        ({"candidate": ["a", "b", "c"], "reference": ["a", "b", "c"], "n": 3}, "the reference itself"),
        ({"candidate": ["b", "a", "d", "c"], "reference": ["a", "b", "c", "d"]}, "all words, no pair in its order"),
        ({"candidate": long[:25], "reference": long[3:], "n": 3}, "25 ids"),
        ({"candidate": first["reference"], "reference": first["candidate"]}, "the two texts exchanged"),
        ({"candidate": [1, 12, 11, 5, 2], "reference": [11, 2, 12, 1, 5]}, "ids whose digits run on"),
        ({"candidate": [7], "reference": [7]}, "the reference itself, shorter than n"),
        ({"candidate": ["a b", "c"], "reference": ["a", "b", "c"], "n": 1}, "a word with a blank in it"),
    ]


def _deep_bleu(rng: Generator) -> list[Drawn]:
    candidate, reference = (
        [int(one) for one in rng.integers(0, 3, size=size)] for size in (LONG, LONG + int(rng.integers(5, 20)))
    )
    changed = [*candidate[:60], 9, *candidate[61:]]
    return [
        ({"candidate": candidate, "reference": reference, "n": 4}, "130 ids, n = 4"),
        ({"candidate": candidate, "reference": changed, "n": 40}, "130 ids, n = 40"),
    ]


RARE: dict[str, Callable[[Generator, Arguments], list[Drawn]]] = {
    "caption_pairs": _rare_pairs,
    "greedy": _rare_greedy,
    "beam_search": _rare_beam,
    "bleu": _rare_bleu,
}
DEEP: dict[str, Callable[[Generator], list[Drawn]]] = {
    "caption_pairs": _deep_pairs,
    "greedy": _deep_greedy,
    "beam_search": _deep_beam,
    "bleu": _deep_bleu,
}
