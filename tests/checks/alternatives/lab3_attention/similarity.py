"""Right answers of lab 3, as differently as students write them: what is similar."""

import numpy as np

from checks.alternatives.lab3_attention.given import dot_similarity

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


def softmax__stopped_maximum_float64(x, axis=-1):
    import tensorflow as tf

    x = tf.cast(x, tf.float64)
    x -= tf.stop_gradient(tf.reduce_max(x, axis, True))
    return tf.math.divide(tf.math.exp(x), tf.reduce_sum(tf.math.exp(x), axis, keepdims=True))


def softmax__expanded(x, axis=-1):
    import tensorflow as tf

    shifted = x - tf.expand_dims(tf.reduce_max(x, axis=axis), axis)
    powers = tf.exp(shifted)
    return powers * tf.math.reciprocal(tf.expand_dims(tf.reduce_sum(powers, axis=axis), axis))
