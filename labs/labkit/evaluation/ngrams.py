"""Character n-gram models of tunes: what counting alone can do, the bar that a network has to clear.

Interpolated Kneser-Ney smoothing with three discounts for each order (Chen and Goodman, 1999): the longest context
gives its counts less a discount; what the discounts free goes to the next shorter context, which counts in how many
different contexts a character follows. Below the single character stands the uniform distribution.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Ids = NDArray[np.int64]
    Keys = NDArray[np.uint64]
    Reals = NDArray[np.float64]

END, UNKNOWN, START = 0, 1, 2  # ids; characters follow. START is never predicted.
BEST_ORDER = 14  # for the training tunes, by `best_order` on the validation tunes (2.054; order 20 has 2.052)
LONGEST = 1000  # characters of a sample; the longest real tune has fewer
# A context is a sum of id x FACTOR^distance in 64 bits that wrap around: two of a million meet by chance once in 10^7.
FACTOR = 0x9E3779B97F4A7C15


@dataclass(frozen=True)
class _Counts:
    """The n-grams of one order, as sorted keys, with what smoothing needs to know of them.

    grams: (grams,) keys;   discounted: (grams,) count less discount
    contexts: (contexts,) keys;   total: (contexts,) sum of counts;   free: (contexts,) sum of discounts
    """

    grams: Keys
    discounted: Reals
    contexts: Keys
    total: Reals
    free: Reals


class NGram:
    """An n-gram model of characters, trained on texts; order 1 knows how often each character is, and no context."""

    def __init__(self, texts: Sequence[str], order: int) -> None:
        if order < 1:
            raise ValueError(f"order is a whole number from 1 on, not {order}.")
        if not texts:
            raise ValueError("There is no text to count in.")
        self.order = order
        self.characters = sorted(set("".join(texts)))
        self._ids = {character: number for number, character in enumerate(self.characters, START + 1)}
        self.size = START + 1 + len(self.characters)  # START among them, with probability 0
        windows = self._windows(texts)
        last, keys = windows[:, -1].astype(np.uint64), _context_keys(windows[:, :-1])
        counts = np.ones(len(windows))
        # tables[k] counts (k + 1)-grams: the longest every occurrence, the others in how many contexts they stand.
        self._tables: list[_Counts] = []
        for length in range(order, 0, -1):
            grams, index, group = np.unique(keys[length - 1] + last, return_index=True, return_inverse=True)
            self._tables.insert(0, _discounted(grams, _sums(group, counts), keys[length - 1][index]))
            last, keys, counts = last[index], [key[index] for key in keys], np.ones(len(grams))

    def _windows(self, texts: Sequence[str]) -> Ids:
        """Return every character and END with the order - 1 before it: (characters and ends, order)."""
        parts = []
        for text in texts:
            ids = [START] * (self.order - 1) + [self._ids.get(one, UNKNOWN) for one in text] + [END]
            parts.append(np.lib.stride_tricks.sliding_window_view(np.array(ids, np.int64), self.order))
        return np.concatenate(parts)

    def _of(self, keys: Sequence[Keys], last: Keys) -> Reals:
        """Return the probability of the ids `last` after contexts of each length, given by their keys."""
        p = np.full(np.broadcast_shapes(keys[0].shape, last.shape), 1 / (self.size - 1))  # uniform over all but START
        for key, table in zip(keys, self._tables, strict=True):
            count = _look_up(table.grams, table.discounted, key + last)
            total = _look_up(table.contexts, table.total, key)
            free = _look_up(table.contexts, table.free, key)
            p = np.where(total > 0, (count + free * p) / np.maximum(total, 1), p)
        return p

    def probabilities(self, contexts: Any) -> Reals:
        """Return the distribution of the next id, for contexts (batch, order - 1) of ids: (batch, size)."""
        contexts = np.atleast_2d(np.asarray(contexts, np.int64))
        keys = [key[:, None] for key in _context_keys(contexts)]
        p = self._of(keys, np.arange(self.size, dtype=np.uint64))
        p[:, START] = 0
        return p

    def nats(self, texts: Sequence[str]) -> float:
        """Return minus the log-likelihood of texts; each text's end counts too."""
        windows = self._windows(texts)
        return float(-np.log(self._of(_context_keys(windows[:, :-1]), windows[:, -1].astype(np.uint64))).sum())

    def bits_per_character(self, texts: Sequence[str]) -> float:
        """Return all bits of the texts, their ends' among them, for each of their characters."""
        return self.nats(texts) / math.log(2) / sum(map(len, texts))

    def samples(
        self, count: int, seed: int = 0, temperature: float = 1.0, max_length: int = LONGEST
    ) -> tuple[list[str], list[bool]]:
        """Draw texts; return them, and for each whether it ended by itself before `max_length` characters."""
        generator = np.random.default_rng(seed)
        drawn = np.full((count, self.order - 1 + max_length + 1), END, np.int64)
        drawn[:, : self.order - 1] = START
        running = np.arange(count)
        for place in range(self.order - 1, drawn.shape[1]):
            if not len(running):
                break
            logits = self._log_probabilities(drawn[running, place - self.order + 1 : place]) / temperature
            noise = generator.gumbel(size=(count, self.size))[running]
            drawn[running, place] = (logits + noise).argmax(axis=1)
            running = running[drawn[running, place] != END]
        ended = np.ones(count, bool)
        ended[running] = False
        return [self._text(row[self.order - 1 :][:max_length]) for row in drawn], ended.tolist()

    def _log_probabilities(self, contexts: Ids) -> Reals:
        """Return the logarithms of what may be drawn: START and UNKNOWN are no characters."""
        p = self.probabilities(contexts)
        p[:, UNKNOWN] = 0
        with np.errstate(divide="ignore"):
            return np.asarray(np.log(p))

    def _text(self, ids: Ids) -> str:
        return "".join(self.characters[one - START - 1] for one in ids if one > START)

    def sample(self, seed: int = 0, temperature: float = 1.0, max_length: int = LONGEST) -> str:
        """Draw one text."""
        return self.samples(1, seed, temperature, max_length)[0][0]


def _context_keys(contexts: Ids) -> list[Keys]:
    """Write the last 0, 1, 2 ... ids of each context (batch, length) as one number: length + 1 times (batch,)."""
    keys = [np.zeros(len(contexts), np.uint64)]
    factor = 1
    for column in range(contexts.shape[1] - 1, -1, -1):
        factor = factor * FACTOR % 2**64
        keys.append(keys[-1] + (contexts[:, column] + 1).astype(np.uint64) * np.uint64(factor))
    return keys


def _discounted(grams: Keys, counts: Reals, keys: Keys) -> _Counts:
    """Take three discounts, for what was counted once, twice or more often, from the counts of one order."""
    ones, twos, threes, fours = (max(float((counts == times).sum()), 1e-9) for times in (1, 2, 3, 4))
    share = ones / (ones + 2 * twos)
    raw = (1 - 2 * share * twos / ones, 2 - 3 * share * threes / twos, 3 - 4 * share * fours / threes)
    limits = [min(max(one, 0.05), top) for one, top in zip(raw, (0.95, 1.9, 2.85), strict=True)]
    discount = np.array([0.0, *limits])[np.minimum(counts, 3).astype(int)]
    contexts, group = np.unique(keys, return_inverse=True)
    return _Counts(grams, counts - discount, contexts, _sums(group, counts), _sums(group, discount))


def _sums(group: NDArray[Any], values: Reals) -> Reals:
    """Add up the values of each group."""
    return np.asarray(np.bincount(group, values), np.float64)


def _look_up(keys: Keys, values: Reals, wanted: Keys) -> Reals:
    """Return the value of each wanted key; 0 for those that are not there. keys: sorted."""
    place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[place] == wanted, values[place], 0.0)


def baselines(train: Sequence[str]) -> dict[str, NGram]:
    """Return the two baselines of the labs: characters without context, and the best n-gram."""
    return {"unigram": NGram(train, 1), f"{BEST_ORDER}-gram": NGram(train, BEST_ORDER)}


def best_order(train: Sequence[str], valid: Sequence[str], saving: float = 0.001) -> int:
    """Return the order after which one more saves the validation texts less than `saving` bits per character."""
    bits, order = NGram(train, 1).bits_per_character(valid), 1
    while True:
        fewer = NGram(train, order + 1).bits_per_character(valid)
        if fewer > bits - saving:
            return order
        bits, order = fewer, order + 1
