"""Where the beats of a meter fall: which are strong, which notes share a beam, where a short bar begins."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from labkit.notation.abc import Tune
    from labkit.notation.bars import Bar

QUARTER = Fraction(1, 4)
# The beat in whole notes, and how many of them go into a minute at the pace of a calm dance.
PACES = {
    "2/4": (QUARTER, 88),
    "4/4": (Fraction(1, 2), 80),
    "2/2": (Fraction(1, 2), 90),
    "3/4": (QUARTER, 126),
    "3/2": (Fraction(1, 2), 92),
    "3/8": (Fraction(3, 8), 58),
    "6/8": (Fraction(3, 8), 110),
    "9/8": (Fraction(3, 8), 106),
    "12/8": (Fraction(3, 8), 104),
    "6/4": (Fraction(3, 4), 84),
    "9/4": (Fraction(3, 4), 84),
}


def pace(tune: Tune) -> tuple[Fraction, int]:
    """Return the beat, in whole notes, and how many of them go into a minute."""
    return PACES.get(tune.meter_name) or ((Fraction(3, 8), 108) if tune.compound else (QUARTER, 120))


def begins(bar: Bar, tune: Tune) -> Fraction:
    """Return at which time of a full bar a bar begins: 0, or later when it is an upbeat."""
    first = bar.left is None or bar.events[0] is tune.events[0]
    upbeat = first or (bar.starts_section and not bar.ends_section and not bar.ending)
    return max(tune.meter - bar.duration, Fraction(0)) if upbeat else Fraction(0)


def strength(tune: Tune, time: Fraction) -> int:
    """Say how strong a time of the bar is: 3 (its first), 2 (a main beat), 1 (another beat) or 0 (between beats)."""
    if time == 0:
        return 3
    beat, _ = pace(tune)
    if time % beat == 0:
        return 2
    return 1 if time % _second(tune) == 0 else 0


def _second(tune: Tune) -> Fraction:
    """Return the lesser beat of simple meters."""
    beat, _ = pace(tune)
    return beat if tune.compound or beat.numerator == 3 else beat / 2


def beam(tune: Tune) -> Fraction:
    """Return the stretch of a bar over which eighth notes share a beam."""
    beat, _ = pace(tune)
    return beat if beat.denominator >= 4 or beat == Fraction(1, 2) else QUARTER


def swung(tune: Tune) -> Fraction | None:
    """Return the pair of notes, in whole notes, that swing divides unevenly; None in meters that do not swing."""
    if tune.compound or tune.meter_name in {"3/8", "6/4", "9/4"}:
        return None
    return Fraction(1, 8) if tune.meter_name == "2/4" else QUARTER
