"""Builds from a lab's source: the public cases, the solution notebook, and through nbgrader the student's release."""

from __future__ import annotations

import ast
import copy
import json
import logging
import math
import re
import tempfile
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

import jupytext
import nbformat
from nbformat import NotebookNode
from nbgrader.converters import GenerateAssignment
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import (
    CheckCellMetadata,
    ClearHiddenTests,
    ClearOutput,
    ClearSolutions,
    ComputeChecksums,
    LockCells,
    NbGraderPreprocessor,
    SaveCells,
)
from traitlets.config import Config

from autograder.author import claims
from autograder.base.errors import UserFacingError
from autograder.base.files import PUBLIC, ROOT, SECRET, TIMESTAMP, all_but, replaced
from autograder.model.cells import (
    ABOUT,
    BEGIN_MARKS,
    BEGIN_SOLUTION,
    END_MARKS,
    EXPERIMENT_TAGS,
    dumps,
    grade_id,
    kind,
    syntax_errors,
    title,
)
from autograder.model.lab import Lab, find, labs, placeholders
from labkit.checks import cases
from labkit.checks.diagnosis.begun import fingerprint

# What nbgrader copies of a folder: notebooks, and what its exchange puts beside a hand-in, by which it knows who is
# late and whose page is whose. Setting `ignore` replaces nbgrader's defaults, so they are repeated.
IGNORED = [".ipynb_checkpoints", "*.pyc", "__pycache__", "feedback", *all_but(".ipynb", TIMESTAMP, SECRET)]
IGNORED += [f"?*{TIMESTAMP}", f"?*{SECRET}"]

ROUNDING = 1e-6  # by which two processors may differ: more than single precision's last digit
# As in solutions/jupytext.toml, which JupyterLab reads.
PAIRING = {
    "notebook_metadata_filter": "kernelspec,-jupytext,-language_info",
    "cell_metadata_filter": "tags,nbgrader,-all",
}


class StubSolutions(ClearSolutions):  # type: ignore[misc]
    """Puts `raise NotImplementedError("Exercise 2.1: rnn_step")` where a solution stood: it names its exercise."""

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict[str, Any], cell_index: int
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Stub one cell. Raises UserFacingError for an exercise without a title or without a marked solution."""
        if kind(cell) == "exercise":
            if not title(cell):
                first = cell.source.splitlines()[0] if cell.source else ""
                raise UserFacingError(f"An exercise cell must begin with '# Exercise N.M: name', not with {first!r}.")
            if BEGIN_SOLUTION not in cell.source:
                raise UserFacingError(
                    f"{title(cell)}: the cell has no '{BEGIN_SOLUTION}' line, so its solution would be released."
                )
            self.code_stub = {"python": f'raise NotImplementedError("{title(cell)}")'}
        if kind(cell) == "written" and BEGIN_SOLUTION not in cell.source:
            return cell, resources  # the author wrote the place for the answer
        stubbed, resources = super().preprocess_cell(cell, resources, cell_index)
        return stubbed, resources


class ClearMarks(NbGraderPreprocessor):  # type: ignore[misc]
    """Takes the marking guide out of written questions (nbgrader's own preprocessor knows only its task cells)."""

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict[str, Any], cell_index: int
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Clear one cell. Raises UserFacingError for a guide that begins and does not end."""
        del cell_index
        if cell.source.count(BEGIN_MARKS) != cell.source.count(END_MARKS):
            raise UserFacingError(f"Cell {grade_id(cell)!r}: each '{BEGIN_MARKS}' needs its '{END_MARKS}'.")
        cell.source = re.sub(rf"{BEGIN_MARKS}.*?{END_MARKS}\n?", "", cell.source, flags=re.DOTALL)
        return cell, resources


class ReleaseMetadata(NbGraderPreprocessor):  # type: ignore[misc]
    """Keeps only the metadata that a student's notebook needs (jupytext's would give the pairing away)."""

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Drop all but kernelspec, language, and which edition it is."""
        kept = (key for key in (ABOUT, "kernelspec", "language_info") if key in nb.metadata)
        nb.metadata = nbformat.from_dict({key: nb.metadata[key] for key in kept})
        return nb, resources


class OpenExperiments(NbGraderPreprocessor):  # type: ignore[misc]
    """Lets students edit the cells of experiments, in which the text asks them to try other numbers.

    nbgrader locks every cell that is not theirs. What is changed in these costs nothing: grading does not run them.
    """

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict[str, Any], cell_index: int
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Open one cell; it still cannot be deleted."""
        del cell_index
        if EXPERIMENT_TAGS & set(cell.metadata.get("tags", [])):
            cell.metadata.pop("editable", None)
        return cell, resources


def configure(c: Config) -> None:
    """Set how `nbgrader generate_assignment` makes a release, in nbgrader_config.py and in `release`."""
    c.CourseDirectory.ignore = IGNORED
    c.GenerateAssignment.preprocessors = [
        LockCells,
        OpenExperiments,
        StubSolutions,
        ClearOutput,
        CheckCellMetadata,
        ComputeChecksums,
        SaveCells,
        ClearHiddenTests,
        ClearMarks,
        ReleaseMetadata,
        ComputeChecksums,
        CheckCellMetadata,
    ]


def solution(lab: Lab) -> str:
    """Return the solution notebook as text."""
    return dumps(lab.notebook)


def release(lab: Lab) -> str:
    """Return the student notebook as text: what `nbgrader generate_assignment` makes, without a database.

    It is made in a folder of its own: nbgrader skips a release that exists, and deletes it when --force fails.
    Raises UserFacingError when nbgrader refuses the notebook.
    """
    with tempfile.TemporaryDirectory(prefix="release-") as folder:
        source = Path(folder, "source", lab.name, f"{lab.name}.ipynb")
        source.parent.mkdir(parents=True)
        source.write_text(solution(lab), encoding="utf-8")
        c = Config()
        configure(c)
        c.CourseDirectory.root = folder
        c.CourseDirectory.source_directory, c.CourseDirectory.release_directory = "source", "release"
        c.CourseDirectory.assignment_id = lab.name
        c.CourseDirectory.db_url = "sqlite://"
        c.SaveCells.enabled = False
        converter = GenerateAssignment(coursedir=CourseDirectory(config=c), config=c, no_database=True)
        heard = _Heard()
        converter.log = _log_to(heard)
        try:
            converter.start()
        except NbGraderException as error:
            raise UserFacingError(f"{lab.source_path.name}: {heard.cause()}") from error
        made = Path(folder, "release", lab.name, f"{lab.name}.ipynb")
        if not made.exists():
            raise UserFacingError(f"nbgrader made no release of {lab.name}.")
        return dumps(nbformat.read(made, as_version=4))


class _Heard(logging.Handler):
    """Keeps what nbgrader logs: it raises a general error, and logs the traceback that says why."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())

    def cause(self) -> str:
        """Return the last line of the traceback, without the name of the exception."""
        tracebacks = [message for message in self.messages if message.startswith("Traceback")]
        last = tracebacks[0].strip().splitlines()[-1] if tracebacks else "; ".join(self.messages)
        return re.sub(r"^[\w.]+: ", "", last)


def _log_to(heard: _Heard) -> logging.Logger:
    log = logging.Logger("autograder.author.build")  # noqa: LOG001  (one of its own: nothing reaches the root logger)
    log.addHandler(heard)
    return log


def public_cases(lab: Lab) -> str:
    """Return the table of public cases as text, computed from the oracles of this lab.

    Processors differ in the last digit of an exponential: a table that differs in no more than that stays as it is.
    """
    reference = import_module(f"autograder.references.{lab.name}")
    new = cases.dumps(reference.public())
    with suppress(OSError, ValueError):
        old = lab.cases_path.read_text(encoding="utf-8")
        if old != new and alike(json.loads(old), json.loads(new)):
            return old
    return new


def alike(one: Any, other: Any) -> bool:
    """Say whether two values of a JSON file are the same but for the rounding of single-precision numbers."""
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=ROUNDING, abs_tol=ROUNDING) or (math.isnan(one) and math.isnan(other))
    if isinstance(one, dict) and isinstance(other, dict):
        return list(one) == list(other) and all(alike(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(alike, one, other))
    return type(one) is type(other) and bool(one == other)


def source(lab: Lab) -> str:
    """Return the source in the form in which JupyterLab's pairing writes it, with placeholders for the address."""
    notebook = copy.deepcopy(lab.notebook)
    notebook.metadata["jupytext"] = PAIRING
    text: str = jupytext.writes(notebook, fmt="py:percent")
    for placeholder, value in sorted(placeholders(lab.root).items(), key=lambda item: -len(item[1])):
        text = re.sub(rf"{re.escape(value)}(?![\w-])", placeholder, text)
    return text


def products(lab: Lab) -> dict[Path, str]:
    """Say what every generated file of a lab should hold; the source itself has one form, too."""
    released = release(lab)
    page = claims.page(lab)
    return {
        lab.source_path: source(lab),
        lab.cases_path: public_cases(lab),
        lab.solution_path: solution(lab),
        lab.release_path: released,
        lab.stubs_path: stubs(lab, released),
        **({claims.page_path(lab): page} if page else {}),
    }


def stubs(lab: Lab, released: str) -> str:
    """Return the fingerprints of the stubs of a released notebook as text, by which labkit sees that work has begun."""
    found = {}
    for cell in nbformat.reads(released, as_version=4).cells:
        if kind(cell) != "exercise":
            continue
        for node in ast.parse(cell.source).body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name in lab.exercise_names:
                parts = node.body if isinstance(node, ast.ClassDef) else [node]
                functions = [part for part in parts if isinstance(part, ast.FunctionDef)]
                # As inspect gives it: whole lines, with their indentation.
                lines = cell.source.splitlines(keepends=True)
                found[node.name] = fingerprint("".join(lines[part.lineno - 1 : part.end_lineno]) for part in functions)
    return json.dumps(found, indent=1) + "\n"


def build(root: Path = ROOT, only: str = "") -> list[Path]:
    """Write every file that is not what it should be, of all labs or of `only` one; return the ones that changed.

    Raises UserFacingError when a cell is not valid Python (nothing of that lab is written then), and for an unknown
    lab.
    """
    changed = []
    for lab in [find(only, root)] if only else labs(root):
        wrong = syntax_errors(lab.notebook, f"solutions/{lab.name}/{lab.name}.py")
        if wrong:
            raise UserFacingError(" ".join(wrong))
        for path, text in products(lab).items():
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                replace(path, text)
                changed.append(path)
    return changed


def replace(path: Path, text: str) -> None:
    """Write a file in one step: a reader sees the old text or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with replaced(path, several=True) as new:
        new.write_text(text, encoding="utf-8", newline="\n")
        new.chmod(PUBLIC)  # whatever the umask
