"""Right answers of lab 2, as differently as students write them: tunes as numbers."""

import itertools
from collections import OrderedDict

import numpy as np

# 2.1 tune_vocabulary


def tune_vocabulary__loop(tunes):
    characters = []
    for tune in tunes:
        for character in tune:
            if character not in characters:
                characters.append(character)
    characters.sort()
    vocabulary = {}
    for index in range(len(characters)):
        vocabulary[characters[index]] = index + 4
    return vocabulary


def tune_vocabulary__union_of_sets(tunes):
    return dict(zip(sorted(set().union(*tunes)), itertools.count(4), strict=False))


def tune_vocabulary__numpy(tunes):
    unique, ids = np.unique(np.array(list("".join(tunes)), dtype=str), return_inverse=True)
    return OrderedDict(
        (str(unique[number]), np.int64(number + 4)) for number in sorted(set(ids.tolist()), reverse=True)
    )


def tune_vocabulary__groups(tunes):
    together = sorted(itertools.chain(*tunes))
    return {key: 4 + number for number, (key, _) in enumerate(itertools.groupby(together))}


# 2.2 next_step_pairs


def next_step_pairs__loop(ids):
    batch, time = ids.shape
    inputs, targets = np.zeros((batch, time - 1), dtype=int), np.zeros((batch, time - 1), dtype=np.int32)
    for row in range(batch):
        for t in range(time - 1):
            inputs[row, t], targets[row, t] = ids[row, t], ids[row, t + 1]
    return inputs, targets


def next_step_pairs__lists(ids):
    rows = ids.tolist()
    return [[row[:-1] for row in rows], [row[1:] for row in rows]]


def next_step_pairs__delete(ids):
    return np.delete(ids, -1, axis=1), np.delete(ids, 0, axis=1)


def next_step_pairs__tensorflow(ids):
    import tensorflow as tf

    ids = tf.constant(ids)
    return ids[:, : ids.shape[1] - 1], tf.roll(ids, -1, axis=1)[:, :-1]
