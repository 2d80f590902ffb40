"""Scripted fakes take the place of an earlier exercise for one call; every entry of every argument counts in them."""

import functools
import subprocess
import sys

import numpy as np
import pytest

from autograder.references import lab1_rnn as reference
from labkit import checks
from labkit.checks import calls, hints, probes
from labkit.checks.lab1_rnn import fakes
from labkit.checks.lab1_rnn import probes as lab1_probes

FAKES = [("rnn_step", fakes.leaky_step), ("rnn_backward_step", fakes.blunt_backward_step)]


@pytest.fixture
def scripted(monkeypatch):
    """Put a function beside the fakes of lab 1; returns the name by which it is found."""

    def add(fake):
        monkeypatch.setattr(fakes, "scripted", fake, raising=False)
        return "lab1_rnn.fakes.scripted"

    return add


def student(x):
    return helper(x) + 1


def helper(x):
    return x


def ten_times(x):
    return 10 * x


def test_a_fake_takes_the_place_of_a_name_for_one_call(scripted):
    assert probes.call_given(student, {"helper": scripted(ten_times)}, 2) == 21
    assert student(2) == 3


def test_the_name_comes_back_also_after_an_exception(scripted):
    def fail(_x):
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011
        probes.call_given(student, {"helper": scripted(fail)}, 2)
    assert student(2) == 3


def test_a_name_that_stands_for_nothing_gets_a_fake_and_stands_for_nothing_again(scripted):
    given = {"not_there": scripted(ten_times)}
    assert probes.call_given(lambda x: not_there(x) + 1, given, 2) == 21  # noqa: F821
    assert "not_there" not in globals()
    assert probes.call_given(len, given, [1]) == 1
    assert "not_there" not in vars(sys.modules["__main__"])


def test_a_decorated_function_finds_the_fake_too(scripted):
    given = {"helper": scripted(ten_times)}

    @functools.wraps(student)
    def wrapped(x):
        return student(x)

    assert probes.call_given(wrapped, given, 2) == 21


def test_a_probe_is_found_by_its_name():
    assert probes.name_of(lab1_probes.rnn_cell) == "lab1_rnn.probes.rnn_cell"
    assert probes.named("lab1_rnn.probes.rnn_cell") is lab1_probes.rnn_cell
    assert probes.named(probes.name_of(hints.missing)) is hints.missing
    for absent in ("absent", "named", "hints.absent", "absent.missing", "hints.missing.absent", "", ".", "..missing"):
        with pytest.raises(LookupError, match=f"no probe {absent}"):
            probes.named(absent)


def test_a_probe_is_found_in_a_package_too(monkeypatch, tmp_path):
    package = tmp_path / "lab7_probed"
    package.mkdir()
    (package / "__init__.py").write_text("", encoding="utf-8")
    (package / "fakes.py").write_text("def seven():\n    return 7\n", encoding="utf-8")
    monkeypatch.setattr(checks, "__path__", [*checks.__path__, str(tmp_path)])
    found = probes.named("lab7_probed.fakes.seven")
    for name in ("lab7_probed", "lab7_probed.fakes"):
        monkeypatch.delitem(sys.modules, f"labkit.checks.{name}")
    monkeypatch.delattr(checks, "lab7_probed")
    assert found() == 7
    assert probes.name_of(found) == "lab7_probed.fakes.seven"


def test_the_mechanism_knows_no_lab():
    mechanism = "calls, cases, compare, hints, judge, missing, probes, stand_ins, ways"
    code = f"import sys; from labkit.checks import {mechanism}; print([name for name in sys.modules if '.lab' in name])"
    assert subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout == "[]\n"


def test_a_probe_calls_the_function_while_a_fake_takes_the_place_of_a_name(scripted):
    given = {"helper": scripted(ten_times)}
    [outcome] = calls.many(student, [{"x": 2}], probe=lambda function, x: 2 * function(x), given=given)
    assert outcome.value == 42
    assert student(2) == 3


class Student:
    """What a student's class is: made first, called later."""

    def __init__(self, x):
        self.x = x

    def call(self):
        return helper(self.x) + 1


def test_the_methods_of_a_class_find_the_fake_too(scripted):
    given = {"helper": scripted(ten_times)}
    [outcome] = calls.many(Student, [{"x": 2}], probe=lambda made, x: made(x).call(), given=given)
    assert outcome.value == 21
    assert Student(2).call() == 3


def arguments_of(name):
    [drawn, _] = reference.REFERENCES[name].draw(np.random.default_rng(5))[0]
    return drawn


def total(result):
    return [np.asarray(part).copy() for part in (result if isinstance(result, tuple) else (result,))]


@pytest.mark.parametrize(("name", "fake"), FAKES)
def test_every_entry_of_every_argument_counts(name, fake):
    arguments = arguments_of(name)
    right = total(fake(**arguments))
    for key, array in arguments.items():
        for index in np.ndindex(*array.shape):
            changed = array.copy()
            changed[index] += 0.5
            other = total(fake(**(arguments | {key: changed})))
            assert any(np.abs(one - two).max() > 1e-4 for one, two in zip(right, other, strict=True)), (key, index)


@pytest.mark.parametrize(("name", "fake"), FAKES)
def test_a_fake_has_the_shapes_of_what_it_stands_for_and_other_values(name, fake):
    arguments = arguments_of(name)
    ours, right = total(fake(**arguments)), total(reference.REFERENCES[name].correct(**arguments))
    assert [one.shape for one in ours] == [one.shape for one in right]
    assert all(np.abs(one - two).max() > 1e-2 for one, two in zip(ours, right, strict=True))


def test_the_fakes_take_a_batch_apart():
    step = arguments_of("rnn_step")
    rows = [
        fakes.leaky_step(**(step | {key: step[key][row : row + 1] for key in ("x_t", "h_prev")})) for row in range(2)
    ]
    np.testing.assert_allclose(np.concatenate(rows), fakes.leaky_step(**step)[:2])
    back = arguments_of("rnn_backward_step")
    batch = len(back["d_h"])
    own = ("d_h", "x_t", "h_prev", "h_t")
    parts = [
        fakes.blunt_backward_step(**(back | {key: back[key][row : row + 1] for key in own})) for row in range(batch)
    ]
    whole = fakes.blunt_backward_step(**back)
    for index in range(3):
        np.testing.assert_allclose(sum(part[index] for part in parts), whole[index])
    np.testing.assert_allclose(np.concatenate([part[3] for part in parts]), whole[3])
