"""The sample class is made the same each time, from the released notebook."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING

import nbformat
import pytest

from autograder.base.errors import UserFacingError
from autograder.course.sample import sample_class
from autograder.model.assignment import load
from autograder.model.lab import Lab

if TYPE_CHECKING:
    from pathlib import Path

LAB = Lab("lab1_rnn")


every_lab = pytest.mark.parametrize("lab", sample_class.CLASSES)


@every_lab
def test_it_is_the_same_each_time_and_every_id_says_sample(tmp_path: Path, lab: str) -> None:
    count = sample_class.write(Lab(lab), tmp_path / "one")
    assert sample_class.write(Lab(lab), tmp_path / "two") == count >= 9
    for path in (tmp_path / "one").rglob("*.ipynb"):
        other = tmp_path / "two" / path.relative_to(tmp_path / "one")
        assert path.read_bytes() == other.read_bytes()
        assert path.relative_to(tmp_path / "one").parts[0].startswith("sample-")


@every_lab
def test_only_the_broken_file_is_no_notebook(tmp_path: Path, lab: str) -> None:
    sample_class.write(Lab(lab), tmp_path)
    for path in tmp_path.rglob("*.ipynb"):
        if "broken-file" in path.parts[-3]:
            with pytest.raises(ValueError, match=r"Expecting|Unterminated"):
                json.loads(path.read_text(encoding="utf-8"))
        else:
            nbformat.validate(nbformat.read(path, as_version=4))


@every_lab
def test_no_submission_holds_a_hidden_test(tmp_path: Path, lab: str) -> None:
    sample_class.write(Lab(lab), tmp_path)
    assert not any("HIDDEN" in path.read_text(encoding="utf-8") for path in tmp_path.rglob("*.ipynb"))


@every_lab
def test_every_answer_is_to_an_exercise_of_the_lab(lab: str) -> None:
    names = {cell.name for cell in load(Lab(lab)).checks}
    for student in sample_class.CLASSES[lab].values():
        assert {*(student.own or {}), student.left_from} - {None} <= names


def test_a_refresh_leaves_alone_what_somebody_edited_or_deleted(tmp_path: Path) -> None:
    sample_class.write(LAB, tmp_path)
    paths = {path.parts[-3]: path for path in tmp_path.rglob("*.ipynb")}
    stale, edited, deleted = (paths[f"sample-{name}"] for name in ("perfect", "own-way", "no-tanh"))
    fresh = stale.read_bytes()
    note = tmp_path / ".sample-lab1_rnn.json"
    stale.write_bytes(b"an older lab")
    note.write_text(json.dumps(json.loads(note.read_text()) | {"sample-perfect": sha256(b"an older lab").hexdigest()}))
    edited.write_bytes(b"mine")
    deleted.unlink()
    sample_class.refresh(LAB, tmp_path)
    assert (stale.read_bytes(), edited.read_bytes(), deleted.exists()) == (fresh, b"mine", False)


def test_a_lab_without_a_sample_class_says_where_submissions_go(tmp_path: Path) -> None:
    with pytest.raises(UserFacingError, match="Put submissions into"):
        sample_class.write(Lab("lab9"), tmp_path)
