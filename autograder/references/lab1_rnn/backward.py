"""Oracles of lab 1, part 4: the gradient through one step, and back through time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.references.lab1_rnn.recurrence import quick_forward, weights
from autograder.references.reference import Drawn, Reference
from labkit.checks.lab1_rnn import fakes

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.random import Generator

Array = np.ndarray[Any, np.dtype[Any]]


def rnn_backward_step(d_h: Array, x_t: Array, h_prev: Array, h_t: Array, W_hh: Array) -> tuple[Array, ...]:
    """Send dL/dh_t back through one step, sequence by sequence, unit by unit."""
    batch, units = d_h.shape
    d_W_xh, d_W_hh = np.zeros((x_t.shape[1], units)), np.zeros((units, units))
    d_b_h, d_h_prev = np.zeros(units), np.zeros((batch, units))
    for row in range(batch):
        for unit in range(units):
            d_a = float(d_h[row, unit]) * (1 - float(h_t[row, unit]) ** 2)
            d_b_h[unit] += d_a
            for feature in range(x_t.shape[1]):
                d_W_xh[feature, unit] += float(x_t[row, feature]) * d_a
            for other in range(units):
                d_W_hh[other, unit] += float(h_prev[row, other]) * d_a
                d_h_prev[row, other] += float(W_hh[other, unit]) * d_a
    return d_W_xh, d_W_hh, d_b_h, d_h_prev


def quick_backward_step(d_h: Array, x_t: Array, h_prev: Array, h_t: Array, W_hh: Array) -> tuple[Array, ...]:
    """Do what `rnn_backward_step` does, for all rows at once."""
    d_a = d_h * (1.0 - np.square(h_t))
    d_W_xh, d_W_hh = np.einsum("bf,bu->fu", x_t, d_a), np.einsum("bv,bu->vu", h_prev, d_a)
    return d_W_xh, d_W_hh, np.einsum("bu->u", d_a), np.einsum("bu,vu->bv", d_a, W_hh)


def _draw_backward_step(rng: Generator) -> list[Drawn]:
    def arguments(batch: int, features: int, units: int) -> dict[str, Any]:
        return {
            "d_h": rng.normal(size=(batch, units)).round(3),
            "x_t": rng.normal(size=(batch, features)).round(3),
            "h_prev": rng.uniform(-0.9, 0.9, size=(batch, units)).round(3),
            "h_t": rng.uniform(-0.9, 0.9, size=(batch, units)).round(3),
            "W_hh": rng.normal(0, 0.7, size=(units, units)).round(3),
        }

    return [
        (arguments(int(rng.integers(2, 5)), 2, 3), "more units than features"),
        (arguments(3, 3, 3), "batch, features and units are equal"),
        (arguments(1, 2, 1), "one sequence, one unit"),
        (arguments(5, 6, 7) | {"h_t": rng.uniform(-0.999, 0.999, size=(5, 7)).round(3)}, "five rows, states near 1"),
    ]


def _backward_step(d_a: Array, x_t: Array, h_prev: Array, W_hh: Array, **change: Any) -> tuple[Array, ...]:
    """Take the products of one backward step, with one thing changed."""
    parts = {
        "d_W_xh": x_t.T @ d_a,
        "d_W_hh": h_prev.T @ d_a,
        "d_b_h": d_a.sum(axis=0),
        "d_h_prev": d_a @ W_hh.T,
    }
    return tuple((parts | change).values())


def _changed_step(slope: Callable[..., Array] | None = None, **parts: Callable[..., Array]) -> Callable[..., Any]:
    def formula(d_h: Array, x_t: Array, h_prev: Array, h_t: Array, W_hh: Array) -> tuple[Array, ...]:
        d_a = d_h * (slope(h_t, h_prev) if slope else 1 - h_t**2)
        values = {"d_a": d_a, "d_h": d_h, "x_t": x_t, "h_prev": h_prev, "h_t": h_t, "W_hh": W_hh}
        return _backward_step(d_a, x_t, h_prev, W_hh, **{name: part(**values) for name, part in parts.items()})

    return formula


BACKWARD_STEP = Reference(
    correct=rnn_backward_step,
    quick=quick_backward_step,
    draw=_draw_backward_step,
    wrong={
        "no_derivative": _changed_step(lambda h_t, _: np.ones_like(h_t)),
        "on_preactivation": _changed_step(lambda h_t, _: 1 - np.arctanh(h_t) ** 2),
        "tanh_twice": _changed_step(lambda h_t, _: 1 - np.tanh(h_t) ** 2),
        "slope_at_h_prev": _changed_step(lambda _, h_prev: 1 - h_prev**2),
        "slope_not_squared": _changed_step(lambda h_t, _: 1 - h_t),
        "sigmoid_slope": _changed_step(lambda h_t, _: h_t * (1 - h_t)),
        "h_t_for_h_prev": _changed_step(d_W_hh=lambda d_a, h_t, **_: h_t.T @ d_a),
        "no_batch_sum": _changed_step(d_b_h=lambda d_a, **_: d_a),
        "batch_mean": _changed_step(
            d_W_xh=lambda d_a, x_t, **_: x_t.T @ d_a / len(d_a),
            d_W_hh=lambda d_a, h_prev, **_: h_prev.T @ d_a / len(d_a),
            d_b_h=lambda d_a, **_: d_a.mean(axis=0),
        ),
        "bias_mean": _changed_step(d_b_h=lambda d_a, **_: d_a.mean(axis=0)),
        "rows_added_first": _changed_step(
            d_W_xh=lambda d_a, x_t, **_: np.outer(x_t.sum(axis=0), d_a.sum(axis=0)),
            d_W_hh=lambda d_a, h_prev, **_: np.outer(h_prev.sum(axis=0), d_a.sum(axis=0)),
        ),
        "not_transposed": _changed_step(d_h_prev=lambda d_a, W_hh, **_: d_a @ W_hh),
        "d_h_prev_skips_tanh": _changed_step(d_h_prev=lambda d_h, W_hh, **_: d_h @ W_hh.T),
        "transposed_W_hh": _changed_step(d_W_hh=lambda d_a, h_prev, **_: d_a.T @ h_prev),
    },
)

BACKWARD_ARGUMENTS = ("x", "h_0", "h", "W_xh", "W_hh", "W_hy", "d_logits")


def backward_with(step: Callable[..., tuple[Array, ...]], **arguments: Any) -> dict[str, Array]:
    """Walk back through time; every step adds its share to each gradient."""
    x, h_0, h, W_xh, W_hh, W_hy, d_logits = (arguments[name] for name in BACKWARD_ARGUMENTS)
    mask = arguments.get("mask")
    batch, time, units = h.shape
    total = {"W_xh": np.zeros(W_xh.shape), "W_hh": np.zeros(W_hh.shape), "b_h": np.zeros(units)}
    total |= {"W_hy": np.zeros(W_hy.shape), "b_y": np.zeros(W_hy.shape[1])}
    flow = np.zeros((batch, units))
    for t in reversed(range(time)):
        total["W_hy"] += np.einsum("bu,bv->uv", h[:, t], d_logits[:, t])
        total["b_y"] += np.einsum("bv->v", d_logits[:, t])
        d_h = flow + np.einsum("bv,uv->bu", d_logits[:, t], W_hy)
        h_prev = h[:, t - 1] if t else h_0
        real = np.ones((batch, 1)) if mask is None else mask[:, t, None].astype(float)
        d_W_xh, d_W_hh, d_b_h, d_h_prev = step(d_h * real, x[:, t], h_prev, h[:, t], W_hh)
        total["W_xh"] += d_W_xh
        total["W_hh"] += d_W_hh
        total["b_h"] += d_b_h
        flow = d_h_prev + d_h * (1 - real)
    return total | {"h_0": flow}


def rnn_backward(**arguments: Any) -> dict[str, Array]:
    """Apply the oracle of rnn_backward_step back through time."""
    return backward_with(rnn_backward_step, **arguments)


def _quick_backward(**arguments: Any) -> dict[str, Array]:
    return backward_with(quick_backward_step, **arguments)


def _draw_backward(rng: Generator) -> list[Drawn]:
    def arguments(batch: int, time: int, features: int, units: int, size: int) -> dict[str, Any]:
        x = rng.normal(size=(batch, time, features)).round(3)
        h_0 = rng.uniform(-0.9, 0.9, size=(batch, units)).round(3)
        parameters = weights(rng, features, units)
        return {
            "x": x,
            "h_0": h_0,
            "h": quick_forward(x, h_0, **parameters),
            "W_xh": parameters["W_xh"],
            "W_hh": parameters["W_hh"],
            "W_hy": rng.normal(0, 0.7, size=(units, size)).round(3),
            "d_logits": rng.normal(size=(batch, time, size)).round(3),
        }

    zero = arguments(2, 3, 2, 3, 4)
    zero["d_logits"] = np.zeros_like(zero["d_logits"])
    return [
        (arguments(2, int(rng.integers(4, 6)), 2, 3, 4), "several steps"),
        (arguments(3, 3, 3, 3, 3), "all sizes are equal"),
        (arguments(1, 1, 2, 2, 3), "one step"),
        (zero, "d_logits is zero, so every gradient is zero"),
        (arguments(5, 40, 2, 3, 3), "five sequences of 40 steps"),
    ]


def _backward_loop(
    x: Array, h_0: Array, h: Array, W_xh: Array, W_hh: Array, W_hy: Array, d_logits: Array, change: str = ""
) -> dict[str, Array]:
    """Walk back through time with one thing changed."""
    del W_xh
    first = {"h_0_as_zero": np.zeros_like(h_0), "wraps_around": h[:, -1]}.get(change, h_0)
    previous = np.concatenate([first[:, None], h[:, :-1]], axis=1)
    shares: list[tuple[Array, ...]] = []
    flow, entering, time = np.zeros_like(h_0), np.zeros_like(h_0), h.shape[1]
    for t in range(time) if change == "forward_order" else reversed(range(time)):
        own = d_logits[:, t] @ W_hy.T
        if change == "output_twice" and t < time - 1:
            own = 2 * own
        d_h = {"no_flow": own, "overwritten": flow if t < time - 1 else own}.get(change, own + flow)
        entering = d_h
        parts = rnn_backward_step(
            d_h, x[:, t], h[:, t] if change == "h_t_for_h_prev" else previous[:, t], h[:, t], W_hh
        )
        shares.append(parts[:3])
        flow = parts[3]
    d_W_xh, d_W_hh, d_b_h = shares[-1] if change == "last_step_only" else map(sum, zip(*shares, strict=True))
    d_h_0 = {"h_0_is_h_1": entering, "h_0_missing": np.zeros_like(h_0)}.get(change, flow)
    W_hy_steps = np.einsum("btu,btv->tuv", previous if change == "output_of_h_prev" else h, d_logits)
    return {
        "W_xh": np.asarray(d_W_xh),
        "W_hh": np.asarray(d_W_hh),
        "b_h": np.asarray(d_b_h),
        "W_hy": W_hy_steps[-1] if change == "output_last_only" else W_hy_steps.sum(axis=0),
        "b_y": d_logits[:, -1].sum(axis=0) if change == "b_y_missing_time" else d_logits.sum(axis=(0, 1)),
        "h_0": d_h_0,
    }


def _changed_backward(change: str) -> Callable[..., dict[str, Array]]:
    return lambda **arguments: _backward_loop(**arguments, change=change)


BACKWARD = Reference(
    correct=rnn_backward,
    quick=_quick_backward,
    crossed=False,  # h is what rnn_forward makes of the others; `rare` has such cases
    draw=_draw_backward,
    wrong={
        change: _changed_backward(change)
        for change in (
            "no_flow",
            "overwritten",
            "last_step_only",
            "h_t_for_h_prev",
            "h_0_as_zero",
            "wraps_around",
            "h_0_is_h_1",
            "h_0_missing",
            "forward_order",
            "output_last_only",
            "output_of_h_prev",
            "output_twice",
            "b_y_missing_time",
        )
    },
    given={
        ("rnn_backward_step", "lab1_rnn.fakes.blunt_backward_step"): lambda **a: backward_with(
            fakes.blunt_backward_step, **a
        )
    },
)


REFERENCES: dict[str, Reference] = {
    "rnn_backward_step": BACKWARD_STEP,
    "rnn_backward": BACKWARD,
}
