"""What the tests of the pipeline share."""

import shutil

import pytest

from autograder.base.files import ROOT


@pytest.fixture
def checkout(tmp_path):
    """A copy of what a build needs, to change at will."""
    for name in ("solutions", "labs", "docs/claims", "benchmarks/claims", "data/lab1"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path
