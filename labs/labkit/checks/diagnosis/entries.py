"""Says what is wrong with dictionaries, short lists, texts, counts, parts in another order, and with no computation."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import permutations, takewhile
from typing import TYPE_CHECKING, Any

import numpy as np

from labkit.checks import compare
from labkit.checks.describe import short
from labkit.checks.diagnosis.pairs import Said, arrays

if TYPE_CHECKING:
    from labkit.checks.calls import Outcome
    from labkit.checks.cases import Case
    from labkit.checks.exercise import Exercise

FEW, SHORT = 4, 12


def exchanged(exercise: Exercise, cases: Sequence[Case], outcomes: Sequence[Outcome]) -> Said | None:
    """Say that the parts of a tuple come in another order, in every case."""
    names = exercise.names
    sizes = {len(case.expected) for case in cases if isinstance(case.expected, tuple)}
    if sizes != {len(names)} or len(names) > FEW:
        return None
    orders = [
        order
        for order in permutations(range(len(names)))
        if order != tuple(range(len(names)))
        and all(
            isinstance(outcome.value, tuple | list)
            and len(outcome.value) == len(names)
            and all(
                compare.same(outcome.value[place], case.expected[one], exercise.tolerance)
                for place, one in enumerate(order)
            )
            for case, outcome in zip(cases, outcomes, strict=True)
        )
    ]
    if not orders:
        return None
    seen = ", ".join(names[one] for one in orders[0])
    return Said(
        f"is ({seen}), where ({', '.join(names)}) is expected: all parts are right, in another order",
        "In which order are the parts returned?",
        f"The return line, and the docstring: returns {exercise.returns}.",
    )


def dictionary(case: Case, value: Any) -> Said | None:
    """Name the keys that are missing or left over, or say that only the order is another."""
    right = case.expected
    if not isinstance(right, Mapping) or not isinstance(value, Mapping):
        return None
    if not all(isinstance(item, int) for item in right.values()):
        return None
    missing, extra = [key for key in right if key not in value], [key for key in value if key not in right]
    if missing or extra:
        parts = [f"has no entry for {_some(missing)}"] if missing else []
        parts += [f"has {'the entry' if len(extra) == 1 else 'entries'} {_some(extra)} too many"] if extra else []
        return Said(
            " and ".join(parts),
            "What sets what is missing apart from all that is there?"
            if missing
            else "Where does it come from: from an earlier call, from what joins the texts, from half a key?",
            "Each line that drops, cuts, joins or changes what becomes a key.",
        )
    ids = list(value.values())
    if any(isinstance(one, bool) or not isinstance(one, int | np.integer) for one in ids):
        return None
    if sorted(ids) == sorted(right.values()):
        order, wanted = sorted(value, key=value.__getitem__), sorted(right, key=right.__getitem__)
        same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(order, wanted, strict=True)))
        begins = f"after the first {same} it goes on" if same else "it begins"
        return Said(
            f"numbers the right keys in another order: {begins} with {_some(order[same : same + FEW], FEW)}, "
            f"and {_some(wanted[same : same + FEW], FEW)} is expected",
            "By which rule does a key come before another one?",
            "The docstring: the order of the ids; then the line that sorts, counts or makes a set.",
        )
    low, high = min(ids, default=0), max(ids, default=0)
    wanted = sorted(right.values())
    twice = [key for key in value if ids.count(value[key]) > 1]
    what = f"gives {_some(twice)} the same id" if twice else f"gives ids from {low} to {high}"
    return Said(
        f"{what}; {wanted[0]} to {wanted[-1]}, each once, is expected",
        "From which number is counted, and when does the count go on?",
        "The line that gives an id: what it hangs on, and what is left from an earlier call.",
    )


def _some(items: Sequence[Any], most: int = 3) -> str:
    """Write some of many: the first ones, and how many more there are."""
    text = ", ".join(short(repr(item)) for item in items[:most])
    return text + (f" and {len(items) - most} more" if len(items) > most else "")


def listed(case: Case, value: Any) -> Said | None:
    """Show a short list of whole numbers beside the right one, and what it was made from."""
    right = case.expected
    if not isinstance(right, list) or not right or not all(isinstance(one, int) for one in right):
        return None
    if not isinstance(value, list) or len(value) > SHORT or len(right) > SHORT:
        return None
    array = compare.as_array(value)
    if array is None or (array.size and array.dtype.kind not in "iu"):
        return None
    text = next((f" for {one!r}" for one in case.arguments.values() if isinstance(one, str) and len(one) <= 80), "")
    return Said(
        f"is {array.tolist()}{text}; {right} is expected",
        "Which word gets which id, and is any word left out?",
        "Put the two lists side by side, word by word.",
    )


def text(case: Case, value: Any) -> Said | None:
    """Say where a text begins to differ from the right one."""
    parts = [(value, case.expected)]
    if isinstance(case.expected, tuple) and isinstance(value, tuple | list) and len(value) == len(case.expected):
        parts = list(zip(value, case.expected, strict=True))
    for found, right in parts:
        if isinstance(found, str) and isinstance(right, str) and found != right:
            same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(found, right, strict=False)))
            return Said(
                f"is {short(repr(found))}, and {short(repr(right))} is expected: "
                + (f"the first {same} characters agree" if same else "they differ from the first character on"),
                f"What is another thing at character {same + 1} than at those before it?"
                if same
                else "What comes before the first character: the prompt, the first call, the first draw?",
                "What the model is given, what is drawn from, which character an id stands for, and when it ends.",
            )
    return None


def count(case: Case, value: Any) -> Said | None:
    """Show the call that gives a wrong count, and by how much it is wrong."""
    right = case.expected
    if isinstance(right, bool) or not isinstance(right, int) or isinstance(value, bool):
        return None
    if not isinstance(value, int | np.integer) or not all(isinstance(one, int) for one in case.arguments.values()):
        return None
    call = ", ".join(f"{name}={one}" for name, one in case.arguments.items())
    gap = int(value) - right
    return Said(
        f"is {int(value)} for {call}; {right} is expected: {abs(gap)} too {'many' if gap > 0 else 'few'}",
        "Is a term missing, counted twice, or made with another size, or is each of them a little off?",
        "Print each term with these numbers in it, beside its value by hand.",
    )


def impostor(cases: Sequence[Case], values: Sequence[Any]) -> str:
    """Say whether the results are an argument as it came, zeros, or one number everywhere."""
    if all(map(_echoes, values, cases)):
        return "echo"
    parts = [arrays(value) for value in values]
    wanted = [arrays(case.expected) or [] for case in cases]
    numbers: set[float] = set()
    for found, right in zip(parts, wanted, strict=True):
        if found is None or [one.shape for one in found] != [one.shape for one in right]:
            return ""
        numbers.update(float(edge) for one in found if one.size for edge in (one.min(), one.max()))
    if not all(map(math.isfinite, numbers)):
        return ""
    return ("constant" if numbers != {0.0} else "zeros") if len(numbers) == 1 else ""


def _echoes(value: Any, case: Case) -> bool:
    parts = value if isinstance(value, tuple) and value else (value,)
    return all(any(compare.same(part, argument) for argument in case.arguments.values()) for part in parts)
