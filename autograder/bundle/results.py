"""What Gradescope shows a student: results.json, made from verdicts. Pure.

The format is Gradescope's (docs/specs.md in gradescope/autograder_samples). An absent score is no open one there: the
sum is simply lower. So an open one is said: on top, in a test of its own that comes first, in `extra_data`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from autograder.model.graded import weakness
from autograder.model.verdict import NEXT_STEPS, WORDS, State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from autograder.model.assignment import Assignment, GradedCell
    from autograder.model.verdict import Note, Verdict

VISIBILITIES = VISIBLE, AFTER_DUE, AFTER_PUBLISHED, HIDDEN = "visible", "after_due_date", "after_published", "hidden"
LONGEST = 4_000  # characters of what one test says
NEEDS = "Needs your instructor"
NOT_FINISHED = (
    "The grader did not finish. That is not your fault and costs you no points: your instructor starts it again."
)
BY_HAND = "Waits for a mark: your instructor reads it."


@dataclass(frozen=True)
class Wish:
    """What an instructor has asked for.

    visibility: of the exercises; hide_open: show no total while a score is open
    """

    visibility: str = VISIBLE
    hide_open: bool = False


@dataclass(frozen=True)
class About:
    """How a submission was graded; for the instructor."""

    level: str = ""
    digest: str = ""
    key: str = ""
    grader: str = ""
    versions: tuple[str, ...] = ()
    packages: str = ""
    receipt: tuple[Note, ...] = ()
    seconds: float = 0.0


def pending(said: str = NOT_FINISHED) -> dict[str, Any]:
    """Say that nothing is known yet, or that the grader has failed: what stands there until there is more."""
    return _frame(
        [{"name": NEEDS, "status": "failed", "visibility": VISIBLE, "output": said, "tags": ["needs-instructor"]}],
        {"score": 0.0, "output": f"Your score is not complete. {said}", "extra_data": {"open": ["everything"]}},
    )


def results(lab: Assignment, verdicts: Sequence[Verdict], wish: Wish, about: About) -> dict[str, Any]:
    """Say what became of a submission."""
    cells = {cell.grade_id: cell for cell in lab.graded}
    pairs = [(cells[verdict.grade_id], verdict) for verdict in verdicts]
    rows = [_row(cell, verdict, wish) for cell, verdict in pairs]
    open_ = [(cell, verdict) for cell, verdict in pairs if verdict.state and verdict.score(cell.points) is None]
    passed = sum(verdict.state is State.PASSED for _, verdict in pairs)
    said = [f"{passed} of {len(lab.checks)} exercises pass."]
    if open_:
        rows.insert(0, _needs(open_))
        said.insert(0, f"Your score is not complete: {_open_words(open_)}.")
    said += [note.text for note in about.receipt]
    rows.append(_for_instructors(pairs, about))
    top: dict[str, Any] = {"output": "\n".join(said)[:LONGEST], "execution_time": round(about.seconds, 1)}
    top["score"] = sum(row.get("score", 0.0) for row in rows)  # one is asked for even where no test has any
    if open_ and wish.hide_open:
        top["visibility"] = HIDDEN
        rows = [row | {"visibility": HIDDEN} if "score" in row else row for row in rows]
    return _frame(rows, top | {"extra_data": _extra(lab, open_, about)})


def _frame(rows: list[dict[str, Any]], top: dict[str, Any]) -> dict[str, Any]:
    formats = {"output_format": "text", "test_output_format": "text", "test_name_format": "text"}
    return {**top, **formats, "stdout_visibility": HIDDEN, "tests": rows}


def _row(cell: GradedCell, verdict: Verdict, wish: Wish) -> dict[str, Any]:
    name = cell.name if cell.exercise else "written answer"
    row: dict[str, Any] = {"name": name, "number": cell.number, "max_score": cell.points}
    score = verdict.score(cell.points)
    if verdict.state is None:
        del row["max_score"]  # a question of its own in Gradescope's outline has these points
        return row | {"visibility": VISIBLE, "output": BY_HAND}
    words = [WORDS[verdict.state]]
    if verdict.state is not State.PASSED:
        words.append(verdict.hint or NEXT_STEPS[verdict.state])
    output = "\n".join(part for part in words if part)[:LONGEST]
    if score is None:
        informs = {} if verdict.state is State.INFRASTRUCTURE else {"status": "failed"}
        return row | informs | {"visibility": VISIBLE, "output": output}
    status = "passed" if verdict.state is State.PASSED else "failed"
    return row | {"score": score, "status": status, "visibility": wish.visibility, "output": output}


def _needs(open_: Sequence[tuple[GradedCell, Verdict]]) -> dict[str, Any]:
    said = f"Your score is not complete: {_open_words(open_)}. Your instructor looks at it; until then it counts as 0."
    return {"name": NEEDS, "status": "failed", "visibility": VISIBLE, "output": said, "tags": ["needs-instructor"]}


def _open_words(open_: Sequence[tuple[GradedCell, Verdict]]) -> str:
    by_state: dict[str, list[str]] = {}
    for cell, verdict in open_:
        by_state.setdefault(WORDS[verdict.state] if verdict.state else "", []).append(cell.number or cell.title)
    return "; ".join(f"{words} ({', '.join(numbers)})" for words, numbers in by_state.items())


def _for_instructors(pairs: Sequence[tuple[GradedCell, Verdict]], about: About) -> dict[str, Any]:
    lines = [f"Isolation: {about.level or 'nothing was run'}."]
    lines += [f"{weakness(about.level)}."] if weakness(about.level) else []
    lines += [f"{cell.title}: {verdict.flag}" for cell, verdict in pairs if verdict.flag]
    lines += [f"{cell.title}: hint {verdict.key}" for cell, verdict in pairs if verdict.key]
    lines.append(f"Graded by {', '.join(part for part in (about.grader, *about.versions, about.packages) if part)}.")
    return {"name": "For instructors only", "visibility": HIDDEN, "output": "\n".join(lines)[:LONGEST]}


def _extra(lab: Assignment, open_: Sequence[tuple[GradedCell, Verdict]], about: About) -> dict[str, Any]:
    return {
        "lab": lab.name,
        "edition": lab.edition,
        "submission": about.digest,
        "key": about.key,
        "isolation": about.level,
        "grader": about.grader,
        "open": [cell.grade_id for cell, _ in open_],
    }
