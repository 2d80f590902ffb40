"""A Canvas archive of a class, honest, damaged, late and malicious: three commands give each the right grade."""

from __future__ import annotations

import csv
import json
import random
import zipfile

import damages
import lms
import nbformat
import pytest
from hostile import corpus
from sample_course import CLASS, new_course, signs
from typer.testing import CliRunner

from autograder.cli import app
from autograder.commands import grade as grading
from autograder.course.course import Course
from autograder.course.sample import sample_class
from autograder.engine.engine import shared
from autograder.model.assignment import load
from autograder.model.lab import Lab
from autograder.model.verdict import SYMBOLS
from autograder.results.feedback import symbol

pytestmark = pytest.mark.slow

LAB = Lab("lab1_rnn")
FILE = "lab1_rnn.ipynb"
NAMES = ["Ana", "Bo", "Chloé", "Đặng", "Eva", "Søren", "Łukasz", "O'Neil", "Zoë", "José", "李", "Ümit"]
DAMAGES = [
    *damages.METADATA, *damages.BORDERS, damages.delete_checks, damages.duplicate_stub, damages.move_exercise,
    damages.retype, damages.turn_into_text, damages.crlf, *damages.FILES,
]  # fmt: skip
LOOKALIKES = ["Copy of lab1_rnn.ipynb", "lab1_rnn (3).ipynb", "Lab1_RNN.ipynb", "notebook.ipynb"]
FORGERS = 4
HANDED_IN = {2: 45, 1: 60}  # with each second damage, with all
PERFECT = "✓" * 15 + "…"


class Class:
    """Who hands in what, and what must come of it: a sign for each graded cell, or several that are right."""

    def __init__(self) -> None:
        self.lab = load(LAB)
        self.release, self.solution = (
            nbformat.read(path, as_version=4) for path in (LAB.release_path, LAB.solution_path)
        )
        self.hand_ins: dict[lms.Student, dict[str, bytes]] = {}
        self.expected: dict[int, list[set[str]]] = {}

    def add(self, files: dict[str, bytes], expected: str | list[set[str]], *, late: bool = False) -> lms.Student:
        number = 100 + len(self.hand_ins)
        student = lms.Student(f"{NAMES[number % len(NAMES)]} Test{number}", number, late=late)
        self.hand_ins[student] = files
        self.expected[number] = [{sign} for sign in expected] if isinstance(expected, str) else expected
        return student

    def sample(self, name: str) -> bytes:
        return sample_class.hand_in(sample_class.CLASSES[LAB.name][name], self.release, self.solution)

    def fill(self, step: int) -> None:
        outcome = grading.GradingSummary(self.lab)
        for name in CLASS:
            self.add({FILE: self.sample(name)}, "".join(signs(outcome, name)))
        for number, damage in enumerate(DAMAGES[::step]):
            draw = random.Random(number)  # noqa: S311
            notebook = damages.solved(self.lab)
            if damage in damages.FILES:
                ending = ".ipynb" if damage is damages.with_bom else ".md" if damage is damages.as_markdown else ".py"
                self.add({FILE.replace(".ipynb", ending): damage(notebook)}, PERFECT)
            else:
                damage(notebook, draw)
                self.add({FILE: damages.as_notebook(notebook)}, PERFECT)
        whole = damages.as_notebook(damages.solved(self.lab))
        for name in LOOKALIKES:
            self.add({name: whole}, PERFECT, late=True)
        self.add({"work.zip": lms.zip_of({f"folder/{FILE}": whole, "__MACOSX/._x": b"."})}, PERFECT)
        unreadable = {
            "lab1.pdf": b"%PDF-1.7 ...", FILE: b"", "page.html": b"<!DOCTYPE html><html>...",
            "locked.zip": lms.raw_zip([(FILE.encode(), b"?" * 40)], flags=1),
            "up.zip": lms.zip_of({f"../../../{FILE}": whole}),
        }  # fmt: skip
        for name, data in unreadable.items():
            self.add({name: data}, "u" * 16)
        self.add({"one.ipynb": whole, "two.ipynb": self.sample("untouched")}, "u" * 16)
        quick = [case for case in corpus.CASES.values() if case.kind == "Z" and case.seconds <= 2 and not case.files]
        for case in [case for case in quick if not (case.links or case.before)][:FORGERS]:
            bad = {SYMBOLS[state] for state in map(_state, case.states)}
            right = [bad if cell.name in case.exercises else {"✓"} for cell in self.lab.checks]
            self.add({FILE: case.build(self.release, self.solution)}, [*right, {"…"}])
        while len(self.hand_ins) < HANDED_IN[step]:
            self.add({FILE: self.sample("own-way")}, PERFECT, late=len(self.hand_ins) % 2 == 0)


def _state(name: str):
    return next(state for state in SYMBOLS if state.value == name)


@pytest.fixture(
    scope="module",
    params=[pytest.param(2, id="each second damage"), pytest.param(1, id="all", marks=pytest.mark.thorough)],
)
def everybody(request: pytest.FixtureRequest) -> Class:
    made = Class()
    made.fill(request.param)
    assert len(made.hand_ins) == HANDED_IN[request.param]
    return made


@pytest.fixture(scope="module")
def course(everybody: Class, tmp_path_factory: pytest.TempPathFactory) -> Course:
    return new_course(tmp_path_factory.mktemp("checkout"))


@pytest.fixture(scope="module")
def done(everybody: Class, course: Course, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What each command printed."""
    incoming = tmp_path_factory.mktemp("downloads")
    first, second = incoming / "submissions.zip", incoming / "submissions (1).zip"
    again = list(everybody.hand_ins)[:2]
    lms.canvas_zip(first, {who: {FILE: everybody.sample("untouched")} for who in again})
    lms.canvas_zip(second, everybody.hand_ins, first=800_000, day=5)
    printed = {}
    grade = grading.grade
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Course, "open", lambda **_: course)
        patch.setattr(grading, "grade", lambda *args, **more: grade(*args, **more | {"engine": shared("bubblewrap")}))
        for command in (
            ["collect", LAB.name, str(first)],
            ["collect", LAB.name, str(second)],
            ["grade", LAB.name],
            ["publish-feedback", LAB.name, "--zip", str(incoming / "feedback.zip")],
            ["report", LAB.name],
            ["export", LAB.name, "--to", "canvas"],
            ["export", LAB.name, "--to", "json"],
        ):
            result = CliRunner().invoke(app, command)
            assert not (result.exception and not isinstance(result.exception, SystemExit)), result.exception
            printed[" ".join(command[:1] + command[3:4])] = result.output
    printed["zip"] = str(incoming / "feedback.zip")
    return printed


def folder_of(course: Course, number: int) -> str:
    return next(folder.name for folder in course.submitted.iterdir() if folder.name.endswith(str(number)))


def test_everybody_gets_the_right_grade(everybody: Class, course: Course, done: dict[str, str]) -> None:
    with course.gradebook() as gradebook:
        found = {
            report.student: "".join(map(symbol, report.lines)) for report in grading.book.reports(gradebook, LAB.name)
        }
    wrong = {}
    for student, expected in zip(everybody.hand_ins, everybody.expected.values(), strict=True):
        signs_of = found.pop(folder_of(course, student.number))
        if not all(sign in right for sign, right in zip(signs_of, expected, strict=True)):
            wrong[next(iter(everybody.hand_ins[student])), student.number] = (signs_of, expected)
    assert wrong == {}
    assert found == {}


def test_the_lms_takes_the_table(everybody: Class, course: Course, done: dict[str, str]) -> None:
    [table] = (course.folder / "export").glob("*-canvas.csv")
    with table.open(encoding="utf-8-sig", newline="") as file:
        rows = {row["ID"]: row for row in csv.DictReader(file) if row["ID"]}
    for student, expected in zip(everybody.hand_ins, everybody.expected.values(), strict=True):
        row = rows[str(student.number)]
        column = next(name for name in row if name.startswith("lab1_rnn"))
        # Where a cell waits for a person no total stands yet: never a zero that nobody gave.
        open_ = any(right & {"…", "u", "m"} for right in expected)
        pairs = zip(everybody.lab.graded, expected, strict=True)
        points = sum(cell.points for cell, right in pairs if right == {"✓"})
        assert row[column] == ("" if open_ else f"{points:g}"), student


def test_each_student_has_a_page_and_the_zip_holds_them(everybody: Class, course: Course, done: dict[str, str]) -> None:
    pages = list(course.folder.glob("feedback/*/lab1_rnn/lab1_rnn.html"))
    assert len(pages) == len(everybody.hand_ins)
    assert not [page for page in pages if "reference.fresh" in page.read_text(encoding="utf-8")]
    with zipfile.ZipFile(done["zip"]) as archive:
        assert len(archive.namelist()) == len(everybody.hand_ins)


def test_the_report_names_who_needs_a_person_first(everybody: Class, course: Course, done: dict[str, str]) -> None:
    page = (course.folder / "report" / "index.html").read_text(encoding="utf-8")
    for student, expected in zip(everybody.hand_ins, everybody.expected.values(), strict=True):
        if {"u"} in expected or {"m"} in expected:
            assert folder_of(course, student.number) in page


def test_every_submission_is_an_object_with_its_receipt(everybody: Class, course: Course, done: dict[str, str]) -> None:
    [path] = (course.folder / "export").glob("*-json.json*")
    objects = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert len(objects) == len(everybody.hand_ins)
    assert sum(bool(one["receipt"]) for one in objects) > len(everybody.hand_ins) / 4


def test_no_log_names_a_student(everybody: Class, course: Course, done: dict[str, str]) -> None:
    for path in course.folder.glob("*.log"):
        text = path.read_text(encoding="utf-8")
        assert not [who.number for who in everybody.hand_ins if folder_of(course, who.number) in text], path
