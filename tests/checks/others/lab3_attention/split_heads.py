import numpy as np
import keras
import tensorflow as tf

SHOWN = {}


def _x(*shape, dtype="float32", times=1.0):
    return tf.constant((np.random.default_rng(0).normal(size=shape) * times).astype(dtype))


# ---------------------------------------------------------------- wrong: natural


def split_heads__w01_reshape_only(x, num_heads):
    batch, time, d_model = x.shape
    return tf.reshape(x, (batch, num_heads, time, d_model // num_heads))


SHOWN["split_heads__w01_reshape_only"] = (
    "natural",
    "reshapes straight to the shape of the result without moving the axis of the heads",
    lambda: dict(x=_x(2, 3, 4), num_heads=2),
)


def split_heads__w02_interleaved(x, num_heads):
    batch, time, d_model = x.shape
    x = tf.reshape(x, (batch, time, d_model // num_heads, num_heads))
    return tf.transpose(x, (0, 3, 1, 2))


SHOWN["split_heads__w02_interleaved"] = (
    "natural",
    "head k gets the columns k, k + num_heads, ... instead of a block of neighbours",
    lambda: dict(x=_x(2, 3, 8), num_heads=2),
)


def split_heads__w03_no_transpose(x, num_heads):
    batch, time, d_model = x.shape
    return tf.reshape(x, (batch, time, num_heads, d_model // num_heads))


SHOWN["split_heads__w03_no_transpose"] = (
    "natural",
    "forgets the second step: the heads stay behind time",
    lambda: dict(x=_x(2, 3, 4), num_heads=2),
)


def split_heads__w04_heads_taken_for_width(x, num_heads):
    batch, time, d_model = x.shape
    x = tf.reshape(x, (batch, time, -1, num_heads))
    return tf.transpose(x, (0, 2, 1, 3))


SHOWN["split_heads__w04_heads_taken_for_width"] = (
    "natural",
    "makes heads of width num_heads, d_model / num_heads of them",
    lambda: dict(x=_x(2, 3, 8), num_heads=2),
)


def split_heads__w05_features_before_time(x, num_heads):
    batch, time, d_model = x.shape
    x = tf.reshape(x, (batch, time, num_heads, d_model // num_heads))
    return tf.transpose(x, (0, 2, 3, 1))


SHOWN["split_heads__w05_features_before_time"] = (
    "natural",
    "the last two axes are exchanged: (batch, heads, d_head, time)",
    lambda: dict(x=_x(2, 4, 8), num_heads=2),
)


def split_heads__w06_heads_first(x, num_heads):
    return tf.stack(tf.split(x, num_heads, axis=-1), axis=0)


SHOWN["split_heads__w06_heads_first"] = (
    "natural",
    "the heads are brought before the batch: (heads, batch, time, d_head)",
    lambda: dict(x=_x(2, 3, 8), num_heads=2),
)


def split_heads__w07_transpose_then_cut(x, num_heads):
    batch, time, d_model = x.shape
    x = tf.transpose(x, (0, 2, 1))
    return tf.reshape(x, (batch, num_heads, time, d_model // num_heads))


SHOWN["split_heads__w07_transpose_then_cut"] = (
    "natural",
    "transposes first and cuts then: rows of a head mix times",
    lambda: dict(x=_x(2, 3, 8), num_heads=2),
)


# ---------------------------------------------------------------- wrong: subtle


def split_heads__w08_concat_on_batch(x, num_heads):
    batch, time, d_model = x.shape
    heads = tf.concat(
        tf.split(x, num_heads, axis=2), axis=0
    )  # (heads * batch, time, d_head), as in the first TensorFlow codes
    return tf.reshape(heads, (batch, num_heads, time, d_model // num_heads))


SHOWN["split_heads__w08_concat_on_batch"] = (
    "subtle",
    "heads vary slower than the batch in the stacked axis: right for a batch of 1 only",
    lambda: dict(x=_x(3, 4, 8), num_heads=2),
)


def split_heads__w09_squeezed(x, num_heads):
    heads = [h[:, tf.newaxis] for h in tf.split(x, num_heads, axis=-1)]
    x = tf.squeeze(tf.stack(heads, axis=1))
    return x


SHOWN["split_heads__w09_squeezed"] = (
    "subtle",
    "squeeze removes every axis of length 1, also the batch of 1 or the single step",
    lambda: dict(x=_x(1, 4, 8), num_heads=2),
)


def split_heads__w10_transpose_if_needed(x, num_heads):
    batch, time, d_model = x.shape
    x = tf.reshape(x, (batch, time, num_heads, d_model // num_heads))
    if x.shape[1] != num_heads:  # heads are not yet in front
        x = tf.transpose(x, (0, 2, 1, 3))
    return x


SHOWN["split_heads__w10_transpose_if_needed"] = (
    "subtle",
    "does not transpose where time == num_heads",
    lambda: dict(x=_x(2, 4, 8), num_heads=4),
)


def split_heads__w11_axis_found_by_size(x, num_heads):
    batch, time, d_model = x.shape
    x = tf.reshape(x, (batch, time, num_heads, d_model // num_heads))
    axis = list(x.shape).index(num_heads)
    order = [a for a in range(4) if a != axis]
    order.insert(1, axis)
    return tf.transpose(x, order)


SHOWN["split_heads__w11_axis_found_by_size"] = (
    "subtle",
    "looks the axis of the heads up by its size: another axis of this size (batch == num_heads) is found first",
    lambda: dict(x=_x(2, 3, 8), num_heads=2),
)


def split_heads__w12_one_head_unchanged(x, num_heads):
    if num_heads == 1:
        return x  # nothing to cut
    batch, time, d_model = x.shape
    return tf.transpose(tf.reshape(x, (batch, time, num_heads, d_model // num_heads)), (0, 2, 1, 3))


SHOWN["split_heads__w12_one_head_unchanged"] = (
    "subtle",
    "one head: the axis of the heads is missing",
    lambda: dict(x=_x(2, 3, 4), num_heads=1),
)


def split_heads__w13_half_precision(x, num_heads):
    batch, time, d_model = x.shape
    dtype = x.dtype
    x = tf.cast(x, tf.float16)  # saves memory
    x = tf.transpose(tf.reshape(x, (batch, time, num_heads, d_model // num_heads)), (0, 2, 1, 3))
    return tf.cast(x, dtype)


SHOWN["split_heads__w13_half_precision"] = (
    "subtle",
    "goes through float16: large numbers become inf, others lose digits",
    lambda: dict(x=_x(2, 3, 4, times=1e5), num_heads=2),
)


def split_heads__w14_clipped(x, num_heads):
    batch, time, d_model = x.shape
    x = tf.clip_by_value(x, -100.0, 100.0)  # no score may overflow later
    return tf.transpose(tf.reshape(x, (batch, time, num_heads, d_model // num_heads)), (0, 2, 1, 3))


SHOWN["split_heads__w14_clipped"] = (
    "subtle",
    "clips the numbers to +-100",
    lambda: dict(x=_x(2, 3, 4, times=500.0), num_heads=2),
)


def split_heads__w15_float32_tensor_array(x, num_heads):
    d_head = x.shape[-1] // num_heads
    heads = tf.TensorArray(tf.float32, size=num_heads)
    for k in range(num_heads):
        heads = heads.write(k, x[:, :, k * d_head : (k + 1) * d_head])
    return tf.transpose(heads.stack(), (1, 0, 2, 3))


SHOWN["split_heads__w15_float32_tensor_array"] = (
    "subtle",
    "raises for float64 tensors",
    lambda: dict(x=_x(2, 3, 4, dtype="float64"), num_heads=2),
)


# ---------------------------------------------------------------- wrong: use


def split_heads__w16_numpy_inside(x, num_heads):
    x = np.asarray(x)
    batch, time, d_model = x.shape
    x = x.reshape(batch, time, num_heads, d_model // num_heads).transpose(0, 2, 1, 3)
    return tf.convert_to_tensor(x)


SHOWN["split_heads__w16_numpy_inside"] = (
    "use",
    "computes in NumPy: TensorFlow cannot differentiate it",
    "gradient with respect to x is None",
)


def split_heads__w17_numpy_function(x, num_heads):
    def cut(a):
        batch, time, d_model = a.shape
        return np.ascontiguousarray(a.reshape(batch, time, num_heads, d_model // num_heads).swapaxes(1, 2))

    x = tf.convert_to_tensor(x)
    return tf.numpy_function(cut, [x], x.dtype)


SHOWN["split_heads__w17_numpy_function"] = (
    "use",
    "works in graphs, but tf.numpy_function has no gradient",
    "gradient with respect to x is None",
)


@tf.custom_gradient
def _w18_cut(x, num_heads):
    batch, time, d_model = x.shape
    y = tf.transpose(tf.reshape(x, (batch, time, num_heads, d_model // num_heads)), (0, 2, 1, 3))

    def backward(dy):
        return tf.reshape(dy, (batch, time, d_model)), None

    return y, backward


def split_heads__w18_own_gradient(x, num_heads):
    return _w18_cut(tf.convert_to_tensor(x), tf.constant(num_heads))


SHOWN["split_heads__w18_own_gradient"] = (
    "use",
    "its own gradient reshapes back without transposing back: the numbers of the gradient stand in wrong places",
    "gradient with respect to x of sum(c * split_heads(x)) with random c is permuted",
)


_w19_columns = {}


def split_heads__w19_table_of_columns(x, num_heads):
    if num_heads not in _w19_columns:
        _w19_columns[num_heads] = np.arange(x.shape[-1]).reshape(num_heads, -1)
    x = tf.gather(x, _w19_columns[num_heads], axis=2)
    return tf.transpose(x, (0, 2, 1, 3))


SHOWN["split_heads__w19_table_of_columns"] = (
    "use",
    "keeps the table of columns by num_heads alone",
    "a second call with the same num_heads and another d_model cuts as for the first d_model",
)


def split_heads__w20_shape_in_place(x, num_heads):
    batch, time, d_model = x.shape
    new = (batch, time, num_heads, d_model // num_heads)
    if isinstance(x, np.ndarray):
        x.shape = new
    else:
        x = tf.reshape(x, new)
    return tf.transpose(x, (0, 2, 1, 3))


SHOWN["split_heads__w20_shape_in_place"] = (
    "use",
    "given an array, sets its shape in place",
    "changes its argument x: a NumPy array has four axes afterwards",
)


# ---------------------------------------------------------------- right


def split_heads__r1_reshape_transpose(x, num_heads):
    shape = tf.shape(x)
    batch, time, d_model = shape[0], shape[1], shape[2]
    x = tf.reshape(x, (batch, time, num_heads, d_model // num_heads))
    return tf.transpose(x, perm=[0, 2, 1, 3])


def split_heads__r2_split_and_stack(x, num_heads):
    return tf.stack(tf.split(x, num_heads, axis=-1), axis=1)


def split_heads__r3_keras_ops(x, num_heads):
    batch, time, d_model = keras.ops.shape(x)
    x = keras.ops.reshape(x, (batch, time, num_heads, d_model // num_heads))
    return keras.ops.swapaxes(x, 1, 2)


def split_heads__r4_slices(x, num_heads):
    d_head = x.shape[-1] // num_heads
    heads = []
    for k in range(num_heads):
        heads.append(x[:, :, k * d_head : (k + 1) * d_head])
    return tf.stack(heads, axis=1)


def split_heads__r5_gathered_columns(x, num_heads):
    columns = np.arange(x.shape[-1]).reshape(num_heads, -1)
    return tf.transpose(tf.gather(x, columns, axis=-1), (0, 2, 1, 3))


def split_heads__r6_concat_new_axis(x, num_heads):
    d_head = int(x.shape[2] / num_heads)
    return tf.concat([tf.expand_dims(x[..., i : i + d_head], 1) for i in range(0, x.shape[2], d_head)], axis=1)
