"""`autograder score`: points and a reason by a person, for one exercise of one student."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
import simulated
from late_course import LAB, course
from typer.testing import CliRunner

from autograder.base.errors import UserFacingError
from autograder.base.files import COURSE_VARIABLE
from autograder.cli import app
from autograder.commands import due, score
from autograder.gradebook import book
from autograder.gradebook.recorder import Recorder

if TYPE_CHECKING:
    from autograder.course.course import Course
    from autograder.model.recorded import Line

__all__ = ["course"]
pytestmark = pytest.mark.slow
WHY = "The bias comes one line later, which is right as well."


def line(course: Course, student: str, grade_id: str = "check-rnn_step") -> Line:
    with course.gradebook() as gradebook:
        return next(one for one in book.report(gradebook, LAB, student).lines if one.grade_id == grade_id)


def page(course: Course, student: str) -> str:
    folder = course.path(course.directory.feedback_directory, student, LAB)
    return (folder / f"{LAB}.html").read_text(encoding="utf-8")


def test_points_and_reason_stand_in_gradebook_page_and_table_and_go_again(course: Course) -> None:
    given = score.give(course, LAB, "bob", "rnn_step", 7, WHY)
    assert given.line() == "bob, Exercise 2.1: rnn_step: 10 -> 7 (by hand) of 10"
    assert (line(course, "bob").score, line(course, "bob").comment, line(course, "bob").by_hand) == (7, WHY, True)
    assert line(course, "ada").score == 10
    assert WHY in page(course, "bob")
    assert "bob,,87," in (course.folder / "grades" / f"{LAB}.csv").read_text()
    back = score.give(course, LAB, "bob", "2.1", None)
    assert back.line() == "bob, Exercise 2.1: rnn_step: 7 (by hand) -> 10 of 10"
    assert (line(course, "bob").comment, line(course, "bob").by_hand) == (None, False)
    assert WHY not in page(course, "bob")


def test_they_stay_when_the_student_is_graded_again(course: Course) -> None:
    score.give(course, LAB, "bob", "rnn_step", 7, WHY)
    with Recorder(course.directory, course.config, simulated.lab()) as recorder:
        recorder.save("bob", simulated.graded("another", states=(simulated.State.FAILED,)))
    again = line(course, "bob")
    assert (again.auto_score, again.score, again.comment) == (0, 7, WHY)


def test_a_written_answer_is_marked_the_same_way(course: Course) -> None:
    assert line(course, "eve", "written").score is None
    given = score.give(course, LAB, "eve", "written", 0, "Nothing is said of the gradient.")
    assert re.fullmatch(r"eve, .*: open -> 0 \(by hand\) of 10", given.line())
    assert line(course, "eve", "written").score == 0
    with course.gradebook() as gradebook:
        assert not gradebook.find_grade("written", LAB, LAB, "eve").needs_manual_grade
    score.give(course, LAB, "eve", "written", None)
    with course.gradebook() as gradebook:
        assert gradebook.find_grade("written", LAB, LAB, "eve").needs_manual_grade


def test_what_lateness_costs_follows(course: Course) -> None:
    due.set_due(course, LAB, "2026-12-01 21:00", "UTC")
    before = _penalty(course)
    score.give(course, LAB, "bob", "rnn_step", 0, WHY)
    assert _penalty(course) == pytest.approx(before * 80 / 90)


def _penalty(course: Course) -> float:
    with course.gradebook() as gradebook:
        return book.report(gradebook, LAB, "bob").penalty


@pytest.mark.parametrize(
    ("student", "exercise", "points", "why", "said"),
    [
        ("adda", "rnn_step", 1, WHY, r"Nothing is recorded about 'adda' in lab1_rnn\. Is it ada\?"),
        ("nobody", "rnn_step", 1, WHY, r"Nothing is recorded about 'nobody' in lab1_rnn\.$"),
        ("ada", "rnn_stepp", 1, WHY, r"There is no exercise 'rnn_stepp' in lab1_rnn\. Is it rnn_step\?"),
        ("ada", "rnn_step", 11, WHY, r"Exercise 2\.1: rnn_step has 10 points: give 0 to 10, not 11\."),
        ("ada", "rnn_step", float("nan"), WHY, "give 0 to 10, not nan"),
        ("ada", "rnn_step", 5, "  ", "Say why"),
    ],
)
def test_what_cannot_be_is_one_sentence_and_changes_nothing(
    course: Course, student: str, exercise: str, points: float, why: str, said: str
) -> None:
    with pytest.raises(UserFacingError, match=said):
        score.give(course, LAB, student, exercise, points, why)
    assert not line(course, "ada").by_hand


def test_the_command_wants_points_or_clear(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autograder.course.course.Course.open", lambda **_: course)
    monkeypatch.delenv(COURSE_VARIABLE, raising=False)
    asked = ["score", LAB, "bob", "rnn_step"]
    for wrong in (asked, [*asked, "7", "--clear"]):
        said = CliRunner().invoke(app, wrong)
        assert said.exit_code
        assert "Say the points and why" in said.output
    said = CliRunner().invoke(app, [*asked, "7.5", "--why", WHY])
    assert (said.exit_code, said.output) == (0, "bob, Exercise 2.1: rnn_step: 10 -> 7.5 (by hand) of 10\n")
    assert line(course, "bob").score == 7.5
