"""A call of a student's function gives an outcome, never an exception; changed arguments are noticed."""

import numpy as np
import pytest

from labkit.checks import calls


def outcome(function, **arguments):
    [one] = calls.many(function, [arguments])
    return one


def test_a_value_is_kept_and_the_arguments_are_the_students_own():
    x = np.arange(3.0)
    assert outcome(lambda x: x * 2, x=x).value.tolist() == [0, 2, 4]
    assert outcome(lambda x: x, x=x).value is not x


@pytest.mark.parametrize(
    "error", [ValueError("no"), KeyError("word"), SystemExit(3), RecursionError(), MemoryError("big")]
)
def test_an_exception_is_a_result(error):
    def function(_x):
        raise error

    assert outcome(function, x=1).error == (type(error).__name__, str(error))
    assert calls.raises(function, {"x": 1}) == type(error).__name__


def test_a_call_that_returns_raises_nothing():
    assert calls.raises(abs, {"x": 1}) is None


def test_an_exception_whose_text_raises_has_no_text():
    class RudeError(Exception):
        def __str__(self):
            raise RuntimeError("no")

    def function(_x):
        raise RudeError

    assert outcome(function, x=1).error == ("RudeError", "")


def test_a_keyboard_interrupt_goes_through():
    def function(_x):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        outcome(function, x=1)


def add_one(x):
    x += 1


def sort(x):
    x.sort()


def grow(x):
    x.append(3)


def put_none(x):
    x[0] = None


def put_array(x):
    x[0] = np.zeros(3)


def nested(x):
    x[0][0] = 9


def new_key(x):
    x["new"] = 1


def retyped(x):
    x.dtype = np.int64


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize(
    ("function", "argument"),
    [
        (add_one, np.zeros(2)),
        (retyped, np.zeros(2)),
        (sort, [2, 1]),
        (grow, [2, 1]),
        (put_none, [2, 1]),
        (put_array, [2, 1]),
        (put_array, [np.ones(2), np.ones(2)]),
        (nested, [[1], [2]]),
        (new_key, {"a": 1}),
    ],
)
def test_a_changed_argument_is_named(function, argument):
    assert outcome(function, first=argument).changed == ("first",)


@pytest.mark.parametrize(
    "argument", [np.zeros(2), np.array([np.nan]), [1, [2, "three"]], {"a": 1}, "text", 3, None, (1, 2)]
)
def test_an_argument_that_is_left_alone_is_unchanged(argument):
    assert outcome(lambda x: [x], x=argument).changed == ()


def test_each_call_gets_arguments_of_its_own():
    shared = {"x": [1]}
    outcomes = calls.many(lambda x: x.append(2) or len(x), [shared, shared])
    assert [one.value for one in outcomes] == [2, 2]
