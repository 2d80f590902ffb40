import functools
import numpy as np
import tensorflow as tf

SHOWN = {}
HOW = {}

# ---------------------------------------------------------------- wrong: natural


def band_mask__w01_back_and_ahead_exchanged(length, back, ahead):
    t = np.arange(length)
    d = t[:, None] - t[None, :]
    return (d >= -back) & (d <= ahead)


SHOWN["band_mask__w01_back_and_ahead_exchanged"] = (
    "natural",
    "query minus key instead of key minus query",
    lambda: dict(length=6, back=1, ahead=2),
)


def band_mask__w02_ahead_without_end(length, back, ahead):
    d = np.arange(length)[None] - np.arange(length)[:, None]
    return (d >= -back) & (d < max(ahead, 1))


SHOWN["band_mask__w02_ahead_without_end"] = (
    "natural",
    "t + ahead itself is left out",
    lambda: dict(length=6, back=1, ahead=2),
)


def band_mask__w03_back_without_end(length, back, ahead):
    mask = np.zeros((length, length), bool)
    for t in range(length):
        mask[t, max(0, t - back + 1) : t + ahead + 1] = True
    return mask


SHOWN["band_mask__w03_back_without_end"] = (
    "natural",
    "t - back itself is left out",
    lambda: dict(length=6, back=2, ahead=1),
)


def band_mask__w04_one_distance(length, back, ahead):
    t = np.arange(length)
    return np.abs(t[:, None] - t) <= max(back, ahead)


SHOWN["band_mask__w04_one_distance"] = (
    "natural",
    "equally far in both directions",
    lambda: dict(length=6, back=1, ahead=2),
)


def band_mask__w05_polarity(length, back, ahead):
    d = np.arange(length)[None] - np.arange(length)[:, None]
    return (d < -back) | (d > ahead)


SHOWN["band_mask__w05_polarity"] = (
    "natural",
    "True where attention is forbidden (as in PyTorch)",
    lambda: dict(length=6, back=1, ahead=2),
)


def band_mask__w06_not_itself(length, back, ahead):
    d = np.arange(length)[None] - np.arange(length)[:, None]
    return (d >= -back) & (d <= ahead) & (d != 0)


SHOWN["band_mask__w06_not_itself"] = (
    "natural",
    "the diagonal is left out",
    lambda: dict(length=6, back=1, ahead=2),
)


def band_mask__w07_minus_infinity(length, back, ahead):
    d = np.arange(length)[None] - np.arange(length)[:, None]
    return np.where((d >= -back) & (d <= ahead), 0.0, -1e9)


SHOWN["band_mask__w07_minus_infinity"] = (
    "natural",
    "a mask to add to the scores: 0 and -1e9",
    lambda: dict(length=6, back=1, ahead=2),
)


def band_mask__w08_either(length, back, ahead):
    d = np.arange(length)[None] - np.arange(length)[:, None]
    return (d >= -back) | (d <= ahead)


SHOWN["band_mask__w08_either"] = (
    "natural",
    "or instead of and: all True",
    lambda: dict(length=6, back=1, ahead=2),
)


def band_mask__w09_borders_only(length, back, ahead):
    return np.eye(length, k=-back, dtype=bool) | np.eye(length, dtype=bool) | np.eye(length, k=ahead, dtype=bool)


SHOWN["band_mask__w09_borders_only"] = (
    "natural",
    "three diagonals: those between them are missing",
    lambda: dict(length=6, back=2, ahead=3),
)


def band_mask__w10_negative_start(length, back, ahead):
    mask = np.zeros((length, length), bool)
    for t in range(length):
        mask[t, t - back : t + ahead + 1] = True
    return mask


SHOWN["band_mask__w10_negative_start"] = (
    "natural",
    "a slice with a negative start counts from the end: the first rows lose their keys",
    lambda: dict(length=6, back=2, ahead=1),
)


# ---------------------------------------------------------------- wrong: sly


def band_mask__w11_band_part(length, back, ahead):
    ones = tf.ones((length, length), tf.bool)
    return tf.linalg.band_part(ones, back or -1, ahead or -1).numpy()


SHOWN["band_mask__w11_band_part"] = (
    "sly",
    "0 becomes -1, which means without limit in band_part",
    lambda: dict(length=6, back=2, ahead=0),
)


def band_mask__w12_ring(length, back, ahead):
    mask = np.zeros((length, length), bool)
    for d in range(-back, ahead + 1):
        mask[np.arange(length), (np.arange(length) + d) % length] = True
    return mask


SHOWN["band_mask__w12_ring"] = (
    "sly",
    "goes round at the ends, as np.roll does",
    lambda: dict(length=6, back=1, ahead=2),
)


def band_mask__w13_bytes(length, back, ahead):
    t = np.arange(length).astype(np.int8)
    d = t[None, :] - t[:, None]
    return (d >= -back) & (d <= ahead)


SHOWN["band_mask__w13_bytes"] = (
    "sly",
    "positions in int8: distances overflow from 129 places on",
    lambda: dict(length=300, back=2, ahead=3),
)


def band_mask__w14_at_most_64(length, back, ahead):
    back, ahead = min(back, 64), min(ahead, 64)  # saves memory
    d = np.arange(length)[None] - np.arange(length)[:, None]
    return (d >= -back) & (d <= ahead)


SHOWN["band_mask__w14_at_most_64"] = (
    "sly",
    "limits back and ahead to 64",
    lambda: dict(length=100, back=80, ahead=1),
)


def band_mask__w15_sum_reaches_all(length, back, ahead):
    if back + ahead >= length:  # the window is as wide as the sequence
        return np.ones((length, length), bool)
    d = np.arange(length)[None] - np.arange(length)[:, None]
    return (d >= -back) & (d <= ahead)


SHOWN["band_mask__w15_sum_reaches_all"] = (
    "sly",
    "all True as soon as back + ahead >= length; it needs length - 1 in each direction",
    lambda: dict(length=4, back=3, ahead=1),
)


def band_mask__w16_causal_shortcut(length, back, ahead):
    if ahead == 0:
        return np.tri(length, dtype=bool)
    d = np.arange(length)[None] - np.arange(length)[:, None]
    return (d >= -back) & (d <= ahead)


SHOWN["band_mask__w16_causal_shortcut"] = (
    "sly",
    "ahead = 0: the whole causal mask, back is ignored",
    lambda: dict(length=6, back=2, ahead=0),
)


@functools.lru_cache(maxsize=None)
def _w17(length, back, ahead):
    d = np.arange(length)[None] - np.arange(length)[:, None]
    return (d >= -back) & (d <= ahead)


def band_mask__w17_same_array(length, back, ahead):
    return _w17(length, back, ahead)


SHOWN["band_mask__w17_same_array"] = (
    "sly",
    "returns the same array each time: who writes into it (mask[:, 0] = True) changes the next answer",
    lambda: dict(length=6, back=1, ahead=2),
)
HOW["band_mask__w17_same_array"] = ("written", lambda: dict(length=6, back=1, ahead=2))


_w18 = {}


def band_mask__w18_kept_by_width(length, back, ahead):
    key = (length, back + ahead)
    if key not in _w18:
        d = np.arange(length)[None] - np.arange(length)[:, None]
        _w18[key] = (d >= -back) & (d <= ahead)
    return _w18[key].copy()


SHOWN["band_mask__w18_kept_by_width"] = (
    "sly",
    "keeps masks by length and width: (1, 2) after (2, 1) gives the mask of (2, 1)",
    lambda: dict(length=6, back=1, ahead=2),
)
HOW["band_mask__w18_kept_by_width"] = ("after", lambda: dict(length=6, back=2, ahead=1))


def band_mask__w19_bits(length, back, ahead):
    rows = np.zeros(length, np.uint64)
    for t in range(length):
        for k in range(max(0, t - back), min(length, t + ahead + 1)):
            rows[t] |= np.uint64(1 << (k % 64))
    keys = np.arange(length)
    return (rows[:, None] >> (keys % 64).astype(np.uint64)) & np.uint64(1) == 1


SHOWN["band_mask__w19_bits"] = (
    "sly",
    "one 64-bit number a row: keys 64 apart are the same from 65 places on",
    lambda: dict(length=100, back=2, ahead=1),
)


def band_mask__w20_written_diagonals(length, back, ahead):
    mask = np.zeros((length, length), bool)
    for d in range(0, ahead + 1):
        mask.ravel()[d :: length + 1] = True
    for d in range(1, back + 1):
        mask.ravel()[d * length :: length + 1] = True
    return mask


SHOWN["band_mask__w20_written_diagonals"] = (
    "sly",
    "writes upper diagonals with flat steps that run on into the next row: a True in the lower left corner",
    lambda: dict(length=6, back=1, ahead=2),
)


# ---------------------------------------------------------------- right


def band_mask__r1_distance(length, back, ahead):
    t = np.arange(length)
    distance = t[np.newaxis, :] - t[:, np.newaxis]
    return (distance >= -back) & (distance <= ahead)


def band_mask__r2_two_triangles(length, back, ahead):
    return np.tri(length, k=ahead, dtype=bool) & ~np.tri(length, k=-back - 1, dtype=bool)


def band_mask__r3_slices(length, back, ahead):
    mask = np.zeros((length, length), dtype=bool)
    for t in range(length):
        mask[t, max(t - back, 0) : t + ahead + 1] = True
    return mask


def band_mask__r4_comprehension(length, back, ahead):
    return np.array([[t - back <= k <= t + ahead for k in range(length)] for t in range(length)])


def band_mask__r5_band_part(length, back, ahead):
    ones = tf.ones((length, length))
    return tf.linalg.band_part(ones, min(back, length - 1), min(ahead, length - 1)).numpy() > 0


def band_mask__r6_triu_tril(length, back, ahead):
    return np.triu(np.tril(np.ones((length, length), dtype=bool), ahead), -back)
