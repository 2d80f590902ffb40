"""Where labkit's own files are: the data that its modules read, in a checkout and in an installed labkit."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

PACKAGE = Path(str(files("labkit"))).resolve()


def path(name: str) -> Path:
    """Find a file of data/ that labkit reads, in a checkout or in an installed labkit; name: "lab1/forgetting.json"."""
    for folder in (PACKAGE / "_data", PACKAGE.parent.parent / "data"):
        if (folder / name).is_file():
            return folder / name
    raise FileNotFoundError(
        f"labkit does not find its file {name}; install labkit again, from the course's repository."
    )
