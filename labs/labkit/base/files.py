"""Where labkit's own files are: the data that its modules read, and what they keep on this machine."""

from __future__ import annotations

import os
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


def cache() -> Path:
    """Return the folder for what is built once on this machine; it need not be there yet."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "deep-sequence-labs"


def keep(path: Path, text: str) -> None:
    """Write a file of the cache, if this can be done; without it the next start takes some seconds more."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        new = path.with_suffix(f".{os.getpid()}")
        new.write_text(text, encoding="ascii")
        new.replace(path)
    except OSError:
        return
