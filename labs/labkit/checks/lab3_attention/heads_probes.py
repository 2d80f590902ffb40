"""Runs on the student's side for lab 3, many heads: calls a function with tensors, and looks for the way back.

See `labkit.checks.probes`: a probe takes the student's function first, then plain values, and returns plain values.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from labkit.checks import compare, ways
from labkit.checks.probes import MOST, Unfit

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def tensors(function: Callable[..., Any], *arguments: Any) -> Any:
    """Call a function with its arrays as tensors."""
    return _plain(function(*_tensors(arguments)))


def differentiable(function: Callable[..., Any], *arguments: Any) -> Any:
    """Call a function with its arrays as tensors; its (first) result must lead back to every float array it hangs on.

    An argument that has no effect is left to the comparison of the results, which names the mistake.
    Raises Unfit("not_differentiable") or Unfit("gradient_not_finite").
    """
    import tensorflow as tf

    given = _tensors(arguments)
    places = [place for place, one in enumerate(given) if tf.is_tensor(one) and one.dtype.is_floating]
    with tf.GradientTape() as tape:
        tape.watch([given[place] for place in places])
        result = function(*given)
        first = _first(result)
    value = compare.as_array(_plain(first))
    if value is None or value.dtype.kind != "f" or value.size > MOST:
        return _plain(result)
    gradients = (
        tape.gradient(first, [given[place] for place in places]) if tf.is_tensor(first) else [None] * len(places)
    )
    for place, gradient in zip(places, gradients, strict=True):
        if gradient is None and _matters(function, given, place, value):
            raise Unfit("not_differentiable")
    found = [np.asarray(tf.convert_to_tensor(gradient)) for gradient in gradients if gradient is not None]
    if np.isfinite(value).all() and not all(np.isfinite(gradient).all() for gradient in found):
        raise Unfit("gradient_not_finite")
    return _plain(result)


def with_keras_weights(
    function: Callable[..., Any], directions: Sequence[Any], weights: Sequence[Any], *arguments: Any
) -> dict[str, Any]:
    """Do what `ways.traced` does, and call the function with weights of Keras in place of matrices, as a block does."""
    import keras
    import tensorflow as tf

    found = ways.traced(function, directions, weights, *arguments)
    with ways.settled():
        given = [
            keras.Variable(one) if isinstance(one, np.ndarray) and one.ndim == 2 and one.dtype.kind == "f" else one
            for one in arguments
        ]
        given = [tf.constant(one) if isinstance(one, np.ndarray) else one for one in given]
        return found | {"keras_weights": ways.once_more(function, given, weights)}


def _matters(function: Callable[..., Any], given: Sequence[Any], place: int, value: Any) -> bool:
    """Say whether the first result changes with an argument."""
    changed = list(given)
    numbers = np.asarray(given[place])
    factors = np.linspace(1.25, 1.75, numbers.size).reshape(numbers.shape)
    changed[place] = given[place] * factors.astype(numbers.dtype)
    try:
        other = compare.as_array(_plain(_first(function(*changed))))
    except Exception:  # noqa: BLE001  (whatever a student's code raises, it is no reason to ask for a gradient)
        return False
    return other is None or not np.array_equal(value, other, equal_nan=True)


def _tensors(arguments: Sequence[Any]) -> list[Any]:
    import tensorflow as tf

    return [tf.constant(one) if isinstance(one, np.ndarray) else one for one in arguments]


def _first(result: Any) -> Any:
    return result[0] if isinstance(result, tuple | list) and result else result


def _plain(value: Any) -> Any:
    import tensorflow as tf

    if isinstance(value, tuple | list):
        parts = [_plain(one) for one in value]
        return tuple(parts) if isinstance(value, tuple) else parts
    return np.asarray(value) if tf.is_tensor(value) else value
