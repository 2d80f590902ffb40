"""Reads the shipped lists of letters, data/lab4/*.txt.gz: lines of fields that tabs part."""

from __future__ import annotations

import gzip
from functools import cache

from labkit.base.files import path as shipped


@cache
def rows(name: str) -> tuple[tuple[str, ...], ...]:
    """Return the fields of each line. Raises FileNotFoundError when labkit lacks the file."""
    text = gzip.decompress(shipped(f"lab4/{name}.txt.gz").read_bytes()).decode("ascii")
    return tuple(tuple(line.split("\t")) for line in text.splitlines())


def of_part(name: str, part: str) -> list[tuple[str, ...]]:
    """Return what follows the part in each of its lines. Raises ValueError for a part that there is not."""
    parts = list(dict.fromkeys(row[0] for row in rows(name)))
    if part not in parts:
        raise ValueError(f"There is no part {part!r}; there are {', '.join(parts)}.")
    return [row[1:] for row in rows(name) if row[0] == part]
