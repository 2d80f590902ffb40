"""A lab as the grader sees it: the released cells, the hidden tests, and what each graded cell is worth."""

from __future__ import annotations

import copy
import hashlib
import re
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from typing import TYPE_CHECKING

import nbformat
from nbformat import NotebookNode

from autograder.base.errors import UserFacingError
from autograder.base.nearest import question
from autograder.base.version import VERSION
from autograder.model.cells import bound_names_of_exercise, edition_of, grade_id, kind, number_of, title

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from importlib.resources.abc import Traversable
    from pathlib import Path

    from autograder.model.lab import Lab


SHORT = 12  # digits of a version that is a hash


@dataclass(frozen=True)
class GradedCell:
    """One graded cell of a lab: a check of an exercise, or a written answer.

    exercise: the grade id of the exercise cell that a check belongs to; empty for a written answer
    """

    grade_id: str
    title: str
    points: float
    exercise: str = ""

    @property
    def number(self) -> str:
        """The number in the title: "2.1"."""
        return number_of(self.title)

    @property
    def name(self) -> str:
        """The name in the title: "rnn_step"."""
        return self.title.rpartition(": ")[2]


@dataclass(frozen=True)
class Versions:
    """What grades a submission, in the words that stand with every result.

    kit: the version of this project; checks, release: the first digits of the SHA-256 of the hidden tests, the checks
    and the references, and of the released notebook
    """

    kit: str
    checks: str
    release: str


@dataclass(frozen=True, eq=False)
class Assignment:
    """The cells of a lab that grading works with, in the release's order; check cells hold their hidden tests.

    Nobody changes it: what is worked out from it once holds for every submission.

    defines: what the solution of each exercise defines, by grade id; solutions: grade id of an exercise -> its solution
    digest: changes whenever a grade could: with the release, the hidden tests, the checks and the references
    """

    name: str
    cells: tuple[NotebookNode, ...]
    metadata: NotebookNode
    defines: Mapping[str, frozenset[str]]
    solutions: Mapping[str, str]
    digest: str
    versions: Versions

    @property
    def edition(self) -> int:
        """Which edition of the lab this is."""
        return edition_of(self.metadata) or 1

    @property
    def names(self) -> frozenset[str]:
        """What the solution's exercise cells define."""
        return frozenset().union(*self.defines.values())

    @cached_property
    def graded(self) -> tuple[GradedCell, ...]:
        """The graded cells, in order."""
        found, exercise = [], NotebookNode()
        for cell in self.cells:
            if kind(cell) == "exercise":
                exercise = cell
            elif kind(cell) == "check":
                found.append(GradedCell(grade_id(cell), title(exercise), _points(cell), grade_id(exercise)))
            elif kind(cell) == "written":
                found.append(GradedCell(grade_id(cell), _question(cell), _points(cell)))
        return tuple(found)

    @property
    def checks(self) -> tuple[GradedCell, ...]:
        """The graded cells that have an exercise."""
        return tuple(cell for cell in self.graded if cell.exercise)

    @property
    def written(self) -> tuple[GradedCell, ...]:
        """The graded cells that a person marks."""
        return tuple(cell for cell in self.graded if not cell.exercise)

    def find(self, name: str) -> GradedCell:
        """Find a graded cell by the name or number of its exercise or question, or by its grade id.

        Raises UserFacingError where there is none, and asks for the one that is most like it.
        """
        names = {one: cell for cell in self.graded for one in (cell.grade_id, cell.number, cell.name) if one}
        if name not in names:
            raise UserFacingError(
                f"There is no exercise {name!r} in {self.name}.{question(name, (cell.name for cell in self.graded))}"
            )
        return names[name]

    def cell(self, name: str) -> NotebookNode:
        """Return a cell by its grade id."""
        return self._by_name[name]

    @cached_property
    def _by_name(self) -> dict[str, NotebookNode]:
        return {grade_id(cell): cell for cell in self.cells if grade_id(cell)}


@dataclass(frozen=True)
class Files:
    """What a lab is read from: the bytes of its release and of its solution; they go where it is graded."""

    name: str
    release: bytes
    solution: bytes

    @classmethod
    def read(cls, lab: Lab) -> Files:
        """Read them. Raises UserFacingError when they have not been built."""
        return cls(lab.name, _read(lab.release_path), _read(lab.solution_path))

    def digest(self) -> str:
        """Name everything that a grade depends on: these files, and the checks and references installed here."""
        return hashlib.sha256(self.release + self.solution + b"".join(_checks())).hexdigest()

    def versions(self) -> Versions:
        """Say what these files, and what is installed here, would grade by."""
        checks = hashlib.sha256(self.solution + b"".join(_checks())).hexdigest()
        return Versions(VERSION, checks[:SHORT], hashlib.sha256(self.release).hexdigest()[:SHORT])

    def assignment(self) -> Assignment:
        """Put the hidden tests into the released cells.

        Raises UserFacingError when the two files do not fit each other.
        """
        released, solved = (nbformat.reads(data.decode(), as_version=4) for data in (self.release, self.solution))
        tests = {grade_id(cell): cell.source for cell in solved.cells if kind(cell) == "check"}
        cells = []
        for released_cell in released.cells:
            cell = copy.deepcopy(released_cell)
            if kind(cell) == "check":
                if grade_id(cell) not in tests:
                    raise UserFacingError(
                        f"The release of {self.name} has {grade_id(cell)}, its solution has not. Run `make labs` first."
                    )
                cell.source = tests[grade_id(cell)]
            cells.append(cell)
        exercises = [cell for cell in solved.cells if kind(cell) == "exercise"]
        defines = {grade_id(cell): frozenset(bound_names_of_exercise(cell)) for cell in exercises}
        solutions = {grade_id(cell): cell.source for cell in exercises}
        return Assignment(
            self.name, tuple(cells), released.metadata, defines, solutions, self.digest(), self.versions()
        )


def load(lab: Lab) -> Assignment:
    """Read a lab's release and hidden tests.

    Raises UserFacingError when they have not been built or do not fit each other.
    """
    return Files.read(lab).assignment()


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise UserFacingError(f"{path} is not there. Run `make labs` to build it.") from None


def _checks() -> Iterator[bytes]:
    """Read the checks and references that are installed here, those of every folder below, in a fixed order."""
    for package in ("labkit.checks", "autograder.references"):
        yield from _files(files(package))


def _files(folder: Traversable) -> Iterator[bytes]:
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir():
            yield from _files(entry)
        elif entry.name.endswith((".py", ".json", ".toml")):
            yield entry.read_bytes()


def _points(cell: NotebookNode) -> float:
    return float(cell.metadata.nbgrader["points"])


def _question(cell: NotebookNode) -> str:
    found = re.search(r"Question \d+\.\d+", cell.source)
    return found[0] if found else "Written answer"
