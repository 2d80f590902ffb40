"""Right answers of lab 3, as differently as students write them: the block."""

import math

import numpy as np

from checks.mistakes.lab3_attention.block import called, given_block, multi_head_attention

# 4.1 TransformerBlock


def TransformerBlock__step_by_step(*sizes):
    def call(self, x, mask=None, training=False):
        normed = self.norm_1(x)
        attended, _ = multi_head_attention(
            normed, self.W_q, self.W_k, self.W_v, self.W_o, num_heads=self.num_heads, mask=mask
        )
        attended = self.dropout(attended, training=training)
        after_attention = x + attended
        normed = self.norm_2(after_attention)
        hidden = self.dense_1(normed)
        hidden = self.dense_2(hidden)
        hidden = self.dropout(hidden, training=training)
        return after_attention + hidden

    return called(call, sizes)


def TransformerBlock__training_goes_by_itself(*sizes):
    """Keras tells the layers inside of a layer what it was told itself."""

    def call(self, x, mask=None, training=False):
        W = (self.W_q, self.W_k, self.W_v, self.W_o)
        x += self.dropout(multi_head_attention(self.norm_1(x), *W, self.num_heads, mask)[0])
        x += self.dropout(self.dense_2(self.dense_1(self.norm_2(x))))
        return x

    return called(call, sizes)


def TransformerBlock__layers_for_everything(*sizes):
    import keras

    def change(self):
        self.drop_1, self.drop_2 = (
            keras.layers.Dropout(self.dropout.rate, seed=1),
            keras.layers.Dropout(self.dropout.rate),
        )
        self.add = keras.layers.Add()

    def call(self, x, mask=None, training=None):
        W = [self.W_q, self.W_k, self.W_v, self.W_o]
        attended, _ = multi_head_attention(self.norm_1(x), *W, self.num_heads, mask)
        x = self.add([x, self.drop_1(attended, training=training)])
        return self.add([self.drop_2(self.dense_2(self.dense_1(self.norm_2(x))), training=training), x])

    return called(call, sizes, change)


def TransformerBlock__by_hand(*sizes):
    """Without layers in `call`: products, means, and a dropout of TensorFlow's."""
    import tensorflow as tf

    def normalised(norm, x):
        mean, variance = tf.nn.moments(x, axes=[-1], keepdims=True)
        return tf.nn.batch_normalization(x, mean, variance, norm.beta, norm.gamma, 1e-5)

    def call(self, x, mask=None, training=False):
        def drop(value):
            return tf.nn.dropout(value, self.dropout.rate) if training else value

        h = normalised(self.norm_1, x)
        attended = multi_head_attention(h, self.W_q, self.W_k, self.W_v, self.W_o, self.num_heads, mask)[0]
        x = tf.add(x, drop(attended))
        hidden = tf.nn.relu(tf.matmul(normalised(self.norm_2, x), self.dense_1.kernel) + self.dense_1.bias)
        return tf.add(x, drop(tf.tensordot(hidden, self.dense_2.kernel, axes=1) + self.dense_2.bias))

    return called(call, sizes)


def TransformerBlock__attention_written_out(*sizes):
    from keras import ops

    def call(self, x, mask=None, training=False):
        h = self.norm_1(x)
        width = h.shape[-1] // self.num_heads
        heads = []
        for head in range(self.num_heads):
            own = slice(head * width, (head + 1) * width)
            Q, K, V = (ops.matmul(h, W[:, own]) for W in (self.W_q, self.W_k, self.W_v))
            scores = ops.einsum("bqd,bkd->bqk", Q, K) / math.sqrt(width)
            if mask is not None:
                scores = ops.where(mask, scores, -1e9)
            heads.append(ops.matmul(ops.softmax(scores, axis=-1), V))
        attended = ops.matmul(ops.concatenate(heads, axis=-1), self.W_o)
        x = x + self.dropout(attended, training=training)
        return x + self.dropout(self.dense_2(self.dense_1(self.norm_2(x))), training=training)

    return called(call, sizes)


def TransformerBlock__helpers_and_build(d_model, num_heads, d_ff, dropout):
    """The weights come in `build`; each half is a method."""
    import keras

    class Block(keras.layers.Layer):
        def __init__(self, d_model, num_heads, d_ff, dropout=0.0):
            super().__init__(name="my_block")
            self.sizes, self.num_heads = (d_model, d_ff), num_heads
            self.dropout = keras.layers.Dropout(dropout)

        def build(self, shape):
            d_model, d_ff = self.sizes
            for name in ("W_q", "W_k", "W_v", "W_o"):
                setattr(self, name, self.add_weight(shape=(shape[-1], d_model), name=name))
            self.norm_1, self.norm_2 = (keras.layers.LayerNormalization(epsilon=1e-5) for _ in range(2))
            self.dense_1, self.dense_2 = keras.layers.Dense(d_ff, "relu"), keras.layers.Dense(d_model)

        def attend(self, x, mask):
            return multi_head_attention(x, self.W_q, self.W_k, self.W_v, self.W_o, self.num_heads, mask)[0]

        def call(self, x, mask=None, training=False):
            x = x + self.dropout(self.attend(self.norm_1(x), mask), training=training)
            return x + self.dropout(self.dense_2(self.dense_1(self.norm_2(x))), training=training)

    return Block(d_model, num_heads, d_ff, dropout)


def TransformerBlock__compiled(*sizes):
    import tensorflow as tf

    kind = given_block()

    @tf.function
    def call(self, x, mask=None, training=False):
        attended, _ = multi_head_attention(self.norm_1(x), self.W_q, self.W_k, self.W_v, self.W_o, self.num_heads, mask)
        x = x + self.dropout(attended, training=training)
        return x + self.dropout(self.dense_2(self.dense_1(self.norm_2(x))), training=training)

    kind.call = call
    return kind(*sizes)


# 4.2 block_parameters


def block_parameters__one_polynomial(d_model, d_ff):
    return d_model * (4 * d_model + 2 * d_ff + 5) + d_ff


def block_parameters__all_shapes(d_model, d_ff):
    shapes = [(d_model, d_model)] * 4 + [(d_model, d_ff), (d_ff,), (d_ff, d_model), (d_model,)] + [(d_model,)] * 4
    return np.sum([np.prod(shape) for shape in shapes])


# 8.1 block_flops


def _product(a, b, c):
    return 2 * a * b * c


def block_flops__products_listed(time, d_model, d_ff):
    return (
        4 * _product(time, d_model, d_model)
        + _product(time, d_model, time)
        + _product(time, time, d_model)
        + _product(time, d_model, d_ff)
        + _product(time, d_ff, d_model)
    )


def block_flops__factored(time, d_model, d_ff):
    return 4 * time * d_model * (2 * d_model + time + d_ff)


def block_flops__each_head_by_itself(time, d_model, d_ff):
    heads = d_model
    width = d_model // heads
    each = 3 * _product(time, d_model, width) + _product(time, width, time) + _product(time, time, width)
    return np.int64(heads) * each + _product(time, d_model, d_model) + 2 * _product(time, d_model, d_ff)
