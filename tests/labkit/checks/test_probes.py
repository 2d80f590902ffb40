"""Scripted fakes take the place of an earlier exercise for one call; every entry of every argument counts in them."""

import numpy as np
import pytest

from autograder.references import lab1_rnn as reference
from labkit.checks import calls, hints, probes

FAKES = [("rnn_step", "leaky_step"), ("rnn_backward_step", "blunt_backward_step")]


def student(x):
    return helper(x) + 1


def helper(x):
    return x


def test_a_fake_takes_the_place_of_a_name_for_one_call(monkeypatch):
    monkeypatch.setitem(probes.FAKES, "ten_times", lambda x: 10 * x)
    assert probes.call_given(student, {"helper": "ten_times"}, 2) == 21
    assert student(2) == 3


def test_the_name_comes_back_also_after_an_exception(monkeypatch):
    def fail(_x):
        raise ValueError

    monkeypatch.setitem(probes.FAKES, "fail", fail)
    with pytest.raises(ValueError):  # noqa: PT011
        probes.call_given(student, {"helper": "fail"}, 2)
    assert student(2) == 3


def test_a_function_that_does_not_know_the_name_is_unfit():
    with pytest.raises(probes.Unfit):
        probes.call_given(student, {"rnn_step": "leaky_step"}, 2)
    with pytest.raises(probes.Unfit):
        probes.call_given(len, {"rnn_step": "leaky_step"}, [])


def test_a_probe_is_found_by_its_name_here_and_in_a_module_beside():
    assert probes.named(probes.name_of(probes.rnn_cell)) is probes.rnn_cell
    assert probes.named(probes.name_of(hints.missing)) is hints.missing
    for absent in ("absent", "hints.absent", "absent.missing"):
        with pytest.raises(LookupError, match=absent):
            probes.named(absent)


def test_a_probe_calls_the_function_while_a_fake_takes_the_place_of_a_name(monkeypatch):
    monkeypatch.setitem(probes.FAKES, "ten_times", lambda x: 10 * x)
    [outcome] = calls.many(
        student, [{"x": 2}], probe=lambda function, x: 2 * function(x), given={"helper": "ten_times"}
    )
    assert outcome.value == 42
    assert student(2) == 3


class Student:
    """What a student's class is: made first, called later."""

    def __init__(self, x):
        self.x = x

    def call(self):
        return helper(self.x) + 1


def test_the_methods_of_a_class_find_the_fake_too(monkeypatch):
    monkeypatch.setitem(probes.FAKES, "ten_times", lambda x: 10 * x)
    [outcome] = calls.many(Student, [{"x": 2}], probe=lambda made, x: made(x).call(), given={"helper": "ten_times"})
    assert outcome.value == 21
    assert Student(2).call() == 3
    with pytest.raises(probes.Unfit):
        probes.call_given(Student, {"rnn_step": "leaky_step"}, 2)
    with pytest.raises(probes.Unfit):
        probes.call_given(int, {"rnn_step": "leaky_step"}, 2)


def arguments_of(name):
    [drawn, _] = reference.REFERENCES[name].draw(np.random.default_rng(5))[0]
    return drawn


def total(result):
    return [np.asarray(part).copy() for part in (result if isinstance(result, tuple) else (result,))]


@pytest.mark.parametrize(("name", "fake"), FAKES)
def test_every_entry_of_every_argument_counts(name, fake):
    arguments = arguments_of(name)
    right = total(probes.FAKES[fake](**arguments))
    for key, array in arguments.items():
        for index in np.ndindex(*array.shape):
            changed = array.copy()
            changed[index] += 0.5
            other = total(probes.FAKES[fake](**(arguments | {key: changed})))
            assert any(np.abs(one - two).max() > 1e-4 for one, two in zip(right, other, strict=True)), (key, index)


@pytest.mark.parametrize(("name", "fake"), FAKES)
def test_a_fake_has_the_shapes_of_what_it_stands_for_and_other_values(name, fake):
    arguments = arguments_of(name)
    ours, right = total(probes.FAKES[fake](**arguments)), total(reference.REFERENCES[name].correct(**arguments))
    assert [one.shape for one in ours] == [one.shape for one in right]
    assert all(np.abs(one - two).max() > 1e-2 for one, two in zip(ours, right, strict=True))


def test_the_fakes_take_a_batch_apart():
    step = arguments_of("rnn_step")
    rows = [
        probes.leaky_step(**(step | {key: step[key][row : row + 1] for key in ("x_t", "h_prev")})) for row in range(2)
    ]
    np.testing.assert_allclose(np.concatenate(rows), probes.leaky_step(**step)[:2])
    back = arguments_of("rnn_backward_step")
    batch = len(back["d_h"])
    own = ("d_h", "x_t", "h_prev", "h_t")
    parts = [
        probes.blunt_backward_step(**(back | {key: back[key][row : row + 1] for key in own})) for row in range(batch)
    ]
    whole = probes.blunt_backward_step(**back)
    for index in range(3):
        np.testing.assert_allclose(sum(part[index] for part in parts), whole[index])
    np.testing.assert_allclose(np.concatenate([part[3] for part in parts]), whole[3])
