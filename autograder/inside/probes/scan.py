"""Looks at everything a submission can read: no file of the checkout, no canary, no place to write."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.inside.namespaces import PRIVATE
from autograder.inside.probes.attempts import identity, opens, places

if TYPE_CHECKING:
    from collections.abc import Iterator

    from autograder.inside.probes.attempts import Facts

SCANNED_BYTES, MOST = 8 << 20, 5
SKIPPED = frozenset({"/proc", "/sys"})  # other probes look there
GRADEBOOK = "gradebook.db"
INSTRUCTORS = ("autograder/references", "/.git", "/solutions", "/course")


@dataclass
class Found:
    """What was found open, by probe."""

    canary: list[str] = field(default_factory=list)
    checkout: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    places: list[str] = field(default_factory=list)

    def shortened(self) -> dict[str, list[str]]:
        """Give the first finds of each."""
        return {name: paths[:MOST] for name, paths in vars(self).items()}


def walk(facts: Facts) -> dict[str, list[str]]:
    """Look at every folder and file once; give up after some CPU seconds, which counts as found."""
    found, end = Found(), time.process_time() + facts["scan_seconds"]  # by the clock a busy machine would seem open
    libraries = tuple(facts["libraries"])
    secrets = {tuple(own) for own in facts["secrets"]}
    private = Path(PRIVATE).stat().st_dev
    for folder, files in _folders():
        library = folder.startswith(libraries)
        if os.access(folder, os.W_OK) and Path(folder).stat().st_dev != private:
            found.places.append(folder)
        if not library and (facts["canary"] in folder or folder.endswith(INSTRUCTORS)):
            found.names.append(folder)
        for name, itself in files:
            path = f"{folder}/{name}"
            if facts["canary"] in name or (name == GRADEBOOK and not library):
                found.names.append(path)
            if itself in secrets:
                found.checkout.append(path)
            if not library and _contains(path, facts["canary"].encode()):
                found.canary.append(path)
            if time.process_time() > end:
                found.canary.append("more than could be looked at")
                return found.shortened()
    return found.shortened()


def openings(facts: Facts) -> dict[str, list[str]]:
    """Look where the grader has its files, by its own paths: where both see one tree, there are no others."""
    found = Found()
    planted = [path for path in facts["planted"] if _contains(path, facts["canary"].encode())]
    found.canary += planted
    found.checkout += [path for path in facts["secret_paths"] if opens(path)]
    found.names += [path for path, own in facts["paths"] if identity(path) == tuple(own)]
    found.places += [path for path in places() if os.access(path, os.W_OK) and not _is_own(path)]
    return found.shortened()


def _is_own(path: str) -> bool:
    about = Path(path).stat()
    return about.st_uid == os.getuid() and not about.st_mode & 0o077


def _folders() -> Iterator[tuple[str, list[tuple[str, tuple[int, int]]]]]:
    """Give each folder with its files, each with what identifies it; no links, so every path once."""
    todo = ["/"]
    while todo:
        folder = todo.pop()
        files: list[tuple[str, tuple[int, int]]] = []
        with suppress(OSError), os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    todo += {entry.path} - SKIPPED
                elif entry.is_file(follow_symlinks=False):
                    about = entry.stat(follow_symlinks=False)
                    files.append((entry.name, (about.st_dev, about.st_ino)))
        yield folder, files


def _contains(path: str, canary: bytes) -> bool:
    with suppress(OSError), Path(path).open("rb") as file:
        return canary in file.read(SCANNED_BYTES)
    return False
