"""Right answers of lab 1, as differently as students write them: the recurrence."""

# ruff: noqa: ARG002  (Keras is imported only where it is used; a cell is named after its class)

import math

import numpy as np

# 2.1 rnn_step


def rnn_step__loops(x_t, h_prev, W_xh, W_hh, b_h):
    h = np.empty((len(x_t), len(b_h)))
    for row in range(len(x_t)):
        for unit in range(len(b_h)):
            a = sum(x_t[row, feature] * W_xh[feature, unit] for feature in range(x_t.shape[1]))
            a += sum(h_prev[row, other] * W_hh[other, unit] for other in range(len(b_h)))
            h[row, unit] = math.tanh(a + b_h[unit])
    return h


def rnn_step__einsum(x_t, h_prev, W_xh, W_hh, b_h):
    return np.tanh(b_h + np.einsum("bu,uv->bv", h_prev, W_hh) + np.einsum("bf,fu->bu", x_t, W_xh))


def rnn_step__one_product(x_t, h_prev, W_xh, W_hh, b_h):
    joined = np.concatenate([x_t, h_prev, np.ones((len(x_t), 1))], axis=1)
    return np.tanh(joined @ np.concatenate([W_xh, W_hh, b_h[None]], axis=0))


def rnn_step__columns_in_float32(x_t, h_prev, W_xh, W_hh, b_h):
    x_t, h_prev, W_xh, W_hh, b_h = (value.astype(np.float32) for value in (x_t, h_prev, W_xh, W_hh, b_h))
    return np.tanh(b_h[:, None] + W_hh.T @ h_prev.T + W_xh.T @ x_t.T).T


def rnn_step__exponentials(x_t, h_prev, W_xh, W_hh, b_h):
    a = 2 * (x_t @ W_xh + h_prev @ W_hh + b_h)
    return 2 / (1 + np.exp(-a)) - 1


def rnn_step__tensorflow(x_t, h_prev, W_xh, W_hh, b_h):
    import tensorflow as tf

    return tf.tanh(tf.matmul(x_t, W_xh) + tf.matmul(h_prev, W_hh) + b_h)


def rnn_step__keras_ops_float32(x_t, h_prev, W_xh, W_hh, b_h):
    from keras import ops

    x_t, h_prev, W_xh, W_hh, b_h = (ops.cast(value, "float32") for value in (x_t, h_prev, W_xh, W_hh, b_h))
    return ops.tanh(ops.matmul(x_t, W_xh) + ops.matmul(h_prev, W_hh) + b_h)


# 2.2 rnn_forward


def rnn_step(x_t, h_prev, W_xh, W_hh, b_h):
    return np.tanh(x_t @ W_xh + h_prev @ W_hh + b_h)


def rnn_forward__filled_table(x, h_0, W_xh, W_hh, b_h, mask=None):
    h = np.zeros((x.shape[0], x.shape[1], h_0.shape[1]))
    state = h_0.copy()
    for t in range(x.shape[1]):
        real = np.ones(len(x), bool) if mask is None else mask[:, t]
        state[real] = rnn_step(x[real, t], state[real], W_xh, W_hh, b_h)
        h[:, t] = state
    return h


def rnn_forward__sequence_by_sequence(x, h_0, W_xh, W_hh, b_h, mask=None):
    rows = []
    for row in range(len(x)):
        state, states = h_0[row], []
        for t, x_t in enumerate(x[row]):
            if mask is None or mask[row, t]:
                state = np.tanh(x_t @ W_xh + state @ W_hh + b_h)
            states.append(state)
        rows.append(states)
    return rows


def rnn_forward__arithmetic_mask_float32(x, h_0, W_xh, W_hh, b_h, mask=None):
    x, h, W_xh, W_hh, b_h = (value.astype(np.float32) for value in (x, h_0, W_xh, W_hh, b_h))
    mask = np.ones(x.shape[:2]) if mask is None else mask
    drive = x @ W_xh + b_h
    states = []
    for t in range(x.shape[1]):
        m = mask[:, t : t + 1].astype(np.float32)
        h = m * np.tanh(h @ W_hh + drive[:, t]) + (1 - m) * h
        states.append(h[:, None])
    return np.concatenate(states, axis=1)


def rnn_forward__tensorflow(x, h_0, W_xh, W_hh, b_h, mask=None):
    import tensorflow as tf

    h, states = tf.constant(h_0), []
    for t in range(x.shape[1]):
        new = tf.tanh(x[:, t] @ W_xh + h @ W_hh + b_h)
        h = new if mask is None else tf.where(mask[:, t, None], new, h)
        states.append(h)
    return tf.stack(states, axis=1)


# 2.3 MyRNNCell: called with `units`, as the class is.


def MyRNNCell__build_with_matmul(units):
    import keras

    class Cell(keras.layers.Layer):
        def __init__(self, units):
            super().__init__()
            self.units = units

        @property
        def state_size(self):
            return [self.units]

        def build(self, input_shape):
            self.W_hh = self.add_weight((self.units, self.units), name="a")
            self.b_h = self.add_weight((self.units,), initializer="zeros")
            self.W_xh = self.add_weight((input_shape[-1], self.units))
            self.built = True

        def call(self, inputs, states):
            (h_prev,) = states
            a = keras.ops.matmul(h_prev, self.W_hh) + self.b_h
            a = keras.ops.add(a, keras.ops.matmul(inputs, self.W_xh))
            h = keras.activations.tanh(a)
            return h, (h,)

    return Cell(units)


def MyRNNCell__tensorflow(units):
    import keras
    import tensorflow as tf

    class Cell(keras.layers.Layer):
        def __init__(self, units):
            super().__init__(name="my_cell")
            self.state_size = units

        def build(self, input_shape):
            features, units = input_shape[-1], self.state_size
            self.W_xh = self.add_weight(shape=(features, units), initializer="random_normal")
            self.W_hh = self.add_weight(shape=(units, units), initializer="random_normal")
            self.b_h = self.add_weight(shape=(units,), initializer="ones")

        def call(self, inputs, states, training=False):
            joined = tf.concat([inputs, states[0]], axis=-1)
            weights = tf.concat([self.W_xh, self.W_hh], axis=0)
            h = tf.tanh(tf.nn.bias_add(tf.matmul(joined, weights), self.b_h))
            return h, [h]

    return Cell(units)


# 3.1 ball_model


def ball_model__sliced(units):
    import keras

    frames = keras.Input((None, 2))
    states = keras.layers.SimpleRNN(units, return_sequences=True)(frames)
    return keras.Model(frames, keras.layers.Dense(2)(states[:, -1]))


def ball_model__sequential(units):
    import keras

    return keras.Sequential([keras.Input((None, 2)), keras.layers.SimpleRNN(units), keras.layers.Dense(2)])


def ball_model__cell_and_state(units):
    import keras

    frames = keras.Input((None, 2))
    _, memory = keras.layers.RNN(keras.layers.SimpleRNNCell(units), return_state=True)(frames)
    return keras.Model(frames, keras.layers.Dense(2)(memory))
