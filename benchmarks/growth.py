"""Measures how the cost of grading grows with the class; then what else people wait for: builds, checks and pages."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.base.errors import UserFacingError
from autograder.base.files import ROOT
from autograder.model.lab import labs
from benchmarks import grading_class, grading_ours, growth_record
from benchmarks import grading_meter as meter
from benchmarks.grading import WORKERS, folder, ours, table
from benchmarks.grading_result import Kept, environment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.grading_result import Result

SIZES, WHOLE = (20, 200), 2000
PAGES_BY_NBGRADER = 3
NAMES = {1: "one_worker", 2: "two_workers"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run all; the last line on the screen is one JSON object."""
    options = parsed(arguments)
    kept = Kept(options.results)
    try:
        results = graded(options.lab, options.sizes, options.workers, kept)
        waits = {} if options.no_pages else waited(options.lab, min(200, max(options.sizes)))
        with folder() as root:
            recorded = growth_record.measured(options.recorded, root) if options.recorded else {}
    except UserFacingError as error:
        sys.exit(str(error))
    print("\n".join(table(results)), end="\n\n")
    for what, seconds in waits.items():
        print(f"{what:<60}{seconds:>9.2f} s")
    for database, found in recorded.items():
        print(
            f"recording made-up results, {database}: " + ", ".join(f"{name} {value}" for name, value in found.items())
        )
    numbers = {"lab": options.lab} | figures(results, options.sizes, options.workers)
    print(json.dumps(numbers | {"recorded": recorded, "seconds": waits, "kept": len(kept.used)}))
    return 0


def parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.growth", description=__doc__)
    names = [lab.name for lab in labs()]
    parser.add_argument("--lab", choices=names, default=grading_class.LAB, help=f"(default {grading_class.LAB})")
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES), metavar="N", help="of the classes")
    parser.add_argument(
        "--whole", action="store_true", help=f"a class of {WHOLE} as well: some hours without a cluster"
    )
    parser.add_argument(
        "--workers", type=int, nargs="+", choices=WORKERS, default=list(WORKERS), help="how many at a time"
    )
    parser.add_argument(
        "--recorded", type=int, default=10_000, metavar="N", help="made-up results to record (default 10000; 0: none)"
    )
    parser.add_argument("--no-pages", action="store_true", help="leave out builds, checks and pages")
    parser.add_argument("--results", type=Path, metavar="FILE", help="keep each result there, and go on from them")
    options = parser.parse_args(arguments)
    if min(options.sizes) < 1 or options.recorded < 0:
        parser.error("--sizes count from 1, --recorded from 0")
    options.sizes = sorted({*options.sizes, *([WHOLE] if options.whole else [])})
    return options


def graded(lab: str, sizes: Sequence[int], numbers: Sequence[int], kept: Kept) -> dict[str, Result]:
    """Grade classes of a lab of each size with each number of workers."""
    largest = grading_class.make(max(sizes), lab=lab)
    found = {}
    for count in sizes:
        for workers in numbers:
            part, name = largest.first(count), ours(count, workers)

            def run(part: grading_class.Class = part, workers: int = workers) -> Result:
                with folder() as root:
                    return grading_ours.grade(part, workers, root)

            found[name] = kept.get(f"{name} {part.digest}", run)
    return found


def waited(lab: str, count: int) -> dict[str, float]:
    """Time what else somebody waits for, in seconds: builds, checks, and the pages of a class that has been graded."""
    found = {}
    with folder() as root:
        settings = environment(root / "home")
        for what in (["labs"], ["check"]):
            used = meter.run(["autograder", *what], folder=ROOT, environment=settings)
            if used.status:
                raise UserFacingError(f"autograder {what[0]} failed: {used.said[-800:]}")
            found[f"autograder {what[0]}"] = used.seconds
        grading_ours.grade(grading_class.make(count, lab=lab), WORKERS[-1], root)
        pages = grading_ours.write_pages(lab, root)
        found |= {f"read what is recorded about {count}": pages["read"], f"write {count} pages": pages["write"]}
        command = ["nbgrader", "generate_feedback", lab, "--force"]
        for student in sorted(path.name for path in (root / "course" / "submitted").iterdir())[:PAGES_BY_NBGRADER]:
            used = meter.run([*command, f"--student={student}"], folder=root, environment=settings)
            if used.status:
                raise UserFacingError(f"nbgrader generate_feedback failed: {used.said[-800:]}")
        found["nbgrader generate_feedback for one"] = used.seconds
    return found


def figures(results: dict[str, Result], sizes: Sequence[int], workers: Sequence[int] = WORKERS) -> dict[str, Any]:
    """Gather what tells whether cost grows with the class: figures for each submission, and the coordinator's peak."""
    numbers: dict[str, Any] = {"sizes": list(sizes)}
    found = {number: [results[ours(count, number)] for count in sizes] for number in workers}
    for number, runs in found.items():
        numbers[NAMES[number]] = {
            "s_each": [round(run.seconds_each, 3) for run in runs],
            "cpu_s_each": [round(run.cpu_each, 3) for run in runs],
            "coordinator_peak_mb": [round(run.about["coordinator_bytes"] / 1e6) for run in runs],
        }
    if set(found) == set(WORKERS):
        numbers["second_worker_speedup"] = [
            round(alone.seconds / both.seconds, 2) for alone, both in zip(found[1], found[2], strict=True)
        ]
    numbers["no_score"] = sum(run.unscored for run in results.values())
    return numbers


if __name__ == "__main__":
    sys.exit(main())
