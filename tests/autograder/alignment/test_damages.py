"""What editors and people do to a notebook is undone: a damaged one is graded as it would have been undamaged."""

import random

import damages
import pytest
from damaged import LABS, answers, call, damaged, in_force, lab, pairs, singles, undamaged

from autograder.alignment.align import align
from autograder.model.cells import grade_id


def called(kind_of):
    return kind_of.__name__ if kind_of else "nothing else"


def same(name, kinds, seed):
    """Compare what a damaged notebook is graded as with the undamaged one."""
    aligned = align(damaged(name, kinds, seed), lab(name))
    assert aligned.unreadable == ""
    assert aligned.missing == ()
    assert "wrong" not in answers(aligned).values()
    assert in_force(aligned.notebook.cells, lab(name)) == undamaged(name)
    names = [grade_id(cell) for cell in aligned.notebook.cells if grade_id(cell)]
    assert names == [grade_id(cell) for cell in lab(name).cells if grade_id(cell)]


def ids(value):
    return call(value) if isinstance(value, tuple) else str(value)


@pytest.mark.parametrize(("name", "kinds", "seed"), singles([0]), ids=ids)
def test_a_damaged_notebook_is_graded_as_the_undamaged_one(name, kinds, seed):
    same(name, kinds, seed)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "kinds", "seed"), pairs(), ids=ids)
def test_so_is_one_with_two_damages(name, kinds, seed):
    same(name, kinds, seed)


@pytest.mark.thorough
@pytest.mark.parametrize(("name", "kinds", "seed"), singles([1, 2]), ids=ids)
def test_so_is_one_damaged_at_other_places(name, kinds, seed):
    same(name, kinds, seed)


@pytest.mark.parametrize("name", LABS)
@pytest.mark.parametrize("more", [None, *damages.METADATA, damages.as_script, damages.as_colab_script], ids=called)
def test_an_exercise_that_was_deleted_is_missing_and_no_other_takes_its_place(name, more):
    notebook = damages.solved(lab(name))
    draw = random.Random(name)  # noqa: S311
    gone = [damages.name(notebook["cells"][place]) for place in draw.sample(damages.of(notebook, "exercise"), 3)]
    notebook["cells"] = [cell for cell in notebook["cells"] if damages.name(cell) not in gone]
    write = damages.as_notebook
    if more in damages.FILES:
        write = more
    elif more:
        more(notebook, draw)
    aligned = align(write(notebook), lab(name))
    assert set(aligned.missing) == set(gone)
    found = answers(aligned)
    assert "wrong" not in found.values()
    assert {cell for cell, answer in found.items() if not answer} == set(gone)
    assert {note.cell for note in aligned.receipt if note.doubt} == set(gone)
