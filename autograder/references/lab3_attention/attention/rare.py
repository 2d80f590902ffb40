"""Corners and large cases of lab 3, parts 1 and 2: RARE stands in the public table too, DEEP is hidden."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.references.lab3_attention.drawing import FAR, LONG, MANY, Arguments, normal, single
from autograder.references.lab3_attention.heads.drawn import causal

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.random import Generator

    from autograder.references.reference import Drawn


# Part 1: similarity, softmax, attention


def _rare_pairs(rng: Generator, _: Arguments) -> list[Drawn]:
    def pair(*shape: int, scale: float = 1.0) -> Arguments:
        return {"q": normal(rng, *shape, scale=scale), "k": normal(rng, *shape, scale=scale) + 0.01 * scale}

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
    far = {"q": normal(rng, 3, 4) * 1e8, "k": normal(rng, 3, 4) * 1e-8}
    return [*_rare_pairs(rng, first), (far, "one vector is very much longer than the other")]


def _deep_pairs(rng: Generator) -> list[Drawn]:
    return [({"q": normal(rng, MANY, LONG, 21), "k": normal(rng, MANY, LONG, 21)}, "nine rows of 130 wide vectors")]


def _rare_softmax(rng: Generator, _: Arguments) -> list[Drawn]:
    shape = (2, 2, 2, 3)
    return [
        ({"x": single(normal(rng, *shape)), "axis": 1}, "four axes"),
        ({"x": single([[800.0, -900.0], [-800.0, 900.0]]), "axis": 0}, "scores of +-900, along the first axis"),
        ({"x": single(normal(rng, 3, 1))}, "one score in each slice"),
    ]


def _deep_softmax(rng: Generator) -> list[Drawn]:
    return [({"x": single(normal(rng, MANY, LONG, scale=3.0))}, "nine rows of 130 scores")]


def _attention(rng: Generator, lead: tuple[int, ...], queries: int, keys: int, **more: Any) -> Arguments:
    """Draw Q and K of width 4, in float32."""
    return {"Q": single(normal(rng, *lead, queries, 4)), "K": single(normal(rng, *lead, keys, 4)), **more}


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
        return case | ({"V": single(normal(rng, *lead, keys, d_v))} if values else {}) | {"mask": mask}

    ahead = arguments((), 2, 3, np.array([[True, False, True], [False, True, True]]))
    ahead["Q"][0] = 2 * np.sign(ahead["Q"][0]) + (ahead["Q"][0] == 0)
    ahead["K"][1] = 60 * ahead["Q"][0]  # the masked key of the first query has by far the largest score: 480
    far = arguments((), 3, 4)
    largest = np.max(far["Q"] @ far["K"].T) / 2  # of twelve: that none is above 0 happens to nobody
    far |= {name: far[name] * np.float32(np.sqrt(FAR / largest)) for name in "QK"}
    wide = arguments((), 2, 3, d_v=24)
    if values:  # of one sign, so that nothing cancels
        wide["V"] = single(rng.integers(3000, 9000, size=wide["V"].shape) + 0.125)
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
    case = _attention(rng, (MANY,), 30, LONG) | ({"V": single(normal(rng, MANY, LONG, 3))} if values else {})
    if not values:
        return [(case | {"mask": mask}, "130 keys")]
    wide = _attention(rng, (2,), 2, 3, V=single(rng.integers(3000, 90000, size=(2, 3, 70)) + 0.125), mask=None)
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


RARE: dict[str, Callable[[Generator, Arguments], list[Drawn]]] = {
    "dot_similarity": _rare_products,
    "cosine_similarity": _rare_pairs,
    "softmax": _rare_softmax,
    "attention_weights": _rare_weights,
    "scaled_dot_product_attention": _rare_values,
    "padding_mask": _rare_ids,
    "causal_mask": _rare_lengths,
    "positional_encoding": _rare_positions,
}
DEEP: dict[str, Callable[[Generator], list[Drawn]]] = {
    "dot_similarity": _deep_pairs,
    "cosine_similarity": _deep_pairs,
    "softmax": _deep_softmax,
    "attention_weights": _deep_weights,
    "scaled_dot_product_attention": lambda rng: _deep_weights(rng, values=True),
    "padding_mask": _deep_ids,
    "causal_mask": _deep_lengths,
}
