"""The classic wrong answers of lab 1, as a student would write them, and the hint that each must earn.

A name says all: `rnn_step__no_tanh` is a wrong `rnn_step` and must earn the hint `no_tanh`; a further `__` tells
variants apart. `MISTAKES` lists them, and adds those that every exercise has: no return, an exception, a TODO left
as it was, a call of an exercise still to do, a table of the public examples.

Where a function calls an earlier exercise, it calls the right one, defined here.
"""

import inspect
import math
import re
from collections import Counter
from typing import NamedTuple

import numpy as np

from labkit.checks import cases
from labkit.checks import lab1_rnn as checks


class Mistake(NamedTuple):
    """A wrong answer: the name of its exercise, the key of the hint that it must earn, the function."""

    exercise: str
    key: str
    variant: str
    function: object

    @property
    def public(self):
        """Whether the public check catches it: all but hard-coding."""
        return self.key != "fresh"

    @property
    def label(self):
        return "-".join(filter(None, (self.exercise, self.key, self.variant)))


# What the lab gives, and right answers of earlier exercises.


def tokenize(sentence):
    return re.sub(r"[^\w\s]", "", sentence.lower()).split()


def rnn_step(x_t, h_prev, W_xh, W_hh, b_h):
    return np.tanh(x_t @ W_xh + h_prev @ W_hh + b_h)


def rnn_backward_step(d_h, x_t, h_prev, h_t, W_hh):
    d_a = d_h * (1 - h_t**2)
    return x_t.T @ d_a, h_prev.T @ d_a, d_a.sum(axis=0), d_a @ W_hh.T


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


# 2.1 rnn_step


def rnn_step__no_tanh(x_t, h_prev, W_xh, W_hh, b_h):
    return x_t @ W_xh + h_prev @ W_hh + b_h


def rnn_step__no_bias(x_t, h_prev, W_xh, W_hh, b_h):
    return np.tanh(x_t @ W_xh + h_prev @ W_hh)


def rnn_step__bias_outside(x_t, h_prev, W_xh, W_hh, b_h):
    return np.tanh(x_t @ W_xh + h_prev @ W_hh) + b_h


def rnn_step__tanh_each(x_t, h_prev, W_xh, W_hh, b_h):
    return np.tanh(x_t @ W_xh) + np.tanh(h_prev @ W_hh + b_h)


def rnn_step__sigmoid(x_t, h_prev, W_xh, W_hh, b_h):
    return 1 / (1 + np.exp(-(x_t @ W_xh + h_prev @ W_hh + b_h)))


def rnn_step__tanh_each__bias_with_input(x_t, h_prev, W_xh, W_hh, b_h):
    return np.tanh(x_t @ W_xh + b_h) + np.tanh(h_prev @ W_hh)


def rnn_step__relu(x_t, h_prev, W_xh, W_hh, b_h):
    return np.maximum(0, x_t @ W_xh + h_prev @ W_hh + b_h)


def rnn_step__transposed(x_t, h_prev, W_xh, W_hh, b_h):
    return np.tanh(x_t @ W_xh + (W_hh @ h_prev.T).T + b_h)


def rnn_step__transposed_input(x_t, h_prev, W_xh, W_hh, b_h):
    return np.tanh(x_t @ W_xh.T + h_prev @ W_hh + b_h)


def rnn_step__transposed_both(x_t, h_prev, W_xh, W_hh, b_h):
    return np.tanh(x_t @ W_xh.T + h_prev @ W_hh.T + b_h)


def rnn_step__elementwise(x_t, h_prev, W_xh, W_hh, b_h):
    return np.tanh(x_t @ W_xh + h_prev * W_hh + b_h)


def rnn_step__raises__elementwise_input(x_t, h_prev, W_xh, W_hh, b_h):
    return np.tanh(x_t * W_xh + h_prev @ W_hh + b_h)


def rnn_step__swapped_weights(x_t, h_prev, W_xh, W_hh, b_h):
    return np.tanh(h_prev @ W_xh + x_t @ W_hh + b_h)


def rnn_step__no_memory(x_t, h_prev, W_xh, W_hh, b_h):
    return np.tanh(x_t @ W_xh + b_h)


def rnn_step__no_input(x_t, h_prev, W_xh, W_hh, b_h):
    return np.tanh(h_prev @ W_hh + b_h)


def rnn_step__no_W_hh(x_t, h_prev, W_xh, W_hh, b_h):
    return np.tanh(x_t @ W_xh + h_prev + b_h)


def rnn_step__bias_subtracted(x_t, h_prev, W_xh, W_hh, b_h):
    return np.tanh(x_t @ W_xh + h_prev @ W_hh - b_h)


def rnn_step__memory_subtracted(x_t, h_prev, W_xh, W_hh, b_h):
    return np.tanh(x_t @ W_xh - h_prev @ W_hh + b_h)


def rnn_step__value__no_cross_talk(x_t, h_prev, W_xh, W_hh, b_h):
    return np.tanh(x_t @ W_xh + h_prev * np.diag(W_hh) + b_h)


def rnn_step__value__doubled(x_t, h_prev, W_xh, W_hh, b_h):
    return 2 * np.tanh(x_t @ W_xh + h_prev @ W_hh + b_h)


def rnn_step__type__pair(x_t, h_prev, W_xh, W_hh, b_h):
    h = np.tanh(x_t @ W_xh + h_prev @ W_hh + b_h)
    return h, [h]


def rnn_step__type__rounded_to_int(x_t, h_prev, W_xh, W_hh, b_h):
    return np.rint(np.tanh(x_t @ W_xh + h_prev @ W_hh + b_h)).astype(int)


def rnn_step__shape__batch_averaged(x_t, h_prev, W_xh, W_hh, b_h):
    return np.tanh(x_t @ W_xh + h_prev @ W_hh + b_h).mean(axis=0)


def rnn_step__shape__one_sequence_only(x_t, h_prev, W_xh, W_hh, b_h):
    return np.tanh(x_t[0] @ W_xh + h_prev[0] @ W_hh + b_h)


def rnn_step__raises__column_vectors(x_t, h_prev, W_xh, W_hh, b_h):
    return np.tanh(W_xh.T @ x_t + W_hh.T @ h_prev + b_h)


def rnn_step__finite__arctanh(x_t, h_prev, W_xh, W_hh, b_h):
    with np.errstate(invalid="ignore"):
        return np.arctanh(x_t @ W_xh + h_prev @ W_hh + b_h)


def rnn_step__finite__nan(x_t, h_prev, W_xh, W_hh, b_h):
    return np.full(h_prev.shape, np.nan)


def rnn_step__changed(x_t, h_prev, W_xh, W_hh, b_h):
    h_prev[:] = np.tanh(x_t @ W_xh + h_prev @ W_hh + b_h)
    return h_prev


def rnn_step__zeros(x_t, h_prev, W_xh, W_hh, b_h):
    return np.zeros((len(x_t), len(b_h)))


def rnn_step__constant(x_t, h_prev, W_xh, W_hh, b_h):
    return np.full((len(x_t), len(b_h)), 0.5)


def rnn_step__echo(x_t, h_prev, W_xh, W_hh, b_h):
    return h_prev


# 2.2 rnn_forward


def rnn_forward__with_h_0(x, h_0, W_xh, W_hh, b_h, mask=None):
    states = [h_0]
    for t in range(x.shape[1]):
        h = rnn_step(x[:, t], states[-1], W_xh, W_hh, b_h)
        states.append(h if mask is None else np.where(mask[:, t, None], h, states[-1]))
    return np.stack(states, axis=1)


def rnn_forward__shifted(x, h_0, W_xh, W_hh, b_h, mask=None):
    h, states = h_0, []
    for t in range(x.shape[1]):
        states.append(h)
        h_new = rnn_step(x[:, t], h, W_xh, W_hh, b_h)
        h = h_new if mask is None else np.where(mask[:, t, None], h_new, h)
    return np.stack(states, axis=1)


def rnn_forward__last_only(x, h_0, W_xh, W_hh, b_h, mask=None):
    h = h_0
    for t in range(x.shape[1]):
        h_new = rnn_step(x[:, t], h, W_xh, W_hh, b_h)
        h = h_new if mask is None else np.where(mask[:, t, None], h_new, h)
    return h


def rnn_forward__not_carried(x, h_0, W_xh, W_hh, b_h, mask=None):
    h, states = h_0, []
    for t in range(x.shape[1]):
        h_new = rnn_step(x[:, t], h_0, W_xh, W_hh, b_h)
        h = h_new if mask is None else np.where(mask[:, t, None], h_new, h)
        states.append(h)
    return np.stack(states, axis=1)


def rnn_forward__h_0_ignored(x, h_0, W_xh, W_hh, b_h, mask=None):
    h, states = np.zeros((x.shape[0], len(b_h))), []
    for t in range(x.shape[1]):
        h_new = rnn_step(x[:, t], h, W_xh, W_hh, b_h)
        h = h_new if mask is None else np.where(mask[:, t, None], h_new, h)
        states.append(h)
    return np.stack(states, axis=1)


def rnn_forward__mask_ignored(x, h_0, W_xh, W_hh, b_h, mask=None):
    h, states = h_0, []
    for t in range(x.shape[1]):
        h = rnn_step(x[:, t], h, W_xh, W_hh, b_h)
        states.append(h)
    return np.stack(states, axis=1)


def rnn_forward__masked_to_zero(x, h_0, W_xh, W_hh, b_h, mask=None):
    h, states = h_0, []
    for t in range(x.shape[1]):
        h = rnn_step(x[:, t], h, W_xh, W_hh, b_h)
        if mask is not None:
            h = h * mask[:, t, None]
        states.append(h)
    return np.stack(states, axis=1)


def rnn_forward__masked_input(x, h_0, W_xh, W_hh, b_h, mask=None):
    if mask is not None:
        x = x * mask[:, :, None]
    return rnn_forward__mask_ignored(x, h_0, W_xh, W_hh, b_h)


def rnn_forward__masked_output_only(x, h_0, W_xh, W_hh, b_h, mask=None):
    h, shown, states = h_0, h_0, []
    for t in range(x.shape[1]):
        h = rnn_step(x[:, t], h, W_xh, W_hh, b_h)
        shown = h if mask is None else np.where(mask[:, t, None], h, shown)
        states.append(shown)
    return np.stack(states, axis=1)


def rnn_forward__masked_output_zero(x, h_0, W_xh, W_hh, b_h, mask=None):
    h, states = h_0, []
    for t in range(x.shape[1]):
        h_new = rnn_step(x[:, t], h, W_xh, W_hh, b_h)
        real = np.ones((len(x), 1), bool) if mask is None else mask[:, t, None]
        h = np.where(real, h_new, h)
        states.append(h * real)
    return np.stack(states, axis=1)


def rnn_forward__inverted_mask(x, h_0, W_xh, W_hh, b_h, mask=None):
    h, states = h_0, []
    for t in range(x.shape[1]):
        h_new = rnn_step(x[:, t], h, W_xh, W_hh, b_h)
        h = h_new if mask is None else np.where(mask[:, t, None], h, h_new)
        states.append(h)
    return np.stack(states, axis=1)


def rnn_forward__time_first(x, h_0, W_xh, W_hh, b_h, mask=None):
    h, states = h_0, []
    for t in range(x.shape[1]):
        h_new = rnn_step(x[:, t], h, W_xh, W_hh, b_h)
        h = h_new if mask is None else np.where(mask[:, t, None], h_new, h)
        states.append(h)
    return np.array(states)


def rnn_forward__backwards(x, h_0, W_xh, W_hh, b_h, mask=None):
    h, states = h_0, []
    for t in reversed(range(x.shape[1])):
        h_new = rnn_step(x[:, t], h, W_xh, W_hh, b_h)
        h = h_new if mask is None else np.where(mask[:, t, None], h_new, h)
        states.append(h)
    return np.stack(states, axis=1)


def rnn_forward__value__time_is_batch(x, h_0, W_xh, W_hh, b_h, mask=None):
    h = np.zeros((x.shape[0], x.shape[1], len(b_h)))
    for row in range(x.shape[0]):
        h[row] = rnn_step(x[row], np.repeat(h_0[row : row + 1], x.shape[1], axis=0), W_xh, W_hh, b_h)
    return h


def rnn_forward__type__list_of_lists(x, h_0, W_xh, W_hh, b_h, mask=None):
    return {t: rnn_step(x[:, t], h_0, W_xh, W_hh, b_h) for t in range(x.shape[1])}


def rnn_forward__shape__joined_on_units(x, h_0, W_xh, W_hh, b_h, mask=None):
    return np.concatenate(list(rnn_forward__mask_ignored(x, h_0, W_xh, W_hh, b_h).swapaxes(0, 1)), axis=1)


def rnn_forward__raises__time_on_the_wrong_axis(x, h_0, W_xh, W_hh, b_h, mask=None):
    h, states = h_0, []
    for t in range(x.shape[0]):
        h = rnn_step(x[t], h, W_xh, W_hh, b_h)
        states.append(h)
    return np.stack(states, axis=1)


def rnn_forward__raises__mask_is_none(x, h_0, W_xh, W_hh, b_h, mask=None):
    h, states = h_0, []
    for t in range(x.shape[1]):
        h = np.where(mask[:, t, None], rnn_step(x[:, t], h, W_xh, W_hh, b_h), h)
        states.append(h)
    return np.stack(states, axis=1)


def rnn_forward__finite__nan_at_masked_steps(x, h_0, W_xh, W_hh, b_h, mask=None):
    h = rnn_forward__mask_ignored(x, h_0, W_xh, W_hh, b_h)
    return h if mask is None else np.where(mask[:, :, None], h, np.nan)


def rnn_forward__changed(x, h_0, W_xh, W_hh, b_h, mask=None):
    states = []
    for t in range(x.shape[1]):
        h = rnn_step(x[:, t], h_0, W_xh, W_hh, b_h)
        h_0[:] = h if mask is None else np.where(mask[:, t, None], h, h_0)
        states.append(h_0.copy())
    return np.stack(states, axis=1)


def rnn_forward__same_array(x, h_0, W_xh, W_hh, b_h, mask=None):
    h, states = h_0.copy(), []
    for t in range(x.shape[1]):
        h_new = rnn_step(x[:, t], h, W_xh, W_hh, b_h)
        h[:] = h_new if mask is None else np.where(mask[:, t, None], h_new, h)
        states.append(h)
    return np.stack(states, axis=1)


def rnn_forward__zeros(x, h_0, W_xh, W_hh, b_h, mask=None):
    return np.zeros((x.shape[0], x.shape[1], h_0.shape[1]))


def rnn_forward__constant(x, h_0, W_xh, W_hh, b_h, mask=None):
    return np.ones((x.shape[0], x.shape[1], h_0.shape[1]))


def rnn_forward__echo(x, h_0, W_xh, W_hh, b_h, mask=None):
    return x


def rnn_forward__value__h_0_repeated(x, h_0, W_xh, W_hh, b_h, mask=None):
    return np.repeat(h_0[:, None], x.shape[1], axis=1)


# 2.3 MyRNNCell: each is called with `units`, as the class is, and gives a cell.


# ruff: noqa: ARG002, ARG005  (a wrong answer leaves out some of what it is given)
def _my_rnn_cell():
    import keras

    class MyRNNCell(keras.layers.Layer):
        def __init__(self, units, **kwargs):
            super().__init__(**kwargs)
            self.units = units
            self.state_size = units

        def build(self, input_shape):
            self.W_xh = self.add_weight(shape=(input_shape[-1], self.units), name="W_xh")
            self.W_hh = self.add_weight(shape=(self.units, self.units), name="W_hh")
            self.b_h = self.add_weight(shape=(self.units,), name="b_h")

        def call(self, inputs, states):
            h = keras.ops.tanh(inputs @ self.W_xh + states[0] @ self.W_hh + self.b_h)
            return h, [h]

    return MyRNNCell


def MyRNNCell__no_state_size(units):
    import keras

    class Cell(_my_rnn_cell()):
        def __init__(self, units):
            keras.layers.Layer.__init__(self)
            self.units = units

    return Cell(units)


def MyRNNCell__no_state_size__another_number(units):
    class Cell(_my_rnn_cell()):
        def __init__(self, units):
            super().__init__(units)
            self.state_size = units + 1

    return Cell(units)


def MyRNNCell__weights_missing__other_names(units):
    import keras

    class Cell(_my_rnn_cell()):
        def build(self, input_shape):
            self.W = self.add_weight(shape=(input_shape[-1], self.units))
            self.U = self.add_weight(shape=(self.units, self.units))
            self.b = self.add_weight(shape=(self.units,))

        def call(self, inputs, states):
            h = keras.ops.tanh(inputs @ self.W + states[0] @ self.U + self.b)
            return h, [h]

    return Cell(units)


def MyRNNCell__weights_missing__plain_arrays(units):
    class Cell(_my_rnn_cell()):
        def build(self, input_shape):
            self.W_xh = np.zeros((input_shape[-1], self.units), "float32")
            self.W_hh = np.zeros((self.units, self.units), "float32")
            self.b_h = np.zeros(self.units, "float32")

    return Cell(units)


def MyRNNCell__weights_missing__no_bias(units):
    import keras

    class Cell(_my_rnn_cell()):
        def build(self, input_shape):
            self.W_xh = self.add_weight(shape=(input_shape[-1], self.units))
            self.W_hh = self.add_weight(shape=(self.units, self.units))

        def call(self, inputs, states):
            h = keras.ops.tanh(inputs @ self.W_xh + states[0] @ self.W_hh)
            return h, [h]

    return Cell(units)


def MyRNNCell__weights_missing__not_trainable(units):
    class Cell(_my_rnn_cell()):
        def build(self, input_shape):
            super().build(input_shape)
            self.b_h = self.add_weight(shape=(self.units,), trainable=False)

    return Cell(units)


def MyRNNCell__weights_shape__slide(units):
    import keras

    class Cell(_my_rnn_cell()):
        def build(self, input_shape):
            self.W_xh = self.add_weight(shape=(self.units, input_shape[-1]))
            self.W_hh = self.add_weight(shape=(self.units, self.units))
            self.b_h = self.add_weight(shape=(self.units,))

        def call(self, inputs, states):
            h = keras.ops.tanh(inputs @ keras.ops.transpose(self.W_xh) + states[0] @ self.W_hh + self.b_h)
            return h, [h]

    return Cell(units)


def MyRNNCell__weights_shape__bias_of_one(units):
    class Cell(_my_rnn_cell()):
        def build(self, input_shape):
            super().build(input_shape)
            self.b_h = self.add_weight(shape=(1, self.units))

    return Cell(units)


def MyRNNCell__returns_one_value(units):
    class Cell(_my_rnn_cell()):
        def call(self, inputs, states):
            return super().call(inputs, states)[0]

    return Cell(units)


def MyRNNCell__returns_one_value__bare_state(units):
    class Cell(_my_rnn_cell()):
        def call(self, inputs, states):
            h, _ = super().call(inputs, states)
            return h, h

    return Cell(units)


def MyRNNCell__remembers(units):
    import keras

    class Cell(_my_rnn_cell()):
        h = None

        def call(self, inputs, states):
            h_prev = states[0] if self.h is None else self.h
            self.h = keras.ops.tanh(inputs @ self.W_xh + h_prev @ self.W_hh + self.b_h)
            return self.h, [self.h]

    return Cell(units)


def MyRNNCell__no_tanh(units):
    class Cell(_my_rnn_cell()):
        def call(self, inputs, states):
            h = inputs @ self.W_xh + states[0] @ self.W_hh + self.b_h
            return h, [h]

    return Cell(units)


def MyRNNCell__no_bias(units):
    import keras

    class Cell(_my_rnn_cell()):
        def call(self, inputs, states):
            h = keras.ops.tanh(inputs @ self.W_xh + states[0] @ self.W_hh)
            return h, [h]

    return Cell(units)


def MyRNNCell__no_memory(units):
    import keras

    class Cell(_my_rnn_cell()):
        def call(self, inputs, states):
            h = keras.ops.tanh(inputs @ self.W_xh + self.b_h)
            return h, [h]

    return Cell(units)


def MyRNNCell__transposed(units):
    import keras

    class Cell(_my_rnn_cell()):
        def call(self, inputs, states):
            h = keras.ops.tanh(inputs @ self.W_xh + states[0] @ keras.ops.transpose(self.W_hh) + self.b_h)
            return h, [h]

    return Cell(units)


def MyRNNCell__sigmoid(units):
    import keras

    class Cell(_my_rnn_cell()):
        def call(self, inputs, states):
            h = keras.ops.sigmoid(inputs @ self.W_xh + states[0] @ self.W_hh + self.b_h)
            return h, [h]

    return Cell(units)


def MyRNNCell__relu(units):
    import keras

    class Cell(_my_rnn_cell()):
        def call(self, inputs, states):
            h = keras.ops.relu(inputs @ self.W_xh + states[0] @ self.W_hh + self.b_h)
            return h, [h]

    return Cell(units)


def MyRNNCell__old_state(units):
    class Cell(_my_rnn_cell()):
        def call(self, inputs, states):
            return super().call(inputs, states)[0], states

    return Cell(units)


def MyRNNCell__bias_outside(units):
    import keras

    class Cell(_my_rnn_cell()):
        def call(self, inputs, states):
            h = keras.ops.tanh(inputs @ self.W_xh + states[0] @ self.W_hh) + self.b_h
            return h, [h]

    return Cell(units)


def MyRNNCell__raises__states_not_indexed(units):
    import keras

    class Cell(_my_rnn_cell()):
        def call(self, inputs, states):
            h = keras.ops.tanh(keras.ops.matmul(inputs, self.W_xh) + states.dot(self.W_hh) + self.b_h)
            return h, [h]

    return Cell(units)


def MyRNNCell__raises__no_build(units):
    class Cell(_my_rnn_cell()):
        def build(self, input_shape):
            raise ValueError("units and features do not fit")

    return Cell(units)


def MyRNNCell__finite__nan(units):
    class Cell(_my_rnn_cell()):
        def call(self, inputs, states):
            h = states[0] * float("nan")
            return h, [h]

    return Cell(units)


def MyRNNCell__value__doubled(units):
    class Cell(_my_rnn_cell()):
        def call(self, inputs, states):
            h = 2 * super().call(inputs, states)[0]
            return h, [h]

    return Cell(units)


def MyRNNCell__zeros(units):
    class Cell(_my_rnn_cell()):
        def call(self, inputs, states):
            h = states[0] * 0.0
            return h, [h]

    return Cell(units)


def MyRNNCell__constant(units):
    class Cell(_my_rnn_cell()):
        def call(self, inputs, states):
            h = states[0] * 0.0 + 0.5
            return h, [h]

    return Cell(units)


def MyRNNCell__handed_on__echo(units):
    class Cell(_my_rnn_cell()):
        def call(self, inputs, states):
            return states[0], states

    return Cell(units)


# 3.1 ball_model


def _many_to_one(units, memory):
    import keras

    frames = keras.Input((None, 2))
    return keras.Model(frames, keras.layers.Dense(2)(memory(keras, units, frames)))


def ball_model__not_a_model(units):
    import keras

    frames = keras.Input((None, 2))
    return keras.layers.Dense(2)(keras.layers.SimpleRNN(units)(frames))


def ball_model__not_a_model__a_layer(units):
    import keras

    return keras.layers.SimpleRNN(units)


def ball_model__many_to_many(units):
    return _many_to_one(
        units, lambda keras, units, frames: keras.layers.SimpleRNN(units, return_sequences=True)(frames)
    )


def ball_model__model_shapes(units):
    import keras

    frames = keras.Input((5, 2))
    return keras.Model(frames, keras.layers.Dense(2)(keras.layers.SimpleRNN(units)(frames)))


def ball_model__model_shapes__no_dense(units):
    import keras

    frames = keras.Input((None, 2))
    return keras.Model(frames, keras.layers.SimpleRNN(units)(frames))


def ball_model__model_weights__lstm(units):
    return _many_to_one(units, lambda keras, units, frames: keras.layers.LSTM(units)(frames))


def ball_model__model_weights__no_memory(units):
    return _many_to_one(units, lambda keras, units, frames: keras.layers.Dense(units, "tanh")(frames[:, -1]))


def ball_model__model_weights__units_fixed(units):
    return _many_to_one(units, lambda keras, units, frames: keras.layers.SimpleRNN(32)(frames))


def ball_model__model_weights__two_layers(units):
    def memory(keras, units, frames):
        states = keras.layers.SimpleRNN(units, return_sequences=True)(frames)
        return keras.layers.SimpleRNN(units)(states)

    return _many_to_one(units, memory)


def ball_model__model_weights__no_bias(units):
    return _many_to_one(units, lambda keras, units, frames: keras.layers.SimpleRNN(units, use_bias=False)(frames))


def ball_model__first_state(units):
    return _many_to_one(
        units, lambda keras, units, frames: keras.layers.SimpleRNN(units, return_sequences=True)(frames)[:, 0]
    )


def ball_model__mean_state(units):
    def memory(keras, units, frames):
        return keras.layers.GlobalAveragePooling1D()(keras.layers.SimpleRNN(units, return_sequences=True)(frames))

    return _many_to_one(units, memory)


def ball_model__sum_state(units):
    def memory(keras, units, frames):
        return keras.ops.sum(keras.layers.SimpleRNN(units, return_sequences=True)(frames), axis=1)

    return _many_to_one(units, memory)


def ball_model__max_state(units):
    def memory(keras, units, frames):
        return keras.layers.GlobalMaxPooling1D()(keras.layers.SimpleRNN(units, return_sequences=True)(frames))

    return _many_to_one(units, memory)


def ball_model__backwards(units):
    return _many_to_one(units, lambda keras, units, frames: keras.layers.SimpleRNN(units, go_backwards=True)(frames))


def ball_model__linear(units):
    return _many_to_one(units, lambda keras, units, frames: keras.layers.SimpleRNN(units, activation=None)(frames))


def ball_model__relu(units):
    return _many_to_one(units, lambda keras, units, frames: keras.layers.SimpleRNN(units, activation="relu")(frames))


def ball_model__raises__dense_on_all_frames(units):
    def memory(keras, units, frames):
        return keras.layers.Dense(units)(keras.layers.Flatten()(frames))

    return _many_to_one(units, memory)


def ball_model__finite__nan(units):
    return _many_to_one(units, lambda keras, units, frames: keras.layers.SimpleRNN(units)(frames) * float("nan"))


def ball_model__value__last_but_one(units):
    return _many_to_one(units, lambda keras, units, frames: keras.layers.SimpleRNN(units)(frames[:, :-1]))


def ball_model__zeros(units):
    import keras

    frames = keras.Input((None, 2))
    return keras.Model(frames, keras.layers.Dense(2)(keras.layers.SimpleRNN(units)(frames)) * 0)


def ball_model__constant(units):
    import keras

    frames = keras.Input((None, 2))
    return keras.Model(frames, keras.layers.Dense(2)(keras.layers.SimpleRNN(units)(frames)) * 0 + 1)


def ball_model__model_weights__echo(units):
    import keras

    frames = keras.Input((None, 2))
    return keras.Model(frames, frames[:, -1])


def ball_model__value__no_history(units):
    return _many_to_one(units, lambda keras, units, frames: keras.layers.SimpleRNN(units)(frames[:, -1:]))


# 4.1 sequence_loss


def _log_softmax(logits, axis=-1):
    shifted = logits - logits.max(axis=axis, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=axis, keepdims=True))


def _at(values, targets):
    return np.take_along_axis(values, targets[..., None], axis=-1)[..., 0]


def sequence_loss__padding_counted(logits, targets, mask):
    return -_at(_log_softmax(logits), targets).mean()


def sequence_loss__divided_by_all(logits, targets, mask):
    return np.mean(-_at(_log_softmax(logits), targets) * mask)


def sequence_loss__mean_of_means(logits, targets, mask):
    losses = -_at(_log_softmax(logits), targets) * mask
    return np.mean([row.sum() / real.sum() for row, real in zip(losses, mask, strict=True)])


def sequence_loss__divided_by_batch(logits, targets, mask):
    losses = -_at(_log_softmax(logits), targets) * mask
    return losses.sum() / logits.shape[0]


def sequence_loss__not_divided(logits, targets, mask):
    total = 0.0
    log_p = _log_softmax(logits)
    for row, step in zip(*np.nonzero(mask), strict=True):
        total -= log_p[row, step, targets[row, step]]
    return total


def sequence_loss__bits(logits, targets, mask):
    losses = -_at(_log_softmax(logits), targets) / np.log(2)
    return losses[mask].mean()


def sequence_loss__sign(logits, targets, mask):
    return _at(_log_softmax(logits), targets)[mask].mean()


def sequence_loss__unstable(logits, targets, mask):
    p = np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True)
    losses = -np.log(_at(p, targets))
    return (losses * mask).sum() / mask.sum()


def sequence_loss__unstable__selected(logits, targets, mask):
    p = np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True)
    return -np.log(_at(p, targets)[mask]).mean()


def sequence_loss__unstable__log_of_a_sum(logits, targets, mask):
    log_p = logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))
    return -_at(log_p, targets)[mask].mean()


def sequence_loss__unstable__log_of_a_softmax(logits, targets, mask):
    shifted = np.exp(logits - logits.max(axis=-1, keepdims=True))
    p = shifted / shifted.sum(axis=-1, keepdims=True)
    return -np.log(_at(p, targets))[mask].mean()


def sequence_loss__floored(logits, targets, mask):
    shifted = np.exp(logits - logits.max(axis=-1, keepdims=True))
    p = shifted / shifted.sum(axis=-1, keepdims=True)
    return -np.log(_at(p, targets) + 1e-12)[mask].mean()


def sequence_loss__floored__clipped(logits, targets, mask):
    shifted = np.exp(logits - logits.max(axis=-1, keepdims=True))
    p = np.clip(shifted / shifted.sum(axis=-1, keepdims=True), 1e-7, 1.0)
    return -np.log(_at(p, targets))[mask].mean()


def sequence_loss__per_step(logits, targets, mask):
    return -_at(_log_softmax(logits), targets) * mask


def sequence_loss__shape__per_sequence(logits, targets, mask):
    losses = -_at(_log_softmax(logits), targets) * mask
    return losses.sum(axis=1) / mask.sum(axis=1)


def sequence_loss__logits_as_probabilities(logits, targets, mask):
    with np.errstate(invalid="ignore", divide="ignore"):
        losses = -np.log(_at(logits, targets))
    return losses[mask].mean()


def sequence_loss__softmax_over_time(logits, targets, mask):
    return -_at(_log_softmax(logits, axis=1), targets)[mask].mean()


def sequence_loss__value__squared_error(logits, targets, mask):
    p = np.exp(_log_softmax(logits))
    return ((1 - _at(p, targets)) ** 2)[mask].mean()


def sequence_loss__value__no_log(logits, targets, mask):
    return -_at(np.exp(_log_softmax(logits)), targets)[mask].mean()


def sequence_loss__value__mask_inverted(logits, targets, mask):
    losses = -_at(_log_softmax(logits), targets)
    return (losses * (1 - mask)).sum() / mask.sum()


def sequence_loss__type__pair(logits, targets, mask):
    losses = -_at(_log_softmax(logits), targets)
    return losses[mask].sum(), str(mask.sum())


def sequence_loss__type__formatted(logits, targets, mask):
    return f"{-_at(_log_softmax(logits), targets)[mask].mean():.4f}"


def sequence_loss__raises__targets_as_one_hot(logits, targets, mask):
    return -(targets * _log_softmax(logits))[mask].sum() / mask.sum()


def sequence_loss__finite__mask_as_divisor(logits, targets, mask):
    with np.errstate(all="ignore"):
        return (-_at(_log_softmax(logits), targets) / mask).sum() / mask.sum()


def sequence_loss__changed(logits, targets, mask):
    logits -= logits.max(axis=-1, keepdims=True)
    log_p = logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))
    return -_at(log_p, targets)[mask].mean()


def sequence_loss__zeros(logits, targets, mask):
    return 0.0


def sequence_loss__constant(logits, targets, mask):
    return 1.5


def sequence_loss__echo(logits, targets, mask):
    return logits


# 4.2 loss_gradient


def _softmax(logits, axis=-1):
    p = np.exp(logits - logits.max(axis=axis, keepdims=True))
    return p / p.sum(axis=axis, keepdims=True)


def _one_hot(targets, size):
    return np.eye(size)[targets]


def loss_gradient__mask_ignored(logits, targets, mask):
    return (_softmax(logits) - _one_hot(targets, logits.shape[-1])) / mask.sum()


def loss_gradient__mask_ignored__divided_by_all(logits, targets, mask):
    return (_softmax(logits) - _one_hot(targets, logits.shape[-1])) / mask.size


def loss_gradient__not_divided(logits, targets, mask):
    return (_softmax(logits) - _one_hot(targets, logits.shape[-1])) * mask[..., None]


def loss_gradient__divided_by_all(logits, targets, mask):
    return (_softmax(logits) - _one_hot(targets, logits.shape[-1])) * mask[..., None] / mask.size


def loss_gradient__divided_by_batch(logits, targets, mask):
    return (_softmax(logits) - _one_hot(targets, logits.shape[-1])) * mask[..., None] / len(logits)


def loss_gradient__divided_by_own_length(logits, targets, mask):
    return (_softmax(logits) - _one_hot(targets, logits.shape[-1])) * mask[..., None] / mask.sum(axis=1)[:, None, None]


def loss_gradient__sign(logits, targets, mask):
    return (_one_hot(targets, logits.shape[-1]) - _softmax(logits)) * mask[..., None] / mask.sum()


def loss_gradient__no_target(logits, targets, mask):
    return _softmax(logits) * mask[..., None] / mask.sum()


def loss_gradient__only_target(logits, targets, mask):
    gradient = np.zeros(logits.shape)
    p = _softmax(logits)
    for row, step in zip(*np.nonzero(mask), strict=True):
        word = targets[row, step]
        gradient[row, step, word] = p[row, step, word] - 1
    return gradient / mask.sum()


def loss_gradient__unstable(logits, targets, mask):
    p = np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True)
    return (p - _one_hot(targets, logits.shape[-1])) * mask[..., None] / mask.sum()


def loss_gradient__unstable__selected(logits, targets, mask):
    p = np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True)
    return np.where(mask[..., None], p - _one_hot(targets, logits.shape[-1]), 0) / mask.sum()


def loss_gradient__logits_as_probabilities(logits, targets, mask):
    return (logits - _one_hot(targets, logits.shape[-1])) * mask[..., None] / mask.sum()


def loss_gradient__softmax_over_time(logits, targets, mask):
    return (_softmax(logits, axis=1) - _one_hot(targets, logits.shape[-1])) * mask[..., None] / mask.sum()


def loss_gradient__value__target_off_by_one(logits, targets, mask):
    size = logits.shape[-1]
    return (_softmax(logits) - _one_hot((targets + 1) % size, size)) * mask[..., None] / mask.sum()


def loss_gradient__type__whole_numbers(logits, targets, mask):
    gradient = np.zeros(logits.shape, dtype=int)
    gradient[mask] = (_softmax(logits) - _one_hot(targets, logits.shape[-1]))[mask]
    return gradient


def loss_gradient__shape__real_steps_only(logits, targets, mask):
    return (_softmax(logits) - _one_hot(targets, logits.shape[-1]))[mask] / mask.sum()


def loss_gradient__shape__at_the_target(logits, targets, mask):
    return (_at(_softmax(logits), targets) - 1) * mask / mask.sum()


def loss_gradient__raises__mask_without_axis(logits, targets, mask):
    return (_softmax(logits) - _one_hot(targets, logits.shape[-1])) * mask / mask.sum()


def loss_gradient__finite__log(logits, targets, mask):
    with np.errstate(all="ignore"):
        return np.log(_softmax(logits) - _one_hot(targets, logits.shape[-1])) * mask[..., None] / mask.sum()


def loss_gradient__changed(logits, targets, mask):
    logits -= logits.max(axis=-1, keepdims=True)
    p = np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True)
    return (p - _one_hot(targets, logits.shape[-1])) * mask[..., None] / mask.sum()


def loss_gradient__zeros(logits, targets, mask):
    return np.zeros(logits.shape)


def loss_gradient__constant(logits, targets, mask):
    return np.full(logits.shape, 0.25)


def loss_gradient__echo(logits, targets, mask):
    return logits


# 4.3 rnn_backward_step


def rnn_backward_step__no_derivative(d_h, x_t, h_prev, h_t, W_hh):
    return x_t.T @ d_h, h_prev.T @ d_h, d_h.sum(axis=0), d_h @ W_hh.T


def rnn_backward_step__on_preactivation(d_h, x_t, h_prev, h_t, W_hh):
    a = np.arctanh(h_t)
    d_a = d_h * (1 - a**2)
    return x_t.T @ d_a, h_prev.T @ d_a, d_a.sum(axis=0), d_a @ W_hh.T


def rnn_backward_step__tanh_twice(d_h, x_t, h_prev, h_t, W_hh):
    d_a = d_h * (1 - np.tanh(h_t) ** 2)
    return x_t.T @ d_a, h_prev.T @ d_a, d_a.sum(axis=0), d_a @ W_hh.T


def rnn_backward_step__slope_at_h_prev(d_h, x_t, h_prev, h_t, W_hh):
    d_a = d_h * (1 - h_prev**2)
    return x_t.T @ d_a, h_prev.T @ d_a, d_a.sum(axis=0), d_a @ W_hh.T


def rnn_backward_step__slope_not_squared(d_h, x_t, h_prev, h_t, W_hh):
    d_a = d_h * (1 - h_t)
    return x_t.T @ d_a, h_prev.T @ d_a, d_a.sum(axis=0), d_a @ W_hh.T


def rnn_backward_step__sigmoid_slope(d_h, x_t, h_prev, h_t, W_hh):
    d_a = d_h * h_t * (1 - h_t)
    return x_t.T @ d_a, h_prev.T @ d_a, d_a.sum(axis=0), d_a @ W_hh.T


def rnn_backward_step__h_t_for_h_prev(d_h, x_t, h_prev, h_t, W_hh):
    d_a = d_h * (1 - h_t**2)
    return x_t.T @ d_a, h_t.T @ d_a, d_a.sum(axis=0), d_a @ W_hh.T


def rnn_backward_step__no_batch_sum(d_h, x_t, h_prev, h_t, W_hh):
    d_a = d_h * (1 - h_t**2)
    return x_t.T @ d_a, h_prev.T @ d_a, d_a, d_a @ W_hh.T


def rnn_backward_step__batch_mean(d_h, x_t, h_prev, h_t, W_hh):
    d_a = d_h * (1 - h_t**2)
    batch = len(d_a)
    return x_t.T @ d_a / batch, h_prev.T @ d_a / batch, d_a.sum(axis=0) / batch, d_a @ W_hh.T


def rnn_backward_step__bias_mean(d_h, x_t, h_prev, h_t, W_hh):
    d_a = d_h * (1 - h_t**2)
    return x_t.T @ d_a, h_prev.T @ d_a, d_a.mean(axis=0), d_a @ W_hh.T


def rnn_backward_step__not_transposed(d_h, x_t, h_prev, h_t, W_hh):
    d_a = d_h * (1 - h_t**2)
    return x_t.T @ d_a, h_prev.T @ d_a, d_a.sum(axis=0), d_a @ W_hh


def rnn_backward_step__d_h_prev_skips_tanh(d_h, x_t, h_prev, h_t, W_hh):
    d_a = d_h * (1 - h_t**2)
    return x_t.T @ d_a, h_prev.T @ d_a, d_a.sum(axis=0), d_h @ W_hh.T


def rnn_backward_step__transposed_W_hh(d_h, x_t, h_prev, h_t, W_hh):
    d_a = d_h * (1 - h_t**2)
    return x_t.T @ d_a, d_a.T @ h_prev, d_a.sum(axis=0), d_a @ W_hh.T


def rnn_backward_step__value__sign(d_h, x_t, h_prev, h_t, W_hh):
    d_a = -d_h * (1 - h_t**2)
    return x_t.T @ d_a, h_prev.T @ d_a, d_a.sum(axis=0), d_a @ W_hh.T


def rnn_backward_step__precision__rounded(d_h, x_t, h_prev, h_t, W_hh):
    return tuple(np.round(part, 5) for part in rnn_backward_step(d_h, x_t, h_prev, h_t, W_hh))


def rnn_backward_step__type__one_array(d_h, x_t, h_prev, h_t, W_hh):
    return (d_h * (1 - h_t**2)) @ W_hh.T


def rnn_backward_step__type__dict(d_h, x_t, h_prev, h_t, W_hh):
    parts = rnn_backward_step(d_h, x_t, h_prev, h_t, W_hh)
    return dict(zip(("W_xh", "W_hh", "b_h", "h_prev"), parts, strict=True))


def rnn_backward_step__shape__bias_keeps_axis(d_h, x_t, h_prev, h_t, W_hh):
    d_a = d_h * (1 - h_t**2)
    return x_t.T @ d_a, h_prev.T @ d_a, d_a.sum(axis=0, keepdims=True), d_a @ W_hh.T


def rnn_backward_step__shape__W_xh_transposed(d_h, x_t, h_prev, h_t, W_hh):
    d_a = d_h * (1 - h_t**2)
    return d_a.T @ x_t, h_prev.T @ d_a, d_a.sum(axis=0), d_a @ W_hh.T


def rnn_backward_step__raises__input_not_transposed(d_h, x_t, h_prev, h_t, W_hh):
    d_a = d_h * (1 - h_t**2)
    return x_t @ d_a, h_prev.T @ d_a, d_a.sum(axis=0), d_a @ W_hh.T


def rnn_backward_step__finite__divided_by_zero(d_h, x_t, h_prev, h_t, W_hh):
    with np.errstate(all="ignore"):
        d_a = d_h * (1 - h_t**2) / np.zeros_like(h_t)
        return x_t.T @ d_a, h_prev.T @ d_a, d_a.sum(axis=0), d_a @ W_hh.T


def rnn_backward_step__changed(d_h, x_t, h_prev, h_t, W_hh):
    d_h *= 1 - h_t**2
    return x_t.T @ d_h, h_prev.T @ d_h, d_h.sum(axis=0), d_h @ W_hh.T


def rnn_backward_step__zeros(d_h, x_t, h_prev, h_t, W_hh):
    units = W_hh.shape[0]
    return np.zeros((x_t.shape[1], units)), np.zeros((units, units)), np.zeros(units), np.zeros(d_h.shape)


def rnn_backward_step__constant(d_h, x_t, h_prev, h_t, W_hh):
    return tuple(part + 1.0 for part in rnn_backward_step__zeros(d_h, x_t, h_prev, h_t, W_hh))


def rnn_backward_step__echo(d_h, x_t, h_prev, h_t, W_hh):
    return x_t, h_prev, h_t, d_h


# 4.4 rnn_backward


def _backward(x, h_0, h, W_xh, W_hh, W_hy, d_logits):
    """The right answer without a mask, step by step: (gradients, states that each step begins with)."""
    d = {"W_xh": 0.0, "W_hh": 0.0, "b_h": 0.0}
    d["W_hy"] = np.einsum("btu,btv->uv", h, d_logits)
    d["b_y"] = d_logits.sum(axis=(0, 1))
    flow = np.zeros(h_0.shape)
    for t in reversed(range(x.shape[1])):
        d_h = d_logits[:, t] @ W_hy.T + flow
        h_prev = h[:, t - 1] if t else h_0
        d_W_xh, d_W_hh, d_b_h, flow = rnn_backward_step(d_h, x[:, t], h_prev, h[:, t], W_hh)
        d = d | {"W_xh": d["W_xh"] + d_W_xh, "W_hh": d["W_hh"] + d_W_hh, "b_h": d["b_h"] + d_b_h}
    return d | {"h_0": flow}


def rnn_backward__no_flow(x, h_0, h, W_xh, W_hh, W_hy, d_logits, mask=None):
    d = {"W_xh": np.zeros(W_xh.shape), "W_hh": np.zeros(W_hh.shape), "b_h": np.zeros(len(W_hh))}
    d["W_hy"] = np.einsum("btu,btv->uv", h, d_logits)
    d["b_y"] = d_logits.sum(axis=(0, 1))
    for t in reversed(range(x.shape[1])):
        d_h = d_logits[:, t] @ W_hy.T
        h_prev = h[:, t - 1] if t else h_0
        d_W_xh, d_W_hh, d_b_h, d_h_prev = rnn_backward_step(d_h, x[:, t], h_prev, h[:, t], W_hh)
        d["W_xh"] += d_W_xh
        d["W_hh"] += d_W_hh
        d["b_h"] += d_b_h
    d["h_0"] = d_h_prev
    return d


def rnn_backward__overwritten(x, h_0, h, W_xh, W_hh, W_hy, d_logits, mask=None):
    d = {"W_xh": np.zeros(W_xh.shape), "W_hh": np.zeros(W_hh.shape), "b_h": np.zeros(len(W_hh))}
    d["W_hy"] = np.einsum("btu,btv->uv", h, d_logits)
    d["b_y"] = d_logits.sum(axis=(0, 1))
    d_h = d_logits[:, -1] @ W_hy.T
    for t in reversed(range(x.shape[1])):
        h_prev = h[:, t - 1] if t else h_0
        d_W_xh, d_W_hh, d_b_h, d_h = rnn_backward_step(d_h, x[:, t], h_prev, h[:, t], W_hh)
        d["W_xh"] += d_W_xh
        d["W_hh"] += d_W_hh
        d["b_h"] += d_b_h
    d["h_0"] = d_h
    return d


def rnn_backward__last_step_only(x, h_0, h, W_xh, W_hh, W_hy, d_logits, mask=None):
    d = {"W_hy": np.einsum("btu,btv->uv", h, d_logits), "b_y": d_logits.sum(axis=(0, 1))}
    flow = np.zeros(h_0.shape)
    for t in reversed(range(x.shape[1])):
        d_h = d_logits[:, t] @ W_hy.T + flow
        h_prev = h[:, t - 1] if t else h_0
        d["W_xh"], d["W_hh"], d["b_h"], flow = rnn_backward_step(d_h, x[:, t], h_prev, h[:, t], W_hh)
    d["h_0"] = flow
    return d


def rnn_backward__h_t_for_h_prev(x, h_0, h, W_xh, W_hh, W_hy, d_logits, mask=None):
    d = _backward(x, h_0, h, W_xh, W_hh, W_hy, d_logits)
    flow, d_W_hh = np.zeros(h_0.shape), np.zeros(W_hh.shape)
    for t in reversed(range(x.shape[1])):
        d_h = d_logits[:, t] @ W_hy.T + flow
        _, share, _, flow = rnn_backward_step(d_h, x[:, t], h[:, t], h[:, t], W_hh)
        d_W_hh += share
    return d | {"W_hh": d_W_hh}


def rnn_backward__h_0_as_zero(x, h_0, h, W_xh, W_hh, W_hy, d_logits, mask=None):
    return _backward(x, np.zeros_like(h_0), h, W_xh, W_hh, W_hy, d_logits)


def rnn_backward__wraps_around(x, h_0, h, W_xh, W_hh, W_hy, d_logits, mask=None):
    return _backward(x, h[:, -1], h, W_xh, W_hh, W_hy, d_logits)


def rnn_backward__h_0_is_h_1(x, h_0, h, W_xh, W_hh, W_hy, d_logits, mask=None):
    d = _backward(x, h_0, h, W_xh, W_hh, W_hy, d_logits)
    flow = np.zeros(h_0.shape)
    for t in reversed(range(x.shape[1])):
        d_h = d_logits[:, t] @ W_hy.T + flow
        flow = rnn_backward_step(d_h, x[:, t], h_0, h[:, t], W_hh)[3]
    d["h_0"] = d_h
    return d


def rnn_backward__h_0_missing(x, h_0, h, W_xh, W_hh, W_hy, d_logits, mask=None):
    return _backward(x, h_0, h, W_xh, W_hh, W_hy, d_logits) | {"h_0": np.zeros(h_0.shape)}


def rnn_backward__forward_order(x, h_0, h, W_xh, W_hh, W_hy, d_logits, mask=None):
    d = {"W_xh": np.zeros(W_xh.shape), "W_hh": np.zeros(W_hh.shape), "b_h": np.zeros(len(W_hh))}
    d["W_hy"] = np.einsum("btu,btv->uv", h, d_logits)
    d["b_y"] = d_logits.sum(axis=(0, 1))
    flow = np.zeros(h_0.shape)
    for t in range(x.shape[1]):
        d_h = d_logits[:, t] @ W_hy.T + flow
        h_prev = h[:, t - 1] if t else h_0
        d_W_xh, d_W_hh, d_b_h, flow = rnn_backward_step(d_h, x[:, t], h_prev, h[:, t], W_hh)
        d["W_xh"] += d_W_xh
        d["W_hh"] += d_W_hh
        d["b_h"] += d_b_h
    d["h_0"] = flow
    return d


def rnn_backward__output_last_only(x, h_0, h, W_xh, W_hh, W_hy, d_logits, mask=None):
    return _backward(x, h_0, h, W_xh, W_hh, W_hy, d_logits) | {"W_hy": h[:, -1].T @ d_logits[:, -1]}


def rnn_backward__b_y_missing_time(x, h_0, h, W_xh, W_hh, W_hy, d_logits, mask=None):
    return _backward(x, h_0, h, W_xh, W_hh, W_hy, d_logits) | {"b_y": d_logits[:, -1].sum(axis=0)}


def rnn_backward__value__averaged_over_time(x, h_0, h, W_xh, W_hh, W_hy, d_logits, mask=None):
    return {name: value / x.shape[1] for name, value in _backward(x, h_0, h, W_xh, W_hh, W_hy, d_logits).items()}


def rnn_backward__precision__rounded(x, h_0, h, W_xh, W_hh, W_hy, d_logits, mask=None):
    return {name: np.round(value, 5) for name, value in _backward(x, h_0, h, W_xh, W_hh, W_hy, d_logits).items()}


def rnn_backward__type__tuple(x, h_0, h, W_xh, W_hh, W_hy, d_logits, mask=None):
    return tuple(_backward(x, h_0, h, W_xh, W_hh, W_hy, d_logits).values())


def rnn_backward__type__other_keys(x, h_0, h, W_xh, W_hh, W_hy, d_logits, mask=None):
    return {f"d_{name}": value for name, value in _backward(x, h_0, h, W_xh, W_hh, W_hy, d_logits).items()}


def rnn_backward__type__extra_key(x, h_0, h, W_xh, W_hh, W_hy, d_logits, mask=None):
    return _backward(x, h_0, h, W_xh, W_hh, W_hy, d_logits) | {"d_h": d_logits @ W_hy.T}


def rnn_backward__shape__b_h_per_sequence(x, h_0, h, W_xh, W_hh, W_hy, d_logits, mask=None):
    d = _backward(x, h_0, h, W_xh, W_hh, W_hy, d_logits)
    return d | {"b_h": np.repeat(d["b_h"][None], len(x), axis=0)}


def rnn_backward__shape__W_hy_transposed(x, h_0, h, W_xh, W_hh, W_hy, d_logits, mask=None):
    d = _backward(x, h_0, h, W_xh, W_hh, W_hy, d_logits)
    return d | {"W_hy": d["W_hy"].T}


def rnn_backward__raises__index_past_the_end(x, h_0, h, W_xh, W_hh, W_hy, d_logits, mask=None):
    d_h = d_logits[:, x.shape[1]] @ W_hy.T
    return _backward(x, h_0, h, W_xh, W_hh, W_hy, d_logits) | {"h_0": d_h}


def rnn_backward__finite__nan(x, h_0, h, W_xh, W_hh, W_hy, d_logits, mask=None):
    d = _backward(x, h_0, h, W_xh, W_hh, W_hy, d_logits)
    return d | {"b_y": d["b_y"] * np.nan}


def rnn_backward__changed(x, h_0, h, W_xh, W_hh, W_hy, d_logits, mask=None):
    d = _backward(x, h_0, h, W_xh, W_hh, W_hy, d_logits)
    d_logits[:, 0] += 1.0
    return d


def rnn_backward__zeros(x, h_0, h, W_xh, W_hh, W_hy, d_logits, mask=None):
    weights = {"W_xh": W_xh, "W_hh": W_hh, "b_h": W_hh[0], "W_hy": W_hy, "b_y": W_hy[0], "h_0": h_0}
    return {name: np.zeros(value.shape) for name, value in weights.items()}


def rnn_backward__constant(x, h_0, h, W_xh, W_hh, W_hy, d_logits, mask=None):
    zeros = rnn_backward__zeros(x, h_0, h, W_xh, W_hh, W_hy, d_logits)
    return {name: value + 1.0 for name, value in zeros.items()}


def rnn_backward__echo(x, h_0, h, W_xh, W_hh, W_hy, d_logits, mask=None):
    return h


# 5.1 state_gradient_norms


def _state_gradients(h, W_hh, d_h_last):
    gradients = [d_h_last]
    for t in reversed(range(1, h.shape[1])):
        gradients.append((gradients[-1] * (1 - h[:, t] ** 2)) @ W_hh.T)
    return gradients[::-1]


def state_gradient_norms__no_derivative(h, W_hh, d_h_last):
    norms, d_h = [np.linalg.norm(d_h_last)], d_h_last
    for _ in range(h.shape[1] - 1):
        d_h = d_h @ W_hh.T
        norms.append(np.linalg.norm(d_h))
    return np.array(norms[::-1])


def state_gradient_norms__not_transposed(h, W_hh, d_h_last):
    norms, d_h = [np.linalg.norm(d_h_last)], d_h_last
    for t in reversed(range(1, h.shape[1])):
        d_h = (d_h * (1 - h[:, t] ** 2)) @ W_hh
        norms.append(np.linalg.norm(d_h))
    return np.array(norms[::-1])


def state_gradient_norms__slope_at_h_prev(h, W_hh, d_h_last):
    norms, d_h = [np.linalg.norm(d_h_last)], d_h_last
    for t in reversed(range(h.shape[1] - 1)):
        d_h = (d_h * (1 - h[:, t] ** 2)) @ W_hh.T
        norms.append(np.linalg.norm(d_h))
    return np.array(norms[::-1])


def state_gradient_norms__slope_after_W_hh(h, W_hh, d_h_last):
    norms, d_h = [np.linalg.norm(d_h_last)], d_h_last
    for t in reversed(range(1, h.shape[1])):
        d_h = (d_h @ W_hh.T) * (1 - h[:, t] ** 2)
        norms.append(np.linalg.norm(d_h))
    return np.array(norms[::-1])


def state_gradient_norms__reversed(h, W_hh, d_h_last):
    return np.array([np.linalg.norm(d_h) for d_h in reversed(_state_gradients(h, W_hh, d_h_last))])


def state_gradient_norms__squared(h, W_hh, d_h_last):
    return np.array([(d_h**2).sum() for d_h in _state_gradients(h, W_hh, d_h_last)])


def state_gradient_norms__batch_mean(h, W_hh, d_h_last):
    return np.array([np.linalg.norm(d_h, axis=1).mean() for d_h in _state_gradients(h, W_hh, d_h_last)])


def state_gradient_norms__one_too_many(h, W_hh, d_h_last):
    norms, d_h = [np.linalg.norm(d_h_last)], d_h_last
    for t in reversed(range(h.shape[1])):
        d_h = (d_h * (1 - h[:, t] ** 2)) @ W_hh.T
        norms.append(np.linalg.norm(d_h))
    return np.array(norms[::-1])


def state_gradient_norms__last_missing(h, W_hh, d_h_last):
    norms, d_h = [], d_h_last
    for t in reversed(range(h.shape[1])):
        d_h = (d_h * (1 - h[:, t] ** 2)) @ W_hh.T
        norms.insert(0, np.linalg.norm(d_h))
    return np.array(norms)


def state_gradient_norms__first_row_only(h, W_hh, d_h_last):
    return np.array([np.linalg.norm(d_h[0]) for d_h in _state_gradients(h, W_hh, d_h_last)])


def state_gradient_norms__largest_entry(h, W_hh, d_h_last):
    return np.array([np.abs(d_h).max() for d_h in _state_gradients(h, W_hh, d_h_last)])


def state_gradient_norms__sum_of_entries(h, W_hh, d_h_last):
    return np.array([np.abs(d_h).sum() for d_h in _state_gradients(h, W_hh, d_h_last)])


def state_gradient_norms__spectral(h, W_hh, d_h_last):
    return np.array([np.linalg.norm(d_h, 2) for d_h in _state_gradients(h, W_hh, d_h_last)])


def state_gradient_norms__value__normalised(h, W_hh, d_h_last):
    norms = np.array([np.linalg.norm(d_h) for d_h in _state_gradients(h, W_hh, d_h_last)])
    return 3 * norms / norms[-1]


def state_gradient_norms__type__gradients_of_all(h, W_hh, d_h_last):
    return {t: np.linalg.norm(d_h) for t, d_h in enumerate(_state_gradients(h, W_hh, d_h_last))}


def state_gradient_norms__shape__per_sequence(h, W_hh, d_h_last):
    return np.array([np.linalg.norm(d_h, axis=1) for d_h in _state_gradients(h, W_hh, d_h_last)])


def state_gradient_norms__shape__gradients(h, W_hh, d_h_last):
    return np.stack(_state_gradients(h, W_hh, d_h_last), axis=1)


def state_gradient_norms__raises__time_first(h, W_hh, d_h_last):
    d_h = d_h_last
    for t in reversed(range(len(h) + 12)):
        d_h = (d_h * (1 - h[t] ** 2)) @ W_hh.T
    return d_h


def state_gradient_norms__finite__log(h, W_hh, d_h_last):
    with np.errstate(all="ignore"):
        return np.log([np.linalg.norm(d_h) * 0 for d_h in _state_gradients(h, W_hh, d_h_last)])


def state_gradient_norms__changed(h, W_hh, d_h_last):
    norms = [np.linalg.norm(d_h_last)]
    for t in reversed(range(1, h.shape[1])):
        d_h_last[:] = (d_h_last * (1 - h[:, t] ** 2)) @ W_hh.T
        norms.append(np.linalg.norm(d_h_last))
    return np.array(norms[::-1])


def state_gradient_norms__zeros(h, W_hh, d_h_last):
    return np.zeros(h.shape[1])


def state_gradient_norms__constant(h, W_hh, d_h_last):
    return np.ones(h.shape[1])


def state_gradient_norms__echo(h, W_hh, d_h_last):
    return h


# 5.2 clip_by_global_norm


def _global_norm(gradients):
    return np.sqrt(sum((gradient**2).sum() for gradient in gradients))


def clip_by_global_norm__element_wise(gradients, max_norm):
    return [np.clip(gradient, -max_norm, max_norm) for gradient in gradients], _global_norm(gradients)


def clip_by_global_norm__per_array(gradients, max_norm):
    clipped = []
    for gradient in gradients:
        norm = np.linalg.norm(gradient)
        clipped.append(gradient * max_norm / norm if norm > max_norm else gradient)
    return clipped, _global_norm(gradients)


def clip_by_global_norm__always_scaled(gradients, max_norm):
    norm = _global_norm(gradients)
    scale = max_norm / norm if norm > 0 else 1.0
    return [gradient * scale for gradient in gradients], norm


def clip_by_global_norm__norm_after(gradients, max_norm):
    norm = _global_norm(gradients)
    scale = min(1.0, max_norm / norm) if norm > 0 else 1.0
    clipped = [gradient * scale for gradient in gradients]
    return clipped, _global_norm(clipped)


def clip_by_global_norm__squared(gradients, max_norm):
    norm = sum((gradient**2).sum() for gradient in gradients)
    scale = min(1.0, max_norm / norm) if norm > 0 else 1.0
    return [gradient * scale for gradient in gradients], norm


def clip_by_global_norm__sum_of_norms(gradients, max_norm):
    norm = sum(np.linalg.norm(gradient) for gradient in gradients)
    scale = min(1.0, max_norm / norm) if norm > 0 else 1.0
    return [gradient * scale for gradient in gradients], norm


def clip_by_global_norm__zero_norm(gradients, max_norm):
    norm = _global_norm(gradients)
    with np.errstate(all="ignore"):
        return [gradient * (min(norm, max_norm) / norm) for gradient in gradients], norm


def clip_by_global_norm__zero_norm__plain_float(gradients, max_norm):
    norm = math.sqrt(sum((gradient**2).sum() for gradient in gradients))
    scale = min(1.0, max_norm / norm)
    return [gradient * scale for gradient in gradients], norm


def clip_by_global_norm__zero_norm__always_divided(gradients, max_norm):
    norm = _global_norm(gradients)
    with np.errstate(all="ignore"):
        return [gradient / norm * min(norm, max_norm) for gradient in gradients], norm


def clip_by_global_norm__largest_entry(gradients, max_norm):
    norm = max(np.abs(gradient).max() for gradient in gradients)
    scale = min(1.0, max_norm / norm) if norm > 0 else 1.0
    return [gradient * scale for gradient in gradients], norm


def clip_by_global_norm__not_scaled(gradients, max_norm):
    return gradients, _global_norm(gradients)


def clip_by_global_norm__scaled_by_max_norm(gradients, max_norm):
    norm = _global_norm(gradients)
    if norm > max_norm:
        return [gradient * max_norm for gradient in gradients], norm
    return gradients, norm


def clip_by_global_norm__scaled_to_one(gradients, max_norm):
    norm = _global_norm(gradients)
    if norm > max_norm:
        return [gradient / norm for gradient in gradients], norm
    return gradients, norm


def clip_by_global_norm__value__small_ones_dropped(gradients, max_norm):
    norm = _global_norm(gradients)
    return [gradient * (max_norm / norm if norm > max_norm else 0.0) for gradient in gradients], norm


def clip_by_global_norm__type__no_norm(gradients, max_norm):
    norm = _global_norm(gradients)
    return [gradient * min(1.0, max_norm / max(norm, max_norm)) for gradient in gradients]


def clip_by_global_norm__type__one_vector(gradients, max_norm):
    flat = np.concatenate([gradient.ravel() for gradient in gradients])
    norm = np.linalg.norm(flat)
    return flat * min(1.0, max_norm / max(norm, max_norm)), norm


def clip_by_global_norm__shape__norms_of_all(gradients, max_norm):
    norm = _global_norm(gradients)
    clipped = [gradient * (max_norm / norm if norm > max_norm else 1.0) for gradient in gradients]
    return clipped, [np.linalg.norm(gradient) for gradient in gradients]


def clip_by_global_norm__raises__one_array(gradients, max_norm):
    norm = np.sqrt((np.array(gradients) ** 2).sum())
    return [gradient * min(1.0, max_norm / norm) for gradient in gradients], norm


def clip_by_global_norm__finite__nan(gradients, max_norm):
    return [gradient * np.nan for gradient in gradients], _global_norm(gradients)


def clip_by_global_norm__changed(gradients, max_norm):
    norm = _global_norm(gradients)
    for gradient in gradients:
        gradient *= min(1.0, max_norm / max(norm, max_norm))
    return gradients, norm


def clip_by_global_norm__zeros(gradients, max_norm):
    return [np.zeros(gradient.shape) for gradient in gradients], 0.0


def clip_by_global_norm__constant(gradients, max_norm):
    return [np.ones(gradient.shape) for gradient in gradients], 1.0


def clip_by_global_norm__echo(gradients, max_norm):
    return gradients


# What every exercise has.

NUMBERS = {name: exercise.number for name, exercise in checks.EXERCISES.items()}


def no_return(*arguments):
    """Computes something, and forgets to return it."""


def returns_text(*arguments):
    return "TODO"


def misspelt_name(*arguments):
    return arguement  # noqa: F821


def untouched(exercise):
    def stub(*arguments):
        raise NotImplementedError(f"Exercise {NUMBERS[exercise]}: {exercise}")

    return stub


def needs_another(exercise):
    other = "rnn_step" if exercise != "rnn_step" else "embed"

    def calls_a_stub(*arguments):
        raise NotImplementedError(f"Exercise {NUMBERS[other]}: {other}")

    return calls_a_stub


def hard_coded(exercise):
    """A table of the examples that everybody sees."""

    def table(*arguments):
        for case in cases.public("lab1_rnn")[exercise]:
            if not case.given and repr(list(case.arguments.values())) == repr(list(arguments)):
                return case.expected
        return next(case.expected for case in cases.public("lab1_rnn")[exercise])

    return table


def cell_for_known_sizes(units):
    """Right for the numbers of units in the examples that everybody sees."""
    known = {case.arguments["units"] for case in cases.public("lab1_rnn")["MyRNNCell"]}
    return _my_rnn_cell()(units) if units in known else MyRNNCell__value__doubled(units)


def model_for_known_sizes(units):
    """Right for the numbers of units in the examples that everybody sees."""
    known = {case.arguments["units"] for case in cases.public("lab1_rnn")["ball_model"]}
    if units not in known:
        return ball_model__value__last_but_one(units)
    return _many_to_one(units, lambda keras, units, frames: keras.layers.SimpleRNN(units)(frames))


# A cell or a model that is None or a text is told apart by its probe.
_NOT_A_RESULT = {"MyRNNCell": "no_state_size", "ball_model": "not_a_model"}
_TABLES = {"MyRNNCell": cell_for_known_sizes, "ball_model": model_for_known_sizes}


def _of_every_exercise():
    for exercise in NUMBERS:
        wrong_type = _NOT_A_RESULT.get(exercise, "type")
        yield Mistake(exercise, wrong_type, "no_return", no_return)
        yield Mistake(exercise, wrong_type, "returns_text", returns_text)
        yield Mistake(exercise, "raises", "misspelt_name", misspelt_name)
        yield Mistake(exercise, "not_attempted", "untouched", untouched(exercise))
        yield Mistake(exercise, "needs", "calls_a_stub", needs_another(exercise))
        yield Mistake(exercise, "missing", "not_a_function", None)
        yield Mistake(exercise, "fresh", "hard_coded", _TABLES.get(exercise) or hard_coded(exercise))


def _listed():
    for name, function in list(globals().items()):
        exercise, _, rest = name.partition("__")
        if inspect.isfunction(function) and exercise and rest:
            assert exercise in NUMBERS, f"{name}: labkit/checks/lab1_rnn.py has no exercise {exercise}"
            key, _, variant = rest.partition("__")
            yield Mistake(exercise, key, variant, function)


MISTAKES = [*_listed(), *_of_every_exercise()]
