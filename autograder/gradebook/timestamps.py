"""The time of a hand-in, kept beside its result."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nbgrader.coursedir import CourseDirectory


def keep_timestamp(course: CourseDirectory, student: str, lab: str, *, timed: bool = True) -> None:
    """Put the time of a hand-in beside its result: by it nbgrader knows a newer one. Our `ignore` keeps it out.

    timed: there is a time that can be read; nbgrader stops at one that can't
    """
    submitted, autograded = (
        Path(course.format_path(step, student, lab), "timestamp.txt")
        for step in (course.submitted_directory, course.autograded_directory)
    )
    autograded.unlink(missing_ok=True)
    if timed and submitted.is_file() and not submitted.is_symlink():
        shutil.copyfile(submitted, autograded)
