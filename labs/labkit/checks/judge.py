"""Judges one exercise: calls the student's function on every case and names what is wrong in three lines."""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any, ClassVar

import numpy as np

from labkit.checks import calls, compare, probes
from labkit.checks.calls import Outcome
from labkit.checks.cases import Case, Raises, public
from labkit.checks.compare import Problem, Tolerance

Check = Callable[..., None]


@dataclass(frozen=True)
class Hint:
    """Three lines for a student: what was seen, the likely cause as a question, where to look."""

    seen: str
    cause: str
    look: str


@dataclass(frozen=True)
class Exercise:
    """What a check knows about an exercise beside its cases.

    hints:    misconception -> what to tell a student whose result is what this misconception gives
    probe:    runs on the student's side in place of the function itself (classes, models)
    returns:  the result in the docstring's words, for messages
    axes:     names of the axes of the result; names: names of the parts of a tuple
    """

    number: str
    name: str
    returns: str
    hints: Mapping[str, Hint] = field(default_factory=dict)
    probe: Callable[..., Any] | None = None
    tolerance: Tolerance = compare.VALUES
    axes: Sequence[str] = ()
    names: Sequence[str] = ()

    @property
    def title(self) -> str:
        """The exercise as its cell names it."""
        return f"Exercise {self.number}: {self.name}"


class CheckFailed(AssertionError):
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
        return [f"\x1b[90m{self}\x1b[0m"]


def hints(lab: str) -> dict[str, dict[str, Hint]]:
    """Read the hints of a lab: exercise -> misconception -> hint."""
    table = tomllib.loads(files("labkit.checks").joinpath(f"{lab}.toml").read_text(encoding="utf-8"))
    return {name: {key: Hint(**lines) for key, lines in rows.items()} for name, rows in table.items()}


def checker(lab: str, exercise: Exercise) -> Check:
    """Make the check of an exercise: a function of the student's function and, for hidden tests, of fresh cases."""

    def check(student: Any, cases: Sequence[Case] | None = None) -> None:
        judge(exercise, student, public(lab)[exercise.name] if cases is None else cases, fresh=cases is not None)

    check.__name__ = check.__qualname__ = exercise.name
    check.__doc__ = f"Check exercise {exercise.number}: {exercise.name} returns {exercise.returns}."
    return check


def judge(exercise: Exercise, student: Any, cases: Sequence[Case], *, fresh: bool = False) -> None:
    """Check a student's function against cases; print one line when it passes.

    fresh: the cases are hidden ones, drawn anew; messages then hold no number of theirs, and nothing is printed
    Raises CheckFailed with a hint, or NotAttempted. In Colab, which has no way to go on after an error, public
    checks print the message instead.
    """
    try:
        inherited = _judge(exercise, student, cases, fresh=fresh)
    except CheckFailed as failure:
        if fresh or "google.colab" not in sys.modules:
            raise
        print("\n".join(failure._render_traceback_()))  # noqa: T201
        return
    if not fresh:
        note = f" (inherits {inherited}: the mistake is there, not here)" if inherited else ""
        print(f"✓ {exercise.title}: passed{note}")  # noqa: T201


def _judge(exercise: Exercise, student: Any, cases: Sequence[Case], *, fresh: bool) -> str:
    if not callable(student):
        raise CheckFailed(exercise, "missing", _missing(exercise))
    plain = [case for case in cases if not case.given]
    outcomes = _run(exercise, student, plain)
    verdicts = [_problems(exercise, outcome, case) for outcome, case in zip(outcomes, plain, strict=True)]
    if any(verdicts):
        borrowed = _inherits(exercise, student, [case for case in cases if case.given])
        if borrowed and not any(outcome.error and outcome.error[0] == "NotImplementedError" for outcome in outcomes):
            return borrowed
        raise _failure(exercise, plain, outcomes, verdicts, fresh=fresh)
    changed = [name for outcome in outcomes for name in outcome.changed]
    if changed:
        raise CheckFailed(exercise, "changed", _changed(exercise, changed[0]))
    return ""


def _run(exercise: Exercise, student: Any, cases: Sequence[Case]) -> list[Outcome]:
    arguments = [case.arguments for case in cases]
    if exercise.probe is None:
        return calls.many(student, arguments)
    probe = exercise.probe
    return calls.many(lambda *values: probe(student, *values), arguments)


def _inherits(exercise: Exercise, student: Any, cases: Sequence[Case]) -> str:
    """Name the earlier exercise whose mistake the function inherits: right once a scripted fake takes its place."""
    borrowed = ""
    for case in cases:
        outcome = calls.many(lambda *values, case=case: probes.call_given(student, case.given, *values), [case.arguments])[0]
        if _problems(exercise, outcome, case):
            return ""
        borrowed = " and ".join(case.given)
    return borrowed


def _problems(exercise: Exercise, outcome: Outcome, case: Case) -> list[Problem]:
    if outcome.error:
        return [Problem("raises", "", ": ".join(filter(None, outcome.error)))]
    found = compare.problems(outcome.value, case.expected, exercise.tolerance, exercise.axes, names=exercise.names)
    return found


def _failure(
    exercise: Exercise, cases: Sequence[Case], outcomes: Sequence[Outcome], verdicts: Sequence[list[Problem]], *, fresh: bool
) -> CheckFailed:
    errors = [outcome.error for outcome in outcomes if outcome.error]
    for name, message in errors:
        if name == "NotImplementedError":
            other = re.search(r"Exercise (\d+\.\d+): \w+", message)  # Keras wraps the message in its own words
            if other is None or other[1] == exercise.number:
                return NotAttempted(exercise)
            return CheckFailed(exercise, "needs", _needs(exercise, other))
        if name == "Unfit" and message in exercise.hints:
            return CheckFailed(exercise, message, exercise.hints[message])
    for key, hint in exercise.hints.items():
        if all(_reproduces(outcome, case, key, exercise) for outcome, case in zip(outcomes, cases, strict=True)):
            return CheckFailed(exercise, key, hint)
    if not errors:
        impostor = _impostor(cases, outcomes)
        if impostor:
            return CheckFailed(exercise, impostor, _impostor_hint(exercise, impostor))
    return _generic(exercise, cases, verdicts, fresh=fresh)


def _reproduces(outcome: Outcome, case: Case, key: str, exercise: Exercise) -> bool:
    """Say whether the misconception `key` gives exactly what the student's function gave."""
    claim = case.wrong.get(key, case.expected)
    if isinstance(claim, Raises):
        return outcome.error is not None and outcome.error[0] == claim.type_name
    if outcome.error:
        return False
    tolerance = compare.VALUES if key in case.wrong else exercise.tolerance
    return compare.same(outcome.value, claim, tolerance)


def _impostor(cases: Sequence[Case], outcomes: Sequence[Outcome]) -> str:
    values = [outcome.value for outcome in outcomes]
    echoes = [
        any(compare.same(value, argument) for argument in case.arguments.values() if isinstance(argument, np.ndarray | list))
        for value, case in zip(values, cases, strict=True)
    ]
    if all(echoes):
        return "echo"
    arrays = [compare.as_array(value) for value in values]
    if all(
        array is not None and array.shape == np.shape(case.expected) and array.size and not array.any()
        for array, case in zip(arrays, cases, strict=True)
    ):
        return "zeros"
    flat = [array.ravel() for array in arrays if array is not None and array.size]
    spread = {round(float(item), 9) for array in flat for item in (array.min(), array.max())}
    return "constant" if len(flat) == len(values) and len(spread) == 1 else ""


def _generic(exercise: Exercise, cases: Sequence[Case], verdicts: Sequence[list[Problem]], *, fresh: bool) -> CheckFailed:
    order = {kind: rank for rank, kind in enumerate(("raises", *compare.KINDS))}
    rank, index = min((order[problem.kind], index) for index, found in enumerate(verdicts) for problem in found)
    found = [problem for problem in verdicts[index] if order[problem.kind] == rank]
    problem = found[0]
    if fresh and problem.kind != "raises":
        return CheckFailed(exercise, "fresh", _fresh(exercise))
    where = f" ({cases[index].label})" if cases[index].label and not fresh else ""
    right = _right_parts(cases[index], verdicts[index])
    return CheckFailed(exercise, problem.kind, _describe(exercise, problem, where, right))


def _right_parts(case: Case, found: Sequence[Problem]) -> str:
    if not isinstance(case.expected, Mapping) or any(not problem.part for problem in found):
        return ""
    right = [part for part in case.expected if part not in {problem.part for problem in found}]
    return f" Right already: {', '.join(right)}." if right else ""


def _describe(exercise: Exercise, problem: Problem, where: str, right: str) -> Hint:
    name, part = exercise.name, f"{problem.part} " if problem.part else ""
    look = f"The docstring: returns {exercise.returns}."
    if problem.kind == "raises":
        seen = f"{name} raises {problem.seen[:300]}{where}"
        return Hint(seen, "Do the shapes fit in each product and sum?", "Print the shapes just before the line that raises.")
    if problem.kind == "type":
        seen = problem.seen if problem.seen.startswith("returns") else f"returns a result that {part}{problem.seen}"
        return Hint(f"{name} {seen}.{where}{right}", "Does every path end in a return, with the type that is asked?", look)
    if problem.kind == "shape":
        seen = f"The result {part}{problem.seen}; {problem.numbers}.{where}{right}"
        return Hint(seen, "Is an axis missing, left over, or in another place?", look)
    place = f" first at {problem.place}" if problem.place else ""
    numbers = f": {problem.numbers}" if problem.numbers else ""
    if problem.kind == "finite":
        seen = f"The result {part}is infinite or not a number{place}.{where}{right}"
        return Hint(seen, "Does an exponential, a logarithm or a division leave the range of floats?", "Print the largest input of it.")
    if problem.kind == "precision":
        seen = f"The result {part}is right to about four digits; this gradient needs float64.{right}"
        return Hint(seen, "Does a float32 value enter somewhere?", "The dtype of each array that you make.")
    seen = f"The result {part}{problem.seen}{place}{numbers}.{where}{right}"
    return Hint(seen, "Which term of the formula enters there?", f"{look} Try that entry by hand.")


def _missing(exercise: Exercise) -> Hint:
    return Hint(f"{exercise.name} is not defined.", "Did its cell run without an error?", f"The cell of Exercise {exercise.number}.")


def _needs(exercise: Exercise, other: re.Match[str]) -> Hint:
    return Hint(
        f"{exercise.name} calls a function that is not written yet: needs Exercise {other[1]}.",
        f"Is Exercise {other[1]} still to do?",
        f"The cell of {other[0]}.",
    )


def _changed(exercise: Exercise, argument: str) -> Hint:
    return Hint(
        f"The values are right, but {exercise.name} changes its argument {argument}.",
        "Is there a `+=`, a `.sort()` or an assignment to an entry of an argument?",
        "Make a new array or list, and leave the argument as it came.",
    )


def _fresh(exercise: Exercise) -> Hint:
    return Hint(
        f"{exercise.name} is right on the examples you see, and wrong on fresh inputs.",
        "Does it rely on particular numbers, sizes or lengths?",
        "Try it with other sizes: one row, one step, one unit.",
    )


def _impostor_hint(exercise: Exercise, impostor: str) -> Hint:
    seen = {
        "zeros": f"{exercise.name} returns zeros, whatever comes in.",
        "constant": f"{exercise.name} returns the same numbers, whatever comes in.",
        "echo": f"{exercise.name} returns one of its arguments as it came.",
    }[impostor]
    return Hint(seen, "Does the computed value reach the return line?", f"The docstring: returns {exercise.returns}.")
