"""Runs on the student's side for lab 3, many heads: calls a function with tensors, or with weights of Keras.

See `labkit.checks.probes`: a probe takes the student's function first, then plain values, and returns plain values.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from labkit.checks import ways

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def tensors(function: Callable[..., Any], *arguments: Any) -> Any:
    """Call a function with its arrays as tensors."""
    return ways.plain(function(*ways.tensors(arguments)))


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
