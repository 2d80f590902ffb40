"""Writes many tunes at once with a model of characters: one loop inside TensorFlow, not one call per character."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

UNKNOWN, START, END = 1, 2, 3  # ids, as in the lab: 0 is padding; characters follow
LONGEST = 1000  # characters; the longest real tune has fewer
TOGETHER = 256  # tunes


def sample(
    model: Any,
    vocabulary: Mapping[str, int],
    count: int,
    *,
    temperature: float = 1.0,
    top_p: float = 1.0,
    seed: int = 0,
    prompt: str = "",
    max_length: int = LONGEST,
) -> tuple[list[str], list[bool]]:
    """Draw tunes from a model of Embedding, LSTM and Dense; return them, and for each whether it ended by itself.

    vocabulary: character -> id      temperature: positive      top_p: as in `next_probabilities`, from 0 to 1
    prompt:     how each tune begins; the tunes hold it too     max_length: characters, the prompt's too
    The same seed gives the same tunes on the same machine.
    """
    import tensorflow as tf

    if not (temperature > 0 and 0 < top_p <= 1):
        raise ValueError(f"temperature is a positive number and top_p lies in (0, 1]; not {temperature} and {top_p}.")
    run = model.__dict__.get("labkit_sampler") or _sampler(model)
    model.__dict__["labkit_sampler"] = run
    start = [START, *(vocabulary.get(character, UNKNOWN) for character in prompt)]
    noise = np.random.default_rng(seed)
    characters = {number: character for character, number in vocabulary.items()}
    texts, ended = [], []
    for first in range(0, count, TOGETHER):
        size = min(TOGETHER, count - first)
        ids = run(
            tf.constant([start] * size, tf.int32),
            tf.constant(max(max_length - len(prompt), 0)),
            tf.constant(temperature, tf.float32),
            tf.constant(top_p, tf.float32),
            tf.constant(noise.integers(0, 2**31, 2), tf.int32),
        ).numpy()
        for row in ids:
            stop = np.flatnonzero(row == END)
            ended.append(len(stop) > 0)
            said = row[: stop[0]] if len(stop) else row
            texts.append(prompt + "".join(characters.get(int(one), "") for one in said))
    return texts, ended


def _sampler(model: Any) -> Callable[..., Any]:
    """Make a model's loop: (start (batch, time), steps, temperature, top_p, seed (2,)) -> ids (batch, steps)."""
    import keras
    import tensorflow as tf

    layers = [layer for layer in model.layers if not isinstance(layer, (keras.layers.InputLayer, keras.layers.Dropout))]
    if [type(layer).__name__ for layer in layers] != ["Embedding", "LSTM", "Dense"]:
        raise ValueError("sample needs a model of three layers: Embedding, LSTM, Dense.")
    embedding, lstm, dense = layers

    def step(ids: Any, states: list[Any]) -> tuple[Any, list[Any]]:
        h, states = lstm.cell(embedding(ids), states)
        return dense(h), states

    @tf.function(reduce_retracing=True)  # type: ignore[untyped-decorator,unused-ignore]
    def run(start: Any, steps: Any, temperature: Any, top_p: Any, seed: Any) -> Any:
        batch = tf.shape(start)[0]
        h = c = tf.zeros((batch, lstm.units))
        logits = tf.zeros((batch, dense.units))
        for t in tf.range(tf.shape(start)[1]):
            logits, [h, c] = step(start[:, t], [h, c])
        forbidden = -1e9 * tf.constant([1.0, 1.0, 1.0] + [0.0] * (dense.units - 3))  # padding, unknown, start
        drawn = tf.TensorArray(tf.int32, size=0, dynamic_size=True)
        running = tf.ones((batch,), tf.bool)
        t = tf.constant(0)
        while t < steps and tf.reduce_any(running):
            noise = tf.random.stateless_uniform((batch,), tf.stack([seed[0], seed[1] + t]))
            ids = tf.where(running, draw(logits + forbidden, temperature, top_p, noise), END)
            drawn = drawn.write(t, ids)
            running = tf.logical_and(running, ids != END)
            logits, [h, c] = step(ids, [h, c])
            t += 1
        return tf.transpose(drawn.stack())

    return run  # type: ignore[no-any-return,unused-ignore]


def draw(logits: Any, temperature: Any, top_p: Any, noise: Any) -> Any:
    """Draw one id for each row: temperature, then top_p, then the id at which the heap of probabilities passes noise.

    logits: (batch, size)    noise: (batch,) uniform in [0, 1)    returns (batch,) int32
    """
    import tensorflow as tf

    ranked, order = tf.math.top_k(tf.nn.softmax(logits / temperature), tf.shape(logits)[-1])
    before = tf.cumsum(ranked, axis=-1, exclusive=True)
    heap = tf.cumsum(tf.where(before < top_p, ranked, 0.0), axis=-1)
    place = tf.reduce_sum(tf.cast(heap <= noise[:, None] * heap[:, -1:], tf.int32), axis=-1)
    return tf.gather(order, place, batch_dims=1)
