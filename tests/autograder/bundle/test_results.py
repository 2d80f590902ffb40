"""Each state becomes what a student is to read on Gradescope; what is open is said; the format is Gradescope's."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
from gradescope import SCHEMA

from autograder.base.files import ROOT
from autograder.bundle.results import About, Wish, pending, results
from autograder.model.assignment import Assignment, load
from autograder.model.lab import find
from autograder.model.verdict import Note, State, Verdict

LEVEL = "uid, 19/19 probes, memory by watching; not held: names, proc"


@pytest.fixture(scope="module")
def lab() -> Assignment:
    return load(find("lab1_rnn", ROOT))


def made(lab: Assignment, *states: State, wish: Wish | None = None, about: About | None = None) -> dict[str, Any]:
    """Give the exercises these states, the others `passed`, and the written answer none."""
    given = dict(zip((cell.grade_id for cell in lab.checks), states, strict=False))
    verdicts = [
        Verdict(cell.grade_id, given.get(cell.grade_id, State.PASSED) if cell.exercise else None, "a hint", "key")
        for cell in lab.graded
    ]
    found = results(lab, verdicts, wish or Wish(), about or About(LEVEL))
    jsonschema.validate(found, SCHEMA)
    return found


def row(found: dict[str, Any], number: str) -> dict[str, Any]:
    return next(one for one in found["tests"] if one.get("number") == number)


@pytest.mark.parametrize(
    ("state", "score", "status", "said"),
    [
        (State.PASSED, 2.0, "passed", "passed"),
        (State.FAILED, 0.0, "failed", "not right yet\na hint"),
        (State.UNTOUCHED, 0.0, "failed", "not attempted yet\na hint"),
        (State.CRASHED, 0.0, "failed", "stopped with an error\na hint"),
        (State.TIMED_OUT, 0.0, "failed", "ran out of time\na hint"),
        (State.MISSING, None, "failed", "cell not found\na hint"),
        (State.UNREADABLE, None, "failed", "file not readable\na hint"),
        (State.INFRASTRUCTURE, None, None, "our fault: could not be checked\na hint"),
    ],
)
def test_each_state_is_shown_as_what_it_is(
    lab: Assignment, state: State, score: float | None, status: str | None, said: str
) -> None:
    one = row(made(lab, state), "1.1")
    assert (one.get("score"), one.get("status"), one["output"]) == (score, status, said)
    assert (one["max_score"], one["visibility"]) == (2.0, "visible")


def test_a_written_answer_waits_for_a_mark_and_its_points_are_not_counted_twice(lab: Assignment) -> None:
    one = row(made(lab), "6.1")
    assert one["output"] == "Waits for a mark: your instructor reads it."
    assert not {"score", "max_score", "status"} & set(one)


@pytest.mark.parametrize("state", [State.MISSING, State.UNREADABLE, State.INFRASTRUCTURE])
def test_an_open_score_is_said_first_and_on_top(lab: Assignment, state: State) -> None:
    found = made(lab, State.PASSED, state)
    assert found["output"].startswith("Your score is not complete: ")
    assert found["tests"][0]["name"] == "Needs your instructor"
    assert found["tests"][0]["tags"] == ["needs-instructor"]
    assert found["extra_data"]["open"] == ["check-encode"]
    assert "visibility" not in found


def test_where_nothing_is_open_nothing_is_said_of_it(lab: Assignment) -> None:
    found = made(lab, State.FAILED)
    assert "not complete" not in json.dumps(found)
    assert found["output"] == "14 of 15 exercises pass."


def test_the_total_can_be_hidden_while_a_score_is_open(lab: Assignment) -> None:
    wish = Wish(hide_open=True)
    found = made(lab, State.MISSING, wish=wish)
    assert found["visibility"] == "hidden"
    assert {one["visibility"] for one in found["tests"] if "score" in one} == {"hidden"}
    assert found["tests"][0]["visibility"] == "visible"
    assert "visibility" not in made(lab, State.FAILED, wish=wish)


def test_a_file_that_nobody_can_read_has_no_score_for_any_exercise_and_the_format_holds(lab: Assignment) -> None:
    found = made(lab, *[State.UNREADABLE] * len(lab.checks))
    assert not [one for one in found["tests"] if "score" in one]
    assert found["score"] == 0.0


def test_the_score_on_top_is_the_sum_of_the_tests(lab: Assignment) -> None:
    found = made(lab, State.FAILED, State.MISSING)
    assert found["score"] == sum(one.get("score", 0) for one in found["tests"]) == 87.0


def test_exercises_are_seen_when_the_instructor_wants_it(lab: Assignment) -> None:
    found = made(lab, State.FAILED, State.MISSING, wish=Wish("after_due_date"))
    assert row(found, "1.1")["visibility"] == "after_due_date"
    assert row(found, "1.2")["visibility"] == "visible"  # what is open never waits


def test_what_only_instructors_see_names_what_the_level_does_not_hold(lab: Assignment) -> None:
    found = made(lab, State.FAILED)
    last = found["tests"][-1]
    assert last["visibility"] == "hidden"
    assert "not held: names, proc" in last["output"]
    assert "hint key" in last["output"]
    assert found["extra_data"]["isolation"] == LEVEL
    seen = json.dumps([one for one in found["tests"] if one["visibility"] != "hidden"])
    assert "probes" not in seen
    assert found["stdout_visibility"] == "hidden"


def test_what_had_to_be_repaired_is_said(lab: Assignment) -> None:
    found = made(lab, about=About(receipt=(Note("", "merged", "Two cells were one.", 1.0),)))
    assert "Two cells were one." in found["output"]


def test_before_anything_is_known_the_file_is_valid_and_blames_nobody() -> None:
    jsonschema.validate(pending(), SCHEMA)
    assert "not your fault" in pending()["output"]
