"""The labs whose checks are tested: every one with public cases. Each has references, mistakes and alternatives."""

import re
from functools import cache
from importlib import import_module
from typing import Any, NamedTuple

from autograder.base.seed import grading_seed
from checks import chosen

SEEDS = ("1", "20260101", "77")


class Checked(NamedTuple):
    """A lab's modules: its checks, its references, and the wrong and right answers that the tests try."""

    name: str
    checks: Any
    reference: Any
    mistakes: Any
    alternatives: Any

    def check(self, exercise):
        """The check of an exercise: `MyRNNCell` is checked by `checks.my_rnn_cell`."""
        return getattr(self.checks, re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", exercise).lower())

    def starts_tensorflow(self, exercise):
        """Whether every call of an exercise builds a cell, a model or a tensor."""
        return self.checks.EXERCISES[exercise].probe is not None

    def slow(self, answer):
        """Whether an alternative starts TensorFlow."""
        return answer in self.alternatives.USES_KERAS or self.starts_tensorflow(answer.partition("__")[0])

    def fresh(self, exercise):
        """The cases of a hidden test, for the seed in the environment; drawn once."""
        return _fresh(self.reference, exercise, grading_seed())


@cache
def _fresh(reference, exercise, _seed):
    return reference.fresh(exercise)


def _checked(name):
    places = ("labkit.checks", "autograder.references", "checks.mistakes", "checks.alternatives")
    return Checked(name, *(import_module(f"{place}.{name}") for place in places))


LABS = [_checked(name) for name in chosen.labs()]
EXERCISES = [(lab, name) for lab in LABS for name in lab.checks.EXERCISES if chosen.tested(name)]
MISTAKES = [(lab, one) for lab in LABS for one in lab.mistakes.MISTAKES if chosen.tested(one.exercise)]
ALTERNATIVES = [
    (lab, answer)
    for lab in LABS
    for answer in lab.alternatives.ALTERNATIVES
    if chosen.tested(answer.partition("__")[0])
]


def label(value):
    """Name a lab, an exercise or a mistake in the id of a test."""
    return value.name if isinstance(value, Checked) else getattr(value, "label", None)
