"""The verbs around grading: what comes in, what goes out, when it is due, who is forgotten."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from autograder.base.times import time_zone
from autograder.cli import terminal
from autograder.cli.exchange import EXCHANGE
from autograder.cli.terminal import LabName, OfCourse, fail, out, plain_errors

app = typer.Typer()


@app.command()
def collect(
    lab: LabName,
    archives: Annotated[
        list[Path] | None, typer.Argument(help="From the LMS: zip, tar, tar.gz, or a folder.", metavar="ARCHIVE...")
    ] = None,
    *,
    kind: Annotated[
        str,
        typer.Option(
            "--from",
            help="Whose archive it is, where its names do not tell; or nbgrader's exchange, without an archive.",
            metavar="canvas|moodle|blackboard|gradescope|github|folder|exchange",
        ),
    ] = "",
    timezone: Annotated[
        str, typer.Option(help="Of Blackboard's clock; else this computer's.", metavar="Europe/Berlin")
    ] = "",
    groups: Annotated[
        Path | None, typer.Option(help="A table of who is in which group, as Canvas exports it.", metavar="CSV")
    ] = None,
    of: OfCourse = None,
) -> None:
    """Take in what students handed in: everybody's newest attempt goes to course/submitted.

    The archive and every attempt stay in course/collected. To run it again changes nothing.

    Example: autograder collect lab1_rnn ~/Downloads/submissions.zip
    """
    from autograder.commands import collect as collecting  # noqa: PLC0415
    from autograder.commands import collect_exchange  # noqa: PLC0415
    from autograder.course.course import Course  # noqa: PLC0415
    from autograder.delivery.exchange import Exchange  # noqa: PLC0415

    if bool(archives) == (kind == EXCHANGE):
        raise fail(f"Say what to take in: an archive of the LMS or a folder; or --from {EXCHANGE} alone.")
    with plain_errors():
        zone, course = time_zone(timezone), Course.open(name=of)
        if archives:
            found = collecting.collect(course, lab, archives, kind=kind, zone=zone, members=groups)
        else:
            found = collect_exchange.take(course, lab, Exchange.of(course))
    for line in found.lines():
        out.print(line, markup=False, soft_wrap=True)
    if found.students:
        out.print(f"Next: autograder grade {lab}{terminal.of_course()}")
    if found.troubles:
        raise typer.Exit(1)


@app.command(name="publish-feedback")
def publish_feedback(
    lab: LabName,
    *,
    to: Annotated[
        str,
        typer.Option(help="A folder for one page of each student; or nbgrader's exchange.", metavar="FOLDER|exchange"),
    ] = "",
    zip_file: Annotated[Path | None, typer.Option("--zip", help="The same as a zip file, to upload.")] = None,
    kind: Annotated[
        str,
        typer.Option(
            "--for",
            help="Who takes the folder or zip: names the files so; else by course/roster.csv.",
            metavar="canvas|moodle|plain",
        ),
    ] = "",
    of: OfCourse = None,
) -> None:
    """Write everybody's feedback anew, with the marks that you have given since, and say how to hand it out.

    Example: autograder publish-feedback lab1_rnn --zip feedback.zip
    """
    from autograder.commands import hand_back  # noqa: PLC0415
    from autograder.course.course import Course  # noqa: PLC0415
    from autograder.delivery.exchange import Exchange  # noqa: PLC0415

    with plain_errors():
        course = Course.open(name=of)
        exchange = Exchange.of(course) if to == EXCHANGE else None
        folder = Path(to) if to and not exchange else None
        found = hand_back.publish(course, lab, folder=folder, archive=zip_file, kind=kind, exchange=exchange)
    for line in found.lines():
        out.print(line, markup=False, soft_wrap=True)
    if found.released and found.released.failed:
        raise typer.Exit(1)


@app.command()
def report(
    lab: LabName,
    *,
    compare: Annotated[
        bool, typer.Option("--similar/--no-similar", help="Look for similar code: ten seconds for 1,000 students.")
    ] = True,
    of: OfCourse = None,
) -> None:
    """Write the class at a glance, from what is recorded: course/report/index.html.

    Scores, exercises, misconceptions, what waits for you, who was late, whose code is similar. Only you can read it.

    Example: autograder report lab1_rnn
    """
    from autograder.commands import report as reporting  # noqa: PLC0415
    from autograder.course.course import Course  # noqa: PLC0415

    with plain_errors():
        path = reporting.write(Course.open(name=of), lab, compare=compare)
    out.print(f"The class at a glance: {path}", markup=False, soft_wrap=True)


@app.command()
def export(
    lab: LabName,
    *,
    to: Annotated[str, typer.Option(help="For whom.", metavar="canvas|moodle|plain|json")],
    gradebook: Annotated[
        Path | None,
        typer.Option(help="Canvas's exported gradebook, or Moodle's grading worksheet, to fill in.", metavar="CSV"),
    ] = None,
    column: Annotated[str, typer.Option(help="Canvas's name of the assignment, where it is not the lab's.")] = "",
    checks_only: Annotated[bool, typer.Option("--checks-only", help="Leave out what a person marks.")] = False,
    scale: Annotated[bool, typer.Option("--scale", help="To the points that the gradebook gives.")] = False,
    output: Annotated[Path | None, typer.Option("--out", help="The file; else in course/export.")] = None,
    of: OfCourse = None,
) -> None:
    """Write the grades as Canvas, Moodle or a spreadsheet reads them, or all that is recorded as JSON.

    Example: autograder export lab1_rnn --to canvas --gradebook ~/Downloads/Grades.csv
    """
    from autograder.commands import export as exporting  # noqa: PLC0415
    from autograder.course.course import Course  # noqa: PLC0415

    wish = exporting.Wish(to, output, gradebook, column, checks_only, scale)
    with plain_errors():
        found = exporting.export(Course.open(name=of), lab, wish)
    for line in found.lines():
        out.print(line, markup=False, soft_wrap=True)


@app.command()
def due(
    lab: LabName,
    when: Annotated[
        str, typer.Argument(help='A day or a time, for example "2026-12-01 23:59"; never: take it back.')
    ] = "",
    *,
    timezone: Annotated[str, typer.Option(help="Of that time, for example Europe/Berlin; else this machine's.")] = "",
    of: OfCourse = None,
) -> None:
    """Set when a lab is due, or show it. What lateness costs is found anew; nothing is graded again.

    Example: autograder due lab1_rnn "2026-12-01 23:59" --timezone Europe/Berlin
    """
    from autograder.commands import due  # noqa: PLC0415
    from autograder.course import terms  # noqa: PLC0415
    from autograder.course.course import Course  # noqa: PLC0415

    with plain_errors():
        course = Course.open(name=of)
        if when:
            due.set_due(course, lab, "" if when == "never" else when, timezone)
        terminal.terms(lab, terms.terms(course, lab))
        terminal.outdated(course, lab, changed=bool(when))


@app.command()
def extend(
    lab: LabName,
    student: Annotated[str, typer.Argument(help="The student's folder in course/submitted.")],
    *,
    days: Annotated[float | None, typer.Option(help="How many days more than others; 0 takes it back.", min=0)] = None,
    hours: Annotated[float | None, typer.Option(help="And how many hours.", min=0)] = None,
    of: OfCourse = None,
) -> None:
    """Give one student more time, before the hand-in or after it. It counts from the due date, and does not add up.

    Example: autograder extend lab1_rnn doejane_12345 --days 3
    """
    from datetime import timedelta  # noqa: PLC0415

    from autograder.commands import due  # noqa: PLC0415
    from autograder.course import terms  # noqa: PLC0415
    from autograder.course.course import Course  # noqa: PLC0415

    if days is None and hours is None:
        raise fail("Say how much more time: --days 3, or --hours 12; --days 0 takes it back.")
    with plain_errors():
        course = Course.open(name=of)
        due.extend(course, lab, student, timedelta(days=days or 0, hours=hours or 0))
        terminal.terms(lab, terms.terms(course, lab))
        terminal.outdated(course, lab)


@app.command()
def score(
    lab: LabName,
    student: Annotated[str, typer.Argument(help="The student's folder in course/submitted.")],
    exercise: Annotated[str, typer.Argument(help="Name or number of the exercise or question: rnn_step, or 2.1.")],
    points: Annotated[float | None, typer.Argument(help="What it is worth, in place of what was found.")] = None,
    *,
    why: Annotated[str, typer.Option(help="The reason, in words for the student: it stands on the page.")] = "",
    clear: Annotated[bool, typer.Option("--clear", help="Take both back: the check's count again.")] = False,
    of: OfCourse = None,
) -> None:
    """Give one student other points for an exercise than the check found, or points for a written answer.

    They stay when the student is graded again.

    Example: autograder score lab1_rnn doejane_12345 rnn_step 7 --why "The bias came later, in 2.2."
    """
    from autograder.commands import score as scoring  # noqa: PLC0415
    from autograder.course.course import Course  # noqa: PLC0415

    if clear == (points is not None):
        raise fail('Say the points and why: 7 --why "..."; or --clear alone, which takes them back.')
    with plain_errors():
        out.print(scoring.give(Course.open(name=of), lab, student, exercise, points, why).line(), markup=False)


@app.command()
def forget(
    student: Annotated[str, typer.Argument(help="The student's folder in course/submitted.")],
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask first.")] = False,
    of: OfCourse = None,
) -> None:
    """Remove one person from the course: hand-ins, grades, pages, archives, logs, in all labs. It can't be undone.

    Example: autograder forget doejane_12345
    """
    from autograder.commands import forget as forgetting  # noqa: PLC0415
    from autograder.course.course import Course  # noqa: PLC0415

    asked = f"Remove {student}, with their grades in all labs and the LMS's archives that hold their files, for good?"
    if not yes and not typer.confirm(asked):
        raise fail("Nothing was removed.")
    with plain_errors():
        terminal.forgotten(student, forgetting.forget(Course.open(name=of), student))
