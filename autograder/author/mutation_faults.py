"""What the mutants of `mutation_usage` do to an argument while they run: bend it, cut it, keep it, write into it.

Each takes an argument of an exercise (an array, a tensor, a list of either, a number, a text, a dict, None) and
returns what the function goes on with; nothing but `written` changes the argument itself.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

_kept: dict[Any, Any] = {}


def begin() -> None:
    """Forget what earlier mutants have kept."""
    _kept.clear()


def _tensor(value: Any) -> bool:
    return not isinstance(value, np.ndarray) and hasattr(value, "dtype") and hasattr(value, "get_shape")


def _each(value: Any, change: Any) -> Any:
    """Apply a change to an array, or to each array of a list."""
    if isinstance(value, list | tuple) and any(isinstance(one, np.ndarray) or _tensor(one) for one in value):
        return type(value)(change(one) for one in value)
    return value if value is None else change(value)


def bent(value: Any) -> Any:
    """Return something near the value that is not the value."""
    return _each(value, _bent)


def _bent(value: Any) -> Any:  # noqa: PLR0911  (one line a kind)
    if isinstance(value, bool):
        return not value
    if isinstance(value, list | str):
        return value[:-1]
    if isinstance(value, dict):
        return dict(list(value.items())[:-1])
    if _tensor(value):
        if value.dtype.is_bool:
            return ~value
        return value * 0.9 + 0.05 if value.dtype.is_floating else value + 1
    if isinstance(value, np.ndarray) and value.dtype == bool:
        return ~value
    whole = isinstance(value, int) or (isinstance(value, np.ndarray) and value.dtype.kind in "iu")
    return value + 1 if whole else value * 0.9 + 0.05


def sizes(value: Any) -> tuple[int, ...]:
    """Return the length of each axis: of an array, or of a list (of lists) of anything."""
    if hasattr(value, "shape"):
        return tuple(int(one or 0) for one in value.shape)
    if isinstance(value, list | tuple) and value and hasattr(value[0], "shape"):
        return sizes(value[0])
    if isinstance(value, list | tuple | str | dict):
        inner = [len(one) for one in value if isinstance(one, list | str)] if isinstance(value, list) else []
        return (len(value), *([max(inner)] if inner else []))
    return ()


def rows(value: Any) -> int:
    """Return the length of the first axis; 0 where there is none."""
    return (*sizes(value), 0)[0]


def longest(value: Any) -> int:
    """Return the length of the longest axis; 0 where there is none."""
    return max(sizes(value), default=0)


def square(value: Any) -> bool:
    """Say whether the first two axes are of one length."""
    found = sizes(value)
    return len(found) > 1 and found[0] == found[1]


def narrowed(value: Any) -> Any:
    """Return the numbers as a dtype holds them that is too narrow: int8, or float16."""
    if isinstance(value, list):
        return [narrowed(one) for one in value]
    if _tensor(value):
        import tensorflow as tf  # noqa: PLC0415  (workers fork before it runs)

        return tf.cast(tf.cast(value, tf.float16 if value.dtype.is_floating else tf.int8), value.dtype)
    kind = np.asarray(value).dtype
    if kind.kind not in "iuf":
        return value
    found = np.asarray(value).astype(np.float16 if kind.kind == "f" else np.int8).astype(kind)
    return found if isinstance(value, np.ndarray) else found.item()


def clipped(value: Any, low: float, high: float) -> Any:
    """Return the numbers between two thresholds."""
    return _each(value, lambda one: _clipped(one, low, high))


def _clipped(value: Any, low: float, high: float) -> Any:
    if isinstance(value, list):
        return [_clipped(one, low, high) for one in value]
    if _tensor(value):
        import tensorflow as tf  # noqa: PLC0415  (workers fork before it runs)

        return tf.clip_by_value(value, tf.cast(low, value.dtype), tf.cast(high, value.dtype))
    found = np.clip(value, low, high).astype(np.asarray(value).dtype)
    return found if isinstance(value, np.ndarray) else found.item()


def stopped(value: Any) -> Any:
    """Return the value, from which no gradient comes back."""
    import tensorflow as tf  # noqa: PLC0415  (workers fork before it runs)

    return _each(value, tf.stop_gradient)


def doubled(value: Any) -> Any:
    """Return the value, whose gradient counts twice."""
    return _each(value, lambda one: 2 * one - stopped(one))


def tracing() -> bool:
    """Say whether this runs inside a tf.function."""
    import tensorflow as tf  # noqa: PLC0415  (workers fork before it runs)

    return not tf.executing_eagerly()


def first(key: Any, value: Any) -> Any:
    """Return what came the first time in this shape."""
    if tracing_quietly():
        return value
    return _kept.setdefault((key, sizes(value), str(getattr(value, "dtype", type(value)))), value)


def tracing_quietly() -> bool:
    """Say whether this runs inside a tf.function, without starting TensorFlow for it."""
    return "tensorflow" in sys.modules and tracing()


def written(value: Any) -> None:
    """Write into an argument."""
    for one in value if isinstance(value, list) and value and isinstance(value[0], np.ndarray) else [value]:
        if isinstance(one, np.ndarray) and one.size:
            one[...] = ~one if one.dtype == bool else one + 1
        elif isinstance(one, list):
            one.append(one[-1] if one else 0)
        elif isinstance(one, dict):
            one["?"] = 0
