"""Reads who is in which group, since Canvas, Moodle and Blackboard name a group's hand-in by the group alone.

A table (CSV) with a column for the group and one or more for its members, as Canvas exports a set of
groups (group_name, canvas_user_id, login_id, name) or made by hand (group, login or name, email).
"""

from __future__ import annotations

import csv
import re
import unicodedata
from typing import TYPE_CHECKING

from autograder.base.errors import UserFacingError
from autograder.intake.lms_names import Person

if TYPE_CHECKING:
    from pathlib import Path

Groups = dict[str, tuple[Person, ...]]
_COLUMNS = {
    "group": ("group_name", "group", "groupname"),
    "id": ("canvas_user_id", "lms_id", "id"),
    "login": ("login_id", "login", "username"),
    "name": ("name", "full name", "fullname"),
    "email": ("email", "email address", "e-mail"),
}


def read(path: Path, lms: str) -> Groups:
    """Read the members of each group.

    Raises UserFacingError when the table has no column for groups, or none for members.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = [
                {(key or "").strip().lower(): (value or "") for key, value in line.items() if isinstance(value, str)}
                for line in csv.DictReader(file)
            ]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UserFacingError(f"{path} can't be read as a table: {error}.") from None
    found: dict[str, list[Person]] = {}
    for line in lines:
        about = {
            part: next((line[name].strip() for name in names if line.get(name)), "") for part, names in _COLUMNS.items()
        }
        number = _number(lms, about)
        if about["group"] and number:
            person = Person(lms, number, about["name"] or about["login"] or number, about["login"], about["email"])
            found.setdefault(plain(about["group"]), []).append(person)
    if not found:
        raise UserFacingError(
            f"{path} names no group with members: it needs a column `group`, and one of canvas_user_id, login, name."
        )
    return {group: tuple(people) for group, people in found.items()}


def _number(lms: str, about: dict[str, str]) -> str:
    """Return what an LMS tells people apart by, see roster.py."""
    if lms == "canvas":
        return about["id"] or about["login"] or about["name"]
    if lms == "moodle":
        return about["name"] or about["login"]
    return about["login"] or about["id"] or about["name"]


def plain(name: str) -> str:
    """Reduce a group's name to what Canvas leaves of it in a file's name: small letters, no spaces."""
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFC", name).casefold())


def people(of: tuple[Person, ...], members: Groups) -> tuple[Person, ...]:
    """Put in the place of a group its members."""
    return tuple(one for person in of for one in members.get(plain(person.name), (person,)))
