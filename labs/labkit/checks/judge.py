"""Judges one exercise: calls the student's function on every case and names what is wrong in three lines."""

from __future__ import annotations

import builtins
import math
import os
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, ClassVar

from labkit.checks import calls, compare, hints
from labkit.checks.calls import Outcome
from labkit.checks.cases import Case, Raises, public
from labkit.checks.compare import Problem, Tolerance
from labkit.checks.hints import Hint

Check = Callable[..., None]


@dataclass(frozen=True)
class Exercise:
    """What a check knows about an exercise beside its cases.

    hints:    misconception -> what to tell a student whose result is what this misconception gives; a lab's table fills
              them in (see `table.exercises`)
    probe:    runs on the student's side in place of the function itself (classes, models)
    returns:  the result in the docstring's words, for messages
    axes:     names of the axes of the result; names: names of the parts of a tuple
    uses:     the earlier exercises whose functions it may call: name -> number
    """

    number: str
    name: str
    returns: str
    hints: Mapping[str, Hint] = field(default_factory=dict)
    probe: Callable[..., Any] | None = None
    tolerance: Tolerance = compare.VALUES
    axes: Sequence[str] = ()
    names: Sequence[str] = ()
    uses: Mapping[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """The exercise as its cell names it."""
        return f"Exercise {self.number}: {self.name}"


Watcher = Callable[[Case, Outcome, Sequence[Problem]], None]
# For an instructor who wants to see each case of a check, with what came of it and what is wrong with that.
watcher: ContextVar[Watcher | None] = ContextVar("watcher", default=None)


class CheckFailed(AssertionError):  # noqa: N818  (what a student reads)
    """A check did not pass. Jupyter shows its three lines in place of a traceback.

    key: names the hint ("no_tanh", "shape"); state: what the gradebook records
    """

    state: ClassVar[str] = "failed"
    mark: ClassVar[str] = "✗"

    def __init__(self, exercise: Exercise, key: str, hint: Hint) -> None:
        self.exercise, self.key, self.hint = exercise, key, hint
        super().__init__(f"{self.mark} {exercise.title}\n  {hint.seen}\n  {hint.cause}\n  {hint.look}")

    def _render_traceback_(self) -> list[str]:
        return str(self).splitlines()


class NotAttempted(CheckFailed):
    """The cell of the exercise still holds its TODO."""

    state = "untouched"
    mark = "○"

    def __init__(self, exercise: Exercise) -> None:
        hint = Hint("not attempted yet", "", "")
        super().__init__(exercise, "not_attempted", hint)
        self.args = (f"{self.mark} {exercise.title}: not attempted yet",)

    def _render_traceback_(self) -> list[str]:
        return [f"\x1b[38;5;243m{self}\x1b[0m"]  # a grey that can be read on white and on black


def judge(exercise: Exercise, student: Any, cases: Sequence[Case], *, fresh: bool = False) -> None:
    """Check a student's function against cases; print one line when it passes.

    fresh: the cases are hidden ones, drawn anew; messages then hold no number of theirs, and nothing is printed
    Raises CheckFailed with a hint, or NotAttempted; public checks print some of them instead (see _printed).
    """
    try:
        inherited = _judge(exercise, student, cases, fresh=fresh)
    except CheckFailed as failure:
        if fresh or not _printed(failure):
            raise
        print("\n".join(failure._render_traceback_()))
        return
    if not fresh:
        note = f" (inherits {inherited}: the mistake is there, not here)" if inherited else ""
        print(f"✓ {exercise.title}: passed{note}")


def verdict(lab: str, exercise: Exercise, student: Any) -> CheckFailed | None:
    """Check a student's function against the public cases of a lab, in silence; None when it passes."""
    try:
        _judge(exercise, student, public(lab)[exercise.name], fresh=False)
    except CheckFailed as failure:
        return failure
    return None


def _printed(failure: CheckFailed) -> bool:
    """Say whether a public check prints a failure in place of raising it.

    Colab has no way to go on after an error. And a TODO that waits is no error: a notebook would put it on a red
    ground. nbgrader's Validate button counts errors, so there it is raised.
    """
    person = hasattr(builtins, "display") and "NBGRADER_VALIDATING" not in os.environ
    return "google.colab" in sys.modules or (person and isinstance(failure, NotAttempted))


def _judge(exercise: Exercise, student: Any, cases: Sequence[Case], *, fresh: bool) -> str:
    if not callable(student):
        raise CheckFailed(exercise, "missing", hints.missing(exercise.name, exercise.number))
    plain = [case for case in cases if not case.given]
    outcomes = _run(exercise, student, plain)
    verdicts = [_problems(exercise, outcome, case) for outcome, case in zip(outcomes, plain, strict=True)]
    if watch := watcher.get():
        for case, outcome, found in zip(plain, outcomes, verdicts, strict=True):
            watch(case, outcome, found)
    if any(verdicts):
        borrowed = _inherits(exercise, student, [case for case in cases if case.given])
        if borrowed and not any(outcome.error and outcome.error[0] == "NotImplementedError" for outcome in outcomes):
            return borrowed
        raise _failure(exercise, plain, outcomes, verdicts, fresh=fresh)
    changed = [name for outcome in outcomes for name in outcome.changed]
    if changed:
        raise CheckFailed(exercise, "changed", hints.changed(exercise.name, changed[0]))
    return ""


def _run(exercise: Exercise, student: Any, cases: Sequence[Case]) -> list[Outcome]:
    return calls.many(student, [case.arguments for case in cases], probe=exercise.probe)


def _inherits(exercise: Exercise, student: Any, cases: Sequence[Case]) -> str:
    """Find the earlier exercises whose mistakes are inherited: all is right once scripted fakes take their places.

    Cases with the same fakes belong together; the first such group that is right names the exercises.
    """
    groups: dict[tuple[str, ...], list[Case]] = {}
    for case in cases:
        groups.setdefault(tuple(case.given), []).append(case)
    for names, group in groups.items():
        if all(_right_with_fakes(exercise, student, case) for case in group):
            return " and ".join(exercise.uses.get(name, name) for name in names)
    return ""


def _right_with_fakes(exercise: Exercise, student: Any, case: Case) -> bool:
    outcome = calls.many(student, [case.arguments], probe=exercise.probe, given=case.given)[0]
    return not _problems(exercise, outcome, case)


def _problems(exercise: Exercise, outcome: Outcome, case: Case) -> list[Problem]:
    if outcome.error:
        return [Problem("raises", "", "raises")]
    return compare.problems(outcome.value, case.expected, exercise.tolerance, exercise.axes, names=exercise.names)


def _failure(
    exercise: Exercise,
    cases: Sequence[Case],
    outcomes: Sequence[Outcome],
    verdicts: Sequence[list[Problem]],
    *,
    fresh: bool,
) -> CheckFailed:
    errors = [outcome.error for outcome in outcomes if outcome.error]
    named = next(filter(None, (_named_by_error(exercise, *error) for error in errors)), None)
    if named:
        return named
    formulas = list(dict.fromkeys(formula for case in cases for formula in case.wrong))
    for key, hint in exercise.hints.items():
        variants = [formula for formula in formulas if formula.partition("/")[0] == key]
        if any(_reproduces(outcomes, cases, formula) for formula in variants):
            return CheckFailed(exercise, key, hint)
    if fresh:
        return CheckFailed(exercise, "fresh", hints.fresh(exercise.name, errors[0][0] if errors else ""))
    impostor = "" if errors else _impostor(cases, [outcome.value for outcome in outcomes])
    if impostor:
        return CheckFailed(exercise, impostor, hints.impostor(exercise.name, impostor, exercise.returns))
    return _generic(exercise, cases, outcomes, verdicts)


def _named_by_error(exercise: Exercise, kind: str, message: str) -> CheckFailed | None:
    if kind == "Unfit" and message in exercise.hints:
        return CheckFailed(exercise, message, exercise.hints[message])
    if kind != "NotImplementedError":
        return None
    other = re.search(r"Exercise (\d+\.\d+): \w+", message)  # Keras wraps the message in its own words
    if other is None or other[1] == exercise.number:
        return NotAttempted(exercise)
    return CheckFailed(exercise, "needs", hints.needs(exercise.name, other[1], other[0]))


def _reproduces(outcomes: Sequence[Outcome], cases: Sequence[Case], formula: str) -> bool:
    """Say whether the formula of a misconception gives exactly what the student's function gave, in every case."""
    return all(
        outcome.error is not None and outcome.error[0] == claim.type_name
        if isinstance(claim, Raises)
        else outcome.error is None and compare.same(outcome.value, claim)
        for outcome, claim in (
            (one, case.wrong.get(formula, case.expected)) for one, case in zip(outcomes, cases, strict=True)
        )
    )


def _impostor(cases: Sequence[Case], values: Sequence[Any]) -> str:
    """Say whether the results are an argument as it came, zeros, or one number everywhere."""
    if all(map(_echoes, values, cases)):
        return "echo"
    parts = [compare.parts(value) for value in values]
    wanted = [compare.parts(case.expected) or [] for case in cases]
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


def _generic(
    exercise: Exercise, cases: Sequence[Case], outcomes: Sequence[Outcome], verdicts: Sequence[list[Problem]]
) -> CheckFailed:
    order = {kind: rank for rank, kind in enumerate(("raises", *compare.KINDS))}
    rank, index = min((order[problem.kind], index) for index, found in enumerate(verdicts) for problem in found)
    problem = next(problem for problem in verdicts[index] if order[problem.kind] == rank)
    where = f" (case: {cases[index].label})" if cases[index].label else ""
    error = outcomes[index].error
    if error:
        return CheckFailed(exercise, "raises", hints.raised(exercise.name, error, where))
    right = _right_parts(exercise, cases[index], verdicts[index])
    return CheckFailed(exercise, problem.kind, hints.different(problem, exercise.returns, where, right))


def _right_parts(exercise: Exercise, case: Case, found: Sequence[Problem]) -> str:
    names = list(case.expected) if isinstance(case.expected, Mapping) else exercise.names
    wrong = {problem.part.partition("[")[0] for problem in found}
    right = [part for part in names if part not in wrong]
    return f" Right already: {', '.join(right)}." if right and "" not in wrong else ""
