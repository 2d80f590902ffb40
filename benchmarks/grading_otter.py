"""Grades a class with otter-grader: the same notebooks and checks as an assignment of its own, `otter run` on each.

It lives in an environment of its own, .venv-otter, with the versions of ours; made when it is missing.
"""

from __future__ import annotations

import ast
import builtins
import hashlib
import json
import subprocess
import sys
from textwrap import indent
from typing import TYPE_CHECKING

import nbformat

from autograder.base.errors import UserFacingError
from autograder.base.files import ROOT
from autograder.model.cells import bound_names, kind
from benchmarks import grading_meter as meter
from benchmarks.grading_class import exercise_of
from benchmarks.grading_result import Result, environment, warm_up

if TYPE_CHECKING:
    from pathlib import Path

    from nbformat import NotebookNode

    from benchmarks.grading_class import Class
    from benchmarks.grading_result import Scores

PREFIX = ROOT / ".venv-otter"
REQUIREMENTS = ROOT / "benchmarks" / "otter" / "requirements.txt"
# What `otter assign` puts at the head of a student's notebook.
HEAD = 'import otter\n\ngrader = otter.Notebook("{lab}.ipynb")'
TEST = """\
OK_FORMAT = False

from otter.test_files import test_case

name = "{exercise}"
points = {points}


@test_case(hidden=True)
def test_{exercise}({names}):
{body}
"""


def grade(submissions: Class, folder: Path) -> Result:
    """Make the assignment, and time `otter run` on each submission. Raises UserFacingError when otter can't be had."""
    install()
    settings = environment(folder / "home", PREFIX)
    warm_up(folder, settings, PREFIX)
    autograder = assignment(submissions, folder, settings)
    scores: Scores = {}
    used = []
    name = f"{submissions.lab}.ipynb"
    for student, data in submissions.submissions.items():
        own = folder / student
        own.mkdir()
        (own / name).write_text(as_otters(data, submissions.lab), encoding="utf-8")
        command = ["otter", "run", "-a", str(autograder), "-o", str(own), "--no-logo", name]
        used.append(meter.run(command, folder=own, environment=settings))
        scores[student] = dict.fromkeys(submissions.checks) | read(own / "results.json")
    return Result(
        len(used),
        sum(one.seconds for one in used),
        sum(one.cpu_seconds for one in used),
        max(one.peak_bytes for one in used),
        scores,
        about={"failed": [one.said[-500:] for one in used if one.status]},
    )


def assignment(submissions: Class, folder: Path, settings: dict[str, str]) -> Path:
    """Let otter make its autograder.zip of one test for each exercise."""
    tests, made = folder / "tests", folder / "autograder.zip"
    tests.mkdir()
    for exercise, check in submissions.checks.items():
        (tests / f"{exercise}.py").write_text(test_file(check), encoding="utf-8")
    generate = ["otter", "generate", "-t", str(tests), "-o", str(made)]
    used = meter.run(
        [*generate, "--no-config", "--no-requirements", "--no-environment"], folder=folder, environment=settings
    )
    if used.status or not made.exists():
        raise UserFacingError(f"otter could not make the assignment: {used.said[-500:]}")
    return made


def test_file(check: NotebookNode) -> str:
    """Write a check, public part and hidden test, as a test file of otter's."""
    used = {node.id for node in ast.walk(ast.parse(check.source)) if isinstance(node, ast.Name)}
    names = sorted(used - bound_names(check.source) - set(dir(builtins)))
    points = float(check.metadata.nbgrader["points"])
    return TEST.format(
        exercise=exercise_of(check), points=points, names=", ".join(names), body=indent(check.source, "    ")
    )


def as_otters(data: bytes, lab: str) -> str:
    """Turn a submission into what a student of an otter course hands in: `grader.check` in place of nbgrader's checks.

    What is marked for nbgrader stays; otter does not look at it.
    """
    notebook = nbformat.reads(data.decode(), as_version=4)
    for cell in notebook.cells:
        if kind(cell) == "check":
            cell.source = f'grader.check("{exercise_of(cell)}")'
    notebook.cells.insert(0, nbformat.v4.new_code_cell(HEAD.format(lab=lab), id="otter"))
    return str(nbformat.writes(notebook))


def read(path: Path) -> dict[str, float | None]:
    """Read the points of each exercise; without the file, or when otter gave up, there are none."""
    if not path.exists():
        return {}
    tests = json.loads(path.read_text(encoding="utf-8"))["tests"]
    return {one["name"]: float(one["score"]) for one in tests if "max_score" in one}


def install() -> None:
    """Make the environment of otter, when it is missing or of other versions.

    Raises UserFacingError when that fails.
    """
    wanted = hashlib.sha256(REQUIREMENTS.read_bytes() + sys.version.encode()).hexdigest()
    ready = PREFIX / ".ready"
    if ready.exists() and ready.read_text(encoding="utf-8") == wanted:
        return
    print(f"Setting up {PREFIX.name} with otter-grader (once; about 2 GB on disk) ...", file=sys.stderr, flush=True)
    uv, here = [sys.executable, "-m", "uv"], ["--quiet", "--python", f"{PREFIX}/bin/python"]
    for command in (
        [*uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(PREFIX)],
        [*uv, "pip", "install", *here, "--compile-bytecode", "-r", str(REQUIREMENTS)],
        [*uv, "pip", "install", *here, "--no-deps", "--no-build-isolation", "-e", ".", "-e", "./labs"],
    ):
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        if done.returncode:
            raise UserFacingError(
                f"otter-grader could not be installed (leave it out: --no-otter): {done.stderr[-800:]}"
            )
    ready.write_text(wanted, encoding="utf-8")
