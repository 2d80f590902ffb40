"""Reads whole collections with ours, abc2midi and music21, and counts the tunes on which they differ.

`python -m benchmarks.abc.tunes` reads the 3,904 tunes of the course and, from other folders of music21's corpus, tunes
that the course does not have. What ornaments a tune (graces, decorations, chord symbols) is taken out first for all
three: the standard leaves open how it is played.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.abc import readers
from labkit import data
from labkit.notation import abc, corpus, tunebook

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from benchmarks.abc.readers import Played

NEAR = 0.04  # quarter notes: MIDI counts in ticks, and abc2midi spreads a chord over some
ORNAMENT = re.compile(r"\{[^{}\n]*\}|\"[^\"\n]*\"|![^!|\[\]\s]*!|(?<![A-Za-z:])[.~TMPHJLOSuv](?=[\^_=]*[A-Ga-g\[])")
FOREIGN = {"essenFolksong": 20, "nottingham-dataset": 1, "ryansMammoth": 5, "airdsAirs": 5, "miscFolk": 1, "josquin": 1}


def plain(text: str) -> str:
    """Take out of a tune's body what ornaments it."""
    header, key, body = text.replace("R:", "N:").partition("\nK:")  # abc2midi gives a hornpipe its swing
    first, end, rest = body.partition("\n")
    return header + key + first + end + ORNAMENT.sub("", rest)


def difference(one: list[Played], other: list[Played]) -> str:
    """Name the first kind of difference: "", "length" (other notes, or more of them), "pitch" or "time"."""
    one, other = (sorted(notes, key=lambda note: (round(float(note.onset), 1), note.pitch)) for notes in (one, other))
    if [note.pitch for note in one] != [note.pitch for note in other]:
        return "order" if len(one) != len(other) else "pitch"
    apart = any(
        abs(mine.onset - its.onset) > NEAR or abs(mine.duration - its.duration) > NEAR
        for mine, its in zip(one, other, strict=True)
    )
    return "time" if apart else ""


def course() -> Iterator[tuple[str, str]]:
    """Give (name, text) of the course's tunes."""
    for entry in data.tunes().entries:
        yield f"{entry.book}: {entry.title}", f"X:1\nT:{entry.title}\n{entry.text}"


def foreign() -> Iterator[tuple[str, str]]:
    """Give (name, text) of tunes in other folders of music21's corpus, as they stand there; of large ones a part."""
    root = corpus.files()[0].parents[1]
    for folder, every in FOREIGN.items():
        texts = (
            (path.stem, piece.text)
            for path in sorted((root / folder).rglob("*.abc"))
            for piece in tunebook.pieces(tunebook.decoded(path.read_bytes()))
        )
        for name, text in islice(texts, 0, None, every):
            yield f"{folder}/{name}: {corpus.credit(text, 'T')}", plain(text)


def compared(row: tuple[str, str], programs: Sequence[str]) -> tuple[str, str, dict[str, str]]:
    """Compare one tune; return its name, what our reader says of it, and the difference to each program."""
    name, text = row
    read = abc.read(text)
    status = "wrong" if read.wrong("header", "symbol") else "beyond" if read.outside("header", "symbol") else "read"
    mine, found = readers.ours(text), {}
    for program in programs:
        given = text.replace("::", ":||:") if program == "music21" else text  # it takes `D::` for a field
        try:
            found[program] = difference(mine, readers.READERS[program](given))
        except Exception as error:  # noqa: BLE001  (what a program does with a tune is what is asked)
            found[program] = f"{type(error).__name__}"
    return name, status, found


def main() -> None:
    """Print a table, and each tune on which ours differs from both."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--every", type=int, default=1, help="read every so many tunes only")
    parser.add_argument("--programs", nargs="+", default=["abc2midi", "music21"], choices=list(readers.READERS))
    parser.add_argument("--out", type=Path, help="write each difference to this file")
    options = parser.parse_args()
    lines: list[str] = []
    for title, rows in (("the course's tunes", course), ("others", foreign)):
        counts: Counter[tuple[str, str, str]] = Counter()
        for row in islice(rows(), 0, None, options.every):
            name, status, found = compared(row, options.programs)
            for program, differs in found.items():
                counts[status, program, differs or "same"] += 1
            if any(found.values()):
                lines.append(f"{status}\t{name}\t" + "\t".join(f"{one}={two}" for one, two in found.items()))
        print(title)
        for (status, program, differs), number in sorted(counts.items()):
            print(f"  {status:7} {program:9} {differs:12} {number}")
    if options.out:
        options.out.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
