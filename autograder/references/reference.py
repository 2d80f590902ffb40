"""Draws cases for an exercise from its oracle: fixed ones for the public table, fresh ones for hidden tests."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from labkit.checks import compare
from labkit.checks.cases import Case, Raises

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.random import Generator

PUBLIC_SEED = 6191

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
        return Case(arguments, expected, wrong=_Wrong(self.wrong, copy.deepcopy(arguments), expected), label=label)


class _Wrong(Mapping[str, Any]):
    """What each misconception gives, where that differs from what is right; computed when a student is not right.

    arguments: a copy of their own, so that no student's function can change them before
    """

    def __init__(self, formulas: Mapping[str, Callable[..., Any]], arguments: dict[str, Any], expected: Any) -> None:
        self._formulas, self._arguments, self._expected = formulas, arguments, copy.deepcopy(expected)

    @cached_property
    def _results(self) -> dict[str, Any]:
        results = {key: _try(formula, self._arguments) for key, formula in self._formulas.items()}
        return {key: result for key, result in results.items() if not compare.same(result, self._expected)}

    def __getitem__(self, key: str) -> Any:
        return self._results[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._results)

    def __len__(self) -> int:
        return len(self._results)


def _try(formula: Callable[..., Any], arguments: Mapping[str, Any]) -> Any:
    try:
        with np.errstate(all="ignore"):
            return formula(**copy.deepcopy(dict(arguments)))
    except Exception as error:  # noqa: BLE001  (the exception is what the misconception gives)
        return Raises(type(error).__name__)
