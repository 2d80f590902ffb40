"""Reads from the gradebook what is recorded about a class: one query for all, one row for each graded cell."""

from __future__ import annotations

import json
import zlib
from itertools import groupby
from sys import intern
from typing import TYPE_CHECKING, Any

from nbgrader import api
from nbgrader.api import BaseCell, Comment, Grade, MissingEntry, Notebook, SubmittedAssignment, SubmittedNotebook
from sqlalchemy import and_, case, select

from autograder.gradebook.tables import Check, Submission
from autograder.model.recorded import Grading, Line, Report
from autograder.model.verdict import Note, State, Work

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy import Connection, Row, Select

AT_ONCE = 2000  # rows that are held besides the reports


def gradings(connection: Connection, assignment: str) -> dict[str, Grading]:
    """Return each student's recorded grading; nothing for one whom nbgrader does not know any more."""
    found = (
        select(Submission.student, Submission.key, Submission.assignment_digest, Submission.engine)
        .join(api.Assignment, api.Assignment.name == Submission.assignment)
        .join(
            SubmittedAssignment,
            and_(
                SubmittedAssignment.assignment_id == api.Assignment.id,
                SubmittedAssignment.student_id == Submission.student,
            ),
        )
        .where(Submission.assignment == assignment)
    )
    return {
        row.student: Grading(row.key, intern(row.assignment_digest), intern(row.engine))
        for row in connection.execute(found)
    }


def read(connection: Connection, assignment: str) -> list[Report]:
    """Read what is recorded about each student, with the scores as they stand now, marks by hand included."""
    return sorted(_reports(connection, _rows(assignment)), key=lambda report: report.student)


def read_one(connection: Connection, assignment: str, student: str) -> Report:
    """Read what is recorded about one student. Raises MissingEntry when nothing is."""
    for report in _reports(connection, _rows(assignment).where(Submission.student == student)):
        return report
    raise MissingEntry(f"{student} has no recorded grading of {assignment}")


def times(connection: Connection, assignment: str) -> dict[str, datetime | None]:
    """Return when each student handed in, as far as it is recorded, in UTC."""
    mine = SubmittedAssignment
    found = select(mine.student_id, mine.timestamp).join(api.Assignment, api.Assignment.id == mine.assignment_id)
    return {row.student_id: row.timestamp for row in connection.execute(found.where(api.Assignment.name == assignment))}


def work(connection: Connection, assignment: str, student: str) -> tuple[Work, ...]:
    """Read what a student wrote for each exercise and question; nothing where nothing is recorded."""
    mine = and_(Submission.assignment == assignment, Submission.student == student)
    data = connection.scalar(select(Submission.work).where(mine))
    return tuple(Work(**one) for one in json.loads(zlib.decompress(data))) if data else ()


def _reports(connection: Connection, query: Select[Any]) -> Iterator[Report]:
    found = connection.execute(query.execution_options(yield_per=AT_ONCE))
    for _, of_one in groupby(found, key=lambda row: row.id):
        lines = list(of_one)
        first = lines[0]
        yield Report(
            first.student,
            tuple(map(_line, lines)),
            first.late_submission_penalty or 0.0,
            intern(first.isolation),
            first.submission_digest,
            intern(first.assignment_digest),
            intern(first.engine),
            tuple(Note(**note) for note in json.loads(first.receipt)) if first.receipt != "[]" else (),
            first.timestamp,
            first.graded_at,
            intern(first.kit),
            intern(first.checks_version),
            intern(first.release_version),
            intern(first.packages),
        )


def _line(row: Row[Any]) -> Line:
    scored = row.auto_score is not None or row.manual_score is not None
    return Line(
        intern(row.grade_id),  # a class has few different texts, but many of each
        intern(row.title),
        row.points,
        State(row.state) if row.state else None,
        intern(row.hint),
        row.score if scored else None,
        bool(row.exercise),
        row.manual_comment,
        intern(row.flag),
        row.auto_score,
        row.manual_score is not None,
        intern(row.exercise),
        intern(row.key),
        row.seconds,
    )


def _rows(assignment: str) -> Select[Any]:
    """Put together our tables and nbgrader's: a row for each check, those of a student in a row, in order."""
    scored, said = BaseCell.__table__.alias("scored"), BaseCell.__table__.alias("said")
    about = case((Check.exercise != "", Check.exercise), else_=Check.grade_id)
    lab, mine, page = api.Assignment, SubmittedAssignment, SubmittedNotebook
    columns = (
        *(Submission.id, Submission.student, Submission.isolation, page.late_submission_penalty),
        *(Submission.submission_digest, Submission.assignment_digest, Submission.engine),
        *(Submission.receipt, Submission.graded_at, mine.timestamp),
        *(Submission.kit, Submission.checks_version, Submission.release_version, Submission.packages),
        *(Check.grade_id, Check.title, Check.points, Check.state, Check.hint, Check.exercise, Check.flag),
        *(Check.key, Check.seconds),
        *(Grade.auto_score, Grade.manual_score, Grade.score.label("score"), Comment.manual_comment),
    )
    joined = (
        select(*columns)
        .select_from(Submission)
        .join(Check, Check.submission_id == Submission.id)
        .join(lab, lab.name == Submission.assignment)
        .join(Notebook, and_(Notebook.assignment_id == lab.id, Notebook.name == lab.name))
        .join(mine, and_(mine.assignment_id == lab.id, mine.student_id == Submission.student))
        .join(page, and_(page.notebook_id == Notebook.id, page.assignment_id == mine.id))
    )
    for cell, name, of, row in ((scored, Check.grade_id, "GradeCell", Grade), (said, about, "SolutionCell", Comment)):
        joined = joined.outerjoin(
            cell, and_(cell.c.notebook_id == Notebook.id, cell.c.name == name, cell.c.type == of)
        ).outerjoin(row, and_(row.cell_id == cell.c.id, row.notebook_id == page.id))
    return joined.where(Submission.assignment == assignment).order_by(Submission.id, Check.position)
