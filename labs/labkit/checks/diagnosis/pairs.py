"""Lays what a function gave beside what is right, part by part."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from labkit.checks import compare
from labkit.checks.cases import AnyOrder, Some

if TYPE_CHECKING:
    from labkit.checks.calls import Outcome
    from labkit.checks.cases import Case
    from labkit.checks.exercise import Exercise

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class Said:
    """What is said of a wrong result.

    seen: goes on after the name of what differs ("The result", "h", "All parts")
    cause, look: the second and third line of a hint
    """

    seen: str
    cause: str
    look: str


@dataclass(frozen=True)
class Pair:
    """One array of a result: what was found, and what is right; `part` names it in a tuple or a dict."""

    part: str
    found: Array
    right: Array
    case: Case
    tolerance: compare.Tolerance
    axes: Sequence[str]
    known_in_part: bool = False  # of a large array the table keeps some numbers

    @cached_property
    def wrong(self) -> Array:
        """Say for each entry whether it is wrong; shapes are equal."""
        if self.right.dtype.kind != "f":
            return np.asarray(self.found != self.right)
        close = compare.close(self.found, self.right, self.tolerance)
        return np.asarray(np.logical_not(np.isfinite(self.found) & close))

    def like(self, other: Array) -> bool:
        """Say whether the found numbers are these."""
        if other.shape != self.found.shape:
            return False
        if self.right.dtype.kind != "f":
            return bool(np.array_equal(self.found, other))
        return bool(np.all(compare.close(self.found, other, self.tolerance)))

    def at(self, axis: str) -> int | None:
        """Return the number of a named axis of this array; None where it has none of this name."""
        return self.axes.index(axis) if axis in self.axes else None


def pairs(exercise: Exercise, cases: Sequence[Case], outcomes: Sequence[Outcome]) -> list[Pair]:
    """List the arrays of all results that came, with what is right for each; shapes may differ.

    Of a large array only the numbers that the table keeps are known: it is flat, and has no axes.
    """
    return [
        Pair(part, found, right, case, exercise.tolerance, axes, some)
        for case, outcome in zip(cases, outcomes, strict=True)
        if not outcome.error
        for part, found, right, axes, some in _arrays(outcome.value, case.expected, "", exercise)
    ]


# Its part, what was found, what is right, the names of its axes, whether the table keeps only some of its numbers.
Row = tuple[str, Array, Array, Sequence[str], bool]


def _arrays(found: Any, right: Any, part: str, exercise: Exercise) -> list[Row]:
    if isinstance(right, Mapping):
        words = not isinstance(found, Mapping) or all(isinstance(item, int) for item in right.values())
        keys = [] if words else [key for key in right if key in found]
        return [row for key in keys for row in _arrays(found[key], right[key], key, exercise)]
    if isinstance(right, tuple) or (isinstance(right, list) and any(isinstance(item, np.ndarray) for item in right)):
        return _of_several(found, right, part, exercise)
    array = compare.as_array(found)
    wanted = right if isinstance(right, Some) else compare.as_array(right)
    if array is None or wanted is None:
        return []
    axes = exercise.axes if len(exercise.axes) == len(wanted.shape) else ()
    if not isinstance(wanted, Some):
        return [(part, array, wanted, axes, False)]
    if array.shape != wanted.shape:
        return [(part, array, np.zeros(wanted.shape, wanted.dtype), axes, True)]
    return [(part, array.ravel()[list(wanted.at)], wanted.values, (), True)]


def _of_several(found: Any, right: Sequence[Any], part: str, exercise: Exercise) -> list[Row]:
    if not isinstance(found, tuple | list) or len(found) != len(right):
        return []
    names = exercise.names if isinstance(right, tuple) and len(exercise.names) == len(right) else ()
    named = names or [f"{part}[{number}]" if part else f"value {number}" for number in range(len(right))]
    rows = zip(found, right, named, strict=True)
    return [row for one, other, name in rows for row in _arrays(one, other, name, exercise)]


def counted(number: int, noun: str) -> str:
    """Write a number with its noun, "1 step", "3 steps"."""
    plural = {"batch": "rows", "vocabulary": "vocabulary entries", "query": "queries"}.get(noun, f"{noun}s")
    single = "row" if noun == "batch" else noun
    return f"{number} {single if number == 1 else plural}"


def every(pairs: Sequence[Pair], holds: Callable[[Pair], bool]) -> bool:
    """Say whether something holds for all arrays."""
    return all(map(holds, pairs))


def brief(value: float) -> str:
    """Write a number with four digits."""
    return f"{value:.4g}"


def arrays(value: Any) -> list[Array] | None:
    """List the arrays that a result is made of (the entries of tuples and dicts); None when one is no array."""
    try:
        return _leaves(value)
    except Exception:  # noqa: BLE001  (an object whose len or [] raises)
        return None


def _leaves(value: Any) -> list[Array] | None:
    if isinstance(value, Some):
        return [np.zeros(value.shape, value.dtype)]
    if isinstance(value, AnyOrder):
        return [value.values]
    array = None if isinstance(value, Mapping | tuple) else compare.as_array(value)
    if array is not None or not isinstance(value, Mapping | tuple | list):
        return None if array is None else [array]
    found: list[Array] = []
    for part in value.values() if isinstance(value, Mapping) else value:
        inner = _leaves(part)
        if inner is None:
            return None
        found += inner
    return found
