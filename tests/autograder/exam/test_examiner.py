"""A check runs as its author wrote it, against stand-ins: its finding is its own, never the student's word."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from autograder.exam import ready_made
from autograder.exam.examiner import Examiner, Finding
from autograder.exam.remote import CandidateError
from autograder.inside.answer import Answerer
from autograder.model.assignment import load
from autograder.model.cells import kind
from autograder.model.lab import Lab

if TYPE_CHECKING:
    from collections.abc import Callable

BOTH = ["from labkit.checks import lab1_rnn as checks\nimport numpy as np", "limit = 3"]
NAMES = ["rnn_step", "encode"]
RIGHT = "def rnn_step(x_t, h_prev, W_xh, W_hh, b_h):\n    return np.tanh(x_t @ W_xh + h_prev @ W_hh + b_h)"


def examine(student: str, check: str, send: Callable[[bytes], bytes] | None = None) -> Finding:
    namespace: dict[str, Any] = {}
    exec(f"import numpy as np\n{student}", namespace)  # noqa: S102
    return Examiner(BOTH, NAMES, send or Answerer(namespace).answer).check(check)


def test_a_right_function_passes_public_and_hidden_cases() -> None:
    drawn = "from autograder.references import lab1_rnn as reference\ncases = reference.fresh('rnn_step')"
    assert examine(RIGHT, f"checks.rnn_step(rnn_step)\n{drawn}\nchecks.rnn_step(rnn_step, cases)") == Finding()


def test_a_wrong_one_gets_the_hint_of_its_mistake() -> None:
    found = examine(RIGHT.replace("np.tanh", ""), "checks.rnn_step(rnn_step)")
    assert (found.error, found.key) == ("CheckFailed", "no_tanh")


def test_a_todo_is_not_attempted_and_one_of_another_exercise_is_named() -> None:
    stub = "def rnn_step(*arguments): raise NotImplementedError('Exercise {}: {}')"
    assert examine(stub.format("2.1", "rnn_step"), "checks.rnn_step(rnn_step)").error == "NotAttempted"
    assert examine(stub.format("1.2", "encode"), "checks.rnn_step(rnn_step)").key == "needs"


def test_a_name_that_is_not_there_is_a_name_error_and_one_that_is_no_function_is_missing() -> None:
    assert examine("", "checks.rnn_step(rnn_step)").error == "NameError"
    assert examine("rnn_step = 5", "checks.rnn_step(rnn_step)").key == "missing"


def test_a_check_sees_its_given_cells_and_nothing_of_the_students_but_the_exercises() -> None:
    assert examine("helper = 7", "assert limit == 3").error == ""
    assert examine("helper = 7", "helper").error == "NameError"
    assert examine("np = limit = checks = None", "assert limit == 3 and np.pi > 3").error == ""


def test_a_check_leaves_nothing_for_the_next_one() -> None:
    examiner = Examiner(BOTH, NAMES, Answerer({}).answer)
    assert examiner.check("left = 1; limit = 4").error == ""
    assert examiner.check("assert limit == 3").error == ""
    assert examiner.check("left").error == "NameError"


@pytest.mark.parametrize("error", ["CheckFailed", "NotAttempted", "Finding", "AssertionError", "SystemExit"])
def test_an_exception_of_the_students_is_theirs_whatever_its_name(error: str) -> None:
    own = f"class {error}(Exception):\n    key = 'passed'\ndef rnn_step(*arguments): raise {error}('passed')"
    assert examine(own, "checks.rnn_step(rnn_step)").error == "CheckFailed"
    assert examine(own, "rnn_step(1)") == Finding("StudentError", f"{error}: passed")


def test_what_is_no_reply_is_the_candidates_error() -> None:
    found = examine("", "rnn_step(1)", lambda _: b"nonsense")
    assert found.error == "CandidateError"

    def silent(_: bytes) -> bytes:
        raise CandidateError("gone")

    assert examine("", "rnn_step(1)", silent) == Finding("CandidateError", "gone")


def test_what_is_wrong_with_the_check_is_nobodys_zero() -> None:
    found = examine(RIGHT, "1 / 0")
    assert found.error == "ZeroDivisionError"
    assert "<check>" in found.message


def test_a_stand_in_gives_items_attributes_methods_and_keyword_calls() -> None:
    student = """
class rnn_step:
    table = {"a": [1, 2]}
    def __init__(self, units=1): self.units = units
    def double(self, by=2): return self.units * by
"""
    check = """
made = rnn_step(units=4)
assert made.units == 4 and made.double(by=3) == 12 and rnn_step.table["a"][1] == 2
from labkit.checks import calls
assert calls.raises(rnn_step, {"units": 1}) is None
assert calls.raises(made.double, {"by": None}) == "TypeError"
"""
    assert examine(student, check) == Finding()


def test_a_ready_layer_is_flagged_where_the_solution_uses_none() -> None:
    lab = load(Lab("lab1_rnn"))
    cells = [cell for cell in lab.cells if kind(cell) == "exercise"]
    assert ready_made.flags(cells, lab) == {}
    for cell in cells:
        cell.source = lab.solutions[cell.metadata.nbgrader.grade_id]
    assert ready_made.flags(cells, lab) == {}
    forward = next(cell for cell in cells if cell.metadata.nbgrader.grade_id == "ex-rnn_forward")
    forward.source += "\n    keras.layers.SimpleRNN(4)(x)"
    assert ready_made.flags(cells, lab) == {"ex-rnn_forward": "It uses SimpleRNN: is this exercise written by hand?"}
    forward.source = "not python ("
    assert ready_made.flags(cells, lab) == {}
