"""The data of the translator: dates and numbers, written out in five languages, with their English.

Dates come from Unicode's CLDR through Babel, numbers from num2words; both write them on your machine, nothing ships.
A date or a number belongs to one part ("train", "valid", "test": 80, 10 and 10 of 100) in every language and format.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from labkit.base.style import say

if TYPE_CHECKING:
    from collections.abc import Sequence

LANGUAGES = {"fr": "French", "de": "German", "es": "Spanish", "hu": "Hungarian", "tr": "Turkish"}
DATES = ("full", "long", "numeric")  # "numeric" is digits only; its English is the long form
KINDS = (*DATES, "number")
PARTS = ("train",) * 8 + ("valid", "test")
SALT = 222  # with it the two examples of the lab, 2026-11-20 and 97, are test data
FIRST, LAST = dt.date(1900, 1, 1), dt.date(2099, 12, 31)
DIGITS = (0.02, 0.13, 0.25, 0.3, 0.15, 0.15)  # how often a number has 1, 2, ... digits
SIGNATURE = "af189625048d"  # of what Babel 2.18 (CLDR 47) and num2words 0.5.14 write
MISSING = "The translator's data needs the packages babel and num2words. Run `pip install babel num2words`."


class DatesError(Exception):
    """The data cannot be made here; the message says what to do."""


@dataclass(frozen=True)
class Pair:
    """One translation; kind: one of KINDS; key: what is said, "2026-11-20" or "97"."""

    source: str
    english: str
    language: str
    kind: str
    key: str


def pairs(
    part: str,
    count: int = 1000,
    *,
    kinds: Sequence[str] = KINDS,
    languages: Sequence[str] = tuple(LANGUAGES),
    seed: int = 0,
) -> list[Pair]:
    """Draw translations of a part; the same seed draws the same ones. All differ, but in "train" some come again.

    kinds: about half of the pairs are numbers (0 to 999,999) when both dates and numbers are asked for
    Raises DatesError when babel or num2words is missing. Says so when they write otherwise than they did for us.
    """
    if part not in PARTS:
        raise ValueError(f"There is no part {part!r}; there are train, valid and test.")
    if unknown := [*(set(kinds) - set(KINDS)), *(set(languages) - set(LANGUAGES))]:
        raise ValueError(f"There is no {unknown[0]!r}; kinds are {', '.join(KINDS)}, languages {', '.join(LANGUAGES)}.")
    _notice()
    forms = [kind for kind in kinds if kind in DATES]
    days = _days(part) if forms else []
    if count > (room := (len(days) * len(forms) + 50_000 * ("number" in kinds)) * len(languages)):
        raise ValueError(f"Part {part} has no {count} different pairs of these kinds; ask for {room} at most.")
    share = (0.5 if forms else 1.0) if "number" in kinds else 0.0
    generator, drawn, known = np.random.default_rng(seed), list[Pair](), set[Pair]()
    while len(drawn) < count:
        language = languages[int(generator.integers(len(languages)))]
        if generator.random() < share:
            number = _number(generator, part)
            while _swallowed(number, language):
                number = _number(generator, part)
            one = pair(number, language)
        else:
            one = pair(days[int(generator.integers(len(days)))], language, forms[int(generator.integers(len(forms)))])
        if part == "train" or one not in known:
            drawn.append(one)
            known.add(one)
    return drawn


def pair(thing: dt.date | int, language: str, kind: str = "full") -> Pair:
    """Write one date or number in a language and in English; kind is of no matter for a number."""
    if isinstance(thing, int):
        return Pair(_say_number(thing, language), _say_number(thing, "en"), language, "number", str(thing))
    english = _say_date(thing, "en", "full" if kind == "full" else "long")
    return Pair(_say_date(thing, language, kind), english, language, kind, thing.isoformat())


def part_of(thing: dt.date | int) -> str:
    """Tell to which part a date or a number belongs, by a hash of it."""
    digest = hashlib.sha256(f"{SALT}{thing}".encode()).digest()
    return PARTS[int.from_bytes(digest[:4], "big") % len(PARTS)]


def plain(text: str) -> str:
    """Write every letter as one character (NFC), and every kind of space as a plain one."""
    text = unicodedata.normalize("NFC", text)
    return "".join(" " if unicodedata.category(character) == "Zs" else character for character in text)


def signature() -> str:
    """Hash a fixed sample of what babel and num2words write here."""
    things: list[dt.date | int] = [FIRST + dt.timedelta(days=step) for step in range(0, 73_000, 331)]
    things += [*range(100), *range(101, 1_000_000, 7919)]
    sample = [
        pair(thing, language, kind)
        for thing in things
        for language in LANGUAGES
        for kind in (("number",) if isinstance(thing, int) else DATES)
    ]
    said = "\n".join(f"{one.source}\t{one.english}" for one in sample)
    return hashlib.sha256(said.encode()).hexdigest()[:12]


@cache
def _notice() -> None:
    """Say once when this machine writes dates or numbers otherwise than ours did."""
    if signature() != SIGNATURE:
        say(
            "Your babel or num2words writes some dates or numbers otherwise than ours did (data/README.md). "
            "All works; the shipped translators may make a few more mistakes."
        )


@cache
def _days(part: str) -> list[dt.date]:
    every = [FIRST + dt.timedelta(days=step) for step in range((LAST - FIRST).days + 1)]
    return [day for day in every if part_of(day) == part]


def _number(generator: np.random.Generator, part: str) -> int:
    while True:
        digits = int(generator.choice(len(DIGITS), p=DIGITS)) + 1
        number = int(generator.integers(10 ** (digits - 1) if digits > 1 else 0, 10**digits))
        if part_of(number) == part:
            return number


def _swallowed(number: int, language: str) -> bool:
    """Tell whether num2words leaves out a digit: in Turkish it writes 101,001 like 100,001."""
    return language == "tr" and number > 100_000 and number // 1000 % 10 == 1


def _say_date(day: dt.date, language: str, kind: str) -> str:
    babel_dates, _ = _writers()
    if kind == "numeric":
        return plain(babel_dates.format_skeleton("yMd", day, locale=language))
    return plain(babel_dates.format_date(day, kind, locale=language))


@cache
def _say_number(number: int, language: str) -> str:
    _, num2words = _writers()
    return plain(num2words.num2words(number, lang=language))


def _writers() -> tuple[Any, Any]:
    try:
        import babel.dates
        import num2words  # type: ignore[import-untyped,unused-ignore]
    except ImportError as error:
        raise DatesError(MISSING) from error
    return babel.dates, num2words
