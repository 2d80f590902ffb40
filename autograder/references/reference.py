"""Draws cases for an exercise from its oracle: fixed ones for the public table, fresh ones for hidden tests."""

from __future__ import annotations

import copy
from collections.abc import Collection, Container, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.base.seed import grading_seed
from autograder.references import again
from labkit.checks import compare, stand_ins
from labkit.checks.cases import AGAIN, Case, More, Raises, another, large

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.random import Generator

    from labkit.checks.exercise import Exercise

PUBLIC_SEED = 6191

Drawn = tuple[dict[str, Any], str]
# The fakes that take the places of earlier exercises, and what is right with them.
_Oracle = tuple[Mapping[str, str], "Callable[..., Any]"]


@dataclass(frozen=True)
class Reference:
    """The oracle of one exercise.

    correct: the specification as a plain loop
    draw:    (random generator) -> the argument sets of one round, each with a label that says what is special
    wrong:   misconception -> the formula it stands for; "key/variant" is another formula that earns the hint "key"
    given:   (name, fake) -> cases with a scripted fake in place of an earlier exercise: (correct result, arguments)
    ways:    what else is asked about a case: (random generator, correct result, arguments), see `references.ways`
    asked:   the labels of the cases about which that is asked
    once:    the labels of cases that take long: a hidden test draws them in its first round only
    apart:   the labels of cases that are asked about only in other ways than calling the function
    unnamed: the labels of corner cases for which `wrong` is not computed: a misconception has several forms there
    shown:   cases with each group of fakes in the public table: grading draws as many as without any
    rare:    (random generator, arguments of the first case) -> corners: drawn once, and `unnamed`
    deep:    (random generator) -> cases that are larger than the public table can hold: hidden, and `unnamed`
    quick:   `correct` once more, for arrays as a whole: hidden tests, which are drawn for each submission, use it
    rounds:  of cases in a hidden test: one, where each builds objects of Keras and no mutant needs a second
    crossed: whether a hidden test calls again with one argument of the first case and others new (see `again`)
    """

    correct: Callable[..., Any]
    draw: Callable[[Generator], list[Drawn]]
    wrong: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    given: Mapping[tuple[str, str], Callable[..., Any]] = field(default_factory=dict)
    ways: Callable[[Generator, Callable[..., Any], Mapping[str, Any]], More] | None = None
    asked: Container[str] = ()
    once: Container[str] = ()
    apart: Container[str] = ()
    unnamed: Collection[str] = ()
    shown: int | None = None
    rare: Callable[[Generator, dict[str, Any]], list[Drawn]] | None = None
    deep: Callable[[Generator], list[Drawn]] | None = None
    quick: Callable[..., Any] | None = None
    rounds: int = 2
    crossed: bool = True

    @property
    def groups(self) -> list[frozenset[str]]:
        """The earlier exercises whose places scripted fakes take in the public table, all of a group at once."""
        return [frozenset({name}) for name, _ in self.given]

    def with_stand_ins(self, names: frozenset[str]) -> tuple[dict[str, str], Callable[..., Any]]:
        """Return the fakes that take the places of these earlier exercises, and what is right with them.

        Raises LookupError when no fakes are known for them together.
        """
        for (name, fake), correct in self.given.items():
            if names == {name}:
                return {name: fake}, correct
        raise LookupError(f"There are no stand-ins for {sorted(names)} together.")

    def cases(self, seed: int) -> list[Case]:
        """Draw one round of the public table: the exercise by itself, then with each group of fakes."""
        with_fakes = [case for names in self.groups for case in self._with_fakes(seed, names)[: self.shown]]
        small = [replace(case, more=None) for case in with_fakes if not (case.apart or large(case.expected))]
        drawn = self.draw(np.random.default_rng(seed))
        plain = self._cases(seed, ({}, self.correct), drawn, self._rare(seed, drawn))
        return [*(case if case.apart else replace(case, matters=self._matters(case)) for case in plain), *small]

    def _matters(self, case: Case) -> tuple[str, ...]:
        """Name the arrays of which another one makes another result right."""
        correct = self.quick or self.correct
        arrays = {
            name: value
            for name, value in case.arguments.items()
            if isinstance(value, np.ndarray) and value.size and value.dtype.kind == "f"
        }
        return tuple(
            name
            for name, value in arrays.items()
            if not compare.same(given_by(correct, {**case.arguments, name: another(value)}), case.expected)
        )

    def _with_fakes(self, seed: int, names: frozenset[str]) -> list[Case]:
        return self._cases(seed, self.with_stand_ins(names), self.draw(np.random.default_rng(seed)))

    def with_replaced(self, seed: int, replaced: frozenset[str], *, first: bool = True) -> list[Case]:
        """Draw one round of hidden cases, with stand-ins for these earlier exercises; the same for the same seed.

        first: with the cases that take long, with corners, and with what else is asked
        """
        drawn = self.draw(np.random.default_rng(seed))
        oracle = self.with_stand_ins(replaced) if replaced else ({}, self.quick or self.correct)
        if not first:
            kept = [row for row in drawn if row[1] not in self.once and row[1] not in self.apart]
            return self._cases(seed, oracle, kept, more=False)
        crossed = [(one, AGAIN) for one in again.crossed(drawn[0][0])] if self.crossed else []
        deep = self.deep(np.random.default_rng([seed, 102])) if self.deep else []
        return self._cases(seed, oracle, drawn, [*self._rare(seed, drawn), *crossed, *deep])

    def _rare(self, seed: int, drawn: list[Drawn]) -> list[Drawn]:
        return self.rare(np.random.default_rng([seed, 101]), copy.deepcopy(drawn[0][0])) if self.rare else []

    def _cases(
        self, seed: int, oracle: _Oracle, drawn: list[Drawn], others: Sequence[Drawn] = (), *, more: bool = True
    ) -> list[Case]:
        """Make cases of what was drawn. others: those for which `wrong` is not computed."""
        given, correct = oracle
        named = set() if given else {label for _, label in drawn} - set(self.unnamed)
        cases = []
        for number, (arguments, label) in enumerate([*drawn, *others]):
            asked = self._more(np.random.default_rng([seed, number]), correct, arguments, label) if more else None
            if label in self.apart:
                case = Case(arguments, None, given=given, label=label, named=False, apart=True)
            else:
                expected = correct(**copy.deepcopy(arguments))
                case = Case(arguments, expected, given=given, label=label, named=label in named or bool(given))
            if label in named and not case.apart:
                case = replace(case, wrong=_Wrong(self.wrong, copy.deepcopy(arguments), case.expected))
            cases.append(replace(case, more=asked))
        return cases

    def _more(
        self, rng: Generator, correct: Callable[..., Any], arguments: Mapping[str, Any], label: str
    ) -> More | None:
        """Draw what else is asked about a case. An oracle that rounds has its numbers before that as `exact`."""
        if self.ways is None or label not in self.asked:
            return None
        return self.ways(rng, getattr(correct, "exact", correct), copy.deepcopy(arguments))


def with_corners(
    references: Mapping[str, Reference], rare: Mapping[str, Any], deep: Mapping[str, Any]
) -> dict[str, Reference]:
    """Return references with their `rare` and `deep` cases. Raises KeyError for an exercise that there is not."""
    unknown = {*rare, *deep} - set(references)
    if unknown:
        raise KeyError(f"There is no exercise {sorted(unknown)}.")
    return {name: replace(one, rare=rare.get(name), deep=deep.get(name)) for name, one in references.items()}


def fresh(
    references: Mapping[str, Reference], exercises: Mapping[str, Exercise], name: str, rounds: int | None = None
) -> list[Case]:
    """Draw the cases of a hidden test: other values and other shapes in every grading. rounds: others than its own.

    Where earlier exercises have not passed in this grading, stand-ins take their places in every case.
    """
    seed, replaced = grading_seed(), stand_ins.replaced(name, exercises[name].uses)
    return [
        case
        for number in range(rounds or references[name].rounds)
        for case in references[name].with_replaced(seed + 1000 * (number + 1), replaced, first=number == 0)
    ]


class _Wrong(Mapping[str, Any]):
    """What each misconception gives, where that differs from what is right; computed when a student is not right.

    arguments: a copy of their own, so that no student's function can change them before
    """

    def __init__(self, formulas: Mapping[str, Callable[..., Any]], arguments: dict[str, Any], expected: Any) -> None:
        self._formulas, self._arguments, self._expected = formulas, arguments, copy.deepcopy(expected)

    @cached_property
    def _results(self) -> dict[str, Any]:
        results = {key: given_by(formula, self._arguments) for key, formula in self._formulas.items()}
        return {key: result for key, result in results.items() if not compare.same(result, self._expected)}

    def __getitem__(self, key: str) -> Any:
        return self._results[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._results)

    def __len__(self) -> int:
        return len(self._results)


def given_by(formula: Callable[..., Any], arguments: Mapping[str, Any]) -> Any:
    """Return what a formula gives for these arguments, or what it raises, as `Raises`."""
    try:
        with np.errstate(all="ignore"):
            return formula(**copy.deepcopy(dict(arguments)))
    except Exception as error:  # noqa: BLE001  (the exception is what the misconception gives)
        return Raises(type(error).__name__)
