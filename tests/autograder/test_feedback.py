"""The page a student gets back says score, state, hint and next step, and runs nothing that a student wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from autograder import export, feedback
from autograder.assignment import Assignment, load
from autograder.lab import Lab
from autograder.record import Line, Report
from autograder.states import NEXT_STEPS, WORDS, State

if TYPE_CHECKING:
    from pathlib import Path


def line(state: State | None, score: float | None, hint: str = "", *, checked: bool = True) -> Line:
    return Line("check", "Exercise 2.1: rnn_step", 10, state, hint, score, checked=checked)


@pytest.mark.parametrize("state", State)
def test_each_state_is_said_in_words_with_a_next_step(state: State) -> None:
    page = feedback.page(Report("ann", (line(state, 0, "the hint"),)), "lab1_rnn")
    assert WORDS[state] in page
    assert NEXT_STEPS[state] in page
    assert ("the hint" in page) is (state not in {State.PASSED, State.UNTOUCHED})
    assert NEXT_STEPS[state] or "the hint" in page


def test_what_a_student_wrote_is_text() -> None:
    evil = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    report = Report(evil, (line(State.CRASHED, 0, evil),))
    page = feedback.page(report, "lab1_rnn")
    assert "<script" not in page
    assert "<img" not in page
    assert page.count("&lt;script&gt;") == 2


def test_the_total_says_what_is_open() -> None:
    lines = (line(State.PASSED, 10), line(State.MISSING, None), line(None, None, checked=False))
    assert feedback.total(Report("ann", lines)) == "10 of 10 points; 20 points are still to be marked by a person."
    assert feedback.short(Report("ann", lines)) == "10/10 ?"
    late = feedback.total(Report("ann", lines[:1], penalty=2))
    assert late == "8 of 10 points after 2 points off for a late submission."


def test_a_name_that_is_a_formula_is_text_in_the_grade_table(tmp_path: Path) -> None:
    lab: Assignment = load(Lab("lab1_rnn"))
    lines = tuple(Line(cell.grade_id, cell.title, cell.points, State.PASSED, "", cell.points) for cell in lab.graded)
    export.write_csv(tmp_path / "grades.csv", [Report('=HYPERLINK("x")', lines)], lab)
    row = (tmp_path / "grades.csv").read_text(encoding="utf-8").splitlines()[1]
    assert row.startswith('"\'=HYPERLINK(""x"")",100,90,10,0,')
