"""Oracles of lab 1, part 2: the recurrent step and the walk through a sequence."""

# ruff: noqa: ARG005  (a wrong formula leaves out some of what it is given)

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.references.reference import Drawn, Reference
from labkit.checks.lab1_rnn import fakes

if TYPE_CHECKING:
    from numpy.random import Generator

Array = np.ndarray[Any, np.dtype[Any]]
Step = Callable[..., Array]


def rnn_step(x_t: Array, h_prev: Array, W_xh: Array, W_hh: Array, b_h: Array) -> Array:
    """Add up, unit by unit, what it hears from the input, from all units and from its bias."""
    batch, units = h_prev.shape
    h_t = np.zeros((batch, units))
    for row in range(batch):
        for unit in range(units):
            a = float(b_h[unit])
            for feature in range(x_t.shape[1]):
                a += float(x_t[row, feature]) * float(W_xh[feature, unit])
            for other in range(units):
                a += float(h_prev[row, other]) * float(W_hh[other, unit])
            h_t[row, unit] = math.tanh(a)
    return h_t


def weights(rng: Generator, features: int, units: int) -> dict[str, Array]:
    """Draw W_xh, W_hh and b_h."""
    return {
        "W_xh": rng.normal(0, 0.7, size=(features, units)).round(3),
        "W_hh": rng.normal(0, 0.7, size=(units, units)).round(3),
        "b_h": rng.normal(0, 0.7, size=units).round(3),
    }


def _draw_rnn_step(rng: Generator) -> list[Drawn]:
    def arguments(batch: int, features: int, units: int) -> dict[str, Any]:
        return {
            "x_t": rng.normal(size=(batch, features)).round(3),
            "h_prev": rng.uniform(-0.9, 0.9, size=(batch, units)).round(3),
            **weights(rng, features, units),
        }

    batch, features = (int(n) for n in rng.integers(2, 4, size=2))
    single = {name: value.astype(np.float32) for name, value in arguments(2, 2, 3).items()}
    return [
        (arguments(batch, features, features + 2), "more units than features"),
        (arguments(3, 4, 4), "as many features as units"),
        (arguments(4, 4, 4), "batch, features and units are equal"),
        (arguments(1, 3, 1), "one sequence, one unit"),
        (single, "float32"),
        (
            arguments(5, 7, 12) | {"h_prev": rng.uniform(-0.999, 0.999, size=(5, 12)).round(3)},
            "five rows, twelve units",
        ),
    ]


def _sigmoid(a: Array) -> Array:
    return np.asarray(1 / (1 + np.exp(-a)))


WRONG_STEPS: dict[str, Step] = {
    "no_tanh": lambda x_t, h_prev, W_xh, W_hh, b_h: x_t @ W_xh + h_prev @ W_hh + b_h,
    "no_bias": lambda x_t, h_prev, W_xh, W_hh, b_h: np.tanh(x_t @ W_xh + h_prev @ W_hh),
    "bias_outside": lambda x_t, h_prev, W_xh, W_hh, b_h: np.tanh(x_t @ W_xh + h_prev @ W_hh) + b_h,
    "tanh_each": lambda x_t, h_prev, W_xh, W_hh, b_h: np.tanh(x_t @ W_xh) + np.tanh(h_prev @ W_hh + b_h),
    "tanh_each/bias_with_input": lambda x_t, h_prev, W_xh, W_hh, b_h: (
        np.tanh(x_t @ W_xh + b_h) + np.tanh(h_prev @ W_hh)
    ),
    "tanh_each/bias_outside": lambda x_t, h_prev, W_xh, W_hh, b_h: np.tanh(x_t @ W_xh) + np.tanh(h_prev @ W_hh) + b_h,
    "relu": lambda x_t, h_prev, W_xh, W_hh, b_h: np.maximum(x_t @ W_xh + h_prev @ W_hh + b_h, 0),
    "sigmoid": lambda x_t, h_prev, W_xh, W_hh, b_h: _sigmoid(x_t @ W_xh + h_prev @ W_hh + b_h),
    "columns": lambda x_t, h_prev, W_xh, W_hh, b_h: np.tanh(W_xh.T @ x_t + W_hh.T @ h_prev + b_h),
    "columns/article": lambda x_t, h_prev, W_xh, W_hh, b_h: np.tanh(W_xh @ x_t + W_hh @ h_prev + b_h),
    "transposed": lambda x_t, h_prev, W_xh, W_hh, b_h: np.tanh(x_t @ W_xh + h_prev @ W_hh.T + b_h),
    "transposed_input": lambda x_t, h_prev, W_xh, W_hh, b_h: np.tanh(x_t @ W_xh.T + h_prev @ W_hh + b_h),
    "transposed_both": lambda x_t, h_prev, W_xh, W_hh, b_h: np.tanh(x_t @ W_xh.T + h_prev @ W_hh.T + b_h),
    "elementwise": lambda x_t, h_prev, W_xh, W_hh, b_h: np.tanh(x_t @ W_xh + h_prev * W_hh + b_h),
    "swapped_weights": lambda x_t, h_prev, W_xh, W_hh, b_h: np.tanh(x_t @ W_hh + h_prev @ W_xh + b_h),
    "no_memory": lambda x_t, h_prev, W_xh, W_hh, b_h: np.tanh(x_t @ W_xh + b_h),
    "no_W_hh": lambda x_t, h_prev, W_xh, W_hh, b_h: np.tanh(x_t @ W_xh + h_prev + b_h),
    "no_input": lambda x_t, h_prev, W_xh, W_hh, b_h: np.tanh(h_prev @ W_hh + b_h),
    "bias_subtracted": lambda x_t, h_prev, W_xh, W_hh, b_h: np.tanh(x_t @ W_xh + h_prev @ W_hh - b_h),
    "memory_outside": lambda x_t, h_prev, W_xh, W_hh, b_h: np.tanh(x_t @ W_xh + b_h) + h_prev @ W_hh,
    "own_memory": lambda x_t, h_prev, W_xh, W_hh, b_h: np.tanh(x_t @ W_xh + h_prev * np.diag(W_hh) + b_h),
    "memory_subtracted": lambda x_t, h_prev, W_xh, W_hh, b_h: np.tanh(x_t @ W_xh - h_prev @ W_hh + b_h),
}


def quick_step(x_t: Array, h_prev: Array, W_xh: Array, W_hh: Array, b_h: Array) -> Array:
    """Do what `rnn_step` does, for all rows at once."""
    return np.asarray(np.tanh(b_h + np.einsum("bf,fu->bu", x_t, W_xh) + np.einsum("bv,vu->bu", h_prev, W_hh)))


RNN_STEP = Reference(correct=rnn_step, draw=_draw_rnn_step, wrong=WRONG_STEPS, quick=quick_step)


def forward_with(
    step: Step, x: Array, h_0: Array, W_xh: Array, W_hh: Array, b_h: Array, mask: Array | None = None
) -> Array:
    """Walk through time, sequence by sequence; a masked step hands on the state it found."""
    batch, time, _ = x.shape
    h = np.zeros((batch, time, h_0.shape[1]))
    for row in range(batch):
        state = h_0[row : row + 1]
        for t in range(time):
            if mask is None or mask[row, t]:
                state = step(x[row : row + 1, t], state, W_xh, W_hh, b_h)
            h[row, t] = state[0]
    return h


def rnn_forward(x: Array, h_0: Array, W_xh: Array, W_hh: Array, b_h: Array, mask: Array | None = None) -> Array:
    """Apply the oracle of rnn_step through time."""
    return forward_with(rnn_step, x, h_0, W_xh, W_hh, b_h, mask)


def _draw_rnn_forward(rng: Generator) -> list[Drawn]:
    def arguments(batch: int, time: int, features: int, units: int, mask: Array | None = None) -> dict[str, Any]:
        return {
            "x": rng.normal(size=(batch, time, features)).round(3),
            "h_0": rng.uniform(-0.9, 0.9, size=(batch, units)).round(3),
            **weights(rng, features, units),
            "mask": mask,
        }

    time = int(rng.integers(4, 7))
    right = np.arange(time) < np.array([[time], [2], [time - 1]])
    holes = np.array([[False, True, True, False, True], [True, False, False, True, False]])
    return [
        (arguments(2, time, 3, 4), "no mask"),
        (arguments(3, time, 2, 3, right), "a mask with padding on the right"),
        (arguments(2, 5, 2, 3, holes), "masked steps at the start and in between"),
        (arguments(1, 1, 3, 2), "one step"),
        (arguments(1, 6, 2, 3, np.array([[False, True, True, False, True, False]])), "one sequence, masked steps"),
        (arguments(5, 40, 2, 3, _large_mask(rng)), "five sequences of 40 steps, one step masked for all"),
    ]


def _large_mask(rng: Generator) -> Array:
    mask = rng.random((5, 40)) < 0.8
    mask[:, 17] = False
    return np.asarray(mask)


def loop(x: Array, h_0: Array, W_xh: Array, W_hh: Array, b_h: Array, **change: Any) -> Array:
    """Run the recurrence with one thing changed."""
    state, states, mask = h_0, [], change.get("mask")
    for t in range(x.shape[1]):
        h_prev = h_0 if change.get("from_h_0") else state
        new = np.tanh(x[:, t] @ W_xh + h_prev @ W_hh + b_h)
        if mask is not None:
            new = np.where(mask[:, t, None], new, change.get("fill", state))
        states.append(new)
        state = new
    return np.stack(states, axis=1)


def quick_forward(x: Array, h_0: Array, W_xh: Array, W_hh: Array, b_h: Array, mask: Array | None = None) -> Array:
    """Do what `rnn_forward` does, for all rows at once."""
    return loop(x, h_0, W_xh, W_hh, b_h, mask=mask)


def _masked_input(x: Array, h_0: Array, W_xh: Array, W_hh: Array, b_h: Array, mask: Array | None) -> Array:
    return loop(x if mask is None else x * mask[..., None], h_0, W_xh, W_hh, b_h)


def _masked_output_only(x: Array, h_0: Array, W_xh: Array, W_hh: Array, b_h: Array, mask: Array | None) -> Array:
    h = loop(x, h_0, W_xh, W_hh, b_h)
    if mask is None:
        return h
    shown, last = h.copy(), h_0
    for t in range(h.shape[1]):
        last = np.where(mask[:, t, None], h[:, t], last)
        shown[:, t] = last
    return shown


def _with_h_0(x: Array, h_0: Array, *rest: Any) -> Array:
    return np.concatenate([h_0[:, None], rnn_forward(x, h_0, *rest)], axis=1)


RNN_FORWARD = Reference(
    correct=rnn_forward,
    draw=_draw_rnn_forward,
    wrong={
        "with_h_0": lambda **a: _with_h_0(*a.values()),
        "shifted": lambda **a: _with_h_0(*a.values())[:, :-1],
        "last_only": lambda **a: rnn_forward(**a)[:, -1],
        "not_carried": lambda **a: loop(**a, from_h_0=True),
        "not_carried/masked_to_h_0": lambda **a: loop(**a, from_h_0=True, fill=a["h_0"]),
        "not_carried/masked_to_zero": lambda **a: loop(**a, from_h_0=True, fill=0.0),
        "not_carried/mask_ignored": lambda **a: loop(**(a | {"mask": None}), from_h_0=True),
        "h_0_ignored": lambda **a: rnn_forward(**(a | {"h_0": np.zeros_like(a["h_0"])})),
        "mask_ignored": lambda **a: rnn_forward(**(a | {"mask": None})),
        "masked_to_zero": lambda **a: loop(**a, fill=0.0),
        "masked_input": _masked_input,
        "masked_output_only": _masked_output_only,
        "masked_output_zero": lambda **a: rnn_forward(**a) * (1.0 if a["mask"] is None else a["mask"][..., None]),
        "same_array": lambda **a: np.repeat(rnn_forward(**a)[:, -1:], a["x"].shape[1], axis=1),
        "inverted_mask": lambda **a: rnn_forward(**(a | {"mask": None if a["mask"] is None else ~a["mask"]})),
        "time_first": lambda **a: rnn_forward(**a).swapaxes(0, 1),
        "backwards": lambda **a: rnn_forward(
            **(a | {"x": a["x"][:, ::-1], "mask": None if a["mask"] is None else a["mask"][:, ::-1]})
        ),
    },
    given={("rnn_step", "lab1_rnn.fakes.leaky_step"): lambda **a: forward_with(fakes.leaky_step, **a)},
    quick=quick_forward,
)


REFERENCES: dict[str, Reference] = {
    "rnn_step": RNN_STEP,
    "rnn_forward": RNN_FORWARD,
}
