"""Hidden tokens and the loss over them: oracles, what is drawn, and what people do otherwise."""

# ruff: noqa: ARG005  (a wrong formula leaves out some of what it is given)

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.references.lab4_beyond.drawing import Arguments, Array, log_softmax
from autograder.references.reference import Drawn, Reference
from autograder.references.ways import traced

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.random import Generator

IGNORE = -100


def corrupt(ids: Array, chosen: Array, action: Array, random_ids: Array, mask_id: int) -> tuple[Array, Array]:
    """Decide for each token by itself."""
    inputs, targets = ids.copy(), np.full(ids.shape, IGNORE)
    for place in np.ndindex(ids.shape):
        if chosen[place]:
            targets[place] = ids[place]
            if action[place] < 0.8:
                inputs[place] = mask_id
            elif action[place] < 0.9:
                inputs[place] = random_ids[place]
    return inputs, targets


def actions(rng: Generator, *shape: int) -> Array:
    """Draw numbers in [0, 1), a third of them for each action, away from 0.8 and 0.9."""
    kinds = rng.integers(0, 3, size=shape)
    drawn = rng.random(shape)
    return np.round(np.choose(kinds, [0.01 + 0.78 * drawn, 0.81 + 0.08 * drawn, 0.91 + 0.08 * drawn]), 3)


def tokens(rng: Generator, batch: int, time: int, share: float = 0.5, mask_id: int = 3) -> Arguments:
    """Draw tokens of which this share is chosen; the random ones are others."""
    ids = rng.integers(4, 20, size=(batch, time))
    return {
        "ids": ids,
        "chosen": rng.random((batch, time)) < share,
        "action": actions(rng, batch, time),
        "random_ids": ids + rng.integers(20, 30, size=(batch, time)),
        "mask_id": mask_id,
    }


def _draw_corrupt(rng: Generator) -> list[Drawn]:
    fixed = {
        "ids": np.array([[5, 6, 7, 8, 9, 4]]),
        "chosen": np.array([[True, True, True, False, False, False]]),
        "action": np.array([[0.1, 0.85, 0.95, 0.1, 0.85, 0.95]]),
        "random_ids": np.array([[11, 12, 13, 14, 15, 16]]),
        "mask_id": 3,
    }
    return [
        (fixed, "one sequence, each action once"),
        (tokens(rng, 3, int(rng.integers(8, 12))), "three sequences"),
        (tokens(rng, 2, 9, mask_id=int(rng.integers(60, 90))), "another id for [MASK]"),
        (tokens(rng, 4, 4, 0.6), "as many sequences as steps"),
        (tokens(rng, 2, 6, 0.0), "nothing is chosen"),
        (tokens(rng, 2, 6, 1.1), "everything is chosen"),
        (tokens(rng, 5, 40, 0.15), "five sequences of 40 tokens"),
    ]


def _inputs(change: Callable[..., Array]) -> Callable[..., Any]:
    """Change the inputs; the targets stay right."""
    return lambda **given: (change(**given), corrupt(**given)[1])


def _targets(change: Callable[..., Array]) -> Callable[..., Any]:
    """Change the targets; the inputs stay right."""
    return lambda **given: (corrupt(**given)[0], change(**given))


def _with(**other: Callable[[Arguments], Any]) -> Callable[..., Array]:
    """Return the inputs that come of other arguments."""
    return lambda **given: corrupt(**{**given, **{name: change(given) for name, change in other.items()}})[0]


def _all_chosen(given: Arguments) -> Array:
    return np.ones_like(given["chosen"])


def _never_kept(given: Arguments) -> Array:
    return np.where(given["action"] >= 0.9, 0.85, given["action"])


def _swapped(given: Arguments) -> Array:
    action = given["action"]
    return np.where(action >= 0.9, 0.85, np.where(action >= 0.8, 0.95, action))


def _where(condition: Callable[..., Array]) -> Callable[..., Array]:
    return lambda **given: np.where(condition(**given), given["ids"], IGNORE)


CORRUPT = Reference(
    correct=corrupt,
    draw=_draw_corrupt,
    crossed=False,
    wrong={
        "always_mask": _inputs(_with(action=lambda given: np.zeros_like(given["action"]))),
        "everywhere": _inputs(_with(chosen=_all_chosen)),
        "never_random": _inputs(_with(random_ids=lambda given: given["ids"])),
        "never_random/masked": _inputs(
            _with(action=lambda given: np.where(given["action"] < 0.9, 0.1, given["action"]))
        ),
        "never_kept": _inputs(_with(action=_never_kept)),
        "never_kept/masked": _inputs(
            _with(action=lambda given: np.where(given["action"] >= 0.9, 0.1, given["action"]))
        ),
        "swapped": _inputs(_with(action=_swapped)),
        "mask_and_random_swapped": _inputs(
            _with(action=lambda given: np.select([given["action"] < 0.8, given["action"] < 0.9], [0.85, 0.1], 0.95))
        ),
        "zero_for_mask": _inputs(_with(mask_id=lambda given: 0)),
        "others_hidden": _inputs(_with(chosen=lambda given: ~given["chosen"])),
        "all_targets": _targets(lambda ids, **_: ids.copy()),
        "all_targets/everywhere": lambda **given: (_with(chosen=_all_chosen)(**given), given["ids"]),
        "only_masked": _targets(_where(lambda chosen, action, **_: chosen & (action < 0.8))),
        "only_changed": _targets(_where(lambda chosen, action, **_: chosen & (action < 0.9))),
        "corrupted_targets": lambda **given: (
            corrupt(**given)[0],
            np.where(given["chosen"], corrupt(**given)[0], IGNORE),
        ),
        "zero_ignored": _targets(lambda ids, chosen, **_: np.where(chosen, ids, 0)),
        "minus_one_ignored": _targets(lambda ids, chosen, **_: np.where(chosen, ids, -1)),
        "other_targets": _targets(_where(lambda chosen, **_: ~chosen)),
        "other_targets/both": lambda **given: (
            _with(chosen=lambda given: ~given["chosen"])(**given),
            np.where(given["chosen"], IGNORE, given["ids"]),
        ),
    },
)


def masked_token_loss(logits: Array, targets: Array, ignore: int = IGNORE) -> float:
    """Add up the losses of the targets that count, and divide by their number."""
    total, count = 0.0, 0
    for place in np.ndindex(targets.shape):
        if targets[place] != ignore:
            z = [float(one) for one in logits[place]]
            highest = max(z)
            total += highest + math.log(sum(math.exp(one - highest) for one in z)) - z[targets[place]]
            count += 1
    return total / count if count else 0.0


def losses(logits: Array, targets: Array, ignore: int = IGNORE) -> tuple[Array, Array]:
    """Return the loss of each target, where an ignored one counts as class 0, and which of them count."""
    real = targets != ignore
    logs = np.take_along_axis(log_softmax(logits), np.where(real, targets, 0)[..., None], axis=-1)
    return -logs[..., 0], real


def quick_loss(logits: Array, targets: Array, ignore: int = IGNORE) -> float:
    """Do what `masked_token_loss` does, for all steps at once."""
    found, real = losses(logits, targets, ignore)
    return float(found[real].mean()) if real.any() else 0.0


def _of(change: Callable[[Array, Array], float]) -> Callable[..., float]:
    """Do something else with (losses of all steps, which of them count); what has no target is 0 all the same."""

    def formula(logits: Array, targets: Array, ignore: int = IGNORE) -> float:
        found, real = losses(logits, targets, ignore)
        return float(change(found, real)) if real.any() else 0.0

    return formula


def _rows_first(found: Array, real: Array) -> float:
    counts = real.sum(axis=1)
    return float(((found * real).sum(axis=1) / np.maximum(counts, 1))[counts > 0].mean())


def _empty_rows_too(found: Array, real: Array) -> float:
    return float(((found * real).sum(axis=1) / np.maximum(real.sum(axis=1), 1)).mean())


def _zero_ignored(logits: Array, targets: Array, ignore: int = IGNORE) -> float:
    found, real = losses(logits, targets, ignore)
    return float(found[real & (targets != 0)].mean()) if (real & (targets != 0)).any() else 0.0


def _picked(table: Array, targets: Array, ignore: int) -> Array:
    real = targets != ignore
    picked = np.take_along_axis(np.asarray(table, float), np.where(real, targets, 0)[..., None], axis=-1)
    return np.asarray(picked[..., 0][real])


def _logits_alone(logits: Array, targets: Array, ignore: int = IGNORE) -> float:
    picked = _picked(logits, targets, ignore)
    return -float(picked.mean()) if picked.size else 0.0


def _unstable(logits: Array, targets: Array, ignore: int = IGNORE) -> float:
    powers = np.exp(np.asarray(logits, np.float32))
    picked = _picked(powers / powers.sum(axis=-1, keepdims=True), targets, ignore)
    return -float(np.log(picked).mean()) if picked.size else 0.0


def _softmax_first(logits: Array, targets: Array, ignore: int = IGNORE) -> float:
    picked = _picked(np.exp(log_softmax(logits)).astype(np.float32), targets, ignore)
    return -float(np.log(picked).mean()) if picked.size else 0.0


def _nothing_left(logits: Array, targets: Array, ignore: int = IGNORE) -> float:
    return quick_loss(logits, targets, ignore) if (targets != ignore).any() else float("nan")


def loss_case(rng: Generator, batch: int, time: int, classes: int, share: float = 0.5, ignore: int = IGNORE) -> Any:
    """Draw logits and targets, of which about this share counts: at least one that is class 0, at least one other."""
    logits = rng.normal(size=(batch, time, classes)).round(3).astype(np.float32)
    targets = rng.integers(0, classes, size=batch * time)
    targets[rng.random(batch * time) >= share] = ignore
    first, second = rng.permutation(batch * time)[:2]
    targets[first], targets[second] = (0 if ignore else 1), classes - 1
    return {"logits": logits, "targets": targets.reshape(batch, time)} | (
        {} if ignore == IGNORE else {"ignore": ignore}
    )


def _draw_loss(rng: Generator) -> list[Drawn]:
    none = loss_case(rng, 2, 3, 4)
    none["targets"] = np.full((2, 3), IGNORE)
    fixed = loss_case(rng, 2, 3, 5)
    fixed["targets"] = np.array([[1, IGNORE, 0], [IGNORE, IGNORE, 4]])
    large = loss_case(rng, 2, 3, 4)
    large["logits"] = rng.choice([-1000.0, 0.0, 1000.0], size=(2, 3, 4)).astype(np.float32)
    large["logits"][0, 0], large["targets"][0, 0] = [1000.0, -1000.0, 0.0, 1000.0], 1
    large["logits"][1, 1], large["targets"][1, 1] = [1000.0, -1000.0, 0.0, 1000.0], IGNORE
    empty = loss_case(rng, 3, 4, 3)
    empty["targets"][1], empty["targets"][2] = IGNORE, [2, IGNORE, IGNORE, IGNORE]
    return [
        (fixed, "two sequences, three targets"),
        (loss_case(rng, 3, int(rng.integers(5, 8)), 4), "three sequences"),
        (loss_case(rng, 2, 4, 3, 1.1), "nothing is ignored"),
        (empty, "a sequence without a target"),
        (none, "no target at all"),
        (loss_case(rng, 2, 5, 4, ignore=0), "ignore is 0"),
        (large, "logits of +-1000"),
        (loss_case(rng, 4, 4, 4, 0.4), "as many sequences as steps and classes"),
        (loss_case(rng, 5, 40, 12, 0.15), "five sequences of 40 tokens"),
    ]


LOSS = Reference(
    correct=masked_token_loss,
    quick=quick_loss,
    draw=_draw_loss,
    ways=traced,
    asked=("two sequences, three targets", "logits of +-1000"),
    wrong={
        "all_positions": _of(lambda found, real: float((found * real).sum() / real.size)),
        "summed": _of(lambda found, real: float(found[real].sum())),
        "rows_first": _of(_rows_first),
        "rows_first/empty_rows_too": _of(_empty_rows_too),
        "per_sequence": _of(lambda found, real: float((found * real).sum() / len(real))),
        "zero_ignored": _zero_ignored,
        "ignored_as_class_0": lambda logits, targets, ignore=IGNORE: float(losses(logits, targets, ignore)[0].mean()),
        "ignore_fixed": lambda logits, targets, ignore=IGNORE: quick_loss(logits, targets),
        "bits": lambda logits, targets, ignore=IGNORE: quick_loss(logits, targets, ignore) / math.log(2),
        "logits_alone": _logits_alone,
        "sign": lambda logits, targets, ignore=IGNORE: -quick_loss(logits, targets, ignore),
        "unstable": _unstable,
        "unstable/softmax_first": _softmax_first,
        "nothing_left": _nothing_left,
        "per_step": lambda logits, targets, ignore=IGNORE: np.multiply(*losses(logits, targets, ignore)),
    },
)

REFERENCES: dict[str, Reference] = {"corrupt": CORRUPT, "masked_token_loss": LOSS}
