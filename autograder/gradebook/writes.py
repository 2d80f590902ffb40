"""Writes one grading into the gradebook's tables: a dozen statements, whatever the size of the class."""

from __future__ import annotations

import json
import secrets
import time
import zlib
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from nbgrader import api
from nbgrader.api import BaseCell, Comment, Grade, MissingEntry, Notebook, SubmittedAssignment, SubmittedNotebook
from sqlalchemy import and_, bindparam, delete, func, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from autograder.gradebook.tables import Check, Submission
from autograder.model.graded import GRADER_VERSION, Graded

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection

    from autograder.model.assignment import Assignment, GradedCell


@dataclass(frozen=True)
class Shape:
    """A lab as it stands in the gradebook: the ids of its rows.

    graded, commented: grade id -> id of the cell that has a score, a comment
    """

    lab: str
    assignment: str
    notebook: str
    graded: Mapping[str, str]
    commented: Mapping[str, str]


@dataclass(frozen=True)
class Place:
    """Where a student's submission of a lab stands in the gradebook, and what is there."""

    submission: str
    notebook: str
    timestamp: datetime | None = None
    due: datetime | None = None
    penalty: float | None = None

    @property
    def seconds_late(self) -> float:
        """Say how late it was handed in, an extension considered."""
        if self.timestamp is None or self.due is None:
            return 0.0
        return max(0.0, (self.timestamp - self.due).total_seconds())


def shape(connection: Connection, lab: str) -> Shape:
    """Look up a lab that is registered."""
    notebooks = select(api.Assignment.id, Notebook.id).join(Notebook, Notebook.assignment_id == api.Assignment.id)
    assignment, notebook = connection.execute(notebooks.where(api.Assignment.name == lab, Notebook.name == lab)).one()
    graded, commented = {}, {}
    cells = select(BaseCell.name, BaseCell.id, BaseCell.type).where(BaseCell.notebook_id == notebook)
    for name, cell, kind in connection.execute(cells):
        if kind in {"GradeCell", "TaskCell"}:
            graded[name] = cell
        if kind in {"SolutionCell", "TaskCell"}:
            commented[name] = cell
    return Shape(lab, assignment, notebook, graded, commented)


@cache
def _find() -> Any:
    """Ask for a student's submission, and hold it: whoever writes about a submission takes this row first."""
    mine, page = SubmittedAssignment, SubmittedNotebook
    return (
        select(mine.id, page.id, mine.timestamp, mine.extension, api.Assignment.duedate, page.late_submission_penalty)
        .join(api.Assignment, api.Assignment.id == mine.assignment_id)
        .outerjoin(page, and_(page.assignment_id == mine.id, page.notebook_id == bindparam("notebook")))
        .where(mine.assignment_id == bindparam("assignment"), mine.student_id == bindparam("student"))
        .with_for_update(of=mine, key_share=True)  # SQLite has locked everything by now
    )


def _new_id() -> str:
    """Make an id as long as nbgrader's; in the order of time, so that new rows lie together and cost the same."""
    return f"{time.time_ns():016x}{secrets.token_hex(8)}"


def find(connection: Connection, shape: Shape, student: str) -> Place | None:
    """Look up a student's submission, and keep others from writing about it until the end of the transaction."""
    wanted = {"notebook": shape.notebook, "assignment": shape.assignment, "student": student}
    row = connection.execute(_find(), wanted).one_or_none()
    if row is None:
        return None
    submission, notebook, timestamp, extension, due, penalty = row
    due = due and due + (extension or timedelta())
    return Place(submission, notebook or _page(connection, shape, submission), timestamp, due, penalty)


def _page(connection: Connection, shape: Shape, submission: str) -> str:
    number = _new_id()
    values = {"id": number, "assignment_id": submission, "notebook_id": shape.notebook}
    connection.execute(insert(SubmittedNotebook), values)
    return number


def enter(connection: Connection, shape: Shape, student: str, timestamp: datetime | None) -> Place:
    """Look up a student's submission, or make it as nbgrader does. Without a timestamp, an earlier one stays."""
    place = find(connection, shape, student)
    if place is None:
        return _make(connection, shape, student, timestamp)
    if timestamp is None or timestamp == place.timestamp:
        return place
    change = update(SubmittedAssignment).where(SubmittedAssignment.id == place.submission)
    connection.execute(change.values(timestamp=timestamp))
    return replace(place, timestamp=timestamp)


def _make(connection: Connection, shape: Shape, student: str, timestamp: datetime | None) -> Place:
    connection.execute(_new_student(connection.dialect.name), {"id": student})
    mine = _new_id()
    values = {"id": mine, "assignment_id": shape.assignment, "student_id": student, "timestamp": timestamp}
    connection.execute(insert(SubmittedAssignment), values)
    due = None
    if timestamp is not None:
        due = connection.scalar(select(api.Assignment.duedate).where(api.Assignment.id == shape.assignment))
    return Place(mine, _page(connection, shape, mine), timestamp, due)


@cache
def _new_student(dialect: str) -> Any:
    return _insert(dialect, api.Student.__table__).on_conflict_do_nothing()


def write(connection: Connection, shape: Shape, student: str, assignment: Assignment, graded: Graded) -> Place:
    """Write what grading found about a submission that is there. What a person gave stays as it is.

    Raises MissingEntry when there is no such submission.
    """
    place = find(connection, shape, student)
    if place is None:
        raise MissingEntry(f"There is no submission of {shape.lab} that this could be recorded for.")
    fill(connection, shape, place, assignment, graded)
    describe(connection, student, assignment, graded)
    return place


def fill(connection: Connection, shape: Shape, place: Place, assignment: Assignment, graded: Graded) -> None:
    """Write nbgrader's part: scores, and the hints that formgrader shows as comments."""
    points = {cell.grade_id: cell.points for cell in assignment.graded}
    scores = {verdict.grade_id: verdict.score(points[verdict.grade_id]) for verdict in graded.verdicts}
    grades = [_row(cell, place) | {"auto_score": scores.get(name)} for name, cell in shape.graded.items()]
    _put(connection, Grade, [row | {"needs_manual_grade": row["auto_score"] is None} for row in grades])
    exercises = {cell.grade_id: cell.exercise or cell.grade_id for cell in assignment.graded}
    hints = {exercises[verdict.grade_id]: _storable(verdict.hint) or None for verdict in graded.verdicts}
    comments = [_row(cell, place) | {"auto_comment": hints.get(name)} for name, cell in shape.commented.items()]
    _put(connection, Comment, comments)


def mark(connection: Connection, shape: Shape, place: Place, cell: GradedCell, points: float | None, why: str) -> None:
    """Write what a person gives for one graded cell, and why, as formgrader would; None takes both back."""
    mine = and_(Grade.cell_id == shape.graded[cell.grade_id], Grade.notebook_id == place.notebook)
    waits = Grade.auto_score.is_(None) if points is None else False
    connection.execute(update(Grade).where(mine).values(manual_score=points, needs_manual_grade=waits))
    said = shape.commented[cell.exercise or cell.grade_id]
    comment = and_(Comment.cell_id == said, Comment.notebook_id == place.notebook)
    words = None if points is None else _storable(why)
    connection.execute(update(Comment).where(comment).values(manual_comment=words))


def _row(cell: str, place: Place) -> dict[str, Any]:
    return {"id": _new_id(), "cell_id": cell, "notebook_id": place.notebook}


def describe(connection: Connection, student: str, assignment: Assignment, graded: Graded) -> None:
    """Write our part: what each score means, and what it was computed from."""
    facts = {
        "student": student,
        "assignment": assignment.name,
        "key": graded.key,
        "submission_digest": graded.digest,
        "assignment_digest": assignment.digest,
        "engine": GRADER_VERSION,
        "kit": assignment.versions.kit,
        "checks_version": assignment.versions.checks,
        "release_version": assignment.versions.release,
        "isolation": graded.level,
        "packages": graded.packages,
        "seed": graded.seed,
        "graded_at": datetime.now(UTC).replace(tzinfo=None),
        "receipt": json.dumps([asdict(note) for note in graded.receipt]),
        "work": zlib.compress(json.dumps([asdict(work) for work in graded.work]).encode()),
    }
    number = connection.execute(_submission(connection.dialect.name), facts).scalar_one()
    found = _check_rows(number, assignment, graded)
    gone = Check.grade_id.not_in([row["grade_id"] for row in found])
    connection.execute(delete(Check).where(Check.submission_id == number, gone))
    _put(connection, Check, found)


def _check_rows(number: int, assignment: Assignment, graded: Graded) -> list[dict[str, Any]]:
    cells = {cell.grade_id: (position, cell) for position, cell in enumerate(assignment.graded)}
    found = []
    for verdict in graded.verdicts:
        position, cell = cells[verdict.grade_id]
        found.append(
            {
                "submission_id": number,
                "position": position,
                "grade_id": cell.grade_id,
                "exercise": cell.exercise,
                "title": cell.title,
                "points": cell.points,
                "state": verdict.state.value if verdict.state else None,
                "key": _storable(verdict.key),
                "hint": _storable(verdict.hint),
                "flag": _storable(verdict.flag),
                "seconds": verdict.seconds,
            }
        )
    return found


def _storable(text: str) -> str:
    """Write out what no database takes: a student's error message can hold anything."""
    return text.replace("\0", "\\0").encode("utf-8", "backslashreplace").decode()


def score(connection: Connection, place: Place) -> float:
    """Add up the scores as they stand, marks by hand included."""
    total = select(func.coalesce(func.sum(Grade.score), 0.0)).where(Grade.notebook_id == place.notebook)
    return float(connection.execute(total).scalar_one())


def penalise(connection: Connection, place: Place, penalty: float | None) -> None:
    """Set the penalty for handing in late."""
    if penalty != place.penalty:
        change = update(SubmittedNotebook).where(SubmittedNotebook.id == place.notebook)
        connection.execute(change.values(late_submission_penalty=penalty))


def _insert(dialect: str, table: Any) -> postgresql.Insert | sqlite.Insert:
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)


@cache
def _submission(dialect: str) -> Any:
    new = _insert(dialect, Submission.__table__)
    facts = [
        column.name for column in Submission.__table__.columns if column.name not in {"id", "student", "assignment"}
    ]
    changes = {name: new.excluded[name] for name in facts}
    return new.on_conflict_do_update(index_elements=["student", "assignment"], set_=changes).returning(Submission.id)


def _put(connection: Connection, table: Any, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write several rows of one table, over those that are there."""
    names, dialect = tuple(rows[0]), connection.dialect.name
    if dialect == "postgresql":  # a statement for each row, or a long one for all, would cost twice as much
        connection.execute(_upsert(dialect, table, names), {name: [row[name] for row in rows] for name in names})
    else:
        connection.execute(_upsert(dialect, table, names), rows)


@cache
def _upsert(dialect: str, table: Any, names: tuple[str, ...]) -> Any:
    new = _insert(dialect, table.__table__)
    if isinstance(new, postgresql.Insert):
        lists = [bindparam(name, type_=postgresql.ARRAY(table.__table__.c[name].type)) for name in names]
        new = new.from_select(names, select(*func.unnest(*lists).table_valued(*names).render_derived().columns))
    match table:
        case api.Grade:
            # As nbgrader does it: what a person marked before is to be looked at again after a new run.
            waits = or_(new.excluded.auto_score.is_(None), Grade.manual_score.is_not(None))
            changes = {"auto_score": new.excluded.auto_score, "needs_manual_grade": waits}
        case api.Comment:
            changes = {"auto_comment": new.excluded.auto_comment}
        case _:
            changes = {name: new.excluded[name] for name in names if name not in {"submission_id", "grade_id"}}
    index = ["submission_id", "grade_id"] if table is Check else ["cell_id", "notebook_id"]
    return new.on_conflict_do_update(index_elements=index, set_=changes)
