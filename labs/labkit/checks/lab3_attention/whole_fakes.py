"""Scripted fakes of lab 3: stand-ins for what a student's MusicTransformer is made of, so that it is judged alone."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np


@cache
def _blunt() -> Any:
    """Make the class of the fake block."""
    import keras
    import tensorflow as tf

    from labkit.checks.lab3_attention.block_fakes import blunt_attention

    class BluntBlock(keras.layers.Layer):  # type: ignore[misc]
        """Has the weights of a TransformerBlock, and puts them together as no exercise asks."""

        def __init__(self, d_model: int, num_heads: int, d_ff: int, dropout: float = 0.0, **options: Any) -> None:
            super().__init__(**options)
            self.supports_masking = True
            self.num_heads = num_heads
            self.norm_1, self.norm_2 = (keras.layers.LayerNormalization() for _ in range(2))
            self.W_q, self.W_k, self.W_v, self.W_o = (
                self.add_weight(shape=(d_model, d_model), initializer="glorot_uniform", name=name)
                for name in ("W_q", "W_k", "W_v", "W_o")
            )
            self.dense_1 = keras.layers.Dense(d_ff, activation="relu")
            self.dense_2 = keras.layers.Dense(d_model)
            self.dropout = keras.layers.Dropout(dropout)
            for layer in (self.norm_1, self.norm_2, self.dense_1):
                layer.build((None, None, d_model))
            self.dense_2.build((None, None, d_ff))

        def build(self, shape: Any) -> None:
            """Nothing: the weights were made with the block."""
            del shape
            self.built = True

        def call(self, x: Any, mask: Any = None, training: bool = False) -> Any:
            """Mix x with what a blunt attention finds, then with what two dense layers make of it."""
            gain_1, shift_1, gain_2, shift_2 = (
                tf.convert_to_tensor(one) for norm in (self.norm_1, self.norm_2) for one in (norm.gamma, norm.beta)
            )
            matrices = (self.W_q, self.W_k, self.W_v, self.W_o)
            attended, _ = blunt_attention(x * gain_1 + shift_1, *matrices, self.num_heads, mask)
            y = 0.6 * x + self.dropout(attended, training=training)
            squashed = 0.5 * tf.tanh(y * gain_2 + shift_2)
            return squashed + self.dropout(self.dense_2(self.dense_1(y)), training=training)

    return BluntBlock


def blunt_block(*sizes: Any, **options: Any) -> Any:
    """Stand in for `TransformerBlock`: makes a layer with its weights; every weight and the mask count."""
    return _blunt()(*sizes, **options)


def crooked_positions(length: int, d_model: int) -> np.ndarray[Any, np.dtype[Any]]:
    """Stand in for `positional_encoding`: (length, d_model) numbers of another table."""
    return np.asarray(0.8 * np.sin(1.0 + 0.7 * np.outer(np.arange(length), np.arange(1, d_model + 1))))


def short_past(length: int) -> np.ndarray[Any, np.dtype[Any]]:
    """Stand in for `causal_mask`: (length, length) bool, each query sees itself and the one before."""
    return np.eye(length, dtype=bool) | np.eye(length, k=-1, dtype=bool)
