import functools
import math

import numpy as np
import keras
import tensorflow as tf

SHOWN = {}


# ---------------------------------------------------------------- wrong: natural


def block_parameters__w01_biases_everywhere(d_model, d_ff):
    attention = 4 * (d_model * d_model + d_model)
    dense = d_model * d_ff + d_ff + d_ff * d_model + d_model
    return attention + dense + 4 * d_model


SHOWN["block_parameters__w01_biases_everywhere"] = (
    "natural",
    "counts biases for the four matrices",
    lambda: dict(d_model=8, d_ff=32),
)


def block_parameters__w02_no_biases(d_model, d_ff):
    return 4 * d_model**2 + 2 * d_model * d_ff + 4 * d_model


SHOWN["block_parameters__w02_no_biases"] = (
    "natural",
    "forgets the biases of the dense layers",
    lambda: dict(d_model=8, d_ff=32),
)


def block_parameters__w03_one_norm(d_model, d_ff):
    return 4 * d_model**2 + 2 * d_model * d_ff + d_ff + d_model + 2 * d_model


SHOWN["block_parameters__w03_one_norm"] = ("natural", "counts one normalisation only", lambda: dict(d_model=8, d_ff=32))


def block_parameters__w04_no_output_matrix(d_model, d_ff):
    return 3 * d_model**2 + (d_model + 1) * d_ff + (d_ff + 1) * d_model + 4 * d_model


SHOWN["block_parameters__w04_no_output_matrix"] = ("natural", "forgets W_o", lambda: dict(d_model=8, d_ff=32))


def block_parameters__w05_bias_of_input_width(d_model, d_ff):
    dense_1 = d_model * d_ff + d_ff
    dense_2 = d_ff * d_model + d_ff
    return 4 * d_model**2 + dense_1 + dense_2 + 4 * d_model


SHOWN["block_parameters__w05_bias_of_input_width"] = (
    "natural",
    "gives dense_2 a bias of width d_ff",
    lambda: dict(d_model=8, d_ff=32),
)


def block_parameters__w06_norm_of_hidden(d_model, d_ff):
    norms = 2 * d_model + 2 * d_ff
    return 4 * d_model**2 + 2 * d_model * d_ff + d_ff + d_model + norms


SHOWN["block_parameters__w06_norm_of_hidden"] = (
    "natural",
    "takes the second normalisation to be as wide as the hidden layer",
    lambda: dict(d_model=8, d_ff=32),
)


def block_parameters__w07_as_batch_norm(d_model, d_ff):
    norms = 2 * 4 * d_model  # scale, shift, moving mean, moving variance
    return 4 * d_model**2 + 2 * d_model * d_ff + d_ff + d_model + norms


SHOWN["block_parameters__w07_as_batch_norm"] = (
    "natural",
    "counts moving mean and variance, which layer normalisation has not (and training does not change)",
    lambda: dict(d_model=8, d_ff=32),
)


def block_parameters__w08_two_layers_of_ff(d_model, d_ff):
    dense = (d_model * d_ff + d_ff) + (d_ff * d_ff + d_ff) + (d_ff * d_model + d_model)
    return 4 * d_model**2 + dense + 4 * d_model


SHOWN["block_parameters__w08_two_layers_of_ff"] = (
    "natural",
    "counts two hidden layers of width d_ff",
    lambda: dict(d_model=8, d_ff=32),
)


# ---------------------------------------------------------------- wrong: subtle


def block_parameters__w09_four_times(d_model, d_ff):
    return 12 * d_model**2 + 9 * d_model


SHOWN["block_parameters__w09_four_times"] = (
    "subtle",
    "assumes d_ff = 4 d_model, as in the books: right there and wrong for every other d_ff",
    lambda: dict(d_model=8, d_ff=16),
)


def block_parameters__w10_int32(d_model, d_ff):
    d_model, d_ff = np.int32(d_model), np.int32(d_ff)
    return int(4 * d_model * d_model + 2 * d_model * d_ff + d_ff + 5 * d_model)


SHOWN["block_parameters__w10_int32"] = (
    "subtle",
    "multiplies in int32, which overflows for wide blocks",
    lambda: dict(d_model=32768, d_ff=131072),
)


def block_parameters__w11_float32(d_model, d_ff):
    sizes = [np.float32(d_model) ** 2] * 4 + [
        np.float32(d_model * d_ff + d_ff),
        np.float32(d_ff * d_model + d_model),
        np.float32(4 * d_model),
    ]
    return int(np.sum(sizes, dtype=np.float32))


SHOWN["block_parameters__w11_float32"] = (
    "subtle",
    "adds in float32: numbers above 2**24 are rounded",
    lambda: dict(d_model=3001, d_ff=12007),
)


def block_parameters__w12_set_of_shapes(d_model, d_ff):
    dense = {(d_model, d_ff), (d_ff,), (d_ff, d_model), (d_model,)}
    return 4 * d_model**2 + 4 * d_model + sum(math.prod(shape) for shape in dense)


SHOWN["block_parameters__w12_set_of_shapes"] = (
    "subtle",
    "a set drops equal entries: too few where d_ff == d_model",
    lambda: dict(d_model=8, d_ff=8),
)


def block_parameters__w13_heads_of_eighths(d_model, d_ff):
    num_heads = 8
    d_head = d_model // num_heads
    attention = 3 * num_heads * d_model * d_head + num_heads * d_head * d_model
    return attention + 2 * d_model * d_ff + d_ff + d_model + 4 * d_model


SHOWN["block_parameters__w13_heads_of_eighths"] = (
    "subtle",
    "counts the heads of eight one by one: wrong where 8 does not divide d_model",
    lambda: dict(d_model=12, d_ff=48),
)


def block_parameters__w14_float_result(d_model, d_ff):
    return 2 * d_model * (2 * d_model + d_ff + 2.5) + d_ff


SHOWN["block_parameters__w14_float_result"] = (
    "subtle",
    "the number is right but a float, not an int",
    "type of the result is float, the docstring says int",
)


def block_parameters__w15_per_column(d_model, d_ff):
    wide, narrow = max(d_model, d_ff), min(d_model, d_ff)
    dense = 2 * wide * narrow + wide + narrow
    return 4 * narrow * narrow + dense + 4 * narrow


SHOWN["block_parameters__w15_per_column"] = (
    "subtle",
    "takes the smaller of the two for d_model: wrong where d_ff < d_model",
    lambda: dict(d_model=16, d_ff=4),
)


# ---------------------------------------------------------------- wrong: use


def block_parameters__w16_unbuilt_block(d_model, d_ff):
    block = TransformerBlock(d_model, 1, d_ff)
    return int(sum(np.prod(v.shape) for v in block.trainable_variables))


SHOWN["block_parameters__w16_unbuilt_block"] = (
    "use",
    "asks a block that has not been called: dense layers and norms have no variables yet",
    lambda: dict(d_model=8, d_ff=32),
)


def block_parameters__w17_block_of_four_heads(d_model, d_ff):
    block = TransformerBlock(d_model, 4, d_ff)
    block(np.zeros((1, 2, d_model), "float32"))
    return block.count_params()


SHOWN["block_parameters__w17_block_of_four_heads"] = (
    "use",
    "builds a block with 4 heads: raises where 4 does not divide d_model",
    lambda: dict(d_model=6, d_ff=24),
)


_w18_known = {}


def block_parameters__w18_kept_by_width(d_model, d_ff):
    if d_model not in _w18_known:
        _w18_known[d_model] = 4 * d_model**2 + 2 * d_model * d_ff + d_ff + 5 * d_model
    return _w18_known[d_model]


SHOWN["block_parameters__w18_kept_by_width"] = (
    "use",
    "keeps results by d_model alone",
    "a second call with the same d_model and another d_ff returns the first result",
)


def block_parameters__w19_growing_list(d_model, d_ff, sizes=[]):
    sizes += [d_model * d_model] * 4
    sizes += [d_model * d_ff, d_ff, d_ff * d_model, d_model]
    sizes += [d_model] * 4
    return sum(sizes)


SHOWN["block_parameters__w19_growing_list"] = (
    "use",
    "its mutable default grows from call to call",
    "the second call returns the sum of both calls",
)


def block_parameters__w20_printed(d_model, d_ff):
    total = 4 * d_model**2 + 2 * d_model * d_ff + d_ff + 5 * d_model
    print(f"one block: {total:,} numbers")


SHOWN["block_parameters__w20_printed"] = ("use", "prints the number and returns None", lambda: dict(d_model=8, d_ff=32))


# ---------------------------------------------------------------- right


def block_parameters__r1_terms(d_model, d_ff):
    attention = 4 * d_model * d_model
    dense_1 = d_model * d_ff + d_ff
    dense_2 = d_ff * d_model + d_model
    norms = 2 * (d_model + d_model)
    return attention + dense_1 + dense_2 + norms


def block_parameters__r2_factored(d_model, d_ff):
    return d_model * (4 * d_model + 2 * d_ff + 5) + d_ff


def block_parameters__r3_shapes(d_model, d_ff):
    shapes = [(d_model, d_model)] * 4 + [(d_model, d_ff), (d_ff,), (d_ff, d_model), (d_model,)] + [(d_model,)] * 4
    return sum(math.prod(shape) for shape in shapes)


def block_parameters__r4_numpy(d_model, d_ff):
    rows = np.array([d_model, d_model + 1, d_ff + 1, 4], dtype=np.int64)
    columns = np.array([4 * d_model, d_ff, d_model, d_model], dtype=np.int64)
    return int(rows @ columns)


def block_parameters__r5_loop(d_model, d_ff):
    total = 0
    for rows, columns, bias in [(d_model, d_model, False)] * 4 + [(d_model, d_ff, True), (d_ff, d_model, True)]:
        total += rows * columns
        if bias:
            total += columns
    for norm in ("norm_1", "norm_2"):
        for part in ("scale", "shift"):
            total += d_model
    return total


def block_parameters__r6_dictionary(d_model, d_ff):
    dense = lambda n_in, n_out: (n_in + 1) * n_out
    parts = {name: d_model**2 for name in ("W_q", "W_k", "W_v", "W_o")}
    parts.update(dense_1=dense(d_model, d_ff), dense_2=dense(d_ff, d_model), norm_1=2 * d_model, norm_2=2 * d_model)
    return int(functools.reduce(lambda a, b: a + b, parts.values()))
