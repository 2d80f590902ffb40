"""Says where a class needs a person: what grading could not decide, whose it is, and what to do about it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from autograder.model.cells import number_of
from autograder.model.verdict import LACKING, STOPPED, USES, State

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from autograder.model.recorded import Report


@dataclass(frozen=True, slots=True)
class Task:
    """One kind of thing to do. cases: what is the matter -> with whom, the most frequent first."""

    title: str
    do: str
    cases: tuple[tuple[str, tuple[str, ...]], ...]

    @property
    def students(self) -> int:
        """How many it concerns."""
        return len({student for _, who in self.cases for student in who})


def tasks(reports: Sequence[Report], lab: str) -> list[Task]:
    """List what waits for a person, the most urgent first; kinds with nothing to do are left out."""
    found = (Task(title, do.format(lab=lab), _cases(reports, finds)) for title, do, finds in _kinds())
    return [task for task in found if task.cases]


def _kinds() -> tuple[tuple[str, str, Callable[[Report], list[str]]], ...]:
    ours = (
        "It is our fault, and costs nobody points. Grade again: autograder grade {lab} --force. If it stays, "
        "autograder explain {lab} STUDENT EXERCISE shows why."
    )
    unreadable = "Ask for another hand-in, or mend the file in course/submitted and grade again: no score, and no zero."
    missing = (
        "Look in the notebook for the work: give points by hand in formgrader, or ask for a fresh copy of the lab. "
        "These exercises have no score, and no zero."
    )
    doubt = (
        "The score stands, but which cell belongs to which exercise was not sure. Compare the hand-in with the page."
    )
    flag = "The values are right. Read the code and decide: a mark that you give in formgrader stays."
    package = (
        "An import costs nothing, its use does. Tell them which package; install it beside the grader and grade again, "
        "or ask for another hand-in: what used it has 0 points."
    )
    stopped = (
        "More than half of the points are lost to errors, none to a wrong answer. Look whether one small thing is to "
        "blame: the scores stand until you change them."
    )
    return (
        ("The grader could not check it", ours, _infrastructure),
        ("The file can't be read", unreadable, _unreadable),
        ("A cell could not be found", missing, _missing),
        ("A match in doubt", doubt, _doubts),
        ("They use what the grader has not got", package, _packages),
        ("It stopped before it could be checked", stopped, _stopped),
        ("It passes, but is it written by hand?", flag, _flags),
    )


def _cases(reports: Sequence[Report], finds: Callable[[Report], list[str]]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    cases: dict[str, list[str]] = defaultdict(list)
    for report in reports:
        for what in finds(report):
            cases[what].append(report.student)
    return tuple((what, tuple(who)) for what, who in sorted(cases.items(), key=lambda case: -len(case[1])))


def _numbers(report: Report, state: State) -> str:
    """Name the exercises in a state; one that a person has scored needs nobody any more."""
    return ", ".join(number_of(line.title) for line in report.lines if line.state == state and line.score is None)


def _infrastructure(report: Report) -> list[str]:
    named = _numbers(report, State.INFRASTRUCTURE)
    return [f"Exercise {named}"] if named else []


def _missing(report: Report) -> list[str]:
    named = _numbers(report, State.MISSING)
    return [f"Exercise {named}"] if named else []


def _unreadable(report: Report) -> list[str]:
    open_lines = (line for line in report.lines if line.state == State.UNREADABLE and line.score is None)
    return list(dict.fromkeys(line.hint for line in open_lines))


def _doubts(report: Report) -> list[str]:
    return [note.text for note in report.receipt if note.doubt and note.how != "missing"]


def _packages(report: Report) -> list[str]:
    crashed = (line for line in report.lines if line.state == State.CRASHED and not line.by_hand)
    named = (line.flag for line in crashed if line.flag.startswith(USES) and line.flag.endswith(LACKING))
    return list(dict.fromkeys(flag.removeprefix(USES).removesuffix(LACKING) for flag in named))


def _stopped(report: Report) -> list[str]:
    named = ", ".join(number_of(line.title) for line in report.lines if line.flag == STOPPED and not line.by_hand)
    return [f"Exercise {named}"] if named else []


def _flags(report: Report) -> list[str]:
    passed = (line for line in report.lines if line.state == State.PASSED and not line.by_hand)
    return [f"Exercise {number_of(line.title)}: {line.flag}" for line in passed if line.flag]
