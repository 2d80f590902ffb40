"""A strict reader of tunes in ABC notation, one voice: what sounds when, where it stands in the text, what is wrong.

It follows the ABC standard 2.1 (abcnotation.com): an accidental holds for its letter in every octave up to the next bar
line, and along a tie. Slurs, decorations, grace notes, chord symbols, spaces and comments are passed over. Of several
voices the first is read. Anything that is no ABC is a problem with a place and a sentence, and so is, as `Tune.beyond`,
what is legal but beyond the course's way of writing; docs/abc.md compares it with other readers. It never raises.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from labkit.notation import bars, header, symbols
from labkit.notation.header import FIELD, Fields
from labkit.notation.keys import ACCIDENTALS
from labkit.notation.tune import EIGHTH, BarLine, Event, Problem, Tune

if TYPE_CHECKING:
    import re

    from labkit.notation.keys import Written
    from labkit.notation.symbols import Parsed

__all__ = ["EIGHTH", "BarLine", "Event", "Problem", "Tune", "parse", "read"]

HIGHEST = 127  # of MIDI
LONGEST_TUNE = 2000  # bars, beyond which a rest lasts for one
# How many notes' time a tuplet takes, in simple and in compound meters (ABC 2.1, section 4.13).
TUPLETS = {2: (3, 3), 3: (2, 2), 4: (3, 3), 5: (2, 3), 6: (2, 2), 7: (2, 3), 8: (3, 3), 9: (2, 3)}


def read(text: str) -> Tune:
    """Read one tune: its header (M:, L: and K: count, K: ends it), then its notes. Never raises."""
    tune = parse(text)
    for problem in bars.problems(tune):
        tune.note(problem)
    for found in (tune.problems, tune.beyond):
        found.sort(key=lambda problem: (problem.line, problem.column))
    return tune


def parse(text: str) -> Tune:
    """Read one tune as `read` does, without a word on its bars and repeats."""
    tune, body, first = header.read(text)
    reader = _Reader(tune)
    for number, line in enumerate(body, start=first):
        reader.read_line(line, number)
    reader.finish()
    return tune


class _Reader(Fields):
    """Reads the lines after the header into `tune.items`; a method for each kind of symbol."""

    def __init__(self, tune: Tune) -> None:
        super().__init__(tune)
        self.items, self.onset, self.bars = tune.items, Fraction(0), 0
        self.accidentals: dict[object, int] = {}
        self.held: dict[tuple[str, int], int] = {}  # what a tie carries over a bar line
        self.next_factor: Fraction | int = 1  # what `>` or `<` makes of the next note
        self.running: tuple[str, Fraction, int] = ("", Fraction(1), 0)  # text, factor, notes left

    def read_line(self, line: str, number: int) -> None:
        self.line = number
        found = FIELD.match(line)
        if found:
            self.field(found[1], found[2].split("%")[0].strip(), 1)
            return
        for token in symbols.TOKENS.finditer(line):
            kind = token.lastgroup
            if kind and kind != "passed" and (not self.skipped or self.wanted(kind)):
                getattr(self, kind)(token, token.start() + 1)

    def wanted(self, kind: str) -> bool:
        """Say whether a token counts in what is not read: a bar line ends an overlay, a field may end a voice."""
        if self.skipped == "overlay" and kind == "bar":
            self.skipped = ""
        return kind == "inline" or not self.skipped

    def overlay(self, token: re.Match[str], column: int) -> None:  # noqa: ARG002
        """Pass over a second voice, up to the next bar line."""
        self.beyond(column, "& begins a second voice in the bar: legal ABC, but a tune of this course has one.")
        self.skipped = "overlay"

    def note(self, token: re.Match[str], column: int) -> None:
        """Read a note with its length."""
        one = self.parsed(token[0])
        midi = self.pitch(one.written, column)
        self.add((one.written,), (midi,), self.length(one, column), column, len(token[0]))

    def rest(self, token: re.Match[str], column: int) -> None:
        """Read a rest with its length."""
        self.add((), (), self.length(self.parsed(token[0]), column), column, len(token[0]))

    def chord(self, token: re.Match[str], column: int) -> None:
        """Read notes that sound together; the first one's length, times the chord's own, counts."""
        inside = [self.parsed(one) for one in symbols.in_chord(token["inside"])]
        if not inside:
            self.problem(column, "No note stands between [ and ].")
            return
        pitches = tuple(self.pitch(one.written, column) for one in inside)
        own = self.length(self.parsed("C" + token["length"]), column) / self.unit
        length = self.length(inside[0], column) * own
        self.add(tuple(one.written for one in inside), pitches, length, column, len(token[0]))
        if "-" in symbols.ADORNED.sub("", token["inside"]):
            self.tie(token, column)

    def parsed(self, text: str) -> Parsed:
        """Take apart a note or a rest; most come many times."""
        found = self.known.get(text)
        return found or symbols.remembered(self.known, text, self.unit, self.octaves)

    def length(self, one: Parsed, column: int) -> Fraction:
        """Return a length in whole notes; say so when it is none."""
        if one.length is None:
            self.problem(column, f"{one.shown!r} is no length that I know.")
        return one.length or self.unit

    def pitch(self, written: Written, column: int) -> int:
        """Apply to a note what key, bar and tie say; return its MIDI number."""
        letter = written.letter
        place: object = letter if self.reach == "pitch" else (letter, written.octave)
        if written.accidental:
            alteration = ACCIDENTALS[written.accidental]
            if self.reach != "not":
                self.accidentals[place] = alteration
        else:
            alteration = self.accidentals.get(place, self.key.alterations[letter])
            alteration = self.held.get((letter, written.octave), alteration)
        midi = written.midi(alteration) + self.semitones
        if not 0 <= midi <= HIGHEST:
            self.problem(column, "No instrument plays that octave.")
            midi = min(max(midi, 0), HIGHEST)
        return midi

    def add(
        self, written: tuple[Written, ...], pitches: tuple[int, ...], length: Fraction, column: int, width: int
    ) -> None:
        """Append an event at the present time."""
        if self.next_factor != 1:
            length *= self.next_factor
        duration, tuplet = length, ""
        if self.running[2]:
            tuplet, factor, left = self.running
            duration *= factor
            self.running = ("", factor, left - 1)
        onset, place = self.onset, self.bars
        self.items.append(Event(onset, duration, written, pitches, length, place, self.line, column, width, tuplet))
        self.next_factor, self.held = 1, {}
        self.onset += duration

    def rest_bars(self, token: re.Match[str], column: int) -> None:
        """`Z4`: four bars of silence."""
        many = token[0][1:] or "1"
        if len(many) > 2 or not int(many) or self.bars > LONGEST_TUNE:
            self.problem(column, f"{token[0]:.20} is no number of bars that I know.")
            many = "1"
        for number in range(int(many)):
            if number:
                self.append(BarLine("|", "", self.line, column))
            self.add((), (), self.meter or Fraction(1), column, len(token[0]))

    def tie(self, token: re.Match[str], column: int) -> None:  # noqa: ARG002
        """Tie the event just read to the next; between different notes it is a slur, which `finish` takes away."""
        place = self.last()
        event = self.items[place] if self.items else None
        if isinstance(event, Event) and event.written:
            self.items[place] = event._replace(tied=True)
            pairs = zip(event.written, event.pitches, strict=True)
            self.held = {(one.letter, one.octave): midi - one.midi(self.semitones) for one, midi in pairs}

    def bar(self, token: re.Match[str], column: int) -> None:
        """Read a bar line, with or without an ending."""
        sign = symbols.bar_line(token["sign"])
        if not sign:
            self.problem(column, f"{token['sign'][:8]!r} is no bar line that I know.")
        many = symbols.times(token["sign"]) if "::" in token["sign"] else 2
        self.append(BarLine(sign or "|", token["ending"] or "", self.line, column, many))

    def number(self, token: re.Match[str], column: int) -> None:
        """Read an ending that begins inside a bar."""
        self.append(BarLine("", token[0][1:], self.line, column))

    def append(self, new: BarLine) -> None:
        """Append a bar line; one right after another, as at the end of a line of text, is the same line."""
        if self.items and isinstance(self.items[-1], BarLine):
            self.items[-1] = symbols.merged(self.items[-1], new)
        else:
            self.items.append(new)
            self.bars += 1
        if new.sign:
            self.accidentals = {}

    def last(self) -> int:
        """Return the place of the event just read: it is the last item, or the bar line after it is."""
        return -2 if len(self.items) > 1 and isinstance(self.items[-1], BarLine) else -1

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
        self.items[-1] = last._replace(duration=longer, length=last.length * mine)

    def tuplet(self, token: re.Match[str], column: int) -> None:
        """`(3abc`: so many notes in the time of so many others."""
        notes = int(token["notes"])
        usual = TUPLETS[notes][self.tune.compound]
        time, count = int(token["time"] or usual), int(token["count"] or notes)
        if self.running[2]:
            self.problem(column, "A tuplet begins inside another.")
        if not time or not count:
            self.problem(column, "A tuplet of no notes.")
            return
        written = f"({notes}" if (time, count) == (usual, notes) else f"({notes}:{time}:{count}"
        self.running = (written, Fraction(time, notes), count)

    def unknown(self, token: re.Match[str], column: int) -> None:
        """Refuse anything else."""
        self.problem(column, f"{token['unknown']!r} is no symbol that I know.")

    def finish(self) -> None:
        """Say what is left open at the end; take ties for slurs where the pitch changes."""
        if self.next_factor != 1:
            self.problem(1, "The tune ends where a broken rhythm asks for one more note.")
        if self.running[2]:
            self.problem(1, "The tune ends inside a tuplet.")
        after: Event | None = None
        for place in range(len(self.items) - 1, -1, -1):
            event = self.items[place]
            if isinstance(event, Event):
                if event.tied and (after is None or not set(event.pitches) & set(after.pitches)):
                    self.items[place] = event._replace(tied=False)
                after = event
        self.mark()
