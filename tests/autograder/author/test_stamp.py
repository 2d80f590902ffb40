"""Nothing is built again when nothing has changed; whatever changes is seen."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from autograder.author import stamp
from autograder.base.files import ROOT

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    for part in ("solutions/lab1_rnn", "labs/lab1_rnn", "labs/labkit/checks", "autograder"):
        shutil.copytree(
            ROOT / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")
        )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_what_was_built_is_fresh(checkout: Path) -> None:
    assert not stamp.fresh(checkout)
    stamp.remember(checkout)
    assert stamp.fresh(checkout)


@pytest.mark.parametrize(
    "name",
    [
        "solutions/lab1_rnn/lab1_rnn.py",
        "solutions/lab1_rnn/lab1_rnn.ipynb",
        "labs/lab1_rnn/lab1_rnn.ipynb",
        "labs/labkit/checks/lab1_rnn/hints.toml",
        "labs/labkit/checks/lab1_rnn/cases.json",
        "autograder/references/lab1_rnn/__init__.py",
        "autograder/author/build.py",
        "pyproject.toml",
    ],
)
def test_a_change_is_seen(checkout: Path, name: str) -> None:
    stamp.remember(checkout)
    path = checkout / name
    kept = path.read_bytes()
    path.write_bytes(kept + b" ")
    assert not stamp.fresh(checkout)
    path.write_bytes(kept)
    assert stamp.fresh(checkout)
    path.unlink()
    assert not stamp.fresh(checkout)


def test_a_new_lab_is_seen(checkout: Path) -> None:
    stamp.remember(checkout)
    (checkout / "solutions" / "lab9").mkdir()
    (checkout / "solutions" / "lab9" / "lab9.py").write_text("# %%", encoding="utf-8")
    assert not stamp.fresh(checkout)
