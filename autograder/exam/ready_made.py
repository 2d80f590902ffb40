"""Finds what a person should look at although the check passes: a ready layer where the exercise says "by hand"."""

from __future__ import annotations

import ast
from functools import lru_cache
from typing import TYPE_CHECKING

from autograder.model.cells import grade_id, kind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from nbformat import NotebookNode

    from autograder.model.assignment import Assignment

# What these labs build by hand: recurrent cells, attention, gradients.
READY = frozenset(
    {"SimpleRNN", "SimpleRNNCell", "RNN", "LSTM", "LSTMCell", "GRU", "GRUCell", "StackedRNNCells", "Bidirectional"}
    | {"Attention", "AdditiveAttention", "MultiHeadAttention", "GroupedQueryAttention", "dot_product_attention"}
    | {"scaled_dot_product_attention", "LayerNormalization", "GradientTape"}
)


def flags(cells: Iterable[NotebookNode], assignment: Assignment) -> dict[str, str]:
    """Say which exercises use ready parts where the solution uses none: grade id of the exercise -> sentence.

    cells: an aligned submission. A cell of the student's own counts for the next exercise.
    """
    found: dict[str, str] = {}
    waiting: set[str] = set()
    for cell in cells:
        if cell.cell_type != "code" or (grade_id(cell) and kind(cell) != "exercise"):
            continue
        waiting |= used(cell.source)
        if kind(cell) == "exercise":
            if waiting and not _ours(assignment.solutions.get(grade_id(cell), "")):
                found[grade_id(cell)] = f"It uses {', '.join(sorted(waiting))}: is this exercise written by hand?"
            waiting = set()
    return found


def used(source: str) -> set[str]:
    """List the ready parts that a cell uses by name; of a cell that is no Python, none."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()
    names: set[str] = set()
    attributes: set[str] = set()
    defined: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            attributes.add(node.attr)
        elif isinstance(node, ast.Name):
            names.add(node.id)
        elif isinstance(node, ast.ImportFrom):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            defined.add(node.name)
    return set(READY & ((names - defined) | attributes))


@lru_cache(maxsize=256)
def _ours(solution: str) -> frozenset[str]:
    """List the ready parts of a solution."""
    return frozenset(used(solution))
