"""The `autograder` command: every verb is a function elsewhere; this module reads arguments and prints."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
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
        Console(stderr=True).print(str(error), style="red", markup=False)
        raise typer.Exit(1) from None


@app.callback()
def main() -> None:
    """Build the labs and grade what students hand in."""


@app.command()
def grade(
    lab: LabName,
    *,
    force: Annotated[bool, typer.Option("--force", help="Grade everyone again, also who has not changed.")] = False,
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
            progress=grading.Progress(
                filled_in=lambda count: out.print(
                    f"course/submitted is empty: the sample class of {count} takes its place."
                ),
                begin=lambda total: bar.update(task, total=total),
                done=lambda student: bar.update(task, advance=1, description=f"graded {student}"),
            ),
        )
    _print(outcome)


@app.command()
def sample(lab: LabName) -> None:
    """Write the sample class into course/submitted.

    Example: autograder sample lab1_rnn
    """
    from autograder import sample_class  # noqa: PLC0415
    from autograder.grade import Course  # noqa: PLC0415
    from autograder.lab import Lab  # noqa: PLC0415

    with _plain_errors():
        course = Course.open()
        count = sample_class.write(Lab(lab, course.root), course.submitted)
    out.print(f"{count} sample submissions are in {course.submitted}.", markup=False)


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
    kept = f", {len(outcome.kept)} as before" if outcome.kept else ""
    out.print(f"{len(outcome.graded)} graded{kept}. Grades: course/grades.csv. Pages for students: course/feedback/.")


if __name__ == "__main__":
    sys.exit(app())
