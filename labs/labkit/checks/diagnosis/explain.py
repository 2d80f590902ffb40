"""Chooses what is said of a wrong result: the first rule that holds for all that is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from labkit.checks.diagnosis import again, digits, entries, numbers, places, shapes, values
from labkit.checks.diagnosis.pairs import Pair, Said, pairs
from labkit.checks.hints import Hint

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from labkit.checks.calls import Outcome
    from labkit.checks.cases import Case
    from labkit.checks.compare import Problem
    from labkit.checks.diagnosis.first_call import Before
    from labkit.checks.exercise import Exercise

# What is said of arrays of the right shape: the first that holds for all that are wrong.
RULES = (
    digits.precision,
    numbers.sign,
    numbers.factor,
    digits.digits,
    numbers.function,
    numbers.limited,
    numbers.offset,
    values.elsewhere,
    values.one_for_another,
    places.masked,
    values.zeros,
    values.sums,
    numbers.slices,
    numbers.argument_added,
)

# Of these, what may be said of one part while others are wrong in another way.
OF_ALL = {values.one_for_another, values.zeros, places.masked, digits.digits}
OF_ONE = tuple(rule for rule in RULES if rule not in OF_ALL)
MOST = 6  # names of parts that a hint lists


def explain(
    exercise: Exercise,
    student: Any,
    cases: Sequence[Case],
    outcomes: Sequence[Outcome],
    verdicts: Sequence[Sequence[Problem]],
    first: Before | None = None,
) -> Hint | None:
    """Say what can be seen in results that came and are wrong; None when nothing can, or when one is not a number.

    cases, outcomes, verdicts: of the same calls, in order
    first: the function as it was before these calls
    """
    try:
        return _explain(exercise, student, cases, outcomes, verdicts, first)
    except Exception:  # noqa: BLE001  (an object whose len, == or [] raises: the check of its type has said what it is)
        return None


def _explain(
    exercise: Exercise,
    student: Any,
    cases: Sequence[Case],
    outcomes: Sequence[Outcome],
    verdicts: Sequence[Sequence[Problem]],
    first: Before | None = None,
) -> Hint | None:
    if any(outcome.error for outcome in outcomes) or any(
        problem.kind == "finite" for found in verdicts for problem in found
    ):
        return None
    wrong = [index for index, found in enumerate(verdicts) if found]
    odd = any(problem.kind == "type" for found in verdicts for problem in found)
    worst = [(cases[index], outcomes[index]) for index in wrong]
    said = entries.exchanged(exercise, [case for case, _ in worst], [outcome for _, outcome in worst])
    if said:
        return _hint(said, "The result", "")
    if odd:  # no list, no array, not so many parts
        return None
    if again.here(student):
        said = again.shared(outcomes) or again.right_at_first(exercise, first, cases, wrong)
        said = said or again.kept(exercise, student, cases, outcomes, wrong)
        if said:
            return _hint(said, "The result", _where(cases[wrong[0]]))
    case, outcome = worst[0]
    said = _first((entries.dictionary, entries.listed, entries.text), case, outcome.value)
    if said:
        return _hint(said, "The result", _where(case))
    hint = _of_arrays(exercise, student, cases, outcomes, wrong)
    if hint is None and (said := entries.count(case, outcome.value)):
        hint = _hint(said, "The result", _where(case))
    return hint


def _of_arrays(
    exercise: Exercise, student: Any, cases: Sequence[Case], outcomes: Sequence[Outcome], wrong: Sequence[int]
) -> Hint | None:
    arrays = pairs(exercise, [cases[index] for index in wrong], [outcomes[index] for index in wrong])
    shaped = shapes.of_shapes(arrays)
    if shaped:
        return _hint(shaped[1], shaped[0].part or "The result", _where(shaped[0].case))
    fit = all(pair.found.shape == pair.right.shape for pair in arrays)
    differ = [pair for pair in arrays if pair.wrong.any()] if fit else []
    if not differ:
        return None
    where = _where(differ[0].case) + _right(arrays, differ)
    if found := _of_parts(differ):
        return _hint(found[1], _parts(found[0]), where)
    if again.here(student):
        said = again.mixed(exercise, student, cases, outcomes, wrong)
        said = said or again.unused(exercise, student, cases[wrong[0]], outcomes[wrong[0]])
        if said:
            return _hint(said, "The result", _where(cases[wrong[0]]))
    if said := places.apart(exercise, [(case, index not in wrong) for index, case in enumerate(cases)]):
        return _hint(said, _parts(differ), _right(arrays, differ))
    said = places.from_on(differ)
    return _hint(said, _parts(differ), where) if said else None


def _of_parts(differ: Sequence[Pair]) -> tuple[Sequence[Pair], Said] | None:
    """Find what is true of all parts that are wrong, else of one of them."""
    if said := _first(RULES, differ):
        return differ, said
    for name in dict.fromkeys(pair.part for pair in differ):
        group = [pair for pair in differ if pair.part == name]
        if said := _first(OF_ONE, group):
            return group, said
    return None


def _first(rules: Sequence[Callable[..., Said | None]], *asked: Any) -> Said | None:
    return next(filter(None, (rule(*asked) for rule in rules)), None)


def _hint(said: Said, what: str, where: str) -> Hint:
    return Hint(f"{what} {said.seen}{where if where.endswith('.') else where + '.'}", said.cause, said.look)


def _where(case: Case) -> str:
    return f" (case: {case.label})" if case.label else ""


def _parts(differ: Sequence[Pair]) -> str:
    names = list(dict.fromkeys(pair.part for pair in differ if pair.part))
    if len(names) < 2:
        return names[0] if names else "The result"
    more = f" and {len(names) - MOST} more" if len(names) > MOST else ""
    return f"Each of {', '.join(names[:MOST])}{more}"


def _right(arrays: Sequence[Pair], differ: Sequence[Pair]) -> str:
    """Name the parts that are right already; nothing where none is."""
    bad = {pair.part for pair in differ}
    names = [name for name in dict.fromkeys(pair.part for pair in arrays) if name not in bad]
    return f". Right already: {', '.join(names)}." if names else ""
