"""From what happened in a check's cell, and in its exercise's, follows exactly one state."""

from __future__ import annotations

import pytest

from autograder.exam.cell_run import CellRun, CellStatus
from autograder.exam.verdicts import read_verdict
from autograder.model.assignment import GradedCell
from autograder.model.verdict import NEXT_STEPS, SCORED, SYMBOLS, WORDS, State, Verdict

STEP = GradedCell("check-rnn_step", "Exercise 2.1: rnn_step", 10, "ex-rnn_step")
OK, TIMED_OUT, DIED = (CellRun(outcome) for outcome in (CellStatus.OK, CellStatus.TIMED_OUT, CellStatus.DIED))
UNDEFINED = CellRun(CellStatus.RAISED, "NameError", "name 'rnn_step' is not defined")
FAILED = CellRun(CellStatus.RAISED, "CheckFailed", "✗ Exercise 2.1: rnn_step\n  seen\n  cause?\n  look", "no_tanh")
CASES = {
    "passed": (OK, OK, State.PASSED, ""),
    "passed after an error in its own cell": (OK, CellRun(CellStatus.RAISED, "ValueError", "later"), State.PASSED, ""),
    "failed": (FAILED, OK, State.FAILED, "seen\ncause?\nlook"),
    "untouched": (CellRun(CellStatus.RAISED, "NotAttempted", "○"), OK, State.UNTOUCHED, "not attempted"),
    "check timed out": (TIMED_OUT, OK, State.TIMED_OUT, "rnn_step does not come to an end"),
    "exercise timed out": (UNDEFINED, TIMED_OUT, State.TIMED_OUT, "The cell of Exercise 2.1"),
    "check killed the kernel": (DIED, OK, State.CRASHED, "when rnn_step is called"),
    "exercise killed the kernel": (UNDEFINED, DIED, State.CRASHED, "in the cell of Exercise 2.1"),
    "exercise raised": (
        UNDEFINED,
        CellRun(CellStatus.RAISED, "ImportError", "no torch"),
        State.CRASHED,
        "The cell of Exercise 2.1: rnn_step stops with ImportError: no torch",
    ),
    "not callable": (
        CellRun(CellStatus.RAISED, "CheckFailed", "", "missing"),
        CellRun(CellStatus.RAISED, "SyntaxError", "("),
        State.CRASHED,
        "SyntaxError",
    ),
    "renamed": (UNDEFINED, OK, State.FAILED, "another name"),
    "raised where the check asks directly": (
        CellRun(CellStatus.RAISED, "StudentError", "ValueError: no"),
        OK,
        State.FAILED,
        "rnn_step stops with ValueError: no",
    ),
    "a reply that is none": (CellRun(CellStatus.RAISED, "CandidateError", "x"), OK, State.CRASHED, "can't be read"),
    "never run": (CellRun(CellStatus.NOT_RUN), OK, State.CRASHED, "too often"),
    "another name is missing": (
        CellRun(CellStatus.RAISED, "NameError", "name 'checks' is not defined"),
        OK,
        State.INFRASTRUCTURE,
        "not your fault",
    ),
    "the check itself is wrong": (
        CellRun(CellStatus.RAISED, "KeyError", "x"),
        OK,
        State.INFRASTRUCTURE,
        "not your fault",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_each_case_has_one_state_and_says_why(case: str) -> None:
    check, exercise, state, words = CASES[case]
    verdict = read_verdict(STEP, check, exercise)
    assert verdict.state is state
    assert words in verdict.hint


def test_what_needs_a_person_has_no_score_and_all_else_has_one() -> None:
    for state in State:
        score = Verdict("check", state).score(10)
        assert score == (None if state not in SCORED else 10 if state is State.PASSED else 0)


def test_every_state_has_words() -> None:
    assert set(SYMBOLS) == set(WORDS) == set(NEXT_STEPS) == set(State)
    assert len(set(SYMBOLS.values())) == len(State)


def test_a_package_that_the_grader_lacks_is_named_to_a_person() -> None:
    message = "✗ Exercise 2.1: rnn_step\n  rnn_step uses pandas, which the grader has not got.\n  Can?\n  Every."
    used = read_verdict(STEP, CellRun(CellStatus.RAISED, "CheckFailed", message, "package"), OK)
    assert (used.state, used.flag) == (State.CRASHED, "It uses pandas, which the grader has not got.")
    said = "sklearn.svm.SVC is used here, and the grader has no package sklearn."
    at_once = read_verdict(STEP, UNDEFINED, CellRun(CellStatus.RAISED, "PackageMissingError", said))
    assert (at_once.state, at_once.flag) == (State.CRASHED, "It uses sklearn, which the grader has not got.")
    # A student's own exception of this name says nothing that could be a package.
    odd = read_verdict(STEP, UNDEFINED, CellRun(CellStatus.RAISED, "PackageMissingError", "<b>"))
    assert (odd.state, odd.flag) == (State.CRASHED, "")
