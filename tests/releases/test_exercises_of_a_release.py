"""Exercises go on from edition to edition under their own ids, and a title of then means the same exercise today."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import release

from autograder.model.assignment import load
from autograder.model.cells import grade_id, kind, title
from autograder.model.lab import find

if TYPE_CHECKING:
    from collections.abc import Iterable

    from nbformat import NotebookNode

EVERY = [(of, lab) for of in release.RELEASES for lab in release.LABS[of]]


def names(cells: Iterable[NotebookNode]) -> dict[str, str]:
    """The id of each exercise, by what is to be written in it."""
    return {title(cell).rpartition(": ")[2]: grade_id(cell) for cell in cells if kind(cell) == "exercise"}


@pytest.mark.parametrize(("of", "lab"), EVERY)
def test_an_exercise_that_goes_on_keeps_its_id(of: str, lab: str) -> None:
    then, now = names(release.notebook(of, lab).cells), names(load(find(lab)).cells)
    now = {
        title(cell).rpartition(": ")[2]: grade_id(cell) for cell in load(find(lab)).cells if kind(cell) == "exercise"
    }
    assert set(then) & set(now)
    assert {name: then[name] for name in set(then) & set(now)} == {name: now[name] for name in set(then) & set(now)}


@pytest.mark.parametrize(("of", "lab"), EVERY)
def test_no_id_and_no_title_of_then_is_another_exercise_today(of: str, lab: str) -> None:
    cells = [cell for cell in release.notebook(of, lab).cells if kind(cell) == "exercise"]
    now = {grade_id(cell): title(cell) for cell in load(find(lab)).cells if kind(cell) == "exercise"}
    for cell in cells:
        name = title(cell).rpartition(": ")[2]
        assert now.get(grade_id(cell), name).endswith(name)
        assert all(one == grade_id(cell) for one, today in now.items() if today == title(cell))
