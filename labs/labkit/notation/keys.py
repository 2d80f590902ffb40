"""Keys: their names in ABC, the sharps and flats they set, and how a written note moves from one to another."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

LETTERS = "CDEFGAB"
SEMITONES = dict(zip(LETTERS, (0, 2, 4, 5, 7, 9, 11), strict=True))
FIFTHS = {letter: place for place, letter in enumerate("FCGDAEB", start=-1)}  # from C: a sharp more for each fifth up
# Fifths from the major key with the same tonic.
MODES = {"lyd": 1, "maj": 0, "mix": -1, "dor": -2, "min": -3, "phr": -4, "loc": -5}
ACCIDENTALS = {"__": -2, "_": -1, "=": 0, "^": 1, "^^": 2}
SPELLED = {alteration: sign for sign, alteration in ACCIDENTALS.items()}
NAME = re.compile(r"([A-G])([#b]?)\s*([A-Za-z]*)")


@dataclass(frozen=True)
class Key:
    """A tonic such as "F#" and a mode: maj, min, dor, mix, lyd, phr or loc.

    changed: (letter, semitones) for each accidental that a signature adds, as in K:D Phr ^f
    alone:   whether those are all that it has, as in K:D exp _b
    """

    tonic: str
    mode: str = "maj"
    changed: tuple[tuple[str, int], ...] = ()
    alone: bool = False

    @classmethod
    def read(cls, text: str) -> Key | None:
        """Read what stands after `K:`, such as "Ador", "E Minor" or "Bb"; None when it is no key.

        Highland pipes ("Hp", "HP") play in A mixolydian.
        """
        text = text.strip()
        if text in {"Hp", "HP"}:
            return cls("A", "mix")
        found = NAME.fullmatch(text)
        if not found:
            return None
        letter, sign, word = found.groups()
        short = word.lower()[:3]
        mode = {"": "maj", "m": "min", "ion": "maj", "aeo": "min"}.get(short, short)
        key = cls(letter + sign, mode)
        return key if mode in MODES and abs(key.sharps) <= 7 else None

    def __str__(self) -> str:
        return self.tonic + self.mode

    @property
    def sharps(self) -> int:
        """How many sharps tonic and mode set; flats count as negative."""
        if self.alone:
            return 0
        return FIFTHS[self.tonic[0]] + 7 * _sign(self.tonic) + MODES[self.mode]

    @cached_property
    def usual(self) -> dict[str, int]:
        """Semitones by which its sharps or flats raise each letter, without what the signature adds."""
        order = "FCGDAEB" if self.sharps > 0 else "BEADGCF"
        changed = order[: abs(self.sharps)]
        return {letter: (1 if self.sharps > 0 else -1) * (letter in changed) for letter in LETTERS}

    @cached_property
    def alterations(self) -> dict[str, int]:
        """Semitones by which it raises each letter."""
        return self.usual | dict(self.changed)

    @property
    def tonic_class(self) -> int:
        """The pitch class of the tonic, 0 (C) to 11 (B)."""
        return (SEMITONES[self.tonic[0]] + _sign(self.tonic)) % 12

    @property
    def scale(self) -> frozenset[int]:
        """The pitch classes of its seven notes."""
        return frozenset((SEMITONES[letter] + self.alterations[letter]) % 12 for letter in LETTERS)

    def transposed(self, semitones: int) -> Key:
        """Return the key of the same mode that is so many semitones higher, with the fewest sharps or flats."""
        pitch_class = (self.tonic_class + semitones) % 12
        names = (letter + sign for letter in LETTERS for sign in ("", "#", "b"))
        keys = (Key(name, self.mode) for name in names if (SEMITONES[name[0]] + _sign(name)) % 12 == pitch_class)
        return min(keys, key=lambda key: (abs(key.sharps), key.sharps))


def _sign(name: str) -> int:
    return {"#": 1, "b": -1}.get(name[1:], 0)


class Written(NamedTuple):
    """A note as it is written: letter A to G, octave (4 holds middle C), and the accidental before it, or none."""

    letter: str
    octave: int
    accidental: str = ""

    def __str__(self) -> str:
        """Return it in ABC: C, is octave 3, C octave 4, c octave 5, c' octave 6."""
        if self.octave >= 5:
            return self.accidental + self.letter.lower() + "'" * (self.octave - 5)
        return self.accidental + self.letter + "," * (4 - self.octave)

    def midi(self, alteration: int) -> int:
        """Return its MIDI number (60 is middle C), raised by so many semitones."""
        return 12 * (self.octave + 1) + SEMITONES[self.letter] + alteration

    def moved(self, steps: int, old: Key, new: Key) -> Written | None:
        """Return it so many letters higher, as far from the new key as it was from the old; None if none writes it."""
        octave, place = divmod(7 * self.octave + LETTERS.index(self.letter) + steps, 7)
        letter = LETTERS[place]
        if not self.accidental:
            return Written(letter, octave)
        away = ACCIDENTALS[self.accidental] - old.alterations[self.letter]
        sign = SPELLED.get(new.alterations[letter] + away)
        return None if sign is None else Written(letter, octave, sign)


def letters_between(old: Key, new: Key, semitones: int) -> int:
    """Return how many letters lie between the tonics of two keys that are so many semitones apart."""
    one, other = LETTERS.index(old.tonic[0]), LETTERS.index(new.tonic[0])
    nearest = round(7 * semitones / 12)
    return min(range(nearest - 3, nearest + 4), key=lambda steps: ((other - one - steps) % 7, abs(steps - nearest)))
