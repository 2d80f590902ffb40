"""Grades one submission: bytes in, verdicts and an executed notebook out. No gradebook, no shared folder."""

from __future__ import annotations

import copy
import hashlib
import hmac
import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from autograder import session, verdicts
from autograder.align import Aligned, UnreadableError, align
from autograder.candidate import Limits
from autograder.engine import SANDBOX
from autograder.lab import BEGIN_HIDDEN, LabError, grade_id, kind, runs_in_examiner
from autograder.references.reference import SEED_VARIABLE

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from autograder.assignment import Assignment
    from autograder.candidate import CellRun
    from autograder.engine import Engine
    from autograder.states import Verdict

NORMAL = Limits()
ENGINE = "2"  # to be raised when the same submission could get another state than before


@dataclass(frozen=True)
class Rules:
    """What a course grades by.

    secret: the course's own key: the cases of hidden tests are drawn from it and the submission
    """

    secret: bytes
    limits: Limits = NORMAL
    isolation: str = SANDBOX

    def key(self, digest: str, assignment: Assignment) -> str:
        """Name a grading by everything that its result depends on."""
        parts = {
            "submission": digest,
            "assignment": assignment.digest,
            "engine": ENGINE,
            "limits": asdict(self.limits),
            "isolation": self.isolation,
            "secret": hashlib.sha256(self.secret).hexdigest(),
        }
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()

    def seed(self, digest: str) -> int:
        """Draw the hidden cases of a submission from its own bytes: the same on a retry, and not to be foreseen."""
        return int(hmac.new(self.secret, f"cases {digest}".encode(), hashlib.sha256).hexdigest()[:12], 16)


@dataclass(frozen=True)
class Graded:
    """What grading found.

    key:   the same for the same submission, release, engine and rules; seed: what hidden cases were drawn from
    level: how the student's code was isolated, as it was measured
    """

    verdicts: tuple[Verdict, ...]
    notebook: NotebookNode
    digest: str
    key: str
    seed: int
    level: str


async def grade(data: bytes | UnreadableError, assignment: Assignment, rules: Rules, engine: Engine) -> Graded:
    """Grade what a student handed in, as `align.fetch` returns it."""
    return await examine(align(data, assignment), assignment, rules, engine)


async def examine(aligned: Aligned, assignment: Assignment, rules: Rules, engine: Engine) -> Graded:
    """Run an aligned submission and read its verdicts."""
    seed = rules.seed(aligned.digest)
    runs: dict[str, CellRun] = {}
    if not aligned.unreadable:
        happened = await session.run(
            aligned.notebook, engine, plan(assignment, seed), rules.limits, seed=f"student {aligned.digest}"
        )
        runs = {
            grade_id(cell): run for cell, run in zip(aligned.notebook.cells, happened, strict=True) if grade_id(cell)
        }
    found = verdicts.verdicts(aligned, assignment, runs)
    key = rules.key(aligned.digest, assignment)
    return Graded(tuple(found), aligned.pack(), aligned.digest, key, seed, str(engine.level))


def plan(assignment: Assignment, seed: int, *, watch: bool = False) -> session.Plan:
    """Say what an examiner of this lab is told."""
    both = [cell.source for cell in assignment.cells if runs_in_examiner(cell)]
    return session.Plan(both, sorted(assignment.names), {SEED_VARIABLE: str(seed)}, watch=watch)


async def explain(
    data: bytes | UnreadableError, assignment: Assignment, rules: Rules, engine: Engine, name: str
) -> str:
    """Run one check of a submission again, with the same inputs, and show each case to the instructor.

    name: the name or number of an exercise. Raises LabError when there is none such, or the file can't be read.
    """
    graded = next((cell for cell in assignment.checks if name in {cell.name, cell.number, cell.grade_id}), None)
    if graded is None:
        raise LabError(f"There is no exercise {name!r} in {assignment.name}.")
    aligned = align(data, assignment)
    if aligned.unreadable:
        raise LabError(aligned.unreadable)
    notebook = aligned.notebook
    last = next(index for index, cell in enumerate(notebook.cells) if grade_id(cell) == graded.grade_id)
    public, hidden = copy.deepcopy(notebook.cells[last]), notebook.cells[last]
    public.source, _, hidden.source = hidden.source.partition(BEGIN_HIDDEN)  # the second is to be seen in any case
    notebook.cells = [cell for cell in notebook.cells[:last] if kind(cell) != "check"] + [public, hidden]
    told = plan(assignment, rules.seed(aligned.digest), watch=True)
    await session.run(notebook, engine, told, rules.limits, seed=f"student {aligned.digest}")
    parts = zip(("public examples", "hidden test"), (public, hidden), strict=True)
    shown = (f"=== {name}\n{''.join(output.text for output in cell.outputs)}" for name, cell in parts)
    return f"{graded.title}\n" + "\n".join(shown)
