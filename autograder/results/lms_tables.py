"""Makes grades into what Canvas and Moodle import: a table of our own, or the LMS's exported gradebook filled in.

Canvas  columns Student, ID, SIS User ID, SIS Login ID, Section, then one for each assignment: "Lab 1 (123)"; a row
        "Points Possible". It knows a student by ID, else by one of the SIS columns, else by name; the assignment by the
        number in brackets, else by its title; an unknown title makes a new assignment. An empty cell takes away a score
        that Canvas has.
Moodle  the assignment's grading worksheet: Identifier ("Participant 123"), Grade and Last modified (grade) are needed;
        Feedback comments are taken over. An empty grade changes nothing.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from autograder.base.errors import UserFacingError
from autograder.base.text import number

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

CANVAS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
MOODLE = (
    *("Identifier", "Full name", "Email address", "Grade", "Maximum grade", "Last modified (grade)"),
    "Feedback comments",
)
OURS = "Autograder:"  # begins each comment of ours, so that one which a person wrote is never replaced
Table = list[list[str]]


@dataclass(frozen=True)
class Grade:
    """What one student gets. points: None while something has no score; best: the most that there is.

    ids: the LMS's own numbers for this person; names: how else an LMS may call them
    """

    student: str
    points: float | None
    best: float
    comment: str = ""
    name: str = ""
    login: str = ""
    email: str = ""
    ids: tuple[str, ...] = ()


@dataclass
class Filled:
    """A table to import, and what there is to say about it. kept: whose score in the LMS stays as it was."""

    rows: Table
    column: str
    delimiter: str = ","
    filled: int = 0
    kept: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)  # graded, but not in the LMS's table
    nameless: list[str] = field(default_factory=list)  # without a number that the LMS knows


def canvas(grades: Sequence[Grade], column: str) -> Filled:
    """Make a table for Canvas. column: the assignment's, "Lab 1 (123)" or a title."""
    best = grades[0].best if grades else 0.0
    found = Filled([[*CANVAS, column], ["    Points Possible", "", "", "", "", number(best)]], column)
    for grade in grades:
        for lms_id in grade.ids or ("",):
            who = [grade.name or grade.student, lms_id, "", grade.login, ""]
            found.rows.append([*who, number(grade.points)])
    return _counted(found, grades)


def moodle(grades: Sequence[Grade]) -> Filled:
    """Make a grading worksheet for Moodle."""
    found = Filled([[*MOODLE]], "Grade")
    for grade in grades:
        for lms_id in grade.ids or ("",):
            who = [f"Participant {lms_id}" if lms_id else "", grade.name or grade.student, grade.email]
            found.rows.append([*who, number(grade.points), number(grade.best), "", _comment(grade)])
    return _counted(found, grades)


def _counted(found: Filled, grades: Sequence[Grade]) -> Filled:
    found.filled = sum(grade.points is not None for grade in grades)
    found.nameless = [grade.student for grade in grades if not grade.ids]
    return found


def fill_canvas(table: Table, grades: Sequence[Grade], column: str, *, scale: bool = False) -> Filled:
    """Fill in a gradebook that Canvas exported: its students' columns and the one of the lab; the rest is left out.

    column: the assignment's name, with or without its number; or the lab's name. scale: to the points that Canvas gives
    Raises UserFacingError when it is no such table, or no one column is meant.
    """
    header = table[0]
    end = next((place for place, name in enumerate(header) if "Section" in name), -1)
    if end < 0 or "ID" not in header[:end]:
        raise UserFacingError(
            "This is no gradebook as Canvas exports it: the columns Student, ID and Section are not there."
        )
    place = _column(header, end, column)
    found = Filled([[*header[: end + 1], header[place]]], header[place])
    lookup, factor = _Lookup(grades), 1.0
    keys = [header.index(name) for name in header[:end] if name in {"SIS User ID", "SIS Login ID", "Integration ID"}]
    for row in table[1:]:
        cell = row[place]
        if "Points Possible" in row[0]:
            factor = _factor(cell, grades, header[place], scale=scale)
        elif row[0].strip() or row[header.index("ID")].strip():
            grade = lookup.find([row[header.index("ID")]], [row[key] for key in keys])
            cell = _fill(found, grade, cell, factor if scale else 1.0)
        found.rows.append([*row[: end + 1], cell])
    found.strangers = lookup.left()
    return found


def fill_moodle(table: Table, grades: Sequence[Grade], *, scale: bool = False) -> Filled:
    """Fill in a grading worksheet that Moodle exported. A comment that a person wrote stays.

    Raises UserFacingError when it is no such table.
    """
    header = table[0]
    places = {name.casefold(): place for place, name in enumerate(header)}
    lacking = [name for name in ("Identifier", "Grade", "Last modified (grade)") if name.casefold() not in places]
    if lacking:
        raise UserFacingError(
            f"This is no grading worksheet as Moodle exports it in English: there is no {', '.join(lacking)}. Set your "
            "language in Moodle to English, download it again, and upload it in English, too."
        )
    found, lookup = Filled([header], header[places["grade"]]), _Lookup(grades)
    keys = [places[name] for name in ("email address", "id number", "username") if name in places]
    best, said = places.get("maximum grade"), places.get("feedback comments")
    for old in table[1:]:
        row = [*old]
        grade = lookup.find(re.findall(r"\d+$", row[places["identifier"]]), [row[key] for key in keys])
        factor = _factor(row[best], grades, "Maximum grade", scale=scale) if best is not None else 1.0
        row[places["grade"]] = _fill(found, grade, row[places["grade"]], factor if scale else 1.0)
        if said is not None and grade and (not row[said].strip() or row[said].lstrip("'").startswith(OURS)):
            row[said] = _comment(grade)
        found.rows.append(row)
    found.strangers = lookup.left()
    return found


def _fill(found: Filled, grade: Grade | None, cell: str, factor: float) -> str:
    """Return what goes into a cell: our score; where there is none, or a person has excused the student, what was."""
    if grade is None:
        return cell
    if grade.points is None or cell.strip().upper() == "EX":
        found.kept += [grade.student] if cell.strip() else []
        return cell
    found.filled += 1
    return number(grade.points * factor)


def _comment(grade: Grade) -> str:
    return f"{OURS} {html.escape(grade.comment)}" if grade.comment else ""  # Moodle takes it for HTML


def _factor(cell: str, grades: Sequence[Grade], what: str, *, scale: bool) -> float:
    """Compare the points that the LMS gives with ours.

    Raises UserFacingError where they differ and are not to be scaled.
    """
    try:
        theirs, ours = float(cell.replace(",", ".")), grades[0].best
    except (ValueError, IndexError):  # "(read only)", or nothing
        return 1.0
    if theirs != ours and not scale:
        raise UserFacingError(
            f"{what} has {number(theirs)} points in the LMS, and {number(ours)} here. Change it there, or add --scale."
        )
    return theirs / ours if ours else 1.0


def _column(header: Sequence[str], end: int, wanted: str) -> int:
    """Find the one column of an assignment."""
    titles = {place: _title(name) for place, name in enumerate(header) if place > end and re.search(r" \(\d+\)$", name)}
    short = re.match(r"[a-z]+\d+", _plain(wanted))  # lab1_rnn is "Lab 1", "Lab 1: words"
    tests: list[Callable[[int], bool]] = [
        lambda place: wanted in {header[place], titles[place]},
        lambda place: _plain(titles[place]) == _plain(wanted),
        lambda place: bool(short and re.match(rf"{short[0]}(?!\d)", _plain(titles[place]))),
    ]
    for test in tests:
        fitting = [place for place in titles if test(place)]
        if len(fitting) == 1:
            return fitting[0]
    known = ", ".join(header[place] for place in titles) or "none"
    raise UserFacingError(f"Which column is it? Say --column with one of: {known}.")


def _title(name: str) -> str:
    return re.sub(r" \(\d+\)$", "", name)


def _plain(text: str) -> str:
    return re.sub(r"[\W_]", "", text.casefold())


class _Lookup:
    """Finds students by what an LMS calls them; a name that is two people's is nobody's."""

    def __init__(self, grades: Iterable[Grade]) -> None:
        self._by_id: dict[str, Grade] = {}
        self._by_name: dict[str, set[Grade]] = {}
        self._left: dict[str, Grade] = {}
        for grade in grades:
            self._left[grade.student] = grade
            self._by_id |= dict.fromkeys(grade.ids, grade)
            for name in {grade.student, grade.login, grade.email} - {""}:
                self._by_name.setdefault(name.casefold(), set()).add(grade)

    def find(self, ids: Iterable[str], names: Iterable[str]) -> Grade | None:
        """Find one, by a number first. Returns None for somebody who has handed in nothing."""
        known = next((self._by_id[one.strip()] for one in ids if one.strip() in self._by_id), None)
        called = (self._by_name.get(name.strip().lstrip("'").casefold(), set()) for name in names)
        found = known or next((next(iter(those)) for those in called if len(those) == 1), None)
        if found:
            self._left.pop(found.student, None)
        return found

    def left(self) -> list[str]:
        """Return who was not found by anybody."""
        return list(self._left)
