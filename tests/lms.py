"""Makes archives as learning platforms give them to an instructor, and hostile ones byte by byte, for the tests."""

from __future__ import annotations

import io
import re
import struct
import tarfile
import zipfile
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

Files = dict[str, bytes]  # what one student hands in at one time: name -> bytes


@dataclass(frozen=True)
class Student:
    """Somebody in a class. name: "Jane Doe"; number: the LMS's own; when: of the hand-in, in the LMS's clock."""

    name: str
    number: int
    late: bool = False
    when: str = "2026-10-01 12:00:00"
    login: str = ""
    email: str = ""

    @property
    def user(self) -> str:
        """The user name; made from the name where none is given."""
        return self.login or re.sub(r"\W", "", self.name).lower()


@dataclass
class Writer:
    """A zip that is written entry by entry, with the time at which the LMS made it."""

    path: Path
    made: tuple[int, int, int, int, int, int] = (2026, 10, 2, 8, 0, 0)
    entries: list[tuple[zipfile.ZipInfo, bytes]] = field(default_factory=list)

    def add(self, name: str, data: bytes) -> None:
        info = zipfile.ZipInfo(name, self.made)
        info.compress_type = zipfile.ZIP_DEFLATED
        self.entries.append((info, data))

    def write(self) -> Path:
        with zipfile.ZipFile(self.path, "w") as archive:
            for info, data in self.entries:
                archive.writestr(info, data)
        return self.path


def canvas_zip(path: Path, hand_ins: Mapping[Student, Files], *, first: int = 700_000, day: int = 2) -> Path:
    """Write what Canvas calls submissions.zip. first: the number of the first file; later ones are greater."""
    writer = Writer(path, (2026, 10, day, 8, 0, 0))
    number = first
    for student, files in hand_ins.items():
        last_name_first = "".join(reversed(student.name.split(" ")))
        name = re.sub(r"[^\w]", "", last_name_first).lower()
        who = "_".join([name, *(["LATE"] if student.late else []), str(student.number)])
        for file, data in files.items():
            number += 1
            plain = re.sub(r'[\x00/\\:*?"<>|]+', "_", file)
            writer.add(f"{who}_{plain}" if plain in {"text.html", "link.html"} else f"{who}_{number}_{plain}", data)
    return writer.write()


def moodle_zip(path: Path, hand_ins: Mapping[Student, Files], *, folders: bool = True, day: int = 2) -> Path:
    """Write what Moodle downloads: a folder for each participant, or all in one."""
    writer = Writer(path, (2026, 10, day, 8, 0, 0))
    for student, files in hand_ins.items():
        who = f"{student.name.replace('_', ' ')}_{student.number}_assignsubmission_file"
        for file, data in files.items():
            writer.add(f"{who}/{file}" if folders else f"{who}_{file}", data)
    return writer.write()


def blackboard_zip(
    path: Path, hand_ins: Iterable[tuple[Student, Files]], *, assignment: str = "Lab 1", day: int = 2
) -> Path:
    """Write what Blackboard calls gradebook_<course>_<assignment>.zip, with a text about each attempt."""
    writer = Writer(path, (2026, 10, day, 8, 0, 0))
    for student, files in hand_ins:
        stem = f"{assignment}_{student.user}_attempt_{re.sub('[ :]', '-', student.when)}"
        about = [f"Name: {student.name} ({student.user})", f"Assignment: {assignment}", "Date Submitted: ...", ""]
        about += ["Submission Field:", "There is no student submission text data for this assignment.", "", "Files:"]
        for file, data in files.items():
            plain = re.sub(r"[^\w. ()-]", "", file)
            about += [f"\tOriginal filename: {file}", f"\tFilename: {stem}_{plain}", ""]
            writer.add(f"{stem}_{plain}", data)
        writer.add(f"{stem}.txt", "\n".join(about).encode())
    return writer.write()


def gradescope_zip(path: Path, hand_ins: Iterable[tuple[tuple[Student, ...], Files]], *, day: int = 2) -> Path:
    """Write what Gradescope exports: folders with numbers, and whose they are. Several students make a group."""
    writer = Writer(path, (2026, 10, day, 8, 0, 0))
    lines = ["---"]
    for number, (group, files) in enumerate(hand_ins, start=250_001):
        lines += [f"submission_{number}:", "  :submitters:"]
        for student in group:
            email = student.email or f"{student.user}@example.edu"
            lines += [f'  - :name: "{student.name}"', f"    :sid: '{student.number}'", f"    :email: {email}"]
        lines += [f"  :created_at: {group[0].when}.123456000 Z", "  :score: 0.0", "  :history: []"]
        for file, data in files.items():
            writer.add(f"assignment_99_export/submission_{number}/{file}", data)
    writer.add("assignment_99_export/submission_metadata.yml", "\n".join(lines).encode())
    return writer.write()


def zip_of(files: Iterable[tuple[str, bytes]] | Files, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Make a zip in memory, as a student does."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, data in files.items() if isinstance(files, dict) else files:
            archive.writestr(zipfile.ZipInfo(name, (2026, 9, 30, 8, 0, 0)), data, method)
    return target.getvalue()


def tar_of(members: Iterable[tuple[tarfile.TarInfo, bytes]], mode: str = "w") -> bytes:
    """Make a tar in memory ("w:gz": a packed one)."""
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode=mode) as archive:
        for info, data in members:
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return target.getvalue()


def member(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    """Describe one member of a tar."""
    info = tarfile.TarInfo(name)
    info.type, info.linkname, info.mtime = kind, link, 1_790_000_000
    return info


def raw_zip(
    entries: Iterable[tuple[bytes, bytes]], *, mode: int = 0, flags: int = 0, method: int = 0, apart: bool = True
) -> bytes:
    """Write a zip byte by byte, so that names may be anything; the data are stored as they are.

    mode: of Unix; apart: whether each file has a place of its own, or all are listed at that of the first
    """
    body, directory, count = b"", b"", 0
    for name, data in entries:
        about = struct.pack(
            "<HHHHHIIIHH", 20, flags, method, 0, 0x5B41, zlib.crc32(data), len(data), len(data), len(name), 0
        )
        directory += (
            b"PK\1\2"
            + struct.pack("<H", 0x0314)
            + about
            + struct.pack("<HHHII", 0, 0, 0, mode << 16, len(body) if apart else 0)
            + name
        )
        body += b"PK\3\4" + about + name + data
        count += 1
    end = struct.pack("<HHHHIIH", 0, 0, count, count, len(directory), len(body), 0)
    return body + directory + b"PK\5\6" + end
