"""Remembers from what the notebooks were built, so that nothing is built again when nothing has changed."""

from __future__ import annotations

import hashlib
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from autograder.base.files import ROOT

if TYPE_CHECKING:
    from pathlib import Path

STAMP = ".labs-built"
# Whatever a build reads or writes.
PARTS = (
    "solutions/*/*.py",
    "solutions/*/*.ipynb",
    "solutions/*/*.toml",
    "docs/claims/*.md",
    "labs/*/*.ipynb",
    "labs/labkit/**/*.*",
    "autograder/**/*.*",
    "*.toml",
)


def digest(root: Path = ROOT) -> str:
    """Name the state of everything that a build reads or writes."""
    found = hashlib.sha256(sys.version.encode())
    for part in PARTS:
        for path in sorted(root.glob(part)):
            if path.is_file() and path.suffix != ".pyc":
                found.update(f"{path.relative_to(root)} {path.stat().st_size}\n".encode() + path.read_bytes())
    return found.hexdigest()


def fresh(root: Path = ROOT) -> bool:
    """Say whether everything is as it was after the last build."""
    with suppress(OSError):
        return (root / STAMP).read_text(encoding="ascii") == digest(root)
    return False


def remember(root: Path = ROOT) -> None:
    """Note that everything is built."""
    with suppress(OSError):  # a checkout that may not be written to is built anew each time
        (root / STAMP).write_text(digest(root), encoding="ascii")
