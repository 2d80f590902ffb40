"""Reads what a student handed in, whatever editor saved it (.ipynb, .py, .md): bytes in, cells out."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from autograder.alignment.exports import OF_COLAB, exported
from autograder.alignment.pieces import AGAIN, COLAB, NOTEBOOK_WANTED, PASSED_OVER, Piece, piece_of, plain
from autograder.base.errors import UnreadableError
from autograder.model.cells import edition_of

if TYPE_CHECKING:
    from collections.abc import Collection

# A notebook may carry pictures and films in its outputs; above this it is refused before it is parsed.
LARGEST_FILE = 75_000_000
MOST_CELLS = 20_000
MERGED = (
    "Git has left the marks of a merge in the file (<<<<<<<, =======, >>>>>>>): between them stand two versions of "
    "some lines. Open the file as text, keep one version of each, take out the marks, and hand it in again."
)
TOO_LARGE = "The file is larger than 75 MB. Clear all outputs, save the notebook, and hand it in again."
# What is said in the receipt of what had to be put right.
OTHER_TEXT = "The file was saved as UTF-16 text, not as UTF-8."
MORE = "Behind the end of the notebook there was more text in the file: it was passed over."
INSIDE = "The notebook stood as text in the only cell of another one."
NO_FORMAT = "The notebook did not say of which format it is: it was read as one of format 4."
_MARKED = (
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_EXERCISE = re.compile(r"^[^\w\n]{0,20}Exercise \d+\.\d+: \w+", re.MULTILINE)
# What Git writes into a file when two versions of it don't fit together.
_CONFLICT = [re.compile(rf"^{mark}{{7}}(?: |\r?$)", re.MULTILINE) for mark in "<=>"]
_KNOWN = (
    (b"%PDF", "This is a PDF file."),
    (b"<!DOCTYPE html", "This is a web page."),
    (b"<html", "This is a web page."),
    (b"PK\x03\x04", "This is a zip archive."),
    (b"\x1f\x8b", "This is a compressed archive."),
    (b"version https://git-lfs", "This is only a note of Git LFS that says where the notebook is kept."),
)


def read(data: bytes, names: Collection[str] = ()) -> list[Piece]:
    """Read the cells: only type, source and names come along.

    names: what a script must define, or a title of an exercise it must hold, to be taken for an exported notebook
    Raises UnreadableError with a sentence for the student.
    """
    if not data.strip():
        raise UnreadableError(f"The file is empty. {AGAIN}")
    if len(data) > LARGEST_FILE:
        raise UnreadableError(TOO_LARGE)
    for beginning, what in _KNOWN:
        if data.lstrip()[: len(beginning)].lower() == beginning.lower():
            raise UnreadableError(f"{what} {NOTEBOOK_WANTED}")
    marked = next((coding for mark, coding in _MARKED if data.startswith(mark)), "")
    try:
        text = data.decode(marked or "utf-8-sig")
    except UnicodeDecodeError:
        raise UnreadableError(f"The file is not saved as UTF-8 text. {AGAIN}") from None
    try:
        content, left = _parsed(text)
    except (ValueError, RecursionError):
        if all(mark.search(text) for mark in _CONFLICT):
            raise UnreadableError(MERGED) from None
        if text.lstrip().startswith(("{", "[")) or not (_EXERCISE.search(text) or _defines(text, names)):
            raise UnreadableError(f"The file is damaged: it is not the JSON text of a notebook. {AGAIN}") from None
        pieces = [piece for piece in exported(plain(text)) if piece.source.strip()]
        if pieces and OF_COLAB.search(text[:2000]):
            pieces[0] = replace(pieces[0], saved_with=COLAB)
        return _put_right(pieces, OTHER_TEXT if marked else "")
    return _put_right(_cells(content), OTHER_TEXT if marked else left)


def _parsed(text: str) -> tuple[Any, str]:
    """Parse JSON, and say what was left out: a save that was shorter than the one before leaves the end of that."""
    try:
        return json.loads(text), ""
    except json.JSONDecodeError as error:
        content = json.loads(text[: error.pos]) if error.msg == "Extra data" else None
        if isinstance(content, dict) and "cells" in content:
            return content, MORE
        raise


def _put_right(pieces: list[Piece], what: str) -> list[Piece]:
    return [replace(pieces[0], put_right=what), *pieces[1:]] if what and pieces else pieces


def _defines(text: str, names: Collection[str]) -> bool:
    return any(name in names for name in re.findall(r"^(?:def|class) (\w+)", text, re.MULTILINE))


def _cells(content: Any) -> list[Piece]:
    if isinstance(content, dict) and "worksheets" in content:
        content = {"nbformat": 4, "cells": _of_worksheets(content["worksheets"])}
    content, put_right = (inner, INSIDE) if (inner := _inside(content)) else (content, "")
    if not _is_notebook(content):
        raise UnreadableError(f"The file is JSON, but not a notebook. {AGAIN}")
    if len(content["cells"]) > MOST_CELLS:
        raise UnreadableError(f"The notebook has more than {MOST_CELLS} cells. Put your work into a fresh copy of it.")
    pieces = [piece_of(cell) for cell in content["cells"]]
    if pieces and all(piece.put_right == PASSED_OVER for piece in pieces):
        raise UnreadableError(f"The file is damaged: no cell of the notebook has a type and a text. {AGAIN}")
    if pieces:
        about = content.get("metadata")
        pieces[0] = replace(pieces[0], saved_with=_saved_with(about), edition=edition_of(about))
    return _put_right(pieces, put_right or ("" if "nbformat" in content else NO_FORMAT))


def _is_notebook(content: Any) -> bool:
    """Say whether JSON is a notebook: of format 4, or one that says no format and has cells."""
    cells = content.get("cells") if isinstance(content, dict) else None
    typed = isinstance(cells, list) and any(isinstance(cell, dict) and "cell_type" in cell for cell in cells)
    return isinstance(cells, list) and content.get("nbformat", 4 if typed else 0) == 4


def _inside(content: Any) -> dict[str, Any] | None:
    """Return the notebook that an editor has put as text into the one cell of a new one."""
    cells = content["cells"] if _is_notebook(content) else []
    texts = [text for cell in cells if isinstance(cell, dict) and (text := _text(cell.get("source"))).strip()]
    if len(texts) != 1 or not texts[0].lstrip().startswith("{"):
        return None
    with suppress(ValueError, RecursionError):
        inner = json.loads(texts[0])
        return inner if _is_notebook(inner) else None
    return None


def _text(source: Any) -> str:
    return "".join(map(str, source)) if isinstance(source, list) else source if isinstance(source, str) else ""


def _saved_with(metadata: Any) -> str:
    """Say with what a notebook was saved, as it says itself."""
    about = metadata if isinstance(metadata, dict) else {}
    if "colab" in about:
        return COLAB
    language = about.get("language_info")
    version = language.get("version") if isinstance(language, dict) else ""
    found = re.match(r"3\.\d{1,3}", version) if isinstance(version, str) else None
    return found[0] if found else ""


def _of_worksheets(worksheets: Any) -> list[Any]:
    """Return the cells of a notebook in the old format 3 as those of format 4."""
    old = [cell for sheet in _listed(worksheets) if isinstance(sheet, dict) for cell in _listed(sheet.get("cells"))]
    if not old:
        raise UnreadableError(f"The notebook is saved in the old format 3, and no cells are found in it. {AGAIN}")
    return [_newer(cell) if isinstance(cell, dict) else cell for cell in old]


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _newer(cell: dict[str, Any]) -> dict[str, Any]:
    source = cell.get("input", cell.get("source", ""))
    if cell.get("cell_type") in {"heading", "html"}:
        lines = source if isinstance(source, list) else [source]
        mark = "# " if cell["cell_type"] == "heading" else ""
        return cell | {"cell_type": "markdown", "source": mark + "".join(map(str, lines))}
    return cell | {"source": source}
