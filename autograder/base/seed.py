"""The seed that hidden cases are drawn from."""

from __future__ import annotations

import os

# The variable that carries the seed of one grading; without it every run draws the same fresh cases.
SEED_VARIABLE = "AUTOGRADER_SEED"


def grading_seed() -> int:
    """Read the seed of this grading from the environment."""
    return int(os.environ.get(SEED_VARIABLE, "20260101"))
