"""What the parts of lab 3 draw their corners and large cases from: short numbers, float32, sizes, a far score."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.random import Generator

Arguments = dict[str, Any]

LONG, MANY = 130, 9  # positions and rows: more than anybody tries by hand
FAR = 150.0  # a score whose exponential is infinite in float32 (above 88.7), and is not in float64


def normal(rng: Generator, *shape: int, scale: float = 1.0) -> Any:
    """Draw numbers with three decimals."""
    return rng.normal(0, scale, size=shape).round(3)


def single(array: Any) -> Any:
    """Return numbers in float32, as Keras hands them on."""
    return np.asarray(array, np.float32)
