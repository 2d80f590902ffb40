"""Says what is recorded about a submission as plain values: the documented object of which every form is made.

Documented in schemas/submission.schema.json.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from autograder.base.text import clean, number
from autograder.model.verdict import NEXT_STEPS, WORDS, State

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from autograder.model.recorded import Line, Report
    from autograder.model.verdict import Work

VERSION = 1
_OWN = (State.FAILED, State.CRASHED, State.TIMED_OUT)  # what a student mends by changing code
# What was done to cells, by verdict.Note.how; {} stands for their names.
_REPAIRS = {
    "title": "Found by the comment in the first line: {}.",
    "cell_id": "Found by the number that the editor gives a cell: {}.",
    "definition": "Found by what the code defines: {}.",
    "text": "Found by the text: {}.",
    "similar": "Taken to be yours, being like the cell that we gave out: {}.",
    "contradicted": "Marked as one exercise, with text that looks like another: {}.",
    "merged": "In one cell with something else, which we took apart: {}.",
    "retyped": "Made text of code, or code of text, and made again what it was: {}.",
    "joined": "Split into several cells, which we put together: {}.",
    "beside": "Answered in a cell of its own, which we put into the place that was kept for the answer: {}.",
    "moved": "At another place than we gave it out, and put back there: {}.",
    "copy": "In your notebook more than once: {}.",
    "changed": "Cells of ours that were changed; what you wrote ran first, and then ours: {}.",
    "missing": "Cells of ours that were not there; we put them back: {}.",
}
_NOT_FOUND = "Not found in your notebook: {}."


def describe(report: Report, lab: str, work: Iterable[Work] = (), *, name: str = "") -> dict[str, Any]:
    """Return what a student may read about their submission; nothing in it comes from a hidden test.

    work: what the student wrote, see reads.work; name: the person's, where it is known
    """
    lost = {note.cell for note in report.receipt if note.how == "missing"}  # what stands there is ours
    own = {one.grade_id: one for one in work if one.grade_id not in lost}
    exercises = [_exercise(line, own.get(line.exercise or line.grade_id)) for line in report.lines]
    return {
        "version": VERSION,
        "lab": lab,
        "student": clean(report.student),
        "name": clean(name),
        "handed_in": _time(report.handed_in),
        "graded_at": _time(report.graded_at),
        "score": _score(report),
        "begin_with": _begin_with(report),
        "receipt": _receipt(report),
        "exercises": exercises,
    }


def for_the_instructor(report: Report) -> dict[str, Any]:
    """Return what only the instructor reads: what a person should look at, and what the result rests on."""
    return {
        "submission": report.submission,
        "assignment": report.assignment,
        "engine": report.engine,
        "kit": report.kit,
        "checks_version": report.checks_version,
        "release_version": report.release_version,
        "isolation": report.isolation,
        "packages": report.packages,
        "receipt": [
            {"cell": note.cell, "how": note.how, "text": clean(note.text), "confidence": note.confidence}
            for note in report.receipt
        ],
        "checks": {
            line.grade_id: {
                "key": line.key,
                "flag": clean(line.flag),
                "seconds": line.seconds,
                "by_check": line.auto_score,
                "by_hand": line.by_hand,
            }
            for line in report.lines
        },
    }


def total(report: Report) -> str:
    """Say in words how many points there are, and what is still open."""
    score = _counts(report)
    late = f" after {number(report.penalty)} points off for a late submission" if report.penalty else ""
    if score["points"] is None:
        return f"No points yet, and no zero either: {number(score['open'])} points wait for a person."
    open_part = f"; {number(score['open'])} points are still to be marked by a person" if score["open"] else ""
    return f"{number(score['points'])} of {number(score['of'])} points{late}{open_part}."


def unreadable(report: Report) -> str:
    """Return why nothing of a submission could be read; empty when it could."""
    if not report.lines or not all(_is(line, State.UNREADABLE) for line in report.lines):
        return ""
    return report.lines[0].hint or "Your instructor looks at it."


def _counts(report: Report) -> dict[str, Any]:
    known = [line for line in report.lines if line.score is not None]
    waits = [line.points for line in report.lines if line.score is None]
    points = max(0.0, sum(line.score or 0 for line in known) - report.penalty) if known else None
    return {
        "points": points,  # so far
        "of": sum(line.points for line in known),
        "open": sum(waits),
        "late_penalty": report.penalty,
        "total": None if waits else points,
    }


def _score(report: Report) -> dict[str, Any]:
    return {**_counts(report), "words": total(report)}


def _exercise(line: Line, work: Work | None) -> dict[str, Any]:
    shown = line.hint if line.state not in {State.PASSED, State.UNTOUCHED} else ""
    return {
        "id": line.grade_id,
        "title": line.title,
        "kind": "exercise" if line.checked else "question",
        "state": _state(line),
        "words": _words(line),
        "points": line.points,
        "score": line.score,
        "hint": clean(shown),
        "comment": clean(line.comment),
        "next_step": _next_step(line),
        "source": clean(work.source) if work else None,
        "output": clean(work.output) if work else None,
    }


def _state(line: Line) -> str:
    return str(line.state) if line.state else ("to_mark" if line.score is None else "marked")


def _words(line: Line) -> str:
    if line.state:
        return WORDS[line.state]
    return "to be marked" if line.score is None else "marked"


def _next_step(line: Line) -> str:
    if line.score == line.points or (line.state is None and line.score is not None):
        return NEXT_STEPS[State.PASSED]
    if line.state is None:
        return "Your instructor reads and marks it."
    if not line.checked and line.state is State.UNTOUCHED:
        return "Write your answer in its cell, in your own words."
    return NEXT_STEPS[line.state]


def _is(line: Line, *states: State) -> bool:
    return line.state in states and line.score != line.points


def _begin_with(report: Report) -> dict[str, str]:
    """Say which exercise to look at first: exercises build on those before them, so it is the first of its kind."""
    if unreadable(report):
        return {"id": "", "words": "Mend the file first: nothing in it could be read."}
    for states in ((State.MISSING,), _OWN, (State.UNTOUCHED,)):
        line = next((line for line in report.lines if _is(line, *states)), None)
        if line:
            return {"id": line.grade_id, "words": f"Begin with {line.title} ({_words(line)})."}
    if any(line.score is None for line in report.lines):
        return {"id": "", "words": "Nothing is left for you to do: the rest waits for your instructor."}
    return {"id": "", "words": "Nothing is left to do."}


def _receipt(report: Report) -> list[dict[str, Any]]:
    """Put what was repaired into kind words, one sentence for each kind of repair; what is in doubt comes first."""
    titles = {line.grade_id: f"the check of {line.title}" if line.exercise else line.title for line in report.lines}
    titles |= {line.exercise: line.title for line in report.lines if line.exercise}
    grouped: dict[tuple[bool, str], list[str]] = {}
    for note in sorted(report.receipt, key=lambda one: not one.doubt):
        sentence = _NOT_FOUND if note.how == "missing" and note.doubt else _REPAIRS.get(note.how, "")
        what = titles.get(note.cell, note.cell) if sentence else note.text
        names = grouped.setdefault((note.doubt, sentence or "{}"), [])
        if what not in names:
            names.append(what)
    return [_sentence(doubt, sentence, names) for (doubt, sentence), names in grouped.items()]


def _sentence(doubt: bool, sentence: str, names: Sequence[str]) -> dict[str, Any]:
    listed = (" " if sentence == "{}" else ", ").join(names)
    return {"words": clean(re.sub(r"\{\}", lambda _: listed, sentence)), "please_look": doubt}


def _time(when: datetime | None) -> str | None:
    return when.isoformat(timespec="seconds") + ("" if when.tzinfo else "+00:00") if when else None
