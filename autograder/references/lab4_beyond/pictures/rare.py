"""Corners and large cases of part 2: RARE stands in the public table too, DEEP is hidden."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from autograder.references.lab4_beyond.drawing import LONG, MANY, Arguments, distinct, shares, single
from autograder.references.lab4_beyond.pictures.looking import network_case

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.random import Generator

    from autograder.references.reference import Drawn


def _large(rng: Generator, *shape: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    return single(rng.integers(-8000, 8000, size=shape) + 0.125)


def _rare_patches(rng: Generator, first: Arguments) -> list[Drawn]:
    return [
        ({"images": _large(rng, 1, 2, 4, 1), "size": 2}, "large numbers"),
        ({"images": distinct(rng, 7, 2, 2, 1), "size": 1}, "seven pictures, patches of one pixel"),
        ({"images": first["images"], "size": 1}, "the same picture, another size"),
        ({"images": distinct(rng, 1, 10, 5, 1), "size": 5}, "patches of 5x5"),
        ({"images": distinct(rng, 4, 4, 4, 4), "size": 2}, "four pictures of 4 x 4, four channels"),
    ]


def _deep_patches(rng: Generator) -> list[Drawn]:
    return [
        ({"images": distinct(rng, MANY, 28, 42, 3), "size": 7}, "nine pictures of 28 x 42, in colour"),
        ({"images": distinct(rng, 2, 24, 48, 1), "size": 24}, "patches of 24x24"),
    ]


def _rare_way_back(rng: Generator, first: Arguments) -> list[Drawn]:
    turned = first | {"height": first["width"], "width": first["height"]}
    return [
        ({"patches": _large(rng, 1, 2, 4), "height": 2, "width": 4, "size": 2}, "large numbers"),
        (
            {"patches": distinct(rng, 4, 4, 4), "height": 4, "width": 4, "size": 2},
            "four pictures, four patches of four",
        ),
        (turned, "the same patches, height and width exchanged"),
    ]


def _deep_way_back(rng: Generator) -> list[Drawn]:
    case = {"patches": distinct(rng, MANY, 24, 147), "height": 28, "width": 42, "size": 7}
    large = {"patches": distinct(rng, 2, 2, 576), "height": 24, "width": 48, "size": 24}
    high = {"patches": distinct(rng, 1, 130, 4), "height": 260, "width": 2, "size": 2}
    return [(case, "nine pictures of 28 x 42, in colour"), (large, "patches of 24x24"), (high, "a picture of 260 rows")]


def _rare_token(rng: Generator, first: Arguments) -> list[Drawn]:
    return [
        ({"x": _large(rng, 2, 3, 2), "token": _large(rng, 2)}, "large numbers"),
        ({"x": distinct(rng, 7, 1, 2), "token": single([0.0, 0.0])}, "a token of zeros"),
        ({"x": _large(rng, 2, 3, 2), "token": single([0.3, -0.7])}, "large patches, a small token"),
        ({"x": distinct(rng, 2, 3, 2) * single([[[1], [0], [1]]]), "token": distinct(rng, 2)}, "a patch of zeros"),
        (first | {"token": 3 * first["token"]}, "the same patches, another token"),
    ]


def _deep_token(rng: Generator) -> list[Drawn]:
    return [({"x": distinct(rng, MANY, LONG, 24), "token": distinct(rng, 24)}, "nine sequences of 130 patches")]


def _rare_rollout(rng: Generator, first: Arguments) -> list[Drawn]:
    del first
    nowhere = np.eye(4)[None, None].repeat(2, axis=1)
    peaked = np.full((1, 1, 21, 21), 0.0005)
    peaked[0, 0, np.arange(21), rng.permutation(21)] = 0.99
    return [
        ({"weights": [shares(rng, 1, 2, 1, 1) for _ in range(2)]}, "one place"),
        ({"weights": [nowhere, nowhere]}, "each place looks at itself"),
        ({"weights": [peaked, peaked]}, "nearly all of each row at one place"),
        ({"weights": [shares(rng, 1, 2, 2, 2) for _ in range(14)]}, "fourteen blocks"),
        ({"weights": [shares(rng, 2, 8, 3, 3) for _ in range(6)]}, "six blocks, eight heads"),
    ]


def _deep_rollout(rng: Generator) -> list[Drawn]:
    return [({"weights": [shares(rng, MANY, 4, 50, 50) for _ in range(12)]}, "twelve blocks, 50 places")]


def _rare_saliency(rng: Generator, first: Arguments) -> list[Drawn]:
    classes = first["network"][2].shape[2]
    quiet = first["x"].copy()
    quiet[:, 0] = 0.0
    *inner, last = first["network"]
    return [
        (first | {"target": (first["target"] + 1) % classes}, "the same sequences, other targets"),
        (first | {"x": quiet}, "a step of zeros"),
        (first | {"network": [*inner, 500 * last]}, "large gradients"),
        (first | {"x": single(rng.normal(size=first["x"].shape).round(3))}, "other sequences, the same model"),
    ]


def _deep_saliency(rng: Generator) -> list[Drawn]:
    return [(network_case(rng, 24, 23, 22, 300), "24 sequences, 300 classes")]


RARE: dict[str, Callable[[Generator, Arguments], list[Drawn]]] = {
    "patchify": _rare_patches,
    "unpatchify": _rare_way_back,
    "add_class_token": _rare_token,
    "attention_rollout": _rare_rollout,
    "saliency": _rare_saliency,
}
DEEP: dict[str, Callable[[Generator], list[Drawn]]] = {
    "patchify": _deep_patches,
    "unpatchify": _deep_way_back,
    "add_class_token": _deep_token,
    "attention_rollout": _deep_rollout,
    "saliency": _deep_saliency,
}
