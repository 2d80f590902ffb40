"""Due dates, more time for one student, and what lateness costs: found anew when they change, with nothing graded."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta

import pytest
import simulated
from late_course import LAB, STUDENTS, course
from typer.testing import CliRunner

from autograder.base.errors import UserFacingError
from autograder.cli import app
from autograder.commands import due
from autograder.course.course import Course
from autograder.course.terms import Terms, terms
from autograder.gradebook import book
from autograder.gradebook.recorder import Recorder
from autograder.plugins import PerDay

__all__ = ["course"]
pytestmark = pytest.mark.slow


def utc(*parts: int) -> datetime:
    """A time as the gradebook has it: in UTC, without a zone."""
    return datetime(*parts, tzinfo=UTC).replace(tzinfo=None)


def penalties(course: Course) -> dict[str, float]:
    with course.gradebook() as gradebook:
        return {report.student: report.penalty for report in book.reports(gradebook, LAB)}


def test_each_day_begun_costs_a_share_of_what_was_earned(course: Course) -> None:
    assert penalties(course) == {"ada": 0, "bob": 0, "eve": 0}
    assert due.set_due(course, LAB, "2026-12-01 21:00", "UTC") == utc(2026, 12, 1, 21)
    assert penalties(course) == {"ada": 0, "bob": 18, "eve": 0}
    assert "bob,,90,,18," in (course.folder / "grades" / f"{LAB}.csv").read_text()
    due.extend(course, LAB, "bob", timedelta(days=1))
    assert penalties(course)["bob"] == 9
    assert terms(course, LAB) == Terms(utc(2026, 12, 1, 21), {"bob": timedelta(days=1)})
    due.extend(course, LAB, "bob", timedelta())
    assert penalties(course)["bob"] == 18
    due.set_due(course, LAB, "")
    assert penalties(course)["bob"] == 0


def test_a_time_that_is_written_after_grading_is_taken_in(course: Course) -> None:
    due.set_due(course, LAB, "2026-12-01 21:00", "UTC")
    assert penalties(course)["eve"] == 0
    folder = course.path(course.directory.submitted_directory, "eve", LAB)
    (folder / "timestamp.txt").write_text("2026-12-02 09:00:00 UTC")
    with Recorder(course.directory, course.config, simulated.lab()) as recorder:
        recorder.retime(list(STUDENTS))
    assert penalties(course) == {"ada": 0, "bob": 18, "eve": 9}


def test_a_name_that_is_nearly_a_students_is_asked_about(course: Course) -> None:
    due.set_due(course, LAB, "2026-12-01")
    with pytest.raises(UserFacingError, match=r"There is no student 'adda'. Is it ada\?"):
        due.extend(course, LAB, "adda", timedelta(days=1))


def test_the_penalty_has_a_grace_and_a_most() -> None:
    plugin = PerDay(percent=40, most=100, grace_minutes=15)
    assert plugin.late_submission_penalty("x", 50, 15 * 60) is None
    assert plugin.late_submission_penalty("x", 50, 16 * 60) == 20
    assert plugin.late_submission_penalty("x", 50, 86_400) == 20
    assert plugin.late_submission_penalty("x", 50, 86_401) == 40
    assert plugin.late_submission_penalty("x", 50, 9 * 86_400) == 50


def test_who_has_not_handed_in_can_have_more_time_and_gets_no_grade_by_that(course: Course) -> None:
    due.set_due(course, LAB, "2026-12-01", "Europe/Berlin")
    due.extend(course, LAB, "zoe", timedelta(hours=12))
    assert terms(course, LAB).due == utc(2026, 12, 1, 22, 59, 59)
    assert "zoe" not in penalties(course)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda course: due.set_due(course, LAB, "next week"), "'next week' is no time. One looks like 2026-12-01"),
        (lambda course: due.set_due(course, LAB, "2026-12-01", "Mars/Base"), "no time zone 'Mars/Base'"),
        (lambda course: due.set_due(course, "lab9", "2026-12-01"), "There is no lab 'lab9'"),
        (
            lambda course: due.extend(course, LAB, "ada", timedelta(days=1)),
            "has no due date, so nobody needs more time",
        ),
        (lambda course: due.extend(course, LAB, "ada", timedelta(days=-1)), "More time is wanted, not less"),
    ],
)
def test_what_can_not_be_is_said_in_a_sentence(course: Course, call: object, words: str) -> None:
    with pytest.raises(UserFacingError, match=words):
        call(course)


def test_the_commands_show_what_stands(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Course, "open", lambda **_: course)
    monkeypatch.setenv("TZ", "UTC")
    run = CliRunner().invoke
    assert "has no due date" in run(app, ["due", LAB]).output
    assert "is due Tuesday, 01 December 2026, 23:59" in run(app, ["due", LAB, "2026-12-01", "--timezone", "UTC"]).output
    assert "bob has 3 days more." in run(app, ["extend", LAB, "bob", "--days", "3"]).output
    report = course.folder / "report" / f"{LAB}.html"
    report.parent.mkdir()
    report.touch()
    assert "write it anew" in run(app, ["extend", LAB, "bob", "--days", "2"]).output
    assert "write it anew" in run(app, ["due", LAB, "never"]).output
    assert "write it anew" not in run(app, ["due", LAB]).output
    assert "has no due date" in run(app, ["due", LAB, "never"]).output
    shutil.rmtree(course.folder)
