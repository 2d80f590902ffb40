"""Draws cases for an exercise from its oracle: fixed ones for the public table, fresh ones for hidden tests."""

from __future__ import annotations

import copy
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from labkit.checks import compare
from labkit.checks.cases import Case, Raises

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.random import Generator

PUBLIC_SEED = 6191
# The variable that carries the seed of one grading; without it every run draws the same fresh cases.
SEED_VARIABLE = "AUTOGRADER_SEED"

Drawn = tuple[dict[str, Any], str]


@dataclass(frozen=True)
class Reference:
    """The oracle of one exercise.

    correct: the specification as a plain loop
    draw:    (random generator) -> the argument sets of one round, each with a label that says what is special
    wrong:   misconception -> the formula it stands for; "key/variant" is another formula that earns the hint "key"
    given:   (name, fake) -> cases with a scripted fake in place of an earlier exercise: (correct result, arguments)
    """

    correct: Callable[..., Any]
    draw: Callable[[Generator], list[Drawn]]
    wrong: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    given: Mapping[tuple[str, str], Callable[..., Any]] = field(default_factory=dict)

    def cases(self, seed: int) -> list[Case]:
        """Draw one round of cases; the same seed gives the same cases."""
        rng = np.random.default_rng(seed)
        drawn = self.draw(rng)
        cases = [self._case(arguments, label) for arguments, label in drawn]
        for (name, fake), correct in self.given.items():
            for arguments, label in drawn:
                expected = correct(**copy.deepcopy(arguments))
                cases.append(Case(arguments, expected, given={name: fake}, label=label))
        return cases

    def _case(self, arguments: dict[str, Any], label: str) -> Case:
        expected = self.correct(**copy.deepcopy(arguments))
        wrong = {}
        for key, formula in self.wrong.items():
            result = _try(formula, arguments)
            if not compare.same(result, expected):
                wrong[key] = result
        return Case(arguments, expected, wrong=wrong, label=label)


def _try(formula: Callable[..., Any], arguments: Mapping[str, Any]) -> Any:
    try:
        with np.errstate(all="ignore"):
            return formula(**copy.deepcopy(dict(arguments)))
    except Exception as error:  # noqa: BLE001  (the exception is what the misconception gives)
        return Raises(type(error).__name__)


def grading_seed() -> int:
    """Read the seed of this grading from the environment."""
    return int(os.environ.get(SEED_VARIABLE, "20260101"))
