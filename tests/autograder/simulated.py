"""Results as grading would find them, made without any kernel: to try what comes after grading."""

from __future__ import annotations

import hashlib
import random
from functools import cache
from typing import TYPE_CHECKING

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograder.model import assignment
from autograder.model.graded import Graded
from autograder.model.lab import find
from autograder.model.verdict import State, Verdict

if TYPE_CHECKING:
    from autograder.model.assignment import Assignment

LAB = "lab1_rnn"
LEVEL = "bubblewrap 0.8.0, 28/28 probes, memory by control group"
HINTS = {
    State.PASSED: "",
    State.FAILED: "The values are not squashed.\nWhere does tanh come in?\nThe last line of the function: “ŝ” ≤ 1.",
    State.UNTOUCHED: "It is not attempted yet.",
    State.CRASHED: "The kernel stops when it is called.",
    State.TIMED_OUT: "It does not come to an end within the time limit.",
    State.MISSING: "The cell is not in the notebook.",
    State.INFRASTRUCTURE: "The check itself could not run.",
}


@cache
def lab(name: str = LAB) -> Assignment:
    """Return a lab of this checkout, as the grader reads it."""
    return assignment.load(find(name))


def graded(seed: object, *, states: tuple[State, ...] = (), of: Assignment | None = None) -> Graded:
    """Make up a result: the same for the same seed. states: from which those of the checks are drawn."""
    of = of or lab()
    rng = random.Random(str(seed))  # noqa: S311  (made up on purpose)
    drawn = [rng.choice(states or tuple(HINTS)) if cell.exercise else None for cell in of.graded]
    verdicts = tuple(
        Verdict(cell.grade_id, state, HINTS[state] if state else "", "no_tanh" if state is State.FAILED else "")
        for cell, state in zip(of.graded, drawn, strict=True)
    )
    digest = hashlib.sha256(str(seed).encode()).hexdigest()
    key = hashlib.sha256(f"key {seed}".encode()).hexdigest()
    text = nbformat.writes(notebook(of, digest))
    return Graded(verdicts, text, digest, key, rng.getrandbits(48), LEVEL)


def notebook(of: Assignment, digest: str) -> nbformat.NotebookNode:
    """Make a small executed notebook, packed as `Aligned.pack` packs it."""
    cells = [new_markdown_cell("# A lab", id="top")]
    cells += [new_code_cell(f"print({cell.title!r})", id=cell.grade_id) for cell in of.graded]
    facts = {"submission": digest, "missing": [], "unreadable": "", "receipt": []}
    return new_notebook(cells=cells, metadata={**of.metadata, "autograder": nbformat.from_dict(facts)})
