# A lambda here gives (units, inputs, states): make the object, build it, give the weights random values, call it with inputs and states.
import keras
import numpy as np
import tensorflow as tf

SHOWN = {}


def _args(batch=3, features=4, units=2, scale=1.0, seed=0):
    rng = np.random.default_rng(seed)
    return dict(
        units=units,
        inputs=tf.constant(rng.normal(size=(batch, features)) * scale, tf.float32),
        states=[tf.constant(np.tanh(rng.normal(size=(batch, units))), tf.float32)],
    )


# ---------------------------------------------------------------- wrong
class MyRNNCell__w01_bias_forgotten(keras.layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.state_size = units

    def build(self, input_shape):
        self.W_xh = self.add_weight(shape=(input_shape[-1], self.units), name="W_xh")
        self.W_hh = self.add_weight(shape=(self.units, self.units), name="W_hh")
        self.b_h = self.add_weight(shape=(self.units,), initializer="zeros", name="b_h")

    def call(self, inputs, states):
        h = keras.ops.tanh(inputs @ self.W_xh + states[0] @ self.W_hh)
        return h, [h]


SHOWN["MyRNNCell__w01_bias_forgotten"] = (
    "natural",
    "b_h is made but not used; right while it is zero",
    lambda: _args(),
)


class MyRNNCell__w02_old_state(keras.layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.state_size = units

    def build(self, input_shape):
        self.W_xh = self.add_weight(shape=(input_shape[-1], self.units), name="W_xh")
        self.W_hh = self.add_weight(shape=(self.units, self.units), name="W_hh")
        self.b_h = self.add_weight(shape=(self.units,), initializer="zeros", name="b_h")

    def call(self, inputs, states):
        h_prev = states[0]
        h = keras.ops.tanh(keras.ops.matmul(inputs, self.W_xh) + keras.ops.matmul(h_prev, self.W_hh) + self.b_h)
        return h, [h_prev]


SHOWN["MyRNNCell__w02_old_state"] = (
    "natural",
    "hands the old state on: the memory stays as it was at the start",
    lambda: _args(),
)


class MyRNNCell__w03_sigmoid(keras.layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.state_size = units

    def build(self, input_shape):
        self.W_xh = self.add_weight(shape=(input_shape[-1], self.units), name="W_xh")
        self.W_hh = self.add_weight(shape=(self.units, self.units), name="W_hh")
        self.b_h = self.add_weight(shape=(self.units,), name="b_h")

    def call(self, inputs, states):
        z = keras.ops.matmul(inputs, self.W_xh) + keras.ops.matmul(states[0], self.W_hh) + self.b_h
        h = keras.ops.sigmoid(z)
        return h, [h]


SHOWN["MyRNNCell__w03_sigmoid"] = ("natural", "sigmoid instead of tanh", lambda: _args())


class MyRNNCell__w04_lecture_shapes(keras.layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.state_size = units

    def build(self, input_shape):
        self.W_xh = self.add_weight(shape=(self.units, input_shape[-1]), name="W_xh")
        self.W_hh = self.add_weight(shape=(self.units, self.units), name="W_hh")
        self.b_h = self.add_weight(shape=(self.units,), initializer="zeros", name="b_h")

    def call(self, inputs, states):
        h = keras.ops.tanh(
            inputs @ keras.ops.transpose(self.W_xh) + states[0] @ keras.ops.transpose(self.W_hh) + self.b_h
        )
        return h, [h]


SHOWN["MyRNNCell__w04_lecture_shapes"] = (
    "natural",
    "weights as in W x of the lecture: W_xh is (units, features) and W_hh is used transposed",
    lambda: _args(),
)


class MyRNNCell__w05_state_before_tanh(keras.layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.state_size = units

    def build(self, input_shape):
        self.W_xh = self.add_weight(shape=(input_shape[-1], self.units), name="W_xh")
        self.W_hh = self.add_weight(shape=(self.units, self.units), name="W_hh")
        self.b_h = self.add_weight(shape=(self.units,), initializer="zeros", name="b_h")

    def call(self, inputs, states):
        state = keras.ops.matmul(inputs, self.W_xh) + keras.ops.matmul(states[0], self.W_hh) + self.b_h
        return keras.ops.tanh(state), [state]


SHOWN["MyRNNCell__w05_state_before_tanh"] = ("natural", "the new state is the sum before the tanh", lambda: _args())


class MyRNNCell__w06_state_not_in_a_list(keras.layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.state_size = units

    def build(self, input_shape):
        self.W_xh = self.add_weight(shape=(input_shape[-1], self.units), name="W_xh")
        self.W_hh = self.add_weight(shape=(self.units, self.units), name="W_hh")
        self.b_h = self.add_weight(shape=(self.units,), initializer="zeros", name="b_h")

    def call(self, inputs, states):
        h = keras.ops.tanh(keras.ops.matmul(inputs, self.W_xh) + keras.ops.matmul(states[0], self.W_hh) + self.b_h)
        return h, h


SHOWN["MyRNNCell__w06_state_not_in_a_list"] = ("natural", "returns (h, h) instead of (h, [h])", lambda: _args())


class MyRNNCell__w07_frozen_bias(keras.layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.state_size = units

    def build(self, input_shape):
        self.W_xh = self.add_weight(shape=(input_shape[-1], self.units), name="W_xh")
        self.W_hh = self.add_weight(shape=(self.units, self.units), name="W_hh")
        self.b_h = self.add_weight(shape=(self.units,), initializer="zeros", trainable=False, name="b_h")

    def call(self, inputs, states):
        h = keras.ops.tanh(keras.ops.matmul(inputs, self.W_xh) + keras.ops.matmul(states[0], self.W_hh) + self.b_h)
        return h, [h]


SHOWN["MyRNNCell__w07_frozen_bias"] = (
    "use",
    "b_h is not trainable: no gradient reaches it in fit",
    "b_h is missing in trainable_weights and does not change in model.fit",
)


class MyRNNCell__w08_numpy(keras.layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.state_size = units

    def build(self, input_shape):
        self.W_xh = self.add_weight(shape=(input_shape[-1], self.units), name="W_xh")
        self.W_hh = self.add_weight(shape=(self.units, self.units), name="W_hh")
        self.b_h = self.add_weight(shape=(self.units,), initializer="zeros", name="b_h")

    def call(self, inputs, states):
        z = np.matmul(inputs, self.W_xh.numpy()) + np.matmul(states[0], self.W_hh.numpy()) + self.b_h.numpy()
        h = keras.ops.convert_to_tensor(np.tanh(z))
        return h, [h]


SHOWN["MyRNNCell__w08_numpy"] = (
    "use",
    "NumPy inside: fails in a graph, and no gradients in eager mode",
    "inside tf.function raises, gradients are None",
)


class MyRNNCell__w09_memory_stopped(keras.layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.state_size = units

    def build(self, input_shape):
        self.W_xh = self.add_weight(shape=(input_shape[-1], self.units), name="W_xh")
        self.W_hh = self.add_weight(shape=(self.units, self.units), name="W_hh")
        self.b_h = self.add_weight(shape=(self.units,), initializer="zeros", name="b_h")

    def call(self, inputs, states):
        h_prev = keras.ops.stop_gradient(states[0])
        h = keras.ops.tanh(keras.ops.matmul(inputs, self.W_xh) + keras.ops.matmul(h_prev, self.W_hh) + self.b_h)
        return h, [h]


SHOWN["MyRNNCell__w09_memory_stopped"] = (
    "use",
    "no gradient flows back through time",
    "gradient with respect to h_prev is None",
)


class MyRNNCell__w10_joined_once(keras.layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.state_size = units

    def build(self, input_shape):
        self.W_xh = self.add_weight(shape=(input_shape[-1], self.units), name="W_xh")
        self.W_hh = self.add_weight(shape=(self.units, self.units), name="W_hh")
        self.b_h = self.add_weight(shape=(self.units,), initializer="zeros", name="b_h")
        self.joined = keras.ops.concatenate([self.W_xh, self.W_hh], axis=0)

    def call(self, inputs, states):
        both = keras.ops.concatenate([inputs, states[0]], axis=-1)
        h = keras.ops.tanh(keras.ops.matmul(both, self.joined) + self.b_h)
        return h, [h]


SHOWN["MyRNNCell__w10_joined_once"] = (
    "use",
    "the weights are joined in build: later values (assign, training) are not seen, no gradient reaches them",
    "gradients of W_xh and W_hh are None; set_weights changes nothing",
)


class MyRNNCell__w11_straight_through(keras.layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.state_size = units

    def build(self, input_shape):
        self.W_xh = self.add_weight(shape=(input_shape[-1], self.units), name="W_xh")
        self.W_hh = self.add_weight(shape=(self.units, self.units), name="W_hh")
        self.b_h = self.add_weight(shape=(self.units,), initializer="zeros", name="b_h")

    def call(self, inputs, states):
        z = keras.ops.matmul(inputs, self.W_xh) + keras.ops.matmul(states[0], self.W_hh) + self.b_h
        h = z + keras.ops.stop_gradient(keras.ops.tanh(z) - z)  # keeps the gradient from vanishing
        return h, [h]


SHOWN["MyRNNCell__w11_straight_through"] = (
    "use",
    "the values are right, but the gradient skips the slope of tanh",
    "gradients are those of the sum without tanh",
)


class MyRNNCell__w12_formula_overflows(keras.layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.state_size = units

    def build(self, input_shape):
        self.W_xh = self.add_weight(shape=(input_shape[-1], self.units), name="W_xh")
        self.W_hh = self.add_weight(shape=(self.units, self.units), name="W_hh")
        self.b_h = self.add_weight(shape=(self.units,), initializer="zeros", name="b_h")

    def call(self, inputs, states):
        z = keras.ops.matmul(inputs, self.W_xh) + keras.ops.matmul(states[0], self.W_hh) + self.b_h
        h = (keras.ops.exp(2 * z) - 1) / (keras.ops.exp(2 * z) + 1)
        return h, [h]


SHOWN["MyRNNCell__w12_formula_overflows"] = (
    "subtle",
    "tanh by its formula: inf / inf = nan for sums beyond 44",
    lambda: _args(scale=300.0),
)


class MyRNNCell__w13_clipped(keras.layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.state_size = units

    def build(self, input_shape):
        self.W_xh = self.add_weight(shape=(input_shape[-1], self.units), name="W_xh")
        self.W_hh = self.add_weight(shape=(self.units, self.units), name="W_hh")
        self.b_h = self.add_weight(shape=(self.units,), initializer="zeros", name="b_h")

    def call(self, inputs, states):
        z = keras.ops.matmul(inputs, self.W_xh) + keras.ops.matmul(states[0], self.W_hh) + self.b_h
        h = keras.ops.tanh(keras.ops.clip(z, -2.0, 2.0))
        return h, [h]


SHOWN["MyRNNCell__w13_clipped"] = (
    "subtle",
    "the sum is clipped at 2: values and gradients are wrong beyond",
    lambda: _args(scale=10.0),
)


class MyRNNCell__w14_memory_sized_by_features(keras.layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.state_size = units

    def build(self, input_shape):
        features = input_shape[-1]
        self.W_xh = self.add_weight(shape=(features, self.units), name="W_xh")
        self.W_hh = self.add_weight(shape=(features, self.units), name="W_hh")
        self.b_h = self.add_weight(shape=(self.units,), initializer="zeros", name="b_h")

    def call(self, inputs, states):
        h = keras.ops.tanh(keras.ops.matmul(inputs, self.W_xh) + keras.ops.matmul(states[0], self.W_hh) + self.b_h)
        return h, [h]


SHOWN["MyRNNCell__w14_memory_sized_by_features"] = (
    "subtle",
    "W_hh is (features, units): right only where features == units",
    lambda: _args(),
)


class MyRNNCell__w15_shared_bias(keras.layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.state_size = units

    def build(self, input_shape):
        self.W_xh = self.add_weight(shape=(input_shape[-1], self.units), name="W_xh")
        self.W_hh = self.add_weight(shape=(self.units, self.units), name="W_hh")
        self.b_h = self.add_weight(shape=(1,), initializer="zeros", name="b_h")

    def call(self, inputs, states):
        h = keras.ops.tanh(keras.ops.matmul(inputs, self.W_xh) + keras.ops.matmul(states[0], self.W_hh) + self.b_h)
        return h, [h]


SHOWN["MyRNNCell__w15_shared_bias"] = (
    "subtle",
    "one bias for all units: shape (1,); right for one unit",
    "b_h has shape (1,) instead of (units,)",
)


class MyRNNCell__w16_own_state(keras.layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.state_size = units
        self.h = None

    def build(self, input_shape):
        self.W_xh = self.add_weight(shape=(input_shape[-1], self.units), name="W_xh")
        self.W_hh = self.add_weight(shape=(self.units, self.units), name="W_hh")
        self.b_h = self.add_weight(shape=(self.units,), initializer="zeros", name="b_h")

    def call(self, inputs, states):
        if self.h is None:
            self.h = states[0]
        self.h = keras.ops.tanh(keras.ops.matmul(inputs, self.W_xh) + keras.ops.matmul(self.h, self.W_hh) + self.b_h)
        return self.h, [self.h]


SHOWN["MyRNNCell__w16_own_state"] = (
    "use",
    "keeps its state in the object and looks at `states` in the first call only",
    "a second call with another h_prev goes on from its own state; in a graph, a tensor leaks",
)


class MyRNNCell__w17_class_weights(keras.layers.Layer):
    weights_by_shape = {}

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.state_size = units

    def build(self, input_shape):
        key = (input_shape[-1], self.units)
        known = MyRNNCell__w17_class_weights.weights_by_shape
        if key not in known:
            known[key] = (
                self.add_weight(shape=key, name="W_xh"),
                self.add_weight(shape=(self.units, self.units), name="W_hh"),
                self.add_weight(shape=(self.units,), initializer="zeros", name="b_h"),
            )
        self.W_xh, self.W_hh, self.b_h = known[key]

    def call(self, inputs, states):
        h = keras.ops.tanh(keras.ops.matmul(inputs, self.W_xh) + keras.ops.matmul(states[0], self.W_hh) + self.b_h)
        return h, [h]


SHOWN["MyRNNCell__w17_class_weights"] = (
    "use",
    "weights live in the class: a second object of the same size shares them",
    "two objects have the same weights; training one changes the other",
)


class MyRNNCell__w18_squeezed(keras.layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.state_size = units

    def build(self, input_shape):
        self.W_xh = self.add_weight(shape=(input_shape[-1], self.units), name="W_xh")
        self.W_hh = self.add_weight(shape=(self.units, self.units), name="W_hh")
        self.b_h = self.add_weight(shape=(self.units,), initializer="zeros", name="b_h")

    def call(self, inputs, states):
        x_t = keras.ops.expand_dims(inputs, 1)
        h_prev = keras.ops.expand_dims(states[0], 1)
        h = keras.ops.squeeze(
            keras.ops.tanh(keras.ops.matmul(x_t, self.W_xh) + keras.ops.matmul(h_prev, self.W_hh) + self.b_h)
        )
        return h, [h]


SHOWN["MyRNNCell__w18_squeezed"] = (
    "subtle",
    "squeeze drops the axis of a batch of 1 and of one unit too",
    lambda: _args(batch=1),
)


class MyRNNCell__w19_noise_in_training(keras.layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.state_size = units

    def build(self, input_shape):
        self.W_xh = self.add_weight(shape=(input_shape[-1], self.units), name="W_xh")
        self.W_hh = self.add_weight(shape=(self.units, self.units), name="W_hh")
        self.b_h = self.add_weight(shape=(self.units,), initializer="zeros", name="b_h")

    def call(self, inputs, states, training=True):
        h_prev = states[0]
        if training:
            h_prev = keras.random.dropout(h_prev, 0.1)
        h = keras.ops.tanh(keras.ops.matmul(inputs, self.W_xh) + keras.ops.matmul(h_prev, self.W_hh) + self.b_h)
        return h, [h]


SHOWN["MyRNNCell__w19_noise_in_training"] = (
    "use",
    "drops a tenth of the memory in training, which is the default of a direct call",
    "calls without `training` give random results",
)


class MyRNNCell__w20_second_state_added(keras.layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.state_size = [units, units]

    def build(self, input_shape):
        self.W_xh = self.add_weight(shape=(input_shape[-1], self.units), name="W_xh")
        self.W_hh = self.add_weight(shape=(self.units, self.units), name="W_hh")
        self.b_h = self.add_weight(shape=(self.units,), initializer="zeros", name="b_h")

    def call(self, inputs, states):
        h_prev, h_before = states
        h = keras.ops.tanh(keras.ops.matmul(inputs, self.W_xh) + keras.ops.matmul(h_prev, self.W_hh) + self.b_h)
        return h, [h, h_prev]


SHOWN["MyRNNCell__w20_second_state_added"] = (
    "natural",
    "two states as an LSTM has: a list with one h_prev cannot be unpacked, state_size is a list",
    lambda: _args(),
)


# ---------------------------------------------------------------- right
class MyRNNCell__r1_ops(keras.layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.state_size = units

    def build(self, input_shape):
        features = input_shape[-1]
        self.W_xh = self.add_weight(shape=(features, self.units), name="W_xh")
        self.W_hh = self.add_weight(shape=(self.units, self.units), name="W_hh")
        self.b_h = self.add_weight(shape=(self.units,), name="b_h")

    def call(self, inputs, states):
        h_prev = states[0]
        z = keras.ops.matmul(inputs, self.W_xh) + keras.ops.matmul(h_prev, self.W_hh) + self.b_h
        h = keras.ops.tanh(z)
        return h, [h]


class MyRNNCell__r2_tensorflow(keras.layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = self.state_size = units

    def build(self, input_shape):
        self.W_xh = self.add_weight(shape=(input_shape[-1], self.units), initializer="glorot_uniform", name="W_xh")
        self.W_hh = self.add_weight(shape=(self.units, self.units), initializer="orthogonal", name="W_hh")
        self.b_h = self.add_weight(shape=(self.units,), initializer="zeros", name="b_h")
        super().build(input_shape)

    def call(self, inputs, states):
        (h_prev,) = states
        h = tf.nn.tanh(tf.matmul(inputs, self.W_xh) + tf.matmul(h_prev, self.W_hh) + self.b_h)
        return h, [h]


class MyRNNCell__r3_joined(keras.layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = int(units)
        self.state_size = int(units)
        self.output_size = int(units)

    def build(self, input_shape):
        batch, features = input_shape
        self.W_xh = self.add_weight(name="W_xh", shape=(features, self.units), initializer="random_normal")
        self.W_hh = self.add_weight(name="W_hh", shape=(self.units, self.units), initializer="random_normal")
        self.b_h = self.add_weight(name="b_h", shape=(self.units,), initializer="random_normal")

    def call(self, inputs, states, training=None):
        both = keras.ops.concatenate([inputs, states[0]], axis=1)
        weights = keras.ops.concatenate([self.W_xh, self.W_hh], axis=0)
        h = keras.ops.tanh(keras.ops.dot(both, weights) + self.b_h)
        return h, [h]


class MyRNNCell__r4_einsum(keras.layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.state_size = units

    def build(self, input_shape):
        shapes = {"W_xh": (input_shape[-1], self.units), "W_hh": (self.units, self.units), "b_h": (self.units,)}
        for name, shape in shapes.items():
            setattr(self, name, self.add_weight(shape=shape, name=name))
        self.built = True

    def call(self, inputs, states):
        from_input = keras.ops.einsum("bf,fu->bu", inputs, self.W_xh)
        from_memory = keras.ops.einsum("bk,ku->bu", states[0], self.W_hh)
        new = keras.activations.tanh(from_input + from_memory + self.b_h)
        return new, [new]


class MyRNNCell__r5_operators(keras.layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.activation = keras.layers.Activation("tanh")

    @property
    def state_size(self):
        return self.units

    def build(self, input_shape):
        self.b_h = self.add_weight(shape=[self.units], initializer="zeros", name="b_h")
        self.W_hh = self.add_weight(shape=[self.units, self.units], name="W_hh")
        self.W_xh = self.add_weight(shape=[input_shape[1], self.units], name="W_xh")

    def call(self, inputs, states):
        (h_prev,) = states
        h = self.activation(self.b_h + h_prev @ self.W_hh + inputs @ self.W_xh)
        return h, [h]


class MyRNNCell__r6_tensordot(keras.layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.state_size = units

    def build(self, input_shape):
        self.W_xh = self.add_weight(
            shape=(input_shape[-1], self.units), initializer=keras.initializers.GlorotNormal(), name="W_xh"
        )
        self.W_hh = self.add_weight(
            shape=(self.units, self.units), initializer=keras.initializers.Identity(), name="W_hh"
        )
        self.b_h = self.add_weight(shape=(self.units,), initializer=keras.initializers.Zeros(), name="b_h")

    def get_initial_state(self, batch_size=None):
        return [keras.ops.zeros((batch_size, self.units), dtype=self.compute_dtype)]

    def call(self, inputs, states):
        z = tf.nn.bias_add(
            tf.tensordot(inputs, tf.convert_to_tensor(self.W_xh), 1)
            + tf.tensordot(states[0], tf.convert_to_tensor(self.W_hh), 1),
            tf.convert_to_tensor(self.b_h),
        )
        h = 2.0 * tf.sigmoid(2.0 * z) - 1.0
        return h, [h]
