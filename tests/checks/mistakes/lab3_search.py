"""The classic wrong answers of lab 3, part 1, as a student would write them, and the hint that each must earn.

A name says all: `softmax__unstable` is a wrong `softmax` and must earn the hint `unstable`; a further `__` tells
variants apart. `MISTAKES` lists them with those of part 2 (lab3_search_masks), and adds those that every exercise has.

Where a function calls an earlier exercise, it calls the right one, defined here.
"""

import inspect

import numpy as np
import tensorflow as tf
from checks.mistakes import lab3_search_masks
from checks.mistakes.lab1_rnn import Mistake, misspelt_name, no_return, returns_text
from checks.mistakes.lab3_search_borrowed import BORROWED, INLINE, OWN, RIGHT

from autograder.references.lab3_search import REFERENCES
from labkit.checks import cases
from labkit.checks import lab3_attention as checks

__all__ = ["BORROWED", "INLINE", "MISTAKES", "NUMBERS", "OWN", "RIGHT"]

# Right answers of earlier exercises.


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


def softmax__not_differentiable__sum_of_numpy(x, axis=-1):
    powers = tf.exp(x - tf.reduce_max(x, axis=axis, keepdims=True))
    return powers / np.sum(powers, axis=axis, keepdims=True)


def softmax__not_differentiable__back_to_a_tensor(x, axis=-1):
    return tf.constant(softmax(x, axis).numpy())


def softmax__not_differentiable__stopped(x, axis=-1):
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


# 1.4 attention_weights


def _weights(Q, K, mask=None, scale=None, **change):
    """The right way, with room for one change."""
    if scale is None:
        scale = 1 / np.sqrt(Q.shape[-1])
    scores = tf.matmul(Q, K, transpose_b=True) * scale
    if mask is not None:
        scores = change.get("block", lambda scores, mask: tf.where(mask, scores, -1e9))(scores, mask)
    return change.get("share", softmax)(scores)


def attention_weights__not_differentiable__numpy(Q, K, mask=None, scale=None):
    return attention_weights(Q, K, mask, scale).numpy()


def attention_weights__not_differentiable__where_of_numpy(Q, K, mask=None, scale=None):
    if scale is None:
        scale = 1 / np.sqrt(Q.shape[-1])
    scores = np.matmul(Q, np.swapaxes(K, -1, -2)) * np.float32(scale)
    if mask is not None:
        scores = np.where(mask, scores, np.float32(-1e9))
    return softmax(scores)


def attention_weights__not_differentiable__keys_of_numpy(Q, K, mask=None, scale=None):
    return attention_weights(Q, np.array(K), mask, scale)


def attention_weights__not_differentiable__sum_of_numpy(Q, K, mask=None, scale=None):
    def share(scores):
        powers = tf.exp(scores - np.max(scores, axis=-1, keepdims=True))
        return powers / np.sum(powers, axis=-1, keepdims=True)

    return _weights(Q, K, mask, scale, share=share)


def attention_weights__gradient_not_finite(Q, K, mask=None, scale=None):
    return tf.exp(tf.math.log(attention_weights(Q, K, mask, scale)))


def attention_weights__over_queries(Q, K, mask=None, scale=None):
    return _weights(Q, K, mask, scale, share=lambda scores: softmax(scores, axis=-2))


def attention_weights__over_queries__axis_1(Q, K, mask=None, scale=None):
    return _weights(Q, K, mask, scale, share=lambda scores: softmax(scores, axis=1))


def attention_weights__over_queries__inf(Q, K, mask=None, scale=None):
    return _weights(
        Q,
        K,
        mask,
        scale,
        block=lambda scores, mask: tf.where(mask, scores, -np.inf),
        share=lambda scores: softmax(scores, axis=-2),
    )


def attention_weights__first_axis(Q, K, mask=None, scale=None):
    return _weights(Q, K, mask, scale, share=lambda scores: softmax(scores, 0))


def attention_weights__first_axis__inf(Q, K, mask=None, scale=None):
    return _weights(
        Q,
        K,
        mask,
        scale,
        block=lambda scores, mask: tf.where(mask, scores, -np.inf),
        share=lambda scores: softmax(scores, axis=0),
    )


def attention_weights__everything(Q, K, mask=None, scale=None):
    def share(scores):
        powers = tf.exp(scores - tf.reduce_max(scores))
        return powers / tf.reduce_sum(powers)

    return _weights(Q, K, mask, scale, share=share)


def attention_weights__no_scale(Q, K, mask=None, scale=None):
    return attention_weights(Q, K, mask, 1.0 if scale is None else scale)


def attention_weights__no_scale__ever(Q, K, mask=None, scale=None):
    return attention_weights(Q, K, mask, 1.0)


def attention_weights__divided_by_d(Q, K, mask=None, scale=None):
    return attention_weights(Q, K, mask, 1 / Q.shape[-1] if scale is None else scale)


def attention_weights__scale_multiplied(Q, K, mask=None, scale=None):
    return attention_weights(Q, K, mask, np.sqrt(Q.shape[-1]) if scale is None else scale)


def attention_weights__scale_divides(Q, K, mask=None, scale=None):
    if scale is None:
        scale = np.sqrt(Q.shape[-1])
    scores = tf.matmul(Q, K, transpose_b=True) / scale
    if mask is not None:
        scores = tf.where(mask, scores, -1e9)
    return softmax(scores)


def attention_weights__scale_ignored(Q, K, mask=None, scale=None):
    return attention_weights(Q, K, mask)


def attention_weights__scale_on_top(Q, K, mask=None, scale=None):
    scores = tf.matmul(Q, K, transpose_b=True) / np.sqrt(Q.shape[-1])
    if scale is not None:
        scores = scores * scale
    if mask is not None:
        scores = tf.where(mask, scores, -1e9)
    return softmax(scores)


def attention_weights__scale_twice(Q, K, mask=None, scale=None):
    if scale is None:
        scale = 1 / np.sqrt(Q.shape[-1])
    return attention_weights(Q * scale, K * scale, mask, 1.0)


def attention_weights__length(Q, K, mask=None, scale=None):
    return attention_weights(Q, K, mask, 1 / np.sqrt(K.shape[-2]) if scale is None else scale)


def attention_weights__length__queries(Q, K, mask=None, scale=None):
    return attention_weights(Q, K, mask, 1 / np.sqrt(Q.shape[-2]) if scale is None else scale)


def attention_weights__length__first_axis(Q, K, mask=None, scale=None):
    return attention_weights(Q, K, mask, 1 / np.sqrt(len(Q)) if scale is None else scale)


def attention_weights__scale_after(Q, K, mask=None, scale=None):
    if scale is None:
        scale = 1 / np.sqrt(Q.shape[-1])
    return attention_weights(Q, K, mask, 1.0) * scale


def attention_weights__swapped(Q, K, mask=None, scale=None):
    return attention_weights(K, Q, mask, scale)


def attention_weights__mask_ignored(Q, K, mask=None, scale=None):
    scores = tf.matmul(Q, K, transpose_b=True) * (1 / np.sqrt(Q.shape[-1]) if scale is None else scale)
    if mask is not None:
        tf.where(mask, scores, -1e9)
    return softmax(scores)


def attention_weights__mask_inverted(Q, K, mask=None, scale=None):
    return _weights(Q, K, mask, scale, block=lambda scores, mask: tf.where(mask, -1e9, scores))


def attention_weights__mask_inverted__added(Q, K, mask=None, scale=None):
    return _weights(Q, K, mask, scale, block=lambda scores, mask: scores + tf.cast(mask, tf.float32) * -1e9)


def attention_weights__mask_inverted__inf(Q, K, mask=None, scale=None):
    return _weights(Q, K, mask, scale, block=lambda scores, mask: tf.where(mask, -np.inf, scores))


def attention_weights__mask_sign(Q, K, mask=None, scale=None):
    return _weights(Q, K, mask, scale, block=lambda scores, mask: tf.where(mask, scores, 1e9))


def attention_weights__mask_sign__added(Q, K, mask=None, scale=None):
    return _weights(Q, K, mask, scale, block=lambda scores, mask: scores + (1 - tf.cast(mask, tf.float32)) * 1e9)


def attention_weights__mask_after(Q, K, mask=None, scale=None):
    weights = attention_weights(Q, K, None, scale)
    return weights if mask is None else weights * tf.cast(mask, weights.dtype)


def attention_weights__mask_after__where(Q, K, mask=None, scale=None):
    weights = attention_weights(Q, K, None, scale)
    return weights if mask is None else tf.where(mask, weights, 0.0)


def attention_weights__zero_score(Q, K, mask=None, scale=None):
    return _weights(Q, K, mask, scale, block=lambda scores, mask: tf.where(mask, scores, 0.0))


def attention_weights__zero_score__multiplied(Q, K, mask=None, scale=None):
    return _weights(Q, K, mask, scale, block=lambda scores, mask: scores * tf.cast(mask, tf.float32))


def attention_weights__small_penalty(Q, K, mask=None, scale=None):
    return _weights(Q, K, mask, scale, block=lambda scores, mask: tf.where(mask, scores, -1.0))


def attention_weights__small_penalty__added(Q, K, mask=None, scale=None):
    return _weights(Q, K, mask, scale, block=lambda scores, mask: scores - (1 - tf.cast(mask, tf.float32)))


def attention_weights__small_penalty__added_5(Q, K, mask=None, scale=None):
    return _weights(Q, K, mask, scale, block=lambda scores, mask: scores - 5 * (1 - tf.cast(mask, tf.float32)))


def attention_weights__small_penalty__mask_added(Q, K, mask=None, scale=None):
    return _weights(Q, K, mask, scale, block=lambda scores, mask: scores + tf.cast(mask, tf.float32))


def attention_weights__inf_times_zero(Q, K, mask=None, scale=None):
    return _weights(Q, K, mask, scale, block=lambda scores, mask: scores + (1 - tf.cast(mask, tf.float32)) * -np.inf)


def attention_weights__mask_transposed(Q, K, mask=None, scale=None):
    return attention_weights(Q, K, None if mask is None else tf.linalg.matrix_transpose(mask), scale)


def attention_weights__softmax_twice(Q, K, mask=None, scale=None):
    return softmax(attention_weights(Q, K, mask, scale))


def attention_weights__no_softmax(Q, K, mask=None, scale=None):
    return _weights(Q, K, mask, scale, share=lambda scores: scores)


def attention_weights__no_softmax__inf(Q, K, mask=None, scale=None):
    return _weights(
        Q,
        K,
        mask,
        scale,
        block=lambda scores, mask: tf.where(mask, scores, -np.inf),
        share=lambda scores: scores,
    )


def attention_weights__no_softmax__no_mask(Q, K, mask=None, scale=None):
    return tf.matmul(Q, K, transpose_b=True) * (1 / np.sqrt(Q.shape[-1]) if scale is None else scale)


def attention_weights__value__sigmoid(Q, K, mask=None, scale=None):
    return _weights(Q, K, mask, scale, share=tf.sigmoid)


def attention_weights__value__cosine(Q, K, mask=None, scale=None):
    return attention_weights(tf.math.l2_normalize(Q, axis=-1), tf.math.l2_normalize(K, axis=-1), mask, scale)


def attention_weights__value__first_key_missing(Q, K, mask=None, scale=None):
    weights = attention_weights(Q, K, mask, scale)
    return tf.concat([0 * weights[..., :1], weights[..., 1:]], axis=-1)


def attention_weights__raises__not_transposed(Q, K, mask=None, scale=None):
    return softmax(tf.matmul(Q, K) / np.sqrt(Q.shape[-1]))


def attention_weights__raises__no_mask(Q, K, mask=None, scale=None):
    scores = tf.matmul(Q, K, transpose_b=True) / np.sqrt(Q.shape[-1])
    return softmax(tf.where(mask, scores, -1e9))


def attention_weights__zeros(Q, K, mask=None, scale=None):
    return tf.zeros((*Q.shape[:-1], K.shape[-2]))


def attention_weights__constant(Q, K, mask=None, scale=None):
    return tf.fill((*Q.shape[:-1], K.shape[-2]), 0.25)


def attention_weights__echo(Q, K, mask=None, scale=None):
    return K


# 1.5 scaled_dot_product_attention


def scaled_dot_product_attention__not_differentiable(Q, K, V, mask=None):
    weights = np.asarray(attention_weights(Q, K, mask))
    return weights @ np.asarray(V), weights


def scaled_dot_product_attention__not_differentiable__weights_of_numpy(Q, K, V, mask=None):
    weights = attention_weights(Q, K, mask).numpy()
    return tf.matmul(weights, V), weights


def scaled_dot_product_attention__not_differentiable__values_of_numpy(Q, K, V, mask=None):
    weights = attention_weights(Q, K, mask)
    return tf.matmul(weights, V.numpy()), weights


def scaled_dot_product_attention__gradient_not_finite(Q, K, V, mask=None):
    weights = tf.exp(tf.math.log(attention_weights(Q, K, mask)))
    return tf.matmul(weights, V), weights


def scaled_dot_product_attention__swapped(Q, K, V, mask=None):
    weights = attention_weights(Q, K, mask)
    return weights, weights @ V


def scaled_dot_product_attention__output_only(Q, K, V, mask=None):
    return attention_weights(Q, K, mask) @ V


def scaled_dot_product_attention__weights_only(Q, K, V, mask=None):
    return attention_weights(Q, K, mask)


def scaled_dot_product_attention__values_forgotten(Q, K, V, mask=None):
    weights = attention_weights(Q, K, mask)
    return weights, weights


def scaled_dot_product_attention__keys_mixed(Q, K, V, mask=None):
    weights = attention_weights(Q, K, mask)
    return tf.matmul(weights, K), weights


def scaled_dot_product_attention__queries_mixed(Q, K, V, mask=None):
    weights = attention_weights(Q, K, mask)
    return tf.matmul(weights, Q), weights


def scaled_dot_product_attention__values_for_keys(Q, K, V, mask=None):
    weights = attention_weights(Q, V, mask)
    return tf.matmul(weights, K), weights


def scaled_dot_product_attention__keys_for_queries(Q, K, V, mask=None):
    weights = attention_weights(K, Q, mask)
    return tf.matmul(weights, V), weights


def scaled_dot_product_attention__transposed(Q, K, V, mask=None):
    weights = attention_weights(Q, K, mask)
    return tf.matmul(weights, V, transpose_a=True), weights


def scaled_dot_product_attention__multiplied(Q, K, V, mask=None):
    weights = attention_weights(Q, K, mask)
    return weights * V, weights


def scaled_dot_product_attention__mask_ignored(Q, K, V, mask=None):
    weights = attention_weights(Q, K)
    return tf.matmul(weights, V), weights


def scaled_dot_product_attention__mask_inverted(Q, K, V, mask=None):
    weights = attention_weights(Q, K, None if mask is None else tf.logical_not(mask))
    return tf.matmul(weights, V), weights


def scaled_dot_product_attention__no_scale(Q, K, V, mask=None):
    weights = attention_weights(Q, K, mask, 1.0)
    return tf.matmul(weights, V), weights


def scaled_dot_product_attention__scaled_twice(Q, K, V, mask=None):
    weights = attention_weights(Q / np.sqrt(Q.shape[-1]), K, mask)
    return tf.matmul(weights, V), weights


def scaled_dot_product_attention__scale_multiplied(Q, K, V, mask=None):
    weights = attention_weights(Q, K, mask, scale=np.sqrt(Q.shape[-1]))
    return tf.matmul(weights, V), weights


def scaled_dot_product_attention__softmax_twice(Q, K, V, mask=None):
    weights = softmax(attention_weights(Q, K, mask))
    return tf.matmul(weights, V), weights


def scaled_dot_product_attention__softmax_twice__of_the_output(Q, K, V, mask=None):
    weights = attention_weights(Q, K, mask)
    return tf.nn.softmax(weights) @ V, weights


def scaled_dot_product_attention__softmax_of_output(Q, K, V, mask=None):
    weights = attention_weights(Q, K, mask)
    return softmax(tf.matmul(weights, V)), weights


def scaled_dot_product_attention__scores_mixed(Q, K, V, mask=None):
    scores = tf.matmul(Q, K, transpose_b=True) / np.sqrt(Q.shape[-1])
    if mask is not None:
        scores = tf.where(mask, scores, -1e9)
    return tf.matmul(scores, V), scores


def scaled_dot_product_attention__output_scaled(Q, K, V, mask=None):
    weights = attention_weights(Q, K, mask)
    return tf.matmul(weights, V) / np.sqrt(Q.shape[-1]), weights


def scaled_dot_product_attention__residual(Q, K, V, mask=None):
    weights = attention_weights(Q, K, mask)
    return Q + tf.matmul(weights, V), weights


def scaled_dot_product_attention__value__even_mixture(Q, K, V, mask=None):
    weights = attention_weights(Q, K, mask)
    return 0 * tf.matmul(weights, V) + tf.reduce_mean(V, axis=-2, keepdims=True), weights


def scaled_dot_product_attention__value__weights_again(Q, K, V, mask=None):
    output, weights = scaled_dot_product_attention(Q, K, V, mask)
    return output, weights**2


def scaled_dot_product_attention__type__three_results(Q, K, V, mask=None):
    return (*scaled_dot_product_attention(Q, K, V, mask), V)


def scaled_dot_product_attention__raises__values_first(Q, K, V, mask=None):
    weights = attention_weights(Q, K, mask)
    return tf.matmul(V, weights), weights


def scaled_dot_product_attention__raises__mask_for_values(Q, K, V, mask=None):
    weights = attention_weights(Q, K)
    return tf.matmul(weights, tf.where(mask, V, 0.0)), weights


def scaled_dot_product_attention__zeros(Q, K, V, mask=None):
    return tf.zeros((*Q.shape[:-1], V.shape[-1])), tf.zeros((*Q.shape[:-1], K.shape[-2]))


def scaled_dot_product_attention__constant(Q, K, V, mask=None):
    return tf.fill((*Q.shape[:-1], V.shape[-1]), 0.5), tf.fill((*Q.shape[:-1], K.shape[-2]), 0.5)


def scaled_dot_product_attention__echo(Q, K, V, mask=None):
    return V, K


# What every exercise has.

NUMBERS = {name: exercise.number for name, exercise in checks.EXERCISES.items() if name in REFERENCES}


def untouched(exercise):
    def stub(*arguments):
        raise NotImplementedError(f"Exercise {NUMBERS[exercise]}: {exercise}")

    return stub


def needs_another(exercise):
    return untouched("dot_similarity" if exercise != "dot_similarity" else "cosine_similarity")


def hard_coded(exercise):
    """A table of the examples that everybody sees."""

    def table(*arguments):
        public = cases.public("lab3_attention")[exercise]
        for case in public:
            if not case.given and repr(list(case.arguments.values())) == repr(list(arguments)):
                return case.expected
        return public[0].expected

    return table


def _known(exercise, first):
    """Say whether an argument stands in the examples that everybody sees."""
    for case in cases.public("lab3_attention")[exercise]:
        seen = next(iter(case.arguments.values()))
        if seen.shape == tuple(first.shape) and np.abs(seen - first.numpy())[np.isfinite(seen)].max() < 0.1:
            return True
    return False


def softmax_for_known_scores(x, axis=-1):
    """Right for the scores in the examples that everybody sees, and near them."""
    return softmax(x, axis) if _known("softmax", x) else softmax(1.5 * x, axis)


def weights_for_known_queries(Q, K, mask=None, scale=None):
    """Right for the queries in the examples that everybody sees, and near them."""
    return attention_weights(Q if _known("attention_weights", Q) else 1.5 * Q, K, mask, scale)


def attention_for_known_queries(Q, K, V, mask=None):
    """Right for the queries in the examples that everybody sees, and near them."""
    return scaled_dot_product_attention(Q if _known("scaled_dot_product_attention", Q) else 1.5 * Q, K, V, mask)


def table_for_known_lengths(length, d_model):
    """Right for the lengths in the examples that everybody sees."""
    known = {tuple(case.arguments.values())[:2] for case in cases.public("lab3_attention")["positional_encoding"]}
    return lab3_search_masks.positional_encoding(length, d_model) * (1 if (length, d_model) in known else 1.1)


_TABLES = {
    "positional_encoding": table_for_known_lengths,
    "softmax": softmax_for_known_scores,
    "attention_weights": weights_for_known_queries,
    "scaled_dot_product_attention": attention_for_known_queries,
}


def _of_every_exercise():
    for exercise in NUMBERS:
        yield Mistake(exercise, "type", "no_return", no_return)
        yield Mistake(exercise, "type", "returns_text", returns_text)
        yield Mistake(exercise, "raises", "misspelt_name", misspelt_name)
        yield Mistake(exercise, "not_attempted", "untouched", untouched(exercise))
        yield Mistake(exercise, "needs", "calls_a_stub", needs_another(exercise))
        yield Mistake(exercise, "missing", "not_a_function", None)
        yield Mistake(exercise, "fresh", "hard_coded", _TABLES.get(exercise) or hard_coded(exercise))


def _listed():
    for name, function in [*globals().items(), *vars(lab3_search_masks).items()]:
        exercise, _, rest = name.partition("__")
        if inspect.isfunction(function) and exercise and rest:
            assert exercise in NUMBERS, f"{name}: autograder/references/lab3_search.py has no exercise {exercise}"
            key, _, variant = rest.partition("__")
            yield Mistake(exercise, key, variant, function)


LISTED = list(_listed())
MISTAKES = [*LISTED, *_of_every_exercise()]
