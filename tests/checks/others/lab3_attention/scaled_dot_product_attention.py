import numpy as np
import tensorflow as tf
import keras

SHOWN = {}


def _case(q=(3, 4), k=(5, 4), v=(5, 2), size=1.0, **more):  # for SHOWN only
    rng = np.random.default_rng(0)
    Q, K, V = (tf.constant(rng.normal(size=s) * size, tf.float32) for s in (q, k, v))
    return dict(Q=Q, K=K, V=V, **more)


def scaled_dot_product_attention__w01_order_of_results(Q, K, V, mask=None):
    weights = attention_weights(Q, K, mask)
    output = tf.matmul(weights, V)
    return weights, output


SHOWN["scaled_dot_product_attention__w01_order_of_results"] = (
    "natural",
    "returns weights, output instead of output, weights",
    lambda: _case(),
)


def scaled_dot_product_attention__w02_output_only(Q, K, V, mask=None):
    return tf.matmul(attention_weights(Q, K, mask), V)


SHOWN["scaled_dot_product_attention__w02_output_only"] = ("natural", "returns the output only", lambda: _case())


def scaled_dot_product_attention__w03_mask_forgotten(Q, K, V, mask=None):
    weights = attention_weights(Q, K)
    return weights @ V, weights


SHOWN["scaled_dot_product_attention__w03_mask_forgotten"] = (
    "natural",
    "the mask is not passed on",
    lambda: _case(mask=np.array([True, False, True, True, False])),
)


def scaled_dot_product_attention__w04_scaled_twice(Q, K, V, mask=None):
    d_k = tf.cast(tf.shape(K)[-1], Q.dtype)
    weights = attention_weights(Q / tf.sqrt(d_k), K, mask)
    return tf.matmul(weights, V), weights


SHOWN["scaled_dot_product_attention__w04_scaled_twice"] = (
    "natural",
    "divides by sqrt(d_k) although attention_weights does it already",
    lambda: _case(),
)


def scaled_dot_product_attention__w05_scale_from_values(Q, K, V, mask=None):
    scale = 1 / np.sqrt(V.shape[-1])
    weights = attention_weights(Q, K, mask, scale)
    return tf.matmul(weights, V), weights


SHOWN["scaled_dot_product_attention__w05_scale_from_values"] = (
    "natural",
    "scales with the width of the values instead of that of the keys",
    lambda: _case(),
)


def scaled_dot_product_attention__w06_keys_ask(Q, K, V, mask=None):
    weights = attention_weights(K, Q, mask)
    return tf.matmul(weights, V, transpose_a=True), tf.linalg.matrix_transpose(weights)


SHOWN["scaled_dot_product_attention__w06_keys_ask"] = (
    "natural",
    "queries and keys exchanged: the softmax runs over the queries",
    lambda: _case(),
)


def scaled_dot_product_attention__w07_softmax_again(Q, K, V, mask=None):
    weights = softmax(attention_weights(Q, K, mask))
    return tf.matmul(weights, V), weights


SHOWN["scaled_dot_product_attention__w07_softmax_again"] = (
    "natural",
    "a second softmax over the finished weights",
    lambda: _case(),
)


def scaled_dot_product_attention__w08_three_axes_only(Q, K, V, mask=None):
    weights = attention_weights(Q, K, mask)
    if len(V.shape) == 2:
        return tf.einsum("qk,kd->qd", weights, V), weights
    return tf.einsum("bqk,bkd->bqd", weights, V), weights


SHOWN["scaled_dot_product_attention__w08_three_axes_only"] = (
    "subtle",
    "einsum for two or three axes only: fails with heads",
    lambda: _case((2, 3, 4, 4), (2, 3, 5, 4), (2, 3, 5, 2)),
)


def scaled_dot_product_attention__w09_output_like_queries(Q, K, V, mask=None):
    weights = attention_weights(Q, K, mask)
    output = tf.reshape(tf.matmul(weights, V), tf.shape(Q))
    return output, weights


SHOWN["scaled_dot_product_attention__w09_output_like_queries"] = (
    "subtle",
    "takes for granted that values are as wide as queries",
    lambda: _case(),
)


def scaled_dot_product_attention__w10_values_turned(Q, K, V, mask=None):
    weights = attention_weights(Q, K, mask)
    # the inner sizes of the product must fit: weights (T_q, T_k) times V
    n = weights.shape[-2]
    if V.shape[-2] == n and V.shape[-1] == weights.shape[-1]:
        return tf.matmul(weights, V, transpose_b=True), weights
    return tf.matmul(weights, V), weights


SHOWN["scaled_dot_product_attention__w10_values_turned"] = (
    "subtle",
    "transposes V when all sizes are equal (T_q = T_k = d_v)",
    lambda: _case((4, 3), (4, 3), (4, 4)),
)


def scaled_dot_product_attention__w11_small_weights_dropped(Q, K, V, mask=None):
    weights = attention_weights(Q, K, mask)
    weights = tf.where(weights < 0.02, tf.zeros_like(weights), weights)  # nothing but noise
    return tf.matmul(weights, V), weights


SHOWN["scaled_dot_product_attention__w11_small_weights_dropped"] = (
    "subtle",
    "weights below 0.02 become 0: with 50 keys or more hardly anything is left",
    lambda: _case((2, 4), (60, 4), (60, 2)),
)


def scaled_dot_product_attention__w12_squeezed(Q, K, V, mask=None):
    weights = attention_weights(Q, K, mask)
    output = tf.reduce_sum(weights[..., tf.newaxis] * V[..., tf.newaxis, :, :], axis=-2)
    return tf.squeeze(output), tf.squeeze(weights)


SHOWN["scaled_dot_product_attention__w12_squeezed"] = (
    "subtle",
    "squeeze removes a batch of 1 or a single query",
    lambda: _case((1, 3, 4), (1, 5, 4), (1, 5, 2)),
)


def scaled_dot_product_attention__w13_mask_for_rows(Q, K, V, mask=None):
    if mask is not None:
        # the same keys for all queries
        mask = tf.reduce_any(tf.convert_to_tensor(mask), axis=-2, keepdims=True)
    weights = attention_weights(Q, K, mask)
    return tf.matmul(weights, V), weights


SHOWN["scaled_dot_product_attention__w13_mask_for_rows"] = (
    "subtle",
    "joins the rows of the mask: right for padding, wrong for a causal mask",
    lambda: _case((4, 4), (4, 4), (4, 2), mask=np.tril(np.ones((4, 4), bool))),
)


def scaled_dot_product_attention__w14_wide_values_in_half_precision(Q, K, V, mask=None):
    weights = attention_weights(Q, K, mask)
    if V.shape[-1] > 32:
        # wide values: half the memory
        output = tf.matmul(tf.cast(weights, tf.float16), tf.cast(V, tf.float16))
        return tf.cast(output, V.dtype), weights
    return tf.matmul(weights, V), weights


SHOWN["scaled_dot_product_attention__w14_wide_values_in_half_precision"] = (
    "subtle",
    "wide values go through float16: three digits, and above 65504 they overflow",
    lambda: _case(v=(5, 40), size=1e5),
)


def scaled_dot_product_attention__w15_causal_when_square(Q, K, V, mask=None):
    if mask is None and Q.shape[-2] == K.shape[-2]:
        # self-attention looks back only
        mask = np.tril(np.ones((Q.shape[-2], Q.shape[-2]), dtype=bool))
    weights = attention_weights(Q, K, mask)
    return weights @ V, weights


SHOWN["scaled_dot_product_attention__w15_causal_when_square"] = (
    "subtle",
    "adds a causal mask when there are as many queries as keys",
    lambda: _case((4, 4), (4, 4), (4, 2)),
)


def scaled_dot_product_attention__w16_flat_mask_ignored(Q, K, V, mask=None):
    if mask is not None and len(np.shape(mask)) < 2:
        mask = None  # a mask has a row for each query
    weights = attention_weights(Q, K, mask)
    return tf.matmul(weights, V), weights


SHOWN["scaled_dot_product_attention__w16_flat_mask_ignored"] = (
    "subtle",
    "ignores a mask (T_k,), which broadcasts to all queries",
    lambda: _case(mask=np.array([True, False, True, True, False])),
)


def scaled_dot_product_attention__w17_weights_are_constants(Q, K, V, mask=None):
    weights = tf.stop_gradient(attention_weights(Q, K, mask))
    return tf.matmul(weights, V), weights


SHOWN["scaled_dot_product_attention__w17_weights_are_constants"] = (
    "use",
    "stops the gradient at the weights: queries and keys cannot learn",
    "gradient with respect to Q and K is None",
)


def scaled_dot_product_attention__w18_weights_returned_without_gradient(Q, K, V, mask=None):
    weights = attention_weights(Q, K, mask)
    output = tf.matmul(weights, V)
    # the weights are for plots only
    return output, tf.constant(np.array(weights)) if tf.executing_eagerly() else tf.stop_gradient(weights)


SHOWN["scaled_dot_product_attention__w18_weights_returned_without_gradient"] = (
    "use",
    "the returned weights are cut off: no gradient from them to Q and K",
    "gradient of the weights with respect to Q and K is None",
)


def scaled_dot_product_attention__w19_numpy_product(Q, K, V, mask=None):
    weights = attention_weights(Q, K, mask)
    output = np.matmul(weights.numpy(), V.numpy())
    return tf.convert_to_tensor(output), weights


SHOWN["scaled_dot_product_attention__w19_numpy_product"] = (
    "use",
    "the product with V is done in NumPy: no gradient through the output",
    "gradient with respect to V is None",
)


_w20_masks = {}


def scaled_dot_product_attention__w20_mask_remembered(Q, K, V, mask=None):
    # the mask is the same in every step of the training: prepare it once
    shape = (Q.shape[-2], K.shape[-2])
    if shape not in _w20_masks:
        _w20_masks[shape] = mask
    weights = attention_weights(Q, K, _w20_masks[shape])
    return tf.matmul(weights, V), weights


SHOWN["scaled_dot_product_attention__w20_mask_remembered"] = (
    "use",
    "a global keeps the mask of the first call for each size",
    "the second call with another mask of the same size uses the first mask",
)


def scaled_dot_product_attention__r1_as_told(Q, K, V, mask=None):
    weights = attention_weights(Q, K, mask)
    return tf.matmul(weights, V), weights


def scaled_dot_product_attention__r2_einsum(Q, K, V, mask=None):
    weights = attention_weights(Q, K, mask=mask)
    output = tf.einsum("...qk,...kv->...qv", weights, V)
    return (output, weights)


def scaled_dot_product_attention__r3_at_sign(Q, K, V, mask=None):
    alpha = attention_weights(Q=Q, K=K, mask=mask, scale=1 / np.sqrt(Q.shape[-1]))
    return alpha @ V, alpha


def scaled_dot_product_attention__r4_sum_of_weighted_values(Q, K, V, mask=None):
    weights = attention_weights(Q, K, mask)
    weighted = tf.expand_dims(weights, -1) * tf.expand_dims(V, -3)
    return tf.reduce_sum(weighted, axis=-2), weights


def scaled_dot_product_attention__r5_own_weights(Q, K, V, mask=None):
    scores = tf.matmul(Q, K, transpose_b=True) / tf.sqrt(tf.cast(tf.shape(K)[-1], Q.dtype))
    if mask is not None:
        scores = tf.where(mask, scores, tf.constant(-np.inf, scores.dtype))
    weights = softmax(scores, axis=-1)
    return tf.linalg.matmul(weights, V), weights


def scaled_dot_product_attention__r6_loop_over_keys(Q, K, V, mask=None):
    weights = attention_weights(Q, K, mask)
    output = 0.0
    for j in range(K.shape[-2]):
        output = output + weights[..., :, j : j + 1] * V[..., j : j + 1, :]
    return output, weights
