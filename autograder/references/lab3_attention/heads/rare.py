"""Corners and large cases of lab 3 about many heads: RARE stands in the public table too, DEEP is hidden."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.references.lab3_attention.drawing import FAR, LONG, MANY, Arguments, normal, single
from autograder.references.lab3_attention.heads.drawn import causal, matrices, numbers

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.random import Generator

    from autograder.references.reference import Drawn


def _rare_split(rng: Generator, _: Arguments) -> list[Drawn]:
    large = single(rng.integers(-8000, 8000, size=(2, 3, 4)) + 0.125)
    return [
        ({"x": large, "num_heads": 2}, "large numbers"),
        ({"x": numbers(rng, 1, 2, 24), "num_heads": 24}, "24 heads"),
        ({"x": numbers(rng, 7, 1, 2), "num_heads": 1}, "seven sequences, one step, one head"),
    ]


def _deep_split(rng: Generator) -> list[Drawn]:
    return [({"x": numbers(rng, MANY, LONG, 12), "num_heads": 3}, "nine sequences of 130 steps")]


def _rare_merge(rng: Generator, _: Arguments) -> list[Drawn]:
    large = single(rng.integers(-8000, 8000, size=(2, 2, 3, 2)) + 0.125)
    return [({"x": large}, "large numbers"), ({"x": numbers(rng, 7, 24, 1, 1)}, "seven sequences, 24 heads of width 1")]


def _deep_merge(rng: Generator) -> list[Drawn]:
    return [({"x": numbers(rng, MANY, 3, LONG, 4)}, "nine sequences of 130 steps")]


def _far(case: Arguments, *names: str) -> Arguments:
    """Scale inputs so that the largest score of any head is FAR, whatever was drawn."""
    scores = _scores(case)
    largest = scores.flat[np.abs(scores).argmax()]
    turned = {"W_q": case["W_q"] * np.float32(np.sign(largest))}
    factor = np.float32(np.sqrt(FAR / np.abs(largest)))
    return case | turned | {name: case[name] * factor for name in names}


def _scores(case: Arguments) -> Any:
    """Return the scores of every head; what is asked is x or x_t, what answers x, memory, or keys and x_t."""
    asks, heads = case.get("x", case.get("x_t")), case["num_heads"]

    def split(x: Any, matrix: str) -> Any:
        product = x.astype(float) @ case[matrix]
        return product.reshape(*x.shape[:2], heads, -1).transpose(0, 2, 1, 3)

    queries, keys = split(asks, "W_q"), split(case.get("memory", asks), "W_k")
    keys = np.concatenate([case["keys"], keys], axis=2) if "keys" in case else keys
    return queries @ keys.swapaxes(2, 3) / np.sqrt(keys.shape[-1])


def _rare_heads(rng: Generator, _: Arguments) -> list[Drawn]:
    def arguments(batch: int, time: int, d_model: int, heads: int, mask: Any = None) -> Arguments:
        x = single(normal(rng, batch, time, d_model))
        return {"x": x, **matrices(rng, d_model), "num_heads": heads, "mask": mask}

    return [
        (_far(arguments(1, 4, 4, 2, causal(4)), "x"), "large scores, a causal mask"),
        (_far(arguments(1, 3, 4, 2), "x"), "large scores"),
        (arguments(5, 2, 2, 1, np.array([[[True, False]]] * 3 + [[[False, True]]] * 2)), "five sequences, one head"),
        (arguments(2, 1, 4, 4), "one step, no mask"),
    ]


def _deep_heads(rng: Generator) -> list[Drawn]:
    long = {"x": numbers(rng, 5, LONG // 2, 12), **matrices(rng, 12, spread=0.3), "num_heads": 3}
    many = {"x": numbers(rng, 1, 2, 24), **matrices(rng, 24, spread=0.2), "num_heads": 24, "mask": None}
    return [(long | {"mask": causal(LONG // 2)}, "five sequences of 65 steps"), (many, "24 heads")]


def _rare_cross(rng: Generator, _: Arguments) -> list[Drawn]:
    def arguments(batch: int, queries: int, keys: int, heads: int, mask: Any = None) -> Arguments:
        x, memory = single(normal(rng, batch, queries, 4)), single(normal(rng, batch, keys, 4))
        return {"x": x, "memory": memory, **matrices(rng, 4), "num_heads": heads, "mask": mask}

    return [
        (arguments(2, 3, 1, 2), "a memory of one position"),
        (_far(arguments(1, 2, 3, 2), "x", "memory"), "large scores"),
        (
            arguments(5, 2, 3, 2, np.array([[[True, False, True]]] * 4 + [[[False, True, True]]])),
            "five sequences, a mask",
        ),
        (arguments(1, 1, 1, 1), "one position asks one"),
    ]


def _deep_cross(rng: Generator) -> list[Drawn]:
    long = {"x": numbers(rng, 5, 30, 12), "memory": numbers(rng, 5, LONG, 12), **matrices(rng, 12, spread=0.3)}
    many = {"x": numbers(rng, 1, 2, 24), "memory": numbers(rng, 1, 2, 24), **matrices(rng, 24, spread=0.2)}
    return [
        (long | {"num_heads": 3, "mask": np.tri(30, LONG, 50, dtype=bool)}, "130 steps to look at"),
        (many | {"num_heads": 24, "mask": None}, "24 heads"),
    ]


def _rare_next(rng: Generator, _: Arguments) -> list[Drawn]:
    def arguments(batch: int, earlier: int, heads: int, scale: float = 1.0) -> Arguments:
        keys, values = (single(normal(rng, batch, heads, earlier, 4 // heads, scale=scale)) for _ in "kv")
        x_t = single(normal(rng, batch, 1, 4, scale=scale))
        return {"x_t": x_t, "keys": keys, "values": values, **matrices(rng, 4), "num_heads": heads}

    twice = arguments(1, 2, 2) | {"W_k": np.eye(4, dtype=np.float32)}
    twice["keys"][:, :, -1] = twice["x_t"].reshape(1, 2, 2)
    return [
        (twice, "a key that is there already"),
        (_far(arguments(1, 3, 2), "x_t", "keys", "values"), "large scores"),
        (arguments(1, 2, 4, 8000.0) | {"W_q": np.zeros((4, 4), np.float32)}, "very large values"),
        (arguments(2, 2, 2) | {"keys": np.zeros((2, 2, 2, 2), np.float32)}, "keys of zeros"),
    ]


def _deep_next(rng: Generator) -> list[Drawn]:
    keys, values = (numbers(rng, MANY, 24, LONG, 1) for _ in "kv")
    case = {"x_t": numbers(rng, MANY, 1, 24), "keys": keys, "values": values, **matrices(rng, 24, spread=0.25)}
    return [(case | {"num_heads": 24}, "nine sequences, 130 earlier positions")]


RARE: dict[str, Callable[[Generator, Arguments], list[Drawn]]] = {
    "split_heads": _rare_split,
    "merge_heads": _rare_merge,
    "multi_head_attention": _rare_heads,
    "cross_attention": _rare_cross,
    "attend_next": _rare_next,
}
DEEP: dict[str, Callable[[Generator], list[Drawn]]] = {
    "split_heads": _deep_split,
    "merge_heads": _deep_merge,
    "multi_head_attention": _deep_heads,
    "cross_attention": _deep_cross,
    "attend_next": _deep_next,
}
