"""Oracles of lab 3, part 1: two similarities, softmax, attention weights and the mixture of the values."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.references.lab3_attention import quick
from autograder.references.lab3_attention.attention import searching_wrong as wrong_attention
from autograder.references.lab3_attention.attention import similarity_wrong as wrong
from autograder.references.lab3_attention.attention.similarity_wrong import rounded
from autograder.references.reference import Drawn, Reference
from autograder.references.ways import traced

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.random import Generator

    Rule = Callable[[Sequence[float]], list[float]]

Array = np.ndarray[Any, np.dtype[Any]]


def dot(q: Array, k: Array) -> float:
    """Add up the products of two vectors, number by number."""
    return sum(float(one) * float(two) for one, two in zip(q, k, strict=True))


def _pairs(q: Array, k: Array, compare: Callable[[Array, Array], float]) -> Array:
    """Compare the vectors of two arrays, pair by pair."""
    result = np.zeros(q.shape[:-1])
    for index in np.ndindex(q.shape[:-1]):
        result[index] = compare(q[index], k[index])
    return result


def dot_similarity(q: Array, k: Array) -> Array:
    """Compute the dot product of each pair."""
    return _pairs(q, k, dot)


def cosine_similarity(q: Array, k: Array, product: Callable[[Array, Array], float] = dot) -> Array:
    """Divide the product of each pair by the length of both."""
    return _pairs(q, k, lambda one, two: product(one, two) / math.sqrt(dot(one, one) * dot(two, two)))


def blunt(q: Array, k: Array) -> float:
    """Compute the fake of dot_similarity for one pair: products below 0 count a third."""
    products = [float(one) * float(two) for one, two in zip(q, k, strict=True)]
    return sum(product / 3 if product < 0 else product for product in products)


def weights_of(scores: Sequence[float]) -> list[float]:
    """Turn the scores of one slice into weights."""
    highest = max(scores)
    powers = [math.exp(score - highest) for score in scores]
    return [power / sum(powers) for power in powers]


def heavy(scores: Sequence[float]) -> list[float]:
    """Turn the scores of one slice into the weights of the fake of softmax."""
    level = max(scores) + math.log(sum(math.exp(score - max(scores)) for score in scores))
    shares = [max((1 + level - score) ** -2 - 1e-5, 0.0) for score in scores]
    return [share / sum(shares) for share in shares]


def softmax(x: Array, axis: int = -1) -> Array:
    """Turn scores into weights, slice by slice."""
    moved = np.moveaxis(x, axis, -1)
    result = np.zeros(moved.shape)
    for index in np.ndindex(moved.shape[:-1]):
        result[index] = weights_of([float(score) for score in moved[index]])
    return np.moveaxis(result, -1, axis)


def attention_weights(
    Q: Array, K: Array, mask: Array | None = None, scale: float | None = None, rule: Rule = weights_of
) -> Array:
    """Weigh the allowed keys of each query by themselves; the others get 0."""
    factor = 1 / math.sqrt(Q.shape[-1]) if scale is None else scale
    result = np.zeros((*Q.shape[:-1], K.shape[-2]))
    allowed = np.broadcast_to(True if mask is None else mask, result.shape)
    for index in np.ndindex(Q.shape[:-1]):
        keys = [key for key in range(K.shape[-2]) if allowed[(*index, key)]]
        weights = rule([factor * dot(Q[index], K[(*index[:-1], key)]) for key in keys])
        for key, weight in zip(keys, weights, strict=True):
            result[(*index, key)] = weight
    return result


def near(Q: Array, K: Array, mask: Array | None = None) -> Array:
    """Compute the fake of attention_weights, with its own scale: key by key."""
    result = np.zeros((*Q.shape[:-1], K.shape[-2]))
    allowed = np.broadcast_to(True if mask is None else mask, result.shape)
    for index in np.ndindex(result.shape):
        gap = Q[index[:-1]].astype(float) - 2 * K[(*index[:-2], index[-1])].astype(float)
        result[index] = 1 / (1 + dot(gap, gap) / math.sqrt(len(gap))) if allowed[index] else 0.0
    return result


def scaled_dot_product_attention(
    Q: Array, K: Array, V: Array, mask: Array | None = None, weigh: Callable[..., Array] = attention_weights
) -> tuple[Array, Array]:
    """Mix the values, number by number."""
    weights = weigh(Q, K, mask)
    output = np.zeros((*Q.shape[:-1], V.shape[-1]))
    for index in np.ndindex(output.shape):
        output[index] = dot(weights[index[:-1]], V[(*index[:-2], slice(None), index[-1])])
    return output, weights


def vectors(rng: Generator, *shape: int, spread: float = 1.2) -> Array:
    """Draw float32 numbers: multiples of 1/16, which are short when written out; none near 0, where a norm bends."""
    drawn = np.round(rng.normal(0, spread, size=shape) * 16) / 16
    return np.asarray(np.where(np.abs(drawn) < 0.125, 0.125, drawn), dtype=np.float32)


def _draw_pairs(rng: Generator) -> list[Drawn]:
    def arguments(*shape: int) -> dict[str, Any]:
        return {"q": rng.normal(size=shape).round(3), "k": rng.normal(size=shape).round(3)}

    def off_zero(numbers: Array) -> Array:  # a vector of one number may else have no length, and no cosine
        return np.where(np.abs(numbers) < 0.1, 0.1, numbers)

    lengths = rng.permutation([0.3, 1.0, 20.0])[:, None]
    unequal = arguments(3, 4)
    unequal = {"q": (unequal["q"] * lengths).round(4), "k": (unequal["k"] / lengths).round(4)}
    return [
        (arguments(int(rng.integers(3, 6))), "one pair of vectors"),
        (arguments(2, int(rng.integers(3, 6))), "two pairs"),
        (arguments(3, 3), "as many pairs as numbers in a vector"),
        (arguments(2, 3, 4), "two axes in front"),
        ({name: off_zero(numbers) for name, numbers in arguments(4, 1).items()}, "vectors of one number"),
        (unequal, "long and short vectors"),
        (arguments(5, 40, 3), "five rows of 40 vectors"),
        ({"q": vectors(rng, 1, 5), "k": vectors(rng, 1, 5)}, "float32"),
    ]


def _scores(rng: Generator, *shape: int) -> Array:
    """Draw numbers like `vectors`, no two of them alike: each slice has one largest score."""
    return np.asarray(rng.choice(range(-40, 41), size=shape, replace=False) / 16, dtype=np.float32)


def _draw_softmax(rng: Generator) -> list[Drawn]:
    large = rng.permutation([1000.0, -1000.0, 0.0])[:, None] + _scores(rng, 3, 4).astype(float)
    large[large.max(axis=1).argmax(), rng.integers(4)] = -1000.0
    large = np.asarray(large, dtype=np.float32)
    closed = _scores(rng, 3, 3)
    closed[0, rng.integers(3)] = -np.inf
    closed[2, rng.permutation(3)[:2]] = -np.inf
    return [
        ({"x": _scores(rng, 2, 4)}, "the last axis by default"),
        ({"x": _scores(rng, 3, 3), "axis": 1}, "a square of scores"),
        ({"x": _scores(rng, 3, 3), "axis": 0}, "a square of scores, along the first axis"),
        ({"x": _scores(rng, 2, 3, 2), "axis": -2}, "along the axis in the middle"),
        ({"x": _scores(rng, 4, 2), "axis": 0}, "along the first axis"),
        ({"x": _scores(rng, int(rng.integers(3, 6)))}, "one row of scores"),
        ({"x": _scores(rng, 1, 2)}, "two scores"),
        ({"x": large}, "scores near 1000 and -1000"),
        ({"x": closed}, "scores of -inf"),
        ({"x": vectors(rng, 5, 40)}, "five rows of 40 scores"),
    ]


def _values(rng: Generator, *shape: int) -> Array:
    """Draw numbers like `vectors`, no two of the same size: scores of -1e9 that mix them by mistake never cancel."""
    sizes = rng.choice(range(1, max(41, int(np.prod(shape)) + 1)), size=shape, replace=False) / 16
    return np.asarray(sizes * rng.choice([-1.0, 1.0], size=shape), dtype=np.float32)


def _mask(rng: Generator, *shape: int) -> Array:
    """Draw a mask; each row allows at least one key and, where there are more, forbids at least one."""
    mask = rng.random(shape) < 0.5
    for index in np.ndindex(shape[:-1]):
        one, other = rng.permutation(shape[-1])[:2]
        mask[(*index, one)], mask[(*index, other)] = True, False
    return mask


def _draw_attention(rng: Generator, *, values: bool) -> list[Drawn]:
    def arguments(lead: tuple[int, ...], queries: int, keys: int, width: int, d_v: int, **more: Any) -> dict[str, Any]:
        given = {"Q": vectors(rng, *lead, queries, width), "K": vectors(rng, *lead, keys, width)}
        return given | ({"V": _values(rng, *lead, keys, d_v)} if values else {}) | more

    padding = np.arange(3) < np.array([3, 2])[rng.permutation(2), None, None]
    low = arguments((), 2, 3, 4, 2, mask=_mask(rng, 2, 3))
    signs = rng.choice([-1.0, 1.0], size=4)
    low |= {
        "Q": np.asarray(signs * (4 + np.abs(low["Q"])), np.float32),
        "K": np.asarray(-signs * (4 + np.abs(low["K"])), np.float32),
    }
    drawn = [
        (arguments((), 2, 3, 4, 3), "no mask, no batch"),
        (arguments((2,), 2, 3, 4, 1, mask=padding), "a padding mask"),
        (arguments((), 3, 3, 3, 3, mask=np.tril(np.ones((3, 3), bool))), "a causal mask; all sizes are equal"),
        (arguments((2,), 2, 3, 5, 2, mask=_mask(rng, 2, 2, 3)), "a mask of its own for each query"),
        (arguments((2, 2), 1, 3, 2, 2, mask=_mask(rng, 2, 1, 1, 3)), "batch and heads, one mask for all heads"),
        (low, "all scores are low, with a mask"),
        (arguments((1,), 1, 2, 1, 1), "one query, vectors of one number"),
        (arguments((2,), 2, 3, 2, 1, mask=_mask(rng, 3)), "one mask of keys, for all queries"),
        (arguments((), 12, 40, 4, 2, mask=_mask(rng, 12, 40)), "twelve queries, 40 keys, a mask"),
    ]
    if values:
        return drawn
    scale = round(float(rng.uniform(1.2, 2.0)), 2)
    given = arguments((), 2, 3, 4, 1, mask=_mask(rng, 2, 3), scale=round(float(rng.uniform(0.1, 0.2)), 2))
    return [
        *drawn,
        (arguments((), 2, 3, 2, 1, mask=None, scale=scale), "a scale is given"),
        (given, "scale and mask"),
        (arguments((), 2, 3, 2, 1, mask=None, scale=0.0), "scale 0"),
    ]


SIMILARITY: dict[str, Reference] = {
    "dot_similarity": Reference(correct=dot_similarity, draw=_draw_pairs, wrong=wrong.DOT),
    "cosine_similarity": Reference(
        correct=cosine_similarity,
        draw=_draw_pairs,
        wrong=wrong.COSINE,
        given={
            ("dot_similarity", "lab3_attention.attention_fakes.blunt_dot"): lambda q, k: cosine_similarity(q, k, blunt)
        },
    ),
}

ATTENTION: dict[str, Reference] = {
    "softmax": Reference(
        correct=softmax,
        quick=quick.softmax,
        draw=_draw_softmax,
        wrong=wrong.SOFTMAX,
        ways=traced,
        asked=("along the axis in the middle", "scores of -inf"),
    ),
    "attention_weights": Reference(
        correct=attention_weights,
        quick=quick.attention_weights,
        draw=lambda rng: _draw_attention(rng, values=False),
        wrong=wrong_attention.WEIGHTS,
        ways=traced,
        asked=("scale and mask", "twelve queries, 40 keys, a mask"),
        unnamed=("one mask of keys, for all queries", "scale 0"),
        given={
            ("softmax", "lab3_attention.attention_fakes.heavy_softmax"): lambda **a: attention_weights(**a, rule=heavy)
        },
    ),
    "scaled_dot_product_attention": Reference(
        correct=scaled_dot_product_attention,
        quick=quick.scaled_dot_product_attention,
        draw=lambda rng: _draw_attention(rng, values=True),
        wrong=wrong_attention.ATTENTION,
        ways=traced,
        asked=("batch and heads, one mask for all heads", "twelve queries, 40 keys, a mask"),
        unnamed=("one mask of keys, for all queries",),
        given={
            ("attention_weights", "lab3_attention.attention_fakes.near_weights"): lambda **a: (
                scaled_dot_product_attention(**a, weigh=near)
            )
        },
    ),
}

REFERENCES: dict[str, Reference] = {name: rounded(reference) for name, reference in {**SIMILARITY, **ATTENTION}.items()}
