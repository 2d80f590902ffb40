"""Measures the coordinator alone: how long it takes to record results made up beforehand, on SQLite and PostgreSQL.

Run as a module it records into one gradebook and prints JSON: milliseconds for each result, in the order of recording.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from statistics import mean
from typing import TYPE_CHECKING, Any

from autograder.base.errors import UserFacingError
from autograder.base.files import ROOT
from benchmarks import grading_class, grading_ours
from benchmarks import grading_meter as meter
from benchmarks.grading_result import environment

if TYPE_CHECKING:
    from types import ModuleType

LAB = grading_class.LAB
DURABLE = ("fsync=on",)  # PostgreSQL's own default; the tests, which lose nothing, do without
PARTS = 10


def measured(count: int, root: Path) -> dict[str, dict[str, Any]]:
    """Record `count` results into each kind of gradebook; one that is not installed has a sentence in place of figures.

    ms: mean of all; ms_parts: of each tenth, in order; read_s: to read them all again; peak_mb: the coordinator's
    """
    found = {"sqlite": recorded(count, root / "sqlite")}
    postgres = of_tests("postgres")
    if postgres.missing():
        return found | {"postgresql": {"missing": postgres.missing()}}
    with postgres.server(*DURABLE) as server:
        return found | {"postgresql": recorded(count, root / "postgresql", server.database())}


def of_tests(name: str) -> ModuleType:
    """Import a helper that the tests of the gradebook have."""
    folder = str(ROOT / "tests" / "autograder")
    if folder not in sys.path:
        sys.path.append(folder)
    return import_module(name)


def recorded(count: int, root: Path, url: str = "") -> dict[str, Any]:
    """Record into a new gradebook, in a fresh process. Raises UserFacingError when that fails."""
    grading_ours.new_course(grading_class.make(1), root)
    report = root / "report.json"
    command = [sys.executable, "-m", "benchmarks.growth_record", str(root), url, str(count), str(report)]
    used = meter.run(command, folder=ROOT, environment=environment(root / "home"))
    if used.status or not report.exists():
        raise UserFacingError(f"The results could not be recorded: {used.said[-1000:]}")
    return dict(json.loads(report.read_text(encoding="utf-8")))


def record(root: Path, url: str, count: int) -> dict[str, Any]:
    """Record made-up results here, one after the other."""
    from autograder.commands.grade import Course  # noqa: PLC0415
    from autograder.gradebook.recorder import Recorder  # noqa: PLC0415

    simulated = of_tests("simulated")
    course = Course.open(root)
    if url:
        course.directory.db_url = url
    took = []
    with Recorder(course.directory, course.config, simulated.lab()) as recorder:
        for number in range(count):
            graded = simulated.graded(number)
            began = time.perf_counter()
            recorder.save(f"student-{number:06}", graded)
            took.append(1000 * (time.perf_counter() - began))
        began = time.perf_counter()
        reports = recorder.reports()
        read = time.perf_counter() - began
    if len(reports) != count:
        raise UserFacingError(f"{count} results were recorded, and {len(reports)} are there.")
    return figures(took) | {
        "read_s": round(read, 2),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def figures(took: list[float]) -> dict[str, Any]:
    """Say how long a result took, over all and in each tenth, in milliseconds."""
    edges = [len(took) * part // PARTS for part in range(PARTS + 1)]
    parts = [round(mean(took[start:end]), 2) for start, end in pairwise(edges) if end > start]
    return {"count": len(took), "ms": round(mean(took), 2), "ms_parts": parts, "ms_most": round(max(took), 1)}


if __name__ == "__main__":
    try:
        result = record(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
    except UserFacingError as error:
        sys.exit(str(error))
    Path(sys.argv[4]).write_text(json.dumps(result), encoding="utf-8")
