"""Right answers of lab 3, as differently as students write them: many heads."""

import numpy as np

from checks.late import tf
from checks.mistakes.lab3_attention.borrowed_heads import right

split_heads, merge_heads = right.split_heads, right.merge_heads
scaled_dot_product_attention = right.scaled_dot_product_attention


# 3.1 split_heads


def split_heads__stacked_slices(x, num_heads):
    size = x.shape[-1] // num_heads
    return tf.stack([x[:, :, k * size : (k + 1) * size] for k in range(num_heads)], axis=1)


def split_heads__tf_split(x, num_heads):
    heads = [head[:, None] for head in tf.split(x, num_heads, axis=-1)]
    return tf.concat(heads, axis=1)


def split_heads__dynamic_shape(x, num_heads):
    shape = tf.shape(x)
    heads = tf.reshape(x, [shape[0], shape[1], num_heads, -1])
    return tf.transpose(heads, perm=[0, 2, 1, 3])


def split_heads__keras_ops(x, num_heads):
    from keras import ops

    return ops.swapaxes(ops.reshape(x, (*x.shape[:2], num_heads, -1)), 1, 2)


def split_heads__selecting_matrices(x, num_heads):
    width = x.shape[-1]
    eye = np.eye(width, dtype="float32").reshape(width, num_heads, width // num_heads)
    return tf.einsum("btd,dhk->bhtk", x, eye)


def split_heads__gathered(x, num_heads):
    columns = np.arange(x.shape[-1]).reshape(num_heads, -1)
    return tf.transpose(tf.gather(x, columns, axis=2), (0, 2, 1, 3))


def split_heads__gathered_rows(x, num_heads):
    by_column = tf.transpose(x, (2, 0, 1))
    size = x.shape[-1] // num_heads
    heads = [tf.gather(by_column, range(k * size, (k + 1) * size)) for k in range(num_heads)]
    return tf.transpose(tf.stack(heads), (2, 0, 3, 1))


# 3.2 merge_heads


def merge_heads__concat(x):
    return tf.concat([x[:, k] for k in range(x.shape[1])], axis=-1)


def merge_heads__keras_ops(x):
    from keras import ops

    swapped = ops.swapaxes(x, 1, 2)
    return ops.reshape(swapped, (*swapped.shape[:2], -1))


def merge_heads__selecting_matrices(x):
    _, heads, _, size = x.shape
    eye = np.eye(heads * size, dtype="float32").reshape(heads, size, heads * size)
    return tf.einsum("bhtk,hkd->btd", x, eye)


def merge_heads__padded_and_added(x):
    _, heads, _, size = x.shape
    blocks = [tf.pad(x[:, k], [[0, 0], [0, 0], [k * size, (heads - 1 - k) * size]]) for k in range(heads)]
    return tf.add_n(blocks)


def merge_heads__step_by_step(x):
    steps = [tf.reshape(x[:, :, t], (x.shape[0], -1)) for t in range(x.shape[2])]
    return tf.stack(steps, axis=1)


# 3.3 multi_head_attention


def multi_head_attention__einsum(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    d_model = x.shape[-1]
    shape = (d_model, num_heads, d_model // num_heads)
    Q, K, V = (tf.einsum("btd,dhk->bhtk", x, tf.reshape(W, shape)) for W in (W_q, W_k, W_v))
    scores = tf.einsum("bhqk,bhsk->bhqs", Q, K) * (d_model / num_heads) ** -0.5
    if mask is not None:
        scores += tf.where(mask if mask.shape.rank == 2 else mask[:, tf.newaxis], 0.0, -1e9)
    weights = tf.nn.softmax(scores)
    heads_out = tf.reshape(W_o, (num_heads, d_model // num_heads, d_model))
    return tf.einsum("bhqs,bhsk,hkd->bqd", weights, V, heads_out), weights


def multi_head_attention__head_by_head(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    size = x.shape[-1] // num_heads
    outputs, all_weights = [], []
    for k in range(num_heads):
        columns = slice(k * size, (k + 1) * size)
        output, weights = scaled_dot_product_attention(
            x @ W_q[:, columns], x @ W_k[:, columns], x @ W_v[:, columns], mask
        )
        outputs.append(output)
        all_weights.append(weights)
    return tf.concat(outputs, axis=-1) @ W_o, tf.stack(all_weights, axis=1)


def multi_head_attention__sequence_by_sequence(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    Q, K, V = split_heads(x @ W_q, num_heads), split_heads(x @ W_k, num_heads), split_heads(x @ W_v, num_heads)
    pairs = []
    for row in range(x.shape[0]):
        own = mask if mask is None or len(mask.shape) == 2 else mask[row]
        pairs.append(scaled_dot_product_attention(Q[row], K[row], V[row], own))
    output = merge_heads(tf.stack([one for one, _ in pairs]))
    return [output @ W_o, tf.stack([two for _, two in pairs])]


def multi_head_attention__heads_in_the_batch(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    batch, time, _ = x.shape
    Q, K, V = (tf.concat(tf.split(x @ W, num_heads, axis=2), axis=0) for W in (W_q, W_k, W_v))
    if mask is not None and len(mask.shape) == 3:
        mask = tf.tile(mask, (num_heads, 1, 1))
    output, weights = scaled_dot_product_attention(Q, K, V, mask)
    weights = tf.transpose(tf.reshape(weights, (num_heads, batch, time, time)), (1, 0, 2, 3))
    return tf.concat(tf.split(output, num_heads, axis=0), axis=2) @ W_o, weights


def multi_head_attention__minus_infinity(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    from keras import ops

    Q, K, V = (split_heads(ops.matmul(x, W), num_heads) for W in (W_q, W_k, W_v))
    scores = ops.matmul(Q, ops.transpose(K, (0, 1, 3, 2))) / ops.sqrt(float(Q.shape[-1]))
    if mask is not None:
        full = mask[None] if len(mask.shape) == 2 else mask
        scores = ops.where(ops.expand_dims(full, 1), scores, -np.inf)
    weights = ops.softmax(scores, axis=-1)
    return ops.matmul(merge_heads(ops.matmul(weights, V)), W_o), weights


def multi_head_attention__one_product_for_all(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    joined = tf.matmul(x, tf.concat([W_q, W_k, W_v], axis=1))
    Q, K, V = (split_heads(part, num_heads) for part in tf.split(joined, 3, axis=-1))
    if mask is not None:
        mask = tf.broadcast_to(mask, (x.shape[0], x.shape[1], x.shape[1]))
        mask = tf.repeat(mask[:, None], num_heads, axis=1)
    output, weights = scaled_dot_product_attention(Q, K, V, mask=mask)
    return tf.tensordot(merge_heads(output), W_o, axes=1), weights


# 6.1 cross_attention


def cross_attention__head_by_head(x, memory, W_q, W_k, W_v, W_o, num_heads, mask=None):
    blocks = [tf.split(one @ W, num_heads, axis=-1) for one, W in ((x, W_q), (memory, W_k), (memory, W_v))]
    pairs = [scaled_dot_product_attention(q, k, v, mask) for q, k, v in zip(*blocks, strict=True)]
    return tf.concat([pair[0] for pair in pairs], axis=-1) @ W_o, tf.stack([pair[1] for pair in pairs], axis=1)


def cross_attention__einsum(x, memory, W_q, W_k, W_v, W_o, num_heads, mask=None):
    d_model = x.shape[-1]
    W_q, W_k, W_v = (tf.reshape(W, (d_model, num_heads, -1)) for W in (W_q, W_k, W_v))
    scores = tf.einsum("bqd,dhk,bse,ehk->bhqs", x, W_q, memory, W_k, optimize="optimal")
    scores /= np.sqrt(d_model // num_heads).astype("float32")
    if mask is not None:
        mask = tf.cast(mask if len(mask.shape) == 2 else tf.expand_dims(mask, 1), tf.float32)
        scores = scores - 1e9 * (1.0 - mask)
    weights = tf.exp(tf.nn.log_softmax(scores))
    mixed = tf.einsum("bhqs,bsd,dhk->bqhk", weights, memory, W_v)
    return tf.reshape(mixed, x.shape) @ W_o, weights


def cross_attention__attends_in_both_and_cuts(x, memory, W_q, W_k, W_v, W_o, num_heads, mask=None):
    """Multi-head attention over x and memory side by side, in which everybody sees memory only."""
    queries, keys = x.shape[1], memory.shape[1]
    both = tf.concat([x, memory], axis=1)
    inner = tf.ones((queries, keys), dtype=bool) if mask is None else mask
    inner = tf.broadcast_to(inner, (x.shape[0], queries, keys))
    top = tf.concat([tf.zeros((x.shape[0], queries, queries), dtype=bool), inner], axis=2)
    rest = tf.ones((x.shape[0], keys, queries + keys), dtype=bool)
    whole = tf.concat([top, rest], axis=1)
    output, weights = right.multi_head_attention(both, W_q, W_k, W_v, W_o, num_heads, whole)
    return output[:, :queries], weights[:, :, :queries, queries:]


def cross_attention__named_arguments(x, memory, W_q, W_k, W_v, W_o, num_heads, mask=None):
    Q, K, V = (
        split_heads(x=tf.linalg.matmul(one, W), num_heads=num_heads)
        for one, W in zip((x, memory, memory), (W_q, W_k, W_v), strict=True)
    )
    if mask is not None and tf.rank(mask) == 3:
        mask = tf.expand_dims(mask, axis=1)
    output, weights = scaled_dot_product_attention(Q=Q, K=K, V=V, mask=mask)
    return tf.linalg.matmul(merge_heads(x=output), W_o), weights


# 8.2 attend_next


def attend_next__first_position_apart(x_t, keys, values, W_q, W_k, W_v, W_o, num_heads):
    q, k, v = (split_heads(x_t @ W, num_heads) for W in (W_q, W_k, W_v))
    if keys.shape[2] == 0:
        return merge_heads(v) @ W_o, k, v
    keys, values = tf.concat((keys, k), 2), tf.concat((values, v), 2)
    output, _ = scaled_dot_product_attention(q, keys, values)
    return merge_heads(output) @ W_o, keys, values


def attend_next__numpy(x_t, keys, values, W_q, W_k, W_v, W_o, num_heads):
    batch, heads, _, width = keys.shape
    q, k, v = (np.asarray(x_t @ W).reshape(batch, heads, 1, width) for W in (W_q, W_k, W_v))
    keys, values = np.concatenate([keys, k], axis=2), np.concatenate([values, v], axis=2)
    scores = q @ keys.swapaxes(2, 3) / np.sqrt(width)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    mixed = powers @ values / powers.sum(axis=-1, keepdims=True)
    return mixed.reshape(batch, 1, heads * width) @ np.asarray(W_o), keys, values


def attend_next__padded(x_t, keys, values, W_q, W_k, W_v, W_o, num_heads):
    one_more = [[0, 0], [0, 0], [0, 1], [0, 0]]
    q, k, v = (split_heads(x_t @ W, num_heads) for W in (W_q, W_k, W_v))
    last = tf.one_hot(keys.shape[2], keys.shape[2] + 1)[:, None]
    keys, values = tf.pad(keys, one_more) + last * k, tf.pad(values, one_more) + last * v
    output, _ = scaled_dot_product_attention(q, keys, values, tf.ones((1, keys.shape[2]), dtype=bool))
    return [merge_heads(output) @ W_o, keys, values]


def attend_next__keras_ops(x_t, keys, values, W_q, W_k, W_v, W_o, num_heads):
    from keras import ops

    q, k, v = (ops.expand_dims(ops.reshape(x_t @ W, (len(x_t), num_heads, -1)), 2) for W in (W_q, W_k, W_v))
    keys, values = ops.concatenate([keys, k], axis=2), ops.concatenate([values, v], axis=-2)
    weights = ops.softmax(ops.sum(q * keys, axis=-1) / ops.sqrt(q.shape[-1]), axis=-1)
    output = ops.sum(weights[..., None] * values, axis=2)
    return ops.matmul(ops.reshape(output, x_t.shape), W_o), keys, values
