"""The classic wrong answers of lab 3: attention in several heads, across two sequences, and with a cache.

A name says all (`listed`): `multi_head_attention__no_W_o` must earn the hint `no_W_o`.

Where a function calls an earlier exercise, it calls the right one, of `borrowed_heads`.
"""

import numpy as np

from checks.late import tf
from checks.mistakes.lab3_attention.borrowed_heads import right

split_heads, merge_heads = right.split_heads, right.merge_heads
scaled_dot_product_attention = right.scaled_dot_product_attention


def _project(x, W_q, W_k, W_v, num_heads):
    return [split_heads(tf.matmul(x, W), num_heads) for W in (W_q, W_k, W_v)]


def _with_heads(mask):
    return mask[:, None] if mask is not None and len(mask.shape) == 3 else mask


def _own_attention(Q, K, V, mask, divisor=None, axis=-1):
    """Attend as scaled_dot_product_attention does, but for one thing."""
    scores = tf.matmul(Q, K, transpose_b=True) / (np.sqrt(Q.shape[-1]) if divisor is None else divisor)
    if mask is not None:
        scores = tf.where(mask, scores, -1e9)
    weights = tf.nn.softmax(scores, axis=axis)
    return tf.matmul(weights, V), weights


# 3.3 multi_head_attention


def multi_head_attention__not_differentiable(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    Q, K, V = _project(x, W_q, W_k, W_v, num_heads)
    output, weights = scaled_dot_product_attention(Q, K, V, _with_heads(mask))
    return np.matmul(merge_heads(output), W_o), weights


def multi_head_attention__not_differentiable__one_matrix(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    output, weights = right.multi_head_attention(x, W_q, tf.constant(W_k.numpy()), W_v, W_o, num_heads, mask)
    return output, weights


def multi_head_attention__gradient_not_finite(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    Q, K, V = _project(x, W_q, W_k, W_v, num_heads)
    _, weights = scaled_dot_product_attention(Q, K, V, _with_heads(mask))
    weights = tf.exp(tf.math.log(weights))
    return tf.matmul(merge_heads(tf.matmul(weights, V)), W_o), weights


def multi_head_attention__order(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    output, weights = right.multi_head_attention(x, W_q, W_k, W_v, W_o, num_heads, mask)
    return weights, output


def multi_head_attention__only_output(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    Q, K, V = _project(x, W_q, W_k, W_v, num_heads)
    output, _ = scaled_dot_product_attention(Q, K, V, _with_heads(mask))
    return tf.matmul(merge_heads(output), W_o)


def multi_head_attention__no_W_o(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    Q, K, V = _project(x, W_q, W_k, W_v, num_heads)
    output, weights = scaled_dot_product_attention(Q, K, V, _with_heads(mask))
    return merge_heads(output), weights


def multi_head_attention__W_o_early(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    Q, K, V = _project(x, W_q, W_k, tf.matmul(W_v, W_o), num_heads)
    output, weights = scaled_dot_product_attention(Q, K, V, _with_heads(mask))
    return merge_heads(output), weights


def multi_head_attention__raises__W_o_of_each_head(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    Q, K, V = _project(x, W_q, W_k, W_v, num_heads)
    output, weights = scaled_dot_product_attention(Q, K, V, _with_heads(mask))
    return merge_heads(tf.matmul(output, W_o)), weights


def multi_head_attention__raises__W_o_on_the_weights(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    Q, K, V = _project(x, W_q, W_k, W_v, num_heads)
    output, weights = scaled_dot_product_attention(Q, K, V, _with_heads(mask))
    return merge_heads(output), tf.matmul(weights, W_o)


def multi_head_attention__transposed(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    W_q, W_k, W_v, W_o = (tf.transpose(W) for W in (W_q, W_k, W_v, W_o))
    return right.multi_head_attention(x, W_q, W_k, W_v, W_o, num_heads, mask)


def multi_head_attention__transposed__all_but_W_o(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    Q, K, V = (split_heads(tf.matmul(x, W, transpose_b=True), num_heads) for W in (W_q, W_k, W_v))
    output, weights = scaled_dot_product_attention(Q, K, V, _with_heads(mask))
    return tf.matmul(merge_heads(output), W_o), weights


def multi_head_attention__transposed__W_o(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    Q, K, V = _project(x, W_q, W_k, W_v, num_heads)
    output, weights = scaled_dot_product_attention(Q, K, V, _with_heads(mask))
    return tf.matmul(merge_heads(output), W_o, transpose_b=True), weights


def multi_head_attention__one_head(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    Q, K, V = _project(x, W_q, W_k, W_v, 1)
    output, weights = scaled_dot_product_attention(Q, K, V, _with_heads(mask))
    return tf.matmul(merge_heads(output), W_o), weights


def multi_head_attention__one_head__copied(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    output, weights = scaled_dot_product_attention(
        *(tf.matmul(x, W)[:, None] for W in (W_q, W_k, W_v)), _with_heads(mask)
    )
    return tf.matmul(output[:, 0], W_o), tf.repeat(weights, num_heads, axis=1)


def multi_head_attention__reshaped(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    batch, time, _ = x.shape
    Q, K, V = (tf.reshape(tf.matmul(x, W), (batch, num_heads, time, -1)) for W in (W_q, W_k, W_v))
    output, weights = scaled_dot_product_attention(Q, K, V, _with_heads(mask))
    return tf.matmul(merge_heads(output), W_o), weights


def multi_head_attention__reshaped__merge(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    Q, K, V = _project(x, W_q, W_k, W_v, num_heads)
    output, weights = scaled_dot_product_attention(Q, K, V, _with_heads(mask))
    return tf.matmul(tf.reshape(output, x.shape), W_o), weights


def multi_head_attention__reshaped__both(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    batch, time, _ = x.shape
    Q, K, V = (tf.reshape(tf.matmul(x, W), (batch, num_heads, time, -1)) for W in (W_q, W_k, W_v))
    output, weights = scaled_dot_product_attention(Q, K, V, _with_heads(mask))
    return tf.matmul(tf.reshape(output, x.shape), W_o), weights


def multi_head_attention__interleaved(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    batch, time, _ = x.shape
    Q, K, V = (tf.reshape(tf.matmul(x, W), (batch, time, -1, num_heads)) for W in (W_q, W_k, W_v))
    Q, K, V = (tf.transpose(one, (0, 3, 1, 2)) for one in (Q, K, V))
    output, weights = scaled_dot_product_attention(Q, K, V, _with_heads(mask))
    return tf.matmul(tf.reshape(tf.transpose(output, (0, 2, 3, 1)), x.shape), W_o), weights


def multi_head_attention__scale_d_model(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    Q, K, V = _project(x, W_q, W_k, W_v, num_heads)
    output, weights = _own_attention(Q, K, V, _with_heads(mask), divisor=np.sqrt(x.shape[-1]))
    return tf.matmul(merge_heads(output), W_o), weights


def multi_head_attention__no_scale(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    Q, K, V = _project(x, W_q, W_k, W_v, num_heads)
    output, weights = _own_attention(Q, K, V, _with_heads(mask), divisor=1.0)
    return tf.matmul(merge_heads(output), W_o), weights


def multi_head_attention__scale_no_root(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    Q, K, V = _project(x, W_q, W_k, W_v, num_heads)
    output, weights = _own_attention(Q, K, V, _with_heads(mask), divisor=Q.shape[-1])
    return tf.matmul(merge_heads(output), W_o), weights


def multi_head_attention__scale_no_root__twice(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    Q, K, V = _project(x, W_q, W_k, W_v, num_heads)
    output, weights = scaled_dot_product_attention(Q / np.sqrt(Q.shape[-1]), K, V, _with_heads(mask))
    return tf.matmul(merge_heads(output), W_o), weights


def multi_head_attention__softmax_queries(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    Q, K, V = _project(x, W_q, W_k, W_v, num_heads)
    output, weights = _own_attention(Q, K, V, _with_heads(mask), axis=-2)
    return tf.matmul(merge_heads(output), W_o), weights


def multi_head_attention__softmax_heads(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    Q, K, V = _project(x, W_q, W_k, W_v, num_heads)
    output, weights = _own_attention(Q, K, V, _with_heads(mask), axis=1)
    return tf.matmul(merge_heads(output), W_o), weights


def multi_head_attention__q_k_swapped(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    K, Q, V = _project(x, W_q, W_k, W_v, num_heads)
    output, weights = scaled_dot_product_attention(Q, K, V, _with_heads(mask))
    return tf.matmul(merge_heads(output), W_o), weights


def multi_head_attention__q_k_swapped__arguments(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    Q, K, V = _project(x, W_q, W_k, W_v, num_heads)
    output, weights = scaled_dot_product_attention(K, Q, V, _with_heads(mask))
    return tf.matmul(merge_heads(output), W_o), weights


def multi_head_attention__same_matrix(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    Q = K = V = split_heads(tf.matmul(x, W_q), num_heads)
    output, weights = scaled_dot_product_attention(Q, K, V, _with_heads(mask))
    return tf.matmul(merge_heads(output), W_o), weights


def multi_head_attention__k_is_q(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    Q = split_heads(tf.matmul(x, W_q), num_heads)
    K = split_heads(tf.matmul(x, W_q), num_heads)
    V = split_heads(tf.matmul(x, W_v), num_heads)
    output, weights = scaled_dot_product_attention(Q, K, V, _with_heads(mask))
    return tf.matmul(merge_heads(output), W_o), weights


def multi_head_attention__v_is_k(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    Q, K, _ = _project(x, W_q, W_k, W_v, num_heads)
    output, weights = scaled_dot_product_attention(Q, K, K, _with_heads(mask))
    return tf.matmul(merge_heads(output), W_o), weights


def multi_head_attention__v_is_q(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    return right.multi_head_attention(x, W_q, W_k, W_q, W_o, num_heads, mask)


def multi_head_attention__no_W_v(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    Q, K, _ = _project(x, W_q, W_k, W_v, num_heads)
    output, weights = scaled_dot_product_attention(Q, K, split_heads(x, num_heads), _with_heads(mask))
    return tf.matmul(merge_heads(output), W_o), weights


def multi_head_attention__no_projections(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    heads = split_heads(x, num_heads)
    output, weights = scaled_dot_product_attention(heads, heads, heads, _with_heads(mask))
    return tf.matmul(merge_heads(output), W_o), weights


def multi_head_attention__mask_ignored(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    output, weights = scaled_dot_product_attention(*_project(x, W_q, W_k, W_v, num_heads))
    return tf.matmul(merge_heads(output), W_o), weights


def multi_head_attention__mask_inverted(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    if mask is not None:
        mask = ~_with_heads(mask)
    output, weights = scaled_dot_product_attention(*_project(x, W_q, W_k, W_v, num_heads), mask)
    return tf.matmul(merge_heads(output), W_o), weights


def multi_head_attention__mask_no_axis(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    output, weights = scaled_dot_product_attention(*_project(x, W_q, W_k, W_v, num_heads), mask)
    return tf.matmul(merge_heads(output), W_o), weights


def multi_head_attention__mask_no_axis__in_front(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    if mask is not None:
        mask = mask[None]
    output, weights = scaled_dot_product_attention(*_project(x, W_q, W_k, W_v, num_heads), mask)
    return tf.matmul(merge_heads(output), W_o), weights


def multi_head_attention__mask_axis_late(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    if mask is not None and len(mask.shape) == 3:
        mask = mask[:, :, None]
    output, weights = scaled_dot_product_attention(*_project(x, W_q, W_k, W_v, num_heads), mask)
    return tf.matmul(merge_heads(output), W_o), weights


def multi_head_attention__mask_axis_last(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    if mask is not None and len(mask.shape) == 3:
        mask = mask[..., None]
    output, weights = scaled_dot_product_attention(*_project(x, W_q, W_k, W_v, num_heads), mask)
    return tf.matmul(merge_heads(output), W_o), weights


def multi_head_attention__mask_axis_always(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    if mask is not None:
        mask = tf.expand_dims(mask, 1)
    output, weights = scaled_dot_product_attention(*_project(x, W_q, W_k, W_v, num_heads), mask)
    return tf.matmul(merge_heads(output), W_o), weights


def multi_head_attention__mask_transposed(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    if mask is not None:
        mask = tf.linalg.matrix_transpose(_with_heads(mask))
    output, weights = scaled_dot_product_attention(*_project(x, W_q, W_k, W_v, num_heads), mask)
    return tf.matmul(merge_heads(output), W_o), weights


def _is_padding(mask):
    return mask is not None and len(mask.shape) == 3 and mask.shape[1] == 1


def multi_head_attention__rows_masked(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    if _is_padding(mask):
        mask = mask & tf.transpose(mask, (0, 2, 1))
    return right.multi_head_attention(x, W_q, W_k, W_v, W_o, num_heads, mask)


def multi_head_attention__rows_masked__weights_zero(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    Q, K, V = _project(x, W_q, W_k, W_v, num_heads)
    _, weights = scaled_dot_product_attention(Q, K, V, _with_heads(mask))
    if _is_padding(mask):
        weights *= tf.cast(mask[:, 0, None, :, None], "float32")
    return tf.matmul(merge_heads(tf.matmul(weights, V)), W_o), weights


def multi_head_attention__rows_masked__output_zero(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    output, weights = right.multi_head_attention(x, W_q, W_k, W_v, W_o, num_heads, mask)
    return (tf.where(mask[:, 0, :, None], output, 0.0) if _is_padding(mask) else output), weights


def multi_head_attention__weights_averaged(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    output, weights = right.multi_head_attention(x, W_q, W_k, W_v, W_o, num_heads, mask)
    return output, tf.reduce_mean(weights, axis=1)


def multi_head_attention__weights_transposed(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    output, weights = right.multi_head_attention(x, W_q, W_k, W_v, W_o, num_heads, mask)
    return output, tf.transpose(weights, (0, 1, 3, 2))


def multi_head_attention__residual(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    output, weights = right.multi_head_attention(x, W_q, W_k, W_v, W_o, num_heads, mask)
    return x + output, weights


def multi_head_attention__raises__not_merged(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    Q, K, V = _project(x, W_q, W_k, W_v, num_heads)
    output, weights = scaled_dot_product_attention(Q, K, V, _with_heads(mask))
    return tf.matmul(output, W_o), weights


def multi_head_attention__raises__loop_over_the_batch(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    outputs = [right.multi_head_attention(row, W_q, W_k, W_v, W_o, num_heads, mask)[0] for row in x]
    return tf.stack(outputs), None


def multi_head_attention__type__weights_missing(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    return right.multi_head_attention(x, W_q, W_k, W_v, W_o, num_heads, mask)[0], None


def multi_head_attention__value__mask_of_the_first(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    if mask is not None and len(mask.shape) == 3:
        mask = tf.repeat(mask[:1], len(x), axis=0)
    return right.multi_head_attention(x, W_q, W_k, W_v, W_o, num_heads, mask)


def multi_head_attention__shape__first_head_only(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    output, weights = right.multi_head_attention(x, W_q, W_k, W_v, W_o, num_heads, mask)
    return output, weights[:, 0]


def multi_head_attention__finite__nothing_left(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    output, weights = right.multi_head_attention(x, W_q, W_k, W_v, W_o, num_heads, mask)
    return output, weights / tf.zeros_like(weights)


def multi_head_attention__zeros(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    return tf.zeros_like(x), tf.zeros((x.shape[0], num_heads, x.shape[1], x.shape[1]))


def multi_head_attention__constant(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    return tf.ones_like(x), tf.ones((x.shape[0], num_heads, x.shape[1], x.shape[1]))


def multi_head_attention__echo(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    return x, x


# 6.1 cross_attention


def _across(asks, keys, values, W_q, W_k, W_v, W_o, num_heads, mask):  # noqa: PLR0917
    Q, K, V = (split_heads(tf.matmul(one, W), num_heads) for one, W in ((asks, W_q), (keys, W_k), (values, W_v)))
    output, weights = scaled_dot_product_attention(Q, K, V, mask)
    return tf.matmul(merge_heads(output), W_o), weights


def cross_attention__not_differentiable(x, memory, W_q, W_k, W_v, W_o, num_heads, mask=None):
    memory = np.asarray(memory)
    return right.cross_attention(x, memory, W_q, W_k, W_v, W_o, num_heads, mask)


def cross_attention__gradient_not_finite(x, memory, W_q, W_k, W_v, W_o, num_heads, mask=None):
    Q = split_heads(tf.matmul(x, W_q), num_heads)
    K, V = (split_heads(tf.matmul(memory, W), num_heads) for W in (W_k, W_v))
    _, weights = scaled_dot_product_attention(Q, K, V, _with_heads(mask))
    weights = tf.exp(tf.math.log(weights))
    return tf.matmul(merge_heads(tf.matmul(weights, V)), W_o), weights


def cross_attention__order(x, memory, W_q, W_k, W_v, W_o, num_heads, mask=None):
    return right.cross_attention(x, memory, W_q, W_k, W_v, W_o, num_heads, mask)[::-1]


def cross_attention__only_output(x, memory, W_q, W_k, W_v, W_o, num_heads, mask=None):
    return right.cross_attention(x, memory, W_q, W_k, W_v, W_o, num_heads, mask)[0]


def cross_attention__swapped(x, memory, W_q, W_k, W_v, W_o, num_heads, mask=None):
    return _across(memory, x, x, W_q, W_k, W_v, W_o, num_heads, _with_heads(mask))


def cross_attention__only_x(x, memory, W_q, W_k, W_v, W_o, num_heads, mask=None):
    return right.multi_head_attention(x, W_q, W_k, W_v, W_o, num_heads, mask)


def cross_attention__only_memory(x, memory, W_q, W_k, W_v, W_o, num_heads, mask=None):
    return right.multi_head_attention(memory, W_q, W_k, W_v, W_o, num_heads, mask)


def cross_attention__values_from_x(x, memory, W_q, W_k, W_v, W_o, num_heads, mask=None):
    return _across(x, memory, x, W_q, W_k, W_v, W_o, num_heads, _with_heads(mask))


def cross_attention__keys_from_x(x, memory, W_q, W_k, W_v, W_o, num_heads, mask=None):
    return _across(x, x, memory, W_q, W_k, W_v, W_o, num_heads, _with_heads(mask))


def cross_attention__queries_from_memory(x, memory, W_q, W_k, W_v, W_o, num_heads, mask=None):
    return _across(memory, memory, x, W_q, W_k, W_v, W_o, num_heads, _with_heads(mask))


def cross_attention__no_W_o(x, memory, W_q, W_k, W_v, W_o, num_heads, mask=None):
    Q = split_heads(tf.matmul(x, W_q), num_heads)
    K, V = (split_heads(tf.matmul(memory, W), num_heads) for W in (W_k, W_v))
    output, weights = scaled_dot_product_attention(Q, K, V, _with_heads(mask))
    return merge_heads(output), weights


def cross_attention__transposed(x, memory, W_q, W_k, W_v, W_o, num_heads, mask=None):
    W_q, W_k, W_v, W_o = (tf.transpose(W) for W in (W_q, W_k, W_v, W_o))
    return right.cross_attention(x, memory, W_q, W_k, W_v, W_o, num_heads, mask)


def cross_attention__one_head(x, memory, W_q, W_k, W_v, W_o, num_heads, mask=None):
    return right.cross_attention(x, memory, W_q, W_k, W_v, W_o, 1, mask)


def cross_attention__one_head__copied(x, memory, W_q, W_k, W_v, W_o, num_heads, mask=None):
    output, weights = right.cross_attention(x, memory, W_q, W_k, W_v, W_o, 1, mask)
    return output, tf.tile(weights, (1, num_heads, 1, 1))


def cross_attention__v_is_k(x, memory, W_q, W_k, W_v, W_o, num_heads, mask=None):
    return right.cross_attention(x, memory, W_q, W_k, W_k, W_o, num_heads, mask)


def cross_attention__mask_ignored(x, memory, W_q, W_k, W_v, W_o, num_heads, mask=None):
    return _across(x, memory, memory, W_q, W_k, W_v, W_o, num_heads, None)


def cross_attention__mask_inverted(x, memory, W_q, W_k, W_v, W_o, num_heads, mask=None):
    mask = None if mask is None else tf.logical_not(_with_heads(mask))
    return _across(x, memory, memory, W_q, W_k, W_v, W_o, num_heads, mask)


def cross_attention__mask_no_axis(x, memory, W_q, W_k, W_v, W_o, num_heads, mask=None):
    return _across(x, memory, memory, W_q, W_k, W_v, W_o, num_heads, mask)


def cross_attention__mask_axis_late(x, memory, W_q, W_k, W_v, W_o, num_heads, mask=None):
    if mask is not None and len(mask.shape) == 3:
        mask = mask[:, :, None]
    return _across(x, memory, memory, W_q, W_k, W_v, W_o, num_heads, mask)


def cross_attention__mask_axis_always(x, memory, W_q, W_k, W_v, W_o, num_heads, mask=None):
    mask = None if mask is None else mask[:, None]
    return _across(x, memory, memory, W_q, W_k, W_v, W_o, num_heads, mask)


def cross_attention__mask_transposed(x, memory, W_q, W_k, W_v, W_o, num_heads, mask=None):
    mask = None if mask is None else tf.linalg.matrix_transpose(_with_heads(mask))
    return _across(x, memory, memory, W_q, W_k, W_v, W_o, num_heads, mask)


def cross_attention__raises__joined(x, memory, W_q, W_k, W_v, W_o, num_heads, mask=None):
    both = tf.concat([x, memory], axis=2)
    return right.multi_head_attention(both, W_q, W_k, W_v, W_o, num_heads, mask)


def cross_attention__shape__one_sequence(x, memory, W_q, W_k, W_v, W_o, num_heads, mask=None):
    output, weights = right.cross_attention(x, memory, W_q, W_k, W_v, W_o, num_heads, mask)
    return output[0], weights[0]


def cross_attention__value__k_is_q(x, memory, W_q, W_k, W_v, W_o, num_heads, mask=None):
    return right.cross_attention(x, memory, W_q, W_q, W_v, W_o, num_heads, mask)


def cross_attention__zeros(x, memory, W_q, W_k, W_v, W_o, num_heads, mask=None):
    return tf.zeros_like(x), tf.zeros((x.shape[0], num_heads, x.shape[1], memory.shape[1]))


def cross_attention__constant(x, memory, W_q, W_k, W_v, W_o, num_heads, mask=None):
    return tf.ones_like(x), tf.ones((x.shape[0], num_heads, x.shape[1], memory.shape[1]))


def cross_attention__echo(x, memory, W_q, W_k, W_v, W_o, num_heads, mask=None):
    return x, memory


# 8.2 attend_next


def _next(x_t, W_q, W_k, W_v, num_heads):
    return [split_heads(tf.matmul(x_t, W), num_heads) for W in (W_q, W_k, W_v)]


def _out(q, keys, values, W_o):
    return tf.matmul(merge_heads(scaled_dot_product_attention(q, keys, values)[0]), W_o)


def attend_next__order(x_t, keys, values, W_q, W_k, W_v, W_o, num_heads):
    output, keys, values = right.attend_next(x_t, keys, values, W_q, W_k, W_v, W_o, num_heads)
    return keys, values, output


def attend_next__only_output(x_t, keys, values, W_q, W_k, W_v, W_o, num_heads):
    return right.attend_next(x_t, keys, values, W_q, W_k, W_v, W_o, num_heads)[0]


def attend_next__not_appended(x_t, keys, values, W_q, W_k, W_v, W_o, num_heads):
    q, _, _ = _next(x_t, W_q, W_k, W_v, num_heads)
    return _out(q, keys, values, W_o), keys, values


def attend_next__past_only(x_t, keys, values, W_q, W_k, W_v, W_o, num_heads):
    q, k, v = _next(x_t, W_q, W_k, W_v, num_heads)
    output = _out(q, keys, values, W_o)
    return output, tf.concat([keys, k], axis=2), tf.concat([values, v], axis=2)


def attend_next__cache_unchanged(x_t, keys, values, W_q, W_k, W_v, W_o, num_heads):
    q, k, v = _next(x_t, W_q, W_k, W_v, num_heads)
    return _out(q, tf.concat([keys, k], axis=2), tf.concat([values, v], axis=2), W_o), keys, values


def attend_next__only_itself(x_t, keys, values, W_q, W_k, W_v, W_o, num_heads):
    q, k, v = _next(x_t, W_q, W_k, W_v, num_heads)
    return _out(q, k, v, W_o), tf.concat([keys, k], axis=2), tf.concat([values, v], axis=2)


def attend_next__only_new_kept(x_t, keys, values, W_q, W_k, W_v, W_o, num_heads):
    q, k, v = _next(x_t, W_q, W_k, W_v, num_heads)
    return _out(q, tf.concat([keys, k], axis=2), tf.concat([values, v], axis=2), W_o), k, v


def attend_next__only_new_kept__attended(x_t, keys, values, W_q, W_k, W_v, W_o, num_heads):
    q, keys, values = _next(x_t, W_q, W_k, W_v, num_heads)
    return _out(q, keys, values, W_o), keys, values


def attend_next__at_the_front(x_t, keys, values, W_q, W_k, W_v, W_o, num_heads):
    q, k, v = _next(x_t, W_q, W_k, W_v, num_heads)
    keys, values = tf.concat([k, keys], axis=2), tf.concat([v, values], axis=2)
    return _out(q, keys, values, W_o), keys, values


def attend_next__in_the_batch(x_t, keys, values, W_q, W_k, W_v, W_o, num_heads):
    q, k, v = _next(x_t, W_q, W_k, W_v, num_heads)
    keys, values = tf.concat([keys, k], axis=0), tf.concat([values, v], axis=0)
    return _out(q, keys, values, W_o), keys, values


def attend_next__in_the_batch__not_attended(x_t, keys, values, W_q, W_k, W_v, W_o, num_heads):
    q, k, v = _next(x_t, W_q, W_k, W_v, num_heads)
    return _out(q, keys, values, W_o), tf.concat([keys, k], axis=0), tf.concat([values, v], axis=0)


def attend_next__raises__axis_of_the_heads(x_t, keys, values, W_q, W_k, W_v, W_o, num_heads):
    q, k, v = _next(x_t, W_q, W_k, W_v, num_heads)
    keys, values = tf.concat([keys, k], axis=1), tf.concat([values, v], axis=1)
    return _out(q, keys, values, W_o), keys, values


def attend_next__raises__last_axis(x_t, keys, values, W_q, W_k, W_v, W_o, num_heads):
    q, k, v = _next(x_t, W_q, W_k, W_v, num_heads)
    keys, values = tf.concat([keys, k], axis=-1), tf.concat([values, v], axis=-1)
    return _out(q, keys, values, W_o), keys, values


def attend_next__raises__appended_as_to_a_list(x_t, keys, values, W_q, W_k, W_v, W_o, num_heads):
    q, k, v = _next(x_t, W_q, W_k, W_v, num_heads)
    keys.append(k)
    values.append(v)
    return _out(q, keys, values, W_o), keys, values


def attend_next__raises__only_keys_appended(x_t, keys, values, W_q, W_k, W_v, W_o, num_heads):
    q, k, _ = _next(x_t, W_q, W_k, W_v, num_heads)
    keys = tf.concat([keys, k], axis=2)
    return _out(q, keys, values, W_o), keys, values


def attend_next__raises__not_split(x_t, keys, values, W_q, W_k, W_v, W_o, num_heads):
    q, k, v = (tf.matmul(x_t, W) for W in (W_q, W_k, W_v))
    keys, values = tf.concat([keys, k], axis=2), tf.concat([values, v], axis=2)
    return _out(q, keys, values, W_o), keys, values


def attend_next__swapped(x_t, keys, values, W_q, W_k, W_v, W_o, num_heads):
    output, keys, values = right.attend_next(x_t, keys, values, W_q, W_k, W_v, W_o, num_heads)
    return output, values, keys


def attend_next__swapped__attended(x_t, keys, values, W_q, W_k, W_v, W_o, num_heads):
    q, k, v = _next(x_t, W_q, W_k, W_v, num_heads)
    keys, values = tf.concat([keys, k], axis=2), tf.concat([values, v], axis=2)
    return _out(q, values, keys, W_o), keys, values


def attend_next__swapped__both(x_t, keys, values, W_q, W_k, W_v, W_o, num_heads):
    q, k, v = _next(x_t, W_q, W_k, W_v, num_heads)
    values, keys = tf.concat([keys, k], axis=2), tf.concat([values, v], axis=2)
    return _out(q, keys, values, W_o), keys, values


def attend_next__swapped__matrices(x_t, keys, values, W_q, W_k, W_v, W_o, num_heads):
    return right.attend_next(x_t, keys, values, W_q, W_v, W_k, W_o, num_heads)


def attend_next__cache_merged(x_t, keys, values, W_q, W_k, W_v, W_o, num_heads):
    output, keys, values = right.attend_next(x_t, keys, values, W_q, W_k, W_v, W_o, num_heads)
    return output, merge_heads(keys), merge_heads(values)


def attend_next__causal(x_t, keys, values, W_q, W_k, W_v, W_o, num_heads):
    q, k, v = _next(x_t, W_q, W_k, W_v, num_heads)
    keys, values = tf.concat([keys, k], axis=2), tf.concat([values, v], axis=2)
    length = keys.shape[2]
    output, _ = scaled_dot_product_attention(q, keys, values, np.tril(np.ones((length, length), dtype=bool)))
    return tf.matmul(merge_heads(output), W_o), keys, values


def attend_next__no_W_o(x_t, keys, values, W_q, W_k, W_v, W_o, num_heads):
    return right.attend_next(x_t, keys, values, W_q, W_k, W_v, tf.eye(W_o.shape[0]), num_heads)


def attend_next__no_matrices(x_t, keys, values, W_q, W_k, W_v, W_o, num_heads):
    q, new = split_heads(tf.matmul(x_t, W_q), num_heads), split_heads(x_t, num_heads)
    keys, values = tf.concat([keys, new], axis=2), tf.concat([values, new], axis=2)
    return _out(q, keys, values, W_o), keys, values


def attend_next__v_is_k(x_t, keys, values, W_q, W_k, W_v, W_o, num_heads):
    return right.attend_next(x_t, keys, values, W_q, W_k, W_k, W_o, num_heads)


def attend_next__q_k_swapped(x_t, keys, values, W_q, W_k, W_v, W_o, num_heads):
    return right.attend_next(x_t, keys, values, W_k, W_q, W_v, W_o, num_heads)


def attend_next__scale_d_model(x_t, keys, values, W_q, W_k, W_v, W_o, num_heads):
    q, k, v = _next(x_t, W_q, W_k, W_v, num_heads)
    keys, values = tf.concat([keys, k], axis=2), tf.concat([values, v], axis=2)
    output, _ = _own_attention(q, keys, values, None, divisor=np.sqrt(x_t.shape[-1]))
    return tf.matmul(merge_heads(output), W_o), keys, values


def attend_next__no_scale(x_t, keys, values, W_q, W_k, W_v, W_o, num_heads):
    q, k, v = _next(x_t, W_q, W_k, W_v, num_heads)
    keys, values = tf.concat([keys, k], axis=2), tf.concat([values, v], axis=2)
    output, _ = _own_attention(q, keys, values, None, divisor=1.0)
    return tf.matmul(merge_heads(output), W_o), keys, values


def attend_next__type__weights_too(x_t, keys, values, W_q, W_k, W_v, W_o, num_heads):
    output, keys, values = right.attend_next(x_t, keys, values, W_q, W_k, W_v, W_o, num_heads)
    return (output, output), keys, values, None


def attend_next__shape__no_time(x_t, keys, values, W_q, W_k, W_v, W_o, num_heads):
    output, keys, values = right.attend_next(x_t, keys, values, W_q, W_k, W_v, W_o, num_heads)
    return output[:, 0], keys, values


def attend_next__value__last_one_only(x_t, keys, values, W_q, W_k, W_v, W_o, num_heads):
    q, k, v = _next(x_t, W_q, W_k, W_v, num_heads)
    longer_k, longer_v = tf.concat([keys, k], axis=2), tf.concat([values, v], axis=2)
    return _out(q, longer_k[:, :, -2:], longer_v[:, :, -2:], W_o), longer_k, longer_v


def attend_next__zeros(x_t, keys, values, W_q, W_k, W_v, W_o, num_heads):
    batch, heads, length, width = keys.shape
    return tf.zeros_like(x_t), tf.zeros((batch, heads, length + 1, width)), tf.zeros((batch, heads, length + 1, width))


def attend_next__constant(x_t, keys, values, W_q, W_k, W_v, W_o, num_heads):
    batch, heads, length, width = keys.shape
    return tf.ones_like(x_t), tf.ones((batch, heads, length + 1, width)), tf.ones((batch, heads, length + 1, width))


def attend_next__echo(x_t, keys, values, W_q, W_k, W_v, W_o, num_heads):
    return x_t, keys, values
