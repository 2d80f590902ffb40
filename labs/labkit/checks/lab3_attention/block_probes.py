"""Runs on the student's side for lab 3: builds a Transformer block, gives it weights, and calls it.

See `labkit.checks.probes`: a probe takes the student's object first, then plain values, and returns plain values.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from labkit.checks.probes import MOST, Unfit, assign

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Array = np.ndarray[Any, np.dtype[Any]]

WEIGHTS = (
    *("W_q", "W_k", "W_v", "W_o"),
    *("norm_1.gamma", "norm_1.beta", "norm_2.gamma", "norm_2.beta"),
    *("dense_1.kernel", "dense_1.bias", "dense_2.kernel", "dense_2.bias"),
)
DRAWS = 512  # so many that all is seen that dropout can do to a few numbers


def _inner(values: Array) -> Array:
    """Find how far a value gets from both extremes, above the lower one: 0 where it is dropped or kept as a whole."""
    low, high = values.min(axis=0), values.max(axis=0)
    return np.asarray(low + np.minimum(values - low, high - values).max(axis=0))


# What is told of the values that a number takes, one for each draw.
EXTREMES: dict[str, Callable[[Array], Array]] = {
    "lowest value": lambda values: np.asarray(values.min(axis=0)),
    "highest value": lambda values: np.asarray(values.max(axis=0)),
    "value between": _inner,
}


def transformer_block(
    block_class: Callable[..., Any],
    d_model: int,
    num_heads: int,
    d_ff: int,
    dropout: float,
    x: Array,
    mask: Array | None,
    weights: Sequence[Array],
) -> Any:
    """Build a block, give it these weights (in the order of WEIGHTS), and call it: x -> (batch, time, d_model).

    With dropout, the one sequence in x goes through many times at once, and what each number can become comes back:
    that hangs on no seed. Raises Unfit("not_a_layer"), ("weights_missing"), ("weights_shape") or ("returns_pair").
    """
    import keras
    import tensorflow as tf

    block = block_class(int(d_model), int(num_heads), int(d_ff), float(dropout))
    if not isinstance(block, keras.layers.Layer):
        raise Unfit("not_a_layer")
    _build(block, int(d_model), int(d_ff))
    for name, value in zip(WEIGHTS, weights, strict=True):
        _assign(block, name, value)
    options = {} if mask is None else {"mask": tf.constant(mask)}
    if not dropout:
        return _called(block, tf.constant(x), **options)
    found = {}
    for training in (False, True):
        values = _called(block, tf.tile(tf.constant(x), (DRAWS, 1, 1)), training=training, **options)
        for word, extreme in EXTREMES.items():
            whole = isinstance(values, np.ndarray) and len(values) == DRAWS and values.size <= MOST
            found[f"{word} with training={training}"] = extreme(values) if whole else values
    return found


def _build(block: Any, d_model: int, d_ff: int) -> None:
    """Build the layers in the block, also those that its `call` leaves out."""
    import keras

    if not block.built and type(block).build is not keras.layers.Layer.build:
        block.build((None, None, d_model))
    for name, width in (("norm_1", d_model), ("norm_2", d_model), ("dense_1", d_model), ("dense_2", d_ff)):
        layer: Any = getattr(block, name, None)
        if not getattr(layer, "built", True):
            layer.build((None, None, width))


def _assign(block: Any, name: str, value: Array) -> None:
    variable = block
    for part in name.split("."):
        variable = getattr(variable, part, None)
    assign(variable, value, block.trainable_weights)


def _called(block: Any, x: Any, **options: Any) -> Any:
    import tensorflow as tf

    with warnings.catch_warnings():  # Keras takes every argument `mask` for one of its own, and warns that it ends here
        warnings.filterwarnings("ignore", message=".*with a mask attached", category=UserWarning)
        result = block(x, **options)
    if isinstance(result, tuple | list) and len(result) == 2:
        raise Unfit("returns_pair")
    return np.asarray(result) if tf.is_tensor(result) else result
