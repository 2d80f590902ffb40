"""The sample classes of labs 2 to 4: what each student gets wrong, and what that costs."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import pytest

from autograder.base.files import ROOT
from autograder.commands.grade import Course, grade
from autograder.course.sample import sample_class
from autograder.engine.engine import shared
from autograder.model.verdict import State

if TYPE_CHECKING:
    from autograder.commands.grade import GradingSummary

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Expected:
    """What a sample class must get.

    checked: the points of all checks; half: the points of who stops after `last`
    wrong: student -> exercise, state, points lost, and the start of the hint; what calls the exercise inherits that
    right: who has all points besides
    """

    checked: int
    half: int
    last: str
    wrong: dict[str, tuple[str, State, int, str]]
    right: tuple[str, ...]


CLASSES = {
    "lab2_music": Expected(
        checked=90,
        half=50,
        last="next_step_pairs",
        wrong={
            "sigmoid-candidate": ("lstm_step", State.FAILED, 14, "The candidate lies between 0 and 1"),
            "lectures-gru": ("gru_step", State.FAILED, 14, "z lets in the new, and 1 - z keeps the old."),
            "not-clipped": ("train_step", State.FAILED, 10, "Loss and direction are right; the gradients"),
            "late-temperature": ("next_probabilities", State.FAILED, 10, "The temperature enters after the softmax."),
            "never-ends": ("generate", State.TIMED_OUT, 10, "generate does not come to an end"),
        },
        right=("perfect", "own-way"),
    ),
    "lab3_attention": Expected(
        checked=90,
        half=50,
        last="merge_heads",
        wrong={
            "unscaled": ("attention_weights", State.FAILED, 11, "The scores are not scaled."),
            "mask-after-softmax": ("attention_weights", State.FAILED, 11, "The weights are set to 0 after the softmax"),
            "reshaped-heads": ("split_heads", State.FAILED, 3, "The shape is right, but a head holds numbers of other"),
            "post-norm": ("TransformerBlock", State.FAILED, 15, "The norms stand after each sum."),
            "endless-loop": ("softmax", State.TIMED_OUT, 7, "softmax does not come to an end"),
        },
        right=("perfect", "own-way", "warnings"),
    ),
    "lab4_beyond": Expected(
        checked=90,
        half=52,
        last="warmup_rate",
        wrong={
            "unweighted-bins": ("calibration_error", State.FAILED, 7, "Each bin counts the same, whether it holds one"),
            "reshaped-patches": ("patchify", State.FAILED, 8, "The shape is right, but a patch holds a stripe of"),
            "targets-everywhere": ("corrupt", State.FAILED, 6, "Every token is a target, also those that still"),
            "mean-of-all": ("masked_token_loss", State.FAILED, 5, "The sum is divided by the number of all positions."),
            "only-reversed": ("reverse_complement", State.FAILED, 3, "The letters are read backwards, and are not"),
            "scaled-motif": ("motif_attention", State.FAILED, 9, "The scores are scaled before the softmax"),
            "beam-of-one": ("beam_search", State.FAILED, 9, "Only one text is kept: this is greedy."),
            "not-clipped": ("bleu", State.FAILED, 4, "A word that comes too often is counted each time."),
            "endless-loop": ("greedy", State.TIMED_OUT, 4, "greedy does not come to an end"),
        },
        right=("perfect", "own-way", "warnings"),
    ),
}


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory):
    """Grades the class of a lab once, when it is asked for."""

    @cache
    def of(lab: str) -> GradingSummary:
        root = tmp_path_factory.mktemp("checkout")
        for name in ("labs", "solutions"):
            shutil.copytree(ROOT / name / lab, root / name / lab, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
        config = (ROOT / "nbgrader_config.py").read_text(encoding="utf-8")
        config = config.replace("cell_seconds = 30", "cell_seconds = 20")
        (root / "nbgrader_config.py").write_text(config, encoding="utf-8")
        return grade(Course.open(root), lab, engine=shared("bubblewrap"))

    return of


@pytest.mark.parametrize(
    ("lab", "student"), [(lab, student) for lab in CLASSES for student in sample_class.CLASSES[lab]]
)
def test_each_student_gets_what_the_work_is_worth(graded, lab: str, student: str) -> None:
    expected = CLASSES[lab]
    report = next(report for report in graded(lab).reports if report.student == f"sample-{student}")
    lines = {line.title.rpartition(": ")[2]: line for line in report.lines if line.checked}
    total = sum(line.score or 0 for line in lines.values())
    if student == "broken-file":
        assert {line.state for line in lines.values()} == {State.UNREADABLE}
    elif student == "half-done":
        assert total == expected.half, {name: (str(line.state), line.hint) for name, line in lines.items()}
        assert [name for name, line in lines.items() if line.state is not State.UNTOUCHED][-1] == expected.last
    elif student in expected.wrong:
        name, state, lost, hint = expected.wrong[student]
        assert {key: line.state for key, line in lines.items() if line.state is not State.PASSED} == {name: state}
        assert lines[name].hint.startswith(hint)
        assert total == expected.checked - lost
    else:
        assert {line.state for line in lines.values()} == {State.PASSED}
        assert total == expected.checked


@pytest.mark.parametrize("lab", CLASSES)
def test_every_student_of_a_class_is_listed_here(lab: str) -> None:
    expected = CLASSES[lab]
    assert set(sample_class.CLASSES[lab]) == {*expected.right, "half-done", "broken-file", *expected.wrong}
