"""Grades the hostile corpus with our grader and with stock nbgrader, and prints both side by side, by topic.

What our grader did is shown case by case. Stock nbgrader grades whole topics, and only their counts are printed or
kept: the corpus tests our grader, and is no list of what gets past another one.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
from hostile import runner
from hostile.case import KINDS
from hostile.corpus import CASES, TOPICS

from autograder.base.errors import UserFacingError
from autograder.model.cells import grade_id, kind
from autograder.model.lab import Lab
from benchmarks import stock, tally

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hostile.case import Case

    from autograder.gradebook.book import Report

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
            counts = stock_counts(stack, options, cases)
            ours = {} if options.no_ours else our_results(options.ours_results, cases)
    except UserFacingError as error:
        sys.exit(str(error))
    rows = [row(case, ours) for case in cases]
    print(f"case{'':<28} kind  ours")
    for one in rows:
        print(tally.shown(one))
    print("\n".join(f"{letter}: {meaning}" for letter, meaning in KINDS.items()), end="\n\n")
    print(tally.summary(rows, counts), end="\n\n")
    print(json.dumps(numbers(rows, ours, counts) | {"seconds": round(time.monotonic() - started)}))
    return 0


def parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.hostile", description=__doc__)
    parser.add_argument("--topics", nargs="+", metavar="TOPIC", choices=sizes(), help="only the cases of these topics")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="only every Nth case, by our grader alone")
    parser.add_argument("--only", nargs="+", metavar="NAME", choices=CASES, help="only these, by our grader alone")
    parser.add_argument(
        "--stock-results", type=Path, metavar="FILE", help="keep stock's counts by topic there, and go on from them"
    )
    parser.add_argument("--ours-results", type=Path, metavar="FILE", help="keep ours there; used when all are there")
    parser.add_argument("--no-ours", action="store_true", help="stock nbgrader only")
    parser.add_argument("--no-stock", action="store_true", help="our grader only")
    parser.add_argument("--workers", type=int, default=min(os.cpu_count() or 1, 8), help="stock runs at a time")
    options = parser.parse_args(arguments)
    if min(options.every, options.workers) < 1:
        parser.error("--every and --workers count from 1")
    return options


def sizes() -> dict[str, int]:
    """Return how many cases each topic has."""
    return dict(Counter(TOPIC.values()))


def selected(options: argparse.Namespace) -> list[Case]:
    """Return the cases that were asked for, in the order of the corpus."""
    wanted = [
        case
        for name, case in CASES.items()
        if (not options.only or name in options.only) and (not options.topics or TOPIC[name] in options.topics)
    ]
    return wanted[:: options.every]


def whole_topics(cases: list[Case]) -> dict[str, list[Case]]:
    """Return the topics of which every case was asked for: a count of fewer would say which case it was."""
    found: dict[str, list[Case]] = {}
    for case in cases:
        found.setdefault(TOPIC[case.name], []).append(case)
    return {topic: some for topic, some in found.items() if len(some) == sizes()[topic]}


def stock_counts(stack: ExitStack, options: argparse.Namespace, cases: list[Case]) -> dict[str, tally.StockCount]:
    """Grade whole topics with stock nbgrader, and count; one that stands in the file already is taken from there."""
    wanted = {} if options.no_stock else whole_topics(cases)
    if not wanted and not options.no_stock:
        print("Stock nbgrader grades whole topics only (--topics), and none was asked for.", file=sys.stderr)
    kept = {topic: tally.StockCount(**numbers) for topic, numbers in _read(options.stock_results, "topic").items()}
    found = {topic: kept[topic] for topic in wanted if topic in kept and kept[topic].stock_cases == len(wanted[topic])}
    courses: dict[str, stock.Stock] = {}  # one for each lab; a topic is about one lab
    for topic, some in wanted.items():
        if topic not in found:
            lab = some[0].lab
            courses[lab] = courses.get(lab) or stock.prepared(stack, lab)
            found[topic] = _counted(courses[lab], topic, some, options.workers)
            _keep(options.stock_results, "topic", topic, asdict(found[topic]))
    return {topic: found[topic] for topic in wanted}


def _counted(course: stock.Stock, topic: str, cases: list[Case], workers: int) -> tally.StockCount:
    """Grade one topic with stock nbgrader. What became of a case is counted here, and goes no further."""
    full, total = points(cases[0].lab), tally.StockCount()
    neighbour = full | {"written": 7.0}  # as stock_inside.py marks it
    ordered = sorted(cases, key=lambda case: case.seconds)
    for number, (name, result) in enumerate(stock.results(course, ordered, workers), start=1):
        total.add(tally.stock(CASES[name], full, result, neighbour), result)
        print(f"stock {topic} {number}/{len(cases)}", file=sys.stderr, flush=True)
    return total


def our_results(file: Path | None, cases: list[Case]) -> Results:
    """Grade the cases with our grader, as a class for each lab; what stands in the file is used when it holds all."""
    found = _read(file, "case")
    if CLASS in found and all(case.name in found for case in cases):
        return found
    started = time.monotonic()
    with runner.world() as world:
        reports = runner.run(world, cases)
        found = {case.name: _record(world, case, reports[case.lab][case.student]) for case in cases}
        found[CLASS] = {
            "stolen": world.stolen,
            "knocks": [repr(knock) for knock in world.knocks],
            "files_changed": world.fingerprints() != world.handed_in,
            "neighbour": {
                lab: {line.title: line.score for line in some[runner.NEIGHBOUR].lines} for lab, some in reports.items()
            },
            "seconds": round(time.monotonic() - started),
        }
    for name, result in found.items():
        _keep(file, "case", name, result)
    return found


def _record(world: runner.World, case: Case, report: Report) -> dict[str, Any]:
    folder = world.course.path(world.course.directory.feedback_directory, case.student, case.lab)
    page = runner.without_own_words((folder / f"{case.lab}.html").read_text(encoding="utf-8"))
    lines = {line.title.rpartition(": ")[2]: line for line in report.lines if line.checked}
    return {
        "states": {name: str(line.state) for name, line in lines.items()},
        "scores": {name: line.score for name, line in lines.items()},
        "flags": "".join(line.flag for line in report.lines),
        "page_leaks": any(secret in page for secret in ("STOLEN:", *stock.SECRETS, runner.CANARY)),
    }


def points(lab: str) -> dict[str, float]:
    """Read from the release of a lab how many points each exercise has."""
    release = nbformat.read(Lab(lab).release_path, as_version=4)
    checks = [cell for cell in release.cells if kind(cell) == "check"]
    return {grade_id(cell).removeprefix("check-"): float(cell.metadata.nbgrader["points"]) for cell in checks}


def row(case: Case, ours: Results) -> tally.Row:
    """Judge what our grader did with a case."""
    if case.name not in ours:
        return tally.Row(case.name, case.kind, TOPIC[case.name])
    full = points(case.lab)
    finding, expected = tally.ours(case, full, ours[case.name])
    about = case.exercises or tuple(full)
    states = tuple(sorted({ours[case.name]["states"][name] for name in about}))
    return tally.Row(case.name, case.kind, TOPIC[case.name], finding, expected, states)


def numbers(rows: list[tally.Row], ours: Results, counts: Mapping[str, tally.StockCount]) -> dict[str, Any]:
    """Count; what was stolen from our class belongs to no case, so each such thing counts as one more."""
    found = asdict(tally.count(rows)) | asdict(tally.together(counts.values()))
    about = ours.get(CLASS, {})
    found["ours_unearned_or_leaked"] += len(about.get("stolen", [])) + len(about.get("knocks", []))
    found["ours_changed"] = int(about.get("files_changed", False))
    found["nbgrader"] = version("nbgrader")
    found["ours_seconds"] = about.get("seconds")
    found["stock_seconds"] = round(found["stock_seconds"])
    return found


def _read(file: Path | None, key: str) -> Results:
    """Read lines that `_keep` wrote.

    key: what each is about, "case" or "topic". Raises UserFacingError for others.
    """
    if not file or not file.exists():
        return {}
    lines = map(json.loads, file.read_text(encoding="utf-8").splitlines())
    try:
        return {line.pop(key): line for line in lines}
    except KeyError:
        raise UserFacingError(
            f"{file} does not say which {key} each of its lines is about: name another file."
        ) from None


def _keep(file: Path | None, key: str, name: str, result: dict[str, Any]) -> None:
    if file:
        with file.open("a", encoding="utf-8") as open_file:
            open_file.write(json.dumps({key: name} | result) + "\n")


if __name__ == "__main__":
    sys.exit(main())
