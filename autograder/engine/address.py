"""Where a machine's engine is found: a folder that is one user's alone, a name for all that it imports, a socket."""

from __future__ import annotations

import hashlib
import os
import socket
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.base.errors import UserFacingError
from autograder.base.files import PACKAGE
from autograder.base.interpreter import colab_program
from autograder.engine import bubblewrap
from autograder.model.graded import COLAB, of_kind

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST_MESSAGE = 1 << 16


def folder() -> Path:
    """Return the folder of this user's engines; nobody else may enter it."""
    path = Path(tempfile.gettempdir(), f"autograder-{os.geteuid()}")
    path.mkdir(mode=0o700, exist_ok=True)
    found = path.lstat()
    if found.st_uid != os.geteuid() or found.st_mode & 0o077 or not path.is_dir() or path.is_symlink():
        raise UserFacingError(f"{path} does not belong to you alone; remove it, or set TMPDIR to a folder of your own.")
    return path


def name(kind: str) -> str:
    """Name an engine by where it comes from, and by all that it has imported: changed code gets a new one."""
    python = colab_program() if of_kind(kind)[1] == COLAB else sys.executable
    source = hashlib.sha256(f"{sys.executable} {python} {kind} {PACKAGE}".encode()).hexdigest()
    digest = hashlib.sha256()
    packages = (PACKAGE, bubblewrap.labkit())
    files = (path for package in packages for path in package.rglob("*.*") if path.is_file())
    for path in sorted(path for path in files if path.suffix != ".pyc"):
        about = path.stat()
        digest.update(f"{path} {about.st_mtime_ns} {about.st_size}\n".encode())
    return f"{source[:8]}-{digest.hexdigest()[:16]}"


def connected(place: Path) -> socket.socket:
    """Connect to an engine. Raises OSError where none listens."""
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    try:
        with short(place) as path:
            connection.connect(path)
    except OSError:
        connection.close()
        raise
    return connection


@contextmanager
def short(place: Path) -> Iterator[str]:
    """Name a socket in few characters: its address holds 108 at most, and the path to a TMPDIR may be longer."""
    folder = os.open(place.parent, os.O_PATH | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{place.name}"
    finally:
        os.close(folder)
