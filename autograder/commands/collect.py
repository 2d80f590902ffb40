"""Takes an LMS's archive in: each student's newest attempt goes to course/submitted, every attempt to course/collected.

The archive itself is kept as it came: course/collected/<lab>/<first letters of its SHA-256>-<its name>.
"""

from __future__ import annotations

import fcntl
import hashlib
import re
import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.base.errors import UserFacingError
from autograder.base.files import private, private_folder
from autograder.intake import archives, github, groups, hand_in, lms_names, packing
from autograder.intake.attempts import Attempt, Shelf, identify
from autograder.intake.entries import CLASS_BYTES, MB, ArchiveRefusedError, Entry
from autograder.intake.hand_in import HandIn
from autograder.intake.lms_names import Listing, Part, Person
from autograder.intake.roster import Roster
from autograder.intake.summary import Summary
from autograder.model.lab import find, labs

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import tzinfo

    from autograder.course.course import Course
    from autograder.intake.archives import Archive

NO_YEAR = 1980  # what a zip says when it knows no time
SIDECAR_BYTES = 50 * MB  # Gradescope's list of a class of thousands, with the results of its own autograder


@dataclass(frozen=True)
class Desk:
    """What one run works with."""

    course: Course
    lab: str
    kind: str
    zone: tzinfo | None
    members: Path | None
    summary: Summary

    @property
    def folder(self) -> Path:
        """Where this lab's archives and attempts are kept."""
        return self.course.folder / "collected" / self.lab

    def shelf(self, student: str) -> Shelf:
        """Return where a student's attempts are kept."""
        target = self.course.path(self.course.directory.submitted_directory, student, self.lab)
        return Shelf(self.folder / "attempts" / student, target)


def collect(
    course: Course,
    lab: str,
    sources: Sequence[Path],
    *,
    kind: str = "",
    zone: tzinfo | None = None,
    members: Path | None = None,
) -> Summary:
    """Take archives or folders in. What cannot be read is said in the summary; everybody else's is taken.

    kind: which LMS, see lms_names.KINDS; empty: by the names, if that is sure; zone: of the LMS's clock (Blackboard)
    members: a table of groups, see intake.groups. Raises UserFacingError for what concerns everybody.
    """
    find(lab, course.root)
    desk = Desk(course, lab, kind, zone, members, Summary())
    with at_work(desk.folder) as work:
        for source in sources:
            try:
                _take(desk, source, work)
            except (ArchiveRefusedError, UserFacingError) as error:
                desk.summary.troubles.append(str(error))
    return desk.summary


@contextmanager
def at_work(folder: Path) -> Iterator[Path]:
    """Let one run work at a time, in a folder for what it unpacks; what one that was killed has left is cleared away.

    folder: in which a lab's attempts are kept. Raises UserFacingError where another one works, or a disk is full.
    """
    try:
        private_folder(folder)
        with open(folder / ".lock", "a", opener=private) as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise UserFacingError(
                    "Another `autograder collect` is at work on this lab. Wait for it to end."
                ) from None
            for left in folder.glob(".work-*"):
                shutil.rmtree(left, ignore_errors=True)
            with tempfile.TemporaryDirectory(prefix=".work-", dir=folder) as work:
                yield Path(work)
    except OSError as error:
        raise UserFacingError(
            f"{error.filename or folder}: {error.strerror}. What was taken in stays; run the same command again."
        ) from None


def _take(desk: Desk, source: Path, work: Path) -> None:
    clones = github.clones(source) if desk.kind == "github" else {}
    kept, refused = _keep(desk.folder, source, work)
    with archives.opened(kept, source.name) as archive:
        entries: dict[str, list[Entry]] = {}
        for entry in [*archive.entries, *refused]:
            entries.setdefault(entry.path, []).append(entry)
        kind = desk.kind or lms_names.guess(entries)
        if not kind:
            raise UserFacingError(
                f"The names in {source.name} are not surely one LMS's. Say whose: --from {'|'.join(lms_names.KINDS)}."
            )
        if archive.trouble:
            desk.summary.troubles.append(archive.trouble)
        desk.summary.kinds.append(kind)
        if kind == "blackboard" and desk.zone is None:
            here = datetime.now().astimezone().tzname()
            desk.summary.doubtful.append(
                f"Blackboard's times are read in this computer's zone ({here}): --timezone says another."
            )
        modified = datetime.fromtimestamp(source.stat().st_mtime)  # noqa: DTZ006  (compared with clocks in archives)
        if clones:
            desk.summary.doubtful.append(
                "A commit has the time that the clock of its student's computer said: GitHub shows when it was pushed."
            )
        read_in(desk, kind, archive, entries, kept.name, modified, work, clones).place()


def read_in(
    desk: Desk,
    kind: str,
    archive: Archive,
    entries: dict[str, list[Entry]],
    kept: str,
    modified: datetime,
    work: Path,
    clones: Mapping[str, datetime | None] | None = None,
) -> Intake:
    """Keep every attempt that is in an archive; whose newest one is to be placed then stands in what comes back.

    kept: the archive's name in course/collected, if it has one; modified: when it was made, if nothing in it says
    clones: of which it is made, and when each was committed to last
    """
    found = _parts(desk, kind, archive, entries, clones or {})
    people = Roster(desk.course.folder / "roster.csv", desk.lab, _folders(desk.course.submitted))
    students = people.place(person for part in found for person in part.people)
    people.save()  # before any folder is made: who has one keeps it
    desk.summary.doubtful += people.doubtful
    times = [entry.modified for entry in archive.entries if entry.modified and entry.modified.year > NO_YEAR]
    intake = Intake(desk, archive, kept, entries, students, max(times, default=modified))
    try:
        intake.file(found, work)
    except BaseException:
        intake.place()
        raise
    return intake


def _keep(folder: Path, source: Path, work: Path) -> tuple[Path, list[Entry]]:
    """Keep an archive as it is, a folder as a tar; return where, and what of a folder was refused."""
    refused: list[Entry] = []
    copy = work / "archive"
    copy.unlink(missing_ok=True)
    with open(copy, "xb", opener=private) as target:
        if source.is_dir():
            refused = packing.pack(source, target)
        elif source.is_file():
            with source.open("rb") as read:
                shutil.copyfileobj(read, target)
        else:
            raise UserFacingError(f"There is no file or folder {source}.")
    with copy.open("rb") as read:
        digest = hashlib.file_digest(read, "sha256").hexdigest()
    name = re.sub(r"[^\w.-]+", "-", source.resolve().name)[-100:] + (".tar" if source.is_dir() else "")
    known = next(folder.glob(f"{digest[:12]}-*"), None)
    if known is None:
        known = folder / f"{digest[:12]}-{name}"
        copy.rename(known)
    return known, refused


def _folders(submitted: Path) -> list[str]:
    return [path.name for path in submitted.iterdir() if path.is_dir()] if submitted.is_dir() else []


def _parts(
    desk: Desk,
    kind: str,
    archive: Archive,
    entries: dict[str, list[Entry]],
    clones: Mapping[str, datetime | None],
) -> list[Part]:
    """Tell who handed in what; a group's is each member's."""

    def read(path: str) -> bytes:
        try:
            return archive.read(entries[path][0], SIDECAR_BYTES)
        except ArchiveRefusedError:
            return b""

    others = frozenset(lab.name for lab in labs(desk.course.root)) - {desk.lab}
    bad = frozenset(path for path, found in entries.items() if any(entry.problem for entry in found))
    listing = Listing(list(entries), read, desk.lab, others, bad, desk.zone, desk.summary.unknown, times=clones)
    found = lms_names.parts(kind, listing)
    if desk.members:
        members = groups.read(desk.members, kind)
        found = [replace(part, people=groups.people(part.people, members)) for part in found]
    desk.summary.untimed += listing.untimed
    return found


@dataclass
class Intake:
    """One archive on its way to everybody's shelves.

    kept: its name in course/collected; made: when it was made, by its own clock
    """

    desk: Desk
    archive: Archive
    kept: str
    entries: dict[str, list[Entry]]
    students: dict[Person, str]
    made: datetime
    fresh: dict[str, bool] = field(default_factory=dict)  # student -> whether an attempt is new

    def file(self, found: Iterable[Part], work: Path) -> None:
        """Keep every attempt. Raises ArchiveRefusedError when a class unpacks to more than a class can hold."""
        total = 0
        for mine in hand_in.together(found):
            with tempfile.TemporaryDirectory(dir=work) as folder:
                handed_in = HandIn(Path(folder))
                for part in mine:
                    handed_in.take(self.archive, self.entries[part.path], part.file)
                total += handed_in.budget.bytes
                if total > CLASS_BYTES:
                    raise ArchiveRefusedError(
                        f"{self.archive.name} unpacks to more than {CLASS_BYTES // MB} MB: the rest waits."
                    )
                self._keep(mine, handed_in)

    def _keep(self, mine: list[Part], handed_in: HandIn) -> None:
        chosen = hand_in.choose(handed_in, self.desk.lab)
        files = {name: piece.digest for name, piece in sorted(chosen.items())}
        told, order = max((part.when for part in mine if part.when), default=None), max(part.order for part in mine)
        when, seen = told.isoformat() if told else "", self._seen(mine).isoformat()
        name = identify(mine[0].attempt, order, files, handed_in.refused)
        for student in sorted({self.students[person] for person in mine[0].people}):
            shelf = self.desk.shelf(student)
            number = len(shelf.attempts()) + 1
            attempt = Attempt(
                *(name, when, order, seen, number, mine[0].late, files, handed_in.refused),
                sources=[self.kept] if self.kept else [],
                named=mine[0].attempt,
                secret=mine[0].secret,
                notebooks=sorted({Path(part.file).stem for part in mine if Path(part.file).suffix == ".ipynb"}),
            )
            self.fresh[student] = shelf.keep(attempt, chosen) or self.fresh.get(student, False)

    def _seen(self, mine: list[Part]) -> datetime:
        """Return what tells a later hand-in from an earlier one, where an LMS does not."""
        own = [entry.modified for part in mine for entry in self.entries[part.path] if entry.modified]
        return max(own, default=self.made) if mine[0].people[0].lms == "folder" else self.made

    def place(self) -> None:
        """Put everybody's newest attempt into course/submitted, and take down what became of whom."""
        place(self.desk, self.fresh)


def place(desk: Desk, fresh: Mapping[str, bool]) -> None:
    """Put these students' newest attempts into course/submitted. fresh: student -> whether an attempt is new."""
    summary = desk.summary
    for student, is_new in fresh.items():
        shelf = desk.shelf(student)
        before, _ = shelf.placed()
        said = shelf.place()
        newest = shelf.newest()
        if newest is None:
            continue
        summary.students.add(student)
        if not before:
            summary.new.add(student)
        elif shelf.placed()[0] != before:
            summary.newer.add(student)
        elif is_new:
            summary.older.add(student)
        summary.see(student, newest, said)
