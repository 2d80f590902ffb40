"""What the tests of recording share: a course of one lab in either database, and a look at all its rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import postgres as server
import pytest
import simulated
from nbgrader import api
from nbgrader.api import BaseCell, Comment, Grade, SubmittedAssignment, SubmittedNotebook
from nbgrader.coursedir import CourseDirectory
from sqlalchemy import Engine, create_engine, event, select, text
from sqlalchemy.pool import NullPool
from traitlets.config import Config

from autograder.gradebook.recorder import Recorder
from autograder.gradebook.tables import Check, Submission

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from autograder.model.assignment import Assignment

LAB = simulated.LAB
AGAIN = "nothing is lost, and only what was not recorded is repeated"  # each sentence about a gradebook says so
postgres = server.postgres  # the fixture
Rows = dict[str, list[tuple[Any, ...]]]


@dataclass
class Course:
    """A course in a folder of its own, with a gradebook at an address."""

    root: Path
    url: str

    def __post_init__(self) -> None:
        self.config = Config()
        about = self.config.CourseDirectory
        about.root, about.db_url, about.course_id = str(self.root), self.url, "sequences"

    @property
    def directory(self) -> CourseDirectory:
        return CourseDirectory(config=self.config)

    def recorder(self, lab: Assignment | None = None, *, patience: float = 30.0) -> Recorder:
        return Recorder(self.directory, self.config, lab or simulated.lab(), patience=patience)

    def gradebook(self) -> api.Gradebook:
        """Open it as formgrader does."""
        return api.Gradebook(self.url, "sequences")

    def page(self, student: str) -> Path:
        return self.root / "autograded" / student / LAB / f"{LAB}.ipynb"

    def hand_in(self, student: str, timestamp: str = "") -> Path:
        folder = self.root / "submitted" / student / LAB
        folder.mkdir(parents=True, exist_ok=True)
        if timestamp:
            (folder / "timestamp.txt").write_text(timestamp)
        return folder

    def rows(self, student: str = "", *, ids: bool = False) -> Rows:
        """Read all that is recorded, about one student or all: without the time of grading, with ids where asked."""
        engine = create_engine(self.url, poolclass=NullPool)
        with engine.connect() as connection:
            found = {name: [tuple(row) for row in connection.execute(query)] for name, query in _queries(ids).items()}
        if student:
            found = {name: [row for row in rows if row[0] == student] for name, rows in found.items()}
        return {name: sorted(rows, key=repr) for name, rows in found.items()}


def _queries(ids: bool) -> dict[str, Any]:
    def columns(table: Any, *left_out: str) -> list[Any]:
        return [c for c in table.__table__.columns if ids or (c.name not in left_out and c.name != "id")]

    of_page = (SubmittedNotebook.id, SubmittedAssignment.id == SubmittedNotebook.assignment_id)
    who = SubmittedAssignment.student_id
    ours = [c for c in Submission.__table__.columns if c.name != "graded_at" and (ids or c.name != "id")]

    def of_cells(table: Any, *facts: Any) -> Any:
        return (
            select(who, BaseCell.name, BaseCell.type, *facts, *([table.id] if ids else []))
            .join(SubmittedNotebook, of_page[1])
            .join(table, table.notebook_id == SubmittedNotebook.id)
            .join(BaseCell, BaseCell.id == table.cell_id)
        )

    return {
        "student": select(*api.Student.__table__.columns),
        "submitted": select(who, *columns(SubmittedAssignment, "assignment_id", "student_id")),
        "notebook": select(who, *columns(SubmittedNotebook, "assignment_id", "notebook_id")).join(
            SubmittedNotebook, of_page[1]
        ),
        "grade": of_cells(Grade, Grade.auto_score, Grade.manual_score, Grade.extra_credit, Grade.needs_manual_grade),
        "comment": of_cells(Comment, Comment.auto_comment, Comment.manual_comment),
        "ours": select(Submission.student, *ours),
        "check": select(Submission.student, *columns(Check, "submission_id")).join(
            Check, Check.submission_id == Submission.id
        ),
    }


@pytest.fixture(params=["sqlite", "postgresql"])
def course(request: pytest.FixtureRequest, tmp_path: Path) -> Course:
    """A course whose gradebook does not exist yet, in each of the two databases."""
    if request.param == "sqlite":
        return Course(tmp_path, f"sqlite:///{tmp_path}/gradebook.db")
    return Course(tmp_path, request.getfixturevalue("postgres").database())


@pytest.fixture
def recorder(course: Course) -> Iterator[Recorder]:
    """A recorder of the lab that soon gives up waiting for others."""
    with course.recorder(patience=0.5) as running:
        yield running


def master_rows(course: Course) -> Rows:
    """Read what is recorded about the lab itself, without ids."""
    lab = (api.Assignment.name, api.Assignment.course_id, api.Assignment.duedate)
    base, graded, solved = (table.__table__ for table in (BaseCell, api.GradeCell, api.SolutionCell))
    source = [c for c in api.SourceCell.__table__.columns if not c.name.endswith("id")]
    queries = {
        "course": select(api.Course.id),
        "lab": select(*lab, api.Notebook.name, api.Notebook.kernelspec).join(api.Notebook),
        "graded": select(base.c.name, base.c.type, graded.c.max_score, graded.c.cell_type).join_from(base, graded),
        "solutions": select(base.c.name, base.c.type).join_from(base, solved),
        "source": select(*source),
    }
    engine = create_engine(course.url, poolclass=NullPool)
    with engine.connect() as connection:
        found = {name: sorted(map(tuple, connection.execute(query)), key=repr) for name, query in queries.items()}
        found["version"] = [tuple(row) for row in connection.execute(text("SELECT * FROM alembic_version"))]
    return found


def count_statements(engine: Engine) -> list[str]:
    """Write down from now on what is asked of a database."""
    said: list[str] = []

    @event.listens_for(engine, "before_cursor_execute")
    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        said.append(statement)

    return said


def execute(url: str, statement: str) -> None:
    """Say something to a database, as its owner would."""
    engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)
