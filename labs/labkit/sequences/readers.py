"""Four networks of 15,700 to 17,700 parameters that read a sequence and give one answer: RNN, GRU, LSTM, Transformer.

TensorFlow loads with this module, so `labkit.sequences.lengths` imports it only when a network is made.
"""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf
from keras import layers

from labkit.models.blocks import Block, norm, positions

WIDTH, BLOCKS, PLACES = 32, 2, 512
UNITS = {"RNN": 104, "GRU": 56, "LSTM": 48}


class Reader(keras.Model):  # type: ignore[misc]
    """Ids (batch, time) -> logits (batch, classes), read off the last place.

    kind: "RNN", "GRU", "LSTM" or "Transformer", which is two blocks without a mask and sinusoidal positions
    size: ids that there are
    """

    def __init__(self, kind: str, size: int, classes: int) -> None:
        super().__init__()
        if kind not in (*UNITS, "Transformer"):
            raise ValueError(f"There is no kind {kind!r}; there are {', '.join(UNITS)} and Transformer.")
        self.kind = kind
        start = keras.initializers.RandomNormal(stddev=1.0)  # as loud as the positions
        self.embedding = layers.Embedding(size, WIDTH, embeddings_initializer=start, name="embedding")
        self.reader = _recurrent(kind)
        count = BLOCKS * (kind == "Transformer")
        self.stack = [Block(WIDTH, 4, 2 * WIDTH, name=f"block_{number + 1}") for number in range(count)]
        self.places, self.norm = tf.constant(positions(PLACES, WIDTH)), norm()
        self.dense = layers.Dense(classes, name="dense")

    def build(self, shape: Any) -> None:
        """Nothing: each layer makes its weights when it is first called."""
        del shape
        self.built = True

    def call(self, ids: Any) -> Any:
        """Return the logits (batch, classes)."""
        x = self.embedding(ids)  # (batch, time, WIDTH)
        if self.reader is not None:
            return self.dense(self.reader(x))
        x += self.places[: tf.shape(ids)[1]]
        for block in self.stack:
            x = block(x)
        return self.dense(self.norm(x)[:, -1])


def _recurrent(kind: str) -> Any:
    if kind == "RNN":
        return layers.SimpleRNN(UNITS[kind])
    if kind == "GRU":
        return layers.GRU(UNITS[kind], reset_after=False)
    return layers.LSTM(UNITS[kind]) if kind == "LSTM" else None


def train_step(model: Any, optimizer: Any) -> Any:
    """Make the step of a training: step(ids (batch, time), answers (batch,)) returns the loss in nats."""
    optimizer.build(model.trainable_variables)

    @tf.function(input_signature=[tf.TensorSpec((None, None), tf.int32), tf.TensorSpec((None,), tf.int32)])  # type: ignore[untyped-decorator,unused-ignore]
    def step(ids: Any, answers: Any) -> Any:
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(answers, model(ids)))
        optimizer.apply_gradients(
            zip(tape.gradient(loss, model.trainable_variables), model.trainable_variables, strict=True)
        )
        return loss

    return step
