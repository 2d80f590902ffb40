"""Feedback and grades of a recorded class are written, kept up to date, and named as an LMS takes them back."""

from __future__ import annotations

import csv
import json
import re
import shutil
import stat
import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING

import jsonschema
import pytest
import simulated
from typer.testing import CliRunner

from autograder.base.errors import UserFacingError
from autograder.base.files import PACKAGE, ROOT
from autograder.cli import app
from autograder.commands import grade, hand_back
from autograder.commands.export import Wish, export
from autograder.course.course import Course
from autograder.gradebook import book
from autograder.gradebook.recorder import Recorder
from autograder.intake import roster
from autograder.intake.attempts import Attempt, Shelf
from autograder.intake.roster import Row
from autograder.model.verdict import Note, Work

if TYPE_CHECKING:
    from pathlib import Path

LAB = simulated.LAB
STUDENTS = ("ann", "bob", "cleo")
SCHEMA = json.loads((PACKAGE / "results" / "schemas" / "submission.schema.json").read_text(encoding="utf-8"))


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """A course of this checkout's labs, three of whose students are graded."""
    for name in ("labs", "solutions"):
        (tmp_path / name).symlink_to(ROOT / name)
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    made = Course.open(tmp_path)
    with Recorder(made.directory, made.config, simulated.lab()) as recorder:
        for student in STUDENTS:
            work = (Work("ex-rnn_step", f"mine = '{student}'", f"printed by {student}"),)
            notes = (Note("ex-rnn_step", "similar", "It is alike.", 0.5),)
            recorder.save(student, replace(simulated.graded(student), work=work, receipt=notes))
    return made


def files(course: Course, student: str) -> dict[str, str]:
    folder = course.folder / "feedback" / student / LAB
    return {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}


def mark(course: Course, student: str, points: float) -> None:
    with course.gradebook() as gradebook:
        for cell in simulated.lab().written:
            gradebook.find_grade(cell.grade_id, LAB, LAB, student).manual_score = points
        gradebook.db.commit()


def handed_in(course: Course, student: str, order: int) -> None:
    """Keep an attempt as `collect` does."""
    shelf = Shelf(course.folder / "collected" / LAB / "attempts" / student, course.folder)
    shelf.keep(Attempt(f"id{order}", "", order, "2026-10-01", order, None, {}, [], []), {})


def test_everybody_gets_a_page_a_text_and_an_object(course: Course) -> None:
    found = hand_back.publish(course, LAB)
    assert (found.pages, found.written) == (3, 3)
    for student in STUDENTS:
        got = files(course, student)
        assert set(got) == {f"{LAB}.html", f"{LAB}.txt", f"{LAB}.json"}
        assert all(f"printed by {student}" in text for text in got.values())
        assert not [
            text for text in got.values() if any(f"printed by {other}" in text for other in {*STUDENTS} - {student})
        ]
        jsonschema.validate(json.loads(got[f"{LAB}.json"]), SCHEMA)
        assert "for_the_instructor" not in got[f"{LAB}.json"]


def test_only_what_has_changed_is_written(course: Course) -> None:
    hand_back.publish(course, LAB)
    before = files(course, "bob")
    assert hand_back.publish(course, LAB).written == 0
    mark(course, "bob", 3)
    assert hand_back.publish(course, LAB).written == 1
    assert all(text != before[name] for name, text in files(course, "bob").items())
    (course.folder / "feedback" / "ann" / LAB / f"{LAB}.json").unlink()
    assert hand_back.publish(course, LAB).written == 1
    assert set(files(course, "ann")) == set(before)


def test_no_form_is_older_than_the_page(course: Course) -> None:
    hand_back.publish(course, LAB)
    mark(course, "bob", 3)
    with course.gradebook() as gradebook:
        reports = book.reports(gradebook, LAB)
    grade.write_feedback(course, simulated.lab(), reports)
    assert set(files(course, "bob")) == {f"{LAB}.html"}
    assert len(files(course, "ann")) == 3
    assert hand_back.publish(course, LAB).written == 1
    assert len(files(course, "bob")) == 3


def test_nbgraders_own_page_is_the_same(course: Course) -> None:
    roster.write(course.folder / "roster.csv", [Row("ann", "Ann Lee", "moodle", "7", lab=LAB)])
    hand_back.publish(course, LAB)
    with course.gradebook() as gradebook:
        page = hand_back.page(gradebook, course.folder, LAB, "ann")
    assert page == files(course, "ann")[f"{LAB}.html"]
    assert '<bdi dir="auto">Ann Lee</bdi>' in page


def test_a_zip_for_moodle_has_the_folders_of_its_own_zip(course: Course, tmp_path: Path) -> None:
    rows = [Row("ann", "Ann_Lee/x", "moodle", "7", lab=LAB), Row("bob", "Bob", "moodle", "9", lab="lab2_music")]
    roster.write(course.folder / "roster.csv", [*rows, Row("cleo", "Zoë מ", "moodle", "11", lab=LAB)])
    found = hand_back.publish(course, LAB, archive=tmp_path / "out" / "f.zip")
    with zipfile.ZipFile(tmp_path / "out" / "f.zip") as archive:
        folders = ("Ann Lee x_7_assignsubmission_file", "Zoë מ_11_assignsubmission_file")
        assert archive.namelist() == [f"{folder}/{LAB}-feedback.html" for folder in folders]
        assert archive.read(archive.namelist()[0]).decode() == files(course, "ann")[f"{LAB}.html"]
    assert (found.kind, found.given, found.without) == ("moodle", 2, ["bob"])
    assert "bob" in " ".join(found.lines())
    first = (tmp_path / "out" / "f.zip").read_bytes()
    hand_back.publish(course, LAB, archive=tmp_path / "out" / "f.zip")
    assert (tmp_path / "out" / "f.zip").read_bytes() == first


def test_files_for_canvas_name_person_and_hand_in(course: Course, tmp_path: Path) -> None:
    rows = [Row(student, f"{student}x", "canvas", str(number)) for number, student in enumerate(STUDENTS, 100)]
    roster.write(course.folder / "roster.csv", rows)
    for order in (5001, 5007, 5003):
        handed_in(course, "ann", order)
    found = hand_back.publish(course, LAB, folder=tmp_path / "out")
    assert [path.name for path in (tmp_path / "out").iterdir()] == [f"annx_100_5007_{LAB}-feedback.html"]
    # Canvas takes the first two parts that are numbers for the person's and the file's.
    assert re.findall(r"(?<=_)\d+(?=_)", f"annx_100_5007_{LAB}-feedback.html")[:2] == ["100", "5007"]
    assert found.without == ["bob", "cleo"]
    assert '<bdi dir="auto">ann</bdi>' in files(course, "ann")[f"{LAB}.html"]  # Canvas's own form is not to be read
    assert stat.S_IMODE((tmp_path / "out" / f"annx_100_5007_{LAB}-feedback.html").stat().st_mode) == 0o600


def test_without_an_lms_files_are_named_after_their_students(course: Course, tmp_path: Path) -> None:
    found = hand_back.publish(course, LAB, folder=tmp_path / "out", archive=tmp_path / "out.zip")
    names = {f"{student}-{LAB}-feedback.html" for student in STUDENTS}
    assert {path.name for path in (tmp_path / "out").iterdir()} == names
    assert set(zipfile.ZipFile(tmp_path / "out.zip").namelist()) == names
    assert (found.kind, found.targets) == ("plain", [tmp_path / "out", tmp_path / "out.zip"])


def test_what_cannot_be_done_is_said_in_one_sentence(course: Course, tmp_path: Path) -> None:
    with pytest.raises(UserFacingError, match="no --for blackboard"):
        hand_back.publish(course, LAB, kind="blackboard")
    with pytest.raises(UserFacingError, match="Nobody is graded in lab2_music yet"):
        hand_back.publish(course, "lab2_music")
    (tmp_path / "file").touch()
    with pytest.raises(UserFacingError, match="file can't be written"):
        hand_back.publish(course, LAB, folder=tmp_path / "file")
    with pytest.raises(UserFacingError, match="can't be written"):
        export(course, LAB, Wish("json", tmp_path / "file" / "x"))
    with pytest.raises(UserFacingError, match="no --to blackboard"):
        export(course, LAB, Wish("blackboard"))
    with pytest.raises(UserFacingError, match="--gradebook goes with"):
        export(course, LAB, Wish("plain", gradebook=tmp_path / "file"))
    with pytest.raises(UserFacingError, match="--scale goes with"):
        export(course, LAB, Wish("canvas", scale=True))
    with pytest.raises(UserFacingError, match="Nobody is graded"):
        export(course, "lab2_music", Wish("json"))


def test_all_that_is_recorded_is_an_object_for_each_submission(course: Course) -> None:
    found = export(course, LAB, Wish("json"))
    assert found.path == course.folder / "export" / f"{LAB}-json.jsonl"
    objects = [json.loads(line) for line in found.path.read_text(encoding="utf-8").splitlines()]
    for one in objects:
        jsonschema.validate(one, SCHEMA)
        assert one["for_the_instructor"]["isolation"] == simulated.LEVEL
        assert one["for_the_instructor"]["receipt"][0]["confidence"] == 0.5
    assert [one["student"] for one in objects] == list(STUDENTS)
    assert f"printed by {STUDENTS[1]}" in json.dumps(objects[1])


def test_the_commands_write_for_an_lms(course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Course, "open", lambda **_: course)
    roster.write(course.folder / "roster.csv", [Row("ann", "annlee", "canvas", "100")])
    said = CliRunner().invoke(app, ["publish-feedback", LAB, "--zip", str(tmp_path / "f.zip"), "--for", "plain"])
    assert (said.exit_code, "3 files are in" in said.output) == (0, True)
    (tmp_path / "g.csv").write_text("Student,ID,Section,Lab 1 (7)\n    Points Possible,,,90\nAnn,100,A,1\nBob,2,A,2\n")
    command = ["export", LAB, "--to", "canvas", "--gradebook", str(tmp_path / "g.csv"), "--checks-only"]
    said = CliRunner().invoke(app, command)
    assert said.exit_code == 0
    assert "Graded, but not in the LMS's table: bob, cleo." in said.output
    with (course.folder / "export" / f"{LAB}-canvas-checks.csv").open(encoding="utf-8-sig", newline="") as file:
        table = list(csv.reader(file))
    assert table[0] == ["Student", "ID", "Section", "Lab 1 (7)"]
    assert table[3] == ["Bob", "2", "A", "2"]
