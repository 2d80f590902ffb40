"""The time budget of a course: LABKIT_BUDGET makes every training shorter, for tests and for slow machines."""

from __future__ import annotations

import os


def budget() -> float:
    """Read LABKIT_BUDGET: a factor on the length of every training, 1 when it is not set."""
    text = os.environ.get("LABKIT_BUDGET", "1")
    try:
        factor = float(text)
    except ValueError:
        factor = -1.0
    if not 0 < factor < float("inf"):
        raise ValueError(f"LABKIT_BUDGET is {text!r}; it must be a positive number, for example 0.5.")
    return factor


def scaled(steps: int) -> int:
    """Fit a number of steps or epochs to the time budget; at least one remains."""
    return max(1, round(steps * budget()))
