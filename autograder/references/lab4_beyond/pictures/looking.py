"""What a network looks at: rollout of its attention, and saliency by its gradient."""

# ruff: noqa: ARG005  (a wrong formula leaves out some of what it is given)

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.references.lab4_beyond.drawing import Arguments, Array, shares, softmax
from autograder.references.reference import Drawn, Reference

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.random import Generator


def attention_rollout(weights: Sequence[Array]) -> Array:
    """Follow each place of the last block down to the first, sum by sum."""
    batch, heads, time, _ = weights[0].shape
    result = np.zeros((batch, time, time))
    for row in range(batch):
        reached = np.eye(time)
        for block in weights:
            step = np.zeros((time, time))
            for query in range(time):
                for key in range(time):
                    mean = sum(float(block[row, head, query, key]) for head in range(heads)) / heads
                    step[query, key] = mean / 2 + (0.5 if query == key else 0.0)
            reached = step @ reached
        result[row] = reached
    return result


def _mixed(block: Array, heads: Callable[[Array], Array] = lambda block: block.mean(axis=1), own: float = 0.5) -> Array:
    """Return half of the mean over heads, and `own` of the identity."""
    return np.asarray(0.5 * heads(block) + own * np.eye(block.shape[-1]))


def _quick_rollout(weights: Sequence[Array]) -> Array:
    return reduce(lambda reached, block: _mixed(block) @ reached, weights[1:], _mixed(weights[0]))


def _product(step: Callable[[Array], Array]) -> Callable[..., Array]:
    def formula(weights: Sequence[Array]) -> Array:
        return reduce(lambda reached, block: step(block) @ reached, weights[1:], step(weights[0]))

    return formula


def _per_head(weights: Sequence[Array]) -> Array:
    return np.asarray(reduce(lambda reached, block: _mixed(block, lambda w: w) @ reached, weights[1:], _one(weights)))


def _one(weights: Sequence[Array]) -> Array:
    return _mixed(weights[0], lambda block: block)


def _draw_rollout(rng: Generator) -> list[Drawn]:
    def arguments(blocks: int, batch: int, heads: int, time: int) -> Arguments:
        return {"weights": [shares(rng, batch, heads, time, time) for _ in range(blocks)]}

    hand = [np.array([[[[1.0, 0.0], [1.0, 0.0]]]]), np.array([[[[0.0, 1.0], [0.0, 1.0]]]])]
    single = arguments(2, 1, 2, 3)
    single["weights"] = [one.astype(np.float32) for one in single["weights"]]
    return [
        ({"weights": hand}, "by hand: one head, two places, two blocks"),
        (arguments(2, 1, 2, 3), "two blocks, two heads"),
        (arguments(3, 2, 2, int(rng.integers(4, 6))), "three blocks, two pictures"),
        (arguments(1, 2, 3, 3), "one block"),
        (arguments(4, 1, 1, 4), "four blocks, one head"),
        (arguments(2, 3, 3, 3), "as many pictures as heads and places"),
        (single, "float32"),
    ]


ROLLOUT = Reference(
    correct=attention_rollout,
    quick=_quick_rollout,
    draw=_draw_rollout,
    crossed=False,
    wrong={
        "no_residual": _product(lambda block: block.mean(axis=1)),
        "order_reversed": lambda weights: _quick_rollout(list(weights)[::-1]),
        "elementwise": lambda weights: reduce(lambda one, two: one * two, [_mixed(block) for block in weights]),
        "mean_of_blocks": lambda weights: sum(block.mean(axis=1) for block in weights) / len(weights),
        "mean_of_blocks/with_the_identity": lambda weights: sum(_mixed(block) for block in weights) / len(weights),
        "last_block": lambda weights: weights[-1].mean(axis=1),
        "last_block/with_the_identity": lambda weights: _mixed(weights[-1]),
        "first_block": lambda weights: _mixed(weights[0]),
        "first_block/plain": lambda weights: weights[0].mean(axis=1),
        "first_head": _product(lambda block: _mixed(block, lambda w: w[:, 0])),
        "not_halved": _product(lambda block: block.mean(axis=1) + np.eye(block.shape[-1])),
        "not_halved/identity": _product(lambda block: _mixed(block, own=1.0)),
        "heads_summed": _product(lambda block: _mixed(block, lambda w: w.sum(axis=1))),
        "heads_largest": _product(lambda block: _mixed(block, lambda w: w.max(axis=1))),
        "heads_kept": _per_head,
        "class_token_only": lambda weights: _quick_rollout(weights)[:, 0],
    },
)


def slopes(network: Sequence[Array], x: Array, target: Array) -> Array:
    """Compute the gradient of the logit of each target by hand, for `pictures.probes.Network`: (B, T, F)."""
    W, b, V = (one.astype(float) for one in network)
    hidden = np.tanh(np.einsum("btf,fu->btu", x, W) + b)
    picked = V[:, :, np.asarray(target)].transpose(2, 0, 1)  # (batch, time, units)
    return np.asarray(np.einsum("btu,fu->btf", picked * (1 - hidden**2), W))


def saliency(network: Sequence[Array], x: Array, target: Array) -> Array:
    """Multiply gradient and input number by number, add up the features of a step, and drop the sign."""
    gradient = slopes(network, x, target)
    result = np.zeros(x.shape[:2])
    for row, step in np.ndindex(x.shape[:2]):
        result[row, step] = abs(
            sum(float(g) * float(v) for g, v in zip(gradient[row, step], x[row, step], strict=True))
        )
    return result


def _logits(network: Sequence[Array], x: Array) -> Array:
    W, b, V = (one.astype(float) for one in network)
    return np.asarray(np.einsum("btu,tuc->bc", np.tanh(np.einsum("btf,fu->btu", x, W) + b), V))


def network_case(rng: Generator, batch: int, time: int, features: int, classes: int) -> Arguments:
    """Draw a model, sequences and targets; the logit of the first target is the largest one, that of no other."""
    shapes = ((features, 3), (3,), (time, 3, classes))
    network = [rng.normal(0, 0.7, size=shape).round(3).astype(np.float32) for shape in shapes]
    x = rng.normal(size=(batch, time, features)).round(3).astype(np.float32)
    largest = _logits(network, x).argmax(axis=1)
    target = (largest + rng.integers(1, classes, size=batch)) % classes
    target[0] = largest[0] if batch > 1 else target[0]
    return {"network": network, "x": x, "target": target}


def _draw_saliency(rng: Generator) -> list[Drawn]:
    return [
        (network_case(rng, 3, 4, 2, 3), "three sequences"),
        (network_case(rng, 2, 3, 3, 2), "two classes"),
        (network_case(rng, 1, 5, 2, 4), "one sequence"),
        (network_case(rng, 3, 3, 3, 3), "as many sequences as steps, features and classes"),
        (network_case(rng, int(rng.integers(4, 7)), 2, 1, 5), "one feature"),
    ]


def _with(change: Callable[[Array, Array], Array]) -> Callable[..., Any]:
    """Do something else with gradient and input."""
    return lambda network, x, target: change(slopes(network, x, target), x.astype(float))


def _for(choose: Callable[[Array, Array], Array]) -> Callable[..., Any]:
    """Take the slopes of other logits: choose(logits, target) -> a weight for each logit."""

    def formula(network: Sequence[Array], x: Array, target: Array) -> Array:
        logits = _logits(network, x)
        weights = choose(logits, target)
        found = np.zeros(x.shape)
        for one in range(logits.shape[1]):
            found += weights[:, one, None, None] * slopes(network, x, np.full(len(x), one))
        return np.asarray(np.abs((found * x).sum(axis=-1)))

    return formula


def _picked(logits: Array, target: Array) -> Array:
    return np.eye(logits.shape[1])[target]


def _of_probability(logits: Array, target: Array) -> Array:
    p = softmax(logits)
    return np.asarray(p[np.arange(len(p)), target][:, None] * (_picked(logits, target) - p))


SALIENCY = Reference(
    correct=saliency,
    draw=_draw_saliency,
    crossed=False,
    wrong={
        "no_input": _with(lambda g, x: np.abs(g.sum(axis=-1))),
        "no_input/sizes": _with(lambda g, x: np.abs(g).sum(axis=-1)),
        "no_input/norm": _with(lambda g, x: np.sqrt((g**2).sum(axis=-1))),
        "signed": _with(lambda g, x: (g * x).sum(axis=-1)),
        "abs_too_early": _with(lambda g, x: np.abs(g * x).sum(axis=-1)),
        "features_averaged": _with(lambda g, x: np.abs((g * x).mean(axis=-1))),
        "features_kept": _with(lambda g, x: np.abs(g * x)),
        "squared": _with(lambda g, x: (g * x).sum(axis=-1) ** 2),
        "batch_averaged": _with(lambda g, x: np.abs((g * x).sum(axis=-1)) / len(x)),
        "of_probability": _for(_of_probability),
        "of_the_loss": _for(lambda logits, target: softmax(logits) - _picked(logits, target)),
        "all_logits": _for(lambda logits, target: np.ones_like(logits)),
        "largest_logit": _for(lambda logits, target: _picked(logits, logits.argmax(axis=1))),
        "first_target": _for(lambda logits, target: _picked(logits, np.full(len(target), target[0]))),
    },
)

REFERENCES: dict[str, Reference] = {"attention_rollout": ROLLOUT, "saliency": SALIENCY}
