"""No submission earns a point that it did not earn, no honest one loses one, and nothing is seen, touched or left.

The whole corpus is graded as one class for each lab, on a real engine with isolation on. `make test` grades it short:
most cheats in lab 1 leave the two exercises with Keras to do; in `make test-hostile` they are right there, too.
"""

from __future__ import annotations

import csv
import os
import re
import socket
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
import pytest

from autograder.engine.engine import shared
from autograder.model.graded import SANDBOX
from autograder.model.verdict import SCORED, State
from autograder.results import feedback
from hostile import runner
from hostile.case import LABS as ALL_LABS
from hostile.corpus import CASES as ALL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from autograder.gradebook.book import Line
    from hostile.case import Case

    Graded = tuple[runner.World, runner.Reports]

pytestmark = [pytest.mark.slow, pytest.mark.hostile]

# In a container at level `uid` (test_hostile_uid.py) some of them are graded, in turn over all topics.
CASES = dict(list(ALL.items())[:: int(os.environ.get("HOSTILE_EVERY", "1"))])
LABS = tuple(lab for lab in ALL_LABS if any(case.lab == lab for case in CASES.values()))

WRITTEN = 10
# A second kernel, forked from the first, answers some of its author's calls for 20 seconds. TensorFlow runs no graph in
# a forked process, so that the author's own checks that ask for one may find no end there: nobody else's do.
OWN_HARM = {"forks_and_answers_twice": ({"MyRNNCell", "ball_model"}, {State.PASSED, State.TIMED_OUT})}
# What stands in a hidden test, a reference or a solution, and what the gradebook of this world holds.
SECRETS = ("BEGIN HIDDEN", "reference.fresh", "autograder.references", "BEGIN SOLUTION", runner.CANARY, "SQLite format")


@pytest.fixture(scope="module")
def graded() -> Iterator[Graded]:
    with runner.world() as world:
        yield world, runner.run(world, CASES.values(), short=bool(os.environ.get("HOSTILE_IN_SHORT")))


def name(line: Line) -> str:
    return line.title.rpartition(": ")[2]


@pytest.mark.parametrize("case", CASES.values(), ids=lambda case: case.name)
def test_each_submission_gets_what_it_earned(graded: Graded, case: Case) -> None:
    report = graded[1][case.lab][case.student]
    left = graded[0].left.get(case.student, ())
    assert all(line.state in State for line in report.lines if line.checked)
    for line in report.lines:
        affected = case.kind == "J" or name(line) in case.exercises
        if line.checked:
            harmed, instead = OWN_HARM.get(case.name, (set(), set()))
            honest = {State.UNTOUCHED} if name(line) in left else instead if name(line) in harmed else {State.PASSED}
            right = case.states if affected else honest
            assert line.state in right, (name(line), line.state, line.hint)
            full = line.points if line.state is State.PASSED else 0
            assert line.score == (full if line.state in SCORED else None), name(line)
        if line.checked and line.state not in {State.PASSED, State.UNTOUCHED}:
            assert line.hint
    flags = "".join(line.flag for line in report.lines)
    assert case.flag in flags
    assert case.name != "honest" or not flags


@pytest.mark.parametrize("case", CASES.values(), ids=lambda case: case.name)
def test_nothing_that_a_student_receives_holds_a_secret_or_runs(graded: Graded, case: Case) -> None:
    course = graded[0].course
    folder = course.path(course.directory.feedback_directory, case.student, case.lab)
    assert [path.name for path in folder.iterdir()] == [f"{case.lab}.html"]
    page = (folder / f"{case.lab}.html").read_text(encoding="utf-8")
    said = runner.without_own_words(page)
    assert not [secret for secret in ("STOLEN:", *SECRETS) if secret in said]
    active = r"<(script|img|iframe|svg|object)\b|<a(?! href=\"#[\w-]+\">)\b|<[^>]*\son\w+="
    assert not re.search(active, page, re.IGNORECASE)


@pytest.mark.parametrize("case", CASES.values(), ids=lambda case: case.name)
def test_the_notebook_for_formgrader_opens_and_holds_no_active_output(graded: Graded, case: Case) -> None:
    notebook = nbformat.read(graded[0].course.autograded(case.student, case.lab), as_version=4)
    nbformat.validate(notebook)
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            assert set(output.get("data", {})) <= {"text/plain", "image/png", "image/jpeg"}
            assert "STOLEN:" not in str(output.get("text", "")) + str(output.get("data", ""))


def test_every_file_that_was_handed_in_is_as_it_was(graded: Graded) -> None:
    world, _ = graded
    assert world.fingerprints() == world.handed_in


@pytest.mark.parametrize("lab", LABS)
def test_the_neighbour_keeps_score_mark_and_remark(graded: Graded, lab: str) -> None:
    report = graded[1][lab][runner.NEIGHBOUR]
    assert feedback.short(report) == "97/100"
    assert (report.lines[-1].score, report.lines[-1].comment) == (7, runner.CANARY)


@pytest.mark.parametrize("lab", LABS)
def test_nobody_else_has_a_grade(graded: Graded, lab: str) -> None:
    students = {case.student for case in CASES.values() if case.lab == lab}
    assert set(graded[1][lab]) == {runner.NEIGHBOUR, *students}


def test_nothing_was_stolen_and_nobody_knocked(graded: Graded) -> None:
    world, _ = graded
    assert world.stolen == []
    assert world.knocks == []
    with socket.create_connection((world.where.host, world.where.port)) as line:  # somebody does listen
        line.sendall(b"here")
        line.shutdown(socket.SHUT_WR)
        line.recv(1)
    assert world.knocks == [b"connected here"]


def _below(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    return [below for child in map(int, children) for below in (child, *_below(child))]


def test_no_process_is_left(graded: Graded) -> None:
    del graded
    engine = shared(runner.ISOLATION)
    assert not engine.students.children
    assert not engine.trusted.children
    templates = 2 if runner.ISOLATION == SANDBOX else 0  # bubblewrap in its namespace, and the template that it started
    assert len(_below(engine.students.pid)) == templates
    assert _below(engine.trusted.pid) == []


@pytest.mark.parametrize("lab", LABS)
def test_names_that_are_formulas_are_text_in_the_grade_table(graded: Graded, lab: str) -> None:
    with (graded[0].course.folder / "grades" / f"{lab}.csv").open(encoding="utf-8", newline="") as file:
        table = list(csv.reader(file))
    assert len(table) == len(graded[1][lab]) + 1
    assert not [cell for row in table for cell in row if re.match(r"[=+@\t\r]|-[^0-9]", cell)]
