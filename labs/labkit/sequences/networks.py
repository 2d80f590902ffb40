"""The network that reads letters: GPT with a causal mask, BERT without; not one weight differs between them.

TensorFlow loads with this module, so `labkit.sequences.letters` imports it only when a network is made.
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from labkit.models.blocks import Block, LearnedPositions, norm

IGNORE = -100  # the target of a place that is not asked about


class LetterModel(keras.Model):  # type: ignore[misc]
    """Ids (batch, time), 0 is padding -> logits (batch, time, size).

    size: ids that there are     causal: True lets a place see itself and what stands before it (GPT); False all (BERT)
    longest: places, with start and end
    """

    def __init__(
        self,
        size: int,
        causal: bool,
        longest: int = 66,
        width: int = 64,
        blocks: int = 2,
        heads: int = 4,
        dropout: float = 0.1,
    ) -> None:
        super().__init__()
        self.causal, self.longest = causal, longest
        self.embedding = layers.Embedding(size, width, name="embedding")
        self.places = LearnedPositions(longest, width)
        self.stack = [Block(width, heads, 2 * width, dropout, name=f"block_{number + 1}") for number in range(blocks)]
        self.norm = norm()
        self.dense = layers.Dense(size, name="dense")

    def build(self, shape: Any) -> None:
        """Nothing: each layer makes its weights when it is first called."""
        del shape
        self.built = True

    def call(self, ids: Any, training: bool = False, weights: bool = False, band: Any = None) -> Any:
        """Return the logits; weights: True returns each block's (batch, heads, T, T), too.

        band: (T, T) bool that takes the place of the model's own mask; True where attention is allowed
        """
        time = ids.shape[1]
        if band is None:
            band = np.tril(np.ones((time, time), bool)) if self.causal else np.ones((time, time), bool)
        mask = tf.not_equal(ids, 0)[:, None] & tf.convert_to_tensor(band)  # (batch, T, T)
        x, looks = self.places(self.embedding(ids)), []  # (batch, T, width)
        for block in self.stack:
            x, look = block(x, mask=mask, training=training, weights=True)
            looks.append(look)
        logits = self.dense(self.norm(x))  # (batch, T, size)
        return (logits, looks) if weights else logits


def train_step(model: Any, optimizer: Any, ignore: int = IGNORE) -> Any:
    """Make the step of a training: step(inputs, targets), each (batch, T), returns the loss in nats.

    Targets that are `ignore` are not asked about; 0 (padding) in targets is not, either.
    """
    optimizer.build(model.trainable_variables)

    @tf.function  # type: ignore[untyped-decorator,unused-ignore]
    def step(inputs: Any, targets: Any) -> Any:
        real = tf.not_equal(targets, ignore) & tf.not_equal(targets, 0)
        with tf.GradientTape() as tape:
            scores = model(inputs, training=True)  # (batch, time, symbols)
            each = tf.nn.sparse_softmax_cross_entropy_with_logits(tf.where(real, targets, 0), scores)
            asked = tf.cast(real, each.dtype)
            loss = tf.reduce_sum(each * asked) / tf.maximum(tf.reduce_sum(asked), 1)
        optimizer.apply_gradients(
            zip(tape.gradient(loss, model.trainable_variables), model.trainable_variables, strict=True)
        )
        return loss

    return step
