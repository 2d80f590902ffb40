"""What the claims of every lab are computed with: the runs of a grid, and a few numbers in place of many."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from autograder.base.files import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from benchmarks.claims.grids import Grid

Numbers = dict[str, float]


def runs_of(grid: Grid) -> list[dict[str, Any]]:
    """Return the runs of a grid."""
    runs: list[dict[str, Any]] = json.loads((ROOT / grid.target).read_text(encoding="utf-8"))["runs"]
    return runs


def spread(name: str, values: Iterable[Any]) -> Numbers:
    """Return the least, the mean and the largest of some numbers, by name."""
    listed = [float(value) for value in values]
    return {f"{name}_least": min(listed), f"{name}_mean": sum(listed) / len(listed), f"{name}_most": max(listed)}
