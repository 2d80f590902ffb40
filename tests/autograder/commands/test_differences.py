"""What a new grading would change, and why: said before anything is written."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import simulated
from typer.testing import CliRunner

from autograder.cli import app, terminal
from autograder.commands import grade
from autograder.commands.differences import NOT_GRADED, UNSTEADY, Difference, compare
from autograder.model.graded import GRADER_VERSION
from autograder.model.recorded import Line, Report
from autograder.model.verdict import State, Verdict
from autograder.runs.progress import Progress, Usage

if TYPE_CHECKING:
    from autograder.model.graded import Graded

LAB = simulated.lab()
FIRST = LAB.graded[0]


def recorded(of: Graded) -> Report:
    """A report as `results.read` makes it from a result."""
    lines = []
    for verdict, cell in zip(of.verdicts, LAB.graded, strict=True):
        score = verdict.score(cell.points)
        lines.append(Line(cell.grade_id, cell.title, cell.points, verdict.state, verdict.hint, score, auto_score=score))
    return Report("ada", tuple(lines), 0.0, of.level, of.digest, LAB.digest, GRADER_VERSION)


def changed(of: Graded, state: State) -> Graded:
    """The same result, but for the first check."""
    return replace(of, verdicts=(Verdict(FIRST.grade_id, state), *of.verdicts[1:]))


@pytest.fixture
def result() -> Graded:
    return simulated.graded(1, states=(State.PASSED,))


def test_the_same_result_is_no_difference(result: Graded) -> None:
    assert compare("ada", recorded(result), result, LAB) == []


def test_who_was_never_graded_is_new(result: Graded) -> None:
    found = compare("ada", None, result, LAB)
    assert len(found) == len(LAB.graded)
    assert {(one.before, one.why) for one in found} == {(NOT_GRADED, "new")}


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"submission": "another"}, "the submission has changed"),
        ({"assignment": "another"}, "the lab or its checks have changed"),
        ({"engine": "another"}, "the grader has changed"),
        ({"isolation": "none"}, "isolation has changed"),
        ({"submission": "another", "engine": "0"}, "the submission has changed; the grader has changed"),
        ({}, UNSTEADY),
    ],
)
def test_a_difference_says_what_it_was_what_it_is_and_why(result: Graded, change: dict[str, str], why: str) -> None:
    before = replace(recorded(result), **change)
    found = compare("ada", before, changed(result, State.FAILED), LAB)
    assert found == [Difference("ada", FIRST.title, f"passed, {FIRST.points:g}", "failed, 0", why)]


def test_a_state_without_a_score_is_said_to_have_none(result: Graded) -> None:
    (one,) = compare("ada", recorded(result), changed(result, State.INFRASTRUCTURE), LAB)
    assert one.after == "infrastructure, no score"


def test_a_mark_that_a_person_gave_is_said_to_stay(result: Graded) -> None:
    report = recorded(result)
    first = replace(report.lines[0], by_hand=True, score=3.0)
    (one,) = compare("ada", replace(report, lines=(first, *report.lines[1:])), changed(result, State.FAILED), LAB)
    assert one.by_hand


def test_the_command_lists_differences_and_how_to_record_them(monkeypatch: pytest.MonkeyPatch) -> None:

    one = Difference("ada", "Exercise 1.1: encode", "passed, 5", "failed, 0", "the grader has changed", by_hand=True)
    monkeypatch.setattr(grade.Course, "open", lambda **_: None)
    monkeypatch.setattr(grade, "differences", lambda *_, **__: [one])
    monkeypatch.setattr(terminal.out, "_width", 160)
    said = CliRunner().invoke(app, ["regrade", "lab1_rnn", "--diff"]).output
    assert "ada" in said
    assert "your mark stays" in said
    assert "1 of the class would get another result; nothing was written" in said
    monkeypatch.setattr(grade, "differences", lambda *_, **__: [])
    assert CliRunner().invoke(app, ["regrade", "lab1_rnn", "--diff"]).output.strip() == "Nothing would change."


def test_ctrl_c_is_answered_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:

    def interrupted(*_: object, progress: Progress, **__: object) -> None:
        progress.begin(3)
        progress.done("ada")
        raise KeyboardInterrupt

    monkeypatch.setattr(grade.Course, "open", lambda **_: None)
    monkeypatch.setattr(grade, "grade", interrupted)
    done = CliRunner().invoke(app, ["grade", "lab1_rnn"])
    assert done.exit_code == 130
    assert "Stopped. 1 graded; all of it is recorded" in done.output + (done.stderr or "")


def test_usage_tells_rate_and_what_was_saved() -> None:
    usage = Usage(submissions=30, seconds=60, import_seconds=8)
    assert (usage.per_minute, usage.saved_seconds) == (30, 232)
    assert (Usage().per_minute, Usage().saved_seconds) == (0, 0)
