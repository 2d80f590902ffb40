"""The classic wrong answers of lab 3: many heads.

A name says all (`listed`): `split_heads__reshaped` must earn the hint `reshaped`.

Where a function calls an earlier exercise, it calls the right one, of `borrowed_heads`.
"""

import numpy as np

from checks.late import tf
from checks.mistakes.lab3_attention.borrowed_heads import right
from labkit.checks import cases

# 3.1 split_heads


def split_heads__not_differentiable(x, num_heads):
    batch, time, d_model = x.shape
    return np.reshape(x, (batch, time, num_heads, d_model // num_heads)).transpose(0, 2, 1, 3)


def split_heads__not_differentiable__loop(x, num_heads):
    batch, time, d_model = x.shape
    size = d_model // num_heads
    heads = np.zeros((batch, num_heads, time, size), dtype="float32")
    for k in range(num_heads):
        heads[:, k] = x[:, :, k * size : (k + 1) * size]
    return tf.constant(heads)


def split_heads__reshaped(x, num_heads):
    batch, time, d_model = x.shape
    return tf.reshape(x, (batch, num_heads, time, d_model // num_heads))


def split_heads__reshaped__turned_first(x, num_heads):
    batch, time, d_model = x.shape
    return tf.reshape(tf.transpose(x, (0, 2, 1)), (batch, num_heads, time, d_model // num_heads))


def split_heads__reshaped__cut_then_reshaped(x, num_heads):
    batch, time, d_model = x.shape
    heads = tf.reshape(x, (batch, time, num_heads, d_model // num_heads))
    return tf.reshape(tf.transpose(heads, (0, 1, 3, 2)), (batch, num_heads, time, d_model // num_heads))


def split_heads__interleaved(x, num_heads):
    batch, time, d_model = x.shape
    heads = tf.reshape(x, (batch, time, d_model // num_heads, num_heads))
    return tf.transpose(heads, (0, 3, 1, 2))


def split_heads__interleaved__steps(x, num_heads):
    return tf.stack([x[:, :, k::num_heads] for k in range(num_heads)], axis=1)


def split_heads__not_transposed(x, num_heads):
    batch, time, d_model = x.shape
    return tf.reshape(x, (batch, time, num_heads, d_model // num_heads))


def split_heads__not_transposed__stacked(x, num_heads):
    return tf.stack(tf.split(x, num_heads, axis=-1), axis=2)


def split_heads__heads_first(x, num_heads):
    return tf.stack(tf.split(x, num_heads, axis=-1))


def split_heads__heads_first__list(x, num_heads):
    return tf.split(x, num_heads, axis=-1)


def split_heads__width_before_time(x, num_heads):
    batch, time, d_model = x.shape
    heads = tf.reshape(x, (batch, time, num_heads, d_model // num_heads))
    return tf.transpose(heads, (0, 2, 3, 1))


def split_heads__number_for_width(x, num_heads):
    batch, time, d_model = x.shape
    heads = tf.reshape(x, (batch, time, d_model // num_heads, num_heads))
    return tf.transpose(heads, (0, 2, 1, 3))


def split_heads__in_the_batch(x, num_heads):
    return tf.concat(tf.split(x, num_heads, axis=2), axis=0)


def split_heads__in_the_batch__sequence_by_sequence(x, num_heads):
    heads = right.split_heads(x, num_heads)
    return tf.reshape(heads, (-1, heads.shape[2], heads.shape[3]))


def split_heads__copied(x, num_heads):
    return tf.repeat(x[:, None], num_heads, axis=1)


def split_heads__shape__first_head(x, num_heads):
    return x[:, None, :, : x.shape[2] // num_heads]


def split_heads__raises__cut_through_time(x, num_heads):
    return tf.stack(tf.split(x, num_heads, axis=1), axis=1)


def split_heads__raises__not_whole(x, num_heads):
    batch, time, d_model = x.shape
    return tf.transpose(tf.reshape(x, (batch, time, num_heads, d_model / num_heads)), (0, 2, 1, 3))


def split_heads__raises__three_axes(x, num_heads):
    batch, time, d_model = x.shape
    return tf.transpose(tf.reshape(x, (batch, time, num_heads, d_model // num_heads)), (0, 2, 1))


def split_heads__value__reversed(x, num_heads):
    return right.split_heads(x, num_heads)[:, ::-1]


def split_heads__finite(x, num_heads):
    return right.split_heads(x, num_heads) * np.float32("inf")


def split_heads__zeros(x, num_heads):
    return tf.zeros((x.shape[0], num_heads, x.shape[1], x.shape[2] // num_heads))


def split_heads__constant(x, num_heads):
    return tf.ones((x.shape[0], num_heads, x.shape[1], x.shape[2] // num_heads))


def split_heads__echo(x, num_heads):
    return x


# 3.2 merge_heads


def merge_heads__not_differentiable(x):
    batch, num_heads, time, d_head = x.shape
    return np.transpose(x, (0, 2, 1, 3)).reshape(batch, time, num_heads * d_head)


def merge_heads__not_differentiable__loop(x):
    return np.concatenate([x[:, k] for k in range(x.shape[1])], axis=-1)


def merge_heads__reshaped(x):
    batch, num_heads, time, d_head = x.shape
    return tf.reshape(x, (batch, time, num_heads * d_head))


def merge_heads__reshaped__width_turned(x):
    batch, num_heads, time, d_head = x.shape
    return tf.reshape(tf.transpose(x, (0, 1, 3, 2)), (batch, time, num_heads * d_head))


def merge_heads__reshaped__all_turned(x):
    batch, num_heads, time, d_head = x.shape
    return tf.reshape(tf.transpose(x, (0, 3, 2, 1)), (batch, time, num_heads * d_head))


def merge_heads__reshaped__width_first(x):
    batch, num_heads, time, d_head = x.shape
    return tf.reshape(tf.transpose(x, (0, 3, 1, 2)), (batch, time, num_heads * d_head))


def merge_heads__interleaved(x):
    batch, num_heads, time, d_head = x.shape
    return tf.reshape(tf.transpose(x, (0, 2, 3, 1)), (batch, time, num_heads * d_head))


def merge_heads__time_first(x):
    batch, num_heads, time, d_head = x.shape
    return tf.reshape(tf.transpose(x, (2, 0, 1, 3)), (time, batch, num_heads * d_head))


def merge_heads__not_merged(x):
    return tf.transpose(x, (0, 2, 1, 3))


def merge_heads__heads_added(x):
    return tf.reduce_sum(x, axis=1)


def merge_heads__heads_averaged(x):
    return tf.reduce_mean(x, axis=1)


def merge_heads__one_head(x):
    return x[:, 0]


def merge_heads__one_head__last(x):
    for k in range(x.shape[1]):
        merged = x[:, k]
    return merged


def merge_heads__one_after_the_other(x):
    return tf.concat(tf.unstack(x, axis=1), axis=1)


def merge_heads__one_after_the_other__reshaped(x):
    batch, num_heads, time, d_head = x.shape
    return tf.reshape(x, (batch, num_heads * time, d_head))


def merge_heads__reversed(x):
    merged = x[:, 0]
    for k in range(1, x.shape[1]):
        merged = tf.concat([x[:, k], merged], axis=-1)
    return merged


def merge_heads__shape__batch_lost(x):
    return right.merge_heads(x)[0]


def merge_heads__raises__one_axis_too_few(x):
    return tf.reshape(tf.transpose(x, (0, 2, 1)), (x.shape[0], x.shape[2], -1))


def merge_heads__value__negative(x):
    return -right.merge_heads(x)


def merge_heads__finite(x):
    return right.merge_heads(x) + np.float32("nan")


def merge_heads__zeros(x):
    return tf.zeros((x.shape[0], x.shape[2], x.shape[1] * x.shape[3]))


def merge_heads__constant(x):
    return tf.fill((x.shape[0], x.shape[2], x.shape[1] * x.shape[3]), 0.5)


def merge_heads__echo(x):
    return x


# Tables of the public examples, of every exercise that calls heads.


def for_known_arrays(exercise):
    """Right for the arrays in the examples that everybody sees."""

    def table(*arguments):
        known = [next(iter(case.arguments.values())) for case in cases.public("lab3_attention")[exercise]]
        result = getattr(right, exercise)(*arguments)
        if not hasattr(arguments[0], "numpy") or any(np.array_equal(arguments[0], one) for one in known):
            return result
        return (1.1 * result[0], *result[1:]) if isinstance(result, tuple) else 1.1 * result

    return table


# Right when they are called directly; in a graph, where the lab uses them, they stop.


def split_heads__in_graph__row_by_row(x, num_heads):
    width = x.shape[2] // num_heads
    return tf.stack([tf.transpose(tf.reshape(row, (-1, num_heads, width)), (1, 0, 2)) for row in x])


def merge_heads__gradient__first_head_only(x):
    x = tf.concat([x[:, :1], tf.stop_gradient(x[:, 1:])], axis=1)
    return right.merge_heads(x)


def multi_head_attention__value__mask_by_its_batch(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    if mask is not None and mask.shape[0] == x.shape[0]:
        mask = mask[:, None]
    Q, K, V = (right.split_heads(tf.matmul(x, W), num_heads) for W in (W_q, W_k, W_v))
    output, weights = right.scaled_dot_product_attention(Q, K, V, mask)
    return tf.matmul(right.merge_heads(output), W_o), weights
