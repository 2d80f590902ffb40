"""Oracles of lab 3, the block in numbers: its parameters, and the operations of its matrix products."""

# ruff: noqa: ARG005  (a wrong formula leaves out some of what it is given)

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from autograder.references.reference import Drawn, Reference

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.random import Generator


def block_parameters(d_model: int, d_ff: int) -> int:
    """Add up the sizes of all arrays of the block, one by one."""
    shapes: list[tuple[int, ...]] = [(d_model, d_model) for _matrix in "qkvo"]
    shapes += [(d_model, d_ff), (d_ff,), (d_ff, d_model), (d_model,)]
    shapes += [(d_model,) for _norm in (1, 2) for _what in ("scale", "shift")]
    return sum(math.prod(shape) for shape in shapes)


def block_flops(time: int, d_model: int, d_ff: int) -> int:
    """Add up the products of the block, one by one: (rows, terms, columns) each."""
    products = [(time, d_model, d_model) for _matrix in "qkvo"]
    products += [(time, d_model, time), (time, time, d_model)]  # scores, mixture; as many for any number of heads
    products += [(time, d_model, d_ff), (time, d_ff, d_model)]
    return sum(2 * math.prod(product) for product in products)


def _draw_block_parameters(rng: Generator) -> list[Drawn]:
    width, hidden = (int(number) for number in rng.choice(range(5, 90), size=2, replace=False))
    return [
        ({"d_model": 4, "d_ff": 6}, "a tiny block"),
        ({"d_model": width, "d_ff": hidden}, "another block"),
        ({"d_model": 64, "d_ff": int(rng.integers(100, 250))}, "a wider one"),
    ]


def _draw_block_flops(rng: Generator) -> list[Drawn]:
    time, width, hidden = (int(number) for number in rng.choice(range(3, 90), size=3, replace=False))
    return [
        ({"time": 2, "d_model": 4, "d_ff": 6}, "a tiny block"),
        ({"time": time, "d_model": width, "d_ff": hidden}, "another block"),
        ({"time": int(rng.integers(200, 400)), "d_model": 64, "d_ff": 256}, "a long sequence"),
    ]


def _count(change: Callable[[int, int], int]) -> Callable[..., int]:
    """Count the parameters rightly, and add a change of (d_model, d_ff)."""
    return lambda d_model, d_ff: block_parameters(d_model, d_ff) + change(d_model, d_ff)


def _spend(change: Callable[[int, int, int], int]) -> Callable[..., int]:
    """Count the operations rightly, and add a change of (time, d_model, d_ff)."""
    return lambda time, d_model, d_ff: block_flops(time, d_model, d_ff) + change(time, d_model, d_ff)


def _whole(numerator: int, divisor: int) -> int:
    return numerator // divisor


BLOCK_PARAMETERS = Reference(
    correct=block_parameters,
    draw=_draw_block_parameters,
    wrong={
        "attention_biases": _count(lambda d, f: 4 * d),
        "no_dense_biases": _count(lambda d, f: -f - d),
        "no_bias_1": _count(lambda d, f: -f),
        "no_bias_2": _count(lambda d, f: -d),
        "biases_mixed": _count(lambda d, f: d - f),
        "biases_mixed/hidden_twice": _count(lambda d, f: f - d),
        "no_norms": _count(lambda d, f: -4 * d),
        "half_norms": _count(lambda d, f: -2 * d),
        "third_norm": _count(lambda d, f: 2 * d),
        "norm_scalars": _count(lambda d, f: 4 - 4 * d),
        "norm_of_hidden": _count(lambda d, f: 2 * f - 2 * d),
        "matrices_only": _count(lambda d, f: -f - 5 * d),
        "three_matrices": _count(lambda d, f: -d * d),
        "one_matrix": _count(lambda d, f: -3 * d * d),
        "no_attention": _count(lambda d, f: -4 * d * d),
        "one_dense": _count(lambda d, f: -f * d - d),
        "one_dense/second": _count(lambda d, f: -d * f - f),
        "one_dense/biases_left": _count(lambda d, f: -d * f),
        "no_dense": _count(lambda d, f: -2 * d * f - f - d),
        "hidden_square": _count(lambda d, f: f * f - d * f),
        "four_times_d_model": lambda d_model, d_ff: block_parameters(d_model, 4 * d_model),
        "four_times_d_model/rounded": lambda d_model, d_ff: 12 * d_model * d_model,
    },
)
BLOCK_FLOPS = Reference(
    correct=block_flops,
    draw=_draw_block_flops,
    wrong={
        "one_for_each_term": lambda time, d_model, d_ff: _whole(block_flops(time, d_model, d_ff), 2),
        "one_position": lambda time, d_model, d_ff: _whole(block_flops(time, d_model, d_ff), time),
        "no_attention": _spend(lambda t, d, f: -4 * t * t * d),
        "no_mixture": _spend(lambda t, d, f: -2 * t * t * d),
        "time_not_squared": _spend(lambda t, d, f: 4 * t * d - 4 * t * t * d),
        "d_model_squared": _spend(lambda t, d, f: 4 * t * d * d - 4 * t * t * d),
        "attention_only": lambda time, d_model, d_ff: 4 * time * time * d_model,
        "scores_only": lambda time, d_model, d_ff: 2 * time * time * d_model,
        "no_projections": _spend(lambda t, d, f: -8 * t * d * d),
        "projections_only": lambda time, d_model, d_ff: 8 * time * d_model * d_model,
        "no_W_o": _spend(lambda t, d, f: -2 * t * d * d),
        "one_projection": _spend(lambda t, d, f: -6 * t * d * d),
        "no_dense": _spend(lambda t, d, f: -4 * t * d * f),
        "one_dense": _spend(lambda t, d, f: -2 * t * d * f),
        "biases_counted": _spend(lambda t, d, f: t * (d + f)),
        "parameters": lambda time, d_model, d_ff: block_parameters(d_model, d_ff),
        "parameters/twice_each_position": lambda time, d_model, d_ff: 2 * time * block_parameters(d_model, d_ff),
    },
)


REFERENCES: dict[str, Reference] = {
    "block_parameters": BLOCK_PARAMETERS,
    "block_flops": BLOCK_FLOPS,
}
