"""Writes the class at a glance, course/report/index.html: one self-contained page, from recorded results only."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from autograder.base.errors import UserFacingError
from autograder.base.files import private_folder, replaced
from autograder.commands import hand_back
from autograder.course.terms import Terms, terms
from autograder.gradebook import book, reads
from autograder.intake import attempts
from autograder.model import assignment
from autograder.model.lab import find
from autograder.model.recorded import by_weakness
from autograder.model.verdict import State
from autograder.results import charts, review_queue, similar, statistics
from autograder.results.pages import TEMPLATES, style

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    from sqlalchemy import Connection

    from autograder.course.course import Course
    from autograder.model.assignment import Assignment
    from autograder.model.recorded import Report

NEWEST = "index.html"
TOP = 12  # misconceptions in the chart
FEW = 30  # in a smaller class a discrimination is taken with a warning
OUTCOME_WORDS: dict[str, str] = {
    State.PASSED: "passed",
    State.FAILED: "failed",
    State.CRASHED: "crashed",
    State.TIMED_OUT: "timed out",
    State.UNTOUCHED: "untouched",
    statistics.PERSON: "for a person",
}


@dataclass(frozen=True, slots=True)
class Late:
    """One late hand-in. by: how late, in words; empty where the LMS says no more than that it is late."""

    student: str
    handed_in: datetime | None
    by: str
    penalty: float


def write(course: Course, name: str, *, compare: bool = True) -> Path:
    """Write the page of a lab and return its path; index.html is the newest page.

    compare: also look for similar code. Raises UserFacingError when there is no such lab, or nothing is recorded.
    """
    lab = assignment.load(find(name, course.root))
    with course.gradebook() as gradebook:
        reports = book.reports(gradebook, name)
        if not reports:
            raise UserFacingError(f"Nobody's {name} has been graded yet: autograder grade {name}")
        with gradebook.engine.connect() as connection:
            code = _code(connection, lab, reports) if compare else {}
    starter = {cell.exercise: lab.cell(cell.exercise).source for cell in lab.checks}
    alike = similar.find(code, starter, lab.solutions) if compare else None
    folder = course.folder / "report"
    said = {student for student, attempt in attempts.handed_in(course.folder, name).items() if attempt.late}
    links = {report.student: _link(course, report.student, name, folder) for report in reports}
    others = sorted({path.stem for path in folder.glob("*.html")} - {"index", name})
    text = page(
        name,
        reports,
        late=latecomers(reports, terms(course, name), said),
        alike=alike,
        titles={cell.exercise: cell.title for cell in lab.checks},
        links=links,
        names=hand_back.names(course.folder),
        others=others,
    )
    try:
        private_folder(folder)
        for path in (folder / f"{name}.html", folder / NEWEST):
            with replaced(path) as new:
                new.write_text(text, encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise UserFacingError(f"{error.filename or folder} can't be written: {error.strerror}.") from None
    return folder / NEWEST


def page(
    lab: str,
    reports: Sequence[Report],
    *,
    late: Sequence[Late] = (),
    alike: similar.Similar | None = None,
    titles: Mapping[str, str] | None = None,
    links: Mapping[str, str] | None = None,
    names: Mapping[str, str] | None = None,
    others: Sequence[str] = (),
) -> str:
    """Return the page as HTML: self-contained, without scripts, everything escaped.

    late: from `latecomers`; alike: None when nobody looked. titles: grade id of an exercise -> its title
    links: student -> address of the page they got, empty where there is none; names: student -> what they are called
    others: labs that have a page
    """
    scores, items, found = statistics.scores(reports), statistics.items(reports), statistics.misconceptions(reports)
    named = [one for one in found if not one.general]
    checked = [item for item in items if item.checked]
    drawn = {
        "histogram": charts.histogram(scores),
        "outcomes": charts.outcomes(checked),
        "quality": charts.quality([item for item in items if item.difficulty is not None]),
        "ranking": charts.ranking(named[:TOP], len(reports)),
    }
    sheet, allowed = style("report")
    return TEMPLATES.get_template("report.html.j2").render(
        style=sheet,
        allowed=allowed,
        lab=lab,
        about=_about(lab, reports, len(scores.shares)),
        scores=scores,
        items=items,
        checked=checked,
        misconceptions={"named": named, "general": [one for one in found if one.general]},
        charts=drawn,
        outcomes=OUTCOME_WORDS,
        in_words=statistics.in_words,
        late=late,
        alike=alike,
        titles=titles or {},
        links=links or {},
        names=names or {},
        others=others,
        limits=similar,
        written=datetime.now(UTC),
    )


def _about(lab: str, reports: Sequence[Report], scored: int) -> dict[str, Any]:
    """Say about a class what stands at the top of the page. scored: how many have a score."""
    tasks = review_queue.tasks(reports, lab)
    return {
        "students": len(reports),
        "tasks": tasks,
        "waiting": len({student for task in tasks for _, who in task.cases for student in who}),
        "to_mark": sum(any(line.score is None and line.state is None for line in report.lines) for report in reports),
        "weaker": by_weakness(reports),
        "versions": statistics.versions(reports),
        "graded_at": max((report.graded_at for report in reports if report.graded_at), default=None),
        "margin": 1.96 / max(1, scored - 3) ** 0.5,
        "few": scored < FEW,
        "too_few": scored < statistics.FEW,
    }


def latecomers(reports: Sequence[Report], terms: Terms, said: Collection[str] = ()) -> list[Late]:
    """List who was late, the latest first. said: whom the LMS calls late; it counts where nobody knows the time."""
    found = []
    for report in reports:
        by = timedelta()
        if report.handed_in and terms.due:
            by = report.handed_in - terms.due - terms.extensions.get(report.student, timedelta())
        told = report.student in said and not (report.handed_in and terms.due)
        if by > timedelta() or report.penalty or told:
            found.append((by, Late(report.student, report.handed_in, _duration(by.total_seconds()), report.penalty)))
    return [one for _, one in sorted(found, key=lambda pair: (-pair[0], pair[1].student))]


def _duration(seconds: float) -> str:
    """Say how long, in its two largest units."""
    if seconds <= 0:
        return ""
    minutes = max(1, round(seconds / 60))
    parts = ((minutes // 1440, "d"), (minutes % 1440 // 60, "h"), (minutes % 60, "min"))
    return " ".join([f"{count} {unit}" for count, unit in parts if count][:2])


def _code(connection: Connection, lab: Assignment, reports: Sequence[Report]) -> dict[str, dict[str, str]]:
    """Read what everyone wrote for each exercise; who has nothing that could be read is left out."""
    exercises = {cell.exercise for cell in lab.checks}
    found = {}
    for report in reports:
        works = reads.work(connection, lab.name, report.student)
        cells = {one.grade_id: one.source for one in works if one.grade_id in exercises}
        if cells:
            found[report.student] = cells
    return found


def _link(course: Course, student: str, name: str, folder: Path) -> str:
    """Return the address of a student's page as seen from the report; empty where there is no such page."""
    path = course.path(course.directory.feedback_directory, student, name) / f"{name}.html"
    return quote(os.path.relpath(path, folder)) if path.is_file() else ""
