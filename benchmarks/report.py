"""Measures the class at a glance: how long a page of a made-up class takes, how large it is, and how much memory."""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.base.errors import UserFacingError
from benchmarks import grading_class, grading_ours
from benchmarks.grading import folder
from benchmarks.growth_record import of_tests

if TYPE_CHECKING:
    from collections.abc import Sequence

LAB = grading_class.LAB
DUE = datetime(2026, 10, 1, 22, 0, tzinfo=UTC)


def main(arguments: Sequence[str] | None = None) -> int:
    """Record a made-up class and write its page; the last line on the screen is one JSON object."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.report", description=__doc__)
    parser.add_argument("--students", type=int, default=2000, metavar="N", help="in the class (default 2000)")
    parser.add_argument("--out", type=Path, metavar="FILE", help="keep the page there")
    parser.add_argument("--no-similar", action="store_true", help="leave out the search for similar code")
    options = parser.parse_args(arguments)
    try:
        with folder() as root:
            record(root, options.students)
            found = measured(root, compare=not options.no_similar, out=options.out)
    except UserFacingError as error:
        sys.exit(str(error))
    print(json.dumps({"students": options.students} | found))
    return 0


def record(root: Path, count: int) -> None:
    """Record a made-up class into a new course."""
    from autograder.course.course import Course  # noqa: PLC0415
    from autograder.gradebook.recorder import Recorder  # noqa: PLC0415

    grading_ours.new_course(grading_class.make(1), root)
    course, made = Course.open(root), of_tests("simulated_class").make(count)
    with course.gradebook() as gradebook:
        gradebook.update_or_create_assignment(LAB, duedate=DUE.isoformat(), course_id=course.directory.course_id)
    with Recorder(course.directory, course.config, of_tests("simulated").lab()) as recorder:
        for student, graded in made.results.items():
            place = course.submitted / student / LAB
            place.mkdir(parents=True, exist_ok=True)
            when = DUE + timedelta(hours=made.late.get(student, -3))
            (place / "timestamp.txt").write_text(when.strftime("%Y-%m-%d %H:%M:%S UTC"))
            recorder.save(student, graded)


def measured(root: Path, *, compare: bool, out: Path | None) -> dict[str, Any]:
    """Write the page and say what it took: time, CPU time, the page's size, the peak of memory before and after."""
    from autograder.commands import report  # noqa: PLC0415
    from autograder.course.course import Course  # noqa: PLC0415

    course, before = Course.open(root), _peak_mb()
    began, spent = time.perf_counter(), time.process_time()
    path = report.write(course, LAB, compare=compare)
    took = {"seconds": round(time.perf_counter() - began, 2), "cpu": round(time.process_time() - spent, 2)}
    page = path.read_bytes()
    if out:
        out.write_bytes(page)
    return took | {"page_bytes": len(page), "peak_mb_before": before, "peak_mb": _peak_mb()}


def _peak_mb() -> int:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


if __name__ == "__main__":
    sys.exit(main())
