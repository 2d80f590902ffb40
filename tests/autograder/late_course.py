"""A course of three graded students, of whom some were late."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import simulated

from autograder.base.files import ROOT
from autograder.course.course import Course
from autograder.gradebook.recorder import Recorder

if TYPE_CHECKING:
    from pathlib import Path


LAB = "lab1_rnn"


STUDENTS = {"ada": "2026-12-01 20:00:00 UTC", "bob": "2026-12-03 09:00:00 UTC", "eve": ""}


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """Three students who are graded; lateness costs ten percent a day."""
    for name in ("solutions", "labs"):
        (tmp_path / name).symlink_to(ROOT / name)
    settings = (ROOT / "nbgrader_config.py").read_text()
    plugin = 'c.AssignLatePenalties.plugin_class = "autograder.late.PerDay"\n'
    (tmp_path / "nbgrader_config.py").write_text(
        f"__file__ = {str(tmp_path / 'nbgrader_config.py')!r}\n{settings}{plugin}"
    )
    course = Course.open(tmp_path)
    for student, when in STUDENTS.items():
        folder = course.path(course.directory.submitted_directory, student, LAB)
        folder.mkdir(parents=True)
        (folder / f"{LAB}.ipynb").write_text("{}")
        if when:
            (folder / "timestamp.txt").write_text(when)
    with Recorder(course.directory, course.config, simulated.lab()) as recorder:
        for student in STUDENTS:
            recorder.save(student, simulated.graded(student, states=(simulated.State.PASSED,)))
    return course
