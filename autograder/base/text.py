"""Text for people and for tables."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

NAMED = 10  # names in a sentence


def number(value: float | None) -> str:
    """Write points without needless zeros; nothing where there are none."""
    return "" if value is None else f"{round(value, 2):g}"


def clean(text: str | None) -> str:
    """Return text that every file and page can hold: no control characters, no halves of characters."""
    text = (text or "").encode("utf-8", "replace").decode().replace("\r\n", "\n").replace("\r", "\n")
    return "".join(
        letter if letter in "\n\t" or unicodedata.category(letter) != "Cc" else "\N{REPLACEMENT CHARACTER}"
        for letter in text
    )


def some(names: Sequence[str], most: int = NAMED) -> str:
    """Name the first of them, and how many more there are."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
