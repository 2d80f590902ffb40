"""Right answers of lab 1, as differently as students write them: words as numbers."""

import re
from collections import OrderedDict, defaultdict
from itertools import count, pairwise, zip_longest

import numpy as np


def tokenize(sentence):
    return re.sub(r"[^\w\s]", "", sentence.lower()).split()


# 1.1 build_vocabulary


def build_vocabulary__setdefault(words):
    vocabulary = {}
    for word in words:
        vocabulary.setdefault(word, len(vocabulary) + 2)
    return vocabulary


def build_vocabulary__fromkeys(words):
    return {word: number for number, word in enumerate(dict.fromkeys(words), start=2)}


def build_vocabulary__defaultdict(words):
    counter = count(2)
    vocabulary = defaultdict(lambda: next(counter))
    for word in words:
        vocabulary[word]
    return vocabulary


def build_vocabulary__numpy_ids_in_any_order(words):
    unique, first = np.unique(np.array(words, dtype=str), return_index=True)
    order = np.argsort(np.argsort(first))
    return OrderedDict((str(word), np.int64(rank + 2)) for word, rank in zip(unique, order, strict=True))


# 1.2 encode


def encode__loop(sentence, vocabulary):
    ids = []
    for word in tokenize(sentence):
        if word in vocabulary:
            ids.append(vocabulary[word])
        else:
            ids.append(1)
    return ids


def encode__appended(sentence, vocabulary):
    ids = []
    for word in re.findall(r"\w+", re.sub(r"[^\w\s]", "", sentence).lower()):
        ids += [vocabulary[word]] if word in vocabulary else [1]
    return ids


# 1.3 pad_batch


def pad_batch__lists(sequences):
    longest = max(map(len, sequences))
    ids = [[*sequence, *[0] * (longest - len(sequence))] for sequence in sequences]
    mask = [[True] * len(sequence) + [False] * (longest - len(sequence)) for sequence in sequences]
    return ids, mask


def pad_batch__zip_longest(sequences):
    ids = np.array(list(zip_longest(*sequences, fillvalue=0))).T
    return ids, ids != 0


def pad_batch__np_pad_in_a_list(sequences):
    longest = max(map(len, sequences))
    ids = np.stack([np.pad(np.array(sequence, dtype=np.int32), (0, longest - len(sequence))) for sequence in sequences])
    return [ids, ids > 0]


def pad_batch__keras(sequences):
    import keras
    import tensorflow as tf

    ids = keras.utils.pad_sequences(sequences, padding="post")
    return ids, tf.sequence_mask([len(sequence) for sequence in sequences])


# 1.4 embed


def embed__one_hot_product(ids, E):
    return np.eye(len(E))[ids] @ E


def embed__take(ids, E):
    return np.take(E, ids, axis=0)


def embed__loop_of_lists(ids, E):
    return [embed__loop_of_lists(part, E) for part in ids] if np.ndim(ids) else E[ids].tolist()


def embed__tensorflow(ids, E):
    import tensorflow as tf

    return tf.gather(E, ids)


# 1.5 next_word_pairs


def next_word_pairs__loop(ids):
    inputs, targets = [], []
    for row in ids:
        pairs = list(pairwise(row.tolist()))
        inputs.append([one for one, _ in pairs])
        targets.append([two for _, two in pairs])
    return np.array(inputs), np.array(targets)


def next_word_pairs__delete(ids):
    return [np.delete(ids, -1, axis=1), np.delete(ids, 0, axis=1)]


def next_word_pairs__int32(ids):
    time = ids.shape[1]
    return ids[:, range(time - 1)].astype(np.int32), ids[:, range(1, time)].astype(np.int32)


def next_word_pairs__tensorflow(ids):
    import tensorflow as tf

    ids = tf.constant(ids)
    return ids[:, :-1], ids[:, 1:]
