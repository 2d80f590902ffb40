"""Makes a class for the benchmarks of grading: notebooks of a lab as honest students hand them in, from a seed.

Each exercise is the solution, one of the right answers that differ from it (tests/checks/alternatives), one of the
classic mistakes (tests/checks/mistakes), or left as it was. Experiments are left out, for every tool alike.
"""

from __future__ import annotations

import ast
import copy
import hashlib
import re
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING

import nbformat
import numpy as np

from autograder.base.files import ROOT
from autograder.model.cells import bound_names, dumps, grade_id, kind, title
from autograder.model.lab import Lab

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from nbformat import NotebookNode
    from numpy.random import Generator

LAB = "lab1_rnn"  # where nobody says which
SEED = 2026
RIGHT = 0.93  # the chance that an exercise which a student has come to is right
OWN_WAY = 0.5  # that it is then not written as in the solution
MISTAKEN = 0.8  # that one which is not right holds a mistake, and not its TODO
STOPS_EARLY = 0.1  # that a student leaves the rest, from some exercise on
_OF_THE_TESTS = re.compile(r"^from checks\b", re.MULTILINE)
ANSWER = (
    "\n\nThe gradient shrinks by the same factor at each step, so early steps teach the network little. (Student {})"
)


@dataclass(frozen=True)
class Class:
    """A class: the notebooks that all tools grade, and the lab that they were made from, without its experiments.

    lab: its name
    submissions: student -> bytes, all different; a smaller class of the same seed is the beginning of a larger one
    """

    lab: str
    release: NotebookNode
    solution: NotebookNode
    submissions: dict[str, bytes]

    def first(self, count: int) -> Class:
        """Take the first students only."""
        return Class(self.lab, self.release, self.solution, dict(list(self.submissions.items())[:count]))

    @cached_property
    def digest(self) -> str:
        """A short name of all that is graded and of what it is graded with."""
        digest = hashlib.sha256(dumps(self.solution).encode())
        for data in self.submissions.values():
            digest.update(data)
        return digest.hexdigest()[:16]

    @cached_property
    def checks(self) -> dict[str, NotebookNode]:
        """The check of each exercise, with its hidden test."""
        found = (cell for cell in self.solution.cells if kind(cell) == "check")
        return {exercise_of(cell): cell for cell in found}

    @property
    def cells_run(self) -> dict[str, int]:
        """How many cells of each kind run in one submission: the same for every tool."""
        kinds = [kind(cell) for cell in self.release.cells if cell.cell_type == "code"]
        return {name: kinds.count(name) for name in ("given", "exercise", "check")}

    def write(self, folder: Path) -> None:
        """Write the submissions as nbgrader wants them: <folder>/<student>/<lab>/<lab>.ipynb."""
        for student, data in self.submissions.items():
            path = folder / student / self.lab / f"{self.lab}.ipynb"
            path.parent.mkdir(parents=True)
            path.write_bytes(data)


def exercise_of(check: NotebookNode) -> str:
    """Name the exercise that a check belongs to."""
    return grade_id(check).removeprefix("check-")


def make(count: int, seed: int = SEED, lab: str = LAB) -> Class:
    """Make a class of `count` students."""
    release, solution = (_without_experiments(path) for path in (Lab(lab).release_path, Lab(lab).solution_path))
    names = (f"student-{number:05}" for number in range(1, count + 1))
    answers = Answers(solution, lab)
    return Class(
        lab,
        release,
        solution,
        {name: _hand_in(name, release, answers, np.random.default_rng([seed, row])) for row, name in enumerate(names)},
    )


def _without_experiments(path: Path) -> NotebookNode:
    notebook = nbformat.read(path, as_version=4)
    notebook.cells = [cell for cell in notebook.cells if kind(cell) != "experiment"]
    return notebook


def _hand_in(student: str, release: NotebookNode, answers: Answers, rng: Generator) -> bytes:
    notebook = copy.deepcopy(release)
    exercises = [cell for cell in notebook.cells if kind(cell) == "exercise"]
    done = int(rng.integers(1, len(exercises))) if rng.random() < STOPS_EARLY else len(exercises)
    for cell in exercises[:done]:
        cell.source = answers.draw(title(cell), rng) or cell.source
    for cell in notebook.cells:
        if kind(cell) == "written":
            cell.source = cell.source.replace("YOUR ANSWER HERE", "").rstrip() + ANSWER.format(student)
    return dumps(notebook).encode()


class Answers:
    """The cells that students write: the solution, other right answers and mistakes, by exercise."""

    def __init__(self, solution: NotebookNode, lab: str = LAB) -> None:
        self.solutions = {title(cell): cell.source for cell in solution.cells if kind(cell) == "exercise"}
        given = (bound_names(cell.source) for cell in solution.cells if kind(cell) == "given")
        # A cell calls what the notebook has under these names: what is given, and the student's own other exercises.
        known = {name.rpartition(": ")[2] for name in self.solutions}.union(*given)
        self.right = _by_exercise(ROOT / "tests" / "checks" / "alternatives" / lab, known)
        self.wrong = _by_exercise(ROOT / "tests" / "checks" / "mistakes" / lab, known)

    def draw(self, name: str, rng: Generator) -> str:
        """Draw the cell of an exercise, named by its title; empty: the student leaves it as it is."""
        exercise = name.rpartition(": ")[2]
        right, own_way, mistaken, which = rng.random(4)
        if right < RIGHT and (own_way >= OWN_WAY or exercise not in self.right):
            return str(self.solutions[name])
        table = self.right if right < RIGHT else self.wrong if mistaken < MISTAKEN else {}
        choice = table.get(exercise, {})
        return f"# {name}\n{list(choice.values())[int(which * len(choice))]}" if choice else ""


@cache
def _parsed(module: Path) -> tuple[list[str], dict[str, ast.stmt]]:
    """Read a module: its lines, and for each name that it binds at its top level the statement that does."""
    source = module.read_text(encoding="utf-8")
    found: dict[str, ast.stmt] = {}
    for statement in ast.parse(source).body:
        if isinstance(statement, ast.Import | ast.ImportFrom):
            found |= {alias.asname or alias.name: statement for alias in statement.names}
        elif isinstance(statement, ast.FunctionDef | ast.ClassDef):
            found[statement.name] = statement
    return source.split("\n"), found


def _by_exercise(folder: Path, known: set[str]) -> dict[str, dict[str, str]]:
    """List the answers in the modules of a folder: exercise -> what is special about it -> the source of its cell."""
    found: dict[str, dict[str, str]] = {}
    for module in sorted(folder.glob("*.py")):
        for name in _parsed(module)[1]:
            exercise, _, special = name.partition("__")
            if exercise and special:
                source = cell_of(module, name, frozenset(known))
                if not _OF_THE_TESTS.search(source):  # which no student has
                    found.setdefault(exercise, {})[special] = source
    return found


@cache
def cell_of(module: Path, name: str, known: frozenset[str]) -> str:
    """Write an answer as a cell of its own: with the imports and helpers that it needs, under its exercise's name.

    known: names that the notebook has and that are not to be taken along
    """
    lines, statements = _parsed(module)
    exercise = name.partition("__")[0]
    needed = list(_needed(name, statements, known - {exercise}))
    imports = [_import_of(one, statements[one]) for one in needed if not _defines(statements[one])]
    parts = [_text(lines, statements[one]) for one in needed if _defines(statements[one])]
    text = "\n\n\n".join(filter(None, ("\n".join(sorted(imports)), *parts)))
    if exercise in needed:  # the right one, of which it makes a wrong one
        text = re.sub(rf"\b{exercise}\b", f"_{exercise}", text)
    return re.sub(rf"\b{name}\b", exercise, text)


def _text(lines: list[str], statement: ast.stmt) -> str:
    """Return the text of a statement at the top level; ast.get_source_segment would part a module's lines each time."""
    first, *more = lines[statement.lineno - 1 : statement.end_lineno]
    last = (more or [first])[-1].encode()[: statement.end_col_offset].decode()
    return "\n".join([first, *more[:-1], last] if more else [last])


def _needed(name: str, statements: dict[str, ast.stmt], known: frozenset[str]) -> Iterator[str]:
    """Name what a definition uses, and what that uses, each before what needs it."""
    seen, order = set(), []

    def visit(one: str) -> None:
        seen.add(one)
        for node in ast.walk(statements[one]):
            used = node.id if isinstance(node, ast.Name) else ""
            if used in statements and used not in seen and used not in known:
                visit(used)
        order.append(one)

    visit(name)
    return iter(order)


def _defines(statement: ast.stmt) -> bool:
    return not isinstance(statement, ast.Import | ast.ImportFrom)


def _import_of(name: str, statement: ast.stmt) -> str:
    """Write the import of one name."""
    assert isinstance(statement, ast.Import | ast.ImportFrom)  # noqa: S101
    one = copy.deepcopy(statement)
    one.names = [alias for alias in statement.names if (alias.asname or alias.name) == name]
    return ast.unparse(one)
