"""What is recorded about a student's submission."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from autograder.model.graded import weakness

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from autograder.model.verdict import Note, State


@dataclass(frozen=True, slots=True)
class Grading:
    """What a recorded grading was made by. key: see graded.Rules.key; empty where the grader itself failed."""

    key: str
    assignment_digest: str
    grader_version: str


@dataclass(frozen=True, slots=True)
class Line:
    """One graded cell of a report: the verdict, and the score that stands in the gradebook (None: not yet).

    checked: by a check, not by a person; comment: what a person wrote beside it; flag: what a person should look at
    auto_score: what the check gave; by_hand: a person has given the score that stands
    exercise: grade id of the exercise's cell, empty for a written answer; key: the hint's name; seconds: of its check
    """

    grade_id: str
    title: str
    points: float
    state: State | None
    hint: str
    score: float | None
    checked: bool = True
    comment: str | None = None
    flag: str = ""
    auto_score: float | None = None
    by_hand: bool = False
    exercise: str = ""
    key: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Report:
    """What is recorded about one student.

    isolation: how the grader kept the student's code apart; submission, assignment: digests of what was graded, and by
    what; engine: the version of the grader
    kit, checks_version, release_version: what graded it, see assignment.Versions; the last two are empty for a result
    that was recorded before they were kept; packages: the versions that the student's code ran with, likewise
    receipt: what was repaired; handed_in, graded_at: when, in UTC (handed_in: None where nobody knows)
    """

    student: str
    lines: tuple[Line, ...]
    penalty: float = 0.0
    isolation: str = ""
    submission: str = ""
    assignment: str = ""
    engine: str = ""
    receipt: tuple[Note, ...] = ()
    handed_in: datetime | None = None
    graded_at: datetime | None = None
    kit: str = ""
    checks_version: str = ""
    release_version: str = ""
    packages: str = ""


def by_weakness(reports: Sequence[Report]) -> dict[str, list[str]]:
    """List who was graded at a weaker level than the sandbox's, by what that is short of."""
    found: dict[str, list[str]] = {}
    for report in reports:
        if said := weakness(report.isolation):
            found.setdefault(said, []).append(report.student)
    return found
