import math
from collections import Counter

import numpy as np

SHOWN = {}  # name: (kind, what is wrong, input on which it shows)
HOW = {}  # where comparing plain values is not enough: "argument" (changed), ("state", first input)


def _x(*shape, seed=0, times=1.0):
    return (np.random.default_rng(seed).normal(size=shape) * times).astype("float32")


def _hot(*shape, seed=0, unknown=0.0):
    rng = np.random.default_rng(seed)
    x = np.eye(4, dtype="float32")[rng.integers(0, 4, size=shape)]
    x[rng.random(shape) < unknown] = 0.0
    return x


# ---------------------------------------------------------------- wrong: natural


def reverse_complement__w01_reverse_only(x):
    return x[..., ::-1, :]


SHOWN["reverse_complement__w01_reverse_only"] = (
    "natural",
    "reverses the places, does not exchange the letters",
    lambda: dict(x=_hot(2, 5)),
)


def reverse_complement__w02_complement_only(x):
    return x[..., ::-1]


SHOWN["reverse_complement__w02_complement_only"] = (
    "natural",
    "exchanges the letters, does not reverse the places",
    lambda: dict(x=_hot(2, 5)),
)


def reverse_complement__w03_first_axes(x):
    return x[::-1, ::-1]


SHOWN["reverse_complement__w03_first_axes"] = (
    "natural",
    "turns the first two axes: right without a batch only",
    lambda: dict(x=_hot(2, 5)),
)


def reverse_complement__w04_all_axes(x):
    return np.flip(x)


SHOWN["reverse_complement__w04_all_axes"] = (
    "natural",
    "np.flip without axis turns the batch round too",
    lambda: dict(x=_hot(3, 5)),
)


def reverse_complement__w05_a_with_c(x):
    return x[..., ::-1, :][..., [1, 0, 3, 2]]


SHOWN["reverse_complement__w05_a_with_c"] = (
    "natural",
    "exchanges A with C and G with T",
    lambda: dict(x=_hot(2, 5)),
)


def reverse_complement__w06_a_with_g(x):
    return np.roll(np.flip(x, axis=-2), 2, axis=-1)


SHOWN["reverse_complement__w06_a_with_g"] = (
    "natural",
    "exchanges A with G and C with T",
    lambda: dict(x=_hot(2, 5)),
)


def reverse_complement__w07_one_minus(x):
    return 1.0 - x[..., ::-1, :]


SHOWN["reverse_complement__w07_one_minus"] = (
    "natural",
    "takes the complement for 1 - x",
    lambda: dict(x=_hot(2, 5)),
)


def reverse_complement__w08_first_place_lost(x):
    return x[..., :0:-1, ::-1]


SHOWN["reverse_complement__w08_first_place_lost"] = (
    "natural",
    "the slice backwards ends before place 0: one place too few",
    lambda: dict(x=_hot(2, 5)),
)


def reverse_complement__w09_by_letters(x):
    letters = np.argmax(x, axis=-1)
    return np.eye(4, dtype=x.dtype)[3 - letters[..., ::-1]]


SHOWN["reverse_complement__w09_by_letters"] = (
    "natural",
    "goes through argmax: rows that are not one-hot are lost (an unknown letter becomes T)",
    lambda: dict(x=_hot(2, 8, unknown=0.4)),
)


def reverse_complement__w10_only_a_and_t(x):
    y = x[..., ::-1, :].copy()
    y[..., 0], y[..., 3] = y[..., 3].copy(), y[..., 0].copy()
    y[..., 1] = y[..., 2]
    y[..., 2] = y[..., 1]
    return y


SHOWN["reverse_complement__w10_only_a_and_t"] = (
    "natural",
    "exchanges C and G one after the other: both become G",
    lambda: dict(x=_hot(2, 8)),
)


# ---------------------------------------------------------------- wrong: subtle


def reverse_complement__w11_rot90(x):
    return np.rot90(x, 2)


SHOWN["reverse_complement__w11_rot90"] = (
    "subtle",
    "half a turn of the first two axes: right for (length, 4), wrong with a batch",
    lambda: dict(x=_x(3, 6, 4)),
)


def reverse_complement__w12_in_place(x):
    x[...] = x[..., ::-1, ::-1].copy()
    return x


SHOWN["reverse_complement__w12_in_place"] = (
    "use",
    "writes the result into its argument x",
    lambda: dict(x=_x(2, 5, 4)),
)
HOW["reverse_complement__w12_in_place"] = "argument"


def reverse_complement__w13_ints(x):
    out = np.zeros(x.shape, dtype=int)
    for t in range(x.shape[-2]):
        for k in range(4):
            out[..., t, k] = x[..., -1 - t, 3 - k]
    return out


SHOWN["reverse_complement__w13_ints"] = (
    "subtle",
    "writes into an array of ints: right for one-hot rows, cuts off other floats",
    lambda: dict(x=_x(2, 5, 4)),
)


def reverse_complement__w14_float16(x):
    return x.astype(np.float16)[..., ::-1, ::-1].astype(x.dtype)


SHOWN["reverse_complement__w14_float16"] = (
    "subtle",
    "goes through float16: large numbers become inf",
    lambda: dict(x=_x(2, 5, 4, times=1e5)),
)


def reverse_complement__w15_one_batch_axis(x):
    if x.ndim == 2:
        return x[::-1, ::-1]
    return x[:, ::-1, ::-1]


SHOWN["reverse_complement__w15_one_batch_axis"] = (
    "subtle",
    "two or three axes only: with four, [:, ::-1, ::-1] turns the second and the third",
    lambda: dict(x=_x(2, 3, 5, 4)),
)


def reverse_complement__w16_squeezed(x):
    return np.squeeze(x[..., ::-1, ::-1])


SHOWN["reverse_complement__w16_squeezed"] = (
    "subtle",
    "drops axes of length 1",
    lambda: dict(x=_x(1, 5, 4)),
)


def reverse_complement__w17_flat(x):
    return x.reshape(-1, 4)[::-1, ::-1].reshape(x.shape)


SHOWN["reverse_complement__w17_flat"] = (
    "subtle",
    "lays all sequences behind one another and turns them together: right for a single one",
    lambda: dict(x=_x(3, 5, 4)),
)


def reverse_complement__w18_axis_by_size(x):
    letters = x.shape.index(4)
    return np.flip(np.flip(x, axis=letters), axis=-2)


SHOWN["reverse_complement__w18_axis_by_size"] = (
    "subtle",
    "finds the axis of the letters by its size: a batch of 4 comes first",
    lambda: dict(x=_x(4, 6, 4)),
)


def reverse_complement__w19_padding_stays(x):
    out = x[..., ::-1, ::-1].copy()
    flat_in, flat = x.reshape((-1,) + x.shape[-2:]), out.reshape((-1,) + x.shape[-2:])
    for k in range(len(flat)):
        real = np.flatnonzero(flat_in[k].any(axis=-1))
        n = real[-1] + 1 if len(real) else 0
        flat[k, :n] = flat_in[k, :n][::-1, ::-1]
        flat[k, n:] = 0.0
    return flat.reshape(x.shape)


SHOWN["reverse_complement__w19_padding_stays"] = (
    "subtle",
    "takes rows of zeros at the end for padding and leaves them there",
    lambda: dict(x=np.concatenate([_hot(2, 5), np.zeros((2, 2, 4), "float32")], axis=1)),
)


_w20_order = {}


def reverse_complement__w20_order_kept(x):
    if x.ndim not in _w20_order:
        _w20_order[x.ndim] = np.arange(x.shape[-2])[::-1]
    return np.take(x, _w20_order[x.ndim], axis=-2)[..., ::-1]


SHOWN["reverse_complement__w20_order_kept"] = (
    "use",
    "keeps the order of the places from its first call: a longer sequence afterwards is cut",
    lambda: dict(x=_x(2, 9, 4)),
)
HOW["reverse_complement__w20_order_kept"] = ("state", lambda: dict(x=_x(2, 5, 4)))


# ---------------------------------------------------------------- right


def reverse_complement__r1_slices(x):
    return x[..., ::-1, ::-1]


def reverse_complement__r2_flip(x):
    return np.flip(x, axis=(-2, -1))


def reverse_complement__r3_take(x):
    y = np.take(x, [3, 2, 1, 0], axis=-1)
    return np.take(y, np.arange(x.shape[-2] - 1, -1, -1), axis=-2)


def reverse_complement__r4_exchange_matrix(x):
    exchange = np.array([[0, 0, 0, 1], [0, 0, 1, 0], [0, 1, 0, 0], [1, 0, 0, 0]], dtype=x.dtype)
    return np.flip(x, -2) @ exchange


def reverse_complement__r5_columns(x):
    a, c, g, t = np.moveaxis(x, -1, 0)
    return np.stack([t[..., ::-1], g[..., ::-1], c[..., ::-1], a[..., ::-1]], axis=-1)


def reverse_complement__r6_loops(x):
    out = np.empty_like(x)
    length = x.shape[-2]
    for place in range(length):
        for letter, other in enumerate([3, 2, 1, 0]):
            out[..., length - 1 - place, other] = x[..., place, letter]
    return out


MORE = [
    lambda: dict(x=_hot(1)),
    lambda: dict(x=_hot(7)),
    lambda: dict(x=_x(4, 4)),
    lambda: dict(x=_x(3, 10, 4)),
    lambda: dict(x=_x(2, 3, 5, 4)),
    lambda: dict(x=_x(2, 1, 3, 1, 4)),
]
