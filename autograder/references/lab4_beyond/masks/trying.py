"""A letter is filled in by trying: the oracle, what is drawn, and what people do otherwise."""

# ruff: noqa: ARG005  (a wrong formula leaves out some of what it is given)

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.references.reference import Drawn, Reference
from labkit.checks.lab4_beyond.masks.probes import Scores

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.random import Generator

    from autograder.references.lab4_beyond.drawing import Arguments

NEAR = 0.02  # no two scores are as near as this


def fill_by_trying(script: Arguments, ids: list[int], place: int, candidates: list[int]) -> tuple[int, int]:
    """Score each sequence by itself: returns (the best candidate, how often the score was asked)."""
    return _best(script, candidates, lambda one: [*ids[:place], one, *ids[place + 1 :]])


def _best(
    script: Arguments,
    candidates: list[int],
    tried: Callable[[int], list[int]],
    better: Callable[[float, float], bool] = lambda value, best: value > best,
) -> tuple[int, int]:
    score = Scores(script)
    best, most = candidates[0], score(tried(candidates[0]))
    for one in candidates[1:]:
        value = score(tried(one))
        if better(value, most):
            best, most = one, value
    return best, score.calls


def _tried(change: Callable[[list[int], int, int], list[int]]) -> Callable[..., Any]:
    """Score another sequence for each candidate: change(ids, place, candidate)."""
    return lambda script, ids, place, candidates: _best(script, candidates, lambda one: change(ids, place, one))


def _put(ids: list[int], place: int, one: int) -> list[int]:
    return [*ids[:place], one, *ids[place + 1 :]]


def _counted(times: int, more: int = 0) -> Callable[..., Any]:
    def formula(script: Arguments, ids: list[int], place: int, candidates: list[int]) -> tuple[int, int]:
        best, calls = fill_by_trying(script, ids, place, candidates)
        return best, times * calls + more

    return formula


def _where_better(script: Arguments, ids: list[int], place: int, candidates: list[int]) -> tuple[int, int]:
    """Ask the score once more of each candidate that is better than all before it."""
    best, calls = fill_by_trying(script, ids, place, candidates)
    score, most = Scores(script), -np.inf
    for one in candidates:
        value = score(_put(ids, place, one))
        calls, most = calls + (value > most), max(value, most)
    return best, int(calls)


def _of_place(script: Arguments, ids: list[int], place: int, candidates: list[int]) -> tuple[int, int]:
    best, calls = fill_by_trying(script, ids, place, candidates)
    return candidates.index(best), calls


def _sequence(script: Arguments, ids: list[int], place: int, candidates: list[int]) -> tuple[list[int], int]:
    best, calls = fill_by_trying(script, ids, place, candidates)
    return _put(ids, place, best), calls


def trying_case(
    rng: Generator, length: int, place: int, number: int, level: float = 20.0, spread: float | None = None
) -> Arguments:
    """Draw a case: a scripted score, ids, and this many candidates, whose scores are far from each other.

    The best one comes neither first nor last, is not what stands at the place, and is another one where only what
    comes before the place counts (where there is something behind it).
    """
    while True:
        ids = [int(one) for one in rng.integers(4, 31, size=length)]
        candidates = [int(one) for one in rng.choice(range(4, 31), size=number, replace=False)]
        script = {"salt": int(rng.integers(1, 9000)), "level": level} | ({"spread": spread} if spread else {})
        score = Scores(script)
        values = [score(_put(ids, place, one)) for one in candidates]
        left = [score([*ids[:place], one]) for one in candidates]
        most = int(np.argmax(values))
        telling = most not in {0, number - 1} and candidates[most] != ids[place] and candidates[most] != most
        if number < 3 or (telling and (place == length - 1 or np.argmax(left) != most)):
            gaps = np.diff(np.sort(values))
            if gaps.min(initial=1.0) > NEAR:
                return {"script": script, "ids": ids, "place": place, "candidates": candidates}


def _draw_trying(rng: Generator) -> list[Drawn]:
    return [
        (trying_case(rng, 6, 2, 5), "a place in the middle"),
        (trying_case(rng, int(rng.integers(8, 12)), int(rng.integers(2, 6)), 8), "eight candidates"),
        (trying_case(rng, 7, 0, 6), "the first place"),
        (trying_case(rng, 7, 3, 27), "27 candidates"),
        (trying_case(rng, 6, 1, 1), "one candidate"),
        (trying_case(rng, 9, 4, 6), "six candidates"),
    ]


TRYING = Reference(
    correct=fill_by_trying,
    draw=_draw_trying,
    wrong={
        "left_only": _tried(lambda ids, place, one: [*ids[:place], one]),
        "right_only": _tried(lambda ids, place, one: [one, *ids[place + 1 :]]),
        "candidate_alone": _tried(lambda ids, place, one: [one]),
        "place_in_the_list": _of_place,
        "smallest": lambda script, ids, place, candidates: _best(
            script, candidates, lambda one: _put(ids, place, one), lambda value, best: value < best
        ),
        "not_put_in": _tried(lambda ids, place, one: list(ids)),
        "inserted": _tried(lambda ids, place, one: [*ids[:place], one, *ids[place:]]),
        "one_place_later": _tried(lambda ids, place, one: _put(ids, place + 1, one)),
        "one_place_earlier": _tried(lambda ids, place, one: _put(ids, place - 1, one) if place else _put(ids, 0, one)),
        "asked_too_often": _counted(2),
        "asked_too_often/once_more": _counted(1, 1),
        "asked_too_often/where_better": _where_better,
        "whole_sequence": _sequence,
    },
)

REFERENCES: dict[str, Reference] = {"fill_by_trying": TRYING}
