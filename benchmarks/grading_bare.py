"""Measures the limit: the CPU time of the cells and checks themselves, without any grader around them.

One process imports all that the notebooks import, and forks a child for each submission. The child does a first
TensorFlow operation, which initialises TensorFlow (measured by itself: a cost of starting, not of the cells), and
then runs each cell and each check, one after the other, in one namespace. Threads are set as in our grader.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
import time
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat

from autograder.base.errors import UserFacingError
from autograder.base.files import ROOT
from autograder.engine import bubblewrap
from autograder.model.cells import kind
from benchmarks import grading_meter as meter
from benchmarks.grading_class import exercise_of
from benchmarks.grading_result import Result, environment
from labkit.checks import stand_ins

if TYPE_CHECKING:
    from types import CodeType

    from benchmarks.grading_class import Class


def grade(submissions: Class, folder: Path) -> Result:
    """Run the cells of a class.

    cpu_seconds are those of cells and checks alone; about["first_operation"]: seconds of each child's first operation
    """
    submissions.write(folder / "submitted")
    nbformat.write(submissions.solution, folder / "solution.ipynb")
    report = folder / "report.json"
    command = [sys.executable, "-m", "benchmarks.grading_bare", submissions.lab, str(folder), str(report)]
    settings = environment(folder / "home") | bubblewrap.environment()
    used = meter.run(command, folder=ROOT, environment=settings)
    if used.status or not report.exists():
        raise UserFacingError(f"The cells could not be run: {used.said[-1500:]}")
    found: dict[str, dict[str, Any]] = json.loads(report.read_text(encoding="utf-8"))
    scores = {student: one["scores"] for student, one in found.items()}
    first = sum(one["first_operation"] for one in found.values())
    return Result(
        len(found),
        sum(one["seconds"] for one in found.values()),
        sum(one["cells"] for one in found.values()),
        used.peak_bytes,
        scores,
        about={"first_operation": first, "most": max(one["cells"] for one in found.values())},
    )


def _all(lab: str, folder: Path) -> dict[str, dict[str, Any]]:
    """Run every submission in a child of this process, which has imported everything and has run no operation."""
    solution = nbformat.read(folder / "solution.ipynb", as_version=4)
    checks = {exercise_of(cell): cell for cell in solution.cells if kind(cell) == "check"}
    names: dict[str, Any] = {"__name__": "__main__"}
    for cell in solution.cells:
        if kind(cell) == "given":
            exec(cell.source, names)  # noqa: S102  (our own cells: imports and helpers)
    import_module(f"autograder.references.{lab}")  # the checks import it

    if len(os.listdir("/proc/self/task")) > 1:  # noqa: PTH208
        raise UserFacingError("The given cells start threads, so their process can't be forked.")
    found = {}
    for own in sorted((folder / "submitted").iterdir()):
        notebook = nbformat.read(own / lab / f"{lab}.ipynb", as_version=4)
        cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
        plan = [(checks[exercise_of(cell)], True) if kind(cell) == "check" else (cell, False) for cell in cells]
        points = {exercise: float(cell.metadata.nbgrader["points"]) for exercise, cell in checks.items()}
        code = [(_compiled(cell.source), exercise_of(cell) if check else "") for cell, check in plan]
        found[own.name] = _in_a_child(code, points)
    return found


def _compiled(source: str) -> CodeType:
    """Compile a cell; one that is not valid Python raises what it would raise in a notebook."""
    try:
        return compile(source, "<cell>", "exec")
    except SyntaxError as error:
        return compile(f"raise SyntaxError({str(error)!r})", "<cell>", "exec")


def _in_a_child(code: list[tuple[CodeType, str]], points: dict[str, float]) -> dict[str, Any]:
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            with os.fdopen(writer, "w") as channel:
                json.dump(_timed(code, points), channel)
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as channel:
        text = channel.read()
    os.waitpid(pid, 0)
    if not text:
        raise UserFacingError("A submission has ended its process: this class is not honest.")
    return dict(json.loads(text))


def _timed(code: list[tuple[CodeType, str]], points: dict[str, float]) -> dict[str, Any]:
    """Run the cells of one submission in this process, which is its own."""
    import keras  # noqa: PLC0415  (its process has it already)

    began = time.process_time()
    keras.ops.matmul([[1.0]], [[1.0]])
    start, wall = time.process_time(), time.perf_counter()
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        scores = run(code, points)
    end = time.process_time()
    return {
        "first_operation": start - began, "cells": end - start, "seconds": time.perf_counter() - wall, "scores": scores,
    }  # fmt: skip


def run(code: list[tuple[CodeType, str]], points: dict[str, float]) -> dict[str, float]:
    """Run cells in one namespace, each check as in grading; one that raises nothing earns its points.

    code: cells, each with the name of the exercise that it checks, or an empty one
    """
    names: dict[str, Any] = {"__name__": "__main__"}
    scores = {}
    sound: frozenset[str] = frozenset()
    for cell, exercise in code:
        raised = False
        try:
            with stand_ins.examining(sound) if exercise else contextlib.nullcontext() as record:
                exec(cell, names)  # noqa: S102
            sound |= record.proven if record else frozenset()
        except Exception:  # noqa: BLE001  (as a kernel goes on after it)
            raised = True
        if exercise:
            scores[exercise] = 0.0 if raised else points[exercise]
    return scores


if __name__ == "__main__":
    try:
        results = _all(sys.argv[1], Path(sys.argv[2]))
    except UserFacingError as error:
        sys.exit(str(error))
    Path(sys.argv[3]).write_text(json.dumps(results), encoding="utf-8")
