"""Packs a folder as a tar, so that what lies in it is read as any archive is. Nothing is followed out of the folder.

Others may change a folder of nbgrader's exchange while it is read: each file is opened by its place in a folder that is
open already, so that a folder which becomes a link in that moment leads nowhere.
"""

from __future__ import annotations

import os
import stat
import tarfile
from typing import IO, TYPE_CHECKING

from autograder.intake.entries import FILE_BYTES, MB, Entry, shown

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path


def pack(folder: Path, target: IO[bytes], only: Collection[str] | None = None) -> list[Entry]:
    """Write a folder as a tar, the same for the same files; return what is refused: links, devices, pipes.

    only: names in the folder, where not all of it is wanted
    """
    refused: list[Entry] = []

    def refuse(error: OSError) -> None:
        path = os.path.relpath(str(error.filename), folder) if os.path.isabs(str(error.filename)) else "."  # noqa: PTH117
        refused.append(Entry(path, problem=f"{shown(path)}: {error.strerror}."))

    with tarfile.open(fileobj=target, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for place, folders, names, handle in os.fwalk(folder, onerror=refuse, follow_symlinks=False):
            if only is not None and os.path.samefile(place, folder):  # noqa: PTH121  (names need not be text)
                folders[:], names = [name for name in folders if name in only], []  # noqa: PLW2901
            folders.sort()
            links = [name for name in folders if stat.S_ISLNK(_mode(name, handle))]
            for name in sorted([*names, *links]):
                path = os.path.relpath(os.path.join(place, name), folder)  # noqa: PTH118  (names need not be text)
                problem = _add(tar, name, handle, path)
                if problem:
                    refused.append(Entry(path, problem=problem))
    return refused


def _mode(name: str, folder: int) -> int:
    try:
        return os.lstat(name, dir_fd=folder).st_mode
    except OSError:
        return 0


def _add(tar: tarfile.TarFile, name: str, folder: int, path: str) -> str:
    """Put one file into a tar; say why not. folder: the open folder in which it lies."""
    what = shown(path)
    linked = stat.S_ISLNK(_mode(name, folder))
    if not linked and not stat.S_ISREG(_mode(name, folder)):
        return f"{what} is no ordinary file."
    try:
        handle = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)
    except OSError as error:
        return f"{what} is a link to another place, not a file." if linked else f"{what}: {error.strerror}."
    with os.fdopen(handle, "rb") as file:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode):
            return f"{what} is no ordinary file."
        if found.st_size > FILE_BYTES:
            return f"{what} is larger than {FILE_BYTES // MB} MB."
        info = tarfile.TarInfo(path)
        info.size, info.mtime, info.mode = found.st_size, int(found.st_mtime), 0o600
        tar.addfile(info, file)
    return ""
