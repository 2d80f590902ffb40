"""Right answers of lab 3, as differently as students write them: two masks and the positions."""

import math

import numpy as np

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
