import numpy as np
import tensorflow as tf
import keras

SHOWN = {}


def _tensor(*shape, seed=0, size=1.0, dtype=tf.float32):  # for SHOWN only
    return tf.constant(np.random.default_rng(seed).normal(size=shape) * size, dtype)


def attention_weights__w01_not_scaled(Q, K, mask=None, scale=1.0):
    scores = tf.matmul(Q, K, transpose_b=True) * tf.cast(scale, Q.dtype)
    if mask is not None:
        scores = tf.where(mask, scores, tf.constant(-1e9, Q.dtype))
    return softmax(scores)


SHOWN["attention_weights__w01_not_scaled"] = (
    "natural",
    "without scale the scores are not divided by sqrt(d_k)",
    lambda: dict(Q=_tensor(3, 4), K=_tensor(5, 4, seed=1)),
)


def attention_weights__w02_divided_by_width(Q, K, mask=None, scale=None):
    if scale is None:
        scale = 1.0 / Q.shape[-1]
    scores = scale * tf.matmul(Q, K, transpose_b=True)
    if mask is not None:
        scores = tf.where(mask, scores, tf.constant(-1e9, Q.dtype))
    return softmax(scores, axis=-1)


SHOWN["attention_weights__w02_divided_by_width"] = (
    "natural",
    "divides by d_k instead of its square root",
    lambda: dict(Q=_tensor(3, 4), K=_tensor(5, 4, seed=1)),
)


def attention_weights__w03_softmax_over_queries(Q, K, mask=None, scale=None):
    if scale is None:
        scale = Q.shape[-1] ** -0.5
    scores = scale * tf.matmul(Q, K, transpose_b=True)
    if mask is not None:
        scores = tf.where(mask, scores, tf.constant(-1e9, Q.dtype))
    return softmax(scores, axis=-2)


SHOWN["attention_weights__w03_softmax_over_queries"] = (
    "natural",
    "softmax over the queries instead of the keys",
    lambda: dict(Q=_tensor(3, 4), K=_tensor(5, 4, seed=1)),
)


def attention_weights__w04_mask_upside_down(Q, K, mask=None, scale=None):
    if scale is None:
        scale = Q.shape[-1] ** -0.5
    scores = scale * tf.matmul(Q, K, transpose_b=True)
    if mask is not None:
        # True means: masked
        scores = tf.where(mask, tf.constant(-1e9, Q.dtype), scores)
    return softmax(scores)


SHOWN["attention_weights__w04_mask_upside_down"] = (
    "natural",
    "hides the keys where the mask is True",
    lambda: dict(Q=_tensor(2, 4), K=_tensor(3, 4, seed=1), mask=np.array([[True, False, True], [True, True, False]])),
)


def attention_weights__w05_mask_after_softmax(Q, K, mask=None, scale=None):
    if scale is None:
        scale = Q.shape[-1] ** -0.5
    weights = softmax(scale * tf.matmul(Q, K, transpose_b=True))
    if mask is not None:
        weights = weights * tf.cast(mask, weights.dtype)
    return weights


SHOWN["attention_weights__w05_mask_after_softmax"] = (
    "natural",
    "sets masked weights to 0 after the softmax: the rows do not add up to 1",
    lambda: dict(Q=_tensor(2, 4), K=_tensor(3, 4, seed=1), mask=np.array([[True, False, True], [True, True, False]])),
)


def attention_weights__w06_masked_scores_zero(Q, K, mask=None, scale=None):
    if scale is None:
        scale = Q.shape[-1] ** -0.5
    scores = scale * tf.einsum("...qd,...kd->...qk", Q, K)
    if mask is not None:
        scores = scores * tf.cast(mask, scores.dtype)
    return softmax(scores)


SHOWN["attention_weights__w06_masked_scores_zero"] = (
    "natural",
    "a masked score of 0 still gets weight, exp(0) = 1",
    lambda: dict(Q=_tensor(2, 4), K=_tensor(3, 4, seed=1), mask=np.array([[True, False, True], [True, True, False]])),
)


def attention_weights__w07_scale_divides(Q, K, mask=None, scale=None):
    if scale is None:
        scale = Q.shape[-1] ** 0.5
    scores = tf.matmul(Q, K, transpose_b=True) / tf.cast(scale, Q.dtype)
    if mask is not None:
        scores = tf.where(mask, scores, tf.constant(-1e9, Q.dtype))
    return softmax(scores)


SHOWN["attention_weights__w07_scale_divides"] = (
    "natural",
    "divides by a given scale instead of multiplying (right for None)",
    lambda: dict(Q=_tensor(3, 4), K=_tensor(5, 4, seed=1), scale=0.25),
)


def attention_weights__w08_length_instead_of_width(Q, K, mask=None, scale=None):
    d_k = K.shape[1] if len(K.shape) == 2 else K.shape[-2]
    factor = scale if scale is not None else 1.0 / np.sqrt(d_k)
    scores = tf.matmul(Q, tf.linalg.matrix_transpose(K)) * tf.cast(factor, Q.dtype)
    if mask is not None:
        scores = tf.where(mask, scores, tf.constant(-1e9, Q.dtype))
    return softmax(scores)


SHOWN["attention_weights__w08_length_instead_of_width"] = (
    "natural",
    "with a batch axis takes the number of keys for d_k",
    lambda: dict(Q=_tensor(2, 3, 4), K=_tensor(2, 6, 4, seed=1)),
)


def attention_weights__w09_scale_or(Q, K, mask=None, scale=None):
    scale = scale or 1.0 / np.sqrt(Q.shape[-1])
    scores = tf.matmul(Q, K, transpose_b=True) * tf.cast(scale, Q.dtype)
    if mask is not None:
        scores = tf.where(mask, scores, tf.constant(-np.inf, Q.dtype))
    return softmax(scores)


SHOWN["attention_weights__w09_scale_or"] = (
    "subtle",
    "scale=0 counts as not given: no equal weights",
    lambda: dict(Q=_tensor(3, 4), K=_tensor(5, 4, seed=1), scale=0.0),
)


def attention_weights__w10_scale_after_mask(Q, K, mask=None, scale=None):
    if scale is None:
        scale = 1.0 / np.sqrt(Q.shape[-1])
    scores = tf.matmul(Q, K, transpose_b=True)
    if mask is not None:
        scores = tf.where(mask, scores, tf.constant(-1e9, Q.dtype))
    return softmax(scores * tf.cast(scale, Q.dtype))


SHOWN["attention_weights__w10_scale_after_mask"] = (
    "subtle",
    "the very low score is scaled too: with a scale of 0 or below, masked keys get weight",
    lambda: dict(
        Q=_tensor(2, 4), K=_tensor(3, 4, seed=1), mask=np.array([[True, False, True], [True, True, False]]), scale=0.0
    ),
)


def attention_weights__w11_not_low_enough(Q, K, mask=None, scale=None):
    if scale is None:
        scale = Q.shape[-1] ** -0.5
    scores = tf.matmul(Q, K, transpose_b=True) * tf.cast(scale, Q.dtype)
    if mask is not None:
        scores = scores + (1.0 - tf.cast(mask, Q.dtype)) * -100.0
    return softmax(scores)


SHOWN["attention_weights__w11_not_low_enough"] = (
    "subtle",
    "-100 is not low enough when a masked score exceeds the others by hundreds",
    lambda: dict(
        Q=tf.constant([[20.0, 20.0]]), K=tf.constant([[20.0, 20.0], [1.0, 1.0]]), mask=np.array([[False, True]])
    ),
)


def attention_weights__w12_all_axes_transposed(Q, K, mask=None, scale=None):
    rank = len(K.shape)
    if rank == 3:
        K_T = tf.transpose(K, [0, 2, 1])
    else:
        K_T = tf.transpose(K)
    if scale is None:
        scale = 1.0 / np.sqrt(Q.shape[-1])
    scores = tf.matmul(Q, K_T) * tf.cast(scale, Q.dtype)
    if mask is not None:
        scores = tf.where(mask, scores, tf.constant(-1e9, Q.dtype))
    return softmax(scores)


SHOWN["attention_weights__w12_all_axes_transposed"] = (
    "subtle",
    "with heads (four axes) transpose reverses all axes",
    lambda: dict(Q=_tensor(2, 2, 3, 3), K=_tensor(2, 2, 3, 3, seed=1)),
)


def attention_weights__w13_transposed_if_needed(Q, K, mask=None, scale=None):
    if scale is None:
        scale = 1.0 / np.sqrt(Q.shape[-1])
    # the inner sizes must fit
    if K.shape[-2] != Q.shape[-1]:
        K = tf.linalg.matrix_transpose(K)
    scores = tf.matmul(Q, K) * tf.cast(scale, Q.dtype)
    if mask is not None:
        scores = tf.where(mask, scores, tf.constant(-1e9, Q.dtype))
    return softmax(scores)


SHOWN["attention_weights__w13_transposed_if_needed"] = (
    "subtle",
    "K is not transposed when there are as many keys as features",
    lambda: dict(Q=_tensor(2, 4), K=_tensor(4, 4, seed=1)),
)


def attention_weights__w14_mask_gets_an_axis(Q, K, mask=None, scale=None):
    if scale is None:
        scale = 1.0 / np.sqrt(Q.shape[-1])
    scores = tf.matmul(Q, K, transpose_b=True) * tf.cast(scale, Q.dtype)
    if mask is not None:
        mask = tf.convert_to_tensor(mask)
        if len(mask.shape) == 2 and len(scores.shape) == 3:
            mask = mask[:, tf.newaxis, :]  # (batch, keys)
        scores = tf.where(mask, scores, tf.constant(-1e9, Q.dtype))
    return softmax(scores)


SHOWN["attention_weights__w14_mask_gets_an_axis"] = (
    "subtle",
    "a mask (T_q, T_k) for a batch is taken for (batch, T_k)",
    lambda: dict(Q=_tensor(3, 3, 4), K=_tensor(3, 3, 4, seed=1), mask=np.tril(np.ones((3, 3), bool))),
)


def attention_weights__w15_single_precision_scale(Q, K, mask=None, scale=None):
    if scale is None:
        scale = tf.math.rsqrt(tf.cast(tf.shape(Q)[-1], tf.float32))
    scores = tf.matmul(Q, K, transpose_b=True) * scale
    if mask is not None:
        scores = tf.where(mask, scores, -1e9)
    return softmax(scores)


SHOWN["attention_weights__w15_single_precision_scale"] = (
    "subtle",
    "a float32 factor: fails for float64 queries and keys",
    lambda: dict(Q=_tensor(3, 4, dtype=tf.float64), K=_tensor(5, 4, seed=1, dtype=tf.float64)),
)


def attention_weights__w16_scores_clipped(Q, K, mask=None, scale=None):
    if scale is None:
        scale = 1.0 / np.sqrt(Q.shape[-1])
    scores = tf.matmul(Q, K, transpose_b=True) * tf.cast(scale, Q.dtype)
    scores = tf.clip_by_value(scores, -10.0, 10.0)  # a stable softmax
    if mask is not None:
        scores = tf.where(mask, scores, tf.constant(-1e9, Q.dtype))
    return softmax(scores)


SHOWN["attention_weights__w16_scores_clipped"] = (
    "subtle",
    "clips the scores to -10..10",
    lambda: dict(Q=_tensor(3, 4, size=10), K=_tensor(5, 4, seed=1, size=10)),
)


def attention_weights__w17_infinite_addition(Q, K, mask=None, scale=None):
    if scale is None:
        scale = 1.0 / np.sqrt(Q.shape[-1])
    scores = tf.matmul(Q, K, transpose_b=True) * tf.cast(scale, Q.dtype)
    if mask is not None and not np.all(mask):
        scores += (1 - tf.cast(mask, Q.dtype)) * -np.inf
    return softmax(scores)


SHOWN["attention_weights__w17_infinite_addition"] = (
    "use",
    "0 times -inf is nan where the mask allows attention (right without mask or for a mask of True only)",
    lambda: dict(Q=_tensor(2, 4), K=_tensor(3, 4, seed=1), mask=np.array([[True, False, True], [True, True, False]])),
)


def attention_weights__w18_keys_as_constants(Q, K, mask=None, scale=None):
    if scale is None:
        scale = 1.0 / np.sqrt(Q.shape[-1])
    keys = tf.constant(np.swapaxes(K, -1, -2))
    scores = tf.matmul(Q, keys) * tf.cast(scale, Q.dtype)
    if mask is not None:
        scores = tf.where(mask, scores, tf.constant(-1e9, Q.dtype))
    return softmax(scores)


SHOWN["attention_weights__w18_keys_as_constants"] = (
    "use",
    "transposes K with NumPy: no gradient for K",
    "gradient with respect to K is None",
)


def attention_weights__w19_mask_inverted_in_place(Q, K, mask=None, scale=None):
    if scale is None:
        scale = 1.0 / np.sqrt(Q.shape[-1])
    scores = tf.matmul(Q, K, transpose_b=True) * tf.cast(scale, Q.dtype)
    if mask is not None:
        forbidden = np.asarray(mask)
        if forbidden.flags.writeable:
            np.logical_not(forbidden, out=forbidden)
        else:
            forbidden = ~forbidden
        scores = tf.where(tf.constant(forbidden), tf.constant(-1e9, Q.dtype), scores)
    return softmax(scores)


SHOWN["attention_weights__w19_mask_inverted_in_place"] = (
    "use",
    "inverts the caller's NumPy mask: the next call with it hides the other keys",
    "changes its argument mask",
)


_w20_scale = None


def attention_weights__w20_scale_kept(Q, K, mask=None, scale=None):
    global _w20_scale
    if scale is None:
        if _w20_scale is None:
            _w20_scale = 1.0 / np.sqrt(Q.shape[-1])
        scale = _w20_scale
    scores = tf.matmul(Q, K, transpose_b=True) * tf.cast(scale, Q.dtype)
    if mask is not None:
        scores = tf.where(mask, scores, tf.constant(-1e9, Q.dtype))
    return softmax(scores)


SHOWN["attention_weights__w20_scale_kept"] = (
    "use",
    "a global keeps 1 / sqrt(d_k) of the first call",
    "the second call with another d_k uses the scale of the first",
)


def attention_weights__r1_as_told(Q, K, mask=None, scale=None):
    if scale is None:
        scale = 1 / np.sqrt(Q.shape[-1])
    scores = tf.matmul(Q, K, transpose_b=True) * tf.cast(scale, Q.dtype)
    if mask is not None:
        scores = tf.where(mask, scores, Q.dtype.min)
    return softmax(scores)


def attention_weights__r2_einsum_infinity(Q, K, mask=None, scale=None):
    factor = Q.shape[-1] ** -0.5 if scale is None else scale
    scores = factor * tf.einsum("...qd,...kd->...qk", Q, K)
    if mask is not None:
        minus_infinity = tf.fill(tf.shape(scores), tf.constant(float("-inf"), scores.dtype))
        scores = tf.where(mask, scores, minus_infinity)
    return softmax(scores, axis=-1)


def attention_weights__r3_queries_scaled_first(Q, K, mask=None, scale=None):
    if scale is None:
        Q = Q / tf.sqrt(tf.cast(tf.shape(K)[-1], Q.dtype))
    else:
        Q = Q * tf.cast(scale, Q.dtype)
    scores = Q @ tf.linalg.matrix_transpose(K)
    if mask is None:
        mask = True
    return softmax(tf.where(mask, scores, scores.dtype.min))


def attention_weights__r4_keras_ops_low_number_added(Q, K, mask=None, scale=None):
    d_k = Q.shape[-1]
    scale = 1.0 / d_k**0.5 if scale is None else float(scale)
    scores = keras.ops.matmul(Q, keras.ops.swapaxes(K, -1, -2)) * scale
    if mask is not None:
        scores = scores + (1 - tf.cast(mask, scores.dtype)) * -1e30
    return softmax(scores)


def attention_weights__r5_broadcast_products(Q, K, mask=None, scale=None):
    products = Q[..., :, tf.newaxis, :] * K[..., tf.newaxis, :, :]
    scores = tf.reduce_sum(products, axis=-1)
    scores *= (1 / np.sqrt(K.shape[-1])) if scale is None else scale
    if mask is not None:
        scores = tf.where(tf.broadcast_to(mask, tf.shape(scores)), scores, -np.inf)
    return tf.nn.softmax(scores)


def attention_weights__r6_mask_in_the_exponentials(Q, K, mask=None, scale=None):
    scale = tf.constant(Q.shape[-1] ** -0.5 if scale is None else scale, Q.dtype)
    scores = tf.matmul(Q, K, transpose_b=True) * scale
    if mask is None:
        mask = tf.ones_like(scores, dtype=bool)
    allowed = tf.logical_and(tf.convert_to_tensor(mask), tf.ones_like(scores, dtype=bool))
    top = tf.reduce_max(tf.where(allowed, scores, scores.dtype.min), axis=-1, keepdims=True)
    shifted = tf.where(allowed, scores - tf.stop_gradient(top), 0.0)
    e = tf.exp(shifted) * tf.cast(allowed, scores.dtype)
    return e / tf.reduce_sum(e, axis=-1, keepdims=True)
