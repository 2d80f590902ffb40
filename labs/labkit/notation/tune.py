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
    """What is wrong, and where: kind is "header", "symbol", "bar" or "repeat"; line and column count from 1.

    legal: True where the ABC standard allows it, and only the course's way of writing tunes has no place for it
    """

    kind: str
    line: int
    column: int
    message: str
    legal: bool = False

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
    ending: "1", "2", "1,3" or the like where one begins, or ""
    times:  how often a section is played that opens or closes here: 2, or 3 for |:: and ::|
    """

    sign: str
    ending: str
    line: int
    column: int
    times: int = 2


@dataclass
class Tune:
    """One tune, read as far as it could be.

    meter, unit: in whole notes, as the header has them; a tune in free meter has no meter_name
    items:       events and bar lines in the order of the text
    problems:    what is wrong with it;   beyond: what is legal ABC that the course's way of writing has no place for
    meters:      (bar, meter) where the meter changes; a meter of 0 is free
    moved:       octaves and semitones by which the clef of the header moves the notes
    parts:       (bar, letter) where a part begins;   order: what P: of the header says of their order
    """

    text: str
    title: str = ""
    meter: Fraction = Fraction(1)
    meter_name: str = ""
    unit: Fraction = EIGHTH
    key: Key = C_MAJOR
    items: list[Event | BarLine] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    beyond: list[Problem] = field(default_factory=list)
    meters: list[tuple[int, Fraction]] = field(default_factory=list)
    moved: tuple[int, int] = (0, 0)
    parts: list[tuple[int, str]] = field(default_factory=list)
    order: str = ""

    @property
    def events(self) -> list[Event]:
        """Its notes, chords and rests."""
        return [item for item in self.items if isinstance(item, Event)]

    @property
    def compound(self) -> bool:
        """Whether beats fall into three, as in 6/8 and 9/8."""
        over, _, under = self.meter_name.partition("/")
        return under == "8" and int(over) % 3 == 0 and over != "3"

    def meter_of(self, bar: int) -> Fraction:
        """Return the meter of a bar, in whole notes; 0 where it is free."""
        found = self.meter if self.meter_name else Fraction(0)
        for first, meter in self.meters:
            if bar >= first:
                found = meter
        return found

    def note(self, problem: Problem) -> None:
        """Take down a problem: as what is wrong, or as what is legal and beyond the course's way of writing."""
        (self.beyond if problem.legal else self.problems).append(problem)

    def wrong(self, *kinds: str) -> list[Problem]:
        """List the problems of some kinds."""
        return [problem for problem in self.problems if problem.kind in kinds]

    def outside(self, *kinds: str) -> list[Problem]:
        """List what keeps a tune from the course's way of writing, wrong or legal: of some kinds, or all."""
        both = [*self.problems, *self.beyond]
        return [problem for problem in both if not kinds or problem.kind in kinds]
