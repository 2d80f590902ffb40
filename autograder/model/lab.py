"""A lab as its author wrote it: the source read as a notebook, and what kind each of its cells is."""

from __future__ import annotations

import hashlib
import re
import tomllib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import nbformat
from nbformat import NotebookNode

from autograder.base.errors import UserFacingError
from autograder.base.files import ROOT
from autograder.base.version import VERSION
from autograder.model.cells import ABOUT, bound_names_of_exercise, edition_in, edition_of, grade_id, kind

if TYPE_CHECKING:
    from pathlib import Path


def student_repository(root: Path = ROOT) -> str:
    """Read the public address of the student repository: it stands in pyproject.toml and nowhere else.

    Raises UserFacingError for an address that Colab cannot open a notebook from.
    """
    settings = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    given = str(settings["tool"]["autograder"]["student_repository"])
    address = given.rstrip("/").removesuffix(".git")
    if not re.fullmatch(r"https://github\.com/[\w.-]+/[\w.-]+", address):
        raise UserFacingError(
            f"pyproject.toml: student_repository is {given!r}; Colab opens notebooks from "
            "https://github.com/<organisation>/<repository> only."
        )
    return address


def edition_tag() -> str:
    """Name the tag of the student repository that notebooks of this edition install labkit from.

    `make publish` moves it: who has a notebook of this edition gets what was mended since.
    """
    return f"edition-{VERSION.partition('.')[0]}"


def placeholders(root: Path = ROOT) -> dict[str, str]:
    """Say what each placeholder in a source or template stands for."""
    address = student_repository(root)
    return {
        "{{student_repository}}": address,
        "{{student_repository_path}}": address.removeprefix("https://github.com/"),
        "{{edition_tag}}": edition_tag(),
        "{{version}}": VERSION,
    }


@dataclass(frozen=True)
class Lab:
    """One lab of the course: solutions/<name>/<name>.py and what is built from it."""

    name: str
    root: Path = ROOT

    @property
    def source_path(self) -> Path:
        """The one file that is edited."""
        return self.root / "solutions" / self.name / f"{self.name}.py"

    @property
    def solution_path(self) -> Path:
        """The solution notebook, generated."""
        return self.source_path.with_suffix(".ipynb")

    @property
    def release_path(self) -> Path:
        """The student notebook, generated."""
        return self.root / "labs" / self.name / f"{self.name}.ipynb"

    @property
    def cases_path(self) -> Path:
        """The table of public cases, generated."""
        return self.root / "labs" / "labkit" / "checks" / self.name / "cases.json"

    @property
    def stubs_path(self) -> Path:
        """The fingerprints of the released stubs, generated."""
        return self.cases_path.with_name("stubs.json")

    @cached_property
    def notebook(self) -> NotebookNode:
        """The source as a notebook, with stable cell ids and without outputs."""
        import jupytext  # noqa: PLC0415  (it takes most of a second, and who grades needs no source)

        text = self.source_path.read_text(encoding="utf-8")
        for placeholder, value in placeholders(self.root).items():
            text = text.replace(placeholder, value)
        notebook = jupytext.reads(text, fmt="py:percent")
        notebook.metadata = nbformat.from_dict(
            {
                "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
                "language_info": {"file_extension": ".py", "name": "python", "nbconvert_exporter": "python"},
            }
        )
        if edition := max((edition_in(cell.source) for cell in notebook.cells[:1]), default=0):
            notebook.metadata[ABOUT] = nbformat.from_dict({"edition": edition})
        notebook.nbformat, notebook.nbformat_minor = 4, 5
        _name_cells(notebook)
        return notebook

    @property
    def edition(self) -> int:
        """Which edition of the lab this is, as its title cell says."""
        return edition_of(self.notebook.metadata) or 1

    def cells(self, *kinds: str) -> list[NotebookNode]:
        """List the cells of these kinds, in order."""
        return [cell for cell in self.notebook.cells if kind(cell) in kinds]

    @cached_property
    def exercise_names(self) -> set[str]:
        """The names that the solution's exercise cells bind: the ones that stand for the student's work in checks."""
        return set().union(*(bound_names_of_exercise(cell) for cell in self.cells("exercise")))


def labs(root: Path = ROOT) -> list[Lab]:
    """List the labs: every folder of solutions/ that holds a source of its own name."""
    folders = sorted(folder for folder in (root / "solutions").iterdir() if folder.is_dir())
    return [Lab(folder.name, root) for folder in folders if (folder / f"{folder.name}.py").exists()]


def find(name: str, root: Path = ROOT) -> Lab:
    """Return the lab of this name. Raises UserFacingError, naming the labs that there are."""
    known = {lab.name: lab for lab in labs(root)}
    if name not in known:
        raise UserFacingError(f"There is no lab {name!r}. The labs are: {', '.join(known)}.")
    return known[name]


def _name_cells(notebook: NotebookNode) -> None:
    """Give every cell an id that follows from the source (jupytext's own are random)."""
    seen: dict[str, int] = {}
    for cell in notebook.cells:
        wanted = grade_id(cell) or hashlib.sha256(cell.source.encode()).hexdigest()[:12]
        seen[wanted] = seen.get(wanted, 0) + 1
        cell["id"] = wanted if seen[wanted] == 1 else f"{wanted}-{seen[wanted]}"
        cell.metadata = nbformat.from_dict(_sorted(cell.metadata))


def _sorted(metadata: Any) -> Any:
    return {key: metadata[key] for key in sorted(metadata) if key in {"nbgrader", "tags"}}
