import numpy as np
import keras
import tensorflow as tf

SHOWN = {}
HOW = {}  # only where plain values do not show it: see ../check.py


def _x(*shape, times=1.0, seed=0):
    return tf.constant((np.random.default_rng(seed).normal(size=shape) * times).astype("float32"))


def _m(*rows):
    return tf.constant([[c == "1" for c in row] for row in rows])


# ---------------------------------------------------------------- wrong: natural


def masked_mean__w01_plain_mean(x, mask):
    return tf.reduce_mean(x, axis=1)


SHOWN["masked_mean__w01_plain_mean"] = (
    "natural",
    "ignores the mask",
    lambda: dict(x=_x(2, 4, 3), mask=_m("1100", "1110")),
)


def masked_mean__w02_divided_by_time(x, mask):
    m = tf.cast(mask, tf.float32)[:, :, tf.newaxis]
    return tf.reduce_mean(x * m, axis=1)


SHOWN["masked_mean__w02_divided_by_time"] = (
    "natural",
    "sets the padding to 0 but divides by the whole length",
    lambda: dict(x=_x(2, 4, 3), mask=_m("1100", "1110")),
)


def masked_mean__w03_polarity(x, mask):
    m = 1.0 - tf.cast(mask, tf.float32)[:, :, tf.newaxis]
    return tf.math.divide_no_nan(tf.reduce_sum(x * m, axis=1), tf.reduce_sum(m, axis=1))


SHOWN["masked_mean__w03_polarity"] = (
    "natural",
    "takes True for padding",
    lambda: dict(x=_x(2, 4, 3), mask=_m("1100", "1110")),
)


def masked_mean__w04_count_of_batch(x, mask):
    m = tf.cast(mask, tf.float32)
    return tf.reduce_sum(x * m[..., None], axis=1) / tf.reduce_sum(m)


SHOWN["masked_mean__w04_count_of_batch"] = (
    "natural",
    "divides by the number of real steps of the whole batch",
    lambda: dict(x=_x(2, 4, 3), mask=_m("1100", "1110")),
)


def masked_mean__w05_over_features(x, mask):
    m = tf.cast(mask, tf.float32)[..., None]
    return tf.reduce_sum(x * m, axis=-1) / tf.reduce_sum(m, axis=1)


SHOWN["masked_mean__w05_over_features"] = (
    "natural",
    "sums over the features instead of the time",
    lambda: dict(x=_x(2, 3, 3), mask=_m("110", "111")),
)


def masked_mean__w06_boolean_mask_flat(x, mask):
    return tf.reduce_mean(tf.boolean_mask(x, mask), axis=0)


SHOWN["masked_mean__w06_boolean_mask_flat"] = (
    "natural",
    "boolean_mask joins the sequences: one mean for the whole batch",
    lambda: dict(x=_x(2, 4, 3), mask=_m("1100", "1110")),
)


def masked_mean__w07_padding_is_behind(x, mask):
    rows = []
    for i in range(x.shape[0]):
        n = int(tf.reduce_sum(tf.cast(mask[i], tf.int32)))
        rows.append(tf.reduce_mean(x[i, :n], axis=0))
    return tf.stack(rows)


SHOWN["masked_mean__w07_padding_is_behind"] = (
    "natural",
    "takes the first n steps: the real ones may stand anywhere",
    lambda: dict(x=_x(2, 4, 3), mask=_m("0110", "1011")),
)


def masked_mean__w08_axis_kept(x, mask):
    m = tf.cast(mask, tf.float32)[..., None]
    return tf.reduce_sum(x * m, axis=1, keepdims=True) / tf.reduce_sum(m, axis=1, keepdims=True)


SHOWN["masked_mean__w08_axis_kept"] = (
    "natural",
    "keepdims leaves an axis of length 1: (batch, 1, features)",
    lambda: dict(x=_x(2, 4, 3), mask=_m("1100", "1110")),
)


def masked_mean__w09_one_more(x, mask):
    m = tf.cast(mask, tf.float32)[..., None]
    return tf.reduce_sum(x * m, axis=1) / (tf.reduce_sum(m, axis=1) + 1.0)


SHOWN["masked_mean__w09_one_more"] = (
    "natural",
    "adds 1 to the count against a division by 0",
    lambda: dict(x=_x(2, 4, 3), mask=_m("1100", "1110")),
)


def masked_mean__w10_nonzero_numbers_counted(x, mask):
    x = x * tf.cast(mask, tf.float32)[..., None]
    return tf.math.divide_no_nan(tf.reduce_sum(x, axis=1), tf.cast(tf.math.count_nonzero(x, axis=1), tf.float32))


SHOWN["masked_mean__w10_nonzero_numbers_counted"] = (
    "natural",
    "counts the numbers that are not 0 after masking: a real 0 (ReLU) is not counted",
    lambda: dict(x=tf.nn.relu(_x(2, 4, 3)), mask=_m("1101", "1110")),
)


# ---------------------------------------------------------------- wrong: sly


def masked_mean__w11_int8_count(x, mask):
    n = tf.reduce_sum(tf.cast(mask, tf.int8), axis=1)  # a mask needs no more than a byte
    total = tf.reduce_sum(tf.where(mask[..., None], x, 0.0), axis=1)
    return total / tf.cast(n, tf.float32)[:, None]


SHOWN["masked_mean__w11_int8_count"] = (
    "sly",
    "counts in int8: overflows from 128 real steps on",
    lambda: dict(x=_x(2, 200, 3), mask=_m("1" * 200, "1" * 100 + "0" * 100)),
)


def masked_mean__w12_numpy(x, mask):
    x, m = np.asarray(x), np.asarray(mask).astype("float32")
    return tf.constant(np.einsum("btf,bt->bf", x, m) / m.sum(1, keepdims=True))


SHOWN["masked_mean__w12_numpy"] = (
    "sly",
    "computes in NumPy: no gradient",
    lambda: dict(x=_x(2, 4, 3), mask=_m("1100", "1110")),
)
HOW["masked_mean__w12_numpy"] = ("gradient", "x")


def masked_mean__w13_all_minus_padding(x, mask):
    padding = 1.0 - tf.cast(mask, tf.float32)
    total = tf.reduce_sum(x, axis=1) - tf.einsum("btf,bt->bf", x, padding)
    return total / tf.reduce_sum(1.0 - padding, axis=1, keepdims=True)


SHOWN["masked_mean__w13_all_minus_padding"] = (
    "sly",
    "subtracts the padding from the whole sum: digits are lost where the padding holds large numbers",
    lambda: dict(x=_x(2, 4, 3) + 1e8 * tf.constant([[0.0, 0, 1, 1], [0, 0, 0, 1]])[..., None], mask=_m("1100", "1110")),
)


def masked_mean__w14_soft_weights(x, mask):
    w = tf.nn.softmax(tf.where(mask, 0.0, -18.0), axis=1)  # equal weights for the real ones, none for the others
    return tf.einsum("bt,btf->bf", w, x)


SHOWN["masked_mean__w14_soft_weights"] = (
    "sly",
    "softmax with -18 for padding: e^-18 each leaks, visible with few real steps in much padding of large numbers",
    lambda: dict(
        x=_x(2, 4000, 3) + 1000.0 * tf.cast(tf.range(4000) > 1, tf.float32)[:, None],
        mask=_m("1" + "0" * 3999, "11" + "0" * 3998),
    ),
)


_w15 = {}


def masked_mean__w15_weights_kept(x, mask):
    key = tuple(mask.shape)
    if key not in _w15:
        m = tf.cast(mask, tf.float32)
        _w15[key] = m / tf.reduce_sum(m, axis=1, keepdims=True)
    return tf.einsum("bt,btf->bf", _w15[key], x)


SHOWN["masked_mean__w15_weights_kept"] = (
    "sly",
    "keeps the weights of the first mask of each shape for later calls",
    lambda: dict(x=_x(2, 4, 3), mask=_m("1100", "1110")),
)
HOW["masked_mean__w15_weights_kept"] = ("after", lambda: dict(x=_x(2, 4, 3), mask=_m("0011", "1000")))


def masked_mean__w16_squeezed(x, mask):
    m = tf.cast(mask, tf.float32)[:, tf.newaxis, :]
    return tf.squeeze(m @ x / tf.reduce_sum(m, axis=2, keepdims=True))


SHOWN["masked_mean__w16_squeezed"] = (
    "sly",
    "squeeze also removes a batch of 1 or a single feature",
    lambda: dict(x=_x(1, 4, 3), mask=_m("1100")),
)


def masked_mean__w17_reshaped_rows(x, mask):
    real = tf.boolean_mask(x, mask)
    return tf.reduce_mean(tf.reshape(real, (x.shape[0], -1, x.shape[2])), axis=1)


SHOWN["masked_mean__w17_reshaped_rows"] = (
    "sly",
    "right only where all rows have equally many real steps: here 1 and 3 become 2 and 2",
    lambda: dict(x=_x(2, 4, 3), mask=_m("1000", "1110")),
)


@tf.custom_gradient
def _w18(x, m):
    n = tf.reduce_sum(m, axis=1, keepdims=True)

    def backward(dy):
        return dy[:, None, :] * m[..., None] / float(m.shape[1]), None

    return tf.einsum("btf,bt->bf", x, m) / n, backward


def masked_mean__w18_own_gradient(x, mask):
    return _w18(x, tf.cast(mask, tf.float32))


SHOWN["masked_mean__w18_own_gradient"] = (
    "sly",
    "its own gradient divides by the time instead of the number of real steps",
    lambda: dict(x=_x(2, 4, 3), mask=_m("1100", "1110")),
)
HOW["masked_mean__w18_own_gradient"] = ("gradient", "x")


def masked_mean__w19_first_to_last(x, mask):
    m = tf.cast(mask, tf.int32)
    begun = tf.cumsum(m, axis=1) > 0
    not_over = tf.cumsum(m, axis=1, reverse=True) > 0
    m = tf.cast(begun & not_over, tf.float32)[..., None]
    return tf.reduce_sum(x * m, axis=1) / tf.reduce_sum(m, axis=1)


SHOWN["masked_mean__w19_first_to_last"] = (
    "sly",
    "averages everything between the first and the last real step: wrong for a mask with a hole",
    lambda: dict(x=_x(2, 5, 3), mask=_m("01101", "11100")),
)


def masked_mean__w20_in_portions(x, mask):
    m = tf.cast(mask, tf.float32)[..., None]
    means = []
    portion = min(32, x.shape[0])
    for i in range(x.shape[0] // portion):
        s = slice(i * portion, (i + 1) * portion)
        means.append(tf.reduce_sum(x[s] * m[s], axis=1) / tf.reduce_sum(m[s], axis=1))
    return tf.concat(means, axis=0)


SHOWN["masked_mean__w20_in_portions"] = (
    "sly",
    "goes through the batch in portions of 32 and loses the last one that is not full",
    lambda: dict(x=_x(40, 4, 3), mask=_m(*["1100", "1011"] * 20)),
)


# ---------------------------------------------------------------- right


def masked_mean__r1_multiply(x, mask):
    m = tf.cast(mask, x.dtype)[:, :, tf.newaxis]
    return tf.reduce_sum(x * m, axis=1) / tf.reduce_sum(m, axis=1)


def masked_mean__r2_where(x, mask):
    total = tf.reduce_sum(tf.where(mask[..., None], x, tf.zeros_like(x)), axis=1)
    n = tf.math.count_nonzero(mask, axis=1, keepdims=True, dtype=tf.float32)
    return total / n


def masked_mean__r3_matmul(x, mask):
    w = tf.cast(mask, tf.float32)
    w = w / tf.reduce_sum(w, axis=-1, keepdims=True)
    return tf.matmul(w[:, None, :], x)[:, 0, :]


def masked_mean__r4_ragged(x, mask):
    return tf.reduce_mean(tf.ragged.boolean_mask(x, mask), axis=1)


def masked_mean__r5_segments(x, mask):
    return tf.math.segment_mean(tf.boolean_mask(x, mask), tf.where(mask)[:, 0])


def masked_mean__r6_row_by_row(x, mask):
    means = []
    for row, real in zip(tf.unstack(x), tf.unstack(mask)):
        means.append(keras.ops.mean(row[real], axis=0))
    return keras.ops.stack(means)
