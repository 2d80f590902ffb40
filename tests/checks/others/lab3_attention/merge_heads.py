import numpy as np
import keras
import tensorflow as tf

SHOWN = {}


def _x(*shape, dtype="float32", times=1.0):
    return tf.constant((np.random.default_rng(0).normal(size=shape) * times).astype(dtype))


# ---------------------------------------------------------------- wrong: natural


def merge_heads__w01_reshape_only(x):
    batch, heads, time, d_head = x.shape
    return tf.reshape(x, (batch, time, heads * d_head))


SHOWN["merge_heads__w01_reshape_only"] = (
    "natural",
    "reshapes without bringing time back to the front",
    lambda: dict(x=_x(2, 3, 4, 5)),
)


def merge_heads__w02_interleaved(x):
    batch, heads, time, d_head = x.shape
    return tf.reshape(tf.transpose(x, (0, 2, 3, 1)), (batch, time, heads * d_head))


SHOWN["merge_heads__w02_interleaved"] = (
    "natural",
    "the columns of the heads take turns instead of standing side by side in blocks",
    lambda: dict(x=_x(2, 3, 4, 5)),
)


def merge_heads__w03_mean(x):
    return tf.reduce_mean(x, axis=1)


SHOWN["merge_heads__w03_mean"] = (
    "natural",
    "averages the heads instead of putting them side by side",
    lambda: dict(x=_x(2, 3, 4, 5)),
)


def merge_heads__w04_transpose_only(x):
    return tf.transpose(x, (0, 2, 1, 3))


SHOWN["merge_heads__w04_transpose_only"] = (
    "natural",
    "forgets to join the last two axes",
    lambda: dict(x=_x(2, 3, 4, 5)),
)


def merge_heads__w05_concat_in_time(x):
    return tf.concat(tf.unstack(x, axis=1), axis=1)


SHOWN["merge_heads__w05_concat_in_time"] = (
    "natural",
    "puts the heads one behind the other in time",
    lambda: dict(x=_x(2, 3, 4, 5)),
)


def merge_heads__w06_steps_in_wrong_order(x):
    batch, heads, time, d_head = x.shape
    x = tf.reshape(x, (batch, heads * d_head, time))
    return tf.transpose(x, (0, 2, 1))


SHOWN["merge_heads__w06_steps_in_wrong_order"] = (
    "natural",
    "joins first and transposes then: the joined axes are not neighbours of each other",
    lambda: dict(x=_x(2, 3, 4, 5)),
)


def merge_heads__w07_last_head_first(x):
    batch, heads, time, d_head = x.shape
    out = x[:, 0]
    for k in range(1, heads):
        out = tf.concat([x[:, k], out], axis=-1)
    return out


SHOWN["merge_heads__w07_last_head_first"] = (
    "natural",
    "each head is put before the earlier ones: the heads stand in reversed order",
    lambda: dict(x=_x(2, 3, 4, 5)),
)


# ---------------------------------------------------------------- wrong: subtle


def merge_heads__w08_squeezed(x):
    heads = tf.split(x, x.shape[1], axis=1)
    return tf.squeeze(tf.concat(heads, axis=-1))


SHOWN["merge_heads__w08_squeezed"] = (
    "subtle",
    "squeeze also removes a batch of 1 and a single step",
    lambda: dict(x=_x(2, 3, 1, 5)),
)


def merge_heads__w09_first_and_last(x):
    return tf.concat([x[:, 0], x[:, -1]], axis=-1)


SHOWN["merge_heads__w09_first_and_last"] = ("subtle", "right for two heads only", lambda: dict(x=_x(2, 4, 3, 2)))


def merge_heads__w10_guesses_order(x):
    batch, heads, time, d_head = x.shape
    if heads <= time:  # heads still in front of time
        x = tf.transpose(x, (0, 2, 1, 3))
    else:
        heads, time = time, heads
    return tf.reshape(x, (batch, time, heads * d_head))


SHOWN["merge_heads__w10_guesses_order"] = (
    "subtle",
    "takes the longer of the two axes for time: wrong with more heads than steps",
    lambda: dict(x=_x(2, 4, 2, 3)),
)


def merge_heads__w11_one_step_flat(x):
    batch, heads, time, d_head = x.shape
    if time == 1:
        return tf.reshape(x, (batch, heads * d_head))
    return tf.reshape(tf.transpose(x, (0, 2, 1, 3)), (batch, time, heads * d_head))


SHOWN["merge_heads__w11_one_step_flat"] = (
    "subtle",
    "one step: the axis of time is lost",
    lambda: dict(x=_x(2, 3, 1, 4)),
)


def merge_heads__w12_grows_from_float32(x):
    batch, heads, time, d_head = x.shape
    out = tf.zeros((batch, time, 0))
    for k in range(heads):
        out = tf.concat([out, x[:, k]], axis=-1)
    return out


SHOWN["merge_heads__w12_grows_from_float32"] = (
    "subtle",
    "starts from an empty float32 tensor: raises for float64",
    lambda: dict(x=_x(2, 3, 4, 5, dtype="float64")),
)


def merge_heads__w13_examples_counted_by_heads(x):
    examples = []
    for i in range(x.shape[1]):
        examples.append(tf.concat([x[i, k] for k in range(x.shape[1])], axis=-1))
    return tf.stack(examples)


SHOWN["merge_heads__w13_examples_counted_by_heads"] = (
    "subtle",
    "loops over as many examples as there are heads: right where batch == num_heads only",
    lambda: dict(x=_x(5, 2, 3, 4)),
)


def merge_heads__w14_clipped(x):
    batch, heads, time, d_head = x.shape
    x = tf.clip_by_value(x, -1e3, 1e3)  # keeps the next product finite
    return tf.reshape(tf.transpose(x, (0, 2, 1, 3)), (batch, time, heads * d_head))


SHOWN["merge_heads__w14_clipped"] = ("subtle", "clips the numbers to +-1000", lambda: dict(x=_x(2, 3, 4, 5, times=1e4)))


def merge_heads__w15_bfloat(x):
    batch, heads, time, d_head = x.shape
    small = tf.cast(x, tf.bfloat16)
    return tf.cast(tf.reshape(tf.transpose(small, (0, 2, 1, 3)), (batch, time, heads * d_head)), x.dtype)


SHOWN["merge_heads__w15_bfloat"] = (
    "subtle",
    "goes through bfloat16 and keeps about three digits (small whole numbers pass)",
    lambda: dict(x=_x(2, 3, 4, 5)),
)


# ---------------------------------------------------------------- wrong: use


def merge_heads__w16_numpy_inside(x):
    return np.concatenate([np.array(h) for h in np.moveaxis(np.array(x), 1, 0)], axis=-1)


SHOWN["merge_heads__w16_numpy_inside"] = (
    "use",
    "computes in NumPy: TensorFlow cannot differentiate it",
    "the tape has no gradient with respect to x",
)


def merge_heads__w17_variable_filled(x):
    batch, heads, time, d_head = x.shape
    out = tf.Variable(tf.zeros((batch, time, heads * d_head), x.dtype))
    for k in range(heads):
        out[:, :, k * d_head : (k + 1) * d_head].assign(x[:, k])
    return tf.convert_to_tensor(out)


SHOWN["merge_heads__w17_variable_filled"] = (
    "use",
    "fills a variable by assign, through which no gradient flows",
    "gradient with respect to x is None",
)


@tf.custom_gradient
def _w18_join(x):
    batch, heads, time, d_head = x.shape
    y = tf.reshape(tf.transpose(x, (0, 2, 1, 3)), (batch, time, heads * d_head))

    def backward(dy):
        return tf.reshape(dy, (batch, heads, time, d_head))

    return y, backward


def merge_heads__w18_own_gradient(x):
    return _w18_join(tf.convert_to_tensor(x))


SHOWN["merge_heads__w18_own_gradient"] = (
    "use",
    "its own gradient forgets the transpose",
    "gradient with respect to x of sum(c * merge_heads(x)) with random c is permuted",
)


def merge_heads__w19_result_kept(x, kept={}):
    key = tuple(x.shape)
    if key not in kept:
        batch, heads, time, d_head = key
        kept[key] = tf.reshape(tf.transpose(x, (0, 2, 1, 3)), (batch, time, heads * d_head))
    return kept[key]


SHOWN["merge_heads__w19_result_kept"] = (
    "use",
    "keeps results by shape in a mutable default",
    "a second call with other numbers of the same shape returns the first result",
)


def merge_heads__w20_gradient_of_first_head(x):
    out = [x[:, 0]]
    for head in tf.unstack(x, axis=1)[1:]:
        out.append(tf.stop_gradient(head))
    return tf.concat(out, axis=-1)


SHOWN["merge_heads__w20_gradient_of_first_head"] = (
    "use",
    "the gradient is stopped for all heads but the first",
    "gradient with respect to x[:, 1:] is zero",
)


# ---------------------------------------------------------------- right


def merge_heads__r1_transpose_reshape(x):
    shape = tf.shape(x)
    x = tf.transpose(x, (0, 2, 1, 3))
    return tf.reshape(x, (shape[0], shape[2], shape[1] * shape[3]))


def merge_heads__r2_unstack_concat(x):
    return tf.concat(tf.unstack(x, axis=1), axis=-1)


def merge_heads__r3_keras_ops(x):
    batch, heads, time, d_head = keras.ops.shape(x)
    return keras.ops.reshape(keras.ops.transpose(x, axes=(0, 2, 1, 3)), (batch, time, heads * d_head))


def merge_heads__r4_comprehension(x):
    return tf.concat([x[:, k, :, :] for k in range(x.shape[1])], axis=2)


def merge_heads__r5_growing(x):
    out = x[:, 0]
    for k in range(1, x.shape[1]):
        out = tf.concat((out, x[:, k]), axis=-1)
    return tf.convert_to_tensor(out)


def merge_heads__r6_split_squeeze_one_axis(x):
    pieces = tf.split(x, x.shape[1], axis=1)
    return tf.squeeze(tf.concat(pieces, axis=3), axis=1)
