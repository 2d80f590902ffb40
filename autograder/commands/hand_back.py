"""Gives feedback back: writes everybody's page, and puts the pages together as an LMS takes them."""

from __future__ import annotations

import json
import re
import shutil
import zipfile
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from autograder.base.errors import UserFacingError
from autograder.base.files import BY_UMASK, course_place, is_shared, private_folder, replaced
from autograder.base.text import some
from autograder.delivery import release
from autograder.gradebook import book, reads
from autograder.intake import roster
from autograder.intake.attempts import Shelf
from autograder.model.lab import find
from autograder.results import describe, feedback

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from nbgrader.api import Gradebook

    from autograder.course.course import Course
    from autograder.delivery.exchange import Exchange
    from autograder.delivery.release import Released
    from autograder.intake.roster import Row
    from autograder.model.recorded import Report
    from autograder.model.verdict import Work

KINDS = ("canvas", "moodle", "plain")
_HEAD = 400  # bytes of a page in which its fingerprint stands
_MADE = (1980, 1, 1, 0, 0, 0)  # so that the same pages make the same zip
_HOW = {
    "canvas": "In Canvas: the assignment's page, Re-Upload Submissions. Each page becomes a file in its student's "
    "comments, under the name of the file that was handed in.",
    "moodle": "In Moodle: the assignment, View all submissions, Upload multiple feedback files in a zip (for which the "
    "assignment needs the feedback type Feedback files).",
    "plain": "Each file is named after its student's folder in course/submitted.",
}


@dataclass
class Published:
    """What a run wrote.

    given: how many pages are in targets; without: who has no number there that the LMS knows
    released: what was given out through an exchange, and which
    """

    lab: str
    pages: int
    written: int
    kind: str = ""
    targets: list[Path] = field(default_factory=list)
    given: int = 0
    without: list[str] = field(default_factory=list)
    released: Released | None = None
    exchange: Exchange | None = None

    def lines(self) -> list[str]:
        """Say it for the terminal."""
        where = f"{course_place()}/feedback/<student>/{self.lab}/{self.lab}.html"
        found = [f"{self.pages} pages, {self.written} of them new or changed: {where}; .txt and .json are beside each."]
        if self.released and self.exchange:
            found += self.released.lines(self.exchange.feedback)
        elif self.targets:
            found.append(f"{self.given} files are in {', '.join(map(str, self.targets))}. {_HOW[self.kind]}")
        else:
            found.append(
                "To give them out, mail each student their page, or put all into one file that Canvas or Moodle takes: "
                f"autograder publish-feedback {self.lab} --zip feedback.zip; through nbgrader's exchange: --to exchange"
            )
        if self.without:
            lms = self.kind.capitalize()
            found.append(f"Not in it, since course/roster.csv has no number of theirs for {lms}: {some(self.without)}.")
        return found


def names(folder: Path) -> dict[str, str]:
    """Return the names of people in the roster of a course's folder; Canvas tells none that is fit to be read."""
    return {row.student: row.name for row in roster.read(folder / "roster.csv") if row.lms != "canvas"}


def write(course: Course, lab: str, reports: Sequence[Report], forms: Sequence[str] = ("html",)) -> int:
    """Write the pages that are new or changed: course/feedback/<student>/<lab>/<lab>.html. Returns how many.

    forms: of html, txt, json; of a page that has changed, those that are not asked for are removed
    What students wrote is read for one at a time, and only for pages that are written.
    """
    known, count = names(course.folder), 0
    read: Callable[[str], tuple[Work, ...]] | None = None
    with ExitStack() as stack:
        for report in reports:
            folder = course.path(course.directory.feedback_directory, report.student, lab)
            name = known.get(report.student, "")
            paths = {form: folder / f"{lab}.{form}" for form in _FORMS}
            private_folder(folder)
            release.mark(course, lab, report, folder)
            if _is(paths["html"], feedback.fingerprint(report, lab, name=name)) and all(
                paths[form].exists() for form in forms
            ):
                continue
            if read is None:
                gradebook = stack.enter_context(course.gradebook())
                connection = stack.enter_context(gradebook.engine.connect())
                read = partial(reads.work, connection, lab)
            work = read(report.student)
            for form, path in paths.items():  # the page is the last: by it we know that all is written
                if form in forms:
                    with replaced(path, mode=None if is_shared(folder) else BY_UMASK) as new:
                        new.write_text(_FORMS[form](report, lab, work, name=name), encoding="utf-8", newline="\n")
                else:
                    path.unlink(missing_ok=True)
            count += 1
    return count


def page(gradebook: Gradebook, folder: Path, lab: str, student: str) -> str:
    """Make one student's page. folder: the course's. Raises MissingEntry when nothing is recorded."""
    with gradebook.engine.connect() as connection:
        report, work = reads.read_one(connection, lab, student), reads.work(connection, lab, student)
    return feedback.page(report, lab, work, name=names(folder).get(student, ""))


def publish(
    course: Course,
    lab: str,
    *,
    folder: Path | None = None,
    archive: Path | None = None,
    kind: str = "",
    exchange: Exchange | None = None,
    forms: Sequence[str] = ("html", "txt", "json"),
) -> Published:
    """Write everybody's feedback, and where asked, put the pages into a folder or a zip as an LMS takes them.

    kind: see KINDS; empty: the LMS that the students come from, by the roster
    exchange: nbgrader's, through which the pages are to be given out; forms: see `write`
    Raises UserFacingError when there is no such lab, nobody is graded, or something can't be written.
    """
    find(lab, course.root)
    if kind and kind not in KINDS:
        raise UserFacingError(f"There is no --for {kind}. It is one of {', '.join(KINDS)}.")
    with course.gradebook() as gradebook:
        reports = book.reports(gradebook, lab)
    if not reports:
        raise UserFacingError(f"Nobody is graded in {lab} yet: autograder grade {lab}")
    try:
        found = Published(lab, len(reports), write(course, lab, reports, forms))
        if exchange:
            found.exchange = exchange
            found.released = release.release(exchange, course, lab, [report.student for report in reports])
        if folder or archive:
            _give(course, found, [report.student for report in reports], folder, archive, kind)
    except OSError as error:
        raise UserFacingError(f"{error.filename} can't be written: {error.strerror}.") from None
    return found


def _give(
    course: Course, found: Published, students: Sequence[str], folder: Path | None, archive: Path | None, kind: str
) -> None:
    rows = [row for row in roster.read(course.folder / "roster.csv") if row.lab in {"", found.lab}]
    found.kind = kind or _kind(rows, students)
    named = {student: _names(course, found.lab, found.kind, student, rows) for student in students}
    found.without = [student for student, places in named.items() if not places]
    step = course.directory.feedback_directory
    files = [
        (place, course.path(step, student, found.lab) / f"{found.lab}.html")
        for student, places in named.items()
        for place in places
    ]
    found.given = len(files)
    for target, give in ((folder, _to_folder), (archive, _to_zip)):
        if target:
            give(target, files)
            found.targets.append(target)


def _kind(rows: Sequence[Row], students: Sequence[str]) -> str:
    """Tell the LMS by who is in the roster; plain when there are several, or another one."""
    found = {row.lms for row in rows if row.student in set(students)}
    return found.pop() if len(found) == 1 and found <= set(KINDS) else "plain"


def _names(course: Course, lab: str, kind: str, student: str, rows: Sequence[Row]) -> tuple[str, ...]:
    """Name the file of a student as an LMS takes it back; nothing where it would not know whose it is."""
    file = f"{lab}-feedback.html"
    if kind == "plain":
        return (f"{student}-{file}",)
    mine = [row for row in rows if row.student == student and row.lms == kind and row.lms_id.isdecimal()]
    if kind == "moodle":
        return tuple(f"{_piece(row.name)}_{row.lms_id}_assignsubmission_file/{file}" for row in mine)
    # Canvas knows a hand-in by the number of its file.
    newest = Shelf(course.folder / "collected" / lab / "attempts" / student, course.folder).newest()
    number = newest.order if newest else 0
    return tuple(f"{_piece(row.name)}_{row.lms_id}_{number}_{file}" for row in mine) if number else ()


def _piece(name: str) -> str:
    """Make a name fit for a part of a file's name: an LMS cuts it at the underscores."""
    return re.sub(r'[\x00-\x1f/\\:*?"<>|_]+', " ", name).strip(". ") or "student"


def _to_folder(target: Path, files: Iterable[tuple[str, Path]]) -> None:
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name, page in files:
        place = target / name
        place.parent.mkdir(mode=0o700, exist_ok=True)
        with replaced(place) as new:
            shutil.copyfile(page, new)


def _to_zip(target: Path, files: Iterable[tuple[str, Path]]) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with replaced(target) as new, zipfile.ZipFile(new, "w") as archive:
        for name, page in files:
            about = zipfile.ZipInfo(name, _MADE)
            about.compress_type, about.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            archive.writestr(about, page.read_bytes())


def _is(page: Path, fingerprint: str) -> bool:
    try:
        with page.open("rb") as file:
            return f'content="{fingerprint}"'.encode() in file.read(_HEAD)
    except FileNotFoundError:
        return False


def _json(report: Report, lab: str, work: Iterable[Work], *, name: str) -> str:
    return json.dumps(describe.describe(report, lab, work, name=name), indent=1, ensure_ascii=False) + "\n"


_FORMS: dict[str, Callable[..., str]] = {"txt": feedback.text, "json": _json, "html": feedback.page}
