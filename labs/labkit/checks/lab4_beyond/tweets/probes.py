"""Runs on the student's side for lab 4, part 1: takes whole numbers for counts, whatever their type.

See `labkit.checks.probes`: a probe takes the student's function first, then plain values, and returns plain values.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from labkit.checks import compare
from labkit.checks.probes import MOST

if TYPE_CHECKING:
    from collections.abc import Callable

Array = np.ndarray[Any, np.dtype[Any]]


def counts(function: Callable[..., Any], truth: Array, predicted: Array, classes: int) -> Any:
    """Call `confusion_matrix`: 3.0 is as good a count as 3."""
    return whole(function(truth, predicted, classes))


def whole(table: Any) -> Any:
    """Return a table of whole numbers as ints; any other one as it is."""
    array = compare.as_array(table)
    if array is None or array.dtype.kind != "f" or array.size > MOST or not np.isfinite(array).all():
        return table
    return array.astype(int) if np.array_equal(array, np.rint(array)) else table
