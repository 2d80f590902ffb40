"""The functions of a lab as its solution notebook defines them: what a claim measures is what students run."""

from __future__ import annotations

import os
from functools import cache
from typing import Any

from autograder.model.cells import grade_id
from autograder.model.lab import find

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


@cache
def names(lab: str) -> dict[str, Any]:
    """Run the given cells and the solutions of a lab, without its checks and experiments; return what they bind."""
    bound: dict[str, Any] = {"__name__": f"{lab}_cells"}
    for cell in find(lab).cells("given", "exercise"):
        exec(compile(cell.source, grade_id(cell), "exec"), bound)  # noqa: S102  (our own notebook)
    return bound
