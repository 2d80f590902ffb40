"""Right answers of lab 3, as differently as students write them: attention."""

import math

import numpy as np

from checks.alternatives.lab3_attention.given import attention_weights, softmax

# 1.4 attention_weights


def attention_weights__penalty_added(Q, K, mask=None, scale=None):
    import tensorflow as tf

    if scale is None:
        scale = 1.0 / tf.sqrt(tf.cast(tf.shape(Q)[-1], tf.float32))
    scores = Q @ tf.linalg.matrix_transpose(K) * scale
    if mask is not None:
        scores += (1.0 - tf.cast(mask, tf.float32)) * -1e9
    return softmax(scores, axis=-1)


def attention_weights__minus_infinity(Q, K, mask=None, scale=None):
    import tensorflow as tf

    scale = Q.shape[-1] ** -0.5 if scale is None else scale
    scores = tf.einsum("...qd,...kd->...qk", Q, K) * scale
    if mask is not None:
        scores = tf.where(mask, scores, -np.inf)
    return tf.nn.softmax(scores)


def attention_weights__masked_before_it_is_scaled(Q, K, mask=None, scale=None):
    import tensorflow as tf

    scores = tf.matmul(Q, K, transpose_b=True)
    if mask is not None:
        scores = tf.where(tf.cast(mask, tf.bool), scores, scores.dtype.min / 2)
    return softmax(scores * (1 / math.sqrt(K.shape[-1]) if scale is None else scale))


def attention_weights__penalty_of_ten_thousand(Q, K, mask=None, scale=None):
    import tensorflow as tf

    Q = Q / np.sqrt(Q.shape[-1]) if scale is None else Q * scale
    scores = tf.matmul(Q, K, transpose_b=True)
    return softmax(scores if mask is None else tf.where(mask, scores, scores - 1e4))


def attention_weights__keras_ops(Q, K, mask=None, scale=None):
    from keras import ops

    scores = ops.matmul(Q, ops.swapaxes(K, -1, -2)) * (1 / np.sqrt(ops.shape(Q)[-1]) if scale is None else scale)
    if mask is not None:
        scores = ops.where(mask, scores, ops.full_like(scores, -1e9))
    return ops.softmax(scores, axis=-1)


def attention_weights__softmax_layer(Q, K, mask=None, scale=None):
    import keras
    import tensorflow as tf

    scores = tf.matmul(Q, K, transpose_b=True) * (1 / np.sqrt(Q.shape[-1]) if scale is None else scale)
    if mask is not None:
        mask = tf.broadcast_to(mask, scores.shape)
    return keras.layers.Softmax()(scores, mask=mask)


def attention_weights__float64(Q, K, mask=None, scale=None):
    import tensorflow as tf

    Q, K = tf.cast(Q, tf.float64), tf.cast(K, tf.float64)
    scores = tf.reduce_sum(Q[..., :, None, :] * K[..., None, :, :], -1)
    scores *= np.float64(scale if scale is not None else 1 / np.sqrt(Q.shape[-1]))
    if mask is not None:
        scores = tf.where(mask, scores, tf.constant(-1e30, tf.float64))
    return softmax(scores)


def attention_weights__query_by_query(Q, K, mask=None, scale=None):
    import tensorflow as tf

    scale = 1 / np.sqrt(Q.shape[-1]) if scale is None else scale
    rows = []
    for t in range(Q.shape[-2]):
        scores = tf.linalg.matvec(K, Q[..., t, :]) * scale
        if mask is not None:
            scores = tf.where(mask[..., t if mask.shape[-2] > 1 else 0, :] if mask.ndim > 1 else mask, scores, -1e9)
        rows.append(softmax(scores))
    return tf.stack(rows, axis=-2)


# 1.5 scaled_dot_product_attention


def scaled_dot_product_attention__at(Q, K, V, mask=None):
    w = attention_weights(Q, K, mask=mask)
    return w @ V, w


def scaled_dot_product_attention__einsum(Q, K, V, mask=None):
    import tensorflow as tf

    weights = attention_weights(Q, K, mask, 1 / np.sqrt(Q.shape[-1]))
    return [tf.einsum("...qk,...kv->...qv", weights, V), weights]


def scaled_dot_product_attention__keys_one_by_one(Q, K, V, mask=None):
    weights = attention_weights(Q, K, mask, scale=None)
    return sum(weights[..., t, None] * V[..., None, t, :] for t in range(V.shape[-2])), weights


def scaled_dot_product_attention__all_inline(Q, K, V, mask=None):
    import tensorflow as tf

    scores = tf.matmul(Q, K, transpose_b=True) / tf.math.sqrt(float(K.shape[-1]))
    if mask is not None:
        scores -= 1e9 * tf.cast(~mask, scores.dtype)
    weights = tf.nn.softmax(scores, axis=-1)
    return tf.linalg.matmul(weights, V), weights


def scaled_dot_product_attention__keras_ops(Q, K, V, mask=None):
    from keras import ops

    weights = attention_weights(Q, K, mask)
    return ops.matmul(weights, V), ops.convert_to_tensor(weights)
