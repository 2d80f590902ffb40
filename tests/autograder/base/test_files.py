"""A file is replaced whole or not at all, for its owner or as the caller says."""

from __future__ import annotations

import os
import stat
from fnmatch import fnmatch
from typing import TYPE_CHECKING

import pytest

from autograder.base.files import (
    BY_UMASK,
    PRIVATE,
    all_but,
    private,
    private_folder,
    replaced,
    small_text,
)
from autograder.base.text import some

if TYPE_CHECKING:
    from pathlib import Path


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("several", [False, True])
def test_what_was_written_takes_the_place_of_the_old_file(tmp_path: Path, several: bool) -> None:
    path = tmp_path / "grades.csv"
    path.write_text("old")
    with replaced(path, several=several) as new:
        new.write_text("new")
        assert path.read_text() == "old", "until the end, whoever reads sees the old one"
    assert (path.read_text(), names(tmp_path)) == ("new", ["grades.csv"])


def test_nothing_of_the_old_file_is_lost_when_writing_fails(tmp_path: Path) -> None:
    path = tmp_path / "grades.csv"
    path.write_text("old")

    def write_half() -> None:
        with replaced(path) as new:
            new.write_text("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_half()
    assert (path.read_text(), names(tmp_path)) == ("old", ["grades.csv"])


def test_what_a_killed_process_left_behind_is_in_nobodys_way(tmp_path: Path) -> None:
    path = tmp_path / "grades.csv"
    (tmp_path / ".grades.csv.new").write_text("half of a longer table")
    with replaced(path) as new:
        new.write_text("new")
    assert (path.read_text(), names(tmp_path)) == ("new", ["grades.csv"])


def test_a_link_that_lies_in_wait_is_not_followed(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("mine")
    (tmp_path / ".page.html.new").symlink_to(elsewhere)
    with replaced(tmp_path / "page.html") as new:
        new.write_text("ours")
    assert elsewhere.read_text() == "mine"


@pytest.mark.parametrize(("mode", "umask", "expected"), [(PRIVATE, 0o022, 0o600), (BY_UMASK, 0o027, 0o640)])
def test_who_may_read_it_is_said_before_a_word_is_in_it(tmp_path: Path, mode: int, umask: int, expected: int) -> None:
    before = os.umask(umask)
    try:
        with replaced(tmp_path / "x", mode=mode) as new:
            assert stat.S_IMODE(new.stat().st_mode) == expected
        with open(tmp_path / "y", "x", opener=private) as file:
            assert stat.S_IMODE(os.fstat(file.fileno()).st_mode) == PRIVATE
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "x").stat().st_mode) == expected


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as error, replaced(tmp_path / "nowhere" / "x"):
        pass
    assert error.value.filename == str(tmp_path / "nowhere" / ".x.new")


@pytest.mark.parametrize(
    ("count", "said"), [(0, ""), (1, "0"), (3, "0, 1, 2"), (4, "0, 1, 2 and 1 more"), (100, "0, 1, 2 and 97 more")]
)
def test_the_first_names_stand_for_all(count: int, said: str) -> None:
    assert some([str(number) for number in range(count)], most=3) == said


@pytest.mark.parametrize("name", ["lab1.ipynb", "a [b].ipynb", ".ipynb", "timestamp.txt"])
def test_what_is_on_the_list_is_copied(name: str) -> None:
    assert not any(fnmatch(name, pattern) for pattern in all_but(".ipynb", "timestamp.txt"))


@pytest.mark.parametrize("name", ["lab1.py", "lab1_rnn", "data.txt", "b", "nb", "t", "txt", ".txt", "ipynb", "a~"])
def test_nothing_else_is_copied(name: str) -> None:
    assert any(fnmatch(name, pattern) for pattern in all_but(".ipynb", "timestamp.txt"))


def test_what_is_made_in_a_shared_folder_is_its_groups_and_elsewhere_its_owners(tmp_path: Path) -> None:
    modes = {}
    for name, mode in {"shared": 0o2770, "private": 0o700, "open": 0o755}.items():
        (tmp_path / name).mkdir()
        (tmp_path / name).chmod(mode)
        private_folder(tmp_path / name / "a" / "b")
        with replaced(tmp_path / name / "a" / "b" / "file") as new:
            new.write_text("x")
        with open(tmp_path / name / "log", "a", opener=private):
            pass
        made = [tmp_path / name / path for path in ("a/b", "a/b/file", "log")]
        modes[name] = [stat.S_IMODE(path.stat().st_mode) for path in made]
    assert modes == {"shared": [0o2770, 0o660, 0o660], "private": [0o700, 0o600, 0o600], "open": [0o700, 0o600, 0o600]}


def test_a_small_text_is_no_link_not_long_and_text(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("2026\n")
    (tmp_path / "link").symlink_to("text")
    (tmp_path / "long").write_text("x" * 1001)
    (tmp_path / "bytes").write_bytes(b"\xff")
    found = {name: small_text(tmp_path / name) for name in ("text", "link", "long", "bytes", "none")}
    assert found == {"text": "2026\n", "link": "", "long": "", "bytes": "", "none": ""}
