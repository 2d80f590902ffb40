"""Judges one exercise: calls the student's function on every case and names what is wrong in three lines."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from labkit.checks import calls, compare, hints, probes, stand_ins, ways
from labkit.checks.calls import Outcome
from labkit.checks.cases import AGAIN, Case, Raises, public
from labkit.checks.compare import Problem
from labkit.checks.diagnosis import entries, errors
from labkit.checks.diagnosis.begun import begun
from labkit.checks.diagnosis.explain import explain
from labkit.checks.diagnosis.first_call import Before, before
from labkit.checks.diagnosis.places import of_the_whole
from labkit.checks.exercise import CheckFailed, Exercise, NotAttempted

Check = Callable[..., None]
UNFIT = probes.Unfit.__name__
MOST = 3  # further cases that a hint lists

Watcher = Callable[[Case, Outcome, Sequence[Problem]], None]
# For an instructor who wants to see each case of a check, with what came of it and what is wrong with that.
watcher: ContextVar[Watcher | None] = ContextVar("watcher", default=None)

IsRight = Callable[[str, Any], bool]  # whether a function is right by the public check of the exercise of this name


def judge(
    exercise: Exercise, student: Any, cases: Sequence[Case], *, fresh: bool = False, is_right: IsRight | None = None
) -> None:
    """Check a student's function against cases; print one line when it passes.

    fresh: the cases are hidden ones, drawn anew; messages then hold no number of theirs, and nothing is printed
    is_right: asked of the earlier functions that are called, before a mistake is taken for theirs
    Raises CheckFailed with a hint, or NotAttempted; public checks print some of them instead (see CheckFailed.printed).
    In grading one call decides: that of the hidden cases and of the smallest public one, all in one message. The public
    part waits for the hidden one then, and is run only where none follows: for its words, say.
    """
    if not fresh:
        probes.forget()
    run = partial(_judge, exercise, student, cases, fresh=fresh, is_right=is_right)
    if not fresh and stand_ins.postpone(exercise.name, cases, run):
        return
    shown = stand_ins.postponed(exercise.name) if fresh else ()
    try:
        inherited = run(shown=shown)
    except CheckFailed as failure:
        if fresh or not failure.printed():
            raise
        print("\n".join(failure._render_traceback_()))
        return
    if not fresh:
        note = f" (inherits {inherited}: the mistake is there, not here)" if inherited else ""
        print(f"✓ {exercise.title}: passed{note}")


def verdict(lab: str, exercise: Exercise, student: Any, *, is_right: IsRight | None = None) -> CheckFailed | None:
    """Check a student's function against the public cases of a lab, in silence; None when it passes."""
    try:
        _judge(exercise, student, public(lab)[exercise.name], fresh=False, is_right=is_right)
    except CheckFailed as failure:
        return failure
    return None


def _judge(exercise: Exercise, student: Any, cases: Sequence[Case], **how: Any) -> str:
    try:
        if callable(student):
            return _find(exercise, student, cases, **how)
    except calls.NoFunctionError:  # seen when it was called
        pass
    raise CheckFailed(exercise, "missing", hints.missing(exercise.name, exercise.here))


def _find(
    exercise: Exercise,
    student: Any,
    cases: Sequence[Case],
    *,
    fresh: bool,
    is_right: IsRight | None = None,
    shown: Sequence[Case] = (),
) -> str:
    chosen = stand_ins.chosen(exercise, cases, fresh=fresh)
    if not chosen:
        return ""
    called = [case for case in chosen if not case.apart]
    first = None if fresh else before(student)
    # The plain cases first: what is wrong in them is no matter of a corner.
    plain, corners = [case for case in called if case.named], [case for case in called if not case.named]
    parts = [plain, corners, stand_ins.smallest(shown, chosen[0].given)]
    for asked, outcomes in zip(parts, calls.of_parts(exercise, student, parts, at_once=fresh), strict=True):
        verdicts = [_problems(exercise, outcome, case) for outcome, case in zip(outcomes, asked, strict=True)]
        if watch := watcher.get():
            for case, outcome, found in zip(asked, outcomes, verdicts, strict=True):
                watch(case, outcome, found)
        changed = [name for outcome in outcomes for name in outcome.changed]
        if (any(verdicts) or changed) and not fresh and not stand_ins.examined() and not _waits(outcomes):
            borrowed = _inherits(exercise, student, [case for case in cases if case.given], is_right)
            if borrowed:
                return borrowed
        if any(verdicts):
            hidden = fresh and asked is not parts[-1]
            raise _failure(exercise, student, asked, outcomes, verdicts, fresh=hidden, first=first)
        if changed:
            raise CheckFailed(exercise, "changed", hints.changed(exercise.name, changed[0]))
    _in_other_ways(exercise, student, [case for case in chosen if case.more])
    return ""


def _in_other_ways(exercise: Exercise, student: Any, cases: Sequence[Case]) -> None:
    """Ask for the same in the other ways in which the lab uses the function; the first that is wrong names the hint."""
    asked = [(case, case.more) for case in cases if case.more]
    if not asked or exercise.ways is None:
        return
    sets = [{**more.arguments, **case.arguments} for case, more in asked]
    outcomes = calls.many(student, sets, probe=exercise.ways, given=asked[0][0].given)
    for (case, more), outcome in zip(asked, outcomes, strict=True):
        found = ways.wrong(outcome, more.expected)
        if watch := watcher.get():
            problems = [Problem("value", found.way, found.seen)] if found else []
            watch(replace(case, arguments=more.arguments, expected=more.expected), outcome, problems)
        if found:
            own = exercise.hints.get(found.way)
            raise CheckFailed(exercise, found.way, own or hints.other_way(exercise.name, found.way, found.seen))


def _waits(outcomes: Sequence[Outcome]) -> bool:
    """Say whether something that is still to do was called."""
    return any(outcome.error is not None and outcome.error[0] == "NotImplementedError" for outcome in outcomes)


def _inherits(exercise: Exercise, student: Any, cases: Sequence[Case], is_right: IsRight | None) -> str:
    """Find the earlier exercises whose mistakes are inherited: all is right once scripted fakes take their places.

    Cases with the same fakes belong together; the first such group that is right names the exercises. Nothing is
    inherited from functions that are all right themselves.
    """
    groups: dict[tuple[str, ...], list[Case]] = {}
    for case in cases:
        groups.setdefault(tuple(case.given), []).append(case)
    own = probes.names_seen(student)
    for names, group in groups.items():
        if is_right is not None and all(name in own and is_right(name, own[name]) for name in names):
            continue
        outcomes = calls.of_cases(exercise, student, group)
        pairs = zip(outcomes, group, strict=True)
        if not any(outcome.changed or _problems(exercise, outcome, case) for outcome, case in pairs):
            return " and ".join(map(exercise.called, names))
    return ""


def _problems(exercise: Exercise, outcome: Outcome, case: Case) -> list[Problem]:
    if outcome.error:
        return [Problem("raises", "", "raises")]
    return compare.problems(outcome.value, case.expected, exercise.tolerance, exercise.axes, names=exercise.names)


def _failure(
    exercise: Exercise,
    student: Any,
    cases: Sequence[Case],
    outcomes: Sequence[Outcome],
    verdicts: Sequence[list[Problem]],
    *,
    fresh: bool,
    first: Before | None,
) -> CheckFailed:
    # A gradient that is no number is no news where results are wrong, too.
    kept = [place for place, one in enumerate(outcomes) if one.error != (UNFIT, "gradient_not_finite")]
    if any(verdicts[place] and not outcomes[place].error for place in kept):
        cases, outcomes = [cases[place] for place in kept], [outcomes[place] for place in kept]
        verdicts = [verdicts[place] for place in kept]
    errors = [outcome.error for outcome in outcomes if outcome.error]
    # Where no gradient arrives in a few cases, a formula that gives the numbers of all others says why.
    unfit = [error for error in errors if error == (UNFIT, "not_differentiable")]
    later = unfit if 2 * len(unfit) < len(outcomes) else []
    named = _first_named(exercise, student, [error for error in errors if error not in later])
    if named:
        return named
    formulas = list(dict.fromkeys(formula for case in cases for formula in case.wrong))
    for key, hint in exercise.hints.items():
        variants = [formula for formula in formulas if formula.partition("/")[0] == key]
        if any(_reproduces(outcomes, cases, formula) for formula in variants):
            return CheckFailed(exercise, key, hint)
    if named := _first_named(exercise, student, later):
        return named
    if fresh:
        return _on_fresh(
            exercise, student, [case for case, found in zip(cases, verdicts, strict=True) if found], errors
        )
    found = "" if errors else entries.impostor(cases, [outcome.value for outcome in outcomes])
    if found:
        return CheckFailed(exercise, found, hints.impostor(exercise.name, found, exercise.returns))
    failure = _generic(exercise, cases, outcomes, verdicts)
    said = explain(exercise, student, cases, outcomes, verdicts, first)
    return CheckFailed(exercise, failure.key, said) if said else failure


def _right_anew(exercise: Exercise, student: Any, cases: Sequence[Case]) -> bool:
    """Say whether cases are right once each has an object of its own: what was kept from the one before is to blame."""
    sets = [case.arguments for case in cases]
    outcomes = calls.many(student, sets, probe=exercise.probe, given=cases[0].given, anew=True)
    return not any(_problems(exercise, outcome, case) for outcome, case in zip(outcomes, cases, strict=True))


def _first_named(exercise: Exercise, student: Any, errors: Sequence[tuple[str, str]]) -> CheckFailed | None:
    return next(filter(None, (_named_by_error(exercise, student, *error) for error in errors)), None)


def _on_fresh(
    exercise: Exercise, student: Any, wrong: Sequence[Case], errors: Sequence[tuple[str, str]]
) -> CheckFailed:
    """Name what is special about the hidden cases that are wrong, by their labels."""
    if {case.label for case in wrong} == {AGAIN} or (exercise.probe and _right_anew(exercise, student, wrong)):
        return CheckFailed(exercise, "again", hints.other_way(exercise.name, "again", ""))
    return CheckFailed(exercise, "fresh", hints.fresh(exercise.name, errors[0][0] if errors else "", wrong[0].label))


def _named_by_error(exercise: Exercise, student: Any, kind: str, message: str) -> CheckFailed | None:
    if kind == UNFIT and message in exercise.hints:
        return CheckFailed(exercise, message, exercise.hints[message])
    if kind == "PackageMissingError":  # raised by the placeholder of a package, where a notebook is graded
        lacking = re.search(r"package (\w{1,40})", message)
        return CheckFailed(exercise, "package", hints.package(exercise.name, lacking[1] if lacking else "a package"))
    if kind != "NotImplementedError":
        return None
    other = re.search(r"Exercise (\d+\.\d+): (\w+)", message)  # Keras wraps the message in its own words
    if other is None and "symbolic" in message:
        return None  # TensorFlow's own: a step of the answer asks for numbers that are not there yet
    if other is None or other[2] == exercise.name:  # numbers differ by edition
        return NotAttempted(exercise, begun=begun(student, exercise.stub))
    return CheckFailed(exercise, "needs", hints.needs(exercise.name, other[1], other[0]))


def _reproduces(outcomes: Sequence[Outcome], cases: Sequence[Case], formula: str) -> bool:
    """Say whether the formula of a misconception gives exactly what the student's function gave, in every case.

    In every case that knows what it gives, and of which a probe has brought back a result.
    """
    known = [
        (outcome, case.wrong.get(formula, case.expected))
        for outcome, case in zip(outcomes, cases, strict=True)
        if case.named and not (outcome.error and outcome.error[0] == UNFIT)
    ]
    return bool(known) and all(
        outcome.error is not None and outcome.error[0] == claim.type_name
        if isinstance(claim, Raises)
        else outcome.error is None and compare.same(outcome.value, claim)
        for outcome, claim in known
    )


def _generic(
    exercise: Exercise, cases: Sequence[Case], outcomes: Sequence[Outcome], verdicts: Sequence[list[Problem]]
) -> CheckFailed:
    order = {kind: rank for rank, kind in enumerate(("raises", *compare.KINDS))}
    rank, index = min((order[problem.kind], index) for index, found in enumerate(verdicts) for problem in found)
    problem = next(problem for problem in verdicts[index] if order[problem.kind] == rank)
    problem = of_the_whole(problem, cases[index].arguments)
    alike = [any(order[one.kind] == rank for one in found) for found in verdicts]
    others = [case.label for case, same in zip(cases, alike, strict=True) if same and case is not cases[index]]
    also = f"; also {', '.join(filter(None, others[:MOST]))}" if any(others[:MOST]) else ""
    where = f" (case: {cases[index].label}{also})" if cases[index].label else ""
    error = outcomes[index].error
    if error:
        shapes = ", ".join(f"{name} {value.shape}" for name, value in _arrays(cases[index]))
        hint = errors.raised(exercise.name, error, where, outcomes[index].line, "" if exercise.probe else shapes)
        return CheckFailed(exercise, "raises", hint)
    right = _right_parts(exercise, cases[index], verdicts[index])
    wrong = sum(map(bool, verdicts))
    alone = bool(where) and (not cases[index].named or 2 * wrong < len(cases))
    return CheckFailed(exercise, problem.kind, hints.different(problem, exercise.returns, where, right, alone=alone))


def _arrays(case: Case) -> list[tuple[str, Any]]:
    return [(name, value) for name, value in case.arguments.items() if isinstance(value, np.ndarray)]


def _right_parts(exercise: Exercise, case: Case, found: Sequence[Problem]) -> str:
    names = list(case.expected) if isinstance(case.expected, Mapping) else exercise.names
    wrong = {problem.part.partition("[")[0] for problem in found}
    right = [part for part in names if part not in wrong]
    return f" Right already: {', '.join(right)}." if right and "" not in wrong else ""
