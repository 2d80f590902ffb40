"""Takes an ABC file apart: its bytes as text, its lines, its tunes, and what holds for all of them."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

# Only these end a line. Others that Python knows, such as U+0085, stand inside titles.
_LINE = re.compile(r"\r\n|\n|\r")
_BLOCK = re.compile(r"%%begin(text|ps|svg)\b")
MARKS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
SHARED = "MLIUm"  # fields of the file's header that change how its tunes are read


class Piece(NamedTuple):
    """One tune of a file: its text, and the line of the file (from 1) on which it begins."""

    text: str
    line: int


def decoded(data: bytes) -> str:
    """Turn the bytes of a file into text: by its mark, else UTF-8, else (older files) Windows-1252."""
    for mark, encoding in MARKS.items():
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, errors="replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def lines(text: str) -> list[str]:
    """List the lines of a text, without a mark of its encoding before the first."""
    found = _LINE.split(text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}"))
    return found[:-1] if found[-1] == "" else found


def music(all_lines: list[str]) -> list[str]:
    """Empty the lines that are no part of a tune's code: directives, and blocks of text between %%begin and %%end."""
    block, kept = "", []
    for line in all_lines:
        found = _BLOCK.match(line)
        kept.append("%" if found or block else line)
        if found:
            block = found[1]
        elif block and line.startswith(f"%%end{block}"):
            block = ""
    return kept


def pieces(text: str) -> Iterator[Piece]:
    """Divide a file into its tunes: from X: to the next empty line or X:.

    What the file's header says of meter, length and instructions stands again in each tune, as the standard asks
    (2.2.2); such a tune begins as many lines higher.
    """
    found, shared = lines(text), []
    begin = 0
    for number, line in enumerate(music(found)):
        if not line.strip() or line.startswith("X:"):
            begin = number
            break
        if line[1:2] == ":" and line[0] in SHARED:
            shared.append(found[number])
    start: int | None = None
    for number, line in enumerate([*music(found)[begin:], ""], begin):
        if start is not None and (not line.strip() or line.startswith("X:")):
            first, *others = found[start:number]
            yield Piece("\n".join([first, *shared, *others]) + "\n", start + 1 - len(shared))
            start = None
        if line.startswith("X:"):
            start = number
