"""Corners and large cases of lab 3: what a function meets seldom, and must do all the same.

RARE stands in the public table too; DEEP is drawn by hidden tests only, and is larger than what the table can hold.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.references.lab3_attention.block import block_case
from autograder.references.lab3_attention.heads_draw import causal, matrices, numbers

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.random import Generator

    from autograder.references.reference import Drawn

Arguments = dict[str, Any]

LONG, MANY = 130, 9  # positions and rows: more than anybody tries by hand
FAR = 150.0  # a score whose exponential is infinite in float32 (above 88.7), and is not in float64


def _normal(rng: Generator, *shape: int, scale: float = 1.0) -> Any:
    return rng.normal(0, scale, size=shape).round(3)


def _single(array: Any) -> Any:
    return np.asarray(array, np.float32)


# Part 1: similarity, softmax, attention


def _rare_pairs(rng: Generator, _: Arguments) -> list[Drawn]:
    def pair(*shape: int, scale: float = 1.0) -> Arguments:
        return {"q": _normal(rng, *shape, scale=scale), "k": _normal(rng, *shape, scale=scale) + 0.01 * scale}

    unequal = pair(3, 4)
    return [
        (pair(1, 1, 3), "one pair, two axes in front"),
        (pair(2, 37), "wide vectors"),
        ({"q": unequal["q"] * 100, "k": unequal["k"] / 100}, "one vector is far longer than the other"),
        (pair(2, 3, scale=50.0), "long vectors"),
        ({"q": unequal["q"], "k": unequal["q"].copy()}, "each vector with itself"),
        ({"q": unequal["q"], "k": -2 * unequal["q"]}, "opposite vectors"),
        ({"q": np.array([[1.0, 0.0], [0.0, 3.0]]), "k": np.array([[0.0, 2.0], [0.0, -4.0]])}, "zeros in vectors"),
    ]


def _rare_products(rng: Generator, first: Arguments) -> list[Drawn]:
    far = {"q": _normal(rng, 3, 4) * 1e8, "k": _normal(rng, 3, 4) * 1e-8}
    return [*_rare_pairs(rng, first), (far, "one vector is very much longer than the other")]


def _deep_pairs(rng: Generator) -> list[Drawn]:
    return [({"q": _normal(rng, MANY, LONG, 21), "k": _normal(rng, MANY, LONG, 21)}, "nine rows of 130 wide vectors")]


def _rare_softmax(rng: Generator, _: Arguments) -> list[Drawn]:
    shape = (2, 2, 2, 3)
    return [
        ({"x": _single(_normal(rng, *shape)), "axis": 1}, "four axes"),
        ({"x": _single([[800.0, -900.0], [-800.0, 900.0]]), "axis": 0}, "scores of +-900, along the first axis"),
        ({"x": _single(_normal(rng, 3, 1))}, "one score in each slice"),
    ]


def _deep_softmax(rng: Generator) -> list[Drawn]:
    return [({"x": _single(_normal(rng, MANY, LONG, scale=3.0))}, "nine rows of 130 scores")]


def _attention(rng: Generator, lead: tuple[int, ...], queries: int, keys: int, **more: Any) -> Arguments:
    """Draw Q and K of width 4, in float32."""
    return {"Q": _single(_normal(rng, *lead, queries, 4)), "K": _single(_normal(rng, *lead, keys, 4)), **more}


def _rare_weights(rng: Generator, first: Arguments) -> list[Drawn]:
    return [(case, label) for case, label in _rare_attention(rng, values=False)] + [
        (_attention(rng, (), 2, 3, mask=None, scale=-0.7), "a negative scale"),
        (first | {"mask": None, "scale": 40.0}, "a large scale"),
    ]


def _rare_values(rng: Generator, _: Arguments) -> list[Drawn]:
    return _rare_attention(rng, values=True)


def _rare_attention(rng: Generator, *, values: bool) -> list[Drawn]:
    def arguments(lead: tuple[int, ...], queries: int, keys: int, mask: Any = None, d_v: int = 2) -> Arguments:
        case = _attention(rng, lead, queries, keys)
        return case | ({"V": _single(_normal(rng, *lead, keys, d_v))} if values else {}) | {"mask": mask}

    ahead = arguments((), 2, 3, np.array([[True, False, True], [False, True, True]]))
    ahead["Q"][0] = 2 * np.sign(ahead["Q"][0]) + (ahead["Q"][0] == 0)
    ahead["K"][1] = 60 * ahead["Q"][0]  # the masked key of the first query has by far the largest score: 480
    far = arguments((), 3, 4)
    largest = np.max(far["Q"] @ far["K"].T) / 2  # of twelve: that none is above 0 happens to nobody
    far |= {name: far[name] * np.float32(np.sqrt(FAR / largest)) for name in "QK"}
    wide = arguments((), 2, 3, d_v=24)
    if values:  # of one sign, so that nothing cancels
        wide["V"] = _single(rng.integers(3000, 9000, size=wide["V"].shape) + 0.125)
    return [
        (arguments((3,), 3, 3, causal(3)), "a mask (T_q, T_k), as many sequences as positions"),
        (arguments((), 4, 4), "as many queries as keys, no mask"),
        (ahead, "a masked key with a very large score"),
        (far, "large scores"),
        (arguments((2,), 2, 1), "a single key"),
        (arguments((5,), 1, 2, np.ones((5, 1, 2), bool)), "a mask that allows everything"),
        *([(wide, "wide, large values")] if values else []),
    ]


def _deep_weights(rng: Generator, *, values: bool = False) -> list[Drawn]:
    mask = rng.random((MANY, 1, LONG)) < 0.7
    mask[..., 0] = True
    case = _attention(rng, (MANY,), 30, LONG) | ({"V": _single(_normal(rng, MANY, LONG, 3))} if values else {})
    if not values:
        return [(case | {"mask": mask}, "130 keys")]
    wide = _attention(rng, (2,), 2, 3, V=_single(rng.integers(3000, 90000, size=(2, 3, 70)) + 0.125), mask=None)
    return [(case | {"mask": mask}, "130 keys"), (wide, "very wide, large values")]


# Part 2: masks and positions


def _rare_ids(rng: Generator, _: Arguments) -> list[Drawn]:
    return [
        ({"ids": np.array([[5, 3, 0], [0, 0, 0]])}, "a sequence of padding only"),
        ({"ids": rng.integers(1, 9, size=(3, 2))}, "no padding"),
        ({"ids": np.array([[256, 512, 65536, 0], [2**32, 0, 128, 255]])}, "ids at which small dtypes begin again"),
        ({"ids": np.ones((7, 1), int)}, "seven sequences of one step"),
    ]


def _deep_ids(rng: Generator) -> list[Drawn]:
    return [({"ids": rng.integers(0, 3, size=(MANY, LONG)) * 40000}, "many long rows")]


def _rare_lengths(rng: Generator, _: Arguments) -> list[Drawn]:
    del rng
    return [
        ({"length": 2}, "two positions"),
        ({"length": 49}, "49 positions"),
        ({"length": 98}, "98 positions"),
        ({"length": 13}, "a length that is new in a graph"),
    ]


def _deep_lengths(rng: Generator) -> list[Drawn]:
    return [({"length": int(rng.integers(257, 300))}, "more than 256 positions")]


def _rare_positions(rng: Generator, _: Arguments) -> list[Drawn]:
    rows = np.array([0, 1, int(rng.integers(60, 200)), 255])
    return [
        ({"length": 256, "d_model": 130, "rows": rows}, "a wide table"),
        ({"length": 2, "d_model": 512, "rows": np.array([1])}, "a very wide table"),
        ({"length": 12, "d_model": 6}, "sizes that are new in a graph"),
    ]


# Part 3: many heads


def _rare_split(rng: Generator, _: Arguments) -> list[Drawn]:
    large = _single(rng.integers(-8000, 8000, size=(2, 3, 4)) + 0.125)
    return [
        ({"x": large, "num_heads": 2}, "large numbers"),
        ({"x": numbers(rng, 1, 2, 24), "num_heads": 24}, "24 heads"),
        ({"x": numbers(rng, 7, 1, 2), "num_heads": 1}, "seven sequences, one step, one head"),
    ]


def _deep_split(rng: Generator) -> list[Drawn]:
    return [({"x": numbers(rng, MANY, LONG, 12), "num_heads": 3}, "nine sequences of 130 steps")]


def _rare_merge(rng: Generator, _: Arguments) -> list[Drawn]:
    large = _single(rng.integers(-8000, 8000, size=(2, 2, 3, 2)) + 0.125)
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
        x = _single(_normal(rng, batch, time, d_model))
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
        x, memory = _single(_normal(rng, batch, queries, 4)), _single(_normal(rng, batch, keys, 4))
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
        keys, values = (_single(_normal(rng, batch, heads, earlier, 4 // heads, scale=scale)) for _ in "kv")
        x_t = _single(_normal(rng, batch, 1, 4, scale=scale))
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


# Part 4: the block


def _rare_block(rng: Generator, _: Arguments) -> list[Drawn]:
    return [
        (block_case(rng, (2, 1, 4), 2, 6), "one step"),
        (block_case(rng, (5, 2, 4), 2, 3, scale=30.0, mask=np.array([[True, False], [True, True]])), "large numbers"),
    ]


def _rare_parameters(rng: Generator, first: Arguments) -> list[Drawn]:
    number = int(rng.integers(6, 30))
    return [
        (dict.fromkeys(first, number), "equal numbers"),
        *(
            (first | {name: first[name] + number for name in first if name != kept}, f"{kept} as before")
            for kept in first
        ),
        ({"d_model": 96, "d_ff": 7}, "a narrow hidden layer"),
        ({"d_model": 3000, "d_ff": 5001}, "a large block"),
    ]


def _deep_parameters(rng: Generator) -> list[Drawn]:
    return [({"d_model": 50_000, "d_ff": 200_000 + int(rng.integers(1, 9))}, "a very large block")]


def _rare_flops(rng: Generator, first: Arguments) -> list[Drawn]:
    number, other = (int(one) for one in rng.choice(range(6, 30), size=2, replace=False))
    return [
        (dict.fromkeys(first, number), "equal numbers"),
        *(({**dict.fromkeys(first, number), name: other}, f"all but {name} are equal") for name in first),
        *(
            (first | {name: first[name] + number for name in first if name != kept}, f"{kept} as before")
            for kept in first
        ),
        ({"time": 1, "d_model": 7, "d_ff": 3}, "one step"),
        ({"time": 100_003, "d_model": 8192, "d_ff": 30_000}, "a very large block"),
    ]


RARE: dict[str, Callable[[Generator, Arguments], list[Drawn]]] = {
    "dot_similarity": _rare_products,
    "cosine_similarity": _rare_pairs,
    "softmax": _rare_softmax,
    "attention_weights": _rare_weights,
    "scaled_dot_product_attention": _rare_values,
    "padding_mask": _rare_ids,
    "causal_mask": _rare_lengths,
    "positional_encoding": _rare_positions,
    "split_heads": _rare_split,
    "merge_heads": _rare_merge,
    "multi_head_attention": _rare_heads,
    "cross_attention": _rare_cross,
    "attend_next": _rare_next,
    "TransformerBlock": _rare_block,
    "block_parameters": _rare_parameters,
    "block_flops": _rare_flops,
}
DEEP: dict[str, Callable[[Generator], list[Drawn]]] = {
    "dot_similarity": _deep_pairs,
    "cosine_similarity": _deep_pairs,
    "softmax": _deep_softmax,
    "attention_weights": _deep_weights,
    "scaled_dot_product_attention": lambda rng: _deep_weights(rng, values=True),
    "padding_mask": _deep_ids,
    "causal_mask": _deep_lengths,
    "split_heads": _deep_split,
    "merge_heads": _deep_merge,
    "multi_head_attention": _deep_heads,
    "cross_attention": _deep_cross,
    "attend_next": _deep_next,
    "block_parameters": _deep_parameters,
}
