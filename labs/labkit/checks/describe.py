"""Says what a value is, in a few words."""

from __future__ import annotations

from typing import Any

import numpy as np


def describe(value: Any) -> str:
    """Say what a value is, in a few words; never raises."""
    try:
        return _describe(value)
    except Exception:  # noqa: BLE001  (its shape, len or repr raises)
        return f"a {type(value).__name__}"


def _describe(value: Any) -> str:
    if value is None or isinstance(value, bool | np.bool_):
        return str(value)
    if isinstance(value, str | int | float):
        return f"the {type(value).__name__} {short(repr(value))}"
    if isinstance(value, tuple | list):
        return f"a {type(value).__name__} of {len(value)} value{'s' * (len(value) != 1)}"
    shape, dtype = getattr(value, "shape", None), getattr(value, "dtype", None)
    if shape is not None and not isinstance(value, type):
        kind = "array" if type(value) is np.ndarray else type(value).__name__
        name = f"{'an' if kind[:1] in 'AEIOUa' else 'a'} {kind}"
        return f"{name} of shape {tuple(shape)}" + (f" and dtype {dtype}" if dtype == np.dtype(object) else "")
    return (
        f"the {value.__name__!r} itself"
        if callable(value) and hasattr(value, "__name__")
        else f"a {type(value).__name__}"
    )


def short(text: str) -> str:
    """Shorten a text to 40 characters."""
    return text if len(text) <= 40 else text[:37] + "..."


def holds_text(value: list[Any] | tuple[Any, ...]) -> bool:
    """Say whether a text stands in a list, or in lists in it; each list is looked into once."""
    waiting: list[Any] = [value]
    seen: set[int] = set()
    while waiting:
        item = waiting.pop()
        if isinstance(item, str | bytes):
            return True
        if type(item) in {list, tuple} and id(item) not in seen:
            seen.add(id(item))
            waiting += item
    return False
