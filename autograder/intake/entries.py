"""What an archive lists, and how much of it is unpacked: the limits, each with its reason."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import datetime  # noqa: TC003  (a field)
from typing import Any

MB = 1_000_000
CLASS_ENTRIES = 100_000  # 30,000 students with three files each
CLASS_BYTES = 100_000 * MB  # what a class may unpack to: above that it is a disk that is filled, not a class
STUDENT_ENTRIES = 20_000  # somebody packs an environment beside the notebook: it is listed, and left packed
STUDENT_FILES = 1_000  # notebooks and scripts of one person that are unpacked
STUDENT_BYTES = 500 * MB  # five times a notebook that is far too large, and a disk for 1,000 of its kind
FILE_BYTES = 200 * MB  # the grader refuses a notebook above 50 MB, with advice; it is to see that one as it is
RATIO = 200  # real notebooks shrink to a tenth; only above RATIO_FREE bytes, since an endless print shrinks to 1/1000
RATIO_FREE = 64 * MB
DEPTH = 3  # a zip in a zip happens, and one more by a learning platform; a zip that holds itself never ends
PATH_BYTES, NAME_BYTES = 1_024, 255  # what file systems take for a path as people write them, and for one name
CENTRAL_BYTES = 512  # of a zip's list of contents, for each entry that is allowed
HEADER_BYTES = 1 * MB  # of a tar's headers for one entry: long names and the like
CHUNK = 1 << 16


_DRIVE = re.compile(r"[A-Za-z]:")
_BROKEN = {"Cc", "Cs", "Zl", "Zp"}  # categories of letters that no name has: control characters, halves of letters


class ArchiveRefusedError(Exception):
    """Something in an archive that is not unpacked; the message is a sentence that names it and says why."""


@dataclass(frozen=True)
class Entry:
    """One file of an archive, as the archive lists it.

    path: with slashes; modified: in the clock of whoever packed it, without a zone; problem: why it is refused
    """

    path: str
    packed: int = 0
    modified: datetime | None = None
    problem: str = ""
    member: Any = field(default=None, repr=False, compare=False)


@dataclass
class Budget:
    """What was unpacked so far, and how much may be: for one person, or for a class."""

    most_bytes: int = STUDENT_BYTES
    most_files: int = STUDENT_FILES
    most_entries: int = STUDENT_ENTRIES
    bytes: int = 0
    files: int = 0
    entries: int = 0

    def spend(self, size: int, what: str) -> None:
        """Count bytes. Raises ArchiveRefusedError when there are too many."""
        self.bytes += size
        if self.bytes > self.most_bytes:
            raise ArchiveRefusedError(f"{what} takes what is unpacked here beyond {self.most_bytes // MB} MB.")

    def open(self, what: str) -> None:
        """Count a file. Raises ArchiveRefusedError when there are too many."""
        self.files += 1
        if self.files > self.most_files:
            raise ArchiveRefusedError(f"{what} is one file more than the {self.most_files} that are unpacked here.")

    def list(self, count: int, what: str) -> None:
        """Count what an archive lists. Raises ArchiveRefusedError when it is too much."""
        self.entries += count
        if self.entries > self.most_entries:
            raise ArchiveRefusedError(f"{what} takes what is listed here beyond {self.most_entries} entries.")


def shown(path: str) -> str:
    """Make an entry's name fit for a sentence: no control characters, not too long."""
    plain = "".join("?" if unicodedata.category(letter) in {*_BROKEN, "Cf"} else letter for letter in path)
    return plain if len(plain) <= 100 else f"{plain[:60]}...{plain[-30:]}"


def misnamed(path: str) -> str:
    """Say what is wrong with an entry's name; empty when nothing is."""
    what = shown(path)
    if any(unicodedata.category(letter) in _BROKEN for letter in path):
        return f"{what} has a name with control characters, or one that is no text."
    if path.startswith("/") or _DRIVE.match(path):
        return f"{what} names a place on a disk, not a file of the archive."
    if "\\" in path:
        return f"{what} has a backslash in its name."
    parts = path.split("/")
    if ".." in parts:
        return f"{what} leads out of the archive."
    if len(path.encode()) > PATH_BYTES or any(len(part.encode()) > NAME_BYTES for part in parts):
        return f"{what} has a name that is too long."
    return ""


# What an operating system or an editor leaves in folders: nobody handed it in.
_NOISE = re.compile(
    r"(^|/)(__MACOSX|\.ipynb_checkpoints|__pycache__|\.git|\.venv|site-packages|node_modules|\.vscode|\.idea)/"
    r"|(^|/)(\.DS_Store|Thumbs\.db|desktop\.ini|\._[^/]*|\.sample-[^/]*\.json)$"
)


def noise(path: str) -> bool:
    """Say whether a file is one that nobody handed in."""
    return bool(_NOISE.search(path))
