"""Makes the checks of a lab from its one table of exercises: an entry has its hints and its check by its name alone."""

from __future__ import annotations

import re
import sys
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from labkit.base import editions
from labkit.checks import missing
from labkit.checks.cases import Case, public
from labkit.checks.diagnosis.begun import stubs
from labkit.checks.judge import Check, IsRight, judge, verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from labkit.checks.exercise import Exercise
    from labkit.checks.hints import Hint


def exercises(hints: Mapping[str, Mapping[str, Hint]], *rows: Exercise, lab: str = "") -> dict[str, Exercise]:
    """Make the table of a lab, in the order of the rows: each gets the hints that stand under its name.

    lab: whose editions its numbers may differ by (see `Exercise.earlier`)
    Raises ValueError when a name comes twice, or there are hints for another name than those of the table.
    """
    table: dict[str, Exercise] = {}
    for row in rows:
        table[row.name] = replace(row, hints=hints.get(row.name, {}), lab=lab, among=table)
    if len(table) < len(rows):
        twice = sorted(name for name, count in Counter(row.name for row in rows).items() if count > 1)
        raise ValueError(f"Two exercises have one name: {', '.join(twice)}.")
    if strangers := sorted(set(hints) - set(table)):
        raise ValueError(f"There are hints for what is no exercise of the table: {', '.join(strangers)}.")
    return table


def offer(lab: str, table: Mapping[str, Exercise]) -> tuple[Callable[[str], Check], Callable[[], list[str]]]:
    """Offer the checks of a lab to notebooks: returns `__getattr__` and `__dir__` of the lab's module.

    Beside the checks there is `edition`, by which a notebook says which edition of the lab it is.
    `MyRNNCell` is checked by `my_rnn_cell`; any other name than that of a check raises AttributeError. From now on, a
    notebook explains a missing name of one of these exercises (`missing`).
    lab: the name of its module below labkit.checks, and of its public cases
    Raises ValueError when the module has another object of the name of a check, which would hide it.
    """
    is_right = judging(lab, table)
    checks = {check_name(name): checker(lab, exercise, is_right) for name, exercise in table.items()}
    exercise_of = {check_name(name): exercise for name, exercise in table.items()}
    module = sys.modules[f"{__name__.rpartition('.')[0]}.{lab}"]
    if hidden := sorted(set(checks) & set(vars(module))):
        raise ValueError(
            f"{module.__name__} has another {hidden[0]!r}, which hides the check: import it by another name."
        )

    def edition(number: int) -> None:
        """Say which edition of this lab the notebook is."""
        editions.say(lab, number)

    def attribute(name: str) -> Check:
        if name in checks and exercise_of[name].there:
            return checks[name]
        if name == "edition":
            return edition
        message = f"module {module.__name__!r} has no attribute {name!r}"
        raise AttributeError(message, name=name, obj=module)  # Python finds "Did you mean" in the object

    missing.explain(table)
    return attribute, lambda: [name for name in checks if exercise_of[name].there]


def newest(lab: str) -> int:
    """Return the newest edition of a lab that this labkit knows."""
    return editions.NEWEST.get(lab, 1)


def judging(lab: str, table: Mapping[str, Exercise]) -> IsRight:
    """Return what says whether a function is right by the public check of an exercise of this lab."""

    def is_right(name: str, function: Any) -> bool:
        return verdict(lab, table[name], function, is_right=is_right) is None

    return is_right


def check_name(exercise: str) -> str:
    """Write the name of a class as that of a function; names of functions stay as they are."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", exercise).lower()


def checker(lab: str, exercise: Exercise, is_right: IsRight) -> Check:
    """Make the check of an exercise: a function of the student's function and, for hidden tests, of fresh cases."""

    def check(student: Any, cases: Sequence[Case] | None = None) -> None:
        chosen = public(lab)[exercise.name] if cases is None else cases
        known = replace(exercise, stub=stubs(lab).get(exercise.name, ""))
        judge(known, student, chosen, fresh=cases is not None, is_right=is_right)

    check.__name__ = check.__qualname__ = exercise.name
    check.__doc__ = f"Check an exercise: {exercise.name} returns {exercise.returns}."
    return check
