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
CREDITS = {"T": "title", "C": "composer", "S": "source", "Z": "transcriber"}


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
class Corpus:
    """All tunes that could be used, and how many were set aside for which reason (`REASONS`)."""

    entries: tuple[Entry, ...]
    set_aside: dict[str, int] = field(default_factory=dict)

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
    """Clean every tune of some files; set aside what cannot be read or does not add up."""
    kept: list[tuple[str, str, str]] = []  # as it stood, as we write it, its book
    names: list[str] = []
    runs: list[NDArray[np.uint64]] = []
    reasons: Counter[str] = Counter()
    for path in paths:
        for text in tunes_of(path.read_text(encoding="utf-8", errors="replace")):
            tune = canonical.tidied(abc.parse(text))
            if tune.problems:
                reasons[min((one.kind for one in tune.problems), key=list(REASONS).index)] += 1
                continue
            kept.append((text, canonical.text(tune) or "", path.parent.name))
            names.append(canonical.family(tune))
            runs.append(families.runs(tune))
    entries = (_entry(*row, family) for row, family in zip(kept, families.gathered(names, runs), strict=True))
    return Corpus(tuple(entries), dict(sorted(reasons.items())))


def tunes_of(text: str) -> Iterator[str]:
    """Split a file into its tunes: each begins with X:."""
    parts = re.split(r"^(?=X:)", text, flags=re.MULTILINE)
    return (part for part in parts if part.startswith("X:"))


def _entry(text: str, written: str, book: str, family: str) -> Entry:
    """Put a tune in its part, with what its book says of it."""
    credits_ = {name: _field(text, letter) for letter, name in CREDITS.items()}
    number = _field(text, "X").lstrip("0")
    part = PARTS[int(family[:8], 16) % len(PARTS)]
    return Entry(text=written, book=book, number=number, family=family, part=part, **credits_)


def _field(text: str, letter: str) -> str:
    found = re.search(rf"^{letter}:([^%\n]*)", text, flags=re.MULTILINE)
    return " ".join(found[1].split()).strip('"') if found else ""
