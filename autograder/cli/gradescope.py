"""The verb for Gradescope, where each submission is graded in a container of its own."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003  (typer reads the annotation)
from typing import Annotated

import typer

from autograder.cli.terminal import LabName, OfCourse, fail, out, plain_errors

app = typer.Typer()


@app.command()
def gradescope(
    lab: LabName,
    *,
    output: Annotated[Path, typer.Option("--out", help="The zip to upload.")],
    visibility: Annotated[
        str,
        typer.Option(
            help="When students see their exercises.", metavar="visible|after_due_date|after_published|hidden"
        ),
    ] = "visible",
    open_score: Annotated[
        str, typer.Option(help="While a score is open: `hide` shows no total.", metavar="show|hide")
    ] = "show",
    minutes: Annotated[float, typer.Option(help="The time limit that you set on Gradescope.")] = 10,
    of: OfCourse = None,
) -> None:
    """Write the autograder of one lab for Gradescope: a zip to upload. docs/gradescope.md has the steps.

    Example: autograder gradescope lab1_rnn --out autograder.zip
    """
    from autograder.bundle import order  # noqa: PLC0415
    from autograder.bundle.grading import Settings  # noqa: PLC0415
    from autograder.course.course import Course  # noqa: PLC0415

    if open_score not in order.OPEN_SCORES:
        raise fail(f"--open-score is {' or '.join(order.OPEN_SCORES)}.")
    with plain_errors():
        course = Course.open(name=of)
        limit = course.rules.limits.cell_seconds
        settings = Settings(lab, visibility, open_score == order.HIDE, minutes, limit)
        said = order.write(course, settings, output)
    out.print(said, markup=False, soft_wrap=True)
