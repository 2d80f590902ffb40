"""Reads archives that nobody vouches for: zip, tar, tar.gz, and folders. Nothing is written by the names in them.

What an archive says about itself is not believed: sizes are counted while bytes are read, and names only tell who
handed in what. What is beyond a limit, or no plain file, is refused in one sentence that names it.
"""

from __future__ import annotations

import gzip
import re
import stat
import struct
import tarfile
import tempfile
import zipfile
import zlib
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime
from typing import IO, TYPE_CHECKING

from autograder.intake.entries import (
    CENTRAL_BYTES,
    CHUNK,
    CLASS_BYTES,
    CLASS_ENTRIES,
    FILE_BYTES,
    HEADER_BYTES,
    MB,
    RATIO,
    RATIO_FREE,
    ArchiveRefusedError,
    Budget,
    Entry,
    misnamed,
    shown,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ARCHIVES = re.compile(r"\.(zip|tar|tar\.gz|tgz)$", re.IGNORECASE)
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}  # others unpack without a bound on memory
# What the libraries raise for damaged archives; RuntimeError: encrypted.
_DAMAGE: tuple[type[Exception], ...] = (zipfile.BadZipFile, tarfile.TarError, NotImplementedError, struct.error)
_DAMAGE += (ValueError, OverflowError, EOFError, zlib.error, OSError, RuntimeError, LookupError)


class _Guard:
    """A file that gives no more than a given number of bytes to one step of a library that reads headers whole."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self.left = file, 0

    def read(self, size: int = -1) -> bytes:
        """Read as a file does, in pieces: what a header claims is not taken as memory. Raises ArchiveRefusedError."""
        wanted = self.left + 1 if size < 0 else min(size, self.left + 1)
        pieces = []
        while wanted and (piece := self._file.read(min(wanted, CHUNK))):
            pieces.append(piece)
            wanted -= len(piece)
            self.left -= len(piece)
        if self.left < 0:
            raise ArchiveRefusedError("lists more than is allowed")
        return b"".join(pieces)

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def seekable(self) -> bool:
        return True


class Archive:
    """An open archive: what it lists, and each file's bytes.

    trouble: why it could not be read to its end, in one sentence; empty when it could
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.entries: list[Entry] = []
        self.trouble = ""

    def copy(self, entry: Entry, target: IO[bytes], budget: Budget, *, most: int = FILE_BYTES) -> None:
        """Write a file's bytes. Raises ArchiveRefusedError when damaged or beyond a limit; some bytes may be there."""
        what = shown(entry.path)
        if entry.problem:
            raise ArchiveRefusedError(entry.problem)
        budget.open(what)
        size = 0
        for chunk in self._chunks(entry, what):
            size += len(chunk)
            if size > most:
                raise ArchiveRefusedError(f"{what} is larger than {most // MB} MB.")
            if size > RATIO_FREE and size > RATIO * max(entry.packed, 1):
                raise ArchiveRefusedError(
                    f"{what} unpacks to more than {RATIO} times its size, like an archive made to fill a disk."
                )
            budget.spend(len(chunk), what)
            target.write(chunk)

    def read(self, entry: Entry, most: int) -> bytes:
        """Read a small file. Raises ArchiveRefusedError as `copy` does."""
        with tempfile.SpooledTemporaryFile(max_size=most + CHUNK) as file:
            self.copy(entry, file, Budget(), most=most)
            file.seek(0)
            return file.read()

    def _chunks(self, entry: Entry, what: str) -> Iterator[bytes]:
        try:
            with self._open(entry) as source:
                while chunk := source.read(CHUNK):
                    yield chunk
        except _DAMAGE:
            raise ArchiveRefusedError(f"{what} is damaged: it can't be unpacked.") from None

    def _open(self, entry: Entry) -> IO[bytes]:
        raise NotImplementedError


class _Zip(Archive):
    def __init__(self, file: IO[bytes], name: str, most: int) -> None:
        super().__init__(name)
        guard = _Guard(file)
        guard.left = most * CENTRAL_BYTES + 2 * CHUNK + CHUNK
        self._zip = zipfile.ZipFile(guard)  # it needs no more of a file than this
        guard.left = 1 << 62  # from here on it reads in pieces
        infos = self._zip.infolist()
        if len(infos) > most:
            raise ArchiveRefusedError("lists more than is allowed")
        crowded = _overlapping(infos)
        self.entries = [self._entry(info, crowded=id(info) in crowded) for info in infos if not info.is_dir()]

    def _entry(self, info: zipfile.ZipInfo, *, crowded: bool) -> Entry:
        path = info.orig_filename
        if not info.flag_bits & 0x800:  # by the standard in an old code page; macOS writes UTF-8 all the same
            with suppress(UnicodeError):
                path = path.encode("cp437").decode()
        what, mode = shown(path), info.external_attr >> 16
        problem = misnamed(path)
        if info.flag_bits & 0x2041:
            problem = f"{what} is encrypted: a password is needed to read it."
        elif info.compress_type not in _METHODS:
            problem = f"{what} is packed in a way that is not unpacked here (method {info.compress_type})."
        elif stat.S_ISLNK(mode):
            problem = f"{what} is a link to another place, not a file."
        elif stat.S_IFMT(mode) and not stat.S_ISREG(mode):
            problem = f"{what} is no ordinary file."
        elif crowded:
            problem = f"{what} shares its bytes with another file, like an archive made to fill a disk."
        try:
            modified = datetime(*info.date_time)  # noqa: DTZ001  (a zip knows no zone)
        except ValueError:
            modified = None
        return Entry(path, info.compress_size, modified, problem, info)

    def _open(self, entry: Entry) -> IO[bytes]:
        return self._zip.open(entry.member)


def _overlapping(infos: list[zipfile.ZipInfo]) -> set[int]:
    """Find entries whose bytes belong to another one, too."""
    found, last, end = set(), None, -1
    for info in sorted(infos, key=lambda one: one.header_offset):
        if last is not None and info.header_offset < end:
            found |= {id(info), id(last)}
        reach = info.header_offset + 30 + len(info.orig_filename) + info.compress_size
        if reach > end:
            last, end = info, reach
    return found


class _Tar(Archive):
    def __init__(self, file: IO[bytes], name: str, most: int) -> None:
        super().__init__(name)
        self._guard = _Guard(file)
        self._guard.left = HEADER_BYTES
        self._tar = tarfile.open(fileobj=self._guard, mode="r:", errors="surrogateescape")  # type: ignore[call-overload]  # noqa: SIM115
        try:
            while info := self._next():
                if len(self.entries) >= most:
                    raise ArchiveRefusedError("lists more than is allowed")
                if not info.isdir():
                    self.entries.append(self._entry(info))
        except _DAMAGE:
            self.trouble = f"{name} is cut off or damaged after {len(self.entries)} files."

    def _next(self) -> tarfile.TarInfo | None:
        self._guard.left = HEADER_BYTES
        found: tarfile.TarInfo | None = self._tar.next()
        return found

    @staticmethod
    def _entry(info: tarfile.TarInfo) -> Entry:
        what, problem = shown(info.name), misnamed(info.name)
        if info.issym() or info.islnk():
            problem = f"{what} is a link to another place, not a file."
        elif not info.isreg() or info.issparse() or info.size < 0:
            problem = f"{what} is no ordinary file."
        try:
            modified = datetime.fromtimestamp(info.mtime)  # noqa: DTZ006  (as in a zip)
        except (ValueError, OverflowError, OSError):
            modified = None
        return Entry(info.name, max(info.size, 0), modified, problem, info)

    def _open(self, entry: Entry) -> IO[bytes]:
        self._guard.left = 1 << 62
        file: IO[bytes] | None = self._tar.extractfile(entry.member)
        if file is None:
            raise EOFError
        return file


@contextmanager
def opened(path: Path, name: str = "", *, most: int = CLASS_ENTRIES, budget: Budget | None = None) -> Iterator[Archive]:
    """Open an archive. Raises ArchiveRefusedError, with one sentence, when it is none, is damaged or lists too much.

    name: what to call it; most: entries; budget: where the bytes of a gzip file are counted
    """
    name = shown(name or path.name)
    with ExitStack() as stack:
        file: IO[bytes] = stack.enter_context(path.open("rb"))
        head = file.read(4)
        file.seek(0)
        try:
            if head[:2] == b"\x1f\x8b":
                file = stack.enter_context(_gunzipped(file, path, name, budget))
            kind = _Zip if head[:2] == b"PK" else _Tar
            archive = kind(file, name, most)
        except ArchiveRefusedError as error:
            said = str(error)
            raise ArchiveRefusedError(said if said.startswith(name) else f"{name} {said} ({most} entries).") from None
        except _DAMAGE:
            raise ArchiveRefusedError(f"{name} is no archive that can be read: it is damaged, or cut off.") from None
        yield archive


@contextmanager
def _gunzipped(file: IO[bytes], path: Path, name: str, budget: Budget | None) -> Iterator[IO[bytes]]:
    """Unpack gzip into a file without a name, so that a tar in it can be read in any order."""
    budget = budget or Budget(CLASS_BYTES)
    with tempfile.TemporaryFile(dir=path.parent) as target, gzip.GzipFile(fileobj=file) as source:
        packed, size = path.stat().st_size, 0
        try:
            while chunk := source.read1(CHUNK):
                size += len(chunk)
                budget.spend(len(chunk), name)
                if size > RATIO_FREE and size > RATIO * packed:
                    raise ArchiveRefusedError(f"{name} unpacks to more than {RATIO} times its size.")
                target.write(chunk)
        except (EOFError, zlib.error, gzip.BadGzipFile):  # what came before it is read, and the tar's end is missed
            pass
        target.seek(0)
        yield target
