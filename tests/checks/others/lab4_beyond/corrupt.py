import numpy as np
import tensorflow as tf

SHOWN = {}
HOW = {}


def _draw(batch=3, time=30, seed=0, low=5, high=100, mask_id=4, dtype="int64"):
    rng = np.random.default_rng(seed)
    return dict(
        ids=rng.integers(low, high, (batch, time)).astype(dtype),
        chosen=rng.random((batch, time)) < 0.6,
        action=rng.random((batch, time)),
        random_ids=rng.integers(low, high, (batch, time)).astype(dtype),
        mask_id=mask_id,
    )


def _one(ids, chosen, action, random_ids, mask_id=4):
    return dict(
        ids=np.array([ids]),
        chosen=np.array([chosen], bool),
        action=np.array([action], float),
        random_ids=np.array([random_ids]),
        mask_id=mask_id,
    )


# ---------------------------------------------------------------- wrong: natural


def corrupt__w01_stays_before_random(ids, chosen, action, random_ids, mask_id):
    inputs = np.where(chosen & (action < 0.8), mask_id, ids)
    inputs = np.where(chosen & (action >= 0.9), random_ids, inputs)
    return inputs, np.where(chosen, ids, -100)


SHOWN["corrupt__w01_stays_before_random"] = (
    "natural",
    "0.8 to 0.9 stays, from 0.9 on random",
    lambda: _draw(),
)


def corrupt__w02_chosen_ignored(ids, chosen, action, random_ids, mask_id):
    inputs = np.where(action < 0.8, mask_id, np.where(action < 0.9, random_ids, ids))
    return inputs, np.where(chosen, ids, -100)


SHOWN["corrupt__w02_chosen_ignored"] = ("natural", "also changes tokens that are not chosen", lambda: _draw())


def corrupt__w03_targets_everywhere(ids, chosen, action, random_ids, mask_id):
    changed = np.where(action < 0.8, mask_id, np.where(action < 0.9, random_ids, ids))
    return np.where(chosen, changed, ids), ids.copy()


SHOWN["corrupt__w03_targets_everywhere"] = ("natural", "targets are all ids, without -100", lambda: _draw())


def corrupt__w04_targets_polarity(ids, chosen, action, random_ids, mask_id):
    changed = np.where(action < 0.8, mask_id, np.where(action < 0.9, random_ids, ids))
    return np.where(chosen, changed, ids), np.where(chosen, -100, ids)


SHOWN["corrupt__w04_targets_polarity"] = ("natural", "-100 where chosen", lambda: _draw())


def corrupt__w05_targets_of_inputs(ids, chosen, action, random_ids, mask_id):
    inputs = ids.copy()
    inputs[chosen & (action < 0.8)] = mask_id
    r = chosen & (action >= 0.8) & (action < 0.9)
    inputs[r] = random_ids[r]
    return inputs, np.where(chosen, inputs, -100)


SHOWN["corrupt__w05_targets_of_inputs"] = (
    "natural",
    "targets are what stands there afterwards",
    lambda: _draw(),
)


def corrupt__w06_zero_elsewhere(ids, chosen, action, random_ids, mask_id):
    changed = np.where(action < 0.8, mask_id, np.where(action < 0.9, random_ids, ids))
    return np.where(chosen, changed, ids), ids * chosen


SHOWN["corrupt__w06_zero_elsewhere"] = ("natural", "targets 0 instead of -100", lambda: _draw())


def corrupt__w07_only_changed_are_guessed(ids, chosen, action, random_ids, mask_id):
    inputs = np.where(chosen & (action < 0.8), mask_id, ids)
    inputs = np.where(chosen & (action >= 0.8) & (action < 0.9), random_ids, inputs)
    return inputs, np.where(chosen & (action < 0.9), ids, -100)


SHOWN["corrupt__w07_only_changed_are_guessed"] = (
    "natural",
    "chosen tokens that stay are no targets",
    lambda: _draw(),
)


def corrupt__w08_below_or_equal(ids, chosen, action, random_ids, mask_id):
    inputs = np.where(chosen & (action <= 0.8), mask_id, ids)
    inputs = np.where(chosen & (action > 0.8) & (action < 0.9), random_ids, inputs)
    return inputs, np.where(chosen, ids, -100)


SHOWN["corrupt__w08_below_or_equal"] = (
    "natural",
    "0.8 itself gives the mask",
    lambda: _one([10, 11, 12], [1, 1, 0], [0.8, 0.1, 0.5], [20, 21, 22]),
)


def corrupt__w09_never_stays(ids, chosen, action, random_ids, mask_id):
    changed = np.where(action < 0.8, mask_id, random_ids)
    return np.where(chosen, changed, ids), np.where(chosen, ids, -100)


SHOWN["corrupt__w09_never_stays"] = ("natural", "everything from 0.8 on is random", lambda: _draw())


def corrupt__w10_shares_from_the_other_end(ids, chosen, action, random_ids, mask_id):
    changed = np.where(action < 0.1, ids, np.where(action < 0.2, random_ids, mask_id))
    return np.where(chosen, changed, ids), np.where(chosen, ids, -100)


SHOWN["corrupt__w10_shares_from_the_other_end"] = (
    "natural",
    "the same shares, but the mask from 0.2 on",
    lambda: _draw(),
)


# ---------------------------------------------------------------- wrong: sly


def corrupt__w11_in_place(ids, chosen, action, random_ids, mask_id):
    targets = np.where(chosen, ids, -100)
    inputs = ids
    inputs[chosen & (action < 0.8)] = mask_id
    r = chosen & (action >= 0.8) & (action < 0.9)
    inputs[r] = random_ids[r]
    return inputs, targets


SHOWN["corrupt__w11_in_place"] = ("sly", "changes the ids of the caller", lambda: _draw())
HOW["corrupt__w11_in_place"] = ("unchanged",)


def corrupt__w12_chosen_in_place(ids, chosen, action, random_ids, mask_id):
    targets = np.where(chosen, ids, -100)
    inputs = np.where(chosen & (action < 0.8), mask_id, ids)
    chosen &= action >= 0.8  # those that are left
    inputs = np.where(chosen & (action < 0.9), random_ids, inputs)
    return inputs, targets


SHOWN["corrupt__w12_chosen_in_place"] = (
    "sly",
    "&= changes the array chosen of the caller",
    lambda: _draw(),
)
HOW["corrupt__w12_chosen_in_place"] = ("unchanged",)


def corrupt__w13_int16(ids, chosen, action, random_ids, mask_id):
    changed = np.where(action < 0.8, mask_id, np.where(action < 0.9, random_ids, ids))
    inputs = np.where(chosen, changed, ids)
    return inputs.astype(np.int16), np.where(chosen, ids, -100).astype(np.int16)


SHOWN["corrupt__w13_int16"] = (
    "sly",
    "int16: right for the 30522 words of BERT, wrong for ids above 32767",
    lambda: _draw(low=30000, high=120000, mask_id=103),
)


def corrupt__w14_half_float(ids, chosen, action, random_ids, mask_id):
    m = (chosen & (action < 0.8)).astype(np.float16)
    r = (chosen & (action >= 0.8) & (action < 0.9)).astype(np.float16)
    inputs = m * np.float16(mask_id) + r * random_ids.astype(np.float16) + (1 - m - r) * ids.astype(np.float16)
    return inputs.astype(int), np.where(chosen, ids, -100)


SHOWN["corrupt__w14_half_float"] = (
    "sly",
    "mixes in float16: ids above 2048 are rounded",
    lambda: _draw(low=2000, high=30000, mask_id=103),
)


def corrupt__w15_rounded_action(ids, chosen, action, random_ids, mask_id):
    percent = np.round(action * 100).astype(int)
    changed = np.where(percent < 80, mask_id, np.where(percent < 90, random_ids, ids))
    return np.where(chosen, changed, ids), np.where(chosen, ids, -100)


SHOWN["corrupt__w15_rounded_action"] = (
    "sly",
    "rounds action to percent: 0.797 counts as 0.8",
    lambda: _one([10, 11, 12], [1, 1, 0], [0.797, 0.1, 0.5], [20, 21, 22]),
)


def corrupt__w16_zero_is_no_mask_id(ids, chosen, action, random_ids, mask_id):
    mask_id = mask_id or 103  # [MASK] of BERT
    changed = np.where(action < 0.8, mask_id, np.where(action < 0.9, random_ids, ids))
    return np.where(chosen, changed, ids), np.where(chosen, ids, -100)


SHOWN["corrupt__w16_zero_is_no_mask_id"] = (
    "sly",
    "mask_id 0 is replaced by 103",
    lambda: _draw(mask_id=0),
)


def corrupt__w17_padding_spared(ids, chosen, action, random_ids, mask_id):
    chosen = chosen & (ids != 0)
    changed = np.where(action < 0.8, mask_id, np.where(action < 0.9, random_ids, ids))
    return np.where(chosen, changed, ids), np.where(chosen, ids, -100)


SHOWN["corrupt__w17_padding_spared"] = (
    "sly",
    "takes the id 0 for padding and does not touch it, though chosen",
    lambda: _one([0, 11, 12], [1, 1, 0], [0.3, 0.1, 0.5], [20, 21, 22]),
)


def corrupt__w18_at_least_one(ids, chosen, action, random_ids, mask_id):
    chosen = np.array(chosen)
    chosen[~chosen.any(axis=1), 0] = True  # there must be something to guess
    changed = np.where(action < 0.8, mask_id, np.where(action < 0.9, random_ids, ids))
    return np.where(chosen, changed, ids), np.where(chosen, ids, -100)


SHOWN["corrupt__w18_at_least_one"] = (
    "sly",
    "chooses the first token of a row in which none is chosen",
    lambda: _one([10, 11, 12], [0, 0, 0], [0.3, 0.1, 0.5], [20, 21, 22]),
)


def corrupt__w19_targets_where_different(ids, chosen, action, random_ids, mask_id):
    changed = np.where(action < 0.8, mask_id, np.where(action < 0.9, random_ids, ids))
    inputs = np.where(chosen, changed, ids)
    return inputs, np.where((inputs != ids) | (chosen & (action >= 0.9)), ids, -100)


SHOWN["corrupt__w19_targets_where_different"] = (
    "sly",
    "sees what was chosen by what changed: a random id that equals the token is missed",
    lambda: _one([10, 11, 12], [1, 1, 0], [0.85, 0.1, 0.5], [10, 21, 22]),
)


def corrupt__w20_masks_found_again(ids, chosen, action, random_ids, mask_id):
    inputs = np.where(chosen & (action < 0.9), random_ids, ids)
    inputs = np.where(chosen & (action < 0.8), mask_id, inputs)
    other = chosen & (inputs != mask_id)
    targets = np.where((inputs == mask_id) | other, ids, -100)
    return inputs, targets


SHOWN["corrupt__w20_masks_found_again"] = (
    "sly",
    "every mask_id in the inputs is a target, also one that stood in ids and was not chosen",
    lambda: _one([10, 11, 4], [1, 1, 0], [0.3, 0.1, 0.5], [20, 21, 22]),
)


# ---------------------------------------------------------------- right


def corrupt__r1_where(ids, chosen, action, random_ids, mask_id):
    changed = np.where(action < 0.8, mask_id, np.where(action < 0.9, random_ids, ids))
    return np.where(chosen, changed, ids), np.where(chosen, ids, -100)


def corrupt__r2_copy_and_assign(ids, chosen, action, random_ids, mask_id):
    inputs, targets = np.array(ids), np.full(np.shape(ids), -100)
    targets[chosen] = ids[chosen]
    hidden = chosen & (action < 0.8)
    swapped = chosen & (action >= 0.8) & (action < 0.9)
    inputs[hidden] = mask_id
    inputs[swapped] = random_ids[swapped]
    return inputs, targets


def corrupt__r3_select(ids, chosen, action, random_ids, mask_id):
    inputs = np.select([~chosen, action < 0.8, action < 0.9], [ids, np.full_like(ids, mask_id), random_ids], ids)
    return inputs, np.select([chosen], [ids], default=-100)


def corrupt__r4_loops(ids, chosen, action, random_ids, mask_id):
    inputs, targets = [], []
    for row in zip(ids, chosen, action, random_ids):
        new, guess = [], []
        for i, c, a, r in zip(*row):
            guess.append(i if c else -100)
            if not c or a >= 0.9:
                new.append(i)
            elif a >= 0.8:
                new.append(r)
            else:
                new.append(mask_id)
        inputs.append(new)
        targets.append(guess)
    return np.array(inputs), np.array(targets)


def corrupt__r5_arithmetic(ids, chosen, action, random_ids, mask_id):
    c = np.asarray(chosen).astype(int)
    m = c * (action < 0.8)
    r = c * (action < 0.9) - m
    return m * mask_id + r * random_ids + (1 - m - r) * ids, c * ids - 100 * (1 - c)


def corrupt__r6_tensorflow(ids, chosen, action, random_ids, mask_id):
    ids = tf.convert_to_tensor(ids)
    chosen = tf.convert_to_tensor(chosen)
    hidden = tf.fill(tf.shape(ids), tf.cast(mask_id, ids.dtype))
    changed = tf.where(action < 0.8, hidden, tf.where(action < 0.9, tf.cast(random_ids, ids.dtype), ids))
    return tf.where(chosen, changed, ids).numpy(), tf.where(chosen, ids, tf.cast(-100, ids.dtype)).numpy()
