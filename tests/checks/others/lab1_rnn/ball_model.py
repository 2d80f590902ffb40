import keras
import numpy as np
import tensorflow as tf

SHOWN = {}


# ---------------------------------------------------------------- wrong
def ball_model__w01_all_states(units):
    frames = keras.Input((None, 2))
    memory = keras.layers.SimpleRNN(units, return_sequences=True)(frames)
    position = keras.layers.Dense(2)(memory)
    return keras.Model(frames, position)


SHOWN["ball_model__w01_all_states"] = (
    "natural",
    "return_sequences=True: a position for each frame, (batch, time, 2)",
    "output shape is (batch, time, 2)",
)


def ball_model__w02_lstm(units):
    frames = keras.Input((None, 2))
    memory = keras.layers.LSTM(units)(frames)
    position = keras.layers.Dense(2)(memory)
    return keras.Model(frames, position)


SHOWN["ball_model__w02_lstm"] = ("natural", "LSTM instead of SimpleRNN", "the model has LSTM weights and no SimpleRNN")


def ball_model__w03_masking(units):
    frames = keras.Input((None, 2))
    real = keras.layers.Masking(mask_value=0.0)(frames)
    memory = keras.layers.SimpleRNN(units)(real)
    position = keras.layers.Dense(2)(memory)
    return keras.Model(frames, position)


SHOWN["ball_model__w03_masking"] = (
    "subtle",
    "frames of (0, 0) are left out",
    "differs for flights with a frame (0, 0), for example x = zeros",
)


def ball_model__w04_dropout(units):
    frames = keras.Input((None, 2))
    memory = keras.layers.SimpleRNN(units, dropout=0.2)(frames)
    position = keras.layers.Dense(2)(memory)
    return keras.Model(frames, position)


SHOWN["ball_model__w04_dropout"] = (
    "use",
    "dropout on the inputs in training",
    "model(x, training=True) differs from model(x)",
)


def ball_model__w05_recurrent_dropout(units):
    frames = keras.Input((None, 2))
    memory = keras.layers.SimpleRNN(units, recurrent_dropout=0.1)(frames)
    position = keras.layers.Dense(2)(memory)
    return keras.Model(frames, position)


SHOWN["ball_model__w05_recurrent_dropout"] = (
    "use",
    "dropout on the state in training (not seen with a single frame)",
    "model(x, training=True) differs for 2 frames and more",
)


def ball_model__w06_dropout_layer(units):
    model = keras.Sequential()
    model.add(keras.Input((None, 2)))
    model.add(keras.layers.SimpleRNN(units))
    model.add(keras.layers.Dropout(0.05))
    model.add(keras.layers.Dense(2))
    return model


SHOWN["ball_model__w06_dropout_layer"] = (
    "use",
    "a little dropout between memory and Dense in training",
    "model(x, training=True) differs from model(x)",
)


def ball_model__w07_ten_frames(units):
    frames = keras.Input((10, 2))
    memory = keras.layers.SimpleRNN(units)(frames)
    position = keras.layers.Dense(2)(memory)
    return keras.Model(frames, position)


SHOWN["ball_model__w07_ten_frames"] = ("subtle", "takes flights of 10 frames only", "x of shape (3, 4, 2) raises")


def ball_model__w08_mean_state(units):
    frames = keras.Input((None, 2))
    states = keras.layers.SimpleRNN(units, return_sequences=True)(frames)
    memory = keras.layers.GlobalAveragePooling1D()(states)
    position = keras.layers.Dense(2)(memory)
    return keras.Model(frames, position)


SHOWN["ball_model__w08_mean_state"] = (
    "natural",
    "the mean of all states enters the Dense layer; right for one frame",
    "differs for 2 frames and more",
)


def ball_model__w09_units_ignored(units):
    frames = keras.Input((None, 2))
    memory = keras.layers.SimpleRNN(2, activation="tanh")(frames)
    position = keras.layers.Dense(2)(keras.layers.Dense(units)(memory))
    return keras.Model(frames, position)


SHOWN["ball_model__w09_units_ignored"] = (
    "natural",
    "the SimpleRNN has 2 units, and `units` is the size of another Dense layer",
    "hidden state has 2 units",
)


def ball_model__w10_frozen_memory(units):
    frames = keras.Input((None, 2))
    rnn = keras.layers.SimpleRNN(units)
    rnn.trainable = False
    position = keras.layers.Dense(2)(rnn(frames))
    return keras.Model(frames, position)


SHOWN["ball_model__w10_frozen_memory"] = (
    "use",
    "only the Dense layer is trained",
    "trainable_weights holds 2 weights instead of 5",
)


def ball_model__w11_backwards(units):
    frames = keras.Input((None, 2))
    memory = keras.layers.SimpleRNN(units, go_backwards=True)(frames)
    position = keras.layers.Dense(2)(memory)
    return keras.Model(frames, position)


SHOWN["ball_model__w11_backwards"] = (
    "natural",
    "reads the flight from its end: the last state belongs to the first frame",
    "differs for 2 frames and more",
)


def ball_model__w12_first_state(units):
    frames = keras.Input((None, 2))
    states = keras.layers.SimpleRNN(units, return_sequences=True)(frames)
    position = keras.layers.Dense(2)(states[:, 0])
    return keras.Model(frames, position)


SHOWN["ball_model__w12_first_state"] = (
    "natural",
    "the first state enters the Dense layer instead of the last; right for one frame",
    "differs for 2 frames and more",
)


def ball_model__w13_from_the_last_frame(units):
    frames = keras.Input((None, 2))
    memory = keras.layers.SimpleRNN(units)(frames)
    step = keras.layers.Dense(2)(memory)
    position = keras.layers.Add()([frames[:, -1], step])
    return keras.Model(frames, position)


SHOWN["ball_model__w13_from_the_last_frame"] = (
    "subtle",
    "predicts the step from the last frame; the same where that frame is (0, 0)",
    "differs unless the last frame is (0, 0)",
)


def ball_model__w14_last_frame_joined(units):
    frames = keras.Input((None, 2))
    memory = keras.layers.SimpleRNN(units)(frames)
    memory = keras.layers.Concatenate()([memory, frames[:, -1, :]])
    position = keras.layers.Dense(2)(memory)
    return keras.Model(frames, position)


SHOWN["ball_model__w14_last_frame_joined"] = (
    "natural",
    "not only the last state enters the Dense layer, the last frame does too",
    "Dense kernel is (units + 2, 2)",
)


def ball_model__w15_two_floors(units):
    frames = keras.Input((None, 2))
    states = keras.layers.SimpleRNN(units, return_sequences=True)(frames)
    memory = keras.layers.SimpleRNN(units)(states)
    position = keras.layers.Dense(2)(memory)
    return keras.Model(frames, position)


SHOWN["ball_model__w15_two_floors"] = ("natural", "two SimpleRNN layers", "8 weights instead of 5")


_w16_models = {}


def ball_model__w16_same_model_again(units):
    if units not in _w16_models:
        frames = keras.Input((None, 2))
        memory = keras.layers.SimpleRNN(units)(frames)
        _w16_models[units] = keras.Model(frames, keras.layers.Dense(2)(memory))
    return _w16_models[units]


SHOWN["ball_model__w16_same_model_again"] = (
    "use",
    "a second model of the same size is the first one, with its trained weights",
    "ball_model(5) is ball_model(5)",
)


def ball_model__w17_noise(units):
    frames = keras.Input((None, 2))
    noisy = keras.layers.GaussianNoise(0.1)(frames)
    memory = keras.layers.SimpleRNN(units)(noisy)
    position = keras.layers.Dense(2)(memory)
    return keras.Model(frames, position)


SHOWN["ball_model__w17_noise"] = (
    "use",
    "noise on the frames in training",
    "model(x, training=True) differs from model(x)",
)


def ball_model__w18_last_ten_frames(units):
    frames = keras.Input((None, 2))
    memory = keras.layers.SimpleRNN(units)(frames[:, -10:])
    position = keras.layers.Dense(2)(memory)
    return keras.Model(frames, position)


SHOWN["ball_model__w18_last_ten_frames"] = (
    "subtle",
    "reads the last 10 frames only",
    "differs for flights of more than 10 frames",
)


def ball_model__w19_gradient_stopped(units):
    frames = keras.Input((None, 2))
    memory = keras.ops.stop_gradient(keras.layers.SimpleRNN(units)(frames))
    position = keras.layers.Dense(2)(memory)
    return keras.Model(frames, position)


SHOWN["ball_model__w19_gradient_stopped"] = (
    "use",
    "no gradient passes from the Dense layer into the memory, whose weights stay as they are",
    "gradients of the SimpleRNN weights are None",
)


def ball_model__w20_positions_not_negative(units):
    frames = keras.Input((None, 2))
    memory = keras.layers.SimpleRNN(units)(frames)
    position = keras.layers.Dense(2, activation="relu")(memory)
    return keras.Model(frames, position)


SHOWN["ball_model__w20_positions_not_negative"] = (
    "subtle",
    "relu behind the Dense layer: negative positions become 0",
    "differs wherever a coordinate is negative",
)


# ---------------------------------------------------------------- right
def ball_model__r1_one_line(units):
    frames = keras.Input((None, 2))
    memory = keras.layers.SimpleRNN(units)(frames)
    position = keras.layers.Dense(2)(memory)
    return keras.Model(frames, position)


def ball_model__r2_sequential(units):
    return keras.Sequential([keras.Input((None, 2)), keras.layers.SimpleRNN(units), keras.layers.Dense(2)])


def ball_model__r3_last_of_sequence(units):
    frames = keras.Input((None, 2))
    states = keras.layers.SimpleRNN(units, return_sequences=True)(frames)
    memory = states[:, -1, :]
    position = keras.layers.Dense(2)(memory)
    return keras.Model(frames, position)


def ball_model__r4_return_state(units):
    frames = keras.Input((None, 2))
    output, memory = keras.layers.SimpleRNN(units, return_state=True)(frames)
    position = keras.layers.Dense(2)(memory)
    return keras.Model(inputs=frames, outputs=position)


def ball_model__r5_spelled_out(units):
    frames = keras.Input(shape=(None, 2), dtype="float32", name="frames")
    rnn = keras.layers.SimpleRNN(
        units=units,
        activation="tanh",
        use_bias=True,
        return_sequences=False,
        dropout=0.0,
        recurrent_dropout=0.0,
        kernel_initializer="glorot_uniform",
        recurrent_initializer="orthogonal",
        name="memory",
    )
    dense = keras.layers.Dense(units=2, activation="linear", name="position")
    return keras.Model(inputs=frames, outputs=dense(rnn(frames)), name="ball")


def ball_model__r6_take(units):
    frames = keras.Input((None, 2))
    all_states = keras.layers.SimpleRNN(units, return_sequences=True)(frames)
    reversed_states = keras.ops.flip(all_states, axis=1)
    memory = keras.ops.take(reversed_states, 0, axis=1)
    position = keras.layers.Dense(2)(memory)
    return keras.Model(frames, position)
