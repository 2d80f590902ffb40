"""Takes in what waits in nbgrader's exchange: every attempt, with its time and its secret. Nothing is changed there."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from autograder.base.errors import UserFacingError
from autograder.base.files import private
from autograder.commands import collect
from autograder.commands.collect import Desk
from autograder.gradebook import timestamps
from autograder.intake import archives, attempts, packing
from autograder.intake.entries import ArchiveRefusedError
from autograder.intake.summary import Summary
from autograder.model.lab import find

if TYPE_CHECKING:
    from pathlib import Path

    from autograder.course.course import Course
    from autograder.delivery.exchange import Exchange
    from autograder.intake.entries import Entry


def take(course: Course, lab: str, exchange: Exchange, *, student: str = "", update: bool = True) -> Summary:
    """Take in what waits in an exchange. A hand-in is taken once, as it was then; it is known by its folder's name.

    student: only theirs; update: put a newer attempt in the place of an older one, else only that of who has none
    Raises UserFacingError where there is no exchange, or nothing can be kept.
    """
    find(lab, course.root)
    desk = Desk(course, lab, "folder", timestamps.zone(course.config), None, Summary(["exchange"]))
    with collect.at_work(desk.folder) as work:
        shelves = desk.folder / "attempts"
        known = attempts.named(shelves)
        waiting = exchange.waiting(lab, known, student)
        desk.summary.refused += waiting.said
        if waiting.folders:
            _read(desk, exchange, waiting.folders, work)
            now = attempts.named(shelves)
            for name in waiting.folders:
                said = exchange.doubt(name) if name in now else f"handed in a folder without a file: {name}."
                desk.summary.remarks += [(now.get(name) or name.partition("+")[0], said)] if said else []
            known |= {name: now[name] for name in waiting.folders if name in now}
            fresh = {now[name] for name in waiting.folders if name in now}
        else:
            fresh = set()
        # Everybody, not only whose hand-in is new: a run that was killed may have kept it, and not placed it.
        students = {whose for name, whose in known.items() if student in {"", name.partition("+")[0]}}
        if not update:
            students = {one for one in students if not desk.shelf(one).placed()[0]}
        collect.place(desk, {one: one in fresh for one in sorted(students)})
        desk.summary.secretless += sorted(one for one in fresh if _secretless(desk, one))
    return desk.summary


def _read(desk: Desk, exchange: Exchange, folders: list[str], work: Path) -> None:
    """Pack what is new in the exchange, and take it in as any archive is."""
    packed = work / "inbound"
    with open(packed, "xb", opener=private) as target:
        refused = packing.pack(exchange.inbound, target, set(folders))
    try:
        with archives.opened(packed, "the exchange") as archive:
            entries: dict[str, list[Entry]] = {}
            for entry in [*archive.entries, *refused]:
                entries.setdefault(entry.path, []).append(entry)
            if archive.trouble:
                desk.summary.troubles.append(archive.trouble)
            collect.read_in(desk, "folder", archive, entries, "", datetime.now(), work)  # noqa: DTZ005  (as in archives)
    except (ArchiveRefusedError, UserFacingError) as error:
        desk.summary.troubles.append(str(error))


def _secretless(desk: Desk, student: str) -> bool:
    newest = desk.shelf(student).newest()
    return newest is not None and not newest.secret
