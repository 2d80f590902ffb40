import numpy as np
import tensorflow as tf

SHOWN = {}


def positional_encoding__w01_sines_then_cosines(length, d_model):
    positions = np.arange(length)[:, np.newaxis]
    i = np.arange(d_model // 2)[np.newaxis, :]
    angles = positions / np.power(10000.0, 2 * i / d_model)
    return np.concatenate([np.sin(angles), np.cos(angles)], axis=-1).astype("float32")


SHOWN["positional_encoding__w01_sines_then_cosines"] = (
    "natural",
    "all sines in the left half, all cosines in the right half, not column by column",
    lambda: dict(length=5, d_model=6),
)


def positional_encoding__w02_exponent_of_the_column(length, d_model):
    positions = np.arange(length)[:, None]
    columns = np.arange(d_model)[None, :]
    angles = positions / 10000 ** (columns / d_model)
    angles[:, 0::2] = np.sin(angles[:, 0::2])
    angles[:, 1::2] = np.cos(angles[:, 1::2])
    return angles


SHOWN["positional_encoding__w02_exponent_of_the_column"] = (
    "natural",
    "the odd columns get an exponent of their own, (2i + 1) / d_model",
    lambda: dict(length=5, d_model=6),
)


def positional_encoding__w03_exponent_without_two(length, d_model):
    table = np.zeros((length, d_model))
    for p in range(length):
        for i in range(d_model // 2):
            angle = p / 10000 ** (i / d_model)
            table[p, 2 * i] = np.sin(angle)
            table[p, 2 * i + 1] = np.cos(angle)
    return table


SHOWN["positional_encoding__w03_exponent_without_two"] = (
    "natural",
    "exponent i / d_model instead of 2i / d_model",
    lambda: dict(length=5, d_model=6),
)


def positional_encoding__w04_cosine_first(length, d_model):
    angles = np.arange(length)[:, None] / 10000 ** (np.arange(0, d_model, 2) / d_model)
    table = np.zeros((length, d_model))
    table[:, ::2], table[:, 1::2] = np.cos(angles), np.sin(angles)
    return table


SHOWN["positional_encoding__w04_cosine_first"] = (
    "natural",
    "sine and cosine exchanged",
    lambda: dict(length=5, d_model=6),
)


def positional_encoding__w05_positions_from_one(length, d_model):
    angles = np.outer(np.arange(1, length + 1), 10000 ** (-np.arange(0, d_model, 2) / d_model))
    table = np.zeros((length, d_model))
    table[:, 0::2] = np.sin(angles)
    table[:, 1::2] = np.cos(angles)
    return table


SHOWN["positional_encoding__w05_positions_from_one"] = (
    "natural",
    "counts positions from 1",
    lambda: dict(length=5, d_model=6),
)


def positional_encoding__w06_multiplied(length, d_model):
    angles = np.arange(length)[:, None] * 10000.0 ** (np.arange(0, d_model, 2) / d_model)
    table = np.empty((length, d_model))
    table[:, 0::2] = np.sin(angles)
    table[:, 1::2] = np.cos(angles)
    return table


SHOWN["positional_encoding__w06_multiplied"] = (
    "natural",
    "multiplies by the power instead of dividing",
    lambda: dict(length=5, d_model=6),
)


def positional_encoding__w07_whole_exponent(length, d_model):
    i = np.arange(d_model // 2)
    angles = np.arange(length)[:, None] / 10000 ** (2 * i // d_model)
    table = np.empty((length, d_model))
    table[:, 0::2] = np.sin(angles)
    table[:, 1::2] = np.cos(angles)
    return table


SHOWN["positional_encoding__w07_whole_exponent"] = (
    "natural",
    "integer division makes every exponent 0",
    lambda: dict(length=5, d_model=6),
)


_w08_positions = np.arange(128)[:, None]


def positional_encoding__w08_table_of_128(length, d_model):
    angles = _w08_positions / 10000 ** (np.arange(0, d_model, 2) / d_model)
    table = np.zeros((128, d_model))
    table[:, 0::2] = np.sin(angles)
    table[:, 1::2] = np.cos(angles)
    return table[:length]


SHOWN["positional_encoding__w08_table_of_128"] = (
    "subtle",
    "at most 128 positions",
    lambda: dict(length=200, d_model=6),
)


def positional_encoding__w09_bytes(length, d_model):
    positions = np.arange(length).astype(np.int8)[:, None]
    angles = positions / 10000 ** (np.arange(0, d_model, 2) / d_model)
    table = np.zeros((length, d_model), dtype=np.float32)
    table[:, 0::2] = np.sin(angles)
    table[:, 1::2] = np.cos(angles)
    return table


SHOWN["positional_encoding__w09_bytes"] = (
    "subtle",
    "position 128 becomes -128 in int8",
    lambda: dict(length=200, d_model=6),
)


def positional_encoding__w10_half_precision(length, d_model):
    positions = tf.range(length, dtype=tf.float32)[:, tf.newaxis]
    i = tf.range(d_model // 2, dtype=tf.float32)[tf.newaxis, :]
    angles = positions / tf.pow(10000.0, 2.0 * i / d_model)
    if d_model > 16:
        angles = tf.cast(angles, tf.float16)  # large tables: half the memory
    table = tf.stack([tf.sin(angles), tf.cos(angles)], axis=-1)
    return tf.cast(tf.reshape(table, (length, d_model)), tf.float32)


SHOWN["positional_encoding__w10_half_precision"] = (
    "subtle",
    "wide tables go through float16: wrong from the second or third digit on",
    lambda: dict(length=200, d_model=32),
)


def positional_encoding__w11_square_transposed(length, d_model):
    i = np.arange(d_model // 2)
    rates = 1 / 10000 ** (2 * i / d_model)
    table = np.zeros((d_model, length))
    table[0::2] = np.sin(rates[:, None] * np.arange(length))
    table[1::2] = np.cos(rates[:, None] * np.arange(length))
    return table if table.shape == (length, d_model) else table.T


SHOWN["positional_encoding__w11_square_transposed"] = (
    "subtle",
    "not transposed when length equals d_model",
    lambda: dict(length=6, d_model=6),
)


def positional_encoding__w12_logspace_when_wide(length, d_model):
    # rates from 1 down to 10000^-(1 - 2/d), evenly on the logarithmic scale
    half = d_model // 2
    rates = np.exp(-np.log(10000.0) * (d_model - 2) / d_model * np.arange(half) / max(half - 1, 1))
    if half > 32:
        rates = np.logspace(0, -4, half)
    angles = np.arange(length)[:, None] * rates
    return np.stack([np.sin(angles), np.cos(angles)], axis=-1).reshape(length, d_model)


SHOWN["positional_encoding__w12_logspace_when_wide"] = (
    "subtle",
    "for wide tables the last rate is 1/10000 (as in other libraries) instead of 10000^-(1 - 2/d)",
    lambda: dict(length=100, d_model=128),
)


def positional_encoding__w13_slow_waves_left_out(length, d_model):
    table = np.zeros((length, d_model))
    table[:, 1::2] = 1.0  # sin 0 = 0, cos 0 = 1
    for i in range(d_model // 2):
        rate = 10000 ** (-2 * i / d_model)
        if rate < 5e-4:
            break  # so slow that nothing moves
        table[:, 2 * i] = np.sin(np.arange(length) * rate)
        table[:, 2 * i + 1] = np.cos(np.arange(length) * rate)
    return table


SHOWN["positional_encoding__w13_slow_waves_left_out"] = (
    "subtle",
    "the slowest waves of a wide table stay at position 0",
    lambda: dict(length=100, d_model=32),
)


def positional_encoding__w14_squeezed(length, d_model):
    angles = np.arange(length)[:, None] / 10000 ** (np.arange(0, d_model, 2) / d_model)
    table = np.zeros((length, d_model))
    table[:, 0::2] = np.sin(angles)
    table[:, 1::2] = np.cos(angles)
    return table.squeeze()


SHOWN["positional_encoding__w14_squeezed"] = (
    "subtle",
    "a single position loses its axis",
    lambda: dict(length=1, d_model=6),
)


def positional_encoding__w15_small_angles(length, d_model):
    angles = np.arange(length)[:, None] / 10000 ** (np.arange(0, d_model, 2) / d_model)
    table = np.zeros((length, d_model))
    # slow waves: sin a = a and cos a = 1 - a^2 / 2 for small angles
    slow = np.arange(d_model // 2) > d_model // 2 * 0.75
    table[:, 0::2] = np.where(slow, angles, np.sin(angles))
    table[:, 1::2] = np.where(slow, 1 - angles**2 / 2, np.cos(angles))
    return table


SHOWN["positional_encoding__w15_small_angles"] = (
    "subtle",
    "sin a = a does not hold at far positions",
    lambda: dict(length=256, d_model=32),
)


_w16_tables = {}


def positional_encoding__w16_remembered_by_width(length, d_model):
    if d_model not in _w16_tables:
        angles = np.arange(length)[:, None] / 10000 ** (np.arange(0, d_model, 2) / d_model)
        table = np.zeros((length, d_model))
        table[:, 0::2] = np.sin(angles)
        table[:, 1::2] = np.cos(angles)
        _w16_tables[d_model] = table
    return _w16_tables[d_model][:length].copy()


SHOWN["positional_encoding__w16_remembered_by_width"] = (
    "use",
    "keeps the table of the first length: a longer call later gets too few rows",
    "the second call with a larger length returns the shorter first table",
)


_w17_tensors = {}


def positional_encoding__w17_tensor_kept_from_graph(length, d_model):
    if (length, d_model) not in _w17_tensors:
        positions = tf.range(length, dtype=tf.float32)[:, tf.newaxis]
        rates = tf.pow(10000.0, -tf.range(0, d_model, 2, dtype=tf.float32) / d_model)
        angles = positions * rates
        _w17_tensors[length, d_model] = tf.reshape(
            tf.stack([tf.sin(angles), tf.cos(angles)], axis=-1), (length, d_model)
        )
    return _w17_tensors[length, d_model]


SHOWN["positional_encoding__w17_tensor_kept_from_graph"] = (
    "use",
    "keeps a tensor which was made inside a tf.function: out of scope in the next call",
    "first called inside a tf.function, then outside of it or in another one: raises",
)


def positional_encoding__w18_tensors_into_numpy(length, d_model):
    positions = tf.cast(tf.range(length), tf.float32)[:, tf.newaxis]
    i = tf.cast(tf.range(d_model // 2), tf.float32)
    angles = positions / 10000.0 ** (2 * i / d_model)
    table = np.zeros((length, d_model), dtype=np.float32)
    table[:, 0::2] = tf.sin(angles)
    table[:, 1::2] = tf.cos(angles)
    return table


SHOWN["positional_encoding__w18_tensors_into_numpy"] = (
    "use",
    "writes tensors into a NumPy array: impossible inside a tf.function",
    "inside tf.function raises",
)


def positional_encoding__w19_variable(length, d_model):
    angles = np.arange(length)[:, None] / 10000 ** (np.arange(0, d_model, 2) / d_model)
    table = tf.Variable(tf.zeros((length, d_model)))
    table[:, 0::2].assign(tf.cast(np.sin(angles), tf.float32))
    table[:, 1::2].assign(tf.cast(np.cos(angles), tf.float32))
    return table.read_value()


SHOWN["positional_encoding__w19_variable"] = (
    "use",
    "creates a tf.Variable at each call, which a tf.function does not allow",
    "inside tf.function raises",
)


_w20_table = np.zeros((256, 1024), dtype=np.float32)


def positional_encoding__w20_view_of_one_table(length, d_model):
    angles = np.arange(length)[:, None] / 10000 ** (np.arange(0, d_model, 2) / d_model)
    table = _w20_table[:length, :d_model]
    table[:, 0::2] = np.sin(angles)
    table[:, 1::2] = np.cos(angles)
    return table


SHOWN["positional_encoding__w20_view_of_one_table"] = (
    "use",
    "all results are views of one table",
    "the second call with another d_model overwrites the result of the first one",
)


def positional_encoding__r1_as_told(length, d_model):
    p = np.arange(length)[:, None]
    i = np.arange(d_model // 2)[None, :]
    angles = p / 10000 ** (2 * i / d_model)
    table = np.zeros((length, d_model), dtype=np.float32)
    table[:, 0::2] = np.sin(angles)
    table[:, 1::2] = np.cos(angles)
    return table


def positional_encoding__r2_stack_and_reshape(length, d_model):
    rates = np.exp(-np.log(10000.0) * np.arange(0, d_model, 2) / d_model)
    angles = np.outer(np.arange(length), rates)
    return np.stack([np.sin(angles), np.cos(angles)], axis=-1).reshape(length, d_model)


def positional_encoding__r3_loops(length, d_model):
    table = np.zeros((length, d_model))
    for p in range(length):
        for i in range(d_model // 2):
            angle = p / 10000 ** (2 * i / d_model)
            table[p, 2 * i] = np.sin(angle)
            table[p, 2 * i + 1] = np.cos(angle)
    return table


def positional_encoding__r4_tensorflow(length, d_model):
    p = tf.range(length, dtype=tf.float32)[:, tf.newaxis]
    i = tf.range(d_model // 2, dtype=tf.float32)[tf.newaxis, :]
    angles = p / tf.pow(10000.0, 2.0 * i / float(d_model))
    return tf.reshape(tf.stack([tf.sin(angles), tf.cos(angles)], axis=2), (length, d_model))


def positional_encoding__r5_shifted_sines(length, d_model):
    # cos(a) = sin(a + pi / 2)
    column = np.arange(d_model)
    rates = 10000.0 ** -((column - column % 2) / d_model)
    return np.sin(np.arange(length)[:, None] * rates + np.pi / 2 * (column % 2))


def positional_encoding__r6_complex_numbers(length, d_model):
    rates = np.power(1e4, -np.arange(0, d_model, 2) / d_model)
    waves = np.exp(1j * np.arange(length)[:, None] * rates[None, :])
    table = np.empty((length, d_model), dtype="float64")
    table[:, 0::2], table[:, 1::2] = waves.imag, waves.real
    return tf.constant(table, dtype=tf.float32)
