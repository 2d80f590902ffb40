"""Matches a submission to the release and repairs what editors break: bytes in, a clean notebook and a receipt out."""

from __future__ import annotations

import copy
import hashlib
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell, new_notebook

from autograder.alignment.borders import cut, join
from autograder.alignment.formats import read
from autograder.alignment.matching import Known, anchors, match, plain
from autograder.alignment.order import arrange
from autograder.base import inert
from autograder.base.errors import UnreadableError
from autograder.model.cells import edition_in, grade_id, kind
from autograder.model.verdict import Note

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from autograder.alignment.borders import Joined
    from autograder.alignment.matching import Anchor, Matching
    from autograder.alignment.pieces import Piece
    from autograder.model.assignment import Assignment

# What a cell has besides type and text. nbformat's own makers validate each cell: a tenth of the time of a submission.
_TYPES = {"code": "code", "markdown": "text", "raw": "raw text"}
_PARTS: dict[str, dict[str, Any]] = {"code": {"execution_count": None, "outputs": []}, "markdown": {}, "raw": {}}


@dataclass(frozen=True)
class Aligned:
    """A submission ready to run: the student's cells, with the release's checks and given cells in their places.

    digest:     of the submitted bytes
    missing:    grade ids of exercise and written cells that were not found
    unreadable: why the file could not be read; empty when it could
    receipt:    what was repaired
    saved_with: what the notebook says of where it was saved (see Piece)
    """

    notebook: NotebookNode
    digest: str
    missing: tuple[str, ...] = ()
    unreadable: str = ""
    receipt: tuple[Note, ...] = ()
    saved_with: str = ""

    def pack(self) -> NotebookNode:
        """Return the notebook with the findings in its metadata, for the next step of nbgrader."""
        facts = {
            "submission": self.digest,
            "missing": list(self.missing),
            "unreadable": self.unreadable,
            "receipt": [asdict(note) for note in self.receipt],
            "saved_with": self.saved_with,
        }
        self.notebook.metadata["autograder"] = nbformat.from_dict(facts)
        return self.notebook


def unpack(notebook: NotebookNode) -> Aligned:
    """Undo `Aligned.pack`, on a notebook that this grader wrote."""
    facts = notebook.metadata["autograder"]
    receipt = tuple(Note(**note) for note in facts["receipt"])
    missing, saved_with = tuple(facts["missing"]), facts.get("saved_with", "")
    return Aligned(notebook, facts["submission"], missing, facts["unreadable"], receipt, saved_with)


def fingerprint(data: bytes | UnreadableError) -> str:
    """Return the hash that names a submission."""
    return hashlib.sha256(str(data).encode() if isinstance(data, UnreadableError) else data).hexdigest()


def align(data: bytes | UnreadableError, assignment: Assignment) -> Aligned:
    """Match a submission to the release; never raises for what a student can hand in.

    data: the file's bytes, or why there are none
    """
    digest = fingerprint(data)
    try:
        if isinstance(data, UnreadableError):
            raise data
        submitted = read(data, assignment.names)
    except UnreadableError as error:
        return Aligned(_substitute(assignment, str(error)), digest, unreadable=str(error))
    return _align(submitted, assignment, digest)


def _substitute(assignment: Assignment, why: str) -> NotebookNode:
    notice = new_markdown_cell(f"**This is the released notebook, not the student's.** {why}", id="notice")
    return _notebook([notice, *copy.deepcopy(assignment.cells)], assignment)


def _align(submitted: Sequence[Piece], assignment: Assignment, digest: str) -> Aligned:
    wanted = anchors(assignment)
    if stranger := _of_another_lab(submitted, wanted):
        why = f"This is not {assignment.name}: it has {stranger}. Hand in the notebook of this lab."
        return Aligned(_substitute(assignment, why), digest, unreadable=why)
    edition = _edition(submitted)
    if edition not in {0, assignment.edition}:
        why = (
            f"This is edition {edition} of {assignment.name}, and this course uses edition {assignment.edition}. Get "
            "the notebook of that edition, put your answers into it, and hand in that one."
        )
        return Aligned(_substitute(assignment, why), digest, unreadable=why)
    prose = [cell.source for cell in assignment.cells if kind(cell) == "prose"]
    pieces = cut(submitted, wanted, prose)
    matching = match(pieces, wanted)
    joined = join(pieces, wanted, matching, prose)
    receipt = [Note("", "read", said) for said in dict.fromkeys(piece.put_right for piece in submitted) if said]
    receipt += _found(matching, wanted)
    receipt += _joined(joined, wanted)
    receipt += _borders(pieces, matching, wanted)
    found = [wanted[name] for name in matching.found.values()]
    answers = {Known(pieces[index]).text for index, name in matching.found.items() if wanted[name].kept}
    cells: list[tuple[str, NotebookNode]] = []
    for index, piece in enumerate(pieces):
        name = matching.found.get(index, "")
        if name:
            anchor = wanted[name]
            if anchor.kind == "given" and name not in joined.sources and _changed(piece, anchor):
                # What the student added to a given cell may be needed: it runs, and then the released cell does.
                cells.append(("", _own(piece)))
                receipt.append(Note(name, "changed", f"The given cell {name} was changed and put back."))
            cells.append((name, _restore(assignment.cell(name), anchor, joined.sources.get(name, piece.source))))
        elif index not in joined.used and not _copy(piece, found, answers):
            cells.append(("", _own(piece)))
    arranged = arrange(cells, wanted, lambda name: copy.deepcopy(assignment.cell(name)))
    receipt += [Note(name, "moved", f"{_call(wanted[name])} stood at another place.") for name in arranged.moved]
    receipt += [_absent(wanted[name]) for name in arranged.put_back]
    missing = tuple(name for name in arranged.put_back if wanted[name].kept)
    ours = {cell.source for cell in assignment.cells}
    for number, cell in enumerate(arranged.cells):
        if cell.cell_type != "code" and cell.source not in ours:
            cell.source = inert.markdown(cell.source)
        cell["id"] = grade_id(cell) or f"student-{number}"
    saved_with = submitted[0].saved_with if submitted else ""
    return Aligned(_notebook(arranged.cells, assignment), digest, missing, "", tuple(receipt), saved_with)


def _edition(submitted: Sequence[Piece]) -> int:
    """Return which edition a notebook is, as its metadata or its title says; 0 where both are gone."""
    said = submitted[0].edition if submitted else 0
    titles = (edition_in(piece.source) for piece in submitted if piece.type == "markdown")
    return said or next(filter(None, titles), 0)


def _of_another_lab(submitted: Sequence[Piece], wanted: Mapping[str, Anchor]) -> str:
    """Name an exercise of a notebook that has several, and none that is asked for."""
    ours = {anchor.title for anchor in wanted.values()}
    titles = [one.title for one in map(Known, submitted) if one.piece.type == "code" and one.title]
    names = {name for piece in submitted for name in (piece.grade_id, piece.cell_id)}
    mine = {anchor.name for anchor in wanted.values() if anchor.kind == "exercise"} & names
    return titles[0] if len(titles) > 1 and not mine and not ours & set(titles) else ""


def _found(matching: Matching, wanted: Mapping[str, Anchor]) -> list[Note]:
    """Say how cells without their nbgrader id were found, and which ones stood there more than once."""
    notes = []
    words = {
        "title": "by its title", "definition": "by what it defines", "text": "by its text", "cell_id": "by its cell id",
        "similar": "because it is like the released one", "contradicted": "by its id, though its text is another's",
    }  # fmt: skip
    for name, evidence in matching.evidence.items():
        if evidence.how in words and wanted[name].kept:
            said = f"{_call(wanted[name])} was found {words[evidence.how]}."
            notes.append(Note(name, evidence.how, said, round(evidence.confidence, 2)))
        if matching.rivals[name] and wanted[name].kept:
            notes.append(Note(name, "copy", f"There is more than one cell of {_call(wanted[name])}."))
    return notes


def _borders(pieces: Sequence[Piece], matching: Matching, wanted: Mapping[str, Anchor]) -> Iterator[Note]:
    """Say which answers stood in one cell with others, and which had become text, or code."""
    for index, name in matching.found.items():
        piece, anchor = pieces[index], wanted[name]
        if not anchor.kept:
            continue
        if piece.part:
            yield Note(name, "merged", f"{_call(anchor)} stood in one cell with something else.")
        if (piece.type == "code") != (anchor.kind == "exercise"):
            yield Note(name, "retyped", f"The cell of {_call(anchor)} had become {_TYPES[piece.type]}.")


def _joined(joined: Joined, wanted: Mapping[str, Anchor]) -> Iterator[Note]:
    """Say which cells were put together."""
    for name in joined.sources:
        if name in joined.beside:
            yield Note(name, "beside", f"The answer to {_call(wanted[name])} stood in a cell of its own.")
        else:
            yield Note(name, "joined", f"{_call(wanted[name])} was split into several cells.")


def _call(anchor: Anchor) -> str:
    return anchor.title or anchor.name


def _absent(anchor: Anchor) -> Note:
    if anchor.kept:
        return Note(anchor.name, "missing", f"{_call(anchor)} was not found.", 0.0)
    return Note(anchor.name, "missing", f"The cell {anchor.name} was missing and was put back.")


def _changed(piece: Piece, anchor: Anchor) -> bool:
    return piece.type == "code" and plain(piece.source).split() != anchor.text.split()


def _copy(piece: Piece, found: Sequence[Anchor], answers: set[str]) -> bool:
    """Say whether a cell is a second copy of one that was found: as released, or as the student left it.

    answers: the texts of the exercises that were found
    """
    one = Known(piece)
    if piece.type != "code" or not one.text:
        return False
    if one.text in answers or any(one.text == anchor.text for anchor in found):
        return True
    # A stub that stands behind the answer would undo it.
    return bool(one.bodies) and any(anchor.defines >= set(one.bodies) and one.untouched(anchor) for anchor in found)


def _own(piece: Piece) -> NotebookNode:
    parts = copy.deepcopy(_PARTS[piece.type])
    return NotebookNode(cell_type=piece.type, metadata=NotebookNode(), source=piece.source, **parts)


def _restore(released: NotebookNode, anchor: Anchor, source: str) -> NotebookNode:
    """Return the released cell; an exercise or a written answer keeps the student's text."""
    restored = copy.deepcopy(released)
    if anchor.kept:
        restored.source = source
    return restored


def _notebook(cells: list[NotebookNode], assignment: Assignment) -> NotebookNode:
    for cell in cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return new_notebook(cells=cells, metadata=copy.deepcopy(assignment.metadata))
