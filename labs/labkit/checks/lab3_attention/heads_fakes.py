"""Scripted fakes of lab 3, for attention in several heads: stand-ins for earlier functions of a student's.

No exercise asks for what they compute. Every entry of every argument counts, and TensorFlow can differentiate them.
"""

from __future__ import annotations

from typing import Any


def shuffled_split_heads(x: Any, num_heads: int) -> Any:
    """Stand in for `split_heads`, in its shapes: neighbouring columns go to different heads, each with a factor."""
    import tensorflow as tf

    x = tf.convert_to_tensor(x)
    return tf.stack([(1 + head / 2) * x[..., head :: int(num_heads)] for head in range(int(num_heads))], axis=1)


def shuffled_merge_heads(x: Any) -> Any:
    """Stand in for `merge_heads`, in its shapes: the heads take turns in the columns, each with a factor."""
    import tensorflow as tf

    heads = tf.unstack(tf.convert_to_tensor(x), axis=1)
    columns = [(1 + head / 4) * one[..., column] for column in range(x.shape[-1]) for head, one in enumerate(heads)]
    return tf.stack(columns, axis=-1)


def distant_attention(Q: Any, K: Any, V: Any, mask: Any = None) -> tuple[Any, Any]:
    """Stand in for `scaled_dot_product_attention`, in its shapes: the nearer a key, the more it counts.

    Each query by itself, so that it may be called for some heads, sequences or queries only.
    """
    import tensorflow as tf

    Q, K, V = map(tf.convert_to_tensor, (Q, K, V))
    gaps = tf.reduce_sum(tf.abs(Q[..., :, None, :] - K[..., None, :, :] / 2), axis=-1)  # (..., queries, keys)
    near = 1 / (1 + gaps)
    near *= 1.0 if mask is None else tf.cast(mask, near.dtype)
    return tf.reduce_sum(near[..., None] * V[..., None, :, :], axis=-2), near
