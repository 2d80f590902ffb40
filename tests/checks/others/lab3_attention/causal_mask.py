import functools

import numpy as np
import tensorflow as tf

SHOWN = {}


def causal_mask__w01_upper_triangle(length):
    return np.triu(np.ones((length, length), dtype=bool))


SHOWN["causal_mask__w01_upper_triangle"] = ("natural", "the upper triangle: sees the future", lambda: dict(length=4))


def causal_mask__w02_without_diagonal(length):
    return np.tril(np.ones((length, length), dtype=bool), k=-1)


SHOWN["causal_mask__w02_without_diagonal"] = ("natural", "a position may not attend to itself", lambda: dict(length=4))


def causal_mask__w03_one_step_ahead(length):
    return np.tri(length, length, 1, dtype=bool)


SHOWN["causal_mask__w03_one_step_ahead"] = ("natural", "each position also sees the next one", lambda: dict(length=4))


def causal_mask__w04_floats(length):
    return np.tril(np.ones((length, length)))


SHOWN["causal_mask__w04_floats"] = ("natural", "numbers 0.0 and 1.0 instead of bool", lambda: dict(length=4))


def causal_mask__w05_true_means_forbidden(length):
    positions = np.arange(length)
    return positions[None, :] > positions[:, None]


SHOWN["causal_mask__w05_true_means_forbidden"] = (
    "natural",
    "True where attention is forbidden",
    lambda: dict(length=4),
)


def causal_mask__w06_minus_infinity(length):
    return np.where(np.tri(length, dtype=bool), 0.0, -np.inf)


SHOWN["causal_mask__w06_minus_infinity"] = (
    "natural",
    "a mask to add (0 and -inf) instead of bool",
    lambda: dict(length=4),
)


def causal_mask__w07_batch_axis(length):
    return tf.cast(tf.linalg.band_part(tf.ones((length, length)), -1, 0), tf.bool)[tf.newaxis]


SHOWN["causal_mask__w07_batch_axis"] = ("natural", "an additional batch axis in front", lambda: dict(length=4))


def causal_mask__w08_small_integers(length):
    positions = np.arange(length).astype(np.int8)
    return positions[:, None] >= positions[None, :]


SHOWN["causal_mask__w08_small_integers"] = ("subtle", "position 128 becomes -128 in int8", lambda: dict(length=150))


def causal_mask__w09_window(length):
    t = np.arange(length)
    distance = t[:, None] - t[None, :]
    return (distance >= 0) & (distance < 64)  # who looks back further?


SHOWN["causal_mask__w09_window"] = ("subtle", "sees the last 64 positions only", lambda: dict(length=100))


_w10_table = np.tril(np.ones((128, 128), dtype=bool))


def causal_mask__w10_table(length):
    return _w10_table[:length, :length].copy()


SHOWN["causal_mask__w10_table"] = (
    "subtle",
    "a table for 128 positions: longer sequences get (128, 128)",
    lambda: dict(length=200),
)


def causal_mask__w11_squeezed(length):
    rows = [np.concatenate([np.ones(t + 1, dtype=bool), np.zeros(length - t - 1, dtype=bool)]) for t in range(length)]
    return np.squeeze(np.stack(rows))


SHOWN["causal_mask__w11_squeezed"] = (
    "subtle",
    "for length 1 the shape is () instead of (1, 1)",
    lambda: dict(length=1),
)


def causal_mask__w12_doubled(length):
    # a long triangle is two short ones and a full square
    if length == 1:
        return np.ones((1, 1), dtype=bool)
    small = causal_mask__w12_doubled(length // 2)
    full = np.ones_like(small)
    return np.block([[small, ~full], [full, small]])


SHOWN["causal_mask__w12_doubled"] = (
    "subtle",
    "only for powers of two: an odd half loses a position",
    lambda: dict(length=7),
)


def causal_mask__w13_single_position(length):
    if length > 1:
        mask = np.zeros((length, length), dtype=bool)
        mask[np.tril_indices(length)] = True
        return mask
    return np.zeros((length, length), dtype=bool)  # nothing lies in the past of a single position


SHOWN["causal_mask__w13_single_position"] = (
    "subtle",
    "a single position may not attend to itself",
    lambda: dict(length=1),
)


def causal_mask__w14_filled_in_blocks(length):
    # in blocks of 16, a triangle on the diagonal and full blocks below
    block = min(length, 16)
    mask = np.zeros((length, length), dtype=bool)
    for start in range(0, length - block + 1, block):
        stop = start + block
        mask[start:stop, :start] = True
        mask[start:stop, start:stop] = np.tri(block, dtype=bool)
    return mask


SHOWN["causal_mask__w14_filled_in_blocks"] = (
    "subtle",
    "rows of an incomplete last block stay False",
    lambda: dict(length=50),
)


def causal_mask__w15_times_from_zero_to_one(length):
    time = np.arange(0.0, 1.0, 1.0 / length)
    return time[np.newaxis, :] <= time[:, np.newaxis]


SHOWN["causal_mask__w15_times_from_zero_to_one"] = (
    "subtle",
    "by rounding, arange with a fraction gives one position too many for some lengths (49, 98, ...)",
    lambda: dict(length=49),
)


@functools.lru_cache(maxsize=None)
def causal_mask__w16_same_array_again(length):
    return np.tril(np.ones((length, length), dtype=bool))


SHOWN["causal_mask__w16_same_array_again"] = (
    "use",
    "returns the same array at each call: what a caller writes into it stays",
    "a caller who changes his mask also changes the result of the next call",
)


_w17_tensors = {}


def causal_mask__w17_tensor_kept_from_graph(length):
    if length not in _w17_tensors:
        _w17_tensors[length] = tf.cast(tf.linalg.band_part(tf.ones((length, length)), -1, 0), tf.bool)
    return _w17_tensors[length]


SHOWN["causal_mask__w17_tensor_kept_from_graph"] = (
    "use",
    "keeps a tensor which was made inside a tf.function: out of scope in the next call",
    "first called inside a tf.function, then outside of it or in another one: raises",
)


def causal_mask__w18_numpy_method(length):
    positions = tf.range(length)
    return (positions[:, tf.newaxis] >= positions[tf.newaxis, :]).numpy()


SHOWN["causal_mask__w18_numpy_method"] = (
    "use",
    ".numpy() does not exist inside a tf.function",
    "inside tf.function raises",
)


def causal_mask__w19_filled_variable(length):
    mask = tf.Variable(tf.zeros((length, length), tf.bool))
    for t in range(length):
        mask[t, : t + 1].assign(tf.ones((t + 1,), tf.bool))
    return tf.convert_to_tensor(mask)


SHOWN["causal_mask__w19_filled_variable"] = (
    "use",
    "creates a tf.Variable at each call, which a tf.function does not allow",
    "inside tf.function raises",
)


_w20_last = np.ones((1, 1), dtype=bool)


def causal_mask__w20_grows(length):
    # only ever enlarge the mask
    global _w20_last
    if len(_w20_last) < length:
        _w20_last = np.tri(length, dtype=bool)
    return _w20_last


SHOWN["causal_mask__w20_grows"] = (
    "use",
    "after a long call a shorter one gets the long mask",
    "the second call with a smaller length returns the larger mask",
)


def causal_mask__r1_as_told(length):
    return np.tril(np.ones((length, length), dtype=bool))


def causal_mask__r2_tri(length):
    return np.tri(length, dtype=bool)


def causal_mask__r3_comparison(length):
    t = np.arange(length)
    return t[None, :] <= t[:, None]


def causal_mask__r4_band_part(length):
    ones = tf.ones((length, length), dtype=tf.bool)
    return tf.linalg.band_part(ones, -1, 0)


def causal_mask__r5_tensorflow_range(length):
    query = tf.reshape(tf.range(length), (-1, 1))
    key = tf.reshape(tf.range(length), (1, -1))
    return tf.greater_equal(query, key)


def causal_mask__r6_lists(length):
    return np.array([[key <= query for key in range(length)] for query in range(length)])
