"""What may come next so that a tune stays valid: bars filled and not overfilled, repeats balanced, the header first.

`Rules` walks along a tune beside a `labkit.composition.bar_position.Place` and says which symbols and lengths may
follow. Every token that it allows can be continued to a tune that `labkit.notation.abc.read` finds nothing wrong with.
Of 100 real tunes, 98 obey.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from math import gcd
from typing import TYPE_CHECKING, Any

import numpy as np

from labkit.composition.bar_position import Chart, Meaning, Place, tuplet
from labkit.composition.melody import END, Vocabulary, steps

if TYPE_CHECKING:
    from fractions import Fraction

    from numpy.typing import NDArray

    Allowed = tuple[NDArray[np.bool_], NDArray[np.bool_]]

LARGEST_CHORD = 4
CLOSING, OPENING = {":|", "::"}, {"|:", "::"}


@dataclass(frozen=True)
class Book:
    """The symbols of a vocabulary sorted by what they do, and how lengths add up; masks found once are kept."""

    chart: Chart
    masks: dict[Any, Allowed] = field(default_factory=dict, repr=False)

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The symbols and lengths."""
        return self.chart.vocabulary

    @cached_property
    def of_kind(self) -> dict[str, list[int]]:
        """List the ids of each kind of symbol."""
        kinds: dict[str, list[int]] = {}
        for number, what in enumerate(self.chart.meanings):
            kinds.setdefault(what.kind, []).append(number)
        return kinds

    @cached_property
    def same(self) -> dict[int, list[int]]:
        """List, for each note, the notes that a tie may lead to: the same letter and octave, without an accidental."""
        symbols = self.vocabulary.symbols
        plain = {steps(symbols[one]): one for one in self.of_kind["note"] if symbols[one][0] in "+-"}
        return {one: [plain[steps(symbols[one])]] for one in self.of_kind["note"] if steps(symbols[one]) in plain}

    @cached_property
    def grain(self) -> int:
        """The ticks that divide every length."""
        return gcd(*self.chart.ticks)

    def sums(self, count: int) -> frozenset[int]:
        """Return all ticks that so many lengths can add up to."""
        if count not in self._sums:
            shorter = self.sums(count - 1) if count else None
            ticks = self.chart.ticks[1:]
            self._sums[count] = frozenset({0}) if shorter is None else frozenset(a + b for a in shorter for b in ticks)
        return self._sums[count]

    @cached_property
    def _sums(self) -> dict[int, frozenset[int]]:
        return {}

    def fills(self, room: int) -> bool:
        """Say whether plain notes can fill so many ticks exactly."""
        return room >= 0 and room % self.grain == 0


@dataclass
class Rules:
    """What may follow the tokens so far; `add` takes one more, after `place.add` has.

    first:    ticks of the first bar, 0 before it ends          start:  ticks of the bar that a repeat goes back to
    opened:   whether a repeat is open                          ending: the ending that we are in, or ""
    pickup:   ticks of the short bar that may come now, because the bar before was cut short; must: whether it has to
    """

    book: Book
    place: Place
    stage: str = "meter"  # then key, notes, closed (only the end may follow), ended
    first: int = 0
    start: int = 0
    opened: bool = False
    ending: str = ""
    pickup: int = 0
    must: bool = False
    chord: int = 0  # notes of an open chord
    last: int = 0  # the token before, when it is a note that may be tied
    tied: int = 0  # the note that a tie holds
    may_end: bool = False
    finish: bool = False  # whether the tune shall end as soon as it can

    def allowed(self) -> Allowed:
        """Return which symbols (symbols,) and, for a note or a rest, which lengths (lengths,) may come next."""
        place = self.place
        key = (
            *(self.stage, self.first, self.start, self.opened, self.ending, self.pickup, self.must, self.chord),
            *(self.last, self.tied, self.may_end, self.finish),
            *(place.meter, place.compound, place.played, place.left, place.factor),
        )
        if key not in self.book.masks:
            self.book.masks[key] = self._masks()
        return self.book.masks[key]

    def _masks(self) -> Allowed:
        vocabulary, kinds = self.book.vocabulary, self.book.of_kind
        symbols, lengths = np.zeros(len(vocabulary.symbols), bool), np.zeros(len(vocabulary.lengths), bool)
        if self.stage in {"meter", "key"}:
            symbols[kinds[self.stage]] = True
            return symbols, lengths
        if self.stage != "notes":
            symbols[vocabulary.symbol_ids[END]] = True
            return symbols, lengths
        lengths[[number for number, ticks in enumerate(self.book.chart.ticks) if number and self._fits(ticks)]] = True
        lines = [one for one in kinds["bar"] if self._line_fits(self.book.chart.meanings[one])]
        symbols[self._ending_soonest(lines)] = True
        if lengths.any():
            symbols[self._notes()] = True
        if self.last and not self.tied and (self.room or symbols[vocabulary.symbol_ids["|"]]):
            symbols[kinds["tie"]] = True
        symbols[vocabulary.symbol_ids[END]] = self.may_end
        if self.finish and self.may_end:
            symbols[:] = False
            symbols[vocabulary.symbol_ids[END]] = True
        return symbols, lengths

    @property
    def room(self) -> int:
        """Ticks that are left in the bar."""
        return (self.pickup if self.must else self.place.meter) - self.place.played

    def _fits(self, ticks: int) -> bool:
        """Say whether a note of such a length can be completed to a full bar."""
        place = self.place
        if not place.left:
            return self.book.fills(self.room - ticks)
        return self._tuplet_fits(place.factor, place.left - 1, ticks)

    def _tuplet_fits(self, factor: Fraction, count: int, ticks: int = 0) -> bool:
        """Say whether a tuplet, of which a note of so many ticks and `count` more are to come, fits the bar."""
        takes = ((ticks + rest) * factor for rest in self.book.sums(count))
        return any(one.denominator == 1 and self.book.fills(self.room - int(one)) for one in takes)

    def _notes(self) -> list[int]:
        """List the notes, rests and tuplets that may come now, if some length fits."""
        kinds = self.book.of_kind
        if self.tied:
            return self.book.same[self.tied]
        if self.chord:
            return [*kinds["note"], *(kinds.get("chord", []) if self.chord < LARGEST_CHORD - 1 else [])]
        found = [*kinds["note"], *kinds.get("rest", []), *kinds.get("chord", [])]
        if not self.place.left:
            found += [one for one in kinds.get("tuplet", []) if self._may_begin(self.book.chart.meanings[one])]
        return found

    def _may_begin(self, what: Meaning) -> bool:
        return self._tuplet_fits(*tuplet(what.value, compound=self.place.compound))

    def _line_fits(self, what: Meaning) -> bool:
        """Say whether a bar line may come now."""
        place = self.place
        if place.left or self.chord or not what.sign:
            return False
        if not place.played:
            return (what.sign, what.ending) == ("|:", "") and place.bars == 0 and not self.opened
        full = place.played == place.meter
        if (what.sign, what.ending) == ("|", ""):
            return full or self._begins_short
        if self.tied or what.sign in CLOSING:
            return not self.tied and self.opened and self._closes(what, full=full)
        if what.ending:
            return what.sign == "|" and what.ending.startswith("1") and full and self.opened and not self.ending
        return self._divides(what.sign, full=full)

    def _closes(self, what: Meaning, *, full: bool) -> bool:
        """Say whether an open repeat may close here: ending 1 with ending 2 only, and ending 2 after ending 1 only."""
        if bool(what.ending) != self.ending.startswith("1") or what.ending.startswith("1"):
            return False
        if what.ending:
            return what.sign == ":|" and self._completed(self.start, full=full)
        return full or not (self._begins_short or self.must)

    def _divides(self, sign: str, *, full: bool) -> bool:
        """Say whether || or |: may stand here, or the final |]."""
        if self.ending.startswith("1") or (self.opened and sign in {"|:", "|]"}):
            return False
        if sign == "|]":
            return self._completed(self.first, full=full)
        return full or (sign == "|:" if self._begins_short else not self.must)

    @property
    def _begins_short(self) -> bool:
        """Whether the bar so far is an upbeat: at the beginning up to half a bar, or after a bar that was cut short."""
        first = self.place.bars == 0 and 2 * self.place.played <= self.place.meter
        return first or 0 < self.pickup == self.place.played

    def _completes(self, ticks: int) -> bool:
        """Say whether the bar so far and one of so many ticks make a full bar."""
        return 0 < ticks == self.place.meter - self.place.played

    def _completed(self, ticks: int, *, full: bool) -> bool:
        """Say whether the bar so far is right, if a bar of so many ticks may be played after it."""
        return self.place.played == self.pickup if self.must else full or self._completes(ticks)

    def _ending_soonest(self, lines: list[int]) -> list[int]:
        """Choose, when the tune shall end, the bar lines that end it."""
        if not self.finish or not lines:
            return lines
        wanted = {":|"} if self.opened else {"|]"}
        return [one for one in lines if self.book.chart.meanings[one].sign in wanted] or lines

    def before(self, symbol: int) -> None:
        """Take note of a token before `place.add` takes it: a bar line ends a bar."""
        what = self.book.chart.meanings[symbol]
        if what.kind == "bar" and self.place.played:
            self._line(what)
        elif what.kind == "bar":
            self.opened = True

    def after(self, symbol: int, length: int) -> None:
        """Take note of a token after `place.add` took it."""
        kind = self.book.chart.meanings[symbol].kind
        self.stage = {"meter": "key", "key": "notes", "end": "ended"}.get(kind, self.stage)
        self.may_end = kind == "bar" and self.may_end
        single = kind == "note" and not self.chord and not self.place.left and symbol in self.book.same
        self.chord = self.chord + 1 if kind == "chord" else 0
        if kind == "tie":
            self.tied, self.last = self.last, 0
        elif kind != "bar":
            self.tied, self.last = 0, symbol if single else 0
        else:
            self.last = 0
        del length

    def add(self, symbol: int, length: int) -> None:
        """Move rules and place on by one token."""
        self.before(symbol)
        self.place.add(symbol, length)
        self.after(symbol, length)

    def _line(self, what: Meaning) -> None:
        place = self.place
        full = place.played == place.meter
        short = not full and not self._begins_short
        self.first, self.start = self.first or place.played, self.start or place.played
        loops = what.sign in CLOSING and self._completes(self.start)
        self.may_end = what.sign == ":|" and not what.ending and (full or loops or self._completes(self.first))
        if what.sign == "|]":
            self.stage = "closed"
        self.pickup = place.meter - place.played if short and not what.ending else 0
        self.must = self.pickup > 0 and not loops
        if what.sign in CLOSING:
            self.opened = False
        if what.sign in OPENING:
            self.opened = True
        if what.sign in OPENING or (what.sign in {"||", ":|"} and not what.ending):
            self.start = 0
        if what.ending or what.sign != "|":
            self.ending = what.ending
