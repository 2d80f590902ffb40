"""Tells from the names in an LMS's archive who handed in which file, and when.

Canvas      doejane_LATE_12345_678901_lab1_rnn-1.ipynb       name, late, number of the person, of the file, file
Moodle      Jane Doe_12345_assignsubmission_file/lab1.ipynb  name, number in this assignment; or all in one name
Blackboard  Lab 1_jdoe_attempt_2026-10-01-23-59-00_lab1.ipynb, and the same without a file, .txt, which says more
Gradescope  submission_12345/lab1.ipynb, and submission_metadata.yml, which says whose and when
GitHub      lab1-rnn-jdoe/labs/lab1_rnn/lab1_rnn.ipynb, a folder of clones; when is the time of the last commit
folder      jdoe/lab1.ipynb, jdoe/lab1_rnn/lab1.ipynb, nbgrader's jdoe+lab1_rnn+2026-10-01 23:59:00 UTC/lab1.ipynb
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING, Any

from autograder.base.errors import UserFacingError
from autograder.base.files import SECRET, TIMESTAMP, plain_text
from autograder.base.times import time_of
from autograder.intake import github, gradescope
from autograder.intake.entries import noise

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

KINDS = ("canvas", "moodle", "blackboard", "gradescope", "github", "folder")
SURE = 0.8  # of the files fit an LMS's names; students and instructors put a stray file anywhere

METADATA = "submission_metadata.yml"

_CANVAS_WHO = r"(?:(?!(?i:late_)?anon_)(?P<name>.+?)_)?(?P<late>(?i:late_))?(?P<id>anon_[^\W_]+|\d+)_"
_CANVAS = re.compile(_CANVAS_WHO + r"(?:(?P<file>\d+)_(?P<rest>.+)|(?P<text>(?:text|link)\.html))", re.DOTALL)
_MOODLE = re.compile(r"(?P<name>[^/]+?)(?:_(?P<id>\d+))?_assignsubmission_[a-z0-9]+_?(?P<rest>.*)", re.DOTALL)
_BLACKBOARD = re.compile(
    r"(?P<before>(?:.*?_)?(?P<login>[^_]+))_[^\W\d_]+_(?P<when>\d{4}(?:-\d\d){5})(?:_(?P<rest>.+)|(?P<about>\.txt))",
    re.DOTALL,
)
INBOUND = re.compile(r"(?P<student>[^+]+)\+(?P<lab>[^+]+)\+(?P<when>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[^+]*)(?:\+.*)?")
_ABOUT_NAME = re.compile(r"[^:\n]+:\s*(?P<name>.*?)\s*\((?P<login>[^()\n]+)\)\s*$", re.MULTILINE)
_ABOUT_FILE = re.compile(r"^\t[^:\n]+:[ \t]*(?P<original>.+)\n\t[^:\n]+:[ \t]*(?P<stored>.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Person:
    """Who handed something in, as an LMS names them. lms_id: what it is sure to tell people apart by."""

    lms: str
    lms_id: str
    name: str
    login: str = ""
    email: str = ""


@dataclass(frozen=True)
class Part:
    """One file of a hand-in.

    file: its name as its student gave it; attempt: the same for files that were handed in together
    when: in UTC, where the LMS says; order: grows with each attempt, where the LMS counts; late: None where not
    secret: by which nbgrader gives the page back, where it was handed in through its exchange
    """

    path: str
    people: tuple[Person, ...]
    file: str
    attempt: str = ""
    when: datetime | None = None
    order: int = 0
    late: bool | None = None
    secret: str = ""


@dataclass
class Listing:
    """What an archive holds: paths, and a way to read small files beside the submissions."""

    paths: Sequence[str]
    read: Callable[[str], bytes]
    lab: str
    others: frozenset[str] = frozenset()  # the course's other labs
    refused: frozenset[str] = frozenset()  # paths that say nothing about the archive's folders
    zone: tzinfo | None = None  # of the LMS's clock; None: this computer's
    unknown: list[str] = field(default_factory=list)
    untimed: list[str] = field(default_factory=list)  # files that should say when, and don't
    times: Mapping[str, datetime | None] = field(default_factory=dict)  # clone -> its last commit


def guess(paths: Iterable[str]) -> str:
    """Tell an LMS by the names in its archive. Returns "" when that is not sure."""
    files = [path for path in paths if not noise(path)]
    if any(_base(path) == METADATA for path in files):
        return "gradescope"
    counts = {
        "moodle": sum("_assignsubmission_" in path for path in files),
        "blackboard": sum(bool(_BLACKBOARD.fullmatch(_base(path))) for path in files),
        "canvas": sum(bool(_CANVAS.fullmatch(_base(path))) for path in files),
    }
    kind = max(counts, key=lambda one: counts[one])  # a flat Moodle name may look like another one's: Moodle is first
    if files and counts[kind] >= SURE * len(files):
        return kind
    nested = sum("/" in path for path in files)
    return "folder" if files and not any(counts.values()) and nested >= SURE * len(files) else ""


def parts(kind: str, listing: Listing) -> list[Part]:
    """Tell who handed in each file; what is nobody's goes to listing.unknown.

    Raises UserFacingError for an unknown kind.
    """
    if kind not in _READERS:
        raise UserFacingError(f"There is no --from {kind}. It is one of {', '.join(KINDS)}.")
    listing = replace(
        listing,
        paths=[path for path in listing.paths if not noise(path)],
        unknown=listing.unknown,
        untimed=listing.untimed,
    )
    return _READERS[kind](listing)


def stem(file: str) -> str:
    """Return a file's name without the number that Canvas adds to one that was used: lab1-2.ipynb -> lab1.ipynb."""
    return re.sub(r"-\d+(?=(\.\w+)?$)", "", file)


def _canvas(listing: Listing) -> list[Part]:
    found: list[Part] = []
    for path in listing.paths:
        match = _CANVAS.fullmatch(_base(path))
        if match is None:
            listing.unknown.append(path)
            continue
        about = match.groupdict()
        person = Person("canvas", about["id"], about["name"] or about["id"])
        number = int(about.get("file") or 0)
        file = about["rest"] or about["text"]
        found.append(Part(path, (person,), file, order=number, late=bool(about["late"])))
    return _successive(found)


def _successive(found: list[Part]) -> list[Part]:
    """Split what one person has sent more than once under one name into attempts; Canvas's numbers grow with time."""
    split: list[Part] = []
    seen: dict[tuple[Person, ...], tuple[int, set[str]]] = {}
    for part in sorted(found, key=lambda one: one.order):
        attempt, names = seen.get(part.people, (part.order, set()))
        if stem(part.file) in names:
            attempt, names = part.order, set()
        names.add(stem(part.file))
        seen[part.people] = attempt, names
        split.append(replace(part, attempt=str(attempt)))
    return split


def _moodle(listing: Listing) -> list[Part]:
    found = []
    for path in listing.paths:
        pieces = path.split("/")
        place, match = next(
            ((index, hit) for index, piece in enumerate(pieces) if (hit := _MOODLE.fullmatch(piece[:255]))), (0, None)
        )
        file = "/".join(pieces[place + 1 :]) or (match["rest"] if match else "")
        if match is None or not file:
            listing.unknown.append(path)
            continue
        found.append(Part(path, (Person("moodle", match["id"] or match["name"], match["name"]),), file))
    return found


def _blackboard(listing: Listing) -> list[Part]:
    matches = {path: _BLACKBOARD.fullmatch(_base(path)) for path in listing.paths}
    about = {}
    for path, match in matches.items():
        if match and match["about"]:
            text = listing.read(path).decode("utf-8", "replace").replace("\r\n", "\n")
            about[match["before"], match["when"]] = text
    found = []
    for path, match in matches.items():
        if match is None:
            listing.unknown.append(path)
        else:
            found.append(_of_blackboard(path, match, about.get((match["before"], match["when"]), ""), listing.zone))
    full = {(part.people, part.attempt) for part in found if part.file}
    alone = [part for part in found if not part.file and (part.people, part.attempt) not in full]
    return [part for part in found if part.file] + [replace(part, file="attempt.txt") for part in alone]


def _of_blackboard(path: str, match: re.Match[str], about: str, zone: tzinfo | None) -> Part:
    """Read one name, and what the text beside it knows better: the person's name, and the file's own."""
    login, name = match["login"].strip(), ""
    told = _ABOUT_NAME.match(about)
    if told and f"_{match['before']}".endswith(f"_{told['login']}"):
        login, name = told["login"], told["name"]
    stored = {hit["stored"].strip(): hit["original"].strip() for hit in _ABOUT_FILE.finditer(about)}
    file = stored.get(_base(path)) or match["rest"] or ""
    when = datetime.strptime(match["when"], "%Y-%m-%d-%H-%M-%S")  # noqa: DTZ007  (the LMS's clock)
    when = when.replace(tzinfo=zone).astimezone(UTC) if zone else when.astimezone(UTC)
    return Part(path, (Person("blackboard", login, name or login, login),), file, match["when"], when)


def _gradescope(listing: Listing) -> list[Part]:
    place = min((path for path in listing.paths if _base(path) == METADATA), key=len, default=None)
    if place is None:
        raise UserFacingError(f"There is no {METADATA} in the archive: export the submissions from Gradescope again.")
    told = gradescope.read(listing.read(place))
    root, found = place.removesuffix(METADATA), []
    for path in listing.paths:
        key, _, file = path.removeprefix(root).partition("/")
        about = told.get(key) if path.startswith(root) else None
        people = _submitters(about)
        if people:
            found.append(Part(path, people, file or key, key, time_of(_of(about, "created_at"))))
        elif path != place:
            listing.unknown.append(path)
    return found


def _of(about: Any, key: str) -> Any:
    return about.get(f":{key}", about.get(key)) if isinstance(about, dict) else None


def _submitters(about: Any) -> tuple[Person, ...]:
    people = []
    submitters = _of(about, "submitters")
    for one in submitters if isinstance(submitters, list) else ():
        name, number, email = (str(_of(one, key) or "") for key in ("name", "sid", "email"))
        if email or number or name:
            people.append(Person("gradescope", email or number or name, name, number, email))
    return tuple(people)


def _folder(listing: Listing) -> list[Part]:
    beside = {path: listing.read(path) for path in listing.paths if _base(path) in {TIMESTAMP, SECRET}}
    wrapped = _wrappers([path for path in listing.paths if path not in listing.refused], listing.others | {listing.lab})
    found, untimed = [], set()
    for path in listing.paths:
        if path in beside:
            continue
        pieces, place = path.split("/")[wrapped:], path.rpartition("/")[0]
        stamp = plain_text(beside.get(f"{place}/{TIMESTAMP}", b""))
        when, attempt = time_of(stamp, listing.zone), ""
        inbound = INBOUND.fullmatch(pieces[0]) if pieces else None
        foreign = {pieces[1]} & listing.others if len(pieces) > 2 else bool(inbound and inbound["lab"] != listing.lab)
        if len(pieces) < 2 or foreign or pieces[0] in {"", ".", ".."}:
            listing.unknown.append(path)
            continue
        student = pieces[0]
        if inbound:
            student, attempt, when = inbound["student"], pieces[0], time_of(inbound["when"], listing.zone) or when
        if when is None and stamp.strip():
            untimed.add(f"{place}/{TIMESTAMP}")
        file = "/".join(pieces[2:] if len(pieces) > 2 and pieces[1] == listing.lab else pieces[1:])
        secret = plain_text(beside.get(f"{'/'.join(path.split('/')[: wrapped + 1])}/{SECRET}", b"")) if inbound else ""
        found.append(Part(path, (Person("folder", student, student),), file, attempt, when, secret=secret))
    listing.untimed += sorted(untimed)
    return found


def _github(listing: Listing) -> list[Part]:
    prefix, found = github.assignment([*listing.times], listing.lab), []
    for path in listing.paths:
        clone, _, file = path.partition("/")
        if not file or clone not in listing.times:
            listing.unknown.append(path)
        elif not listing.others.intersection(file.split("/")):  # a repository may hold all labs: they are not unknown
            login = clone.removeprefix(prefix)
            found.append(Part(path, (Person("github", login, login, login),), file, when=listing.times[clone]))
    listing.untimed += [clone for clone, when in listing.times.items() if when is None]
    return found


def _wrappers(paths: Sequence[str], labs: frozenset[str]) -> int:
    """Count the folders around all students': submissions/jane/lab1.ipynb has one."""
    split, count = [path.split("/") for path in paths], 0
    while True:
        deep = [pieces[count:] for pieces in split if len(pieces) > count + 2]
        if not deep or len(deep) < SURE * len(split) or len({pieces[0] for pieces in deep}) > 1:
            return count
        if {pieces[1] for pieces in deep} <= labs or INBOUND.fullmatch(deep[0][0]):
            return count
        count += 1


def _base(path: str) -> str:
    """Return a path's last name; no more of it than a file system takes, so that matching takes no time to speak of."""
    return path.rpartition("/")[2][:255]


_READERS: Mapping[str, Callable[[Listing], list[Part]]] = {
    "canvas": _canvas,
    "moodle": _moodle,
    "blackboard": _blackboard,
    "gradescope": _gradescope,
    "github": _github,
    "folder": _folder,
}
