"""Shows a tune: engraved, as a piano-roll, or as its text with each wrong bar marked."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from labkit.base.style import say
from labkit.engraving import roll
from labkit.engraving.audio import tune_of
from labkit.engraving.engraving import engrave
from labkit.notation import bars, tunebook

if TYPE_CHECKING:
    from collections.abc import Sequence

    from labkit.notation.abc import Tune
    from labkit.notation.bars import Bar
    from labkit.notation.corpus import Entry
    from labkit.notation.tune import Problem

WIDTH = 96  # characters of a printed line
MOST_SAID = 5


@dataclass(frozen=True)
class Score:
    """An engraved tune, for a notebook: a picture on white, without scripts."""

    svg: str
    title: str = ""

    def _repr_html_(self) -> str:
        name = f"<div><b>{escape(self.title)}</b></div>" if self.title else ""
        return f"{name}{image(self.svg, self.title)}"


def image(svg: str, title: str = "") -> str:
    """Return an SVG as an HTML image, which stays apart from the page around it."""
    data = base64.b64encode(svg.encode()).decode()
    size = re.search(r'viewBox="0 0 (\d+)', svg)
    width = f' width="{size[1]}"' if size else ""
    said = escape(f"The score of {title}" if title else "The score of the tune", quote=True)
    return f'<img alt="{said}"{width} style="max-width:100%;background:#fff" src="data:image/svg+xml;base64,{data}">'


def show(source: str | Tune | Entry, *, wrong_too: bool = False) -> Score | None:
    """Show a tune engraved; where something is wrong with it, say what and show the piano-roll instead.

    wrong_too: engrave a tune with problems too, as far as it was read; its wrong bars are red
    """
    tune = tune_of(source)
    if not _readable(tune):
        return None
    _say_problems([*tune.problems, *(one for one in tune.beyond if one.kind == "symbol")])
    if tune.problems and not wrong_too:
        piano_roll(tune)
        return None
    [drawn] = engrave([tune])
    if drawn.svg:
        return Score(drawn.svg, tune.title)
    say(f"{drawn.why} Here is the piano-roll instead.")
    piano_roll(tune)
    return None


def piano_roll(source: str | Tune | Entry, axes: Any | None = None, *, played: bool = False) -> None:
    """Draw a tune as bars over time, wrong bars red and hatched; written order, or with its repeats played out.

    axes: matplotlib's, to draw all in one row; None opens a figure
    """
    tune = tune_of(source)
    if _readable(tune):
        left_out = roll.draw(tune, axes, played=played)
        if left_out:
            say(left_out)


def bar_doctor(source: str | Tune | Entry) -> None:
    """Print a tune with each wrong bar and each unreadable symbol marked by ^^^; then draw the piano-roll."""
    tune = tune_of(source)
    marks = _marks(tune)
    for number, line in enumerate(tunebook.lines(tune.text), start=1):
        _print_marked(line, marks.get(number, []))
    _say_verdict(tune)
    if bars.split(tune):
        piano_roll(tune)


def _readable(tune: Tune) -> bool:
    if tune.events:
        return True
    say("There is no note to show" + (f": {tune.problems[0]}" if tune.problems else "."))
    return False


def _say_problems(problems: Sequence[Problem]) -> None:
    for problem in problems[:MOST_SAID]:
        say(str(problem))
    if len(problems) > MOST_SAID:
        say(f"... and {len(problems) - MOST_SAID} more.")


@dataclass(frozen=True)
class _Mark:
    """What is wrong between two columns of a line, from 0."""

    start: int
    end: int
    message: str


def _marks(tune: Tune) -> dict[int, list[_Mark]]:
    """Find for each line what is wrong there; a bar that goes on in the next line is marked in both."""
    found_bars = enumerate(bars.split(tune), 1)
    numbered = {(bar.events[0].line, bar.events[0].column): (number, bar) for number, bar in found_bars}
    found: dict[int, list[_Mark]] = {}
    for problem in tune.problems:
        number, bar = numbered.get((problem.line, problem.column), (0, None))
        if problem.kind == "bar" and bar is not None:
            for line in sorted({event.line for event in bar.events}):
                said = f"bar {number}: {problem.message}" if line == problem.line else "(it goes on)"
                found.setdefault(line, []).append(_bar_mark(bar, line, said))
        else:
            start = problem.column - 1
            found.setdefault(problem.line, []).append(_Mark(start, start + 1, problem.message))
    return found


def _bar_mark(bar: Bar, line: int, message: str) -> _Mark:
    events = [event for event in bar.events if event.line == line]
    last = events[-1]
    return _Mark(events[0].column - 1, last.column - 1 + last.width, message)


def _print_marked(line: str, marks: Sequence[_Mark]) -> None:
    """Print a line in pieces that end at a bar line, and under each what is wrong in it."""
    line = "".join(letter if letter.isprintable() else "·" for letter in line)
    start = 0
    while start < len(line) or start == 0:
        end = _piece(line, start)
        here = [mark for mark in marks if mark.start < end and mark.end > start]
        here += [mark for mark in marks if end == len(line) <= mark.start]  # behind the end of the line
        print(line[start:end])
        if here:
            under = [" "] * (end - start + 1)
            for mark in here:
                first, last = max(mark.start - start, 0), min(mark.end - start, end - start)
                first = min(first, end - start)
                under[first : max(last, first + 1)] = "^" * (max(last, first + 1) - first)
            print("".join(under).rstrip())
            for mark in here:
                print(" " * min(max(mark.start - start, 0), WIDTH // 2) + mark.message)
        start = max(end, start + 1)


def _piece(line: str, start: int) -> int:
    """Find where a printed piece of a line ends: after the last bar line that has room."""
    if len(line) - start <= WIDTH:
        return len(line)
    bar = line.rfind("|", start + WIDTH // 2, start + WIDTH)
    return bar + 1 if bar > 0 else start + WIDTH


def _say_verdict(tune: Tune) -> None:
    """Say how many bars are wrong, and what else."""
    total, wrong = len(bars.split(tune)), len(tune.wrong("bar"))
    others = len(tune.problems) - wrong
    if not total:
        say("There is no bar to look at.")
    elif not tune.problems:
        say(f"Healthy: all {total} bars fill {tune.meter_name}, upbeats and endings understood.")
    else:
        more = f" Other problems: {others}." if others else ""
        say(f"{wrong} of {total} bars {'is' if wrong == 1 else 'are'} wrong.{more}")
