"""Puts hand-ins right before nbgrader's own converter sees them, and says in its words what was collected.

nbgrader's converter passes over a notebook that was renamed, and then removes the earlier result; it misreads some
times, and stops at one that it can't read.
"""

from __future__ import annotations

from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING

from nbgrader.utils import parse_utc

from autograder.base.errors import UserFacingError
from autograder.base.files import TIMESTAMP, replaced, small_text
from autograder.base.times import stamp
from autograder.course.handed_in import fetch
from autograder.gradebook import timestamps

if TYPE_CHECKING:
    from collections.abc import Iterator, MutableMapping
    from datetime import datetime, tzinfo
    from logging import Logger

    from nbgrader.coursedir import CourseDirectory
    from traitlets.config import Config

    from autograder.intake.summary import Summary


def prepare(found: MutableMapping[str, list[str]], course: CourseDirectory, config: Config, log: Logger) -> None:
    """Put right each hand-in that nbgrader is about to grade; take out who can't be graded in this way.

    found: folder -> notebooks, as nbgrader has found them. Nothing that is recorded is lost: `autograder grade` grades
    those who are taken out. Raises UserFacingError where nobody is left.
    """
    name, refused = f"{course.assignment_id}.ipynb", []
    zone = timestamps.zone(config)
    for folder in map(Path, list(found)):
        try:
            why = _name(folder / name) or _time(folder, zone)
        except OSError as error:
            why = f"{error.filename} can't be written: {error.strerror}."
        if why:
            refused.append(f"{folder.parent.name}: {why} `autograder grade {course.assignment_id}` grades it.")
            del found[str(folder)]
        elif not any(Path(path).name == name for path in found[str(folder)]):
            found[str(folder)] = [*found[str(folder)], str(folder / name)]
    if refused and not found:
        raise UserFacingError(" ".join(refused))
    for sentence in refused:
        log.error("%s", sentence)


def _name(path: Path) -> str:
    """Give the one notebook of a hand-in the lab's name, as a copy beside it; say why that can't be."""
    if path.is_file():
        return ""
    data = fetch(path)
    if not isinstance(data, bytes):
        return str(data)
    with replaced(path) as new:
        new.write_bytes(data)
    return ""


def _time(folder: Path, zone: tzinfo | None) -> str:
    """Write the time of a hand-in so that nbgrader reads it rightly; say why that can't be."""
    when, other = timestamps.read(folder, zone)
    if other:
        return f"its {TIMESTAMP} is no time ({other})."
    if when is not None and _as_nbgrader(small_text(folder / TIMESTAMP)) != when:
        with replaced(folder / TIMESTAMP) as new:
            new.write_text(f"{stamp(when.replace(tzinfo=UTC))}\n", encoding="utf-8")
    return ""


def _as_nbgrader(text: str) -> datetime | None:
    try:
        found: datetime | None = parse_utc(text.strip())
    except Exception:  # noqa: BLE001  (dateutil raises what it likes)
        return None
    return found


def lines(found: Summary, lab: str) -> Iterator[str]:
    """Say who was collected as nbgrader does."""
    for student in sorted(found.students):
        if student in found.new:
            yield f"Collecting submission: {student} {lab}"
        elif student in found.newer:
            yield f"Updating submission: {student} {lab}"
        else:
            yield f"No newer submission to collect: {student} {lab}"
