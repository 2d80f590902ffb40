"""When a lab is due, and who has more time: as it stands in nbgrader's gradebook."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nbgrader import api
from nbgrader.api import SubmittedAssignment
from sqlalchemy import select

from autograder.model.lab import find

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from autograder.course.course import Course


@dataclass(frozen=True)
class Terms:
    """When a lab is due, in UTC (None: never), and how much more time students have."""

    due: datetime | None
    extensions: dict[str, timedelta]


def terms(course: Course, lab: str) -> Terms:
    """Read when a lab is due."""
    find(lab, course.root)
    with course.gradebook() as gradebook, gradebook.engine.connect() as connection:
        due = connection.scalar(select(api.Assignment.duedate).where(api.Assignment.name == lab))
        mine = SubmittedAssignment
        rows = connection.execute(
            select(mine.student_id, mine.extension)
            .join(api.Assignment, api.Assignment.id == mine.assignment_id)
            .where(api.Assignment.name == lab, mine.extension.is_not(None))
            .order_by(mine.student_id)
        )
        return Terms(due, {row.student_id: row.extension for row in rows})
