"""Tunes as tokens, one for each note: a symbol (a pitch counted from the tonic, a bar line, ...) and a length.

The same tune in another key is the same tokens after its K:, so a model of them need not learn twelve keys. Tokens say
exactly what the canonical text says (`labkit.notation.canonical`): text -> tokens -> the same text.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from labkit.notation import abc
from labkit.notation.keys import LETTERS, Written

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

PADDING, OTHER = 0, 1  # ids of symbols; OTHER stands for a symbol that no training tune holds
NO_LENGTH = 0  # id of the length of what has none
END, REST, TIE = "end", "z", "-"
CHORD = "&"  # after a note to which the next one belongs: both sound together


class Token(NamedTuple):
    """One step of a tune.

    symbol: "M:6/8", "K:Dmaj"; a note such as "^+4" (accidental, then letters above the tonic in the octave of middle
            C), with "&" where it is not the last of its chord; "z"; "-" (a tie); "(3"; a bar line with its ending,
            such as "|" or ":|2"; "[1" where an ending begins inside a bar; "end"
    length: of a note or rest, in eighth notes before a tuplet squeezes it, such as "1" or "3/2"; else ""
    """

    symbol: str
    length: str = ""


def tokens(text: str) -> list[Token]:
    """Read a canonical text."""
    tune = abc.read(text)
    tonic = LETTERS.index(tune.key.tonic[0])
    found = [Token(f"M:{tune.meter_name}"), Token(f"K:{tune.key}")]
    for item in tune.items:
        if isinstance(item, abc.BarLine):
            found.append(Token(item.sign + item.ending if item.sign else f"[{item.ending}"))
            continue
        if item.tuplet:
            found.append(Token(item.tuplet))
        notes = [
            f"{one.accidental}{7 * (one.octave - 4) + LETTERS.index(one.letter) - tonic:+d}" for one in item.written
        ]
        found += [Token(note + CHORD) for note in notes[:-1]]
        found.append(Token(notes[-1] if notes else REST, str(item.length / abc.EIGHTH)))
        if item.tied:
            found.append(Token(TIE))
    return [*found, Token(END)]


def text(tokens: Iterable[Token]) -> str:
    """Write tokens as ABC; of tokens that make no tune, it writes what they say all the same."""
    parts: list[str] = []
    tonic, chord = 0, False
    for symbol, length in tokens:
        if symbol.startswith("M:"):
            parts.append(f"{symbol}\nL:1/8\n")
        elif symbol.startswith("K:"):
            tonic = LETTERS.index(symbol[2])
            parts.append(symbol + "\n")
        elif symbol == END:
            parts.append("\n")
        elif is_note(symbol):
            within = symbol.endswith(CHORD)
            parts.append("[" * (within and not chord) + _note(symbol.rstrip(CHORD), tonic))
            parts.append("" if within else "]" * chord + length_text(length))
            chord = within
        else:
            parts.append(symbol + length_text(length))
    return "".join(parts)


def is_note(symbol: str) -> bool:
    """Say whether a symbol is a note."""
    return symbol.rstrip(CHORD)[-1:].isdigit() and symbol.lstrip("^_=")[0] in "+-"


def steps(symbol: str) -> int:
    """Return how many letters a note lies above the tonic in the octave of middle C."""
    return int(symbol.rstrip(CHORD).lstrip("^_="))


def _note(symbol: str, tonic: int) -> str:
    sign = symbol[: len(symbol) - len(symbol.lstrip("^_="))]
    octave, place = divmod(steps(symbol) + tonic, 7)
    return str(Written(LETTERS[place], octave + 4, sign))


def length_text(length: str) -> str:
    """Write a length as ABC has it: "1" is "", "1/2" is "/", "3/2" is "3/"."""
    over, _, under = length.partition("/")
    return ("" if over == "1" else over) + ("/" + ("" if under == "2" else under) if under else "")


@dataclass(frozen=True)
class Vocabulary:
    """The symbols and lengths of a collection, in the order of their ids."""

    symbols: tuple[str, ...]
    lengths: tuple[str, ...]

    @classmethod
    def of(cls, tunes: Iterable[Sequence[Token]]) -> Vocabulary:
        """Collect the symbols and the lengths that occur."""
        every = {token for tune in tunes for token in tune}
        symbols, lengths = {one.symbol for one in every}, {one.length for one in every if one.length}
        return cls(("", "?", *sorted(symbols)), ("", *sorted(lengths, key=Fraction)))

    @cached_property
    def symbol_ids(self) -> dict[str, int]:
        """Return the id of each symbol."""
        return {symbol: number for number, symbol in enumerate(self.symbols)}

    @cached_property
    def length_ids(self) -> dict[str, int]:
        """Return the id of each length."""
        return {length: number for number, length in enumerate(self.lengths)}

    @cached_property
    def sounding(self) -> NDArray[np.bool_]:
        """Say of each symbol whether a length belongs to it: (symbols,)."""
        return np.array([one == REST or (bool(one) and is_note(one) and one[-1] != CHORD) for one in self.symbols])

    def encode(self, tune: Sequence[Token]) -> NDArray[np.int64]:
        """Turn tokens into ids (time, 2): symbol, length."""
        rows = [(self.symbol_ids.get(one.symbol, OTHER), self.length_ids.get(one.length, NO_LENGTH)) for one in tune]
        return np.array(rows, dtype=np.int64).reshape(-1, 2)

    def decode(self, ids: Iterable[Sequence[int]]) -> list[Token]:
        """Turn ids back into tokens; padding and unknown symbols are dropped."""
        return [Token(self.symbols[symbol], self.lengths[length]) for symbol, length in ids if symbol > OTHER]
