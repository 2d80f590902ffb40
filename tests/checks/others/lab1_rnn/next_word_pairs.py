import numpy as np

SHOWN = {}


def _args(batch=2, time=5, seed=0):
    return dict(ids=np.random.default_rng(seed).integers(1, 50, size=(batch, time)))


# ---------------------------------------------------------------- wrong
def next_word_pairs__w01_swapped(ids):
    return ids[:, 1:], ids[:, :-1]


SHOWN["next_word_pairs__w01_swapped"] = ("natural", "inputs and targets are swapped", lambda: _args())


def next_word_pairs__w02_batch_axis(ids):
    return ids[:-1], ids[1:]


SHOWN["next_word_pairs__w02_batch_axis"] = ("natural", "slices along the batch", lambda: _args())


def next_word_pairs__w03_roll(ids):
    return ids, np.roll(ids, -1, axis=1)


SHOWN["next_word_pairs__w03_roll"] = (
    "natural",
    "keeps all steps; the target of the last word is the first word",
    lambda: _args(),
)


def next_word_pairs__w04_two_steps(ids):
    return ids[:, :-2], ids[:, 2:]


SHOWN["next_word_pairs__w04_two_steps"] = ("natural", "targets are two words ahead", lambda: _args())


def next_word_pairs__w05_last_word_only(ids):
    return ids[:, :-1], ids[:, -1]


SHOWN["next_word_pairs__w05_last_word_only"] = (
    "natural",
    "only the last word is a target (many-to-one)",
    lambda: _args(),
)


def next_word_pairs__w06_padded_targets(ids):
    targets = np.zeros_like(ids)
    targets[:, :-1] = ids[:, 1:]
    return ids, targets


SHOWN["next_word_pairs__w06_padded_targets"] = (
    "natural",
    "keeps the length, with a padding target at the end",
    lambda: _args(),
)


def next_word_pairs__w07_one_long_text(ids):
    text = ids.ravel()
    return text[None, :-1], text[None, 1:]


SHOWN["next_word_pairs__w07_one_long_text"] = (
    "subtle",
    "strings the sentences together; right for a batch of 1",
    lambda: _args(),
)


def next_word_pairs__w08_start_word(ids):
    inputs = np.concatenate([np.zeros((len(ids), 1), dtype=ids.dtype), ids[:, :-1]], axis=1)
    return inputs, ids


SHOWN["next_word_pairs__w08_start_word"] = (
    "natural",
    "shifts the inputs to the right with a start word, as decoders do: (batch, time)",
    lambda: _args(),
)


def next_word_pairs__w09_squeezed(ids):
    return ids[:, :-1].squeeze(), ids[:, 1:].squeeze()


SHOWN["next_word_pairs__w09_squeezed"] = (
    "subtle",
    "squeeze drops the axis of a batch of 1 or of one pair",
    lambda: _args(batch=1),
)


def next_word_pairs__w10_shift_in_place(ids):
    inputs = ids[:, :-1].copy()
    ids[:, :-1] = ids[:, 1:].copy()
    return inputs, ids[:, :-1]


SHOWN["next_word_pairs__w10_shift_in_place"] = (
    "use",
    "results are right, but the ids of the caller are shifted",
    "changes its argument ids",
)


def next_word_pairs__w11_shifted_view(ids):
    ids = ids.copy()
    inputs = ids[:, :-1]
    targets = ids
    targets[:, :-1] = targets[:, 1:].copy()
    return inputs, targets[:, :-1]


SHOWN["next_word_pairs__w11_shifted_view"] = (
    "natural",
    "inputs is a view of the table that is shifted, so it becomes the targets",
    lambda: _args(),
)


def next_word_pairs__w12_longer_axis_is_time(ids):
    if ids.shape[0] > ids.shape[1]:
        ids = ids.T
    return ids[:, :-1], ids[:, 1:]


SHOWN["next_word_pairs__w12_longer_axis_is_time"] = (
    "subtle",
    "takes the longer axis for time: wrong for batches larger than time",
    lambda: _args(batch=7, time=3),
)


def next_word_pairs__w13_at_most_32(ids, window=32):
    ids = ids[:, : window + 1]
    return ids[:, :-1], ids[:, 1:]


SHOWN["next_word_pairs__w13_at_most_32"] = (
    "subtle",
    "long sequences are cut to a window of 32 pairs",
    lambda: _args(time=50),
)


def next_word_pairs__w14_padding_ignored(ids):
    targets = ids[:, 1:].copy()
    targets[targets == 0] = -1
    return ids[:, :-1], targets


SHOWN["next_word_pairs__w14_padding_ignored"] = (
    "subtle",
    "padding targets become -1, 'to be ignored'",
    lambda: dict(ids=np.array([[4, 3, 2], [5, 6, 0]])),
)


def next_word_pairs__w15_one_step(ids):
    if ids.shape[1] == 1:
        return ids, ids
    return ids[:, :-1], ids[:, 1:]


SHOWN["next_word_pairs__w15_one_step"] = (
    "subtle",
    "one step gives a pair of the word with itself instead of (batch, 0)",
    lambda: dict(ids=np.array([[4], [5]])),
)


def next_word_pairs__w16_float(ids):
    ids = ids.astype(np.float32)
    return ids[:, :-1].astype(int), ids[:, 1:].astype(int)


SHOWN["next_word_pairs__w16_float"] = (
    "subtle",
    "goes through float32, which rounds ids beyond 2**24",
    lambda: dict(ids=np.array([[16777217, 3, 16777219]])),
)


def next_word_pairs__w17_columns_with_padding(ids):
    ids = ids[:, (ids != 0).all(axis=0)]
    return ids[:, :-1], ids[:, 1:]


SHOWN["next_word_pairs__w17_columns_with_padding"] = (
    "subtle",
    "steps at which some row is padded are left out",
    lambda: dict(ids=np.array([[4, 3, 2], [5, 6, 0]])),
)


_w18_last = {}


def next_word_pairs__w18_text_goes_on(ids):
    inputs, targets = ids[:, :-1], ids[:, 1:]
    if len(ids) in _w18_last:
        inputs = np.concatenate([_w18_last[len(ids)], inputs], axis=1)
        targets = ids
    _w18_last[len(ids)] = ids[:, -1:].copy()
    return inputs, targets


SHOWN["next_word_pairs__w18_text_goes_on"] = (
    "use",
    "the last word of the batch before is put in front of the next batch",
    "second call with the same batch size returns (batch, time)",
)


def next_word_pairs__w19_table_of_pairs(ids):
    return np.stack([ids[:, :-1], ids[:, 1:]], axis=-1)


SHOWN["next_word_pairs__w19_table_of_pairs"] = (
    "use",
    "one table (batch, time - 1, 2) instead of two results; unpacks only for a batch of 2",
    lambda: _args(batch=3),
)


def next_word_pairs__w20_repeats_left_out(ids):
    inputs, targets = ids[:, :-1].copy(), ids[:, 1:].copy()
    targets[targets == inputs] = 0
    return inputs, targets


SHOWN["next_word_pairs__w20_repeats_left_out"] = (
    "subtle",
    "a target equal to its input is replaced by padding",
    lambda: dict(ids=np.array([[4, 4, 2]])),
)


# ---------------------------------------------------------------- right
def next_word_pairs__r1_slices(ids):
    return ids[:, :-1], ids[:, 1:]


def next_word_pairs__r2_delete(ids):
    return np.delete(ids, -1, axis=1), np.delete(ids, 0, axis=1)


def next_word_pairs__r3_rows(ids):
    inputs = np.array([row[:-1] for row in ids])
    targets = np.array([row[1:] for row in ids])
    return inputs, targets


def next_word_pairs__r4_take(ids):
    steps = np.arange(ids.shape[1] - 1)
    return np.take(ids, steps, axis=1), np.take(ids, steps + 1, axis=1)


def next_word_pairs__r5_roll_and_cut(ids):
    shifted = np.roll(ids, shift=-1, axis=1)
    time = ids.shape[1]
    return ids[..., : time - 1].copy(), shifted[..., : time - 1]


def next_word_pairs__r6_filled(ids):
    batch, time = ids.shape
    inputs = np.empty((batch, time - 1), dtype=ids.dtype)
    targets = np.empty_like(inputs)
    for t in range(time - 1):
        inputs[:, t] = ids[:, t]
        targets[:, t] = ids[:, t + 1]
    return inputs, targets
