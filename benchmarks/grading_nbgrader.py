"""Grades a class with stock nbgrader: a course of its own, nbgrader's defaults, one `nbgrader autograde` for everybody.

The submissions are honest and our own, so it runs as its instructor would run it, without a sandbox.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import nbformat
from nbgrader.api import Gradebook, MissingEntry

from autograder.base.errors import UserFacingError
from autograder.model.cells import grade_id, kind
from benchmarks import grading_meter as meter
from benchmarks.grading_class import exercise_of
from benchmarks.grading_result import Result, environment, warm_up

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.grading_class import Class
    from benchmarks.grading_result import Scores

# All else is nbgrader's own default.
CONFIG = "c = get_config()\nc.CourseDirectory.course_id = 'stock'\n"


def grade(submissions: Class, folder: Path) -> Result:
    """Make the assignment with nbgrader, and time how it grades the class.

    Raises UserFacingError when it makes none.
    """
    course, lab = folder / "course", submissions.lab
    source = course / "source" / lab
    source.mkdir(parents=True)
    (course / "nbgrader_config.py").write_text(CONFIG, encoding="utf-8")
    nbformat.write(submissions.solution, source / f"{lab}.ipynb")
    settings = environment(folder / "home")
    warm_up(course, settings)
    made = meter.run(["nbgrader", "generate_assignment", lab], folder=course, environment=settings)
    if made.status:
        raise UserFacingError(f"Stock nbgrader could not make the assignment: {made.said[-500:]}")
    submissions.write(course / "submitted")
    used = meter.run(["nbgrader", "autograde", lab], folder=course, environment=settings)
    scores: Scores = {}
    reasons: dict[str, str] = {}
    cells = 0
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        for student in submissions.submissions:
            scores[student] = dict.fromkeys(submissions.checks) | _scores(gradebook, lab, student)
            found, ran = _executed(course / "autograded" / student / lab / f"{lab}.ipynb")
            reasons |= {f"{student} {exercise}": reason for exercise, reason in found.items()}
            cells = max(cells, ran)
    about = {"status": used.status, "said": used.said[-1500:] if used.status else "", "cells_run": cells}
    return Result(len(scores), used.seconds, used.cpu_seconds, used.peak_bytes, scores, reasons, about)


def _scores(gradebook: Gradebook, lab: str, student: str) -> dict[str, float | None]:
    """Read the score of each exercise; a student whom nbgrader gave up has none."""
    with suppress(MissingEntry):
        grades = gradebook.find_submission_notebook(lab, lab, student).grades
        return {one.name.removeprefix("check-"): one.auto_score for one in grades if one.name.startswith("check-")}
    return {}


def _executed(path: Path) -> tuple[dict[str, str], int]:
    """Read what nbgrader scored by: what stands below each check; and how many cells were run."""
    if not path.exists():
        return {}, 0
    cells = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    reasons = {exercise_of(cell): reason(cell.outputs) for cell in cells if kind(cell) == "check" and grade_id(cell)}
    return reasons, sum(cell.execution_count is not None for cell in cells)


def reason(outputs: list[Any]) -> str:
    """Say what in a check's outputs makes nbgrader score it as it does."""
    for output in outputs:
        if output.output_type == "error":
            return f"raised {output.ename}"
        if output.output_type == "stream" and output.name == "stderr":
            return f"wrote on stderr: {output.text.strip()[:80]!r}"
        if output.output_type == "execute_result":
            return f"displayed {output.data.get('text/plain', '')[:40]!r}"
    return "no error"
