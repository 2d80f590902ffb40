"""Calls a student's function as if for the first time: with the globals, defaults and attributes from before its calls.

What a function keeps (a cache, a counter, a list in a default argument) shows in that: it is right alone, and wrong
after others. Only plain values are kept aside and put back, and only in a copy of the function.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from inspect import isfunction
from types import FunctionType
from typing import Any

import numpy as np

MOST = 10_000  # numbers and texts in what is kept aside
PLAIN = (bool, int, float, complex, str, bytes, type(None), np.generic)


@dataclass(frozen=True)
class Before:
    """A function, and what it could keep things in, as that was before it was called."""

    function: FunctionType
    names: dict[str, Any]
    defaults: tuple[Any, ...] | None
    attributes: dict[str, Any]

    def again(self) -> FunctionType:
        """Return the function as it was: a copy, with copies of what it could keep things in."""
        names = dict(self.function.__globals__) | copy.deepcopy(self.names)
        made = FunctionType(
            self.function.__code__,
            names,
            self.function.__name__,
            copy.deepcopy(self.defaults),
            self.function.__closure__,
        )
        made.__kwdefaults__ = copy.deepcopy(self.function.__kwdefaults__)
        vars(made).update(copy.deepcopy(self.attributes))
        names[made.__name__] = made
        return made


def before(function: Any) -> Before | None:
    """Keep aside what a function could keep things in; None for what is no plain function, or holds too much."""
    if not isfunction(function):
        return None
    names = {name: function.__globals__[name] for name in function.__code__.co_names if name in function.__globals__}
    held = {name: value for name, value in names.items() if _plain(value)}
    defaults = function.__defaults__
    if (defaults is not None and not _plain(defaults)) or not _plain(vars(function)):
        return None
    return Before(function, copy.deepcopy(held), copy.deepcopy(defaults), copy.deepcopy(vars(function)))


def _plain(value: Any) -> bool:
    """Say whether a value is made of numbers, texts, arrays and containers of them, and small."""
    room = [MOST]
    return _fits(value, room)


def _fits(value: Any, room: list[int]) -> bool:
    if isinstance(value, PLAIN) or type(value).__name__ == "EagerTensor":  # which nothing can change
        room[0] -= 1
    elif type(value) is np.ndarray:
        room[0] -= value.size
        return value.dtype.kind in "biufSU" and room[0] >= 0
    elif type(value) in {list, tuple, set, frozenset, dict}:
        room[0] -= 1
        parts = [*value.keys(), *value.values()] if isinstance(value, dict) else value
        return room[0] >= 0 and all(_fits(part, room) for part in parts)
    else:
        return False
    return room[0] >= 0
