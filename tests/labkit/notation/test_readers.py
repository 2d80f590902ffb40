"""Our value in each row of docs/abc.md, in which other programs differ from us or from each other."""

import pytest

from autograder.base.files import ROOT
from benchmarks.abc import readers, rows
from labkit.notation import abc

NOT_READ = {"`ab cd & efga\\|A8\\|`", "`V:1` `A8\\|`, `V:2` `C8\\|`"}


@pytest.mark.parametrize("name", rows.ROWS)
def test_the_reader_gives_the_value_of_the_table(name: str) -> None:
    row = rows.ROWS[name]
    assert rows.LOOKS[row.look](readers.ours(row.text)) == row.ours
    assert not abc.read(row.text).wrong("header", "symbol")  # all of them are legal


@pytest.mark.parametrize("name", sorted(NOT_READ))
def test_what_is_not_read_is_said(name: str) -> None:
    assert any("a tune of this course has one" in one.message for one in abc.read(rows.ROWS[name].text).beyond)


def test_the_document_has_the_rows_and_our_values() -> None:
    text = (ROOT / "docs" / "abc.md").read_text(encoding="utf-8")
    for name, row in rows.ROWS.items():
        assert f"| {name} | {row.look} | {row.standard} | {row.ours} |" in text
