"""Corners and large cases of part 3: RARE stands in the public table too, DEEP is hidden."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from autograder.references.lab4_beyond.drawing import LONG, MANY, Arguments
from autograder.references.lab4_beyond.masks.hidden import loss_case, tokens
from autograder.references.lab4_beyond.masks.trying import trying_case
from labkit.checks.lab4_beyond.masks.probes import Scores

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.random import Generator

    from autograder.references.reference import Drawn


def _rare_band(rng: Generator, first: Arguments) -> list[Drawn]:
    del rng
    return [
        ({"length": 1, "back": 0, "ahead": 0}, "one place"),
        ({"length": 3, "back": 9, "ahead": 7}, "farther than the sequence reaches"),
        ({"length": 6, "back": 4, "ahead": 3}, "nearly as far as the sequence reaches"),
        (first | {"back": first["ahead"], "ahead": first["back"]}, "back and ahead exchanged"),
        (first | {"length": first["length"] + 1}, "one place more"),
    ]


def _deep_band(rng: Generator) -> list[Drawn]:
    return [({"length": int(rng.integers(257, 300)), "back": 130, "ahead": 60}, "more than 256 places")]


def _rare_corrupt(rng: Generator, first: Arguments) -> list[Drawn]:
    same = tokens(rng, 2, 7, 0.7)
    same["random_ids"] = same["ids"].copy()
    masked, large = (tokens(rng, 2, 7, 0.7) for _ in range(2))
    masked["ids"][0], masked["ids"][1, 0] = masked["mask_id"], 0
    return [
        (same, "the random tokens are the right ones"),
        (masked, "[MASK] and 0 stand among the tokens"),
        (tokens(rng, 1, 1, 1.1), "one token"),
        (
            tokens(rng, 1, 6, 1.1) | {"action": np.array([[0.797, 0.8, 0.803, 0.897, 0.9, 0.903]])},
            "actions of 0.8 and 0.9, and near them",
        ),
        (tokens(rng, 2, 5, 0.7, mask_id=0), "[MASK] has the id 0"),
        (tokens(rng, 1, 14, 0.7), "one sequence, all of it drawn"),
        ({**large, "ids": large["ids"] + 40_000, "random_ids": large["random_ids"] + 70_000}, "large ids"),
        (first | {"chosen": ~first["chosen"]}, "the same sequence, the other tokens chosen"),
    ]


def _deep_corrupt(rng: Generator) -> list[Drawn]:
    return [(tokens(rng, MANY, LONG, 0.15, mask_id=70_000), "nine sequences of 130 tokens")]


def _rare_loss(rng: Generator, first: Arguments) -> list[Drawn]:
    one = first | {"targets": np.full(first["targets"].shape, -100)}
    one["targets"][-1, -1] = 2
    even = loss_case(rng, 2, 3, 4)
    even["logits"] = np.zeros_like(even["logits"])
    return [
        (one, "a single target"),
        (even, "equal logits"),
        (loss_case(rng, 1, 2, 2, 1.1), "one sequence, two classes"),
        (loss_case(rng, 7, 2, 3, ignore=1), "ignore is 1"),
        (loss_case(rng, 2, 4, 40, ignore=31), "40 classes, ignore is 31"),
    ]


def _deep_loss(rng: Generator) -> list[Drawn]:
    return [
        (loss_case(rng, MANY, LONG, 30, 0.15), "nine sequences of 130 tokens"),
        (loss_case(rng, 2, 9, 300, 0.7), "300 classes"),
    ]


def _rare_trying(rng: Generator, first: Arguments) -> list[Drawn]:
    length = len(first["ids"])
    other = trying_case(rng, length, first["place"], len(first["candidates"]))
    return [
        (trying_case(rng, 5, 4, 4), "the last place"),
        (trying_case(rng, 1, 0, 5), "one token"),
        (trying_case(rng, 6, 2, 5, level=100_000.0), "very small probabilities"),
        (_zero_is_best(rng), "the id 0 is the best one"),
        (trying_case(rng, 6, 3, 6, spread=500.0), "scores far apart"),
        (first | {"script": other["script"], "candidates": first["candidates"][:1]}, "one candidate, another score"),
    ]


def _zero_is_best(rng: Generator) -> Arguments:
    """Draw a case with the id 0 as the best of three, and the second."""
    while True:
        case = trying_case(rng, 4, 1, 3)
        case["candidates"][1] = 0
        score = Scores(case["script"])
        values = [score([case["ids"][0], one, *case["ids"][2:]]) for one in case["candidates"]]
        if values[1] > max(values[0], values[2]) + 0.5:
            return case


def _deep_trying(rng: Generator) -> list[Drawn]:
    return [(trying_case(rng, LONG, 77, 27, level=300.0), "130 tokens")]


def _rare_rate(rng: Generator, first: Arguments) -> list[Drawn]:
    return [
        (first | {"d_model": 4 * first["d_model"]}, "a width four times as large"),
        ({"step": 1, "d_model": 1, "warmup": 1}, "ones"),
        ({"step": 5, "d_model": 2, "warmup": 1}, "no warm-up to speak of"),
        ({"step": 1, "d_model": 512, "warmup": 40_000}, "the first step of a long warm-up"),
        ({"step": 400_000, "d_model": 64, "warmup": 4000}, "step 400,000"),
        ({"step": 100_000, "d_model": 1024, "warmup": int(rng.integers(3000, 9000))}, "a very late step"),
    ]


RARE: dict[str, Callable[[Generator, Arguments], list[Drawn]]] = {
    "band_mask": _rare_band,
    "corrupt": _rare_corrupt,
    "masked_token_loss": _rare_loss,
    "fill_by_trying": _rare_trying,
    "warmup_rate": _rare_rate,
}
DEEP: dict[str, Callable[[Generator], list[Drawn]]] = {
    "band_mask": _deep_band,
    "corrupt": _deep_corrupt,
    "masked_token_loss": _deep_loss,
    "fill_by_trying": _deep_trying,
}
