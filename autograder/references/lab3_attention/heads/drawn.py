"""Draws the cases of lab 3 about many heads: sizes that differ show a wrong axis, equal ones hide it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.references.reference import Drawn

if TYPE_CHECKING:
    from numpy.random import Generator

Array = np.ndarray[Any, np.dtype[Any]]
Drawer = Callable[["Generator"], list[Drawn]]


def numbers(rng: Generator, *shape: int, spread: float = 1.0) -> Array:
    """Draw float32 with few digits: multiples of 1/8."""
    return (np.round(rng.normal(0, 8 * spread, size=shape)) / 8).astype(np.float32)


def matrices(rng: Generator, d_model: int, spread: float = 0.7) -> dict[str, Array]:
    """Draw W_q, W_k, W_v and W_o (d_model, d_model)."""
    return {name: numbers(rng, d_model, d_model, spread=spread) for name in ("W_q", "W_k", "W_v", "W_o")}


def split(rng: Generator) -> list[Drawn]:
    """Draw x (batch, time, d_model) and a number of heads."""

    def arguments(batch: int, time: int, heads: int, size: int) -> dict[str, Any]:
        return {"x": numbers(rng, batch, time, heads * size), "num_heads": heads}

    time = int(rng.integers(3, 5))
    return [
        (arguments(1, time, 2, 3), "two heads"),
        (arguments(1, 3, 3, 2), "as many steps as heads"),
        (arguments(2, 2, 2, 2), "batch, time, heads and their width are equal"),
        (arguments(2, 3, 1, 2), "one head"),
        (arguments(1, 3, 4, 1), "as many heads as columns"),
        (arguments(2, 1, 2, 2), "one step"),
        (arguments(5, 40, 2, 2), "five sequences of 40 steps"),
    ]


def merge(rng: Generator) -> list[Drawn]:
    """Draw x (batch, num_heads, time, d_head)."""
    time = int(rng.integers(4, 6))
    return [
        ({"x": numbers(rng, 2, 2, time, 2)}, "two heads"),
        ({"x": numbers(rng, 1, 3, 3, 2)}, "as many steps as heads"),
        ({"x": numbers(rng, 2, 2, 2, 2)}, "batch, time, heads and their width are equal"),
        ({"x": numbers(rng, 2, 1, 3, 2)}, "one head"),
        ({"x": numbers(rng, 1, 4, 3, 1)}, "heads of width 1"),
        ({"x": numbers(rng, 2, 2, 1, 3)}, "one step"),
        ({"x": numbers(rng, 5, 2, 40, 2)}, "five sequences of 40 steps"),
    ]


def _mask(rng: Generator, *shape: int) -> Array:
    """Draw a mask: each row allows at least one key; where there are two keys or more, some row forbids one."""
    while True:
        mask = rng.random(shape) < 0.55
        if mask.any(axis=-1).all() and (shape[-1] == 1 or not mask.all()):
            return np.asarray(mask)


def _rows(rng: Generator, *shape: int) -> Array:
    """Draw a mask (queries, keys) whose rows all differ."""
    while True:
        mask = _mask(rng, *shape)
        if len(np.unique(mask, axis=0)) == len(mask):
            return mask


def _telling(rng: Generator, *shape: int) -> Array:
    """Draw a mask (batch, queries or 1, keys) that is another one when its axes are mistaken for each other.

    There are as many heads as sequences; where there are several queries, all lengths are equal.
    """
    batch, queries, keys = shape
    while True:
        mask = _mask(rng, *shape)
        read = [mask[:, None], mask]
        if queries > 1:
            read += [mask[:, :, None], mask[..., None], mask[:, None].swapaxes(-1, -2)]
        if len({np.broadcast_to(one, (batch, batch, queries, keys)).tobytes() for one in read}) == len(read):
            return mask


def causal(length: int) -> Array:
    """Return the mask that allows what is not later."""
    return np.tril(np.ones((length, length), dtype=bool))


def attention(rng: Generator) -> list[Drawn]:
    """Draw x (batch, time, d_model), four matrices, a number of heads, and a mask of each kind."""

    def arguments(batch: int, time: int, d_model: int, heads: int, mask: Array | None = None) -> dict[str, Any]:
        x = numbers(rng, batch, time, d_model)
        return {"x": x, **matrices(rng, d_model), "num_heads": heads, "mask": mask}

    return [
        (arguments(1, 3, 6, 2), "no mask"),
        (arguments(1, 2, 2, 2, causal(2)), "a causal mask, as many steps as heads as columns"),
        (arguments(2, 2, 4, 2, _telling(rng, 2, 1, 2)), "a mask (batch, 1, time), as many sequences as heads"),
        (arguments(2, 2, 4, 2, _telling(rng, 2, 2, 2)), "a mask (batch, time, time), batch, time and heads are equal"),
        (arguments(3, 1, 4, 2, _mask(rng, 3, 1, 1)), "one step, a mask, more sequences than heads"),
        (arguments(1, 3, 2, 1, _mask(rng, 1, 3, 3)), "one head"),
        (arguments(2, 2, 4, 2, causal(2)), "a causal mask, as many sequences as steps and heads"),
        (arguments(2, 40, 4, 2, causal(40)), "40 steps"),
    ]


def cross(rng: Generator) -> list[Drawn]:
    """Draw two sequences, four matrices, a number of heads, and a mask of each kind."""

    def arguments(
        batch: int, queries: int, keys: int, d_model: int, heads: int, mask: Array | None = None
    ) -> dict[str, Any]:
        x, memory = numbers(rng, batch, queries, d_model), numbers(rng, batch, keys, d_model)
        return {"x": x, "memory": memory, **matrices(rng, d_model), "num_heads": heads, "mask": mask}

    return [
        (arguments(1, 3, 2, 4, 2), "no mask, x is longer"),
        (arguments(1, 2, 3, 4, 2, _rows(rng, 2, 3)), "a mask (T_x, T_m), memory is longer, as many steps as heads"),
        (arguments(2, 1, 3, 4, 2, _telling(rng, 2, 1, 3)), "a mask (batch, 1, T_m), as many sequences as heads"),
        (arguments(2, 2, 2, 4, 2, _telling(rng, 2, 2, 2)), "a mask (batch, T_x, T_m), all lengths are equal"),
        (arguments(2, 2, 2, 3, 1), "no mask, one head, equal lengths"),
        (arguments(3, 1, 2, 2, 2, _mask(rng, 3, 1, 2)), "a mask (batch, 1, T_m), as many heads as columns"),
        (arguments(2, 2, 2, 4, 2, _rows(rng, 2, 2)), "a mask (T_x, T_m), as many sequences as steps and heads"),
        (arguments(2, 12, 40, 4, 2, _mask(rng, 2, 1, 40)), "40 steps to look at"),
    ]


def following(rng: Generator) -> list[Drawn]:
    """Draw a new position, the cache of t earlier ones, four matrices and a number of heads."""

    def arguments(batch: int, earlier: int, d_model: int, heads: int) -> dict[str, Any]:
        keys, values = (numbers(rng, batch, heads, earlier, d_model // heads) for _ in "kv")
        x_t = numbers(rng, batch, 1, d_model)
        return {"x_t": x_t, "keys": keys, "values": values, **matrices(rng, d_model), "num_heads": heads}

    return [
        (arguments(2, 2, 4, 2), "two earlier positions"),
        (arguments(2, 0, 4, 2), "the first position: the cache is empty"),
        (arguments(1, 1, 4, 2), "one sequence, one earlier position"),
        (arguments(1, int(rng.integers(3, 5)), 2, 1), "one head"),
        (arguments(1, 2, 3, 3), "as many heads as columns"),
        (arguments(5, 40, 4, 2), "five sequences, 40 earlier positions"),
    ]
