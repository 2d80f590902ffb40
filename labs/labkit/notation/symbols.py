"""The symbols between the bar lines of ABC notation: how each is spelt, and what a pitch, a length, a bar line mean."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from labkit.notation.keys import Written
from labkit.notation.tune import BarLine

if TYPE_CHECKING:
    from fractions import Fraction

# `*+` and `?+` never give back what they took: no text, however strange, takes long to read.
_PITCH = r"(?:\^\^?+|__?+|=)?+[A-Ga-g][,']*+"
_LENGTH = r"[0-9]*+/*+[0-9]*+"
MOST_KNOWN = 5000  # notes that are remembered
_NUMBER = r"[1-9](?:[,-][1-9])*+"
_DECORATION = r"![^!|\[\]\s]*+!|\+[^+|\[\]\s]*+\+"
# Spaces, slurs, decorations, annotations, grace notes, comments; a ! that opens no decoration breaks the line, and so
# does $. What the standard keeps for later (# * ; ? @) is to be passed over.
_PASSED = (
    r"[.~H-WYh-w`$#*;?@\s]++|y[0-9]*+|\((?![2-9])|\)|" + _DECORATION + r"|!|\"[^\"\n]*+\"|\{[^{}\n]*+\}|%[^\n]*+"
    r"|\\(?=[ \t]*+(?:%[^\n]*+)?$)"
)
_IN_CHORD = rf"{_PITCH}{_LENGTH}|[-~.H-Wh-w \t]++|{_DECORATION}|\"[^\"\n]*+\""
TOKENS = re.compile(
    "|".join(
        (
            rf"(?P<note>{_PITCH}{_LENGTH})",
            rf"(?P<passed>{_PASSED})",
            r"(?P<inline>\[[A-Za-z]:[^\[\]\n]*+\])",
            rf"(?P<bar>(?P<sign>\[\|\]|:++\|*+\]?+:*+|\[?+\|++\]?+:*+)(?:\s*\[?(?P<ending>{_NUMBER})(?![0-9]))?)",
            rf"(?P<number>\[{_NUMBER})",
            r"(?P<tuplet>\((?P<notes>[2-9])(?::(?P<time>[0-9]?)(?::(?P<count>[0-9]?))?)?)",
            rf"(?P<rest>[xz]{_LENGTH})",
            rf"(?P<chord>\[(?P<inside>(?:{_IN_CHORD})++)\](?P<length>{_LENGTH}))",
            r"(?P<rest_bars>[XZ][0-9]*+)",
            r"(?P<broken>>++|<++)",
            r"(?P<tie>-)",
            r"(?P<overlay>&)",
            r"(?P<unknown>.)",
        )
    ),
    re.MULTILINE,
)
PARTS = re.compile(r"(\^\^?+|__?+|=)?+([A-Ga-gxz])([,']*+)([0-9]*+)(/*+)([0-9]*+)")

ADORNED = re.compile(rf"{_DECORATION}|\"[^\"\n]*+\"")


class Parsed(NamedTuple):
    """A note or a rest as it stands in the text; length: in whole notes, None when it is none."""

    written: Written
    length: Fraction | None
    shown: str


def parsed(text: str, unit: Fraction) -> Parsed:
    """Take apart a note such as ^c'3/2, a rest such as z2."""
    sign, letter, marks, over, slashes, under = PARTS.match(text).groups("")  # type: ignore[union-attr]
    octave = (5 if letter.islower() else 4) + marks.count("'") - marks.count(",")
    return Parsed(
        Written(letter.upper(), octave, sign), _length(over, slashes, under, unit), f"{over + slashes + under:.20}"
    )


@lru_cache(maxsize=64)
def known(unit: Fraction, octaves: int) -> dict[str, Parsed]:  # noqa: ARG001  (it is what is known under these two)
    """Return the notes that were taken apart before under a unit of length and a shift by octaves: most come often."""
    return {}


def remembered(known: dict[str, Parsed], text: str, unit: Fraction, octaves: int) -> Parsed:
    """Take apart a note that is not known yet, and remember it."""
    if len(known) >= MOST_KNOWN:
        known.clear()
    one = parsed(text, unit)
    moved = one.written._replace(octave=one.written.octave + octaves) if octaves else one.written
    known[text] = one._replace(written=moved)
    return known[text]


def _length(over: str, slashes: str, under: str, unit: Fraction) -> Fraction | None:
    """Read a length such as 2, 3/2, / or //, in units of L:; None when it is none."""
    if max(map(len, (over, under))) > 3 or len(slashes) > 6:
        return None
    above, below = int(over or 1), int(under or 2) if slashes else 1
    below *= 2 ** max(len(slashes) - 1, 0)
    return unit * above / below if above and below else None


def in_chord(inside: str) -> list[str]:
    """List the notes of a chord, without what adorns them."""
    plain = ADORNED.sub("", inside) if "!" in inside or '"' in inside or "+" in inside else inside
    return [found[0] for found in PARTS.finditer(plain)]


def merged(one: BarLine, other: BarLine) -> BarLine:
    """Join two bar lines with nothing between them."""
    signs = {one.sign, other.sign}
    if "::" in signs or {":|", "|:"} <= signs:
        sign = "::"
    else:
        sign = next(sign for sign in (":|", "|:", "|]", "||", "|", "") if sign in signs)
    return BarLine(sign, other.ending or one.ending, one.line, one.column, max(one.times, other.times))


def bar_line(text: str) -> str:
    """Return the usual form of a bar line; "" when it is none."""
    text = text.replace("[|]", "|")
    strokes = text.strip(":")
    if text == "::" or (strokes and text[0] == text[-1] == ":"):
        return "::"
    if not strokes:
        return ""
    if len(strokes) != len(text):
        return ":|" if text[0] == ":" else "|:"
    return "|]" if text[-1] == "]" else "|" if text == "|" else "||"


def times(text: str) -> int:
    """Return how often a section is played that a bar line opens or closes: |: and :| twice, |:: and ::| once more."""
    before, after = len(text) - len(text.lstrip(":")), len(text) - len(text.rstrip(":"))
    return max(before, after, 1) + 1 if text.strip(":") else 2
