"""The classic wrong answers of lab 1: the recurrence.

A name says all (`listed`): `rnn_step__no_tanh` must earn the hint `no_tanh`.

Where a function calls an earlier exercise, it calls the right one, defined here.
"""

import numpy as np

from labkit.checks import cases

# The right answer of an earlier exercise.


def rnn_step(x_t, h_prev, W_xh, W_hh, b_h):
    return np.tanh(x_t @ W_xh + h_prev @ W_hh + b_h)


# 2.1 rnn_step


def rnn_step__no_tanh(x_t, h_prev, W_xh, W_hh, b_h):
    return x_t @ W_xh + h_prev @ W_hh + b_h


def rnn_step__no_bias(x_t, h_prev, W_xh, W_hh, b_h):
    return np.tanh(x_t @ W_xh + h_prev @ W_hh)


def rnn_step__bias_outside(x_t, h_prev, W_xh, W_hh, b_h):
    return np.tanh(x_t @ W_xh + h_prev @ W_hh) + b_h


def rnn_step__tanh_each(x_t, h_prev, W_xh, W_hh, b_h):
    return np.tanh(x_t @ W_xh) + np.tanh(h_prev @ W_hh + b_h)


def rnn_step__sigmoid(x_t, h_prev, W_xh, W_hh, b_h):
    return 1 / (1 + np.exp(-(x_t @ W_xh + h_prev @ W_hh + b_h)))


def rnn_step__tanh_each__bias_with_input(x_t, h_prev, W_xh, W_hh, b_h):
    return np.tanh(x_t @ W_xh + b_h) + np.tanh(h_prev @ W_hh)


def rnn_step__relu(x_t, h_prev, W_xh, W_hh, b_h):
    return np.maximum(0, x_t @ W_xh + h_prev @ W_hh + b_h)


def rnn_step__transposed(x_t, h_prev, W_xh, W_hh, b_h):
    return np.tanh(x_t @ W_xh + (W_hh @ h_prev.T).T + b_h)


def rnn_step__columns(x_t, h_prev, W_xh, W_hh, b_h):
    return np.tanh(W_hh.T @ h_prev + W_xh.T @ x_t + b_h)


def rnn_step__columns__article(x_t, h_prev, W_xh, W_hh, b_h):
    return np.tanh(W_hh @ h_prev + W_xh @ x_t + b_h)


def rnn_step__transposed_input(x_t, h_prev, W_xh, W_hh, b_h):
    return np.tanh(x_t @ W_xh.T + h_prev @ W_hh + b_h)


def rnn_step__transposed_both(x_t, h_prev, W_xh, W_hh, b_h):
    return np.tanh(x_t @ W_xh.T + h_prev @ W_hh.T + b_h)


def rnn_step__elementwise(x_t, h_prev, W_xh, W_hh, b_h):
    return np.tanh(x_t @ W_xh + h_prev * W_hh + b_h)


def rnn_step__raises__elementwise_input(x_t, h_prev, W_xh, W_hh, b_h):
    return np.tanh(x_t * W_xh + h_prev @ W_hh + b_h)


def rnn_step__swapped_weights(x_t, h_prev, W_xh, W_hh, b_h):
    return np.tanh(h_prev @ W_xh + x_t @ W_hh + b_h)


def rnn_step__no_memory(x_t, h_prev, W_xh, W_hh, b_h):
    return np.tanh(x_t @ W_xh + b_h)


def rnn_step__no_input(x_t, h_prev, W_xh, W_hh, b_h):
    return np.tanh(h_prev @ W_hh + b_h)


def rnn_step__no_W_hh(x_t, h_prev, W_xh, W_hh, b_h):
    return np.tanh(x_t @ W_xh + h_prev + b_h)


def rnn_step__bias_subtracted(x_t, h_prev, W_xh, W_hh, b_h):
    return np.tanh(x_t @ W_xh + h_prev @ W_hh - b_h)


def rnn_step__memory_subtracted(x_t, h_prev, W_xh, W_hh, b_h):
    return np.tanh(x_t @ W_xh - h_prev @ W_hh + b_h)


def rnn_step__value__doubled(x_t, h_prev, W_xh, W_hh, b_h):
    return 2 * np.tanh(x_t @ W_xh + h_prev @ W_hh + b_h)


def rnn_step__type__pair(x_t, h_prev, W_xh, W_hh, b_h):
    h = np.tanh(x_t @ W_xh + h_prev @ W_hh + b_h)
    return h, [h]


def rnn_step__type__rounded_to_int(x_t, h_prev, W_xh, W_hh, b_h):
    return np.rint(np.tanh(x_t @ W_xh + h_prev @ W_hh + b_h)).astype(int)


def rnn_step__shape__batch_averaged(x_t, h_prev, W_xh, W_hh, b_h):
    return np.tanh(x_t @ W_xh + h_prev @ W_hh + b_h).mean(axis=0)


def rnn_step__shape__one_sequence_only(x_t, h_prev, W_xh, W_hh, b_h):
    return np.tanh(x_t[0] @ W_xh + h_prev[0] @ W_hh + b_h)


def rnn_step__finite__arctanh(x_t, h_prev, W_xh, W_hh, b_h):
    with np.errstate(invalid="ignore"):
        return np.arctanh(x_t @ W_xh + h_prev @ W_hh + b_h)


def rnn_step__finite__nan(x_t, h_prev, W_xh, W_hh, b_h):
    return np.full(h_prev.shape, np.nan)


def rnn_step__changed(x_t, h_prev, W_xh, W_hh, b_h):
    h_prev[:] = np.tanh(x_t @ W_xh + h_prev @ W_hh + b_h)
    return h_prev


def rnn_step__zeros(x_t, h_prev, W_xh, W_hh, b_h):
    return np.zeros((len(x_t), len(b_h)))


def rnn_step__constant(x_t, h_prev, W_xh, W_hh, b_h):
    return np.full((len(x_t), len(b_h)), 0.5)


def rnn_step__echo(x_t, h_prev, W_xh, W_hh, b_h):
    return h_prev


# 2.2 rnn_forward


def rnn_forward__with_h_0(x, h_0, W_xh, W_hh, b_h, mask=None):
    states = [h_0]
    for t in range(x.shape[1]):
        h = rnn_step(x[:, t], states[-1], W_xh, W_hh, b_h)
        states.append(h if mask is None else np.where(mask[:, t, None], h, states[-1]))
    return np.stack(states, axis=1)


def rnn_forward__shifted(x, h_0, W_xh, W_hh, b_h, mask=None):
    h, states = h_0, []
    for t in range(x.shape[1]):
        states.append(h)
        h_new = rnn_step(x[:, t], h, W_xh, W_hh, b_h)
        h = h_new if mask is None else np.where(mask[:, t, None], h_new, h)
    return np.stack(states, axis=1)


def rnn_forward__last_only(x, h_0, W_xh, W_hh, b_h, mask=None):
    h = h_0
    for t in range(x.shape[1]):
        h_new = rnn_step(x[:, t], h, W_xh, W_hh, b_h)
        h = h_new if mask is None else np.where(mask[:, t, None], h_new, h)
    return h


def rnn_forward__not_carried(x, h_0, W_xh, W_hh, b_h, mask=None):
    h, states = h_0, []
    for t in range(x.shape[1]):
        h_new = rnn_step(x[:, t], h_0, W_xh, W_hh, b_h)
        h = h_new if mask is None else np.where(mask[:, t, None], h_new, h)
        states.append(h)
    return np.stack(states, axis=1)


def rnn_forward__not_carried__masked_to_h_0(x, h_0, W_xh, W_hh, b_h, mask=None):
    states = []
    for t in range(x.shape[1]):
        h = rnn_step(x[:, t], h_0, W_xh, W_hh, b_h)
        if mask is not None:
            h = np.where(mask[:, t, None], h, h_0)
        states.append(h)
    return np.stack(states, axis=1)


def rnn_forward__not_carried__masked_to_zero(x, h_0, W_xh, W_hh, b_h, mask=None):
    states = []
    for t in range(x.shape[1]):
        h = rnn_step(x[:, t], h_0, W_xh, W_hh, b_h)
        states.append(h if mask is None else h * mask[:, t, None])
    return np.stack(states, axis=1)


def rnn_forward__not_carried__mask_ignored(x, h_0, W_xh, W_hh, b_h, mask=None):
    return np.stack([rnn_step(x[:, t], h_0, W_xh, W_hh, b_h) for t in range(x.shape[1])], axis=1)


def rnn_forward__h_0_ignored(x, h_0, W_xh, W_hh, b_h, mask=None):
    h, states = np.zeros((x.shape[0], len(b_h))), []
    for t in range(x.shape[1]):
        h_new = rnn_step(x[:, t], h, W_xh, W_hh, b_h)
        h = h_new if mask is None else np.where(mask[:, t, None], h_new, h)
        states.append(h)
    return np.stack(states, axis=1)


def rnn_forward__mask_ignored(x, h_0, W_xh, W_hh, b_h, mask=None):
    h, states = h_0, []
    for t in range(x.shape[1]):
        h = rnn_step(x[:, t], h, W_xh, W_hh, b_h)
        states.append(h)
    return np.stack(states, axis=1)


def rnn_forward__masked_to_zero(x, h_0, W_xh, W_hh, b_h, mask=None):
    h, states = h_0, []
    for t in range(x.shape[1]):
        h = rnn_step(x[:, t], h, W_xh, W_hh, b_h)
        if mask is not None:
            h = h * mask[:, t, None]
        states.append(h)
    return np.stack(states, axis=1)


def rnn_forward__masked_input(x, h_0, W_xh, W_hh, b_h, mask=None):
    if mask is not None:
        x = x * mask[:, :, None]
    return rnn_forward__mask_ignored(x, h_0, W_xh, W_hh, b_h)


def rnn_forward__masked_output_only(x, h_0, W_xh, W_hh, b_h, mask=None):
    h, shown, states = h_0, h_0, []
    for t in range(x.shape[1]):
        h = rnn_step(x[:, t], h, W_xh, W_hh, b_h)
        shown = h if mask is None else np.where(mask[:, t, None], h, shown)
        states.append(shown)
    return np.stack(states, axis=1)


def rnn_forward__masked_output_zero(x, h_0, W_xh, W_hh, b_h, mask=None):
    h, states = h_0, []
    for t in range(x.shape[1]):
        h_new = rnn_step(x[:, t], h, W_xh, W_hh, b_h)
        real = np.ones((len(x), 1), bool) if mask is None else mask[:, t, None]
        h = np.where(real, h_new, h)
        states.append(h * real)
    return np.stack(states, axis=1)


def rnn_forward__inverted_mask(x, h_0, W_xh, W_hh, b_h, mask=None):
    h, states = h_0, []
    for t in range(x.shape[1]):
        h_new = rnn_step(x[:, t], h, W_xh, W_hh, b_h)
        h = h_new if mask is None else np.where(mask[:, t, None], h, h_new)
        states.append(h)
    return np.stack(states, axis=1)


def rnn_forward__time_first(x, h_0, W_xh, W_hh, b_h, mask=None):
    h, states = h_0, []
    for t in range(x.shape[1]):
        h_new = rnn_step(x[:, t], h, W_xh, W_hh, b_h)
        h = h_new if mask is None else np.where(mask[:, t, None], h_new, h)
        states.append(h)
    return np.array(states)


def rnn_forward__backwards(x, h_0, W_xh, W_hh, b_h, mask=None):
    h, states = h_0, []
    for t in reversed(range(x.shape[1])):
        h_new = rnn_step(x[:, t], h, W_xh, W_hh, b_h)
        h = h_new if mask is None else np.where(mask[:, t, None], h_new, h)
        states.append(h)
    return np.stack(states, axis=1)


def rnn_forward__not_carried__time_is_batch(x, h_0, W_xh, W_hh, b_h, mask=None):
    h = np.zeros((x.shape[0], x.shape[1], len(b_h)))
    for row in range(x.shape[0]):
        h[row] = rnn_step(x[row], np.repeat(h_0[row : row + 1], x.shape[1], axis=0), W_xh, W_hh, b_h)
    return h


def rnn_forward__type__list_of_lists(x, h_0, W_xh, W_hh, b_h, mask=None):
    return {t: rnn_step(x[:, t], h_0, W_xh, W_hh, b_h) for t in range(x.shape[1])}


def rnn_forward__shape__joined_on_units(x, h_0, W_xh, W_hh, b_h, mask=None):
    return np.concatenate(list(rnn_forward__mask_ignored(x, h_0, W_xh, W_hh, b_h).swapaxes(0, 1)), axis=1)


def rnn_forward__raises__time_on_the_wrong_axis(x, h_0, W_xh, W_hh, b_h, mask=None):
    h, states = h_0, []
    for t in range(x.shape[0]):
        h = rnn_step(x[t], h, W_xh, W_hh, b_h)
        states.append(h)
    return np.stack(states, axis=1)


def rnn_forward__raises__mask_is_none(x, h_0, W_xh, W_hh, b_h, mask=None):
    h, states = h_0, []
    for t in range(x.shape[1]):
        h = np.where(mask[:, t, None], rnn_step(x[:, t], h, W_xh, W_hh, b_h), h)
        states.append(h)
    return np.stack(states, axis=1)


def rnn_forward__finite__nan_at_masked_steps(x, h_0, W_xh, W_hh, b_h, mask=None):
    h = rnn_forward__mask_ignored(x, h_0, W_xh, W_hh, b_h)
    return h if mask is None else np.where(mask[:, :, None], h, np.nan)


def rnn_forward__changed(x, h_0, W_xh, W_hh, b_h, mask=None):
    states = []
    for t in range(x.shape[1]):
        h = rnn_step(x[:, t], h_0, W_xh, W_hh, b_h)
        h_0[:] = h if mask is None else np.where(mask[:, t, None], h, h_0)
        states.append(h_0.copy())
    return np.stack(states, axis=1)


def rnn_forward__same_array(x, h_0, W_xh, W_hh, b_h, mask=None):
    h, states = h_0.copy(), []
    for t in range(x.shape[1]):
        h_new = rnn_step(x[:, t], h, W_xh, W_hh, b_h)
        h[:] = h_new if mask is None else np.where(mask[:, t, None], h_new, h)
        states.append(h)
    return np.stack(states, axis=1)


def rnn_forward__zeros(x, h_0, W_xh, W_hh, b_h, mask=None):
    return np.zeros((x.shape[0], x.shape[1], h_0.shape[1]))


def rnn_forward__constant(x, h_0, W_xh, W_hh, b_h, mask=None):
    return np.ones((x.shape[0], x.shape[1], h_0.shape[1]))


def rnn_forward__echo(x, h_0, W_xh, W_hh, b_h, mask=None):
    return x


def rnn_forward__value__h_0_repeated(x, h_0, W_xh, W_hh, b_h, mask=None):
    return np.repeat(h_0[:, None], x.shape[1], axis=1)


# 2.3 MyRNNCell: each is called with `units`, as the class is, and gives a cell.


# ruff: noqa: ARG002, ARG005  (a wrong answer leaves out some of what it is given)
def _my_rnn_cell():
    import keras

    class MyRNNCell(keras.layers.Layer):
        def __init__(self, units, **kwargs):
            super().__init__(**kwargs)
            self.units = units
            self.state_size = units

        def build(self, input_shape):
            self.W_xh = self.add_weight(shape=(input_shape[-1], self.units), name="W_xh")
            self.W_hh = self.add_weight(shape=(self.units, self.units), name="W_hh")
            self.b_h = self.add_weight(shape=(self.units,), name="b_h")

        def call(self, inputs, states):
            h = keras.ops.tanh(inputs @ self.W_xh + states[0] @ self.W_hh + self.b_h)
            return h, [h]

    return MyRNNCell


def MyRNNCell__no_state_size(units):
    import keras

    class Cell(_my_rnn_cell()):
        def __init__(self, units):
            keras.layers.Layer.__init__(self)
            self.units = units

    return Cell(units)


def MyRNNCell__no_state_size__another_number(units):
    class Cell(_my_rnn_cell()):
        def __init__(self, units):
            super().__init__(units)
            self.state_size = units + 1

    return Cell(units)


def MyRNNCell__weights_missing__other_names(units):
    import keras

    class Cell(_my_rnn_cell()):
        def build(self, input_shape):
            self.W = self.add_weight(shape=(input_shape[-1], self.units))
            self.U = self.add_weight(shape=(self.units, self.units))
            self.b = self.add_weight(shape=(self.units,))

        def call(self, inputs, states):
            h = keras.ops.tanh(inputs @ self.W + states[0] @ self.U + self.b)
            return h, [h]

    return Cell(units)


def MyRNNCell__weights_missing__plain_arrays(units):
    class Cell(_my_rnn_cell()):
        def build(self, input_shape):
            self.W_xh = np.zeros((input_shape[-1], self.units), "float32")
            self.W_hh = np.zeros((self.units, self.units), "float32")
            self.b_h = np.zeros(self.units, "float32")

    return Cell(units)


def MyRNNCell__weights_missing__no_bias(units):
    import keras

    class Cell(_my_rnn_cell()):
        def build(self, input_shape):
            self.W_xh = self.add_weight(shape=(input_shape[-1], self.units))
            self.W_hh = self.add_weight(shape=(self.units, self.units))

        def call(self, inputs, states):
            h = keras.ops.tanh(inputs @ self.W_xh + states[0] @ self.W_hh)
            return h, [h]

    return Cell(units)


def MyRNNCell__weights_missing__not_trainable(units):
    class Cell(_my_rnn_cell()):
        def build(self, input_shape):
            super().build(input_shape)
            self.b_h = self.add_weight(shape=(self.units,), trainable=False)

    return Cell(units)


def MyRNNCell__weights_shape__slide(units):
    import keras

    class Cell(_my_rnn_cell()):
        def build(self, input_shape):
            self.W_xh = self.add_weight(shape=(self.units, input_shape[-1]))
            self.W_hh = self.add_weight(shape=(self.units, self.units))
            self.b_h = self.add_weight(shape=(self.units,))

        def call(self, inputs, states):
            h = keras.ops.tanh(inputs @ keras.ops.transpose(self.W_xh) + states[0] @ self.W_hh + self.b_h)
            return h, [h]

    return Cell(units)


def MyRNNCell__weights_shape__bias_of_one(units):
    class Cell(_my_rnn_cell()):
        def build(self, input_shape):
            super().build(input_shape)
            self.b_h = self.add_weight(shape=(1, self.units))

    return Cell(units)


def MyRNNCell__returns_one_value(units):
    class Cell(_my_rnn_cell()):
        def call(self, inputs, states):
            return super().call(inputs, states)[0]

    return Cell(units)


def MyRNNCell__state_not_in_a_list(units):
    class Cell(_my_rnn_cell()):
        def call(self, inputs, states):
            h, _ = super().call(inputs, states)
            return h, h

    return Cell(units)


def MyRNNCell__list_for_state(units):
    import keras

    class Cell(_my_rnn_cell()):
        def call(self, inputs, states):
            h = keras.ops.tanh(inputs @ self.W_xh + keras.ops.matmul(states, self.W_hh) + self.b_h)
            return h, [h]

    return Cell(units)


def MyRNNCell__list_for_state__operator(units):
    import keras

    class Cell(_my_rnn_cell()):
        def call(self, inputs, states):
            h = keras.ops.tanh(inputs @ self.W_xh + states @ self.W_hh + self.b_h)
            return h, [h]

    return Cell(units)


def MyRNNCell__list_for_state__kept_as_it_is(units):
    import keras

    class Cell(_my_rnn_cell()):
        def call(self, inputs, states):
            h = keras.ops.tanh(inputs @ self.W_xh + keras.ops.matmul(states, self.W_hh) + self.b_h)
            return h, h

    return Cell(units)


def MyRNNCell__remembers(units):
    import keras

    class Cell(_my_rnn_cell()):
        h = None

        def call(self, inputs, states):
            h_prev = states[0] if self.h is None else self.h
            self.h = keras.ops.tanh(inputs @ self.W_xh + h_prev @ self.W_hh + self.b_h)
            return self.h, [self.h]

    return Cell(units)


def MyRNNCell__no_tanh(units):
    class Cell(_my_rnn_cell()):
        def call(self, inputs, states):
            h = inputs @ self.W_xh + states[0] @ self.W_hh + self.b_h
            return h, [h]

    return Cell(units)


def MyRNNCell__no_bias(units):
    import keras

    class Cell(_my_rnn_cell()):
        def call(self, inputs, states):
            h = keras.ops.tanh(inputs @ self.W_xh + states[0] @ self.W_hh)
            return h, [h]

    return Cell(units)


def MyRNNCell__no_memory(units):
    import keras

    class Cell(_my_rnn_cell()):
        def call(self, inputs, states):
            h = keras.ops.tanh(inputs @ self.W_xh + self.b_h)
            return h, [h]

    return Cell(units)


def MyRNNCell__transposed(units):
    import keras

    class Cell(_my_rnn_cell()):
        def call(self, inputs, states):
            h = keras.ops.tanh(inputs @ self.W_xh + states[0] @ keras.ops.transpose(self.W_hh) + self.b_h)
            return h, [h]

    return Cell(units)


def MyRNNCell__sigmoid(units):
    import keras

    class Cell(_my_rnn_cell()):
        def call(self, inputs, states):
            h = keras.ops.sigmoid(inputs @ self.W_xh + states[0] @ self.W_hh + self.b_h)
            return h, [h]

    return Cell(units)


def MyRNNCell__relu(units):
    import keras

    class Cell(_my_rnn_cell()):
        def call(self, inputs, states):
            h = keras.ops.relu(inputs @ self.W_xh + states[0] @ self.W_hh + self.b_h)
            return h, [h]

    return Cell(units)


def MyRNNCell__old_state(units):
    class Cell(_my_rnn_cell()):
        def call(self, inputs, states):
            return super().call(inputs, states)[0], states

    return Cell(units)


def MyRNNCell__bias_outside(units):
    import keras

    class Cell(_my_rnn_cell()):
        def call(self, inputs, states):
            h = keras.ops.tanh(inputs @ self.W_xh + states[0] @ self.W_hh) + self.b_h
            return h, [h]

    return Cell(units)


def MyRNNCell__raises__states_not_indexed(units):
    import keras

    class Cell(_my_rnn_cell()):
        def call(self, inputs, states):
            h = keras.ops.tanh(keras.ops.matmul(inputs, self.W_xh) + states.dot(self.W_hh) + self.b_h)
            return h, [h]

    return Cell(units)


def MyRNNCell__raises__no_build(units):
    class Cell(_my_rnn_cell()):
        def build(self, input_shape):
            raise ValueError("units and features do not fit")

    return Cell(units)


def MyRNNCell__finite__nan(units):
    class Cell(_my_rnn_cell()):
        def call(self, inputs, states):
            h = states[0] * float("nan")
            return h, [h]

    return Cell(units)


def MyRNNCell__value__doubled(units):
    class Cell(_my_rnn_cell()):
        def call(self, inputs, states):
            h = 2 * super().call(inputs, states)[0]
            return h, [h]

    return Cell(units)


def MyRNNCell__zeros(units):
    class Cell(_my_rnn_cell()):
        def call(self, inputs, states):
            h = states[0] * 0.0
            return h, [h]

    return Cell(units)


def MyRNNCell__constant(units):
    class Cell(_my_rnn_cell()):
        def call(self, inputs, states):
            h = states[0] * 0.0 + 0.5
            return h, [h]

    return Cell(units)


def MyRNNCell__handed_on__echo(units):
    class Cell(_my_rnn_cell()):
        def call(self, inputs, states):
            return states[0], states

    return Cell(units)


# 3.1 ball_model


def _many_to_one(units, memory):
    import keras

    frames = keras.Input((None, 2))
    return keras.Model(frames, keras.layers.Dense(2)(memory(keras, units, frames)))


def ball_model__not_a_model(units):
    import keras

    frames = keras.Input((None, 2))
    return keras.layers.Dense(2)(keras.layers.SimpleRNN(units)(frames))


def ball_model__not_a_model__a_layer(units):
    import keras

    return keras.layers.SimpleRNN(units)


def ball_model__many_to_many(units):
    return _many_to_one(
        units, lambda keras, units, frames: keras.layers.SimpleRNN(units, return_sequences=True)(frames)
    )


def ball_model__fixed_time(units):
    import keras

    frames = keras.Input((5, 2))
    return keras.Model(frames, keras.layers.Dense(2)(keras.layers.SimpleRNN(units)(frames)))


def ball_model__model_shapes__no_dense(units):
    import keras

    frames = keras.Input((None, 2))
    return keras.Model(frames, keras.layers.SimpleRNN(units)(frames))


def ball_model__model_weights__lstm(units):
    return _many_to_one(units, lambda keras, units, frames: keras.layers.LSTM(units)(frames))


def ball_model__model_weights__no_memory(units):
    return _many_to_one(units, lambda keras, units, frames: keras.layers.Dense(units, "tanh")(frames[:, -1]))


def ball_model__model_weights__units_fixed(units):
    return _many_to_one(units, lambda keras, units, frames: keras.layers.SimpleRNN(32)(frames))


def ball_model__model_weights__two_layers(units):
    def memory(keras, units, frames):
        states = keras.layers.SimpleRNN(units, return_sequences=True)(frames)
        return keras.layers.SimpleRNN(units)(states)

    return _many_to_one(units, memory)


def ball_model__model_weights__no_bias(units):
    return _many_to_one(units, lambda keras, units, frames: keras.layers.SimpleRNN(units, use_bias=False)(frames))


def ball_model__first_state(units):
    return _many_to_one(
        units, lambda keras, units, frames: keras.layers.SimpleRNN(units, return_sequences=True)(frames)[:, 0]
    )


def ball_model__mean_state(units):
    def memory(keras, units, frames):
        return keras.layers.GlobalAveragePooling1D()(keras.layers.SimpleRNN(units, return_sequences=True)(frames))

    return _many_to_one(units, memory)


def ball_model__sum_state(units):
    def memory(keras, units, frames):
        return keras.ops.sum(keras.layers.SimpleRNN(units, return_sequences=True)(frames), axis=1)

    return _many_to_one(units, memory)


def ball_model__max_state(units):
    def memory(keras, units, frames):
        return keras.layers.GlobalMaxPooling1D()(keras.layers.SimpleRNN(units, return_sequences=True)(frames))

    return _many_to_one(units, memory)


def ball_model__backwards(units):
    return _many_to_one(units, lambda keras, units, frames: keras.layers.SimpleRNN(units, go_backwards=True)(frames))


def ball_model__linear(units):
    return _many_to_one(units, lambda keras, units, frames: keras.layers.SimpleRNN(units, activation=None)(frames))


def ball_model__relu(units):
    return _many_to_one(units, lambda keras, units, frames: keras.layers.SimpleRNN(units, activation="relu")(frames))


def ball_model__raises__dense_on_all_frames(units):
    def memory(keras, units, frames):
        return keras.layers.Dense(units)(keras.layers.Flatten()(frames))

    return _many_to_one(units, memory)


def ball_model__finite__nan(units):
    return _many_to_one(units, lambda keras, units, frames: keras.layers.SimpleRNN(units)(frames) * float("nan"))


def ball_model__value__last_but_one(units):
    return _many_to_one(units, lambda keras, units, frames: keras.layers.SimpleRNN(units)(frames[:, :-1]))


def ball_model__zeros(units):
    import keras

    frames = keras.Input((None, 2))
    return keras.Model(frames, keras.layers.Dense(2)(keras.layers.SimpleRNN(units)(frames)) * 0)


def ball_model__constant(units):
    import keras

    frames = keras.Input((None, 2))
    return keras.Model(frames, keras.layers.Dense(2)(keras.layers.SimpleRNN(units)(frames)) * 0 + 1)


def ball_model__model_weights__echo(units):
    import keras

    frames = keras.Input((None, 2))
    return keras.Model(frames, frames[:, -1])


def ball_model__value__no_history(units):
    return _many_to_one(units, lambda keras, units, frames: keras.layers.SimpleRNN(units)(frames[:, -1:]))


# Tables of the public examples, of a cell and a model.


def cell_for_known_sizes(units):
    """Right for the numbers of units in the examples that everybody sees."""
    known = {case.arguments["units"] for case in cases.public("lab1_rnn")["MyRNNCell"]}
    return _my_rnn_cell()(units) if units in known else MyRNNCell__value__doubled(units)


def model_for_known_sizes(units):
    """Right for the numbers of units in the examples that everybody sees."""
    known = {case.arguments["units"] for case in cases.public("lab1_rnn")["ball_model"]}
    if units not in known:
        return ball_model__value__last_but_one(units)
    return _many_to_one(units, lambda keras, units, frames: keras.layers.SimpleRNN(units)(frames))


# 2.3 and 3.1, once more: right when they are called once, and not as the lab uses them.


def MyRNNCell__in_graph__numpy(units):
    class Cell(_my_rnn_cell()):
        def call(self, inputs, states):
            h = np.tanh(inputs @ self.W_xh + states[0] @ self.W_hh + self.b_h)
            return h, [h]

    return Cell(units)


def MyRNNCell__in_graph__own_rnn_step(units):
    class Cell(_my_rnn_cell()):
        def call(self, inputs, states):
            h = rnn_step(inputs, states[0], self.W_xh, self.W_hh, self.b_h)
            return h, [h]

    return Cell(units)


def MyRNNCell__gradient__state_held(units):
    import keras

    class Cell(_my_rnn_cell()):
        def call(self, inputs, states):
            held = keras.ops.stop_gradient(states[0])
            h = keras.ops.tanh(inputs @ self.W_xh + held @ self.W_hh + self.b_h)
            return h, [h]

    return Cell(units)


def MyRNNCell__in_graph__zeros_there(units):
    import keras
    import tensorflow as tf

    class Cell(_my_rnn_cell()):
        def call(self, inputs, states):
            h, _ = super().call(inputs, states)
            h = h if tf.executing_eagerly() else keras.ops.zeros_like(h)
            return h, [h]

    return Cell(units)


def MyRNNCell__not_differentiable__weights_kept(units):
    import keras

    class Cell(_my_rnn_cell()):
        kept = None

        def call(self, inputs, states):
            if self.kept is None:
                self.kept = [np.asarray(one) for one in (self.W_xh, self.W_hh, self.b_h)]
            h = keras.ops.tanh(inputs @ self.kept[0] + states[0] @ self.kept[1] + self.kept[2])
            return h, [h]

    return Cell(units)


def ball_model__frames_skipped(units):
    return _many_to_one(
        units, lambda keras, units, frames: keras.layers.SimpleRNN(units)(keras.layers.Masking()(frames))
    )


def ball_model__value__last_twelve_frames(units):
    return _many_to_one(units, lambda keras, units, frames: keras.layers.SimpleRNN(units)(frames[:, -12:]))


def ball_model__in_training__drops_out(units):
    return _many_to_one(units, lambda keras, units, frames: keras.layers.SimpleRNN(units, dropout=0.5)(frames))


def ball_model__not_differentiable__frozen(units):
    return _many_to_one(units, lambda keras, units, frames: keras.layers.SimpleRNN(units, trainable=False)(frames))


# of others, 2.1


def rnn_step__memory_outside(x_t, h_prev, W_xh, W_hh, b_h):
    return np.tanh(x_t @ W_xh + b_h) + h_prev @ W_hh


def rnn_step__own_memory(x_t, h_prev, W_xh, W_hh, b_h):
    return np.tanh(x_t @ W_xh + h_prev * W_hh.diagonal() + b_h)
