"""Compares a student's result with the expected one: type, shape, dtype, finiteness, then value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from labkit.checks.cases import Raises

# Order in which problems are reported: the first kind that is found names the hint.
KINDS = ("type", "shape", "finite", "precision", "value")


@dataclass(frozen=True)
class Tolerance:
    """How close is close enough: |actual - expected| <= atol + rtol * |expected|; `relative` bounds a whole array."""

    atol: float = 1e-5
    rtol: float = 1e-4
    relative: float | None = None


VALUES = Tolerance()
# For gradients written by hand in float64: the largest difference, relative to the largest entry of the array.
GRADIENTS = Tolerance(relative=1e-6)


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with a result; `part` says which part of a tuple or dict, `place` where in an array."""

    kind: str
    part: str
    seen: str
    place: str = ""
    numbers: str = ""


def close(actual: np.ndarray, expected: np.ndarray, tolerance: Tolerance) -> np.ndarray:
    """Say for each entry whether it is close enough; shapes are equal. NaN equals NaN."""
    actual, expected = actual.astype(float), expected.astype(float)
    if tolerance.relative is not None:
        scale = np.max(np.abs(expected), initial=0.0)
        return np.asarray(np.abs(actual - expected) <= tolerance.relative * max(float(scale), 1e-3))
    return np.isclose(actual, expected, atol=tolerance.atol, rtol=tolerance.rtol, equal_nan=True)


def problems(
    actual: Any, expected: Any, tolerance: Tolerance = VALUES, axes: Sequence[str] = (), part: str = "", names: Sequence[str] = ()
) -> list[Problem]:
    """List what is wrong with a result; an empty list means it is right.

    axes:  names of the axes of an array result, to say where it differs first ("batch", "step", "unit")
    names: names of the parts of a tuple result
    """
    if isinstance(expected, tuple):
        return _parts_of_tuple(actual, expected, tolerance, axes, names)
    if isinstance(expected, Mapping):
        return _parts_of_dict(actual, expected, tolerance, axes)
    if isinstance(expected, list) and any(isinstance(item, np.ndarray) for item in expected):
        return _parts_of_list(actual, expected, tolerance, axes, part)
    if isinstance(expected, str):
        return [] if isinstance(actual, str) and actual == expected else [Problem("value", part, f"is {actual!r:.80}")]
    return _array(actual, np.asarray(expected), tolerance, axes, part)


def same(actual: Any, other: Any, tolerance: Tolerance = VALUES) -> bool:
    """Say whether a result is what a misconception gives. Infinite and NaN count as one."""
    if isinstance(other, Raises):
        return False
    if isinstance(other, tuple) or (isinstance(other, list) and any(isinstance(item, np.ndarray) for item in other)):
        fits = isinstance(actual, tuple | list) and len(actual) == len(other)
        return fits and all(same(one, two, tolerance) for one, two in zip(actual, other, strict=True))
    if isinstance(other, Mapping):
        fits = isinstance(actual, Mapping) and list(actual) == list(other)
        return fits and all(same(actual[key], other[key], tolerance) for key in other)
    if isinstance(other, str):
        return isinstance(actual, str) and actual == other
    array, wanted = as_array(actual), np.asarray(other)
    if array is None or array.shape != wanted.shape or (array.size and not _kind_fits(array.dtype.kind, wanted.dtype.kind)):
        return False
    finite = np.isfinite(wanted)
    return bool(np.array_equal(np.isfinite(array), finite) and np.all(close(array[finite], wanted[finite], tolerance)))


def as_array(value: Any) -> np.ndarray | None:
    """Read a value as an array of numbers or booleans; None when it is not one."""
    try:
        array = np.asarray(value)
    except Exception:  # noqa: BLE001  (any object may come from a student; what it raises does not matter)
        return None
    return array if array.dtype.kind in "biuf" and type(array) is np.ndarray else None


def _parts_of_tuple(
    actual: Any, expected: tuple[Any, ...], tolerance: Tolerance, axes: Sequence[str], names: Sequence[str]
) -> list[Problem]:
    if not isinstance(actual, tuple | list) or len(actual) != len(expected):
        wanted = f"({', '.join(names)})" if names else f"{len(expected)} values"
        return [Problem("type", "", f"returns {describe(actual)}; {wanted} is expected")]
    parts = names or [f"value {index}" for index in range(len(expected))]
    found = []
    for one, other, part in zip(actual, expected, parts, strict=True):
        found += problems(one, other, tolerance, axes, part)
    return found


def _parts_of_dict(actual: Any, expected: Mapping[str, Any], tolerance: Tolerance, axes: Sequence[str]) -> list[Problem]:
    if not isinstance(actual, Mapping):
        return [Problem("type", "", f"returns {describe(actual)}; a dict is expected")]
    if all(isinstance(item, int) for item in expected.values()):
        return _dictionary(actual, expected)
    missing = [key for key in expected if key not in actual]
    if missing:
        return [Problem("type", "", f"returns a dict without the key {missing[0]!r}")]
    extra = [key for key in actual if key not in expected]
    if extra:
        return [Problem("type", "", f"returns a dict with the extra key {extra[0]!r:.40}")]
    found = []
    for key, value in expected.items():
        found += problems(actual[key], value, tolerance, axes, key)
    return found


def _dictionary(actual: Mapping[Any, Any], expected: Mapping[str, int]) -> list[Problem]:
    for key, value in expected.items():
        if key not in actual:
            return [Problem("value", "", f"has no entry for {key!r}", f"word {key!r}")]
        if isinstance(actual[key], bool) or not isinstance(actual[key], int | np.integer):
            return [Problem("type", "", f"gives {key!r} the id {actual[key]!r:.40}; a whole number is expected")]
        if actual[key] != value:
            return [Problem("value", "", "differs", f"word {key!r}", f"{actual[key]}, expected {value}")]
    extra = [key for key in actual if key not in expected]
    return [Problem("value", "", f"has the extra entry {extra[0]!r:.40}")] if extra else []


def _parts_of_list(actual: Any, expected: list[Any], tolerance: Tolerance, axes: Sequence[str], part: str) -> list[Problem]:
    if not isinstance(actual, tuple | list) or len(actual) != len(expected):
        return [Problem("type", part, f"is {describe(actual)}; a list of {len(expected)} arrays is expected")]
    found = []
    for index, (one, other) in enumerate(zip(actual, expected, strict=True)):
        found += problems(one, other, tolerance, axes, f"{part}[{index}]")
    return found


def _array(actual: Any, expected: np.ndarray, tolerance: Tolerance, axes: Sequence[str], part: str) -> list[Problem]:
    array = as_array(actual)
    if array is None:
        return [Problem("type", part, f"is {describe(actual)}; numbers are expected")]
    if array.shape != expected.shape:
        return [Problem("shape", part, f"has shape {array.shape}", numbers=f"{expected.shape} is expected")]
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


def _kind_fits(actual: str, expected: str) -> bool:
    return actual in {"f": "f", "i": "iu", "u": "iu", "b": "b"}[expected]


def _first_difference(
    actual: np.ndarray, expected: np.ndarray, right: np.ndarray, kind: str, axes: Sequence[str], part: str
) -> list[Problem]:
    if right.all():
        return []
    index = tuple(int(i) for i in np.argwhere(~right)[0]) if right.ndim else ()
    named = axes if len(axes) == len(index) else [f"axis {axis}" for axis in range(len(index))]
    place = ", ".join(f"{name} {position}" for name, position in zip(named, index, strict=True))
    numbers = f"{actual[index]:.6g}, expected {expected[index]:.6g}"
    return [Problem(kind, part, "is not finite" if kind == "finite" else "differs", place, numbers)]


def describe(value: Any) -> str:
    """Say what a value is, in a few words."""
    if value is None:
        return "None"
    if isinstance(value, tuple | list):
        return f"a {type(value).__name__} of {len(value)} values"
    shape = getattr(value, "shape", None)
    dtype = getattr(value, "dtype", None)
    if shape is not None:
        return f"{type(value).__name__} of shape {tuple(shape)}" + (f" and dtype {dtype}" if dtype == object else "")
    return f"{type(value).__name__} ({value!r:.40})" if isinstance(value, str | int | float) else f"a {type(value).__name__}"
