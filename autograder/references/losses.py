"""Oracles of more than one lab: the cross-entropy of a sequence of logits, and its gradient."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]


def log_softmax(row: Array) -> list[float]:
    """Return the logarithms of the probabilities that one row of logits (vocabulary,) stands for."""
    highest = max(float(z) for z in row)
    total = math.log(sum(math.exp(float(z) - highest) for z in row))
    return [float(z) - highest - total for z in row]


def sequence_loss(logits: Array, targets: Array, mask: Array) -> float:
    """Add up -log p(target) over the real steps, and divide by their number: in nats.

    logits (batch, time, vocabulary); targets, mask (batch, time), mask True at real steps
    """
    total, steps = 0.0, 0
    for row in range(logits.shape[0]):
        for t in range(logits.shape[1]):
            if mask[row, t]:
                total -= log_softmax(logits[row, t])[targets[row, t]]
                steps += 1
    return total / steps


def loss_gradient(logits: Array, targets: Array, mask: Array) -> Array:
    """Take the derivative of `sequence_loss`: softmax minus one-hot at real steps, divided by their number.

    Shapes as there; returns (batch, time, vocabulary)
    """
    gradient = np.zeros(logits.shape)
    for row in range(logits.shape[0]):
        for t in range(logits.shape[1]):
            if mask[row, t]:
                gradient[row, t] = [math.exp(value) for value in log_softmax(logits[row, t])]
                gradient[row, t, targets[row, t]] -= 1
    return np.asarray(gradient / mask.sum())


def _quick_logs(logits: Array) -> Array:
    rows = np.asarray(logits, float)
    rows = rows - rows.max(axis=-1, keepdims=True)
    return np.asarray(rows - np.log(np.exp(rows).sum(axis=-1, keepdims=True)))


def quick_loss(logits: Array, targets: Array, mask: Array) -> float:
    """Do what `sequence_loss` does, for all steps at once."""
    real = np.asarray(mask, bool)
    chosen = np.take_along_axis(_quick_logs(logits), np.asarray(targets)[..., None], axis=-1)[..., 0]
    return -float(chosen[real].mean())


def quick_gradient(logits: Array, targets: Array, mask: Array) -> Array:
    """Do what `loss_gradient` does, for all steps at once."""
    gradient = np.exp(_quick_logs(logits))
    np.put_along_axis(
        gradient, targets[..., None], np.take_along_axis(gradient, targets[..., None], axis=-1) - 1, axis=-1
    )
    gradient[~mask] = 0.0
    return np.asarray(gradient / mask.sum())
