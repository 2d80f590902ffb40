"""Writes the zip that grades a lab on Gradescope, with a key of its own that is made from the course's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from autograder.base.errors import UserFacingError
from autograder.bundle import archive
from autograder.bundle.results import VISIBILITIES

if TYPE_CHECKING:
    from pathlib import Path

    from autograder.bundle.grading import Settings
    from autograder.course.course import Course

OPEN_SCORES = SHOW, HIDE = "show", "hide"
LEAST_MINUTES, MOST_MINUTES = 2, 40
LARGEST = 100 << 20  # bytes of a zip that Gradescope takes


def write(course: Course, settings: Settings, out: Path) -> str:
    """Write it; return a sentence on what is in it. Raises UserFacingError."""
    if settings.visibility not in VISIBILITIES:
        raise UserFacingError(f"--visibility is {', '.join(VISIBILITIES[:-1])} or {VISIBILITIES[-1]}.")
    if not LEAST_MINUTES <= settings.minutes <= MOST_MINUTES:
        raise UserFacingError(f"--minutes is Gradescope's time limit: {LEAST_MINUTES} to {MOST_MINUTES}.")
    if out.suffix != ".zip" or not out.parent.is_dir():
        raise UserFacingError(f"{out} can't be written: it is to end in .zip, in a folder that is there.")
    names = archive.write(out, settings, course.rules.secret, course.root)
    size = out.stat().st_size
    if size > LARGEST:
        raise UserFacingError(f"{out} has {size >> 20} MB, and Gradescope takes {LARGEST >> 20}.")
    return (
        f"{out} grades {settings.lab} on Gradescope: {len(names)} files, {size / 2**20:.0f} MB. It holds this lab's"
        " hidden tests and a key for it alone: keep it as you keep solutions/. It holds no gradebook, no roster and no"
        " course key. Next: docs/gradescope.md"
    )
