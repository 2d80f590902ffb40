"""The sample class, graded once for all tests here: every score and every state, exactly."""

from __future__ import annotations

import asyncio
import csv
import logging
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
import pytest
from sample_course import CLASS, HINTS, LAB, new_course, signs

from autograder.base.errors import UserFacingError
from autograder.base.files import ROOT
from autograder.commands import grade as grading
from autograder.commands.grade import Course, GradingSummary, Progress
from autograder.commands.remove import remove
from autograder.course.sample import sample_class
from autograder.engine import address, bubblewrap, host
from autograder.engine.engine import Engine, shared
from autograder.engine.fork_client import Forks
from autograder.exam import submission
from autograder.model.lab import Lab
from autograder.model.verdict import SYMBOLS, State
from autograder.results import feedback

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.slow


def grade(course: Course, lab: str, progress: Progress | None = None) -> GradingSummary:
    """Grade on the engine that all tests share."""
    return grading.grade(course, lab, progress=progress, engine=shared("bubblewrap"))


def points(graded: GradingSummary, student: str = "perfect", signs_of: str = "✓") -> float:
    """Add up the points of the graded cells with these signs."""
    pairs = zip(graded.assignment.graded, signs(graded, student), strict=True)
    return sum(cell.points for cell, sign in pairs if sign in signs_of)


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    return new_course(tmp_path_factory.mktemp("checkout"))


@pytest.fixture(scope="module")
def graded(course: Course) -> GradingSummary:
    return grade(course, LAB)


NBGRADER = """
select base_cell.name, {columns} from {table}
join base_cell on base_cell.id = {table}.cell_id
join submitted_notebook on submitted_notebook.id = {table}.notebook_id
join submitted_assignment on submitted_assignment.id = submitted_notebook.assignment_id
where submitted_assignment.student_id = ? order by base_cell.name
"""
OURS = """
select check_.grade_id, check_.state, check_.hint, check_.key, one.key, one.submission_digest, one.seed, one.isolation
from autograder_check check_ join autograder_submission one on one.id = check_.submission_id
where one.student = ? order by check_.position
"""
QUERIES = {
    "grades": NBGRADER.format(table="grade", columns="auto_score, manual_score, needs_manual_grade"),
    "comments": NBGRADER.format(table="comment", columns="auto_comment, manual_comment"),
    "checks": OURS,
}


def rows(course: Course, student: str) -> dict[str, list[tuple[object, ...]]]:
    """Read everything that is recorded about a student, but when it was graded."""
    with closing(sqlite3.connect(course.folder / "gradebook.db")) as database:
        return {name: database.execute(query, [student]).fetchall() for name, query in QUERIES.items()}


@pytest.mark.parametrize("student", CLASS)
def test_each_student_gets_exactly_this_score_and_these_states(graded: GradingSummary, student: str) -> None:
    report = next(report for report in graded.reports if report.student == f"sample-{student}")
    expected = signs(graded, student)
    assert "".join(map(feedback.symbol, report.lines)) == "".join(expected)
    score = f"{points(graded, student):g}/{points(graded, student, '✓✗○!t'):g}" + (" ?" if "m" in expected else "")
    assert feedback.short(report) == ("-" if set(expected) == {"u"} else score)


def test_a_perfect_hand_in_has_the_90_points_of_the_checks(graded: GradingSummary) -> None:
    assert points(graded) == 90
    assert [feedback.short(report) for report in graded.reports if report.student == "sample-perfect"] == ["90/90"]


def test_the_table_covers_the_whole_sample_class(graded: GradingSummary) -> None:
    assert set(CLASS) == set(sample_class.STUDENTS)
    assert sorted(graded.graded) == sorted(f"{sample_class.PREFIX}{name}" for name in CLASS)
    assert {sign for name in CLASS for sign in signs(graded, name)} - {"…"} == {
        SYMBOLS[state] for state in State if state is not State.INFRASTRUCTURE
    }


@pytest.mark.parametrize(("student", "exercise"), HINTS)
def test_a_famous_mistake_gets_its_own_hint(
    course: Course, graded: GradingSummary, student: str, exercise: str
) -> None:
    _, state, hint, key, *_ = next(
        row for row in rows(course, f"sample-{student}")["checks"] if row[0] == f"check-{exercise}"
    )
    assert (state, key) == ("failed", HINTS[student, exercise])
    assert str(hint).count("\n") == 2


def test_a_crash_names_the_cell_and_the_error(graded: GradingSummary) -> None:
    report = next(report for report in graded.reports if report.student == "sample-import-fails")
    assert report.lines[2].hint.startswith(
        "The cell of Exercise 1.3: pad_batch stops with ModuleNotFoundError: No module named 'kerras'"
    )


def test_a_file_that_cannot_be_read_has_no_score_and_waits_for_a_person(course: Course, graded: GradingSummary) -> None:
    grades = rows(course, "sample-broken-file")["grades"]
    assert len(grades) == len(graded.assignment.graded)
    assert all(row[1:] == (None, None, True) for row in grades)
    assert "hand it in again" in graded.reports[1].lines[0].hint


def test_everyone_has_a_notebook_that_opens_without_html(course: Course, graded: GradingSummary) -> None:
    for report in graded.reports:
        notebook = nbformat.read(course.autograded(report.student, LAB), as_version=4)
        nbformat.validate(notebook)
        media = {
            medium for cell in notebook.cells for output in cell.get("outputs", []) for medium in output.get("data", {})
        }
        assert media <= {"text/plain", "image/png", "image/jpeg"}


def test_pages_hold_no_hidden_test_and_no_script(course: Course, graded: GradingSummary) -> None:
    for report in graded.reports:
        page = (course.folder / "feedback" / report.student / LAB / f"{LAB}.html").read_text(encoding="utf-8")
        assert "Content-Security-Policy" in page
        assert not any(secret in page for secret in ("HIDDEN", "autograder.references", "reference.fresh", "<script"))
        assert page.count('<th scope="row">') == len(graded.assignment.graded)
        assert list((course.folder / "feedback" / report.student / LAB).iterdir()) == [
            course.folder / "feedback" / report.student / LAB / f"{LAB}.html"
        ]


def test_the_grade_table_leaves_blank_what_has_no_score(course: Course, graded: GradingSummary) -> None:
    with (course.folder / "grades" / f"{LAB}.csv").open(encoding="utf-8", newline="") as file:
        table = {row["student"]: row for row in csv.DictReader(file)}
    assert len(table) == len(CLASS)
    assert (table["sample-broken-file"]["checks"], table["sample-broken-file"]["1.1 points"]) == ("", "")
    assert (table["sample-perfect"]["checks"], table["sample-perfect"]["total"]) == (f"{points(graded):g}", "")
    assert (table["sample-half-done"]["total"], table["sample-half-done"]["6.1 state"]) == (
        f"{points(graded, 'half-done'):g}",
        "untouched",
    )
    assert table["sample-cells-deleted"]["checks"] == ""


def test_the_course_is_its_owners_alone_and_logs_name_no_student(course: Course, graded: GradingSummary) -> None:
    assert stat.S_IMODE(course.folder.stat().st_mode) == 0o700
    for log in course.folder.glob("*.log"):
        assert "sample-" not in log.read_text(encoding="utf-8")


def test_a_second_run_grades_nobody_again(course: Course, graded: GradingSummary) -> None:
    again = grade(course, LAB)
    assert (again.graded, len(again.kept)) == ([], len(CLASS))
    assert again.reports == graded.reports


def run(command: list[str], folder: Path) -> None:
    """Run a command of nbgrader's; where it fails, its own words are the message."""
    done = subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True, timeout=180)
    assert done.returncode == 0, done.stderr[-4000:]


def test_nbgraders_own_command_writes_the_same_rows(course: Course, graded: GradingSummary) -> None:
    students = ("sample-no-tanh", "sample-broken-file", "sample-cells-deleted")
    before = {student: rows(course, student) for student in students}
    others = ",".join(sorted({f"{sample_class.PREFIX}{name}" for name in CLASS} - set(students)))
    command = [str(Path(sys.executable).parent / "nbgrader"), "autograde", LAB, "--force"]
    command += [f"--CourseDirectory.student_id_exclude={others}"]
    with course.gradebook() as gradebook:  # so that a command which does nothing is seen
        for student in students:
            gradebook.find_grade("check-rnn_step", LAB, LAB, student).auto_score = 3
        gradebook.db.commit()
    run(command, course.root)
    (course.folder / "nbgrader.log").unlink()
    assert {student: rows(course, student) for student in students} == before


def test_nbgraders_own_feedback_command_writes_our_page(course: Course, graded: GradingSummary) -> None:
    page = course.folder / "feedback" / "sample-perfect" / LAB / f"{LAB}.html"
    text = page.read_text(encoding="utf-8")
    command = [
        str(Path(sys.executable).parent / "nbgrader"),
        "generate_feedback",
        LAB,
        "--student",
        "sample-perfect",
        "--force",
    ]
    run(command, course.root)
    (course.folder / "nbgrader.log").unlink()
    assert page.read_text(encoding="utf-8") == text


def test_a_mark_by_hand_survives_a_new_submission(course: Course, graded: GradingSummary) -> None:
    student = "sample-broken-file"
    with course.gradebook() as gradebook:
        mark = gradebook.find_grade("written", LAB, LAB, student)
        mark.manual_score, mark.extra_credit = 7, 1
        gradebook.db.commit()
    path = course.submitted / student / LAB / f"{LAB}.ipynb"
    kept = path.read_bytes()
    path.write_bytes(b"")
    again = grade(course, LAB)
    path.write_bytes(kept)
    assert again.graded == [student]
    report = next(report for report in again.reports if report.student == student)
    assert (report.lines[-1].score, report.lines[-1].state) == (8, State.UNREADABLE)
    assert "empty" in report.lines[0].hint
    assert grade(course, LAB).graded == [student]


def test_what_a_regrade_would_change_is_said_and_not_written(tmp_path: Path) -> None:
    course = new_course(tmp_path / "course")
    sample_class.write(Lab(LAB, course.root), course.submitted)
    for folder in course.submitted.iterdir():
        if folder.is_dir() and folder.name not in {"sample-no-tanh", "sample-half-done"}:
            shutil.rmtree(folder)
    grade(course, LAB)
    assert grading.differences(course, LAB, engine=shared("bubblewrap")) == []
    path = course.submitted / "sample-half-done" / LAB / f"{LAB}.ipynb"
    kept, before = path.read_bytes(), rows(course, "sample-half-done")
    notebook = nbformat.read(path, as_version=4)
    next(cell for cell in notebook.cells if "Exercise 2.1" in cell.source[:20]).source = "raise ValueError"
    nbformat.write(notebook, path)
    found = grading.differences(course, LAB, engine=shared("bubblewrap"))
    path.write_bytes(kept)
    assert {one.student for one in found} == {"sample-half-done"}
    assert {one.why for one in found} == {"the submission has changed"}
    assert any(one.before.startswith("passed") for one in found)
    assert rows(course, "sample-half-done") == before


def test_odd_names_files_and_times_lose_nobody_anything(tmp_path: Path) -> None:
    course = new_course(tmp_path)
    for student in ("a [strange] name", "bad-timestamp", "nothing-in-it"):
        (course.submitted / student / LAB).mkdir(parents=True)
    (course.submitted / "a [strange] name" / LAB / f"{LAB}.ipynb").write_bytes(b"[]")
    shutil.copy(ROOT / "labs" / LAB / f"{LAB}.ipynb", course.submitted / "bad-timestamp" / LAB)
    (course.submitted / "bad-timestamp" / LAB / "timestamp.txt").write_text("yesterday, I think")
    begun: list[int] = []
    outcome = grade(course, LAB, progress=Progress(begin=begun.append))
    states = {report.student: {line.state for line in report.lines} for report in outcome.reports}
    assert states == {
        "a [strange] name": {State.UNREADABLE},
        "bad-timestamp": {State.UNTOUCHED},
        "nothing-in-it": {State.UNREADABLE},
    }
    assert begun == [3]
    logging.shutdown()
    log = (course.folder / "grading.log").read_text(encoding="utf-8")
    assert "is no time" in log
    assert "bad-timestamp" not in log


class Broken:
    """An engine without kernels."""

    isolation, packages, level = "none", "newest", "none"
    students = trusted = Forks(None, sandboxed=False)

    def renew(self) -> Broken:
        return self

    def notes(self) -> tuple[str, ...]:
        return ("slow",)


def test_what_the_grader_fails_at_is_nobodys_zero_and_is_tried_again(tmp_path: Path) -> None:
    course = new_course(tmp_path)
    for student in ("ada", "bob"):
        (course.submitted / student / LAB).mkdir(parents=True)
        shutil.copy(ROOT / "solutions" / LAB / f"{LAB}.ipynb", course.submitted / student / LAB)
    heard: list[str] = []
    outcome = grading.grade(course, LAB, engine=Broken(), yes_as_root=True, progress=Progress(warn=heard.append))
    assert heard == ["slow"]
    assert sorted(outcome.graded) == ["ada", "bob"]
    assert {line.state for report in outcome.reports for line in report.lines} == {State.INFRASTRUCTURE}
    assert all(line.score is None for report in outcome.reports for line in report.lines)
    logging.shutdown()
    assert "has ended" in (course.folder / "grading.log").read_text(encoding="utf-8")
    again = grading.grade(course, LAB, engine=Broken(), yes_as_root=True)
    assert (sorted(again.graded), again.kept) == (["ada", "bob"], [])


def test_a_lab_that_does_not_exist_is_answered_with_those_that_do(tmp_path: Path) -> None:
    with pytest.raises(UserFacingError, match=r"There is no lab 'lab9'\. The labs are: lab1_rnn\."):
        grade(new_course(tmp_path), "lab9")


def test_a_gradebook_that_cannot_be_used_is_one_sentence(tmp_path: Path) -> None:
    course = new_course(tmp_path)
    (course.folder / "gradebook.db").write_text("no database at all, and long enough for a header to be read from it")
    with pytest.raises(UserFacingError, match="can't be used: file is not a database"):
        grade(course, LAB)


def test_the_sample_class_can_be_taken_away_with_all_that_it_left(tmp_path: Path) -> None:
    course = new_course(tmp_path)
    (course.submitted / "ann" / LAB).mkdir(parents=True)
    (course.submitted / "ann" / LAB / f"{LAB}.ipynb").write_bytes(b"ann's")
    (course.submitted / "bob" / LAB).mkdir(parents=True)
    (course.submitted / "bob" / LAB / f"{LAB}.ipynb").write_bytes(b"bob's")
    grade(course, LAB)
    assert remove(course, LAB, ["bob", "nobody"]) == ["bob"]
    outcome = grade(course, LAB)
    assert ([report.student for report in outcome.reports], outcome.gone) == (["ann"], [])
    assert not list(course.folder.glob("*/bob"))
    assert "bob" not in (course.folder / "grades" / f"{LAB}.csv").read_text(encoding="utf-8")
    shutil.rmtree(course.submitted / "ann" / LAB)
    (course.submitted / "cid" / LAB).mkdir(parents=True)
    assert grade(course, LAB).gone == ["ann"]


@pytest.fixture
def without_bubblewrap(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """A machine on which bubblewrap is not installed, and no engine is warm."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv(host.WARM_VARIABLE, "0")
    monkeypatch.setenv("TMPDIR", str(tmp_path))  # for the workers
    monkeypatch.setattr(address.tempfile, "gettempdir", lambda: str(tmp_path))
    bubblewrap.program.cache_clear()
    yield
    bubblewrap.program.cache_clear()


@pytest.mark.usefixtures("without_bubblewrap")
def test_without_a_sandbox_only_our_own_sample_class_is_graded_and_marked_so(tmp_path: Path) -> None:
    course = new_course(tmp_path / "course")
    sample_class.write(Lab(LAB, course.root), course.submitted)
    for folder in course.submitted.iterdir():
        if folder.is_dir() and folder.name not in {"sample-no-tanh", "sample-perfect"}:
            shutil.rmtree(folder)
    warned: list[str] = []
    outcome = grading.grade(course, LAB, progress=Progress(warn=warned.append))
    assert [(report.student, report.isolation) for report in outcome.reports] == [
        ("sample-no-tanh", "none"),
        ("sample-perfect", "none"),
    ]
    assert [feedback.short(report) for report in outcome.reports] == ["80/90", "90/90"]
    assert "apt install bubblewrap" in warned[0]
    assert grading.grade(course, LAB).graded == []  # and it is not done again each time

    path = course.submitted / "sample-perfect" / LAB / f"{LAB}.ipynb"
    path.write_bytes(path.read_bytes() + b" ")  # from now on it is somebody's own
    with pytest.raises(UserFacingError, match="needs bubblewrap, which was not found"):
        grading.grade(course, LAB)


def test_as_root_only_our_own_sample_class_is_run_without_isolation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    course = new_course(tmp_path)
    sample_class.write(Lab(LAB, course.root), course.submitted)
    for folder in course.submitted.iterdir():
        if folder.is_dir() and folder.name != "sample-perfect":
            shutil.rmtree(folder)
    assert grading.grade(course, LAB, engine=Broken(), isolation="none").graded == ["sample-perfect"]
    path = course.submitted / "sample-perfect" / LAB / f"{LAB}.ipynb"
    path.write_bytes(path.read_bytes() + b" ")  # from now on it is somebody's own
    with pytest.raises(UserFacingError, match=r"would run as root.*`--isolation uid`.*`--yes-as-root`"):
        grading.grade(course, LAB, engine=Broken(), isolation="none")
    with pytest.raises(UserFacingError, match="would run as root"):
        grading.differences(course, LAB, engine=Broken(), isolation="none")
    assert grading.grade(course, LAB, engine=Broken(), isolation="none", yes_as_root=True).graded == ["sample-perfect"]


def test_level_uid_is_refused_to_who_is_not_root_and_on_a_cluster(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    course = new_course(tmp_path)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(UserFacingError, match="`--isolation uid` needs root"):
        Engine("uid")
    with pytest.raises(UserFacingError, match=r"one submission at a time.*leave out --scheduler"):
        grading.grade(course, LAB, isolation="uid", scheduler="tcp://127.0.0.1:1")


def test_hidden_inputs_follow_from_the_courses_own_key(course: Course, graded: GradingSummary) -> None:
    key = course.folder / "secret.key"
    assert (stat.S_IMODE(key.stat().st_mode), len(key.read_bytes())) == (0o600, 32)
    digest = "7" * 64
    assert course.rules.seed(digest) == course.rules.seed(digest) != course.rules.seed("8" * 64)
    other = replace(course.rules, secret=b"another")
    assert other.seed(digest) != course.rules.seed(digest)
    assert other.key(digest, graded.assignment.digest) != course.rules.key(digest, graded.assignment.digest)


def test_an_instructor_sees_the_inputs_of_a_check_and_what_came(course: Course, graded: GradingSummary) -> None:
    data, rules = course.read("sample-no-tanh", LAB), course.rules
    shown, again = (
        asyncio.run(submission.explain(data, graded.assignment, rules, shared("bubblewrap"), name))
        for name in ("rnn_step", "2.1")
    )
    assert shown == again
    public, _, hidden = shown.partition("=== hidden test")
    for part in (public, hidden):
        assert all(word in part for word in ("W_hh = array", "expected: array", "actual:   array", "not squashed"))
    with pytest.raises(UserFacingError, match=r"There is no exercise '9\.9'"):
        asyncio.run(submission.explain(data, graded.assignment, rules, shared("bubblewrap"), "9.9"))
