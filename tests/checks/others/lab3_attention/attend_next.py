import numpy as np
import keras
import tensorflow as tf

SHOWN = {}


def _args(batch=2, t=4, d_model=8, num_heads=2, times=1.0, dtype="float32"):
    rng = np.random.default_rng(0)
    c = lambda *shape: tf.constant(rng.normal(size=shape).astype(dtype))
    W = {name: tf.cast(times, dtype) * c(d_model, d_model) for name in ("W_q", "W_k", "W_v", "W_o")}
    d_head = d_model // num_heads
    return dict(
        x_t=c(batch, 1, d_model),
        keys=c(batch, num_heads, t, d_head),
        values=c(batch, num_heads, t, d_head),
        **W,
        num_heads=num_heads,
    )


# ---------------------------------------------------------------- wrong: natural


def attend_next__w01_new_one_not_seen(x_t, keys, values, W_q, W_k, W_v, W_o, num_heads):
    q, k, v = [split_heads(tf.matmul(x_t, W), num_heads) for W in (W_q, W_k, W_v)]
    output, _ = scaled_dot_product_attention(q, keys, values)
    return tf.matmul(merge_heads(output), W_o), tf.concat([keys, k], axis=2), tf.concat([values, v], axis=2)


SHOWN["attend_next__w01_new_one_not_seen"] = (
    "natural",
    "attends to the earlier positions only, not to the new one itself",
    lambda: _args(),
)


def attend_next__w02_new_one_in_front(x_t, keys, values, W_q, W_k, W_v, W_o, num_heads):
    q, k, v = [split_heads(tf.matmul(x_t, W), num_heads) for W in (W_q, W_k, W_v)]
    keys, values = tf.concat([k, keys], axis=2), tf.concat([v, values], axis=2)
    output, _ = scaled_dot_product_attention(q, keys, values)
    return tf.matmul(merge_heads(output), W_o), keys, values


SHOWN["attend_next__w02_new_one_in_front"] = (
    "natural",
    "puts the new key and value first: the output is right, the cache is in the wrong order",
    lambda: _args(),
)


def attend_next__w03_old_cache_returned(x_t, keys, values, W_q, W_k, W_v, W_o, num_heads):
    q, k, v = [split_heads(tf.matmul(x_t, W), num_heads) for W in (W_q, W_k, W_v)]
    output, _ = scaled_dot_product_attention(q, tf.concat([keys, k], axis=2), tf.concat([values, v], axis=2))
    return tf.matmul(merge_heads(output), W_o), keys, values


SHOWN["attend_next__w03_old_cache_returned"] = (
    "natural",
    "returns the cache without the new position",
    lambda: _args(),
)


def attend_next__w04_first_row_of_mask(x_t, keys, values, W_q, W_k, W_v, W_o, num_heads):
    q, k, v = [split_heads(tf.matmul(x_t, W), num_heads) for W in (W_q, W_k, W_v)]
    keys, values = tf.concat([keys, k], axis=2), tf.concat([values, v], axis=2)
    mask = causal_mask(keys.shape[2])[:1]
    output, _ = scaled_dot_product_attention(q, keys, values, mask)
    return tf.matmul(merge_heads(output), W_o), keys, values


SHOWN["attend_next__w04_first_row_of_mask"] = (
    "natural",
    "takes the first row of the causal mask (the query is the only one): sees position 0 only",
    lambda: _args(),
)


def attend_next__w05_whole_mask(x_t, keys, values, W_q, W_k, W_v, W_o, num_heads):
    q, k, v = [split_heads(tf.matmul(x_t, W), num_heads) for W in (W_q, W_k, W_v)]
    keys, values = tf.concat([keys, k], axis=2), tf.concat([values, v], axis=2)
    output, _ = scaled_dot_product_attention(q, keys, values, causal_mask(keys.shape[2]))
    return tf.matmul(merge_heads(output), W_o), keys, values


SHOWN["attend_next__w05_whole_mask"] = (
    "natural",
    "gives the whole causal mask to one query, which becomes t + 1 rows (or raises)",
    lambda: _args(),
)


def attend_next__w06_no_output_matrix(x_t, keys, values, W_q, W_k, W_v, W_o, num_heads):
    q, k, v = [split_heads(tf.matmul(x_t, W), num_heads) for W in (W_q, W_k, W_v)]
    keys, values = tf.concat([keys, k], axis=2), tf.concat([values, v], axis=2)
    output, _ = scaled_dot_product_attention(q, keys, values)
    return merge_heads(output), keys, values


SHOWN["attend_next__w06_no_output_matrix"] = ("natural", "forgets W_o", lambda: _args())


def attend_next__w07_cache_projected_again(x_t, keys, values, W_q, W_k, W_v, W_o, num_heads):
    q = split_heads(tf.matmul(x_t, W_q), num_heads)
    keys = split_heads(tf.matmul(tf.concat([merge_heads(keys), x_t], axis=1), W_k), num_heads)
    values = split_heads(tf.matmul(tf.concat([merge_heads(values), x_t], axis=1), W_v), num_heads)
    output, _ = scaled_dot_product_attention(q, keys, values)
    return tf.matmul(merge_heads(output), W_o), keys, values


SHOWN["attend_next__w07_cache_projected_again"] = (
    "natural",
    "takes the cache for inputs and multiplies kept keys and values by W_k and W_v once more",
    lambda: _args(),
)


def attend_next__w08_values_are_keys(x_t, keys, values, W_q, W_k, W_v, W_o, num_heads):
    q, k, v = [split_heads(tf.matmul(x_t, W), num_heads) for W in (W_q, W_k, W_v)]
    keys, values = tf.concat([keys, k], axis=2), tf.concat([values, v], axis=2)
    output, _ = scaled_dot_product_attention(q, values, keys)
    return tf.matmul(merge_heads(output), W_o), keys, values


SHOWN["attend_next__w08_values_are_keys"] = (
    "natural",
    "keys and values change places in the call of attention",
    lambda: _args(),
)


# ---------------------------------------------------------------- wrong: subtle


def attend_next__w09_first_position_passes(x_t, keys, values, W_q, W_k, W_v, W_o, num_heads):
    q, k, v = [split_heads(tf.matmul(x_t, W), num_heads) for W in (W_q, W_k, W_v)]
    if keys.shape[2] == 0:  # nothing to attend to yet
        return x_t, k, v
    keys, values = tf.concat([keys, k], axis=2), tf.concat([values, v], axis=2)
    output, _ = scaled_dot_product_attention(q, keys, values)
    return tf.matmul(merge_heads(output), W_o), keys, values


SHOWN["attend_next__w09_first_position_passes"] = (
    "subtle",
    "with an empty cache returns x_t itself instead of x_t W_v W_o",
    lambda: _args(t=0),
)


def attend_next__w10_window(x_t, keys, values, W_q, W_k, W_v, W_o, num_heads):
    q, k, v = [split_heads(tf.matmul(x_t, W), num_heads) for W in (W_q, W_k, W_v)]
    keys, values = tf.concat([keys, k], axis=2)[:, :, -32:], tf.concat([values, v], axis=2)[:, :, -32:]
    output, _ = scaled_dot_product_attention(q, keys, values)
    return tf.matmul(merge_heads(output), W_o), keys, values


SHOWN["attend_next__w10_window"] = ("subtle", "keeps the last 32 positions only", lambda: _args(t=50))


def attend_next__w11_repeated_not_kept(x_t, keys, values, W_q, W_k, W_v, W_o, num_heads):
    q, k, v = [split_heads(tf.matmul(x_t, W), num_heads) for W in (W_q, W_k, W_v)]
    known = keys.shape[2] > 0 and bool(tf.reduce_all(keys[:, :, -1:] == k))
    if not known:  # a repeated token is in the cache already
        keys, values = tf.concat([keys, k], axis=2), tf.concat([values, v], axis=2)
    output, _ = scaled_dot_product_attention(q, keys, values)
    return tf.matmul(merge_heads(output), W_o), keys, values


def _w11_repeated():
    a = _args(t=3)
    a["keys"] = tf.concat([a["keys"], split_heads(tf.matmul(a["x_t"], a["W_k"]), 2)], axis=2)
    a["values"] = tf.concat([a["values"], split_heads(tf.matmul(a["x_t"], a["W_v"]), 2)], axis=2)
    return a


SHOWN["attend_next__w11_repeated_not_kept"] = (
    "subtle",
    "does not append a key that equals the last one: a repeated input is counted once",
    lambda: _w11_repeated(),
)


def attend_next__w12_zero_keys_are_padding(x_t, keys, values, W_q, W_k, W_v, W_o, num_heads):
    q, k, v = [split_heads(tf.matmul(x_t, W), num_heads) for W in (W_q, W_k, W_v)]
    keys, values = tf.concat([keys, k], axis=2), tf.concat([values, v], axis=2)
    used = tf.reduce_any(keys != 0, axis=-1)[:, :, None, :]
    output, _ = scaled_dot_product_attention(q, keys, values, used)
    return tf.matmul(merge_heads(output), W_o), keys, values


def _w12_with_zeros():
    a = _args(t=4)
    a["keys"] = a["keys"] * tf.constant([1.0, 0.0, 1.0, 1.0])[:, None]
    return a


SHOWN["attend_next__w12_zero_keys_are_padding"] = (
    "subtle",
    "masks keys of zeros as if they were empty places",
    lambda: _w12_with_zeros(),
)


def attend_next__w13_places_of_eight(x_t, keys, values, W_q, W_k, W_v, W_o, num_heads):
    q, k, v = [split_heads(tf.matmul(x_t, W), num_heads) for W in (W_q, W_k, W_v)]
    keys, values = tf.concat([keys, k], axis=2), tf.concat([values, v], axis=2)
    used = keys.shape[2]
    room = [[0, 0], [0, 0], [0, -used % 8], [0, 0]]  # room in steps of eight
    scores = tf.matmul(q, tf.pad(keys, room), transpose_b=True) / np.sqrt(q.shape[-1])
    output = tf.matmul(softmax(scores), tf.pad(values, room))
    return tf.matmul(merge_heads(output), W_o), keys, values


SHOWN["attend_next__w13_places_of_eight"] = (
    "subtle",
    "empty places get weight too: right only where t + 1 is a multiple of 8",
    lambda: _args(t=4),
)


def attend_next__w14_plain_exponentials(x_t, keys, values, W_q, W_k, W_v, W_o, num_heads):
    q, k, v = [split_heads(tf.matmul(x_t, W), num_heads) for W in (W_q, W_k, W_v)]
    keys, values = tf.concat([keys, k], axis=2), tf.concat([values, v], axis=2)
    e = tf.exp(tf.matmul(q, keys, transpose_b=True) / np.sqrt(q.shape[-1]))
    output = tf.matmul(e, values) / tf.reduce_sum(e, axis=-1, keepdims=True)
    return tf.matmul(merge_heads(output), W_o), keys, values


SHOWN["attend_next__w14_plain_exponentials"] = (
    "subtle",
    "exponentials without subtracting the largest score: inf / inf for large scores",
    lambda: _args(times=20.0),
)


def attend_next__w15_half_precision_cache(x_t, keys, values, W_q, W_k, W_v, W_o, num_heads):
    q, k, v = [split_heads(tf.matmul(x_t, W), num_heads) for W in (W_q, W_k, W_v)]
    small = lambda a: tf.cast(tf.cast(a, tf.float16), q.dtype)  # the cache is what fills the memory
    keys, values = tf.concat([keys, small(k)], axis=2), tf.concat([values, small(v)], axis=2)
    output, _ = scaled_dot_product_attention(q, keys, values)
    return tf.matmul(merge_heads(output), W_o), keys, values


SHOWN["attend_next__w15_half_precision_cache"] = (
    "subtle",
    "rounds the new key and value to float16: inf above 65504",
    lambda: _args(times=1e5),
)


def attend_next__w16_cut_without_batch(x_t, keys, values, W_q, W_k, W_v, W_o, num_heads):
    d_head = W_q.shape[1] // num_heads
    q, k, v = [
        tf.reshape(
            tf.transpose(tf.reshape(tf.matmul(x_t, W), (-1, num_heads, d_head)), (1, 0, 2)), (-1, num_heads, 1, d_head)
        )
        for W in (W_q, W_k, W_v)
    ]
    keys, values = tf.concat([keys, k], axis=2), tf.concat([values, v], axis=2)
    output, _ = scaled_dot_product_attention(q, keys, values)
    return tf.matmul(merge_heads(output), W_o), keys, values


SHOWN["attend_next__w16_cut_without_batch"] = (
    "subtle",
    "mixes examples and heads: right for a batch of 1 only",
    lambda: _args(batch=3),
)


# ---------------------------------------------------------------- wrong: use

_w17_cache = {}


def attend_next__w17_own_cache(x_t, keys, values, W_q, W_k, W_v, W_o, num_heads):
    q, k, v = [split_heads(tf.matmul(x_t, W), num_heads) for W in (W_q, W_k, W_v)]
    if keys.shape[2] > 0 and _w17_cache:
        keys, values = _w17_cache["keys"], _w17_cache["values"]
    _w17_cache["keys"] = tf.concat([keys, k], axis=2)
    _w17_cache["values"] = tf.concat([values, v], axis=2)
    output, _ = scaled_dot_product_attention(q, _w17_cache["keys"], _w17_cache["values"])
    return tf.matmul(merge_heads(output), W_o), _w17_cache["keys"], _w17_cache["values"]


SHOWN["attend_next__w17_own_cache"] = (
    "use",
    "goes on with a cache of its own instead of the one it is given: right for one sequence from t = 0 on",
    "two sequences that take turns (or going back to an earlier cache) get each other's keys",
)


def attend_next__w18_resized_cache(x_t, keys, values, W_q, W_k, W_v, W_o, num_heads):
    q, k, v = [split_heads(tf.matmul(x_t, W), num_heads) for W in (W_q, W_k, W_v)]
    keys, values = np.asarray(keys), np.asarray(values)
    shape = keys.shape[:2] + (keys.shape[2] + 1,) + keys.shape[3:]
    keys, values = np.resize(keys, shape), np.resize(values, shape)  # makes room at the end
    keys[:, :, -1:], values[:, :, -1:] = k, v
    output, _ = scaled_dot_product_attention(q, keys, values)
    return tf.matmul(merge_heads(output), W_o), keys, values


SHOWN["attend_next__w18_resized_cache"] = (
    "subtle",
    "np.resize fills row by row, so that earlier positions move: right for one example with one head",
    lambda: _args(),
)


_w19_packed = []


def attend_next__w19_matrices_packed_once(x_t, keys, values, W_q, W_k, W_v, W_o, num_heads):
    if not _w19_packed:  # the matrices stay the same while the sequence is written
        _w19_packed.append(tf.concat([tf.convert_to_tensor(W) for W in (W_q, W_k, W_v)], axis=1))
    q, k, v = [split_heads(a, num_heads) for a in tf.split(tf.matmul(x_t, _w19_packed[0]), 3, axis=-1)]
    keys, values = tf.concat([keys, k], axis=2), tf.concat([values, v], axis=2)
    output, _ = scaled_dot_product_attention(q, keys, values)
    return tf.matmul(merge_heads(output), W_o), keys, values


SHOWN["attend_next__w19_matrices_packed_once"] = (
    "use",
    "packs the matrices at the first call and keeps them",
    "a second call with other weights still uses the first W_q, W_k, W_v (or raises for another width)",
)


def attend_next__w20_query_scaled_in_place(x_t, keys, values, W_q, W_k, W_v, W_o, num_heads):
    q, k, v = [split_heads(tf.matmul(x_t, W), num_heads) for W in (W_q, W_k, W_v)]
    scale = np.float32(np.sqrt(q.shape[-1]))
    keys /= scale  # scaled keys once, instead of scores at each step
    keys, values = tf.concat([keys, k / scale], axis=2), tf.concat([values, v], axis=2)
    weights = attention_weights(q, keys, scale=1.0)
    return tf.matmul(merge_heads(tf.matmul(weights, values)), W_o), keys * scale, values


SHOWN["attend_next__w20_query_scaled_in_place"] = (
    "use",
    "divides the keys in place where they are an array",
    "changes its argument keys given as a float32 NumPy array (right for tensors)",
)


# ---------------------------------------------------------------- right


def attend_next__r1_lesson(x_t, keys, values, W_q, W_k, W_v, W_o, num_heads):
    query = split_heads(tf.matmul(x_t, W_q), num_heads)
    keys = tf.concat([keys, split_heads(tf.matmul(x_t, W_k), num_heads)], axis=2)
    values = tf.concat([values, split_heads(tf.matmul(x_t, W_v), num_heads)], axis=2)
    output, weights = scaled_dot_product_attention(query, keys, values)
    return tf.matmul(merge_heads(output), W_o), keys, values


def attend_next__r2_reshape_one_step(x_t, keys, values, W_q, W_k, W_v, W_o, num_heads):
    d_model = W_q.shape[1]
    cut = lambda a: tf.reshape(a, (-1, num_heads, 1, d_model // num_heads))  # one step: no transpose needed
    keys = tf.concat([keys, cut(x_t @ W_k)], axis=-2)
    values = tf.concat([values, cut(x_t @ W_v)], axis=-2)
    weights = attention_weights(cut(x_t @ W_q), keys)
    return tf.reshape(weights @ values, (-1, 1, d_model)) @ W_o, keys, values


def attend_next__r3_einsum(x_t, keys, values, W_q, W_k, W_v, W_o, num_heads):
    d_model, d_head = W_q.shape[0], W_q.shape[1] // num_heads
    heads = lambda W: tf.einsum("btd,dhe->bhte", x_t, tf.reshape(W, (d_model, num_heads, d_head)))
    keys, values = tf.concat((keys, heads(W_k)), 2), tf.concat((values, heads(W_v)), 2)
    weights = tf.nn.softmax(tf.einsum("bhte,bhse->bhts", heads(W_q), keys) / d_head**0.5, axis=-1)
    output = tf.einsum("bhts,bhse,hed->btd", weights, values, tf.reshape(W_o, (num_heads, d_head, d_model)))
    return output, keys, values


def attend_next__r4_numpy(x_t, keys, values, W_q, W_k, W_v, W_o, num_heads):
    x_t, keys, values, W_q, W_k, W_v, W_o = (np.asarray(a) for a in (x_t, keys, values, W_q, W_k, W_v, W_o))
    batch, _, d_model = x_t.shape
    cut = lambda a: a.reshape(batch, num_heads, 1, d_model // num_heads)
    q = cut(x_t @ W_q)
    keys = np.concatenate([keys, cut(x_t @ W_k)], axis=2)
    values = np.concatenate([values, cut(x_t @ W_v)], axis=2)
    scores = (q * keys).sum(-1) / np.sqrt(q.shape[-1])
    scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
    weights = scores / scores.sum(axis=-1, keepdims=True)
    output = (weights[..., None] * values).sum(axis=2).reshape(batch, 1, d_model)
    return tf.constant((output @ W_o).astype(x_t.dtype)), tf.constant(keys), tf.constant(values)


def attend_next__r5_loop_over_heads(x_t, keys, values, W_q, W_k, W_v, W_o, num_heads):
    q, k, v = (tf.split(tf.matmul(x_t, W), num_heads, axis=-1) for W in (W_q, W_k, W_v))
    outputs, all_keys, all_values = [], [], []
    for h in range(num_heads):
        all_keys.append(tf.concat([keys[:, h], k[h]], axis=1))
        all_values.append(tf.concat([values[:, h], v[h]], axis=1))
        outputs.append(scaled_dot_product_attention(q[h], all_keys[-1], all_values[-1])[0])
    return tf.matmul(tf.concat(outputs, axis=-1), W_o), tf.stack(all_keys, axis=1), tf.stack(all_values, axis=1)


def attend_next__r6_keras_ops_last_row_of_mask(x_t, keys, values, W_q, W_k, W_v, W_o, num_heads):
    q, k, v = (split_heads(keras.ops.matmul(x_t, W), num_heads) for W in (W_q, W_k, W_v))
    keys = keras.ops.concatenate([keys, k], axis=2)
    values = keras.ops.concatenate([values, v], axis=2)
    mask = causal_mask(keys.shape[2])[-1:]
    output, _ = scaled_dot_product_attention(q, keys, values, mask)
    return keras.ops.matmul(merge_heads(output), W_o), keys, values
