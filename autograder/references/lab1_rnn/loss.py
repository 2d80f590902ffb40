"""Oracles of lab 1, part 4: the loss and its gradient at the logits."""

# ruff: noqa: ARG005  (a wrong formula leaves out some of what it is given)

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.references.losses import log_softmax, loss_gradient, quick_gradient, quick_loss, sequence_loss
from autograder.references.reference import Drawn, Reference

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.random import Generator

Array = np.ndarray[Any, np.dtype[Any]]


def _draw_loss(rng: Generator) -> list[Drawn]:
    def arguments(batch: int, time: int, size: int, mask: Array, scale: float = 1.0) -> dict[str, Any]:
        logits = rng.normal(0, scale, size=(batch, time, size)).round(3)
        return {"logits": logits, "targets": rng.integers(0, size, size=(batch, time)), "mask": mask}

    time = int(rng.integers(4, 7))
    padded = np.arange(time) < np.array([[time], [1], [time - 2]])
    large = arguments(2, 3, 4, np.array([[True, True, True], [True, True, False]]))
    large["logits"] = rng.choice([-1000.0, 0.0, 1000.0], size=(2, 3, 4))
    large["logits"][0, 0] = [1000.0, -1000.0, 0.0, 1000.0]
    large["targets"][0, 0] = 1
    large["logits"][0, 1] = [0.0, -1000.0, 0.0, -1000.0]  # far below the largest logit of the batch
    large["logits"][1, 2, 0] = 1000.0
    single = arguments(2, 3, 3, np.array([[True, True, False], [True, False, False]]))
    single["logits"] = single["logits"].astype(np.float32)
    apart = arguments(2, 3, 4, np.array([[True, True, False], [True, True, True]]))
    apart["logits"][[0, 1], [1, 2]] -= 1000.0
    low = arguments(1, 5, 4, np.array([[True, False, True, True, False]]))
    low["logits"] -= 1000.0
    return [
        (arguments(3, time, 5, padded), "three lengths"),
        (arguments(2, 4, 3, np.ones((2, 4), bool), 3.0), "no padding"),
        (
            arguments(2, 4, 4, np.array([[False, True, False, True], [True, False, False, False]])),
            "masked steps anywhere",
        ),
        (arguments(1, 1, 2, np.ones((1, 1), bool)), "one word"),
        (single, "float32"),
        (large, "logits of +-1000"),
        (low, "logits near -1000, one sequence, masked steps"),
        (apart, "steps whose logits lie 1000 apart"),
        (arguments(5, 40, 12, rng.random((5, 40)) < 0.7), "five sequences of 40 steps"),
    ]


def _softmax(logits: Array, axis: int = -1) -> Array:
    scaled = np.exp(logits - logits.max(axis=axis, keepdims=True))
    return np.asarray(scaled / scaled.sum(axis=axis, keepdims=True))


def _naive_softmax(logits: Array) -> Array:
    return np.asarray(np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True))


def _below_all(logits: Array) -> tuple[Array, Array]:
    """Subtract the largest logit of the batch in place of each step's: log p and p."""
    shifted = logits - logits.max()
    total = np.exp(shifted).sum(axis=-1, keepdims=True)
    return np.asarray(shifted - np.log(total)), np.asarray(np.exp(shifted) / total)


def _one_hot(targets: Array, size: int) -> Array:
    return np.asarray(np.eye(size)[targets])


def _picked(probabilities: Array, targets: Array) -> Array:
    return np.take_along_axis(probabilities, targets[..., None], axis=-1)[..., 0]


def _losses(logits: Array, targets: Array) -> Array:
    rows = np.array([[log_softmax(row) for row in sequence] for sequence in logits])
    return -_picked(rows, targets)


def _mean(losses: Array, mask: Array) -> float:
    return float(np.where(mask, losses, 0.0).sum() / mask.sum())


def _mean_of_means(logits: Array, targets: Array, mask: Array) -> float:
    return float(np.mean((_losses(logits, targets) * mask).sum(axis=1) / mask.sum(axis=1)))


def _losses_over_time(logits: Array, targets: Array) -> Array:
    return np.swapaxes(-_log_softmax_columns(np.swapaxes(logits, 1, 2)), 1, 2)[
        np.arange(len(targets))[:, None], np.arange(targets.shape[1]), targets
    ]


def _log_softmax_columns(rows: Array) -> Array:
    return np.array([[log_softmax(row) for row in table] for table in rows])


# What people add to a probability, or cut it off at, before they take its logarithm.
_SMALL = (1e-7, 1e-8, 1e-9, 1e-10, 1e-12, 1e-15)


def _floored(added: float = 0.0, least: float = 0.0) -> Callable[..., float]:
    def formula(logits: Array, targets: Array, mask: Array) -> float:
        probability = _picked(_softmax(logits), targets) + added
        return _mean(-np.log(np.clip(probability, least, None)), mask)

    return formula


SEQUENCE_LOSS = Reference(
    correct=sequence_loss,
    quick=quick_loss,
    draw=_draw_loss,
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
        "unstable": lambda logits, targets, mask: _mean(-np.log(_picked(_naive_softmax(logits), targets)), mask),
        "unstable/log_of_softmax": lambda logits, targets, mask: _mean(
            -np.log(_picked(_softmax(logits), targets)), mask
        ),
        "max_over_all": lambda logits, targets, mask: _mean(-_picked(_below_all(logits)[0], targets), mask),
        "max_over_all/log_of_softmax": lambda logits, targets, mask: _mean(
            -np.log(_picked(_below_all(logits)[1], targets)), mask
        ),
        **{f"floored/plus_{small}": _floored(added=small) for small in _SMALL},
        **{f"floored/at_least_{small}": _floored(least=small) for small in _SMALL},
        "per_step": lambda logits, targets, mask: _losses(logits, targets) * mask,
        "logits_as_probabilities": lambda logits, targets, mask: _mean(-np.log(_picked(logits, targets)), mask),
        "masked_logits": lambda logits, targets, mask: float(
            _losses(logits * mask[..., None], targets).sum() / mask.sum()
        ),
        "log_of_mean": lambda logits, targets, mask: float(
            -np.log(np.where(mask, _picked(_softmax(logits), targets), 0.0).sum() / mask.sum())
        ),
        "target_0_left_out": lambda logits, targets, mask: _mean(_losses(logits, targets), mask & (targets != 0)),
        "target_0_left_out/at_least_one": lambda logits, targets, mask: float(
            (_losses(logits, targets) * (mask & (targets != 0))).sum() / max((mask & (targets != 0)).sum(), 1)
        ),
        "target_0_left_out/divided_by_all_real": lambda logits, targets, mask: _mean(
            _losses(logits, targets) * (targets != 0), mask
        ),
        "softmax_over_time": lambda logits, targets, mask: _mean(
            -np.log(_picked(_softmax(logits, axis=1), targets)), mask
        ),
        "softmax_over_time/stable": lambda logits, targets, mask: _mean(_losses_over_time(logits, targets), mask),
    },
)


def _gradient(probabilities: Array, targets: Array, mask: Array) -> Array:
    return np.asarray((probabilities - _one_hot(targets, probabilities.shape[-1])) * mask[..., None] / mask.sum())


def _all_targets(logits: Array, targets: Array, mask: Array) -> Array:
    """Take 1 off at the targets of all steps, as an index without the step does."""
    probabilities = _softmax(logits)
    probabilities[:, :, targets] -= 1
    return np.asarray(probabilities * mask[..., None] / mask.sum())


def _gradient_divided_by(count: Callable[[Array], float]) -> Callable[..., Array]:
    return lambda logits, targets, mask: loss_gradient(logits, targets, mask) * mask.sum() / count(mask)


LOSS_GRADIENT = Reference(
    correct=loss_gradient,
    quick=quick_gradient,
    draw=_draw_loss,
    wrong={
        "mask_ignored": lambda logits, targets, mask: (
            _gradient(_softmax(logits), targets, np.ones_like(mask)) * mask.size / mask.sum()
        ),
        "mask_ignored/divided_by_all": lambda logits, targets, mask: _gradient(
            _softmax(logits), targets, np.ones_like(mask)
        ),
        "not_divided": _gradient_divided_by(lambda _: 1.0),
        "divided_by_own_length": lambda logits, targets, mask: (
            loss_gradient(logits, targets, mask) * mask.sum() / mask.sum(axis=1)[:, None, None]
        ),
        "divided_by_all": _gradient_divided_by(lambda mask: mask.size),
        "divided_by_batch": _gradient_divided_by(len),
        "sign": lambda logits, targets, mask: -loss_gradient(logits, targets, mask),
        "no_target": lambda logits, targets, mask: _softmax(logits) * mask[..., None] / mask.sum(),
        "only_target": lambda logits, targets, mask: (
            loss_gradient(logits, targets, mask) * _one_hot(targets, logits.shape[-1])
        ),
        "unstable": lambda logits, targets, mask: _gradient(_naive_softmax(logits), targets, mask),
        "unstable/selected": lambda logits, targets, mask: np.where(
            mask[..., None],
            _gradient(_naive_softmax(logits), targets, np.ones_like(mask)) * mask.size / mask.sum(),
            0.0,
        ),
        "max_over_all": lambda logits, targets, mask: _gradient(_below_all(logits)[1], targets, mask),
        "logits_as_probabilities": lambda logits, targets, mask: _gradient(logits, targets, mask),  # noqa: PLW0108
        "softmax_over_time": lambda logits, targets, mask: _gradient(_softmax(logits, axis=1), targets, mask),
        "all_targets": _all_targets,
        "target_not_masked": lambda logits, targets, mask: (
            (_softmax(logits) * mask[..., None] - _one_hot(targets, logits.shape[-1])) / mask.sum()
        ),
        "slope_of_softmax": lambda logits, targets, mask: (
            loss_gradient(logits, targets, mask) * _softmax(logits) * (1 - _softmax(logits))
        ),
        "target_0_left_out": lambda logits, targets, mask: (
            loss_gradient(logits, targets, mask) * (targets != 0)[..., None]
        ),
        "target_0_left_out/at_least_one": lambda logits, targets, mask: (
            _gradient(_softmax(logits), targets, mask & (targets != 0))
            * (mask & (targets != 0)).sum()
            / max((mask & (targets != 0)).sum(), 1)
        ),
        "target_0_left_out/divided_by_those_left": lambda logits, targets, mask: loss_gradient(
            logits, targets, mask & (targets != 0)
        ),
    },
)


REFERENCES: dict[str, Reference] = {
    "sequence_loss": SEQUENCE_LOSS,
    "loss_gradient": LOSS_GRADIENT,
}
