"""Judges what each grader did with a hostile submission, and counts; benchmarks/README.md defines each word.

Of our grader each case is shown. Of stock nbgrader there are counts by topic, and no list of what earns points there.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from autograder.model.verdict import State

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
    leaked: what came out that must not
    """

    unearned: tuple[str, ...] = ()
    denied: tuple[str, ...] = ()
    leaked: tuple[str, ...] = ()

    @property
    def wrong(self) -> bool:
        """Say whether points that nobody earned were given, or something leaked."""
        return bool(self.unearned or self.leaked)


@dataclass(frozen=True)
class Row:
    """One case and what our grader did with it; None when it was not run."""

    name: str
    kind: str
    topic: str
    ours: Finding | None = None
    as_expected: bool = False
    states: tuple[str, ...] = ()


@dataclass
class Count:
    """How many cases there are, and how many of them went which way with our grader."""

    cases: int = 0
    as_expected: int = 0
    ours_unearned_or_leaked: int = 0
    ours_denied: int = 0

    def add(self, row: Row) -> None:
        """Count one case."""
        self.cases += 1
        if row.ours:
            self.as_expected += row.as_expected
            self.ours_unearned_or_leaked += row.ours.wrong
            self.ours_denied += bool(row.ours.denied)


@dataclass
class StockCount:
    """How many cases of a topic went which way with stock nbgrader. Seconds: all their runs together."""

    stock_cases: int = 0
    stock_unearned_or_leaked: int = 0
    stock_denied: int = 0
    stock_unfair: int = 0  # any of the two
    stock_unearned: int = 0
    stock_leaked: int = 0
    stock_aborted: int = 0
    stock_hung: int = 0
    stock_lost: int = 0
    stock_left: int = 0
    stock_changed: int = 0
    stock_active_html: int = 0
    stock_hidden_source_in_feedback: int = 0
    stock_seconds: float = 0

    def add(self, finding: Finding, result: Mapping[str, Any]) -> None:
        """Count one run: what was judged of it, and what stock_inside.py recorded."""
        self.stock_cases += 1
        self.stock_unearned_or_leaked += finding.wrong
        self.stock_denied += bool(finding.denied)
        self.stock_unfair += finding.wrong or bool(finding.denied)
        self.stock_unearned += bool(finding.unearned)
        self.stock_leaked += bool(finding.leaked)
        self.stock_aborted += result["status"] == "aborted"
        self.stock_hung += result["status"] == "hung"
        self.stock_lost += result["status"] == "lost"
        self.stock_left += bool(result.get("left"))
        self.stock_changed += bool(result.get("changed"))
        self.stock_active_html += bool(result.get("active_html"))
        self.stock_hidden_source_in_feedback += bool(result.get("hidden_source_in_feedback"))
        self.stock_seconds += result.get("seconds", 0)


def count(rows: Iterable[Row]) -> Count:
    """Count all cases."""
    total = Count()
    for row in rows:
        total.add(row)
    return total


def together(counts: Iterable[StockCount]) -> StockCount:
    """Add up the counts of several topics."""
    total = StockCount()
    for one in counts:
        total = StockCount(**{name: getattr(total, name) + number for name, number in asdict(one).items()})
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
    if "neighbour" in result:
        now = by_exercise(result["neighbour"])
        for name, had in neighbour.items():
            got = now.get(name) or 0.0
            if got != had:
                (unearned if got > had else denied).append(f"neighbour's {name} {got:g}/{had:g}")
    leaked = [one for one in result.get("leaks", []) if not PLANTED.search(one)]
    leaked += [f"knock: {one}" for one in result.get("knocks", [])]
    return Finding(tuple(unearned), tuple(denied), tuple(leaked))


def by_exercise(scores: Mapping[str, float | None] | None) -> Scores:
    """Name scores by exercise, not by the check that gave them; no scores at all are none."""
    return {name.removeprefix("check-"): score for name, score in (scores or {}).items()}


def summary(rows: Sequence[Row], stock_counts: Mapping[str, StockCount]) -> str:
    """Write the table by topic, in Markdown; a topic that stock nbgrader did not grade has a dash there."""
    topics = dict.fromkeys([*(row.topic for row in rows), *stock_counts])
    head = [
        "| topic | cases | ours as expected | ours unearned or leaked | stock unearned or leaked | stock denied |",
        "|---|---|---|---|---|---|",
    ]
    lines = [
        _line(topic, count(row for row in rows if row.topic == topic), stock_counts.get(topic)) for topic in topics
    ]
    return "\n".join([*head, *lines, _line("**all**", count(rows), together(stock_counts.values()))])


def _line(name: str, some: Count, stocks: StockCount | None) -> str:
    theirs = (stocks.stock_unearned_or_leaked, stocks.stock_denied) if stocks and stocks.stock_cases else ("-", "-")
    numbers = (some.cases, some.as_expected, some.ours_unearned_or_leaked, *theirs)
    return f"| {name} | " + " | ".join(map(str, numbers)) + " |"


def shown(row: Row) -> str:
    """Write what our grader did with one case as a line for a person."""
    said = "not run"
    if row.ours:
        said = "; ".join(
            [
                ("as expected: " if row.as_expected else "NOT AS EXPECTED: ") + ", ".join(row.states),
                *_part("UNEARNED", row.ours.unearned),
                *_part("LEAKED", row.ours.leaked),
                *_part("denied", row.ours.denied),
            ]
        )
    return f"{row.name:<32} {row.kind}  {said}"


def _part(word: str, what: Sequence[str]) -> list[str]:
    more = f" and {len(what) - 2} more" if len(what) > 2 else ""
    return [f"{word} {', '.join(what[:2])}{more}"] if what else []
