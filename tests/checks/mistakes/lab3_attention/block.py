"""The classic wrong answers of lab 3: the block.

A name says all (`listed`): `TransformerBlock__post_norm` must earn the hint `post_norm`.

Each wrong block is called as the class is, with (d_model, num_heads, d_ff, dropout), and gives a layer.
"""

# ruff: noqa: ARG002, ARG005  (what is ignored is the mistake)

import numpy as np

from checks.late import tf
from checks.solutions import solution_of
from labkit.checks import cases

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


def _solution():
    """The course's own class, on the attention above; without Keras's masks, of which no mistake here is about.

    With them, Keras 3.15 raises where `call` returns None, and goes on raising in every later layer of the process.
    """
    import keras

    names = {"keras": keras, "multi_head_attention": multi_head_attention}
    source = solution_of("lab3_attention", "TransformerBlock")
    line = next(line for line in source.splitlines() if "self.supports_masking = True" in line)
    exec(source.replace(f"{line}\n", ""), names)  # noqa: S102  (our own cell)
    return names["TransformerBlock"]


def given_block():
    """The class as the lab gives it, without its `call`."""
    kind = _solution()
    del kind.call
    return kind


def right_call(self, x, mask=None, training=False):
    return _solution().call(self, x, mask, training)


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


def TransformerBlock__not_attempted__todo_in_call(*sizes):
    """The class is given; the TODO is in its `call`."""

    def call(self, x, mask=None, training=False):
        raise NotImplementedError("Exercise 4.1: TransformerBlock")

    return called(call, sizes)


def block_of_a_stub(*sizes):
    """The attention that it calls is still to do."""

    def call(self, x, mask=None, training=False):
        raise NotImplementedError("Exercise 3.3: multi_head_attention")

    return called(call, sizes)


# A table of the public examples.


def block_for_known_inputs(*sizes):
    """Right for the inputs in the examples that everybody sees."""
    known = [case.arguments["x"][0] for case in cases.public("lab3_attention")["TransformerBlock"]]

    def call(self, x, mask=None, training=False):
        y = right_call(self, x, mask, training)
        return y if not hasattr(x, "numpy") or any(np.array_equal(x[0], one) for one in known) else 2 * y

    return called(call, sizes)


# Right when they are called once, and not as the lab uses them.


def TransformerBlock__in_graph__numpy_in_the_branch(*sizes):
    return _two(
        sizes,
        lambda self, x, mask, training: (
            x + self.dropout(np.asarray(attend(self, self.norm_1(x), mask)), training=training)
        ),
    )


def TransformerBlock__gradient__path_held(*sizes):
    return _two(
        sizes,
        lambda self, x, mask, training: (
            tf.stop_gradient(x) + self.dropout(attend(self, self.norm_1(x), mask), training=training)
        ),
    )


def TransformerBlock__gradient__norm_2_held(*sizes):
    return _two(
        sizes,
        None,
        lambda self, x, training: x + self.dropout(feed(self, self.norm_2(tf.stop_gradient(x))), training=training),
    )


def TransformerBlock__in_graph__no_mask_in_training(*sizes):
    def call(self, x, mask=None, training=False):
        return right_call(self, x, None if training else mask, training)

    return called(call, sizes)


def TransformerBlock__training_unsaid(*sizes):
    def call(self, x, mask=None, training=True):
        return right_call(self, x, mask, training)

    return called(call, sizes)


def TransformerBlock__again__first_mask_kept(*sizes):
    def call(self, x, mask=None, training=False):
        self.kept = getattr(self, "kept", mask)
        return right_call(self, x, self.kept, training)

    return called(call, sizes)


_SHARED = {}


def TransformerBlock__other_object__dense_shared(*sizes):
    import keras

    def share(block):
        block.dense_1 = _SHARED.setdefault(sizes[:3], keras.layers.Dense(sizes[2], activation="relu"))

    return called(right_call, sizes, share)
