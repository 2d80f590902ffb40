import numpy as np

SHOWN = {}


def _ids(batch=3, time=8, high=40, seed=0):
    """Rows: start, characters, end, padding."""
    rng = np.random.default_rng(seed)
    ids = np.zeros((batch, time), dtype=np.int64)
    for k in range(batch):
        n = time if k == 0 else int(rng.integers(2, time + 1))
        ids[k, :n] = rng.integers(4, high, size=n)
        ids[k, 0], ids[k, n - 1] = 2, 3
    return ids


def next_step_pairs__w01_exchanged(ids):
    return ids[:, 1:], ids[:, :-1]


SHOWN["next_step_pairs__w01_exchanged"] = ("natural", "returns targets, inputs", lambda: dict(ids=_ids()))


def next_step_pairs__w02_rolled(ids):
    return ids, np.roll(ids, -1, axis=1)


SHOWN["next_step_pairs__w02_rolled"] = (
    "natural",
    "keeps the full length; the last target is the start",
    lambda: dict(ids=_ids()),
)


def next_step_pairs__w03_shift_over_batch(ids):
    return ids[:-1], ids[1:]


SHOWN["next_step_pairs__w03_shift_over_batch"] = ("natural", "shifts along the batch", lambda: dict(ids=_ids()))


def next_step_pairs__w04_last_as_target(ids):
    return ids[:, :-1], ids[:, -1:]


SHOWN["next_step_pairs__w04_last_as_target"] = ("natural", "only the last id is the target", lambda: dict(ids=_ids()))


def next_step_pairs__w05_shift_by_two(ids):
    inputs = ids[:, 0:-2]
    targets = ids[:, 2:]
    return inputs, targets


SHOWN["next_step_pairs__w05_shift_by_two"] = ("natural", "shifted by two", lambda: dict(ids=_ids()))


def next_step_pairs__w06_no_shift(ids):
    inputs = ids[:, :-1]
    targets = ids[:, :-1]
    return inputs, targets


SHOWN["next_step_pairs__w06_no_shift"] = ("natural", "the targets are the inputs", lambda: dict(ids=_ids()))


def next_step_pairs__w07_one_array(ids):
    return np.stack([ids[:, i : i + 2] for i in range(ids.shape[1] - 1)], axis=1)


SHOWN["next_step_pairs__w07_one_array"] = (
    "natural",
    "one array of pairs (batch, time - 1, 2) instead of inputs and targets",
    lambda: dict(ids=_ids()),
)


def next_step_pairs__w08_end_taken_out(ids):
    inputs = np.where(ids == 3, 0, ids)[:, :-1]
    return inputs, ids[:, 1:]


SHOWN["next_step_pairs__w08_end_taken_out"] = (
    "subtle",
    "replaces the end by padding in the inputs: right for rows without padding",
    lambda: dict(ids=np.array([[2, 4, 5, 3, 0, 0]])),
)


def next_step_pairs__w09_ids_shifted_in_place(ids):
    inputs = ids[:, :-1].copy()
    ids[:, :-1] = ids[:, 1:]
    return inputs, ids[:, :-1]


SHOWN["next_step_pairs__w09_ids_shifted_in_place"] = (
    "use",
    "shifts the caller's ids in place",
    "changes its argument ids",
)


def next_step_pairs__w10_int8(ids):
    ids = np.asarray(ids).astype(np.int8)
    return ids[:, :-1], ids[:, 1:]


SHOWN["next_step_pairs__w10_int8"] = (
    "subtle",
    "int8: ids above 127 become negative",
    lambda: dict(ids=_ids(high=1000)),
)


def next_step_pairs__w11_squeezed(ids):
    return np.squeeze(ids[:, :-1]), np.squeeze(ids[:, 1:])


SHOWN["next_step_pairs__w11_squeezed"] = (
    "subtle",
    "loses an axis for a batch of 1 or time 2",
    lambda: dict(ids=_ids(batch=1)),
)


def next_step_pairs__w12_padding_trimmed(ids):
    ids = ids[:, : int((ids != 0).sum(axis=1).max())]
    return ids[:, :-1], ids[:, 1:]


SHOWN["next_step_pairs__w12_padding_trimmed"] = (
    "subtle",
    "cuts off columns that are padding in all rows: not time - 1 columns",
    lambda: dict(ids=np.array([[2, 4, 5, 3, 0, 0], [2, 4, 3, 0, 0, 0]])),
)


def next_step_pairs__w13_float32(ids):
    ids = np.asarray(ids, dtype="float32")
    return ids[:, :-1].astype(int), ids[:, 1:].astype(int)


SHOWN["next_step_pairs__w13_float32"] = (
    "subtle",
    "goes through float32: ids above 2 ** 24 get rounded",
    lambda: dict(ids=np.array([[2, 2**24 + 1, 2**24 + 3, 3]])),
)


_w14_pairs = {}


def next_step_pairs__w14_kept(ids):
    if ids.shape not in _w14_pairs:
        _w14_pairs[ids.shape] = (ids[:, :-1].copy(), ids[:, 1:].copy())
    return _w14_pairs[ids.shape]


SHOWN["next_step_pairs__w14_kept"] = (
    "use",
    "remembers the pairs by the shape of the ids",
    "the second call with other ids of the same shape returns the first pairs",
)


def next_step_pairs__w15_flat(ids):
    batch, time = ids.shape
    flat = ids.reshape(-1)
    n = batch * (time - 1)
    return flat[:-1][:n].reshape(batch, time - 1), flat[1:][:n].reshape(batch, time - 1)


SHOWN["next_step_pairs__w15_flat"] = (
    "subtle",
    "shifts the flat ids: right for a batch of 1 only",
    lambda: dict(ids=_ids(batch=2)),
)


def next_step_pairs__w16_at_most_32(ids):
    ids = ids[:, :33]  # no more than 32 steps at once
    return ids[:, :-1], ids[:, 1:]


SHOWN["next_step_pairs__w16_at_most_32"] = ("subtle", "cuts tunes after 33 ids", lambda: dict(ids=_ids(time=50)))


def next_step_pairs__w17_ignored_label(ids):
    targets = ids[:, 1:].copy()
    targets[targets == 0] = -100
    return ids[:, :-1], targets


SHOWN["next_step_pairs__w17_ignored_label"] = (
    "natural",
    "padding among the targets becomes -100 (the ignored label of PyTorch)",
    lambda: dict(ids=_ids()),
)


def next_step_pairs__w18_repeated_rows_dropped(ids):
    _, first = np.unique(ids, axis=0, return_index=True)
    ids = ids[np.sort(first)]
    return ids[:, :-1], ids[:, 1:]


SHOWN["next_step_pairs__w18_repeated_rows_dropped"] = (
    "subtle",
    "drops a tune that occurs twice in the batch",
    lambda: dict(ids=np.array([[2, 4, 5, 3], [2, 6, 3, 0], [2, 4, 5, 3]])),
)


def next_step_pairs__w19_start_and_end_dropped(ids):
    return ids[:, 1:-1], ids[:, 2:]


SHOWN["next_step_pairs__w19_start_and_end_dropped"] = (
    "natural",
    "leaves the start out of the inputs",
    lambda: dict(ids=_ids()),
)


def next_step_pairs__w20_end_of_every_row(ids):
    batch, time = ids.shape
    inputs = ids[ids != 3].reshape(batch, time - 1)
    targets = ids[ids != 2].reshape(batch, time - 1)
    return inputs, targets


SHOWN["next_step_pairs__w20_end_of_every_row"] = (
    "subtle",
    "inputs are the ids without the end, right for rows without padding only",
    lambda: dict(ids=np.array([[2, 4, 5, 3], [2, 6, 3, 0]])),
)


def next_step_pairs__r1_slices(ids):
    return ids[:, :-1], ids[:, 1:]


def next_step_pairs__r2_ellipsis_copies(ids):
    ids = np.array(ids)
    inputs = ids[..., :-1].copy()
    targets = ids[..., 1:].copy()
    return inputs, targets


def next_step_pairs__r3_time_counted(ids):
    time = ids.shape[1]
    return ids[:, 0 : time - 1], ids[:, 1:time]


def next_step_pairs__r4_delete(ids):
    return np.delete(ids, -1, axis=1), np.delete(ids, 0, axis=1)


def next_step_pairs__r5_take(ids):
    t = np.arange(ids.shape[1] - 1)
    return np.take(ids, t, axis=1), np.take(ids, t + 1, axis=1)


def next_step_pairs__r6_windows(ids):
    pairs = np.lib.stride_tricks.sliding_window_view(np.asarray(ids), 2, axis=1)
    return np.ascontiguousarray(pairs[:, :, 0]), np.ascontiguousarray(pairs[:, :, 1])
