"""Reads the header of a tune in ABC notation: title, meter, unit of length and key."""

from __future__ import annotations

import re
from fractions import Fraction

from labkit.notation.keys import Key
from labkit.notation.tune import Problem, Tune

METERS = {"C": "4/4", "C|": "2/2"}
FIELD = re.compile(r"([A-Za-z+]):(?![|:])(.*)")


def read(text: str) -> tuple[Tune, list[str], int]:
    """Read the fields up to K:; return the lines after it, and the number of the first."""
    tune, lines = Tune(text), text.splitlines()
    found: dict[str, int] = {}
    number = 0
    for number, line in enumerate(lines, start=1):
        field_ = FIELD.match(line)
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
