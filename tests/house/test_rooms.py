"""The rooms stay small, and what is said to be pure is: seen in a process of its own."""

from __future__ import annotations

import subprocess
import sys

import pytest

from autograder.base.files import ROOT

MODULES, LINES = 12, 300
HOMES = ("autograder", "labs/labkit")
FOLDERS = sorted({path.parent for home in HOMES for path in (ROOT / home).rglob("*.py")})


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: str(folder.relative_to(ROOT)))
def test_a_package_can_be_overlooked(folder) -> None:
    modules = [path.name for path in folder.glob("*.py") if path.name != "__init__.py"]
    assert len(modules) <= MODULES, modules
    for path in folder.glob("*.py"):
        name = str(path.relative_to(ROOT))
        assert len(path.read_text(encoding="utf-8").splitlines()) <= LINES, name


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: str(folder.relative_to(ROOT)))
def test_a_package_says_what_it_is(folder) -> None:
    text = (folder / "__init__.py").read_text(encoding="utf-8")
    said = text.partition('"""')[2].partition('"""')[0]
    assert len(said.split()) >= 8, f"{folder}: what is it, what goes in, what comes out?"


def loaded_by(*modules: str) -> set[str]:
    """Import modules in a fresh process; return the names of all that was loaded."""
    code = f"import sys\n{''.join(f'import {name};' for name in modules)}\nprint(*sys.modules)"
    return set(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split())


def below(package: str) -> list[str]:
    folder = ROOT / package.replace(".", "/")
    return [f"{package}.{path.stem}" for path in sorted(folder.glob("*.py")) if path.name != "__init__.py"]


PURE = {
    "verdicts": ["autograder.exam.verdicts"],
    "results": below("autograder.results"),
    "model": below("autograder.model"),
    "gradebook": below("autograder.gradebook"),
}


@pytest.mark.parametrize("what", PURE)
def test_the_pure_middle_loads_no_kernel_and_no_tensorflow(what: str) -> None:
    loaded = loaded_by(*PURE[what])
    assert not [name for name in loaded if name.split(".")[0] in {"tensorflow", "keras", "distributed"}]
    ours = {name for name in loaded if name.startswith("autograder.")}
    assert not [name for name in ours if name.split(".")[1] in {"engine", "runs", "inside"}]
    assert not ours & {
        f"autograder.exam.{name}" for name in ("candidate", "session", "examiner", "remote", "submission")
    }
    if what != "gradebook":  # which is nbgrader's own, and brings the others along
        assert not [name for name in loaded if name.split(".")[0] in {"nbgrader", "zmq", "nbclient", "jupyter_client"}]


def test_the_aligner_opens_no_file() -> None:
    for path in (ROOT / "autograder" / "alignment").glob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert not [word for word in ("open(", "read_text", "read_bytes", "glob(", ".stat(") if word in text], path.name
