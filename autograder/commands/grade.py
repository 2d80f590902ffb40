"""Grades a class: runs what is new, records each result as it comes, writes feedback pages and the grade table."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from autograder.base.errors import UserFacingError
from autograder.base.nearest import question
from autograder.commands import export, hand_back
from autograder.commands.differences import Difference, compare
from autograder.course.course import Course
from autograder.course.sample import sample_class
from autograder.delivery.exchange import Exchange
from autograder.engine import lease
from autograder.exam import submission
from autograder.gradebook import book
from autograder.gradebook.recorder import NameRejectedError, Recorder
from autograder.model import assignment
from autograder.model.lab import find, labs
from autograder.runs import class_run, permission
from autograder.runs.class_run import Where
from autograder.runs.progress import Progress, Usage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from autograder.engine.engine import Grounds
    from autograder.gradebook.book import Report
    from autograder.model.assignment import Assignment

__all__ = [
    "Course",
    "Difference",
    "GradingSummary",
    "Progress",
    "differences",
    "explain",
    "grade",
    "refresh",
    "write_feedback",
]


@dataclass
class GradingSummary:
    """What a run did: whom it graded, whom it had graded before, and what is recorded about everyone.

    waiting: who was to be graded in this run; gone: who has a grade, and no submission any more
    earlier: who of those kept was graded by an earlier version of the lab, its checks or the grader
    untimed: what the timestamp.txt of a student says, where that is no time
    """

    assignment: Assignment
    waiting: list[str] = field(default_factory=list)
    graded: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    earlier: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    untimed: dict[str, str] = field(default_factory=dict)
    reports: Sequence[Report] = ()
    usage: Usage = field(default_factory=Usage)


def grade(  # noqa: PLR0913  (each is an option of the command)
    course: Course,
    name: str,
    *,
    force: bool = False,
    isolation: str = "",
    yes_as_root: bool = False,
    progress: Progress | None = None,
    engine: Grounds | None = None,
    workers: int = 0,
    scheduler: str = "",
) -> GradingSummary:
    """Grade everyone who handed in a lab; what was graded before is kept, unless it or the course's rules changed.

    An empty course gets the sample class. isolation: "uid" or "none" to grade without a sandbox, by choice
    yes_as_root: without isolation, run anybody's work as root
    engine, workers, scheduler: on what, see class_run.Where
    Raises UserFacingError when there is no such lab, it has not been built, or students' code cannot be isolated.
    """
    progress = progress or Progress()
    run = _begin(course, name, isolation, progress, yes_as_root=yes_as_root)
    outcome = GradingSummary(run.lab)
    with Recorder(course.directory, course.config, run.lab) as recorder:
        known = {} if force else recorder.gradings()
        for student in course.students(name):
            stands = class_run.stands(run, student, known.get(student)) and course.autograded(student, name).exists()
            (outcome.kept if stands else outcome.waiting).append(student)
        outcome.earlier = [student for student in outcome.kept if class_run.outdated(run, known[student])]
        progress.begin(len(outcome.waiting))
        where = Where(workers, scheduler, engine)
        for student, graded in class_run.graded(run, outcome.waiting, where, progress, outcome.usage):
            try:
                recorder.save(student, graded)
                outcome.graded.append(student)
            except NameRejectedError as error:
                progress.warn(str(error))
            progress.done(student)
        recorder.retime(outcome.kept)
        outcome.untimed = recorder.untimed
        outcome.reports = recorder.reports()
    outcome.gone = sorted({report.student for report in outcome.reports} - set(course.students(name)))
    _publish(course, run.lab, outcome.reports)
    return outcome


def _begin(
    course: Course, name: str, isolation: str, progress: Progress, *, yes_as_root: bool = False
) -> class_run.Run:
    """Read a lab and its class; an empty course gets the sample class, which is our own work and trusted as such."""
    lab, exchange = find(name, course.root), Exchange.of(course)
    if (exchange.root / exchange.course_id).is_dir() and exchange.unreachable():
        progress.warn(exchange.unreachable())
    if not course.students(name):
        progress.filled_in(sample_class.write(lab, course.submitted))
    sample_class.refresh(lab, course.submitted)
    trusted = partial(sample_class.genuine, lab, course.submitted)
    run = class_run.begin(course, lab, isolation, trusted)
    run.yes_as_root = yes_as_root
    return run


def refresh(course: Course, name: str) -> None:
    """Write pages and table of a lab anew from what is recorded: nothing is graded."""
    with course.gradebook() as gradebook:
        _publish(course, assignment.load(find(name, course.root)), book.reports(gradebook, name))


def _publish(course: Course, lab: Assignment, reports: Sequence[Report]) -> None:
    write_feedback(course, lab, reports)
    if not (course.folder / "grades").exists():  # a course of release 1: its other labs have no table of their own yet
        _write_other_tables(course, lab.name)
    export.write_grades(course.folder, reports, lab)


def _write_other_tables(course: Course, but: str) -> None:
    with course.gradebook() as gradebook:
        for other in labs(course.root):
            found = book.reports(gradebook, other.name) if other.name != but else []
            if found:
                export.write_grades(course.folder, found, assignment.load(other))


def differences(
    course: Course,
    name: str,
    *,
    isolation: str = "",
    yes_as_root: bool = False,
    progress: Progress | None = None,
    engine: Grounds | None = None,
    workers: int = 0,
    scheduler: str = "",
) -> list[Difference]:
    """Grade everyone again and say whose result would change, and why. Nothing is written."""
    progress = progress or Progress()
    run = _begin(course, name, isolation, progress, yes_as_root=yes_as_root)
    found: list[Difference] = []
    with course.gradebook() as gradebook:
        before = {report.student: report for report in book.reports(gradebook, name)}
    students = course.students(name)
    progress.begin(len(students))
    for student, graded in class_run.graded(run, students, Where(workers, scheduler, engine), progress, Usage()):
        found += compare(student, before.get(student), graded, run.lab)
        progress.done(student)
    return sorted(found, key=lambda one: one.student)


def write_feedback(course: Course, lab: Assignment, reports: Sequence[Report]) -> None:
    """Write the pages that are new or changed: course/feedback/<student>/<lab>/<lab>.html."""
    hand_back.write(course, lab.name, reports)


def explain(course: Course, name: str, student: str, exercise: str) -> str:
    """Show an instructor what one check asked of a student's work, and what came: inputs, expected, actual."""
    lab = assignment.load(find(name, course.root))
    if student not in course.students(name):
        raise UserFacingError(f"{student!r} has handed in no {name}.{question(student, course.students(name))}")
    if not sample_class.genuine(find(name, course.root), course.submitted, student):
        permission.require_not_root(course.rules.isolation)
    with lease.lent(course.rules.kind) as engine:
        return asyncio.run(submission.explain(course.read(student, name), lab, course.rules, engine, exercise))
