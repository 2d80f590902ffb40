"""Undoes what an editor did to the borders of cells: cuts merged cells apart, puts split ones together."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from itertools import islice, pairwise, takewhile
from textwrap import indent
from typing import TYPE_CHECKING

from autograder.alignment.matching import LONGEST_PARSED, Known, plain, python
from autograder.model.cells import PLACE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from autograder.alignment.matching import Anchor, Matching
    from autograder.alignment.pieces import Piece

PROSE = "prose"  # no grade id
FARTHEST = 5  # into so many cells at most one cell may have been split
ALIKE, MOST_WORDS = 0.5, 1000  # likeness, from which a text is one of ours; how many of its words are compared
MOST_BESIDE = 20  # cells at most that an answer beside its place is looked for in


def cut(pieces: Sequence[Piece], wanted: Mapping[str, Anchor], prose: Iterable[str] = ()) -> list[Piece]:
    """Cut each cell at the released cells that begin in it and stand nowhere else.

    A released cell is known by the title in its first line, by its whole text, or by the function that it defines.
    prose: the released texts, which end a written answer when they follow it in the same cell
    """
    claimed = {name for piece in pieces for name in (piece.grade_id, piece.cell_id)} & set(wanted)
    borders = _Borders(wanted, claimed, prose)
    parts = [part for piece in pieces for part in borders.cut(piece)]
    known = [Known(part) for part in parts]
    titles = {one.title for one in known}
    lost = {
        name
        for anchor in wanted.values()
        if anchor.kind == "exercise" and anchor.name not in claimed and anchor.title not in titles
        for name in anchor.defines
    }
    everything = {name for anchor in wanted.values() for name in anchor.defines}
    return [end for one in known for end in _defined(one, lost, everything)] if lost else parts


class _Borders:
    """Finds where released cells begin in the text of a cell."""

    def __init__(self, wanted: Mapping[str, Anchor], claimed: set[str], prose: Iterable[str]) -> None:
        self.claimed = claimed
        self.titles = {anchor.title: anchor.name for anchor in wanted.values() if anchor.title}
        self.blocks: dict[str, list[tuple[str, list[str]]]] = {}
        texts = [(anchor.name, anchor.text) for anchor in wanted.values() if not anchor.kept]
        for name, text in [*texts, *((PROSE, plain(one)) for one in prose)]:
            if lines := text.splitlines():
                self.blocks.setdefault(lines[0], []).append((name, lines))

    def cut(self, piece: Piece) -> Iterator[Piece]:
        """Cut a cell at each of them; its ids stay with the part that they name, or else with the first one."""
        mine = {piece.grade_id, piece.cell_id} - {""}
        # Only at line breaks: a form feed or the like stands in a line of an answer, and stays there.
        lines = piece.source.split("\n") if len(piece.source) <= LONGEST_PARSED else []
        starts = self._starts([line.rstrip() for line in lines], mine)
        if piece.type != "code" and not set(starts.values()) & set(self.titles.values()):
            starts.clear()
        others = set(starts.values()) - mine - {""}
        if not others or (len(starts) == 1 and not mine & self.claimed):
            yield piece
            return
        first = min(starts)
        if any(line.strip() for line in lines[:first]):
            starts[0] = ""
        else:
            starts[0] = starts.pop(first)
        borders = [*sorted(starts), len(lines)]
        owner = next((border for border in borders[:-1] if starts[border] in mine), 0)
        for start, end in pairwise(borders):
            text = "\n".join(lines[start:end]).strip("\n")
            if text.strip():
                yield replace(piece, source=text, part=True) if start == owner else _rest(piece, text)

    def _starts(self, lines: Sequence[str], mine: set[str]) -> dict[int, str]:
        """Line -> the released cell that begins there; an empty name where the text of one has ended."""
        starts: dict[int, str] = {}
        number = 0
        while number < len(lines):
            name, length = self._begins(lines, number)
            if name and (name in mine or name not in self.claimed):
                starts[number] = name
                if length:
                    starts[number + length] = ""
            number += length or 1
        starts.pop(len(lines), None)
        return starts

    def _begins(self, lines: Sequence[str], number: int) -> tuple[str, int]:
        """Name the released cell that begins in a line, with the length of its text where all of it stands there."""
        heading = "" if lines[number][:1].isspace() else Known.heading(lines[number])
        if heading:
            return self.titles.get(heading, ""), 0
        for name, block in self.blocks.get(lines[number], ()):
            if list(lines[number : number + len(block)]) == block:
                return name, len(block)
        return "", 0


def _defined(one: Known, lost: set[str], everything: set[str]) -> Iterator[Piece]:
    """Cut out the functions of exercises that stand nowhere else, from a cell that is another one."""
    piece = one.piece
    inside = one.defines & lost if piece.type == "code" else set()
    tree = python(piece.source) if inside else None
    if tree is None or not (piece.grade_id or piece.cell_id or one.title or len(one.defines & everything) > 1):
        yield piece
        return
    lines, done = piece.source.split("\n"), 0
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name in inside:
            start = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)]) - 1
            while start > done and lines[start - 1].startswith("#"):
                start -= 1
            for begin, end in ((done, start), (start, node.end_lineno or start)):
                text = "\n".join(lines[begin:end]).strip("\n")
                if text:
                    yield replace(piece, source=text, part=True) if begin == 0 else _rest(piece, text)
            done = node.end_lineno or start
    if rest := "\n".join(lines[done:]).strip("\n"):
        yield replace(piece, source=rest, part=True) if done == 0 else _rest(piece, rest)


def _rest(piece: Piece, text: str) -> Piece:
    return replace(piece, source=text, grade_id="", cell_id="", part=True)


@dataclass
class Joined:
    """Cells put together again.

    sources: released cell -> its whole text; used: pieces that went into another one
    beside: written answers that stood in cells of their own, beside the place that was kept for them
    """

    sources: dict[str, str] = field(default_factory=dict)
    used: set[int] = field(default_factory=set)
    beside: list[str] = field(default_factory=list)


def join(
    pieces: Sequence[Piece], wanted: Mapping[str, Anchor], matching: Matching, prose: Iterable[str] = ()
) -> Joined:
    """Put together what was split: an exercise that is no whole without what follows or precedes it.

    So is a written answer whose place is as it was given out, with text of the student's own right below or above it.
    prose: the released texts, which are nobody's answer
    """
    result = Joined()
    ours = {plain(text) for text in prose}
    for index, name in sorted(matching.found.items()):
        anchor = wanted[name]
        if anchor.kind == "written" and Known(pieces[index]).untouched(anchor):
            numbers = _beside(pieces, index, set(matching.found) | result.used, ours)
            if numbers:
                answer = "\n\n".join(pieces[number].source for number in numbers)
                result.sources[name] = pieces[index].source.replace(PLACE, "").rstrip() + "\n\n" + answer
                result.used |= set(numbers)
                result.beside.append(name)
        if anchor.kind == "written" or pieces[index].type != "code":
            continue
        if not anchor.kept and plain(pieces[index].source) == anchor.text:
            continue
        taken = set(matching.found) | result.used
        for numbers in _stretches(pieces, index, taken):
            sources = [pieces[number].source for number in numbers]
            whole = next((text for text in _texts(sources) if _whole(text, anchor)), "")
            if whole and not _goes_on(pieces, numbers[-1] + 1, taken):
                if len(numbers) > 1:
                    result.sources[name] = whole
                    result.used |= set(numbers) - {index}
                break
    return result


def _beside(pieces: Sequence[Piece], index: int, taken: set[int], ours: set[str]) -> list[int]:
    """List the cells of text right below a cell that are the student's own; where there are none, those right above."""

    def own(number: int) -> bool:
        piece = pieces[number]
        if number in taken or (piece.type == "code" and python(piece.source) is not None):
            return False
        text = plain(piece.source)
        return text not in ours and not _one_of(text, ours)

    def filled(numbers: Iterable[int]) -> list[int]:
        near = islice(numbers, MOST_BESIDE)
        return sorted(number for number in takewhile(own, near) if pieces[number].source.strip())

    return filled(range(index + 1, len(pieces))) or filled(range(index - 1, -1, -1))


def _one_of(text: str, ours: Iterable[str]) -> bool:
    """Say whether a text is one of ours with other words here and there, as an earlier release has it."""
    matcher = SequenceMatcher(None, autojunk=False)
    matcher.set_seq2(text.split()[:MOST_WORDS])
    for other in ours:
        matcher.set_seq1(other.split())
        # The exact likeness takes the square of the lengths: only where the words alone could be enough.
        if matcher.real_quick_ratio() > ALIKE and matcher.quick_ratio() > ALIKE and matcher.ratio() > ALIKE:
            return True
    return False


def _texts(sources: Sequence[str]) -> Iterator[str]:
    """Put parts together as they are; then as if an export had taken the indentation from all but the first."""
    yield "\n".join(sources)
    if len(sources) > 1:
        yield "\n".join([sources[0], *(indent(source, "    ") for source in sources[1:])])


def _stretches(pieces: Sequence[Piece], index: int, taken: set[int]) -> Iterator[list[int]]:
    """List the stretches of cells around one, the shortest first, those that go on behind it before the others."""

    def free(number: int) -> bool:
        return 0 <= number < len(pieces) and number not in taken and pieces[number].type == "code"

    behind = before = 0
    while behind < FARTHEST and free(index + behind + 1):
        behind += 1
    while before < FARTHEST and free(index - before - 1):
        before += 1
    for length in range(behind + before + 1):
        for back in range(min(before, length) + 1):
            if length - back <= behind:
                yield list(range(index - back, index + length - back + 1))


def _whole(source: str, anchor: Anchor) -> bool:
    """Say whether a text can be all of a released cell."""
    if not anchor.kept:
        return plain(source).split() == anchor.text.split()
    tree = python(source)
    return tree is not None and anchor.defines <= Known.bound(tree)


def _goes_on(pieces: Sequence[Piece], number: int, taken: Iterable[int]) -> bool:
    """Say whether a cell is the rest of the one before it: it begins with an indented line, or returns from nowhere."""
    if number >= len(pieces) or number in taken or pieces[number].type != "code":
        return False
    source = pieces[number].source
    lines = [line for line in source.splitlines() if line.strip()]
    if not lines or lines[0][0].isspace():
        return bool(lines)
    return python(source) is None and python(f"def rest():\n{indent(source, '    ')}") is not None
