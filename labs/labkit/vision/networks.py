"""Two networks that read digits: a small Vision Transformer and a convolutional network.

TensorFlow loads with this module, so `labkit.vision.digits` imports it only when a network is made.
"""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf
from keras import layers

from labkit.models.blocks import Block, LearnedPositions, norm


class ClassToken(layers.Layer):  # type: ignore[misc]
    """Puts a learned token before the patches: (batch, N, d_model) -> (batch, N + 1, d_model)."""

    def __init__(self, d_model: int, name: str = "class_token") -> None:
        super().__init__(name=name)
        self.token = self.add_weight(
            shape=(d_model,), initializer=keras.initializers.RandomNormal(stddev=0.02), name="token"
        )
        self.built = True

    def call(self, x: Any) -> Any:
        """Return x with the token at place 0 of every sequence."""
        first = tf.broadcast_to(self.token, (tf.shape(x)[0], 1, x.shape[-1]))
        return tf.concat([first, x], 1)


class VisionTransformer(keras.Model):  # type: ignore[misc]
    """Patches (batch, N, features) -> logits (batch, classes), after Dosovitskiy et al. (2020).

    The paper's block has GELU, ours ReLU.
    token: True reads the answer off a class token; False averages over all places
    ordered: False leaves the positions out
    """

    def __init__(
        self,
        d_model: int = 32,
        blocks: int = 2,
        heads: int = 4,
        patches: int = 16,
        classes: int = 10,
        dropout: float = 0.1,
        *,
        token: bool = True,
        ordered: bool = True,
    ) -> None:
        super().__init__()
        self.embedding = layers.Dense(d_model, name="embedding")
        self.token = ClassToken(d_model) if token else None
        self.places = LearnedPositions(patches + token, d_model) if ordered else None
        self.stack = [
            Block(d_model, heads, 2 * d_model, dropout, name=f"block_{number + 1}") for number in range(blocks)
        ]
        self.norm = norm()
        self.dense = layers.Dense(classes, name="dense")

    def build(self, shape: Any) -> None:
        """Nothing: each layer makes its weights when it is first called."""
        del shape
        self.built = True

    def call(self, patches: Any, training: bool = False, weights: bool = False) -> Any:
        """Return the logits; weights: True returns each block's (batch, heads, T, T), too, the first block first."""
        x, looks = self.embedding(patches), []  # (batch, N, d_model)
        if self.token is not None:
            x = self.token(x)  # (batch, N + 1, d_model)
        if self.places is not None:
            x = self.places(x)
        for block in self.stack:
            x, look = block(x, training=training, weights=True)
            looks.append(look)
        x = self.norm(x)
        logits = self.dense(x[:, 0] if self.token is not None else tf.reduce_mean(x, 1))  # (batch, classes)
        return (logits, looks) if weights else logits


def convolutional(classes: int = 10) -> Any:
    """Make three layers of 3 x 3 and a mean over places: (batch, 8, 8, 1) -> logits (batch, classes)."""
    same: dict[str, Any] = {"padding": "same", "activation": "relu"}
    return keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            layers.Conv2D(16, 3, **same),
            layers.Conv2D(32, 3, **same),
            layers.MaxPooling2D(2),
            layers.Conv2D(32, 3, **same),
            layers.GlobalAveragePooling2D(),
            layers.Dense(classes),
        ]
    )
