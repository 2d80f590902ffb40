"""The oracles of the gates once more, for all rows and units at once: hidden tests are drawn for each submission."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

Array = np.ndarray[Any, np.dtype[Any]]
States = tuple[Array, Array]


def _sigmoid(a: Array) -> Array:
    return np.asarray((1.0 + np.tanh(a / 2.0)) / 2.0)


def _sums(x_t: Array, h: Array, W: Array, U: Array, b: Array, blocks: int) -> list[Array]:
    return np.split(b + np.dot(x_t, W) + np.dot(h, U), blocks, axis=1)


def lstm_step(x_t: Array, h_prev: Array, c_prev: Array, W: Array, U: Array, b: Array) -> States:
    """Do what `gates.lstm_step` does."""
    i, f, new, o = _sums(x_t, h_prev, W, U, b, 4)
    c = c_prev * _sigmoid(f) + np.tanh(new) * _sigmoid(i)
    return _sigmoid(o) * np.tanh(c), c


def coupled_lstm_step(x_t: Array, h_prev: Array, c_prev: Array, W: Array, U: Array, b: Array) -> States:
    """Do what `gates.coupled_lstm_step` does."""
    f, new, o = _sums(x_t, h_prev, W, U, b, 3)
    c = c_prev * _sigmoid(f) + np.tanh(new) * _sigmoid(-f)
    return _sigmoid(o) * np.tanh(c), c


def peephole_lstm_step(  # noqa: PLR0913, PLR0917  (as many as the exercise takes)
    x_t: Array, h_prev: Array, c_prev: Array, W: Array, U: Array, b: Array, P_i: Array, P_f: Array, P_o: Array
) -> States:
    """Do what `gates.peephole_lstm_step` does."""
    i, f, new, o = _sums(x_t, h_prev, W, U, b, 4)
    c = c_prev * _sigmoid(f + c_prev @ P_f) + np.tanh(new) * _sigmoid(i + c_prev @ P_i)
    return _sigmoid(o + c @ P_o) * np.tanh(c), c


def gru_step(x_t: Array, h_prev: Array, W: Array, U: Array, b: Array) -> Array:
    """Do what `gates.gru_step` does."""
    units = h_prev.shape[1]
    z, r, _ = _sums(x_t, h_prev, W, U, b, 3)
    heard = x_t @ W[:, 2 * units :] + b[2 * units :]
    new = np.tanh(heard + (_sigmoid(r) * h_prev) @ U[:, 2 * units :])
    return np.asarray(new + _sigmoid(z) * (h_prev - new))


def forward_with(
    step: Callable[..., States], x: Array, h_0: Array, c_0: Array, *weights: Array, mask: Array | None = None
) -> States:
    """Do what `gates.forward_with` does."""
    states = np.array(h_0, float), np.array(c_0, float)
    walked = np.zeros((2, *x.shape[:2], h_0.shape[1]))
    for t in range(x.shape[1]):
        real = slice(None) if mask is None else mask[:, t]
        for state, new in zip(states, step(x[:, t], *states, *weights), strict=True):
            state[real] = new[real]
        walked[:, :, t] = states
    return walked[0], walked[1]


def lstm_forward(x: Array, h_0: Array, c_0: Array, W: Array, U: Array, b: Array, mask: Array | None = None) -> States:
    """Do what `gates.lstm_forward` does."""
    return forward_with(lstm_step, x, h_0, c_0, W, U, b, mask=mask)
