"""Makes the page that a student gets back: from recorded results alone, never from a notebook with hidden tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from autograder.states import NEXT_STEPS, SYMBOLS, WORDS, State

if TYPE_CHECKING:
    from autograder.record import Line, Report

TO_MARK = "…"

_TEMPLATES = Environment(
    loader=PackageLoader("autograder"),
    autoescape=select_autoescape(default=True, default_for_string=True),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def page(report: Report, lab: str) -> str:
    """Return the page of one student as HTML: self-contained, without scripts, everything escaped."""
    template = _TEMPLATES.get_template("feedback.html.j2")
    return template.render(lab=lab, student=report.student, total=total(report), groups=_groups(report))


def _groups(report: Report) -> list[dict[str, Any]]:
    """Put together the lines that say the same (all passed ones, or a file that can't be read); passed ones last."""
    groups: dict[tuple[str, ...], dict[str, Any]] = {}
    for line in report.lines:
        row = _row(line)
        said = (row["kind"], row["state"], row["hint"], row["comment"], row["next_step"])
        alone = "" if line.state in {State.PASSED, State.UNREADABLE, State.UNTOUCHED} else line.title
        groups.setdefault((*said, alone), {**row, "rows": []})["rows"].append(row)
    return sorted(groups.values(), key=lambda group: group["kind"] == State.PASSED)


def total(report: Report) -> str:
    """Say in words how many points there are, and what is still open."""
    known = [line for line in report.lines if line.score is not None]
    points, best = sum(line.score or 0 for line in known) - report.penalty, sum(line.points for line in known)
    open_points = sum(line.points for line in report.lines if line.score is None)
    late = f" after {report.penalty:g} points off for a late submission" if report.penalty else ""
    if not known:
        return f"No points yet, and no zero either: {open_points:g} points wait for a person."
    open_part = f"; {open_points:g} points are still to be marked by a person" if open_points else ""
    return f"{points:g} of {best:g} points{late}{open_part}."


def _row(line: Line) -> dict[str, str]:
    return {
        "title": line.title,
        "kind": line.state or "",
        "state": _state(line),
        "score": f"{line.score:g} of {_points(line.points)}"
        if line.score is not None
        else f"{_points(line.points)}, not marked yet",
        "hint": line.hint if line.state not in {State.PASSED, State.UNTOUCHED} else "",
        "comment": line.comment or "",
        "next_step": _next_step(line),
    }


def _points(number: float) -> str:
    return f"{number:g} point" if number == 1 else f"{number:g} points"


def _state(line: Line) -> str:
    if line.state is None:
        return "written answer" if line.score is None else "written answer, marked"
    return f"{SYMBOLS[line.state]} {WORDS[line.state]}"


def _next_step(line: Line) -> str:
    if line.state is None:
        return "Your instructor reads and marks it." if line.score is None else NEXT_STEPS[State.PASSED]
    return NEXT_STEPS[line.state]


def short(report: Report) -> str:
    """Return the score for a table, as the page says it: "83/90"; "?" where a check has none yet; "-" for no score."""
    known = [line for line in report.lines if line.score is not None]
    if not known:
        return "-"
    points, best = sum(line.score or 0 for line in known) - report.penalty, sum(line.points for line in known)
    waits = any(line.checked and line.score is None for line in report.lines)
    return f"{points:g}/{best:g}{' ?' if waits else ''}"


def for_a_person(report: Report) -> list[str]:
    """Say, once each, why a person must look at a submission."""
    states = {State.MISSING, State.UNREADABLE, State.INFRASTRUCTURE}
    return list(dict.fromkeys(line.hint for line in report.lines if line.state in states))


def symbol(line: Line) -> str:
    """Return one cell of a table: the sign of a state; of a written answer the mark, once there is one."""
    if line.state is None:
        return TO_MARK if line.score is None else f"{line.score:g}"
    return SYMBOLS[line.state]
