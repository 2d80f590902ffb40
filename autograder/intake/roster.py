"""Keeps who is who: course/roster.csv, one line for each person as an LMS names them, and the folder that is theirs.

Columns: student,name,lms,lms_id,login,email,lab

student  the folder in course/submitted, and the student's id in the gradebook
name     as the LMS shows it (Canvas: in small letters, without spaces)
lms      canvas, moodle, blackboard, gradescope or folder
lms_id   what that LMS tells people apart by: Canvas's user number, Blackboard's user name, Gradescope's e-mail, a
         folder's name; Moodle's number of a participant, which is another one in each assignment
login    the user name, or student number, where the LMS says it
email    where the LMS says it
lab      only for Moodle: the lab in which lms_id is theirs; else empty

The file may be edited: who is listed under two folders gets one by writing the same `student` twice. A text that a
spreadsheet would take for a formula has an apostrophe before it.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
import unicodedata
from collections import Counter
from dataclasses import astuple, dataclass, fields
from typing import TYPE_CHECKING

from autograder.base.errors import UserFacingError
from autograder.base.files import replaced

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from autograder.intake.lms_names import Person

LONGEST = 60  # letters of a folder's name; nbgrader's column has 128 on PostgreSQL
LONGEST_BYTES = 160  # of a file system's 255, so that something may be added
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "'")
_PER_LAB = {"moodle"}
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)  # names that Windows keeps


@dataclass(frozen=True)
class Row:
    """One line of the roster, see this module's first lines."""

    student: str
    name: str
    lms: str
    lms_id: str
    login: str = ""
    email: str = ""
    lab: str = ""


def read(path: Path) -> list[Row]:
    """Read a roster; none when there is no file. Raises UserFacingError when it is no table with the columns of one."""
    if not path.exists():
        return []
    names = [column.name for column in fields(Row)]
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = [line for line in csv.DictReader(file) if line["student"]]
    except (OSError, UnicodeDecodeError, csv.Error, KeyError):
        raise UserFacingError(f"{path} is no table with the column `student`: mend it, or move it away.") from None
    rows = [Row(*(_plain(line.get(name) or "") for name in names)) for line in lines]
    for row in rows:
        if "/" in row.student or row.student in {".", ".."}:
            raise UserFacingError(f"{path} names {row.student!r} as a student's folder, which it can't be: mend it.")
    return rows


def write(path: Path, rows: Iterable[Row]) -> None:
    """Write a roster, readable by its owner only; nothing happens when it is the same as before."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([column.name for column in fields(Row)])
    writer.writerows([_safe(value) for value in astuple(row)] for row in rows)
    data = text.getvalue().encode()
    if not path.exists() or path.read_bytes() != data:
        with replaced(path) as new:
            new.write_bytes(data)


class Roster:
    """Gives each person a folder of their own, and remembers it.

    doubtful: sentences about people whom the names in an archive do not tell apart
    """

    def __init__(self, path: Path, lab: str, folders: Iterable[str] = ()) -> None:
        self._path, self._lab = path, lab
        self._rows = {(row.lms, row.lms_id, row.lab): row for row in read(path)}
        students = {row.student for row in self._rows.values()}
        self._loose = set(folders) - students  # put into course/submitted by somebody else
        self._taken = {alike(name) for name in students | self._loose}
        self.doubtful: list[str] = []

    def save(self) -> None:
        """Write what is known."""
        write(self._path, self._rows.values())

    def place(self, people: Iterable[Person]) -> dict[Person, str]:
        """Find or make the folder of everyone in one archive: nobody ever shares one with somebody else."""
        people = sorted(set(people), key=lambda one: (one.lms, one.lms_id, one.name))
        used = {self._rows[self._key(person)].student for person in people if self._key(person) in self._rows}
        names = Counter(_name(person) for person in {self._key(one): one for one in people}.values())
        known: dict[tuple[str, str], set[str]] = {}
        for each in self._rows.values():
            known.setdefault((each.lms, unicodedata.normalize("NFC", each.name)), set()).add(each.student)
        found: dict[Person, str] = {}
        for person in people:
            row = self._rows.get(self._key(person))
            if row:
                found[person] = row.student
            else:
                alone, before = names[_name(person)] == 1, known.get((person.lms, _name(person)), set()) - used
                found[person] = self._again(person, before, alone=alone) or self._new(person, used, alone=alone)
                used.add(found[person])
                self._taken.add(alike(found[person]))
            self._remember(person, found[person])
        return found

    def _key(self, person: Person) -> tuple[str, str, str]:
        return person.lms, person.lms_id, self._lab if person.lms in _PER_LAB else ""

    def _again(self, person: Person, before: set[str], *, alone: bool) -> str:
        """Find somebody whom another archive named otherwise: Moodle's numbers change, and so do ways to write an é."""
        if person.lms == "moodle" and not alone:
            self.doubtful.append(
                f"Several people are called {person.name}. Moodle's numbers tell them apart, but only within this lab: "
                f"see that course/roster.csv names the right student beside number {person.lms_id}."
            )
        return before.pop() if person.lms in {"moodle", "folder"} and alone and len(before) == 1 else ""

    def _new(self, person: Person, used: set[str], *, alone: bool) -> str:
        base = _base(person, alone=alone)
        for student in (person.name, base):
            if student in self._loose - used and (student == base or person.lms == "folder"):
                return student
        tries = [base, f"{base}-{_short(person)}"]
        tries += (f"{tries[1]}-{number}" for number in range(2, 1000))
        return next(student for student in tries if alike(student) not in self._taken)

    def _remember(self, person: Person, student: str) -> None:
        """Take over what this archive says about a person, and keep what it does not say."""
        key = self._key(person)
        row = self._rows.get(key)
        bare = person.name in {"", person.login, person.lms_id}
        name = row.name if row and bare and row.name else person.name
        login, email = person.login or (row.login if row else ""), person.email or (row.email if row else "")
        self._rows[key] = Row(student, name, person.lms, person.lms_id, login, email, key[2])


def folder_name(text: str) -> str:
    """Make a name that file systems, nbgrader, a command line and a spreadsheet take as it is; Unicode stays."""
    text = unicodedata.normalize("NFC", text.encode("utf-8", "replace").decode())
    letters = (letter for letter in text if unicodedata.category(letter) != "Cf")
    name = "".join(
        letter if unicodedata.category(letter)[0] in "LMN" or letter in "-_.@'" else "-" for letter in letters
    )
    name = re.sub(r"-{2,}", "-", name)
    while name and unicodedata.category(name[0])[0] not in "LN":
        name = name[1:]
    cut = name[:LONGEST]
    while len(cut.encode()) > LONGEST_BYTES:
        cut = cut[:-1]
    if cut != name:
        cut = f"{cut[: LONGEST - 9]}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"
    cut = cut.rstrip("-.' ")
    return f"{cut}-" if _RESERVED.fullmatch(cut) else cut or "student"


def alike(name: str) -> str:
    """Reduce a name to what a file system may take for the same: without case, and however an accent is written."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())


def _name(person: Person) -> str:
    return unicodedata.normalize("NFC", person.name)


def _base(person: Person, *, alone: bool) -> str:
    """Return the folder that a person would like: readable, and the same for the same person."""
    number = folder_name(person.lms_id)
    if person.lms == "canvas":
        return f"{folder_name(person.name)[: LONGEST - 25]}_{number}" if person.name != person.lms_id else number
    if person.lms == "moodle":
        return folder_name(person.name) if alone else folder_name(f"{person.name[:40]}-{number}")
    if person.lms == "gradescope":
        return folder_name(person.login or person.email or person.name)
    return number


def _short(person: Person) -> str:
    return hashlib.sha256(f"{person.lms} {person.lms_id} {person.name}".encode("utf-8", "replace")).hexdigest()[:6]


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text


def _plain(text: str) -> str:
    return text[1:] if text.startswith("'") and text[1:].startswith(_FORMULA) else text
