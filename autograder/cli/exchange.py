"""The verb that goes on: a watch over nbgrader's exchange, which takes in, grades and hands back as hand-ins come."""

from __future__ import annotations

import time
from contextlib import ExitStack
from typing import TYPE_CHECKING, Annotated

import typer

from autograder.cli.terminal import LabName, OfCourse, fail, out, plain_errors

if TYPE_CHECKING:
    from autograder.course.course import Course
    from autograder.delivery.exchange import Exchange
    from autograder.delivery.watch import Verbs, Watch

app = typer.Typer()
EXCHANGE = "exchange"  # in --from and --to


@app.command()
def watch(
    lab: LabName,
    *,
    every: Annotated[float, typer.Option(help="Seconds from one look to the next.", min=1)] = 60,
    of: OfCourse = None,
) -> None:
    """Take in what students submit through nbgrader's exchange, grade it, and give their pages back, as they come.

    Ctrl-C ends it. Whatever ends it, nothing is lost: what waits is done when it is started again. Marks that you give
    in formgrader reach students at the next look.

    Example: autograder watch lab1_rnn --every 60
    """
    from autograder.commands import grade as grading  # noqa: PLC0415
    from autograder.delivery.exchange import Exchange  # noqa: PLC0415
    from autograder.delivery.watch import Watch  # noqa: PLC0415
    from autograder.engine import lease  # noqa: PLC0415
    from autograder.model.graded import NONE  # noqa: PLC0415
    from autograder.model.lab import find  # noqa: PLC0415

    watching: Watch | None = None
    with plain_errors(), ExitStack() as stack:
        course = grading.Course.open(name=of)
        find(lab, course.root)
        exchange = Exchange.of(course)
        said = exchange.unreachable()
        if said:
            raise fail(said)
        exchange.waiting(lab, ())  # where there is no exchange, it is said now, and not at every look
        out.print(f"Watching {exchange.inbound}, every {every:g} s. Ctrl-C ends it.", markup=False, soft_wrap=True)
        try:
            if course.rules.isolation != NONE:
                stack.enter_context(lease.lent(course.rules.kind))  # warm, so that the first one waits no longer
            watching = Watch(_verbs(course, lab, exchange), every, _say)
            watching.run()
        except KeyboardInterrupt:
            graded, given = (watching.graded, watching.given) if watching else (0, 0)
            raise fail(
                f"Stopped. {graded} graded, {given} pages given out; what waits is done when you start it again.", 130
            ) from None


def _say(sentence: str) -> None:
    out.print(f"{time.strftime('%H:%M:%S')} {sentence}", markup=False, soft_wrap=True)


def _verbs(course: Course, lab: str, exchange: Exchange) -> Verbs:
    from autograder.commands import collect_exchange, hand_back  # noqa: PLC0415
    from autograder.commands import grade as grading  # noqa: PLC0415
    from autograder.delivery.watch import Verbs  # noqa: PLC0415
    from autograder.runs.progress import Progress  # noqa: PLC0415

    def collect() -> tuple[list[str], bool]:
        found = collect_exchange.take(course, lab, exchange)
        new = sorted(found.new | found.newer)
        if new:
            _say(f"Handed in: {', '.join(new)}.")
        return found.concerns(), bool(new)

    def grade() -> int:
        if not course.students(lab):
            return 0  # or the sample class would take the place of a class that has not come yet
        done = grading.grade(course, lab, progress=Progress(warn=_say))
        if done.graded:
            _say(f"Graded: {', '.join(done.graded)}.")
        return len(done.graded)

    def give() -> tuple[list[str], int]:
        if not course.students(lab):
            return [], 0
        found = hand_back.publish(course, lab, exchange=exchange, forms=("html",)).released
        if not found:
            return [], 0
        if found.written:
            _say(f"{found.written} pages are new or changed in {exchange.feedback}.")
        return found.concerns(), found.written

    return Verbs(collect, grade, give)
