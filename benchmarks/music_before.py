"""The training of lab 2 as its first edition had it, kept as it was: what `make bench-music` compares with.

Batches of 32 tunes padded to a multiple of 16, Adam with 0.004 at its highest, one compiled step for every length.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

START, END = 2, 3
FIRST, ROUNDED, EMBEDDING, UNITS = 4, 16, 64, 256
BATCH, RATE = 32, 4e-3
WARM_UP, FLOOR, CHECKS = 60, 0.02, 10


def rate(fraction: float, step: int) -> float:
    """Return the part of the learning rate for a step: a warm-up, then half a cosine over the time, down to FLOOR."""
    cosine = 0.5 * (1 + math.cos(math.pi * min(max(fraction, 0.0), 1.0)))
    return min(1.0, (step + 1) / WARM_UP) * (FLOOR + (1 - FLOOR) * cosine)


def buckets(lengths: Sequence[int], size: int, seed: int, spread: float = 20.0) -> Iterator[Any]:
    """Give the indices of batches of tunes of nearly the same length, in random order, epoch after epoch."""
    generator = np.random.default_rng(seed)
    while True:
        order = np.argsort(np.asarray(lengths) + generator.uniform(0, spread, len(lengths)))
        batches = [order[start : start + size] for start in range(0, len(order), size)]
        yield from (batches[place] for place in generator.permutation(len(batches)))


def batches(texts: Sequence[str], ids: dict[str, int], seed: int) -> Iterator[tuple[Any, Any]]:
    """Give batches of whole tunes: ids (batch, time) and mask (batch, time), True where a step is real."""
    for chosen in buckets([len(text) for text in texts], BATCH, seed):
        rows = [[START, *(ids[character] for character in texts[one]), END] for one in chosen]
        time = -(-(max(map(len, rows)) - 1) // ROUNDED) * ROUNDED + 1
        table = np.zeros((len(rows), time), np.int32)
        for row, sequence in zip(table, rows, strict=True):
            row[: len(sequence)] = sequence
        yield table, np.arange(time) < np.array([[len(sequence)] for sequence in rows])


def build(size: int) -> Any:
    """Make the network: Embedding, LSTM, Dense."""
    import keras  # noqa: PLC0415  (it takes seconds)

    model = keras.Sequential(
        [
            keras.layers.Embedding(size, EMBEDDING),
            keras.layers.LSTM(UNITS, return_sequences=True),
            keras.layers.Dense(size),
        ]
    )
    model(np.zeros((1, 1), np.int32))
    return model


def train_step(model: Any, optimizer: Any, max_norm: float = 1.0) -> Any:
    """Make the step of a training with batches (ids, mask); it returns the loss in nats."""
    import tensorflow as tf  # noqa: PLC0415

    @tf.function(  # type: ignore[untyped-decorator,unused-ignore]
        input_signature=[tf.TensorSpec((None, None), tf.int32), tf.TensorSpec((None, None), tf.bool)]
    )
    def step(ids: Any, mask: Any) -> Any:
        real = tf.cast(mask[:, 1:], tf.float32)
        with tf.GradientTape() as tape:
            logits = model(ids[:, :-1], training=True)
            each = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=ids[:, 1:], logits=logits)
            loss = tf.reduce_sum(each * real) / tf.reduce_sum(real)
        gradients, _ = tf.clip_by_global_norm(tape.gradient(loss, model.trainable_variables), max_norm)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
        return loss

    return step


def fit(
    model: Any,
    optimizer: Any,
    step: Callable[..., Any],
    fed: Iterator[tuple[Any, Any]],
    validate: Callable[[], float],
    seconds: float,
    clock: Callable[[], float],
) -> float:
    """Train until the time is over, then take the weights that were best on validation tunes; return the seconds."""
    best, weights, checks, began = math.inf, model.get_weights(), 0, clock()

    def check() -> None:
        nonlocal best, weights, checks
        bits, checks = validate(), checks + 1
        if bits < best:
            best, weights = bits, model.get_weights()

    for number, batch in enumerate(fed):
        now = clock() - began
        if now >= seconds:
            break
        optimizer.learning_rate = RATE * rate(now / seconds, number)
        float(step(*batch))
        if now > (checks + 1) * seconds / CHECKS:
            check()
    check()
    model.set_weights(weights)
    return clock() - began
