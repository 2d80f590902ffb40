"""Grades one submission: bytes in, verdicts and an executed notebook out. No gradebook, no shared folder."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from autograder import execute, verdicts
from autograder.align import Aligned, UnreadableError, align
from autograder.lab import grade_id
from autograder.references.reference import SEED_VARIABLE

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from autograder.assignment import Assignment
    from autograder.execute import Limits
    from autograder.states import Verdict

ENGINE = "1"  # to be raised when the same submission could get another state than before
ISOLATION = "none"  # the kernel runs as the user who grades


@dataclass(frozen=True)
class Graded:
    """What grading found.

    key:   the same for the same submission, release, engine and limits; seed: what fresh cases were drawn from
    """

    verdicts: tuple[Verdict, ...]
    notebook: NotebookNode
    digest: str
    key: str
    seed: int


async def grade(data: bytes | UnreadableError, assignment: Assignment, limits: Limits) -> Graded:
    """Grade what a student handed in, as `align.fetch` returns it."""
    return await examine(align(data, assignment), assignment, limits)


async def examine(aligned: Aligned, assignment: Assignment, limits: Limits) -> Graded:
    """Run an aligned submission and read its verdicts."""
    seed = _seed(aligned.digest)
    runs = {}
    if not aligned.unreadable:
        happened = await execute.run(aligned.notebook, limits, {SEED_VARIABLE: str(seed)})
        runs = {
            grade_id(cell): run for cell, run in zip(aligned.notebook.cells, happened, strict=True) if grade_id(cell)
        }
    found = verdicts.verdicts(aligned, assignment, runs)
    return Graded(tuple(found), aligned.pack(), aligned.digest, key(aligned.digest, assignment, limits), seed)


def key(digest: str, assignment: Assignment, limits: Limits) -> str:
    """Name a grading by everything that its result depends on."""
    parts = {
        "submission": digest,
        "assignment": assignment.digest,
        "engine": ENGINE,
        "limits": asdict(limits),
        "isolation": ISOLATION,
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _seed(digest: str) -> int:
    """Draw the fresh cases of a submission from its own bytes: the same on a retry."""
    return int(hashlib.sha256(f"cases {digest}".encode()).hexdigest()[:8], 16)
