import numpy as np
import keras
import tensorflow as tf

SHOWN = {}


def _args(batch=2, time=5, d_model=8, num_heads=2, mask=None, times=1.0, dtype="float32"):
    rng = np.random.default_rng(0)
    x = tf.constant(rng.normal(size=(batch, time, d_model)).astype(dtype))
    W = {
        name: tf.constant((times * rng.normal(size=(d_model, d_model))).astype(dtype))
        for name in ("W_q", "W_k", "W_v", "W_o")
    }
    if mask == "causal":
        mask = tf.constant(np.tril(np.ones((time, time), bool)))
    elif mask == "padding":
        mask = tf.constant(np.arange(time)[None, None, :] < time - 1 - np.arange(batch)[:, None, None] % (time - 1))
    elif mask == "full":
        mask = tf.constant((rng.random((batch, time, time)) < 0.5) | np.eye(time, dtype=bool))
    return dict(x=x, **W, num_heads=num_heads, mask=mask)


# ---------------------------------------------------------------- wrong: natural


def multi_head_attention__w01_scale_of_model(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    Q, K, V = [split_heads(tf.matmul(x, W), num_heads) for W in (W_q, W_k, W_v)]
    if mask is not None and len(mask.shape) == 3:
        mask = mask[:, None]
    weights = attention_weights(Q, K, mask, scale=1 / np.sqrt(x.shape[-1]))
    return tf.matmul(merge_heads(tf.matmul(weights, V)), W_o), weights


SHOWN["multi_head_attention__w01_scale_of_model"] = (
    "natural",
    "divides the scores by sqrt(d_model) instead of sqrt(d_model / num_heads)",
    lambda: _args(),
)


def multi_head_attention__w02_no_output_matrix(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    Q, K, V = [split_heads(tf.matmul(x, W), num_heads) for W in (W_q, W_k, W_v)]
    if mask is not None and len(mask.shape) == 3:
        mask = mask[:, None]
    output, weights = scaled_dot_product_attention(Q, K, V, mask)
    return merge_heads(output), weights


SHOWN["multi_head_attention__w02_no_output_matrix"] = ("natural", "forgets W_o", lambda: _args())


def multi_head_attention__w03_transposed_matrices(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    Q, K, V = [split_heads(tf.einsum("bti,oi->bto", x, W), num_heads) for W in (W_q, W_k, W_v)]
    if mask is not None and len(mask.shape) == 3:
        mask = mask[:, None]
    output, weights = scaled_dot_product_attention(Q, K, V, mask)
    return tf.einsum("bti,oi->bto", merge_heads(output), W_o), weights


SHOWN["multi_head_attention__w03_transposed_matrices"] = (
    "natural",
    "computes W x for each position (x W^T), as in many lecture notes and PyTorch",
    lambda: _args(),
)


def multi_head_attention__w04_whole_then_cut(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    output, weights = scaled_dot_product_attention(tf.matmul(x, W_q), tf.matmul(x, W_k), tf.matmul(x, W_v), mask)
    output = merge_heads(split_heads(output, num_heads))
    weights = tf.repeat(weights[:, None], num_heads, axis=1)
    return tf.matmul(output, W_o), weights


SHOWN["multi_head_attention__w04_whole_then_cut"] = (
    "natural",
    "attends once with whole vectors and cuts into heads afterwards",
    lambda: _args(),
)


def multi_head_attention__w05_mask_always_lifted(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    Q, K, V = [split_heads(tf.matmul(x, W), num_heads) for W in (W_q, W_k, W_v)]
    if mask is not None:
        mask = mask[:, tf.newaxis]
    output, weights = scaled_dot_product_attention(Q, K, V, mask)
    return tf.matmul(merge_heads(output), W_o), weights


SHOWN["multi_head_attention__w05_mask_always_lifted"] = (
    "natural",
    "gives the axis of the heads to a (time, time) mask too: its rows then count as heads",
    lambda: _args(batch=1, time=4, num_heads=4, mask="causal"),
)


def multi_head_attention__w06_last_weights(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    Q, K, V = [split_heads(tf.matmul(x, W), num_heads) for W in (W_q, W_k, W_v)]
    outputs = []
    for k in range(num_heads):
        output, weights = scaled_dot_product_attention(Q[:, k], K[:, k], V[:, k], mask)
        outputs.append(output)
    return tf.matmul(tf.concat(outputs, axis=-1), W_o), weights


SHOWN["multi_head_attention__w06_last_weights"] = (
    "natural",
    "returns the weights of the last head only, (batch, time, time)",
    lambda: _args(),
)


def multi_head_attention__w07_cut_before_projecting(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    heads = split_heads(x, num_heads)
    d_head = x.shape[-1] // num_heads
    Q, K, V = [
        tf.stack(
            [
                tf.matmul(heads[:, k], W[k * d_head : (k + 1) * d_head, k * d_head : (k + 1) * d_head])
                for k in range(num_heads)
            ],
            axis=1,
        )
        for W in (W_q, W_k, W_v)
    ]
    if mask is not None and len(mask.shape) == 3:
        mask = mask[:, None]
    output, weights = scaled_dot_product_attention(Q, K, V, mask)
    return tf.matmul(merge_heads(output), W_o), weights


SHOWN["multi_head_attention__w07_cut_before_projecting"] = (
    "natural",
    "cuts x into heads before the products: a head sees only its own columns of x",
    lambda: _args(),
)


# ---------------------------------------------------------------- wrong: subtle


def multi_head_attention__w08_batch_known_by_size(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    Q, K, V = [split_heads(tf.matmul(x, W), num_heads) for W in (W_q, W_k, W_v)]
    if mask is not None and mask.shape[0] == x.shape[0]:  # the mask has a batch axis
        mask = mask[:, None]
    output, weights = scaled_dot_product_attention(Q, K, V, mask)
    return tf.matmul(merge_heads(output), W_o), weights


SHOWN["multi_head_attention__w08_batch_known_by_size"] = (
    "subtle",
    "takes a (time, time) mask for one with a batch axis where batch == time",
    lambda: _args(batch=4, time=4, num_heads=4, mask="causal"),
)


def multi_head_attention__w09_only_padding_lifted(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    Q, K, V = [split_heads(tf.matmul(x, W), num_heads) for W in (W_q, W_k, W_v)]
    if mask is not None and mask.shape[1] == 1:
        mask = mask[:, None]
    output, weights = scaled_dot_product_attention(Q, K, V, mask)
    return tf.matmul(merge_heads(output), W_o), weights


SHOWN["multi_head_attention__w09_only_padding_lifted"] = (
    "subtle",
    "a (batch, time, time) mask gets no axis for the heads: raises, or masks by head where batch == num_heads",
    lambda: _args(batch=2, num_heads=2, mask="full"),
)


def multi_head_attention__w10_mild_penalty(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    Q, K, V = [split_heads(tf.matmul(x, W), num_heads) for W in (W_q, W_k, W_v)]
    scores = tf.matmul(Q, K, transpose_b=True) / tf.sqrt(tf.cast(tf.shape(Q)[-1], Q.dtype))
    if mask is not None:
        if len(mask.shape) == 3:
            mask = mask[:, None]
        scores += (1.0 - tf.cast(mask, scores.dtype)) * -50.0
    weights = softmax(scores)
    return tf.matmul(merge_heads(tf.matmul(weights, V)), W_o), weights


SHOWN["multi_head_attention__w10_mild_penalty"] = (
    "subtle",
    "masks by subtracting 50, less than large scores differ",
    lambda: _args(times=10.0, mask="causal"),
)


def multi_head_attention__w11_masked_after_softmax(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    Q, K, V = [split_heads(tf.matmul(x, W), num_heads) for W in (W_q, W_k, W_v)]
    weights = attention_weights(Q, K)
    if mask is not None:
        mask = mask if len(mask.shape) == 2 else mask[:, None]
        weights = weights * tf.cast(mask, weights.dtype)
        weights = weights / (tf.reduce_sum(weights, axis=-1, keepdims=True) + 1e-9)
    return tf.matmul(merge_heads(tf.matmul(weights, V)), W_o), weights


SHOWN["multi_head_attention__w11_masked_after_softmax"] = (
    "subtle",
    "masks and renormalises after the softmax: all is lost where the allowed weights are below 1e-9 beside a masked large one",
    lambda: _args(times=10.0, mask="causal"),
)


def multi_head_attention__w12_plain_exponentials(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    Q, K, V = [split_heads(tf.matmul(x, W), num_heads) for W in (W_q, W_k, W_v)]
    e = tf.exp(tf.matmul(Q, K, transpose_b=True) / np.sqrt(x.shape[-1] // num_heads))
    if mask is not None:
        e = e * tf.cast(mask if len(mask.shape) == 2 else mask[:, None], e.dtype)
    weights = e / tf.reduce_sum(e, axis=-1, keepdims=True)
    return tf.matmul(merge_heads(tf.matmul(weights, V)), W_o), weights


SHOWN["multi_head_attention__w12_plain_exponentials"] = (
    "subtle",
    "does not subtract the largest score: inf / inf for large ones",
    lambda: _args(times=20.0),
)


def multi_head_attention__w13_small_weights_dropped(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    Q, K, V = [split_heads(tf.matmul(x, W), num_heads) for W in (W_q, W_k, W_v)]
    if mask is not None and len(mask.shape) == 3:
        mask = mask[:, None]
    _, weights = scaled_dot_product_attention(Q, K, V, mask)
    weights = tf.where(weights < 0.005, tf.zeros_like(weights), weights)  # clean pictures
    return tf.matmul(merge_heads(tf.matmul(weights, V)), W_o), weights


SHOWN["multi_head_attention__w13_small_weights_dropped"] = (
    "subtle",
    "sets weights below 0.005 to zero: with 50 steps many of them",
    lambda: _args(time=50),
)


def multi_head_attention__w14_no_mask_means_causal(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    Q, K, V = [split_heads(tf.matmul(x, W), num_heads) for W in (W_q, W_k, W_v)]
    if mask is None:
        mask = causal_mask(x.shape[1])
    if len(mask.shape) == 3:
        mask = mask[:, None]
    output, weights = scaled_dot_product_attention(Q, K, V, mask)
    return tf.matmul(merge_heads(output), W_o), weights


SHOWN["multi_head_attention__w14_no_mask_means_causal"] = (
    "natural",
    "takes a causal mask where none is given; None allows every pair",
    lambda: _args(),
)


def multi_head_attention__w15_loop_over_first_mask(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    outputs, pictures = [], []
    for b in range(x.shape[0]):
        Q, K, V = [split_heads(tf.matmul(x[b : b + 1], W), num_heads) for W in (W_q, W_k, W_v)]
        m = mask if mask is None or len(mask.shape) == 2 else mask[0]
        output, weights = scaled_dot_product_attention(Q, K, V, m)
        outputs.append(tf.matmul(merge_heads(output), W_o))
        pictures.append(weights)
    return tf.concat(outputs, axis=0), tf.concat(pictures, axis=0)


SHOWN["multi_head_attention__w15_loop_over_first_mask"] = (
    "subtle",
    "uses the mask of the first example for the whole batch",
    lambda: _args(batch=3, mask="padding"),
)


# ---------------------------------------------------------------- wrong: use


def multi_head_attention__w16_if_mask(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    Q, K, V = [split_heads(tf.matmul(x, W), num_heads) for W in (W_q, W_k, W_v)]
    if mask:
        mask = mask if len(mask.shape) == 2 else mask[:, None]
    output, weights = scaled_dot_product_attention(Q, K, V, mask)
    return tf.matmul(merge_heads(output), W_o), weights


SHOWN["multi_head_attention__w16_if_mask"] = (
    "use",
    "asks `if mask`: raises for every mask of more than one number",
    lambda: _args(mask="causal"),
)


_w17_packed = {}


def multi_head_attention__w17_packed_matrices_kept(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    key = (x.shape[-1], num_heads)
    if key not in _w17_packed:
        _w17_packed[key] = tf.concat([tf.convert_to_tensor(W) for W in (W_q, W_k, W_v)], axis=1)
    Q, K, V = [split_heads(p, num_heads) for p in tf.split(tf.matmul(x, _w17_packed[key]), 3, axis=-1)]
    if mask is not None and len(mask.shape) == 3:
        mask = mask[:, None]
    output, weights = scaled_dot_product_attention(Q, K, V, mask)
    return tf.matmul(merge_heads(output), W_o), weights


SHOWN["multi_head_attention__w17_packed_matrices_kept"] = (
    "use",
    "packs W_q, W_k, W_v once and keeps them for the next calls",
    "a second call with other W_q, W_k, W_v of the same shape still uses the first ones",
)


def multi_head_attention__w18_weights_without_gradient(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    Q, K, V = [split_heads(tf.matmul(x, W), num_heads) for W in (W_q, W_k, W_v)]
    if mask is not None and len(mask.shape) == 3:
        mask = mask[:, None]
    weights = tf.stop_gradient(attention_weights(Q, K, mask))
    return tf.matmul(merge_heads(tf.matmul(weights, V)), W_o), weights


SHOWN["multi_head_attention__w18_weights_without_gradient"] = (
    "use",
    "stops the gradient at the weights",
    "gradient with respect to W_q and W_k is None",
)


def multi_head_attention__w19_keys_without_gradient(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    memory = tf.stop_gradient(x)  # only the asking position learns
    Q = split_heads(tf.matmul(x, W_q), num_heads)
    K, V = split_heads(tf.matmul(memory, W_k), num_heads), split_heads(tf.matmul(memory, W_v), num_heads)
    if mask is not None and len(mask.shape) == 3:
        mask = mask[:, None]
    output, weights = scaled_dot_product_attention(Q, K, V, mask)
    return tf.matmul(merge_heads(output), W_o), weights


SHOWN["multi_head_attention__w19_keys_without_gradient"] = (
    "use",
    "x gets a gradient through the queries only",
    "gradient with respect to x misses the parts through keys and values (those of the matrices are right)",
)


def multi_head_attention__w20_numpy_matrices_scaled(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    W_q *= np.sqrt(num_heads / x.shape[-1]).astype("float32")  # the scale, once for all
    Q, K, V = [split_heads(tf.matmul(x, W), num_heads) for W in (W_q, W_k, W_v)]
    if mask is not None and len(mask.shape) == 3:
        mask = mask[:, None]
    weights = attention_weights(Q, K, mask, scale=1.0)
    return tf.matmul(merge_heads(tf.matmul(weights, V)), W_o), weights


SHOWN["multi_head_attention__w20_numpy_matrices_scaled"] = (
    "use",
    "scales W_q in place where it is an array: each call shrinks it further",
    "changes its argument W_q given as a float32 NumPy array (right for tensors)",
)


# ---------------------------------------------------------------- right


def multi_head_attention__r1_lesson(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    queries = split_heads(tf.matmul(x, W_q), num_heads)
    keys = split_heads(tf.matmul(x, W_k), num_heads)
    values = split_heads(tf.matmul(x, W_v), num_heads)
    if mask is not None and len(mask.shape) == 3:
        mask = tf.expand_dims(mask, 1)
    output, weights = scaled_dot_product_attention(queries, keys, values, mask)
    return tf.matmul(merge_heads(output), W_o), weights


def multi_head_attention__r2_loop_over_heads(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    d_head = W_q.shape[1] // num_heads
    W_q, W_k, W_v = (tf.convert_to_tensor(W) for W in (W_q, W_k, W_v))
    outputs, weights = [], []
    for k in range(num_heads):
        block = slice(k * d_head, (k + 1) * d_head)
        o, w = scaled_dot_product_attention(
            tf.matmul(x, W_q[:, block]), tf.matmul(x, W_k[:, block]), tf.matmul(x, W_v[:, block]), mask
        )
        outputs.append(o)
        weights.append(w)
    return tf.matmul(tf.concat(outputs, axis=-1), W_o), tf.stack(weights, axis=1)


def multi_head_attention__r3_einsum(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    d_model = W_q.shape[0]
    d_head = d_model // num_heads
    cut = lambda W: tf.reshape(W, (d_model, num_heads, d_head))
    q, k, v = (tf.einsum("btd,dhe->bhte", x, cut(W)) for W in (W_q, W_k, W_v))
    scores = tf.einsum("bhqe,bhke->bhqk", q, k) / np.sqrt(d_head)
    if mask is not None:
        mask = tf.convert_to_tensor(mask)
        if mask.shape.rank == 3:
            mask = mask[:, tf.newaxis, :, :]
        scores = tf.where(mask, scores, scores.dtype.min)
    weights = tf.nn.softmax(scores, axis=-1)
    mixed = tf.einsum("bhqk,bhke->bqhe", weights, v)
    return tf.einsum("bqhe,hed->bqd", mixed, tf.reshape(W_o, (num_heads, d_head, d_model))), weights


def multi_head_attention__r4_packed_product(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    W = tf.concat([tf.convert_to_tensor(w) for w in (W_q, W_k, W_v)], axis=1)
    Q, K, V = (split_heads(part, num_heads) for part in tf.split(tf.matmul(x, W), 3, axis=-1))
    if mask is not None:
        mask = tf.convert_to_tensor(mask)
        if mask.shape.rank == 3:
            mask = mask[:, None, :, :]
    weights = attention_weights(Q, K, mask)
    return merge_heads(weights @ V) @ W_o, weights


def multi_head_attention__r5_keras_ops_output_summed(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    ops = keras.ops
    q, k, v = (split_heads(ops.matmul(x, W), num_heads) for W in (W_q, W_k, W_v))
    d_head = W_o.shape[0] // num_heads
    scores = ops.matmul(q, ops.swapaxes(k, -1, -2)) / d_head**0.5
    if mask is not None:
        mask = mask if len(mask.shape) == 2 else ops.expand_dims(mask, axis=1)
        scores = ops.where(mask, scores, ops.cast(-np.inf, scores.dtype))
    weights = ops.softmax(scores, axis=-1)
    heads = ops.matmul(weights, v)
    W_o = tf.convert_to_tensor(W_o)
    output = sum(ops.matmul(heads[:, h], W_o[h * d_head : (h + 1) * d_head]) for h in range(num_heads))
    return output, weights


def multi_head_attention__r6_additive_mask(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    def heads(W):
        return split_heads(tf.tensordot(x, W, axes=1), num_heads)

    Q, K, V = heads(W_q), heads(W_k), heads(W_v)
    Q = Q * (W_q.shape[-1] / num_heads) ** -0.5
    scores = tf.matmul(Q, K, transpose_b=True)
    if mask is not None:
        if len(mask.shape) == 2:
            mask = mask[None]
        scores += tf.cast(~mask, scores.dtype)[:, None] * scores.dtype.min
        scores = tf.maximum(scores, scores.dtype.min)
    weights = softmax(scores, axis=-1)
    return tf.tensordot(merge_heads(tf.matmul(weights, V)), W_o, 1), weights
