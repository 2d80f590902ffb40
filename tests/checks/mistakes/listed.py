"""Lists the wrong answers of a lab: those written in its files, and those that every exercise has.

A name says all: `rnn_step__no_tanh` is a wrong `rnn_step` and must earn the hint `no_tanh`; a further `__` tells
variants apart. Every exercise has besides: no return, a text, an exception, a TODO left as it was, a call of an
exercise still to do, no function at all, a table of the public examples.
"""

import inspect
from importlib import import_module
from typing import NamedTuple

import numpy as np

from labkit.checks import cases


class Mistake(NamedTuple):
    """A wrong answer: the name of its exercise, the key of the hint that it must earn, the function."""

    exercise: str
    key: str
    variant: str
    function: object

    @property
    def public(self):
        """Whether the public check catches it: all but hard-coding."""
        return self.key != "fresh"

    @property
    def label(self):
        return "-".join(filter(None, (self.exercise, self.key, self.variant)))


def listed(lab, *parts, instead=()):
    """List the mistakes of a lab, of which no two may have one label.

    lab: its name; parts: the modules that hold its wrong answers
    instead: mistakes that replace those that every exercise has, by exercise and variant
    """
    numbers = {name: exercise.number for name, exercise in import_module(f"labkit.checks.{lab}").EXERCISES.items()}
    replaced = {(mistake.exercise, mistake.variant): mistake for mistake in instead}
    general = [mistake for name in numbers for mistake in _of_every_exercise(lab, name, numbers)]
    unknown = set(replaced) - {(mistake.exercise, mistake.variant) for mistake in general}
    assert not unknown, f"{lab}: {unknown} is nothing that every exercise has"
    found = [mistake for part in parts for mistake in _written(part, numbers)]
    found += [replaced.get((mistake.exercise, mistake.variant), mistake) for mistake in general]
    labels = [mistake.label for mistake in found]
    assert len(set(labels)) == len(labels), f"{lab}: two mistakes have one label"
    return found


def _written(part, numbers):
    for name, function in vars(part).items():
        exercise, _, rest = name.partition("__")
        if inspect.isfunction(function) and function.__module__ == part.__name__ and exercise and rest:
            assert exercise in numbers, f"{part.__name__}: the lab has no exercise {exercise}, of which {name} is one"
            key, _, variant = rest.partition("__")
            yield Mistake(exercise, key, variant, function)


def _of_every_exercise(lab, exercise, numbers):
    yield Mistake(exercise, "type", "no_return", no_return)
    yield Mistake(exercise, "type", "returns_text", returns_text)
    yield Mistake(exercise, "raises", "misspelt_name", misspelt_name)
    yield Mistake(exercise, "not_attempted", "untouched", still_to_do(exercise, numbers))
    another = next(name for name in numbers if name != exercise)
    yield Mistake(exercise, "needs", "calls_a_stub", still_to_do(another, numbers))
    yield Mistake(exercise, "missing", "not_a_function", None)
    yield Mistake(exercise, "fresh", "hard_coded", hard_coded(lab, exercise))


def not_a_result(exercise, key):
    """No return and a text, told apart by the probe of an exercise: `key` is what it says of them."""
    return [Mistake(exercise, key, "no_return", no_return), Mistake(exercise, key, "returns_text", returns_text)]


def no_return(*arguments):
    """Computes something, and forgets to return it."""


def returns_text(*arguments):
    return "TODO"


def misspelt_name(*arguments):
    return arguement  # noqa: F821


def still_to_do(exercise, numbers):
    def stub(*arguments):
        raise NotImplementedError(f"Exercise {numbers[exercise]}: {exercise}")

    return stub


def hard_coded(lab, exercise):
    """A table of the examples that everybody sees."""

    def table(*arguments):
        public = cases.public(lab)[exercise]
        for case in public:
            if not case.given and repr(list(case.arguments.values())) == repr(list(arguments)):
                return whole(case.expected)
        return whole(public[0].expected)

    return table


def whole(result):
    """A result of the public table, its large arrays with what the table keeps of them and zeros between."""
    if isinstance(result, cases.Some):
        array = np.zeros(result.shape, result.dtype)
        array.ravel()[list(result.at)] = result.values
        return array
    if isinstance(result, cases.AnyOrder):
        return result.values
    if isinstance(result, tuple | list):
        return type(result)(whole(one) for one in result)
    return {key: whole(one) for key, one in result.items()} if isinstance(result, dict) else result
