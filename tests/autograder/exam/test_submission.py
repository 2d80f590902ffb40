"""What a page shows as a student's answer is the answer: the question is ours."""

from __future__ import annotations

import pytest

from autograder.base import inert
from autograder.base.errors import UserFacingError
from autograder.exam import submission
from autograder.model import assignment
from autograder.model.cells import PLACE
from autograder.model.lab import find
from autograder.runs import worker

LABS = ("lab1_rnn", "lab2_music", "lab3_attention", "lab4_beyond")


@pytest.fixture(params=LABS)
def question(request: pytest.FixtureRequest) -> str:
    return str(assignment.load(find(request.param)).cell("written").source)


@pytest.mark.parametrize("place", [PLACE, f"{PLACE}\n", f"\n\n{PLACE}  "])
@pytest.mark.parametrize("answer", ["", "It  *shrinks*.\n\n1. $W^T$", "1. What does ____ mean?"])
def test_the_question_is_left_out(answer: str, place: str, question: str) -> None:
    for written in (question.replace(PLACE, answer), question.replace(PLACE, f"{place}{answer}")):
        assert submission._own(written, question) == answer
        assert submission._own(inert.markdown(written), question) == inert.markdown(answer)
        assert submission._own(written.replace("\n", "\n "), question) == answer.replace("\n", "\n ")


def test_a_changed_question_stays_with_what_was_written_between_its_lines(question: str) -> None:
    between = question.replace("\n1. ", "\nBecause.\n1. ", 1)
    for written in (between, "My answer alone.", f"My answer first.\n{question}", ""):
        assert submission._own(written, question) == written


def test_a_worker_with_another_grader_is_refused_before_anything_runs() -> None:
    order = worker.Order(
        "lab", b"{}", "", {"key": "k", "seed": 1, "limits": {}}, "bubblewrap", grader_version="another"
    )
    with pytest.raises(UserFacingError, match="install the same version of this project on all"):
        worker.grade(order)


def test_an_exercise_stays_as_it_is() -> None:
    assert submission._own("def f():\n    pass\n", "") == "def f():\n    pass\n"
