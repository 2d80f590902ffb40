"""Scripted fakes of lab 1: stand-ins for a student's earlier functions, so that a later one can be judged alone."""

from __future__ import annotations

from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]


def leaky_step(x_t: Any, h_prev: Any, W_xh: Any, W_hh: Any, b_h: Any) -> Array:
    """Stand in for `rnn_step`: a unit that no exercise asks for, in which every entry of every argument counts.

    Shapes as `rnn_step`; each sequence by itself, so that it may be called for some rows of a batch only.
    """
    x_t, h_prev, W_xh, W_hh, b_h = map(np.asarray, (x_t, h_prev, W_xh, W_hh, b_h))
    a = x_t @ np.abs(W_xh) - 0.5 * h_prev @ W_hh + 2.0 * b_h
    return np.asarray(0.3 * h_prev + 0.5 * a / (1.0 + np.abs(a)))


def blunt_backward_step(d_h: Any, x_t: Any, h_prev: Any, h_t: Any, W_hh: Any) -> tuple[Array, Array, Array, Array]:
    """Stand in for `rnn_backward_step`: products that no exercise asks for, in which every entry counts.

    Shapes as `rnn_backward_step`; the first three add up over the sequences of a batch.
    """
    d_h, x_t, h_prev, h_t, W_hh = map(np.asarray, (d_h, x_t, h_prev, h_t, W_hh))
    d_a = d_h * (2.0 + h_t)
    return (
        np.abs(x_t).T @ d_a,
        h_prev.T @ d_h + W_hh * d_h.sum(),
        (d_h * h_t).sum(axis=0),
        0.5 * d_h + 0.2 * d_a @ W_hh,
    )
