"""A course that an earlier release of this kit has graded opens, keeps its grades, and takes new submissions.

Labs of a later edition do not touch its grades: beside those, a new course begins.

Each release's course stands in release_<n>/course: its gradebook as SQL text, with marks by hand in it, its secret key,
what each student wrote, and the tables that it printed.
"""

from __future__ import annotations

import csv
import io
import json
import shutil
import sqlite3
from dataclasses import replace
from typing import TYPE_CHECKING

import nbformat
import pytest
import release
from typer.testing import CliRunner

from autograder.base.errors import UserFacingError
from autograder.base.files import COURSE_VARIABLE, ROOT
from autograder.cli import app
from autograder.commands import grade
from autograder.commands.remove import remove
from autograder.course.course import Course
from autograder.engine.engine import shared
from autograder.gradebook import book, reads
from autograder.model import assignment
from autograder.model.cells import ABOUT, BEGIN_MARKS, PLACE, grade_id, kind, title
from autograder.model.graded import GRADER_VERSION
from autograder.model.lab import find
from autograder.runs import class_run

if TYPE_CHECKING:
    from pathlib import Path

    from nbformat import NotebookNode

pytestmark = pytest.mark.slow
LAB, OTHER = "lab1_rnn", "lab2_music"
GRADED = {LAB: ["all-right", "half-done", "no-notebook", "no-tanh"], OTHER: ["all-right", "not-clipped"]}


@pytest.fixture(params=release.RELEASES)
def of(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def course(of: str, tmp_path: Path) -> Course:
    """The course's folder, as it was left, beside the configuration of today, and the labs in the edition of then."""
    for name in ("solutions", "labs"):
        for path in (ROOT / name).glob("lab*/*.ipynb"):
            if path.stem not in release.LABS[of]:
                continue  # it came later
            lab = nbformat.read(path, as_version=4)
            lab.metadata.pop(ABOUT, None)
            _ask_as_then(of, lab, path.stem)
            (tmp_path / name / path.parent.name).mkdir(parents=True, exist_ok=True)
            nbformat.write(lab, tmp_path / name / path.parent.name / path.name)
        for path in (ROOT / name).glob("lab*/*.py"):
            shutil.copy(path, tmp_path / name / path.parent.name)
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    kept, folder = release.HERE / of / "course", tmp_path / "course"
    folder.mkdir(mode=0o700)
    (folder / "secret.key").write_bytes(bytes.fromhex((kept / "secret.key.hex").read_text()))
    with sqlite3.connect(folder / "gradebook.db") as database:
        database.executescript((kept / "gradebook.sql").read_text(encoding="utf-8"))
    database.close()
    for lab, students in json.loads((kept / "class.json").read_text(encoding="utf-8")).items():
        for student, own in students.items():
            hand_in(folder, lab, student, release.hand_in(of, lab, own))
    hand_in(folder, LAB, "no-notebook", b"no notebook\n")
    (folder / "submitted" / "no-tanh" / LAB / "timestamp.txt").write_text("2026-10-03 12:00:00 UTC\n")
    shutil.copytree(folder / "submitted", folder / "autograded")  # the executed notebooks: that they are there counts
    shutil.copy(kept / f"{LAB}.csv", folder / "grades.csv")
    return Course.open(tmp_path)


def _ask_as_then(of: str, lab: NotebookNode, name: str) -> None:
    """Put the written question of the release back, and the numbers of its exercises.

    Which words are an answer is told by those of the question; the columns of a table are told by the numbers.
    """
    titles = {grade_id(cell): title(cell) for cell in release.notebook(of, name).cells if kind(cell) == "exercise"}
    for cell in lab.cells:
        if grade_id(cell) in titles:
            cell.source = cell.source.replace(title(cell), titles[grade_id(cell)])
    question = next(cell.source for cell in release.notebook(of, name).cells if grade_id(cell) == "written")
    cell = next(cell for cell in lab.cells if grade_id(cell) == "written")
    _, begin, guide = cell.source.partition(BEGIN_MARKS)
    cell.source = question.replace(PLACE, begin + guide) if begin else question


@pytest.fixture
def with_labs_of_today(course: Course, tmp_path: Path) -> Course:
    for name in ("solutions", "labs"):
        shutil.rmtree(tmp_path / name)
        (tmp_path / name).symlink_to(ROOT / name)
    return course


@pytest.fixture(autouse=True)
def a_later_grader(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(class_run, "GRADER_VERSION", "a later one")


def hand_in(folder: Path, lab: str, student: str, data: bytes) -> None:
    path = folder / "submitted" / student / lab / f"{lab}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def table(text: str) -> dict[str, dict[str, str]]:
    return {row["student"]: row for row in csv.DictReader(io.StringIO(text))}


def printed(course: Course, lab: str) -> dict[str, dict[str, str]]:
    return table((course.folder / "grades" / f"{lab}.csv").read_text(encoding="utf-8"))


@pytest.mark.parametrize("lab", [LAB, OTHER])
def test_nobody_is_graded_again_and_every_mark_stays(of: str, course: Course, lab: str) -> None:
    outcome = grade.grade(course, lab)  # without an engine: had it to grade anybody, it would have to start one
    assert (outcome.graded, outcome.kept) == ([], GRADED[lab])
    assert outcome.earlier == GRADED[lab]
    before = table((release.HERE / of / "course" / f"{lab}.csv").read_text(encoding="utf-8"))
    assert printed(course, lab) == before
    totals = table((course.folder / "grades.csv").read_text(encoding="utf-8"))
    assert totals["all-right"] == {"student": "all-right", LAB: "98", OTHER: "90"}
    assert totals["no-notebook"] == {"student": "no-notebook", LAB: "", OTHER: ""}


def test_what_graded_them_stands_with_every_result(course: Course) -> None:
    grade.grade(course, LAB)
    with course.gradebook() as gradebook:
        versions = {(one.kit, one.checks_version, one.release_version) for one in book.reports(gradebook, LAB)}
    assert versions == {("0.1.0", "", "")}


def test_the_command_says_so_in_one_line(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Course, "open", lambda **_: course)
    said = CliRunner().invoke(app, ["grade", LAB]).output
    assert "0 graded, 4 as before" in said
    assert said.count("4 were graded by an earlier version of the lab, its checks or the grader: a recorded grade") == 1
    assert f"autograder regrade {LAB} --diff" in said


def test_who_hands_in_is_graded_beside_them(of: str, course: Course) -> None:
    own = {"ex-rnn_step": release.solutions(of, LAB)["ex-rnn_step"].replace("np.tanh", "")}
    hand_in(course.folder, LAB, "half-done", release.hand_in(of, LAB))
    hand_in(course.folder, LAB, "newcomer", release.hand_in(of, LAB, own))
    outcome = grade.grade(course, LAB, engine=shared("bubblewrap"))
    assert (sorted(outcome.graded), outcome.kept) == (
        ["half-done", "newcomer"],
        ["all-right", "no-notebook", "no-tanh"],
    )
    assert {name: (row["total"], row["checks"]) for name, row in printed(course, LAB).items()} == {
        "all-right": ("98", "90"),
        "half-done": ("90", "90"),
        "newcomer": ("80", "80"),
        "no-notebook": ("", ""),
        "no-tanh": ("", "84"),
    }
    with course.gradebook() as gradebook:
        of_today = {one.student: one.kit for one in book.reports(gradebook, LAB)}
    assert of_today["newcomer"] == of_today["half-done"] == assignment.load(find(LAB)).versions.kit
    assert of_today["all-right"] == "0.1.0"


def test_other_rules_of_the_course_grade_them_anew(course: Course) -> None:
    """Limits, isolation and the key that hidden cases are drawn from are the course's own; each is asked for."""
    run = class_run.begin(course, find(LAB, course.root), "")
    with course.gradebook() as gradebook, gradebook.engine.connect() as connection:
        known = reads.gradings(connection, LAB)["all-right"]
    assert class_run.stands(run, "all-right", known)
    for other in (
        replace(run.rules, limits=replace(run.rules.limits, cell_seconds=31)),
        replace(run.rules, isolation="none"),
        replace(run.rules, secret=b"another"),
    ):
        assert not class_run.stands(replace(run, rules=other), "all-right", known)
    assert not class_run.stands(run, "all-right", replace(known, key=""))  # infrastructure has no key
    assert not class_run.stands(run, "all-right", None)
    hand_in(course.folder, LAB, "all-right", b"something else")
    assert not class_run.stands(run, "all-right", known)


def test_a_change_of_the_kit_alone_changes_no_recorded_key(course: Course) -> None:
    run = class_run.begin(course, find(LAB, course.root), "")
    run.lab = replace(run.lab, digest="other checks")
    with course.gradebook() as gradebook, gradebook.engine.connect() as connection:
        known = reads.gradings(connection, LAB)
    assert all(class_run.stands(run, student, known[student]) for student in GRADED[LAB])
    assert all(class_run.outdated(run, known[student]) for student in GRADED[LAB])


def test_one_person_is_removed_from_each_lab_and_no_table_is_taken_for_anothers(course: Course) -> None:
    for lab in (LAB, OTHER):
        grade.grade(course, lab)
    remove(course, LAB, ["all-right"])
    assert list(printed(course, LAB)) == ["half-done", "no-notebook", "no-tanh"]
    assert list(printed(course, OTHER)) == GRADED[OTHER]
    totals = table((course.folder / "grades.csv").read_text(encoding="utf-8"))
    assert totals["all-right"] == {"student": "all-right", LAB: "", OTHER: "90"}


def dump(course: Course) -> str:
    with sqlite3.connect(course.folder / "gradebook.db") as database:
        text = "\n".join(database.iterdump())
    database.close()
    return text


def test_labs_of_a_later_edition_touch_nothing_and_say_so_in_one_sentence(
    with_labs_of_today: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    course = with_labs_of_today
    with course.gradebook():  # what later releases keep beside it is added
        pass
    before = dump(course)
    monkeypatch.setattr(Course, "open", lambda **_: course)
    for verb in (["grade", LAB], ["regrade", LAB]):
        done = CliRunner().invoke(app, verb)
        assert done.exit_code == 1
        assert "grades of edition 1 of lab1_rnn, and the lab here is edition 2" in done.output
        assert "autograder grade lab1_rnn --course NAME" in done.output
        assert len(done.output.strip().splitlines()) == 1
    assert dump(course) == before


def test_a_new_course_begins_beside_it_and_refuses_the_old_edition_for_the_class(
    of: str, with_labs_of_today: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(COURSE_VARIABLE, "")
    old = dump(with_labs_of_today)
    course = Course.open(with_labs_of_today.root, "2027")
    assert course.folder == with_labs_of_today.root / "courses" / "2027"
    for student in ("ada", "ben"):
        hand_in(course.folder, LAB, student, release.hand_in(of, LAB))
    solved = json.loads((ROOT / "solutions" / LAB / f"{LAB}.ipynb").read_text(encoding="utf-8"))
    hand_in(course.folder, LAB, "cleo", json.dumps(solved).encode())
    monkeypatch.setattr(Course, "open", lambda **_: course)
    monkeypatch.setattr(class_run, "GRADER_VERSION", GRADER_VERSION)
    said = CliRunner().invoke(app, ["grade", LAB, "--workers", "1"]).output
    assert said.count("2 students need you: file not readable. ada, ben. They read: This is edition 1 of lab1_rnn") == 1
    totals = {name: (row["total"], row["checks"]) for name, row in printed(course, LAB).items()}
    assert totals == {"ada": ("", ""), "ben": ("", ""), "cleo": ("", "90")}
    assert "Grades: courses/2027/grades/lab1_rnn.csv" in said
    assert dump(with_labs_of_today) == old


@pytest.mark.parametrize("name", ["../2027", "a/b", ".hidden", "-x", "x" * 80, "2027 spring"])
def test_a_name_that_can_be_no_folder_is_refused(name: str, course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(COURSE_VARIABLE, "")
    with pytest.raises(UserFacingError, match="A course can't be called"):
        Course.open(course.root, name)
