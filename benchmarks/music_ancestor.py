"""The ancestor of lab 2's network: the character model of many courses, trained on the same tunes.

Embedding 256, LSTM 1024, batches of 8 windows of 100 characters, stateful, Adam with 5e-3, and one call of the model
for each character that it writes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import keras
import numpy as np
import tensorflow as tf

from labkit import data
from labkit.models import characters

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

EMBEDDING, UNITS = 256, 1024
WINDOW, ROWS, RATE = 100, 8, 5e-3
GAP = "\n"  # between two tunes of its text: it stands for the end that our models write


@dataclass(frozen=True)
class Trained:
    """The ancestor after its training: character -> id, ids in all, steps, and characters a second."""

    model: Any
    ids: dict[str, int]
    size: int
    steps: int
    speed: float


def train(seconds: float, now: Callable[[], float], seed: int) -> Trained:
    """Train for so long, by this clock; what is compiled is compiled before."""
    keras.utils.set_random_seed(seed)
    text = GAP.join(entry.text for entry in data.tunes().part("train"))
    ids = characters.vocabulary([text])
    numbers = np.array([ids[character] for character in text])
    size = len(ids) + characters.FIRST
    model = build(size, ROWS)
    optimizer = keras.optimizers.Adam(RATE)

    @tf.function  # type: ignore[untyped-decorator,unused-ignore]
    def step(inputs: Any, targets: Any) -> Any:
        with tf.GradientTape() as tape:
            losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=targets, logits=model(inputs))
            loss = tf.reduce_mean(losses)
        optimizer.apply_gradients(
            zip(tape.gradient(loss, model.trainable_variables), model.trainable_variables, strict=True)
        )
        return loss

    rng, steps = np.random.default_rng(seed), 0
    step(*windows(numbers, rng))
    began = now()
    while now() - began < seconds:
        step(*windows(numbers, rng)).numpy()
        steps += 1
    return Trained(model, ids, size, steps, steps * ROWS * WINDOW / (now() - began))


def build(size: int, rows: int) -> Any:
    """Make the ancestor's network, with a fixed number of rows, whose states go on from call to call."""
    return keras.Sequential(
        [
            keras.layers.Input(batch_shape=(rows, None)),
            keras.layers.Embedding(size, EMBEDDING),
            keras.layers.LSTM(UNITS, return_sequences=True, stateful=True),
            keras.layers.Dense(size),
        ]
    )


def windows(numbers: NDArray[np.int64], rng: np.random.Generator) -> tuple[Any, Any]:
    """Draw inputs and targets (ROWS, WINDOW) at random places of the text."""
    places = rng.integers(0, len(numbers) - WINDOW - 1, ROWS)
    cut = np.stack([numbers[place : place + WINDOW + 1] for place in places])
    return tf.constant(cut[:, :-1]), tf.constant(cut[:, 1:])


def bits(model: Any, ids: dict[str, int], held_out: Sequence[str]) -> float:
    """Measure bits per character over held-out tunes read as one text; the gap after each tune counts as its end.

    As in its training: the text in as many rows as a batch has, window by window, and each row's states go on from
    where they are. From states of zero, which its training never sees again, the ancestor is far worse.
    """
    text = GAP + "".join(tune + GAP for tune in held_out)
    numbers = np.array([ids.get(character, characters.FIRST) for character in text])
    long = (len(numbers) - 1) // ROWS
    inputs, targets = (numbers[start : start + ROWS * long].reshape(ROWS, long) for start in (0, 1))
    read = tf.function(model, reduce_retracing=True)  # called directly, Keras would go through the steps in Python
    nats = 0.0
    for start in range(0, long, WINDOW):
        logits = read(tf.constant(inputs[:, start : start + WINDOW]))
        labels = tf.constant(targets[:, start : start + WINDOW])
        nats += float(tf.reduce_sum(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits)))
    return nats / math.log(2) / (ROWS * long) * len(numbers[1:]) / sum(map(len, held_out))


def write(model: Any, ids: dict[str, int], count: int) -> list[int]:
    """Draw characters as the ancestor does: one call of the model for each."""
    model.layers[-2].reset_states()
    drawn = [ids["M"]]
    for _ in range(count):
        logits = model(tf.constant([[drawn[-1]]]))[:, -1]
        drawn.append(int(tf.random.categorical(logits, 1)[0, 0]))
    return drawn
