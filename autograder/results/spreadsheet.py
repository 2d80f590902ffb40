"""Tables as spreadsheets and an LMS read them: quoted as they must be, and no text in them is ever a formula."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

from autograder.base.errors import UserFacingError
from autograder.base.files import replaced
from autograder.base.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

# What begins a formula in Excel, LibreOffice or Google Sheets; also in the wide form of East Asian keyboards. Some pass
# over blanks and invisible characters before it. What follows a semicolon is a cell of its own where a comma is the
# decimal sign.
_LEAD = r"[\s\u00ad\u200b-\u200f\u2060\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20\u2212]"
_FORMULA = re.compile(rf"(?:^|(?<=;))(?={_LEAD})")
LONGEST_CELL = 1 << 26  # characters; Moodle's worksheet may hold what students wrote, pictures included
_NUMBER = re.compile(r"[+-]?(\d+([.,]\d+)?%?)?")  # and a lone sign, which some write for "none"


def safe(text: str) -> str:
    """Return text that no spreadsheet takes for a formula, on one line; a number stays one."""
    line = re.sub(r"\s*[\n\t]\s*", " ", clean(text).strip("\n\t"))
    return line if _NUMBER.fullmatch(line) else _FORMULA.sub("'", line)


def write(path: Path, rows: Iterable[Sequence[str]], *, delimiter: str = ",", mark: bool = True) -> None:
    """Write a table, readable by its owner only. Nothing of an older file is lost when that fails.

    mark: begin with a byte order mark, by which Excel knows UTF-8; Canvas and Moodle pass over it
    """
    encoding = "utf-8-sig" if mark else "utf-8"
    with replaced(path) as new, new.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows([safe(cell) for cell in row] for row in rows)


def read(path: Path) -> tuple[list[list[str]], str]:
    """Read a table that an LMS exported: its rows, and what separates cells. Raises UserFacingError when it is none."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UserFacingError(f"{path} can't be read: {error.strerror}.") from None
    limit = csv.field_size_limit(LONGEST_CELL)
    try:
        text = data.decode("utf-16" if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig")
        head = text.splitlines()[0]
        delimiter = max(",;\t", key=head.count)
        rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True) if any(row)]
        width = len(rows[0])
    except (UnicodeDecodeError, IndexError, csv.Error):
        again = "export it from the LMS again, and do not save it elsewhere"
        raise UserFacingError(f"{path} is no table in UTF-8 (CSV): {again}.") from None
    finally:
        csv.field_size_limit(limit)
    return [row + [""] * (width - len(row)) for row in rows], delimiter
