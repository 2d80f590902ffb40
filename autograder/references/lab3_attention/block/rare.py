"""Corners and large cases of lab 3's block: RARE stands in the public table too, DEEP is hidden."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from autograder.references.lab3_attention.block.layer import block_case

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.random import Generator

    from autograder.references.lab3_attention.drawing import Arguments
    from autograder.references.reference import Drawn


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
    "TransformerBlock": _rare_block,
    "block_parameters": _rare_parameters,
    "block_flops": _rare_flops,
}
DEEP: dict[str, Callable[[Generator], list[Drawn]]] = {
    "block_parameters": _deep_parameters,
}
