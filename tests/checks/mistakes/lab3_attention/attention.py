"""The classic wrong answers of lab 3: attention.

A name says all (`listed`): `attention_weights__no_scale` must earn the hint `no_scale`.

Where a function calls an earlier exercise, it calls the right one, of `given`.
"""

import numpy as np

from checks.late import tf
from checks.mistakes.lab3_attention.given import attention_weights, scaled_dot_product_attention, softmax
from checks.mistakes.lab3_attention.tables import known

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


def attention_weights__in_graph__sum_of_numpy(Q, K, mask=None, scale=None):
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


# Tables of the public examples.


def weights_for_known_queries(Q, K, mask=None, scale=None):
    """Right for the queries in the examples that everybody sees, and near them."""
    return attention_weights(Q if known("attention_weights", Q) else 1.5 * Q, K, mask, scale)


def attention_for_known_queries(Q, K, V, mask=None):
    """Right for the queries in the examples that everybody sees, and near them."""
    return scaled_dot_product_attention(Q if known("scaled_dot_product_attention", Q) else 1.5 * Q, K, V, mask)


# Right when they are called directly; in a graph, where the lab uses them, they stop.


def scaled_dot_product_attention__in_graph__compiled(Q, K, V, mask=None):
    import tensorflow as tf

    weights = attention_weights(Q, K, mask)
    return tf.function(lambda one, two: one @ two)(weights, V), weights.numpy()


def attention_weights__value__lower_rank_ignored(Q, K, mask=None, scale=None):
    return _weights(Q, K, mask if mask is not None and len(mask.shape) >= 2 else None, scale)


def attention_weights__value__scale_of_zero(Q, K, mask=None, scale=None):
    return _weights(Q, K, mask, scale or 1 / np.sqrt(Q.shape[-1]))


def attention_weights__finite__masked_afterwards(Q, K, mask=None, scale=None):
    weights = attention_weights(Q, K, None, scale)
    if mask is None:
        return weights
    weights = weights * tf.cast(mask, weights.dtype)
    return weights / tf.reduce_sum(weights, axis=-1, keepdims=True)
