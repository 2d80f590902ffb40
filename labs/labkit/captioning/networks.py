"""Four captioners: they read the patches of a scene and write ids; they differ in what the writer gets of the scene.

    read(patches)                -> memory: (batch, places, width), all that the writer will know of the scene
    write(memory, before)        -> logits (batch, time, size) of the next words

TensorFlow loads with this module, so `labkit.captioning.captions` imports it only when a network is made.
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from labkit.models.blocks import Block, LearnedPositions, norm, positions
from labkit.vision import scenes

PLACES = 16  # patches of a scene


class Captioner(keras.Model):  # type: ignore[misc]
    """What all have: an encoder of one block over the patches; a writer comes in the classes below."""

    def __init__(self, width: int = 48, heads: int = 4) -> None:
        super().__init__()
        self.patch = layers.Dense(width, name="patch")
        self.places = LearnedPositions(PLACES, width, name="places")
        self.reader = Block(width, heads, 2 * width, name="reader")
        self.read_norm = norm("read_norm")
        self.word = layers.Embedding(scenes.SIZE, width, name="word")
        self.out = layers.Dense(scenes.SIZE, name="out")

    def build(self, shape: Any) -> None:
        """Nothing: each layer makes its weights when it is first called."""
        del shape
        self.built = True

    def read(self, patches: Any) -> Any:
        """Read patches (batch, 16, 16): the memory (batch, places, width)."""
        return self.read_norm(self.reader(self.places(self.patch(patches))))

    def write(self, memory: Any, before: Any, weights: bool = False) -> Any:
        """Return the logits of the word after each of (batch, time); weights: True returns where it looked, too."""
        raise NotImplementedError

    def call(self, inputs: tuple[Any, Any]) -> Any:
        """Return the logits for (patches, ids before): (batch, time, size)."""
        patches, before = inputs
        return self.write(self.read(patches), before)


class Attending(Captioner):
    """A Transformer writes; each word that it writes asks all 16 patches."""

    def __init__(self, width: int = 48, heads: int = 4) -> None:
        super().__init__(width, heads)
        self.order = tf.constant(positions(scenes.LONGEST + 1, width))
        self.writer = Block(width, heads, 2 * width, name="writer")
        self.looker = Block(width, heads, 2 * width, name="looker")
        self.write_norm = norm("write_norm")

    def write(self, memory: Any, before: Any, weights: bool = False) -> Any:
        """Return the logits; weights: True returns the cross-attention (batch, heads, time, places), too."""
        time = before.shape[1]
        x = self.word(before) * np.sqrt(memory.shape[-1]) + self.order[:time]  # (batch, time, width)
        x = self.writer(x, mask=tf.constant(np.tril(np.ones((time, time), bool))))
        x, looks = self.looker(x, memory=memory, weights=True)
        logits = self.out(self.write_norm(x))  # (batch, time, size)
        return (logits, looks) if weights else logits


class OneMemory(Attending):
    """The same Transformer with ONE vector to look at: the mean of the patches."""

    def read(self, patches: Any) -> Any:
        """Return the mean of the memory: (batch, 1, width)."""
        return tf.reduce_mean(super().read(patches), 1, keepdims=True)


class OneVector(Captioner):
    """An LSTM writes; the mean of the patches starts it, and that is all that it gets (Vinyals et al. 2015)."""

    def __init__(self, width: int = 48, heads: int = 4, units: int = 80) -> None:
        super().__init__(width, heads)
        self.start_h = layers.Dense(units, activation="tanh", name="start_h")
        self.start_c = layers.Dense(units, name="start_c")
        self.writer = layers.LSTM(units, return_sequences=True, name="writer")

    def write(self, memory: Any, before: Any, weights: bool = False) -> Any:
        """Return the logits; it cannot look anywhere. Raises ValueError when it is asked where it looked."""
        if weights:
            raise ValueError("This captioner has no attention, so it cannot say where it looked.")
        mean = tf.reduce_mean(memory, 1)  # (batch, width)
        x = self.writer(self.word(before), initial_state=[self.start_h(mean), self.start_c(mean)])
        return self.out(x)  # (batch, time, size)


class Blind(OneVector):
    """The same LSTM without any picture: what can be said knowing the language alone."""

    def read(self, patches: Any) -> Any:
        """Return a memory of zeros."""
        return tf.zeros_like(super().read(patches))


KINDS: dict[str, type[Captioner]] = {
    "attending": Attending,
    "one_memory": OneMemory,
    "one_vector": OneVector,
    "blind": Blind,
}


def train_step(captioner: Any, optimizer: Any) -> Any:
    """Make the step of a training: step(patches, before, targets) returns the loss in nats for each word and END."""
    optimizer.build(captioner.trainable_variables)

    @tf.function  # type: ignore[untyped-decorator,unused-ignore]
    def step(patches: Any, before: Any, targets: Any) -> Any:
        with tf.GradientTape() as tape:
            loss = mean_loss(captioner((patches, before)), targets)
        every = captioner.trainable_variables
        found = zip(tape.gradient(loss, every), every, strict=True)
        # The blind one's reader has no gradient, since nobody asks it.
        optimizer.apply_gradients([(tf.zeros(one.shape) if by is None else by, one) for by, one in found])
        return loss

    return step


def mean_loss(logits: Any, targets: Any) -> Any:
    """Return the mean cross-entropy in nats of (batch, time, size) and (batch, time); 0 is not counted."""
    real = tf.cast(tf.not_equal(targets, 0), logits.dtype)
    each = tf.nn.sparse_softmax_cross_entropy_with_logits(targets, logits)
    return tf.reduce_sum(each * real) / tf.reduce_sum(real)
