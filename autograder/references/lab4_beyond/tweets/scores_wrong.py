"""What goes wrong with the confusion table, F1 and the calibration error: a formula for each misconception."""

# ruff: noqa: ARG001, ARG005  (a wrong formula leaves out some of what it is given)

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from labkit.checks.lab4_beyond.tweets.probes import whole

if TYPE_CHECKING:
    from collections.abc import Callable

    from autograder.references.lab4_beyond.drawing import Array


def _counts(truth: Array, predicted: Array, size: int) -> Array:
    table = np.zeros((size, size), int)
    np.add.at(table, (truth, predicted), 1)
    return table


def _changed(change: Callable[[Array], Array]) -> Callable[..., Any]:
    """Change a right table; whole numbers come back as the probe brings them."""
    return lambda truth, predicted, classes: whole(change(_counts(truth, predicted, classes)))


TABLE: dict[str, Callable[..., Any]] = {
    "transposed": _changed(lambda table: table.T),
    "normalised": _changed(lambda table: table / np.maximum(table.sum(axis=1, keepdims=True), 1)),
    "normalised/plain": _changed(lambda table: table / table.sum(axis=1, keepdims=True)),
    "normalised/columns": _changed(lambda table: table / np.maximum(table.sum(axis=0, keepdims=True), 1)),
    "normalised/all": _changed(lambda table: table / table.sum()),
    "zero_one": _changed(lambda table: (table > 0).astype(int)),
    "only_right": _changed(lambda table: np.diag(np.diag(table))),
    "mistakes_only": _changed(lambda table: table - np.diag(np.diag(table))),
    "size_from_ids": lambda truth, predicted, classes: _counts(truth, predicted, int(max(*truth, *predicted)) + 1),
    "size_from_ids/truth": lambda truth, predicted, classes: _counts(truth, predicted, int(truth.max()) + 1),
    "size_from_ids/distinct": lambda truth, predicted, classes: _counts(truth, predicted, len(np.unique(truth))),
}


def _parts(matrix: Array) -> tuple[Array, Array, Array]:
    """Return hits, how often each class is said, and how often it is true."""
    return np.diag(matrix), matrix.sum(axis=0), matrix.sum(axis=1)


def _share(hits: Array, of: Array) -> Array:
    return np.where(of > 0, hits / np.maximum(of, 1), 0.0)


def _f1(matrix: Array) -> Array:
    hits, said, real = _parts(matrix)
    return _share(2 * hits, said + real)


def _of(change: Callable[[Array, Array, Array], Any]) -> Callable[..., Any]:
    return lambda matrix: change(*_parts(matrix))


def _of_means(hits: Array, said: Array, real: Array) -> float:
    p, r = np.mean(_share(hits, said)), np.mean(_share(hits, real))
    return float(2 * p * r / (p + r))


def _not_counted(hits: Array, said: Array, real: Array) -> float:
    f1 = 2 * hits / (said + real)
    return float(f1[~np.isnan(f1)].mean())


F1: dict[str, Callable[..., Any]] = {
    "accuracy": lambda matrix: float(np.trace(matrix) / matrix.sum()),
    "recall_only": _of(lambda hits, said, real: np.mean(_share(hits, real))),
    "recall_only/plain": _of(lambda hits, said, real: np.mean(hits / real)),
    "precision_only": _of(lambda hits, said, real: np.mean(_share(hits, said))),
    "precision_only/plain": _of(lambda hits, said, real: np.mean(hits / said)),
    "arithmetic": _of(lambda hits, said, real: np.mean((_share(hits, said) + _share(hits, real)) / 2)),
    "arithmetic/plain": _of(lambda hits, said, real: np.mean((hits / said + hits / real) / 2)),
    "weighted_by_size": lambda matrix: float(np.sum(_f1(matrix) * matrix.sum(axis=1)) / matrix.sum()),
    "weighted_by_size/plain": _of(lambda hits, said, real: np.sum(2 * hits / (said + real) * real) / real.sum()),
    "f1_of_the_means": _of(_of_means),
    "without_2": lambda matrix: float(np.mean(_f1(matrix) / 2)),
    "without_2/plain": _of(lambda hits, said, real: np.mean(hits / (said + real))),
    "jaccard": _of(lambda hits, said, real: np.mean(_share(hits, said + real - hits))),
    "jaccard/plain": _of(lambda hits, said, real: np.mean(hits / (said + real - hits))),
    "empty_class": _of(lambda hits, said, real: np.mean(2 * hits / (said + real))),
    "empty_class/left_out": _of(_not_counted),
    "empty_class/by_precision_and_recall": _of(
        lambda hits, said, real: np.mean(2 * (hits / said) * (hits / real) / (hits / said + hits / real))
    ),
    "per_class": _f1,
    "summed": lambda matrix: float(_f1(matrix).sum()),
}


def _gaps(
    confidence: Array, right: Array, bins: int, *, last: bool = True, said: Array | None = None
) -> list[tuple[float, float]]:
    """Return (share of the examples, share right - mean confidence, or what is said) of each bin with examples."""
    place = (np.asarray(confidence, float) * bins + 1e-9).astype(int)
    place = np.minimum(place, bins - 1) if last else place
    inside = [place == number for number in range(bins)]
    sure = confidence if said is None else said
    return [(one.mean(), right[one].mean() - sure[one].mean()) for one in inside if one.any()]


def _added(gaps: list[tuple[float, float]]) -> float:
    return float(sum(weight * abs(gap) for weight, gap in gaps))


def _calibration(
    change: Callable[[list[tuple[float, float]], int], float] = lambda gaps, bins: _added(gaps),
    confidence: Callable[[Array, Array], Array] = lambda p, truth: p.max(axis=1),
    *,
    last: bool = True,
) -> Callable[..., Any]:
    """Change what is done with the gaps, or which probability counts as the confidence."""

    def formula(probabilities: Array, truth: Array, bins: int = 10) -> float:
        right = probabilities.argmax(axis=1) == truth
        return float(change(_gaps(confidence(probabilities, truth), right, bins, last=last), bins))

    return formula


def _ignoring_bins(probabilities: Array, truth: Array, bins: int = 10) -> float:
    return float(_calibration()(probabilities, truth, 10))


def _nan(gaps: list[tuple[float, float]], bins: int) -> float:
    return _added(gaps) if len(gaps) == bins else float("nan")


def _division(gaps: list[tuple[float, float]], bins: int) -> float:
    if len(gaps) < bins:
        raise ZeroDivisionError
    return _added(gaps)


def _accuracy(probabilities: Array, truth: Array, bins: int = 10) -> float:
    return float((probabilities.argmax(axis=1) == truth).mean())


def _second_class(probabilities: Array, truth: Array, bins: int = 10) -> float:
    """Ask how probable class 1 is, and how often it is the truth, as books do for two classes."""
    return _added(_gaps(probabilities[:, 1], truth == 1, bins))


def _middle(probabilities: Array, truth: Array, bins: int = 10) -> float:
    """Compare each bin with its middle."""
    right, sure = probabilities.argmax(axis=1) == truth, probabilities.max(axis=1)
    middle = (np.minimum((np.asarray(sure, float) * bins + 1e-9).astype(int), bins - 1) + 0.5) / bins
    return _added(_gaps(sure, right, bins, said=middle))


CALIBRATION: dict[str, Callable[..., Any]] = {
    "accuracy": _accuracy,
    "accuracy/wrong": lambda probabilities, truth, bins=10: 1 - _accuracy(probabilities, truth),
    "mean_gap": lambda probabilities, truth, bins=10: abs(
        _accuracy(probabilities, truth) - probabilities.max(1).mean()
    ),
    "unweighted": _calibration(lambda gaps, bins: float(np.mean([abs(gap) for _, gap in gaps]))),
    "unweighted/of_all_bins": _calibration(lambda gaps, bins: sum(abs(gap) for _, gap in gaps) / bins),
    "unweighted/summed": _calibration(lambda gaps, bins: sum(abs(gap) for _, gap in gaps)),
    "signed": _calibration(lambda gaps, bins: sum(weight * gap for weight, gap in gaps)),
    "signed/turned": _calibration(lambda gaps, bins: -sum(weight * gap for weight, gap in gaps)),
    "squared": _calibration(lambda gaps, bins: sum(weight * gap * gap for weight, gap in gaps)),
    "squared/root": _calibration(lambda gaps, bins: sum(weight * gap * gap for weight, gap in gaps) ** 0.5),
    "of_the_truth": _calibration(confidence=lambda p, truth: p[np.arange(len(p)), truth]),
    "first_class": _calibration(confidence=lambda p, truth: p[:, 0]),
    "first_class/second": _calibration(confidence=lambda p, truth: p[:, 1]),
    "first_class/answers_it": _second_class,
    "middle_of_the_bin": _middle,
    "largest_gap": _calibration(lambda gaps, bins: max(abs(gap) for _, gap in gaps)),
    "empty_bin": _calibration(_nan),
    "empty_bin/raises": _calibration(_division),
    "one_minus": _calibration(lambda gaps, bins: 1 - _added(gaps)),
    "bins_ignored": _ignoring_bins,
    "last_bin_open": _calibration(last=False),
}
