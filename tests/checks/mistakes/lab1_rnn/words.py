"""The classic wrong answers of lab 1: words as numbers.

A name says all (`listed`): `embed__one_hot` must earn the hint `one_hot`.
"""

import math
import re
from collections import Counter

import numpy as np

# What the lab gives.


def tokenize(sentence):
    return re.sub(r"[^\w\s]", "", sentence.lower()).split()


# 1.1 build_vocabulary


def build_vocabulary__from_zero(words):
    vocabulary = {}
    for word in words:
        if word not in vocabulary:
            vocabulary[word] = len(vocabulary)
    return vocabulary


def build_vocabulary__from_one(words):
    vocabulary = {}
    next_id = 1
    for word in words:
        if word not in vocabulary:
            vocabulary[word] = next_id
            next_id += 1
    return vocabulary


def build_vocabulary__sorted(words):
    return {word: number for number, word in enumerate(sorted(set(words)), start=2)}


def build_vocabulary__gaps(words):
    vocabulary = {}
    next_id = 2
    for word in words:
        if word not in vocabulary:
            vocabulary[word] = next_id
        next_id += 1
    return vocabulary


def build_vocabulary__last_occurrence(words):
    vocabulary = {}
    for number, word in enumerate(words):
        vocabulary[word] = number + 2
    return vocabulary


def build_vocabulary__renumbered(words):
    vocabulary = {}
    for word in words:
        vocabulary[word] = len(vocabulary) + 2
    return vocabulary


def build_vocabulary__frequency(words):
    vocabulary = {}
    for word, _ in Counter(words).most_common():
        vocabulary[word] = len(vocabulary) + 2
    return vocabulary


def build_vocabulary__special_keys(words):
    vocabulary = {"<pad>": 0, "<unk>": 1}
    for word in words:
        if word not in vocabulary:
            vocabulary[word] = len(vocabulary)
    return vocabulary


def build_vocabulary__value__special_keys_by_other_names(words):
    vocabulary = {"[PAD]": 0, "[UNKNOWN]": 1}
    for word in words:
        vocabulary.setdefault(word, len(vocabulary))
    return vocabulary


def build_vocabulary__inverted(words):
    vocabulary = {}
    for word in words:
        if word not in vocabulary.values():
            vocabulary[len(vocabulary) + 2] = word
    return vocabulary


def build_vocabulary__type__list_of_words(words):
    vocabulary = []
    for word in words:
        if word not in vocabulary:
            vocabulary.append(word)
    return vocabulary


def build_vocabulary__type__float_ids(words):
    return {word: 2.0 + number for number, word in enumerate(dict.fromkeys(words))}


def build_vocabulary__type__nan(words):
    return dict.fromkeys(words, math.nan)


def build_vocabulary__raises__empty(words):
    vocabulary = {words[0]: 2}
    for word in words[1:]:
        vocabulary.setdefault(word, len(vocabulary) + 2)
    return vocabulary


def build_vocabulary__changed(words):
    vocabulary = {}
    while words:
        word = words.pop(0)
        if word not in vocabulary:
            vocabulary[word] = len(vocabulary) + 2
    return vocabulary


def build_vocabulary__zeros(words):
    return dict.fromkeys(words, 0)


def build_vocabulary__constant(words):
    return dict.fromkeys(words, 2)


def build_vocabulary__echo(words):
    return words


# 1.2 encode


def encode__unknown_dropped(sentence, vocabulary):
    return [vocabulary[word] for word in tokenize(sentence) if word in vocabulary]


def encode__unknown_as_padding(sentence, vocabulary):
    return [vocabulary.get(word, 0) for word in tokenize(sentence)]


def encode__unknown_raises(sentence, vocabulary):
    ids = []
    for word in tokenize(sentence):
        ids.append(vocabulary[word])
    return ids


def encode__characters(sentence, vocabulary):
    return [vocabulary.get(letter, 1) for letter in sentence]


def encode__not_tokenized(sentence, vocabulary):
    return [vocabulary.get(word, 1) for word in sentence.split()]


def encode__not_tokenized__spaces(sentence, vocabulary):
    return [vocabulary.get(word, 1) for word in sentence.split(" ")] if sentence else []


def encode__case_kept(sentence, vocabulary):
    return [vocabulary.get(word, 1) for word in re.sub(r"[^\w\s]", "", sentence).split()]


def encode__reversed(sentence, vocabulary):
    ids = []
    for word in tokenize(sentence):
        ids.insert(0, vocabulary.get(word, 1))
    return ids


def encode__type__strings(sentence, vocabulary):
    return [str(vocabulary.get(word, 1)) for word in tokenize(sentence)]


def encode__type__generator(sentence, vocabulary):
    return (vocabulary.get(word, 1) for word in tokenize(sentence))


def encode__type__unknown_is_none(sentence, vocabulary):
    return [vocabulary.get(word) for word in tokenize(sentence)]


def encode__type__floats(sentence, vocabulary):
    return np.array([vocabulary.get(word, 1) for word in tokenize(sentence)], dtype=float)


def encode__type__nan(sentence, vocabulary):
    return [vocabulary.get(word, math.nan) for word in tokenize(sentence)]


def encode__shape__one_too_deep(sentence, vocabulary):
    return [[vocabulary.get(word, 1) for word in tokenize(sentence)]]


def encode__changed(sentence, vocabulary):
    return [vocabulary.setdefault(word, 1) for word in tokenize(sentence)]


def encode__zeros(sentence, vocabulary):
    return [0 for _ in tokenize(sentence)]


def encode__constant(sentence, vocabulary):
    return [1] * len(tokenize(sentence))


def encode__echo(sentence, vocabulary):
    return sentence


# 1.3 pad_batch


def encode__type__array(sentence, vocabulary):
    return np.array([vocabulary.get(word, 1) for word in tokenize(sentence)], dtype=np.int32)


def encode__type__tuple_with_try(sentence, vocabulary):
    def look_up(word):
        try:
            return vocabulary[word]
        except KeyError:
            return 1

    return tuple(map(look_up, tokenize(sentence)))


def encode__type__tensorflow(sentence, vocabulary):
    import tensorflow as tf

    return tf.constant([vocabulary.get(word, 1) for word in tokenize(sentence)], dtype=tf.int32)


def pad_batch__left(sequences):
    longest = max(map(len, sequences))
    ids, mask = [], []
    for sequence in sequences:
        missing = longest - len(sequence)
        ids.append([0] * missing + sequence)
        mask.append([False] * missing + [True] * len(sequence))
    return np.array(ids), np.array(mask)


def pad_batch__left_ids_only(sequences):
    longest = max(map(len, sequences))
    ids = np.array([[0] * (longest - len(sequence)) + sequence for sequence in sequences])
    mask = np.array([[step < len(sequence) for step in range(longest)] for sequence in sequences])
    return ids, mask


def pad_batch__truncated(sequences):
    shortest = min(map(len, sequences))
    ids = np.array([sequence[:shortest] for sequence in sequences], dtype=int).reshape(len(sequences), shortest)
    return ids, np.ones(ids.shape, dtype=bool)


def pad_batch__inverted_mask(sequences):
    longest = max(map(len, sequences))
    ids = np.zeros((len(sequences), longest), dtype=int)
    mask = np.ones((len(sequences), longest), dtype=bool)
    for row, sequence in enumerate(sequences):
        ids[row, : len(sequence)] = sequence
        mask[row, : len(sequence)] = False
    return ids, mask


def pad_batch__mask_all_true(sequences):
    longest = max(map(len, sequences))
    ids = np.array([sequence + [0] * (longest - len(sequence)) for sequence in sequences])
    return ids, np.ones(ids.shape, dtype=bool)


def pad_batch__transposed(sequences):
    longest = max(map(len, sequences))
    ids = np.zeros((longest, len(sequences)), dtype=int)
    for column, sequence in enumerate(sequences):
        ids[: len(sequence), column] = sequence
    return ids, ids > 0


def pad_batch__padded_with_one(sequences):
    longest = max(map(len, sequences))
    ids = np.ones((len(sequences), longest), dtype=int)
    mask = np.zeros((len(sequences), longest), dtype=bool)
    for row, sequence in enumerate(sequences):
        ids[row, : len(sequence)] = sequence
        mask[row, : len(sequence)] = True
    return ids, mask


def pad_batch__mask_int(sequences):
    longest = max(map(len, sequences))
    ids = np.array([sequence + [0] * (longest - len(sequence)) for sequence in sequences])
    mask = np.array([[1] * len(sequence) + [0] * (longest - len(sequence)) for sequence in sequences])
    return ids, mask


def pad_batch__type__lists_unpadded(sequences):
    return sequences, [[True] * len(sequence) for sequence in sequences]


def pad_batch__type__only_ids(sequences):
    longest = max(map(len, sequences))
    return np.array([sequence + [0] * (longest - len(sequence)) for sequence in sequences])


def pad_batch__type__float_ids(sequences):
    longest = max(map(len, sequences))
    ids = np.zeros((len(sequences), longest))
    mask = np.zeros((len(sequences), longest), dtype=bool)
    for row, sequence in enumerate(sequences):
        ids[row, : len(sequence)] = sequence
        mask[row, : len(sequence)] = True
    return ids, mask


def pad_batch__type__nan(sequences):
    longest = max(map(len, sequences))
    ids = np.array([sequence + [math.nan] * (longest - len(sequence)) for sequence in sequences])
    return ids, ~np.isnan(ids)


def pad_batch__shape__one_more(sequences):
    longest = max(map(len, sequences)) + 1
    ids = np.array([sequence + [0] * (longest - len(sequence)) for sequence in sequences])
    mask = np.array([[step < len(sequence) for step in range(longest)] for sequence in sequences])
    return ids, mask


def pad_batch__shape__lengths_for_mask(sequences):
    longest = max(map(len, sequences))
    ids = np.array([sequence + [0] * (longest - len(sequence)) for sequence in sequences])
    return ids, np.array([len(sequence) > 0 for sequence in sequences])


def pad_batch__raises__unequal_lengths(sequences):
    ids = np.array(sequences, dtype=int)
    return ids, ids > 0


def pad_batch__changed(sequences):
    longest = max(map(len, sequences))
    mask = np.array([[step < len(sequence) for step in range(longest)] for sequence in sequences])
    for sequence in sequences:
        while len(sequence) < longest:
            sequence.append(0)
    return np.array(sequences), mask


def pad_batch__zeros(sequences):
    shape = (len(sequences), max(map(len, sequences)))
    return np.zeros(shape, dtype=int), np.zeros(shape, dtype=bool)


def pad_batch__constant(sequences):
    shape = (len(sequences), max(map(len, sequences)))
    return np.ones(shape, dtype=int), np.ones(shape, dtype=bool)


def pad_batch__echo(sequences):
    return sequences


# 1.4 embed


def embed__as_numbers(ids, E):
    return ids[..., None] * E[1]


def embed__columns(ids, E):
    return E.T[ids % E.shape[1]]


def embed__raises__second_axis(ids, E):
    return E[:, ids]


def embed__off_by_one(ids, E):
    return E[ids - 1]


def embed__off_by_two(ids, E):
    return E[ids - 2]


def embed__zero_padding(ids, E):
    result = np.array(E[ids])
    result[ids == 0] = 0.0
    return result


def embed__flattened(ids, E):
    return np.array([E[word] for word in ids.flatten()])


def embed__summed(ids, E):
    return E[ids].sum(axis=-2)


def embed__averaged(ids, E):
    return E[ids].mean(axis=-2)


def embed__one_hot(ids, E):
    return np.eye(len(E))[ids]


def embed__raises__product_with_ids(ids, E):
    return ids @ E


def embed__raises__two_axes_only(ids, E):
    batch, time = ids.shape
    return np.array([[E[ids[row, step]] for step in range(time)] for row in range(batch)])


def embed__type__list_of_strings(ids, E):
    return [str(E[word]) for word in ids.ravel()]


def embed__type__whole_numbers(ids, E):
    return E[ids].astype(int)


def embed__shape__extra_axis(ids, E):
    return E[ids][None]


def embed__finite__nan_for_padding(ids, E):
    result = np.array(E[ids])
    result[ids == 0] = np.nan
    return result


def embed__changed(ids, E):
    result = E[ids].copy()
    E[0] = 0.0
    return result


def embed__zeros(ids, E):
    return np.zeros((*ids.shape, E.shape[1]))


def embed__constant(ids, E):
    return np.ones((*ids.shape, E.shape[1]))


def embed__echo(ids, E):
    return ids


def embed__echo__E(ids, E):
    return E


# 1.5 next_word_pairs


def next_word_pairs__not_shifted(ids):
    return ids[:, :-1], ids[:, :-1]


def next_word_pairs__swapped(ids):
    return ids[:, 1:], ids[:, :-1]


def next_word_pairs__over_batch(ids):
    return ids[:-1], ids[1:]


def next_word_pairs__rolled(ids):
    return ids, np.concatenate([ids[:, 1:], ids[:, :1]], axis=1)


def next_word_pairs__shape__zero_at_the_end(ids):
    return ids, np.concatenate([ids[:, 1:], np.zeros_like(ids[:, :1])], axis=1)


def next_word_pairs__last_only(ids):
    return ids[:, :-1], ids[:, -1]


def next_word_pairs__inputs_too_long(ids):
    return ids, ids[:, 1:]


def next_word_pairs__swapped__rolled_back(ids):
    return ids[:, 1:], np.roll(ids, 1, axis=1)[:, 1:]


def next_word_pairs__shape__two_ahead(ids):
    return ids[:, :-2], ids[:, 2:]


def next_word_pairs__type__list_of_pairs(ids):
    return [(row[step], row[step + 1]) for row in ids for step in range(len(row) - 1)]


def next_word_pairs__type__floats(ids):
    return ids[:, :-1].astype(float), ids[:, 1:].astype(float)


def next_word_pairs__type__nan(ids):
    return ids[:, :-1], np.where(ids[:, 1:] > 0, ids[:, 1:], np.nan)


def next_word_pairs__shape__flat(ids):
    return ids[:, :-1].ravel(), ids[:, 1:].ravel()


def next_word_pairs__changed(ids):
    targets = ids[:, 1:].copy()
    inputs = ids[:, :-1].copy()
    ids[:, 0] = 0
    return inputs, targets


def next_word_pairs__zeros(ids):
    return np.zeros_like(ids[:, 1:]), np.zeros_like(ids[:, 1:])


def next_word_pairs__constant(ids):
    return np.full_like(ids[:, 1:], 7), np.full_like(ids[:, 1:], 7)


def next_word_pairs__echo(ids):
    return ids


def next_word_pairs__echo__twice(ids):
    return ids, ids
