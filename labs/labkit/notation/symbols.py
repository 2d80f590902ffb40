"""The symbols between the bar lines of ABC notation: how each is spelt, and what a pitch, a length, a bar line mean."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from labkit.notation.keys import Written
from labkit.notation.tune import BarLine

if TYPE_CHECKING:
    from fractions import Fraction

# `*+` and `?+` never give back what they took: no text, however strange, takes long to read.
_PITCH = r"(?:\^\^?+|__?+|=)?+[A-Ga-g][,']*+"
_LENGTH = r"[0-9]*+/*+[0-9]*+"
_NUMBER = r"[1-9](?:[,-][1-9])*+"
# Spaces, slurs, decorations, annotations, grace notes, comments; a ! that opens no decoration breaks the line.
_PASSED = (
    r"[.~H-Yh-wy`\s]++|\((?![2-9])|\)|![^!|\[\]\s]*+!|!|\"[^\"\n]*+\"|\{[^{}\n]*+\}|%[^\n]*+"
    r"|\\(?=[ \t]*+(?:%[^\n]*+)?$)"
)
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
            rf"(?P<chord>\[(?P<inside>(?:{_PITCH}{_LENGTH}[-~.]?+)++)\](?P<length>{_LENGTH}))",
            r"(?P<rest_bars>Z[0-9]*+)",
            r"(?P<broken>>++|<++)",
            r"(?P<tie>-)",
            r"(?P<unknown>.)",
        )
    ),
    re.MULTILINE,
)
PARTS = re.compile(r"(\^\^?+|__?+|=)?+([A-Ga-gxz])([,']*+)([0-9]*+)(/*+)([0-9]*+)")


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


def _length(over: str, slashes: str, under: str, unit: Fraction) -> Fraction | None:
    """Read a length such as 2, 3/2, / or //, in units of L:; None when it is none."""
    if max(map(len, (over, under))) > 3 or len(slashes) > 6:
        return None
    above, below = int(over or 1), int(under or 2) if slashes else 1
    below *= 2 ** max(len(slashes) - 1, 0)
    return unit * above / below if above and below else None


def merged(one: BarLine, other: BarLine) -> BarLine:
    """Join two bar lines with nothing between them."""
    signs = {one.sign, other.sign}
    if "::" in signs or {":|", "|:"} <= signs:
        sign = "::"
    else:
        sign = next(sign for sign in (":|", "|:", "|]", "||", "|", "") if sign in signs)
    return BarLine(sign, other.ending or one.ending, one.line, one.column)


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
