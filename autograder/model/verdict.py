"""What can become of a check: exactly one state for each check of each submission, and what it means in words."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class State(StrEnum):
    """The state of one check. `missing`, `unreadable` and `infrastructure` give no score: a person looks at them."""

    PASSED = "passed"
    FAILED = "failed"
    UNTOUCHED = "untouched"
    CRASHED = "crashed"
    TIMED_OUT = "timed_out"
    MISSING = "missing"
    UNREADABLE = "unreadable"
    INFRASTRUCTURE = "infrastructure"


SCORED = frozenset({State.PASSED, State.FAILED, State.UNTOUCHED, State.CRASHED, State.TIMED_OUT})

SYMBOLS: dict[State, str] = {
    State.PASSED: "✓",
    State.FAILED: "✗",
    State.UNTOUCHED: "○",
    State.CRASHED: "!",
    State.TIMED_OUT: "t",
    State.MISSING: "m",
    State.UNREADABLE: "u",
    State.INFRASTRUCTURE: "i",
}

WORDS: dict[State, str] = {
    State.PASSED: "passed",
    State.FAILED: "not right yet",
    State.UNTOUCHED: "not attempted yet",
    State.CRASHED: "stopped with an error",
    State.TIMED_OUT: "ran out of time",
    State.MISSING: "cell not found",
    State.UNREADABLE: "file not readable",
    State.INFRASTRUCTURE: "our fault: could not be checked",
}

NEXT_STEPS: dict[State, str] = {
    State.PASSED: "Nothing to do here.",
    State.FAILED: "Read the hint, change the cell, and run its check again.",
    State.UNTOUCHED: "Write this exercise: the TODO in its cell says how to begin.",
    State.CRASHED: "Restart the kernel, run all cells from the top, and mend the first one that stops.",
    State.TIMED_OUT: "Look for a loop that never ends, and try the function on a small input.",
    State.MISSING: "",  # the hint says what to do
    State.UNREADABLE: "",  # so does the reason why it can't be read
    State.INFRASTRUCTURE: "Nothing to do: your instructor looks at it. It costs you no points.",
}


# Flags: what a person should look at although there is a score.
STOPPED = "More than half of the points are lost to errors before any check could say more."
USES, LACKING = "It uses ", ", which the grader has not got."

SURE = 0.9  # below this a person is asked to look


@dataclass(frozen=True)
class Note:
    """One line of a receipt: what had to be done to a submission before it could be graded.

    cell: grade id of the released cell; empty when the whole file is meant
    how:  title, definition, text, similar, contradicted (how it was found); merged, retyped, joined, beside, moved,
          copy, changed, missing; read (of the whole file)
    text: the same in a sentence; confidence: that this is right, from 0 to 1
    """

    cell: str
    how: str
    text: str
    confidence: float = 1.0

    @property
    def doubt(self) -> bool:
        """Whether a person should look."""
        return self.confidence < SURE


@dataclass(frozen=True)
class Work:
    """What a student wrote for one exercise or question, and what running it printed (bounded, as plain text)."""

    grade_id: str
    source: str
    output: str = ""


@dataclass(frozen=True)
class Verdict:
    """What the grader says about one graded cell.

    state: None for a written answer, which a person marks
    hint:  plain text for the student; key: names the hint ("no_tanh"), for the instructor
    flag:  what a person should look at although there is a score; for the instructor
    seconds: how long its check took; it differs from run to run
    """

    grade_id: str
    state: State | None
    hint: str = ""
    key: str = ""
    flag: str = ""
    seconds: float = field(default=0.0, compare=False)

    def score(self, points: float) -> float | None:
        """Return the points that this earns; None where a person must decide."""
        if self.state not in SCORED:
            return None
        return points if self.state is State.PASSED else 0.0
