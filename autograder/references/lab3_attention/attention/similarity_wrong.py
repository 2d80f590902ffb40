"""What each misconception about similarity and softmax computes (lab 3, part 1): misconception -> formula.

NumPy stands in for TensorFlow here; where shapes do not fit, a formula raises what TensorFlow raises.
"""

# ruff: noqa: ARG005  (a wrong formula leaves out some of what it is given)

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from autograder.references.reference import Reference

Array = np.ndarray[Any, np.dtype[Any]]
Formula = Callable[..., Any]


class InvalidArgumentError(Exception):
    """What TensorFlow raises when shapes do not fit; a claim about an exception is about its name."""


def short(formula: Formula, digits: int = 6) -> Formula:
    """Round what a formula gives, so that the table of the public cases stays small."""

    def call(**arguments: Any) -> Any:
        result = formula(**arguments)
        if isinstance(result, tuple):
            return tuple(np.round(np.asarray(part, float), digits) for part in result)
        return np.round(np.asarray(result, float), digits)

    call.exact = formula  # type: ignore[attr-defined]
    return call


def rounded(reference: Reference, digits: int = 6) -> Reference:
    """Round all that a reference gives."""
    return dataclasses.replace(
        reference,
        correct=short(reference.correct, digits),
        wrong={key: short(formula, digits) for key, formula in reference.wrong.items()},
        given={key: short(formula, digits) for key, formula in reference.given.items()},
    )


def with_tensors(formulas: Mapping[str, Formula]) -> dict[str, Formula]:
    """Let formulas raise what TensorFlow raises."""

    def of(formula: Formula) -> Formula:
        def call(**arguments: Any) -> Any:
            try:
                return formula(**arguments)
            except ValueError as error:
                raise InvalidArgumentError from error

        return call

    return {key: of(formula) for key, formula in formulas.items()}


# 1.1 and 1.2: similarity


def _dot(q: Array, k: Array) -> Array:
    return np.asarray(np.sum(q * k, axis=-1))


def _length(q: Array, **change: Any) -> Array:
    return np.asarray(np.linalg.norm(q, **({"axis": -1} | change)))


def _flipped(k: Array) -> Array:
    return np.swapaxes(k, -1, -2) if k.ndim > 1 else k


def _first(q: Array) -> Array:
    return np.asarray(q / np.sqrt(np.sum(q * q, axis=0, keepdims=True))) if q.ndim > 1 else q / _length(q)


def _cosine(q: Array, k: Array) -> Array:
    return np.asarray(_dot(q, k) / (_length(q) * _length(k)))


DOT: dict[str, Formula] = {
    "no_sum": lambda q, k: q * k,
    "mean": lambda q, k: np.mean(q * k, axis=-1),
    "everything": lambda q, k: np.sum(q * k),
    "first_axis": lambda q, k: np.sum(q * k, axis=0),
    "all_pairs": lambda q, k: q @ _flipped(k),
    "all_pairs/inner": lambda q, k: np.asarray(np.inner(q, k)),
    "matrix_product": lambda q, k: np.asarray(np.dot(q, k)),
    "kept_axis": lambda q, k: np.sum(q * k, axis=-1, keepdims=True),
    "added": lambda q, k: np.sum(q + k, axis=-1),
    "cosine": _cosine,
    "scaled": lambda q, k: _dot(q, k) / np.sqrt(q.shape[-1]),
    "distance": lambda q, k: _length(q - k),
    "distance/squared": lambda q, k: np.sum((q - k) ** 2, axis=-1),
    "absolute": lambda q, k: np.abs(_dot(q, k)),
    "absolute/each": lambda q, k: np.sum(np.abs(q * k), axis=-1),
}

COSINE: dict[str, Formula] = {
    "not_divided": _dot,
    "one_length": lambda q, k: _dot(q, k) / _length(q),
    "one_length/k": lambda q, k: _dot(q, k) / _length(k),
    "squared_lengths": lambda q, k: _dot(q, k) / (_length(q) ** 2 * _length(k) ** 2),
    "length_of_one": lambda q, k: _dot(q, k) / _length(q) ** 2,
    "length_of_one/k": lambda q, k: _dot(q, k) / _length(k) ** 2,
    "parentheses": lambda q, k: _dot(q, k) / _length(q) * _length(k),
    "parentheses/k_first": lambda q, k: _dot(q, k) / _length(k) * _length(q),
    "sum_of_lengths": lambda q, k: _dot(q, k) / (_length(q) + _length(k)),
    "distance": lambda q, k: 1 - _cosine(q, k),
    "angle": lambda q, k: np.arccos(np.clip(_cosine(q, k), -1, 1)),
    "angle/degrees": lambda q, k: np.degrees(np.arccos(np.clip(_cosine(q, k), -1, 1))),
    "absolute": lambda q, k: np.abs(_cosine(q, k)),
    "whole_norm": lambda q, k: _dot(q, k) / (np.linalg.norm(q) * np.linalg.norm(k)),
    "norm_axis": lambda q, k: _dot(_first(q), _first(k)),
    "norm_axis/not_kept": lambda q, k: _dot(q, k) / (_length(q, axis=0) * _length(k, axis=0)),
    "other_length": lambda q, k: _dot(q, k) / (np.abs(q).sum(axis=-1) * np.abs(k).sum(axis=-1)),
    "mean": lambda q, k: _cosine(q, k) / q.shape[-1],
    "mean_lengths": lambda q, k: _cosine(q, k) * q.shape[-1],
    "first_axis": lambda q, k: np.sum(q * k, axis=0) / (_length(q, axis=0) * _length(k, axis=0)),
    "everything": lambda q, k: np.sum(q * k) / (np.linalg.norm(q) * np.linalg.norm(k)),
    "kept_axis": lambda q, k: np.sum(q * k, axis=-1, keepdims=True) / (_kept(q) * _kept(k)),
    "all_pairs": lambda q, k: (q / _kept(q)) @ _flipped(k / _kept(k)),
}


def _kept(q: Array) -> Array:
    return _length(q, keepdims=True)


# 1.3: softmax


def _max(x: Array, axis: int | None) -> Array:
    return np.asarray(x.max(axis=axis, keepdims=True))


def _share(powers: Array, axis: int | None) -> Array:
    return np.asarray(powers / powers.sum(axis=axis, keepdims=True))


def soft(x: Array, axis: int | None = -1) -> Array:
    """Turn scores into weights, along an axis or over all entries."""
    x = np.asarray(x, float)
    return _share(np.exp(x - _max(x, axis)), axis)


def _powers(x: Array, axis: int) -> Array:
    return np.asarray(np.exp(x - _max(x, axis)))


SOFTMAX: dict[str, Formula] = with_tensors(
    {
        "unstable": lambda x, axis=-1: _share(np.exp(x), axis),
        "whole_max": lambda x, axis=-1: _share(np.exp(x - x.max()), axis),
        "other_subtracted": lambda x, axis=-1: _share(np.exp(x - x.mean(axis=axis, keepdims=True)), axis),
        "axis_ignored": lambda x, axis=-1: soft(x),
        "axis_half": lambda x, axis=-1: _share(_powers(x, -1), axis),
        "axis_half/sum": lambda x, axis=-1: _share(_powers(x, axis), -1),
        "first_axis": lambda x, axis=-1: soft(x, 0),
        "everything": lambda x, axis=-1: soft(x, None),
        "everything/sum": lambda x, axis=-1: _share(_powers(x, axis), None),
        "no_keepdims": lambda x, axis=-1: (p := np.exp(x - x.max(axis=axis))) / p.sum(axis=axis),
        "no_keepdims/sum": lambda x, axis=-1: (p := _powers(x, axis)) / p.sum(axis=axis),
        "no_keepdims/max": lambda x, axis=-1: _share(np.exp(x - x.max(axis=axis)), axis),
        "not_divided": lambda x, axis=-1: _powers(x, axis),
        "not_divided/exp": lambda x, axis=-1: np.exp(x),
        "no_exponential": lambda x, axis=-1: _share(x, axis),
        "no_exponential/minus_max": lambda x, axis=-1: _share(x - _max(x, axis), axis),
        "no_exponential/minus_min": lambda x, axis=-1: _share(x - x.min(axis=axis, keepdims=True), axis),
        "sign": lambda x, axis=-1: soft(-x, axis),
        "logarithm": lambda x, axis=-1: np.log(soft(x, axis)),
        "logarithm/exact": lambda x, axis=-1: (
            x - _max(x, axis) - np.log(_powers(x, axis).sum(axis=axis, keepdims=True))
        ),
        "sigmoid": lambda x, axis=-1: 1 / (1 + np.exp(-np.asarray(x, float))),
        "one_hot": lambda x, axis=-1: np.asarray(x == _max(x, axis), float),
        "base_2": lambda x, axis=-1: soft(x * np.log(2.0), axis),
        "twice": lambda x, axis=-1: soft(soft(x, axis), axis),
        "mean": lambda x, axis=-1: soft(x, axis) * x.shape[axis],
        "squares": lambda x, axis=-1: (p := _powers(x, axis)) / np.sqrt((p * p).sum(axis=axis, keepdims=True)),
        "clipped": lambda x, axis=-1: soft(np.clip(x, -50, 50), axis),
        "clipped/10": lambda x, axis=-1: soft(np.clip(x, -10, 10), axis),
        "inf_as_zero": lambda x, axis=-1: soft(np.where(np.isinf(x), 0.0, x), axis),
    }
)
