"""Gives pages out through nbgrader's exchange: under names that only those know who handed in."""

from __future__ import annotations

import hashlib
import os
import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from nbgrader.utils import notebook_hash

from autograder.base.errors import UserFacingError
from autograder.base.files import BY_UMASK, PUBLIC, SECRET, TIMESTAMP, is_shared, replaced, small_text
from autograder.base.text import some
from autograder.delivery.exchange import owner_name
from autograder.intake.attempts import Shelf

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from autograder.course.course import Course
    from autograder.delivery.exchange import Exchange
    from autograder.model.recorded import Report

MOST = 100  # pages of one student: names of notebooks times hand-ins of the same notebook
OLD = "handed in without a secret, so no page can find its way to them: students need nbgrader 0.9 or newer"


@dataclass
class Released:
    """What a run gave out.

    given: whose page is there; written: how many files of theirs are new or changed
    without: who has handed in without a secret; failed: what went wrong -> whose pages
    """

    given: list[str] = field(default_factory=list)
    written: int = 0
    without: list[str] = field(default_factory=list)
    failed: dict[str, list[str]] = field(default_factory=dict)

    def lines(self, place: Path) -> list[str]:
        """Say it for the terminal."""
        said = f"{len(self.given)} students find their page by `nbgrader fetch_feedback`"
        found = [f"{said}, {self.written} files of it new or changed: {place}."]
        return found + self.concerns()

    def concerns(self) -> list[str]:
        """Say whose page was not given out, and why."""
        found = [f"{some(self.without)}: {OLD}."] if self.without else []
        return found + [f"Not given out ({why}): {some(students)}." for why, students in self.failed.items()]


def mark(course: Course, lab: str, report: Report, folder: Path) -> None:
    """Put beside a page when it was handed in, and its secret, as nbgrader wants them there. folder: the page's."""
    autograded = course.path(course.directory.autograded_directory, report.student, lab)
    secret = small_text(autograded / SECRET) or _of_submitted(course, lab, report)
    for name, text in ((TIMESTAMP, small_text(autograded / TIMESTAMP)), (SECRET, secret)):
        if not text:
            (folder / name).unlink(missing_ok=True)
        elif small_text(folder / name) != text:
            with replaced(folder / name, mode=None if is_shared(folder) else BY_UMASK) as new:
                new.write_text(text, encoding="utf-8", newline="")


def _of_submitted(course: Course, lab: str, report: Report) -> str:
    """Return the secret of what lies in course/submitted, if that is what was graded."""
    secret = small_text(course.path(course.directory.submitted_directory, report.student, lab) / SECRET)
    data = course.read(report.student, lab) if secret else b""
    same = isinstance(data, bytes) and hashlib.sha256(data).hexdigest() == report.submission
    return secret if same else ""


def release(exchange: Exchange, course: Course, lab: str, students: Iterable[str]) -> Released:
    """Put each student's page into the exchange; what goes wrong for one is said, and stops nobody else.

    A page stands there once for each notebook that was in the hand-in, and for each hand-in of the same notebook: by
    these names nbgrader looks for it. Raises UserFacingError where the exchange can't be written.
    """
    _ready(exchange)
    found = Released()
    for student in students:
        folder = course.path(course.directory.feedback_directory, student, lab)
        secret = small_text(folder / SECRET).strip() and small_text(folder / SECRET)
        if not secret:
            found.without.append(student)
            continue
        try:
            page = (folder / f"{lab}.html").read_bytes()
            for name in _names(course, lab, student, secret):
                found.written += _put(exchange, exchange.feedback / f"{name}.html", page)
            found.given.append(student)
        except OSError as error:
            found.failed.setdefault(error.strerror or str(error), []).append(student)
    return found


def withdraw(exchange: Exchange, course: Course, labs: Iterable[str], student: str) -> list[Path]:
    """Take a student's hand-ins and pages out of an exchange; return what was there.

    To be done before the attempts are forgotten, since their secrets name the pages. Raises OSError where the exchange
    does not let us.
    """
    found = []
    for lab in labs:
        secret = small_text(course.path(course.directory.feedback_directory, student, lab) / SECRET)
        shelf = Shelf(course.folder / "collected" / lab / "attempts" / student, course.folder)
        for its in {secret, *(one.secret for one in shelf.attempts())} - {""}:
            found += [exchange.feedback / f"{name}.html" for name in _names(course, lab, student, its)]
    pages = {path for path in found if path.is_file()}
    for path in pages:
        path.unlink()
    folders = [path for path in sorted(exchange.inbound.glob("*+*")) if path.name.partition("+")[0] == student]
    for folder in folders:
        shutil.rmtree(folder)
    return [*sorted(pages), *folders]


def _ready(exchange: Exchange) -> None:
    """Make the folder for pages; one that somebody else has made in our place is not used."""
    place = exchange.feedback
    mode = 0o2771 if exchange.groupshared else 0o711  # entered by all, listed by nobody else: the names are the secret
    try:
        if not place.is_dir():
            place.mkdir()
            place.chmod(mode)
        about = place.lstat()
    except OSError as error:
        raise UserFacingError(
            f"{place} can't be made: {error.strerror}. Release the lab through the exchange first: nbgrader "
            "release_assignment"
        ) from None
    if not exchange.groupshared and about.st_uid != os.geteuid():
        raise UserFacingError(
            f"{place} belongs to {owner_name(about.st_uid)}: pages are given out by whoever has released the lab, or "
            "by several in a course folder that a group shares."
        )


def _names(course: Course, lab: str, student: str, secret: str) -> Iterator[str]:
    """List the names under which a student's nbgrader looks for a page."""
    shelf = Shelf(course.folder / "collected" / lab / "attempts" / student, course.folder)
    attempts = [one for one in shelf.attempts() if one.secret]
    graded = [one.files for one in attempts if one.secret == secret]
    stems = {(secret, lab): None}
    submitted = course.path(course.directory.submitted_directory, student, lab)
    if small_text(submitted / SECRET) == secret:
        stems |= {(secret, path.stem): None for path in submitted.glob("*.ipynb")}
    for one in reversed(attempts):
        if one.files in graded:
            stems |= {(one.secret, stem): None for stem in (lab, *one.notebooks)}
    for its, stem in list(stems)[:MOST]:
        yield str(notebook_hash(secret=its, notebook_id=stem))


def _put(exchange: Exchange, path: Path, page: bytes) -> bool:
    """Write a page, in one step, for whoever knows its name; return whether it was another one before."""
    try:
        if path.stat().st_size == len(page) and path.read_bytes() == page:
            return False
    except FileNotFoundError:
        pass
    with replaced(path) as new:
        new.write_bytes(page)
        new.chmod(0o664 if exchange.groupshared else PUBLIC)  # whatever the umask
    return True
