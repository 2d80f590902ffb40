"""Says where a result is wrong: from which step on, in which rows, in which kind of case."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from labkit.checks.diagnosis.pairs import Array, Pair, Said, counted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from labkit.checks.cases import Case
    from labkit.checks.compare import Problem
    from labkit.checks.exercise import Exercise

ORDERED = ("step", "position", "query", "key", "word")  # axes along which one thing follows another
LONG = 8  # of fewer entries, the first few are easily right by themselves


def of_the_whole(problem: Problem, arguments: Mapping[str, Any]) -> Problem:
    """Name a place, or a shape, as that of a whole table of which a probe has taken some rows for comparison."""
    rows, length = arguments.get("rows"), arguments.get("length")
    if rows is None:
        return problem
    place = re.sub(r"position (\d+)", lambda found: f"position {rows[int(found[1])]}", problem.place)
    numbers = problem.numbers.replace(f"({len(rows)}, ", f"({length}, ") if problem.kind == "shape" else problem.numbers
    return replace(problem, place=place, numbers=numbers)


def masked(pairs: Sequence[Pair]) -> Said | None:
    """Say that all that is wrong lies at masked steps, or all of it at real ones behind a masked step."""
    both = [(pair, _mask(pair)) for pair in pairs]
    if any(mask is None for _, mask in both):
        return None
    wrong = [(_along(pair, 2), mask) for pair, mask in both if mask is not None]
    if any(mask.all() for _, mask in wrong):
        return None
    if all(not np.any(bad & mask) for bad, mask in wrong):
        return Said(
            "is right at all real steps, and wrong at masked ones",
            "What is the result of a masked step?",
            "The docstring, where it speaks of the mask; then the line where the mask enters.",
        )
    behind = [np.logical_or.accumulate(~mask, axis=1) & mask for _, mask in wrong]
    if all(not np.any(bad & ~after) for (bad, _), after in zip(wrong, behind, strict=True)):
        return Said(
            "is right until a masked step, and wrong at the real steps behind it",
            "With what does the step after a masked one begin?",
            "What is handed on to the next round of the loop.",
        )
    return None


def _mask(pair: Pair) -> Array | None:
    mask = pair.case.arguments.get("mask")
    if not isinstance(mask, np.ndarray) or mask.dtype != bool or tuple(pair.axes[:2]) != ("batch", "step"):
        return None
    return mask if mask.shape == pair.right.shape[:2] else None


def _along(pair: Pair, axes: int) -> Array:
    return np.asarray(pair.wrong.reshape(*pair.wrong.shape[:axes], -1).any(axis=-1))


def from_on(pairs: Sequence[Pair]) -> Said | None:
    """Say that along one axis the first entries are right, and all behind them are wrong."""
    for axis in dict.fromkeys(name for pair in pairs for name in pair.axes):
        starts = [_start(pair, axis) for pair in pairs]
        if axis == "step" and _second(pairs):
            return Said(
                "is right at the first step and wrong from the second one on",
                "What does a step get from the step before it?",
                "What is handed on from one round of the loop to the next, and what is taken from the first one.",
            )
        first = [start for start in starts if start]
        long = len(pairs) > 1 or max(pair.right.shape[pair.axes.index(axis)] for pair in pairs) >= LONG
        if len(first) == len(starts) and axis in ORDERED and len(set(first)) == 1 and long:
            return Said(
                f"is right for the first {counted(first[0], axis)} and wrong from there on",
                "Does something end or begin again after so many?",
                f"Each number in the code that has to do with {first[0]}.",
            )
    return None


def _bad(pair: Pair, at: int) -> Array:
    """Say for each entry along an axis whether something in it is wrong."""
    return np.asarray(np.moveaxis(pair.wrong, at, 0).reshape(pair.right.shape[at], -1).any(axis=1))


def _second(pairs: Sequence[Pair]) -> bool:
    """Say whether the first step is right everywhere, and from the second on all are wrong in one array at least."""
    found = []
    for pair in pairs:
        at = pair.at("step")
        if at is None and pair.known_in_part:
            continue
        if at is None:
            return False
        bad = _bad(pair, at)
        if bad[0]:
            return False
        found.append(len(bad) > 1 and bool(bad[1:].all()))
    return any(found)


def _start(pair: Pair, axis: str) -> int | None:
    """Return how many entries along an axis are right before those that are wrong; None for another pattern."""
    at = pair.at(axis)
    if at is None or pair.right.shape[at] < 2:
        return None
    bad = _bad(pair, at)
    count = int(np.argmax(bad))
    return count if count and bad[count:].all() else None


def apart(exercise: Exercise, verdicts: Sequence[tuple[Case, bool]]) -> Said | None:
    """Name what all cases that are wrong have and no other one: an argument that is given, a mask for one.

    verdicts: each case, and whether its result is right
    """
    right = [case for case, good in verdicts if good]
    wrong = [case for case, good in verdicts if not good]
    if not right or not wrong or exercise.probe is not None:
        return None
    for name in wrong[0].arguments:
        if all(case.arguments.get(name) is not None for case in wrong) and all(
            case.arguments.get(name) is None for case in right
        ):
            return Said(
                f"is right without {name}, and wrong with it",
                f"What should {name} do?",
                f"Every line in which {name} stands.",
            )
    return None
