"""Corners and large cases of part 1: RARE stands in the public table too, DEEP is hidden."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from autograder.references.lab4_beyond.drawing import LONG, MANY, Arguments, distinct, single
from autograder.references.lab4_beyond.tweets.scores import answers, drawn_table, sure_rows

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.random import Generator

    from autograder.references.reference import Drawn


def _rare_mean(rng: Generator, first: Arguments) -> list[Drawn]:
    del first
    large = single(rng.integers(-8000, 8000, size=(2, 3, 2)) + 0.125)
    one = np.array([[False, False, True], [True, False, False]])
    padded = single(rng.normal(size=(2, 6, 2)).round(3))
    padded[:, 1:] = single(rng.uniform(40_000, 60_000, size=(2, 5, 2)))
    return [
        ({"x": padded, "mask": np.array([[True, *[False] * 5]] * 2)}, "large numbers in the padding"),
        ({"x": large, "mask": np.array([[True, True, False], [False, True, True]])}, "large numbers"),
        ({"x": distinct(rng, 2, 3, 2), "mask": one}, "a single real step"),
        ({"x": distinct(rng, 7, 2, 1), "mask": np.array([[True, False]] * 7)}, "seven rows, one feature"),
    ]


def _deep_mean(rng: Generator) -> list[Drawn]:
    mask = rng.random((MANY, LONG)) < 0.7
    mask[:, 5] = mask[0] = True
    short = rng.random((45, 3)) < 0.5
    short[:, 1] = True
    return [
        ({"x": single(rng.normal(size=(MANY, LONG, 12)).round(3)), "mask": mask}, "nine rows of 130 steps"),
        ({"x": distinct(rng, 45, 3, 2), "mask": short}, "45 rows"),
    ]


def _rare_table(rng: Generator, first: Arguments) -> list[Drawn]:
    same = rng.integers(0, 3, size=7)
    return [
        ({"truth": same, "predicted": same.copy(), "classes": 3}, "all is right"),
        ({"truth": np.zeros(5, int), "predicted": np.array([3, 3, 0, 3, 3]), "classes": 4}, "one class is true"),
        (first | {"classes": first["classes"] + 1}, "one class more than before"),
        ({"truth": np.array([0, 0]), "predicted": np.array([0, 0]), "classes": 1}, "one class"),
    ]


def _deep_table(rng: Generator) -> list[Drawn]:
    truth, predicted = rng.integers(0, 299, size=(2, 3000))
    alike = np.zeros(2650, int)
    alike[2600:] = 1  # the last ones, which come in no whole portion
    return [
        ({"truth": truth, "predicted": predicted, "classes": 300}, "3,000 examples, 300 classes"),
        ({"truth": alike, "predicted": np.zeros(2650, int), "classes": 2}, "2,650 examples, nearly all alike"),
    ]


def _rare_f1(rng: Generator, first: Arguments) -> list[Drawn]:
    del first
    return [
        ({"matrix": np.array([[0, 3], [2, 0]])}, "nothing is right"),
        ({"matrix": np.array([[5]])}, "one class"),
        ({"matrix": np.eye(2, dtype=int)}, "one example of each class"),
        ({"matrix": np.diag([2, 3, 0])}, "no mistake, and one class is empty"),
        ({"matrix": np.array([[2, 0, 1], [0, 3, 0], [0, 0, 0]])}, "one class is said and never true"),
        ({"matrix": drawn_table(rng, 3) * 40_000}, "large counts"),
        (
            {"matrix": np.array([[4, 0, 0], [1, 0, 0], [0, 0, 0]])},
            "one class is right, one is never said, one is empty",
        ),
    ]


def _deep_f1(rng: Generator) -> list[Drawn]:
    return [({"matrix": drawn_table(rng, 30, 90)}, "30 classes")]


def _rare_calibration(rng: Generator, first: Arguments) -> list[Drawn]:
    rows = sure_rows(rng, 6, 3, 25)
    square = sure_rows(rng, 3, 3, 10)
    unequal = np.array([[0.58, 0.42], [0.42, 0.58], [0.93, 0.07]])
    return [
        ({"probabilities": rows, "truth": answers(rng, rows), "bins": 25}, "more bins than examples"),
        ({"probabilities": np.eye(3)[[0, 2, 1, 0]], "truth": np.array([0, 2, 1, 1])}, "every confidence is 1"),
        ({"probabilities": unequal, "truth": np.array([0, 0, 1]), "bins": 2}, "two bins, of which the first is empty"),
        ({"probabilities": square, "truth": answers(rng, square)}, "as many examples as classes"),
        (first | {"truth": (first["truth"] + 1) % 3}, "the same probabilities, another truth"),
    ]


def _apart() -> Arguments:
    """Return unsure rows, all right, and sure ones, all wrong, each in the middle of a bin of 300."""
    bins = np.array([*range(38, 42), *range(294, 298)])
    sure = (bins + 0.5) / 300
    rows = np.repeat((1 - sure)[:, None] / 9, 10, axis=1)
    rows[:, 0] = sure
    return {"probabilities": rows, "truth": np.array([0] * 4 + [1] * 4), "bins": 300}


def _deep_calibration(rng: Generator) -> list[Drawn]:
    rows = sure_rows(rng, 600, 7, 15)
    fine = sure_rows(rng, 90, 4, 60)
    many = np.full((8, 300), 0.0005)
    places, truth = rng.integers(130, 300, size=(2, 8))
    crowd = sure_rows(rng, 1250, 3, 10)
    best = crowd.argmax(axis=1)
    many[np.arange(8), places] = 1 - 299 * 0.0005
    return [
        ({"probabilities": rows, "truth": answers(rng, rows, 0.7), "bins": 15}, "600 examples, seven classes"),
        ({"probabilities": fine, "truth": answers(rng, fine), "bins": 60}, "60 bins"),
        (_apart(), "300 bins"),
        ({"probabilities": crowd, "truth": np.where(np.arange(1250) < 1000, best, (best + 1) % 3)}, "1,250 examples"),
        ({"probabilities": many, "truth": np.where(np.arange(8) < 5, places, truth), "bins": 7}, "300 classes"),
    ]


RARE: dict[str, Callable[[Generator, Arguments], list[Drawn]]] = {
    "masked_mean": _rare_mean,
    "confusion_matrix": _rare_table,
    "macro_f1": _rare_f1,
    "calibration_error": _rare_calibration,
}
DEEP: dict[str, Callable[[Generator], list[Drawn]]] = {
    "masked_mean": _deep_mean,
    "confusion_matrix": _deep_table,
    "macro_f1": _deep_f1,
    "calibration_error": _deep_calibration,
}
