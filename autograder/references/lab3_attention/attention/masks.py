"""Oracles of lab 3, part 2: two masks and the positions, with what each misconception computes."""

# ruff: noqa: ARG005  (a wrong formula leaves out some of what it is given)

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.references.lab3_attention.attention.similarity_wrong import rounded
from autograder.references.reference import Drawn, Reference
from autograder.references.ways import traced
from labkit.checks.lab3_attention.attention_probes import taken

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.random import Generator

    from autograder.references.lab3_attention.attention.similarity_wrong import Formula

Array = np.ndarray[Any, np.dtype[Any]]


# 2.1: padding_mask


def padding_mask(ids: Array) -> Array:
    """Look at each id."""
    batch, time = ids.shape
    mask = np.zeros((batch, 1, time), dtype=bool)
    for row in range(batch):
        for key in range(time):
            mask[row, 0, key] = int(ids[row, key]) != 0
    return mask


def _draw_ids(rng: Generator) -> list[Drawn]:
    def ids(*lengths: int, time: int) -> Array:
        drawn = rng.integers(1, 40, size=(len(lengths), time))
        drawn[np.arange(time) >= np.array(lengths)[:, None]] = 0
        return drawn

    time = int(rng.integers(4, 8))
    right = ids(time, 1, time - 2, time=time)
    right[0, rng.integers(time)] = 1  # the unknown word is real
    holes = ids(4, 4, time=4)
    holes[0, :2], holes[1, rng.integers(1, 3)] = 0, 0
    return [
        ({"ids": right}, "three lengths"),
        ({"ids": ids(3, 2, 3, time=3)}, "as many sequences as steps"),
        ({"ids": holes}, "padding on the left and in between"),
        ({"ids": ids(int(rng.integers(2, 5)), time=5)}, "one sequence"),
        ({"ids": ids(1, time=1)}, "one step"),
        ({"ids": rng.integers(0, 5001, size=(5, 40)) * (rng.random((5, 40)) < 0.8)}, "five rows of 40 ids, to 5,000"),
    ]


def _both_sides(real: Array) -> Array:
    return real[:, None, :] & real[:, :, None]


def _repeated(real: Array) -> Array:
    return np.repeat(real[:, None, :], real.shape[1], axis=1)


def _by_length(ids: Array) -> Array:
    return np.asarray(np.arange(ids.shape[1]) < (ids != 0).sum(axis=1, keepdims=True))[:, None]


def _until_zero(ids: Array) -> Array:
    return np.asarray(np.logical_and.accumulate(ids != 0, axis=1))[:, None]


PADDING = Reference(
    correct=padding_mask,
    draw=_draw_ids,
    wrong={
        "inverted": lambda ids: (ids == 0)[:, None],
        "rows_masked": lambda ids: (ids != 0)[:, :, None],
        "no_axis": lambda ids: ids != 0,
        "no_axis/inverted": lambda ids: ids == 0,
        "two_axes": lambda ids: (ids != 0)[:, None, None],
        "front_axis": lambda ids: (ids != 0)[None],
        "both_sides": lambda ids: _both_sides(ids != 0),
        "repeated": lambda ids: _repeated(ids != 0),
        "unknown_masked": lambda ids: (ids > 1)[:, None],
        "numbers": lambda ids: (ids != 0)[:, None].astype(int),
        "numbers/float": lambda ids: (ids != 0)[:, None].astype(float),
        "added": lambda ids: np.where(ids != 0, 0.0, -np.inf)[:, None],
        "added/large": lambda ids: np.where(ids != 0, 0.0, -1e9)[:, None],
        "by_length": _by_length,
        "until_zero": _until_zero,
    },
)


# 2.2: causal_mask


def causal_mask(length: int) -> Array:
    """Ask for each query and each key whether the key lies in the past, or is the query itself."""
    mask = np.zeros((length, length), dtype=bool)
    for query in range(length):
        for key in range(length):
            mask[query, key] = key <= query
    return mask


def _draw_lengths(rng: Generator) -> list[Drawn]:
    middle, long = sorted(int(length) for length in rng.choice(range(3, 10), size=2, replace=False))
    return [({"length": middle}, ""), ({"length": long}, "a longer one"), ({"length": 1}, "one position")]


def _lower(length: int, diagonal: int = 0) -> Array:
    return np.tri(length, k=diagonal, dtype=bool)


CAUSAL = Reference(
    correct=causal_mask,
    draw=_draw_lengths,
    ways=traced,
    asked=("a longer one", "a length that is new in a graph"),
    apart=("a length that is new in a graph",),
    wrong={
        "no_diagonal": lambda length: _lower(length, -1),
        "future_by_one": lambda length: _lower(length, 1),
        "transposed": lambda length: _lower(length).T,
        "inverted": lambda length: ~_lower(length),
        "all_true": lambda length: np.ones((length, length), bool),
        "diagonal_only": lambda length: np.eye(length, dtype=bool),
        "other_corner": lambda length: np.flip(_lower(length), axis=1),
        "other_corner/upper": lambda length: np.flip(_lower(length), axis=0),
        "numbers": lambda length: _lower(length).astype(int),
        "numbers/float": lambda length: _lower(length).astype(float),
        "added": lambda length: np.where(_lower(length), 0.0, -np.inf),
        "added/large": lambda length: np.where(_lower(length), 0.0, -1e9),
        "front_axis": lambda length: _lower(length)[None],
        "front_axis/two": lambda length: _lower(length)[None, None],
    },
)


# 2.3: positional_encoding


def positional_encoding(length: int, d_model: int) -> Array:
    """Compute each wave at each position."""
    table = np.zeros((length, d_model))
    for p in range(length):
        for i in range(d_model // 2):
            angle = p / 10000 ** (2 * i / d_model)
            table[p, 2 * i], table[p, 2 * i + 1] = math.sin(angle), math.cos(angle)
    return table


def _draw_positions(rng: Generator) -> list[Drawn]:
    def arguments(length: int, d_model: int) -> dict[str, Any]:
        return {"length": length, "d_model": d_model}

    long = int(rng.integers(230, 257))
    rows = np.array([0, *sorted(rng.choice(range(60, long - 1), size=3, replace=False)), long - 1])
    return [
        (arguments(int(rng.integers(4, 7)), 8), ""),
        (arguments(int(rng.integers(7, 10)), 4), "more positions than columns"),
        (arguments(4, 4), "as many positions as columns"),
        (arguments(int(rng.integers(2, 4)), 2), "two columns"),
        (arguments(1, 6), "one position"),
        (arguments(long, 8) | {"rows": rows}, "many positions, of which five are compared"),
    ]


def _some_rows(formula: Formula) -> Formula:
    """Let a formula take rows, as the probe does."""

    def call(length: int, d_model: int, rows: Array | None = None) -> Any:
        table = formula(length=length, d_model=d_model)
        return table if rows is None else taken(table, length, rows)

    return call


def _waves(length: int, d_model: int, **change: Any) -> Array:
    """Compute the table with some lines changed."""
    p = (np.arange(length) + change.get("start", 0))[:, None] * change.get("unit", 1.0)
    i = np.arange(d_model // 2)
    rates = change.get("rates", lambda i, d: 10000.0 ** (-2.0 * i / d))(i, d_model)
    odd_rates = change.get("odd_rates", lambda i, d: rates)(i, d_model)
    even, odd = change.get("waves", (np.sin, np.cos))
    return np.asarray(change.get("join", _interleaved)(even(p * rates), odd(p * odd_rates)))


def _interleaved(even: Array, odd: Array) -> Array:
    return np.stack([even, odd], axis=-1).reshape(len(even), -1)


def _rate(change: Callable[[Array, int], Array]) -> Callable[..., Array]:
    """Change the exponent of 10000 that divides."""
    return partial(_waves, rates=lambda i, d: 10000.0 ** -change(i, d))


def _base(number: float) -> Callable[..., Array]:
    return partial(_waves, rates=lambda i, d: number ** (-2.0 * i / d))


def _constant(p: Array) -> Array:
    return p


WAVES: dict[str, Formula] = {
    "swapped": partial(_waves, waves=(np.cos, np.sin)),
    "halved": partial(_waves, join=lambda even, odd: np.concatenate([even, odd], axis=-1)),
    "halved/cosines_first": partial(_waves, join=lambda even, odd: np.concatenate([odd, even], axis=-1)),
    "no_two": _rate(lambda i, d: i / d),
    "column_for_pair": partial(
        _waves,
        rates=lambda i, d: 10000.0 ** (-4.0 * i / d),
        odd_rates=lambda i, d: 10000.0 ** (-2.0 * (2 * i + 1) / d),
    ),
    "odd_exponent": partial(_waves, odd_rates=lambda i, d: 10000.0 ** (-(2.0 * i + 1) / d)),
    "next_exponent": _rate(lambda i, d: 2.0 * (i + 1) / d),
    "whole_division": _rate(lambda i, d: np.asarray(2 * i // d, float)),
    "to_the_last": _rate(lambda i, d: i / max(d / 2 - 1, 1)),
    "exponent_length": lambda length, d_model: _waves(
        length, d_model, rates=lambda i, d: 10000.0 ** (-2.0 * i / length)
    ),
    "from_one": partial(_waves, start=1),
    "base": _base(1000.0),
    "base/100000": _base(100000.0),
    "multiplied": partial(_waves, rates=lambda i, d: 10000.0 ** (2.0 * i / d)),
    "one_rate": partial(_waves, rates=lambda i, d: np.full(len(i), 1e-4)),
    "degrees": partial(_waves, unit=np.pi / 180),
    "turns": partial(_waves, unit=2 * np.pi),
    "share_of_length": lambda length, d_model: _waves(length, d_model, unit=1 / length),
    "transposed": lambda length, d_model: _waves(length, d_model).T,
    "batch_axis": lambda length, d_model: _waves(length, d_model)[None],
    "both_sines": partial(_waves, waves=(np.sin, np.sin)),
    "both_cosines": partial(_waves, waves=(np.cos, np.cos)),
    "no_waves": partial(_waves, waves=(_constant, _constant)),
}

POSITIONS = Reference(
    correct=_some_rows(positional_encoding),
    draw=_draw_positions,
    ways=traced,
    asked=("more positions than columns", "sizes that are new in a graph"),
    apart=("sizes that are new in a graph",),
    wrong={key: _some_rows(formula) for key, formula in WAVES.items()},
)

REFERENCES: dict[str, Reference] = {
    "padding_mask": PADDING,
    "causal_mask": CAUSAL,
    "positional_encoding": rounded(POSITIONS, 5),
}
