"""Takes students out of a lab: what they handed in, and all that was made of it."""

from __future__ import annotations

import shutil
from contextlib import suppress
from typing import TYPE_CHECKING

from autograder.commands import export
from autograder.gradebook import book
from autograder.model import assignment
from autograder.model.lab import find

if TYPE_CHECKING:
    from collections.abc import Sequence

    from autograder.course.course import Course


def remove(course: Course, name: str, students: Sequence[str]) -> list[str]:
    """Take students out of a lab: submissions, grades and pages. Other labs stay. Returns who was there."""
    steps = (
        course.directory.submitted_directory,
        course.directory.autograded_directory,
        course.directory.feedback_directory,
    )
    with course.gradebook() as gradebook:
        removed = [student for student in students if book.remove(gradebook, student, name)]
    for student in students:
        for step in steps:
            folder = course.path(step, student, name)
            if folder.exists():
                shutil.rmtree(folder)
                removed.append(student)
            with suppress(OSError):  # another lab is in it
                folder.parent.rmdir()
    with course.gradebook() as gradebook:
        reports = book.reports(gradebook, name)
    if removed:
        export.write_grades(course.folder, reports, assignment.load(find(name, course.root)))
        for page in (course.folder / "report").glob("*.html"):  # it names them, and is out of date
            page.unlink()
    return sorted(set(removed))
