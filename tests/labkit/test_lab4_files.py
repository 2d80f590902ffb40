"""The shipped files of lab 4 are those whose hashes their README names, and the builder's own steps are right."""

from __future__ import annotations

import gzip
import hashlib
import importlib.util
import re
from typing import TYPE_CHECKING

import numpy as np
import pytest

from autograder.base.files import ROOT

if TYPE_CHECKING:
    from types import ModuleType

FOLDER = ROOT / "data" / "lab4"


@pytest.fixture(scope="module")
def builder() -> ModuleType:
    spec = importlib.util.spec_from_file_location("build_lab4", ROOT / "data" / "build_lab4.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def named_hash(name: str) -> str:
    rows = re.findall(
        r"^\| `([\w.]+)` .*\| `([0-9a-f]{64})` \|$", (FOLDER / "README.md").read_text("utf-8"), re.MULTILINE
    )
    return dict(rows)[name]


@pytest.mark.parametrize("name", ["english.txt.gz", "proteins.txt.gz", "splice.txt.gz"])
def test_a_list_of_letters_has_the_hash_that_its_readme_names(name: str) -> None:
    assert hashlib.sha256(gzip.decompress((FOLDER / name).read_bytes())).hexdigest() == named_hash(name)


def test_the_digits_have_the_hash_that_their_readme_names() -> None:
    with np.load(FOLDER / "digits.npz") as found:
        order = np.concatenate([found["test"], found["train"]])
        content = found["images"].tobytes() + found["labels"].tobytes() + order.tobytes()
    assert hashlib.sha256(content).hexdigest() == named_hash("digits.npz")
    np.testing.assert_array_equal(order, np.random.default_rng(0).permutation(1797))


def test_every_shipped_file_stands_in_the_readme() -> None:
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert all(f"`{path.name}`" in text for path in FOLDER.iterdir() if path.name != "README.md")


def test_likeness_counts_columns_in_which_either_has_a_letter(builder: ModuleType) -> None:
    row, others = np.array([1, 2, 0, 0, 5]), np.array([[1, 3, 0, 4, 5], [0, 0, 0, 0, 0], [1, 2, 0, 0, 5]])
    np.testing.assert_allclose(builder.identity(row, others), [2 / 4, 0, 1])


def test_a_novel_begins_at_its_first_chapter_in_27_letters(builder: ModuleType) -> None:
    lines = [
        "TITLE",
        "",
        "CHAPTER 1",
        "",
        "",
        'It isn\'t--"so",',
        "said Mr. X.",
        "",
        "Chapter 2",
        "",
        "Then.",
        "",
        "No.",
    ]
    assert builder.plain(lines, 26) == "it isnt so said mr x then no"
    assert builder.plain(lines, 5) == "it isnt so said mr x"
