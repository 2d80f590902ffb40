"""The table of who may import whom holds, and a forbidden import is noticed wherever it hides."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.base.files import ROOT

LINT = Path(sys.executable).with_name("lint-imports")


def lint(root: Path) -> tuple[int, str]:
    """Run import-linter as `make lint` does, on the packages below a folder."""
    done = subprocess.run(
        [LINT, "--no-cache"],
        cwd=root,
        env={"PYTHONPATH": f"{root}:{root / 'labs'}", "COLUMNS": "300", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, " ".join((done.stdout + done.stderr).split())


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of both packages, to spoil."""
    root = tmp_path_factory.mktemp("house")
    for name in ("autograder", "labs/labkit", "tests/house"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / ".importlinter", root)
    return root


def test_every_import_stands_in_its_row() -> None:
    status, said = lint(ROOT)
    assert status == 0, said


# module, what is added to it, what must be said
FORBIDDEN = {
    "pages reach the gradebook": (
        "autograder/results/pages.py",
        "from autograder.gradebook import reads",
        "autograder.results.pages imports autograder.gradebook.reads (line {line}): not in its row",
    ),
    "late, inside a function": (
        "autograder/model/lab.py",
        "def late():\n    from autograder.author import build",
        "autograder.model.lab imports autograder.author.build (line {line}): not in its row",
    ),
    "for type checking only": (
        "autograder/engine/memory.py",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from autograder.exam import session",
        "autograder.engine.memory imports autograder.exam.session (line {line}): not in its row",
    ),
    "the sandbox's files reach out": (
        "autograder/inside/wire.py",
        "from autograder.base import text",
        "autograder.inside.wire imports autograder.base.text (line {line}): not in its row",
    ),
    "labkit knows the grader": (
        "labs/labkit/checks/judge.py",
        "from autograder.base import seed",
        "labkit.checks.judge imports autograder.base.seed (line {line}): not in its row",
    ),
    "a check knows a subject": (
        "labs/labkit/checks/compare.py",
        "from labkit.notation import abc",
        "labkit.checks.compare imports labkit.notation.abc (line {line}): not in its row",
    ),
    "a module in no row": (
        "autograder/stray.py",
        "from autograder.base import text",
        "autograder.stray imports autograder.base.text (line {line}): not in its row",
    ),
    "verdicts need a kernel": (
        "autograder/exam/verdicts.py",
        "from autograder.exam import candidate",
        "autograder.exam.verdicts is not allowed to import",
    ),
    "a page needs nbgrader": (
        "autograder/results/feedback.py",
        "import nbgrader",
        "autograder.results is not allowed to import nbgrader",
    ),
    "the model needs TensorFlow": (
        "autograder/model/verdict.py",
        "def late():\n    import tensorflow",
        "autograder.model is not allowed to import tensorflow",
    ),
    "two modules import each other": (
        "autograder/intake/entries.py",
        "from autograder.intake import archives",
        "No cycles are allowed in autograder.intake",
    ),
}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_a_forbidden_import_is_noticed(house: Path, what: str) -> None:
    module, added, said = FORBIDDEN[what]
    path = house / module
    before = path.read_text(encoding="utf-8") if path.exists() else None
    path.write_text((before or "") + f"\n{added}\n", encoding="utf-8")
    try:
        status, found = lint(house)
    finally:
        path.write_text(before, encoding="utf-8") if before is not None else path.unlink()
    line = len(((before or "") + f"\n{added}\n").splitlines())
    assert status == 1
    assert said.format(line=line) in found, found
