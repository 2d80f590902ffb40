"""Cases that share one argument with an earlier one: a function that keeps something from call to call is found out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping


def crossed(arguments: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return sets of arguments of the same shapes, each with one array, number or text as it was, the others new.

    What is neither (a count, a dict, None) stays what it was in all of them. One set more has everything new.
    """
    new = {name: turned(value) for name, value in arguments.items()}
    free = [name for name, value in arguments.items() if new[name] is not value]
    sets = [{**new, name: arguments[name]} for name in free] if len(free) > 1 else []
    return [*sets, new] if free else []


def turned(value: Any) -> Any:
    """Return another value of the same kind and shape, which a docstring allows wherever it allows this one."""
    if isinstance(value, np.ndarray) and value.size:
        return _turned(value)
    if isinstance(value, list) and value and isinstance(value[0], np.ndarray):
        return [_turned(one) for one in value]
    return value * 0.75 if isinstance(value, float) and value else value  # of 0 there is no other: it stays what it was


def _turned(array: np.ndarray[Any, np.dtype[Any]]) -> np.ndarray[Any, np.dtype[Any]]:
    found = np.flip(array, axis=-1).copy() if array.ndim else array.copy()
    return np.asarray(-found if array.dtype.kind == "f" else found)
