"""Which earlier exercises stand-ins take the place of, while a submission is graded.

A function that calls an earlier one is right or wrong by itself. So where the earlier one has not passed its own check
in this very run, for whatever reason, the later one is asked with a stand-in in its place. What has passed is what the
examiner has found, check by check; in a notebook nobody has found anything, and nothing is replaced.
"""

from __future__ import annotations

import dataclasses
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from labkit.checks.cases import size

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from labkit.checks.cases import Case
    from labkit.checks.exercise import Exercise


@dataclass
class Record:
    """What is known while one check runs.

    sound: the exercises that have passed, each with what it calls; asked, replaced: what this check is about, and which
    earlier exercises stand-ins took the place of
    postponed: the public parts that wait for the hidden one, by exercise: cases, and what runs them (see `judge.judge`)
    """

    sound: frozenset[str]
    asked: set[str] = field(default_factory=set)
    replaced: set[str] = field(default_factory=set)
    postponed: dict[str, tuple[Sequence[Case], Callable[[], object]]] = field(default_factory=dict)

    @property
    def proven(self) -> set[str]:
        """The exercises that are sound when this check has passed: none, if a stand-in was needed."""
        return set() if self.replaced else self.asked


_record: ContextVar[Record | None] = ContextVar("record", default=None)


@contextmanager
def examining(sound: frozenset[str]) -> Iterator[Record]:
    """Run a check as in grading, where these exercises have passed before it.

    Raises what a public part raises that no hidden one has followed.
    """
    record = Record(sound)
    token = _record.set(record)
    try:
        yield record
        for _, public in record.postponed.values():
            public()
    finally:
        _record.reset(token)


def replaced(name: str, uses: Mapping[str, str]) -> frozenset[str]:
    """Say which of the earlier exercises that this one uses are replaced, and note that it is asked for."""
    record = _record.get()
    if record is None:
        return frozenset()
    found = frozenset(uses) - record.sound
    record.asked.add(name)
    record.replaced |= found
    return found


def postpone(name: str, cases: Sequence[Case], public: Callable[[], object]) -> bool:
    """In grading, keep the public part of a check for later, and say so; in a notebook it is not put off."""
    record = _record.get()
    if record is not None:
        record.postponed[name] = cases, public
    return record is not None


def postponed(name: str) -> Sequence[Case]:
    """Take the cases of the public part that was put off: the hidden part follows, and decides."""
    record = _record.get()
    return record.postponed.pop(name)[0] if record is not None and name in record.postponed else ()


def examined() -> bool:
    """Say whether this is grading: what an earlier exercise is worth has been found out then."""
    return _record.get() is not None


def chosen(exercise: Exercise, cases: Sequence[Case], *, fresh: bool) -> list[Case]:
    """Choose the cases that have the stand-ins that this grading asks for; none, where no table holds such cases.

    In grading, the public cases are the small ones: the hidden test asks for more, and for large results, in any case.
    """
    names = replaced(exercise.name, exercise.uses)
    found = [case for case in cases if frozenset(case.given) == names]
    if fresh and not found:
        raise LookupError(f"There is no case of {exercise.name} with stand-ins for {sorted(names)}.")
    if examined() and not fresh:
        found = [dataclasses.replace(case, more=None) for case in found if case.named and not case.apart]
    return found


def smallest(cases: Sequence[Case], given: Mapping[str, str]) -> list[Case]:
    """Choose the public case that is asked beside hidden ones; none, where no table holds one with their stand-ins."""
    fit = [case for case in cases if case.given == given and case.named and not case.apart]
    return [min(fit, key=lambda case: size(case.arguments))] if fit else []
