"""Reads a verdict for each graded cell from what happened when the notebook ran. Pure: no kernel, no gradebook."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from autograder.base import inert
from autograder.exam import ready_made
from autograder.exam.cell_run import CellRun, CellStatus
from autograder.model.verdict import LACKING, STOPPED, USES, State, Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from autograder.alignment.align import Aligned
    from autograder.model.assignment import Assignment, GradedCell

PACKAGE = re.compile(r"the grader has no package (\w{1,40})")
OURS = "The check itself could not run. This is not your fault: your instructor looks at it."


def verdicts(aligned: Aligned, assignment: Assignment, runs: Mapping[str, CellRun]) -> list[Verdict]:
    """Say what became of every graded cell. runs: grade id -> what happened in that cell."""
    flags = {} if aligned.unreadable else ready_made.flags(aligned.notebook.cells, assignment)
    found = []
    for cell in assignment.graded:
        if not cell.exercise:
            found.append(_written(cell, aligned, assignment))
            continue
        verdict = _check(cell, aligned, runs)
        found.append(verdict if verdict.flag else replace(verdict, flag=flags.get(cell.exercise, "")))
    return _stopped(found, assignment)


def _stopped(found: Sequence[Verdict], assignment: Assignment) -> list[Verdict]:
    """Flag what stopped with an error, or is not defined, where that costs more than half of the checks' points."""
    points = {cell.grade_id: cell.points for cell in assignment.graded if cell.exercise}
    lost = [one for one in found if one.state is State.CRASHED or (one.state is State.FAILED and one.key == "missing")]
    if 2 * sum(points.get(one.grade_id, 0) for one in lost) <= sum(points.values()):
        return list(found)
    return [replace(one, flag=STOPPED) if one in lost and not one.flag else one for one in found]


def ours(assignment: Assignment) -> list[Verdict]:
    """Return the verdicts of a submission that the grader failed to grade."""
    return [Verdict(cell.grade_id, State.INFRASTRUCTURE, OURS) for cell in assignment.graded]


def _check(cell: GradedCell, aligned: Aligned, runs: Mapping[str, CellRun]) -> Verdict:
    if aligned.unreadable:
        return Verdict(cell.grade_id, State.UNREADABLE, aligned.unreadable)
    not_run = CellRun(CellStatus.NOT_RUN)
    verdict = read_verdict(cell, runs.get(cell.grade_id, not_run), runs.get(cell.exercise, not_run))
    undefined = verdict.key in {"not_attempted", "missing"}
    return _missing(cell) if cell.exercise in aligned.missing and undefined else verdict


def read_verdict(cell: GradedCell, check: CellRun, exercise: CellRun) -> Verdict:
    """Say what one check found: the only place where a verdict is read from a run.

    check, exercise: what happened in the check's cell and in the cell of its exercise
    """
    state, hint, key = _read(cell, check, exercise)
    lacking = _lacking(check, exercise, key)
    flag = f"{USES}{lacking}{LACKING}" if lacking and state is State.CRASHED else ""
    return Verdict(cell.grade_id, state, hint, key, flag, seconds=check.seconds)


def _lacking(check: CellRun, exercise: CellRun, key: str) -> str:
    """Name the package that is used and not there, by a check or by the cell of its exercise; else nothing."""
    if key == "package":
        said = re.search(r"uses (\w{1,40}), which", check.message)
    else:
        said = PACKAGE.search(exercise.message) if exercise.error == "PackageMissingError" else None
    return said[1] if said else ""


def _read(cell: GradedCell, check: CellRun, exercise: CellRun) -> tuple[State, str, str]:
    match check.status:
        case CellStatus.OK:
            return State.PASSED, "", ""
        case CellStatus.TIMED_OUT:
            return State.TIMED_OUT, f"{cell.name} does not come to an end within the time limit.", ""
        case CellStatus.DIED:
            hint = f"The kernel stops when {cell.name} is called. Does the code leave Python, or take all memory?"
            return State.CRASHED, hint, ""
        case CellStatus.RAISED:
            return _raised(cell, check, exercise)
    hint = "The kernel stopped too often before this check could run. Begin with the first exercise that stops it."
    return State.CRASHED, hint, ""


def _raised(cell: GradedCell, check: CellRun, exercise: CellRun) -> tuple[State, str, str]:
    if check.error == "NotAttempted":
        return State.UNTOUCHED, f"{cell.title} is not attempted yet.", "not_attempted"
    undefined = check.error == "NameError" and check.message.startswith(f"name '{cell.name}' is not defined")
    if undefined or (check.error == "CheckFailed" and check.key == "missing"):
        return _undefined(cell, exercise)
    if check.error == "CheckFailed":
        return State.CRASHED if check.key == "package" else State.FAILED, _lines(check.message), check.key
    if check.error == "StudentError":
        return State.FAILED, f"{cell.name} stops with {check.message}", "raises"
    if check.error == "CandidateError":
        hint = f"What {cell.name} gives back can't be read. Does it return plain values, lists, dicts or arrays?"
        return State.CRASHED, hint, "no_value"
    return State.INFRASTRUCTURE, OURS, check.error


def _undefined(cell: GradedCell, exercise: CellRun) -> tuple[State, str, str]:
    """Say why the name of an exercise is not there when its check runs."""
    match exercise.status:
        case CellStatus.TIMED_OUT:
            return State.TIMED_OUT, f"The cell of {cell.title} does not come to an end within the time limit.", ""
        case CellStatus.DIED:
            return State.CRASHED, f"The kernel stops in the cell of {cell.title}, so {cell.name} is not defined.", ""
        case CellStatus.RAISED:
            error = ": ".join(filter(None, (exercise.error, exercise.message[:300])))
            return State.CRASHED, f"The cell of {cell.title} stops with {error}\nSo {cell.name} is not defined.", ""
    hint = f"{cell.name} is not defined.\nHas the function another name now?\nThe cell of {cell.title}."
    return State.FAILED, hint, "missing"


def _missing(cell: GradedCell) -> Verdict:
    fresh = "Put your work into a fresh copy of the lab, and hand in that one."
    return Verdict(cell.grade_id, State.MISSING, f"The cell of {cell.title} is not in the notebook. {fresh}")


def _lines(message: str) -> str:
    """Return the lines of a failed check without its title."""
    return "\n".join(line.strip() for line in message.splitlines()[1:] if line.strip())


def _written(cell: GradedCell, aligned: Aligned, assignment: Assignment) -> Verdict:
    if aligned.unreadable:
        return Verdict(cell.grade_id, State.UNREADABLE, aligned.unreadable)
    if cell.grade_id in aligned.missing:
        return _missing(cell)
    answer = next(found for found in aligned.notebook.cells if found.get("id") == cell.grade_id)
    asked = assignment.cell(cell.grade_id).source
    if answer.source.split() in (asked.split(), inert.markdown(asked).split()):
        return Verdict(cell.grade_id, State.UNTOUCHED, f"{cell.title} is not answered yet.", "not_attempted")
    return Verdict(cell.grade_id, None)
