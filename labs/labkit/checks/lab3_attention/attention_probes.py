"""Runs on the student's side for lab 3, parts 1 and 2: asks for the gradient of a function, and for rows of a table.

See `labkit.checks.probes`: a probe takes the student's function first, then plain values, and returns plain values.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from labkit.checks import compare
from labkit.checks.probes import MOST, Unfit

if TYPE_CHECKING:
    from collections.abc import Callable

Array = np.ndarray[Any, np.dtype[Any]]

_STEP = 0.005  # far above the rounding of float32 for scores up to 1000


def tensors(function: Callable[..., Any], *arguments: Any) -> Any:
    """Call a function with its arrays as tensors; TensorFlow must find a way back to each that has an effect.

    Where it finds none, a small step tells whether there is an effect: then Unfit("not_differentiable") is raised. A
    gradient that is infinite or not a number, though the result is one, raises Unfit("gradient_not_finite"). Whether a
    gradient is right is asked in the other ways of using the function (`labkit.checks.ways`).
    """
    import tensorflow as tf

    given = [tf.constant(one) if isinstance(one, np.ndarray) else one for one in arguments]
    floats = [place for place, one in enumerate(given) if tf.is_tensor(one) and one.dtype.is_floating]
    with tf.GradientTape() as tape:
        tape.watch([given[place] for place in floats])
        result = function(*given)
        numbers = compare.as_array(_first(result))
        if numbers is None or numbers.dtype.kind != "f" or numbers.size > MOST or not np.isfinite(numbers).all():
            return _plain(result)
        seen = _weighed(_first(result))
    rounding = 1e-6 * float(np.abs(numbers).sum()) / _STEP
    for place, gradient in zip(floats, tape.gradient(seen, [given[place] for place in floats]), strict=True):
        if gradient is not None and not np.isfinite(np.asarray(tf.convert_to_tensor(gradient))).all():
            raise Unfit("gradient_not_finite")
        if gradient is None:
            _compare(function, given, place, gradient, float(seen), rounding)
    return _plain(result)


def _compare(
    function: Callable[..., Any], given: list[Any], place: int, gradient: Any, here: float, rounding: float
) -> None:
    """Compare the gradient of one argument with what a small step along a fixed direction does."""
    import tensorflow as tf

    direction = tf.constant(np.cos(2.3 * np.arange(np.prod(given[place].shape)) + 1.0), given[place].dtype)
    direction = tf.reshape(direction, given[place].shape)
    slope = 0.0 if gradient is None else float(tf.reduce_sum(tf.convert_to_tensor(gradient) * direction))
    ahead, back = (
        float(_weighed(_first(function(*given[:place], given[place] + step * direction, *given[place + 1 :]))))
        for step in (_STEP, -_STEP)
    )
    found, bend = (ahead - back) / (2 * _STEP), abs(ahead + back - 2 * here) / _STEP
    allowed = 0.01 + rounding + 0.05 * max(abs(found), abs(slope))
    if np.isfinite(found) and abs(found - slope) > allowed and (gradient is None or bend < allowed):
        raise Unfit("not_differentiable")


def _first(result: Any) -> Any:
    return result[0] if isinstance(result, tuple | list) and result else result


def _weighed(result: Any) -> Any:
    """Add up a result, each entry with a weight of its own: plain sums of softmax weights never change."""
    import tensorflow as tf

    result = tf.convert_to_tensor(result)
    weights = np.cos(1.7 * np.arange(np.prod(result.shape)) + 0.3)
    return tf.reduce_sum(result * tf.reshape(tf.constant(weights, result.dtype), result.shape))


def _plain(value: Any) -> Any:
    import tensorflow as tf

    if isinstance(value, tuple | list):
        return type(value)(_plain(one) for one in value)
    return np.asarray(value) if tf.is_tensor(value) else value


def some_rows(function: Callable[..., Any], length: int, d_model: int, rows: Array | None = None) -> Any:
    """Call `positional_encoding`, and take some positions only: a long table would fill the file of public cases."""
    table = function(length, d_model)
    return table if rows is None else taken(table, length, rows)


def taken(table: Any, length: int, rows: Array) -> Any:
    """Take entries along the first axis that is as long as the sequence; what has no such axis comes as it is."""
    array = compare.as_array(table)
    if array is None or length not in array.shape or array.size > MOST:
        return table
    return np.take(array, rows, axis=array.shape.index(length))
