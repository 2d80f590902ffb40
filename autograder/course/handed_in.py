"""What a student has handed in, as it lies on disk."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from autograder.alignment.formats import LARGEST_FILE, TOO_LARGE
from autograder.base.errors import UnreadableError
from autograder.base.files import REFUSED

if TYPE_CHECKING:
    from pathlib import Path


def fetch(path: Path) -> bytes | UnreadableError:
    """Read the file that a student handed in, or say why that cannot be done.

    path: where it belongs. When it is not there, the one notebook or export beside that place is it.
    """
    try:
        if any(part.is_symlink() for part in (path, path.parent, path.parent.parent)):
            return UnreadableError(
                f"{path.name} or its folder is a link to another place. Hand in the notebook itself."
            )
        if any(unicodedata.category(letter) in {"Cc", "Cs", "Zl", "Zp"} for letter in path.parent.parent.name):
            return UnreadableError("The folder's name holds a line break or the like. Your instructor renames it.")
        found = path if path.is_file() else _only(path)
        if isinstance(found, UnreadableError):
            return found
        if found.stat().st_size > LARGEST_FILE:
            return UnreadableError(TOO_LARGE)
        return found.read_bytes()
    except OSError as error:
        return UnreadableError(f"The grader may not read {path.name}: {error.strerror}. Your instructor looks at it.")


def _only(path: Path) -> Path | UnreadableError:
    """Return the one file that a student can mean: "Copy of lab1_rnn.ipynb", "lab1_rnn (3).ipynb", "lab1_rnn.py"."""
    files = [file for file in sorted(path.parent.glob("*")) if file.is_file() and not file.is_symlink()]
    refused = path.parent / REFUSED
    if refused in files:
        return UnreadableError(refused.read_text(encoding="utf-8").strip())
    for endings in ({".ipynb"}, {".py", ".md"}):
        fitting = [file for file in files if file.suffix.lower() in endings and not file.name.startswith(".")]
        named = [file for file in fitting if path.stem in file.name] or fitting
        if len({file.read_bytes() for file in named if file.stat().st_size <= LARGEST_FILE}) == 1:
            return named[0]
        if named:
            others = ", ".join(file.name for file in named[:3])
            return UnreadableError(
                f"There is no {path.name} in what you handed in, but {others}. Hand in one notebook, as {path.name}."
            )
    return UnreadableError(f"There is no file {path.name} in what you handed in. Hand in the notebook as {path.name}.")
