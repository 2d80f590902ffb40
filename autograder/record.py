"""The gradebook's single writer: scores, comments and a table of our own, in one commit for each submission.

nbgrader's gradebook knows scores only. `Submission` and `Check` keep beside them, in the same database, what each
score means and what it was computed from.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbgrader.api import BaseCell, Comment, Grade, Gradebook, MissingEntry, SubmittedNotebook
from sqlalchemy import ForeignKey, UniqueConstraint, inspect, select, text
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship

from autograder.lab import LabError, grade_id, kind
from autograder.states import State, Verdict
from autograder.submission import ENGINE, Graded

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy import Engine

    from autograder.assignment import Assignment


class Base(DeclarativeBase):
    """The tables that this project adds to nbgrader's database."""


class Submission(Base):
    """The current grading of one student's submission: what it was made from."""

    __tablename__ = "autograder_submission"
    __table_args__ = (UniqueConstraint("student", "assignment"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    student: Mapped[str]
    assignment: Mapped[str]
    key: Mapped[str]
    submission_digest: Mapped[str]
    assignment_digest: Mapped[str]
    engine: Mapped[str]
    isolation: Mapped[str]
    seed: Mapped[int]
    graded_at: Mapped[datetime]
    checks: Mapped[list[Check]] = relationship(cascade="all, delete-orphan", order_by="Check.position")


class Check(Base):
    """What one graded cell came to; state is empty for a written answer that a person marks."""

    __tablename__ = "autograder_check"
    __table_args__ = (UniqueConstraint("submission_id", "grade_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("autograder_submission.id"))
    position: Mapped[int]
    grade_id: Mapped[str]
    exercise: Mapped[str]
    title: Mapped[str]
    points: Mapped[float]
    state: Mapped[str | None]
    key: Mapped[str]
    hint: Mapped[str]
    flag: Mapped[str] = mapped_column(default="", server_default="")


@dataclass(frozen=True)
class Line:
    """One graded cell of a report: the verdict, and the score that stands in the gradebook (None: not yet).

    checked: by a check, not by a person; comment: what a person wrote beside it; flag: what a person should look at
    """

    grade_id: str
    title: str
    points: float
    state: State | None
    hint: str
    score: float | None
    checked: bool = True
    comment: str | None = None
    flag: str = ""


@dataclass(frozen=True)
class Report:
    """What is recorded about one student; isolation: how the grader kept the student's code apart."""

    student: str
    lines: tuple[Line, ...]
    penalty: float = 0.0
    isolation: str = ""


def open_gradebook(db_url: str, course_id: str) -> Gradebook:
    """Open nbgrader's gradebook with our tables in it."""
    if shutil.which("alembic") is None:  # nbgrader starts it by name, and .venv/bin need not be on PATH
        os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    gradebook = Gradebook(db_url, course_id)
    Base.metadata.create_all(gradebook.engine)
    _add_columns(gradebook.engine)
    return gradebook


def _add_columns(engine: Engine) -> None:
    """Bring our tables up to date in a gradebook that an earlier version has made."""
    there = {column["name"] for column in inspect(engine).get_columns(Check.__tablename__)}
    if "flag" not in there:
        with engine.begin() as connection:
            connection.execute(text(f"ALTER TABLE {Check.__tablename__} ADD COLUMN flag VARCHAR NOT NULL DEFAULT ''"))


def register(gradebook: Gradebook, assignment: Assignment) -> None:
    """Enter a lab's cells and points into the gradebook, or bring them up to date.

    Raises LabError when the lab has lost a graded cell that students have grades for.
    """
    name = assignment.name
    gradebook.update_or_create_assignment(name)
    notebook = gradebook.update_or_create_notebook(name, name, kernelspec=json.dumps(assignment.metadata["kernelspec"]))
    gone = {cell.name for cell in notebook.grade_cells} - {cell.grade_id for cell in assignment.graded}
    if gone:
        raise LabError(
            f"{name} no longer has the graded cells {', '.join(sorted(gone))}, but the gradebook has grades for them. "
            "Put them back, or move course/gradebook.db away to begin a new gradebook."
        )
    for cell in filter(grade_id, assignment.cells):
        if kind(cell) in {"check", "written"}:
            points = float(cell.metadata.nbgrader["points"])
            gradebook.update_or_create_grade_cell(
                grade_id(cell), name, name, max_score=points, cell_type=cell.cell_type
            )
        if kind(cell) in {"exercise", "written"}:
            gradebook.update_or_create_solution_cell(grade_id(cell), name, name)
        gradebook.update_or_create_source_cell(
            grade_id(cell),
            name,
            name,
            cell_type=cell.cell_type,
            locked=kind(cell) not in {"exercise", "written"},
            source=cell.source,
            checksum=cell.metadata.nbgrader["checksum"],
        )


def save(gradebook: Gradebook, student: str, assignment: Assignment, graded: Graded) -> None:
    """Write what grading found, in one commit. A score or comment that a person gave stays as it is."""
    notebook = gradebook.find_submission_notebook(assignment.name, assignment.name, student)
    session = gradebook.db
    points = {cell.grade_id: cell.points for cell in assignment.graded}
    try:
        grades = _rows(session, notebook, Grade, "GradeCell", points)
        comments = _rows(
            session,
            notebook,
            Comment,
            "SolutionCell",
            [grade_id(cell) for cell in assignment.cells if _commented(cell)],
        )
        for verdict in graded.verdicts:
            grade = grades[verdict.grade_id]
            grade.auto_score = verdict.score(points[verdict.grade_id])
            # As nbgrader does it: what a person marked before is to be looked at again after a new run.
            grade.needs_manual_grade = grade.auto_score is None or grade.manual_score is not None
        for name, hint in _comments(assignment, graded.verdicts).items():
            comments[name].auto_comment = hint
        _replace(session, student, assignment, graded)
        session.commit()
    except BaseException:
        session.rollback()
        raise


def _commented(cell: Any) -> bool:
    return kind(cell) in {"exercise", "written"}


def _rows(
    session: Session, notebook: SubmittedNotebook, row: Any, cell_type: str, names: Iterable[str]
) -> dict[str, Any]:
    """Return the gradebook's row for each cell, made anew where the lab has got a cell since the last grading."""
    found = {entry.name: entry for entry in session.scalars(select(row).where(row.notebook_id == notebook.id))}
    for name in names:
        if name not in found:
            of_lab = select(BaseCell).where(
                BaseCell.notebook_id == notebook.notebook_id, BaseCell.name == name, BaseCell.type == cell_type
            )
            found[name] = row(cell=session.scalars(of_lab).one(), notebook=notebook)
            session.add(found[name])
    return found


def _comments(assignment: Assignment, verdicts: Iterable[Verdict]) -> dict[str, str | None]:
    """Say what stands beside each exercise in formgrader and in nbgrader's own pages: the hint of its check."""
    cells = {cell.grade_id: cell for cell in assignment.graded}
    return {cells[verdict.grade_id].exercise or verdict.grade_id: verdict.hint or None for verdict in verdicts}


def _replace(session: Session, student: str, assignment: Assignment, graded: Graded) -> None:
    known = session.scalars(select(Submission).filter_by(student=student, assignment=assignment.name)).one_or_none()
    if known is not None:
        session.delete(known)
        session.flush()
    cells = {cell.grade_id: (position, cell) for position, cell in enumerate(assignment.graded)}
    checks = []
    for verdict in graded.verdicts:
        position, cell = cells[verdict.grade_id]
        checks.append(
            Check(
                position=position,
                grade_id=cell.grade_id,
                exercise=cell.exercise,
                title=cell.title,
                points=cell.points,
                state=verdict.state,
                key=verdict.key,
                hint=verdict.hint,
                flag=verdict.flag,
            )
        )
    session.add(
        Submission(
            student=student,
            assignment=assignment.name,
            key=graded.key,
            submission_digest=graded.digest,
            assignment_digest=assignment.digest,
            engine=ENGINE,
            isolation=graded.level,
            seed=graded.seed,
            graded_at=datetime.now(UTC).replace(tzinfo=None),
            checks=checks,
        )
    )


def remove(gradebook: Gradebook, student: str, assignment: str) -> bool:
    """Take out what is recorded about a student's submission; a student who is left with none goes, too."""
    session = gradebook.db
    known = session.scalars(select(Submission).filter_by(student=student, assignment=assignment)).one_or_none()
    if known is not None:
        session.delete(known)
        session.commit()
    try:
        gradebook.remove_submission(assignment, student)
        if not gradebook.student_submissions(student):
            gradebook.remove_student(student)
    except MissingEntry:
        return known is not None
    return True


def keys(gradebook: Gradebook, assignment: str) -> dict[str, str]:
    """Return the key of each student's recorded grading."""
    rows = gradebook.db.execute(select(Submission.student, Submission.key).filter_by(assignment=assignment))
    return {row.student: row.key for row in rows}


def reports(gradebook: Gradebook, assignment: str) -> list[Report]:
    """Read what is recorded about each student, with the scores as they stand now, marks by hand included."""
    rows = gradebook.db.scalars(select(Submission).filter_by(assignment=assignment).order_by(Submission.student))
    return [_report(gradebook, row) for row in rows]


def report(gradebook: Gradebook, assignment: str, student: str) -> Report:
    """Read what is recorded about one student. Raises MissingEntry when nothing is."""
    row = gradebook.db.scalars(select(Submission).filter_by(assignment=assignment, student=student)).one_or_none()
    if row is None:
        raise MissingEntry(f"{student} has no recorded grading of {assignment}")
    return _report(gradebook, row)


def _report(gradebook: Gradebook, row: Submission) -> Report:
    notebook = gradebook.find_submission_notebook(row.assignment, row.assignment, row.student)
    scores = {grade.name: _score(grade) for grade in notebook.grades}
    remarks: Mapping[str, str | None] = {comment.name: comment.manual_comment for comment in notebook.comments}
    lines = tuple(
        Line(
            check.grade_id,
            check.title,
            check.points,
            State(check.state) if check.state else None,
            check.hint,
            scores.get(check.grade_id),
            bool(check.exercise),
            remarks.get(check.exercise or check.grade_id),
            check.flag,
        )
        for check in row.checks
    )
    return Report(row.student, lines, notebook.late_submission_penalty or 0.0, row.isolation)


def _score(grade: Grade) -> float | None:
    return None if grade.auto_score is None and grade.manual_score is None else grade.score
