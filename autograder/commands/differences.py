"""Compares a new grading with the recorded one: whose result would change, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from autograder.model.graded import GRADER_VERSION

if TYPE_CHECKING:
    from autograder.gradebook.book import Report
    from autograder.model.assignment import Assignment
    from autograder.model.graded import Graded

NOT_GRADED = "not graded yet"
UNSTEADY = "nothing has changed, and yet the result is another"


@dataclass(frozen=True)
class Difference:
    """One check of one student that would come to something else.

    before, after: state and points, in words; why: what has changed since it was recorded
    by_hand: a person has given this score, so it stays
    """

    student: str
    title: str
    before: str
    after: str
    why: str
    by_hand: bool = False


def compare(student: str, before: Report | None, graded: Graded, assignment: Assignment) -> list[Difference]:
    """List what a new grading of a student would change."""
    known = {line.grade_id: line for line in before.lines} if before else {}
    why = _why(before, graded, assignment)
    found = []
    for verdict in graded.verdicts:
        cell = next(cell for cell in assignment.graded if cell.grade_id == verdict.grade_id)
        line = known.get(verdict.grade_id)
        new = _words(verdict.state, verdict.score(cell.points))
        old = _words(line.state, line.auto_score) if line else NOT_GRADED
        if new != old:
            by_hand = line is not None and line.by_hand
            found.append(Difference(student, cell.title, old, new, why, by_hand))
    return found


def _words(state: str | None, score: float | None) -> str:
    return f"{state or 'to mark by hand'}, {'no score' if score is None else f'{score:g}'}"


def _why(before: Report | None, graded: Graded, assignment: Assignment) -> str:
    if before is None:
        return "new"
    reasons = {
        "the submission has changed": before.submission != graded.digest,
        "the lab or its checks have changed": before.assignment != assignment.digest,
        "the grader has changed": before.engine != GRADER_VERSION,
        "isolation has changed": before.isolation != graded.level,
    }
    return "; ".join(reason for reason, holds in reasons.items() if holds) or UNSTEADY
