"""Oracles of lab 1, part 5: how much gradient arrives at each state, and clipping."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.references.lab1_rnn.backward import rnn_backward_step
from autograder.references.reference import Drawn, Reference

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.random import Generator

Array = np.ndarray[Any, np.dtype[Any]]


def state_gradient_norms(h: Array, W_hh: Array, d_h_last: Array) -> Array:
    """Send dL/dh_T back to h_1, and note the length of the gradient at every step."""
    gradient, norms = d_h_last, [_length(d_h_last)]
    for t in reversed(range(1, h.shape[1])):
        gradient = rnn_backward_step(gradient, h[:, t], h[:, t - 1], h[:, t], W_hh)[3]
        norms.insert(0, _length(gradient))
    return np.array(norms)


def _length(gradient: Array) -> float:
    return math.sqrt(sum(float(value) ** 2 for value in gradient.ravel()))


def _draw_norms(rng: Generator) -> list[Drawn]:
    def arguments(batch: int, time: int, units: int) -> dict[str, Any]:
        return {
            "h": rng.uniform(-0.9, 0.9, size=(batch, time, units)).round(3),
            "W_hh": rng.normal(0, 0.8, size=(units, units)).round(3),
            "d_h_last": rng.normal(size=(batch, units)).round(3),
        }

    return [
        (arguments(2, int(rng.integers(5, 8)), 3), "several steps"),
        (arguments(3, 4, 3), "as many sequences as units"),
        (arguments(1, 12, 2), "twelve steps"),
        (arguments(2, 1, 3), "one step"),
        (
            arguments(5, 40, 3) | {"h": rng.uniform(-0.999, 0.999, size=(5, 40, 3)).round(3)},
            "five sequences of 40 steps",
        ),
    ]


def _norms(h: Array, W_hh: Array, d_h_last: Array, **change: Any) -> Array:
    measure = change.get("measure", lambda gradient: np.sqrt((gradient**2).sum()))
    gradient, norms = d_h_last, [measure(d_h_last)]
    for t in reversed(range(1, h.shape[1])):
        slope = 1.0 if change.get("no_slope") else 1 - h[:, t - change.get("early", 0)] ** 2
        W = W_hh if change.get("plain") else W_hh.T
        gradient = (gradient @ W) * slope if change.get("slope_last") else (gradient * slope) @ W
        norms.append(measure(gradient))
    return np.array(norms[::-1])


def _one_too_many(h: Array, W_hh: Array, d_h_last: Array) -> Array:
    longer = np.concatenate([np.zeros_like(h[:, :1]), h], axis=1)
    return state_gradient_norms(longer, W_hh, d_h_last)


def _product_of_norms(h: Array, W_hh: Array, d_h_last: Array) -> Array:
    """Multiply lengths in place of the gradient: an upper bound of its norm."""
    norms = [_length(d_h_last)]
    for t in reversed(range(1, h.shape[1])):
        norms.append(norms[-1] * _length(W_hh) * _length(1 - h[:, t] ** 2))
    return np.array(norms[::-1])


STATE_GRADIENT_NORMS = Reference(
    correct=state_gradient_norms,
    quick=_norms,  # with nothing changed
    draw=_draw_norms,
    wrong={
        "no_derivative": lambda **a: _norms(**a, no_slope=True),
        "not_transposed": lambda **a: _norms(**a, plain=True),
        "slope_at_h_prev": lambda **a: _norms(**a, early=1),
        "reversed": lambda **a: state_gradient_norms(**a)[::-1],
        "squared": lambda **a: state_gradient_norms(**a) ** 2,
        "batch_mean": lambda **a: _norms(**a, measure=lambda g: np.sqrt((g**2).sum(axis=1)).mean()),
        "one_too_many": _one_too_many,
        "last_missing": lambda **a: _one_too_many(**a)[:-1],
        "slope_after_W_hh": lambda **a: _norms(**a, slope_last=True),
        "slope_after_W_hh/of_the_earlier_state": lambda **a: _norms(**a, slope_last=True, early=1),
        "spectral": lambda **a: _norms(**a, measure=lambda g: np.linalg.norm(g, 2)),
        "rows_added_first": lambda **a: _norms(**a, measure=lambda g: np.sqrt((g.sum(axis=0) ** 2).sum())),
        "batch_root_mean": lambda **a: state_gradient_norms(**a) / math.sqrt(len(a["h"])),
        "product_of_norms": _product_of_norms,
        "first_row_only": lambda **a: _norms(**a, measure=lambda g: np.sqrt((g[0] ** 2).sum())),
        "largest_entry": lambda **a: _norms(**a, measure=lambda g: np.abs(g).max()),
        "sum_of_entries": lambda **a: _norms(**a, measure=lambda g: np.abs(g).sum()),
    },
)


def clip_by_global_norm(gradients: list[Array], max_norm: float) -> tuple[list[Array], float]:
    """Shorten all arrays by one factor when their common length exceeds max_norm."""
    norm = math.sqrt(sum(_length(gradient) ** 2 for gradient in gradients))
    if norm <= max_norm:
        return [gradient.astype(float) for gradient in gradients], norm
    return [gradient * (max_norm / norm) for gradient in gradients], norm


def _draw_clip(rng: Generator) -> list[Drawn]:
    def arrays() -> list[Array]:
        rows = int(rng.integers(2, 4))
        shapes = ((rows, 3), (3, 3), (3,))
        return [rng.normal(0, 1.5, size=shape).round(3) for shape in shapes]

    return [
        ({"gradients": arrays(), "max_norm": 1.0}, "longer than max_norm"),
        ({"gradients": arrays(), "max_norm": 40.0}, "shorter than max_norm"),
        ({"gradients": [np.zeros((2, 2)), np.zeros(2)], "max_norm": 1.0}, "all zeros"),
        ({"gradients": [rng.normal(0, 30, size=4).round(3)], "max_norm": 2.5}, "one array"),
        ({"gradients": [rng.normal(0, 0.1, size=(3, 2)).round(4)], "max_norm": 0.02}, "norm and max_norm below 1"),
        (_a_little_longer(rng), "many arrays, a norm between max_norm and twice that"),
    ]


def _a_little_longer(rng: Generator) -> dict[str, Any]:
    gradients = [rng.normal(size=shape).round(2) for shape in ((5, 40), (3, 3), (3,), (7, 2), (2,), (1, 4))]
    norm = math.sqrt(sum(_length(gradient) ** 2 for gradient in gradients))
    return {"gradients": gradients, "max_norm": round(norm / float(rng.uniform(1.2, 1.8)), 3)}


def _scaled(factor: Callable[[float, float], float]) -> Callable[..., Any]:
    def formula(gradients: list[Array], max_norm: float) -> tuple[list[Array], float]:
        norm = clip_by_global_norm(gradients, max_norm)[1]
        scale = factor(max_norm, norm) if norm else 1.0
        return [gradient * scale for gradient in gradients], norm

    return formula


def _with_norm(measure: Callable[[list[Array]], float]) -> Callable[..., Any]:
    def formula(gradients: list[Array], max_norm: float) -> tuple[list[Array], float]:
        norm = float(measure(gradients))
        scale = min(1.0, max_norm / norm) if norm else 1.0
        return [gradient * scale for gradient in gradients], norm

    return formula


def _per_array(gradients: list[Array], max_norm: float) -> tuple[list[Array], float]:
    clipped = [clip_by_global_norm([gradient], max_norm)[0][0] for gradient in gradients]
    return clipped, clip_by_global_norm(gradients, max_norm)[1]


def _zero_norm(gradients: list[Array], max_norm: float) -> tuple[list[Array], float]:
    norm = np.float64(clip_by_global_norm(gradients, max_norm)[1])
    scale = np.float64(max_norm) / norm if norm == 0 else min(1.0, max_norm / norm)
    return [gradient * scale for gradient in gradients], float(norm)


def _scaled_or_raise(gradients: list[Array], max_norm: float) -> tuple[list[Array], float]:
    norm = clip_by_global_norm(gradients, max_norm)[1]
    return [gradient * min(1.0, max_norm / norm) for gradient in gradients], norm


def _always_scaled(gradients: list[Array], max_norm: float) -> tuple[list[Array], float]:
    norm = np.float64(clip_by_global_norm(gradients, max_norm)[1])
    return [gradient * (np.float64(max_norm) / norm) for gradient in gradients], float(norm)


def _always_scaled_or_raise(gradients: list[Array], max_norm: float) -> tuple[list[Array], float]:
    norm = clip_by_global_norm(gradients, max_norm)[1]
    return [gradient * (max_norm / norm) for gradient in gradients], norm


CLIP = Reference(
    correct=clip_by_global_norm,
    draw=_draw_clip,
    wrong={
        "element_wise": lambda gradients, max_norm: (
            [np.clip(gradient, -max_norm, max_norm) for gradient in gradients],
            clip_by_global_norm(gradients, max_norm)[1],
        ),
        "per_array": _per_array,
        "always_scaled": _scaled(lambda max_norm, norm: max_norm / norm),
        "always_scaled/zero_norm": _always_scaled,
        "always_scaled/raises": _always_scaled_or_raise,
        "norm_after": lambda gradients, max_norm: (
            clip_by_global_norm(gradients, max_norm)[0],
            min(max_norm, clip_by_global_norm(gradients, max_norm)[1]),
        ),
        "squared": _with_norm(lambda gradients: sum((gradient**2).sum() for gradient in gradients)),
        "sum_of_norms": _with_norm(lambda gradients: sum(_length(gradient) for gradient in gradients)),
        "zero_norm": _zero_norm,
        "zero_norm/raises": _scaled_or_raise,
        "matrices_only": _with_norm(lambda gradients: math.sqrt(sum((g**2).sum() for g in gradients if g.ndim > 1))),
        "largest_norm": _with_norm(lambda gradients: max(_length(gradient) for gradient in gradients)),
        "mean_square": _with_norm(
            lambda gradients: math.sqrt(sum((g**2).sum() for g in gradients) / sum(g.size for g in gradients))
        ),
        "largest_entry": _with_norm(lambda gradients: max(np.abs(gradient).max() for gradient in gradients)),
        "not_scaled": _scaled(lambda _, __: 1.0),
        "scaled_by_max_norm": _scaled(lambda max_norm, norm: max_norm if norm > max_norm else 1.0),
        "scaled_by_max_norm/always": _scaled(lambda max_norm, _: max_norm),
        "scaled_to_one": _scaled(lambda max_norm, norm: 1 / norm if norm > max_norm else 1.0),
    },
)


REFERENCES: dict[str, Reference] = {
    "state_gradient_norms": STATE_GRADIENT_NORMS,
    "clip_by_global_norm": CLIP,
}
