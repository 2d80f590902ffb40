"""What a class's recorded results come to: scores, outcomes, difficulty, misconceptions."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from statistics import mean, median
from typing import TYPE_CHECKING

import numpy as np

from autograder.model.cells import number_of
from autograder.model.verdict import SCORED, State

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from autograder.model.recorded import Line, Report

PERSON = "person"  # the three states that give no score, as one outcome
OUTCOMES = (State.PASSED, State.FAILED, State.CRASHED, State.TIMED_OUT, State.UNTOUCHED, PERSON)
# Hints that every exercise has: they say in which way it went wrong, not what was misunderstood.
GENERAL = frozenset({"raises", "type", "shape", "finite", "precision", "value", "changed", "missing", "no_value"})
WENT_WRONG = frozenset({State.FAILED, State.CRASHED, State.TIMED_OUT})
BINS = 10
FEW = 10  # with fewer students a correlation says nothing


@dataclass(frozen=True, slots=True)
class Scores:
    """How the scores are distributed, as shares of the points in question.

    whole: with the written answers; else of the checks alone, since a person has not marked all of them
    shares: of each student whose score is complete, from 0 to 1; left_out: how many have none yet
    """

    points: float
    whole: bool
    shares: tuple[float, ...]
    left_out: int

    @property
    def bins(self) -> tuple[int, ...]:
        """Count the students in each tenth; the last holds those with all points, too."""
        counts = Counter(min(int(share * BINS + 1e-9), BINS - 1) for share in self.shares)
        return tuple(counts[number] for number in range(BINS))

    @property
    def mean(self) -> float:
        """The mean share; 0 where there is none."""
        return mean(self.shares) if self.shares else 0.0

    @property
    def median(self) -> float:
        """The middle share; 0 where there is none."""
        return median(self.shares) if self.shares else 0.0


@dataclass(frozen=True, slots=True)
class Item:
    """One graded cell in this class.

    counts: how many students came to each of OUTCOMES; empty for a written answer. marked: how many have a score
    seconds, longest: of its check: the middle one, and the longest one
    difficulty: the mean share of its points; discrimination: how its score goes with the score of all others
    (corrected item-total correlation). None where too little is known.
    """

    title: str
    points: float
    checked: bool
    counts: Mapping[str, int]
    marked: int
    seconds: float
    longest: float
    difficulty: float | None
    discrimination: float | None

    @property
    def number(self) -> str:
        """The number in the title."""
        return number_of(self.title)


@dataclass(frozen=True, slots=True)
class Misconception:
    """One hint, and who earned it. words: as most of them read it; wordings: how many different ones there are."""

    title: str
    key: str
    words: str
    wordings: int
    students: tuple[str, ...]

    @property
    def general(self) -> bool:
        """Whether it says only in which way something went wrong."""
        return self.key in GENERAL or self.key in WENT_WRONG

    @property
    def label(self) -> str:
        """The exercise and the hint's name, in one line."""
        return f"{number_of(self.title)} {self.title.rpartition(': ')[2]}: {self.key.replace('_', ' ')}"


def scores(reports: Sequence[Report]) -> Scores:
    """Gather the scores: whole ones where a person has marked the written answers, else those of the checks."""
    whole = not any(line.score is None and line.state is None for report in reports for line in report.lines)
    shares, points = [], 0.0
    for report in reports:
        lines = [line for line in report.lines if whole or line.checked]
        possible = sum(line.points for line in lines)
        points = max(points, possible)
        if complete(lines) and possible:
            shares.append(sum(line.score or 0 for line in lines) / possible)
    return Scores(points, whole, tuple(shares), len(reports) - len(shares))


def complete(lines: Iterable[Line]) -> bool:
    """Say whether all of these have a score."""
    return all(line.score is not None for line in lines)


def items(reports: Sequence[Report]) -> list[Item]:
    """Describe each graded cell, in the lab's order."""
    order: dict[str, list[Line]] = {}
    for report in reports:
        for line in report.lines:
            order.setdefault(line.grade_id, []).append(line)
    rest = _discriminations(reports)
    return [_item(lines, rest.get(grade_id)) for grade_id, lines in order.items()]


def _item(lines: Sequence[Line], discrimination: float | None) -> Item:
    first, seconds = lines[0], [line.seconds for line in lines if line.seconds > 0]
    shares = [line.score / line.points for line in lines if line.score is not None and line.points]
    counts = Counter(outcome(line) for line in lines) if first.checked else {}
    # Of a written answer the blank ones have a score first: that would not be the share of the class.
    known = bool(shares) and (first.checked or not any(line.score is None and line.state is None for line in lines))
    return Item(
        first.title,
        first.points,
        first.checked,
        counts,
        len(shares),
        median(seconds) if seconds else 0.0,
        max(seconds, default=0.0),
        mean(shares) if known else None,
        discrimination,
    )


def outcome(line: Line) -> str:
    """Name what became of a check, as one of OUTCOMES."""
    return str(line.state) if line.state in SCORED else PERSON


def _discriminations(reports: Sequence[Report]) -> dict[str, float | None]:
    """Correlate each check's points with the points of all other checks, over the students who have all of these."""
    rows = [[line for line in report.lines if line.checked] for report in reports]
    rows = [lines for lines in rows if lines and complete(lines)]
    if len(rows) < FEW or len({len(lines) for lines in rows}) > 1:
        return {}
    points = np.array([[line.score or 0.0 for line in lines] for lines in rows])  # (students, checks)
    others = points.sum(axis=1, keepdims=True) - points
    return {line.grade_id: _correlation(points[:, at], others[:, at]) for at, line in enumerate(rows[0])}


def _correlation(one: np.ndarray, other: np.ndarray) -> float | None:
    if np.ptp(one) == 0 or np.ptp(other) == 0:
        return None
    return float(np.corrcoef(one, other)[0, 1])


def in_words(item: Item) -> str:
    """Say what difficulty and discrimination mean."""
    if item.difficulty is None:
        return "not all marked yet" if item.marked or not item.checked else "nobody has a score yet"
    share, tells = item.difficulty, item.discrimination
    steps = ((0.9, "easy"), (0.6, "fair"), (0.3, "hard"), (-1.0, "very hard"))
    hard = next(word for least, word in steps if share >= least)
    if tells is None:
        return hard if 0 < share < 1 else f"{hard}: the same for all"
    if tells < 0:
        return f"{hard}; goes against the rest: read the exercise and its check again"
    return f"{hard}; goes {'well' if tells >= 0.4 else 'somewhat' if tells >= 0.2 else 'hardly'} with the rest"


def misconceptions(reports: Sequence[Report]) -> list[Misconception]:
    """Gather who earned which hint, the most frequent first."""
    earned: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for report in reports:
        for line in report.lines:
            if line.state in WENT_WRONG:
                earned[line.title, line.key or str(line.state)].append((report.student, line.hint))
    found = [_misconception(title, key, who) for (title, key), who in earned.items()]
    return sorted(found, key=lambda one: (-len(one.students), one.label))


def _misconception(title: str, key: str, who: Sequence[tuple[str, str]]) -> Misconception:
    words = Counter(hint for _, hint in who)
    return Misconception(title, key, words.most_common(1)[0][0], len(words), tuple(student for student, _ in who))


def versions(reports: Sequence[Report]) -> list[tuple[str, int]]:
    """Say in words by what a class was graded, and how many students by each; the most frequent first."""
    made_by = Counter((one.kit, one.checks_version, one.release_version, one.packages) for one in reports)
    return [(_version(*which), count) for which, count in made_by.most_common()]


def _version(kit: str, checks: str, release: str, packages: str) -> str:
    by = f"kit {kit}" + (f" (checks {checks}, release {release})" if checks else "")
    return by + (f", {packages}" if packages else "")
