"""Writes the class's grades as a table for a spreadsheet or an LMS, and all that is recorded as JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from autograder.base.errors import UserFacingError
from autograder.base.files import private_folder, replaced
from autograder.base.text import number, some
from autograder.gradebook import book, reads
from autograder.intake import roster
from autograder.model import assignment
from autograder.model.lab import find
from autograder.results import describe, feedback, lms_tables, spreadsheet
from autograder.results.lms_tables import Filled, Grade

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from sqlalchemy import Connection

    from autograder.course.course import Course
    from autograder.intake.roster import Row
    from autograder.model.assignment import Assignment
    from autograder.model.recorded import Line, Report

KINDS = ("canvas", "moodle", "plain", "json")
TO_MARK = "to mark"
_HOW = {
    "canvas": "In Canvas: Grades, Import.",
    "moodle": "In Moodle: the assignment (feedback types: Offline grading worksheet, Feedback comments), View all "
    "submissions, Upload grading worksheet.",
    "plain": "",
    "json": "One object for each submission, one line each: autograder/results/schemas/submission.schema.json.",
}


@dataclass(frozen=True)
class Wish:
    """What is to be written.

    to: see KINDS; out: where, else course/export/; gradebook: the LMS's own table, to be filled in
    column: Canvas's name of the assignment, else it is found by the lab's; scale: to the points that the LMS gives
    checks_only: leave out what a person marks
    """

    to: str
    out: Path | None = None
    gradebook: Path | None = None
    column: str = ""
    checks_only: bool = False
    scale: bool = False


@dataclass
class Exported:
    """What was written. unmarked, unchecked: who has no total yet, and why; shown: the LMS's table."""

    wish: Wish
    path: Path
    students: int
    unmarked: list[str] = field(default_factory=list)
    unchecked: list[str] = field(default_factory=list)
    shown: Filled | None = None

    def lines(self) -> list[str]:
        """Say it for the terminal."""
        found = [f"{self.students} students are in {self.path}. {_HOW[self.wish.to]}".rstrip()]
        if self.shown:
            found[0] = f"{self.shown.filled} scores are in {self.path}. {_HOW[self.wish.to]}"
            found += _names("Not graded completely, so the LMS's own score stays", self.shown.kept)
            found += _names("Graded, but not in the LMS's table", self.shown.strangers)
            found += _names("No number in course/roster.csv; --gradebook finds them by name, too", self.shown.nameless)
        found += _names("No total, so blank, since something could not be checked (see the report)", self.unchecked)
        if self.unmarked:
            found += _names("No total yet, so blank, since a written answer waits for a mark", self.unmarked)
            found.append("Mark written answers with `make formgrade`, or export without them: --checks-only.")
        return found


def export(course: Course, name: str, wish: Wish) -> Exported:
    """Write a class's grades as is wished.

    Raises UserFacingError when there is no such lab, nobody is graded, or a table can't be read or written.
    """
    lab = assignment.load(find(name, course.root))
    if wish.to not in KINDS:
        raise UserFacingError(f"There is no --to {wish.to}. It is one of {', '.join(KINDS)}.")
    if wish.gradebook and wish.to not in {"canvas", "moodle"}:
        raise UserFacingError(
            "--gradebook goes with --to canvas or --to moodle: it is their own table that is filled in."
        )
    if wish.scale and not wish.gradebook:
        raise UserFacingError("--scale goes with --gradebook: that says how many points the LMS gives.")
    with course.gradebook() as gradebook:
        reports = book.reports(gradebook, lab.name)
        if not reports:
            raise UserFacingError(f"Nobody is graded in {lab.name} yet: autograder grade {lab.name}")
        suffix = "jsonl" if wish.to == "json" else "csv"
        part = "-checks" if wish.checks_only and wish.to != "json" else ""
        path = wish.out or course.folder / "export" / f"{lab.name}-{wish.to}{part}.{suffix}"
        found = Exported(wish, path, len(reports))
        rows = [row for row in roster.read(course.folder / "roster.csv") if row.lab in {"", lab.name}]
        try:
            private_folder(path.parent)
            if wish.to == "json":
                with gradebook.engine.connect() as connection:
                    _write_lines(path, objects(connection, lab.name, reports, rows))
            else:
                _write_table(found, lab, reports, rows)
        except OSError as error:
            raise UserFacingError(f"{error.filename or path} can't be written: {error.strerror}.") from None
    return found


def objects(
    connection: Connection, lab: str, reports: Sequence[Report], rows: Sequence[Row]
) -> Iterator[dict[str, Any]]:
    """Make all that is recorded into objects, one submission at a time; see results/schemas/submission.schema.json."""
    names = {row.student: row.name for row in rows}
    for report in reports:
        work = reads.work(connection, lab, report.student)
        about = describe.describe(report, lab, work, name=names.get(report.student, ""))
        yield about | {"for_the_instructor": describe.for_the_instructor(report)}


def _write_lines(path: Path, found: Iterator[dict[str, Any]]) -> None:
    with replaced(path) as new, new.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(json.dumps(one, ensure_ascii=False) + "\n" for one in found)


def _write_table(found: Exported, lab: Assignment, reports: Sequence[Report], rows: Sequence[Row]) -> None:
    wish = found.wish
    grades = [grade(report, rows, wish.to, checks_only=wish.checks_only) for report in reports]
    for report, one in zip(reports, grades, strict=True):
        if one.points is None:
            unchecked = any(line.checked and line.score is None for line in report.lines)
            (found.unchecked if unchecked else found.unmarked).append(one.student)
    if wish.to == "plain":
        spreadsheet.write(found.path, _plain(lab, reports, grades))
        return
    if wish.gradebook:
        table, delimiter = spreadsheet.read(wish.gradebook)
        if wish.to == "canvas":
            shown = lms_tables.fill_canvas(table, grades, wish.column or lab.name, scale=wish.scale)
        else:
            shown = lms_tables.fill_moodle(table, grades, scale=wish.scale)
        shown.delimiter = delimiter
    else:
        shown = lms_tables.canvas(grades, wish.column or lab.name) if wish.to == "canvas" else lms_tables.moodle(grades)
    found.shown = shown
    spreadsheet.write(found.path, shown.rows, delimiter=shown.delimiter)


def grade(report: Report, rows: Sequence[Row] = (), lms: str = "plain", *, checks_only: bool = False) -> Grade:
    """Say what a student gets, the late penalty taken off; no points as long as something has no score."""
    lines = [line for line in report.lines if line.checked or not checks_only]
    mine = [row for row in rows if row.student == report.student]
    theirs = [row for row in mine if row.lms == lms]
    named = [row.name for row in theirs + mine if row.name]
    about = describe.describe(report, "")
    comment = f"{about['score']['words']} {about['begin_with']['words']}"
    earned = _sum(lines)
    return Grade(
        report.student,
        None if earned is None else max(0.0, earned - report.penalty),
        sum(line.points for line in lines),
        comment,
        named[0] if named else "",
        next((row.login for row in theirs + mine if row.login), ""),
        next((row.email for row in theirs + mine if row.email), ""),
        tuple(row.lms_id for row in theirs if row.lms_id.isdecimal()),
    )


def write_grades(folder: Path, reports: Sequence[Report], assignment: Assignment) -> None:
    """Write what everybody has in a lab, grades/<lab>.csv, and the totals of all labs, grades.csv.

    folder: the course's. A lab in which nobody is graded has no table. Raises UserFacingError for a table that can't be
    read.
    """
    tables = folder / "grades"
    private_folder(tables)
    if reports:
        write_csv(tables / f"{assignment.name}.csv", reports, assignment)
    else:
        (tables / f"{assignment.name}.csv").unlink(missing_ok=True)
    totals = {path.stem: _totals(path) for path in sorted(tables.glob("*.csv"))}
    students = sorted({student for of_lab in totals.values() for student in of_lab})
    rows = [[student, *(of_lab.get(student, "") for of_lab in totals.values())] for student in students]
    spreadsheet.write(folder / "grades.csv", [["student", *totals], *rows], mark=False)


def _totals(path: Path) -> dict[str, str]:
    """Read from a table of ours what each student has in all, as it stands there."""
    return {row[0]: row[1] for row in spreadsheet.read(path)[0][1:]}


def write_csv(path: Path, reports: Sequence[Report], assignment: Assignment) -> None:
    """Write one row for each student. What has no score yet is blank: never a zero that nobody gave."""
    spreadsheet.write(path, _detailed(assignment, reports), mark=False)


def _detailed(lab: Assignment, reports: Sequence[Report]) -> Iterator[list[str]]:
    header = ["student", "total", "checks", "written", "late_penalty"]
    yield header + [f"{cell.number} {part}" for cell in lab.graded for part in ("points", "state")] + ["to review"]
    for report in reports:
        lines = {line.grade_id: line for line in report.lines}
        of_checks = _sum([lines[cell.grade_id] for cell in lab.checks])
        of_written = _sum([lines[cell.grade_id] for cell in lab.written])
        cells = [part for cell in lab.graded for part in _cells(lines[cell.grade_id])]
        review = [what for what, _ in feedback.for_a_person(report)]
        review += [f"{line.title}: {line.flag}" for line in report.lines if line.flag]
        review += [note.text for note in report.receipt if note.doubt and note.how != "missing"]
        numbers = (grade(report).points, of_checks, of_written, report.penalty)
        yield [report.student, *map(number, numbers), *cells, "; ".join(review)]


def _plain(lab: Assignment, reports: Sequence[Report], grades: Sequence[Grade]) -> Iterator[list[str]]:
    """Put before the detailed table who each student is; the score is the one that was asked for."""
    who = [["name", "login", "email", "score", "of"]]
    who += [[one.name, one.login, one.email, number(one.points), number(one.best)] for one in grades]
    for about, row in zip(who, _detailed(lab, reports), strict=True):
        yield [row[0], *about, *row[1:]]


def _cells(line: Line) -> tuple[str, str]:
    state = line.state or (TO_MARK if line.score is None else "marked")
    return number(line.score), str(state)


def _sum(lines: Sequence[Line]) -> float | None:
    scores = [line.score for line in lines]
    return None if None in scores else sum(score for score in scores if score is not None)


def _names(what: str, students: Sequence[str]) -> list[str]:
    return [f"{what}: {some(students)}."] if students else []
