"""Reads the header of a tune in ABC notation: title, meter, unit of length, key, and the order of its parts."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from typing import NamedTuple

from labkit.notation import symbols, tunebook
from labkit.notation.keys import ACCIDENTALS, MODES, Key
from labkit.notation.tune import Event, Problem, Tune

METERS = {"C": "4/4", "C|": "2/2"}
FIELD = re.compile(r"([A-Za-z+]):(?![|:])(.*)")
_METER = re.compile(r"\(?([1-9]\d?(?:\+[1-9]\d?)*+)\)?/([1-9]\d{0,2})")
_UNIT = re.compile(r"([1-9]\d?)(?:/([1-9]\d{0,2}))?")
_TONIC = re.compile(r"([A-G])([#b]?)\s*")
_WORD = re.compile(r"[A-Za-z]++")
_CHANGE = re.compile(r"(\^\^?|__?|=)([A-Ga-g])\s*")
_PROPERTY = re.compile(r"([a-z]+)\s*=\s*(\"[^\"]*\"|\S*)\s*")
_REACH = re.compile(r"^(?:%%|I:)\s*propagate-accidentals\s+(not|octave|pitch)\b", re.MULTILINE)
_CLEF = re.compile(r"(?:(?:treble|alto|tenor|bass|perc|none|[GCFP])[1-5]?)?([+-]8)?")


class Signature(NamedTuple):
    """What a K: field says: its key, and by how many octaves and semitones clef and properties move the notes.

    named: whether it names a tonic or pipes; `K:none` and a mere clef name none
    """

    key: Key
    named: bool = True
    octaves: int = 0
    semitones: int = 0


def read(text: str) -> tuple[Tune, list[str], int]:
    """Read the fields up to K:; return the lines after it, and the number of the first.

    A tune ends at the first empty line after it began (ABC 2.1, 2.2.1), and so do the lines that are returned.
    """
    tune, lines = Tune(text), tunebook.music(tunebook.lines(text))
    start = next((place for place, line in enumerate(lines) if line.strip()), 0)
    end = next((place for place in range(start + 1, len(lines)) if not lines[place].strip()), len(lines))
    found: set[str] = set()
    body = end
    for place in range(start, end):
        field_ = FIELD.match(lines[place])
        if field_:
            if field_[1] in TAKEN and not (field_[1] == "T" and "T" in found):  # other titles are other names
                TAKEN[field_[1]](tune, field_[2].split("%")[0].strip(), place + 1)
            found.add(field_[1])
        elif lines[place].split("%")[0].strip():
            body = place
            break
        if "K" in found:
            body = place + 1
            break
    if "M" not in found:
        said = "There is no M: line: legal ABC, but a tune of this course has a meter."
        tune.note(Problem("header", max(body, 1), 1, said, legal=True))
    if "K" not in found:
        tune.note(Problem("header", max(body, 1), 1, "There is no K: line."))
    if "L" not in found and tune.meter < Fraction(3, 4):
        tune.unit = Fraction(1, 16)
    return tune, lines[body:end], body + 1


def _title(tune: Tune, value: str, line: int) -> None:  # noqa: ARG001
    tune.title = value


def _order(tune: Tune, value: str, line: int) -> None:  # noqa: ARG001
    tune.order = value


def _macro(tune: Tune, value: str, line: int) -> None:  # noqa: ARG001
    said = "m: defines a macro: legal ABC, but this course does not write it out."
    tune.note(Problem("symbol", line, 1, said, legal=True))


def _meter(tune: Tune, value: str, line: int) -> None:
    found = meter(value)
    if not found:
        _unknown(tune, "M", value, line)
        return
    tune.meter, tune.meter_name = found[0] or Fraction(1), found[1]
    if not found[0]:
        said = "M:none is free meter: legal ABC, but a tune of this course has a meter."
        tune.note(Problem("header", line, 1, said, legal=True))


def _unit(tune: Tune, value: str, line: int) -> None:
    tune.unit = unit(value) or tune.unit
    if not unit(value):
        _unknown(tune, "L", value, line)


def _key(tune: Tune, value: str, line: int) -> None:
    signed = signature(value)
    if not signed:
        _unknown(tune, "K", value, line)
        return
    tune.key, tune.moved = signed.key, (signed.octaves, signed.semitones)
    for said in beyond(signed, value):
        tune.note(Problem("header", line, 1, said, legal=True))


TAKEN = {"T": _title, "P": _order, "m": _macro, "M": _meter, "L": _unit, "K": _key}


def _unknown(tune: Tune, name: str, value: str, line: int) -> None:
    tune.note(Problem("header", line, 1, f"{name}:{value[:20]} is none that I know."))


def meter(value: str) -> tuple[Fraction, str] | None:
    """Read what stands after M:, such as "6/8", "C|", "2+3/8" or "none" (0, ""); None when it is no meter."""
    if value.lower() == "none":
        return Fraction(0), ""
    found = _METER.fullmatch(METERS.get(value, value))
    if not found:
        return None
    over = sum(map(int, found[1].split("+")))
    return Fraction(over, int(found[2])), f"{over}/{found[2]}"


def unit(value: str) -> Fraction | None:
    """Read what stands after L:, such as "1/8" or "1"; None when it is no length."""
    found = _UNIT.fullmatch(value)
    return Fraction(int(found[1]), int(found[2] or 1)) if found else None


def signature(value: str) -> Signature | None:
    """Read what stands after K:, such as "Ador", "D Phr ^f", "C clef=bass octave=-1" or "none"; None when it is no key.

    Raises nothing. Highland pipes ("HP", "Hp") play in A mixolydian.
    """
    if value[:2] in {"HP", "Hp"}:
        return _completed(Key("A", "mix"), value[2:].strip(), named=True)
    found = _TONIC.match(value)
    if not found:
        rest = value[4:].strip() if value[:4].lower() == "none" else value
        return _completed(Key("C"), rest, named=False)
    rest, name = value[found.end() :], found[1] + found[2]
    word = _WORD.match(rest)
    short = word[0].lower()[:3] if word else ""
    mode = {"m": "min", "ion": "maj", "aeo": "min"}.get(short, short)
    if short == "exp":
        key = Key(name, alone=True)
    elif mode in MODES:
        key = Key(name, mode)
    else:
        key, word = Key(name), None
    if abs(Key(name, key.mode).sharps) > 7:
        return None
    return _completed(key, rest[word.end() :].lstrip() if word else rest, named=True)


def _completed(key: Key, rest: str, *, named: bool) -> Signature | None:
    """Add to a key what stands behind it: accidentals, a clef, properties."""
    octaves = semitones = 0
    changed: dict[str, int] = {}
    while rest:
        if found := _CHANGE.match(rest):
            changed[found[2].upper()] = ACCIDENTALS[found[1]]
        elif (found := _PROPERTY.match(rest)) and found[1] in {"octave", "transpose", "t"}:
            if not re.fullmatch(r"[+-]?\d\d?", found[2]):
                return None
            octaves += int(found[2]) if found[1] == "octave" else 0
            semitones += int(found[2]) if found[1] != "octave" else 0
        else:
            found = found or re.match(r"()(\S+)\s*", rest)
            clef = _CLEF.fullmatch(found[2]) if found else None
            if found and clef:
                octaves += {"+8": 1, "-8": -1}.get(clef[1], 0)
            if not found or not (clef or found[1]):
                return None
        rest = rest[found.end() :]
    key = replace(key, changed=tuple(sorted(changed.items()))) if changed or key.alone else key
    return Signature(key, named, octaves, semitones)


def beyond(signed: Signature, value: str) -> list[str]:
    """Say what of a key has no place in the course's way of writing."""
    said = []
    if not signed.named:
        said.append("names no key: legal ABC, but a tune of this course has one.")
    if signed.key.changed or signed.key.alone:
        said.append("sets accidentals of its own: legal ABC, but a tune of this course has the key of its mode.")
    if signed.semitones:
        said.append("moves the notes by semitones: legal ABC, but a tune of this course is written as it sounds.")
    return [f"K:{value[:20]} {one}" for one in said]


class Fields:
    """What fields change while a tune is read: key, meter, unit, voice and part. A reader of notes extends it."""

    def __init__(self, tune: Tune) -> None:
        self.tune, self.line = tune, 1
        self.key, self.unit, self.meter = tune.key, tune.unit, tune.meter
        self.octaves, self.semitones = tune.moved
        self.reach = "pitch"  # how far an accidental goes: to all octaves
        self.voice: str | None = None  # the one that is read
        self.skipped = ""  # what is not read: "voice" or "overlay"
        self.known = symbols.known(self.unit, self.octaves)
        self.marks: list[tuple[int, Fraction | str]] = []  # at which item a meter or a part begins
        reach = _REACH.findall(tune.text) if "propagate-accidentals" in tune.text else []
        if reach and reach[-1] != "pitch":
            self.reach = reach[-1]
            self.beyond(1, f"Accidentals reach other notes ({self.reach}): legal ABC, but not so in this course.")

    def problem(self, column: int, message: str) -> None:
        """Take down what is wrong in the line that is read."""
        self.tune.problems.append(Problem("symbol", self.line, column, message))

    def beyond(self, column: int, message: str) -> None:
        """Take down what is legal and beyond the course's way of writing."""
        self.tune.beyond.append(Problem("symbol", self.line, column, message, legal=True))

    def field(self, name: str, value: str, column: int) -> None:
        """Obey a field in the tune's body, or pass it over."""
        if name == "V":
            self.change_voice(value, column)
        elif self.skipped != "voice" and name in "PMLK":
            {"P": self.part, "M": self.change_meter, "L": self.change_unit, "K": self.change_key}[name](value, column)

    def inline(self, token: re.Match[str], column: int) -> None:
        """Obey a field between the notes."""
        name, value = token["inline"][1:-1].split(":", 1)
        self.field(name, value.strip(), column)

    def part(self, value: str, column: int) -> None:  # noqa: ARG002
        """Begin a part of the tune, named by a letter."""
        if value[:1].isalpha():
            self.marks.append((len(self.tune.items), value[0]))

    def change_voice(self, value: str, column: int) -> None:
        """Go on with another voice: only the first is read."""
        name = value.split(maxsplit=1)[0] if value else ""
        if self.voice is None:
            self.voice = name if not self.tune.items else "1"
        if name != self.voice and self.skipped != "voice":
            self.beyond(column, f"V:{name[:20]} is another voice: legal ABC, but a tune of this course has one.")
        self.skipped = "" if name == self.voice else "voice"

    def change_meter(self, value: str, column: int) -> None:
        """Go on in another meter."""
        found = meter(value)
        if not found:
            self.problem(column, f"M:{value[:20]} is none that I know.")
        elif found[0] != self.meter or not self.tune.meter_name:
            self.meter = found[0]
            self.marks.append((len(self.tune.items), self.meter))
            self.beyond(column, f"M:{value[:20]} changes the meter: legal ABC, but a tune of this course has one.")

    def change_unit(self, value: str, column: int) -> None:
        """Go on with another unit of length."""
        found = unit(value)
        if not found:
            self.problem(column, f"L:{value[:20]} is none that I know.")
        elif found != self.unit:
            self.unit = found
            self.known = symbols.known(self.unit, self.octaves)

    def change_key(self, value: str, column: int) -> None:
        """Go on in another key, or with another clef."""
        signed = signature(value)
        if not signed:
            self.problem(column, f"K:{value[:20]} is none that I know.")
            return
        if (signed.named or not value or value.lower().startswith("none")) and signed.key != self.key:
            self.key = signed.key
            self.beyond(column, f"K:{value[:20]} changes the key: legal ABC, but a tune of this course has one.")
        self.octaves, self.semitones = signed.octaves, signed.semitones
        self.known = symbols.known(self.unit, self.octaves)

    def mark(self) -> None:
        """Say of each bar in which a meter or a part begins."""
        for place, what in self.marks:
            bar = next((item.bar for item in self.tune.items[place:] if isinstance(item, Event)), None)
            if bar is not None and isinstance(what, str):
                self.tune.parts.append((bar, what))
            elif bar is not None and isinstance(what, Fraction):
                self.tune.meters.append((bar, what))
