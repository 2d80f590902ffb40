"""Says of every hostile submission what each grader did with it, and counts; benchmarks/README.md defines each word."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from autograder.states import State

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from hostile.case import Case

# With these words a module that a student has planted beside the notebook says that it runs: no secret is in them.
PLANTED = re.compile(r"STOLEN: (own\b|a numpy of our own)")
Scores = dict[str, float | None]


@dataclass(frozen=True)
class Finding:
    """What one grader did with one submission.

    unearned, denied: exercises with more, or fewer, points than earned, as "encode 1/0"
    leaked: what came out that must not; notes: whatever else is worth a line
    """

    unearned: tuple[str, ...] = ()
    denied: tuple[str, ...] = ()
    leaked: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def wrong(self) -> bool:
        """Say whether points that nobody earned were given, or something leaked."""
        return bool(self.unearned or self.leaked)


@dataclass(frozen=True)
class Row:
    """One case with both columns; a column that was not run is None."""

    name: str
    kind: str
    topic: str
    ours: Finding | None = None
    as_expected: bool = False
    states: tuple[str, ...] = ()
    stock: Finding | None = None


@dataclass
class Count:
    """How many cases there are, and how many of them went which way."""

    cases: int = 0
    as_expected: int = 0
    ours_unearned_or_leaked: int = 0
    ours_denied: int = 0
    stock_cases: int = 0
    stock_unearned_or_leaked: int = 0
    stock_denied: int = 0
    stock_unfair: int = 0  # any of the two

    def add(self, row: Row) -> None:
        """Count one case."""
        self.cases += 1
        if row.ours:
            self.as_expected += row.as_expected
            self.ours_unearned_or_leaked += row.ours.wrong
            self.ours_denied += bool(row.ours.denied)
        if row.stock:
            self.stock_cases += 1
            self.stock_unearned_or_leaked += row.stock.wrong
            self.stock_denied += bool(row.stock.denied)
            self.stock_unfair += row.stock.wrong or bool(row.stock.denied)


def count(rows: Iterable[Row]) -> Count:
    """Count all cases."""
    total = Count()
    for row in rows:
        total.add(row)
    return total


def earned(case: Case, points: Mapping[str, float]) -> dict[str, tuple[float, float]]:
    """Say for each exercise how many points are earned: at least, and at most.

    An unaffected exercise holds the solution and earns all its points. An affected one earns what its acceptable states
    give. A file that must be rejected earns nobody anything when it is a link, for then the work is somebody else's;
    any other file of that kind may hold honest work, and a grader that reads it may give points for it.
    """
    found = {}
    for name, full in points.items():
        low, high = full, full
        if case.kind == "J":
            low, high = 0.0, 0.0 if case.links else full
        elif name in case.exercises:
            low = full if set(case.states) <= {State.PASSED} else 0.0
            high = full if State.PASSED in case.states else 0.0
        found[name] = (low, high)
    return found


def compare(case: Case, points: Mapping[str, float], scores: Scores) -> tuple[list[str], list[str]]:
    """List exercises with more points than were earned, and with fewer; no score counts as 0."""
    unearned, denied = [], []
    for name, (low, high) in earned(case, points).items():
        got = scores.get(name) or 0.0
        if got > high:
            unearned.append(f"{name} {got:g}/{high:g}")
        if got < low:
            denied.append(f"{name} {got:g}/{low:g}")
    return unearned, denied


def ours(case: Case, points: Mapping[str, float], result: Mapping[str, Any]) -> tuple[Finding, bool]:
    """Judge our grader's record of a case; say as well whether every state is one that was expected."""
    unearned, denied = compare(case, points, result["scores"])
    expected = case.flag in result["flags"] and set(result["states"]) == set(points)
    for name, state in result["states"].items():
        affected = case.kind == "J" or name in case.exercises
        expected &= state in (set(case.states) if affected else {State.PASSED})
    expected &= not unearned and not denied
    leaked = ("the page holds something stolen",) if result["page_leaks"] else ()
    return Finding(tuple(unearned), tuple(denied), leaked), bool(expected) and not leaked


def stock(
    case: Case, points: Mapping[str, float], result: Mapping[str, Any], neighbour: Mapping[str, float]
) -> Finding:
    """Judge what stock nbgrader made of a case; `neighbour` is what the other student had before."""
    scores = by_exercise(result.get("scores"))
    unearned, denied = compare(case, points, scores)
    if (scores.get("written") or 0) > 0:
        unearned.append(f"written {scores['written']:g}/0")
    notes = [] if result["status"] == "graded" else [result["status"]]
    if "neighbour" in result:
        now = by_exercise(result["neighbour"])
        for name, had in neighbour.items():
            got = now.get(name) or 0.0
            if got != had:
                (unearned if got > had else denied).append(f"neighbour's {name} {got:g}/{had:g}")
        notes += ["neighbour's remark changed"] if result["remark"] is None else []
    said = result.get("leaks", [])
    leaked = [one for one in said if not PLANTED.search(one)]
    notes += ["a planted file ran"] if len(leaked) < len(said) else []
    leaked += [f"knock: {one}" for one in result.get("knocks", [])]
    notes += [f"{len(result['changed'])} files changed"] if result.get("changed") else []
    notes += [f"{result['left']} processes left"] if result.get("left") else []
    notes += ["active HTML in feedback"] if result.get("active_html") else []
    if case.kind == "J" and result["status"] == "graded" and sum(value or 0 for value in scores.values()) > 0:
        notes.append("not rejected")
    return Finding(tuple(unearned), tuple(denied), tuple(leaked), tuple(notes))


def by_exercise(scores: Mapping[str, float | None] | None) -> Scores:
    """Name scores by exercise, not by the check that gave them; no scores at all are none."""
    return {name.removeprefix("check-"): score for name, score in (scores or {}).items()}


def summary(rows: Sequence[Row]) -> str:
    """Write the table by topic, in Markdown."""
    topics = dict.fromkeys(row.topic for row in rows)
    head = [
        "| topic | cases | ours as expected | ours unearned or leaked | stock unearned or leaked | stock denied |",
        "|---|---|---|---|---|---|",
    ]
    lines = [_line(topic, count(row for row in rows if row.topic == topic)) for topic in topics]
    return "\n".join([*head, *lines, _line("**all**", count(rows))])


def _line(name: str, some: Count) -> str:
    numbers = (
        some.cases, some.as_expected, some.ours_unearned_or_leaked, some.stock_unearned_or_leaked, some.stock_denied,
    )  # fmt: skip
    return f"| {name} | " + " | ".join(map(str, numbers)) + " |"


def shown(row: Row) -> str:
    """Write one case as a line for a person."""
    ours_said = "not run"
    if row.ours:
        ours_said = ("as expected: " if row.as_expected else "NOT AS EXPECTED: ") + ", ".join(row.states)
    return f"{row.name:<32} {row.kind}  {ours_said:<34} {_said(row.stock)}"


def _said(finding: Finding | None) -> str:
    if finding is None:
        return "not run"
    parts = [
        *_part("UNEARNED", finding.unearned),
        *_part("LEAKED", [one[:70] for one in finding.leaked]),
        *_part("denied", finding.denied),
        *finding.notes,
    ]
    return "; ".join(parts) or "right"


def _part(word: str, what: Sequence[str]) -> list[str]:
    more = f" and {len(what) - 2} more" if len(what) > 2 else ""
    return [f"{word} {', '.join(what[:2])}{more}"] if what else []
