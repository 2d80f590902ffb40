"""How near does a right answer come to being refused? The largest error of one, as a part of what is allowed."""

import contextlib
import io
from unittest import mock

import numpy as np

from labkit.checks import compare
from labkit.checks.exercise import CheckFailed


def used(actual, expected, tolerance):
    """Return the largest part of what is allowed that an array's errors use; shapes are equal."""
    slack = compare.allowed(actual, expected, tolerance)
    finite = np.isfinite(expected) & np.isfinite(actual)
    parts = np.abs(actual.astype(float) - expected)[finite] / np.broadcast_to(slack, expected.shape)[finite]
    return float(parts.max(initial=0.0))


def nearest(check, answer, cases):
    """Check an answer against cases; return the largest part of a tolerance that was used, and what was said of it.

    What was said is "" when it passed.
    """
    largest = 0.0
    close = compare.close

    def measured(actual, expected, tolerance):
        nonlocal largest
        largest = max(largest, used(actual, expected, tolerance))
        return close(actual, expected, tolerance)

    with mock.patch.object(compare, "close", measured), contextlib.redirect_stdout(io.StringIO()):
        try:
            check(answer, cases)
        except CheckFailed as failure:
            return largest, str(failure)
    return largest, ""
