"""A strict reader of tunes in ABC notation, one voice: what sounds when, where it stands in the text, what is wrong.

It follows the ABC standard 2.1 (abcnotation.com): an accidental holds for its letter in every octave up to the next bar
line, and along a tie. Slurs, decorations, grace notes, chord symbols, spaces and comments are passed over. Anything
else that it does not know is a problem with a place and a sentence; it never raises.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING

from labkit.keys import ACCIDENTALS, Key, Written

if TYPE_CHECKING:
    from collections.abc import Iterator

EIGHTH = Fraction(1, 8)
METERS = {"C": "4/4", "C|": "2/2"}
C_MAJOR = Key("C")
HIGHEST = 127  # of MIDI
# How many notes' time a tuplet takes, in simple and in compound meters (ABC 2.1, section 4.13).
TUPLETS = {2: (3, 3), 3: (2, 2), 4: (3, 3), 5: (2, 3), 6: (2, 2), 7: (2, 3), 8: (3, 3), 9: (2, 3)}

_NOTE = r"(?P<accidental>\^\^?|__?|=)?(?P<letter>[A-Ga-gxz])(?P<marks>[,']*)"
_LENGTH = r"(?P<over>\d*)(?P<slashes>/*)(?P<under>\d*)"
_ENDING = r"(?:\s*\[?(?P<ending>[1-9](?:[,-][1-9])*)(?![0-9]))?"
_TOKENS = re.compile(
    "|".join(
        (
            r'(?P<passed>"[^"\n]*"|![^!\n]+!|\{[^}\n]*\}|%[^\n]*|\\(?=[ \t]*(?:%[^\n]*)?$)|[.~H-Yh-wy`\s]+|!(?=\s*$))',
            r"(?P<inline>\[[A-Za-z]:[^\]\n]*\])",
            rf"(?P<bar>:+\|*\]?:*|\[\||\|+\]?:*){_ENDING}",
            r"\[(?P<number>[1-9](?:[,-][1-9])*)",
            r"\((?P<tuplet>[2-9])(?::(?P<time>\d?)(?::(?P<count>\d?))?)?",
            r"(?P<slur>[()])",
            rf"{_NOTE}{_LENGTH}",
            r"(?P<chord>\[(?:(?:\^\^?|__?|=)?[A-Ga-g][,']*\d*/*\d*[-~.]?)+\])(?P<chord_length>\d*/*\d*)",
            r"(?P<rest_bars>Z)(?P<how_many>\d*)",
            r"(?P<broken>>+|<+)",
            r"(?P<tie>-)",
            r"(?P<unknown>.)",
        )
    ),
    re.MULTILINE,
)
_TAKEN = ("letter", "bar", "broken", "tuplet", "tie", "number", "chord", "rest_bars", "inline", "unknown")
_IN_CHORD = re.compile(_NOTE + _LENGTH)
_FIELD = re.compile(r"([A-Za-z+]):(?![|:])(.*)")
_CHANGES = {"K": "the key", "M": "the meter", "L": "the unit of length", "V": "the voice"}


@dataclass(frozen=True)
class Problem:
    """What is wrong, and where: kind is "header", "symbol", "bar" or "repeat"; line and column count from 1."""

    kind: str
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        return f"line {self.line}, column {self.column}: {self.message}"


@dataclass(frozen=True)
class Event:
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


def read(text: str) -> Tune:
    """Read one tune: its header (M:, L: and K: count, K: ends it), then its notes. Never raises."""
    from labkit import bars

    tune, body, first = _header(text)
    reader = _Reader(tune)
    for number, line in enumerate(body, start=first):
        reader.read_line(line, number)
    reader.finish()
    tune.problems += bars.problems(tune)
    tune.problems.sort(key=lambda problem: (problem.line, problem.column))
    return tune


def _header(text: str) -> tuple[Tune, list[str], int]:
    """Read the fields up to K:; return the lines after it, and the number of the first."""
    tune, lines = Tune(text), text.splitlines()
    found: dict[str, int] = {}
    number = 0
    for number, line in enumerate(lines, start=1):
        field_ = _FIELD.match(line)
        if not field_:
            if line.split("%")[0].strip():
                break
            continue
        name, value = field_[1], field_[2].split("%")[0].strip()
        if name == "T" and "T" not in found:
            tune.title = value
        elif name in "MLK" and not _set(tune, name, value):
            tune.problems.append(Problem("header", number, 1, f"{name}:{value[:20]} is none that I know."))
        found[name] = number
        if name == "K":
            break
    else:
        number = len(lines)
    if "K" not in found:
        number -= 1
    missing = [name for name in "MK" if name not in found]
    tune.problems += [Problem("header", max(number, 1), 1, f"There is no {name}: line.") for name in missing]
    if "L" not in found and tune.meter < Fraction(3, 4):
        tune.unit = Fraction(1, 16)
    return tune, lines[number:], number + 1


def _set(tune: Tune, name: str, value: str) -> bool:
    """Take over one field of the header; say whether it makes sense."""
    if name == "K":
        key = Key.read(value)
        tune.key = key or tune.key
        return key is not None
    numbers = re.fullmatch(r"([1-9]\d?)/([1-9]\d?)", METERS.get(value, value))
    if not numbers:
        return False
    fraction = Fraction(int(numbers[1]), int(numbers[2]))
    if name == "L":
        tune.unit = fraction
    else:
        tune.meter, tune.meter_name = fraction, numbers[0]
    return True


class _Reader:
    """Reads the lines after the header into `tune.items`."""

    def __init__(self, tune: Tune) -> None:
        self.tune, self.items, self.onset, self.bars = tune, tune.items, Fraction(0), 0
        self.line = 1
        self.accidentals: dict[str, int] = {}
        self.held: dict[tuple[str, int], int] = {}  # what a tie carries over a bar line
        self.next_factor: Fraction | int = 1  # what `>` or `<` makes of the next note
        self.running: tuple[str, Fraction, int] = ("", Fraction(1), 0)  # text, factor, notes left

    def problem(self, column: int, message: str) -> None:
        self.tune.problems.append(Problem("symbol", self.line, column, message))

    def read_line(self, line: str, number: int) -> None:
        self.line = number
        found = _FIELD.match(line)
        if found:
            if found[1] in _CHANGES:
                self.problem(1, f"{found[1]}: changes {_CHANGES[found[1]]} inside the tune; I read one of each.")
            return
        for token in _TOKENS.finditer(line):
            self.take(token)

    def take(self, token: re.Match[str]) -> None:
        """Read one symbol."""
        if token["passed"]:
            return
        column = token.start() + 1
        for group in _TAKEN:
            if token[group]:
                getattr(self, group)(token, column)
                return

    def letter(self, token: re.Match[str], column: int) -> None:
        """Read a note or a rest."""
        length = self.length(token, column)
        if token["letter"] in "xz":
            if token["accidental"] or token["marks"]:
                self.problem(column, "A rest has no pitch.")
            self.add((), (), length, column, len(token[0]))
            return
        written, midi = self.pitch(token, column)
        self.add((written,), (midi,), length, column, len(token[0]))

    def tie(self, token: re.Match[str], column: int) -> None:  # noqa: ARG002
        """Tie the event just read to the next; between different notes it is a slur, which `finish` takes away."""
        last = self.last()
        if last and last.written:
            self.change(tied=True)
            pairs = zip(last.written, last.pitches, strict=True)
            self.held = {(one.letter, one.octave): midi - one.midi(0) for one, midi in pairs}

    def inline(self, token: re.Match[str], column: int) -> None:
        """Refuse a field between the notes."""
        self.problem(column, f"{token['inline'][:20]} changes something inside the tune; I read one of each.")

    def unknown(self, token: re.Match[str], column: int) -> None:
        """Refuse anything else."""
        self.problem(column, f"{token['unknown']!r} is no symbol that I know.")

    def length(self, token: re.Match[str], column: int) -> Fraction:
        """Read a length such as 2, 3/2, / or //, in whole notes."""
        factor = _factor(token["over"], token["slashes"], token["under"])
        if factor is None:
            self.problem(column, f"{token['over'] + token['slashes'] + token['under']!r:.20} is no length that I know.")
            return self.tune.unit
        return self.tune.unit * factor

    def pitch(self, token: re.Match[str], column: int) -> tuple[Written, int]:
        """Read letter, octave and accidental; apply what key, bar and tie say."""
        letter, marks, sign = token["letter"], token["marks"], token["accidental"] or ""
        octave = (5 if letter.islower() else 4) + marks.count("'") - marks.count(",")
        written = Written(letter.upper(), octave, sign)
        if sign:
            self.accidentals[written.letter] = ACCIDENTALS[sign]
        own = self.accidentals.get(written.letter, self.tune.key.alterations[written.letter])
        alteration = own if sign else self.held.get((written.letter, octave), own)
        midi = written.midi(alteration)
        if not 0 <= midi <= HIGHEST:
            self.problem(column, "No instrument plays that octave.")
            midi = min(max(midi, 0), HIGHEST)
        return written, midi

    def chord(self, token: re.Match[str], column: int) -> None:
        """Read notes that sound together; the first one's length, times the chord's own, counts."""
        found = [one for start in _starts(token["chord"]) if (one := _IN_CHORD.match(token["chord"], start))]
        notes = [self.pitch(one, column) for one in found]
        length = self.length(found[0], column)
        own = re.fullmatch(_LENGTH, token["chord_length"])
        if own and own[0]:
            length *= self.length(own, column) / self.tune.unit
        self.add(tuple(one for one, _ in notes), tuple(midi for _, midi in notes), length, column, len(token[0]))
        if "-" in token["chord"]:
            self.tie(token, column)

    def add(
        self, written: tuple[Written, ...], pitches: tuple[int, ...], length: Fraction, column: int, width: int
    ) -> None:
        """Append an event at the present time."""
        if self.next_factor != 1:
            length *= self.next_factor
        text, factor, left = self.running
        duration = length * factor if left else length
        event = Event(
            self.onset, duration, written, pitches, length, self.bars, self.line, column, width, text if left else ""
        )
        self.items.append(event)
        if left:
            self.running = ("", factor, left - 1)
        self.next_factor, self.held = 1, {}
        self.onset += duration

    def rest_bars(self, token: re.Match[str], column: int) -> None:
        """`Z4`: four bars of silence."""
        for number in range(int((token["how_many"] or "1")[:2])):
            if number:
                self.append(BarLine("|", "", self.line, column))
            self.add((), (), self.tune.meter, column, len(token[0]))

    def bar(self, token: re.Match[str], column: int) -> None:
        """Read a bar line, with or without an ending."""
        sign = _sign(token["bar"] or "")
        if not sign and token["bar"]:
            self.problem(column, f"{token['bar'][:8]!r} is no bar line that I know.")
            sign = "|"
        self.append(BarLine(sign, token["ending"] or token["number"] or "", self.line, column))

    number = bar  # an ending that begins inside a bar

    def append(self, new: BarLine) -> None:
        """Append a bar line; one right after another, as at the end of a line of text, is the same line."""
        if self.items and isinstance(self.items[-1], BarLine):
            self.items[-1] = _merged(self.items[-1], new)
        else:
            self.items.append(new)
            self.bars += 1
        if new.sign:
            self.accidentals = {}

    def last(self) -> Event | None:
        """Return the event just read, if only a bar line came after it."""
        for item in reversed(self.items[-3:]):
            if isinstance(item, Event):
                return item
        return None

    def change(self, **changes: object) -> None:
        """Change the event just read."""
        for place in range(len(self.items) - 1, -1, -1):
            item = self.items[place]
            if isinstance(item, Event):
                self.items[place] = replace(item, **changes)  # type: ignore[arg-type]
                return

    def broken(self, token: re.Match[str], column: int) -> None:
        """Lengthen one of two neighbours by what the other loses."""
        signs = token["broken"]
        last = self.items[-1] if self.items else None
        if not isinstance(last, Event) or len(signs) > 3 or self.next_factor != 1:
            self.problem(column, f"{signs[:4]} stands between two notes.")
            return
        short = Fraction(1, 2 ** len(signs))
        mine, self.next_factor = (2 - short, short) if signs[0] == ">" else (short, 2 - short)
        longer = last.duration * mine
        self.onset += longer - last.duration
        self.change(duration=longer, length=last.length * mine)

    def tuplet(self, token: re.Match[str], column: int) -> None:
        """`(3abc`: so many notes in the time of so many others."""
        number = int(token["tuplet"])
        time = int(token["time"] or TUPLETS[number][self.tune.compound])
        count = int(token["count"] or number)
        if not time or not count:
            self.problem(column, "A tuplet of no notes.")
            return
        usual = time == TUPLETS[number][self.tune.compound] and count == number
        self.running = (f"({number}" if usual else f"({number}:{time}:{count}", Fraction(time, number), count)

    def finish(self) -> None:
        """Say what is left open at the end; take ties for slurs where the pitch changes."""
        if self.next_factor != 1:
            self.problem(1, "The tune ends where a broken rhythm asks for one more note.")
        if self.running[2]:
            self.problem(1, "The tune ends inside a tuplet.")
        events = [(place, item) for place, item in enumerate(self.items) if isinstance(item, Event)]
        following: list[Event | None] = [item for _, item in events[1:]]
        for (place, item), after in zip(events, [*following, None], strict=True):
            if item.tied and (after is None or not set(item.pitches) & set(after.pitches)):
                self.items[place] = replace(item, tied=False)


@lru_cache(maxsize=1000)
def _factor(over: str, slashes: str, under: str) -> Fraction | None:
    """Read a length such as 2, 3/2, / or //, in units of L:; None when it is none."""
    if (under and not slashes) or max(map(len, (over, under))) > 3 or len(slashes) > 6:
        return None
    above, below = int(over or 1), int(under or 2) if slashes else 1
    below *= 2 ** max(len(slashes) - 1, 0)
    return Fraction(above, below) if above and below else None


def _merged(one: BarLine, other: BarLine) -> BarLine:
    """Join two bar lines with nothing between them."""
    signs = {one.sign, other.sign}
    if "::" in signs or {":|", "|:"} <= signs:
        sign = "::"
    else:
        sign = next(sign for sign in (":|", "|:", "|]", "||", "|", "") if sign in signs)
    return replace(one, sign=sign, ending=other.ending or one.ending)


def _starts(chord: str) -> Iterator[int]:
    """Find where each note of a chord begins."""
    return (found.start() for found in re.finditer(r"(?:\^\^?|__?|=)?[A-Ga-g]", chord))


def _sign(text: str) -> str:
    """Return the usual form of a bar line; "" when it is none."""
    before, after = text.startswith(":"), text.endswith(":") and text != ":"
    if text == ":":
        return ""
    if text == "::" or (before and after and "|" in text):
        return "::"
    if before:
        return ":|" if "|" in text else ""
    if after:
        return "|:"
    return {"|": "|", "||": "||", "|]": "|]", "[|": "||", "||]": "|]"}.get(text, "")
