"""The gradebook's single writer: scores, comments and tables of our own, in one commit for each submission.

nbgrader's gradebook knows scores only. `Submission` and `Check` keep beside them, in the same database, what each
score means and what it was computed from.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from nbgrader import api
from nbgrader.api import BaseCell, Gradebook, GradeCell, MissingEntry, Notebook, SolutionCell, SourceCell
from nbgrader.utils import compute_checksum
from sqlalchemy import select
from sqlalchemy.orm import Session

from autograder.base.errors import UserFacingError
from autograder.gradebook import reads, transactions, writes
from autograder.gradebook.tables import Check, LabEdition, Submission
from autograder.gradebook.transactions import PATIENCE
from autograder.model.cells import grade_id, kind
from autograder.model.recorded import Line, Report

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection, Select

    from autograder.model.assignment import Assignment
    from autograder.model.graded import Graded

__all__ = [
    "Check",
    "Line",
    "Report",
    "Submission",
    "open_gradebook",
    "register",
    "remove",
    "report",
    "reports",
    "save",
]


def open_gradebook(db_url: str, course_id: str, patience: float = PATIENCE) -> Gradebook:
    """Open nbgrader's gradebook with our tables in it. Raises UserFacingError when that can't be done.

    patience: how many seconds to wait for others who write to it
    """
    with transactions.plain_errors(db_url):
        transactions.make(db_url, course_id, patience)
        gradebook = Gradebook(db_url, course_id)
    transactions.tune(gradebook.engine, patience)
    return gradebook


def register(gradebook: Gradebook, assignment: Assignment, patience: float = PATIENCE) -> None:
    """Enter a lab's cells and points into the gradebook, or bring them up to date: all in one commit.

    Under grades nothing changes: raises UserFacingError when there are grades of another edition of the lab, or for
    other cells or points, and leaves the gradebook as it is.
    """
    transactions.transact(
        gradebook.engine, lambda connection: _register(connection, assignment, gradebook.course_id), patience
    )
    gradebook.db.rollback()  # or what the session has read before would be out of date


def _register(connection: Connection, assignment: Assignment, course_id: str) -> None:
    with Session(connection, join_transaction_mode="rollback_only") as session:
        notebook = _notebook(session, assignment, course_id)
        known = {(cell.name, cell.type): cell for cell in session.scalars(_of(BaseCell, notebook))}
        sources = {cell.name: cell for cell in session.scalars(_of(SourceCell, notebook))}
        graded = {name: cell for (name, of), cell in known.items() if of == "GradeCell"}
        _refuse(session, assignment, graded)
        for gone in set(graded) - {cell.grade_id for cell in assignment.graded}:
            session.delete(graded[gone])
        for cell in filter(grade_id, assignment.cells):
            name, of = grade_id(cell), kind(cell)
            if of in {"check", "written"}:
                entry = known.get((name, "GradeCell")) or GradeCell(name=name, notebook_id=notebook.id)
                entry.max_score, entry.cell_type = float(cell.metadata.nbgrader["points"]), cell.cell_type
                session.add(entry)
            if of in {"exercise", "written"} and (name, "SolutionCell") not in known:
                session.add(SolutionCell(name=name, notebook_id=notebook.id))
            entry = sources.get(name) or SourceCell(name=name, notebook_id=notebook.id)
            entry.cell_type, entry.locked = cell.cell_type, of not in {"exercise", "written"}
            entry.source, entry.checksum = cell.source, compute_checksum(cell)
            session.add(entry)
        session.flush()


def _refuse(session: Session, assignment: Assignment, known: Mapping[str, GradeCell]) -> None:
    """Raise UserFacingError where something would change under grades; else note the lab's edition.

    known: the graded cells that the gradebook knows
    """
    edition = session.get(LabEdition, assignment.name) or LabEdition(assignment=assignment.name, edition=1)
    of_ours = select(Submission.id).filter_by(assignment=assignment.name).limit(1)
    of_cells = select(api.Grade.id).where(api.Grade.cell_id.in_([cell.id for cell in known.values()])).limit(1)
    if known and any(session.scalars(one).first() is not None for one in (of_ours, of_cells)):
        beginning = f"begin another course: autograder grade {assignment.name} --course NAME"
        if edition.edition != assignment.edition:
            raise UserFacingError(
                f"The gradebook has grades of edition {edition.edition} of {assignment.name}, and the lab here is "
                f"edition {assignment.edition}. Nothing was changed. Finish the term with the release of this kit that "
                f"it began with, or {beginning}"
            )
        points = {name: cell.max_score for name, cell in known.items()}
        now = {cell.grade_id: cell.points for cell in assignment.graded}
        other = sorted(name for name in {*points, *now} if points.get(name) != now.get(name))
        if other:
            raise UserFacingError(
                f"The gradebook has grades of {assignment.name}, in which {', '.join(other)} had other points, or "
                f"did not exist, or no longer does. Nothing was changed. Put that back, or {beginning}"
            )
    edition.edition = assignment.edition
    session.add(edition)


def _notebook(session: Session, assignment: Assignment, course_id: str) -> Notebook:
    """Return a lab's row, made where it is missing; two who register at once take turns."""
    mine = select(api.Assignment).filter_by(name=assignment.name).with_for_update(key_share=True)
    lab = session.scalars(mine).one_or_none()
    if lab is None:
        lab = api.Assignment(name=assignment.name, course_id=course_id)
        session.add(lab)
        session.flush()
    notebook = session.scalars(select(Notebook).filter_by(name=assignment.name, assignment_id=lab.id)).one_or_none()
    if notebook is None:
        notebook = Notebook(name=assignment.name, assignment_id=lab.id)
        session.add(notebook)
    notebook.kernelspec = json.dumps(assignment.metadata["kernelspec"])
    session.flush()
    return notebook


def _of(table: Any, notebook: Notebook) -> Select[Any]:
    return select(table).where(table.notebook_id == notebook.id)


def save(gradebook: Gradebook, student: str, assignment: Assignment, graded: Graded) -> None:
    """Write what grading found, in one commit. A score or comment that a person gave stays as it is."""

    def work(connection: Connection) -> None:
        writes.write(connection, writes.shape(connection, assignment.name), student, assignment, graded)

    transactions.transact(gradebook.engine, work)
    gradebook.db.expire_all()


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


def reports(gradebook: Gradebook, assignment: str) -> list[Report]:
    """Read what is recorded about each student, with the scores as they stand now, marks by hand included."""
    with gradebook.engine.connect() as connection:
        return reads.read(connection, assignment)


def report(gradebook: Gradebook, assignment: str, student: str) -> Report:
    """Read what is recorded about one student. Raises MissingEntry when nothing is."""
    with gradebook.engine.connect() as connection:
        return reads.read_one(connection, assignment, student)
