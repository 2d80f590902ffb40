"""The mean over the real steps of a sequence: the oracle, what is drawn, and what people do otherwise."""

# ruff: noqa: ARG005  (a wrong formula leaves out some of what it is given)

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from autograder.references.lab4_beyond.drawing import Arguments, Array, distinct, single
from autograder.references.reference import Drawn, Reference
from autograder.references.ways import traced

if TYPE_CHECKING:
    from numpy.random import Generator


def masked_mean(x: Array, mask: Array) -> Array:
    """Add up the real steps of each row one by one, and divide by how many there were."""
    result = np.zeros((x.shape[0], x.shape[2]))
    for row in range(x.shape[0]):
        real = [x[row, step].astype(float) for step in range(x.shape[1]) if mask[row, step]]
        for vector in real:
            result[row] += vector / len(real)
    return result


def quick_mean(x: Array, mask: Array) -> Array:
    """Do the same for all rows at once."""
    return np.asarray(_summed(x, mask) / mask.sum(axis=1, keepdims=True))


def _summed(x: Array, mask: Array) -> Array:
    return np.asarray((x.astype(float) * mask[..., None]).sum(axis=1))


def _draw_mean(rng: Generator) -> list[Drawn]:
    def arguments(time: int, width: int, mask: Array) -> Arguments:
        return {"x": distinct(rng, len(mask), time, width), "mask": mask}

    time = int(rng.integers(4, 7))
    anywhere = np.array([[False, True, True, False], [True, False, False, True], [False, True, False, True]])
    hand = {"x": single([[[1], [3], [99]]]), "mask": np.array([[True, True, False]])}
    long = rng.random((5, 40)) < 0.6
    long[:, 0] = True
    return [
        (arguments(time, 2, np.arange(time) < np.array([[time], [1], [time - 2]])), "three lengths"),
        (hand, "by hand: 1, 3, and 99 as padding"),
        (arguments(4, 3, np.ones((2, 4), bool)), "no padding"),
        (arguments(4, 4, anywhere), "masked steps anywhere"),
        (arguments(3, 3, np.tri(3, dtype=bool)), "as many rows as steps and features"),
        (arguments(1, 1, np.ones((1, 1), bool)), "one step"),
        (arguments(40, 3, long), "five rows of 40 steps"),
    ]


def _last(x: Array, mask: Array) -> Array:
    places = [np.flatnonzero(row)[-1] for row in mask]
    return np.asarray(x[np.arange(len(x)), places])


MASKED_MEAN = Reference(
    correct=masked_mean,
    quick=quick_mean,
    draw=_draw_mean,
    ways=traced,
    asked=("three lengths", "masked steps anywhere"),
    wrong={
        "padding_counted": lambda x, mask: x.mean(axis=1),
        "divided_by_length": lambda x, mask: _summed(x, mask) / x.shape[1],
        "summed": _summed,
        "last_step": lambda x, mask: x[:, -1],
        "last_real": _last,
        "last_real/by_the_count": lambda x, mask: x[np.arange(len(x)), mask.sum(axis=1) - 1],
        "features_averaged": lambda x, mask: (x * mask[..., None]).mean(axis=2),
        "features_averaged/not_masked": lambda x, mask: x.mean(axis=2),
        "one_count": lambda x, mask: _summed(x, mask) / mask.sum() * len(x),
        "one_count/of_all": lambda x, mask: _summed(x, mask) / mask.sum(),
        "one_count/of_all_numbers": lambda x, mask: _summed(x, mask) / (mask.sum() * x.shape[2]),
        "one_mean": lambda x, mask: _summed(x, mask).sum(axis=0) / mask.sum(),
        "inverted": lambda x, mask: _summed(x, ~mask) / (~mask).sum(axis=1, keepdims=True),
        "inverted/at_least_one": lambda x, mask: _summed(x, ~mask) / np.maximum((~mask).sum(axis=1, keepdims=True), 1),
        "largest": lambda x, mask: np.where(mask[..., None], x, -np.inf).max(axis=1),
        "largest/with_zeros": lambda x, mask: (x * mask[..., None]).max(axis=1),
    },
)

REFERENCES: dict[str, Reference] = {"masked_mean": MASKED_MEAN}
