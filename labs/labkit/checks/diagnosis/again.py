"""Calls a student's function once more, to see whether it keeps something, and whether rows of a batch mix.

Only a function that is here is asked; one in another process is not, for that would cost time in grading.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from labkit.checks import calls, compare
from labkit.checks.cases import another
from labkit.checks.diagnosis.pairs import Said, arrays

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from labkit.checks.calls import Outcome
    from labkit.checks.cases import Case
    from labkit.checks.diagnosis.first_call import Before
    from labkit.checks.exercise import Exercise


def here(student: Any) -> bool:
    """Say whether a function is in this process."""
    return getattr(type(student), "call_many", None) is None


def _ask(exercise: Exercise, student: Any, case: Case, arguments: Mapping[str, Any]) -> Outcome:
    return calls.many(student, [arguments], probe=exercise.probe, given=case.given)[0]


def shared(outcomes: Sequence[Outcome]) -> Said | None:
    """Say that two calls have returned one and the same object: the second has written over the first result."""
    values = [outcome.value for outcome in outcomes]
    if not any(_one(one, other) for number, one in enumerate(values) for other in values[number + 1 :]):
        return None
    return Said(
        "is one and the same object in two calls: what one call returns, another one returns again, or writes over",
        "Is it made once, outside of the function or in a default argument, and used again?",
        "Where the list, the dictionary or the array that is returned is made: a new one for each call.",
    )


def _one(value: Any, other: Any) -> bool:
    if isinstance(value, list | dict) and value is other:
        return True
    return any(np.shares_memory(one, two) for one in _arrays(value) for two in _arrays(other))


def _arrays(value: Any) -> list[Any]:
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, tuple | list) else [value]
    return [part for part in parts if isinstance(part, np.ndarray) and part.size]


def right_at_first(
    exercise: Exercise, first: Before | None, cases: Sequence[Case], wrong: Sequence[int]
) -> Said | None:
    """Say that a call which is wrong after others is right when it is the first one."""
    if first is None:
        return None
    outcome = _ask(exercise, first.again(), cases[wrong[0]], cases[wrong[0]].arguments)
    right = cases[wrong[0]].expected
    if outcome.error or compare.problems(outcome.value, right, exercise.tolerance, names=exercise.names):
        return None
    return Said(
        "is right when this is the first call, and wrong after others",
        "Is something kept from one call to the next: in a global, a default argument, an attribute?",
        "What is stored outside of the function's own lines, and by what it is looked up.",
    )


def kept(
    exercise: Exercise, student: Any, cases: Sequence[Case], outcomes: Sequence[Outcome], wrong: Sequence[int]
) -> Said | None:
    """Say that a result is that of an earlier case, or another one when it is asked for again."""
    for index in wrong:
        for earlier in range(index):
            case = cases[earlier]
            tells = _telling(case.expected) and not compare.same(case.expected, cases[index].expected)
            if tells and compare.same(outcomes[index].value, case.expected, exercise.tolerance):
                return Said(
                    "is that of an earlier call with other arguments",
                    "Is something kept from the first call: in a global, a default argument, an attribute?",
                    "What is made or stored outside of the function's own lines, and by what it is looked up.",
                )
    index = wrong[0]
    second = _ask(exercise, student, cases[index], cases[index].arguments)
    if not second.error and not compare.same(second.value, outcomes[index].value):
        if exercise.probe is not None:  # which makes an object anew, and sets its weights
            return Said(
                "is another one when the same is done again, with the same weights",
                "Does it hang on numbers that were drawn when it was made: on other layers, on copies of the weights?",
                "Each number that enters: is it one of the weights that the docstring names, read in this call?",
            )
        return Said(
            "is another one when the same call is made again",
            "Is something kept from one call to the next: in a global, a default argument, an attribute?",
            "What lives longer than one call: each name that is not made anew in the function.",
        )
    return None


def _telling(value: Any) -> bool:
    parts = arrays(value)
    if parts is None:
        return isinstance(value, dict | list | str) and len(value) > 1
    return any(part.size > 1 and np.ptp(part) > 0 for part in parts if part.dtype.kind == "f") or (
        len(parts) == 1 and parts[0].ndim == 0 and bool(parts[0])
    )


def unused(exercise: Exercise, student: Any, case: Case, outcome: Outcome) -> Said | None:
    """Say that a result stays what it is when an array is another one that should change it."""
    for name in case.matters if case.named else ():  # in a corner, little may hang on much
        second = _ask(exercise, student, case, {**case.arguments, name: another(case.arguments[name])})
        if not second.error and compare.same(second.value, outcome.value, compare.Tolerance(atol=1e-12, rtol=1e-9)):
            return Said(
                f"stays the same when {name} is another one",
                f"Is {name} used, and is its effect lost: by a mask that leaves one choice, by what is kept of a call?",
                f"Every line in which {name} stands, and what becomes of it.",
            )
    return None


def mixed(
    exercise: Exercise, student: Any, cases: Sequence[Case], outcomes: Sequence[Outcome], wrong: Sequence[int]
) -> Said | None:
    """Say that a row of a batch is right when it is alone, and wrong beside others."""
    batched = _batched(exercise, cases)
    for index in wrong:
        case = cases[index]
        parts = case.expected if isinstance(case.expected, tuple) else (case.expected,)
        rows = parts[0].shape[0] if batched else 0
        if rows < 2:
            continue
        row = _wrong_row(outcomes[index].value, case.expected, exercise)
        if row is None:
            continue
        alone = {
            name: value[row : row + 1] if name in batched and isinstance(value, np.ndarray) else value
            for name, value in case.arguments.items()
        }
        outcome = _ask(exercise, student, case, alone)
        same = tuple(part[row : row + 1] for part in parts)
        right = same if isinstance(case.expected, tuple) else same[0]
        if not outcome.error and not compare.problems(outcome.value, right, exercise.tolerance):
            return Said(
                "is right for a row that is alone in its batch, and not for the same row beside others",
                "Do the rows of a batch mix, or does one of them decide for all?",
                "Each sum, mean, reshape and condition that goes over the batch.",
            )
        return None
    return None


def _wrong_row(value: Any, right: Any, exercise: Exercise) -> int | None:
    """Return the first row of a batch that is wrong in a part of a result."""
    several = isinstance(right, tuple)
    for found, wanted in zip(value, right, strict=True) if several else [(value, right)]:
        for row in range(len(wanted)):
            if compare.problems(found[row], wanted[row], exercise.tolerance):
                return row
    return None


def _batched(exercise: Exercise, cases: Sequence[Case]) -> set[str]:
    """Name the arguments that have a row for each row of the result, in every case; none when that is not sure."""
    if exercise.axes[:1] not in {(), ("batch",)} or exercise.probe is not None:
        return set()
    rows = []
    for case in cases:
        parts = case.expected if isinstance(case.expected, tuple) else (case.expected,)
        if not all(isinstance(part, np.ndarray) and part.ndim > (not exercise.axes) for part in parts):
            return set()
        if len({part.shape[0] for part in parts}) > 1:
            return set()
        rows.append(parts[0].shape[0])
    arrays = {name for case in cases for name, value in case.arguments.items() if isinstance(value, np.ndarray)}
    found = {
        name
        for name in arrays
        if all(
            not isinstance(value := case.arguments.get(name), np.ndarray) or value.shape[:1] == (count,)
            for case, count in zip(cases, rows, strict=True)
        )
    }
    return found if len(set(rows)) > 1 else set()
