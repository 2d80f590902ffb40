"""What an edition's checks ask is kept once, and read for its notebooks."""

from __future__ import annotations

import gzip
import json
import shutil
from typing import TYPE_CHECKING

import pytest

from autograder.author.keep import keep
from autograder.base.errors import UserFacingError
from autograder.model.lab import Lab, labs
from labkit.base import editions
from labkit.checks import cases

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    """The first lab, in a checkout of its own."""
    ours = labs()[0]
    made = Lab(ours.name, tmp_path)
    for one, other in ((ours.source_path, made.source_path), (ours.cases_path, made.cases_path)):
        other.parent.mkdir(parents=True)
        shutil.copy(one, other)
    shutil.copy(ours.stubs_path, made.stubs_path)
    shutil.copy(ours.root / "pyproject.toml", tmp_path)
    return made


def test_an_edition_is_kept_as_it_is_and_only_once(lab: Lab) -> None:
    path = keep(lab)
    assert path.name == f"edition_{editions.NEWEST[lab.name]}.json.gz"
    found = json.loads(gzip.decompress(path.read_bytes()))
    assert found["cases"] == json.loads(lab.cases_path.read_text())
    assert found["stubs"] == json.loads(lab.stubs_path.read_text())
    with pytest.raises(UserFacingError, match="is kept already"):
        keep(lab)


def test_a_lab_that_is_not_built_is_not_kept(lab: Lab) -> None:
    lab.stubs_path.unlink()
    with pytest.raises(UserFacingError, match="make labs"):
        keep(lab)


@pytest.mark.parametrize("lab", editions.NEWEST)
def test_every_edition_before_the_newest_is_kept(lab: str) -> None:
    for edition in range(editions.FIRST.get(lab, 1), editions.NEWEST[lab]):
        assert set(cases.kept(lab, edition)) == {"cases", "stubs"}
