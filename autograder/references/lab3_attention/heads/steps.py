"""Oracles of lab 3 about many heads: cut, merge, attend, across two sequences, and one new position with a cache."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.references.lab3_attention import quick
from autograder.references.lab3_attention.heads import cache_wrong as cache
from autograder.references.lab3_attention.heads import drawn as draw
from autograder.references.lab3_attention.heads import steps_wrong as wrong
from autograder.references.reference import Reference
from autograder.references.ways import taped, traced, with_keras_weights

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Array = np.ndarray[Any, np.dtype[Any]]
Attended = tuple[Array, Array]  # what one head of one sequence gives: output (queries, d), weights (queries, keys)


def split_heads(x: Array, num_heads: int) -> Array:
    """Copy number by number: head k holds the k-th block of columns."""
    batch, time, d_model = x.shape
    size = d_model // num_heads
    heads = np.zeros((batch, num_heads, time, size))
    for row, head, step, column in np.ndindex(*heads.shape):
        heads[row, head, step, column] = x[row, step, head * size + column]
    return heads


def merge_heads(x: Array) -> Array:
    """Copy number by number: the k-th block of columns holds head k."""
    batch, num_heads, time, size = x.shape
    merged = np.zeros((batch, time, num_heads * size))
    for row, head, step, column in np.ndindex(*x.shape):
        merged[row, step, head * size + column] = x[row, head, step, column]
    return merged


def attend(Q: Array, K: Array, V: Array, allowed: Array) -> Attended:
    """Attend within one head of one sequence, query by query: allowed (queries, keys)."""
    weights = np.zeros((len(Q), len(K)))
    scores = {
        pair: sum(Q[pair[0]] * K[pair[1]]) / math.sqrt(Q.shape[1]) for pair in zip(*np.nonzero(allowed), strict=True)
    }
    for (query, key), score in scores.items():
        highest = max(other for (row, _), other in scores.items() if row == query)
        weights[query, key] = math.exp(score - highest)
    weights /= weights.sum(axis=1, keepdims=True)
    output = np.zeros((len(Q), V.shape[1]))
    for query, key in np.ndindex(*weights.shape):
        output[query] += weights[query, key] * V[key]
    return output, weights


def _allowed(mask: Array | None, row: int, queries: int, keys: int) -> Array:
    """Say for one sequence of a batch which query may attend to which key."""
    if mask is None:
        return np.ones((queries, keys), dtype=bool)
    return np.broadcast_to(mask if mask.ndim == 2 else mask[row], (queries, keys))


@dataclass(frozen=True)
class Steps:
    """The three earlier exercises that attention in several heads is made of; fakes take the place of some."""

    split_heads: Callable[[Array, int], Array] = split_heads
    merge_heads: Callable[[Array], Array] = merge_heads
    scaled_dot_product_attention: Callable[[Array, Array, Array, Array], Attended] = attend

    def across(self, Q: Array, K: Array, V: Array, mask: Array | None = None) -> Attended:
        """Attend in each head of each sequence by itself: (batch, heads, queries, d), (batch, heads, queries, keys)."""
        batch, heads, queries, _ = Q.shape
        output, weights = np.zeros((*Q.shape[:3], V.shape[3])), np.zeros((*Q.shape[:3], K.shape[2]))
        for row, head in np.ndindex(batch, heads):
            allowed = _allowed(mask, row, queries, K.shape[2])
            output[row, head], weights[row, head] = self.scaled_dot_product_attention(
                Q[row, head], K[row, head], V[row, head], allowed
            )
        return output, weights

    def cross_attention(
        self,
        x: Array,
        memory: Array,
        W_q: Array,
        W_k: Array,
        W_v: Array,
        W_o: Array,
        num_heads: int,
        mask: Array | None = None,
    ) -> Attended:
        """Ask with x, answer with memory."""
        x, memory = x.astype(float), memory.astype(float)
        Q, K, V = (self.split_heads(one @ W, num_heads) for one, W in ((x, W_q), (memory, W_k), (memory, W_v)))
        output, weights = self.across(Q, K, V, mask)
        return self.merge_heads(output) @ W_o, weights

    def multi_head_attention(
        self, x: Array, W_q: Array, W_k: Array, W_v: Array, W_o: Array, num_heads: int, mask: Array | None = None
    ) -> Attended:
        """Ask and answer with x."""
        return self.cross_attention(x, x, W_q, W_k, W_v, W_o, num_heads, mask)

    def attend_next(
        self, x_t: Array, keys: Array, values: Array, W_q: Array, W_k: Array, W_v: Array, W_o: Array, num_heads: int
    ) -> tuple[Array, Array, Array]:
        """Put the key and the value of the new position behind the others, and ask all of them."""
        q, k, v = (self.split_heads(x_t.astype(float) @ W, num_heads) for W in (W_q, W_k, W_v))
        keys, values = np.concatenate([keys, k], axis=2), np.concatenate([values, v], axis=2)
        output, _ = self.across(q, keys, values)
        return self.merge_heads(output) @ W_o, keys, values


# Numbers as labkit.checks.lab3_attention.heads_fakes gives them, in loops.


def shuffled_split(x: Array, num_heads: int) -> Array:
    """Give what `shuffled_split_heads` gives."""
    batch, time, d_model = x.shape
    heads = np.zeros((batch, num_heads, time, d_model // num_heads))
    for row, head, step, column in np.ndindex(*heads.shape):
        heads[row, head, step, column] = (1 + head / 2) * x[row, step, column * num_heads + head]
    return heads


def shuffled_merge(x: Array) -> Array:
    """Give what `shuffled_merge_heads` gives."""
    batch, num_heads, time, size = x.shape
    merged = np.zeros((batch, time, num_heads * size))
    for row, head, step, column in np.ndindex(*x.shape):
        merged[row, step, column * num_heads + head] = (1 + head / 4) * x[row, head, step, column]
    return merged


def distant(Q: Array, K: Array, V: Array, allowed: Array) -> Attended:
    """Give what `distant_attention` gives, for one head of one sequence."""
    weights = np.zeros(allowed.shape)
    output = np.zeros((len(Q), V.shape[1]))
    for query, key in zip(*np.nonzero(allowed), strict=True):
        weights[query, key] = 1 / (1 + np.abs(Q[query] - K[key] / 2).sum())
        output[query] += weights[query, key] * V[key]
    return output, weights


FAKES: dict[str, tuple[str, Callable[..., Any]]] = {
    "split_heads": ("lab3_attention.heads_fakes.shuffled_split_heads", shuffled_split),
    "merge_heads": ("lab3_attention.heads_fakes.shuffled_merge_heads", shuffled_merge),
    "scaled_dot_product_attention": ("lab3_attention.heads_fakes.distant_attention", distant),
}
# As quick as what hidden tests need; `quick` says what each does.
QUICK: dict[str, Callable[..., Any]] = {
    "split_heads": quick.split_heads,
    "merge_heads": quick.merge_heads,
    "scaled_dot_product_attention": quick.attend,
}
QUICK_FAKES: dict[str, Callable[..., Any]] = {
    "split_heads": quick.shuffled_split,
    "merge_heads": quick.shuffled_merge,
    "scaled_dot_product_attention": quick.distant,
}


@dataclass(frozen=True)
class Assembled(Reference):
    """The oracle of an exercise that calls several earlier ones.

    method: the exercise, as a method of `Steps`
    """

    method: str = field(default="", kw_only=True)

    @property
    def groups(self) -> list[frozenset[str]]:
        """Each earlier exercise alone, and all of them; in grading any of them together."""
        return [*(frozenset({name}) for name in FAKES), frozenset(FAKES)]

    def with_stand_ins(self, names: frozenset[str]) -> tuple[dict[str, str], Callable[..., Any]]:
        """Return the fakes of any of the earlier exercises."""
        steps = Steps(**{**QUICK, **{name: QUICK_FAKES[name] for name in names}})
        given = {name: fake for name, (fake, _) in FAKES.items() if name in names}
        return given, wrong.rounded(getattr(steps, self.method))


def _assembled(
    method: str, drawer: draw.Drawer, formulas: Mapping[str, wrong.Formula], *asked: str, ways: Any = None
) -> Assembled:
    return Assembled(
        wrong.rounded(getattr(Steps(), method)),
        drawer,
        formulas,
        ways=ways,
        asked=asked,
        shown=4,
        quick=quick.ALL[method],
        method=method,
    )


REFERENCES: dict[str, Reference] = {
    "split_heads": Reference(
        split_heads, draw.split, wrong.SPLIT, ways=traced, asked=("two heads",), quick=quick.split_heads
    ),
    "merge_heads": Reference(
        merge_heads, draw.merge, wrong.MERGE, ways=traced, asked=("two heads",), quick=quick.merge_heads
    ),
    "multi_head_attention": _assembled(
        "multi_head_attention",
        draw.attention,
        wrong.ATTENTION,
        "a mask (batch, time, time), batch, time and heads are equal",
        ways=with_keras_weights,
    ),
    "cross_attention": _assembled(
        "cross_attention",
        draw.cross,
        wrong.CROSS,
        "a mask (batch, 1, T_m), as many sequences as heads",
        ways=taped,
    ),
    "attend_next": _assembled("attend_next", draw.following, cache.NEXT),
}
