"""Corners, large cases, calls that share an argument, and oracles for whole arrays: what hidden tests add."""

import copy

import numpy as np
import pytest
from checks.labs_checked import EXERCISES, label

from autograder.references import again, reference
from autograder.references.lab3_attention import quick
from autograder.references.lab3_attention.heads import steps as heads
from labkit.checks import cases, compare

every_exercise = pytest.mark.parametrize(("lab", "name"), EXERCISES, ids=label)
TIGHT = compare.Tolerance(atol=1e-5, rtol=1e-9)  # some loops round to five decimals
DRAWN = {"TransformerBlock", "generate"}  # what comes of chance, or of very many draws, is compared elsewhere


def hidden(lab, name, seed=3):
    return lab.reference.REFERENCES[name].with_replaced(seed, frozenset())


@every_exercise
def test_what_is_quick_gives_what_the_loops_give(lab, name):
    one = lab.reference.REFERENCES[name]
    if one.quick is None:
        return
    for case in hidden(lab, name):
        if not case.apart:
            wanted = one.correct(**copy.deepcopy(case.arguments))
            assert not compare.problems(case.expected, wanted, TIGHT, names=lab.checks.EXERCISES[name].names), (
                case.label
            )


@pytest.mark.parametrize("name", ["split_heads", "merge_heads", "scaled_dot_product_attention"])
def test_the_quick_fakes_of_lab_3_give_what_their_loops_give(name):
    rng = np.random.default_rng(5)
    allowed = rng.random((3, 4)) < 0.7
    allowed[:, 0] = True
    arguments = {
        "split_heads": (rng.normal(size=(2, 3, 6)), 3),
        "merge_heads": (rng.normal(size=(2, 3, 4, 2)),),
        "scaled_dot_product_attention": (*(rng.normal(size=(size, 2)) for size in (3, 4, 4)), allowed),
    }[name]
    steps = heads.Steps()
    for one, two in ((getattr(steps, name), heads.QUICK[name]), (heads.FAKES[name][1], heads.QUICK_FAKES[name])):
        wanted, found = one(*arguments), two(*arguments)
        pairs = zip(wanted, found, strict=True) if isinstance(wanted, tuple) else [(wanted, found)]
        assert all(np.allclose(left, right, atol=1e-12) for left, right in pairs)
    assert set(quick.ALL) == {"softmax", "attention_weights", "attend_next", *heads.QUICK, *heads_of(heads)}


def heads_of(part):
    return {name for name, one in part.REFERENCES.items() if one.quick}


@every_exercise
def test_corners_are_drawn_in_the_first_round_and_are_in_the_public_table(lab, name):
    one = lab.reference.REFERENCES[name]
    if one.rare is None:
        return
    labels = {text for _, text in one.rare(np.random.default_rng(1), one.draw(np.random.default_rng(1))[0][0])}
    assert len(labels) > 1
    assert labels <= {case.label for case in hidden(lab, name)}
    assert labels <= {case.label for case in cases.public(lab.name)[name]}
    later = one.with_replaced(3, frozenset(), first=False)
    assert not labels & {case.label for case in later}


@every_exercise
def test_cases_larger_than_the_public_ones_are_hidden(lab, name):
    one = lab.reference.REFERENCES[name]
    if one.deep:
        labels = {text for _, text in one.deep(np.random.default_rng(1))}
        assert labels <= {case.label for case in hidden(lab, name)}
        assert not labels & {case.label for case in cases.public(lab.name)[name]}


def test_crossed_cases_keep_one_argument_each_and_then_none():
    arguments = {
        "x": np.array([[1.0, 2.0]]),
        "ids": np.array([3, 4]),
        "mask": np.array([True, False]),
        "n": 5,
        "none": None,
    }
    found = again.crossed({**arguments, "rate": 2.0})
    kept = [[name for name in arguments if one[name] is arguments[name]] for one in found]
    assert kept == [["x", "n", "none"], ["ids", "n", "none"], ["mask", "n", "none"], ["n", "none"], ["n", "none"]]
    assert found[-1]["rate"] == 1.5
    assert np.array_equal(found[-1]["x"], [[-2.0, -1.0]])
    assert np.array_equal(found[-1]["ids"], [4, 3])
    assert again.crossed({"sentence": "one", "table": {}}) == []


def test_corners_of_an_exercise_that_there_is_not_are_an_error():
    with pytest.raises(KeyError, match="rnn_leap"):
        reference.with_corners({}, {"rnn_leap": None}, {})


def test_equal_characters_at_the_border_may_stay_in_any_order():
    from autograder.references.lab2_music.sampling import answer  # noqa: PLC0415

    tie = answer(np.array([1.0, 1.0, -50.0]), 1.0, 0.5)
    assert isinstance(tie, cases.AnyOrder)
    assert not compare.problems(np.array([0.0, 1.0, 0.0]), tie)
    assert compare.problems(np.array([0.5, 0.5, 0.0]), tie)
    assert compare.problems(np.array([[0.0, 1.0, 0.0]]), tie)
    assert compare.problems("text", tie)
    assert cases.decode(cases.encode_result(tie)).values.tolist() == tie.values.tolist()
    assert isinstance(answer(np.array([1.0, 1.0, 2.0]), 1.0, 1.0), np.ndarray)
