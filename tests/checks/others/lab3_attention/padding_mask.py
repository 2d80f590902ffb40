import numpy as np
import tensorflow as tf

SHOWN = {}


def _ids():  # for SHOWN only
    return np.array([[3, 5, 2, 0], [4, 1, 0, 0]])


def padding_mask__w01_true_at_padding(ids):
    return (ids == 0)[:, np.newaxis, :]


SHOWN["padding_mask__w01_true_at_padding"] = ("natural", "True where the padding is", lambda: dict(ids=_ids()))


def padding_mask__w02_no_axis(ids):
    return ids != 0


SHOWN["padding_mask__w02_no_axis"] = ("natural", "the axis of the queries is missing", lambda: dict(ids=_ids()))


def padding_mask__w03_axis_at_the_end(ids):
    return (ids != 0)[:, :, np.newaxis]


SHOWN["padding_mask__w03_axis_at_the_end"] = (
    "natural",
    "(batch, time, 1): masks queries, not keys",
    lambda: dict(ids=_ids()),
)


def padding_mask__w04_axis_at_the_front(ids):
    return np.expand_dims(np.not_equal(ids, 0), 0)


SHOWN["padding_mask__w04_axis_at_the_front"] = (
    "natural",
    "(1, batch, time) instead of (batch, 1, time)",
    lambda: dict(ids=_ids()),
)


def padding_mask__w05_two_axes_for_heads(ids):
    return (ids != 0)[:, np.newaxis, np.newaxis, :]


SHOWN["padding_mask__w05_two_axes_for_heads"] = (
    "natural",
    "(batch, 1, 1, time), as other libraries want it",
    lambda: dict(ids=_ids()),
)


def padding_mask__w06_floats(ids):
    return tf.cast(tf.not_equal(ids, 0), tf.float32)[:, tf.newaxis, :]


SHOWN["padding_mask__w06_floats"] = ("natural", "numbers 0 and 1 instead of bool", lambda: dict(ids=_ids()))


def padding_mask__w07_rows_too(ids):
    real = ids != 0
    return real[:, :, None] & real[:, None, :]


SHOWN["padding_mask__w07_rows_too"] = (
    "natural",
    "masks the rows of padding queries as well, (batch, time, time)",
    lambda: dict(ids=_ids()),
)


def padding_mask__w08_up_to_the_first_zero(ids):
    ids = np.asarray(ids)
    # behind the first 0 there is nothing but padding
    real = np.cumprod(ids != 0, axis=1)
    return real.astype(bool)[:, None, :]


SHOWN["padding_mask__w08_up_to_the_first_zero"] = (
    "subtle",
    "padding in front or in between hides all real keys behind it",
    lambda: dict(ids=np.array([[0, 0, 5, 2], [4, 1, 0, 0]])),
)


def padding_mask__w09_counts_the_real_ones(ids):
    lengths = np.count_nonzero(ids, axis=1)
    positions = np.arange(ids.shape[1])
    return positions[None, None, :] < lengths[:, None, None]


SHOWN["padding_mask__w09_counts_the_real_ones"] = (
    "subtle",
    "takes for granted that padding stands at the end",
    lambda: dict(ids=np.array([[0, 0, 5, 2], [4, 1, 0, 0]])),
)


def padding_mask__w10_small_integers(ids):
    small = np.asarray(ids).astype(np.uint8)  # ids of letters fit into a byte
    return (small != 0)[:, None, :]


SHOWN["padding_mask__w10_small_integers"] = (
    "subtle",
    "id 256 becomes 0 in a byte and counts as padding",
    lambda: dict(ids=np.array([[3, 256, 512, 0]])),
)


def padding_mask__w11_smallest_id_is_padding(ids):
    ids = np.asarray(ids)
    padding = ids.min()
    return np.expand_dims(ids != padding, axis=1)


SHOWN["padding_mask__w11_smallest_id_is_padding"] = (
    "subtle",
    "takes the smallest id for padding: wrong for a batch without padding",
    lambda: dict(ids=np.array([[3, 5, 2], [4, 1, 1]])),
)


def padding_mask__w12_squeezed_first(ids):
    mask = np.squeeze(np.asarray(ids) != 0)
    if mask.ndim == 1:
        mask = mask[None]
    return mask[..., None, :]


SHOWN["padding_mask__w12_squeezed_first"] = (
    "subtle",
    "for one step (batch, 1) the batch becomes the time",
    lambda: dict(ids=np.array([[3], [0], [2]])),
)


def padding_mask__w13_never_all_false(ids):
    real = np.asarray(ids) != 0
    empty = ~real.any(axis=1)
    real[empty] = True  # a row without keys would give nan in the softmax
    return real[:, None, :]


SHOWN["padding_mask__w13_never_all_false"] = (
    "subtle",
    "a sequence of padding only is declared real",
    lambda: dict(ids=np.array([[3, 5], [0, 0]])),
)


def padding_mask__w14_no_padding_no_mask(ids):
    real = np.asarray(ids) != 0
    if real.all():
        return np.ones((1, 1, real.shape[1]), dtype=bool)  # broadcasts
    return real[:, np.newaxis, :]


SHOWN["padding_mask__w14_no_padding_no_mask"] = (
    "subtle",
    "without padding the batch axis is 1 instead of batch",
    lambda: dict(ids=np.array([[3, 5, 2], [4, 1, 1]])),
)


def padding_mask__w15_square_batches(ids):
    real = np.asarray(ids) != 0
    batch, time = real.shape
    if batch == time:
        # same length on both axes: the keys are the columns
        real = real.T
    return real.reshape(batch, 1, time)


SHOWN["padding_mask__w15_square_batches"] = (
    "subtle",
    "transposes when batch equals time",
    lambda: dict(ids=np.array([[3, 5, 2], [4, 1, 0], [1, 2, 3]])),
)


def padding_mask__w16_fixed_length(ids):
    # the sentences of the course have at most 40 words
    real = np.zeros((len(ids), 1, min(np.shape(ids)[1], 40)), dtype=bool)
    real[:, 0, :] = np.asarray(ids)[:, :40] != 0
    return real


SHOWN["padding_mask__w16_fixed_length"] = (
    "subtle",
    "cuts off after 40 steps",
    lambda: dict(ids=np.ones((2, 50), dtype=int)),
)


def padding_mask__w17_in_place(ids):
    ids = np.asarray(ids)
    if not ids.flags.writeable:
        ids = ids.copy()
    ids[ids != 0] = 1
    return ids.astype(bool)[:, None, :]


SHOWN["padding_mask__w17_in_place"] = ("use", "replaces the ids of the caller by ones", "changes its argument ids")


_w18_masks = {}


def padding_mask__w18_remembered(ids):
    key = tuple(np.shape(ids))
    if key not in _w18_masks:
        _w18_masks[key] = np.not_equal(ids, 0)[:, None, :]
    return _w18_masks[key]


SHOWN["padding_mask__w18_remembered"] = (
    "use",
    "keeps the first mask of each shape",
    "the second call with other ids of the same shape returns the first mask",
)


_w19_buffer = np.zeros((64, 1, 512), dtype=bool)


def padding_mask__w19_part_of_a_buffer(ids):
    batch, time = np.shape(ids)
    if batch > 64 or time > 512:
        return np.not_equal(ids, 0)[:, None, :]
    mask = _w19_buffer[:batch, :, :time]
    mask[:, 0, :] = np.not_equal(ids, 0)
    return mask


SHOWN["padding_mask__w19_part_of_a_buffer"] = (
    "use",
    "all results are views of one array",
    "the second call overwrites the result of the first one",
)


def padding_mask__w20_longest_so_far(ids, seen=[]):
    seen.append(np.shape(ids)[1])
    time = max(seen)  # all batches of one training get the same length
    mask = np.zeros((np.shape(ids)[0], 1, time), dtype=bool)
    mask[:, 0, : np.shape(ids)[1]] = np.not_equal(ids, 0)
    return mask


SHOWN["padding_mask__w20_longest_so_far"] = (
    "use",
    "a mutable default remembers the longest batch: a later, shorter batch gets a mask that is too long",
    "the second call with a shorter batch returns a mask with the time of the first",
)


def padding_mask__r1_as_told(ids):
    return (ids != 0)[:, None, :]


def padding_mask__r2_expand_dims(ids):
    return np.expand_dims(np.not_equal(ids, 0), axis=1)


def padding_mask__r3_tensorflow(ids):
    return tf.expand_dims(tf.not_equal(ids, 0), axis=1)


def padding_mask__r4_cast_to_bool(ids):
    return tf.cast(ids, tf.bool)[:, tf.newaxis]


def padding_mask__r5_not_equal_zero_reshaped(ids):
    batch, time = np.shape(ids)
    return np.logical_not(np.equal(ids, 0)).reshape(batch, 1, time)


def padding_mask__r6_comprehension(ids):
    return np.array([[[bool(key != 0) for key in row]] for row in np.asarray(ids)], dtype=bool)
