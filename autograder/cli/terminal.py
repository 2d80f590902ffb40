"""What the `autograder` command shows: a progress bar, the class as a table, what a new grading would change."""

from __future__ import annotations

import os
from contextlib import contextmanager
from datetime import UTC
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table

from autograder.base.errors import UserFacingError
from autograder.base.files import COURSE_VARIABLE, course_place

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from autograder.commands.differences import Difference
    from autograder.commands.forget import Forgotten
    from autograder.commands.grade import GradingSummary
    from autograder.course.course import Course
    from autograder.course.terms import Terms
    from autograder.runs import progress as runs_progress

out = Console(highlight=False)
OfCourse = Annotated[
    str | None,
    typer.Option(
        "--course",
        help="Another year or section, in courses/NAME; a new name begins a new course.",
        metavar="NAME",
        envvar="AUTOGRADER_COURSE",
    ),
]
LabName = Annotated[str, typer.Argument(help="The lab's name, for example lab1_rnn.", metavar="LAB")]


@contextmanager
def plain_errors() -> Iterator[None]:
    """Say in one sentence what a user can mend, without a traceback."""
    try:
        yield
    except UserFacingError as error:
        raise fail(str(error)) from None


def of_course() -> str:
    """Say what a command needs at its end to work on the same course."""
    name = os.environ.get(COURSE_VARIABLE, "")
    return f" --course {name}" if name else ""


def fail(message: str, status: int = 1) -> typer.Exit:
    """Print what went wrong; the caller raises what comes back."""
    Console(stderr=True, highlight=False).print(message, style="red", markup=False, soft_wrap=True)
    return typer.Exit(status)


@contextmanager
def progress() -> Iterator[runs_progress.Progress]:
    """Show how far grading is; say on Ctrl-C that nothing is lost."""
    from autograder.runs.progress import Progress as Calls  # noqa: PLC0415

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    try:
        with Progress(*columns, console=out, transient=True) as bar:
            task = bar.add_task("grading", total=None, rate="")
            yield Calls(
                filled_in=lambda count: out.print(
                    f"{course_place()}/submitted is empty: the sample class of {count} takes its place."
                ),
                begin=lambda total: _begin(bar, task, total),
                warming_up=lambda: out.print("Importing TensorFlow, once for everybody ..."),
                warn=lambda said: out.print(said, style="yellow", markup=False, soft_wrap=True),
                done=lambda student: _advance(bar, task, student),
            )
    except KeyboardInterrupt:
        done = f"{bar.tasks[task].completed:g} graded"
        raise fail(f"Stopped. {done}; all of it is recorded, and the same command goes on from there.", 130) from None


def _begin(bar: Progress, task: TaskID, total: int) -> None:
    bar.update(task, total=total)
    if total:
        out.print(f"{total} to grade.")


def _advance(bar: Progress, task: TaskID, student: str) -> None:
    """Move the bar; where there is no terminal to draw it on, print a line without a name."""
    speed = bar.tasks[task].finished_speed or bar.tasks[task].speed
    rate = f"{60 * speed:.0f} a minute" if speed else ""
    bar.update(task, advance=1, description=f"graded {student}", rate=rate)
    if not out.is_terminal:
        out.print(f"{bar.tasks[task].completed:g} of {bar.tasks[task].total:g} graded")


def differences(found: Sequence[Difference]) -> None:
    """Print what a new grading would change."""
    table = Table("student", "exercise", "recorded", "now", "why", box=None, pad_edge=False)
    for one in found:
        stays = " (your mark stays)" if one.by_hand else ""
        table.add_row(one.student, one.title, one.before, one.after + stays, one.why)
    if found:
        out.print(table)
    students = len({one.student for one in found})
    said = (
        f"{students} of the class would get another result; nothing was written." if found else "Nothing would change."
    )
    out.print(f"{said} To record it: autograder regrade, without --diff." if found else said, soft_wrap=True)


def terms(lab: str, found: Terms) -> None:
    """Print when a lab is due, in this machine's time, and who has more time."""
    due = found.due and found.due.replace(tzinfo=UTC).astimezone()
    out.print(f"{lab} is due {due:%A, %d %B %Y, %H:%M %Z}." if due else f"{lab} has no due date.")
    for student, more in found.extensions.items():
        hours = more.total_seconds() / 3600
        out.print(f"{student} has {hours / 24:g} days more." if hours >= 48 else f"{student} has {hours:g} hours more.")


def outdated(course: Course, lab: str, *, changed: bool = True) -> None:
    """Say that a report was written before something changed."""
    if changed and (course.folder / "report" / f"{lab}.html").exists():
        out.print(
            f"The report was written before that; write it anew: autograder report {lab}{of_course()}", soft_wrap=True
        )


def forgotten(student: str, done: Forgotten) -> None:
    """Print what was removed of a person."""
    if done.nothing:
        raise fail(f"There is no {student} in this course: no hand-in, no grade, no archive, no line in a log.")
    where = ", ".join(done.labs) or "no lab"
    out.print(f"{student} is gone from {where}, from the roster, the logs and the pages.", markup=False, soft_wrap=True)
    for path in done.archives:
        out.print(f"Removed, since it held files of {student}: {path}", markup=False, soft_wrap=True)
    for path in done.reports:
        out.print(f"Removed, since it named {student}: {path}. Write it anew.", markup=False, soft_wrap=True)
    if done.exchange:
        out.print(f"Removed from the exchange: {len(done.exchange)} hand-ins and pages. The student's own copies stay.")
    out.print(
        "Backups, your LMS, what you downloaded from it and what you sent by e-mail are yours to clear: to collect a"
        " download again brings the person back.",
        soft_wrap=True,
    )


def outcome(found: GradingSummary) -> None:
    """Print the class: student, score, a state for each exercise, and what the symbols mean."""
    from autograder.model.recorded import by_weakness  # noqa: PLC0415
    from autograder.model.verdict import SYMBOLS, WORDS  # noqa: PLC0415
    from autograder.results import feedback  # noqa: PLC0415

    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("student", no_wrap=True)
    table.add_column("score", justify="right", no_wrap=True)
    for cell in found.assignment.graded:
        table.add_column(cell.number.replace(".", "\n."), justify="right", no_wrap=True)
    for report in found.reports:
        table.add_row(report.student, feedback.short(report), *map(feedback.symbol, report.lines))
    out.print(table)
    seen = {line.state for report in found.reports for line in report.lines if line.state}
    out.print(
        "  ".join(f"{SYMBOLS[state]} {WORDS[state]}" for state in SYMBOLS if state in seen),
        f" {feedback.TO_MARK} to mark by hand",
        markup=False,
    )
    _for_a_person(found)
    for student, text in found.untimed.items():
        out.print(
            f"{student}: timestamp.txt is no time that can be read ({text}), so nobody can say whether it was late. "
            "Write one as 2026-12-01 18:00:00 UTC, and grade again.",
            markup=False,
            soft_wrap=True,
        )
    for report in found.reports:
        for line in report.lines:
            if line.flag:
                out.print(f"{report.student}, {line.title}: {line.flag}", markup=False, soft_wrap=True)
    if found.gone:
        out.print(
            f"No longer in {course_place()}/submitted, listed as graded before: {', '.join(found.gone)}.",
            markup=False,
            soft_wrap=True,
        )
    for said, bare in by_weakness(found.reports).items():
        out.print(f"{said}: {', '.join(bare)}.", markup=False, soft_wrap=True)
    _last_lines(found)


def _for_a_person(found: GradingSummary) -> None:
    """Say what waits for a person, once for all of whom the same is to be said."""
    from autograder.results import feedback  # noqa: PLC0415

    asked: dict[tuple[str, str], list[str]] = {}
    for report in found.reports:
        for one in feedback.for_a_person(report):
            asked.setdefault(one, []).append(report.student)
    for (what, told), students in asked.items():
        need = f"{students[0]} needs" if len(students) == 1 else f"{len(students)} students need"
        names = "" if len(students) == 1 else f" {', '.join(students)}."
        reads = "The student reads" if len(students) == 1 else "They read"
        out.print(f"{need} you: {what}.{names} {reads}: {told}", markup=False, soft_wrap=True)


def _last_lines(found: GradingSummary) -> None:
    """Say what it cost, how many were graded, and where the results lie."""
    lab, usage = found.assignment.name, found.usage
    if usage.submissions:
        parts = (
            f"{usage.per_minute:.0f} submissions a minute",
            f"{usage.saved_seconds:.0f} s saved against importing TensorFlow for each",
            f"{usage.cpu_seconds / usage.submissions:.1f} CPU seconds each",
            f"at most {usage.peak_bytes / 2**30:.1f} GB of memory",
        )
        out.print(f"{'; '.join(parts)}.", soft_wrap=True)
    if found.earlier:
        out.print(
            f"{len(found.earlier)} were graded by an earlier version of the lab, its checks or the grader: "
            f"a recorded grade stays. What would change: autograder regrade {lab} --diff{of_course()}",
            soft_wrap=True,
        )
    kept = f", {len(found.kept)} as before" if found.kept else ""
    place, of = course_place(), of_course()
    out.print(f"{len(found.graded)} graded{kept}. Grades: {place}/grades/{lab}.csv. Pages: {place}/feedback/.")
    out.print(f"Hand back: autograder publish-feedback {lab}{of}. The class at a glance: autograder report {lab}{of}.")
