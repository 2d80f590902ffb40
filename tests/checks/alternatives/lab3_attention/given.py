"""Right answers of the earlier exercises of lab 3, for those that call them."""

import numpy as np


def dot_similarity(q, k):
    return np.sum(q * k, axis=-1)


def softmax(x, axis=-1):
    import tensorflow as tf

    return tf.nn.softmax(x, axis=axis)


def attention_weights(Q, K, mask=None, scale=None):
    import tensorflow as tf

    scores = tf.matmul(Q, K, transpose_b=True) * (Q.shape[-1] ** -0.5 if scale is None else scale)
    return softmax(scores if mask is None else tf.where(mask, scores, -1e9))
