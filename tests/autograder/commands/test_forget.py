"""One person is removed everywhere; nobody else is touched."""

from __future__ import annotations

from typing import TYPE_CHECKING

import lms
import pytest
import simulated
from late_course import LAB, course
from typer.testing import CliRunner

from autograder.base.errors import UserFacingError
from autograder.cli import app
from autograder.commands import collect, grade
from autograder.commands.forget import forget
from autograder.course.course import Course
from autograder.gradebook import book

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow
__all__ = ["course"]


def everything(folder: Path, student: str) -> list[str]:
    """List what still names a student: paths, and files by their content."""
    return [
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if student in path.name or (path.is_file() and student.encode() in path.read_bytes())
    ]


def test_one_person_is_gone_and_the_others_stay(course: Course, tmp_path: Path) -> None:
    archive = tmp_path / "in" / "submissions.zip"
    archive.parent.mkdir()
    students = {
        lms.Student("Ada Lovelace", 11): {f"{LAB}.ipynb": b"{}"},
        lms.Student("Bob Ross", 12): {f"{LAB}.ipynb": b"[]"},
    }
    lms.canvas_zip(archive, students)
    collect.collect(course, LAB, [archive], kind="canvas")
    [gone, stays] = sorted(folder.name for folder in course.submitted.iterdir() if folder.name.endswith(("11", "12")))
    with grade.Recorder(course.directory, course.config, simulated.lab()) as recorder:
        for student in (gone, stays):
            recorder.save(student, simulated.graded(student))
    grade.refresh(course, LAB)
    (course.folder / "nbgrader.log").write_text(f"graded {gone}\ngraded {stays}\n")
    assert everything(course.folder, gone)
    done = forget(course, gone)
    assert done.labs == [LAB]
    assert len(done.archives) == 1
    assert everything(course.folder, gone) == []
    assert everything(course.folder, stays)
    with course.gradebook() as gradebook:
        assert [report.student for report in book.reports(gradebook, LAB)] == sorted(["ada", "bob", "eve", stays])
    assert forget(course, gone).nothing


@pytest.mark.parametrize("name", ["", "..", "a/b"])
def test_what_is_no_students_name_removes_nothing(course: Course, name: str) -> None:
    before = sorted(course.folder.rglob("*"))
    with pytest.raises(UserFacingError, match="is no student"):
        forget(course, name)
    assert sorted(course.folder.rglob("*")) == before


@pytest.mark.parametrize("answer", ["n\n", "\n", ""])
def test_the_command_asks_first(answer: str, course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Course, "open", lambda **_: course)
    before = sorted(course.folder.rglob("*"))
    asked = CliRunner().invoke(app, ["forget", "ada"], input=answer)
    assert (asked.exit_code, "Remove ada" in asked.output) == (1, True)
    assert sorted(course.folder.rglob("*")) == before


def test_the_command_says_what_it_did(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Course, "open", lambda **_: course)
    assert "ada is gone from lab1_rnn" in CliRunner().invoke(app, ["forget", "ada"], input="y\n").output
    again = CliRunner().invoke(app, ["forget", "ada", "--yes"])
    assert (again.exit_code, "There is no ada" in again.output) == (1, True)
