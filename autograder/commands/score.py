"""A score that a person gives in place of a check's, or for a written answer: with the reason, for one student."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from autograder.base.errors import UserFacingError
from autograder.base.nearest import question
from autograder.commands import grade
from autograder.gradebook.recorder import Recorder
from autograder.model import assignment
from autograder.model.lab import find

if TYPE_CHECKING:
    from autograder.course.course import Course
    from autograder.model.recorded import Line


@dataclass(frozen=True)
class Scored:
    """What stands for one exercise of one student, before and after."""

    student: str
    before: Line
    after: Line

    def line(self) -> str:
        """Say it in one line."""
        old, new = (_points(one) for one in (self.before, self.after))
        return f"{self.student}, {self.after.title}: {old} -> {new} of {self.after.points:g}"


def give(course: Course, lab: str, student: str, exercise: str, points: float | None, why: str = "") -> Scored:
    """Set what a student has for an exercise or a question, and write the pages and the table anew.

    The score is nbgrader's manual score, and `why` its comment: it stands on the student's page, and stays when the
    student is graded again. points: None takes both back, so that what the check found counts.
    Raises UserFacingError for a student or an exercise that there is not, and for points that it does not have.
    """
    loaded = assignment.load(find(lab, course.root))
    cell = loaded.find(exercise)
    if points is not None and not 0 <= points <= cell.points:
        raise UserFacingError(f"{cell.title} has {cell.points:g} points: give 0 to {cell.points:g}, not {points:g}.")
    if points is not None and not why.strip():
        raise UserFacingError('Say why, in words that the student reads: --why "..."')
    with Recorder(course.directory, course.config, loaded) as recorder:
        known = recorder.gradings()
        if student not in known:
            raise UserFacingError(f"Nothing is recorded about {student!r} in {lab}.{question(student, known)}")
        before = _line(recorder, student, cell.grade_id)
        recorder.mark(student, cell, points, why.strip())
        after = _line(recorder, student, cell.grade_id)
    grade.refresh(course, lab)
    return Scored(student, before, after)


def _line(recorder: Recorder, student: str, grade_id: str) -> Line:
    return next(line for line in recorder.report(student).lines if line.grade_id == grade_id)


def _points(line: Line) -> str:
    if line.score is None:
        return "open"
    return f"{line.score:g}" + (" (by hand)" if line.by_hand else "")
