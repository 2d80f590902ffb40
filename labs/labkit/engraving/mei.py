"""Writes a tune in MEI, the format of music engravers, as our reader understood it: wrong bars in red, and said."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from fractions import Fraction
from html import escape
from itertools import groupby
from typing import TYPE_CHECKING

from labkit.base.style import RED
from labkit.notation import bars, meter

if TYPE_CHECKING:
    from collections.abc import Iterator

    from labkit.notation.abc import Event, Tune
    from labkit.notation.bars import Bar

MOST = 4000  # notes and bar lines
SHORTEST, LONGEST = Fraction(1, 128), Fraction(2)
ACCIDENTALS = {-2: "ff", -1: "f", 0: "n", 1: "s", 2: "x"}
SOUNDING = {-2: "ff", -1: "f", 1: "s", 2: "ss"}
LEFT = {"|:": "rptstart", "::": "rptstart"}
RIGHT = {"": "invis", "|": "single", "|:": "single", "||": "dbl", "|]": "end", ":|": "rptend", "::": "rptend"}
FRAME = """<?xml version="1.0" encoding="UTF-8"?>
<mei xmlns="http://www.music-encoding.org/ns/mei" meiversion="5.0"><music><body><mdiv><score>
<scoreDef><staffGrp><staffDef n="1" lines="5"><clef shape="G" line="2"/><keySig sig="{key}"/>{meter}</staffDef>
</staffGrp></scoreDef><section>{measures}</section></score></mdiv></body></music></mei>"""


class NotWritableError(ValueError):
    """The tune holds what notes cannot write; the message says what."""


def written(tune: Tune) -> str:
    """Write a tune in MEI. Raises NotWritableError for lengths that no note has."""
    sharps = tune.key.sharps
    over, _, under = tune.meter_name.partition("/")
    found = bars.split(tune)
    if not found:
        raise NotWritableError("There is no note.")
    if len(tune.items) > MOST:
        raise NotWritableError("The tune is too long for a page.")
    return FRAME.format(
        key=f"{abs(sharps)}{'s' if sharps > 0 else 'f'}" if sharps else "0",
        meter=f'<meterSig count="{over}" unit="{under}"/>' if over else "",
        measures="".join(_sections(tune, found)),
    )


def _sections(tune: Tune, found: list[Bar]) -> Iterator[str]:
    """Write the measures, endings bracketed."""
    wrong = {(problem.line, problem.column): problem.message for problem in tune.wrong("bar")}
    pen = _Pen(tune)
    inside, last = 0, 0  # how many bars of an ending are written; how long the first ending was
    for number, bar in enumerate(found, 1):
        if bar.ending:
            if inside:
                yield "</ending>"
            inside = 1
            yield f'<ending n="{bar.ending}">'
        elif inside:
            inside += 1
        yield pen.measure(bar, number, wrong.get((bar.events[0].line, bar.events[0].column), ""))
        if inside and (bar.ends_section or inside == last):
            last, inside = inside, 0
            yield "</ending>"
    if inside:
        yield "</ending>"


@dataclass
class _Group:
    """Notes that stay together under a beam: a tuplet, or one note; time counts within the bar."""

    time: Fraction
    duration: Fraction
    shown: list[str]
    beamed: bool


@dataclass
class _Pen:
    """Writes one measure after another; knows which accidentals hold and which notes are tied."""

    tune: Tune
    tied: frozenset[int] = frozenset()
    accidentals: dict[tuple[str, int], int] = field(default_factory=dict)
    colour: str = ""

    def measure(self, bar: Bar, number: int, wrong: str) -> str:
        """Write one measure; wrong: what is wrong with it."""
        self.accidentals, self.colour = {}, f' color="{RED}"' if wrong else ""
        left = LEFT.get(bar.left.sign, "") if bar.left else ""
        right = RIGHT[bar.right.sign] if bar.right else "end"
        said = f'<dir tstamp="0" place="above"><rend color="{RED}">{_short(wrong)}</rend></dir>' if wrong else ""
        metrical = ' metcon="false"' if bar.duration != self.tune.meter else ""
        attributes = f'n="{number}"{metrical}{f" left={left!r}" if left else ""} right="{right}"'
        inside = "".join(self.beams(bar))
        return f'<measure {attributes}><staff n="1"><layer n="1">{inside}</layer></staff>{said}</measure>'

    def beams(self, bar: Bar) -> Iterator[str]:
        """Join what shares a beam."""
        window = meter.beam(self.tune)
        groups = list(self.groups(bar))
        short = any(group.duration < Fraction(1, 8) for group in groups)
        if short and not self.tune.compound:
            window = min(window, Fraction(1, 4))
        for (_, beamed), together in groupby(groups, lambda group: (group.time // window, group.beamed)):
            notes = list(together)
            shown = "".join(note for group in notes for note in group.shown)
            many = len(notes) > 1 or len(notes[0].shown) > 1
            yield f"<beam>{shown}</beam>" if beamed and many else shown

    def groups(self, bar: Bar) -> Iterator[_Group]:
        """List what cannot be divided: tuplets, and single notes."""
        shift = meter.begins(bar, self.tune) - bar.events[0].onset
        place = 0
        while place < len(bar.events):
            events = _tuplet(bar.events, place)
            place += len(events)
            first = events[0]
            ratio = first.duration / first.length
            shown = [note for event in events for note in self.notes(event)]
            if ratio != 1:
                shown = [f'<tuplet num="{ratio.denominator}" numbase="{ratio.numerator}">', *shown, "</tuplet>"]
            beamed = all(event.pitches and event.length < Fraction(1, 4) for event in events)
            duration = sum((event.duration for event in events), Fraction(0))
            yield _Group(first.onset + shift, duration, shown, beamed)

    def notes(self, event: Event) -> Iterator[str]:
        """Write one event, in as many tied notes as its length needs."""
        values = list(_values(event.length))
        for place, value in enumerate(values):
            before = self.tied if place == 0 else frozenset(event.pitches)
            goes_on = event.tied or place < len(values) - 1
            yield self.shown(event, value, before, goes_on=goes_on)
        self.tied = frozenset(event.pitches) if event.tied else frozenset()

    def shown(self, event: Event, value: str, before: frozenset[int], *, goes_on: bool) -> str:
        """Write a note, chord or rest of one value; before: the pitches tied to it; goes_on: it is tied on."""
        if not event.pitches:
            return f"<rest {value}{self.colour}/>"
        several = len(event.pitches) > 1
        notes = []
        for one, pitch in zip(event.written, event.pitches, strict=True):
            held = pitch in before
            tie = {(True, True): "m", (True, False): "t", (False, True): "i"}.get((held, goes_on), "")
            accidental = self.accidental(one.letter, one.octave, pitch - one.midi(0), one.accidental, held=held)
            octave = min(max(one.octave, 0), 9)
            attributes = f'pname="{one.letter.lower()}" oct="{octave}"' + (f' tie="{tie}"' if tie else "")
            attributes += "" if several else " " + value
            notes.append(f"<note {attributes}{accidental}{self.colour}/>")
        return f"<chord {value}{self.colour}>{''.join(notes)}</chord>" if several else notes[0]

    def accidental(self, letter: str, octave: int, alteration: int, sign: str, *, held: bool) -> str:
        """Say which accidental a note shows, one that it was given or that no earlier one tells; else how it sounds.

        held: it is tied to the note before, which tells
        """
        holds = self.accidentals.get((letter, octave), self.tune.key.usual[letter])
        if alteration not in ACCIDENTALS:
            return ""
        if held or (alteration == holds and not sign):
            return f' accid.ges="{SOUNDING[alteration]}"' if alteration else ""
        self.accidentals[letter, octave] = alteration
        return f' accid="{ACCIDENTALS[alteration]}"'


def _short(wrong: str) -> str:
    """Shorten "7 eighth notes where 6 fit." so that it has room above a bar."""
    return escape(re.sub(" eighth notes?", "", wrong).rstrip("."))


def _tuplet(events: list[Event], place: int) -> list[Event]:
    """List the events from one place on that stand in the same tuplet; a single one outside."""
    first = events[place]
    end = place + 1
    if first.duration != first.length:
        ratio = first.duration / first.length
        while end < len(events) and not events[end].tuplet and events[end].duration == events[end].length * ratio:
            end += 1
    return events[place:end]


def _values(length: Fraction) -> Iterator[str]:
    """Divide a length into note values with at most two dots, the longest first."""
    if length > 8 * LONGEST:
        raise NotWritableError("A note is too long for a page.")
    value = LONGEST
    while length and value >= SHORTEST:
        for dots, factor in ((2, Fraction(7, 4)), (1, Fraction(3, 2)), (0, Fraction(1))):
            while length >= value * factor and (dots == 0 or length == value * factor):
                length -= value * factor
                name = "breve" if value == LONGEST else str(1 / value)
                yield f'dur="{name}"' + (f' dots="{dots}"' if dots else "")
        value /= 2
    if length:
        raise NotWritableError("A note has a length that no sign in a score stands for.")
