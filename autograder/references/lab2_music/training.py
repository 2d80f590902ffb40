"""Oracles of lab 2, part 3: one step of training, on the small model of the probe."""

# ruff: noqa: ARG005  (a wrong formula leaves out some of what it is given)

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.references import ways
from autograder.references.lab2_music.loss import picked, softmax
from autograder.references.losses import loss_gradient, sequence_loss
from autograder.references.reference import Drawn, Reference
from labkit.checks.cases import More
from labkit.checks.lab2_music.probes import WEIGHTS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.random import Generator

Array = np.ndarray[Any, np.dtype[Any]]
Loss = tuple[float, Array]  # and its derivative by the logits, (batch, time, vocabulary)


def _cross_entropy(logits: Array, targets: Array, mask: Array) -> Loss:
    return sequence_loss(logits, targets, mask), loss_gradient(logits, targets, mask)


def _scaled(factor: Callable[[Array], float]) -> Callable[..., Loss]:
    """Multiply loss and gradient with a number that hangs on the mask."""

    def loss(logits: Array, targets: Array, mask: Array) -> Loss:
        value, d_logits = _cross_entropy(logits, targets, mask)
        return value * factor(mask), d_logits * factor(mask)

    return loss


def _unmasked(logits: Array, targets: Array, mask: Array) -> Loss:
    return _cross_entropy(logits, targets, np.ones_like(mask))


def _of_softmax(logits: Array, targets: Array, mask: Array) -> Loss:
    """Take probabilities for logits, and follow the chain rule back through the softmax before them."""
    p = softmax(logits)
    value, d_p = _cross_entropy(p, targets, mask)
    return value, p * (d_p - (p * d_p).sum(axis=-1, keepdims=True))


def blunt(logits: Array, targets: Array, mask: Array) -> Loss:
    """Give what `labkit.checks.lab2_music.probes.blunt_cross_entropy` gives, and its derivative."""
    at_targets, middle = picked(logits, targets), logits.mean(axis=-1)
    losses = np.where(mask, 1 - np.tanh(at_targets), 0.5 + np.tanh(middle))
    one_hot = np.eye(logits.shape[-1])[targets]
    at_target = -one_hot * (1 - np.tanh(at_targets) ** 2)[..., None]
    at_all = np.full(logits.shape, 1 / logits.shape[-1]) * (1 - np.tanh(middle) ** 2)[..., None]
    return float(losses.mean()), np.where(mask[..., None], at_target, at_all) / mask.size


def gradients(
    weights: Mapping[str, Array], inputs: Array, targets: Array, mask: Array, loss: Callable[..., Loss]
) -> tuple[float, dict[str, Array]]:
    """Return the loss of the probe's model, and the gradient of each of its weights."""
    x = weights["E"][inputs]  # (batch, time, d)
    h = np.tanh(x @ weights["W_h"] + weights["b_h"])  # (batch, time, units)
    value, d_logits = loss(h @ weights["W_y"] + weights["b_y"], targets, mask)
    d_a = (d_logits @ weights["W_y"].T) * (1 - h**2)
    d_embedding = np.zeros_like(weights["E"])
    np.add.at(d_embedding, inputs, d_a @ weights["W_h"].T)
    return value, {
        "E": d_embedding,
        "W_h": np.einsum("btd,btu->du", x, d_a),
        "b_h": d_a.sum(axis=(0, 1)),
        "W_y": np.einsum("btu,btv->uv", h, d_logits),
        "b_y": d_logits.sum(axis=(0, 1)),
    }


def global_norm(table: Mapping[str, Array]) -> float:
    """Return the root of the sum of the squares of all entries."""
    return math.sqrt(sum(float((value**2).sum()) for value in table.values()))


def _clip(table: dict[str, Array], max_norm: float) -> dict[str, Array]:
    scale = min(1.0, max_norm / global_norm(table))
    return {name: value * scale for name, value in table.items()}


def _clip_always(table: dict[str, Array], max_norm: float) -> dict[str, Array]:
    return {name: value * max_norm / global_norm(table) for name, value in table.items()}


def _clip_each(table: dict[str, Array], max_norm: float) -> dict[str, Array]:
    return {name: _clip({name: value}, max_norm)[name] for name, value in table.items()}


def _step(
    loss: Callable[..., Loss] = _cross_entropy,
    clip: Callable[[dict[str, Array], float], dict[str, Array]] = _clip,
    updates: tuple[int, ...] = (1,),
    trained: tuple[str, ...] = WEIGHTS,
    returned: int = 0,
    counted: bool = True,
    pair: Callable[[Array, Array], tuple[Array, Array]] = lambda inputs, targets: (inputs, targets),
) -> Callable[..., dict[str, Any]]:
    """Take the step with one thing changed; `updates` holds the sign of each, `returned` says which loss comes back."""

    def formula(
        weights: list[Array],
        inputs: Array,
        targets: Array,
        mask: Array,
        max_norm: float,
        learning_rate: float,
    ) -> dict[str, Any]:
        now = {name: np.asarray(value, float) for name, value in zip(WEIGHTS, weights, strict=True)}
        inputs, targets = pair(inputs, targets)
        losses = []
        for sign in updates:
            value, table = gradients(now, inputs, targets, mask, loss)
            losses.append(value)
            clipped = clip({name: table[name] for name in trained}, max_norm)
            now = now | {name: now[name] - sign * learning_rate * clipped[name] for name in trained}
        losses.append(gradients(now, inputs, targets, mask, loss)[0])
        return {"loss": losses[returned], **now, "steps": len(updates) if counted else 0}

    if trained == WEIGHTS:  # the same with the embedding frozen
        formula.frozen = _step(loss, clip, updates, WEIGHTS[1:], returned, counted, pair)  # type: ignore[attr-defined]
    return formula


train_step = _step()


def training_case(
    rng: Generator, mask: Array, share: float, layers: tuple[int, int], *, size: int = 0, longer: float = 0.0
) -> dict[str, Any]:
    """Draw a model and a batch; max_norm is this share of the largest entry of the gradients, or of their norm.

    layers: width of the embedding, units; size: of the vocabulary, drawn when it is 0
    longer: the gradient is longer than this, and clipped at two thirds of its length, whatever the share is
    No id comes twice: tf.clip_by_global_norm adds up the squares of an embedding's gradient id by id as they come.
    """
    size = size or int(rng.integers(mask.size, 13))
    width, units = layers
    shapes = ((size, width), (width, units), (units,), (units, size), (size,))
    values: dict[str, Any] = {
        "weights": [rng.normal(0, 0.8, size=shape).round(3).astype(np.float32) for shape in shapes],
        "inputs": rng.permutation(size)[: mask.size].reshape(mask.shape),
        "targets": rng.permutation(size)[: mask.size].reshape(mask.shape),
        "mask": mask,
    }
    while True:
        weights = {name: value.astype(float) for name, value in zip(WEIGHTS, values["weights"], strict=True)}
        table = gradients(weights, values["inputs"], values["targets"], mask, _cross_entropy)[1]
        if global_norm(table) > longer:
            break
        values["weights"][3] = values["weights"][3] * np.float32(2)  # a steeper loss
    longest = max(float(np.abs(value).max()) for value in table.values()) if share < 1 else global_norm(table)
    max_norm = global_norm(table) / 1.5 if longer else share * longest
    return values | {"max_norm": round(max_norm, 3), "learning_rate": round(float(rng.uniform(0.3, 0.9)), 2)}


def _draw_train_step(rng: Generator) -> list[Drawn]:
    def arguments(mask: Array, share: float, width: int, units: int) -> dict[str, Any]:
        return training_case(rng, mask, share, (width, units))

    units = int(rng.integers(2, 6))
    padded = np.arange(4) < np.array([[4], [1], [2]])
    return [
        (arguments(np.ones((2, 3), bool), 0.4, 3, units), "a gradient to be clipped"),
        (arguments(np.ones((2, 4), bool), 5.0, 2, 4), "a gradient that is short enough"),
        (arguments(padded, 0.6, 2, units), "a padded batch, a gradient to be clipped"),
        (arguments(np.array([[True, True, False]]), 3.0, units, 3), "one padded tune, a short gradient"),
    ]


def _values_clipped(table: dict[str, Array], max_norm: float) -> dict[str, Array]:
    return {name: np.clip(value, -max_norm, max_norm) for name, value in table.items()}


_UNCLIPPED: Any = lambda table, max_norm: table  # noqa: E731
_BITS = _scaled(lambda mask: 1 / math.log(2))


def _loss_in_bits(**arguments: Any) -> dict[str, Any]:
    result = train_step(**arguments)
    return result | {"loss": result["loss"] / math.log(2)}


def _traced(rng: Generator, correct: Callable[..., Any], arguments: Mapping[str, Any]) -> More:
    """Say what comes of the probe `labkit.checks.lab2_music.probes.train_step_traced`."""
    first = correct(**arguments)
    second = correct(**{**arguments, "weights": [first[name] for name in WEIGHTS]})
    after = [second[name] for name in WEIGHTS]
    sums = ways.weigh(rng, after)
    numbers = [first["loss"], second["loss"], ways.total(after, sums)]
    frozen = correct.frozen(**arguments)  # type: ignore[attr-defined]
    kept = ways.total([frozen[name] for name in WEIGHTS], sums)
    return More({"sums": sums}, {"in_graph": np.round(numbers, 6), "frozen": np.round([0.0, kept], 6)})


TRAIN_STEP = Reference(
    correct=train_step,
    draw=_draw_train_step,
    ways=_traced,
    asked=("a padded batch, a gradient to be clipped",),
    wrong={
        "not_clipped": _step(clip=_UNCLIPPED),
        "clipped_each": _step(clip=_clip_each),
        "clipped_by_value": _step(clip=_values_clipped),
        "always_scaled": _step(clip=_clip_always),
        "loss_after": _step(returned=-1),
        "ascent": _step(updates=(-1,)),
        "two_steps": _step(updates=(1, 1)),
        "two_steps/last_loss": _step(updates=(1, 1), returned=1),
        "no_update": _step(updates=()),
        "optimizer_unused": _step(counted=False),
        "last_layer_only": _step(trained=("W_y", "b_y")),
        "embedding_left_out": _step(trained=WEIGHTS[1:]),
        "mask_ignored": _step(loss=_unmasked),
        "divided_by_all": _step(loss=_scaled(lambda mask: float(mask.mean()))),
        "divided_by_batch": _step(loss=_scaled(lambda mask: float(mask.sum() / len(mask)))),
        "not_divided": _step(loss=_scaled(lambda mask: float(mask.sum()))),
        "bits": _loss_in_bits,
        "bits/trained": _step(loss=_BITS),
        "softmax_twice": _step(loss=_of_softmax),
        "predicts_input": _step(pair=lambda inputs, targets: (inputs, inputs)),
        "swapped": _step(pair=lambda inputs, targets: (targets, inputs)),
    },
    given={("masked_cross_entropy", "lab2_music.probes.blunt_cross_entropy"): _step(loss=blunt)},
)


REFERENCES: dict[str, Reference] = {
    "train_step": TRAIN_STEP,
}
