"""What the sample class of lab 1 comes to, and a course of its own to grade it in."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from autograder.base.files import ROOT
from autograder.course.course import Course

if TYPE_CHECKING:
    from pathlib import Path

    from autograder.commands.grade import GradingSummary


LAB = "lab1_rnn"


# What differs from a perfect hand-in: exercise -> the sign of its state; "name-": and of all after it.
CLASS: dict[str, dict[str, str]] = {
    "perfect": {},
    "own-way": {},
    "warnings": {},
    "half-done": {"MyRNNCell-": "○"},
    "untouched": {"build_vocabulary-": "○"},
    "no-tanh": {"rnn_step": "✗"},
    "bias-forgotten": {"rnn_step": "✗"},
    "mask-ignored": {"rnn_forward": "✗"},
    "overwritten": {"rnn_backward": "✗"},
    "import-fails": {"pad_batch": "!"},
    "kernel-dies": {"loss_gradient": "!"},
    "endless-loop": {"state_gradient_norms": "t"},
    "cells-deleted": {"embed": "m"},
    "broken-file": {"build_vocabulary-": "u"},
}


HINTS = {
    ("no-tanh", "rnn_step"): "no_tanh",
    ("bias-forgotten", "rnn_step"): "no_bias",
    ("mask-ignored", "rnn_forward"): "mask_ignored",
    ("overwritten", "rnn_backward"): "no_flow",
}


def signs(graded: GradingSummary, student: str) -> list[str]:
    """List what the table must show of a student: a sign for each graded cell."""
    differs, rest, found = CLASS[student], "", []
    for cell in graded.assignment.graded:
        rest = differs.get(f"{cell.name}-", rest)
        found.append(differs.get(cell.name) or rest or ("✓" if cell.exercise else "…"))
    return found


def new_course(root: Path) -> Course:
    """Make a course of its own from this checkout, with a short time limit."""
    for name in ("labs", "solutions"):
        shutil.copytree(ROOT / name / LAB, root / name / LAB, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    config = (ROOT / "nbgrader_config.py").read_text(encoding="utf-8")
    assert "cell_seconds = 30" in config
    (root / "nbgrader_config.py").write_text(config.replace("cell_seconds = 30", "cell_seconds = 20"), encoding="utf-8")
    return Course.open(root)
