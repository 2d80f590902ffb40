"""Late hand-ins: when a lab is due, who has more time, what lateness costs. It all stands in nbgrader's gradebook."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from autograder.base.errors import UserFacingError
from autograder.base.nearest import question
from autograder.base.times import time_zone
from autograder.commands import grade
from autograder.course.terms import terms
from autograder.gradebook.recorder import Recorder
from autograder.intake import roster
from autograder.model import assignment
from autograder.model.lab import find

if TYPE_CHECKING:
    from autograder.course.course import Course

_FORMATS = "2026-12-01, 2026-12-01 23:59 or 2026-12-01T23:59"
DAY = timedelta(days=1)


def set_due(course: Course, lab: str, when: str, timezone: str = "") -> datetime | None:
    """Set when a lab is due, or with an empty text that it never is; what lateness costs is found anew for everybody.

    when: in the time zone of that name; in this machine's without one. Raises UserFacingError for what is no time.
    """
    due = _time(when, timezone) if when else None
    with _recorder(course, lab) as recorder:
        recorder.due(due)
        recorder.penalise()
    grade.refresh(course, lab)
    return due


def extend(course: Course, lab: str, student: str, more: timedelta) -> None:
    """Give a student more time for a lab than the others have, from the due date on; nothing takes it back.

    Raises UserFacingError where the lab has no due date, or the student's name can't be one.
    """
    if more < timedelta():
        raise UserFacingError(
            "More time is wanted, not less: a number of days or hours from 0 on. 0 takes an extension back."
        )
    if terms(course, lab).due is None:
        raise UserFacingError(
            f"{lab} has no due date, so nobody needs more time. Set one: autograder due {lab} 2026-12-01"
        )
    known = {*course.students(lab), *(row.student for row in roster.read(course.folder / "roster.csv"))}
    if student not in known and (alike := question(student, known)):
        raise UserFacingError(f"There is no student {student!r}.{alike}")
    with _recorder(course, lab) as recorder:
        recorder.extend(student, more or None)
        recorder.penalise(student)
    grade.refresh(course, lab)


def _recorder(course: Course, lab: str) -> Recorder:
    return Recorder(course.directory, course.config, assignment.load(find(lab, course.root)))


def _time(text: str, timezone: str) -> datetime:
    """Read a time; a day alone means its end. The gradebook keeps UTC without a zone."""
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        raise UserFacingError(f"{text!r} is no time. One looks like {_FORMATS}.") from None
    if len(text.strip()) <= len("2026-12-01"):
        found += timedelta(hours=23, minutes=59, seconds=59)
    if found.tzinfo is None:
        zone = time_zone(timezone)
        found = found.replace(tzinfo=zone) if zone else found.astimezone()
    return found.astimezone(UTC).replace(tzinfo=None)
