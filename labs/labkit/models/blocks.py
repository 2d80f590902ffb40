"""The block of a Transformer that every network here is made of: the music Transformer of lab 3, and all of lab 4.

It knows nothing of notes: whatever is cut into pieces, (batch, time, d_model), it reads. TensorFlow loads with this
module. A mask is True where attention is allowed.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import keras
import numpy as np
import tensorflow as tf

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

EPSILON = 1e-5
FORBIDDEN = -1e9  # the score of what may not be attended to
SQUARE = ("W_q", "W_k", "W_v", "W_o")


def positions(length: int, d_model: int) -> NDArray[np.float32]:
    """Return the sinusoidal encoding (length, d_model) of Vaswani et al. (2017), section 3.5, interleaved."""
    column = np.arange(d_model)
    turns = np.outer(np.arange(length), 1e4 ** (-(column - column % 2) / d_model))
    return np.asarray(np.where(column % 2 == 0, np.sin(turns), np.cos(turns)), np.float32)


def normal(x: Any, gain: Any, shift: Any) -> Any:
    """Normalise the last axis, as keras.layers.LayerNormalization does."""
    mean, variance = tf.nn.moments(x, [-1], keepdims=True)
    return (x - mean) * tf.math.rsqrt(variance + EPSILON) * gain + shift


def attention(Q: Any, K: Any, V: Any, mask: Any = None, scale: float | None = None) -> tuple[Any, Any]:
    """Ask keys and values: softmax(scale Q K^T) V, and the weights (lab 3).

    Q: (..., T_q, d_k)     K: (..., T_k, d_k)     V: (..., T_k, d_v)
    mask: bool, broadcasts to (..., T_q, T_k); True where attention is allowed; None allows all
    scale: None stands for 1 / sqrt(d_k)
    returns (..., T_q, d_v) and (..., T_q, T_k)
    """
    scores = tf.matmul(Q, K, transpose_b=True)  # (..., T_q, T_k)
    scores = scores / math.sqrt(Q.shape[-1]) if scale is None else scores * scale
    weights = tf.nn.softmax(scores if mask is None else tf.where(mask, scores, FORBIDDEN))
    return weights @ V, weights


class Block(keras.layers.Layer):  # type: ignore[misc]
    """One pre-norm block: attention, then a small network for each position; each ADDS its result to x.

    d_model: width of x     num_heads: divides d_model     d_ff: width inside     dropout: share from 0 to 1
    Its weights have the names and shapes of lab 3's TransformerBlock.
    """

    def __init__(self, d_model: int, num_heads: int, d_ff: int, dropout: float = 0.0, name: str | None = None) -> None:
        super().__init__(name=name)
        self.supports_masking = True
        self.num_heads, self.each = num_heads, d_model // num_heads
        self.square = [self.add_weight(shape=(d_model, d_model), name=one) for one in SQUARE]
        self.norms = [
            self.add_weight(shape=(d_model,), initializer=start, name=f"{what}_{number}")
            for number in (1, 2)
            for what, start in (("gamma", "ones"), ("beta", "zeros"))
        ]
        shapes = {"kernel_1": (d_model, d_ff), "bias_1": (d_ff,), "kernel_2": (d_ff, d_model), "bias_2": (d_model,)}
        self.dense = [
            self.add_weight(shape=shape, initializer="zeros" if len(shape) == 1 else "glorot_uniform", name=one)
            for one, shape in shapes.items()
        ]
        self.drop = keras.layers.Dropout(dropout)

    def build(self, shape: Any) -> None:
        """Nothing: the weights were made with the block."""
        del shape
        self.built = True

    def split(self, x: Any, matrix: Any) -> Any:
        """Multiply (batch, time, d_model) with a matrix and cut the result: (batch, heads, time, d_model / heads)."""
        shape = (-1, tf.shape(x)[1], self.num_heads, self.each)
        return tf.einsum("bthd->bhtd", tf.reshape(x @ tf.convert_to_tensor(matrix), shape))

    def searched(self, x: Any, memory: Any = None) -> list[Any]:
        """Return queries of x, and keys and values of x or of a memory, each (batch, heads, time, d_model / heads)."""
        seen = normal(x, *self.norms[:2])
        asked = [seen, *[seen if memory is None else memory] * 2]
        return [self.split(one, matrix) for one, matrix in zip(asked, self.square[:3], strict=True)]

    def mixed(self, x: Any, search: Sequence[Any], mask: Any = None, training: bool = False) -> tuple[Any, Any]:
        """Attend with queries, keys and values, then the small network; returns x and the weights."""
        found, weights = attention(search[0], search[1], search[2], mask)
        found = tf.reshape(tf.einsum("bhtd->bthd", found), tf.shape(x))  # (batch, time, d_model)
        x += self.drop(found @ tf.convert_to_tensor(self.square[3]), training=training)
        up, shift_up, down, shift_down = (tf.convert_to_tensor(one) for one in self.dense)
        inner = tf.nn.relu(normal(x, *self.norms[2:]) @ up + shift_up)  # (batch, time, d_ff)
        return x + self.drop(inner @ down + shift_down, training=training), weights

    def call(self, x: Any, mask: Any = None, training: bool = False, weights: bool = False, memory: Any = None) -> Any:
        """Run the block: (batch, time, d_model) -> the same shape.

        mask: bool, broadcasts to (batch, T_q, T_k); True where attention is allowed; None allows all
        weights: True returns the attention weights (batch, heads, T_q, T_k), too
        memory: (batch, T_k, d_model) for cross-attention: keys and values come from it, as it is, not from x
        """
        if len(getattr(mask, "shape", ())) == 3:
            mask = tf.expand_dims(mask, 1)  # for every head
        out, looks = self.mixed(x, self.searched(x, memory), mask, training)
        return (out, looks) if weights else out


class LearnedPositions(keras.layers.Layer):  # type: ignore[misc]
    """Adds a learned row to each place: (batch, time, d_model) -> the same; for at most `length` places."""

    def __init__(self, length: int, d_model: int, name: str = "positions") -> None:
        super().__init__(name=name)
        start = keras.initializers.RandomNormal(stddev=0.02)
        self.table = self.add_weight(shape=(length, d_model), initializer=start, name="table")
        self.built = True

    def call(self, x: Any) -> Any:
        """Add the first rows of the table."""
        return x + self.table[: tf.shape(x)[1]]


def norm(name: str = "norm") -> Any:
    """Make the layer normalisation that stands behind the last block."""
    return keras.layers.LayerNormalization(epsilon=EPSILON, name=name)
