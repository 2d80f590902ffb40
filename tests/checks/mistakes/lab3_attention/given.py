"""Right answers of the earlier exercises of lab 3, for those that call them."""

import numpy as np

from checks.late import tf


def dot_similarity(q, k):
    return np.sum(q * k, axis=-1)


def cosine_similarity(q, k):
    return dot_similarity(q, k) / (np.linalg.norm(q, axis=-1) * np.linalg.norm(k, axis=-1))


def softmax(x, axis=-1):
    powers = tf.exp(x - tf.reduce_max(x, axis=axis, keepdims=True))
    return powers / tf.reduce_sum(powers, axis=axis, keepdims=True)


def attention_weights(Q, K, mask=None, scale=None):
    if scale is None:
        scale = 1 / np.sqrt(Q.shape[-1])
    scores = tf.matmul(Q, K, transpose_b=True) * scale
    if mask is not None:
        scores = tf.where(mask, scores, -1e9)
    return softmax(scores)


def scaled_dot_product_attention(Q, K, V, mask=None):
    weights = attention_weights(Q, K, mask)
    return tf.matmul(weights, V), weights
