"""A cell as it was handed in: its type, its text and its names, and what had to be put right to read it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from autograder.base.errors import UnreadableError

COLAB = "colab"  # what a notebook that Colab has saved says of itself
LONGEST_CODE = 1_000_000  # characters of a cell
AGAIN = "Open the notebook in Jupyter or Colab, save it, and hand it in again."
NOTEBOOK_WANTED = "Hand in the notebook itself (in Colab: File, Download, Download .ipynb)."
# What is said in the receipt of what had to be put right.
PASSED_OVER = "A cell without a type that Jupyter knows, or without a text, was passed over."
UNBROKEN = "The lines of some cells had no line breaks between them: they were joined as lines."
TWICE = "The text of some cells stood in them twice, one right behind the other: it was taken once."
_ELSEWHERE = re.compile(
    r"\s*%%(?:writefile|file|bash|sh|script|html|HTML|javascript|js|latex|markdown|svg|perl|ruby|sql)\b"
)
_TYPES = frozenset({"code", "markdown", "raw"})


@dataclass(frozen=True)
class Piece:
    """A cell of a submission, or a part of one.

    grade_id, cell_id: the names that nbgrader and Jupyter gave it; empty when an editor has dropped them
    part: whether it was cut out of a cell that holds more
    put_right: what had to be done before it, or its whole file, could be read
    saved_with: of the first cell: COLAB, or the Python with which the notebook was saved ("3.12"); else empty
    edition: of the first cell: which edition of its lab the notebook says it is; 0 where it says nothing
    """

    type: str
    source: str
    grade_id: str = ""
    cell_id: str = ""
    part: bool = False
    put_right: str = ""
    saved_with: str = ""
    edition: int = 0


def piece_of(cell: Any) -> Piece:
    """Read a cell of a notebook. Raises UnreadableError for one that is too long."""
    source = cell.get("source", "") if isinstance(cell, dict) else None
    lines: list[Any] = source if isinstance(source, list) else [source]
    if not isinstance(cell, dict) or cell.get("cell_type") not in _TYPES or not all(isinstance(x, str) for x in lines):
        return Piece("raw", "", put_right=PASSED_OVER)
    # Jupyter keeps the break at the end of each line but the last; some scripts and agents write none.
    unbroken = len(lines) > 1 and not any(line.endswith(("\n", "\r")) for line in lines)
    if cell["cell_type"] == "code" and sum(map(len, lines)) > LONGEST_CODE:
        raise UnreadableError(
            f"A code cell of the notebook has more than {LONGEST_CODE:,} characters. Take out what is data in it."
        )
    metadata = cell.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    about = metadata.get("nbgrader")
    claim = about.get("grade_id") if isinstance(about, dict) else ""
    # Colab keeps a cell's id in its metadata.
    named = next((name for name in (cell.get("id"), metadata.get("id")) if isinstance(name, str)), "")
    text = plain(("\n" if unbroken else "").join(lines))
    once = text[: len(text) // 2]
    # Two editors of one notebook can each write the whole text. Nobody types lines twice with no break between them.
    twice = "\n" in once and not once.endswith("\n") and text == once + once
    put_right = UNBROKEN if unbroken else TWICE if twice else ""
    return Piece(
        cell["cell_type"], once if twice else text, claim if isinstance(claim, str) else "", named, put_right=put_right
    )


def written_out(source: str) -> bool:
    """Say whether a cell only writes its text to a file, or gives it to another language: it defines nothing here."""
    return bool(_ELSEWHERE.match(source))


def plain(text: str) -> str:
    """Write out what no file takes: a lone surrogate is valid JSON and cannot be written as UTF-8.

    Each kind of line break becomes the usual one, as Python reads them. A mark of the coding at the beginning goes.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff")
    return text.encode("utf-8", "replace").decode("utf-8")
