"""Grades a class with this project's grader, start-up included: a course of its own, a fresh Python process."""

from __future__ import annotations

import json
import shutil
import sys
from typing import TYPE_CHECKING, Any

from autograder.base.errors import UserFacingError
from autograder.base.files import ROOT
from autograder.model.cells import dumps
from autograder.model.lab import Lab
from benchmarks import grading_meter as meter
from benchmarks.grading_result import Result, environment

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.grading_class import Class


def new_course(submissions: Class, root: Path) -> None:
    """Make a checkout with this lab, built, and what the class has handed in."""
    lab = Lab(submissions.lab, root)
    for path, notebook in ((lab.release_path, submissions.release), (lab.solution_path, submissions.solution)):
        path.parent.mkdir(parents=True)
        path.write_text(dumps(notebook), encoding="utf-8")
    # By its source a lab is found; what is graded are the notebooks.
    shutil.copy(Lab(submissions.lab).source_path, lab.source_path)
    shutil.copy(ROOT / "nbgrader_config.py", root)
    submissions.write(root / "course" / "submitted")
    (root / "course").chmod(0o700)  # one that others may enter is refused


def grade(submissions: Class, workers: int, root: Path) -> Result:
    """Grade a class in a new course at `root`. Raises UserFacingError when the grader fails.

    about: isolation, as it was measured; coordinator_bytes: the coordinator's peak; own: what the grader says it used;
    said: state and hint of each check
    """
    new_course(submissions, root)
    used, found = _inside("graded", submissions.lab, root, workers)
    scores = found.pop("scores")
    return Result(len(scores), used.seconds, used.cpu_seconds, used.peak_bytes, scores, about=found)


def write_pages(lab: str, root: Path) -> dict[str, float]:
    """Write the pages of a course that has been graded once more; return seconds: to read, to write."""
    return dict(_inside("pages", lab, root, 1)[1])


def _inside(what: str, lab: str, root: Path, workers: int) -> tuple[meter.Usage, dict[str, Any]]:
    report = root / "report.json"
    report.unlink(missing_ok=True)
    command = [sys.executable, "-m", "benchmarks.grading_inside", what, str(root), lab, str(workers), str(report)]
    place = root / "t"  # an engine of this run's own, that ends with it
    place.mkdir(exist_ok=True)
    own = {"TMPDIR": str(place), "AUTOGRADER_KEEP_WARM": "0"}
    used = meter.run(command, folder=ROOT, environment=environment(root / "home") | own)
    if used.status or not report.exists():
        raise UserFacingError(f"The grader failed: {used.said[-1500:] or used.status}")
    return used, json.loads(report.read_text(encoding="utf-8"))
