"""Patches, the way back from them, and the class token: oracles, what is drawn, and what people do otherwise."""

# ruff: noqa: ARG005  (a wrong formula leaves out some of what it is given)

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.references.lab4_beyond.drawing import Arguments, Array, distinct, single
from autograder.references.reference import Drawn, Reference
from autograder.references.ways import traced
from labkit.checks.cases import More

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.random import Generator

    Formula = Callable[..., Any]

# As reshape cuts a picture: (batch, row of patches, row in a patch, column of patches, column in a patch, channel).
RIGHT = (0, 1, 3, 2, 4, 5)
COLUMNS, PIXELS, BOTH, CHANNELS = (0, 3, 1, 2, 4, 5), (0, 1, 3, 4, 2, 5), (0, 3, 1, 4, 2, 5), (0, 1, 3, 5, 2, 4)


def patchify(images: Array, size: int) -> Array:
    """Go through the patches row by row, and through the pixels of each row by row."""
    batch, height, width, channels = images.shape
    result = np.zeros((batch, (height // size) * (width // size), size * size * channels))
    patch = 0
    for top in range(0, height, size):
        for left in range(0, width, size):
            entry = 0
            for row in range(top, top + size):
                for column in range(left, left + size):
                    for channel in range(channels):
                        result[:, patch, entry] = images[:, row, column, channel]
                        entry += 1
            patch += 1
    return result


def cut(images: Array, size: int, order: tuple[int, ...] = RIGHT) -> Array:
    """Do the same for whole arrays; with another order of the axes, do what people do otherwise."""
    batch, height, width, channels = images.shape
    pieces = images.reshape(batch, height // size, size, width // size, size, channels).transpose(order)
    return np.asarray(pieces.reshape(batch, -1, size * size * channels), float)


def with_unknown_batch(rng: Generator, correct: Formula, arguments: Mapping[str, Any]) -> More:
    """Ask for the same in a graph that does not know the batch (`lab4_beyond.pictures.probes.batch_unknown`)."""
    more = traced(rng, correct, arguments)
    return More(more.arguments, {**more.expected, "batch_unknown": more.expected["in_graph"]})


def _draw_patches(rng: Generator) -> list[Drawn]:
    def arguments(batch: int, height: int, width: int, channels: int, size: int) -> Arguments:
        return {"images": distinct(rng, batch, height, width, channels), "size": size}

    counted = {"images": single(np.arange(24).reshape(1, 4, 6, 1)), "size": 2}
    return [
        (counted, "a picture that counts its pixels"),
        (arguments(2, 4, 6, 1, 2), "two pictures, wider than high"),
        (arguments(1, 4, 4, 2, 2), "two channels"),
        (arguments(2, 6, 3, 3, 3), "higher than wide, three channels"),
        (arguments(1, 2, 8, 1, 2), "one row of patches"),
        (arguments(3, 3, 3, 2, 3), "one patch"),
        (arguments(2, 2, 3, 2, 1), "patches of one pixel"),
        (arguments(int(rng.integers(2, 5)), 8, 12, 2, 4), "patches of 4x4"),
    ]


def _stripes(images: Array, size: int) -> Array:
    batch, _, _, channels = images.shape
    return np.asarray(images.reshape(batch, -1, size * size * channels), float)


def _only_rows(images: Array, size: int) -> Array:
    return np.asarray(images.reshape(len(images), images.shape[1] // size, -1), float)


def _squares(images: Array, size: int) -> Array:
    found = cut(images, size)
    return found.reshape(*found.shape[:2], size, size, images.shape[3])


def _ordered(order: tuple[int, ...]) -> Formula:
    return lambda images, size: cut(images, size, order)


PATCHIFY = Reference(
    correct=patchify,
    quick=cut,
    draw=_draw_patches,
    ways=with_unknown_batch,
    asked=("two pictures, wider than high", "higher than wide, three channels"),
    wrong={
        "reshape_alone": _stripes,
        "columns_first": _ordered(COLUMNS),
        "pixels_transposed": _ordered(PIXELS),
        "both_transposed": _ordered(BOTH),
        "rows_only": _only_rows,
        "channels_first": _ordered(CHANNELS),
        "kept_square": _squares,
        "kept_square/without_channels": lambda images, size: cut(images, size).reshape(
            len(images), -1, size * size, images.shape[3]
        ),
        "in_the_batch": lambda images, size: cut(images, size).reshape(-1, size * size * images.shape[3]),
    },
)


def unpatchify(patches: Array, height: int, width: int, size: int) -> Array:
    """Put each number back where `patchify` takes it from."""
    channels = patches.shape[2] // (size * size)
    result = np.zeros((len(patches), height, width, channels))
    places = np.arange(height * width * channels).reshape(1, height, width, channels)
    for patch, row in enumerate(patchify(places, size)[0].astype(int)):
        for entry, place in enumerate(row):
            where = np.unravel_index(place, (height, width, channels))
            result[(slice(None), *where)] = patches[:, patch, entry]
    return result


def joined(
    patches: Array, height: int, width: int, size: int, order: tuple[int, ...] = RIGHT, *, swapped: bool = False
) -> Array:
    """Do the same for whole arrays; with another order of the axes, do what people do otherwise."""
    sizes = (len(patches), height // size, size, width // size, size, patches.shape[2] // (size * size))
    pieces = patches.astype(float).reshape([sizes[axis] for axis in order]).transpose(np.argsort(order))
    return np.asarray(pieces.reshape((len(patches), *((width, height) if swapped else (height, width)), sizes[5])))


def _put(order: tuple[int, ...]) -> Formula:
    return lambda patches, height, width, size: joined(patches, height, width, size, order)


def _draw_way_back(rng: Generator) -> list[Drawn]:
    def arguments(batch: int, height: int, width: int, channels: int, size: int) -> Arguments:
        count = height * width // size**2
        patches = distinct(rng, batch, count, size * size * channels)
        return {"patches": patches, "height": height, "width": width, "size": size}

    return [
        (arguments(2, 4, 6, 1, 2), "two pictures, wider than high"),
        (arguments(1, 6, 3, 2, 3), "higher than wide, two channels"),
        (arguments(1, 4, 4, 3, 2), "three channels"),
        (arguments(2, 2, 3, 2, 1), "patches of one pixel"),
        (arguments(2, 3, 3, 1, 3), "one patch"),
        (arguments(int(rng.integers(2, 5)), 8, 4, 1, 4), "patches of 4x4"),
    ]


UNPATCHIFY = Reference(
    correct=unpatchify,
    quick=joined,
    draw=_draw_way_back,
    wrong={
        "reshape_alone": lambda patches, height, width, size: patches.reshape(len(patches), height, width, -1),
        "columns_first": _put(COLUMNS),
        "pixels_transposed": _put(PIXELS),
        "both_transposed": _put(BOTH),
        "channels_first": _put(CHANNELS),
        "exchanged": lambda patches, height, width, size: joined(patches, height, width, size, swapped=True),
        "no_channels": lambda patches, height, width, size: joined(patches, height, width, size).reshape(
            len(patches), height, -1
        ),
    },
)


def add_class_token(x: Array, token: Array) -> Array:
    """Begin each sequence with the token."""
    result = np.zeros((x.shape[0], x.shape[1] + 1, x.shape[2]))
    for row in range(len(x)):
        result[row, 0] = token
        result[row, 1:] = x[row]
    return result


def _everywhere(x: Array, token: Array, *, steps: int = 1) -> Array:
    return np.asarray(np.broadcast_to(token, (len(x), steps, len(token))), float)


def _draw_token(rng: Generator) -> list[Drawn]:
    def arguments(batch: int, steps: int, width: int) -> Arguments:
        drawn = distinct(rng, batch * steps * width + width)
        return {"x": drawn[width:].reshape(batch, steps, width), "token": drawn[:width]}

    return [
        (arguments(3, 4, 2), "three sequences"),
        (arguments(2, int(rng.integers(3, 6)), 5), "two sequences"),
        (arguments(3, 3, 3), "as many sequences as steps and features"),
        (arguments(1, 2, 4), "one sequence"),
        (arguments(2, 1, 1), "one step, one feature"),
        (arguments(5, 16, 4), "five sequences of 16 patches"),
    ]


def _first_sequence(x: Array, token: Array) -> Array:
    result = add_class_token(x, token)
    result[1:, 0] = 0.0
    return result


TOKEN = Reference(
    correct=add_class_token,
    draw=_draw_token,
    ways=with_unknown_batch,
    asked=("three sequences", "one sequence"),
    wrong={
        "at_the_end": lambda x, token: np.concatenate([x, _everywhere(x, token)], axis=1),
        "added": lambda x, token: x + token,
        "overwrites": lambda x, token: np.concatenate([_everywhere(x, token), x[:, 1:]], axis=1),
        "first_sequence_only": _first_sequence,
        "as_feature": lambda x, token: np.concatenate([_everywhere(x, token, steps=x.shape[1]), x], axis=2),
        "as_feature/behind": lambda x, token: np.concatenate([x, _everywhere(x, token, steps=x.shape[1])], axis=2),
        "as_sequence": lambda x, token: np.concatenate([np.broadcast_to(token, (1, *x.shape[1:])), x], axis=0),
    },
)

REFERENCES: dict[str, Reference] = {"patchify": PATCHIFY, "add_class_token": TOKEN, "unpatchify": UNPATCHIFY}
