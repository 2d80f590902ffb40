import numpy as np
import keras
import tensorflow as tf

SHOWN = {}


def _args(batch=2, T_x=3, T_m=5, d_model=8, num_heads=2, mask=None, times=1.0, dtype="float32"):
    rng = np.random.default_rng(0)
    x = tf.constant(rng.normal(size=(batch, T_x, d_model)).astype(dtype))
    memory = tf.constant(rng.normal(size=(batch, T_m, d_model)).astype(dtype))
    W = {
        name: tf.constant((times * rng.normal(size=(d_model, d_model))).astype(dtype))
        for name in ("W_q", "W_k", "W_v", "W_o")
    }
    if mask == "pairs":
        mask = tf.constant(np.arange(T_m)[None, :] <= np.arange(T_x)[:, None])
    elif mask == "padding":
        mask = tf.constant(np.arange(T_m)[None, None, :] < T_m - 1 - np.arange(batch)[:, None, None] % (T_m - 1))
    elif mask == "full":
        m = rng.random((batch, T_x, T_m)) < 0.5
        m[:, :, 0] = True
        mask = tf.constant(m)
    return dict(x=x, memory=memory, **W, num_heads=num_heads, mask=mask)


# ---------------------------------------------------------------- wrong: natural


def cross_attention__w01_roles_exchanged(x, memory, W_q, W_k, W_v, W_o, num_heads, mask=None):
    Q = split_heads(tf.matmul(memory, W_q), num_heads)
    K, V = split_heads(tf.matmul(x, W_k), num_heads), split_heads(tf.matmul(x, W_v), num_heads)
    if mask is not None and len(mask.shape) == 3:
        mask = mask[:, None]
    output, weights = scaled_dot_product_attention(Q, K, V, mask)
    return tf.matmul(merge_heads(output), W_o), weights


SHOWN["cross_attention__w01_roles_exchanged"] = ("natural", "memory asks and x answers", lambda: _args(T_x=4, T_m=4))


def cross_attention__w02_values_from_x(x, memory, W_q, W_k, W_v, W_o, num_heads, mask=None):
    Q, K, V = [split_heads(tf.matmul(s, W), num_heads) for s, W in ((x, W_q), (memory, W_k), (x, W_v))]
    if mask is not None and len(mask.shape) == 3:
        mask = mask[:, None]
    output, weights = scaled_dot_product_attention(Q, K, V, mask)
    return tf.matmul(merge_heads(output), W_o), weights


SHOWN["cross_attention__w02_values_from_x"] = ("natural", "takes the values from x", lambda: _args(T_x=4, T_m=4))


def cross_attention__w03_queries_and_keys_from_memory(x, memory, W_q, W_k, W_v, W_o, num_heads, mask=None):
    Q, K, V = [split_heads(tf.matmul(s, W), num_heads) for s, W in ((memory, W_q), (memory, W_k), (x, W_v))]
    if mask is not None and len(mask.shape) == 3:
        mask = mask[:, None]
    output, weights = scaled_dot_product_attention(Q, K, V, mask)
    return tf.matmul(merge_heads(output), W_o), weights


SHOWN["cross_attention__w03_queries_and_keys_from_memory"] = (
    "natural",
    "misreads Vaswani's figure: only the values come from x, queries and keys from memory",
    lambda: _args(T_x=4, T_m=4),
)


def cross_attention__w04_both_sequences_answer(x, memory, W_q, W_k, W_v, W_o, num_heads, mask=None):
    both = tf.concat([memory, x], axis=1)
    Q, K, V = [split_heads(tf.matmul(s, W), num_heads) for s, W in ((x, W_q), (both, W_k), (both, W_v))]
    if mask is not None and len(mask.shape) == 3:
        mask = mask[:, None]
    output, weights = scaled_dot_product_attention(Q, K, V, mask)
    return tf.matmul(merge_heads(output), W_o), weights


SHOWN["cross_attention__w04_both_sequences_answer"] = (
    "natural",
    "keys and values come from memory and x together",
    lambda: _args(),
)


def cross_attention__w05_one_matrix_for_memory(x, memory, W_q, W_k, W_v, W_o, num_heads, mask=None):
    Q = split_heads(tf.matmul(x, W_q), num_heads)
    K = V = split_heads(tf.matmul(memory, W_k), num_heads)
    if mask is not None and len(mask.shape) == 3:
        mask = mask[:, None]
    output, weights = scaled_dot_product_attention(Q, K, V, mask)
    return tf.matmul(merge_heads(output), W_o), weights


SHOWN["cross_attention__w05_one_matrix_for_memory"] = (
    "natural",
    "uses the keys as values, W_v is not used",
    lambda: _args(),
)


def cross_attention__w06_weights_over_queries(x, memory, W_q, W_k, W_v, W_o, num_heads, mask=None):
    Q, K, V = [split_heads(tf.matmul(s, W), num_heads) for s, W in ((x, W_q), (memory, W_k), (memory, W_v))]
    scores = tf.matmul(Q, K, transpose_b=True) / np.sqrt(Q.shape[-1])
    if mask is not None:
        scores = tf.where(mask if len(mask.shape) == 2 else mask[:, None], scores, -1e9)
    weights = softmax(scores, axis=-2)
    return tf.matmul(merge_heads(tf.matmul(weights, V)), W_o), weights


SHOWN["cross_attention__w06_weights_over_queries"] = (
    "natural",
    "softmax over the queries instead of the keys",
    lambda: _args(),
)


def cross_attention__w07_residual(x, memory, W_q, W_k, W_v, W_o, num_heads, mask=None):
    Q, K, V = [split_heads(tf.matmul(s, W), num_heads) for s, W in ((x, W_q), (memory, W_k), (memory, W_v))]
    if mask is not None and len(mask.shape) == 3:
        mask = mask[:, None]
    output, weights = scaled_dot_product_attention(Q, K, V, mask)
    return x + tf.matmul(merge_heads(output), W_o), weights


SHOWN["cross_attention__w07_residual"] = ("natural", "adds x already here", lambda: _args())


# ---------------------------------------------------------------- wrong: subtle


def cross_attention__w08_same_length(x, memory, W_q, W_k, W_v, W_o, num_heads, mask=None):
    batch, time, d_model = x.shape

    def heads(s, W):
        return tf.transpose(tf.reshape(tf.matmul(s, W), (batch, time, num_heads, d_model // num_heads)), (0, 2, 1, 3))

    if mask is not None and len(mask.shape) == 3:
        mask = mask[:, None]
    output, weights = scaled_dot_product_attention(heads(x, W_q), heads(memory, W_k), heads(memory, W_v), mask)
    return tf.matmul(merge_heads(output), W_o), weights


SHOWN["cross_attention__w08_same_length"] = (
    "subtle",
    "reshapes memory with the length of x: raises where T_m differs from T_x",
    lambda: _args(T_x=3, T_m=5),
)


def cross_attention__w09_memory_cut(x, memory, W_q, W_k, W_v, W_o, num_heads, mask=None):
    memory = memory[:, :32]
    Q, K, V = [split_heads(tf.matmul(s, W), num_heads) for s, W in ((x, W_q), (memory, W_k), (memory, W_v))]
    if mask is not None:
        mask = mask[..., :32]
        mask = mask if len(mask.shape) == 2 else mask[:, None]
    output, weights = scaled_dot_product_attention(Q, K, V, mask)
    return tf.matmul(merge_heads(output), W_o), weights


SHOWN["cross_attention__w09_memory_cut"] = (
    "subtle",
    "looks at the first 32 positions of memory only",
    lambda: _args(T_m=50),
)


def cross_attention__w10_causal_for_equal_lengths(x, memory, W_q, W_k, W_v, W_o, num_heads, mask=None):
    if mask is None and x.shape[1] == memory.shape[1]:
        mask = causal_mask(x.shape[1])
    Q, K, V = [split_heads(tf.matmul(s, W), num_heads) for s, W in ((x, W_q), (memory, W_k), (memory, W_v))]
    if mask is not None and len(mask.shape) == 3:
        mask = mask[:, None]
    output, weights = scaled_dot_product_attention(Q, K, V, mask)
    return tf.matmul(merge_heads(output), W_o), weights


SHOWN["cross_attention__w10_causal_for_equal_lengths"] = (
    "subtle",
    "masks the future where both sequences are equally long and no mask is given",
    lambda: _args(T_x=4, T_m=4),
)


def cross_attention__w11_one_key_copied(x, memory, W_q, W_k, W_v, W_o, num_heads, mask=None):
    if memory.shape[1] == 1:  # one key has all the weight
        weights = tf.ones((x.shape[0], num_heads, x.shape[1], 1), x.dtype)
        return tf.repeat(tf.matmul(memory, W_v), x.shape[1], axis=1), weights
    Q, K, V = [split_heads(tf.matmul(s, W), num_heads) for s, W in ((x, W_q), (memory, W_k), (memory, W_v))]
    if mask is not None and len(mask.shape) == 3:
        mask = mask[:, None]
    output, weights = scaled_dot_product_attention(Q, K, V, mask)
    return tf.matmul(merge_heads(output), W_o), weights


SHOWN["cross_attention__w11_one_key_copied"] = ("subtle", "a memory of one position: forgets W_o", lambda: _args(T_m=1))


def cross_attention__w12_mask_by_length(x, memory, W_q, W_k, W_v, W_o, num_heads, mask=None):
    Q, K, V = [split_heads(tf.matmul(s, W), num_heads) for s, W in ((x, W_q), (memory, W_k), (memory, W_v))]
    if mask is not None and len(mask) != x.shape[1]:  # not (T_x, T_m)
        mask = mask[:, None]
    output, weights = scaled_dot_product_attention(Q, K, V, mask)
    return tf.matmul(merge_heads(output), W_o), weights


SHOWN["cross_attention__w12_mask_by_length"] = (
    "subtle",
    "takes a mask with a batch axis for a (T_x, T_m) one where batch == T_x: raises, or masks heads where also num_heads == batch",
    lambda: _args(batch=2, T_x=2, num_heads=2, mask="padding"),
)


def cross_attention__w13_mask_turned(x, memory, W_q, W_k, W_v, W_o, num_heads, mask=None):
    Q, K, V = [split_heads(tf.matmul(s, W), num_heads) for s, W in ((x, W_q), (memory, W_k), (memory, W_v))]
    if mask is not None:
        mask = tf.convert_to_tensor(mask)
        if mask.shape[-2] == memory.shape[1]:  # keys must be last
            mask = tf.linalg.matrix_transpose(mask)
        if len(mask.shape) == 3:
            mask = mask[:, None]
    output, weights = scaled_dot_product_attention(Q, K, V, mask)
    return tf.matmul(merge_heads(output), W_o), weights


SHOWN["cross_attention__w13_mask_turned"] = (
    "subtle",
    "guesses by size whether the mask stands on its side: turns it where T_x == T_m",
    lambda: _args(T_x=4, T_m=4, mask="pairs"),
)


def cross_attention__w14_scores_clipped(x, memory, W_q, W_k, W_v, W_o, num_heads, mask=None):
    Q, K, V = [split_heads(tf.matmul(s, W), num_heads) for s, W in ((x, W_q), (memory, W_k), (memory, W_v))]
    scores = tf.matmul(Q, K, transpose_b=True) / np.sqrt(Q.shape[-1])
    scores = tf.clip_by_value(scores, -20.0, 20.0)
    if mask is not None:
        scores = tf.where(mask if len(mask.shape) == 2 else mask[:, None], scores, tf.cast(-1e9, scores.dtype))
    weights = softmax(scores)
    return tf.matmul(merge_heads(tf.matmul(weights, V)), W_o), weights


SHOWN["cross_attention__w14_scores_clipped"] = (
    "subtle",
    "clips the scores to +-20: large scores become ties",
    lambda: _args(times=10.0),
)


def cross_attention__w15_memory_of_first_example(x, memory, W_q, W_k, W_v, W_o, num_heads, mask=None):
    K, V = split_heads(tf.matmul(memory[:1], W_k), num_heads), split_heads(tf.matmul(memory[:1], W_v), num_heads)
    Q = split_heads(tf.matmul(x, W_q), num_heads)
    if mask is not None and len(mask.shape) == 3:
        mask = mask[:, None]
    output, weights = scaled_dot_product_attention(Q, K, V, mask)
    return tf.matmul(merge_heads(output), W_o), weights


SHOWN["cross_attention__w15_memory_of_first_example"] = (
    "subtle",
    "all examples attend to the memory of the first: right for a batch of 1",
    lambda: _args(batch=3),
)


# ---------------------------------------------------------------- wrong: use

_w16_memory = {}


def cross_attention__w16_memory_encoded_once(x, memory, W_q, W_k, W_v, W_o, num_heads, mask=None):
    key = (tuple(memory.shape), num_heads)
    if key not in _w16_memory:  # memory does not change while decoding
        _w16_memory[key] = (
            split_heads(tf.matmul(memory, W_k), num_heads),
            split_heads(tf.matmul(memory, W_v), num_heads),
        )
    K, V = _w16_memory[key]
    if mask is not None and len(mask.shape) == 3:
        mask = mask[:, None]
    output, weights = scaled_dot_product_attention(split_heads(tf.matmul(x, W_q), num_heads), K, V, mask)
    return tf.matmul(merge_heads(output), W_o), weights


SHOWN["cross_attention__w16_memory_encoded_once"] = (
    "use",
    "keeps keys and values by the shape of memory",
    "a second call with another memory (or other weights) of the same shape attends to the first memory",
)


def cross_attention__w17_memory_frozen(x, memory, W_q, W_k, W_v, W_o, num_heads, mask=None):
    memory = tf.stop_gradient(memory)
    Q, K, V = [split_heads(tf.matmul(s, W), num_heads) for s, W in ((x, W_q), (memory, W_k), (memory, W_v))]
    if mask is not None and len(mask.shape) == 3:
        mask = mask[:, None]
    output, weights = scaled_dot_product_attention(Q, K, V, mask)
    return tf.matmul(merge_heads(output), W_o), weights


SHOWN["cross_attention__w17_memory_frozen"] = (
    "use",
    "stops the gradient of memory: an encoder would not learn",
    "gradient with respect to memory is None",
)


def cross_attention__w18_numpy_softmax(x, memory, W_q, W_k, W_v, W_o, num_heads, mask=None):
    Q, K, V = [split_heads(tf.matmul(s, W), num_heads) for s, W in ((x, W_q), (memory, W_k), (memory, W_v))]
    scores = np.array(Q) @ np.swapaxes(np.array(K), -1, -2) / np.sqrt(Q.shape[-1])
    if mask is not None:
        scores = np.where(mask if len(mask.shape) == 2 else mask[:, None], scores, -np.inf)
    weights = np.exp(scores - scores.max(-1, keepdims=True))
    weights = tf.cast(weights / weights.sum(-1, keepdims=True), V.dtype)
    return tf.matmul(merge_heads(tf.matmul(weights, V)), W_o), weights


SHOWN["cross_attention__w18_numpy_softmax"] = (
    "use",
    "scores and softmax in NumPy: W_q, W_k and x get no gradient",
    "gradient with respect to x, W_q and W_k is None",
)


def cross_attention__w19_mask_or(x, memory, W_q, W_k, W_v, W_o, num_heads, mask=None):
    mask = mask or tf.ones((x.shape[1], memory.shape[1]), tf.bool)
    Q, K, V = [split_heads(tf.matmul(s, W), num_heads) for s, W in ((x, W_q), (memory, W_k), (memory, W_v))]
    if len(mask.shape) == 3:
        mask = mask[:, None]
    output, weights = scaled_dot_product_attention(Q, K, V, mask)
    return tf.matmul(merge_heads(output), W_o), weights


SHOWN["cross_attention__w19_mask_or"] = (
    "use",
    "`mask or ...` asks a mask for its truth: raises for every mask of more than one number",
    lambda: _args(mask="padding"),
)


def cross_attention__w20_batch_of_masks_taken_for_heads(x, memory, W_q, W_k, W_v, W_o, num_heads, mask=None):
    outputs, pictures = [], []
    for k in range(num_heads):
        d_head = W_q.shape[1] // num_heads
        cut = slice(k * d_head, (k + 1) * d_head)
        m = mask[k] if mask is not None and len(mask.shape) == 3 and mask.shape[0] == num_heads else mask
        o, w = scaled_dot_product_attention(
            tf.matmul(x, W_q[:, cut]), tf.matmul(memory, W_k[:, cut]), tf.matmul(memory, W_v[:, cut]), m
        )
        outputs.append(o)
        pictures.append(w)
    return tf.matmul(tf.concat(outputs, axis=-1), W_o), tf.stack(pictures, axis=1)


SHOWN["cross_attention__w20_batch_of_masks_taken_for_heads"] = (
    "use",
    "where batch == num_heads a mask with a batch axis is taken for one mask for each head",
    lambda: _args(batch=2, num_heads=2, mask="full"),
)


# ---------------------------------------------------------------- right


def cross_attention__r1_lesson(x, memory, W_q, W_k, W_v, W_o, num_heads, mask=None):
    Q = split_heads(tf.matmul(x, W_q), num_heads)
    K = split_heads(tf.matmul(memory, W_k), num_heads)
    V = split_heads(tf.matmul(memory, W_v), num_heads)
    if mask is not None and len(mask.shape) > 2:
        mask = mask[:, tf.newaxis]
    output, weights = scaled_dot_product_attention(Q, K, V, mask)
    return tf.matmul(merge_heads(output), W_o), weights


def cross_attention__r2_through_self_attention_weights(x, memory, W_q, W_k, W_v, W_o, num_heads, mask=None):
    if mask is not None:
        mask = tf.reshape(mask, (-1, 1, tf.shape(mask)[-2], tf.shape(mask)[-1]))
    weights = attention_weights(split_heads(x @ W_q, num_heads), split_heads(memory @ W_k, num_heads), mask=mask)
    return merge_heads(weights @ split_heads(memory @ W_v, num_heads)) @ W_o, weights


def cross_attention__r3_einsum(x, memory, W_q, W_k, W_v, W_o, num_heads, mask=None):
    d_model = W_q.shape[0]
    shape = (d_model, num_heads, d_model // num_heads)
    q = tf.einsum("bqd,dhe->bqhe", x, tf.reshape(W_q, shape))
    k = tf.einsum("bkd,dhe->bkhe", memory, tf.reshape(W_k, shape))
    v = tf.einsum("bkd,dhe->bkhe", memory, tf.reshape(W_v, shape))
    scores = tf.einsum("bqhe,bkhe->bhqk", q, k) * shape[2] ** -0.5
    if mask is not None:
        mask = mask[None, None] if len(mask.shape) == 2 else mask[:, None]
        scores = tf.where(mask, scores, tf.constant(-np.inf, scores.dtype))
    weights = tf.nn.softmax(scores)
    mixed = tf.einsum("bhqk,bkhe->bqhe", weights, v)
    return tf.einsum("bqhe,hed->bqd", mixed, tf.reshape(W_o, (num_heads, shape[2], d_model))), weights


def cross_attention__r4_loop_over_heads(x, memory, W_q, W_k, W_v, W_o, num_heads, mask=None):
    width = W_q.shape[0] // num_heads
    Q, K, V = tf.matmul(x, W_q), tf.matmul(memory, W_k), tf.matmul(memory, W_v)
    pairs = [
        scaled_dot_product_attention(Q[..., a : a + width], K[..., a : a + width], V[..., a : a + width], mask)
        for a in range(0, Q.shape[-1], width)
    ]
    outputs, weights = zip(*pairs)
    return tf.matmul(tf.concat(outputs, axis=-1), W_o), tf.stack(weights, axis=1)


def cross_attention__r5_heads_in_the_batch(x, memory, W_q, W_k, W_v, W_o, num_heads, mask=None):
    def heads(s, W):
        return tf.concat(tf.split(tf.matmul(s, W), num_heads, axis=-1), axis=0)  # (num_heads * batch, time, d_head)

    if mask is not None and len(mask.shape) == 3:
        mask = tf.tile(mask, (num_heads, 1, 1))
    output, weights = scaled_dot_product_attention(heads(x, W_q), heads(memory, W_k), heads(memory, W_v), mask)
    output = tf.concat(tf.split(output, num_heads, axis=0), axis=-1)
    return tf.matmul(output, W_o), tf.stack(tf.split(weights, num_heads, axis=0), axis=1)


def cross_attention__r6_keras_ops(x, memory, W_q, W_k, W_v, W_o, num_heads, mask=None):
    ops = keras.ops
    query = split_heads(ops.matmul(x, W_q), num_heads)
    key = split_heads(ops.matmul(memory, W_k), num_heads)
    value = split_heads(ops.matmul(memory, W_v), num_heads)
    scores = ops.matmul(query, ops.transpose(key, (0, 1, 3, 2)))
    scores = scores / float(np.sqrt(key.shape[-1]))
    if mask is not None:
        if len(mask.shape) == 3:
            mask = ops.expand_dims(mask, 1)
        scores = ops.where(mask, scores, ops.full_like(scores, -1e30))
    weights = ops.softmax(scores, axis=-1)
    return ops.matmul(merge_heads(ops.matmul(weights, value)), W_o), weights
