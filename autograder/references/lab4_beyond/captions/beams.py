"""A beam search in which each choice is a field: the right one, and what people do otherwise."""

# ruff: noqa: ARG005  (a rule may leave out some of what it is given)

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from labkit.checks.lab4_beyond.captions.probes import Steps

if TYPE_CHECKING:
    from collections.abc import Callable

    from autograder.references.lab4_beyond.drawing import Arguments

    Text = tuple[tuple[int, ...], float, bool]  # words, sum of log-probabilities, whether it is finished


@dataclass(frozen=True)
class Beam:
    """Keeps the best texts of each round; each field is something that people do otherwise.

    room:  width -> how many texts are kept
    gain:  a log-probability -> what is added
    rank:  (words, sum, finished) -> by what texts are compared in each round; final: at the end
    best, last: max or min, in each round and at the end
    ends_at_limit: a text of max_length words is finished, and pays for no end
    continuations: how many of each text compete, from the second word on; 0 for all
    result: (words, sum) -> the number that is returned
    """

    room: Callable[[int], int] = lambda width: width
    gain: Callable[[float], float] = lambda logarithm: logarithm
    rank: Callable[[tuple[int, ...], float, bool], float] = lambda words, total, done: total
    final: Callable[[tuple[int, ...], float, bool], float] | None = None
    best: Callable[..., object] = max
    last: Callable[..., object] | None = None
    continuations: int = 0
    keeps_finished: bool = True
    continues_finished: bool = False
    counts_end: bool = True
    ends_at_limit: bool = False
    returns_end: bool = True
    stops_at_first: bool = False
    shows_end: bool = False
    shows_start: bool = False
    result: Callable[[tuple[int, ...], float], float] = lambda words, total: total

    def __call__(self, script: Arguments, start: int, end: int, width: int, max_length: int) -> tuple[list[int], float]:
        """Do what the probe does (`labkit.checks.lab4_beyond.captions.probes.beam_search`)."""
        step = Steps(start, script)
        *_, kept = self._rounds(step, start, end, self.room(width), max_length)
        finished = [one for one in kept if one[2]] or kept
        final, last = self.final or self.rank, self.last or self.best
        words, total, _ = finished[int(np.argmax([final(*one) * (1 if last is max else -1) for one in finished]))]
        if not self.returns_end:
            total -= float(step([start, *words])[end])
        shown = [*([start] if self.shows_start else []), *words, *([end] if self.shows_end else [])]
        return shown, self.result(words, total)

    def nearest(self, script: Arguments, start: int, end: int, width: int, max_length: int) -> float:
        """Return the smallest difference on which it hangs which texts are kept, and which one wins."""
        gaps = [1.0]
        step = Steps(start, script)
        kept: list[Text] = [((), 0.0, False)]
        for kept in self._rounds(step, start, end, width, max_length):
            totals = sorted((total for _, total, _ in self._pool(step, kept, start, end, max_length)), reverse=True)
            both = [one for one in totals[width - 1 : width + 1] if np.isfinite(one)]
            gaps += [one - two for one, two in pairwise(both)]
        totals = sorted((total for _, total, done in kept if done), reverse=True)
        return min([*gaps, *(one - two for one, two in pairwise(totals) if np.isfinite(two))])

    def _rounds(self, step: Steps, start: int, end: int, width: int, max_length: int) -> list[list[Text]]:
        rounds: list[list[Text]] = [[((), 0.0, False)]]
        for _ in range(max_length + 1):
            kept = rounds[-1]
            if all(done for *_, done in kept) or (self.stops_at_first and any(done for *_, done in kept)):
                break
            pool = self._pool(step, kept, start, end, max_length)
            order = sorted(pool, key=lambda one: self.rank(*one), reverse=self.best is max)
            rounds.append(order[:width])
            if not order:
                return rounds[:-1]
        return rounds

    def _pool(self, step: Steps, kept: list[Text], start: int, end: int, max_length: int) -> list[Text]:
        pool = [text for text in kept if text[2] and self.keeps_finished]
        for words, total, done in kept:
            if done and not self.continues_finished:
                continue
            if self.ends_at_limit and len(words) == max_length:
                pool.append((words, total, True))
                continue
            row = step([start, *words])
            mine: list[Text] = []
            for word, logarithm in enumerate(row.tolist()):
                if word == end:
                    mine.append((words, total + (self.gain(logarithm) if self.counts_end else 0.0), True))
                elif len(words) < max_length:
                    mine.append(((*words, word), total + self.gain(logarithm), False))
            if self.continuations and words:
                mine = sorted(mine, key=lambda one: one[1], reverse=True)[: self.continuations]
            pool += mine
        return pool


def set_aside(script: Arguments, start: int, end: int, width: int, max_length: int) -> tuple[list[int], float]:
    """Keep `width` open texts in each round; every text that ends waits aside, and the best of those is the result."""
    step = Steps(start, script)
    kept: list[Text] = [((), 0.0, False)]
    aside: list[Text] = []
    while kept:
        pool = Beam()._pool(step, kept, start, end, max_length)  # noqa: SLF001  (a search of this module)
        aside += [text for text in pool if text[2]]
        kept = sorted((text for text in pool if not text[2]), key=lambda text: text[1], reverse=True)[:width]
    words, total, _ = max(aside, key=lambda text: text[1])
    return list(words), total
