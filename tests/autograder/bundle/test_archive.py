"""The zip for Gradescope holds one lab and nothing of the class; the cut-down lock holds what grading imports."""

from __future__ import annotations

import json
import re
import stat
import subprocess
import sys
import zipfile
from importlib import metadata
from typing import TYPE_CHECKING

import pytest

from autograder.base.errors import UserFacingError
from autograder.base.files import ROOT
from autograder.bundle import archive
from autograder.bundle.grading import Settings
from autograder.model.lab import find

if TYPE_CHECKING:
    from pathlib import Path

SECRET = bytes(range(32))
OTHERS = {
    "lab1_rnn": "lab2_music",
    "lab2_music": "lab3_attention",
    "lab3_attention": "lab4_beyond",
    "lab4_beyond": "lab1_rnn",
}


def unpacked(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as found:
        return {name: found.read(name) for name in found.namelist()}


@pytest.fixture(scope="module", params=sorted(OTHERS))
def members(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict[str, bytes]]:
    path = tmp_path_factory.mktemp("zip") / "autograder.zip"
    archive.write(path, Settings(request.param), SECRET)
    return request.param, unpacked(path)


def test_it_is_as_gradescope_wants_it(tmp_path: Path) -> None:
    path = tmp_path / "autograder.zip"
    archive.write(path, Settings("lab1_rnn"), SECRET)
    with zipfile.ZipFile(path) as found:
        for name in ("setup.sh", "run_autograder"):
            assert found.getinfo(name).external_attr >> 16 & stat.S_IXUSR
            assert found.read(name).startswith(b"#!/bin/")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    again = tmp_path / "again.zip"
    archive.write(again, Settings("lab1_rnn"), SECRET)
    assert again.read_bytes() == path.read_bytes()


def test_it_holds_one_lab(members: tuple[str, dict[str, bytes]]) -> None:
    lab, found = members
    assert {name.split("/")[1] for name in found if name.startswith("solutions/")} == {lab}
    assert {name.split("/")[2] for name in found if re.match(r"autograder/references/\w+/", name)} == {lab}
    assert not [name for name in found if name.startswith(f"labs/{OTHERS[lab]}")]
    other = find(OTHERS[lab], ROOT).solution_path.read_text(encoding="utf-8")
    hidden = [cell for cell in json.loads(other)["cells"] if "### BEGIN HIDDEN TESTS" in "".join(cell["source"])]
    line = "".join(hidden[0]["source"]).partition("### BEGIN HIDDEN TESTS")[2].splitlines()[1].strip()
    assert len(line) > 10
    assert not [name for name, data in found.items() if line.encode() in data]


def test_it_holds_no_gradebook_no_roster_and_not_the_courses_key(members: tuple[str, dict[str, bytes]]) -> None:
    _, found = members
    assert not [name for name in found if re.search(r"gradebook\.|roster\.csv|secret\.key|\.git/|\.db$|^course", name)]
    assert not [name for name, data in found.items() if SECRET in data or SECRET.hex().encode() in data]
    assert not [name for name, data in found.items() if data.startswith(b"SQLite format")]
    assert found["key"] != SECRET
    folders = {name.split("/")[0] for name in found if "/" in name}
    assert folders == {"autograder", "labs", "solutions", "data"}
    parts = {name.split("/")[1] for name in found if name.startswith("autograder/")}
    assert not parts & {"gradebook", "commands", "cli", "intake", "delivery", "author", "results", "runs"}


@pytest.mark.parametrize("name", ["course/gradebook.db", "x/roster.csv", "secret.key", ".git/config", "tests/a.py"])
def test_what_may_not_leave_is_refused_by_name(name: str) -> None:
    assert archive.problems({name: b""}, find("lab1_rnn", ROOT), SECRET) == [f"{name} is in it"]


def test_another_labs_solution_and_the_courses_key_are_refused() -> None:
    inside = {"solutions/lab2_music/lab2_music.ipynb": b"", "data/x": b"a" + SECRET, "data/y": SECRET.hex().encode()}
    assert len(archive.problems(inside, find("lab1_rnn", ROOT), SECRET)) == 3


def test_a_key_is_each_labs_own() -> None:
    assert archive.subkey(SECRET, "lab1_rnn") != archive.subkey(SECRET, "lab2_music")


def test_a_lab_that_there_is_not_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(UserFacingError, match="There is no lab 'lab9'"):
        archive.write(tmp_path / "a.zip", Settings("lab9"), SECRET)
    assert list(tmp_path.iterdir()) == []


IMPORTS = """
import sys
from importlib.abc import MetaPathFinder
absent = set(sys.argv[1].split())
class Absent(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in absent:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Absent())
import autograder.bundle.grading, autograder.bundle.limits, autograder.exam.submission, autograder.engine.engine
import {more}
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    "more",
    [
        "autograder.exam.examiner, autograder.references.preload",
        "tensorflow, keras, matplotlib.pyplot, labkit, autograder.inside.preload",
    ],
)
def test_grading_imports_nothing_that_the_cut_down_lock_has_not(more: str) -> None:
    lock = archive.cut_down((ROOT / "requirements.lock").read_text(encoding="utf-8"))
    kept = {re.sub(r"[-_.]+", "-", name).lower() for name in re.findall(r"^([A-Za-z0-9][\w.-]*)==", lock, re.MULTILINE)}
    assert {"tensorflow", "nbclient", "ipykernel", "scipy"} <= kept
    assert not kept & {"jupyterlab", "nbgrader", "dask", "distributed", "pytest", "sqlalchemy"}
    ours = {"deep-sequence-autograder", "deep-sequence-labkit", "setuptools", "pip"}
    absent = {
        module
        for module, names in metadata.packages_distributions().items()
        if not {re.sub(r"[-_.]+", "-", name).lower() for name in names} & (kept | ours)
    }
    assert "nbgrader" in absent
    source = IMPORTS.replace("{more}", more)
    done = subprocess.run(
        [sys.executable, "-c", source, " ".join(absent)], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert done.returncode == 0, done.stderr


STUB = """#!/bin/sh
echo "$(basename "$0") $*" >> "$LOG"
case "$(basename "$0") $*" in
*"apt-get install"*python3.12*) exit 100 ;;
*"-m venv "*) mkdir -p "$3/bin" && cp "$0" "$3/bin/python" ;;
esac
"""


def test_the_set_up_takes_the_first_python_that_there_is_and_packages_by_their_hashes(tmp_path: Path) -> None:
    stubs, source, kit, log = (tmp_path / name for name in ("stubs", "source", "kit", "log"))
    for folder in (stubs, source):
        folder.mkdir()
    for name in ("apt-get", "python3.12", "python3.13", "python3.11"):
        (stubs / name).write_text(STUB, encoding="ascii")
        (stubs / name).chmod(0o755)
    settings = {"PATH": f"{stubs}:/usr/bin:/bin", "SOURCE": str(source), "KIT": str(kit), "LOG": str(log)}
    subprocess.run(["bash", archive.SCRIPTS / archive.SETUP], env=settings, check=True, capture_output=True)
    said = log.read_text(encoding="ascii").splitlines()
    assert "apt-get install -y --no-install-recommends bubblewrap" in said
    assert f"python3.13 -m venv {kit}" in said
    assert not [line for line in said if line.startswith(("python3.12 ", "python3.11 "))]
    install = next(line for line in said if "pip install" in line)
    assert "--no-deps --require-hashes" in install
    assert install.endswith(f"-r {source}/requirements.lock")
    assert stat.S_IMODE(source.stat().st_mode) == 0o700


def test_the_set_up_says_when_there_is_no_python(tmp_path: Path) -> None:
    (tmp_path / "apt-get").write_text('#!/bin/sh\n[ "$1" = update ]\n', encoding="ascii")
    (tmp_path / "apt-get").chmod(0o755)
    settings = {"PATH": f"{tmp_path}:/usr/bin:/bin", "SOURCE": str(tmp_path), "KIT": str(tmp_path / "kit")}
    script = archive.SCRIPTS / archive.SETUP
    done = subprocess.run(["bash", script], env=settings, check=False, capture_output=True, text=True)
    assert done.returncode == 1
    assert "choose a newer base image" in done.stderr
