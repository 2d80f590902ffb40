"""Finds students whose code has much in common that few others wrote: a place to look, never a verdict.

copydetect takes each exercise apart into fingerprints: stretches of code without its names, comments and spaces.
Those of the starter code, and those that many in the class have, say nothing and are left out. What remains is indexed:
only students who share rare fingerprints are compared, so the cost grows with the class, not with its square.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from math import lcm
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_matrix, diags, hstack

from autograder.model.cells import BEGIN_SOLUTION, END_SOLUTION

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from copydetect import CodeFingerprint


LENGTH = 25  # characters of a fingerprint, after names and comments are taken out; copydetect's own default
# Two are named when they share half of what is rare in one of them, the rarer the weightier; this many fingerprints;
# and some in more than one exercise: one long exercise with the same unusual way through it is no sign of anything.
SHARE, SHARED, EXERCISES, SOME = 0.5, 40, 2, 8
FEW = 10  # in a smaller class nobody can say what is rare
RARE, FRACTION = 20, 6  # rare: at most 20 have it, and at most a sixth of the class
# What only two have weighs this much, what three have half of it: whole numbers add up to the same in any order.
WEIGHT = lcm(*range(1, RARE))
WRITTEN = 5  # the same text counts from this many exercises on
COPIED = 0.8  # of what somebody wrote, in the solution's very text; short exercises can meet by accident
LISTED = 40  # pairs that are shown
LONGEST = 6_000  # characters of a cell that are looked at
BLOCK = 500  # students who are compared with all others at once
Line = tuple[str, bool]  # of a cell: its text, and whether it is alike


@dataclass(frozen=True, slots=True)
class Passage:
    """One exercise of two students, line by line."""

    exercise: str
    left: tuple[Line, ...]
    right: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two students who share much that is rare. share: of what is rare in the one who has less of it, from 0 to 1."""

    students: tuple[str, str]
    shared: int
    share: float
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class Similar:
    """What was found among `compared` students.

    same: groups whose exercises are the same text, comments and all, but for spaces
    solved: whose text is the solution's, comments and all
    unlisted: how many pairs more there are; rare: how many students may have what counts as rare (0: class too small)
    """

    compared: int
    same: tuple[tuple[str, ...], ...] = ()
    pairs: tuple[Pair, ...] = ()
    unlisted: int = 0
    rare: int = 0
    solved: tuple[str, ...] = ()


def find(
    code: Mapping[str, Mapping[str, str]], starter: Mapping[str, str], solution: Mapping[str, str] | None = None
) -> Similar:
    """Compare a class. code: student -> exercise -> source; starter, solution: exercise -> source, ours."""
    same, solved = _same(code, starter), _solved(code, starter, solution or {})
    # Of those who have the very same text, one stands for all, or it would not be rare.
    hidden = {student for group in same for student in group[1:]}
    students = sorted(set(code) - hidden)
    if len(students) < FEW or not starter:
        return Similar(len(code), same, solved=solved)
    rare = min(RARE, max(2, len(students) // FRACTION))
    parts, common = _index([code[student] for student in students], starter, rare)
    found = sorted(_pairs(parts), key=lambda one: (-one.exercises * one.share, -one.shared, one.rows))
    pairs = []
    for one in found[:LISTED]:
        first, second = (students[row] for row in one.rows)
        passages = _passages(code[first], code[second], common)
        pairs.append(Pair((first, second), one.shared, one.share, passages))
    return Similar(len(code), same, tuple(pairs), max(0, len(found) - LISTED), rare, solved)


def _same(code: Mapping[str, Mapping[str, str]], starter: Mapping[str, str]) -> tuple[tuple[str, ...], ...]:
    """Group students whose exercises are the same text, as far as they wrote any."""
    groups: dict[tuple[tuple[str, ...], ...], list[str]] = {}
    for student, cells in sorted(code.items()):
        written = [(name, *source.split()) for name, source in sorted(cells.items()) if name in starter]
        written = [cell for cell in written if list(cell[1:]) != starter[cell[0]].split()]
        if len(written) >= min(WRITTEN, len(starter)):
            groups.setdefault(tuple(written), []).append(student)
    return tuple(tuple(group) for group in groups.values() if len(group) > 1)


def _solved(
    code: Mapping[str, Mapping[str, str]], starter: Mapping[str, str], solution: Mapping[str, str]
) -> tuple[str, ...]:
    """Name whoever has, of what they wrote, most in the solution's very text, and enough that it is no accident."""
    ours = {name: _plain(source) for name, source in solution.items()}
    found = []
    for student, cells in sorted(code.items()):
        written = {name for name in starter if name in cells and cells[name].split() != starter[name].split()}
        copied = [name for name in written if _plain(cells[name]) == ours.get(name)]
        if len(copied) >= min(WRITTEN, len(starter)) and len(copied) >= COPIED * len(written):
            found.append(student)
    return tuple(found)


def _plain(source: str) -> list[str]:
    """Return the words of a cell, without the marks around a solution."""
    return [
        word
        for line in source.splitlines()
        if line.strip() not in {BEGIN_SOLUTION, END_SOLUTION}
        for word in line.split()
    ]


def _index(
    code: Sequence[Mapping[str, str]], starter: Mapping[str, str], rare: int
) -> tuple[list[csr_matrix], dict[str, np.ndarray]]:
    """Return who has which rare fingerprint, and those that are not rare: the starter code's and the frequent ones.

    Both for each exercise, in the order of `starter`; the first as (students, fingerprints).
    """
    parts, common = [], {}
    for exercise, released in starter.items():
        sources = [cells.get(exercise, "") for cells in code]
        known_by = {source: _hashes(source) for source in set(sources)}  # many write the very same
        prints = [known_by[source] for source in sources]
        owner = np.repeat(np.arange(len(code)), [len(each) for each in prints])
        values, column, count = np.unique(np.concatenate(prints), return_inverse=True, return_counts=True)
        known = np.isin(values, _hashes(released)) | (count > rare)
        common[exercise] = values[known]
        keep = ~known[column]
        ones = np.ones(int(keep.sum()), dtype=np.int32)
        parts.append(csr_matrix((ones, (owner[keep], column[keep])), shape=(len(code), len(values))))
    return parts, common


@dataclass(frozen=True, slots=True)
class _Found:
    """Two rows of the index that share enough. exercises: in how many of them."""

    rows: tuple[int, int]
    shared: int
    share: float
    exercises: int


def _pairs(parts: Sequence[csr_matrix]) -> Iterator[_Found]:
    """Yield whoever shares enough. parts: for each exercise, (students, rare fingerprints)."""
    matrix = hstack(parts, format="csr")
    having = np.asarray(matrix.sum(axis=0)).ravel()
    weights = diags(WEIGHT // np.maximum(1, having - 1), dtype=np.int64)  # what eleven have counts a tenth
    own = matrix @ weights.diagonal()
    for start in range(0, matrix.shape[0], BLOCK):
        both = (matrix[start : start + BLOCK] @ weights @ matrix.T).tocoo()
        rows, columns = both.row + start, both.col
        share = both.data / np.minimum(own[rows], own[columns])
        near = (rows < columns) & (share >= SHARE)
        rows, columns, share = rows[near], columns[near], share[near]
        counts = np.array([_shared(part, rows, columns) for part in parts])  # (exercises, pairs)
        shared, exercises = counts.sum(axis=0), (counts >= SOME).sum(axis=0)
        for at in np.flatnonzero((shared >= SHARED) & (exercises >= min(EXERCISES, len(parts)))):
            pair = (int(rows[at]), int(columns[at]))
            yield _Found(pair, int(shared[at]), float(share[at]), int(exercises[at]))


def _shared(part: csr_matrix, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Count what each of some pairs shares in one exercise."""
    return np.asarray(part[rows].multiply(part[columns]).sum(axis=1)).ravel()


def _passages(
    left: Mapping[str, str], right: Mapping[str, str], common: Mapping[str, np.ndarray]
) -> tuple[Passage, ...]:
    """Show the exercises in which two have something rare in common."""
    from copydetect import compare_files  # noqa: PLC0415

    found = []
    for exercise, known in common.items():
        one, other = (_fingerprint(cells.get(exercise, ""), known) for cells in (left, right))
        overlap, _, slices = compare_files(one, other)
        if overlap:
            found.append(Passage(exercise, _lines(one.raw_code, slices[0]), _lines(other.raw_code, slices[1])))
    return tuple(found)


def _lines(text: str, slices: np.ndarray) -> tuple[Line, ...]:
    """Split a cell into lines, and mark those that a slice touches. slices: (starts and ends, slices) in characters."""
    lines, at = [], 0
    for line in text.splitlines(keepends=True):
        end = at + len(line.rstrip())
        lines.append((line.rstrip(), bool(line.strip()) and bool(np.any((slices[0] < end) & (slices[1] > at)))))
        at += len(line)
    return tuple(lines)


def _hashes(source: str) -> np.ndarray:
    """Return all fingerprints of a cell, each once."""
    found: set[int] = _fingerprint(source).hashes
    return np.fromiter(found, dtype=np.int64, count=len(found))


def _fingerprint(source: str, common: np.ndarray | None = None) -> CodeFingerprint:
    """Take a cell apart, without the fingerprints that are common."""
    from copydetect import CodeFingerprint  # noqa: PLC0415  (it imports pyplot)

    return CodeFingerprint("cell.py", LENGTH, 1, common, True, "python", io.StringIO(source[:LONGEST]))
