"""Greedy and beam search with scripted steps: oracles, what is drawn, and what people do otherwise."""

# ruff: noqa: ARG005  (a wrong formula leaves out some of what it is given)

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.references.lab4_beyond.captions.beams import Beam, set_aside
from autograder.references.reference import Drawn, Reference
from labkit.checks.lab4_beyond.captions.probes import Steps

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.random import Generator

    from autograder.references.lab4_beyond.drawing import Arguments, Array

NEAR = 0.002  # no two log-probabilities, or sums of them, that are compared are as near as this
# P(end, a, b | what is there): greedy says "a" (0.198), a beam of two says "b" (0.360).
TREE = [[[], [0.05, 0.55, 0.40]], [[1], [0.36, 0.34, 0.30]], [[2], [0.90, 0.05, 0.05]]]
HAND = {"size": 3, "salt": 1, "tree": TREE, "closes": 0}


@dataclass(frozen=True)
class Greedy:
    """Takes the most probable word again and again; each field is something that people do otherwise.

    fed:    (start, words so far) -> what `step` gets
    pick:   (log-probabilities) -> the next word
    room:   max_length -> how many words there may be
    result: (start, words, end or None) -> what is returned
    calls:  (calls, whether it ended by itself) -> how often step is called
    """

    fed: Callable[[int, list[int]], list[int]] = lambda start, words: [start, *words]
    pick: Callable[[Array], int] = lambda row: int(np.argmax(row))
    room: Callable[[int], int] = lambda max_length: max_length
    stops: bool = True
    result: Callable[[int, list[int], int | None], list[int]] = lambda start, words, end: words
    calls: Callable[[int, bool], int] = lambda calls, ended: calls

    def __call__(self, script: Arguments, start: int, end: int, max_length: int) -> tuple[list[int], int]:
        """Do what the probe does (`labkit.checks.lab4_beyond.captions.probes.greedy`)."""
        step, words, ended = Steps(start, script), list[int](), False
        while len(words) < self.room(max_length) and not ended:
            word = self.pick(step(self.fed(start, words)))
            ended = word == end and self.stops
            if not ended:
                words.append(word)
        return self.result(start, words, end if ended else None), self.calls(step.calls, ended)


def _drawn(seed: int) -> Callable[[Array], int]:
    def pick(row: Array) -> int:
        p = np.exp(row)
        return int(np.random.default_rng(seed).choice(len(p), p=p / p.sum()))

    return pick


def _without(*gone: int) -> Callable[[Array], int]:
    """Never take these ids."""

    def pick(row: Array) -> int:
        found = row.copy()
        found[list(gone)] = -np.inf
        return int(np.argmax(found))

    return pick


def script(rng: Generator, size: int, **more: Any) -> Arguments:
    """Draw a script of so many ids."""
    return {"size": size, "salt": int(rng.integers(1, 9000)), **more}


def greedy_case(
    rng: Generator, size: int, words: int, max_length: int, start: int = 1, end: int = 2, **more: Any
) -> Arguments:
    """Draw a script by which so many different words come; no two of what is compared are near.

    Where the words are as many as max_length, the end has not come yet. None of the ids is what the last word alone
    would lead to, so that who does not hand on the whole text is seen.
    """
    while True:
        case: Arguments = {"script": script(rng, size, **more)}
        case |= {"start": start, "end": end, "max_length": max_length}
        step = Steps(start, case["script"])
        found, _ = RIGHT(**case)
        rows = [np.sort(step([start, *found[:count]]))[::-1] for count in range(min(len(found) + 1, max_length))]
        far = all(row[0] - row[1] > NEAR for row in rows)
        if len(found) == words and far and (words < 3 or len(set(found)) > 2):
            return case


RIGHT = Greedy()


def _draw_greedy(rng: Generator) -> list[Drawn]:
    return [
        (greedy_case(rng, 7, 4, 9, never=[1]), "four words, then the end"),
        (greedy_case(rng, 6, 6, 6, never=[1, 2]), "the end never comes"),
        (greedy_case(rng, 8, int(rng.integers(5, 8)), 12, never=[1]), "more words, then the end"),
        (greedy_case(rng, 5, 0, 6, never=[1]), "the end comes at once"),
        (greedy_case(rng, 6, 3, 3, 5, 0), "cut after three words; the end is 0"),
        (greedy_case(rng, 9, 5, 20, 8, 3, never=[8], spread=6.0), "a sure model"),
    ]


GREEDY = Reference(
    correct=RIGHT,
    draw=_draw_greedy,
    wrong={
        "end_in_result": Greedy(result=lambda start, words, end: words if end is None else [*words, end]),
        "start_in_result": Greedy(result=lambda start, words, end: [start, *words]),
        "both_in_result": Greedy(
            result=lambda start, words, end: [start, *words] if end is None else [start, *words, end]
        ),
        "draws": Greedy(pick=_drawn(0)),
        "draws/other_seed": Greedy(pick=_drawn(1)),
        "least_probable": Greedy(pick=lambda row: int(np.argmin(row))),
        "second_best": Greedy(pick=lambda row: int(np.argsort(row)[-2])),
        "not_stopped": Greedy(stops=False),
        "one_too_long": Greedy(room=lambda max_length: max_length + 1),
        "start_counted": Greedy(room=lambda max_length: max_length - 1),
        "last_word_only": Greedy(fed=lambda start, words: [start, *words[-1:]]),
        "never_fed_back": Greedy(fed=lambda start, words: [start]),
        "newest_first": Greedy(fed=lambda start, words: [start, *words[::-1]]),
        "asked_too_often": Greedy(calls=lambda calls, ended: 2 * calls),
        "asked_too_often/at_each_word": Greedy(calls=lambda calls, ended: 2 * calls - ended),
        "asked_too_often/at_the_end": Greedy(calls=lambda calls, ended: calls if ended else calls + 1),
    },
)


def beam_case(
    rng: Generator, size: int, width: int, max_length: int, start: int = 1, end: int = 2, **more: Any
) -> Arguments:
    """Draw a script in which no two texts that are compared are near; a beam of one finds another text.

    (Where the width is above 1 and there is room for more than one word.)
    """
    while True:
        case: Arguments = {"script": script(rng, size, **more)}
        case |= {"start": start, "end": end, "width": width, "max_length": max_length}
        seen = Beam()
        words, _ = seen(**case)
        alone = RIGHT(case["script"], start, end, max_length)[0]
        if seen.nearest(**case) > NEAR and (width == 1 or max_length < 2 or words != alone):
            return case


# What is easily taken for a beam search, and often finds the same text.
OTHERS = (
    Beam(room=lambda width: 1),
    Beam(continuations=1),
    Beam(keeps_finished=False),
    Beam(rank=lambda words, total, done: total / max(len(words) + done, 1)),
    Beam(counts_end=False),
)
EARLY = (Beam(stops_at_first=True),)
CUT = (Beam(ends_at_limit=True),)


def telling_case(rng: Generator, size: int, width: int, max_length: int, others: Sequence[Beam], **more: Any) -> Any:
    """Draw a script with which each of these other searches misses the text, and most find one of their own."""
    while True:
        case = beam_case(rng, size, width, max_length, **more)
        right, *found = (tuple(search(**case)[0]) for search in (Beam(), *others))
        if right not in found and len(set(found)) >= len(others) - 1:
            return case


def _draw_beam(rng: Generator) -> list[Drawn]:
    hand = {"script": HAND, "start": 9, "end": 0, "width": 2, "max_length": 3}
    return [
        (hand, "by hand: end, a and b, a beam of two"),
        (telling_case(rng, 6, 3, int(rng.integers(5, 8)), OTHERS, never=[1], spread=1.0), "a beam of three"),
        (telling_case(rng, 6, 3, 6, EARLY, never=[1]), "the first text that ends is not the best"),
        (beam_case(rng, 5, 2, 4, never=[1], spread=1.2), "a beam of two"),
        (beam_case(rng, 7, 1, 6, never=[1]), "a beam of one"),
        (beam_case(rng, 4, 12, 3, 9, 0, spread=1.0), "a wide beam; the end is 0"),
        (telling_case(rng, 6, 2, 5, CUT, never=[1], late=[2, 3]), "the end comes late"),
    ]


BEAM = Reference(
    correct=Beam(),
    draw=_draw_beam,
    wrong={
        "width_one": Beam(room=lambda width: 1),
        "probabilities_added": Beam(gain=math.exp),
        "probabilities_added/returned_as_logarithm": Beam(gain=math.exp, result=lambda words, total: math.log(total)),
        "best_continuation_only": Beam(continuations=1),
        "finished_dropped": Beam(keeps_finished=False),
        "finished_dropped/set_aside": set_aside,
        "finished_continued": Beam(continues_finished=True, keeps_finished=False),
        "wrong_way": Beam(best=min),
        "wrong_way/only_at_the_end": Beam(last=min),
        "by_length": Beam(rank=lambda words, total, done: total / max(len(words) + done, 1)),
        "by_length/one_more": Beam(rank=lambda words, total, done: total / (len(words) + 1)),
        "by_length/at_the_end": Beam(final=lambda words, total, done: total / (len(words) + 1)),
        "by_length/returned": Beam(
            rank=lambda words, total, done: total / max(len(words) + done, 1),
            result=lambda words, total: total / (len(words) + 1),
        ),
        "end_not_counted": Beam(counts_end=False),
        "end_not_counted/at_the_limit": Beam(ends_at_limit=True),
        "end_not_counted/returned": Beam(returns_end=False),
        "first_finished": Beam(stops_at_first=True),
        "probability": Beam(result=lambda words, total: math.exp(total)),
        "end_in_result": Beam(shows_end=True),
        "start_in_result": Beam(shows_start=True),
    },
)

REFERENCES: dict[str, Reference] = {"greedy": GREEDY, "beam_search": BEAM}
