"""A tune that was read: its events, its bar lines, and what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple

from labkit.notation.keys import Key, Written

EIGHTH = Fraction(1, 8)
C_MAJOR = Key("C")


@dataclass(frozen=True)
class Problem:
    """What is wrong, and where: kind is "header", "symbol", "bar" or "repeat"; line and column count from 1."""

    kind: str
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        return f"line {self.line}, column {self.column}: {self.message}"


class Event(NamedTuple):
    """A note, a chord or a rest.

    onset, duration: in whole notes, as written from the beginning of the tune (repeats not played out)
    written:  its notes as they stand in the text; empty for a rest
    pitches:  their MIDI numbers (60 is middle C)
    length:   duration before a tuplet squeezes it; tuplet: "(3" where one begins
    tied:     True when it sounds on into the next event
    bar:      the number of its bar, from 0
    """

    onset: Fraction
    duration: Fraction
    written: tuple[Written, ...]
    pitches: tuple[int, ...]
    length: Fraction
    bar: int
    line: int
    column: int
    width: int = 1
    tuplet: str = ""
    tied: bool = False


@dataclass(frozen=True)
class BarLine:
    """A bar line.

    sign:   one of | || |: :| :: |], or "" where an ending begins inside a bar
    ending: "1", "2" or the like where one begins, or ""
    """

    sign: str
    ending: str
    line: int
    column: int


@dataclass
class Tune:
    """One tune, read as far as it could be.

    meter, unit: in whole notes; items: events and bar lines in the order of the text
    """

    text: str
    title: str = ""
    meter: Fraction = Fraction(1)
    meter_name: str = ""
    unit: Fraction = EIGHTH
    key: Key = C_MAJOR
    items: list[Event | BarLine] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def events(self) -> list[Event]:
        """Its notes, chords and rests."""
        return [item for item in self.items if isinstance(item, Event)]

    @property
    def compound(self) -> bool:
        """Whether beats fall into three, as in 6/8 and 9/8."""
        over, _, under = self.meter_name.partition("/")
        return under == "8" and int(over) % 3 == 0 and over != "3"

    def wrong(self, *kinds: str) -> list[Problem]:
        """List the problems of some kinds."""
        return [problem for problem in self.problems if problem.kind in kinds]
