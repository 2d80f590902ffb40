"""The classic wrong answers of lab 2: the next character.

A name says all (`listed`): `next_probabilities__unsorted` must earn the hint `unsorted`.

Where a function calls an earlier exercise, it calls the right one, of `given`.
"""

import itertools
from bisect import bisect_left

import numpy as np

from checks.mistakes.lab2_music.given import next_probabilities, softmax

# 4.1 next_probabilities


def _kept(p, top_p):
    order = np.argsort(-p)
    kept = np.zeros(len(p), dtype=bool)
    kept[order] = np.cumsum(p[order]) - p[order] < top_p
    return kept


def next_probabilities__temperature_ignored(logits, temperature, top_p=1.0):
    return next_probabilities(logits, 1.0, top_p)


def next_probabilities__temperature_ignored__after_and_rescaled(logits, temperature, top_p=1.0):
    p = softmax(logits)
    p = np.where(_kept(p, top_p), p, 0) / temperature
    return p / p.sum()


def next_probabilities__temperature_after_softmax(logits, temperature, top_p=1.0):
    p = softmax(logits) / temperature
    p[~_kept(p, top_p)] = 0
    return p / p.sum()


def next_probabilities__temperature_after_softmax__not_rescaled(logits, temperature, top_p=1.0):
    p = softmax(logits) / temperature
    return np.where(_kept(p, top_p), p, 0)


def next_probabilities__temperature_after_softmax__at_the_end(logits, temperature, top_p=1.0):
    return next_probabilities(logits, 1.0, top_p) / temperature


def next_probabilities__temperature_after_softmax__softmax_again(logits, temperature, top_p=1.0):
    return next_probabilities(softmax(logits), temperature, top_p)


def next_probabilities__multiplied(logits, temperature, top_p=1.0):
    p = softmax(logits * temperature)
    p = p * _kept(p, top_p)
    return p / p.sum()


def next_probabilities__unstable(logits, temperature, top_p=1.0):
    p = np.exp(logits / temperature) / np.sum(np.exp(logits / temperature))
    p = p * _kept(p, top_p)
    return p / p.sum()


def next_probabilities__top_p_ignored(logits, temperature, top_p=1.0):
    return softmax(logits / temperature)


def next_probabilities__crossing_dropped(logits, temperature, top_p=1.0):
    p = softmax(logits / temperature)
    order = np.argsort(p)[::-1]
    p[order[np.cumsum(p[order]) > top_p]] = 0
    return p / p.sum()


def next_probabilities__crossing_dropped__at_least_one(logits, temperature, top_p=1.0):
    p = softmax(logits / temperature)
    order = np.argsort(p)[::-1]
    cut = max(1, np.searchsorted(np.cumsum(p[order]), top_p))
    p[order[cut:]] = 0
    return p / p.sum()


def next_probabilities__one_too_many(logits, temperature, top_p=1.0):
    p = softmax(logits / temperature)
    order = np.argsort(p)[::-1]
    cut = np.searchsorted(np.cumsum(p[order]), top_p) + 2
    p[order[cut:]] = 0
    return p / p.sum()


def next_probabilities__ascending(logits, temperature, top_p=1.0):
    p = softmax(logits / temperature)
    order = np.argsort(p)
    p[order[np.cumsum(p[order]) - p[order] >= top_p]] = 0
    return p / p.sum()


def next_probabilities__unsorted(logits, temperature, top_p=1.0):
    p = softmax(logits / temperature)
    p[np.cumsum(p) - p >= top_p] = 0
    return p / p.sum()


def next_probabilities__not_rescaled(logits, temperature, top_p=1.0):
    p = softmax(logits / temperature)
    return np.where(_kept(p, top_p), p, 0)


def next_probabilities__softmax_again(logits, temperature, top_p=1.0):
    p = softmax(logits / temperature)
    return softmax(np.where(_kept(p, top_p), p, 0))


def next_probabilities__top_p_first(logits, temperature, top_p=1.0):
    return softmax(np.where(_kept(softmax(logits), top_p), logits, -np.inf) / temperature)


def next_probabilities__threshold(logits, temperature, top_p=1.0):
    p = softmax(logits / temperature)
    p[p < top_p] = 0
    return p / p.sum()


def next_probabilities__threshold__rest(logits, temperature, top_p=1.0):
    p = softmax(logits / temperature)
    p[p < 1 - top_p] = 0
    return p / p.sum()


def next_probabilities__threshold__of_largest(logits, temperature, top_p=1.0):
    p = softmax(logits / temperature)
    p[p < top_p * p.max()] = 0
    return p / p.sum()


def next_probabilities__share_of_characters(logits, temperature, top_p=1.0):
    p = softmax(logits / temperature)
    p[np.argsort(-p)[max(1, int(top_p * len(p))) :]] = 0
    return p / p.sum()


def next_probabilities__share_of_characters__rounded_up(logits, temperature, top_p=1.0):
    p = softmax(logits / temperature)
    p[np.argsort(-p)[int(np.ceil(top_p * len(p))) :]] = 0
    return p / p.sum()


def next_probabilities__sorted_order(logits, temperature, top_p=1.0):
    p = np.sort(softmax(logits / temperature))[::-1]
    p = np.where(np.cumsum(p) - p < top_p, p, 0)
    return p / p.sum()


def next_probabilities__one_hot(logits, temperature, top_p=1.0):
    return np.eye(len(logits))[np.argmax(logits)]


def next_probabilities__logarithms(logits, temperature, top_p=1.0):
    z = logits / temperature
    return z - np.logaddexp.reduce(z)


def next_probabilities__logarithms__of_softmax(logits, temperature, top_p=1.0):
    return np.log(softmax(logits / temperature))


def next_probabilities__type__one_id(logits, temperature, top_p=1.0):
    return "A"


def next_probabilities__shape__only_kept(logits, temperature, top_p=1.0):
    p = next_probabilities(logits, temperature, top_p)
    return p[p > 0]


def next_probabilities__value__squared(logits, temperature, top_p=1.0):
    return next_probabilities(logits, temperature, top_p) ** 2


def next_probabilities__changed(logits, temperature, top_p=1.0):
    logits /= temperature
    return next_probabilities(logits, 1.0, top_p)


def next_probabilities__zeros(logits, temperature, top_p=1.0):
    return np.zeros(len(logits))


def next_probabilities__constant(logits, temperature, top_p=1.0):
    return np.full(len(logits), 0.2)


def next_probabilities__echo(logits, temperature, top_p=1.0):
    return logits


def next_probabilities__value__ties_kept(logits, temperature, top_p=1.0):
    z = np.array(logits, dtype=float) / temperature
    p = np.exp(z - z.max()) / np.exp(z - z.max()).sum()
    falling = -np.sort(-p)
    least = falling[min(bisect_left(list(itertools.accumulate(falling)), top_p), len(falling) - 1)]
    z[p < least] = -np.inf
    return np.exp(z - z.max()) / np.exp(z - z.max()).sum()
