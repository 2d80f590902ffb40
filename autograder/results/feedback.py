"""Makes the page that a student gets back: from recorded results alone, never from a notebook with hidden tests."""

from __future__ import annotations

import hashlib
import json
import textwrap
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from autograder.base.text import clean, number
from autograder.model.verdict import SYMBOLS, WORDS, State
from autograder.results import describe
from autograder.results.describe import total
from autograder.results.pages import TEMPLATES, style

if TYPE_CHECKING:
    from collections.abc import Iterable

    from autograder.model.recorded import Line, Report
    from autograder.model.verdict import Work

__all__ = ["fingerprint", "for_a_person", "page", "short", "symbol", "text", "total"]

TO_MARK = "…"
WIDTH = 100  # columns of the plain text
PRINTED = "What it printed"
WROTE = ("What you wrote", "The cell as you left it")


def page(report: Report, lab: str, work: Iterable[Work] = (), *, name: str = "") -> str:
    """Return the page of one student as HTML: self-contained, without scripts, everything escaped.

    work: what the student wrote, see reads.work; name: the person's, where it is known
    """
    sheet, allowed = style("feedback")
    about = describe.describe(report, lab, work, name=name)
    return TEMPLATES.get_template("feedback.html.j2").render(
        about=about,
        groups=_groups(about),
        fingerprint=fingerprint(report, lab, name=name),
        unreadable=clean(describe.unreadable(report)),
        style=sheet,
        allowed=allowed,
        symbols={str(state): sign for state, sign in SYMBOLS.items() if not sign.isalpha()},
        points=points,
        day=day,
    )


def text(report: Report, lab: str, work: Iterable[Work] = (), *, name: str = "") -> str:
    """Return the same as plain text."""
    about = describe.describe(report, lab, work, name=name)
    head = [f"Feedback: {lab}", about["name"] or about["student"]]
    head += [f"{word}: {day(about[key])}" for key, word in _TIMES.items() if about[key]]
    parts = ["\n".join(head), about["score"]["words"], about["begin_with"]["words"]]
    why = clean(describe.unreadable(report))
    if why:
        return "\n\n".join([*parts, why, *_repaired(about)]) + "\n"
    return "\n\n".join([*parts, *_repaired(about), *(_in_text(one) for one in about["exercises"])]) + "\n"


def fingerprint(report: Report, lab: str, *, name: str = "") -> str:
    """Name a page by what it is made of: one that has the same name needs no writing."""
    # What the student wrote is graded anew when it changes, and then the time of grading is another one.
    about = [describe.describe(report, lab, name=name), report.submission, _template()]
    return hashlib.sha256(json.dumps(about, sort_keys=True).encode()).hexdigest()[:32]


def short(report: Report) -> str:
    """Return the score for a table, as the page says it: "83/90"; "?" where a check has none yet; "-" for no score."""
    known = [line for line in report.lines if line.score is not None]
    if not known:
        return "-"
    earned, best = sum(line.score or 0 for line in known) - report.penalty, sum(line.points for line in known)
    waits = any(line.checked and line.score is None for line in report.lines)
    return f"{max(0.0, earned):g}/{best:g}{' ?' if waits else ''}"


def for_a_person(report: Report) -> list[tuple[str, str]]:
    """Say what a person must look at in a submission, and what the student is told; once each."""
    found: dict[tuple[State, str], list[Line]] = {}
    for line in report.lines:
        if line.state in {State.MISSING, State.UNREADABLE, State.INFRASTRUCTURE} and line.score is None:
            found.setdefault((line.state, line.hint), []).append(line)
    whole = len(report.lines)
    return [
        (WORDS[state] + ("" if len(lines) == whole else f" ({', '.join(line.title for line in lines)})"), told)
        for (state, told), lines in found.items()
    ]


def symbol(line: Line) -> str:
    """Return one cell of a table: the sign of a state; of a written answer the mark, once there is one."""
    if line.state is None:
        return TO_MARK if line.score is None else f"{line.score:g}"
    return SYMBOLS[line.state]


def points(one: dict[str, Any]) -> str:
    """Say what an exercise has earned, and of how much."""
    best = f"{number(one['points'])} point{'' if one['points'] == 1 else 's'}"
    return f"no score yet, of {best}" if one["score"] is None else f"{number(one['score'])} of {best}"


def day(when: str) -> str:
    """Write a time for people, in UTC."""
    told = datetime.fromisoformat(when)
    return f"{told.day} {told:%B %Y, %H:%M} UTC"


def _groups(about: dict[str, Any]) -> list[tuple[str, str, list[dict[str, Any]]]]:
    """Put first what there is to do, each group in the lab's order."""
    groups: dict[str, list[dict[str, Any]]] = {name: [] for name in _HEADINGS}
    for one in about["exercises"]:
        done = one["state"] in {"passed", "marked"} or one["score"] == one["points"]
        waits = one["state"] in {"to_mark", State.INFRASTRUCTURE}
        groups["done" if done else "waits" if waits else "open"].append(one)
    return [(name, heading, groups[name]) for name, heading in _HEADINGS.items() if groups[name]]


_HEADINGS = {"open": "To work on", "waits": "Waiting for your instructor", "done": "Done"}
_TIMES = {"handed_in": "Handed in", "graded_at": "Graded"}


def _repaired(about: dict[str, Any]) -> list[str]:
    notes = [f"- {'Please look: ' if one['please_look'] else ''}{one['words']}" for one in about["receipt"]]
    told = "Your notebook was not quite as we gave it out; editors do that. We put it right, at no cost in points."
    return (
        [
            "\n".join(
                [textwrap.fill(told, WIDTH), *(textwrap.fill(note, WIDTH, subsequent_indent="  ") for note in notes)]
            )
        ]
        if notes
        else []
    )


def _in_text(one: dict[str, Any]) -> str:
    head = f"{one['title']}: {one['words']}, {points(one)}"
    comment = f"Your instructor writes: {one['comment']}" if one["comment"] else ""
    said = [line for part in (one["hint"], comment, one["next_step"]) for line in part.splitlines()]
    lines = [head, "=" * len(head), *(textwrap.fill(line, WIDTH) for line in said)]
    wrote = WROTE[one["state"] == State.UNTOUCHED] if one["kind"] == "exercise" else "Your answer"
    for title, part in ((wrote, one["source"]), (PRINTED, one["output"])):
        if part:
            lines += ["", f"{title}:", textwrap.indent(part.rstrip("\n"), "    ")]
    return "\n".join(lines)


@cache
def _template() -> str:
    page = (files("autograder.results") / "templates" / "feedback.html.j2").read_bytes()
    return hashlib.sha256(page + style("feedback")[0].encode()).hexdigest()
