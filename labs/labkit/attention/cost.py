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


def operations(name: str, length: int, width: int = 128) -> int:
    """Count the operations of the matrix products for one token, a multiplication and an addition for each term.

    "LSTM": four gates of x and h. "attention": four matrices, then the scores and the mixture of the values, each with
    `length` tokens. Raises KeyError for another name.
    """
    return {"LSTM": 4 * 2 * 2 * width * width, "attention": 4 * 2 * width * width + 2 * 2 * length * width}[name]


def equal(width: int = 128) -> int:
    """Return the length at which both have as many operations for a token."""
    return 2 * width


def against_length(
    lengths: Sequence[int], measured: Mapping[str, Sequence[float]], heads: int = 4, width: int = 128
) -> None:
    """Draw time and operations per token, steps that wait for each other, and memory, against the length.

    measured: see `forward`; says where lines cross.
    """
    _, (left, counted, middle, right) = style.subplots(1, 4, size=(15, 3.6))
    for name, (colour, dashes, mark) in zip(measured, LINES, strict=False):
        numbers = [operations(name, length, width) / 1000 for length in lengths]
        counted.plot(lengths, numbers, color=colour, ls=dashes, marker=mark, label=name)
    counted.set(xscale="log", yscale="log", xlabel="length T", title="thousand operations per token, counted")
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
    for axes in (left, counted, middle, right):
        style.plain_log(axes.xaxis, lengths[::-2])  # every second one: four numbers of four digits have no room
    for axes in (left, counted, middle):
        style.plain_log(axes.yaxis)
    say(crossing(lengths, measured))
    one, other = (operations(name, lengths[0], width) for name in ("attention", "LSTM"))
    say(
        f"Counted, not timed: at T = {lengths[0]:,} a token takes {other:,} operations in the LSTM and {one:,} in "
        f"attention; they are equal at T = {equal(width):,}."
    )
    say(f"At T = {lengths[-1]:,} the weights of one sequence take {memory[-1]:,.0f} MB; twice the length, four times.")


def crossing(lengths: Sequence[int], measured: Mapping[str, Sequence[float]]) -> str:
    """Say at which of the lengths attention took less time per token than the LSTM, and at which more."""
    pairs = list(zip(lengths, measured["attention"], measured["LSTM"], strict=True))
    less = [f"{length:,}" for length, ours, other in pairs if ours < other]
    more = [f"{length:,}" for length, ours, other in pairs if ours >= other]
    if not more or not less:
        return f"On this machine attention takes {'less' if less else 'more'} time per token at every T here."
    where = f"less time per token at T = {', '.join(less)}, and more at T = {', '.join(more)}"
    return f"On this machine attention takes {where}."
