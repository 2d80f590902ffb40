"""What the corners and large cases of lab 1 are drawn from: short numbers, and the weights of a recurrence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.random import Generator

Arguments = dict[str, Any]

LONG, MANY = 130, 9  # steps and rows: more than anybody tries by hand


def normal(rng: Generator, *shape: int, scale: float = 1.0) -> Any:
    """Draw numbers with three decimals."""
    return rng.normal(0, scale, size=shape).round(3)


def recurrent(rng: Generator, features: int, units: int, scale: float = 0.7) -> Arguments:
    """Draw W_xh (features, units), W_hh (units, units) and b_h (units,)."""
    shapes = {"W_xh": (features, units), "W_hh": (units, units), "b_h": (units,)}
    return {name: normal(rng, *shape, scale=scale) for name, shape in shapes.items()}
