"""The lecture's pair of sentences as a task: the same words in another order mean the opposite.

"the food was good , not bad at all" and its three sisters have one bag of words; two of the four are positive.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

NOUNS = ("food", "service", "room", "film", "song", "book", "trip", "game", "team", "phone", "soup", "show")
GOOD = ("good", "great", "lovely", "fine", "superb", "nice", "fresh", "happy", "bright", "warm")
BAD = ("bad", "awful", "ugly", "poor", "boring", "rude", "stale", "sad", "dull", "cold")
WORDS = tuple(sorted({*NOUNS, *GOOD, *BAD, *["the", "was", "not", "at", "all", ","]}))
SIZE = 1 + len(WORDS)  # ids: 0 is padding
LEARNED = 70  # of the 100 pairs of a good and a bad word; the others are for the test


@dataclass(frozen=True)
class Sentences:
    """Sentences, all of one length; labels: (count,) 1 positive, 0 negative."""

    texts: list[str]
    labels: NDArray[np.int64]

    @property
    def ids(self) -> NDArray[np.int32]:
        """The words as numbers from 1 on: (count, 9)."""
        number = {word: place for place, word in enumerate(WORDS, 1)}
        return np.array([[number[word] for word in text.split()] for text in self.texts], np.int32)


def four(noun: str, good: str, bad: str) -> list[tuple[str, int]]:
    """Return the four sentences of one bag of words, each with its label; the first two are the lecture's."""
    return [
        (f"the {noun} was {good} , not {bad} at all", 1),
        (f"the {noun} was {bad} , not {good} at all", 0),
        (f"the {noun} was not {bad} at all , {good}", 1),
        (f"the {noun} was not {good} at all , {bad}", 0),
    ]


def train(count: int = 1500, seed: int = 0) -> Sentences:
    """Draw sentences with the 70 pairs of adjectives that are for training."""
    generator, chosen = np.random.default_rng(seed), _pairs()[:LEARNED]
    drawn = []
    for pair, noun, form in zip(
        *(generator.integers(high, size=count) for high in (LEARNED, len(NOUNS), 4)), strict=True
    ):
        drawn.append(four(NOUNS[noun], *chosen[pair])[form])
    return _gathered(drawn)


def test() -> Sentences:
    """Return all four sentences of each noun and each of the other 30 pairs: 1,440; a bag of words gets half right."""
    return _gathered([one for pair in _pairs()[LEARNED:] for noun in NOUNS for one in four(noun, *pair)])


def _pairs() -> list[tuple[str, str]]:
    every = [(good, bad) for good in GOOD for bad in BAD]
    return [every[place] for place in np.random.default_rng(0).permutation(len(every))]


def _gathered(found: list[tuple[str, int]]) -> Sentences:
    return Sentences([text for text, _ in found], np.array([label for _, label in found]))
