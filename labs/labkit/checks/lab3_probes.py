"""Runs on the student's side for lab 3: calls a function with tensors, and asks TensorFlow for the way back.

See `labkit.checks.probes`: a probe takes the student's function first, then plain values, and returns plain values.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from labkit.checks.probes import Unfit

if TYPE_CHECKING:
    from collections.abc import Callable

Array = np.ndarray[Any, np.dtype[Any]]


def tensors(function: Callable[..., Any], *arguments: Any) -> Any:
    """Call a function with its arrays as tensors; each float array must get a finite gradient from the first result.

    Raises Unfit("not_differentiable") or Unfit("gradient_not_finite").
    """
    import tensorflow as tf

    given = [tf.constant(one) if isinstance(one, np.ndarray) else one for one in arguments]
    watched = [one for one in given if tf.is_tensor(one) and one.dtype.is_floating]
    with tf.GradientTape() as tape:
        tape.watch(watched)
        result = function(*given)
        first = result[0] if isinstance(result, tuple) and result else result
    if not tf.is_tensor(first):
        if isinstance(first, np.ndarray | np.floating) and first.dtype.kind == "f":
            raise Unfit("not_differentiable")
        return result
    if first.dtype.is_floating:
        _way_back(first, tape.gradient(first, watched))
    return _plain(result)


def _way_back(result: Any, gradients: list[Any]) -> None:
    if any(gradient is None for gradient in gradients):
        raise Unfit("not_differentiable")
    if np.isfinite(np.asarray(result)).all() and not all(np.isfinite(np.asarray(one)).all() for one in gradients):
        raise Unfit("gradient_not_finite")


def _plain(value: Any) -> Any:
    import tensorflow as tf

    if isinstance(value, tuple | list):
        return type(value)(_plain(one) for one in value)
    return np.asarray(value) if tf.is_tensor(value) else value
