import numpy as np

SHOWN = {}


# ---------------------------------------------------------------- wrong
def pad_batch__w01_left(sequences):
    longest = max(len(s) for s in sequences)
    ids = np.zeros((len(sequences), longest), dtype=int)
    mask = np.zeros((len(sequences), longest), dtype=bool)
    for i, s in enumerate(sequences):
        if len(s):
            ids[i, -len(s) :] = s
            mask[i, -len(s) :] = True
    return ids, mask


SHOWN["pad_batch__w01_left"] = ("natural", "padded on the left", lambda: dict(sequences=[[2, 3, 4], [5]]))


def pad_batch__w02_pads_with_one(sequences):
    longest = max(map(len, sequences))
    ids = np.ones((len(sequences), longest), dtype=int)
    for i, s in enumerate(sequences):
        ids[i, : len(s)] = s
    lengths = np.array([len(s) for s in sequences])
    return ids, np.arange(longest) < lengths[:, None]


SHOWN["pad_batch__w02_pads_with_one"] = (
    "natural",
    "padding is 1, the id of unknown words",
    lambda: dict(sequences=[[2, 3, 4], [5]]),
)


def pad_batch__w03_mask_inverted(sequences):
    longest = max(map(len, sequences))
    ids = np.zeros((len(sequences), longest), dtype=int)
    mask = np.ones((len(sequences), longest), dtype=bool)
    for i, s in enumerate(sequences):
        ids[i, : len(s)] = s
        mask[i, : len(s)] = False
    return ids, mask


SHOWN["pad_batch__w03_mask_inverted"] = (
    "natural",
    "mask is True where padding stands",
    lambda: dict(sequences=[[2, 3, 4], [5]]),
)


def pad_batch__w04_mask_of_numbers(sequences):
    longest = max(map(len, sequences))
    ids = np.zeros((len(sequences), longest), dtype=int)
    mask = np.zeros((len(sequences), longest))
    for i, s in enumerate(sequences):
        ids[i, : len(s)] = s
        mask[i, : len(s)] = 1
    return ids, mask


SHOWN["pad_batch__w04_mask_of_numbers"] = (
    "natural",
    "mask holds floats 0 and 1, not bool",
    lambda: dict(sequences=[[2, 3, 4], [5]]),
)


def pad_batch__w05_cut_to_shortest(sequences):
    shortest = min(len(s) for s in sequences)
    ids = np.array([s[:shortest] for s in sequences], dtype=int)
    return ids, np.ones(ids.shape, dtype=bool)


SHOWN["pad_batch__w05_cut_to_shortest"] = (
    "natural",
    "all sequences are cut to the shortest",
    lambda: dict(sequences=[[2, 3, 4], [5]]),
)


def pad_batch__w06_float_ids(sequences):
    longest = max(len(s) for s in sequences)
    ids = np.zeros((len(sequences), longest))
    mask = np.zeros_like(ids, dtype=bool)
    for i, s in enumerate(sequences):
        ids[i, : len(s)] = s
        mask[i, : len(s)] = True
    return ids, mask


SHOWN["pad_batch__w06_float_ids"] = (
    "natural",
    "ids are floats: they cannot pick rows of E",
    lambda: dict(sequences=[[2, 3, 4], [5]]),
)


def pad_batch__w07_same_row(sequences):
    longest = max(len(s) for s in sequences)
    ids = [[0] * longest] * len(sequences)
    mask = [[False] * longest] * len(sequences)
    for i, s in enumerate(sequences):
        for t, word in enumerate(s):
            ids[i][t] = word
            mask[i][t] = True
    return np.array(ids), np.array(mask)


SHOWN["pad_batch__w07_same_row"] = (
    "natural",
    "all rows are the same list, so they overwrite each other",
    lambda: dict(sequences=[[2, 3, 4], [5]]),
)


def pad_batch__w08_mask_from_ids(sequences):
    longest = max(len(s) for s in sequences)
    ids = np.array([list(s) + [0] * (longest - len(s)) for s in sequences], dtype=int)
    return ids, ids != 0


SHOWN["pad_batch__w08_mask_from_ids"] = (
    "subtle",
    "an id 0 that really stands in a sequence is taken for padding",
    lambda: dict(sequences=[[2, 0, 4], [5, 0]]),
)


def pad_batch__w09_extends_the_lists(sequences):
    lengths = [len(s) for s in sequences]
    longest = max(lengths)
    for s in sequences:
        s += [0] * (longest - len(s))
    mask = np.arange(longest)[None, :] < np.array(lengths)[:, None]
    return np.array(sequences, dtype=int), mask


SHOWN["pad_batch__w09_extends_the_lists"] = (
    "use",
    "pads the lists of the caller in place",
    "changes its argument sequences (shorter lists get zeros)",
)


def pad_batch__w10_small_ids(sequences):
    longest = max(len(s) for s in sequences)
    ids = np.zeros((len(sequences), longest), dtype=np.int16)
    mask = np.zeros((len(sequences), longest), dtype=bool)
    for i, s in enumerate(sequences):
        ids[i, : len(s)] = np.array(s, dtype=np.int64)
        mask[i, : len(s)] = True
    return ids, mask


SHOWN["pad_batch__w10_small_ids"] = (
    "subtle",
    "int16 wraps around for ids of 32768 and more",
    lambda: dict(sequences=[[2, 40000, 4], [5]]),
)


def pad_batch__w11_lexicographic_max(sequences):
    longest = len(max(sequences))
    ids = np.zeros((len(sequences), longest), dtype=int)
    mask = np.zeros((len(sequences), longest), dtype=bool)
    for i, s in enumerate(sequences):
        s = s[:longest]
        ids[i, : len(s)] = s
        mask[i, : len(s)] = True
    return ids, mask


SHOWN["pad_batch__w11_lexicographic_max"] = (
    "subtle",
    "max(sequences) is the list with the largest entries, not the longest one",
    lambda: dict(sequences=[[2, 3, 4], [5]]),
)


def pad_batch__w12_first_is_longest(sequences):
    time = len(sequences[0])
    ids = np.zeros((len(sequences), time), dtype=int)
    mask = np.zeros((len(sequences), time), dtype=bool)
    for i, s in enumerate(sequences):
        for t, word in enumerate(s[:time]):
            ids[i, t], mask[i, t] = word, True
    return ids, mask


SHOWN["pad_batch__w12_first_is_longest"] = (
    "subtle",
    "as long as the first sequence: right only when that is the longest",
    lambda: dict(sequences=[[5], [2, 3, 4]]),
)


def pad_batch__w13_equal_lengths_shortcut(sequences):
    lengths = np.array([len(s) for s in sequences])
    if (lengths == lengths[0]).all():
        ids = np.array(sequences, dtype=int)
        return ids, np.ones_like(ids)
    ids = np.zeros((len(sequences), lengths.max()), dtype=int)
    mask = np.arange(lengths.max()) < lengths[:, None]
    for i, s in enumerate(sequences):
        ids[i, : len(s)] = s
    return ids, mask


SHOWN["pad_batch__w13_equal_lengths_shortcut"] = (
    "subtle",
    "with equal lengths the mask is of int (mask & ~mask, h[mask] go wrong)",
    lambda: dict(sequences=[[2, 3], [4, 5]]),
)


def pad_batch__w14_at_most_32(sequences, max_len=32):
    sequences = [s[:max_len] for s in sequences]
    longest = max(len(s) for s in sequences)
    ids = np.zeros((len(sequences), longest), dtype=int)
    mask = np.zeros((len(sequences), longest), dtype=bool)
    for i, s in enumerate(sequences):
        ids[i, : len(s)] = s
        mask[i, : len(s)] = True
    return ids, mask


SHOWN["pad_batch__w14_at_most_32"] = (
    "subtle",
    "sequences are cut after 32 steps",
    lambda: dict(sequences=[list(range(2, 52)), [5]]),
)


def pad_batch__w15_empty_left_out(sequences):
    sequences = [s for s in sequences if s]
    longest = max((len(s) for s in sequences), default=0)
    ids = np.zeros((len(sequences), longest), dtype=int)
    mask = np.zeros((len(sequences), longest), dtype=bool)
    for i, s in enumerate(sequences):
        ids[i, : len(s)] = s
        mask[i, : len(s)] = True
    return ids, mask


SHOWN["pad_batch__w15_empty_left_out"] = (
    "subtle",
    "an empty sequence loses its row in the batch",
    lambda: dict(sequences=[[2, 3], [], [4]]),
)


_w16_buffers = {}


def pad_batch__w16_reused_buffer(sequences):
    shape = (len(sequences), max(len(s) for s in sequences))
    if shape not in _w16_buffers:
        _w16_buffers[shape] = np.zeros(shape, dtype=int), np.zeros(shape, dtype=bool)
    ids, mask = _w16_buffers[shape]
    for i, s in enumerate(sequences):
        ids[i, : len(s)] = s
        mask[i, : len(s)] = True
    return ids, mask


SHOWN["pad_batch__w16_reused_buffer"] = (
    "use",
    "the arrays of a call before with the same shape are used again, with its entries",
    "second batch of the same shape still holds ids and mask of the first",
)


def pad_batch__w17_sorted_by_length(sequences):
    sequences = sorted(sequences, key=len, reverse=True)
    longest = len(sequences[0])
    ids = np.zeros((len(sequences), longest), dtype=int)
    for i, s in enumerate(sequences):
        ids[i, : len(s)] = s
    mask = np.array([[t < len(s) for t in range(longest)] for s in sequences], dtype=bool).reshape(ids.shape)
    return ids, mask


SHOWN["pad_batch__w17_sorted_by_length"] = (
    "subtle",
    "rows are sorted by length: right when the batch already is",
    lambda: dict(sequences=[[5], [2, 3, 4]]),
)


def pad_batch__w18_batch_of_one_squeezed(sequences):
    longest = max(len(s) for s in sequences)
    ids, mask = [], []
    for s in sequences:
        padding = longest - len(s)
        ids.append(np.pad(np.array(s, dtype=int), (0, padding)))
        mask.append(np.array([True] * len(s) + [False] * padding, dtype=bool))
    return np.squeeze(np.array(ids)), np.squeeze(np.array(mask))


SHOWN["pad_batch__w18_batch_of_one_squeezed"] = (
    "subtle",
    "squeeze drops the batch axis of a batch of 1 (and the time axis of one step)",
    lambda: dict(sequences=[[2, 3, 4]]),
)


def pad_batch__w19_at_least_one_step(sequences):
    longest = max(1, max(len(s) for s in sequences))
    ids = np.zeros((len(sequences), longest), dtype=int)
    mask = np.zeros((len(sequences), longest), dtype=bool)
    for i, s in enumerate(sequences):
        ids[i, : max(1, len(s))] = s or 0
        mask[i, : max(1, len(s))] = True
    return ids, mask


SHOWN["pad_batch__w19_at_least_one_step"] = (
    "subtle",
    "an empty sequence counts as one real step of id 0",
    lambda: dict(sequences=[[2, 3], []]),
)


def pad_batch__w20_mask_first(sequences):
    lengths = np.array([len(s) for s in sequences])
    mask = np.arange(lengths.max()) < lengths[:, None]
    ids = np.zeros(mask.shape, dtype=int)
    ids[mask] = [word for s in sequences for word in s]
    return mask, ids


SHOWN["pad_batch__w20_mask_first"] = (
    "use",
    "the two results are handed back in the wrong order",
    lambda: dict(sequences=[[2, 3, 4], [5]]),
)


# ---------------------------------------------------------------- right
def pad_batch__r1_row_by_row(sequences):
    longest = max(len(s) for s in sequences)
    ids = np.zeros((len(sequences), longest), dtype=np.int64)
    mask = np.zeros((len(sequences), longest), dtype=bool)
    for i, s in enumerate(sequences):
        ids[i, : len(s)] = s
        mask[i, : len(s)] = True
    return ids, mask


def pad_batch__r2_boolean_fill(sequences):
    lengths = np.array([len(s) for s in sequences])
    mask = np.arange(lengths.max()) < lengths[:, None]
    ids = np.zeros(mask.shape, dtype=int)
    ids[mask] = np.array([word for s in sequences for word in s], dtype=int)
    return ids, mask


def pad_batch__r3_list_arithmetic(sequences):
    longest = len(max(sequences, key=len))
    ids = [list(s) + [0] * (longest - len(s)) for s in sequences]
    mask = [[True] * len(s) + [False] * (longest - len(s)) for s in sequences]
    return np.array(ids, dtype=int), np.array(mask, dtype=bool)


def pad_batch__r4_zip_longest(sequences):
    from itertools import zip_longest

    columns = list(zip_longest(*sequences, fillvalue=None))
    table = np.array(columns, dtype=object).reshape(len(columns), len(sequences)).T
    mask = np.array([[entry is not None for entry in row] for row in table], dtype=bool).reshape(table.shape)
    return np.where(mask, table, 0).astype(int), mask


def pad_batch__r5_np_pad(sequences):
    longest = max(map(len, sequences))
    ids = np.stack([np.pad(np.asarray(s, dtype=int), (0, longest - len(s))) for s in sequences])
    mask = np.stack([np.pad(np.ones(len(s), dtype=bool), (0, longest - len(s))) for s in sequences])
    return ids, mask


def pad_batch__r6_keras(sequences):
    import keras

    ids = keras.utils.pad_sequences(sequences, padding="post", dtype="int64", value=0)
    mask = keras.utils.pad_sequences([[1] * len(s) for s in sequences], padding="post", dtype="int64")
    return ids, mask.astype(bool)
