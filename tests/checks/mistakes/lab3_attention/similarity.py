"""The classic wrong answers of lab 3: what is similar.

A name says all (`listed`): `softmax__unstable` must earn the hint `unstable`.

Where a function calls an earlier exercise, it calls the right one, of `given`.
"""

import math

import numpy as np

from checks.late import tf
from checks.mistakes.lab3_attention.given import cosine_similarity, dot_similarity, softmax
from checks.mistakes.lab3_attention.tables import known

# 1.1 dot_similarity


def dot_similarity__no_sum(q, k):
    return q * k


def dot_similarity__mean(q, k):
    return np.mean(q * k, axis=-1)


def dot_similarity__everything(q, k):
    return np.sum(q * k)


def dot_similarity__everything__vdot(q, k):
    return np.vdot(q, k)


def dot_similarity__first_axis(q, k):
    return sum(q * k)


def dot_similarity__all_pairs(q, k):
    return q @ k.swapaxes(-1, -2) if q.ndim > 1 else q @ k


def dot_similarity__all_pairs__inner(q, k):
    return np.inner(q, k)


def dot_similarity__matrix_product(q, k):
    return np.dot(q, k)


def dot_similarity__matrix_product__at(q, k):
    return q @ k if q.ndim < 3 else np.dot(q, k)


def dot_similarity__kept_axis(q, k):
    return (q * k).sum(axis=-1, keepdims=True)


def dot_similarity__added(q, k):
    return np.sum(q + k, axis=-1)


def dot_similarity__cosine(q, k):
    return cosine_similarity(q, k)


def dot_similarity__scaled(q, k):
    return np.sum(q * k, axis=-1) / np.sqrt(q.shape[-1])


def dot_similarity__distance(q, k):
    return np.linalg.norm(q - k, axis=-1)


def dot_similarity__distance__squared(q, k):
    return np.sum((q - k) ** 2, axis=-1)


def dot_similarity__absolute(q, k):
    return np.abs(np.sum(q * k, axis=-1))


def dot_similarity__absolute__each(q, k):
    return np.sum(np.abs(q) * np.abs(k), axis=-1)


def dot_similarity__value__q_with_itself(q, k):
    return np.sum(q * q, axis=-1)


def dot_similarity__value__first_numbers_left_out(q, k):
    return sum(q[..., i] * k[..., i] for i in range(1, q.shape[-1])) + np.zeros(q.shape[:-1])


def dot_similarity__value__product(q, k):
    return np.prod(q * k, axis=-1)


def dot_similarity__type__whole_numbers(q, k):
    return np.sum(q * k, axis=-1).astype(int)


def dot_similarity__changed(q, k):
    q *= k
    return q.sum(axis=-1)


def dot_similarity__zeros(q, k):
    return np.zeros(q.shape[:-1])


def dot_similarity__constant(q, k):
    return np.ones(q.shape[:-1])


def dot_similarity__echo(q, k):
    return q


# 1.2 cosine_similarity


def length(x):
    return np.linalg.norm(x, axis=-1)


def cosine_similarity__not_divided(q, k):
    return dot_similarity(q, k)


def cosine_similarity__one_length(q, k):
    return dot_similarity(q, k) / length(q)


def cosine_similarity__one_length__k(q, k):
    return dot_similarity(q, k / np.linalg.norm(k, axis=-1, keepdims=True))


def cosine_similarity__squared_lengths(q, k):
    return dot_similarity(q, k) / (dot_similarity(q, q) * dot_similarity(k, k))


def cosine_similarity__length_of_one(q, k):
    return dot_similarity(q, k) / (length(q) * length(q))


def cosine_similarity__length_of_one__no_root(q, k):
    return dot_similarity(q, k) / dot_similarity(k, k)


def cosine_similarity__parentheses(q, k):
    return dot_similarity(q, k) / length(q) * length(k)


def cosine_similarity__parentheses__k_first(q, k):
    return dot_similarity(q, k) / length(k) * length(q)


def cosine_similarity__sum_of_lengths(q, k):
    return dot_similarity(q, k) / (length(q) + length(k))


def cosine_similarity__distance(q, k):
    return 1 - cosine_similarity(q, k)


def cosine_similarity__angle(q, k):
    return np.arccos(cosine_similarity(q, k).clip(-1, 1))


def cosine_similarity__angle__degrees(q, k):
    return np.rad2deg(np.arccos(np.clip(cosine_similarity(q, k), -1, 1)))


def cosine_similarity__absolute(q, k):
    return abs(cosine_similarity(q, k))


def cosine_similarity__whole_norm(q, k):
    return dot_similarity(q, k) / (np.linalg.norm(q) * np.linalg.norm(k))


def cosine_similarity__norm_axis(q, k):
    return dot_similarity(
        q / np.linalg.norm(q, axis=0, keepdims=q.ndim > 1), k / np.linalg.norm(k, axis=0, keepdims=k.ndim > 1)
    )


def cosine_similarity__norm_axis__not_kept(q, k):
    return dot_similarity(q, k) / (np.linalg.norm(q, axis=0) * np.linalg.norm(k, axis=0))


def cosine_similarity__other_length(q, k):
    return dot_similarity(q, k) / (np.sum(np.abs(q), axis=-1) * np.sum(np.abs(k), axis=-1))


def cosine_similarity__mean(q, k):
    return np.mean(q * k, axis=-1) / (length(q) * length(k))


def cosine_similarity__mean_lengths(q, k):
    return dot_similarity(q, k) / np.sqrt(np.mean(q**2, axis=-1) * np.mean(k**2, axis=-1))


def cosine_similarity__first_axis(q, k):
    return np.sum(q * k, axis=0) / (np.linalg.norm(q, axis=0) * np.linalg.norm(k, axis=0))


def cosine_similarity__everything(q, k):
    return np.sum(q * k) / (np.linalg.norm(q) * np.linalg.norm(k))


def cosine_similarity__kept_axis(q, k):
    top = np.sum(q * k, axis=-1, keepdims=True)
    return top / (np.linalg.norm(q, axis=-1, keepdims=True) * np.linalg.norm(k, axis=-1, keepdims=True))


def cosine_similarity__all_pairs(q, k):
    q = q / np.linalg.norm(q, axis=-1, keepdims=True)
    k = k / np.linalg.norm(k, axis=-1, keepdims=True)
    return np.matmul(q, k.swapaxes(-1, -2) if k.ndim > 1 else k)


def cosine_similarity__value__squared(q, k):
    return cosine_similarity(q, k) ** 2


def cosine_similarity__value__softened(q, k):
    return dot_similarity(q, k) / (length(q) * length(k) + 1)


def cosine_similarity__finite__root_of_the_product(q, k):
    with np.errstate(all="ignore"):
        return np.log(-1 - np.abs(cosine_similarity(q, k)))


def cosine_similarity__changed(q, k):
    q /= np.linalg.norm(q, axis=-1, keepdims=True)
    k /= np.linalg.norm(k, axis=-1, keepdims=True)
    return dot_similarity(q, k)


def cosine_similarity__zeros(q, k):
    return np.zeros(q.shape[:-1])


def cosine_similarity__constant(q, k):
    return np.full(q.shape[:-1], 0.5)


def cosine_similarity__echo(q, k):
    return k


# 1.3 softmax


def softmax__not_differentiable__numpy(x, axis=-1):
    x = np.asarray(x)
    powers = np.exp(x - x.max(axis=axis, keepdims=True))
    return powers / powers.sum(axis=axis, keepdims=True)


def softmax__in_graph__sum_of_numpy(x, axis=-1):
    powers = tf.exp(x - tf.reduce_max(x, axis=axis, keepdims=True))
    return powers / np.sum(powers, axis=axis, keepdims=True)


def softmax__not_differentiable__back_to_a_tensor(x, axis=-1):
    return tf.constant(softmax(x, axis).numpy())


def softmax__gradient__stopped(x, axis=-1):
    powers = tf.exp(x - tf.reduce_max(x, axis=axis, keepdims=True))
    return powers / tf.stop_gradient(tf.reduce_sum(powers, axis=axis, keepdims=True))


def softmax__gradient_not_finite__patched(x, axis=-1):
    powers = tf.exp(x)
    weights = powers / tf.reduce_sum(powers, axis=axis, keepdims=True)
    return tf.where(tf.math.is_nan(weights), 0.0, weights)


def softmax__unstable(x, axis=-1):
    return tf.exp(x) / tf.reduce_sum(tf.exp(x), axis=axis, keepdims=True)


def softmax__unstable__logarithm_of_the_sum(x, axis=-1):
    return tf.exp(x) / tf.exp(tf.math.log(tf.reduce_sum(tf.exp(x), axis=axis, keepdims=True)))


def softmax__whole_max(x, axis=-1):
    powers = tf.exp(x - tf.reduce_max(x))
    return powers / tf.reduce_sum(powers, axis=axis, keepdims=True)


def softmax__other_subtracted(x, axis=-1):
    powers = tf.exp(x - tf.reduce_mean(x, axis=axis, keepdims=True))
    return powers / tf.reduce_sum(powers, axis=axis, keepdims=True)


def softmax__axis_ignored(x, axis=-1):
    return tf.nn.softmax(x)


def softmax__axis_ignored__by_hand(x, axis=-1):
    powers = tf.exp(x - tf.reduce_max(x, axis=-1, keepdims=True))
    return powers / tf.reduce_sum(powers, axis=-1, keepdims=True)


def softmax__axis_half(x, axis=-1):
    powers = tf.exp(x - tf.reduce_max(x, axis=-1, keepdims=True))
    return powers / tf.reduce_sum(powers, axis=axis, keepdims=True)


def softmax__axis_half__sum(x, axis=-1):
    powers = tf.exp(x - tf.reduce_max(x, axis=axis, keepdims=True))
    return powers / tf.reduce_sum(powers, axis=-1, keepdims=True)


def softmax__first_axis(x, axis=-1):
    powers = tf.exp(x - tf.reduce_max(x, axis=0))
    return powers / tf.reduce_sum(powers, axis=0)


def softmax__everything(x, axis=-1):
    powers = tf.exp(x - tf.reduce_max(x))
    return powers / tf.reduce_sum(powers)


def softmax__everything__sum(x, axis=-1):
    powers = tf.exp(x - tf.reduce_max(x, axis=axis, keepdims=True))
    return powers / tf.reduce_sum(powers)


def softmax__no_keepdims(x, axis=-1):
    powers = tf.exp(x - tf.reduce_max(x, axis=axis))
    return powers / tf.reduce_sum(powers, axis=axis)


def softmax__no_keepdims__sum(x, axis=-1):
    powers = tf.exp(x - tf.reduce_max(x, axis=axis, keepdims=True))
    return powers / tf.reduce_sum(powers, axis=axis)


def softmax__no_keepdims__max(x, axis=-1):
    powers = tf.exp(x - tf.reduce_max(x, axis=axis))
    return powers / tf.reduce_sum(powers, axis=axis, keepdims=True)


def softmax__not_divided(x, axis=-1):
    return tf.exp(x - tf.reduce_max(x, axis=axis, keepdims=True))


def softmax__not_divided__by_the_largest(x, axis=-1):
    powers = tf.exp(x - tf.reduce_max(x, axis=axis, keepdims=True))
    return powers / tf.reduce_max(powers, axis=axis, keepdims=True)


def softmax__not_divided__exp(x, axis=-1):
    return tf.exp(x)


def softmax__no_exponential(x, axis=-1):
    return x / tf.reduce_sum(x, axis=axis, keepdims=True)


def softmax__no_exponential__minus_max(x, axis=-1):
    x = x - tf.reduce_max(x, axis=axis, keepdims=True)
    return x / tf.reduce_sum(x, axis=axis, keepdims=True)


def softmax__sign(x, axis=-1):
    powers = tf.exp(tf.reduce_min(x, axis=axis, keepdims=True) - x)
    return powers / tf.reduce_sum(powers, axis=axis, keepdims=True)


def softmax__logarithm(x, axis=-1):
    return tf.nn.log_softmax(x, axis=axis)


def softmax__logarithm__after_all(x, axis=-1):
    return tf.math.log(softmax(x, axis))


def softmax__sigmoid(x, axis=-1):
    return tf.sigmoid(x)


def softmax__one_hot(x, axis=-1):
    return tf.cast(x == tf.reduce_max(x, axis=axis, keepdims=True), tf.float32)


def softmax__base_2(x, axis=-1):
    powers = 2.0 ** (x - tf.reduce_max(x, axis=axis, keepdims=True))
    return powers / tf.reduce_sum(powers, axis=axis, keepdims=True)


def softmax__twice(x, axis=-1):
    return tf.nn.softmax(softmax(x, axis), axis=axis)


def softmax__mean(x, axis=-1):
    powers = tf.exp(x - tf.reduce_max(x, axis=axis, keepdims=True))
    return powers / tf.reduce_mean(powers, axis=axis, keepdims=True)


def softmax__squares(x, axis=-1):
    return tf.math.l2_normalize(tf.exp(x - tf.reduce_max(x, axis=axis, keepdims=True)), axis=axis)


def softmax__clipped(x, axis=-1):
    powers = tf.exp(tf.clip_by_value(x, -80.0, 80.0))
    return powers / tf.reduce_sum(powers, axis=axis, keepdims=True)


def softmax__clipped__early(x, axis=-1):
    powers = tf.exp(tf.clip_by_value(x, -10.0, 10.0))
    return powers / tf.reduce_sum(powers, axis=axis, keepdims=True)


def softmax__inf_as_zero(x, axis=-1):
    return softmax(tf.where(tf.math.is_finite(x), x, 0.0), axis)


def softmax__value__ten_times(x, axis=-1):
    return softmax(10 * x, axis)


def softmax__finite__absolute(x, axis=-1):
    return tf.abs(x) / tf.reduce_sum(tf.abs(x), axis=axis, keepdims=True)


def softmax__shape__one_number_a_slice(x, axis=-1):
    return tf.reduce_max(softmax(x, axis), axis=axis)


def softmax__zeros(x, axis=-1):
    return tf.zeros_like(x)


def softmax__constant(x, axis=-1):
    return tf.fill(x.shape, 0.25)


def softmax__echo(x, axis=-1):
    return x


# A table of the public examples.


def softmax_for_known_scores(x, axis=-1):
    """Right for the scores in the examples that everybody sees, and near them."""
    return softmax(x, axis) if known("softmax", x) else softmax(1.5 * x, axis)


# Right when they are called directly; in a graph, where the lab uses them, they stop.


def softmax__in_graph__max_of_numpy(x, axis=-1):
    import tensorflow as tf

    powers = tf.exp(x - np.max(x, axis=axis, keepdims=True))
    return powers / (tf.reduce_sum(powers, axis, keepdims=True) + 1e-9)


def softmax__in_graph__slices(x, axis=-1):
    import tensorflow as tf

    def one(row):
        powers = tf.math.pow(math.e, row - max(row))
        return powers / sum(powers)

    rows = tf.experimental.numpy.moveaxis(x, axis, -1)
    flat = tf.stack([one(row) for row in tf.reshape(rows, (-1, rows.shape[-1]))])
    return tf.experimental.numpy.moveaxis(tf.reshape(flat, rows.shape), -1, axis)
