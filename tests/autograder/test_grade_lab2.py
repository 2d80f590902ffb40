"""The sample class of lab 2: the same path as lab 1, other mistakes."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from autograder import sample_class
from autograder.base.files import ROOT
from autograder.engine import shared
from autograder.grade import Course, Outcome, grade
from autograder.states import State

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow

LAB = "lab2_music"
CHECKED = 90
# What each student gets wrong: exercise, state, points lost, and the start of the hint.
WRONG = {
    "sigmoid-candidate": ("lstm_step", State.FAILED, 14, "The candidate lies between 0 and 1"),
    "lectures-gru": ("gru_step", State.FAILED, 14, "z lets in the new, and 1 - z keeps the old."),
    "not-clipped": ("train_step", State.FAILED, 10, "Loss and direction are right; the gradients"),
    "late-temperature": ("next_probabilities", State.FAILED, 10, "The temperature enters after the softmax."),
    "never-ends": ("generate", State.TIMED_OUT, 10, "generate does not come to an end"),
}


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    root: Path = tmp_path_factory.mktemp("checkout")
    for name in ("labs", "solutions"):
        shutil.copytree(ROOT / name / LAB, root / name / LAB, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    config = (ROOT / "nbgrader_config.py").read_text(encoding="utf-8")
    (root / "nbgrader_config.py").write_text(config.replace("cell_seconds = 30", "cell_seconds = 20"), encoding="utf-8")
    return grade(Course.open(root), LAB, engine=shared("bubblewrap"))


@pytest.mark.parametrize("student", sample_class.CLASSES[LAB])
def test_each_student_gets_what_the_work_is_worth(graded: Outcome, student: str) -> None:
    report = next(report for report in graded.reports if report.student == f"sample-{student}")
    lines = {line.title.rpartition(": ")[2]: line for line in report.lines if line.checked}
    total = sum(line.score or 0 for line in lines.values())
    if student == "broken-file":
        assert {line.state for line in lines.values()} == {State.UNREADABLE}
    elif student == "half-done":
        assert total == 50
        assert [name for name, line in lines.items() if line.state is not State.UNTOUCHED][-1] == "next_step_pairs"
    elif student in WRONG:
        name, state, lost, hint = WRONG[student]
        assert {key: line.state for key, line in lines.items() if line.state is not State.PASSED} == {name: state}
        assert lines[name].hint.startswith(hint)
        assert total == CHECKED - lost
    else:
        assert {line.state for line in lines.values()} == {State.PASSED}
        assert total == CHECKED


def test_every_student_of_the_class_is_listed_here() -> None:
    assert set(sample_class.CLASSES[LAB]) == {"perfect", "own-way", "half-done", "broken-file", *WRONG}
