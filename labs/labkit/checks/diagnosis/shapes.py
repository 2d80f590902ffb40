"""Says how a wrong shape differs from the right one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labkit.checks.diagnosis.pairs import Array, Pair, Said, counted

if TYPE_CHECKING:
    from collections.abc import Sequence


def of_shapes(pairs: Sequence[Pair]) -> tuple[Pair, Said] | None:
    """Explain the largest array of another shape; None when there is none, or nothing to be said of it."""
    # Where the check itself picks rows of a result, its shape is not that of what the function has returned.
    whole = [pair for pair in pairs if pair.case.arguments.get("rows") is None]
    differ = [pair for pair in whole if pair.found.shape != pair.right.shape]
    if not differ:
        return None
    pair = max(differ, key=lambda pair: (pair.part == differ[0].part, pair.right.size))
    said = _other_axis(pair) or _another_length(pair) or _no_row_of_one(pair) or _another_order(pair) or _one_axis(pair)
    return (pair, said) if said else None


def _shapes(pair: Pair) -> str:
    wanted = f"{pair.right.shape} is" if pair.right.shape else "a single number is"
    return f"has shape {pair.found.shape}; {wanted} expected"


def _other_axis(pair: Pair) -> Said | None:
    """Of an argument one axis goes, and another one should."""
    for name, value in pair.case.arguments.items():
        shape = getattr(value, "shape", ())
        if len(shape) != pair.right.ndim + 1 or len(shape) < 2:
            continue
        gone = [axis for axis in range(len(shape)) if shape[:axis] + shape[axis + 1 :] == pair.found.shape]
        should = [axis for axis in range(len(shape)) if shape[:axis] + shape[axis + 1 :] == pair.right.shape]
        if len(gone) == len(should) == 1 and gone != should:
            return Said(
                f"{_shapes(pair)}: that is {name} {shape} without axis {gone[0]}, and axis {should[0]} should go",
                "Along which axis is added up, or picked?",
                "The axis of each sum, mean, norm and index.",
            )
    return None


def _no_row_of_one(pair: Pair) -> Said | None:
    found, right = pair.found.shape, pair.right.shape
    without = tuple(length for length in right if length != 1)
    if len(found) >= len(right) or tuple(length for length in found if length != 1) != without:
        return None
    return Said(
        f"{_shapes(pair)}: an axis of length 1 is lost",
        "Is there a squeeze, or an index where a slice is needed?",
        "x[:, 0] drops an axis, x[:, 0:1] keeps it; np.squeeze drops every axis of length 1.",
    )


def _another_order(pair: Pair) -> Said | None:
    found, right = pair.found, pair.right
    if found.size != right.size or not right.size:
        return None
    if sorted(found.shape) == sorted(right.shape):
        return Said(
            f"{_shapes(pair)}: the axes stand in another order",
            "Which axis comes first?",
            "Where arrays are stacked or transposed: the axis of each.",
        )
    if _equal(pair, found.ravel(), right.ravel()):
        return Said(
            f"{_shapes(pair)}: every number is right and in its turn",
            "Is a reshape missing, or one too many?",
            "The last line that changes the shape.",
        )
    return None


def _another_length(pair: Pair) -> Said | None:
    found, right = pair.found.shape, pair.right.shape
    differ = [axis for axis, (one, other) in enumerate(zip(found, right, strict=False)) if one != other]
    if len(found) != len(right) or not differ or len({(found[axis], right[axis]) for axis in differ}) > 1:
        return None
    axis = differ[0]
    have, want = found[axis], right[axis]
    noun = pair.axes[axis] if pair.axes else "entry" if len(right) == 1 else f"axis {axis}"
    number = counted(have, noun) if pair.axes else f"{have} along axis {axis}" if len(right) > 1 else f"{have} entries"
    where = ""
    if have < want and _equal(pair, pair.found, _first(pair.right, axis, have)):
        where = "; those that are there are right, the last ones are missing"
    elif have < want and _equal(pair, pair.found, _last(pair.right, axis, have)):
        where = "; those that are there are right, the first ones are missing"
    elif have > want and _equal(pair, _first(pair.found, axis, want), pair.right):
        where = "; the first ones are right, and there are more behind them"
    elif have > want and _equal(pair, _last(pair.found, axis, want), pair.right):
        where = "; the last ones are right, and there are more in front of them"
    few = "few" if have < want else "many"
    cause = (
        "Does a slice, a loop or a fixed limit end too early, or does a sum go along another axis?"
        if have < want
        else "Does a slice or a loop go too far, a sum go along another axis, or an array with fewer axes broadcast?"
    )
    if len(differ) > 1:
        number, where = f"{have} along each axis", ""
    return Said(
        f"has {number}, {abs(want - have)} too {few}: its shape is {found}, {right} is expected{where}",
        cause,
        "Each start, each end and each number in slices and ranges, and what decides which entries are kept.",
    )


def _one_axis(pair: Pair) -> Said | None:
    """One axis is missing, or one too many, which is not of length 1."""
    found, right = pair.found.shape, pair.right.shape
    if len(found) == len(right) - 1:
        missing = [axis for axis in range(len(right)) if right[:axis] + right[axis + 1 :] == found]
        if len(missing) == 1:
            name = f"the {pair.axes[missing[0]]} axis" if pair.axes else f"axis {missing[0]}"
            return Said(
                f"{_shapes(pair)}: {name} is lost",
                "Is something added up, averaged or picked along an axis that should stay?",
                "The axis of each sum, mean, norm and index.",
            )
    if len(found) == len(right) + 1:
        extra = [axis for axis in range(len(found)) if found[:axis] + found[axis + 1 :] == right]
        if extra:
            return Said(
                f"{_shapes(pair)}: one axis, of length {found[extra[0]]}, is left over",
                "Is a sum over an axis missing, a new axis too many, or is each row compared with all others?",
                "The axis of each sum and mean; each None or np.newaxis in an index.",
            )
    return None


def _first(array: Array, axis: int, length: int) -> Array:
    return array.take(range(length), axis=axis)


def _last(array: Array, axis: int, length: int) -> Array:
    return array.take(range(array.shape[axis] - length, array.shape[axis]), axis=axis)


def _equal(pair: Pair, found: Array, right: Array) -> bool:
    known = bool(right.size) and bool(right.any())  # of a large array nothing is known but its shape: zeros
    return known and Pair(pair.part, found, right, pair.case, pair.tolerance, ()).like(right)
