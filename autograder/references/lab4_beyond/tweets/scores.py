"""What the answers of a classifier are worth: the confusion table, F1, the calibration error."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from autograder.references.lab4_beyond.tweets import scores_wrong as wrong
from autograder.references.reference import Drawn, Reference

if TYPE_CHECKING:
    from numpy.random import Generator

    from autograder.references.lab4_beyond.drawing import Arguments, Array


def confusion_matrix(truth: Array, predicted: Array, classes: int) -> Array:
    """Make one stroke for each example."""
    table = np.zeros((classes, classes), int)
    for real, said in zip(truth.tolist(), predicted.tolist(), strict=True):
        table[real, said] += 1
    return table


def macro_f1(matrix: Array) -> float:
    """Compute F1 class by class, and take the mean of all."""
    total = 0.0
    for one in range(len(matrix)):
        real, said = int(matrix[one].sum()), int(matrix[:, one].sum())
        total += 2 * int(matrix[one, one]) / (real + said) if real + said else 0.0
    return total / len(matrix)


def calibration_error(probabilities: Array, truth: Array, bins: int = 10) -> float:
    """Go through the bins one by one, and through the examples in each."""
    rows = [[float(one) for one in row] for row in probabilities]
    sure = [max(row) for row in rows]
    right = [float(row.index(max(row)) == real) for row, real in zip(rows, truth.tolist(), strict=True)]
    total = 0.0
    for number in range(bins):
        low, high = number / bins, (number + 1) / bins
        last = number == bins - 1
        inside = [place for place, one in enumerate(sure) if low <= one < high or (last and one >= high)]
        if inside:
            hits, confidence = sum(right[place] for place in inside), sum(sure[place] for place in inside)
            total += len(inside) / len(rows) * abs(hits / len(inside) - confidence / len(inside))
    return total


def _draw_table(rng: Generator) -> list[Drawn]:
    def arguments(number: int, classes: int, among: int) -> Arguments:
        """Draw answers that are right half of the time; `among`: how many of the classes occur."""
        truth = rng.integers(0, among, size=number)
        other = rng.integers(0, among, size=number)
        return {"truth": truth, "predicted": np.where(rng.random(number) < 0.5, truth, other), "classes": classes}

    fixed = {"truth": np.array([0, 0, 1, 1, 1, 2, 0, 1]), "predicted": np.array([0, 1, 1, 1, 2, 2, 0, 0]), "classes": 3}
    said = {"truth": rng.integers(0, 2, size=6), "predicted": np.array([2, 0, 1, 2, 1, 0]), "classes": 3}
    return [
        (fixed, "eight examples, three classes"),
        (arguments(int(rng.integers(14, 20)), 4, 4), "four classes"),
        (arguments(12, 5, 3), "the last two classes never occur"),
        (said, "a class that is predicted and never true"),
        (arguments(9, 2, 2), "two classes"),
        (arguments(1, 3, 3), "one example"),
        (arguments(40, 6, 6), "40 examples, six classes"),
    ]


def drawn_table(rng: Generator, classes: int, most: int = 9) -> Array:
    """Draw a confusion table in which every class occurs, and is said."""
    return np.asarray(rng.integers(0, most, size=(classes, classes)) + np.eye(classes, dtype=int))


def _draw_f1(rng: Generator) -> list[Drawn]:
    absent = drawn_table(rng, 4)
    gone = int(rng.integers(4))
    absent[gone], absent[:, gone] = 0, 0
    unsaid = drawn_table(rng, 3)
    unsaid[:, 1] = 0
    unequal = drawn_table(rng, 3) * np.array([[1], [1], [20]])
    return [
        ({"matrix": np.array([[6, 2, 0], [1, 2, 1], [2, 0, 2]])}, "by hand"),
        ({"matrix": drawn_table(rng, 3)}, "three classes"),
        ({"matrix": drawn_table(rng, int(rng.integers(4, 7)))}, "more classes"),
        ({"matrix": unequal}, "one class is far larger"),
        ({"matrix": absent}, "a class that neither occurs nor is predicted"),
        ({"matrix": unsaid}, "a class that is never predicted"),
        ({"matrix": np.diag(rng.integers(1, 9, size=3))}, "all is right"),
        ({"matrix": drawn_table(rng, 2, 60)}, "two classes"),
    ]


def sure_rows(rng: Generator, number: int, classes: int, bins: int) -> Array:
    """Draw probabilities; the largest of a row is far from all others, and from the borders of the bins."""
    rows: list[Array] = []
    while len(rows) < number:
        row = rng.dirichlet(np.full(classes, 0.8)).round(3)
        row[0] = round(1 - row[1:].sum(), 3)
        first, second = np.sort(row)[::-1][:2]
        near = abs(first * bins - round(first * bins)) / bins
        if row.min() >= 0 and first - second > 0.01 and near > 0.003 and first < 0.995:
            rows.append(row)
    return np.array(rows)


def answers(rng: Generator, probabilities: Array, share: float = 0.6) -> Array:
    """Draw what is true: what is said, in this share of the examples."""
    other = rng.integers(0, probabilities.shape[1], size=len(probabilities))
    return np.where(rng.random(len(probabilities)) < share, probabilities.argmax(axis=1), other)


_MORE = [[0.36, 0.34, 0.3], [0.05, 0.08, 0.87], [0.15, 0.78, 0.07], [0.45, 0.15, 0.4]]


def _draw_calibration(rng: Generator) -> list[Drawn]:
    def arguments(number: int, classes: int, bins: int | None = None) -> Arguments:
        rows = sure_rows(rng, number, classes, bins or 10)
        return {"probabilities": rows, "truth": answers(rng, rows)} | ({"bins": bins} if bins else {})

    rows = np.array([[0.95, 0.05, 0], [0.62, 0.3, 0.08], [0.2, 0.55, 0.25], [0.1, 0.22, 0.68], *_MORE])
    fixed = {"probabilities": rows, "truth": np.array([0, 1, 1, 2, 0, 2, 0, 2]), "bins": 5}
    certain = arguments(7, 3, 4)
    certain["probabilities"][:2] = np.eye(3)[rng.permutation(3)[:2]]
    certain["truth"][0] = (certain["probabilities"][0].argmax() + 1) % 3
    single = arguments(12, 4, 5)
    single["probabilities"] = single["probabilities"].astype(np.float32)
    return [
        (fixed, "eight examples, five bins"),
        (arguments(24, 3), "the number of bins is not said"),
        (arguments(int(rng.integers(14, 20)), 2, 8), "two classes, eight bins"),
        (certain, "some confidences are exactly 1"),
        (arguments(9, 3, 1), "one bin"),
        (arguments(1, 3, 10), "one example"),
        (single, "float32"),
        (arguments(40, 4, 10), "40 examples"),
    ]


REFERENCES: dict[str, Reference] = {
    "confusion_matrix": Reference(correct=confusion_matrix, draw=_draw_table, wrong=wrong.TABLE),
    "macro_f1": Reference(correct=macro_f1, draw=_draw_f1, wrong=wrong.F1),
    "calibration_error": Reference(
        correct=calibration_error, draw=_draw_calibration, wrong=wrong.CALIBRATION, crossed=False
    ),
}
