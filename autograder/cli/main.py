"""The `autograder` command: every verb is a function elsewhere; this module reads arguments and prints."""

from __future__ import annotations

import sys
from pathlib import Path  # noqa: TC003  (typer reads the annotation)
from typing import Annotated

import typer

from autograder.cli import course as cli_class
from autograder.cli import exchange as cli_exchange
from autograder.cli import gradescope as cli_gradescope
from autograder.cli import terminal
from autograder.cli.terminal import LabName, OfCourse, fail, out, plain_errors

app = typer.Typer(help="Builds the labs and grades what students hand in.", no_args_is_help=True, add_completion=False)

Isolation = Annotated[
    str,
    typer.Option(
        help="Where there can be no sandbox. `uid`: as another user, one at a time (needs root); `none`: as you. "
        "The scores are marked so.",
        metavar="bubblewrap|uid|none",
    ),
]
YesAsRoot = Annotated[bool, typer.Option("--yes-as-root", help="With `none`: run students' code as root.")]
Workers = Annotated[int, typer.Option(help="How many at a time; 0: one for each core, if memory allows.", min=0)]
Scheduler = Annotated[str, typer.Option(help="Grade on a Dask cluster that runs already.", metavar="tcp://HOST:8786")]


@app.callback()
def main() -> None:
    """Build the labs and grade what students hand in."""


@app.command()
def grade(
    lab: LabName,
    *,
    force: Annotated[bool, typer.Option("--force", help="Grade everyone again, also who has not changed.")] = False,
    isolation: Isolation = "",
    yes_as_root: YesAsRoot = False,
    workers: Workers = 0,
    scheduler: Scheduler = "",
    of: OfCourse = None,
) -> None:
    """Grade everyone in course/submitted; without submissions, the sample class.

    Stop it with Ctrl-C at any time: what is graded is recorded, and the same command goes on from there.

    Example: autograder grade lab1_rnn
    """
    from autograder.commands import grade as grading  # noqa: PLC0415  (nbgrader takes seconds to import; --help need not wait)

    with plain_errors(), terminal.progress() as progress:
        outcome = grading.grade(
            grading.Course.open(name=of),
            lab,
            force=force,
            isolation=isolation,
            yes_as_root=yes_as_root,
            progress=progress,
            workers=workers,
            scheduler=scheduler,
        )
    terminal.outcome(outcome)


@app.command()
def regrade(
    lab: LabName,
    *,
    diff: Annotated[bool, typer.Option("--diff", help="Only say what would change; nothing is written.")] = False,
    isolation: Isolation = "",
    yes_as_root: YesAsRoot = False,
    workers: Workers = 0,
    scheduler: Scheduler = "",
    of: OfCourse = None,
) -> None:
    """Grade everyone again, for example after a check was mended.

    Example: autograder regrade lab1_rnn --diff
    """
    from autograder.commands import grade as grading  # noqa: PLC0415

    with plain_errors(), terminal.progress() as progress:
        course = grading.Course.open(name=of)
        if diff:
            found = grading.differences(
                course,
                lab,
                isolation=isolation,
                yes_as_root=yes_as_root,
                progress=progress,
                workers=workers,
                scheduler=scheduler,
            )
        else:
            outcome = grading.grade(
                course,
                lab,
                force=True,
                isolation=isolation,
                yes_as_root=yes_as_root,
                progress=progress,
                workers=workers,
                scheduler=scheduler,
            )
    if diff:
        terminal.differences(found)
    else:
        terminal.outcome(outcome)


@app.command()
def sample(
    lab: LabName,
    *,
    remove: Annotated[bool, typer.Option("--remove", help="Take it away again, with all that was graded.")] = False,
    of: OfCourse = None,
) -> None:
    """Write the sample class into course/submitted.

    Example: autograder sample lab1_rnn
    """
    from autograder.commands import grade as grading  # noqa: PLC0415
    from autograder.commands import remove as removing  # noqa: PLC0415
    from autograder.course.sample import sample_class  # noqa: PLC0415
    from autograder.model.lab import find  # noqa: PLC0415

    with plain_errors():
        course = grading.Course.open(name=of)
        if remove:
            names = removing.remove(course, lab, sample_class.students(find(lab), course.submitted))
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
    *,
    of: OfCourse = None,
) -> None:
    """Run one check of one student again and show its hidden inputs, what was expected, and what came.

    Example: autograder explain lab1_rnn sample-no-tanh rnn_step
    """
    from autograder.commands import grade as grading  # noqa: PLC0415

    with plain_errors():
        out.print(grading.explain(grading.Course.open(name=of), lab, student, exercise), markup=False, soft_wrap=True)


@app.command(name="labs")
def build_labs() -> None:
    """Build the solution and student notebooks from solutions/<lab>/<lab>.py.

    Example: autograder labs
    """
    from autograder.author import stamp  # noqa: PLC0415

    if stamp.fresh():
        out.print("The notebooks are what their sources give.")
        return
    from autograder.author.build import build  # noqa: PLC0415  (nbgrader takes a second to import)
    from autograder.base.files import ROOT  # noqa: PLC0415

    with plain_errors():
        changed = build()
    stamp.remember()
    for path in changed:
        out.print(f"wrote {path.relative_to(ROOT)}", markup=False)
    if not changed:
        out.print("The notebooks are what their sources give.")


@app.command()
def check(only: Annotated[str, typer.Argument(metavar="[LAB]", help="This one; all labs without it.")] = "") -> None:
    """Fail when a notebook is stale, a student's file leaks, or a check uses a name it may not.

    Example: autograder check lab1_rnn
    """
    from autograder.author import lint  # noqa: PLC0415
    from autograder.model.lab import find, labs  # noqa: PLC0415

    with plain_errors():
        chosen = [find(only)] if only else labs()
        problems = [problem for lab in chosen for problem in lint.problems(lab)]
    if problems:
        raise fail("\n".join(problems))
    for lab in chosen:
        counts = ", ".join(f"{count} {kind}" for kind, count in lint.kinds(lab).items())
        out.print(f"{lab.name} is ready to release: {counts} cells.", markup=False, soft_wrap=True)


@app.command()
def mutants(
    exercises: Annotated[list[str] | None, typer.Argument(help="Only these (rnn_step ...); all without any.")] = None,
    *,
    lab: Annotated[str, typer.Option(help="Only this lab; all without it.")] = "",
    jobs: Annotated[int, typer.Option(help="How many mutants at a time; 0: one for each core.", min=0)] = 0,
    every: Annotated[int, typer.Option(help="Only each Nth mutant, and those that are listed.", min=1)] = 1,
    inputs: Annotated[int, typer.Option(help="Random inputs on which a listed one must agree.", min=1)] = 1000,
) -> None:
    """Break each solution in every small way; fail when the checks do not see it.

    Example: autograder mutants rnn_step
    """
    from autograder.author import mutation_score  # noqa: PLC0415

    with plain_errors():
        seen = mutation_score.run(exercises or (), lab, jobs=jobs, every=every, inputs=inputs)
    if not seen:
        raise typer.Exit(1)


@app.command()
def publish(
    target: Annotated[Path, typer.Argument(help="Where to write it: an empty folder, or one written before.")],
) -> None:
    """Write the student repository: labs, labkit, data, README, with nothing secret in it.

    Example: autograder publish dist/student
    """
    from autograder.author import publish as publishing  # noqa: PLC0415

    with plain_errors():
        names = publishing.publish(target)
    said = f"{len(names)} files are in {target}; scanned, with their wheel and sdist: no solution, no hidden test."
    out.print(said, soft_wrap=True)
    out.print(publishing.next_step(target), markup=False, soft_wrap=True)


app.add_typer(cli_class.app)
app.add_typer(cli_exchange.app)
app.add_typer(cli_gradescope.app)


if __name__ == "__main__":
    sys.exit(app())
