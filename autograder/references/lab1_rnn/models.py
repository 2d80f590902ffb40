"""Oracles of lab 1, parts 2 and 3, of what is built with Keras: the cell and the ball model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.references import ways
from autograder.references.lab1_rnn.recurrence import (
    WRONG_STEPS,
    Array,
    Step,
    forward_with,
    loop,
    quick_forward,
    rnn_forward,
    rnn_step,
    weights,
)
from autograder.references.reference import Drawn, Reference
from labkit.checks.cases import More

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.random import Generator


def my_rnn_cell(units: int, x: Array, h_0: Array, W_xh: Array, W_hh: Array, b_h: Array) -> dict[str, Array]:
    """Say what the probe of the cell should see (`labkit.checks.lab1_rnn.probes.rnn_cell`)."""
    return _cell_with(rnn_step, units, x, h_0, W_xh, W_hh, b_h)


def _cell_with(step: Step, units: int, x: Array, h_0: Array, W_xh: Array, W_hh: Array, b_h: Array) -> dict[str, Array]:
    del units
    first = np.asarray(step(x[:, 0], h_0, W_xh, W_hh, b_h))
    return {"output": first, "state": first, "sequence": forward_with(step, x, h_0, W_xh, W_hh, b_h)}


def _quick_cell(units: int, x: Array, h_0: Array, W_xh: Array, W_hh: Array, b_h: Array) -> dict[str, Array]:
    del units
    sequence = quick_forward(x, h_0, W_xh, W_hh, b_h)
    return {"output": sequence[:, 0], "state": sequence[:, 0], "sequence": sequence}


def _old_state(units: int, x: Array, h_0: Array, W_xh: Array, W_hh: Array, b_h: Array) -> dict[str, Array]:
    right = my_rnn_cell(units, x, h_0, W_xh, W_hh, b_h)
    return right | {"state": h_0, "sequence": loop(x, h_0, W_xh, W_hh, b_h, from_h_0=True)}


def _draw_my_rnn_cell(rng: Generator) -> list[Drawn]:
    def arguments(batch: int, time: int, features: int, units: int) -> dict[str, Any]:
        return {
            "units": units,
            "x": rng.normal(size=(batch, time, features)).round(3),
            "h_0": rng.uniform(-0.9, 0.9, size=(batch, units)).round(3),
            **weights(rng, features, units),
        }

    units, features = int(rng.integers(4, 9)), int(rng.integers(3, 9))
    return [
        (arguments(2, int(rng.integers(3, 6)), 3, units), "more units than features"),
        (arguments(3, 4, features, int(rng.integers(2, features))), "more features than units"),
        (arguments(1, 1, 2, 1), "one sequence, one step, one unit"),
        (arguments(5, 40, 2, 3), "five sequences of 40 steps"),
    ]


def _cell_trained(rng: Generator, correct: Callable[..., Any], arguments: Mapping[str, Any]) -> More:
    """Say what comes of the probe `labkit.checks.lab1_rnn.probes.rnn_cell_trained`."""
    names = ("x", "h_0", "W_xh", "W_hh", "b_h")

    def sequence(values: Sequence[Array]) -> Array:
        found = correct(arguments["units"], *values)["sequence"]
        return np.asarray(found)

    given = [arguments[name] for name in names]
    others = weights(rng, given[0].shape[-1], arguments["units"])
    sums = ways.weigh(rng, [sequence(given)])
    directions, slopes = ways.along(rng, lambda moved: ways.total([sequence(moved)], sums), given)
    first = sequence(given)[:, :1]
    return More(
        {"directions": directions, "weights": sums, "others": list(others.values())},
        {
            "other_object": round(ways.total([first], [sums[0][:, :1]]), 7),
            "in_graph": round(ways.total([sequence(given)], sums), 7),
            "gradient": np.round(slopes, 6),
            "again": round(ways.total([sequence([*given[:2], *others.values()])], sums), 7),
        },
    )


def _wrong_cell(step: Step) -> Callable[..., Any]:
    return lambda **arguments: _cell_with(step, **arguments)


MY_RNN_CELL = Reference(
    correct=my_rnn_cell,
    draw=_draw_my_rnn_cell,
    ways=_cell_trained,
    quick=_quick_cell,
    rounds=1,
    asked=("five sequences of 40 steps",),
    apart=("five sequences of 40 steps",),
    wrong={
        **{
            key: _wrong_cell(WRONG_STEPS[key])
            for key in ("no_tanh", "no_bias", "no_memory", "transposed", "sigmoid", "relu", "bias_outside")
        },
        "old_state": _old_state,
        "handed_on": lambda **arguments: _cell_with(lambda x_t, h_prev, *_: h_prev, **arguments),  # noqa: ARG005
    },
)


def ball_model(units: int, x: Array, weights: list[Array]) -> Array:
    """Read all frames, then map the last state to a position."""
    W_xh, W_hh, b_h, W_hy, b_y = weights
    h = rnn_forward(x, np.zeros((len(x), units)), W_xh, W_hh, b_h)
    return np.asarray(h[:, -1] @ W_hy + b_y)


def _quick_ball(units: int, x: Array, weights: list[Array]) -> Array:
    h = quick_forward(x, np.zeros((len(x), units)), *weights[:3])
    return np.asarray(h[:, -1] @ weights[3] + weights[4])


def _ball_with(pool: Callable[[Array], Array], activation: Callable[[Array], Array] = np.tanh) -> Callable[..., Array]:
    def model(units: int, x: Array, weights: list[Array]) -> Array:
        W_xh, W_hh, b_h, W_hy, b_y = weights
        step = lambda x_t, h, *_: activation(x_t @ W_xh + h @ W_hh + b_h)  # noqa: E731
        return np.asarray(pool(forward_with(step, x, np.zeros((len(x), units)), W_xh, W_hh, b_h)) @ W_hy + b_y)

    return model


def _draw_ball_model(rng: Generator) -> list[Drawn]:
    def arguments(batch: int, time: int, units: int) -> dict[str, Any]:
        head = [rng.normal(size=(units, 2)).round(3), rng.normal(size=2).round(3)]
        return {
            "units": units,
            "x": rng.normal(size=(batch, time, 2)).round(3),
            "weights": [*weights(rng, 2, units).values(), *head],
        }

    def remembering() -> dict[str, Any]:
        """Draw a model that still knows of the first half of its 24 frames at their end."""
        while True:
            whole = arguments(1, 24, 4)
            whole["x"] = (whole["x"] / 4).round(3)
            whole["weights"][1] = np.linalg.qr(whole["weights"][1])[0].round(3)
            whole["weights"][2] = (whole["weights"][2] / 10).round(3)
            late = {**whole, "x": whole["x"][:, -12:]}
            if np.abs(ball_model(**whole) - ball_model(**late)).max() > 0.02:
                return whole

    hidden, whole = arguments(2, 9, 4), remembering()
    hidden["x"][0, 3:7] = hidden["x"][1, 5:] = 0.0
    return [
        (arguments(2, int(rng.integers(4, 7)), int(rng.integers(3, 9))), "some frames"),
        (arguments(1, int(rng.integers(7, 9)), int(rng.integers(3, 9))), "a longer flight"),
        (hidden, "frames of (0, 0), where the ball is hidden"),
        (whole, "24 frames"),
    ]


def _ball_trained(rng: Generator, correct: Callable[..., Any], arguments: Mapping[str, Any]) -> More:
    """Say what comes of the probe `labkit.checks.lab1_rnn.probes.ball_model_trained`."""
    units, x, own = (arguments[name] for name in ("units", "x", "weights"))
    value = correct(units, x, own)
    sums = ways.weigh(rng, [value])
    directions, slopes = ways.along(rng, lambda moved: ways.total([correct(units, x, moved)], sums), own)
    return More(
        {"directions": directions, "sums": sums},
        {
            "other_object": round(ways.total([value], sums), 7),
            "in_training": round(ways.total([value], sums), 7),
            "gradient": np.round(slopes, 6),
        },
    )


def _frames_skipped(units: int, x: Array, weights: list[Array]) -> Array:
    """Take a frame of (0, 0) for padding."""
    W_xh, W_hh, b_h, W_hy, b_y = weights
    h = forward_with(rnn_step, x, np.zeros((len(x), units)), W_xh, W_hh, b_h, mask=(x != 0).any(axis=-1))
    return np.asarray(h[:, -1] @ W_hy + b_y)


BALL_MODEL = Reference(
    correct=ball_model,
    draw=_draw_ball_model,
    ways=_ball_trained,
    quick=_quick_ball,
    rounds=1,
    asked=("some frames",),
    once=("24 frames",),
    wrong={
        "first_state": _ball_with(lambda h: h[:, 0]),
        "mean_state": _ball_with(lambda h: h.mean(axis=1)),
        "sum_state": _ball_with(lambda h: h.sum(axis=1)),
        "max_state": _ball_with(lambda h: h.max(axis=1)),
        "backwards": lambda units, x, weights: ball_model(units, x[:, ::-1], weights),
        "frames_skipped": _frames_skipped,
        "linear": _ball_with(lambda h: h[:, -1], lambda a: a),
        "relu": _ball_with(lambda h: h[:, -1], lambda a: np.maximum(a, 0)),
    },
)


REFERENCES: dict[str, Reference] = {
    "MyRNNCell": MY_RNN_CELL,
    "ball_model": BALL_MODEL,
}
