"""The bars of a tune: whether they fill its meter, and whether its repeats balance."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from labkit.notation.tune import EIGHTH, BarLine, Event, Problem

LEGAL = " ABC allows it; the tunes of this course open and close every repeat, and have two endings at most."

if TYPE_CHECKING:
    from collections.abc import Callable
    from fractions import Fraction

    from labkit.notation.tune import Tune


@dataclass
class Bar:
    """One bar: its events, and the bar lines on both sides (None at the ends of the tune)."""

    events: list[Event]
    left: BarLine | None
    right: BarLine | None
    follows: list[Bar] = field(default_factory=list)  # what may be played before it
    leads_to: list[Bar] = field(default_factory=list)  # what may be played after it

    @cached_property
    def duration(self) -> Fraction:
        """Its length in whole notes."""
        return self.events[-1].onset + self.events[-1].duration - self.events[0].onset

    @property
    def ending(self) -> str:
        """The number of the ending that begins here."""
        return self.left.ending if self.left else ""

    @property
    def starts_section(self) -> bool:
        """Whether it is the first after more than a plain bar line."""
        return self.left is None or self.left.sign != "|" or bool(self.left.ending)

    @property
    def ends_section(self) -> bool:
        """Whether it is the last before more than a plain bar line."""
        return self.right is None or self.right.sign != "|" or bool(self.right.ending)

    @cached_property
    def before(self) -> frozenset[Fraction]:
        """How long that may be which is played before it in the same bar, if the line between divides a bar."""
        return _lengths(self.follows, lambda other: other.follows) if self.starts_section else frozenset()

    @cached_property
    def after(self) -> frozenset[Fraction]:
        """How long that may be which is played after it in the same bar, if the line between divides a bar."""
        return _lengths(self.leads_to, lambda other: other.leads_to) if self.ends_section else frozenset()

    @property
    def inside(self) -> bool:
        """Whether it is an ending that begins inside a bar."""
        return self.left is not None and not self.left.sign


def _lengths(neighbours: list[Bar], beyond: Callable[[Bar], list[Bar]]) -> frozenset[Fraction]:
    """List how long the neighbours are; an ending inside a bar also together with what lies beyond it."""
    alone = {other.duration for other in neighbours}
    return frozenset(alone | {one.duration + more.duration for one in neighbours if one.inside for more in beyond(one)})


def split(tune: Tune) -> list[Bar]:
    """List the bars of a tune, each with the bars that may be played before and after it."""
    found: list[Bar] = []
    left: BarLine | None = None
    events: list[Event] = []
    for item in tune.items:
        if isinstance(item, Event):
            events.append(item)
        else:
            if events:
                found.append(Bar(events, left, item))
            left, events = item, []
    if events:
        found.append(Bar(events, left, None))
    _link(found)
    return found


def _link(found: list[Bar]) -> None:
    """Note for each bar which may be played before and after it, by repeats and endings."""
    start, fork = 0, 0  # where a repeat goes back to; the bar before ending 1
    for place, bar in enumerate(found):
        later_ending = bar.ending != "" and not bar.ending.startswith("1")
        if bar.ending.startswith("1"):
            fork = place - 1
        if place:
            _join(found[fork if later_ending else place - 1], bar)
        if _opens(bar):
            start = place
        if bar.right and bar.right.sign in {":|", "::"}:
            _join(bar, found[start])
    for bar in found:  # what the last bar lacks, the beginning of a section may hold
        if bar.starts_section and not bar.ending:
            _join(found[-1], bar)


def _opens(bar: Bar) -> bool:
    """Say whether a repeat that closes later may go back to a bar."""
    sign = bar.left.sign if bar.left else ""
    return sign in {"|:", "::"} or (sign in {"||", "|]", ":|"} and not bar.ending)


def _join(before: Bar, after: Bar) -> None:
    before.leads_to.append(after)
    after.follows.append(before)


def problems(tune: Tune) -> list[Problem]:
    """List the bars that do not fill the meter, and the repeats that do not balance."""
    found = split(tune)
    if not found:
        return [] if tune.outside("header", "symbol") else [Problem("bar", 1, 1, "There is no note.")]
    return [*_short_or_long(tune, found), *_unbalanced(tune)]


def _short_or_long(tune: Tune, found: list[Bar]) -> list[Problem]:
    plain = not tune.meters and tune.meter_name
    return [
        Problem("bar", bar.events[0].line, bar.events[0].column, said(bar.duration, meter))
        for bar in found
        if (meter := tune.meter if plain else tune.meter_of(bar.events[0].bar))  # in free meter every bar is right
        and bar.duration != meter
        and not _completed(bar, found[0], meter)
    ]


def _completed(bar: Bar, first: Bar, meter: Fraction) -> bool:
    """Say whether a short bar is an upbeat, or the rest of one, where a repeat, an ending or the end divides it.

    The first may be an upbeat that no bar completes, if it is no longer than half a bar. Where an ending begins inside
    a bar, the bar comes in three: what stands before the ending, the ending, the upbeat to which it goes back.
    """
    missing = meter - bar.duration
    if missing < 0:
        return False
    if bar is first and bar.duration <= missing:
        return True
    both = bar.inside and any(missing - start in bar.after for start in bar.before)
    return both or missing in bar.before or missing in bar.after


def said(duration: Fraction, meter: Fraction) -> str:
    """Say how full a bar is, in eighth notes."""
    eighths = duration / EIGHTH
    return f"{_count(eighths)} eighth note{'s' if eighths > 1 else ''} where {_count(meter / EIGHTH)} fit."


def _count(number: Fraction) -> str:
    whole, rest = divmod(number.numerator, number.denominator)
    part = f"{rest}/{number.denominator}" if rest else ""
    return " ".join(filter(None, (str(whole) if whole or not part else "", part)))


def _unbalanced(tune: Tune) -> list[Problem]:
    """Find repeats that are opened twice, not opened or not closed, and endings without their like.

    What the standard allows is marked as legal: a repeat that closes without an opening goes back by itself, and a
    section may have three endings and more.
    """
    wrong: list[Problem] = []
    opened: BarLine | None = None
    ending = ""
    drawn = [item for item in tune.items if isinstance(item, BarLine)]
    for place, line in enumerate(drawn):
        closes = line.sign in {":|", "::"}
        said_wrong = [_ending_problem(drawn, place, ending, closes=closes, opened=opened is not None)]
        if closes and not opened:
            said_wrong.append(("A repeat is closed that was not opened.", True))
        if line.times > 2:
            said_wrong.append((f"A section is played {line.times} times.", True))
        opened = None if closes else opened
        if line.sign in {"|:", "::"}:
            if opened:
                said_wrong.append(("A repeat is opened inside another.", False))
            opened = line
        wrong += [
            Problem("repeat", line.line, line.column, sentence + LEGAL * legal, legal)
            for sentence, legal in said_wrong
            if sentence
        ]
        if line.ending or line.sign not in {"|", ""}:
            ending = line.ending
    if opened:
        wrong.append(Problem("repeat", opened.line, opened.column, "A repeat is opened and not closed."))
    return wrong


def _ending_problem(drawn: list[BarLine], place: int, before: str, *, closes: bool, opened: bool) -> tuple[str, bool]:
    """Say what is wrong with the ending that begins at a bar line, or the one that ends there; and whether it is legal.

    drawn: all bar lines; place: of this one; before: the ending before it
    """
    line = drawn[place]
    if line.ending.startswith("1"):
        if opened and not closes:
            return "", False
        later = (drawn[number] for number in range(place + 1, len(drawn)))
        end = next((one for one in later if one.sign != "|" or one.ending), None)
        legal = end is not None and end.sign in {":|", "::"} and end.ending != ""
        return "An ending 1 comes outside a repeat.", legal
    after_first = closes and before.startswith("1")
    if line.ending:
        said = f"Ending {line.ending} does not follow ending 1 and the end of a repeat."
        return ("", False) if after_first else (said, closes and before != "")
    return ("Ending 1 comes without an ending 2.", False) if after_first else ("", False)
