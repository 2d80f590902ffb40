"""Oracles of lab 2, part 1: the steps of an LSTM, a GRU and two relatives, and the walk through time."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.references.lab2_music import forward_wrong
from autograder.references.lab2_music import gates_quick as quick
from autograder.references.lab2_music import gates_wrong as wrong
from autograder.references.reference import Drawn, Reference
from labkit.checks.lab2_music import fakes

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.random import Generator

Array = np.ndarray[Any, np.dtype[Any]]
States = tuple[Array, Array]


def sigmoid(a: float) -> float:
    """Squash a number between 0 and 1."""
    return (1.0 + math.tanh(a / 2.0)) / 2.0


def total(values: Array, column: Array) -> float:
    """Add up what one column of a matrix makes of a row of values."""
    return sum(float(value) * float(weight) for value, weight in zip(values, column, strict=True))


def lstm_step(x_t: Array, h_prev: Array, c_prev: Array, W: Array, U: Array, b: Array) -> States:
    """Compute the cell and what it shows of itself, unit by unit."""
    batch, units = h_prev.shape
    h, c = np.zeros((batch, units)), np.zeros((batch, units))
    for row in range(batch):
        for unit in range(units):
            a_i, a_f, a_c, a_o = (
                total(x_t[row], W[:, column]) + total(h_prev[row], U[:, column]) + float(b[column])
                for column in range(unit, 4 * units, units)
            )
            c[row, unit] = sigmoid(a_f) * float(c_prev[row, unit]) + sigmoid(a_i) * math.tanh(a_c)
            h[row, unit] = sigmoid(a_o) * math.tanh(c[row, unit])
    return h, c


def coupled_lstm_step(x_t: Array, h_prev: Array, c_prev: Array, W: Array, U: Array, b: Array) -> States:
    """Compute an LSTM whose input gate is what the forget gate leaves, unit by unit."""
    batch, units = h_prev.shape
    h, c = np.zeros((batch, units)), np.zeros((batch, units))
    for row in range(batch):
        for unit in range(units):
            a_f, a_c, a_o = (
                total(x_t[row], W[:, column]) + total(h_prev[row], U[:, column]) + float(b[column])
                for column in range(unit, 3 * units, units)
            )
            c[row, unit] = sigmoid(a_f) * float(c_prev[row, unit]) + (1.0 - sigmoid(a_f)) * math.tanh(a_c)
            h[row, unit] = sigmoid(a_o) * math.tanh(c[row, unit])
    return h, c


def peephole_lstm_step(  # noqa: PLR0913, PLR0917  (as many as the exercise takes)
    x_t: Array, h_prev: Array, c_prev: Array, W: Array, U: Array, b: Array, P_i: Array, P_f: Array, P_o: Array
) -> States:
    """Compute an LSTM whose gates see the cell: all of the new cell first, then the output gate."""
    batch, units = h_prev.shape
    h, c = np.zeros((batch, units)), np.zeros((batch, units))

    def a(row: int, unit: int, block: int) -> float:
        column = block * units + unit
        return total(x_t[row], W[:, column]) + total(h_prev[row], U[:, column]) + float(b[column])

    for row in range(batch):
        for unit in range(units):
            i = sigmoid(a(row, unit, 0) + total(c_prev[row], P_i[:, unit]))
            f = sigmoid(a(row, unit, 1) + total(c_prev[row], P_f[:, unit]))
            c[row, unit] = f * float(c_prev[row, unit]) + i * math.tanh(a(row, unit, 2))
        for unit in range(units):
            o = sigmoid(a(row, unit, 3) + total(c[row], P_o[:, unit]))
            h[row, unit] = o * math.tanh(c[row, unit])
    return h, c


def gru_step(x_t: Array, h_prev: Array, W: Array, U: Array, b: Array) -> Array:
    """Compute all reset gates of a sequence first, then each unit: keep some of the old, take the rest from the new."""
    batch, units = h_prev.shape
    h = np.zeros((batch, units))

    def a(row: int, unit: int, block: int, memory: Array) -> float:
        column = block * units + unit
        return total(x_t[row], W[:, column]) + total(memory, U[:, column]) + float(b[column])

    for row in range(batch):
        memory = h_prev[row]
        r = np.array([sigmoid(a(row, unit, 1, memory)) for unit in range(units)])
        for unit in range(units):
            z = sigmoid(a(row, unit, 0, memory))
            h[row, unit] = z * float(memory[unit]) + (1.0 - z) * math.tanh(a(row, unit, 2, r * memory))
    return h


def forward_with(
    step: Callable[..., States],
    x: Array,
    h_0: Array,
    c_0: Array,
    W: Array,
    U: Array,
    b: Array,
    mask: Array | None = None,
) -> States:
    """Walk through time, sequence by sequence; a masked step hands on both states as it found them."""
    batch, time, _ = x.shape
    h, c = np.zeros((batch, time, h_0.shape[1])), np.zeros((batch, time, h_0.shape[1]))
    for row in range(batch):
        states = h_0[row : row + 1], c_0[row : row + 1]
        for t in range(time):
            if mask is None or mask[row, t]:
                states = step(x[row : row + 1, t], *states, W, U, b)
            h[row, t], c[row, t] = states[0][0], states[1][0]
    return h, c


def lstm_forward(x: Array, h_0: Array, c_0: Array, W: Array, U: Array, b: Array, mask: Array | None = None) -> States:
    """Apply the oracle of lstm_step through time."""
    return forward_with(lstm_step, x, h_0, c_0, W, U, b, mask)


def _weights(rng: Generator, features: int, units: int, blocks: int) -> dict[str, Array]:
    return {
        "W": rng.normal(0, 0.7, size=(features, blocks * units)).round(3),
        "U": rng.normal(0, 0.7, size=(units, blocks * units)).round(3),
        "b": rng.normal(0, 0.7, size=blocks * units).round(3),
    }


def _states(rng: Generator, batch: int, units: int) -> dict[str, Array]:
    """Draw a hidden state and a cell: the cell leaves the range of tanh."""
    return {
        "h_prev": rng.uniform(-0.9, 0.9, size=(batch, units)).round(3),
        "c_prev": rng.normal(0, 1.3, size=(batch, units)).round(3),
    }


def _step(rng: Generator, batch: int, features: int, units: int, *, blocks: int, extra: int = 0) -> dict[str, Any]:
    """Draw the arguments of a step; `extra` square matrices come last. A GRU (no cell) drops c_prev."""
    matrices = {name: rng.normal(0, 0.6, size=(units, units)).round(3) for name in ("P_i", "P_f", "P_o")[:extra]}
    return {
        "x_t": rng.normal(size=(batch, features)).round(3),
        **_states(rng, batch, units),
        **_weights(rng, features, units, blocks),
        **matrices,
    }


def _far(rng: Generator, arguments: dict[str, Any]) -> dict[str, Any]:
    """Put states far from 0: hidden ones of an LSTM nearly at 1, cells beyond 3, those of a GRU beyond 1."""
    shape = arguments["h_prev"].shape
    widest = 0.999 if arguments["W"].shape[1] == 4 * shape[1] else 1.6
    far = {"h_prev": rng.uniform(-widest, widest, size=shape).round(3), "c_prev": rng.normal(0, 3, size=shape).round(3)}
    return {name: far.get(name, value) for name, value in arguments.items()}


def _saturated(rng: Generator, arguments: dict[str, Any], gates: tuple[int, ...]) -> dict[str, Any]:
    """Hold some units of each gate wide open and others shut, through the bias; one unit of each stays free."""
    units = arguments["h_prev"].shape[1]
    b = arguments["b"].copy()
    for gate in gates:
        b[gate * units : (gate + 1) * units] += rng.permutation(np.resize([40.0, -40.0, 0.0], units))
    return arguments | {"b": b}


def _drawer(blocks: int, gates: tuple[int, ...], extra: int = 0, drop: str = "") -> Callable[[Generator], list[Drawn]]:
    """Make what draws the cases of a step: its number of blocks, which of them are gates, extra matrices."""

    def draw(rng: Generator) -> list[Drawn]:
        def arguments(batch: int, features: int, units: int) -> dict[str, Any]:
            return _step(rng, batch, features, units, blocks=blocks, extra=extra)

        features = int(rng.integers(2, 4))
        single = {name: value.astype(np.float32) for name, value in arguments(2, 2, 3).items()}
        drawn = [
            (arguments(2, features, features + 1), "more units than features"),
            (arguments(2, features + 1, 2), "more features than units"),
            (arguments(3, 3, 3), "batch, features and units are equal"),
            (arguments(1, 3, 1), "one sequence, one unit"),
            (arguments(1, 1, int(rng.integers(3, 5))), "one sequence, one feature"),
            (_saturated(rng, arguments(2, 2, 4), gates), "gates wide open or shut"),
            (single, "float32"),
            (_far(rng, arguments(5, 6, 7)), "five rows, seven units, large states"),
        ]
        return [({name: value for name, value in one.items() if name != drop}, label) for one, label in drawn]

    return draw


def _draw_forward(rng: Generator) -> list[Drawn]:
    def arguments(batch: int, time: int, features: int, units: int, mask: Array | None = None) -> dict[str, Any]:
        states = _states(rng, batch, units)
        return {
            "x": rng.normal(size=(batch, time, features)).round(3),
            "h_0": states["h_prev"],
            "c_0": states["c_prev"],
            **_weights(rng, features, units, 4),
            "mask": mask,
        }

    time = int(rng.integers(4, 6))
    right = np.arange(time) < np.array([[time], [2], [time - 1]])
    holes = np.array([[False, True, True, False, True], [True, False, True, False, False], [False] * 5])
    single = arguments(2, 3, 2, 2, np.array([[True, True, False], [False, True, True]]))
    single = {name: value if name == "mask" else value.astype(np.float32) for name, value in single.items()}
    return [
        (arguments(2, time, 3, 4), "no mask"),
        (arguments(3, time, 2, 3, right), "a mask with padding on the right"),
        (arguments(3, 5, 3, 2, holes), "masked steps at the start and in between, one sequence without a real step"),
        (arguments(1, 1, 3, 2), "one step"),
        (arguments(1, time, 1, 1), "one sequence, one feature, one unit"),
        (single, "float32, as many features as units, a mask"),
        (arguments(1, 5, 2, 3, np.array([[False, True, False, True, False]])), "one sequence, masked steps"),
        (arguments(5, 40, 2, 3, _large_mask(rng)), "five sequences of 40 steps, one step masked for all"),
    ]


def _large_mask(rng: Generator) -> Array:
    mask = rng.random((5, 40)) < 0.8
    mask[:, 17] = False
    return np.asarray(mask)


REFERENCES: dict[str, Reference] = {
    "lstm_step": Reference(correct=lstm_step, draw=_drawer(4, (0, 1, 3)), wrong=wrong.LSTM, quick=quick.lstm_step),
    "lstm_forward": Reference(
        correct=lstm_forward,
        draw=_draw_forward,
        wrong=forward_wrong.FORWARD,
        quick=quick.lstm_forward,
        given={("lstm_step", "lab2_music.fakes.leaky_lstm_step"): lambda **a: forward_with(fakes.leaky_lstm_step, **a)},
    ),
    "gru_step": Reference(
        correct=gru_step, draw=_drawer(3, (0, 1), drop="c_prev"), wrong=wrong.GRU, quick=quick.gru_step
    ),
    "coupled_lstm_step": Reference(
        correct=coupled_lstm_step, draw=_drawer(3, (0, 2)), wrong=wrong.COUPLED, quick=quick.coupled_lstm_step
    ),
    "peephole_lstm_step": Reference(
        correct=peephole_lstm_step,
        draw=_drawer(4, (0, 1, 3), extra=3),
        wrong=wrong.PEEPHOLE,
        quick=quick.peephole_lstm_step,
    ),
}
