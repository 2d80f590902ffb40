"""A course's folder is its owner's; a group of instructors shares it where that is asked for; nobody else enters it."""

from __future__ import annotations

import grp
import os
import pwd
import shutil
import stat
from pathlib import Path

import pytest
import simulated
import users

from autograder.base import mounts
from autograder.base.errors import UserFacingError
from autograder.base.files import ROOT
from autograder.commands import hand_back
from autograder.course.course import Course
from autograder.gradebook import book
from autograder.gradebook.recorder import Recorder

LAB = simulated.LAB


def checkout(folder: Path) -> Path:
    for name in ("labs", "solutions"):
        shutil.copytree(ROOT / name / LAB, folder / name / LAB)
    for name in ("nbgrader_config.py", "pyproject.toml"):
        shutil.copy(ROOT / name, folder)
    return folder


def work(root: Path, student: str) -> None:
    """Do what an instructor does: record a result, write pages, draw the course's key."""
    course = Course.open(root)
    with Recorder(course.directory, course.config, simulated.lab()) as recorder:
        recorder.save(student, simulated.graded(student))
        recorder.save("both", simulated.graded("both"))
    hand_back.publish(course, LAB)
    assert len(course.rules.secret) == 32
    course.log()


def modes(folder: Path) -> set[int]:
    return {stat.S_IMODE(path.stat().st_mode) for path in (folder, *folder.rglob("*"))}


def test_a_course_is_its_owners_and_is_not_changed_later(tmp_path: Path) -> None:
    course = Course.open(checkout(tmp_path))
    assert stat.S_IMODE(course.folder.stat().st_mode) == 0o700
    course.folder.chmod(0o2750)
    Course.open(tmp_path)
    assert stat.S_IMODE(course.folder.stat().st_mode) == 0o2750
    course.folder.chmod(0o755)
    with pytest.raises(UserFacingError, match=r"everybody on this machine may enter it: chmod o-rwx"):
        Course.open(tmp_path)
    assert stat.S_IMODE(course.folder.stat().st_mode) == 0o755


def test_a_group_that_does_not_exist_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTOGRADER_GROUP", "no-such-group")
    with pytest.raises(UserFacingError, match="no group 'no-such-group'"):
        Course.open(checkout(tmp_path))
    assert not (tmp_path / "course").exists()


@pytest.mark.skipif(not users.ROOTS, reason="needs several users")
def test_two_instructors_work_in_one_course_and_nobody_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "warm").mkdir()
    work(checkout(tmp_path / "warm"), "ann")  # imports what is imported late
    root, (one, two, other) = tmp_path / "kit", [account.pw_name for account in users.accounts(3)]
    root.mkdir()
    theirs = {pwd.getpwnam(name).pw_gid for name in (one, two, other)}
    group = next(one for one in grp.getgrall() if one.gr_gid not in theirs)
    for folder in (root, *root.parents[:-1]):
        folder.chmod(folder.stat().st_mode | 0o011)
    os.chown(checkout(root), pwd.getpwnam(one).pw_uid, -1)
    monkeypatch.setenv("AUTOGRADER_GROUP", group.gr_name)
    for who, student in ((one, "ann"), (two, "bob"), (one, "cleo"), (two, "ann")):
        assert users.as_user(who, group.gr_gid, lambda student=student: work(root, student)) == ""
    assert "Permission denied" in users.as_user(other, pwd.getpwnam(other).pw_gid, lambda: work(root, "eve"))
    folder = root / "course"
    assert not [mode for mode in modes(folder) if mode & 0o007 and mode & 0o111], "a folder that others may enter"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o2770
    for name in ("gradebook.db", "secret.key", "grading.log"):
        assert stat.S_IMODE((folder / name).stat().st_mode) == 0o660, name
    course = Course.open(root)
    with course.gradebook() as gradebook:
        assert [report.student for report in book.reports(gradebook, LAB)] == ["ann", "bob", "both", "cleo"]


MOUNTS = """\
21 1 8:1 / / rw - ext4 /dev/sda1 rw
30 21 0:40 / /home rw - nfs4 server:/home rw
31 30 0:41 / /home/my\\040disk rw - xfs /dev/sdb rw
32 21 0:42 / /mnt/c rw - 9p C: rw
33 21 0:43 / /srv rw - cifs //server/x rw
34 21 0:44 / /srv rw - tmpfs tmpfs rw
35 21 0:45 / /data rw - fuse.sshfs you@there:/ rw
"""


def test_a_gradebook_on_a_network_file_system_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    listed = tmp_path / "mountinfo"
    listed.write_text(MOUNTS)
    found = {name: mounts.network(Path(name), listed) for name in ("/x", "/home/a", "/home/my disk/a", "/mnt/c/a")}
    assert found == {"/x": "", "/home/a": "nfs4", "/home/my disk/a": "", "/mnt/c/a": ""}
    assert (mounts.network(Path("/srv/a"), listed), mounts.network(Path("/data"), listed)) == (
        "",
        "fuse.sshfs",
    )
    assert mounts.network(tmp_path, tmp_path / "none") == ""
    monkeypatch.setattr(mounts, "network", lambda _: "nfs4")
    with pytest.raises(UserFacingError, match=r"network file system \(nfs4\).*AUTOGRADER_DATABASE=postgresql"):
        book.open_gradebook(f"sqlite:///{tmp_path}/gradebook.db", "sequences")
    assert not (tmp_path / "gradebook.db").exists()
