"""Where in a tune the next token stands: what is left of its bar, and what stood at the same place some bars ago.

A `Place` walks along a tune, one token at a time, and gives a model the same numbers when it reads as when it writes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from labkit.composition.melody import END, NO_LENGTH, PADDING, TIE, Vocabulary, is_note
from labkit.notation import abc
from labkit.notation.keys import MODES, Key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

WHOLE = 80640  # ticks in a whole note: the tuplets of ABC come out even
UNIT = WHOLE // 96  # what a model can tell apart: a third of a sixteenth note
LAGS = (1, 2, 4, 8)  # bars
CONTEXT = 3  # tokens that must agree before an earlier passage counts as the model of what comes now
DURATIONS, BARS, AGREED = 145, 18, 12  # sizes: times in the bar; bars; tokens that agree
SIGNS = ("|", "||", "|:", ":|", "::", "|]")
# What a model may be given, and how many values each has; 0 where symbols and lengths are counted by the vocabulary.
SIZES = {
    "left": DURATIONS,  # of the bar
    "passed": DURATIONS,  # of the bar
    "upbeat": DURATIONS,  # how long the first bar is, when it is short
    "bar": 2 * BARS,  # since the tune began
    "section_bar": BARS,  # since the last repeat sign or double bar
    "repeat": 4,  # 0 outside, 1 inside, 2 in ending 1, 3 in a later ending
    "meter": 16,
    "mode": 1 + len(MODES),
    "tuplet": 10,  # notes of it that are still to come
}
for _lag in (*LAGS, "match"):
    SIZES |= {f"symbol_{_lag}": 0, f"length_{_lag}": 0, f"agreed_{_lag}": AGREED}
METERS = ("", "2/2", "2/4", "3/2", "3/4", "3/8", "4/4", "6/4", "6/8", "9/4", "9/8", "12/8")
MODE_IDS = {mode: number for number, mode in enumerate(MODES, start=1)}
PICKUP = 100  # what is after a bar line in the middle of a bar, at the same time as what is before it


@dataclass(frozen=True)
class Meaning:
    """What a symbol does to the place."""

    kind: str  # meter, key, note, chord, rest, tie, tuplet, bar, end or other
    sign: str = ""  # of a bar line
    ending: str = ""
    value: Any = None  # meter: (ticks, name); key: mode; tuplet: (factor, count)


def meaning(symbol: str) -> Meaning:  # noqa: PLR0911  (one line for each kind)
    """Say what a symbol does."""
    if symbol.startswith("M:"):
        return Meaning("meter", value=(int(Fraction(symbol[2:]) * WHOLE), symbol[2:]))
    if symbol.startswith("K:"):
        key = Key.read(symbol[2:])
        return Meaning("key", value=key.mode if key else "")
    if symbol in {"z", TIE, END}:
        return Meaning({"z": "rest", TIE: "tie", END: "end"}[symbol])
    if symbol.startswith("("):
        number, _, rest = symbol[1:].partition(":")
        return Meaning("tuplet", value=(int(number), *map(int, filter(None, rest.split(":")))))
    if symbol and symbol[0] in ":|[":
        sign = symbol.rstrip("0123456789,-[")
        return Meaning("bar", sign, symbol[len(sign) :].lstrip("["))
    if symbol[:1] in set("^_=+-") and is_note(symbol):
        return Meaning("chord" if symbol.endswith("&") else "note")
    return Meaning("other")


@dataclass(frozen=True)
class Chart:
    """What the symbols and lengths of a vocabulary do, by id."""

    vocabulary: Vocabulary

    @cached_property
    def meanings(self) -> list[Meaning]:
        """List what each symbol does."""
        return [meaning(symbol) for symbol in self.vocabulary.symbols]

    @cached_property
    def ticks(self) -> list[int]:
        """List how long each length is."""
        return [int(Fraction(length or 0) * WHOLE / 8) for length in self.vocabulary.lengths]

    def sizes(self, fields: Sequence[str]) -> list[int]:
        """List how many values each of some numbers can have."""
        own = {"symbol": len(self.vocabulary.symbols), "length": len(self.vocabulary.lengths)}
        return [SIZES[name] or own[name.split("_")[0]] for name in fields]


@dataclass
class Place:
    """The place of the next token; `add` moves it one token on.

    meter: ticks in a bar; at: ticks since the bar began, as the meter counts; played: ticks since the last bar line
    (less than `at` where a repeat begins in the middle of a bar); upbeat: ticks of a short first bar
    """

    chart: Chart
    meter: int = WHOLE
    meter_id: int = 0
    mode: int = 0
    compound: bool = False
    at: int = 0
    played: int = 0
    upbeat: int = 0
    bar: int = 1
    bars: int = 0  # bar lines so far
    section: int = 1  # the bar at which this section began
    repeat: int = 0
    first_ending: int = 0  # the bar at which it began
    left: int = 0  # notes of a tuplet that are still to come
    factor: Fraction = Fraction(1)
    order: int = 0  # how many tokens stood at this very time before
    written: list[tuple[int, int]] = field(default_factory=list)
    times: dict[tuple[int, int, int], int] = field(default_factory=dict)  # (bar, at, order) -> token
    agreed: list[int] = field(default_factory=lambda: [0] * (len(LAGS) + 1))
    passages: dict[tuple[tuple[int, int], ...], int] = field(default_factory=dict)
    match: int = 0  # the token that followed the latest passage like this one
    earlier: list[tuple[int, int]] = field(default_factory=lambda: [(PADDING, NO_LENGTH)] * (len(LAGS) + 1))

    def _look_back(self) -> list[tuple[int, int]]:
        """Return (symbol, length) of what stood here some bars ago, and of what followed the passage like this one."""
        found = []
        for lag in LAGS:
            index = self.times.get((self.bar - lag, self.at, self.order))
            found.append((PADDING, NO_LENGTH) if index is None else self.written[index])
        return [*found, self.written[self.match] if self.match else (PADDING, NO_LENGTH)]

    def numbers(self) -> list[int]:
        """Return what a model may be given, in the order of `SIZES`."""
        found = [
            _time(self.meter - self.at),
            _time(self.at),
            _time(self.upbeat),
            min(self.bar, 2 * BARS - 1),
            min(max(self.bar - self.section + 1, 0), BARS - 1),
            self.repeat,
            self.meter_id,
            self.mode,
            self.left,
        ]
        for (symbol, length), agreed in zip(self.earlier, self.agreed, strict=True):
            found += (symbol, length, min(agreed, AGREED - 1))
        return found

    def add(self, symbol: int, length: int) -> None:
        """Move on by one token."""
        token = (symbol, length)
        for number, guess in enumerate(self.earlier):
            self.agreed[number] = self.agreed[number] + 1 if guess == token else 0
        self.times[self.bar, self.at, self.order] = len(self.written)
        self.written.append(token)
        self._match(token)
        self._move(self.chart.meanings[symbol], length)
        self.earlier = self._look_back()

    def _move(self, what: Meaning, length: int) -> None:
        """Move in time."""
        if length:
            self._sound(self.chart.ticks[length])
        elif what.kind == "bar":
            self._line(what)
        else:
            self.order += 1
            if what.kind == "meter":
                self.meter, name = what.value
                self.compound = name.endswith("/8") and self.meter % (WHOLE * 3 // 8) == 0 and name != "3/8"
                self.meter_id = METERS.index(name) if name in METERS else 0
            elif what.kind == "key":
                self.mode, self.order = MODE_IDS.get(what.value, 0), 0
            elif what.kind == "tuplet":
                self.factor, self.left = tuplet(what.value, compound=self.compound)

    def _match(self, token: tuple[int, int]) -> None:
        follows = self.match and self.written[self.match] == token
        self.match = self.match + 1 if follows else 0
        if len(self.written) >= CONTEXT:
            passage = tuple(self.written[-CONTEXT:])
            if not follows:
                self.match = self.passages.get(passage, 0)
                self.agreed[-1] = CONTEXT if self.match else 0
            self.passages[passage] = len(self.written)

    def _sound(self, ticks: int) -> None:
        if self.left:
            ticks = int(ticks * self.factor)
            self.left -= 1
        self.at += ticks
        self.played += ticks
        self.order = 0

    def _line(self, what: Meaning) -> None:
        short = self.played > 0 and self.at < self.meter
        first = not self.bars and self.played > 0
        divides = what.sign != "|" or bool(what.ending)
        if first and short:
            self._upbeat()
        if what.sign:
            if short and not first and divides and not what.ending:
                self.order = PICKUP
            else:
                self.bar += self.played > 0 and not (first and short)
                self.at = self.order = 0
            self.bars += self.played > 0
            self.played = 0
        if divides:
            self.section = self.bar + (self.at > 0)
        self._repeat(what)

    def _upbeat(self) -> None:
        """Move the first bar to where it belongs: before bar 1."""
        self.upbeat, moved = self.played, self.meter - self.played
        for (_, at, order), index in list(self.times.items()):
            self.times[0, at + moved, order + PICKUP * (at == 0)] = index

    def _repeat(self, what: Meaning) -> None:
        if what.ending.startswith("1"):
            self.repeat, self.first_ending = 2, self.bar
        elif what.ending:
            self.repeat = 3
            self.bar = self.first_ending or self.bar
        elif what.sign in {"|:", "::"}:
            self.repeat = 1
        elif what.sign not in {"|", ""}:
            self.repeat = 0


def _time(ticks: int) -> int:
    return min(max(ticks // UNIT, 0), DURATIONS - 1)


def tuplet(numbers: tuple[int, ...], *, compound: bool) -> tuple[Fraction, int]:
    """Return by what a tuplet multiplies the lengths of its notes, and how many notes it has."""
    number = numbers[0]
    time = numbers[1] if len(numbers) > 1 else abc.TUPLETS[number][compound]
    return Fraction(time, number), numbers[2] if len(numbers) > 2 else number


def walk(chart: Chart, ids: NDArray[np.int64]) -> NDArray[np.int16]:
    """Return the numbers at the place of every token of a tune (time, 2): (time, fields)."""
    place, rows = Place(chart), []
    for symbol, length in ids.tolist():
        rows.append(place.numbers())
        place.add(symbol, length)
    return np.array(rows, dtype=np.int16).reshape(-1, len(SIZES))
