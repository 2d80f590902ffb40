"""An LMS's archive becomes submissions: the right file of the right student, whatever else is in it."""

import errno
import io
import json
import os
import shutil
import tarfile
import tracemalloc
from datetime import datetime
from pathlib import Path

import lms
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lms import Student
from typer.testing import CliRunner

from autograder.base.errors import UnreadableError, UserFacingError
from autograder.base.files import COURSE_VARIABLE, ROOT
from autograder.base.times import time_zone
from autograder.cli import app
from autograder.commands import collect
from autograder.course.course import Course
from autograder.course.handed_in import fetch
from autograder.intake import archives, attempts, lms_names, roster

LAB = "lab1_rnn"
NOTEBOOK = b'{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'
FILE = f"{LAB}.ipynb"
JANE, BOB, EVE = Student("Jane Doe", 11), Student("Bob O'Brien", 12), Student("Eve Ünal", 13)


def new_course(root):
    """Make a course with the sources of two labs and no more: a collection reads nothing else of it."""
    for name in ("nbgrader_config.py", "pyproject.toml"):
        shutil.copy(ROOT / name, root)
    for lab in (LAB, "lab2_music"):
        (root / "solutions" / lab).mkdir(parents=True)
        shutil.copy(ROOT / "solutions" / lab / f"{lab}.py", root / "solutions" / lab)
    return Course.open(root)


@pytest.fixture
def course(tmp_path):
    root = tmp_path / "checkout"
    root.mkdir()
    return new_course(root)


def files(course, student):
    """Return what lies in a student's folder in course/submitted."""
    folder = course.submitted / student / LAB
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def tree(folder):
    """Return all that is in a folder: to compare it with what is in it later."""
    return {path: (path.is_file() and path.read_bytes(), path.stat().st_mtime_ns) for path in folder.rglob("*")}


def take(course, *sources, **about):
    return collect.collect(course, LAB, list(sources), **about)


def test_everyones_notebook_is_where_nbgrader_wants_it_byte_for_byte(course, tmp_path):
    hand_ins = {
        JANE: {FILE: NOTEBOOK},
        BOB: {f"Copy of {LAB}.ipynb": NOTEBOOK + b"\r\n", "photo.png": b"\x89PNG"},
        EVE: {"Lab1-RNN (3).ipynb": b"\xef\xbb\xbf" + NOTEBOOK},
        Student("Yu 山田", 14): {f"{LAB}.py": b"# %%\n"},
    }
    summary = take(course, lms.canvas_zip(tmp_path / "submissions.zip", hand_ins))
    assert files(course, "doejane_11") == {FILE: NOTEBOOK}
    assert files(course, "obrienbob_12") == {FILE: NOTEBOOK + b"\r\n"}
    assert files(course, "ünaleve_13") == {FILE: b"\xef\xbb\xbf" + NOTEBOOK}
    assert files(course, "山田yu_14") == {f"{LAB}.py": b"# %%\n"}
    assert sorted(course.students(LAB)) == sorted(summary.new) == sorted(summary.students)
    assert summary.lines()[0] == "4 students (canvas): 4 new."


def test_the_archive_stays_as_it_came_and_all_is_private(course, tmp_path):
    path = lms.canvas_zip(tmp_path / "my submissions.zip", {JANE: {FILE: NOTEBOOK}})
    take(course, path)
    (kept,) = (course.folder / "collected" / LAB).glob("*-my-submissions.zip")
    assert kept.read_bytes() == path.read_bytes()
    made = [course.folder, *(course.folder / "collected").rglob("*"), *course.submitted.rglob("*")]
    made.append(course.folder / "roster.csv")
    assert not [path for path in made if path.stat().st_mode & 0o077]


def test_the_same_archive_again_changes_nothing_and_says_so(course, tmp_path):
    hand_ins = {JANE: {FILE: NOTEBOOK}, BOB: {"work.zip": b"no zip"}}
    path = lms.canvas_zip(tmp_path / "submissions.zip", hand_ins)
    first = take(course, path)
    before = tree(course.submitted), tree(course.folder / "collected" / LAB / "attempts")
    second = take(course, path, path)
    assert (tree(course.submitted), tree(course.folder / "collected" / LAB / "attempts")) == before
    assert "Nothing has changed." in second.lines()
    assert "Nothing has changed." not in first.lines()
    assert second.refused[0] == first.refused[0]


def test_a_newer_attempt_takes_the_place_of_an_older_one_and_never_the_reverse(course, tmp_path):
    old = lms.canvas_zip(tmp_path / "old.zip", {JANE: {FILE: NOTEBOOK}, BOB: {FILE: NOTEBOOK}}, day=2)
    new = lms.canvas_zip(tmp_path / "new.zip", {JANE: {f"{LAB}-1.ipynb": b"{}"}}, first=800_000, day=9)
    take(course, old)
    assert take(course, new).newer == {"doejane_11"}
    assert files(course, "doejane_11") == {FILE: b"{}"}
    again = take(course, old)
    assert files(course, "doejane_11") == {FILE: b"{}"}
    assert not again.newer
    shelf = course.folder / "collected" / LAB / "attempts" / "doejane_11"
    assert sorted(path.read_bytes() for path in shelf.glob(f"*/files/{FILE}")) == [NOTEBOOK, b"{}"]


def test_archives_in_the_wrong_order_give_the_newest_all_the_same(course, tmp_path):
    old = lms.moodle_zip(tmp_path / "old.zip", {JANE: {FILE: NOTEBOOK}}, day=2)
    new = lms.moodle_zip(tmp_path / "new.zip", {JANE: {FILE: b"{}"}}, day=9)
    take(course, new)
    assert take(course, old).older == {"Jane-Doe"}
    assert files(course, "Jane-Doe") == {FILE: b"{}"}
    back = lms.moodle_zip(tmp_path / "back.zip", {JANE: {FILE: NOTEBOOK}}, day=12)  # the first one, handed in again
    take(course, back)
    assert files(course, "Jane-Doe") == {FILE: NOTEBOOK}


def test_both_ways_of_moodle_are_read(course, tmp_path):
    take(course, lms.moodle_zip(tmp_path / "flat.zip", {JANE: {FILE: NOTEBOOK}}, folders=False))
    take(course, lms.moodle_zip(tmp_path / "folders.zip", {BOB: {FILE: NOTEBOOK}}))
    assert files(course, "Jane-Doe") == files(course, "Bob-O'Brien") == {FILE: NOTEBOOK}


def test_who_is_late_is_remembered_with_the_attempt(course, tmp_path):
    late = Student("Jane Doe", 11, late=True)
    summary = take(course, lms.canvas_zip(tmp_path / "s.zip", {late: {FILE: NOTEBOOK}, BOB: {FILE: NOTEBOOK}}))
    assert summary.late == {"doejane_11"}
    assert {student: one.late for student, one in attempts.handed_in(course.folder, LAB).items()} == {
        "doejane_11": True,
        "obrienbob_12": False,
    }
    extended = lms.canvas_zip(tmp_path / "t.zip", {JANE: {FILE: NOTEBOOK}}, day=9)  # the date due was moved
    assert not take(course, extended).late


def test_blackboards_attempts_are_ordered_by_its_clock_and_the_time_is_nbgraders(course, tmp_path):
    times = ["2026-07-01 13:00:00", "2026-07-01 23:30:00", "2026-07-01 18:00:00"]
    hand_ins = [(Student("Jane Doe", 0, when=when), {"lab+1.ipynb": when.encode()}) for when in times]
    take(course, lms.blackboard_zip(tmp_path / "s.zip", hand_ins), zone=time_zone("Europe/Berlin"))
    found = files(course, "janedoe")
    assert found[FILE] == b"2026-07-01 23:30:00"
    assert found["timestamp.txt"] == b"2026-07-01 21:30:00.000000 UTC"
    told = course.directory.get_existing_timestamp(str(course.submitted / "janedoe" / LAB))
    assert told == datetime(2026, 7, 1, 21, 30)  # noqa: DTZ001  (as nbgrader keeps it)
    assert len(list((course.folder / "collected" / LAB / "attempts" / "janedoe").glob("*/files/*"))) == 3


def test_a_time_that_was_read_in_a_wrong_zone_is_mended_by_naming_the_right_one(course, tmp_path):
    path = lms.blackboard_zip(tmp_path / "s.zip", [(JANE, {FILE: NOTEBOOK}), (BOB, {FILE: NOTEBOOK})])
    take(course, path, zone=time_zone("UTC"))
    extended = course.submitted / "bobobrien" / LAB / "timestamp.txt"
    extended.write_text("2026-09-01 00:00:00 UTC")  # by hand: an extension
    take(course, path, zone=time_zone("Asia/Tokyo"))
    assert files(course, "janedoe")["timestamp.txt"] == b"2026-10-01 03:00:00.000000 UTC"
    assert extended.read_text() == "2026-09-01 00:00:00 UTC"
    assert len(list((course.folder / "collected" / LAB / "attempts" / "janedoe").glob("*/attempt.json"))) == 1
    assert "--timezone says another" in "".join(take(course, path).lines())


def test_a_time_that_was_written_by_hand_is_kept_when_a_newer_attempt_comes(course, tmp_path):
    take(course, lms.canvas_zip(tmp_path / "s.zip", {JANE: {FILE: NOTEBOOK}}))
    (course.submitted / "doejane_11" / LAB / "timestamp.txt").write_text("2026-09-01 00:00:00 UTC")
    take(course, lms.canvas_zip(tmp_path / "t.zip", {JANE: {FILE: b"{}"}}, first=900_000, day=9))
    assert files(course, "doejane_11") == {FILE: b"{}"}
    (kept,) = (course.folder / "collected" / LAB / "attempts" / "doejane_11").glob("*/timestamp.txt")
    assert kept.read_text() == "2026-09-01 00:00:00 UTC"


def test_each_member_of_a_group_gets_the_submission(course, tmp_path):
    take(course, lms.gradescope_zip(tmp_path / "s.zip", [((JANE, BOB), {FILE: NOTEBOOK}), ((EVE,), {FILE: b"{}"})]))
    assert (
        files(course, "11")
        == files(course, "12")
        == {FILE: NOTEBOOK, "timestamp.txt": b"2026-10-01 12:00:00.123456 UTC"}
    )
    assert files(course, "13")[FILE] == b"{}"
    assert {(row.student, row.name, row.email) for row in roster.read(course.folder / "roster.csv")} == {
        ("11", "Jane Doe", "janedoe@example.edu"),
        ("12", "Bob O'Brien", "bobobrien@example.edu"),
        ("13", "Eve Ünal", "eveünal@example.edu"),
    }


def test_a_group_that_the_lms_names_alone_is_looked_up(course, tmp_path):
    members = tmp_path / "groups.csv"
    members.write_text("group_name,canvas_user_id,name,login_id\nGroup 1,11,Jane Doe,jane\nGroup 1,12,Bob,bob\n")
    path = lms.canvas_zip(tmp_path / "s.zip", {Student("1 Group", 11): {FILE: NOTEBOOK}, EVE: {FILE: b"{}"}})
    take(course, path, members=members)
    assert sorted(course.students(LAB)) == ["Bob_12", "Jane-Doe_11", "ünaleve_13"]


def test_a_zip_in_a_zip_is_unpacked_and_what_editors_leave_in_it_is_not(course, tmp_path):
    inner = lms.zip_of(
        {f"jane/{FILE}": NOTEBOOK, f"jane/.ipynb_checkpoints/{LAB}-checkpoint.ipynb": b"{}", "README.md": b""}
    )
    packed = lms.tar_of([(lms.member(f"a/{FILE}"), NOTEBOOK)], "w:gz")
    take(course, lms.canvas_zip(tmp_path / "s.zip", {
        JANE: {"hand-in.zip": lms.zip_of({"work.zip": inner})}, BOB: {"lab.tar.gz": packed},
    }))  # fmt: skip
    assert files(course, "doejane_11") == files(course, "obrienbob_12") == {FILE: NOTEBOOK}


def nested(depth):
    data = NOTEBOOK
    for _ in range(depth):
        data = lms.zip_of({"again.zip" if data != NOTEBOOK else FILE: data})
    return data


BROKEN = bytearray(lms.zip_of({FILE: NOTEBOOK}))
BROKEN[BROKEN.index(b"\1\2") - 3] ^= 0xFF  # the last packed byte

HOSTILE = {
    "leads out": (
        lms.raw_zip([(b"../../../../evil.ipynb", NOTEBOOK)]),
        "../../../../evil.ipynb leads out of the archive",
    ),
    "absolute": (lms.raw_zip([(b"/etc/evil.ipynb", NOTEBOOK)]), "/etc/evil.ipynb names a place on a disk"),
    "drive": (lms.raw_zip([(b"C:evil.ipynb", NOTEBOOK)]), "C:evil.ipynb names a place on a disk"),
    "backslash": (lms.raw_zip([(b"..\\evil.ipynb", NOTEBOOK)]), "has a backslash"),
    "control": (lms.raw_zip([(b"a\0b.ipynb", NOTEBOOK)]), "has a name with control characters"),
    "link": (lms.raw_zip([(FILE.encode(), b"/etc/passwd")], mode=0o120777), f"{FILE} is a link"),
    "tar link": (lms.tar_of([(lms.member(FILE, tarfile.SYMTYPE, "/etc/passwd"), b"")]), f"{FILE} is a link"),
    "hard link": (lms.tar_of([(lms.member(FILE, tarfile.LNKTYPE, "/etc/passwd"), b"")]), f"{FILE} is a link"),
    "pipe": (lms.tar_of([(lms.member(FILE, tarfile.FIFOTYPE), b"")]), f"{FILE} is no ordinary file"),
    "encrypted": (lms.raw_zip([(FILE.encode(), b"?" * 50)], flags=1), f"{FILE} is encrypted"),
    "truncated": (lms.zip_of({FILE: NOTEBOOK})[:-30], "hand-in.zip is no archive that can be read"),
    "checksum": (bytes(BROKEN), f"{FILE} is damaged"),
    "too deep": (nested(4), "again.zip is an archive in more than 3 others"),
    "far too deep": (nested(8), "again.zip is an archive in more than 3 others"),
    "twice": (lms.raw_zip([(FILE.encode(), NOTEBOOK), (FILE.encode(), b"{}")]), f"{FILE} is in the archive 2 times"),
    "shrinks too far": (lms.zip_of({FILE: bytes(200_000)}), f"{FILE} unpacks to more than 200 times its size"),
    "shared bytes": (
        lms.raw_zip([(FILE.encode(), NOTEBOOK), (b"b.ipynb", NOTEBOOK)], apart=False),
        f"{FILE} shares its bytes with another file",
    ),
    "entries": (lms.raw_zip([(b"%d.txt" % number, b"") for number in range(20_001)]), "lists more than is allowed"),
    "nothing in it": (lms.zip_of({"photo.png": b"\x89PNG"}), "hand-in.zip holds no notebook"),
    "empty": (lms.zip_of({}), "hand-in.zip holds no notebook"),
}


def test_whatever_one_student_packs_is_refused_by_name_and_the_class_goes_on(course, tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "RATIO_FREE", 100_000)
    students = {Student(f"H {number}", 100 + number): what for number, what in enumerate(HOSTILE)}
    hand_ins = {who: {"hand-in.tar" if "ustar" in str(HOSTILE[what][0][:600]) else "hand-in.zip": HOSTILE[what][0]}
                for who, what in students.items()}  # fmt: skip
    summary = take(course, lms.canvas_zip(tmp_path / "s.zip", {JANE: {FILE: NOTEBOOK}, **hand_ins, BOB: {FILE: b"{}"}}))
    assert files(course, "doejane_11") == {FILE: NOTEBOOK}
    assert files(course, "obrienbob_12") == {FILE: b"{}"}
    assert len(course.students(LAB)) == 2 + len(HOSTILE)
    for who, what in students.items():
        student = f"{who.name.split(' ')[1]}h_{who.number}"
        sentences = [said for refused, said in summary.refused if refused == student]
        assert any(HOSTILE[what][1] in said for said in sentences), (what, sentences)
        assert list(files(course, student)) == ["REFUSED.txt"], what
        assert isinstance(fetch(course.submitted / student / LAB / FILE), UnreadableError)
    assert not list(tmp_path.rglob("evil*"))


def test_what_a_student_may_list_is_counted_over_all_archives(course, tmp_path):
    half = lms.raw_zip([(b"%d.txt" % number, b"") for number in range(10_001)])
    summary = take(course, lms.canvas_zip(tmp_path / "s.zip", {JANE: {"a.zip": half, "b.zip": half}}))
    assert ("doejane_11", "b.zip takes what is listed here beyond 20000 entries.") in summary.refused


def test_a_class_that_unpacks_to_more_than_a_class_can_is_stopped_and_what_came_before_stays(
    course, tmp_path, monkeypatch
):
    monkeypatch.setattr(collect, "CLASS_BYTES", 100)
    hand_ins = {JANE: {FILE: NOTEBOOK}, BOB: {FILE: NOTEBOOK}}
    summary = take(course, lms.canvas_zip(tmp_path / "s.zip", hand_ins))
    assert summary.troubles == ["s.zip unpacks to more than 0 MB: the rest waits."]
    assert summary.students == {"doejane_11"}
    assert files(course, "doejane_11") == {FILE: NOTEBOOK}


AFTER = [  # when, order, seen, number of a later attempt and of an earlier one
    (("2026-10-02T00:00:00+00:00", 0, "2026-10-01", 1), ("2026-10-01T00:00:00+00:00", 0, "2026-12-01", 2)),
    (("", 20, "2026-10-01", 1), ("", 10, "2026-12-01", 2)),
    (("", 0, "2026-12-01", 1), ("", 0, "2026-10-01", 2)),
    (("", 0, "2026-12-01", 1), ("2027-01-01T00:00:00+00:00", 9, "2026-10-01", 2)),
    (("", 0, "2026-12-01", 2), ("", 0, "2026-12-01", 1)),
]


@pytest.mark.parametrize(("later", "earlier"), AFTER)
def test_an_attempt_is_later_by_its_time_then_by_the_lmss_count_then_by_the_archives_age(later, earlier):
    new, old = (
        attempts.Attempt("", when, order, seen, number, None, {}, [], [])
        for when, order, seen, number in (later, earlier)
    )
    assert new.after(old)
    assert not old.after(new)


def test_an_archive_that_holds_itself_ends(course, tmp_path, monkeypatch):
    endless = lms.zip_of({"again.zip": b"in place of these bytes, each file read from a zip gives this zip"})
    monkeypatch.setattr(archives._Zip, "_open", lambda *_: io.BytesIO(endless))
    summary = take(course, lms.canvas_zip(tmp_path / "s.zip", {JANE: {"again.zip": b""}}))
    assert summary.refused == [("doejane_11", "again.zip is an archive in more than 3 others.")]


def test_a_damaged_notebook_is_stored_as_it_is_for_the_grader_to_report(course, tmp_path):
    take(
        course,
        lms.canvas_zip(tmp_path / "s.zip", {JANE: {FILE: NOTEBOOK[:20]}, BOB: {FILE: b"PK\3\4"}, EVE: {FILE: b""}}),
    )
    assert files(course, "doejane_11") == {FILE: NOTEBOOK[:20]}
    assert files(course, "obrienbob_12") == {FILE: b"PK\3\4"}
    assert files(course, "ünaleve_13") == {FILE: b""}


@pytest.mark.parametrize("name", [f"{LAB}.ipynb.txt", f"{LAB}.json", LAB, f"{LAB}.txt"])
def test_a_notebook_whose_suffix_a_browser_has_changed_is_one(course, tmp_path, name):
    take(course, lms.canvas_zip(tmp_path / "s.zip", {JANE: {name: b"\xef\xbb\xbf\n" + NOTEBOOK}}))
    assert files(course, "doejane_11") == {FILE: b"\xef\xbb\xbf\n" + NOTEBOOK}


AGAIN = b"Hand in the notebook itself, as lab1_rnn.ipynb.\n"
NO_ARCHIVE = b"extra.zip is no archive that can be read: it is damaged, or cut off. " + AGAIN
NOT_UNPACKED = b"work.rar is an archive that is not unpacked here: zip, tar and tar.gz are. " + AGAIN
CHOICES = [
    ({"scratch.ipynb": b"{}", f"my {LAB} final.ipynb": NOTEBOOK}, {FILE: NOTEBOOK}),
    ({"homework.ipynb": NOTEBOOK, "helper.py": b"1", "README.md": b"2"}, {FILE: NOTEBOOK}),
    ({FILE: NOTEBOOK, f"{LAB} (1).ipynb": NOTEBOOK}, {FILE: NOTEBOOK}),
    ({FILE: NOTEBOOK, f"{LAB} (1).ipynb": b"{}"}, {f"1 of 2 {FILE}": NOTEBOOK, f"2 of 2 {LAB} (1).ipynb": b"{}"}),
    ({"a.ipynb": NOTEBOOK, "b.ipynb": b"{}"}, {"1 of 2 a.ipynb": NOTEBOOK, "2 of 2 b.ipynb": b"{}"}),
    ({"a.py": b"1", "README.md": b"2"}, {f"{LAB}.py": b"1"}),
    ({f"{LAB}.md": b"2", "report.pdf": b"3"}, {f"{LAB}.md": b"2"}),
    ({"report.pdf": b"%PDF", ".hidden": b"4"}, {"report.pdf": b"%PDF", "hidden": b"4"}),
    ({"link.html": b"<a href=colab>"}, {"link.html": b"<a href=colab>"}),
    ({FILE: NOTEBOOK, "extra.zip": b"no zip"}, {FILE: NOTEBOOK}),
    ({"other.ipynb": NOTEBOOK, "extra.zip": b"no zip"}, {"REFUSED.txt": NO_ARCHIVE}),
    ({"work.rar": b"Rar!"}, {"REFUSED.txt": NOT_UNPACKED}),
]  # fmt: skip


@pytest.mark.parametrize(("handed_in", "expected"), CHOICES)
def test_what_is_graded_is_what_fits_the_lab_or_a_person_is_asked(course, tmp_path, handed_in, expected):
    summary = take(course, lms.canvas_zip(tmp_path / "s.zip", {JANE: handed_in}))
    assert files(course, "doejane_11") == expected
    asked = any(student == "doejane_11" for student, _ in summary.refused)
    assert asked is not (len(expected) == 1 and next(iter(expected)) in {FILE, f"{LAB}.py", f"{LAB}.md"})


def test_a_file_that_stands_twice_in_the_lmss_own_archive_asks_for_a_person(course, tmp_path):
    data = lms.raw_zip([(b"doejane_11_7_lab1.ipynb", NOTEBOOK), (b"doejane_11_7_lab1.ipynb", b"{}")])
    (tmp_path / "s.zip").write_bytes(data)
    assert take(course, tmp_path / "s.zip").refused == [
        ("doejane_11", "lab1.ipynb is in the archive 2 times, each time with other contents.")
    ]


def test_what_a_person_has_changed_in_course_submitted_is_never_lost(course, tmp_path):
    path = lms.canvas_zip(tmp_path / "s.zip", {JANE: {FILE: NOTEBOOK}})
    take(course, path)
    mended = course.submitted / "doejane_11" / LAB / FILE
    mended.write_bytes(b"mended by hand")
    take(course, path)
    assert mended.read_bytes() == b"mended by hand"
    newer = lms.canvas_zip(tmp_path / "t.zip", {JANE: {FILE: b"{}"}}, first=900_000)
    with_year = datetime.now().year + 1  # noqa: DTZ005
    archive = lms.Writer(newer, (with_year, 1, 1, 0, 0, 0))
    archive.add(f"doejane_11_900009_{FILE}", b"{}")
    take(course, archive.write())
    assert files(course, "doejane_11") == {FILE: b"{}"}
    kept = (course.folder / "collected" / LAB / "attempts" / "doejane_11").glob(f"*/files/{FILE}")
    assert b"mended by hand" in [path.read_bytes() for path in kept]


def test_what_was_handed_in_by_hand_and_is_newer_stays(course, tmp_path):
    folder = course.submitted / "jane" / LAB
    folder.mkdir(parents=True)
    (folder / FILE).write_bytes(b"by e-mail")
    source = tmp_path / "class.tar"
    source.write_bytes(lms.tar_of([(lms.member(f"jane/{FILE}"), NOTEBOOK), (lms.member(f"bob/{FILE}"), NOTEBOOK)]))
    with (folder / "timestamp.txt").open("w") as stamp:
        stamp.write("2030-01-01 00:00:00 UTC")
    for path in (folder / FILE, folder / "timestamp.txt"):
        os.utime(path, (1_900_000_000, 1_900_000_000))
    summary = take(course, source)
    assert files(course, "jane")[FILE] == b"by e-mail"
    assert summary.remarks == [
        ("jane", "what lies in course/submitted did not come from an archive, and is newer: it stays.")
    ]


def test_nothing_is_put_behind_a_link(course, tmp_path):
    course.submitted.mkdir()
    (tmp_path / "elsewhere").mkdir()
    (course.submitted / "doejane_11").symlink_to(tmp_path / "elsewhere")
    summary = take(course, lms.canvas_zip(tmp_path / "s.zip", {JANE: {FILE: NOTEBOOK}}))
    assert "is a link to another place: nothing was put there" in summary.remarks[0][1]
    assert not list((tmp_path / "elsewhere").iterdir())


def test_a_run_that_was_stopped_is_simply_run_again(course, tmp_path, monkeypatch):
    path = lms.canvas_zip(tmp_path / "s.zip", {who: {FILE: NOTEBOOK} for who in (JANE, BOB, EVE)})
    put, calls = attempts.Shelf._put, []

    def fail_second(self, attempt):
        calls.append(attempt)
        if len(calls) == 2:
            raise OSError(errno.ENOSPC, "No space left on device", str(self.target))
        put(self, attempt)

    with monkeypatch.context() as patch:
        patch.setattr(attempts.Shelf, "_put", fail_second)
        with pytest.raises(
            UserFacingError, match=r"No space left on device\. What was taken in stays; run the same command again"
        ):
            take(course, path)
    assert len(course.students(LAB)) == 1
    take(course, path)
    assert [files(course, student) for student in course.students(LAB)] == [{FILE: NOTEBOOK}] * 3
    assert not [path for path in (course.folder / "collected" / LAB).iterdir() if path.name.startswith(".work")]


@pytest.mark.parametrize("step", range(1, 14))
def test_a_run_that_was_killed_anywhere_is_simply_run_again(course, tmp_path, monkeypatch, step):
    old = lms.canvas_zip(tmp_path / "s.zip", {JANE: {FILE: NOTEBOOK}, BOB: {FILE: NOTEBOOK}})
    new = lms.canvas_zip(tmp_path / "t.zip", {JANE: {FILE: b"{}"}, EVE: {FILE: NOTEBOOK}}, first=900_000, day=9)
    take(course, old)
    child = os.fork()
    if not child:
        left = iter(range(step))
        for name in ("_copy", "_note", "private_folder", "_write"):
            real = getattr(attempts, name)
            monkeypatch.setattr(
                attempts, name, lambda *given, real=real: os._exit(9) if next(left, None) is None else real(*given)
            )
        take(course, new)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    take(course, old)
    take(course, new)
    assert files(course, "doejane_11") == {FILE: b"{}"}
    assert files(course, "obrienbob_12") == files(course, "ünaleve_13") == {FILE: NOTEBOOK}
    left = [path for path in course.folder.rglob("*") if path.name.endswith((".new", ".old"))]
    assert not left + list(course.folder.rglob(".work-*"))
    kept = (course.folder / "collected" / LAB / "attempts" / "doejane_11").glob(f"*/files/{FILE}")
    assert sorted(path.read_bytes() for path in kept) == [NOTEBOOK, b"{}"]


def test_one_person_is_forgotten_and_everybody_else_stays(course, tmp_path):
    both = lms.canvas_zip(tmp_path / "s.zip", {JANE: {FILE: NOTEBOOK}, BOB: {FILE: NOTEBOOK}})
    take(course, both, lms.canvas_zip(tmp_path / "t.zip", {BOB: {FILE: b"{}"}}, first=900_000, day=9))
    gone = attempts.forget(course.folder, "doejane_11")
    assert [path.name.partition("-")[2] for path in gone] == ["s.zip"]
    left = [path for path in (course.folder / "collected").rglob("*") if path.is_file()]
    assert not [path for path in left if b"doejane" in path.read_bytes() or "doejane" in str(path)]
    assert [row.student for row in roster.read(course.folder / "roster.csv")] == ["obrienbob_12"]
    assert list(attempts.handed_in(course.folder, LAB)) == ["obrienbob_12"]
    assert attempts.forget(course.folder, "doejane_11") == []


def test_two_runs_at_once_are_one_sentence(course):
    at_work = pytest.raises(UserFacingError, match="Another `autograder collect` is at work")
    with collect.at_work(course.folder / "collected" / LAB), at_work:
        take(course)


def test_an_archive_that_cannot_be_read_does_not_stop_the_next_one(course, tmp_path):
    bad, none = tmp_path / "bad.zip", tmp_path / "none.zip"
    bad.write_bytes(b"PK\3\4" + bytes(100))
    odd = tmp_path / "odd.zip"
    odd.write_bytes(lms.zip_of({"l.ipynb": NOTEBOOK, "d_1_2_x.ipynb": NOTEBOOK}))
    summary = take(course, bad, none, odd, lms.canvas_zip(tmp_path / "s.zip", {JANE: {FILE: NOTEBOOK}}))
    assert summary.troubles == [
        "bad.zip is no archive that can be read: it is damaged, or cut off.",
        f"There is no file or folder {none}.",
        f"The names in odd.zip are not surely one LMS's. Say whose: --from {'|'.join(lms_names.KINDS)}.",
    ]
    assert files(course, "doejane_11") == {FILE: NOTEBOOK}


def test_a_folder_is_taken_in_and_nothing_that_it_links_to(course, tmp_path):
    source = tmp_path / "class"
    for student in ("jane", "Bob Smith", "-rf", "..hidden"):
        (source / student / LAB).mkdir(parents=True)
        (source / student / LAB / FILE).write_bytes(NOTEBOOK)
    (source / "jane" / LAB / "timestamp.txt").write_text("2026-10-01 12:00:00 UTC")
    (source / "jane" / os.fsdecode(b"caf\xe9.ipynb")).write_bytes(NOTEBOOK)
    (source / "eve").mkdir()
    (source / "eve" / FILE).symlink_to(course.root / "nbgrader_config.py")
    summary = take(course, source)
    assert sorted(course.students(LAB)) == ["Bob-Smith", "eve", "hidden", "jane", "rf"]
    assert files(course, "jane") == {FILE: NOTEBOOK, "timestamp.txt": b"2026-10-01 12:00:00.000000 UTC"}
    assert summary.refused == [("eve", f"eve/{FILE} is a link to another place, not a file.")]
    assert "caf?.ipynb has a name with control characters, or one that is no text" in summary.remarks[0][1]
    assert "Nothing has changed." in take(course, source).lines()


def test_every_attempt_that_nbgraders_exchange_holds_is_kept_and_the_last_is_graded(course, tmp_path):
    source = tmp_path / "inbound"
    for hour in ("09", "23", "11"):
        folder = source / f"jane+{LAB}+2026-10-01 {hour}:00:00.000000 UTC+r{hour}"
        folder.mkdir(parents=True)
        (folder / FILE).write_bytes(hour.encode())
    take(course, source)
    assert files(course, "jane") == {FILE: b"23", "timestamp.txt": b"2026-10-01 23:00:00.000000 UTC"}
    assert len(list((course.folder / "collected" / LAB / "attempts" / "jane").glob("*/attempt.json"))) == 3


def test_a_file_of_60_megabytes_is_taken_in_without_being_held_in_memory(course, tmp_path):
    path = lms.canvas_zip(tmp_path / "s.zip", {JANE: {FILE: b"x" * 60_000_000}})
    take(course, lms.canvas_zip(tmp_path / "warm.zip", {BOB: {FILE: NOTEBOOK}}))
    tracemalloc.start()
    take(course, path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (course.submitted / "doejane_11" / LAB / FILE).stat().st_size == 60_000_000
    assert peak < 5_000_000


NAMES = st.one_of(
    st.text(min_size=1, max_size=30),
    st.builds(
        "{}{}_{}_{}_{}".format,
        st.sampled_from(["", "../", "/", "a\\", "C:", "x/../../"]), st.text(max_size=8), st.integers(0, 3),
        st.integers(0, 3), st.text(max_size=8),
    ),
    st.builds("{}/{}".format, st.text(max_size=8), st.sampled_from([FILE, "..", "../..", "timestamp.txt", "a\n", ""])),
    st.builds("{}_{}_assignsubmission_file/{}".format, st.text(max_size=8), st.integers(0, 3), st.text(max_size=8)),
)  # fmt: skip


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    names=st.lists(NAMES, min_size=1, max_size=6), kind=st.sampled_from(["canvas", "moodle", "blackboard", "folder"])
)
def test_whatever_names_an_archive_holds_nothing_is_written_elsewhere(course, tmp_path, names, kind):
    source = tmp_path / "s.zip"
    raw = [name.encode("utf-8", "surrogatepass")[:60_000] for name in names]
    source.write_bytes(lms.raw_zip([(name, NOTEBOOK) for name in raw], flags=0))
    allowed = (course.submitted, course.folder / "collected", course.folder / "roster.csv")

    def elsewhere():
        return {path: seen for path, seen in tree(tmp_path).items()
                if path.is_file() and not any(path.is_relative_to(place) for place in allowed)}  # fmt: skip

    before = elsewhere()
    take(course, source, kind=kind)
    assert elsewhere() == before
    for folder in course.submitted.iterdir() if course.submitted.exists() else ():
        assert roster.folder_name(folder.name) == folder.name
        assert [path.name for path in folder.iterdir()] == [LAB]
        assert not any(path.is_symlink() for path in folder.rglob("*"))


def test_the_command_says_what_it_took_in(course, tmp_path, monkeypatch):
    monkeypatch.setattr(Course, "open", lambda **_: course)
    path = lms.canvas_zip(tmp_path / "s.zip", {JANE: {FILE: NOTEBOOK}, BOB: {"report.pdf": b"%PDF"}})
    said = CliRunner().invoke(app, ["collect", LAB, str(path)])
    assert said.exit_code == 0
    assert said.output.splitlines() == [
        "2 students (canvas): 2 new.",
        "obrienbob_12 needs you: handed in no notebook, only report.pdf.",
        "Next: autograder grade lab1_rnn",
    ]
    assert CliRunner().invoke(app, ["collect", LAB, "none.zip", str(path)]).exit_code == 1
    assert CliRunner().invoke(app, ["collect", "lab9", str(path)]).exit_code == 1
    nothing = CliRunner().invoke(app, ["collect", LAB, "none.zip"])
    assert (nothing.exit_code, nothing.output.splitlines()) == (1, ["There is no file or folder none.zip."])


def test_the_next_command_is_for_the_same_course(course, tmp_path, monkeypatch):
    monkeypatch.setattr(Course, "open", lambda **_: course)
    monkeypatch.setenv(COURSE_VARIABLE, "2027")
    path = lms.canvas_zip(tmp_path / "s.zip", {JANE: {FILE: NOTEBOOK}})
    said = CliRunner().invoke(app, ["collect", LAB, str(path)])
    assert said.output.splitlines()[-1] == "Next: autograder grade lab1_rnn --course 2027"


def test_nothing_is_logged(course, tmp_path, caplog):
    with caplog.at_level(0):
        take(course, lms.canvas_zip(tmp_path / "s.zip", {JANE: {FILE: NOTEBOOK}}))
    assert not [record for record in caplog.records if "doe" in record.getMessage().lower()]
    assert not (course.folder / "grading.log").exists()
    assert json.loads(next(Path(course.folder).glob("collected/*/attempts/doejane_11/placed.json")).read_text())
