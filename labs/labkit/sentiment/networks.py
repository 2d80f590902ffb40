"""The network that reads tweets: an embedding, one of several ways to make one vector of many, and a dense layer.

TensorFlow loads with this module, so `labkit.sentiment.tweets` imports it only when a network is made.
"""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf
from keras import layers

from labkit.models.blocks import Block, norm, positions

KINDS = ("mean", "SimpleRNN", "LSTM", "GRU", "Bidirectional", "Block")
PLACES = 64  # words that a Transformer can tell the places of
QUIET = 0.3  # how loud its positions are beside the embedding


def masked_mean(x: Any, mask: Any) -> Any:
    """Average the real steps: (batch, time, features), (batch, time) bool -> (batch, features)."""
    real = tf.cast(mask, x.dtype)[..., None]  # (batch, time, 1)
    return tf.reduce_sum(x * real, 1) / tf.maximum(tf.reduce_sum(real, 1), 1)


class TweetModel(keras.Model):  # type: ignore[misc]
    """Many to one: ids (batch, time), 0 is padding -> logits (batch, classes).

    kind: one of KINDS; "mean" and "Block" average over the words, the others take the last state
    size: ids that there are     width: of the embedding and of what follows     dropout: share from 0 to 1
    blocks: how many, of "Block"     ordered: False takes its positions away
    causal: True lets a word of "Block" see itself and what stands before it; alone that tells it the order
    """

    def __init__(
        self,
        kind: str,
        size: int,
        width: int = 32,
        dropout: float = 0.4,
        *,
        classes: int = 2,
        blocks: int = 1,
        ordered: bool = True,
        causal: bool = False,
    ) -> None:
        super().__init__()
        if kind not in KINDS:
            raise ValueError(f"There is no kind {kind!r}; there are {', '.join(KINDS)}.")
        start = keras.initializers.RandomNormal(stddev=0.1)
        self.causal = causal
        self.kind, self.places = kind, tf.constant(QUIET * positions(PLACES, width) * ordered)
        self.embedding = layers.Embedding(size, width, embeddings_initializer=start, name="embedding")
        self.reader, self.norm = _reader(kind, width), norm()
        heads = (4, 2 * width, dropout / 2)
        self.stack = [Block(width, *heads, name=f"block_{one + 1}") for one in range(blocks * (kind == "Block"))]
        self.drop = layers.Dropout(dropout)
        self.dense = layers.Dense(classes, name="dense")

    def build(self, shape: Any) -> None:
        """Nothing: each layer makes its weights when it is first called."""
        del shape
        self.built = True

    def call(self, ids: Any, training: bool = False) -> Any:
        """Return the logits (batch, classes)."""
        mask = tf.not_equal(ids, 0)  # (batch, time)
        x = self.drop(self.embedding(ids), training=training)  # (batch, time, width)
        if self.kind == "mean":
            x = masked_mean(x, mask)  # (batch, width)
        elif self.kind == "Block":
            x += self.places[: tf.shape(x)[1]]
            time = tf.shape(ids)[1]
            allowed = tf.linalg.band_part(tf.ones((time, time), tf.bool), -1, 0 if self.causal else -1)  # (T, T)
            for block in self.stack:
                x = block(x, mask=mask[:, None] & allowed, training=training)
            x = masked_mean(self.norm(x), mask)
        else:
            x = self.reader(x, mask=mask, training=training)
        return self.dense(self.drop(x, training=training))  # (batch, classes)


def _reader(kind: str, width: int) -> Any:
    if kind in ("mean", "Block"):
        return None
    if kind == "Bidirectional":
        return layers.Bidirectional(layers.LSTM(width), name="reader")
    return getattr(layers, kind)(width, name="reader")
