"""What a sequence costs, an LSTM and attention side by side: seconds per token, steps in a row, and memory."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np

from labkit.base import style
from labkit.base.style import LINES, say

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

TRIES = 5
MEGABYTE = 2**20


def seconds(run: Callable[[], Any], tries: int = TRIES) -> float:
    """Time a function at its best of some tries, after one call that does not count (it compiles)."""
    run()
    times = []
    for _ in range(tries):
        began = time.perf_counter()
        run()
        times.append(time.perf_counter() - began)
    return min(times)


def forward(attend: Callable[..., Any], lengths: Sequence[int], width: int = 128, heads: int = 4) -> dict[str, Any]:
    """Measure the forward pass over one sequence of each length, in microseconds per token.

    attend: the student's multi_head_attention(x, W_q, W_k, W_v, W_o, num_heads) -> (output, weights)
    returns a dict: the name of the layer -> one figure for each length
    """
    import keras
    import tensorflow as tf

    rng = np.random.default_rng(0)
    matrices = [tf.constant(rng.normal(0, width**-0.5, (width, width)), tf.float32) for _ in range(4)]
    lstm = keras.layers.LSTM(width, return_sequences=True)
    found: dict[str, list[float]] = {"LSTM": [], "attention": []}
    for length in lengths:
        x = tf.constant(rng.normal(size=(1, length, width)), tf.float32)
        for name, layer in (("LSTM", lstm), ("attention", lambda x: attend(x, *matrices, heads)[0])):
            compiled = tf.function(layer)
            took = seconds(lambda compiled=compiled, x=x: np.asarray(compiled(x)))  # type: ignore[misc]
            found[name].append(1e6 * took / length)
    return found


def weights_memory(length: int, heads: int = 4, size: int = 4) -> int:
    """Count the bytes of the attention weights of one sequence: heads * length * length numbers."""
    return heads * length * length * size


def against_length(lengths: Sequence[int], measured: Mapping[str, Sequence[float]], heads: int = 4) -> None:
    """Draw time per token, steps that wait for each other, and memory, against the length; say where lines cross."""
    _, (left, middle, right) = style.subplots(1, 3, size=(13, 3.8))
    for (name, values), (colour, dashes, mark) in zip(measured.items(), LINES, strict=False):
        left.plot(lengths, values, color=colour, ls=dashes, marker=mark, label=name)
    left.set(xscale="log", yscale="log", xlabel="length T", title="microseconds per token, forward")
    left.legend()
    for (name, steps), (colour, dashes, mark) in zip(
        {"LSTM": list(lengths), "attention": [1] * len(lengths)}.items(), LINES, strict=False
    ):
        middle.plot(lengths, steps, color=colour, ls=dashes, marker=mark, label=name)
    middle.set(xscale="log", yscale="log", xlabel="length T", title="steps that wait for the one before")
    middle.legend()
    memory = [weights_memory(length, heads) / MEGABYTE for length in lengths]
    right.plot(lengths, memory, color=LINES[1][0], ls=LINES[1][1], marker=LINES[1][2])
    right.set(xscale="log", yscale="log", xlabel="length T", title=f"MB of attention weights, {heads} heads")
    for axes in (left, middle, right):
        style.plain_log(axes.xaxis, lengths)
    for axes in (left, middle):
        style.plain_log(axes.yaxis)
    say(crossing(lengths, measured))
    say(f"At T = {lengths[-1]:,} the weights of one sequence take {memory[-1]:,.0f} MB; twice the length, four times.")


def crossing(lengths: Sequence[int], measured: Mapping[str, Sequence[float]]) -> str:
    """Say from which length on attention takes longer per token than the LSTM."""
    slower = [
        length
        for length, ours, other in zip(lengths, measured["attention"], measured["LSTM"], strict=True)
        if ours > other
    ]
    if not slower:
        return f"On this machine attention takes less time per token up to T = {lengths[-1]:,}."
    if slower[0] == lengths[0]:
        return f"On this machine attention takes more time per token already at T = {lengths[0]:,}."
    return f"On this machine attention takes more time per token from about T = {slower[0]:,} on."
