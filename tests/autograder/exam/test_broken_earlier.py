"""However an earlier exercise is broken, a later one that is right earns its points."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import cache
from importlib import import_module

import nbformat
import pytest

from autograder.engine.engine import shared
from autograder.exam import submission
from autograder.model import assignment
from autograder.model.graded import Limits, Rules
from autograder.model.lab import labs
from autograder.model.verdict import State

pytestmark = pytest.mark.slow

LABS = {lab.name: lab for lab in labs()}
LIMITS = Limits(cell_seconds=8, restarts=20)  # twice what the slowest check takes on a slow machine


def _redefined(body: str) -> str:
    """Put another function of this name behind the right one, which it can call as `right`."""
    return "\n\nright_{name} = {name}\n\ndef {name}(*arguments, **more):\n    right = right_{name}\n" + body


# What stands in the cell of an earlier exercise: {source} is the solution, {name} what it defines.
WAYS: dict[str, str] = {
    "values": "{source}" + _redefined("    return wrong(right(*arguments, **more))"),
    "shape": "{source}" + _redefined("    return None"),
    "changes its argument": "{source}"
    + _redefined("    result = right(*arguments, **more)\n    spoil(arguments)\n    return result"),
    "raises": "{source}" + _redefined("    raise ValueError('broken')"),
    "never ends": "{source}" + _redefined("    while True:\n        pass"),
    "ends the kernel": "{source}" + _redefined("    import os\n    os._exit(1)"),
    "syntax error": "{source}\n    )",
    "renamed": "{source}\n\nmine_{name} = {name}\ndel {name}",
    "emptied": "# Exercise {number}: {name}",
    "unfinished": "{source}" + _redefined("    raise NotImplementedError('Exercise {number}: {name}')"),
    "another error when it is defined": "import no_such_module\n{source}",
}
UNTOUCHED, DELETED = "untouched", "deleted"
HELPERS = """
def wrong(value):
    import numpy as np
    if isinstance(value, (tuple, list)):
        return type(value)(wrong(one) for one in value)
    return np.asarray(value) * 3 + 1


def spoil(arguments):
    import numpy as np
    for one in arguments:
        if isinstance(one, np.ndarray) and one.size and one.dtype.kind == "f":
            one += 1
            return
    raise ValueError("there is no array to change")
"""


@cache
def lab(name: str) -> assignment.Assignment:
    return assignment.load(LABS[name])


@cache
def table(name: str):
    return import_module(f"labkit.checks.{name}").EXERCISES


def used(name: str) -> list[str]:
    """The exercises that others call, in the order of the lab."""
    called = {earlier for exercise in table(name).values() for earlier in exercise.uses}
    return [exercise for exercise in table(name) if exercise in called]


def first(name: str) -> list[str]:
    """Those of them that call no other."""
    return [exercise for exercise in used(name) if not table(name)[exercise].uses]


def broken(name: str, way: str, exercises: list[str]) -> bytes:
    """Write the solution of a lab in which these exercises are broken."""
    notebook = nbformat.read(LABS[name].solution_path, as_version=4)
    stubs = {cell.id: cell.source for cell in nbformat.read(LABS[name].release_path, as_version=4).cells}
    place = next(place for place, cell in enumerate(notebook.cells) if cell.id == "imports")
    notebook.cells.insert(place + 1, nbformat.v4.new_code_cell(HELPERS))
    if way == DELETED:
        notebook.cells = [cell for cell in notebook.cells if cell.id.removeprefix("ex-") not in exercises]
    for cell in notebook.cells:
        exercise = cell.id.removeprefix("ex-")
        if cell.cell_type == "code" and exercise in exercises:
            code = stubs[cell.id] if way == UNTOUCHED else WAYS[way]
            marks = {"source": cell.source, "name": exercise, "number": table(name)[exercise].number}
            for mark, text in marks.items():
                code = code.replace("{" + mark + "}", text)
            cell.source = code
    return nbformat.writes(notebook).encode()


def states(name: str, data: bytes) -> dict[str, State]:
    rules = replace(Rules(b"key"), limits=LIMITS)
    graded = asyncio.run(submission.grade(data, lab(name), rules, shared("bubblewrap")))
    names = {cell.grade_id: cell.name for cell in lab(name).checks}
    return {names[one.grade_id]: one.state for one in graded.verdicts if one.grade_id in names}


def submissions():
    """Each lab with all that others use broken in each way; in the thorough tests also those that use no other.

    Each day one lab has its turn for a way: each way is tried, and in each lab all that others use is broken.
    """
    chained = [name for name in LABS if used(name)]
    for turn, name in enumerate(chained):
        for number, way in enumerate([*WAYS, UNTOUCHED, DELETED]):
            marks = [] if number % len(chained) == turn else [pytest.mark.thorough]
            yield pytest.param(name, way, used(name), id=f"{name}-{way}", marks=marks)
            if first(name) != used(name):
                yield pytest.param(name, way, first(name), id=f"{name}-{way}-first", marks=pytest.mark.thorough)


@pytest.mark.parametrize(("name", "way", "exercises"), list(submissions()))
def test_a_later_exercise_that_is_right_earns_its_points(name: str, way: str, exercises: list[str]) -> None:
    found = states(name, broken(name, way, exercises))
    right = {exercise for exercise, state in found.items() if state is State.PASSED}
    assert right == set(found) - set(exercises), {key: str(state) for key, state in found.items()}
