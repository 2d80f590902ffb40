"""Builds the course's collection of folk tunes from the ABC files inside the installed music21 package.

Nothing is redistributed: what ships is this program and the hash of its result (data/README.md: provenance, licences).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from dataclasses import asdict, dataclass, field
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from labkit.base.files import cache as cache_folder
from labkit.base.files import keep
from labkit.base.files import path as shipped
from labkit.notation import abc, canonical, families
from labkit.notation.tune import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import numpy as np
    from numpy.typing import NDArray

BOOKS = {
    "oneills1850": "O'Neill's Music of Ireland",
    "ryansMammoth": "Ryan's Mammoth Collection",
    "airdsAirs": "Aird's Airs",
    "miscFolk": "American fife tunes, Northumbrian Minstrelsy",
}
PARTS = ("train",) * 8 + ("valid", "test")  # 80, 10 and 10 of 100 families
REASONS = {
    "header": "have no usable M: or K:",
    "symbol": "hold what the reader does not know (other voices, changes inside the tune, typing errors)",
    "bar": "have bars that do not fill the meter",
    "repeat": "have repeats that do not balance",
}
# Tunes of the books that the reader takes today, not when the course's weights were trained (a change of L:,
# a repeated K:, a "+" or "*"), by the first letters of the hash of their text. They stay out, so that text and hash of
# the collection, the weights and the figures of labs 2 and 3 stay.
HELD_BACK = frozenset(
    (
        *(
            "28456d4904b8",
            "da3169814c9e",
            "2c226603b07c",
            "f0e98a310d6e",
            "54fd36bd76d0",
            "4680b02b1aed",
            "c1db65639f71",
        ),
        *(
            "10997ea6c68d",
            "238c67339676",
            "2baa3d684643",
            "6dbfc04f5b32",
            "24ec067f3017",
            "83df3ac56ffa",
            "8a0879b711fe",
        ),
    )
)
CREDITS = {"T": "title", "C": "composer", "S": "source", "Z": "transcriber"}


UNWRITABLE = Problem("symbol", 1, 1, "It holds a note that no accidental writes.")


class CorpusError(Exception):
    """The collection cannot be built here; the message says what to do."""


@dataclass(frozen=True)
class Entry:
    """One tune of the collection.

    text:   in canonical ABC (`labkit.notation.canonical`)
    book:   where it stands; number: its X: there; title and the other credits: as the book has them
    family: a hash that all versions of a tune share (`labkit.notation.families`), in whatever key
    part:   "train", "valid" or "test", by family
    """

    text: str
    title: str
    book: str
    number: str
    family: str
    part: str
    composer: str = ""
    source: str = ""
    transcriber: str = ""


@dataclass(frozen=True)
class LeftOut:
    """A tune that could not be used.

    book, number, title: as in `Entry`;   line: of the file, from 1;   kind: one of `REASONS`;   reason: a sentence
    legal: whether the tune is right as ABC, and only the course's way of writing has no place for it
    """

    book: str
    number: str
    title: str
    line: int
    kind: str
    reason: str
    legal: bool

    def __str__(self) -> str:
        name = f"X:{self.number} {self.title!r}" if self.title else f"X:{self.number}"
        return f"{self.book}, line {self.line}, {name}: {self.reason}"


@dataclass(frozen=True)
class Corpus:
    """All tunes that could be used, how many were set aside for which reason (`REASONS`), and (of own tunes) which."""

    entries: tuple[Entry, ...]
    set_aside: dict[str, int] = field(default_factory=dict)
    left_out: tuple[LeftOut, ...] = ()

    def part(self, name: str) -> list[Entry]:
        """List the tunes of "train", "valid" or "test"."""
        return [entry for entry in self.entries if entry.part == name]

    def packed(self) -> str:
        """Return it as JSON: the same bytes on every machine."""
        rows = {"entries": [asdict(entry) for entry in self.entries], "set_aside": self.set_aside}
        return json.dumps(rows, ensure_ascii=True, sort_keys=True, separators=(",", ":"))

    @classmethod
    def unpack(cls, packed: str) -> Corpus:
        """Undo `packed`."""
        rows = json.loads(packed)
        return cls(tuple(Entry(**row) for row in rows["entries"]), rows["set_aside"])


@cache
def tunes() -> Corpus:
    """Load the folk tunes of the course: built from the installed music21 in some seconds, then kept in a cache.

    Raises CorpusError when music21 is missing or holds other tunes.
    """
    facts = json.loads(shipped("lab2/tunes.json").read_text(encoding="utf-8"))
    return load(facts["sha256"])


def load(sha256: str, folder: Path | None = None) -> Corpus:
    """Return the collection from the cache, or build it and keep it there.

    Raises CorpusError when music21 is missing, or its files are others than those that give this hash.
    """
    kept = (folder or cache_folder()) / f"tunes-{sha256[:12]}.json"
    try:
        packed = kept.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError):
        packed = ""
    if _hash(packed) == sha256:
        return Corpus.unpack(packed)
    corpus = build(files())
    packed = corpus.packed()
    if _hash(packed) != sha256:
        raise CorpusError(
            "The tunes inside your music21 are not those of this course. Install a version that has them: "
            '%pip install "music21>=9.9,<11", then restart the kernel.'
        )
    keep(kept, packed)
    return corpus


def _hash(packed: str) -> str:
    return hashlib.sha256(packed.encode()).hexdigest()


def digest(text: str) -> str:
    """Return the first letters of the hash of a tune's text, as `HELD_BACK` has them."""
    return _hash(text)[:12]


def files() -> list[Path]:
    """Find the ABC files, without importing music21."""
    found = find_spec("music21")
    if not found or not found.submodule_search_locations:
        raise CorpusError("The tunes come with the package music21, which is not installed: %pip install music21")
    corpus = Path(next(iter(found.submodule_search_locations)), "corpus")
    paths = [path for book in BOOKS for path in sorted((corpus / book).glob("*.abc"), key=lambda path: path.name)]
    if not paths:
        raise CorpusError("This music21 comes without its corpus: %pip install --force-reinstall music21")
    return paths


def build(paths: Iterable[Path]) -> Corpus:
    """Clean every tune of the course's books; set aside what cannot be read or does not add up."""
    clean = Cleaning()
    for path in paths:
        for text in tunes_of(path.read_text(encoding="utf-8", errors="replace")):
            if digest(text) in HELD_BACK:
                clean.reasons["symbol"] += 1
            else:
                clean.take(text, path.parent.name)
    entries = [entry(*row, family, _part(family)) for row, family in zip(clean.kept, clean.families(), strict=True)]
    return Corpus(tuple(entries), dict(sorted(clean.reasons.items())))


class Cleaning:
    """Cleans tunes one by one: `kept` has those that could be used, each as it stood, as we write it, and its book."""

    def __init__(self) -> None:
        self.kept: list[tuple[str, str, str]] = []
        self.names: list[str] = []
        self.runs: list[NDArray[np.uint64]] = []
        self.reasons: Counter[str] = Counter()

    def take(self, text: str, book: str) -> Problem | None:
        """Keep a tune, or return why not: the first problem of the first kind."""
        tune = canonical.tidied(abc.parse(text))
        written = canonical.text(tune) if not tune.outside() else None
        if written is None:
            order = list(REASONS).index
            first = min(tune.outside(), key=lambda one: (order(one.kind), one.line, one.column), default=UNWRITABLE)
            self.reasons[first.kind] += 1
            return first
        self.kept.append((text, written, book))
        self.names.append(canonical.family(tune))
        self.runs.append(families.runs(tune))
        return None

    def families(self) -> list[str]:
        """Name the family of each tune."""
        return families.gathered(self.names, self.runs) if self.names else []


def tunes_of(text: str) -> Iterator[str]:
    """Split a file into its tunes: each begins with X:."""
    parts = re.split(r"^(?=X:)", text, flags=re.MULTILINE)
    return (part for part in parts if part.startswith("X:"))


def _part(family: str) -> str:
    """Say in which part the course has a family."""
    return PARTS[int(family[:8], 16) % len(PARTS)]


def entry(text: str, written: str, book: str, family: str, part: str) -> Entry:
    """Take with a tune what its book says of it."""
    credits_ = {name: credit(text, letter) for letter, name in CREDITS.items()}
    number = credit(text, "X").lstrip("0")
    return Entry(text=written, book=book, number=number, family=family, part=part, **credits_)


def credit(text: str, letter: str) -> str:
    """Return what the first field of a letter says, such as "T"; "" where there is none."""
    found = re.search(rf"^{letter}:([^%\r\n]*)", text, flags=re.MULTILINE)
    return " ".join(found[1].split()).strip('"') if found else ""
