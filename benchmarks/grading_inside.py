"""The process that grading_ours.py starts and times: it grades, or writes pages, and reports what only it can know.

Workers import it as well, so it imports nothing else before it has to.
"""

from __future__ import annotations

import json
import resource
import shutil
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from autograder.commands.grade import GradingSummary

OWN = ("submissions", "seconds", "cpu_seconds", "peak_bytes")  # figures that the grader itself keeps of a run


def graded(root: Path, lab: str, workers: int) -> dict[str, Any]:
    """Grade the class of a checkout, as `autograder grade` does."""
    from autograder.commands.grade import Course, grade  # noqa: PLC0415  (its import belongs to what is timed)

    outcome = grade(Course.open(root), lab, workers=workers)
    return {
        "scores": _scores(outcome),
        "said": _said(outcome),
        "isolation": sorted({report.isolation for report in outcome.reports}),
        "coordinator_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        "own": {name: float(getattr(outcome.usage, name)) for name in OWN},
    }


def _scores(outcome: GradingSummary) -> dict[str, dict[str, float | None]]:
    return {
        report.student: {
            line.grade_id.removeprefix("check-"): None if line.score is None else float(line.score)
            for line in report.lines
            if line.checked
        }
        for report in outcome.reports
    }


def _said(outcome: GradingSummary) -> dict[str, dict[str, list[str]]]:
    """Return the state and the hint of each check."""
    return {
        report.student: {
            line.grade_id.removeprefix("check-"): [str(line.state), line.hint] for line in report.lines if line.checked
        }
        for report in outcome.reports
    }


def pages(root: Path, lab: str, _: int) -> dict[str, float]:
    """Write the pages of a class that has been graded once more: seconds to read what is recorded, and to write."""
    from autograder.commands.grade import Course, write_feedback  # noqa: PLC0415
    from autograder.gradebook import book  # noqa: PLC0415
    from autograder.model import assignment  # noqa: PLC0415
    from autograder.model.lab import find  # noqa: PLC0415

    course, of = Course.open(root), assignment.load(find(lab, root))
    shutil.rmtree(root / "course" / "feedback", ignore_errors=True)
    began = time.perf_counter()
    with course.gradebook() as gradebook:
        reports = book.reports(gradebook, lab)
    read = time.perf_counter()
    write_feedback(course, of, reports)
    return {"students": len(reports), "read": read - began, "write": time.perf_counter() - read}


def main(what: str, root: str, lab: str, workers: str, report: str) -> None:
    """Do what is asked, and write down what came of it."""
    from autograder.base.errors import UserFacingError  # noqa: PLC0415

    try:
        found = {"graded": graded, "pages": pages}[what](Path(root), lab, int(workers))
    except UserFacingError as error:
        sys.exit(str(error))
    Path(report).write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
