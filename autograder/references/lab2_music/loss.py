"""Oracles of lab 2, part 3: the loss over the real steps, and the number of parameters."""

# ruff: noqa: ARG005  (a wrong formula leaves out some of what it is given)

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.references.losses import sequence_loss
from autograder.references.reference import Drawn, Reference
from autograder.references.ways import traced

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.random import Generator

Array = np.ndarray[Any, np.dtype[Any]]


def _draw_loss(rng: Generator) -> list[Drawn]:
    def arguments(batch: int, time: int, size: int, mask: Array, scale: float = 1.0) -> dict[str, Any]:
        logits = rng.normal(0, scale, size=(batch, time, size)).round(3).astype(np.float32)
        return {"logits": logits, "targets": rng.integers(0, size, size=(batch, time)), "mask": mask}

    time = int(rng.integers(4, 7))
    padded = np.arange(time) < np.array([[time], [1], [time - 2]])
    large = arguments(2, 3, 4, np.array([[True, True, True], [True, True, False]]))
    large["logits"] = rng.choice([-1000.0, 0.0, 1000.0], size=(2, 3, 4)).astype(np.float32)
    for row, step in ((0, 0), (1, 2)):  # a real step and a masked one where the target's probability is 0
        large["logits"][row, step] = [1000.0, -1000.0, 0.0, 1000.0]
        large["targets"][row, step] = 1
    low = arguments(1, 5, 4, np.array([[True, False, True, True, False]]))
    low["logits"] -= np.float32(1000)
    wide = arguments(1, 3, 140, np.array([[True, False, True]]))
    wide["targets"] = rng.integers(128, 140, size=(1, 3))
    return [
        (arguments(3, time, 5, padded), "three lengths"),
        (arguments(2, 4, 3, np.ones((2, 4), bool), 3.0), "no padding"),
        (
            arguments(2, 4, 4, np.array([[False, True, False, True], [True, False, False, False]])),
            "masked steps anywhere",
        ),
        (arguments(1, 1, 2, np.ones((1, 1), bool)), "one character"),
        (large, "logits of +-1000"),
        (low, "logits near -1000, one tune, masked steps"),
        (wide, "ids above 127"),
        (arguments(5, 40, 12, rng.random((5, 40)) < 0.7), "five tunes of 40 steps"),
    ]


def softmax(z: Array, axis: int = -1) -> Array:
    """Turn logits into probabilities, along an axis."""
    scaled = np.exp(z - z.max(axis=axis, keepdims=True))
    return np.asarray(scaled / scaled.sum(axis=axis, keepdims=True))


def _naive_softmax(z: Array) -> Array:
    powers = np.exp(z.astype(np.float32))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True))


def picked(table: Array, targets: Array) -> Array:
    """Take the entry of the target at each step."""
    return np.take_along_axis(np.asarray(table, float), targets[..., None], axis=-1)[..., 0]


def _losses(logits: Array, targets: Array) -> Array:
    z = np.asarray(logits, float)
    z = z - z.max(axis=-1, keepdims=True)
    return np.asarray(np.log(np.exp(z).sum(axis=-1)) - picked(z, targets))


def _mean(losses: Array, mask: Array) -> float:
    return float(losses[mask].mean())


def _mean_of_means(logits: Array, targets: Array, mask: Array) -> float:
    return float(np.mean((_losses(logits, targets) * mask).sum(axis=1) / mask.sum(axis=1)))


def _clipped(probabilities: Array, least: float = 1e-7) -> Array:
    """Clip as keras.losses does to what it takes for probabilities, and scale them to the sum 1."""
    clipped = np.clip(np.asarray(probabilities, float), least, 1 - least)
    return np.asarray(clipped / clipped.sum(axis=-1, keepdims=True))


def _floored(added: float = 0.0, least: float = 0.0) -> Callable[..., float]:
    def formula(logits: Array, targets: Array, mask: Array) -> float:
        return _mean(-np.log(np.maximum(picked(softmax(logits), targets) + added, least)), mask)

    return formula


# What people add to a probability, or cut it off at, before they take its logarithm.
_SMALL = (1e-7, 1e-8, 1e-9, 1e-10, 1e-12, 1e-15)

MASKED_CROSS_ENTROPY = Reference(
    correct=sequence_loss,
    draw=_draw_loss,
    ways=traced,
    asked=("masked steps anywhere", "logits of +-1000"),
    wrong={
        "padding_counted": lambda logits, targets, mask: float(_losses(logits, targets).mean()),
        "divided_by_all": lambda logits, targets, mask: sequence_loss(logits, targets, mask) * float(mask.mean()),
        "mean_of_means": _mean_of_means,
        "divided_by_batch": lambda logits, targets, mask: (
            sequence_loss(logits, targets, mask) * float(mask.sum() / len(mask))
        ),
        "not_divided": lambda logits, targets, mask: sequence_loss(logits, targets, mask) * float(mask.sum()),
        "bits": lambda logits, targets, mask: sequence_loss(logits, targets, mask) / math.log(2),
        "sign": lambda logits, targets, mask: -sequence_loss(logits, targets, mask),
        "inverted_mask": lambda logits, targets, mask: (
            float("nan") if mask.all() else sequence_loss(logits, targets, ~mask)
        ),
        "inverted_mask/at_least_one": lambda logits, targets, mask: (
            0.0 if mask.all() else sequence_loss(logits, targets, ~mask)
        ),
        "unstable": lambda logits, targets, mask: _mean(-np.log(picked(_naive_softmax(logits), targets)), mask),
        "unstable/softmax_first": lambda logits, targets, mask: _mean(-np.log(picked(softmax(logits), targets)), mask),
        "floored/keras": lambda logits, targets, mask: _mean(-np.log(picked(_clipped(softmax(logits)), targets)), mask),
        **{f"floored/plus_{small}": _floored(added=small) for small in _SMALL},
        **{f"floored/at_least_{small}": _floored(least=small) for small in _SMALL},
        "per_step": lambda logits, targets, mask: _losses(logits, targets) * mask,
        "per_step/all": lambda logits, targets, mask: _losses(logits, targets),
        "logits_as_probabilities": lambda logits, targets, mask: _mean(
            -np.log(picked(_clipped(logits), targets)), mask
        ),
        "logits_as_probabilities/logarithm": lambda logits, targets, mask: _mean(
            -np.log(picked(logits, targets)), mask
        ),
        "softmax_twice": lambda logits, targets, mask: _mean(_losses(softmax(logits), targets), mask),
        "masked_logits": lambda logits, targets, mask: float(
            _losses(logits * mask[..., None], targets).sum() / mask.sum()
        ),
        "softmax_over_time": lambda logits, targets, mask: _mean(
            -np.log(picked(softmax(logits, axis=1), targets)), mask
        ),
    },
)


def count_parameters(vocabulary_size: int, embedding_dim: int, units: int) -> int:
    """Add up the sizes of all arrays of the model, one by one."""
    shapes: list[tuple[int, ...]] = [(vocabulary_size, embedding_dim)]
    for _gate in "ifco":
        shapes += [(embedding_dim, units), (units, units), (units,)]
    shapes += [(units, vocabulary_size), (vocabulary_size,)]
    return sum(math.prod(shape) for shape in shapes)


def _draw_count_parameters(rng: Generator) -> list[Drawn]:
    def arguments(size: int, width: int, units: int) -> dict[str, Any]:
        return {"vocabulary_size": size, "embedding_dim": width, "units": units}

    drawn = [int(number) for number in rng.integers(20, 300, size=3)]
    return [
        (arguments(5, 2, 3), "a tiny model"),
        (arguments(*drawn), "another model"),
        (arguments(int(rng.integers(50, 100)), 64, 256), "about the model of this lab"),
        (arguments(1, 1, 1), "one of each"),
        (arguments(5000, 300, 512), "a large model"),
    ]


def _count(change: Callable[[int, int, int], int]) -> Callable[..., int]:
    """Count rightly, and add a change of (vocabulary size, embedding dimension, units)."""
    return lambda vocabulary_size, embedding_dim, units: (
        count_parameters(vocabulary_size, embedding_dim, units) + change(vocabulary_size, embedding_dim, units)
    )


COUNT_PARAMETERS = Reference(
    correct=count_parameters,
    draw=_draw_count_parameters,
    wrong={
        "one_block": _count(lambda v, d, n: -3 * (d * n + n * n + n)),
        "one_block/biases_left": _count(lambda v, d, n: -3 * (d * n + n * n)),
        "three_blocks": _count(lambda v, d, n: -(d * n + n * n + n)),
        "no_recurrent_weights": _count(lambda v, d, n: -4 * n * n),
        "no_input_weights": _count(lambda v, d, n: -4 * d * n),
        "no_lstm_bias": _count(lambda v, d, n: -4 * n),
        "one_lstm_bias": _count(lambda v, d, n: -3 * n),
        "two_lstm_biases": _count(lambda v, d, n: 4 * n),
        "no_embedding": _count(lambda v, d, n: -v * d),
        "no_dense": _count(lambda v, d, n: -n * v - v),
        "no_dense_bias": _count(lambda v, d, n: -v),
        "no_bias_at_all": _count(lambda v, d, n: -4 * n - v),
        "dense_bias_of_units": _count(lambda v, d, n: n - v),
        "dense_from_embedding": _count(lambda v, d, n: (d - n) * v),
        "embedding_skipped": _count(lambda v, d, n: 4 * (v - d) * n),
        "states_counted": _count(lambda v, d, n: 2 * n),
    },
)


REFERENCES: dict[str, Reference] = {
    "masked_cross_entropy": MASKED_CROSS_ENTROPY,
    "count_parameters": COUNT_PARAMETERS,
}
