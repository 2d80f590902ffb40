"""Reads a collection of one's own from ABC files; says what can be used, and what is left out for which reason."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from labkit.base.style import say
from labkit.notation import tunebook
from labkit.notation.corpus import Cleaning, Corpus, CorpusError, LeftOut, credit, entry

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_SAID = 5  # tunes of a kind that are named


def read(source: str | Path | Iterable[str | Path]) -> Corpus:
    """Read a collection of one's own, from ABC files or folders of them; say what can be used and what is left out.

    Families are divided as those of the course, 80, 10 and 10 of 100, but so that each part has one if there are three.
    Raises CorpusError when a file is missing, or no tune can be used.
    """
    clean, left_out = Cleaning(), []
    paths = _paths(source)
    for path in paths:
        for piece in tunebook.pieces(tunebook.decoded(path.read_bytes())):
            problem = clean.take(piece.text, path.stem)
            if problem:
                number, title = credit(piece.text, "X"), credit(piece.text, "T")
                line = max(piece.line + problem.line - 1, 1)
                left_out.append(LeftOut(path.stem, number, title, line, problem.kind, problem.message, problem.legal))
    named = ", ".join(path.name for path in paths[:3]) + (f" and {len(paths) - 3} more" if len(paths) > 3 else "")
    if not clean.kept:
        why = f" The first: {left_out[0]}" if left_out else " A tune begins with a line X:1, and has lines M: and K:."
        raise CorpusError(f"No tune of {named} can be used.{why}")
    families_ = clean.families()
    parts = _dealt(families_)
    entries = [entry(*row, name, parts[name]) for row, name in zip(clean.kept, families_, strict=True)]
    corpus = Corpus(tuple(entries), dict(sorted(clean.reasons.items())), tuple(left_out))
    _say(corpus, named)
    return corpus


def _paths(source: str | Path | Iterable[str | Path]) -> list[Path]:
    """List the files; a folder stands for all in it that end in .abc."""
    named = [Path(source)] if isinstance(source, str | Path) else [Path(one) for one in source]
    found: list[Path] = []
    for path in named:
        inside = sorted(path.glob("*.abc")) if path.is_dir() else [path]
        if not inside or not inside[0].is_file():
            said = str(path)[:100]
            raise CorpusError(
                f"There is no file {said!r} here. Upload it beside this notebook, or give its whole path."
                if not path.is_dir()
                else f"In the folder {said!r} there is no file that ends in .abc."
            )
        found += inside
    if not found:
        raise CorpusError("No file was named.")
    return found


def _dealt(names: Iterable[str]) -> dict[str, str]:
    """Divide families into parts, by the order of their names, which are hashes: 10 of 100, but at least one."""
    ordered = sorted(set(names))
    held = max(round(len(ordered) / 10), 1) if len(ordered) >= 3 else 0
    kinds = ["valid"] * held + ["test"] * held + ["train"] * (len(ordered) - 2 * held)
    return dict(zip(ordered, kinds, strict=True))


def _say(corpus: Corpus, named: str) -> None:
    """Say in some lines what a collection holds, and what was left out."""
    total = len(corpus.entries) + len(corpus.left_out)
    sizes = " + ".join(f"{len(corpus.part(part))} {part}" for part in ("train", "valid", "test"))
    kinds = len({entry.family for entry in corpus.entries})
    say(f"{named}: {len(corpus.entries)} of {total} tunes can be used ({sizes}; {kinds} families).")
    if not corpus.part("valid"):
        say("There are fewer than three families, so none is held out: bring more tunes to measure a network.")
    for legal, what in ((True, "are right, but not in the course's alphabet"), (False, "have something wrong")):
        some = [one for one in corpus.left_out if one.legal == legal]
        if some:
            say(f"{len(some)} {what}:")
        for one in some[:MOST_SAID]:
            say(f"  {one}")
        if len(some) > MOST_SAID:
            say(f"  ... and {len(some) - MOST_SAID} more; `left_out` names them all.")
