"""Sends one class through nbgrader's exchange, from submit to page: by this kit, and by stock nbgrader, in turns.

The same notebooks lie in the inbound folder of two exchanges, as `nbgrader submit` leaves them. Ours: take in, grade,
give out, in one fresh process, engine and workers included. Stock nbgrader's: collect, autograde, generate_feedback,
release_feedback, with its defaults. Counted is from the first command until the last page is in the exchange.

    python -m benchmarks.exchange --students 200 --turns 1
"""

from __future__ import annotations

import argparse
import secrets
import statistics
import sys
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat

from autograder.base.errors import UserFacingError
from autograder.base.files import ROOT, SECRET, TIMESTAMP
from autograder.base.times import stamp
from benchmarks import grading_meter as meter
from benchmarks.grading import folder
from benchmarks.grading_class import Class, make
from benchmarks.grading_ours import new_course
from benchmarks.grading_result import environment, warm_up

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

OURS, STOCK = "this kit", "stock nbgrader"
COURSE = {OURS: "deep-sequence-labs", STOCK: "stock"}
SETTINGS = "c.Exchange.root = {root!r}\nc.ExchangeCollect.check_owner = False\n"
STEPS = ("collect", "autograde", "generate_feedback", "release_feedback")


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure in turns, print each, and how many times faster the one is than the other."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--lab", default="lab1_rnn")
    parser.add_argument("--students", type=int, default=200)
    parser.add_argument("--turns", type=int, default=1)
    parser.add_argument("--inside", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.inside:
        inside(options.inside, options.lab)
        return 0
    submissions = make(options.students, lab=options.lab)
    found: dict[str, list[tuple[float, float]]] = {OURS: [], STOCK: []}
    for turn in range(options.turns):
        for who in (OURS, STOCK) if turn % 2 == 0 else (STOCK, OURS):
            with folder() as place, handed_in(submissions, place, COURSE[who]) as exchange:
                used = (ours if who == OURS else stock)(submissions, place, exchange)
            found[who].append(used)
            print(f"{who}: {options.students} students, {used[0]:.0f} s, {used[1]:.0f} CPU s", flush=True)
    middle = {who: [statistics.median(column) for column in zip(*used, strict=True)] for who, used in found.items()}
    for number, what in enumerate(("seconds", "CPU seconds")):
        times = middle[STOCK][number] / middle[OURS][number]
        both = f"{middle[OURS][number]:.0f} and {middle[STOCK][number]:.0f}"
        print(f"{what} from submit to the last page: {both}, {times:.1f} times")
    return 0


@contextmanager
def handed_in(submissions: Class, place: Path, course: str) -> Iterator[Path]:
    """Make an exchange in which everybody has submitted."""
    exchange = place / "exchange"
    inbound = exchange / course / "inbound"
    inbound.mkdir(parents=True)
    exchange.chmod(0o777)
    now = stamp(datetime.now(UTC))
    for student, data in submissions.submissions.items():
        mine = inbound / f"{student}+{submissions.lab}+{now}+{secrets.token_urlsafe(9)}"
        mine.mkdir()
        (mine / f"{submissions.lab}.ipynb").write_bytes(data)
        (mine / TIMESTAMP).write_text(now, encoding="utf-8")
        (mine / SECRET).write_text(secrets.token_hex(64), encoding="utf-8")
        mine.chmod(0o777)  # as nbgrader does when it is done
    yield exchange


def ours(submissions: Class, place: Path, exchange: Path) -> tuple[float, float]:
    """Measure this kit; return seconds and CPU seconds. Raises UserFacingError where a page is missing."""
    root = place / "kit"
    root.mkdir()
    new_course(submissions.first(0), root)
    with (root / "nbgrader_config.py").open("a", encoding="utf-8") as config:
        config.write(SETTINGS.format(root=str(exchange)))
    own = {"TMPDIR": str(place), "AUTOGRADER_KEEP_WARM": "0"}  # an engine of this run's own, that ends with it
    command = [sys.executable, "-m", "benchmarks.exchange", "--lab", submissions.lab, "--inside", str(root)]
    used = meter.run(command, folder=ROOT, environment=environment(place / "home") | own)
    _all_there(submissions, exchange / COURSE[OURS], used.said)
    return used.seconds, used.cpu_seconds


def inside(root: Path, lab: str) -> None:
    """Do what `autograder watch` does at one look."""
    from autograder.commands import collect_exchange, grade, hand_back  # noqa: PLC0415  (in the measured process only)
    from autograder.delivery.exchange import Exchange  # noqa: PLC0415

    course = grade.Course.open(root)
    exchange = Exchange.of(course)
    collect_exchange.take(course, lab, exchange)
    grade.grade(course, lab)
    hand_back.publish(course, lab, exchange=exchange, forms=("html",))


def stock(submissions: Class, place: Path, exchange: Path) -> tuple[float, float]:
    """Measure stock nbgrader; return seconds and CPU seconds. Raises UserFacingError where a step or a page fails."""
    course = place / "course"
    (course / "source" / submissions.lab).mkdir(parents=True)
    config = f"c = get_config()\nc.CourseDirectory.course_id = 'stock'\n{SETTINGS.format(root=str(exchange))}"
    (course / "nbgrader_config.py").write_text(config, encoding="utf-8")
    nbformat.write(submissions.solution, course / "source" / submissions.lab / f"{submissions.lab}.ipynb")
    settings = environment(place / "home")
    warm_up(course, settings)
    meter.run(["nbgrader", "generate_assignment", submissions.lab], folder=course, environment=settings)
    seconds = cpu = 0.0
    said = ""
    for step in STEPS:
        used = meter.run(["nbgrader", step, submissions.lab], folder=course, environment=settings)
        seconds, cpu, said = seconds + used.seconds, cpu + used.cpu_seconds, said + used.said
    _all_there(submissions, exchange / COURSE[STOCK], said)
    return seconds, cpu


def _all_there(submissions: Class, course: Path, said: str) -> None:
    pages = len(list((course / "feedback").glob("*.html")))
    if pages != len(submissions.submissions):
        raise UserFacingError(f"{pages} pages of {len(submissions.submissions)} are in {course}. {said[-1500:]}")


if __name__ == "__main__":
    sys.exit(main())
