"""Grades the hostile corpus with our grader and with stock nbgrader, and prints both side by side."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from contextlib import ExitStack
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
from hostile import runner
from hostile.case import KINDS
from hostile.corpus import CASES, TOPICS

from autograder.base.errors import LabError
from autograder.lab import Lab
from autograder.model.cells import grade_id, kind
from benchmarks import stock, tally

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hostile.case import Case

    from autograder.record import Report

TOPIC = {case.name: topic.__name__.rpartition(".")[2] for topic in TOPICS for case in topic.CASES}
CLASS = "(class)"  # the name under which stands what is true of a whole class and not of one case
Results = dict[str, dict[str, Any]]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what is asked for; the last line on the screen is one JSON object."""
    options = parsed(arguments)
    cases = selected(options)
    started = time.monotonic()
    try:
        with ExitStack() as stack:
            stocks = stock_results(stack, options, cases)
            ours = {} if options.no_ours else our_results(options.ours_results, cases)
    except LabError as error:
        sys.exit(str(error))
    rows = [row(case, ours, stocks) for case in cases]
    print(f"case{'':<29}kind  ours{'':<29}stock nbgrader")
    for one in rows:
        print(tally.shown(one))
    print("\n".join(f"{letter}: {meaning}" for letter, meaning in KINDS.items()), end="\n\n")
    print(tally.summary(rows), end="\n\n")
    print(json.dumps(numbers(rows, ours, stocks) | {"seconds": round(time.monotonic() - started)}))
    return 0


def parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.hostile", description=__doc__)
    parser.add_argument("--every", type=int, default=1, metavar="N", help="only every Nth case")
    parser.add_argument("--only", nargs="+", metavar="NAME", choices=CASES, help="only these cases")
    parser.add_argument(
        "--stock-sample", type=int, default=1, metavar="N", help="stock nbgrader on every Nth case only"
    )
    parser.add_argument("--stock-results", type=Path, metavar="FILE", help="keep stock's there, and go on from them")
    parser.add_argument("--ours-results", type=Path, metavar="FILE", help="keep ours there; used when all are there")
    parser.add_argument("--no-ours", action="store_true", help="stock nbgrader only")
    parser.add_argument("--no-stock", action="store_true", help="our grader only")
    parser.add_argument("--workers", type=int, default=min(os.cpu_count() or 1, 8), help="stock runs at a time")
    options = parser.parse_args(arguments)
    if min(options.every, options.stock_sample, options.workers) < 1:
        parser.error("--every, --stock-sample and --workers count from 1")
    return options


def selected(options: argparse.Namespace) -> list[Case]:
    """Return the cases that were asked for, in the order of the corpus."""
    wanted = [case for name, case in CASES.items() if not options.only or name in options.only]
    return wanted[:: options.every]


def stock_results(stack: ExitStack, options: argparse.Namespace, cases: list[Case]) -> Results:
    """Grade each case with stock nbgrader; what stands in the file already is taken from there."""
    if options.no_stock:
        return {}
    wanted = cases[:: options.stock_sample]
    found = _read(options.stock_results)
    left = [case for case in wanted if case.name not in found]
    if left:
        course = stock.prepared(stack)
        left.sort(key=lambda case: case.seconds)
        for number, (name, result) in enumerate(stock.results(course, left, options.workers), start=1):
            found[name] = result
            _keep(options.stock_results, name, result)
            print(f"stock {number}/{len(left)} {name}: {result['status']}", file=sys.stderr, flush=True)
    return {case.name: found[case.name] for case in wanted}


def our_results(file: Path | None, cases: list[Case]) -> Results:
    """Grade the cases with our grader, as one class; what stands in the file is used when it holds them all."""
    found = _read(file)
    if CLASS in found and all(case.name in found for case in cases):
        return found
    started = time.monotonic()
    with runner.world() as world:
        reports = runner.run(world, cases)
        found = {case.name: _record(world, case, reports[case.student]) for case in cases}
        found[CLASS] = {
            "stolen": world.stolen,
            "knocks": [repr(knock) for knock in world.knocks],
            "files_changed": world.fingerprints() != world.handed_in,
            "neighbour": {line.title: line.score for line in reports[runner.NEIGHBOUR].lines},
            "seconds": round(time.monotonic() - started),
        }
    for name, result in found.items():
        _keep(file, name, result)
    return found


def _record(world: runner.World, case: Case, report: Report) -> dict[str, Any]:
    folder = world.course.path(world.course.directory.feedback_directory, case.student, runner.LAB)
    page = runner.without_own_words((folder / f"{runner.LAB}.html").read_text(encoding="utf-8"))
    lines = {line.title.rpartition(": ")[2]: line for line in report.lines if line.checked}
    return {
        "states": {name: str(line.state) for name, line in lines.items()},
        "scores": {name: line.score for name, line in lines.items()},
        "flags": "".join(line.flag for line in report.lines),
        "page_leaks": any(secret in page for secret in ("STOLEN:", *stock.SECRETS, runner.CANARY)),
    }


def points() -> dict[str, float]:
    """Read from the release how many points each exercise has."""
    release = nbformat.read(Lab(runner.LAB).release_path, as_version=4)
    checks = [cell for cell in release.cells if kind(cell) == "check"]
    return {grade_id(cell).removeprefix("check-"): float(cell.metadata.nbgrader["points"]) for cell in checks}


def row(case: Case, ours: Results, stocks: Results) -> tally.Row:
    """Judge both columns of a case."""
    full = points()
    mine: tally.Finding | None = None
    expected, states, theirs = False, (), None
    if case.name in ours:
        mine, expected = tally.ours(case, full, ours[case.name])
        about = case.exercises or tuple(full)
        states = tuple(sorted({ours[case.name]["states"][name] for name in about}))
    if case.name in stocks:
        theirs = tally.stock(case, full, stocks[case.name], neighbour=full | {"written": 7.0})
    return tally.Row(case.name, case.kind, TOPIC[case.name], mine, expected, states, theirs)


def numbers(rows: list[tally.Row], ours: Results, stocks: Results) -> dict[str, Any]:
    """Count; what was stolen from our class belongs to no case, so each such thing counts as one more."""
    found = asdict(tally.count(rows))
    about = ours.get(CLASS, {})
    found["ours_unearned_or_leaked"] += len(about.get("stolen", [])) + len(about.get("knocks", []))
    found["stock_unearned"] = sum(bool(one.stock and one.stock.unearned) for one in rows)
    found["stock_leaked"] = sum(bool(one.stock and one.stock.leaked) for one in rows)
    for status in ("aborted", "hung", "lost"):
        found[f"stock_{status}"] = sum(result["status"] == status for result in stocks.values())
    for name in ("left", "changed", "active_html", "hidden_source_in_feedback"):
        found[f"stock_{name}"] = sum(bool(result.get(name)) for result in stocks.values())
    found["ours_changed"] = int(about.get("files_changed", False))
    found["nbgrader"] = version("nbgrader")
    found["ours_seconds"] = about.get("seconds")
    found["stock_seconds"] = round(sum(result.get("seconds", 0) for result in stocks.values()))
    return found


def _read(file: Path | None) -> Results:
    if not file or not file.exists():
        return {}
    lines = map(json.loads, file.read_text(encoding="utf-8").splitlines())
    return {line.pop("case"): line for line in lines}


def _keep(file: Path | None, name: str, result: dict[str, Any]) -> None:
    if file:
        with file.open("a", encoding="utf-8") as open_file:
            open_file.write(json.dumps({"case": name} | result) + "\n")


if __name__ == "__main__":
    sys.exit(main())
