"""The student repository: complete, installable, and without a secret."""

import os
import shutil
import subprocess
import sys
import venv

import pytest

from autograder.author import lint, publish
from autograder.base.errors import UserFacingError
from autograder.base.files import ROOT
from autograder.model.lab import student_repository

pytestmark = pytest.mark.slow  # seconds each; the whole suite runs them


@pytest.fixture(scope="module")
def student(tmp_path_factory):
    out = tmp_path_factory.mktemp("published") / "student"
    publish.publish(out)
    return out


def test_it_holds_the_labs_labkit_data_and_a_readme_of_its_own(student):
    for name in (
        "labs/lab1_rnn/lab1_rnn.ipynb",
        "labs/labkit/checks/lab1_rnn/cases.json",
        "labs/pyproject.toml",
        "data/README.md",
    ):
        assert (student / name).is_file(), name
    assert "Three ways in" in (student / "README.md").read_text()
    assert "{{" not in (student / "README.md").read_text()
    assert "-e .[" not in (student / "environment.yml").read_text()


def test_it_holds_nothing_of_the_instructors(student):
    names = [str(path.relative_to(student)) for path in student.rglob("*") if ".git" not in path.parts]
    assert not [name for name in names if "solution" in name or "autograder" in name or name.startswith("tests")]
    assert publish.scan(student) == []


def test_its_history_is_its_own(student):
    log = subprocess.run(["git", "log", "--oneline"], cwd=student, capture_output=True, text=True, check=True).stdout
    assert len(log.splitlines()) == 1


def test_publishing_again_adds_to_its_history_only_what_changed(student, tmp_path, monkeypatch):
    monkeypatch.setattr(lint, "problems", lambda _: [])  # `student` was published with what they are today
    again = tmp_path / "again"
    shutil.copytree(student, again)
    (again / "README.md").write_text("old")
    subprocess.run(
        ["git", "commit", "-qam", "old", "--author", "a <a@localhost>"], cwd=again, check=True, env=_identity()
    )
    publish.publish(again)
    log = subprocess.run(["git", "log", "--oneline"], cwd=again, capture_output=True, text=True, check=True).stdout
    assert len(log.splitlines()) == 3
    assert (again / "README.md").read_text() == (student / "README.md").read_text()


def test_a_folder_with_other_things_is_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(UserFacingError, match="is not a student repository"):
        publish.publish(tmp_path)
    assert (tmp_path / "thesis.txt").read_text() == "mine"


@pytest.mark.parametrize("inside", [".", "..", "labs", "new-folder"])
def test_the_kit_itself_is_left_alone(tmp_path, inside):
    kit = tmp_path / "clone"
    subprocess.run(["git", "clone", "-q", "--local", ROOT, kit], check=True)
    before = sorted(kit.rglob("*"))
    with pytest.raises(UserFacingError, match="this kit"):
        publish.publish(kit / inside, kit)
    assert sorted(kit.rglob("*")) == before


def test_another_repository_is_left_alone(tmp_path):
    subprocess.run(["git", "clone", "-q", "--local", ROOT, tmp_path / "other"], check=True)
    with pytest.raises(UserFacingError, match="is not a student repository"):
        publish.publish(tmp_path / "other")
    assert (tmp_path / "other" / "Makefile").exists()


def test_changes_in_a_student_repository_are_not_thrown_away(student, tmp_path):
    again = tmp_path / "again"
    shutil.copytree(student, again)
    (again / "notes.txt").write_text("mine")
    with pytest.raises(UserFacingError, match="not committed"):
        publish.publish(again)
    assert (again / "notes.txt").read_text() == "mine"


@pytest.mark.parametrize(
    "address", ["git@github.com:us/labs.git", "http://github.com/us/labs", "https://gitlab.com/us/labs", "github.com/x"]
)
def test_an_address_that_colab_cannot_open_is_refused(tmp_path, address):
    (tmp_path / "pyproject.toml").write_text(f'[tool.autograder]\nstudent_repository = "{address}"\n')
    with pytest.raises(UserFacingError, match="Colab opens notebooks from"):
        student_repository(tmp_path)


def test_an_address_as_people_copy_it_is_understood(tmp_path):
    (tmp_path / "pyproject.toml").write_text(
        '[tool.autograder]\nstudent_repository = "https://github.com/us/labs.git/"\n'
    )
    assert student_repository(tmp_path) == "https://github.com/us/labs"


def test_a_new_file_that_git_does_not_know_stops_it(tmp_path):
    subprocess.run(["git", "clone", "-q", "--local", ROOT, tmp_path / "clone"], check=True)
    (tmp_path / "clone" / "labs" / "labkit" / "new.py").write_text('"""New."""\n')
    with pytest.raises(UserFacingError, match=r"labs/labkit/new\.py is not in git"):
        publish.publish(tmp_path / "out", tmp_path / "clone")
    assert not (tmp_path / "out").exists()


def test_the_scan_sees_a_solution_in_the_wheel(student, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(student, copy)
    (copy / "labs" / "labkit" / "answers.py").write_text(
        "'''\n    return -(log_p_target * mask).sum() / mask.sum()\n'''"
    )
    found = " ".join(publish.scan(copy))
    assert ".whl/labkit/answers.py holds a line" in found
    assert ".tar.gz/" in found


def test_the_wheel_brings_the_data_that_labkit_reads(student, tmp_path):
    names = [name for archive in publish.distributions(student, tmp_path) for name in publish.read_archive(archive)]
    for file in ("lab1/forgetting.json", "lab4/digits.npz"):
        assert any(name.endswith(f".whl/labkit/_data/{file}") for name in names)
        assert any(".tar.gz/" in name and name.endswith(f"labkit/_data/{file}") for name in names)


@pytest.mark.slow
def test_it_installs_from_its_folder_and_finds_its_data(student, tmp_path):
    wheel = next(path for path in publish.distributions(student, tmp_path) if path.suffix == ".whl")
    venv.create(tmp_path / "env", with_pip=True, system_site_packages=False)
    python = tmp_path / "env" / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "-q", "--no-deps", "--no-index", wheel], check=True)
    packages = next(path for path in sys.path if path.endswith("site-packages"))
    code = (
        f"import sys; sys.path.append({packages!r}); import labkit; from labkit.checks import lab1_rnn as checks; "
        "from labkit import data; print(labkit.__file__, len(checks.EXERCISES), data.path('lab1/forgetting.json'))"
    )
    shown = subprocess.run([python, "-P", "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path).stdout
    assert str(tmp_path / "env") in shown
    assert "_data" in shown


def _identity():
    return os.environ | {"GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@localhost"}
