"""Removes one person from a course: hand-ins, grades, pages, archives, logs. What is left says nothing of them."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from autograder.base.errors import UserFacingError
from autograder.base.files import replaced
from autograder.commands.remove import remove
from autograder.delivery import release
from autograder.delivery.exchange import Exchange
from autograder.intake import attempts
from autograder.model.lab import labs

if TYPE_CHECKING:
    from pathlib import Path

    from autograder.course.course import Course


@dataclass
class Forgotten:
    """What was done.

    labs: where the person was; archives: that held the person, and are gone; logs: that were cleaned
    reports: what named the person, and is gone until it is written anew
    exchange: hand-ins and pages in nbgrader's exchange
    """

    labs: list[str] = field(default_factory=list)
    archives: list[Path] = field(default_factory=list)
    logs: list[Path] = field(default_factory=list)
    reports: list[Path] = field(default_factory=list)
    exchange: list[Path] = field(default_factory=list)

    @property
    def nothing(self) -> bool:
        """Whether the person was nowhere."""
        return not (self.labs or self.archives or self.logs or self.exchange)


def forget(course: Course, student: str) -> Forgotten:
    """Remove a student from everything that this course holds; to do it again changes nothing.

    Archives of the LMS that hold the student's files are removed as a whole; what they brought of others stays.
    Raises UserFacingError for a name that is no student's folder.
    """
    if not student or "/" in student or student in {".", ".."}:
        raise UserFacingError(f"{student!r} is no student: give the name of a folder in course/submitted.")
    done = Forgotten()
    names = [lab.name for lab in labs(course.root)]
    try:
        done.exchange = release.withdraw(Exchange.of(course), course, names, student)
    except OSError as error:
        raise UserFacingError(
            f"{error.filename} can't be removed from the exchange: {error.strerror}. Nothing else was removed."
        ) from None
    for lab in labs(course.root):
        if remove(course, lab.name, [student]):
            done.labs.append(lab.name)
    if done.labs:
        _wipe(course)
    done.archives = attempts.forget(course.folder, student)
    done.logs = [path for path in sorted(course.folder.glob("*.log*")) if _clean(path, student)]
    done.reports = _unpublish(course, student)
    return done


def _wipe(course: Course) -> None:
    """Have SQLite write its file anew: what was deleted would stay in it, unseen, until something takes its place."""
    with course.gradebook() as gradebook:
        if gradebook.engine.dialect.name != "sqlite":
            return
        with gradebook.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def _clean(path: Path, student: str) -> bool:
    """Take out of a log every line that names a student."""
    name = re.compile(rf"(?<![\w-]){re.escape(student)}(?![\w-])".encode())
    lines = path.read_bytes().splitlines(keepends=True)
    kept = [line for line in lines if not name.search(line)]
    if len(kept) == len(lines):
        return False
    with replaced(path) as new:
        new.write_bytes(b"".join(kept))
        shutil.copymode(path, new)
    return True


def _unpublish(course: Course, student: str) -> list[Path]:
    """Remove what was written for giving away and names everybody: reports, exports and zips of pages."""
    gone = []
    for folder in (course.folder / "report", course.folder / "exchange", course.folder / "export"):
        for path in sorted(folder.rglob("*"), reverse=True):
            if path.is_dir() and student in re.split(r"\+", path.name):  # nbgrader: <student>+<lab>+<time>
                shutil.rmtree(path)
                gone.append(path)
            elif path.is_file() and not path.is_symlink() and student.encode() in path.read_bytes():
                path.unlink()
                gone.append(path)
    return gone
