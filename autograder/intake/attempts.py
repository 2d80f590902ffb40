"""Keeps every attempt of every student, and puts the newest one where nbgrader wants it.

course/collected/<lab>/attempts/<student>/<attempt>/    attempt.json, and files/ as they were handed in
course/collected/<lab>/attempts/<student>/placed.json   which attempt lies in course/submitted
"""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from functools import reduce
from typing import TYPE_CHECKING

from autograder.base import times
from autograder.base.files import REFUSED, SECRET, TIMESTAMP, private, private_folder, replaced, small_text
from autograder.base.times import time_of
from autograder.intake import roster

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from autograder.intake.hand_in import Piece

ABOUT, FILES, PLACED = "attempt.json", "files", "placed.json"


@dataclass(frozen=True)
class Attempt:
    """One attempt: what was handed in, and what is known of when.

    when: UTC, ISO; empty where the LMS does not say; order: the LMS's own count, 0 where it has none
    seen: when the newest archive that holds it was made, in its own clock; number: of this student's attempts here
    late: None where the LMS does not say; files: name -> SHA-256; refused: sentences
    sources: the archives in course/collected that hold it; named: as the LMS or the exchange calls it
    secret: by which nbgrader gives the page back; notebooks: their names as handed in, without the suffix
    """

    id: str
    when: str
    order: int
    seen: str
    number: int
    late: bool | None
    files: dict[str, str]
    refused: list[str]
    sources: list[str]
    named: str = ""
    secret: str = ""
    notebooks: list[str] = field(default_factory=list)

    def after(self, other: Attempt) -> bool:
        """Say whether this one was handed in later than the other, as far as is known."""
        if self.when and other.when and self.when != other.when:
            return self.when > other.when
        if self.order and other.order and self.order != other.order:
            return self.order > other.order
        return (self.seen, self.number) > (other.seen, other.number)


def handed_in(folder: Path, lab: str) -> dict[str, Attempt]:
    """Return the newest attempt of everyone whose attempts were taken in: when, whether late, from which archive.

    folder: the course's
    """
    shelves = folder / "collected" / lab / "attempts"
    students = sorted(path.name for path in shelves.iterdir()) if shelves.is_dir() else []
    newest = {student: Shelf(shelves / student, shelves).newest() for student in students}
    return {student: attempt for student, attempt in newest.items() if attempt}


def forget(folder: Path, student: str) -> list[Path]:
    """Remove what was collected of one person, in all labs; return the archives that had to go, since they are in them.

    folder: the course's. Everybody else's attempts stay. What lies in course/submitted and in the gradebook is not
    touched here.
    """
    gone: list[Path] = []
    for of_lab in sorted((folder / "collected").glob("*/")):
        shelf = Shelf(of_lab / "attempts" / student, of_lab)
        sources = {of_lab / name for attempt in shelf.attempts() for name in attempt.sources}
        gone += sorted(path for path in sources if path.is_file())
        for path in sources:
            path.unlink(missing_ok=True)
        if shelf.folder.is_dir():
            shutil.rmtree(shelf.folder)
    known = folder / "roster.csv"
    rows = roster.read(known)
    if any(row.student == student for row in rows):
        roster.write(known, [row for row in rows if row.student != student])
    return gone


def named(shelves: Path) -> dict[str, str]:
    """Return which hand-ins are known, by their names in the exchange, and whose they are. shelves: of one lab."""
    if not shelves.is_dir():
        return {}
    return {
        attempt.named: folder.name
        for folder in sorted(shelves.iterdir())
        for attempt in Shelf(folder, folder).attempts()
        if attempt.named
    }


def identify(name: str, order: int, files: Mapping[str, str], refused: list[str]) -> str:
    """Name an attempt by what makes it one: the same in every archive that holds it. name: as the LMS names it."""
    return hashlib.sha256(json.dumps([name, order, sorted(files.items()), refused]).encode()).hexdigest()[:16]


def stamp(when: str) -> str:
    """Write a time, kept as ISO, as nbgrader does; nothing for nothing."""
    return times.stamp(datetime.fromisoformat(when)) if when else ""


@dataclass(frozen=True)
class Shelf:
    """The attempts of one student at one lab. folder: in course/collected; target: in course/submitted."""

    folder: Path
    target: Path

    def attempts(self) -> list[Attempt]:
        """Read them, in the order in which they came in."""
        found = [Attempt(**json.loads(path.read_text())) for path in self.folder.glob(f"*/{ABOUT}")]
        return sorted(found, key=lambda one: one.number)

    def newest(self) -> Attempt | None:
        """Return the one to grade."""
        found = self.attempts()
        return reduce(lambda last, one: one if one.after(last) else last, found) if found else None

    def placed(self) -> tuple[str, str]:
        """Return the id of the attempt that was put into course/submitted, and its time; empty when none was."""
        path = self.folder / PLACED
        told = json.loads(path.read_text()) if path.exists() else {}
        return told.get("attempt", ""), told.get("when", "")

    def keep(self, attempt: Attempt, pieces: Mapping[str, Piece]) -> bool:
        """Keep an attempt; return whether it is a new one. Of one that is known, only what changes is taken over."""
        known = next((one for one in self.attempts() if one.id == attempt.id), None)
        if known:
            # A date due may have been moved, and a time may have been read in a wrong zone.
            latest = attempt if attempt.seen >= known.seen else known
            sources = sorted({*known.sources, *attempt.sources})
            changed = replace(known, seen=latest.seen, late=latest.late, when=latest.when, sources=sources)
            if attempt.secret:  # it may have been taken in by a version that did not keep it
                changed = replace(changed, named=attempt.named, secret=attempt.secret, notebooks=attempt.notebooks)
            if changed != known:
                _write(self.folder / known.id / ABOUT, changed)
            return False
        private_folder(self.folder)
        fresh = self.folder / f".{attempt.id}.new"
        shutil.rmtree(fresh, ignore_errors=True)
        private_folder(fresh / FILES)
        for name, piece in pieces.items():
            _copy(piece.file, fresh / FILES / name)
        _write(fresh / ABOUT, attempt)
        fresh.replace(self.folder / attempt.id)
        return True

    def place(self) -> str:
        """Put the newest attempt into course/submitted, if it is not there; return a sentence where that was not done.

        What lies there and came from elsewhere is kept as an attempt, or stays when it is newer.
        """
        wanted, (before, when) = self.newest(), self.placed()
        if wanted is None or ((before, when) == (wanted.id, wanted.when) and self._holds_secret(wanted)):
            return ""
        if self.target.is_symlink() or self.target.parent.is_symlink():
            return "the folder in course/submitted is a link to another place: nothing was put there."
        said, ours = "", self._stamp() == stamp(when)
        if before and not ours and self.target.is_dir():
            _note(self.folder / before / TIMESTAMP, self._stamp())  # somebody has written another one
        if before == wanted.id and self.target.is_dir():
            if ours and wanted.when:
                _note(self.target / TIMESTAMP, stamp(wanted.when))
            self._note_secret(self.target, wanted)
        elif self.target.is_dir() and not self._is_here(before) and not self._is_here(wanted.id):
            found = self._found()
            if found.after(wanted):
                said = "what lies in course/submitted did not come from an archive, and is newer: it stays."
            else:
                self._adopt(found)
        if not said and not (before == wanted.id and self.target.is_dir()):
            self._put(wanted)
        with replaced(self.folder / PLACED) as new:
            new.write_text(json.dumps({"attempt": wanted.id, "when": wanted.when}), encoding="utf-8")
        return said

    def _adopt(self, found: Attempt) -> None:
        """Keep what somebody else has put into course/submitted as an attempt."""
        if (self.folder / found.id).exists():
            return
        fresh = self.folder / f".{found.id}.new"
        shutil.rmtree(fresh, ignore_errors=True)
        private_folder(fresh)
        shutil.copytree(self.target, fresh / FILES, symlinks=True)
        _write(fresh / ABOUT, found)
        fresh.replace(self.folder / found.id)

    def _is_here(self, attempt: str) -> bool:
        """Say whether course/submitted holds just what an attempt puts there."""
        path = self.folder / attempt / ABOUT
        if not attempt or not path.exists():
            return False
        files: dict[str, str] = json.loads(path.read_text())["files"]
        return {
            name: digest for name, digest in _digests(self.target).items() if name not in {TIMESTAMP, SECRET, REFUSED}
        } == files

    def _holds_secret(self, attempt: Attempt) -> bool:
        """Say whether course/submitted has what was handed in there, and its secret."""
        return self.target.is_dir() and small_text(self.target / SECRET) == (
            attempt.secret or small_text(self.target / SECRET)
        )

    @staticmethod
    def _note_secret(folder: Path, attempt: Attempt) -> None:
        if attempt.secret:
            with replaced(folder / SECRET) as new:
                new.write_text(attempt.secret, encoding="utf-8", newline="")

    def _stamp(self) -> str:
        """Read the time of the hand-in as it stands in course/submitted."""
        path = self.target / TIMESTAMP
        return path.read_text("utf-8", "replace")[:100].strip() if path.is_file() and not path.is_symlink() else ""

    def _found(self) -> Attempt:
        """Describe what somebody else has put into course/submitted."""
        files, when = _digests(self.target), time_of(self._stamp())
        latest = max((path.lstat().st_mtime for path in self.target.rglob("*")), default=0.0)
        seen = datetime.fromtimestamp(latest).isoformat()  # noqa: DTZ006  (an archive's own clock, too)
        told = when.isoformat() if when else ""
        number = len(self.attempts()) + 1
        secret, notebooks = small_text(self.target / SECRET), [path.stem for path in self.target.glob("*.ipynb")]
        return Attempt(
            identify(told, 0, files, []), told, 0, seen, number, None, files, [], [], "", secret, sorted(notebooks)
        )

    def _put(self, attempt: Attempt) -> None:
        fresh, old = self.target.parent / f".{self.target.name}.new", self.target.parent / f".{self.target.name}.old"
        for left in (fresh, old):
            shutil.rmtree(left, ignore_errors=True)
        private_folder(fresh)
        for name in attempt.files:
            _copy(self.folder / attempt.id / FILES / name, fresh / name)
        if not attempt.files:
            why = " ".join(attempt.refused) or "Nothing that can be graded was handed in."
            _note(fresh / REFUSED, f"{why} Hand in the notebook itself, as {self.target.name}.ipynb.\n")
        if attempt.when:
            _note(fresh / TIMESTAMP, stamp(attempt.when))
        self._note_secret(fresh, attempt)
        if self.target.is_dir():
            self.target.rename(old)
        fresh.rename(self.target)
        shutil.rmtree(old, ignore_errors=True)


def _digests(folder: Path) -> dict[str, str]:
    paths = (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink())
    return {path.relative_to(folder).as_posix(): _digest(path) for path in paths}


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _copy(source: Path, target: Path) -> None:
    with source.open("rb") as read, open(target, "xb", opener=private) as written:
        shutil.copyfileobj(read, written)


def _note(path: Path, text: str) -> None:
    with replaced(path) as new:
        new.write_text(text, encoding="utf-8")


def _write(path: Path, attempt: Attempt) -> None:
    _note(path, json.dumps(asdict(attempt), indent=1, ensure_ascii=True))
