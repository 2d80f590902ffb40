"""Says of a name that is not there which one was probably meant."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def question(name: str, known: Iterable[str]) -> str:
    """Ask for the name that is most like this one, as the end of a sentence; nothing where none is like it."""
    alike = get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f" Is it {alike[0]}?" if alike else ""
