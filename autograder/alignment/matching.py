"""Says which cell of a submission is which released cell: every piece of evidence weighed, one best assignment."""

from __future__ import annotations

import ast
import re
import warnings
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from heapq import nlargest
from typing import TYPE_CHECKING

import numpy as np
from rapidfuzz import fuzz

from autograder.alignment.pieces import written_out
from autograder.model.cells import BEGIN_HIDDEN, grade_id, kind, title

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from autograder.alignment.pieces import Piece
    from autograder.model.assignment import Assignment

# How sure each kind of evidence makes us. Below ENOUGH a cell counts as not found: a person decides, nobody guesses.
GRADE_ID, CELL_ID, TITLE, DEFINITION, TEXT = 1.0, 0.99, 0.97, 0.95, 0.94
LIKENESS = 0.9  # of two texts that are alike, times how alike they are
ENOUGH = 0.6
CONTRADICTED = 0.7  # an id, when the text is that of another exercise
MOST_COPIES = 20  # of one cell, which are rivals
LONGEST_PARSED = 100_000  # characters: no answer is so long
MOST_COMPARED, LONGEST_COMPARED = 60, 8_000  # pieces, and characters of one
_TITLE = re.compile(r"[^\w\n]{0,20}(Exercise \d+\.\d+: \w+|Question \d+\.\d+)")
_DEFINITION = re.compile(r"^(?:async\s+)?(?:def|class)\s+(\w+)", re.MULTILINE)
_QUESTION = re.compile(r"Question \d+\.\d+")
_MAGIC = re.compile(r"^(?=[!%])", re.MULTILINE)


def python(source: str) -> ast.Module | None:
    """Parse a cell, magics and shell lines left out; None when it is not valid Python, or no answer by its length."""
    if len(source) > LONGEST_PARSED:
        return None
    text = "" if written_out(source) else _MAGIC.sub("pass  # ", source)
    try:
        with warnings.catch_warnings(action="ignore"):  # of a student's backslashes
            compile(text, "cell", "exec", dont_inherit=True)  # the parser alone takes a return outside a function
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def bodies(source: str) -> dict[str, str]:
    """Spell out what each function and class of a cell does, without docstrings: other words are no other answer."""
    found = {}
    for node in _statements(python(source) or ast.Module([], [])):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            for inner in ast.walk(node):
                if isinstance(inner, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(inner) is not None:
                    inner.body[0] = ast.Pass()
            found[node.name] = ast.dump(node)
    return found


def plain(source: str) -> str:
    """Return a text without what an editor changes by itself: space at the ends of lines and of the text."""
    return "\n".join(line.rstrip() for line in source.strip().splitlines())


@dataclass(frozen=True)
class Anchor:
    """A released cell with a grade id, and what it can be known by.

    title: "Exercise 2.1: rnn_step", "Question 7.1"; defines: what the solution of an exercise binds
    rank:  its place in the release; text: what the student sees of it
    """

    name: str
    kind: str
    rank: int
    title: str
    defines: frozenset[str]
    text: str

    @cached_property
    def stub(self) -> dict[str, str]:
        """What the functions of an exercise do before anybody has worked on them."""
        return bodies(self.text) if self.kind == "exercise" else {}

    @property
    def kept(self) -> bool:
        """Whether the student's text counts, not the released one."""
        return self.kind in {"exercise", "written"}


@lru_cache(maxsize=8)  # a stub is parsed once, not once for each submission
def anchors(assignment: Assignment) -> Mapping[str, Anchor]:
    """List the cells of a release that are looked for."""
    found = {}
    for rank, cell in enumerate(filter(grade_id, assignment.cells)):
        name, of = grade_id(cell), kind(cell)
        question = _QUESTION.search(cell.source) if of == "written" else None
        defines = assignment.defines.get(name, frozenset())
        public = plain(cell.source.partition(BEGIN_HIDDEN)[0])
        found[name] = Anchor(name, of, rank, question[0] if question else title(cell), defines, public)
    return found


@dataclass(frozen=True)
class Evidence:
    """Why a piece could be a released cell; weight orders rivals, confidence says how sure we are."""

    confidence: float
    how: str
    weight: float


Edges = dict[str, dict[int, Evidence]]  # released cell -> piece -> why


@dataclass
class Known:
    """What can be read from the text of a piece, each at most once."""

    piece: Piece

    @cached_property
    def text(self) -> str:
        """Its text, without what an editor changes by itself; of a very long one, the beginning."""
        return plain(self.piece.source[:LONGEST_PARSED])

    @cached_property
    def bodies(self) -> dict[str, str]:
        """What its functions do."""
        return bodies(self.piece.source) if self.piece.type == "code" else {}

    def untouched(self, anchor: Anchor) -> bool:
        """Whether it holds a released cell as it was given out, and no answer."""
        mine = {name: self.bodies[name] for name in anchor.defines & set(self.bodies)}
        return self.text == anchor.text or (
            bool(mine) and all(anchor.stub.get(name) == body for name, body in mine.items())
        )

    @cached_property
    def title(self) -> str:
        """The title in its first lines that name an exercise."""
        return next(filter(None, map(self.heading, self.text.splitlines()[:3])), "")

    @staticmethod
    def heading(line: str) -> str:
        """Return the title in a line: of an exercise, or of a question."""
        found = _TITLE.match(line)
        return found[1] if found else ""

    @cached_property
    def questions(self) -> set[str]:
        """The questions that it names, in a cell of text."""
        return set(_QUESTION.findall(self.text)) if self.piece.type != "code" else set()

    @cached_property
    def defines(self) -> set[str]:
        """The functions and classes that it defines; of a cell that is no Python, those that seem to be defined."""
        tree = python(self.piece.source)
        if tree is None:
            return set(_DEFINITION.findall(self.piece.source))
        return self.bound(tree)

    @staticmethod
    def bound(tree: ast.Module) -> set[str]:
        """Name the functions and classes that a cell defines when it runs."""
        return {node.name for node in _statements(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef)}


def _statements(tree: ast.AST) -> Iterator[ast.AST]:
    """Walk through what is executed when a cell runs: not into functions and classes."""
    for node in ast.iter_child_nodes(tree):
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.expr):
            yield from _statements(node)


@dataclass
class Matching:
    """Which piece is which released cell.

    found: number of the piece -> name of the released cell; evidence: why; rivals: other pieces that could be it
    """

    found: dict[int, str] = field(default_factory=dict)
    evidence: dict[str, Evidence] = field(default_factory=dict)
    rivals: dict[str, list[int]] = field(default_factory=dict)

    def add(self, pairs: Mapping[str, int], edges: Edges) -> None:
        """Take in what is sure enough."""
        for name, index in pairs.items():
            if edges[name][index].confidence >= ENOUGH:
                self.found[index], self.evidence[name] = name, edges[name][index]
                self.rivals[name] = sorted(set(edges[name]) - {index})


def match(pieces: Sequence[Piece], wanted: Mapping[str, Anchor]) -> Matching:
    """Find for each released cell the piece that it became, if any."""
    known = [Known(piece) for piece in pieces]
    result, edges = Matching(), _edges(known, wanted)
    result.add(_assign(edges), edges)
    alike = _alike(known, wanted, result, {index for of_one in edges.values() for index in of_one})
    result.add(_assign(alike), alike)
    return result


def _edges(known: Sequence[Known], wanted: Mapping[str, Anchor]) -> Edges:
    """Collect for each released cell the pieces that say they are it."""
    by_title = {anchor.title: anchor for anchor in wanted.values() if anchor.title}
    by_text = {anchor.text: anchor for anchor in wanted.values() if not anchor.kept}
    by_definition = {name: anchor for anchor in wanted.values() for name in anchor.defines}
    edges: Edges = defaultdict(dict)
    ends = _ends(known, wanted)
    for index, one in enumerate(known):
        claims: dict[str, dict[str, float]] = defaultdict(dict)
        for name, how, sure in ((one.piece.grade_id, "grade_id", GRADE_ID), (one.piece.cell_id, "cell_id", CELL_ID)):
            if name in wanted:
                claims[name][how] = sure
        if all(wanted[name].kept for name in claims):
            for heading in {one.title, *one.questions} & set(by_title):
                claims[by_title[heading].name]["title"] = TITLE
            for name in (one.defines if one.piece.type == "code" else set()) & set(by_definition):
                claims[by_definition[name].name]["definition"] = DEFINITION
        if not claims and one.text in by_text:
            claims[by_text[one.text].name]["text"] = TEXT
        said = {name for name, why in claims.items() if {"title", "definition"} & set(why)}
        for name, why in claims.items():
            if wanted[name].kind == "exercise" and said and name not in said:
                why = {"contradicted": CONTRADICTED}  # noqa: PLW2901  (the text is another exercise's)
            edges[name][index] = _weigh(why, one, wanted[name], index, ends.get(name, len(known)))
    return edges


def _ends(known: Sequence[Known], wanted: Mapping[str, Anchor]) -> dict[str, int]:
    """Say where the check of each exercise stands: a definition behind it comes too late."""
    places = {name: index for index, one in enumerate(known) for name in (one.piece.cell_id, one.piece.grade_id)}
    ends, exercise = {}, ""
    for anchor in wanted.values():
        if anchor.kind == "exercise":
            exercise = anchor.name
        elif anchor.kind == "check" and anchor.name in places:
            ends[exercise] = places[anchor.name]
    return ends


def _weigh(why: Mapping[str, float], one: Known, anchor: Anchor, index: int, end: int) -> Evidence:
    """Order rivals: what was worked on; what has more to say for it; what stands before its check; the last."""
    how, sure = max(why.items(), key=lambda item: item[1])
    worked_on = bool({"title", "definition"} & set(why)) and not one.untouched(anchor)
    kinds = len({"id" if name.endswith("_id") else name for name in why})
    weight = sure + 0.02 * (kinds - 1) + 0.1 * worked_on + 0.005 * (index < end)
    return Evidence(sure, how, weight + 1e-7 * index)


def _alike(known: Sequence[Known], wanted: Mapping[str, Anchor], result: Matching, spoken_for: set[int]) -> Edges:
    """Compare the exercises and written answers still looked for with the pieces that say nothing of themselves."""
    open_ = [anchor for anchor in wanted.values() if anchor.kept and anchor.name not in result.evidence]
    rest = [index for index in range(len(known)) if index not in spoken_for][:MOST_COMPARED] if open_ else []
    edges: Edges = defaultdict(dict)
    for anchor in open_:
        code = anchor.kind == "exercise"
        for index in rest:
            one = known[index]
            if (one.piece.type == "code") == code and not one.title and len(one.text) < LONGEST_COMPARED:
                alike = LIKENESS * fuzz.ratio(one.text, anchor.text) / 100
                if alike >= ENOUGH:
                    edges[anchor.name][index] = Evidence(alike, "similar", alike)
    return edges


def _assign(edges: Edges) -> dict[str, int]:
    """Pair released cells with pieces, each at most once, so that the weights add up to the most."""
    rivals: dict[int, list[str]] = defaultdict(list)
    for name, of_one in edges.items():
        for index in of_one:
            rivals[index].append(name)
    sure = {
        name: index
        for name, of_one in edges.items()
        if len(of_one) == 1 and len(rivals[index := next(iter(of_one))]) == 1
    }
    names = [name for name in edges if name not in sure]
    if not names:
        return sure
    from scipy.optimize import linear_sum_assignment  # noqa: PLC0415  (most submissions need no second look)

    best = {name: nlargest(MOST_COPIES, edges[name], key=lambda index: edges[name][index].weight) for name in names}
    pieces = sorted({index for of_one in best.values() for index in of_one})
    columns_of = {index: column for column, index in enumerate(pieces)}
    table = np.zeros((len(names), len(pieces)))
    for row, name in enumerate(names):
        for index in best[name]:
            table[row, columns_of[index]] = edges[name][index].weight
    rows, columns = linear_sum_assignment(table, maximize=True)
    pairs = zip(rows.tolist(), columns.tolist(), strict=True)
    return sure | {names[row]: pieces[column] for row, column in pairs if pieces[column] in edges[names[row]]}
