"""Grades the same class with this grader, stock nbgrader and otter-grader, and prints what each took, side by side.

Without --lab: lab 1 with all tools, and a smaller class of each other lab by this grader alone.
"""

from __future__ import annotations

import argparse
import copy
import json
import sys
import tempfile
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.base.errors import UserFacingError
from autograder.model.lab import labs
from benchmarks import grading_against, grading_bare, grading_class, grading_nbgrader, grading_otter, grading_ours
from benchmarks.grading_result import Kept, differences

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from benchmarks.grading_class import Class
    from benchmarks.grading_result import Difference, Result

WORKERS = (1, 2)
MOST_SHOWN = 20
NBGRADER, OTTER, BARE = "nbgrader autograde", "otter run", "bare cells and checks"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run all; the last line on the screen is one JSON object."""
    options = parsed(arguments)
    kept = Kept(options.results)
    try:
        if options.against:
            return against(options)
        numbers = [of_a_lab(one, kept) for one in each_lab(options)]
    except UserFacingError as error:
        sys.exit(str(error))
    print("\n".join(by_lab(numbers)), end="\n\n")
    print(json.dumps(together(numbers) | {"kept": len(kept.used)}))
    return 0


def against(options: argparse.Namespace) -> int:
    """Compare with an earlier commit, lab by lab; the last line is one JSON object. 1 when a grade differs."""
    found = [
        grading_against.compare(options.against, lab, options.submissions, options.turns, options.seed)
        for lab in options.labs or [grading_class.LAB]
    ]
    print(json.dumps(found[0] | {"labs": {one["lab"]: one for one in found}}))
    return int(not all(one["scores_identical"] for one in found))


def of_a_lab(options: argparse.Namespace, kept: Kept) -> dict[str, Any]:
    """Grade a class of one lab with every tool that is asked for; print a table, and return the figures."""
    submissions = grading_class.make(max(options.students, options.submissions), options.seed, options.lab)
    results = measured(submissions, options, kept)
    cells = submissions.cells_run
    print(f"Lab {options.lab} without its experiments; in each submission run {sum(cells.values())} cells: "
          + ", ".join(f"{count} {name}" for name, count in cells.items()))  # fmt: skip
    print("\n".join(table(results)), end="\n\n")
    found = compared(results)
    for tool, list_of in found.items():
        print("\n".join(shown(tool, list_of)))
    print("\n".join(complaints(results)))
    return figures(results, options, found) | {"cells_run": sum(cells.values())}


def parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.grading", description=__doc__)
    parser.add_argument("--submissions", type=int, default=20, metavar="N", help="for every tool (default 20)")
    parser.add_argument(
        "--class", type=int, default=200, metavar="N", dest="students", help="for ours beside (default 200)"
    )
    names = [lab.name for lab in labs()]
    parser.add_argument("--lab", choices=names, action="append", dest="labs", help="with all tools; may be given twice")
    parser.add_argument("--seed", type=int, default=grading_class.SEED, help="of the generated class")
    parser.add_argument("--no-nbgrader", action="store_true", help="leave out stock nbgrader")
    parser.add_argument("--no-otter", action="store_true", help="leave out otter-grader")
    parser.add_argument("--no-ours", action="store_true", help="leave out this grader")
    parser.add_argument(
        "--against", metavar="REV", help="instead: this grader beside that of an earlier commit, by turns"
    )
    parser.add_argument("--turns", type=int, default=3, metavar="N", help="of --against (default 3)")
    parser.add_argument("--results", type=Path, metavar="FILE", help="keep each result there, and go on from them")
    options = parser.parse_args(arguments)
    if min(options.submissions, options.students, options.turns) < 1 or options.seed < 0:
        parser.error("--submissions, --class and --turns count from 1, --seed from 0")
    return options


def each_lab(options: argparse.Namespace) -> list[argparse.Namespace]:
    """Say what is measured of which lab, as options for each: where none is named, all, and only lab 1 with all tools.

    lab: its name
    """
    found = []
    for lab in options.labs or [grading_class.LAB, *(lab.name for lab in labs() if lab.name != grading_class.LAB)]:
        one = copy.copy(options)
        one.lab = lab
        if not options.labs and lab != grading_class.LAB:
            one.students, one.no_nbgrader, one.no_otter = options.submissions, True, True
        found.append(one)
    return found


def measured(submissions: Class, options: argparse.Namespace, kept: Kept) -> dict[str, Result]:
    """Grade with each tool, one after the other; name each result by the tool, the students and the workers."""
    few = submissions.first(options.submissions)
    found = {}

    def note(name: str, of: Class, make: Any) -> None:
        def run() -> Result:
            with folder() as place:
                result: Result = make(place)
            return result

        found[name] = kept.get(f"{name} {of.digest}", run)

    note(BARE, submissions, lambda place: grading_bare.grade(submissions, place))
    for count in sorted({options.submissions, options.students}) if not options.no_ours else ():
        part = submissions.first(count)
        for workers in WORKERS:
            note(
                ours(count, workers),
                part,
                lambda place, part=part, workers=workers: grading_ours.grade(part, workers, place),
            )
    if not options.no_nbgrader:
        note(NBGRADER, few, lambda place: grading_nbgrader.grade(few, place))
    if not options.no_otter:
        note(OTTER, few, lambda place: grading_otter.grade(few, place))
    return found


@contextmanager
def folder() -> Iterator[Path]:
    """Make a folder for one run; it is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="bench-grading-") as name:
        yield Path(name)


def ours(count: int, workers: int) -> str:
    """Name a run of this grader."""
    return f"autograder grade, {count}, {workers} worker{'s' if workers > 1 else ''}"


def table(results: dict[str, Result]) -> list[str]:
    """Write a line for each run."""
    columns = (
        f"{'students':>9}{'seconds':>9}{'s each':>9}{'a minute':>9}{'CPU s each':>11}{'peak MB':>9}{'no score':>9}"
    )
    lines = [f"{'':<38}{columns}"]
    for name, one in results.items():
        each = f"{one.seconds_each:>9.2f}{60 / one.seconds_each:>9.1f}"
        rest = f"{one.cpu_each:>11.2f}{one.peak_bytes / 1e6:>9.0f}{one.unscored:>9}"
        lines.append(f"{name:<38}{one.students:>9}{one.seconds:>9.1f}{each}{rest}")
    return [
        *lines,
        "peak: resident memory of the largest process",
        "no score: exercises that have none; where there are any, the times are worth nothing",
    ]


def compared(results: dict[str, Result]) -> dict[str, list[Difference]]:
    """Compare the scores of every run with our last one of the largest class; without ours, with the bare cells'."""
    runs = [one for name, one in results.items() if name.startswith("autograder")] or [results[BARE]]
    mine = max(enumerate(runs), key=lambda one: (one[1].students, one[0]))[1]
    return {name: differences(mine.scores, one) for name, one in results.items() if one is not mine}


def shown(tool: str, found: Sequence[Difference]) -> list[str]:
    """Say where a tool's scores differ from ours."""
    if not found:
        return [f"{tool}: the same points"]
    lines = [f"{tool}: {len(found)} scores differ"]
    for one in found[:MOST_SHOWN]:
        note = f" ({one.reason})" if one.reason else ""
        lines.append(f"  {one.student} {one.exercise}: ours {_points(one.ours)}, there {_points(one.theirs)}{note}")
    return lines


def complaints(results: dict[str, Result]) -> list[str]:
    """Say what went wrong in the other tools: how nbgrader ended, which cells it ran, what otter could not grade."""
    lines = []
    stock, otter = results.get(NBGRADER), results.get(OTTER)
    if stock and stock.about["status"]:
        lines.append(f"{NBGRADER} ended with status {stock.about['status']}: {stock.about['said']}")
    if stock:
        lines.append(f"{NBGRADER} ran {stock.about['cells_run']} cells of a submission")
    return lines + [f"{OTTER} failed: {said}" for said in (otter.about["failed"] if otter else [])]


def _points(score: float | None) -> str:
    return "no score" if score is None else f"{score:g}"


def figures(
    results: dict[str, Result], options: argparse.Namespace, found: dict[str, list[Difference]]
) -> dict[str, Any]:
    """Gather the figures of the last line; a figure of a tool that was left out is null."""
    one, two = (results.get(ours(options.students, workers)) for workers in WORKERS)
    stock, otter, bare = (results.get(name) for name in (NBGRADER, OTTER, BARE))

    def ratio(slow: Result | None, fast: Result | None) -> float | None:
        return round(slow.seconds_each / fast.seconds_each, 2) if slow and fast else None

    def each(result: Result | None) -> dict[str, float]:
        return {"s": round(result.seconds_each, 3), "cpu_s": round(result.cpu_each, 3)} if result else {}

    numbers: dict[str, Any] = {
        "lab": options.lab,
        "throughput_vs_nbgrader": ratio(stock, two),
        "throughput_vs_otter": ratio(otter, two),
        "overhead_cpu_s": round(two.cpu_each - bare.cpu_each, 3) if two and bare else None,
        "second_worker_speedup": ratio(one, two),
        "scores_identical": not any(found.values()),
        "submissions_per_minute": round(60 / two.seconds_each, 1) if two else None,
        "students": options.students,
        "submissions": options.submissions,
        "ours": each(two),
        "nbgrader": each(stock),
        "otter": each(otter),
    }
    if bare:
        numbers["bare_cpu_s"] = round(bare.cpu_each, 3)
        numbers["first_operation_cpu_s"] = round(bare.about["first_operation"] / bare.students, 3)
    if two:
        numbers["isolation"] = two.about["isolation"]
        numbers["coordinator_peak_mb"] = round(two.about["coordinator_bytes"] / 1e6)
        numbers["peak_mb_as_the_grader_says"] = round(two.about["own"]["peak_bytes"] / 1e6)
        numbers["largest_process_mb"] = round(two.peak_bytes / 1e6)
    return numbers | {"versions": {name: version(name) for name in ("nbgrader", "tensorflow")}}


def together(numbers: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Gather the last line: the figures of the first lab, and under "labs" what a submission of each takes of ours.

    scores_identical is true where it is true of every lab.
    """
    asked = ("students", "bare_cpu_s", "overhead_cpu_s", "throughput_vs_nbgrader", "throughput_vs_otter")
    each = {
        one["lab"]: {name: one.get(name) for name in asked} | one["ours"] | {"identical": one["scores_identical"]}
        for one in numbers
    }
    identical = all(one["scores_identical"] for one in numbers)
    return numbers[0] | {"scores_identical": identical, "labs": each}


def by_lab(numbers: Sequence[dict[str, Any]]) -> list[str]:
    """Write a line for each lab: what a submission takes, of this grader with two workers and of the bare cells."""
    lines = [f"{'this grader, 2 workers':<38}{'students':>9}{'s each':>9}{'CPU s each':>11}{'bare CPU s':>11}"]
    for one in numbers:
        cost = [f"{value:.2f}" if value is not None else "-" for value in (
            one["ours"].get("s"), one["ours"].get("cpu_s"), one.get("bare_cpu_s"))]  # fmt: skip
        lines.append(f"{one['lab']:<38}{one['students']:>9}{cost[0]:>9}{cost[1]:>11}{cost[2]:>11}")
    return lines


if __name__ == "__main__":
    sys.exit(main())
