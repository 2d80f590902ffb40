"""Compares a student's result with the expected one: type, shape, dtype, finiteness, then value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from labkit.checks.cases import AnyOrder, Raises, Some
from labkit.checks.describe import describe, holds_text, short

# Order in which problems are reported: the first kind that is found names the hint.
KINDS = ("type", "shape", "finite", "precision", "value")


@dataclass(frozen=True)
class Tolerance:
    """How close is close enough: |actual - expected| <= atol + rtol * |expected|; `relative` bounds a whole array.

    single: a part of the largest entry that a float32 result may differ by: where large numbers add up to a small one
    """

    atol: float = 1e-5
    rtol: float = 1e-4
    relative: float | None = None
    single: float = 0.0


VALUES = Tolerance()
# For what is float32 by its docstring: right answers to `attend_next` differ by up to 1.4e-5 (800 seeds).
SINGLE = Tolerance(single=2e-5)
# For gradients written by hand in float64: the largest difference, relative to the largest entry of the array.
GRADIENTS = Tolerance(relative=1e-6)


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with a result.

    kind: one of KINDS; part: which part of a tuple or dict; seen: what is to be said of it, beginning with a verb
    place: where in an array it differs first; numbers: what stands there, and what is expected
    """

    kind: str
    part: str
    seen: str
    place: str = ""
    numbers: str = ""


def allowed(actual: np.ndarray, expected: np.ndarray, tolerance: Tolerance) -> np.ndarray:
    """Return by how much each entry may differ; shapes are equal."""
    wanted = np.abs(np.where(np.isfinite(expected), expected, 0.0).astype(float))
    largest = float(wanted.max(initial=0.0))
    if tolerance.relative is not None:
        return np.full(wanted.shape, tolerance.relative * max(largest, 1e-3))
    among = tolerance.single * (largest - 1.0) if actual.dtype == np.float32 else 0.0
    return np.asarray(max(tolerance.atol, among) + tolerance.rtol * wanted)


def close(actual: np.ndarray, expected: np.ndarray, tolerance: Tolerance) -> np.ndarray:
    """Say for each entry whether it is close enough; shapes are equal. NaN equals NaN, and infinity itself."""
    slack, actual, expected = allowed(actual, expected, tolerance), actual.astype(float), expected.astype(float)
    with np.errstate(invalid="ignore"):  # infinity less infinity
        near = np.abs(actual - expected) <= slack
    return np.asarray(near | (actual == expected) | (np.isnan(actual) & np.isnan(expected)))


def problems(
    actual: Any,
    expected: Any,
    tolerance: Tolerance = VALUES,
    axes: Sequence[str] = (),
    part: str = "",
    names: Sequence[str] = (),
) -> list[Problem]:
    """List what is wrong with a result; an empty list means it is right. Whatever the result is, nothing is raised.

    axes:  names of the axes of an array result, to say where it differs first ("batch", "step", "unit")
    names: names of the parts of a tuple result
    """
    try:
        return _find(actual, expected, tolerance, axes, part, names)
    except Exception:  # noqa: BLE001  (an object whose len, == or [] raises; what it raises does not matter)
        return [Problem("type", part, f"is {describe(actual)}, and can't be read")]


def _find(  # noqa: PLR0911  (one line a kind)
    actual: Any,
    expected: Any,
    tolerance: Tolerance,
    axes: Sequence[str] = (),
    part: str = "",
    names: Sequence[str] = (),
) -> list[Problem]:
    if isinstance(expected, tuple):
        return _parts_of_tuple(actual, expected, tolerance, axes, names)
    if isinstance(expected, Mapping):
        return _parts_of_dict(actual, expected, tolerance, axes)
    if isinstance(expected, list) and any(isinstance(item, np.ndarray | Some) for item in expected):
        return _parts_of_list(actual, expected, tolerance, axes, part)
    if isinstance(expected, Some):
        return _some(actual, expected, tolerance, axes, part)
    if isinstance(expected, AnyOrder):
        found = as_array(actual)
        ordered = actual if found is None or found.ndim != 1 else np.sort(found)
        return _find(ordered, np.sort(expected.values), tolerance, (), part)
    if isinstance(expected, list) and not isinstance(actual, list):
        return [Problem("type", part, f"is {describe(actual)}; a list is expected")]
    if isinstance(expected, str):
        right = isinstance(actual, str) and actual == expected
        return [] if right else [Problem("value", part, f"is {describe(actual)}", numbers=f"{expected!r} is expected")]
    return _array(actual, np.asarray(expected), tolerance, axes, part)


def _some(actual: Any, expected: Some, tolerance: Tolerance, axes: Sequence[str], part: str) -> list[Problem]:
    """Compare with a large array of which some numbers are known: for all others, what was found stands for itself."""
    array = as_array(actual)
    whole = np.zeros(expected.shape, expected.dtype)
    if array is None or array.shape != expected.shape or not _kind_fits(array.dtype.kind, whole.dtype.kind):
        return _array(actual, whole, tolerance, axes, part)
    whole.ravel()[:] = np.where(np.isfinite(array), array, 0).ravel()
    whole.ravel()[list(expected.at)] = expected.values
    return _array(array, whole, tolerance, axes, part)


def same(actual: Any, other: Any, tolerance: Tolerance = VALUES) -> bool:
    """Say whether a result is what a misconception gives. Infinite and NaN count as one."""
    try:
        return _same(actual, other, tolerance)
    except Exception:  # noqa: BLE001  (an object whose len, == or [] raises is not the same)
        return False


def _same(actual: Any, other: Any, tolerance: Tolerance) -> bool:  # noqa: PLR0911  (one line a kind)
    if isinstance(other, Raises):
        return False
    if isinstance(other, AnyOrder):
        return not _find(actual, other, tolerance)
    if isinstance(other, Some):
        array = as_array(actual)
        fits = array is not None and array.shape == other.shape
        return array is not None and fits and _same(array.ravel()[list(other.at)], other.values, tolerance)
    if isinstance(other, tuple) or (
        isinstance(other, list) and any(isinstance(item, np.ndarray | list | str | Some) for item in other)
    ):
        fits = isinstance(actual, tuple | list) and len(actual) == len(other)
        return fits and all(same(one, two, tolerance) for one, two in zip(actual, other, strict=True))
    if isinstance(other, Mapping):
        fits = isinstance(actual, Mapping) and len(actual) == len(other) and all(key in actual for key in other)
        return fits and all(same(actual[key], other[key], tolerance) for key in other)
    if isinstance(other, str):
        return isinstance(actual, str) and actual == other
    array, wanted = as_array(actual), np.asarray(other)
    if (
        array is None
        or array.shape != wanted.shape
        or (array.size and not _kind_fits(array.dtype.kind, wanted.dtype.kind))
    ):
        return False
    finite = np.isfinite(wanted)
    return bool(np.array_equal(np.isfinite(array), finite) and np.all(close(array[finite], wanted[finite], tolerance)))


def as_array(value: Any) -> np.ndarray | None:
    """Read a value as an array of numbers or booleans; None when it is not one, or when entries are masked away."""
    if isinstance(value, list | tuple) and holds_text(value):
        return None  # NumPy would give each entry the room of the longest text
    try:
        array = np.empty(0, object) if np.ma.is_masked(value) else np.asarray(value)
    except Exception:  # noqa: BLE001  (any object may come from a student; what it raises does not matter)
        return None
    return array if array.dtype.kind in "biuf" else None


def _parts_of_tuple(
    actual: Any, expected: tuple[Any, ...], tolerance: Tolerance, axes: Sequence[str], names: Sequence[str]
) -> list[Problem]:
    if not isinstance(actual, tuple | list) or len(actual) != len(expected):
        wanted = f"({', '.join(names)}) is" if names else f"{len(expected)} values are"
        return [Problem("type", "", f"is {describe(actual)}; {wanted} expected")]
    parts = names or [f"value {index}" for index in range(len(expected))]
    found = []
    for one, other, part in zip(actual, expected, parts, strict=True):
        found += problems(one, other, tolerance, axes, part)
    return found


def _parts_of_dict(
    actual: Any, expected: Mapping[str, Any], tolerance: Tolerance, axes: Sequence[str]
) -> list[Problem]:
    if not isinstance(actual, Mapping):
        return [Problem("type", "", f"is {describe(actual)}; a dict is expected")]
    if all(isinstance(item, int) for item in expected.values()):
        return _dictionary(actual, expected)
    missing = [key for key in expected if key not in actual]
    if missing:
        return [Problem("type", "", f"is a dict without the key {missing[0]!r}")]
    extra = [key for key in actual if key not in expected]
    if extra:
        return [Problem("type", "", f"is a dict with the extra key {short(repr(extra[0]))}")]
    found = []
    for key, value in expected.items():
        found += problems(actual[key], value, tolerance, axes, key)
    return found


def _dictionary(actual: Mapping[Any, Any], expected: Mapping[str, int]) -> list[Problem]:
    for key in expected:
        if key not in actual:
            return [Problem("value", "", f"has no entry for {key!r}")]
        if isinstance(actual[key], bool | np.bool_) or not isinstance(actual[key], int | np.integer):
            return [Problem("type", "", f"gives {key!r} the id {describe(actual[key])}; a whole number is expected")]
    for key, value in expected.items():
        if actual[key] != value:
            return [Problem("value", "", f"gives {key!r} the id {int(actual[key])}; {value} is expected")]
    extra = [key for key in actual if key not in expected]
    return [Problem("value", "", f"has the extra entry {short(repr(extra[0]))}")] if extra else []


def _parts_of_list(
    actual: Any, expected: list[Any], tolerance: Tolerance, axes: Sequence[str], part: str
) -> list[Problem]:
    if not isinstance(actual, tuple | list) or len(actual) != len(expected):
        return [Problem("type", part, f"is {describe(actual)}; a list of {len(expected)} arrays is expected")]
    found = []
    for index, (one, other) in enumerate(zip(actual, expected, strict=True)):
        found += problems(one, other, tolerance, axes, f"{part}[{index}]")
    return found


def _array(actual: Any, expected: np.ndarray, tolerance: Tolerance, axes: Sequence[str], part: str) -> list[Problem]:
    array = as_array(actual)
    if array is None:
        return [Problem("type", part, f"{_no_numbers(actual)}; numbers are expected")]
    if array.shape != expected.shape:
        wanted = f"{expected.shape} is" if expected.shape else "a single number is"
        return [Problem("shape", part, f"has shape {array.shape}", numbers=f"{wanted} expected")]
    if array.size and not _kind_fits(array.dtype.kind, expected.dtype.kind):
        words = {"f": "real numbers (float)", "i": "whole numbers (int)", "b": "True and False (bool)"}
        return [Problem("type", part, f"has dtype {array.dtype}; {words[expected.dtype.kind]} are expected")]
    if expected.dtype.kind != "f":
        return _first_difference(array, expected, array == expected, "value", axes, part)
    finite = np.isfinite(array)
    if not finite.all():
        return _first_difference(array, expected, finite, "finite", axes, part)
    right = close(array, expected, tolerance)
    loosely = tolerance.relative is not None and bool(np.all(close(array, expected, VALUES)))
    return _first_difference(array, expected, right, "precision" if loosely else "value", axes, part)


def _no_numbers(value: Any) -> str:
    """Say why a value is no array: what it is, or for a list the first thing in it that is no number."""
    if not isinstance(value, tuple | list):
        return f"is {describe(value)}"
    odd = next((item for item in value if as_array(item) is None), None)
    if odd is None and all(as_array(item) is not None for item in value):
        return f"is {describe(value)}, with parts of different shapes"
    return _no_numbers(odd) if isinstance(odd, tuple | list) else f"holds {describe(odd)}"


def _kind_fits(actual: str, expected: str) -> bool:
    return actual in {"f": "f", "i": "iu", "u": "iu", "b": "b"}.get(expected, "")


def _first_difference(
    actual: np.ndarray, expected: np.ndarray, right: np.ndarray, kind: str, axes: Sequence[str], part: str
) -> list[Problem]:
    if right.all():
        return []
    index = tuple(int(i) for i in np.argwhere(~right)[0]) if right.ndim else ()
    if len(axes) == len(index):
        place = ", ".join(f"{name} {position}" for name, position in zip(axes, index, strict=True))
    else:
        place = f"entry {list(index)}"
    both = (f"{one:.6g}" if one.dtype.kind == "f" else str(one) for one in (actual[index], expected[index]))
    numbers = ", expected ".join(both)
    seen = "is infinite or not a number" if kind == "finite" else "differs"
    return [Problem(kind, part, seen, place if index else "", numbers)]
