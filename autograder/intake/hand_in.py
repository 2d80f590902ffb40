"""Unpacks what one student handed in, and chooses what is graded of it."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING

from autograder.base.files import REFUSED, SECRET, TIMESTAMP, private
from autograder.intake import archives
from autograder.intake.archives import ARCHIVES, Archive
from autograder.intake.entries import DEPTH, ArchiveRefusedError, Budget, Entry, noise, shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from autograder.intake.lms_names import Part, Person


SENTENCES = 5  # of one student's that are kept: an archive may have thousands to refuse
SNIFFED = 1 << 16
_FOREIGN = re.compile(r"\.(rar|7z|gz|bz2|xz|zst|tbz2?|txz|z)$", re.IGNORECASE)
_SUFFIXES = (".ipynb", ".py", ".md")  # in this order


@dataclass(frozen=True)
class Piece:
    """One file that a student handed in, unpacked. name: as the student knows it; file: where its bytes lie."""

    name: str
    file: Path
    digest: str

    @property
    def base(self) -> str:
        """The name without its folders."""
        return self.name.rpartition("/")[2]

    @property
    def kind(self) -> str:
        """What it is to be read as: .ipynb, .py, .md, or nothing of these."""
        for suffix in _SUFFIXES:
            if self.name.lower().endswith(suffix):
                return suffix
        # Browsers and mail programs add .txt or .json to a notebook, or take its suffix away.
        if self.base.lower().endswith((".txt", ".json")) or "." not in self.base:
            with self.file.open("rb") as file:
                head = file.read(SNIFFED).removeprefix(b"\xef\xbb\xbf").lstrip()
            if head.startswith(b"{") and (b'"cells"' in head or b'"nbformat"' in head):
                return ".ipynb"
        return ""


@dataclass
class HandIn:
    """What one student handed in at one time, as it is unpacked into a folder of its own.

    refused: sentences about what was not unpacked
    """

    folder: Path
    budget: Budget = field(default_factory=Budget)
    pieces: list[Piece] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def take(self, archive: Archive, entries: Sequence[Entry], name: str, depth: int = 0) -> None:
        """Unpack one file, and if it is an archive, what is in it. entries: more than one where a name stands twice."""
        found = [piece for piece in (self._copy(archive, entry, name) for entry in entries) if piece]
        if len({piece.digest for piece in found}) > 1:
            self._refuse(f"{shown(name)} is in the archive {len(found)} times, each time with other contents.")
        elif found and ARCHIVES.search(name) and found[0].kind != ".ipynb":
            self._open(found[0], depth + 1)
        elif found:
            self.pieces.append(found[0])
            if _FOREIGN.search(name):
                self._refuse(f"{shown(name)} is an archive that is not unpacked here: zip, tar and tar.gz are.")

    def _refuse(self, sentence: str) -> None:
        if len(self.refused) < SENTENCES and sentence not in self.refused:
            self.refused.append(sentence)

    def _copy(self, archive: Archive, entry: Entry, name: str) -> Piece | None:
        file = self.folder / str(self.budget.files)
        try:
            with open(file, "xb", opener=private) as target:
                hashed = _Hashed(target)
                archive.copy(entry, hashed, self.budget)  # type: ignore[arg-type]  # it needs only `write`
        except ArchiveRefusedError as error:
            file.unlink(missing_ok=True)
            self._refuse(str(error))
            return None
        return Piece(name, file, hashed.digest.hexdigest())

    def _open(self, packed: Piece, depth: int) -> None:
        if depth > DEPTH:
            self._refuse(f"{shown(packed.name)} is an archive in more than {DEPTH} others.")
            return
        before = len(self.pieces) + len(self.refused)
        try:
            with archives.opened(packed.file, packed.base, most=self.budget.most_entries, budget=self.budget) as inner:
                self.budget.list(len(inner.entries), shown(packed.name))
                inside: dict[str, list[Entry]] = {}
                for entry in inner.entries:
                    if _wanted(entry.path):
                        inside.setdefault(entry.path, []).append(entry)
                for path, entries in inside.items():
                    self.take(inner, entries, path, depth)
                if inner.trouble:
                    self._refuse(inner.trouble)
        except ArchiveRefusedError as error:
            self._refuse(str(error))
        if len(self.pieces) + len(self.refused) == before:
            self._refuse(f"{shown(packed.name)} holds no notebook.")
        packed.file.unlink(missing_ok=True)


class _Hashed:
    """A file that is hashed while it is written."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self.digest = file, hashlib.sha256()

    def write(self, data: bytes) -> int:
        self.digest.update(data)
        return self._file.write(data)


def _wanted(path: str) -> bool:
    """Say whether a file in a student's archive can be what is graded, or hold it."""
    name = path.rpartition("/")[2].lower()
    return not noise(path) and (name.endswith(_SUFFIXES) or ".ipynb" in name or bool(ARCHIVES.search(name)))


def fits(name: str, lab: str) -> bool:
    """Say whether a file is called like a lab: "Copy of lab1_rnn (3).ipynb" and "jane Lab1-RNN.ipynb" are."""
    return _plain(lab) in _plain(name)


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "_", name.casefold())


def choose(handed_in: HandIn, lab: str) -> Mapping[str, Piece]:
    """Choose what is graded, by the name it is to have in course/submitted. Nothing, where all was refused.

    One notebook is <lab>.ipynb; of several that fit equally none is, and a person chooses; without a notebook the same
    goes for scripts, and without either it is all that was handed in.
    """
    for suffix in _SUFFIXES:
        found = {piece.digest: piece for piece in handed_in.pieces if piece.kind == suffix}
        if not found:
            continue
        fitting = [piece for piece in found.values() if fits(piece.base, lab)]
        chosen = fitting or list(found.values())
        if handed_in.refused and not fitting:
            return {}  # what was refused may be the one
        if len(chosen) == 1:
            return {f"{lab}{suffix}": chosen[0]}
        # Numbered, so that none is taken for the one because it happens to have the lab's exact name.
        named = _named(chosen).items()
        return {f"{number} of {len(chosen)} {name}": piece for number, (name, piece) in enumerate(named, start=1)}
    return {} if handed_in.refused else _named(handed_in.pieces)


def _named(pieces: Sequence[Piece]) -> dict[str, Piece]:
    """Give files names of their own that any file system takes, close to those they have."""
    named: dict[str, Piece] = {}
    for piece in pieces:
        base, dot, suffix = re.sub(r"[^\w .()@'-]+", "-", piece.base).lstrip(". ").rpartition(".")
        if not dot:
            base, suffix = suffix, ""
        base, suffix = base[:80] or "file", suffix[:20]
        name, number = f"{base}{dot}{suffix}", 2
        while name.casefold() in {other.casefold() for other in named} or name.casefold() in _KEPT:
            name, number = f"{base}-{number}{dot}{suffix}", number + 1
        named[name] = piece
    return named


_KEPT = {REFUSED.casefold(), TIMESTAMP, SECRET}


def together(found: Iterable[Part]) -> list[list[Part]]:
    """Put together what was handed in together; older ones first."""
    by_attempt: dict[tuple[tuple[Person, ...], str], list[Part]] = {}
    for part in found:
        by_attempt.setdefault((part.people, part.attempt), []).append(part)
    return sorted(by_attempt.values(), key=lambda mine: (str(mine[0].when or ""), mine[0].order))
