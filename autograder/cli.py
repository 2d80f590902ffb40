"""The `autograder` command: every verb is a function elsewhere; this module reads arguments and prints."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from pathlib import Path  # noqa: TC003  (typer reads the annotation)
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

from autograder.lab import LabError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from autograder.grade import Outcome

app = typer.Typer(help="Builds the labs and grades what students hand in.", no_args_is_help=True, add_completion=False)
out = Console(highlight=False)

LabName = Annotated[str, typer.Argument(help="The lab's name, for example lab1_rnn.", metavar="LAB")]


@contextmanager
def _plain_errors() -> Iterator[None]:
    """Say in one sentence what a user can mend, without a traceback."""
    try:
        yield
    except LabError as error:
        raise _fail(str(error)) from None


@app.callback()
def main() -> None:
    """Build the labs and grade what students hand in."""


@app.command()
def grade(
    lab: LabName,
    *,
    force: Annotated[bool, typer.Option("--force", help="Grade everyone again, also who has not changed.")] = False,
    isolation: Annotated[
        str, typer.Option(help="`none`: run students' code as you, without a sandbox. The scores are marked so.")
    ] = "",
) -> None:
    """Grade everyone in course/submitted; without submissions, the sample class.

    Example: autograder grade lab1_rnn
    """
    from autograder import grade as grading  # noqa: PLC0415  (nbgrader takes seconds to import; --help need not wait)

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with _plain_errors(), Progress(*columns, console=out, transient=True) as bar:
        course = grading.Course.open()
        task = bar.add_task("grading", total=None)
        outcome = grading.grade(
            course,
            lab,
            force=force,
            isolation=isolation,
            progress=grading.Progress(
                filled_in=lambda count: out.print(
                    f"course/submitted is empty: the sample class of {count} takes its place."
                ),
                begin=lambda total: bar.update(task, total=total),
                warming_up=lambda: out.print("Importing TensorFlow, once for everybody ..."),
                warn=lambda said: out.print(said, style="yellow", markup=False, soft_wrap=True),
                done=lambda student: _advance(bar, task, student),
            ),
        )
    _print(outcome)


def _advance(bar: Progress, task: TaskID, student: str) -> None:
    """Move the bar; where there is no terminal to draw it on, print a line without a name."""
    bar.update(task, advance=1, description=f"graded {student}")
    if not out.is_terminal:
        out.print(f"{bar.tasks[task].completed:g} of {bar.tasks[task].total:g} graded")


@app.command()
def sample(
    lab: LabName,
    *,
    remove: Annotated[bool, typer.Option("--remove", help="Take it away again, with all that was graded.")] = False,
) -> None:
    """Write the sample class into course/submitted.

    Example: autograder sample lab1_rnn
    """
    from autograder import grade as grading  # noqa: PLC0415
    from autograder import sample_class  # noqa: PLC0415
    from autograder.lab import find  # noqa: PLC0415

    with _plain_errors():
        course = grading.Course.open()
        if remove:
            names = grading.remove(course, lab, sample_class.students(find(lab), course.submitted))
            sample_class.forget(find(lab), course.submitted)
            said = f"{len(names)} sample students are gone: their submissions, grades and pages."
        else:
            count = sample_class.write(find(lab), course.submitted)
            said = f"{count} sample submissions are in {course.submitted}."
    out.print(said, markup=False, soft_wrap=True)


@app.command()
def explain(
    lab: LabName,
    student: Annotated[str, typer.Argument(help="The student's folder in course/submitted.")],
    exercise: Annotated[str, typer.Argument(help="Name or number of the exercise: rnn_step, or 2.1.")],
) -> None:
    """Run one check of one student again and show its hidden inputs, what was expected, and what came.

    Example: autograder explain lab1_rnn sample-no-tanh rnn_step
    """
    from autograder import grade as grading  # noqa: PLC0415

    with _plain_errors():
        out.print(grading.explain(grading.Course.open(), lab, student, exercise), markup=False, soft_wrap=True)


@app.command(name="labs")
def build_labs() -> None:
    """Build the solution and student notebooks from solutions/<lab>/<lab>.py.

    Example: autograder labs
    """
    from autograder.build import build  # noqa: PLC0415
    from autograder.lab import ROOT  # noqa: PLC0415

    with _plain_errors():
        changed = build()
    for path in changed:
        out.print(f"wrote {path.relative_to(ROOT)}", markup=False)
    if not changed:
        out.print("The notebooks are what their sources give.")


@app.command()
def check() -> None:
    """Fail when a notebook is stale, a student's file leaks, or a check uses a name it may not.

    Example: autograder check
    """
    from autograder import lint  # noqa: PLC0415
    from autograder.lab import labs  # noqa: PLC0415

    with _plain_errors():
        problems = [problem for lab in labs() for problem in lint.problems(lab)]
    if problems:
        raise _fail("\n".join(problems))
    for lab in labs():
        counts = ", ".join(f"{count} {kind}" for kind, count in lint.kinds(lab).items())
        out.print(f"{lab.name} is ready to release: {counts} cells.", markup=False, soft_wrap=True)


@app.command()
def publish(
    target: Annotated[Path, typer.Argument(help="Where to write it: an empty folder, or one written before.")],
) -> None:
    """Write the student repository: labs, labkit, data, README, with nothing secret in it.

    Example: autograder publish dist/student
    """
    from autograder import publish as publishing  # noqa: PLC0415

    with _plain_errors():
        names = publishing.publish(target)
    said = f"{len(names)} files are in {target}; scanned, with their wheel and sdist: no solution, no hidden test."
    out.print(said, soft_wrap=True)
    out.print(publishing.next_step(target), markup=False, soft_wrap=True)


def _fail(message: str) -> typer.Exit:
    Console(stderr=True, highlight=False).print(message, style="red", markup=False, soft_wrap=True)
    return typer.Exit(1)


def _print(outcome: Outcome) -> None:
    """Print the class: student, score, a state for each exercise, and what the symbols mean."""
    from autograder import feedback  # noqa: PLC0415
    from autograder.states import SYMBOLS, WORDS  # noqa: PLC0415

    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("student", no_wrap=True)
    table.add_column("score", justify="right", no_wrap=True)
    for cell in outcome.assignment.graded:
        table.add_column(cell.number.replace(".", "\n."), justify="right", no_wrap=True)
    for report in outcome.reports:
        table.add_row(report.student, feedback.short(report), *map(feedback.symbol, report.lines))
    out.print(table)
    seen = {line.state for report in outcome.reports for line in report.lines if line.state}
    out.print(
        "  ".join(f"{SYMBOLS[state]} {WORDS[state]}" for state in SYMBOLS if state in seen),
        f" {feedback.TO_MARK} to mark by hand",
        markup=False,
    )
    for report in outcome.reports:
        for reason in feedback.for_a_person(report):
            out.print(f"{report.student} needs you: {reason}", markup=False, soft_wrap=True)
        for line in report.lines:
            if line.flag:
                out.print(f"{report.student}, {line.title}: {line.flag}", markup=False, soft_wrap=True)
    if outcome.gone:
        out.print(
            f"No longer in course/submitted, listed as graded before: {', '.join(outcome.gone)}.",
            markup=False,
            soft_wrap=True,
        )
    bare = [report.student for report in outcome.reports if report.isolation == "none"]
    if bare:
        out.print(f"Graded without isolation: {', '.join(bare)}.", markup=False, soft_wrap=True)
    kept = f", {len(outcome.kept)} as before" if outcome.kept else ""
    out.print(f"{len(outcome.graded)} graded{kept}. Grades: course/grades.csv. Pages for students: course/feedback/.")


if __name__ == "__main__":
    sys.exit(app())
