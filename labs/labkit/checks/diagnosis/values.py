"""Says which values stand in the wrong places: the right ones elsewhere, zeros, one for another."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from labkit.checks.diagnosis.pairs import Array, Pair, Said, every

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


def elsewhere(pairs: Sequence[Pair]) -> Said | None:
    """Say that the right numbers stand in other places."""
    if not every(pairs, _reordered):
        return None
    names = [name for name, _ in _orders(pairs[0])]
    found = next((name for name in names if every(pairs, partial(_ordered, name=name))), "")
    if not found and every(pairs, _rows_reordered):
        found = "its rows stand in another order"
    seen = f"holds the right numbers{f': {found}' if found else ' in other places'}"
    return Said(
        seen,
        "Is an axis turned, a row taken for a column, or something sorted?",
        "Each transpose, reshape, sort and stack: along which axis?",
    )


def _reordered(pair: Pair) -> bool:
    if pair.right.dtype.kind == "b" or pair.right.size < 3:
        return False
    one, other = np.sort(pair.found.ravel()), np.sort(pair.right.ravel())
    return len(np.unique(other)) > 2 and Pair("", one, other, pair.case, pair.tolerance, ()).like(other)


def _orders(pair: Pair) -> Iterator[tuple[str, Array]]:
    right = pair.right
    if right.ndim == 2 and right.shape[0] == right.shape[1]:
        yield "transposed", right.T
    names = pair.axes or [f"axis {axis}" for axis in range(right.ndim)]
    for axis, name in enumerate(names):
        yield f"backwards along {name}", np.flip(right, axis)
        yield f"one place too late along {name}, the last one first", np.roll(right, 1, axis)
        yield f"one place too early along {name}, the first one last", np.roll(right, -1, axis)
    if right.ndim > 1:
        yield "counted along columns in place of rows", right.ravel(order="F").reshape(right.shape)
        yield "counted along columns in place of rows", right.ravel().reshape(right.shape, order="F")


def _rows_reordered(pair: Pair) -> bool:
    rows, right = ([tuple(row.ravel().tolist()) for row in np.atleast_2d(array)] for array in (pair.found, pair.right))
    return pair.right.ndim > 1 and rows != right and sorted(rows) == sorted(right)


def _ordered(pair: Pair, name: str) -> bool:
    return any(pair.like(array) for order, array in _orders(pair) if order == name)


def one_for_another(pairs: Sequence[Pair]) -> Said | None:
    """Say that one value stands wherever others are right."""
    wrong = np.concatenate([pair.found[pair.wrong].ravel() for pair in pairs])
    right = np.concatenate([pair.right[pair.wrong].ravel() for pair in pairs])
    numbers = sum(pair.right.size for pair in pairs)
    if wrong.size < 2 or wrong.size == numbers or pairs[0].right.dtype.kind == "f" or np.unique(wrong).size > 1:
        return None
    value = wrong[0].item()
    count = f"{'at least ' if any(pair.known_in_part for pair in pairs) else ''}{wrong.size}"
    if np.unique(right).size > 1:
        seen = f"is {value} in {count} places where other numbers are right; all else is right"
    else:
        seen = f"is {value} in {count} places where {right[0].item()} is right; all else is right"
    return Said(
        seen,
        "What sets these places apart from all others?",
        "Each condition, each limit and each line that fills or replaces something.",
    )


def zeros(pairs: Sequence[Pair]) -> Said | None:
    """Say that what is wrong is 0 in each place, or should be."""
    wrong = sum(int(pair.wrong.sum()) for pair in pairs)
    numbers = sum(pair.right.size for pair in pairs)
    if pairs[0].right.dtype.kind != "f" or wrong < 2 or wrong == numbers:
        return None
    count = f"{'at least ' if any(pair.known_in_part for pair in pairs) else ''}{wrong}"
    if every(pairs, lambda pair: not np.any(pair.found[pair.wrong])):
        if every(pairs, lambda pair: bool(np.all(pair.right[pair.wrong] < 0))):
            return Said(
                f"is 0 in {count} places where a negative number is right; all else is right",
                "Are numbers below 0 cut away: a maximum with 0, a clip, a ReLU?",
                "The line that sets a lower limit.",
            )
        return Said(
            f"is 0 in {count} places where it should not be; all else is right",
            "Is something left out, or cut away, that counts?",
            "Each condition, each mask and each slice that decides what is used.",
        )
    if every(pairs, lambda pair: not np.any(pair.right[pair.wrong])):
        return Said(
            f"is not 0 in {count} places where it should be; all else is right",
            "Should something be left out there: a masked step, what lies behind a limit?",
            "Each mask and each condition: does it reach every term?",
        )
    return None


def sums(pairs: Sequence[Pair]) -> Said | None:
    """Say that weights add up to 1 along another axis than the last."""
    if not every(pairs, lambda pair: pair.right.dtype.kind == "f" and pair.right.ndim > 1 and _ones(pair.right, -1)):
        return None
    if not every(pairs, lambda pair: _ones(pair.found, -2)):
        return None
    return Said(
        "adds up to 1 along the axis before the last, not along the last one",
        "Over which axis does the softmax go: over the keys, or over the queries?",
        "The axis of the softmax, and what stands on it.",
    )


def _ones(array: Array, axis: int) -> bool:
    total = array.sum(axis=axis)
    return bool(np.all(np.isclose(total, 1, atol=1e-4) | (total == 0)) and np.any(total))
