"""The classic wrong answers of lab 3, the block, as a student would write them, and the hint that each must earn.

A name says all: `TransformerBlock__post_norm` is a wrong `TransformerBlock` and must earn the hint `post_norm`; a
further `__` tells variants apart. `MISTAKES` lists them, and adds those that every exercise has. Each wrong block is
called as the class is, with (d_model, num_heads, d_ff, dropout), and gives a layer.
"""

# ruff: noqa: ARG002, ARG005  (what is ignored is the mistake)

import inspect

import numpy as np
from checks.mistakes.lab1_rnn import Mistake, misspelt_name, no_return, returns_text

from autograder.references.lab3_block import REFERENCES
from labkit.checks import cases
from labkit.checks import lab3_attention as checks

# What the lab gives, and right answers of earlier exercises.


def multi_head_attention(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    import tensorflow as tf

    batch, time, d_model = x.shape
    shape = (batch, time, num_heads, d_model // num_heads)
    Q, K, V = (tf.transpose(tf.reshape(x @ W, shape), (0, 2, 1, 3)) for W in (W_q, W_k, W_v))
    scores = tf.matmul(Q, K, transpose_b=True) / np.sqrt(shape[-1])
    if mask is not None:
        scores = tf.where(mask[:, None] if len(mask.shape) == 3 else mask, scores, -1e9)
    weights = tf.nn.softmax(scores)
    merged = tf.reshape(tf.transpose(weights @ V, (0, 2, 1, 3)), (batch, time, d_model))
    return merged @ W_o, weights


def given_block():
    """The class as the lab gives it, without its `call`."""
    import keras

    class TransformerBlock(keras.layers.Layer):
        def __init__(self, d_model, num_heads, d_ff, dropout=0.0, **options):
            super().__init__(**options)
            self.num_heads = num_heads
            self.norm_1 = keras.layers.LayerNormalization(epsilon=1e-5)
            self.norm_2 = keras.layers.LayerNormalization(epsilon=1e-5)
            self.W_q, self.W_k, self.W_v, self.W_o = (
                self.add_weight(shape=(d_model, d_model), initializer="glorot_uniform", name=name)
                for name in ("W_q", "W_k", "W_v", "W_o")
            )
            self.dense_1 = keras.layers.Dense(d_ff, activation="relu")
            self.dense_2 = keras.layers.Dense(d_model)
            self.dropout = keras.layers.Dropout(dropout)

    return TransformerBlock


def right_call(self, x, mask=None, training=False):
    attended, _ = multi_head_attention(self.norm_1(x), self.W_q, self.W_k, self.W_v, self.W_o, self.num_heads, mask)
    x = x + self.dropout(attended, training=training)
    hidden = self.dense_2(self.dense_1(self.norm_2(x)))
    return x + self.dropout(hidden, training=training)


def called(call, sizes, change=None):
    """A block with this `call`; `change` is what was done at the end of __init__."""
    kind = given_block()
    kind.call = call
    block = kind(*sizes)
    if change is not None:
        change(block)
    return block


def attend(self, h, mask):
    return multi_head_attention(h, self.W_q, self.W_k, self.W_v, self.W_o, self.num_heads, mask)[0]


def feed(self, h):
    return self.dense_2(self.dense_1(h))


def _two(sizes, first=None, second=None):
    """A block in two halves, one of them wrong: first(self, x, mask, training), second(self, y, training)."""

    def call(self, x, mask=None, training=False):
        drop = self.dropout
        x = first(self, x, mask, training) if first else x + drop(attend(self, self.norm_1(x), mask), training=training)
        return second(self, x, training) if second else x + drop(feed(self, self.norm_2(x)), training=training)

    return called(call, sizes)


def _attended(sizes, matrices):
    """A block whose attention takes these of its matrices."""

    def first(self, x, mask, training):
        chosen = (getattr(self, name) for name in matrices)
        return x + self.dropout(
            multi_head_attention(self.norm_1(x), *chosen, self.num_heads, mask)[0], training=training
        )

    return _two(sizes, first)


# 4.1 TransformerBlock


def TransformerBlock__not_a_layer(*sizes):
    def call(x, mask=None, training=False):
        return x

    return call


def TransformerBlock__weights_missing__other_names(*sizes):
    import keras

    class TransformerBlock(keras.layers.Layer):
        def __init__(self, d_model, num_heads, d_ff, dropout=0.0):
            super().__init__()
            self.attention = keras.layers.MultiHeadAttention(num_heads, d_model // num_heads, use_bias=False)
            self.ffn = keras.Sequential([keras.layers.Dense(d_ff, activation="relu"), keras.layers.Dense(d_model)])

        def call(self, x, mask=None, training=False):
            x = x + self.attention(x, x, attention_mask=mask)
            return x + self.ffn(x)

    return TransformerBlock(*sizes)


def TransformerBlock__weights_missing__plain_arrays(d_model, *sizes):
    def change(self):
        self.W_o = np.eye(d_model, dtype="float32")

    return called(right_call, (d_model, *sizes), change)


def TransformerBlock__weights_missing__no_scale(*sizes):
    import keras

    def change(self):
        self.norm_2 = keras.layers.LayerNormalization(epsilon=1e-5, scale=False)

    return called(right_call, sizes, change)


def TransformerBlock__weights_shape__dense_layers_swapped(d_model, num_heads, d_ff, dropout):
    import keras

    def change(self):
        self.dense_1 = keras.layers.Dense(d_model, activation="relu")
        self.dense_2 = keras.layers.Dense(d_ff)

    return called(right_call, (d_model, num_heads, d_ff, dropout), change)


def TransformerBlock__weights_shape__one_head(d_model, num_heads, *sizes):
    def change(self):
        self.W_q = self.add_weight(shape=(d_model, d_model // num_heads + 1), name="W_q")

    return called(right_call, (d_model, num_heads, *sizes), change)


def TransformerBlock__returns_pair(*sizes):
    def call(self, x, mask=None, training=False):
        h = self.norm_1(x)
        attended, weights = multi_head_attention(h, self.W_q, self.W_k, self.W_v, self.W_o, self.num_heads, mask)
        x = x + self.dropout(attended, training=training)
        return x + self.dropout(feed(self, self.norm_2(x)), training=training), weights

    return called(call, sizes)


def TransformerBlock__unchanged__echo(*sizes):
    def call(self, x, mask=None, training=False):
        return x

    return called(call, sizes)


def TransformerBlock__unchanged__sums_lost(*sizes):
    def call(self, x, mask=None, training=False):
        y = x + self.dropout(attend(self, self.norm_1(x), mask), training=training)
        y + self.dropout(feed(self, self.norm_2(y)), training=training)
        return x

    return called(call, sizes)


def TransformerBlock__no_residual(*sizes):
    def call(self, x, mask=None, training=False):
        x = self.dropout(attend(self, self.norm_1(x), mask), training=training)
        return self.dropout(feed(self, self.norm_2(x)), training=training)

    return called(call, sizes)


def TransformerBlock__no_residual_first(*sizes):
    return _two(
        sizes, lambda self, x, mask, training: self.dropout(attend(self, self.norm_1(x), mask), training=training)
    )


def TransformerBlock__no_residual_second(*sizes):
    return _two(sizes, None, lambda self, x, training: self.dropout(feed(self, self.norm_2(x)), training=training))


def TransformerBlock__old_residual(*sizes):
    def call(self, x, mask=None, training=False):
        attended = x + self.dropout(attend(self, self.norm_1(x), mask), training=training)
        return x + self.dropout(feed(self, self.norm_2(attended)), training=training)

    return called(call, sizes)


def TransformerBlock__parallel(*sizes):
    def call(self, x, mask=None, training=False):
        attended = self.dropout(attend(self, self.norm_1(x), mask), training=training)
        hidden = self.dropout(feed(self, self.norm_2(x)), training=training)
        return x + attended + hidden

    return called(call, sizes)


def TransformerBlock__parallel__norm_kept(*sizes):
    def call(self, x, mask=None, training=False):
        h = self.norm_1(x)
        x = x + self.dropout(attend(self, h, mask), training=training)
        return x + self.dropout(feed(self, h), training=training)

    return called(call, sizes)


def TransformerBlock__reads_attention_only(*sizes):
    def call(self, x, mask=None, training=False):
        attended = self.dropout(attend(self, self.norm_1(x), mask), training=training)
        hidden = self.dropout(feed(self, self.norm_2(attended)), training=training)
        return x + attended + hidden

    return called(call, sizes)


def TransformerBlock__order_swapped(*sizes):
    def call(self, x, mask=None, training=False):
        x = x + self.dropout(feed(self, self.norm_2(x)), training=training)
        return x + self.dropout(attend(self, self.norm_1(x), mask), training=training)

    return called(call, sizes)


def TransformerBlock__order_swapped__norms_in_place(*sizes):
    def call(self, x, mask=None, training=False):
        x = x + self.dropout(feed(self, self.norm_1(x)), training=training)
        return x + self.dropout(attend(self, self.norm_2(x), mask), training=training)

    return called(call, sizes)


def TransformerBlock__no_attention(*sizes):
    return _two(sizes, lambda self, x, mask, training: x)


def TransformerBlock__no_dense(*sizes):
    return _two(sizes, None, lambda self, x, training: x)


def TransformerBlock__post_norm(*sizes):
    def call(self, x, mask=None, training=False):
        x = self.norm_1(x + self.dropout(attend(self, x, mask), training=training))
        return self.norm_2(x + self.dropout(feed(self, x), training=training))

    return called(call, sizes)


def TransformerBlock__norm_of_branch(*sizes):
    def call(self, x, mask=None, training=False):
        x = x + self.dropout(self.norm_1(attend(self, x, mask)), training=training)
        return x + self.dropout(self.norm_2(feed(self, x)), training=training)

    return called(call, sizes)


def TransformerBlock__norm_of_branch__dropped_first(*sizes):
    def call(self, x, mask=None, training=False):
        x = x + self.norm_1(self.dropout(attend(self, x, mask), training=training))
        return x + self.norm_2(self.dropout(feed(self, x), training=training))

    return called(call, sizes)


def TransformerBlock__no_norms(*sizes):
    def call(self, x, mask=None, training=False):
        x = x + self.dropout(attend(self, x, mask), training=training)
        return x + self.dropout(feed(self, x), training=training)

    return called(call, sizes)


def TransformerBlock__no_norm_1(*sizes):
    return _two(sizes, lambda self, x, mask, training: x + self.dropout(attend(self, x, mask), training=training))


def TransformerBlock__no_norm_2(*sizes):
    return _two(sizes, None, lambda self, x, training: x + self.dropout(feed(self, x), training=training))


def TransformerBlock__residual_normalised(*sizes):
    def call(self, x, mask=None, training=False):
        x = self.norm_1(x)
        x = x + self.dropout(attend(self, x, mask), training=training)
        x = self.norm_2(x)
        return x + self.dropout(feed(self, x), training=training)

    return called(call, sizes)


def TransformerBlock__residual_normalised__first(*sizes):
    def first(self, x, mask, training):
        x = self.norm_1(x)
        return x + self.dropout(attend(self, x, mask), training=training)

    return _two(sizes, first)


def TransformerBlock__residual_normalised__second(*sizes):
    def second(self, x, training):
        x = self.norm_2(x)
        return x + self.dropout(feed(self, x), training=training)

    return _two(sizes, None, second)


def TransformerBlock__one_norm(*sizes):
    return _two(sizes, None, lambda self, x, training: x + self.dropout(feed(self, self.norm_1(x)), training=training))


def TransformerBlock__one_norm__shared_in_init(*sizes):
    """One layer under both names: what the examiner gives it last, counts for both."""

    def change(self):
        self.norm_2 = self.norm_1

    return called(right_call, sizes, change)


def TransformerBlock__one_norm__second(*sizes):
    return _two(
        sizes,
        lambda self, x, mask, training: x + self.dropout(attend(self, self.norm_2(x), mask), training=training),
    )


def TransformerBlock__norms_swapped(*sizes):
    def call(self, x, mask=None, training=False):
        x = x + self.dropout(attend(self, self.norm_2(x), mask), training=training)
        return x + self.dropout(feed(self, self.norm_1(x)), training=training)

    return called(call, sizes)


def TransformerBlock__epsilon(*sizes):
    import keras

    def change(self):
        self.norm_1, self.norm_2 = keras.layers.LayerNormalization(), keras.layers.LayerNormalization()

    return called(right_call, sizes, change)


def TransformerBlock__mask_ignored(*sizes):
    return _two(
        sizes,
        lambda self, x, mask, training: x + self.dropout(attend(self, self.norm_1(x), None), training=training),
    )


def TransformerBlock__one_head(*sizes):
    def call(self, x, mask=None, training=False):
        attended, _ = multi_head_attention(self.norm_1(x), self.W_q, self.W_k, self.W_v, self.W_o, 1, mask)
        x = x + self.dropout(attended, training=training)
        return x + self.dropout(feed(self, self.norm_2(x)), training=training)

    return called(call, sizes)


def TransformerBlock__one_matrix(*sizes):
    return _attended(sizes, ("W_q", "W_q", "W_q", "W_o"))


def TransformerBlock__one_matrix__all_four(*sizes):
    return _attended(sizes, ("W_q", "W_q", "W_q", "W_q"))


def TransformerBlock__q_k_swapped(*sizes):
    return _attended(sizes, ("W_k", "W_q", "W_v", "W_o"))


def TransformerBlock__matrices_mixed(*sizes):
    return _attended(sizes, ("W_q", "W_v", "W_k", "W_o"))


def TransformerBlock__matrices_mixed__v_o(*sizes):
    return _attended(sizes, ("W_q", "W_k", "W_o", "W_v"))


def TransformerBlock__matrices_mixed__q_v(*sizes):
    return _attended(sizes, ("W_v", "W_k", "W_q", "W_o"))


def TransformerBlock__matrices_mixed__typed_k_twice(*sizes):
    return _attended(sizes, ("W_q", "W_k", "W_k", "W_o"))


def TransformerBlock__matrices_mixed__typed_v_twice(*sizes):
    return _attended(sizes, ("W_q", "W_k", "W_v", "W_v"))


def TransformerBlock__no_W_o(d_model, *sizes):
    def first(self, x, mask, training):
        none = np.eye(d_model, dtype="float32")
        attended, _ = multi_head_attention(self.norm_1(x), self.W_q, self.W_k, self.W_v, none, self.num_heads, mask)
        return x + self.dropout(attended, training=training)

    return _two((d_model, *sizes), first)


def TransformerBlock__no_relu(d_model, num_heads, d_ff, dropout):
    import keras

    def change(self):
        self.dense_1 = keras.layers.Dense(d_ff)

    return called(right_call, (d_model, num_heads, d_ff, dropout), change)


def TransformerBlock__relu_last(*sizes):
    import keras

    return _two(
        sizes,
        None,
        lambda self, x, training: x + self.dropout(keras.ops.relu(feed(self, self.norm_2(x))), training=training),
    )


def TransformerBlock__dense_2_forgotten(*sizes):
    return _two(
        sizes, None, lambda self, x, training: x + self.dropout(self.dense_1(self.norm_2(x)), training=training)
    )


def TransformerBlock__dense_1_forgotten(*sizes):
    return _two(
        sizes, None, lambda self, x, training: x + self.dropout(self.dense_2(self.norm_2(x)), training=training)
    )


def TransformerBlock__dense_swapped(*sizes):
    return _two(
        sizes,
        None,
        lambda self, x, training: x + self.dropout(self.dense_1(self.dense_2(self.norm_2(x))), training=training),
    )


def TransformerBlock__dropout_forgotten(*sizes):
    def call(self, x, mask=None, training=False):
        x = x + attend(self, self.norm_1(x), mask)
        return x + feed(self, self.norm_2(x))

    return called(call, sizes)


def TransformerBlock__dropout_forgotten__training_is_false(*sizes):
    def call(self, x, mask=None, training=False):
        x = x + self.dropout(attend(self, self.norm_1(x), mask), training=False)
        return x + self.dropout(feed(self, self.norm_2(x)), training=False)

    return called(call, sizes)


def TransformerBlock__dropout_first_only(*sizes):
    return _two(sizes, None, lambda self, x, training: x + feed(self, self.norm_2(x)))


def TransformerBlock__dropout_second_only(*sizes):
    return _two(sizes, lambda self, x, mask, training: x + attend(self, self.norm_1(x), mask))


def TransformerBlock__dropout_always(*sizes):
    def call(self, x, mask=None, training=False):
        x = x + self.dropout(attend(self, self.norm_1(x), mask), training=True)
        return x + self.dropout(feed(self, self.norm_2(x)), training=True)

    return called(call, sizes)


def TransformerBlock__dropout_always__first(*sizes):
    return _two(
        sizes, lambda self, x, mask, training: x + self.dropout(attend(self, self.norm_1(x), mask), training=True)
    )


def TransformerBlock__dropout_always__second(*sizes):
    import tensorflow as tf

    return _two(sizes, None, lambda self, x, training: x + tf.nn.dropout(feed(self, self.norm_2(x)), self.dropout.rate))


def TransformerBlock__dropout_on_sum(*sizes):
    def call(self, x, mask=None, training=False):
        x = self.dropout(x + attend(self, self.norm_1(x), mask), training=training)
        return self.dropout(x + feed(self, self.norm_2(x)), training=training)

    return called(call, sizes)


def TransformerBlock__dropout_on_sum__first(*sizes):
    return _two(
        sizes, lambda self, x, mask, training: self.dropout(x + attend(self, self.norm_1(x), mask), training=training)
    )


def TransformerBlock__dropout_on_sum__second(*sizes):
    return _two(sizes, None, lambda self, x, training: self.dropout(x + feed(self, self.norm_2(x)), training=training))


def TransformerBlock__dropout_on_sum__once_at_the_end(*sizes):
    def call(self, x, mask=None, training=False):
        x = x + attend(self, self.norm_1(x), mask)
        x = x + feed(self, self.norm_2(x))
        return self.dropout(x, training=training)

    return called(call, sizes)


def TransformerBlock__dropout_on_input(*sizes):
    def call(self, x, mask=None, training=False):
        x = x + attend(self, self.dropout(self.norm_1(x), training=training), mask)
        return x + feed(self, self.dropout(self.norm_2(x), training=training))

    return called(call, sizes)


def TransformerBlock__dropout_on_input__first(*sizes):
    return _two(
        sizes, lambda self, x, mask, training: x + attend(self, self.dropout(self.norm_1(x), training=training), mask)
    )


def TransformerBlock__dropout_on_input__second(*sizes):
    return _two(sizes, None, lambda self, x, training: x + feed(self, self.dropout(self.norm_2(x), training=training)))


def TransformerBlock__dropout_on_hidden(*sizes):
    return _two(
        sizes,
        None,
        lambda self, x, training: x + self.dense_2(self.dropout(self.dense_1(self.norm_2(x)), training=training)),
    )


def TransformerBlock__dropout_on_hidden__alone(*sizes):
    def call(self, x, mask=None, training=False):
        x = x + attend(self, self.norm_1(x), mask)
        return x + self.dense_2(self.dropout(self.dense_1(self.norm_2(x)), training=training))

    return called(call, sizes)


def TransformerBlock__raises__pair_not_unpacked(*sizes):
    def call(self, x, mask=None, training=False):
        attended = multi_head_attention(self.norm_1(x), self.W_q, self.W_k, self.W_v, self.W_o, self.num_heads, mask)
        x = x + self.dropout(attended, training=training)
        return x + self.dropout(feed(self, self.norm_2(x)), training=training)

    return called(call, sizes)


def TransformerBlock__raises__no_mask(*sizes):
    def call(self, x, training=False):
        return right_call(self, x, None, training)

    return called(call, sizes)


def TransformerBlock__raises__training_by_position(*sizes):
    def call(self, x, mask=None, training=False):
        return right_call(self, x, mask, training) + self.dropout(x, training)

    return called(call, sizes)


def TransformerBlock__type__nothing_returned(*sizes):
    def call(self, x, mask=None, training=False):
        right_call(self, x, mask, training)

    return called(call, sizes)


def TransformerBlock__shape__last_position(*sizes):
    def call(self, x, mask=None, training=False):
        return right_call(self, x, mask, training)[:, -1]

    return called(call, sizes)


def TransformerBlock__finite__nan(*sizes):
    def call(self, x, mask=None, training=False):
        return right_call(self, x, mask, training) * float("nan")

    return called(call, sizes)


def TransformerBlock__value__doubled(*sizes):
    def call(self, x, mask=None, training=False):
        return 2 * right_call(self, x, mask, training)

    return called(call, sizes)


def TransformerBlock__value__remembers(*sizes):
    def call(self, x, mask=None, training=False):
        self.seen = getattr(self, "seen", 0.0) + 0.1
        return right_call(self, x, mask, training) + self.seen

    return called(call, sizes)


def TransformerBlock__zeros(*sizes):
    def call(self, x, mask=None, training=False):
        return 0.0 * x

    return called(call, sizes)


def TransformerBlock__constant(*sizes):
    def call(self, x, mask=None, training=False):
        return 0.0 * x + 0.5

    return called(call, sizes)


# 4.2 block_parameters


def block_parameters(d_model, d_ff):
    return 4 * d_model**2 + 2 * d_model * d_ff + d_ff + 5 * d_model


def block_parameters__attention_biases(d_model, d_ff):
    attention = 4 * (d_model * d_model + d_model)
    return attention + (d_model + 1) * d_ff + (d_ff + 1) * d_model + 4 * d_model


def block_parameters__no_dense_biases(d_model, d_ff):
    return 4 * d_model**2 + 2 * d_model * d_ff + 4 * d_model


def block_parameters__no_bias_1(d_model, d_ff):
    return 4 * d_model**2 + d_model * d_ff + d_ff * d_model + d_model + 4 * d_model


def block_parameters__no_bias_2(d_model, d_ff):
    return 4 * d_model**2 + d_model * d_ff + d_ff + d_ff * d_model + 4 * d_model


def block_parameters__biases_mixed(d_model, d_ff):
    return 4 * d_model**2 + 2 * (d_model * d_ff + d_model) + 4 * d_model


def block_parameters__biases_mixed__hidden(d_model, d_ff):
    return 4 * d_model**2 + 2 * (d_model * d_ff + d_ff) + 4 * d_model


def block_parameters__no_norms(d_model, d_ff):
    return 4 * d_model**2 + d_model * d_ff + d_ff + d_ff * d_model + d_model


def block_parameters__half_norms(d_model, d_ff):
    return block_parameters(d_model, d_ff) - 4 * d_model + 2 * d_model


def block_parameters__third_norm(d_model, d_ff):
    return block_parameters(d_model, d_ff) + 2 * d_model


def block_parameters__norm_scalars(d_model, d_ff):
    return 4 * d_model**2 + d_model * d_ff + d_ff + d_ff * d_model + d_model + 2 * 2


def block_parameters__norm_of_hidden(d_model, d_ff):
    return 4 * d_model**2 + 2 * d_model * d_ff + d_ff + d_model + 2 * d_model + 2 * d_ff


def block_parameters__matrices_only(d_model, d_ff):
    return 4 * d_model**2 + 2 * d_model * d_ff


def block_parameters__three_matrices(d_model, d_ff):
    return 3 * d_model**2 + 2 * d_model * d_ff + d_ff + 5 * d_model


def block_parameters__one_matrix(d_model, d_ff):
    return d_model**2 + 2 * d_model * d_ff + d_ff + 5 * d_model


def block_parameters__no_attention(d_model, d_ff):
    return d_model * d_ff + d_ff + d_ff * d_model + d_model + 2 * (d_model + d_model)


def block_parameters__one_dense(d_model, d_ff):
    return 4 * d_model**2 + d_model * d_ff + d_ff + 4 * d_model


def block_parameters__one_dense__second(d_model, d_ff):
    return 4 * d_model**2 + d_ff * d_model + d_model + 4 * d_model


def block_parameters__one_dense__biases_left(d_model, d_ff):
    return 4 * d_model**2 + d_model * d_ff + d_ff + 5 * d_model


def block_parameters__no_dense(d_model, d_ff):
    return 4 * d_model**2 + 4 * d_model


def block_parameters__hidden_square(d_model, d_ff):
    return 4 * d_model**2 + d_model * d_ff + d_ff + d_ff * d_ff + d_model + 4 * d_model


def block_parameters__four_times_d_model(d_model, d_ff):
    return 12 * d_model**2 + 9 * d_model


def block_parameters__four_times_d_model__rounded(d_model, d_ff):
    return 12 * d_model**2


def block_parameters__type__float(d_model, d_ff):
    return float(block_parameters(d_model, d_ff))


def block_parameters__shape__list(d_model, d_ff):
    return [4 * d_model**2, 2 * d_model * d_ff + d_ff + d_model, 4 * d_model]


def block_parameters__raises__shapes_multiplied(d_model, d_ff):
    return (d_model, d_ff) * (d_ff, d_model)


def block_parameters__value__both_times_two(d_model, d_ff):
    return 2 * block_parameters(d_model, d_ff)


def block_parameters__zeros(d_model, d_ff):
    return 0


def block_parameters__constant(d_model, d_ff):
    return 33472


def block_parameters__echo(d_model, d_ff):
    return d_ff


# 4.3 block_flops


def block_flops(time, d_model, d_ff):
    return 8 * time * d_model**2 + 4 * time**2 * d_model + 4 * time * d_model * d_ff


def block_flops__one_for_each_term(time, d_model, d_ff):
    return 4 * time * d_model**2 + 2 * time**2 * d_model + 2 * time * d_model * d_ff


def block_flops__one_position(time, d_model, d_ff):
    return 8 * d_model**2 + 4 * time * d_model + 4 * d_model * d_ff


def block_flops__no_attention(time, d_model, d_ff):
    return 8 * time * d_model**2 + 4 * time * d_model * d_ff


def block_flops__no_mixture(time, d_model, d_ff):
    return 8 * time * d_model**2 + 2 * time**2 * d_model + 4 * time * d_model * d_ff


def block_flops__time_not_squared(time, d_model, d_ff):
    return 8 * time * d_model**2 + 4 * time * d_model + 4 * time * d_model * d_ff


def block_flops__d_model_squared(time, d_model, d_ff):
    return 12 * time * d_model**2 + 4 * time * d_model * d_ff


def block_flops__attention_only(time, d_model, d_ff):
    return 4 * time**2 * d_model


def block_flops__scores_only(time, d_model, d_ff):
    return 2 * time * d_model * time


def block_flops__no_projections(time, d_model, d_ff):
    return 4 * time**2 * d_model + 4 * time * d_model * d_ff


def block_flops__projections_only(time, d_model, d_ff):
    return 4 * 2 * time * d_model * d_model


def block_flops__no_W_o(time, d_model, d_ff):
    return 6 * time * d_model**2 + 4 * time**2 * d_model + 4 * time * d_model * d_ff


def block_flops__one_projection(time, d_model, d_ff):
    return 2 * time * d_model**2 + 4 * time**2 * d_model + 4 * time * d_model * d_ff


def block_flops__no_dense(time, d_model, d_ff):
    return 8 * time * d_model**2 + 4 * time**2 * d_model


def block_flops__one_dense(time, d_model, d_ff):
    return 8 * time * d_model**2 + 4 * time**2 * d_model + 2 * time * d_model * d_ff


def block_flops__biases_counted(time, d_model, d_ff):
    return block_flops(time, d_model, d_ff) + time * d_ff + time * d_model


def block_flops__parameters(time, d_model, d_ff):
    return block_parameters(d_model, d_ff)


def block_flops__parameters__twice_each_position(time, d_model, d_ff):
    return 2 * time * block_parameters(d_model, d_ff)


def block_flops__type__float(time, d_model, d_ff):
    return block_flops(time, d_model, d_ff) / 1


def block_flops__shape__list(time, d_model, d_ff):
    return [8 * time * d_model**2, 4 * time**2 * d_model, 4 * time * d_model * d_ff]


def block_flops__raises__heads(time, d_model, d_ff):
    return block_flops(time, d_model, d_ff) * num_heads  # noqa: F821


def block_flops__value__backward_too(time, d_model, d_ff):
    return 3 * block_flops(time, d_model, d_ff)


def block_flops__zeros(time, d_model, d_ff):
    return 0


def block_flops__constant(time, d_model, d_ff):
    return 10**6


def block_flops__echo(time, d_model, d_ff):
    return time


# What every exercise has.

NUMBERS = {name: exercise.number for name, exercise in checks.EXERCISES.items() if name in REFERENCES}


def untouched(exercise):
    def stub(*arguments):
        raise NotImplementedError(f"Exercise {NUMBERS[exercise]}: {exercise}")

    return stub


def untouched_block(*sizes):
    """The class is given; the TODO is in its `call`."""

    def call(self, x, mask=None, training=False):
        raise NotImplementedError("Exercise 4.1: TransformerBlock")

    return called(call, sizes)


def needs_another(exercise):
    return untouched("block_parameters" if exercise != "block_parameters" else "block_flops")


def block_of_a_stub(*sizes):
    """The attention that it calls is still to do."""

    def call(self, x, mask=None, training=False):
        raise NotImplementedError("Exercise 3.3: multi_head_attention")

    return called(call, sizes)


def hard_coded(exercise):
    """A table of the examples that everybody sees."""

    def table(*arguments):
        public = cases.public("lab3_attention")[exercise]
        for case in public:
            if not case.given and repr(list(case.arguments.values())) == repr(list(arguments)):
                return case.expected
        return public[0].expected

    return table


def block_for_known_inputs(*sizes):
    """Right for the inputs in the examples that everybody sees."""
    known = [case.arguments["x"][0] for case in cases.public("lab3_attention")["TransformerBlock"]]

    def call(self, x, mask=None, training=False):
        y = right_call(self, x, mask, training)
        return y if any(np.array_equal(x[0], one) for one in known) else 2 * y

    return called(call, sizes)


def _of_every_exercise():
    for exercise in NUMBERS:
        block = exercise == "TransformerBlock"
        wrong_type = "not_a_layer" if block else "type"
        yield Mistake(exercise, wrong_type, "no_return", no_return)
        yield Mistake(exercise, wrong_type, "returns_text", returns_text)
        yield Mistake(exercise, "raises", "misspelt_name", misspelt_name)
        yield Mistake(exercise, "not_attempted", "untouched", untouched(exercise))
        yield Mistake(exercise, "needs", "calls_a_stub", block_of_a_stub if block else needs_another(exercise))
        yield Mistake(exercise, "missing", "not_a_function", None)
        yield Mistake(exercise, "fresh", "hard_coded", block_for_known_inputs if block else hard_coded(exercise))
    yield Mistake("TransformerBlock", "not_attempted", "todo_in_call", untouched_block)


def _listed():
    for name, function in list(globals().items()):
        exercise, _, rest = name.partition("__")
        if inspect.isfunction(function) and exercise and rest:
            assert exercise in NUMBERS, f"{name}: autograder/references/lab3_block.py has no exercise {exercise}"
            key, _, variant = rest.partition("__")
            yield Mistake(exercise, key, variant, function)


LISTED = list(_listed())
MISTAKES = [*LISTED, *_of_every_exercise()]
