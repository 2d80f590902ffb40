"""Right answers of lab 3, parts 1 and 2, written as differently as students write: each must pass, whatever the seed.

A name says all: `softmax__loops` is a `softmax`. USES_KERAS names those that start TensorFlow though no probe does.
"""

import inspect
import math
import re

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


# 1.1 dot_similarity


def dot_similarity__loop(q, k):
    total = 0.0
    for i in range(q.shape[-1]):
        total = total + q[..., i] * k[..., i]
    return total


def dot_similarity__einsum(q, k):
    return np.einsum("...d,...d->...", q, k)


def dot_similarity__row_times_column(q, k):
    return (q[..., None, :] @ k[..., :, None])[..., 0, 0]


def dot_similarity__lists(q, k):
    if q.ndim == 1:
        return sum(float(one) * float(two) for one, two in zip(q, k, strict=True))
    return [dot_similarity__lists(one, two) for one, two in zip(q, k, strict=True)]


def dot_similarity__float32(q, k):
    return np.add.reduce(q.astype("float32") * k.astype("float32"), axis=q.ndim - 1)


def dot_similarity__tensorflow(q, k):
    import tensorflow as tf

    return tf.reduce_sum(tf.multiply(q, k), axis=-1)


# 1.2 cosine_similarity


def cosine_similarity__lengths_first(q, k):
    q = q / np.linalg.norm(q, axis=-1, keepdims=True)
    k = k / np.linalg.norm(k, axis=-1, keepdims=True)
    return dot_similarity(q, k)


def cosine_similarity__dot_for_the_lengths(q, k):
    return dot_similarity(q, k) / np.sqrt(dot_similarity(q, q) * dot_similarity(k, k))


def cosine_similarity__k_first(q, k):
    return dot_similarity(k, q) / (k**2).sum(-1) ** 0.5 / (q**2).sum(-1) ** 0.5


def cosine_similarity__never_zero(q, k):
    lengths = np.sqrt((q * q).sum(axis=-1)) * np.sqrt((k * k).sum(axis=-1))
    return np.einsum("...d,...d->...", q, k) / (lengths + 1e-9)


def cosine_similarity__keras(q, k):
    from keras import ops

    return ops.sum(ops.normalize(q, axis=-1) * ops.normalize(k, axis=-1), axis=-1)


def cosine_similarity__tensorflow_loss(q, k):
    import keras

    return -keras.losses.cosine_similarity(q, k, axis=-1)


# 1.3 softmax


def softmax__tensorflow(x, axis=-1):
    import tensorflow as tf

    return tf.nn.softmax(x, axis=axis)


def softmax__keras(x, axis=-1):
    from keras import ops

    return ops.softmax(x, axis)


def softmax__layer(x, axis=-1):
    import keras

    return keras.layers.Softmax(axis=axis)(x)


def softmax__logarithm_first(x, axis=-1):
    import tensorflow as tf

    return tf.exp(x - tf.reduce_logsumexp(x, axis=axis, keepdims=True))


def softmax__log_softmax(x, axis=-1):
    import tensorflow as tf

    return tf.exp(tf.nn.log_softmax(x, axis))


def softmax__max_of_numpy(x, axis=-1):
    import tensorflow as tf

    powers = tf.exp(x - np.max(x, axis=axis, keepdims=True))
    return powers / (tf.reduce_sum(powers, axis, keepdims=True) + 1e-9)


def softmax__stopped_maximum_float64(x, axis=-1):
    import tensorflow as tf

    x = tf.cast(x, tf.float64)
    x -= tf.stop_gradient(tf.reduce_max(x, axis, True))
    return tf.math.divide(tf.math.exp(x), tf.reduce_sum(tf.math.exp(x), axis, keepdims=True))


def softmax__slices(x, axis=-1):
    import tensorflow as tf

    def one(row):
        powers = tf.math.pow(math.e, row - max(row))
        return powers / sum(powers)

    rows = tf.experimental.numpy.moveaxis(x, axis, -1)
    flat = tf.stack([one(row) for row in tf.reshape(rows, (-1, rows.shape[-1]))])
    return tf.experimental.numpy.moveaxis(tf.reshape(flat, rows.shape), -1, axis)


def softmax__expanded(x, axis=-1):
    import tensorflow as tf

    shifted = x - tf.expand_dims(tf.reduce_max(x, axis=axis), axis)
    powers = tf.exp(shifted)
    return powers * tf.math.reciprocal(tf.expand_dims(tf.reduce_sum(powers, axis=axis), axis))


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


def attention_weights__masked_afterwards_and_renormalised(Q, K, mask=None, scale=None):
    import tensorflow as tf

    weights = attention_weights(Q, K, None, scale)
    if mask is None:
        return weights
    weights = weights * tf.cast(mask, weights.dtype)
    return weights / tf.reduce_sum(weights, axis=-1, keepdims=True)


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
            scores = tf.where(mask[..., t if mask.shape[-2] > 1 else 0, :], scores, -1e9)
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


def scaled_dot_product_attention__compiled(Q, K, V, mask=None):
    import tensorflow as tf

    weights = attention_weights(Q, K, mask)
    return tf.function(lambda one, two: one @ two)(weights, V), weights.numpy()


# 2.1 padding_mask


def padding_mask__expand_dims(ids):
    return np.expand_dims(np.not_equal(ids, 0), 1)


def padding_mask__positive(ids):
    return ids[:, np.newaxis] > 0


def padding_mask__astype(ids):
    return ids.reshape(len(ids), 1, -1).astype(bool)


def padding_mask__loops(ids):
    return [[[bool(id_ != 0) for id_ in row]] for row in ids]


def padding_mask__tensorflow(ids):
    import tensorflow as tf

    return tf.math.not_equal(ids, 0)[:, tf.newaxis, :]


def padding_mask__keras(ids):
    import keras

    return keras.ops.expand_dims(keras.layers.Embedding(50, 2, mask_zero=True).compute_mask(ids), 1)


# 2.2 causal_mask


def causal_mask__tri(length):
    return np.tri(length, dtype=bool)


def causal_mask__compared(length):
    t = np.arange(length)
    return t[:, None] >= t[None, :]


def causal_mask__not_the_future(length):
    return ~np.triu(np.ones((length, length), dtype=bool), k=1)


def causal_mask__lists(length):
    return [[True] * (t + 1) + [False] * (length - t - 1) for t in range(length)]


def causal_mask__tensorflow(length):
    import tensorflow as tf

    return tf.cast(tf.linalg.band_part(tf.ones((length, length)), -1, 0), tf.bool)


def causal_mask__keras(length):
    from keras import ops

    return ops.arange(length)[:, None] >= ops.arange(length)


# 2.3 positional_encoding


def positional_encoding__loops(length, d_model):
    table = np.zeros((length, d_model))
    for p in range(length):
        for i in range(d_model // 2):
            angle = p / 10000 ** (2 * i / d_model)
            table[p, 2 * i] = math.sin(angle)
            table[p, 2 * i + 1] = math.cos(angle)
    return table


def positional_encoding__exponential_float32(length, d_model):
    p = np.arange(length, dtype=np.float32)[:, None]
    rates = np.exp(np.arange(0, d_model, 2, dtype=np.float32) * np.float32(-math.log(10000.0) / d_model))
    table = np.empty((length, d_model), dtype=np.float32)
    table[:, ::2], table[:, 1::2] = np.sin(p * rates), np.cos(p * rates)
    return table


def positional_encoding__one_column_after_the_other(length, d_model):
    p, columns = np.arange(length), []
    for column in range(d_model):
        wave = np.cos if column % 2 else np.sin
        columns.append(wave(p / np.power(10000, (column - column % 2) / d_model)))
    return np.column_stack(columns)


def positional_encoding__cosine_is_a_shifted_sine(length, d_model):
    column = np.arange(d_model)
    angles = np.outer(np.arange(length), 1 / 10000 ** (2 * (column // 2) / d_model))
    return np.sin(angles + np.pi / 2 * (column % 2))


def positional_encoding__tensorflow(length, d_model):
    import tensorflow as tf

    i = tf.range(d_model // 2, dtype=tf.float32)
    angles = tf.range(length, dtype=tf.float32)[:, None] / tf.pow(10000.0, 2 * i / d_model)
    return tf.reshape(tf.stack([tf.sin(angles), tf.cos(angles)], axis=2), (length, d_model))


ALTERNATIVES = {
    name: function
    for name, function in list(globals().items())
    if inspect.isfunction(function) and "__" in name.lstrip("_")
}
_IMPORT = re.compile(r"(import|from) (keras|tensorflow)")
USES_KERAS = {name for name, function in ALTERNATIVES.items() if _IMPORT.search(inspect.getsource(function))}
