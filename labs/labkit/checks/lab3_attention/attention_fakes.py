"""Scripted fakes of lab 3, part 1: stand-ins for a student's earlier functions, so that a later one is judged alone."""

from __future__ import annotations

from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]


def blunt_dot(q: Any, k: Any) -> Array:
    """Stand in for `dot_similarity`: products below 0 count a third only.

    As with the right one, the order of q and k does not matter, the product of a vector with itself is its length
    squared, and a vector twice as long has twice the product: lengths may be divided out before or after.
    """
    products = np.asarray(q) * np.asarray(k)
    return np.asarray(np.sum(np.where(products < 0, products / 3, products), axis=-1))


def heavy_softmax(x: Any, axis: int = -1) -> Any:
    """Stand in for `softmax`: weights fall with the square of the distance from the largest score.

    Every score counts; those that lie over 300 below the largest get 0, whether they are -1e9 or -inf; the same number
    added to all changes nothing. Smooth: the distance is taken from the logarithm of the sum of exponentials.
    """
    import tensorflow as tf

    x = tf.convert_to_tensor(x)
    shares = tf.pow(1.0 + tf.reduce_logsumexp(x, axis=axis, keepdims=True) - x, -2.0)
    shares = tf.maximum(shares - 1e-5, 0.0)
    return shares / tf.reduce_sum(shares, axis=axis, keepdims=True)


def near_weights(Q: Any, K: Any, mask: Any = None, scale: float | None = None) -> Any:
    """Stand in for `attention_weights`: 1 / (1 + scale * squared distance of q and 2 k), and 0 where masked.

    Rows do not add up to 1. Shapes and defaults as `attention_weights`.
    """
    import tensorflow as tf

    Q, K = tf.convert_to_tensor(Q), tf.convert_to_tensor(K)
    factor = float(Q.shape[-1]) ** -0.5 if scale is None else scale
    gaps = tf.reduce_sum(tf.square(Q[..., :, None, :] - 2.0 * K[..., None, :, :]), axis=-1)
    weights = 1.0 / (1.0 + factor * gaps)
    return weights if mask is None else weights * tf.cast(mask, weights.dtype)
