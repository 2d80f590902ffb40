"""A motif attends to all windows of a sequence: the oracle, what is drawn, and what people do otherwise."""

# ruff: noqa: ARG005  (a wrong formula leaves out some of what it is given)

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.references.lab4_beyond.dna.strands import background, drawn_letters, letters, log_odds
from autograder.references.lab4_beyond.drawing import softmax
from autograder.references.reference import Drawn, Reference

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.random import Generator

    from autograder.references.lab4_beyond.drawing import Arguments, Array


def motif_attention(windows: Array, matrix: Array) -> tuple[Array, Array]:
    """Score window by window; weigh those of each sequence by themselves; add up the windows with their weights."""
    number, places, width, _ = windows.shape
    output, weights = np.zeros((number, width, 4)), np.zeros((number, places))
    for row in range(number):
        scores = [
            sum(
                float(windows[row, place, step, letter]) * float(matrix[step, letter])
                for step in range(width)
                for letter in range(4)
            )
            for place in range(places)
        ]
        highest = max(scores)
        powers = [math.exp(score - highest) for score in scores]
        for place, power in enumerate(powers):
            weights[row, place] = power / sum(powers)
            output[row] += weights[row, place] * windows[row, place]
    return output, weights


def windows_of(sequences: Array, width: int) -> Array:
    """Cut (N, L, 4) into all windows of a width: (N, P, W, 4)."""
    return np.stack([sequences[:, start : start + width] for start in range(sequences.shape[1] - width + 1)], axis=1)


def scored(windows: Array, matrix: Array) -> Array:
    """Score all windows: (N, P)."""
    return np.asarray(np.einsum("npwf,wf->np", windows, matrix))


def mixed(weights: Array, windows: Array) -> Array:
    """Add up the windows of each sequence with their weights."""
    return np.asarray(np.einsum("np,npwf->nwf", weights, windows))


def quick(windows: Array, matrix: Array) -> tuple[Array, Array]:
    """Do what `motif_attention` does, for all sequences at once."""
    weights = softmax(scored(windows, matrix))
    return mixed(weights, windows), weights


def matrix_of(rng: Generator, width: int) -> Array:
    """Draw the log-odds of a motif: each of its sites has one letter that is frequent."""
    sites = drawn_letters(rng, 6, width)
    sites[: int(rng.integers(3, 6))] = drawn_letters(rng, width)
    return log_odds(sites, background(rng)).round(4)


def _one_is_best(scores: Array) -> bool:
    """Say whether no two windows of a sequence are the best: which of them a wrong answer takes would be chance."""
    best = np.sort(scores, axis=1)[:, -2:]
    return best.shape[1] == 1 or bool((best[:, 1] - best[:, 0] > 1e-3).all())


def _draw_motif(rng: Generator) -> list[Drawn]:
    def arguments(number: int, length: int, width: int, *, some_unknown: bool = False) -> Arguments:
        while True:
            windows, matrix = windows_of(drawn_letters(rng, number, length), width), matrix_of(rng, width)
            if some_unknown:
                windows[0, 1:3, 1] = 0.0
                windows[1, 4] = 0.0
            if _one_is_best(scored(windows, matrix)):
                return {"windows": windows, "matrix": matrix}

    sites = np.stack([letters(one) for one in ("ACGT", "ACGA", "ATGT")])
    fixed = {
        "windows": windows_of(np.stack([letters("TTACGTA"), letters("ACGATCC")]), 4),
        "matrix": log_odds(sites, np.array([0.3, 0.2, 0.2, 0.3])).round(4),
    }
    return [
        (fixed, "two sequences, four places"),
        (arguments(3, int(rng.integers(9, 13)), 5), "three sequences"),
        (arguments(4, 7, 4), "as many sequences as places, steps and letters"),
        (arguments(2, 8, 3, some_unknown=True), "unknown letters are rows of zeros"),
        (arguments(1, 6, 2), "one sequence"),
        (arguments(2, 5, 1), "a motif of one letter"),
        (arguments(3, 4, 4), "one place"),
        (arguments(2, 40, 3), "40 letters"),
    ]


def _weighed(change: Callable[[Array, int], Array]) -> Callable[..., Any]:
    """Make other weights of (scores, width of the motif), and mix the windows with them."""

    def formula(windows: Array, matrix: Array) -> tuple[Array, Array]:
        weights = change(scored(windows, matrix), windows.shape[2])
        return mixed(weights, windows), weights

    return formula


def _mixed_otherwise(change: Callable[[Array, Array, Array], Array]) -> Callable[..., Any]:
    """Make another output of (weights, windows, matrix); the weights are right."""

    def formula(windows: Array, matrix: Array) -> tuple[Array, Array]:
        weights = softmax(scored(windows, matrix))
        return change(weights, windows, matrix), weights

    return formula


def _hard(scores: Array, width: int) -> Array:
    del width
    return np.asarray(np.eye(scores.shape[1])[scores.argmax(axis=1)])


def _of_ratios(windows: Array, matrix: Array) -> tuple[Array, Array]:
    weights = softmax(scored(windows, np.exp(matrix)))
    return mixed(weights, windows), weights


MOTIF = Reference(
    correct=motif_attention,
    quick=quick,
    draw=_draw_motif,
    crossed=False,
    wrong={
        "scaled": _weighed(lambda scores, width: softmax(scores / math.sqrt(4 * width))),
        "scaled/by_width": _weighed(lambda scores, width: softmax(scores / math.sqrt(width))),
        "scaled/whole": _weighed(lambda scores, width: softmax(scores / width)),
        "scaled/whole_numbers": _weighed(lambda scores, width: softmax(scores / (4 * width))),
        "over_sequences": _weighed(lambda scores, width: softmax(scores, axis=0)),
        "over_all": _weighed(lambda scores, width: softmax(scores.ravel()).reshape(scores.shape)),
        "hard": _weighed(_hard),
        "hard/all_equal_ones": _weighed(lambda scores, width: (scores == scores.max(axis=1, keepdims=True)) * 1.0),
        "hard/output": _mixed_otherwise(
            lambda weights, windows, matrix: windows[np.arange(len(windows)), weights.argmax(axis=1)]
        ),
        "scores": _weighed(lambda scores, width: scores),
        "scores/output": lambda windows, matrix: (quick(windows, matrix)[0], scored(windows, matrix)),
        "without_exp": _weighed(lambda scores, width: scores / scores.sum(axis=1, keepdims=True)),
        "not_divided": _weighed(lambda scores, width: np.exp(scores)),
        "bits": _weighed(lambda scores, width: softmax(scores / math.log(2))),
        "bits/turned": _weighed(lambda scores, width: softmax(scores * math.log(2))),
        "of_ratios": _of_ratios,
        "lowest": _weighed(lambda scores, width: softmax(-scores)),
        "mean_of_windows": _mixed_otherwise(lambda weights, windows, matrix: windows.mean(axis=1)),
        "weighs_the_matrix": _mixed_otherwise(
            lambda weights, windows, matrix: weights.sum(axis=1)[:, None, None] * matrix
        ),
        "windows_times_matrix": _mixed_otherwise(lambda weights, windows, matrix: mixed(weights, windows * matrix)),
        "summed_over_all": _mixed_otherwise(lambda weights, windows, matrix: mixed(weights, windows).sum(axis=0)),
        "not_added_up": _mixed_otherwise(lambda weights, windows, matrix: weights[..., None, None] * windows),
    },
)

REFERENCES: dict[str, Reference] = {"motif_attention": MOTIF}
