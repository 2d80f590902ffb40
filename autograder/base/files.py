"""Where this project lies, and files that are written for their owner, or replaced whole or not at all."""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = Path(__file__).resolve().parents[1]
COURSE_VARIABLE = "AUTOGRADER_COURSE"  # names the course, where there are several (see nbgrader_config.py)
ROOT = PACKAGE.parent
LONGEST_WAY = 60  # characters of the way to a folder for sockets: the rest is for names
PRIVATE, BY_UMASK, PUBLIC = 0o600, 0o666, 0o644
REFUSED = "REFUSED.txt"  # in a hand-in, in place of a notebook: why there is none
TIMESTAMP = "timestamp.txt"  # beside a hand-in: when it came, as nbgrader reads it


def private(name: str, flags: int) -> int:
    """Open a new file for its owner only: an `opener` for open()."""
    return os.open(name, flags, PRIVATE)


@contextmanager
def replaced(path: Path, *, mode: int = PRIVATE, several: bool = False) -> Iterator[Path]:
    """Give an empty file to write to; when all went well it takes the place of `path`, else that stays as it was.

    mode: who may read it; several: others may replace the same file at the same moment
    What a killed process left behind is overwritten by the next one.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.new" if several else f".{path.name}.new")
    try:
        temporary.unlink(missing_ok=True)
        os.close(os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode))
        yield temporary
        temporary.replace(path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise


def socket_folder(prefix: str) -> Path:
    """Make a folder for sockets, its owner's: the path of a socket holds 107 characters, and TMPDIR may be long."""
    short = "/tmp" if len(tempfile.gettempdir()) > LONGEST_WAY else None  # noqa: S108
    return Path(tempfile.mkdtemp(prefix=prefix, dir=short))


def course_place() -> str:
    """Say where the course that was opened lies, below the checkout: "course", or "courses/NAME"."""
    name = os.environ.get(COURSE_VARIABLE, "")
    return f"courses/{name}" if name else "course"
