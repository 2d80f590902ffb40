"""A folder of clones of students' repositories: who, what and when, and nothing of a clone is run."""

import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime

import pytest
import yaml

from autograder.base.files import COURSE_VARIABLE, ROOT
from autograder.commands import collect
from autograder.course.course import Course
from autograder.intake import github

LAB = "lab1_rnn"
NOTEBOOK = b'{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'


@pytest.fixture
def course(tmp_path):
    root = tmp_path / "checkout"
    for lab in (LAB, "lab2_music"):
        (root / "solutions" / lab).mkdir(parents=True)
        shutil.copy(ROOT / "solutions" / lab / f"{lab}.py", root / "solutions" / lab)
    for name in ("nbgrader_config.py", "pyproject.toml"):
        shutil.copy(ROOT / name, root)
    return Course.open(root)


def git(folder, *arguments, when=""):
    dates = {"GIT_COMMITTER_DATE": when, "GIT_AUTHOR_DATE": when} if when else {}
    names = {f"GIT_{who}_{what}": "someone" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    subprocess.run(["git", "-C", folder, *arguments], check=True, capture_output=True, env=os.environ | names | dates)


def clone(folder, files, when="2026-10-01 12:00:00 +0200"):
    """Make a repository with one commit, as `git clone` leaves it: files, and .git beside them."""
    folder.mkdir(parents=True)
    git(folder, "init", "--quiet")
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--allow-empty", "-m", "done", when=when)
    return folder


def notebooks(student, *labs):
    return {f"labs/{lab}/{lab}.ipynb": NOTEBOOK + student.encode() for lab in labs}


def test_each_clone_is_a_students_and_its_last_commit_is_when_it_was_handed_in(course, tmp_path):
    for student, when in (("jdoe", "2026-10-01 12:00:00 +0200"), ("octo-cat", "2026-10-02 01:30:00 -0500")):
        clone(tmp_path / "clones" / f"lab1-rnn-{student}", notebooks(student, LAB, "lab2_music"), when)
    summary = collect.collect(course, LAB, [tmp_path / "clones"], kind="github")
    assert summary.new == {"jdoe", "octo-cat"}
    assert not summary.troubles
    assert not summary.unknown
    for student, stamp in (("jdoe", "2026-10-01 10:00:00"), ("octo-cat", "2026-10-02 06:30:00")):
        place = course.submitted / student / LAB
        assert (place / f"{LAB}.ipynb").read_bytes() == NOTEBOOK + student.encode()
        assert (place / "timestamp.txt").read_text().startswith(stamp)
    assert "clock" in "\n".join(summary.lines())


def test_a_later_commit_is_a_newer_attempt_and_the_same_one_none(course, tmp_path):
    place = clone(tmp_path / "clones" / "lab1-rnn-jdoe", notebooks("jdoe", LAB))
    collect.collect(course, LAB, [tmp_path / "clones"], kind="github")
    again = collect.collect(course, LAB, [tmp_path / "clones"], kind="github")
    assert (again.new, again.newer) == (set(), set())
    (place / "labs" / LAB / f"{LAB}.ipynb").write_bytes(NOTEBOOK + b" ")
    git(place, "commit", "--quiet", "-am", "better", when="2026-10-03 12:00:00 +0200")
    assert collect.collect(course, LAB, [tmp_path / "clones"], kind="github").newer == {"jdoe"}
    assert (course.submitted / "jdoe" / LAB / "timestamp.txt").read_text().startswith("2026-10-03 10:00:00")


def test_nothing_that_a_clone_configures_is_run(course, tmp_path):
    place = clone(tmp_path / "clones" / "lab1-rnn-jdoe", notebooks("jdoe", LAB))
    mark = tmp_path / "was_run"
    run = tmp_path / "run.sh"
    run.write_text(f"#!/bin/sh\ntouch {mark}\n")
    run.chmod(0o700)
    for name in ("core.fsmonitor", "core.pager", "core.sshCommand", "gpg.program", "alias.log"):
        git(place, "config", name, f"!{run}" if name.startswith("alias") else str(run))
    shutil.copy(run, place / ".git" / "hooks" / "post-checkout")
    mark.unlink(missing_ok=True)
    assert collect.collect(course, LAB, [tmp_path / "clones"], kind="github").new == {"jdoe"}
    assert not mark.exists()


def test_a_clone_without_a_commit_is_taken_in_and_nobody_can_say_when(course, tmp_path):
    clone(tmp_path / "clones" / "lab1-rnn-jdoe", notebooks("jdoe", LAB))
    empty = tmp_path / "clones" / "lab1-rnn-bob"
    empty.mkdir()
    git(empty, "init", "--quiet")
    (empty / f"{LAB}.ipynb").write_bytes(NOTEBOOK)
    summary = collect.collect(course, LAB, [tmp_path / "clones"], kind="github")
    assert summary.new == {"jdoe", "bob"}
    assert "lab1-rnn-bob" in " ".join(summary.lines())


@pytest.mark.parametrize(
    ("names", "prefix"),
    [
        (["lab1-rnn-jdoe", "lab1-rnn-jane"], "lab1-rnn-"),
        (["lab1-rnn-octo-cat", "lab1-rnn-octo-dog"], "lab1-rnn-"),
        (["lab1_rnn-jdoe"], "lab1_rnn-"),
        (["Lab1-octo-cat"], "Lab1-"),
        (["fall26-lab1-rnn-jdoe", "fall26-lab1-rnn-jane"], "fall26-lab1-rnn-"),
        (["recurrence-jdoe", "recurrence-jane"], "recurrence-"),
        (["octo-cat"], ""),
        (["jdoe", "jane"], ""),
        ([], ""),
    ],
)
def test_what_all_repositories_are_called_before_the_login(names, prefix):
    assert github.assignment(names, LAB) == prefix


def test_a_damaged_clone_has_no_time(tmp_path):
    place = clone(tmp_path / "clones" / "lab1-rnn-jdoe", {"a.txt": b"a"})
    (place / ".git" / "HEAD").write_text("ref: refs/heads/gone\n")
    (tmp_path / "clones" / "notes").mkdir()
    assert github.commit_times(tmp_path / "clones") == {"lab1-rnn-jdoe": None}
    clone(tmp_path / "more" / "old", {"a.txt": b"a"}, "2001-02-03 04:05:06 +0000")
    assert github.commit_times(tmp_path / "more") == {"old": datetime(2001, 2, 3, 4, 5, 6, tzinfo=UTC)}


def test_what_is_no_folder_of_clones_is_said_in_a_sentence(course, tmp_path):
    (tmp_path / "plain").mkdir()
    summary = collect.collect(course, LAB, [tmp_path / "plain"], kind="github")
    [trouble] = summary.troubles
    assert trouble.startswith(f"{tmp_path / 'plain'} is no folder of clones: --from github reads one in which each")


COMMAND = """
from functools import partial
from pathlib import Path
from autograder.cli import app
from autograder.course.course import Course
Course.open = partial(Course.open, Path.cwd())
app()
"""
FAKES = {
    "sudo": '[ "$1" = apparmor_parser ] || [ "$1" = apt-get ] || exec tee "$BIN/../profile"',
    "make": 'echo "make $*"',
    "gh": """[ "$1 $2" = "repo list" ] && { printf 'lab1-rnn-jdoe\nlab1-rnn-jane\nother-thing\n'; exit; }
shift 2; exec git clone --quiet "$BIN/../github/${1#*/}" "$2" """,
    "autograder": '[ "$1" = grade ] && set -- grade --help; exec "$PYTHON" -c "$COMMAND" "$@"',
}


def test_the_shell_lines_of_the_workflow_collect_what_students_have_pushed(course, tmp_path):
    workflow = yaml.safe_load((ROOT / "docs" / "grade.yml").read_text())
    for student in ("jdoe", "jane"):
        clone(tmp_path / "github" / f"lab1-rnn-{student}", notebooks(student, LAB))
    binaries = tmp_path / "bin"
    for name, script in FAKES.items():
        place = course.root / ".venv" / "bin" / name if name == "autograder" else binaries / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(f"#!/bin/sh\n{script}\n")
        place.chmod(0o700)
    here = os.environ | {name: str(value) for name, value in workflow["env"].items()} | {"LAB": LAB}
    here |= {"PATH": f"{binaries}:{os.environ['PATH']}", "BIN": str(binaries)}
    here |= {"PYTHON": sys.executable, "COMMAND": COMMAND, COURSE_VARIABLE: ""}
    for step in workflow["jobs"]["grade"]["steps"]:
        if "run" in step:
            subprocess.run(["bash", "-euo", "pipefail", "-c", step["run"]], check=True, cwd=course.root, env=here)
    assert {path.name for path in course.submitted.iterdir()} == {"jane", "jdoe"}
    assert "profile bwrap /usr/bin/bwrap" in (tmp_path / "profile").read_text()


def test_only_the_step_that_clones_sees_a_token():
    workflow = yaml.safe_load((ROOT / "docs" / "grade.yml").read_text())
    steps = workflow["jobs"]["grade"]["steps"]
    assert [step["name"] for step in steps if "GH_TOKEN" in step.get("env", {})] == ["students' repositories"]
    assert "TOKEN" not in str(workflow["env"])


def test_another_place_than_those_known_is_refused(course, tmp_path):
    clone(tmp_path / "one" / "jdoe", notebooks("jdoe", LAB))
    [trouble] = collect.collect(course, LAB, [tmp_path / "one"], kind="gitlab").troubles
    assert trouble.startswith("There is no --from gitlab. It is one of ")
