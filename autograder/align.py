"""Reads a submission and matches its cells to the release: bytes in, a clean notebook out, whatever came in."""

from __future__ import annotations

import copy
import hashlib
import json
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell

from autograder import inert
from autograder.lab import grade_id, kind, title

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from autograder.assignment import Assignment

LARGEST_FILE = 50_000_000
TOO_LARGE = "The file is larger than 50 MB. Clear all outputs, save the notebook, and hand it in again."
AGAIN = "Open the notebook in Jupyter or Colab, save it, and hand it in again."
_MAKERS = {"code": new_code_cell, "markdown": new_markdown_cell, "raw": new_raw_cell}


class UnreadableError(Exception):
    """A file that is no notebook; the message is a sentence for the student that says what to do."""


@dataclass(frozen=True)
class Aligned:
    """A submission ready to run: the student's cells, with the release's checks and given cells in their places.

    digest:     of the submitted bytes
    missing:    grade ids of exercise and written cells that were not found
    unreadable: why the file could not be read; empty when it could
    receipt:    what was repaired, in sentences
    """

    notebook: NotebookNode
    digest: str
    missing: tuple[str, ...] = ()
    unreadable: str = ""
    receipt: tuple[str, ...] = ()

    def pack(self) -> NotebookNode:
        """Return the notebook with the findings in its metadata, for the next step of nbgrader."""
        facts = {
            "submission": self.digest,
            "missing": list(self.missing),
            "unreadable": self.unreadable,
            "receipt": list(self.receipt),
        }
        self.notebook.metadata["autograder"] = nbformat.from_dict(facts)
        return self.notebook


def unpack(notebook: NotebookNode) -> Aligned:
    """Undo `Aligned.pack`, on a notebook that this grader wrote."""
    facts = notebook.metadata["autograder"]
    return Aligned(notebook, facts["submission"], tuple(facts["missing"]), facts["unreadable"], tuple(facts["receipt"]))


def fetch(path: Path) -> bytes | UnreadableError:
    """Read the file that a student handed in, or say why that cannot be done."""
    try:
        if any(part.is_symlink() for part in (path, path.parent, path.parent.parent)):
            return UnreadableError(
                f"{path.name} or its folder is a link to another place. Hand in the notebook itself."
            )
        if any(unicodedata.category(letter) in {"Cc", "Cs", "Zl", "Zp"} for letter in path.parent.parent.name):
            return UnreadableError("The folder's name holds a line break or the like. Your instructor renames it.")
        if not path.is_file():
            others = sorted(other.name for other in path.parent.glob("*.ipynb"))[:3]
            found = f" There is {', '.join(others)}." if others else ""
            return UnreadableError(
                f"There is no file {path.name} in what you handed in.{found} Hand in the notebook as {path.name}."
            )
        if path.stat().st_size > LARGEST_FILE:
            return UnreadableError(TOO_LARGE)
        return path.read_bytes()
    except OSError as error:
        return UnreadableError(f"The grader may not read {path.name}: {error.strerror}. Your instructor looks at it.")


def fingerprint(data: bytes | UnreadableError) -> str:
    """Return the hash that names a submission."""
    return hashlib.sha256(str(data).encode() if isinstance(data, UnreadableError) else data).hexdigest()


def align(data: bytes | UnreadableError, assignment: Assignment) -> Aligned:
    """Match a submission, as `fetch` returns it, to the release; never raises for what a student can hand in."""
    digest = fingerprint(data)
    try:
        if isinstance(data, UnreadableError):
            raise data
        submitted = read(data)
    except UnreadableError as error:
        return Aligned(_substitute(assignment, str(error)), digest, unreadable=str(error))
    return _match(submitted, assignment, digest)


def read(data: bytes) -> list[NotebookNode]:
    """Read the cells of a notebook, each built anew so that only type, source, id and metadata come along.

    Raises UnreadableError with a sentence for the student.
    """
    if not data.strip():
        raise UnreadableError(f"The file is empty. {AGAIN}")
    if len(data) > LARGEST_FILE:
        raise UnreadableError(TOO_LARGE)
    try:
        content = json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise UnreadableError(f"The file is not saved as UTF-8 text. {AGAIN}") from None
    except (ValueError, RecursionError):
        raise UnreadableError(f"The file is damaged: it is not the JSON text of a notebook. {AGAIN}") from None
    if isinstance(content, dict) and "worksheets" in content:
        raise UnreadableError(f"The notebook is saved in the old format 3. {AGAIN}")
    if not isinstance(content, dict) or not isinstance(content.get("cells"), list) or content.get("nbformat") != 4:
        raise UnreadableError(f"The file is JSON, but not a notebook. {AGAIN}")
    return [_clean(cell) for cell in content["cells"]]


def _clean(cell: Any) -> NotebookNode:
    if not isinstance(cell, dict):
        raise UnreadableError(f"The file is damaged: a cell of the notebook is not a cell. {AGAIN}")
    source = cell.get("source", "")
    lines = source if isinstance(source, list) else [source]
    if cell.get("cell_type") not in _MAKERS or not all(isinstance(line, str) for line in lines):
        raise UnreadableError(f"The file is damaged: a cell of the notebook has no type or no text. {AGAIN}")
    # A lone surrogate is valid JSON and cannot be written as UTF-8.
    text = "".join(lines).replace("\r\n", "\n").encode("utf-8", "replace").decode("utf-8")
    clean = _MAKERS[cell["cell_type"]](text)
    metadata = cell.get("metadata")
    about = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    clean["claims"] = about.get("grade_id") if isinstance(about, dict) else None
    return clean


def _substitute(assignment: Assignment, why: str) -> NotebookNode:
    notice = new_markdown_cell(f"**This is the released notebook, not the student's.** {why}", id="notice")
    return _notebook([notice, *copy.deepcopy(assignment.cells)], assignment)


def _match(submitted: list[NotebookNode], assignment: Assignment, digest: str) -> Aligned:
    names = _identify(submitted, assignment)
    cells = [
        _restore(cell, assignment.cell(names[index])) if index in names else cell
        for index, cell in enumerate(submitted)
    ]
    placed = {name: cells[index] for index, name in names.items()}
    receipt, missing = [], []
    before = -1  # where the released cell before this one stands
    for released in filter(grade_id, assignment.cells):
        name = grade_id(released)
        if name not in placed:
            placed[name] = copy.deepcopy(released)
            cells.insert(before + 1, placed[name])
            receipt.append(f"{name} was missing and was put back.")
            if kind(released) in {"exercise", "written"}:
                missing.append(name)
        elif kind(released) == "check" and _index(cells, placed[name]) < before:
            cells.insert(before, cells.pop(_index(cells, placed[name])))
            receipt.append(f"{name} stood before its exercise and was moved behind it.")
        before = _index(cells, placed[name])
    ours = {cell.source for cell in assignment.cells}
    for number, cell in enumerate(cells):
        cell.pop("claims", None)
        if cell.cell_type != "code" and cell.source not in ours:
            cell.source = inert.markdown(cell.source)
        cell["id"] = grade_id(cell) or f"student-{number}"
    return Aligned(_notebook(cells, assignment), digest, tuple(missing), receipt=tuple(receipt))


def _index(cells: list[NotebookNode], wanted: NotebookNode) -> int:
    return next(index for index, cell in enumerate(cells) if cell is wanted)


def _identify(submitted: list[NotebookNode], assignment: Assignment) -> dict[int, str]:
    """Say which released cell each submitted cell is: by grade id (the last one counts), else by what it says."""
    released = {grade_id(cell): cell for cell in assignment.cells if grade_id(cell)}
    names: dict[str, int] = {}
    for index, cell in enumerate(submitted):
        if isinstance(cell.claims, str) and cell.claims in released:
            names[cell.claims] = index
    taken = set(names.values())
    for name, known in released.items():
        if name not in names:
            found = _lookalike(known, ((index, cell) for index, cell in enumerate(submitted) if index not in taken))
            if found is not None:
                names[name] = found
                taken.add(found)
    return {index: name for name, index in names.items()}


def _lookalike(known: NotebookNode, candidates: Iterable[tuple[int, NotebookNode]]) -> int | None:
    """Find a released cell whose metadata an editor dropped: an exercise by its title, others by their text."""
    wanted = title(known)
    public = known.source.partition("### BEGIN HIDDEN TESTS")[0].strip()
    for index, cell in candidates:
        if (wanted and title(cell) == wanted) or (not wanted and cell.source.strip() == public):
            return index
    return None


def _restore(cell: NotebookNode, released: NotebookNode) -> NotebookNode:
    """Return the released cell; an exercise or a written answer keeps the student's text."""
    restored = copy.deepcopy(released)
    if kind(released) in {"exercise", "written"}:
        restored.source = cell.source
    return restored


def _notebook(cells: list[NotebookNode], assignment: Assignment) -> NotebookNode:
    for cell in cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return new_notebook(cells=cells, metadata=copy.deepcopy(assignment.metadata))
