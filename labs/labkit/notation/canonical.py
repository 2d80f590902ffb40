"""The one way in which the course writes a tune, in any key, and the family to which a tune belongs.

A canonical text is a header of three lines (M:, L:1/8, K:), then the notes on one line: no spaces, broken rhythm
written out, every repeat opened and closed.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from math import gcd
from typing import TYPE_CHECKING

from labkit.notation import bars
from labkit.notation.keys import letters_between
from labkit.notation.tune import EIGHTH, BarLine, Event

if TYPE_CHECKING:
    from fractions import Fraction

    from labkit.notation.keys import Written
    from labkit.notation.tune import Tune


def text(tune: Tune, semitones: int = 0) -> str | None:
    """Write a tidy tune (`tidied`), so many semitones higher; None where that needs an accidental that ABC has not."""
    key = tune.key.transposed(semitones) if semitones else tune.key
    steps = letters_between(tune.key, key, semitones) if semitones else 0
    parts = [f"M:{tune.meter_name}\nL:1/8\nK:{key}\n"]
    heads: dict[tuple[Written, ...], str | None] = {}  # most notes come many times
    for item in tune.items:
        if isinstance(item, BarLine):
            parts.append(item.sign + item.ending if item.sign else f"[{item.ending}")
            continue
        if item.written not in heads:
            moved = [one.moved(steps, tune.key, key) for one in item.written]
            heads[item.written] = None if None in moved else _head([str(one) for one in moved])
        head = heads[item.written]
        if head is None:
            return None
        parts.append(item.tuplet + head + _length(item.length) + "-" * item.tied)
    return "".join(parts) + "\n"


def _head(notes: list[str]) -> str:
    """Write one note, a chord or a rest, without its length."""
    return f"[{''.join(notes)}]" if len(notes) > 1 else "".join(notes) or "z"


def _length(length: Fraction) -> str:
    """Write a length in eighth notes: 2, 3/2, / or /4."""
    over, under = length.as_integer_ratio()
    over *= EIGHTH.denominator
    common = gcd(over, under)
    over, under = over // common, under // common
    if under == 1:
        return "" if over == 1 else str(over)
    return f"{'' if over == 1 else over}/{'' if under == 2 else under}"


def tidied(tune: Tune) -> Tune:
    """Return a tune with every repeat opened and closed, and its bars and repeats judged again.

    ABC lets an opening be understood: at the beginning, or after the last double bar or repeat. A second ending that
    closes with `:|` closes with a double bar; a repeat that is never closed is none; the tune ends with `|]` or `:|`.
    """
    found: list[Event | BarLine] = list(tune.items) if tune.events else []
    if not found:
        return replace(tune, items=[], problems=tune.problems or bars.problems(tune))
    if isinstance(found[0], Event):
        found.insert(0, BarLine("", "", 1, 1))
    if isinstance(found[-1], Event):
        found.append(BarLine("|]", "", 1, 1))
    tidy = replace(tune, items=_ended(_closed(_opened(found))))
    tidy.problems = tune.wrong("header", "symbol")
    tidy.beyond = [one for one in tune.beyond if one.kind in {"header", "symbol"}]
    for problem in bars.problems(tidy):
        tidy.note(problem)
    return tidy


def _opened(found: list[Event | BarLine]) -> list[Event | BarLine]:
    """Write where each repeat begins."""
    start, opened, ending = 0, False, ""
    for place, line in enumerate(found):
        if not isinstance(line, BarLine):
            continue
        sign = line.sign
        if sign in {":|", "::"} and not opened:
            if ending[:1] > "1" and not line.ending:
                sign = "||" if sign == ":|" else "|:"
            else:
                found[start] = _changed(found[start], {":|": "::", "::": "::"}, "|:")
        if sign != line.sign:
            found[place] = replace(line, sign=sign)
        opened = sign in {"|:", "::"} or (opened and sign != ":|")
        if sign in {"||", "|]", ":|", "|:", "::"} and not line.ending:
            start = place
        if line.ending or sign not in {"|", ""}:
            ending = line.ending
    return found


def _closed(found: list[Event | BarLine]) -> list[Event | BarLine]:
    """Take back a last repeat that is never closed."""
    for place in range(len(found) - 1, -1, -1):
        line = found[place]
        if isinstance(line, BarLine):
            if line.sign == ":|" or line.ending:
                break
            if line.sign in {"|:", "::"} and place < len(found) - 1:
                found[place] = _changed(line, {"::": ":|"}, "||" if place else "")
                break
    return found


def _changed(line: Event | BarLine, signs: dict[str, str], otherwise: str) -> BarLine:
    assert isinstance(line, BarLine)  # noqa: S101
    return replace(line, sign=signs.get(line.sign, otherwise))


def _ended(found: list[Event | BarLine]) -> list[Event | BarLine]:
    """Give the tune a plain beginning and a proper end."""
    first, *middle, last = found
    begin = [_changed(first, {}, "|:")] if isinstance(first, BarLine) and first.sign in {"|:", "::"} else []
    inner = [_changed(item, {}, "||") if isinstance(item, BarLine) and item.sign == "|]" else item for item in middle]
    assert isinstance(last, BarLine)  # noqa: S101
    end = BarLine(":|" if last.sign in {":|", "::"} else "|]", "", last.line, last.column)
    return [*begin, *inner, end]


def family(tune: Tune) -> str:
    """Name what a tune sounds like in any key: a hash of its intervals and rhythm as they are written."""
    sounding = [event for event in tune.events if event.pitches]
    base = sounding[0].pitches[0] if sounding else 0
    heard = [
        (tuple(pitch - base for pitch in event.pitches), event.duration.as_integer_ratio()) for event in tune.events
    ]
    return hashlib.sha256(repr(heard).encode()).hexdigest()
