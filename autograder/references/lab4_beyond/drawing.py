"""What the parts of lab 4 draw their cases from: numbers that are short when written out, weights, masks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.random import Generator

Array = np.ndarray[Any, np.dtype[Any]]
Arguments = dict[str, Any]

LONG, MANY = 130, 9  # steps and rows: more than anybody tries by hand


def single(values: Any) -> Array:
    """Return numbers in float32, as Keras hands them on."""
    return np.asarray(values, np.float32)


def distinct(rng: Generator, *shape: int) -> Array:
    """Draw float32 numbers, multiples of 1/16, of which no two have one size."""
    sizes = rng.permutation(int(np.prod(shape))) + 1
    return single(sizes.reshape(shape) / 16 * rng.choice([-1.0, 1.0], size=shape))


def softmax(scores: Array, axis: int = -1) -> Array:
    """Turn scores into weights, along an axis."""
    powers = np.exp(scores - scores.max(axis=axis, keepdims=True))
    return np.asarray(powers / powers.sum(axis=axis, keepdims=True))


def log_softmax(logits: Array) -> Array:
    """Turn logits into logarithms of probabilities, along the last axis."""
    z = np.asarray(logits, float)
    z = z - z.max(axis=-1, keepdims=True)
    return np.asarray(z - np.log(np.exp(z).sum(axis=-1, keepdims=True)))


def shares(rng: Generator, *shape: int) -> Array:
    """Draw weights with sum 1 along the last axis."""
    return softmax(rng.normal(0, 1.2, size=shape))
