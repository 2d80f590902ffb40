"""What nbgrader's own tests ask of `nbgrader autograde`, asked of a lab of this course."""

from __future__ import annotations

import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from nbgrader.api import MissingEntry

from autograder.base.files import ROOT
from autograder.commands.grade import Course
from autograder.gradebook import book

pytestmark = pytest.mark.slow

LAB = "lab1_rnn"


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """A course with this checkout's lab and configuration, and one student."""
    for name in ("labs", "solutions"):
        shutil.copytree(ROOT / name / LAB, tmp_path / name / LAB, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    course = Course.open(tmp_path)
    hand_in(course, "ada")
    return course


def hand_in(course: Course, student: str, lab: str = LAB, **files: str) -> Path:
    """Hand in a notebook that is empty, so that grading it takes no time; and other files beside it."""
    folder = course.path(course.directory.submitted_directory, student, lab)
    folder.mkdir(parents=True)
    for name, text in {f"{lab}.ipynb": "", **files}.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def autograde(course: Course, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).parent / "nbgrader"), "autograde", *arguments]
    return subprocess.run(command, cwd=course.root, check=False, capture_output=True, text=True, timeout=180)


def rows(course: Course) -> list[str]:
    """Everything that stands in the gradebook, as text."""
    with course.gradebook() as gradebook:
        return list(gradebook.db.connection().connection.iterdump())


def test_an_assignment_that_is_no_lab_is_one_sentence_and_leaves_the_gradebook_alone(course: Course) -> None:
    hand_in(course, "ada", "ps1")
    before = rows(course)
    done = autograde(course, "ps1")
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        f"[AutogradeApp | ERROR] ps1 is no lab of this course: there is no folder {course.root}/solutions/ps1."
    ]
    assert rows(course) == before
    assert not course.autograded("ada", "ps1").parent.exists()


def test_a_lab_that_has_not_been_built_is_one_sentence(course: Course) -> None:
    (course.root / "labs" / LAB / f"{LAB}.ipynb").unlink()
    done = autograde(course, LAB)
    assert done.returncode == 1
    assert done.stderr.endswith(f"{LAB}.ipynb is not there. Run `make labs` to build it.\n")
    assert "Traceback" not in done.stderr


def test_what_nbgrader_does_around_grading_stays_as_it_is(course: Course) -> None:
    hand_in(course, "left-out")
    late = hand_in(course, "late", **{"timestamp.txt": "2015-02-02 15:58:23 UTC", "copy.ipynb": "", "numpy.py": "x"})
    with (course.root / "nbgrader_config.py").open("a", encoding="utf-8") as config:
        config.write('c.LateSubmissionPlugin.penalty_method = "zero"\n')
    with course.gradebook() as gradebook:
        gradebook.update_or_create_assignment(LAB, duedate="2015-02-02 14:58:23 UTC")
    done = autograde(course, LAB, "--CourseDirectory.student_id_exclude=left-out")
    assert done.returncode == 0, done.stderr
    page = course.autograded("late", LAB)
    assert sorted(path.name for path in page.parent.iterdir()) == [page.name, "timestamp.txt"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in page.parent.iterdir()} == {0o444}
    assert not course.autograded("left-out", LAB).exists()
    assert hint(course, "late").startswith("The file is empty.")
    with course.gradebook() as gradebook:
        assert gradebook.find_submission(LAB, "late").total_seconds_late == 3600
        penalties = [
            gradebook.find_submission(LAB, who).notebooks[0].late_submission_penalty for who in ("late", "ada")
        ]
        assert penalties == [0, None]  # all that the late one has
        with pytest.raises(MissingEntry):
            gradebook.find_submission(LAB, "left-out")

    page.unlink()
    (late / page.name).write_text("[]", encoding="utf-8")
    assert autograde(course, LAB).returncode == 0
    assert not page.exists(), "what is graded already is skipped"

    (late / "timestamp.txt").write_text("2015-02-02 16:58:23 UTC", encoding="utf-8")
    assert autograde(course, LAB).returncode == 0
    assert hint(course, "late").startswith("The file is JSON, but not a notebook."), "a newer hand-in is graded"


def hint(course: Course, student: str) -> str:
    with course.gradebook() as gradebook:
        return book.report(gradebook, LAB, student).lines[0].hint
