"""How much of a tune is new: the longest run of notes that it shares, in any key, with a tune of the training part.

A note counts as the same when its interval from the note before, its duration and the rest after it are the same. Of a
chord the top note counts. Tied notes are one. Repeats are taken as written.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from labkit.notation import abc, bars, corpus

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from labkit.notation.abc import Tune
    from labkit.notation.corpus import Corpus, Entry

BETWEEN = "\0"  # stands between two tunes of a library
NEVER = "\1"  # a step that no tune of the library takes


class Note(NamedTuple):
    """One note of a melody: onset, duration and the rest after it in whole notes; its MIDI number; its bar, from 1."""

    onset: Fraction
    duration: Fraction
    rest: Fraction
    pitch: int
    bar: int


def melody(tune: Tune) -> list[Note]:
    """List the notes of a tune as they sound: the top note of a chord, tied notes as one. Bars count as drawn."""
    found: list[Note] = []
    held = False
    for number, bar in enumerate(bars.split(tune), 1):
        for event in bar.events:
            if not event.pitches:
                if found:
                    found[-1] = found[-1]._replace(rest=found[-1].rest + event.duration)
                held = False
                continue
            if held and max(event.pitches) == found[-1].pitch:
                found[-1] = found[-1]._replace(duration=found[-1].duration + event.duration)
            else:
                found.append(Note(event.onset, event.duration, Fraction(0), max(event.pitches), number))
            held = event.tied
    return found


def _steps(notes: Sequence[Note]) -> list[tuple[int, Fraction, Fraction, Fraction]]:
    """Say for each note but the first what leads to it; the same n steps are the same n + 1 notes, in some key."""
    return [(new.pitch - old.pitch, old.duration, old.rest, new.duration) for old, new in pairwise(notes)]


@dataclass(frozen=True)
class Match:
    """The longest run of notes that a tune shares with a library.

    length:    in notes; 0 when the tune has no note, 1 when it shares no two notes in a row
    entry:     the first tune of the library that holds the run; None when length is below 2
    own_start: where the run begins in `notes`; its_start: where it begins in the melody of `entry`
    own_bars, its_bars: first and last bar of the run, from 1
    holders:   how many tunes of the library hold the run
    notes:     the melody of the tune;   per_note: for each of its notes, the longest shared run that the note is in
    """

    length: int
    entry: Entry | None
    own_start: int
    its_start: int
    own_bars: tuple[int, int]
    its_bars: tuple[int, int]
    holders: int
    notes: tuple[Note, ...]
    per_note: tuple[int, ...]


class Library:
    """Tunes in which shared runs are looked up: a sorted list of all places (a suffix array).

    entries: the tunes that a model learned from; others: real tunes it did not, to compare with
    """

    def __init__(self, entries: Sequence[Entry], others: Sequence[Entry] = ()) -> None:
        self.entries, self.others = tuple(entries), tuple(others)
        self._signs: dict[tuple[int, Fraction, Fraction, Fraction], str] = {}
        parts = [self._write(entry.text) for entry in self.entries]
        self._text = BETWEEN.join(parts)
        self._begins = np.cumsum([0, *(len(part) + 1 for part in parts)])[:-1]  # (entries,)
        self._order = _suffix_array(self._text)  # (places,)

    def _write(self, text: str) -> str:
        """Write a tune with one character for each step, and learn new steps."""
        signs = self._signs
        return "".join(signs.setdefault(step, chr(len(signs) + 2)) for step in _steps(melody(abc.read(text))))

    def longest(self, text: str) -> Match:
        """Find the longest run of notes that a tune in ABC shares with a tune of the library. Never raises."""
        notes = tuple(melody(abc.read(text)))
        signs = "".join(self._signs.get(step, NEVER) for step in _steps(notes))
        shared = [self._shared(signs[start:]) for start in range(len(signs))]
        per_note = [min(1, len(notes))] * len(notes)
        for start, (length, _) in enumerate(shared):
            for place in range(start, start + length + 1):
                per_note[place] = max(per_note[place], length + 1)
        own_start = max(range(len(shared)), key=lambda start: shared[start][0], default=0)
        length, place = shared[own_start] if shared else (0, 0)
        if not length:
            return Match(min(1, len(notes)), None, 0, 0, (0, 0), (0, 0), 0, notes, tuple(per_note))
        return self._match(signs[own_start : own_start + length], own_start, notes, tuple(per_note))

    def _match(self, run: str, own_start: int, notes: tuple[Note, ...], per_note: tuple[int, ...]) -> Match:
        """Say whose a run is."""
        low = bisect_left(self._order, run, key=lambda place: self._text[place : place + len(run)])
        high = bisect_right(self._order, run, lo=low, key=lambda place: self._text[place : place + len(run)])
        places = np.sort(self._order[low:high])
        whose = np.searchsorted(self._begins, places, side="right") - 1
        entry, its_start = self.entries[whose[0]], int(places[0] - self._begins[whose[0]])
        its = melody(abc.read(entry.text))
        return Match(
            len(run) + 1,
            entry,
            own_start,
            its_start,
            (notes[own_start].bar, notes[own_start + len(run)].bar),
            (its[its_start].bar, its[its_start + len(run)].bar),
            len(set(whose.tolist())),
            notes,
            per_note,
        )

    def _shared(self, signs: str) -> tuple[int, int]:
        """Return how many of the first signs stand somewhere in the library, and a place where they do."""
        if signs[0] == NEVER:
            return 0, 0
        after = bisect_left(self._order, signs, key=lambda place: self._text[place : place + len(signs)])
        near = [int(place) for place in self._order[max(after - 1, 0) : after + 1]]
        return max(((_common(signs, self._text, place), place) for place in near), default=(0, 0))

    @cached_property
    def real(self) -> NDArray[np.int64]:
        """The longest shared run of each of the other real tunes: (others,). Takes some seconds the first time."""
        return np.array([self.longest(entry.text).length for entry in self.others], np.int64)


def _common(signs: str, text: str, place: int) -> int:
    """Count the signs that a text has at a place too."""
    low, high = 0, len(signs)
    while low < high:
        middle = (low + high + 1) // 2
        if text.startswith(signs[:middle], place):
            low = middle
        else:
            high = middle - 1
    return low


def _suffix_array(text: str) -> NDArray[np.int64]:
    """Sort all places of a text by what stands from there on: by 1, 2, 4 ... characters, until all differ."""
    rank = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.int64)
    reach = 1
    order = np.argsort(rank, kind="stable")
    while True:
        after = np.concatenate([rank[reach:] + 1, np.zeros(min(reach, len(rank)), np.int64)])
        pair = rank * (max(len(rank), 0x110000) + 2) + after
        order = np.argsort(pair, kind="stable")
        rank = np.empty_like(order)
        rank[order] = np.concatenate([[0], np.cumsum(np.diff(pair[order]) != 0)])[: len(order)]
        reach *= 2
        if reach >= len(rank) or rank[order[-1]] == len(rank) - 1:
            return order


@cache
def training() -> Library:
    """Return the library of the course's training tunes; the tunes of the other two parts are what to compare with."""
    return library(corpus.tunes())


def library(tunes: Corpus) -> Library:
    """Return the library of a collection's training tunes, such as `data.tunes("irish.abc")`: as `training` does.

    Raises ValueError when no tune is for training.
    """
    if not tunes.part("train"):
        raise ValueError("The collection has no tune for training.")
    return Library(tunes.part("train"), [*tunes.part("valid"), *tunes.part("test")])
