"""One entry in the table of a lab gives an exercise its check, its hints and its place."""

import sys
from types import ModuleType

import pytest

from labkit.checks import lab1_rnn, lab2_music, lab3_attention, lab4_beyond
from labkit.checks.cases import Case
from labkit.checks.exercise import CheckFailed, Exercise
from labkit.checks.hints import Hint
from labkit.checks.table import exercises, offer

HALF = {"half": Hint("It is half.", "Is it?", "There.")}
DOUBLE, TRIPLE = Exercise("7.1", "double", "twice x"), Exercise("7.2", "MyRNNTriple", "thrice x")
LABS = pytest.mark.parametrize("lab", [lab1_rnn, lab2_music, lab3_attention, lab4_beyond], ids=lambda lab: lab.LAB)


@pytest.fixture
def lab7(monkeypatch):
    module = ModuleType("labkit.checks.lab7")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    return module


def test_an_entry_gets_its_hints_by_its_name_and_keeps_its_place():
    table = exercises({"double": HALF}, TRIPLE, DOUBLE)
    assert list(table) == ["MyRNNTriple", "double"]
    assert table["double"].hints == HALF
    assert table["MyRNNTriple"].hints == {}


@pytest.mark.usefixtures("lab7")
def test_an_entry_has_a_check():
    check, names = offer("lab7", exercises({"double": HALF}, DOUBLE, TRIPLE))
    assert names() == ["double", "my_rnn_triple"]
    cases = [Case({"x": 2}, 4, {"half": 1.0}), Case({"x": 5}, 10, {"half": 2.5})]
    check("double")(lambda x: 2 * x, cases)
    with pytest.raises(CheckFailed, match=r"^✗ Exercise 7\.1: double\n  It is half\."):
        check("double")(lambda x: x / 2, cases)


def test_what_hides_a_check_is_the_authors_error(lab7):
    lab7.double = "some import"
    with pytest.raises(ValueError, match=r"lab7 has another 'double', which hides the check"):
        offer("lab7", exercises({}, DOUBLE))


def test_a_name_stands_once():
    with pytest.raises(ValueError, match=r"one name: double\.$"):
        exercises({}, DOUBLE, TRIPLE, DOUBLE)


def test_hints_without_an_exercise_are_the_authors_error():
    with pytest.raises(ValueError, match=r"no exercise of the table: doubel\.$"):
        exercises({"doubel": HALF, "double": HALF}, DOUBLE)


@LABS
def test_tab_offers_the_checks_and_each_is_there(lab):
    names = lab.__dir__()
    assert sorted(names) == dir(lab)
    for name, exercise in zip(names, lab.EXERCISES.values(), strict=True):
        check = getattr(lab, name)
        assert check is getattr(lab, name)
        assert check.__doc__.startswith(f"Check an exercise: {exercise.name} returns ")


def test_a_class_is_checked_by_the_name_of_a_function():
    assert lab1_rnn.my_rnn_cell.__name__ == "MyRNNCell"
    assert lab3_attention.transformer_block.__name__ == "TransformerBlock"


@LABS
def test_a_name_that_is_no_check_is_no_attribute_and_the_error_knows_where_to_look(lab):
    for name in ("rnn_stpe", "MyRNNCell", "__all__"):
        with pytest.raises(
            AttributeError, match=f"^module 'labkit.checks.{lab.LAB}' has no attribute '{name}'"
        ) as error:
            getattr(lab, name)
        assert error.value.obj is lab  # for Python's "Did you mean: 'rnn_step'?"
        assert not hasattr(lab, name)
