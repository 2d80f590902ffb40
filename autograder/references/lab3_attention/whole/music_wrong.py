"""How lab 3's music Transformer goes wrong: misconception -> its formula, in the parts of `parts`."""

# ruff: noqa: ARG005  (a wrong formula leaves out some of what it is given)

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from autograder.references.lab3_attention.whole.parts import Formula, Network

Array = np.ndarray[Any, np.dtype[Any]]


def _ending(n: Network, x: Array) -> Array:
    return n.logits(n.norm(x))


def _beginning(begin: Formula) -> Formula:
    """Make what goes into the first block in another way."""
    return lambda n, ids: _ending(n, n.through(begin(n, ids)))


def _scaled(factor: Any) -> Formula:
    """Scale the embedding by another factor, a function of d_model."""

    def begin(n: Network, ids: Array) -> Array:
        x = n.near(n.embed(ids, factor=factor(n.sizes.d_model)))
        return x + n.positions(x)

    return _beginning(begin)


def _scaled_late(n: Network, ids: Array) -> Array:
    x = n.near(n.embed(ids, factor=1.0)) * math.sqrt(n.sizes.d_model)
    return x + n.positions(x)


def _all_scaled(n: Network, ids: Array) -> Array:
    x = n.near(n.embed(ids, factor=1.0))
    return (x + n.positions(x)) * math.sqrt(n.sizes.d_model)


def _positions_early(n: Network, ids: Array) -> Array:
    x = n.embed(ids)
    return n.near(x + n.positions(x))


def _positions_first(n: Network, ids: Array) -> Array:
    x = n.embed(ids, factor=1.0)
    return n.near((x + n.positions(x)) * math.sqrt(n.sizes.d_model))


def _positions_alone(n: Network, ids: Array) -> Array:
    x = n.embed(ids)
    return np.broadcast_to(n.positions(x), x.shape)


def _without_near(n: Network, ids: Array) -> Array:
    x = n.embed(ids)
    return x + n.positions(x)


def _through(**options: Any) -> Formula:
    """Go through the blocks in another way."""
    return lambda n, ids: _ending(n, n.through(n.begin(ids), **options))


def _order(order: Any) -> Formula:
    """Go through other blocks; order: a function of how many there are."""
    return lambda n, ids: _ending(n, n.through(n.begin(ids), order(len(n.stack))))


def _summed(n: Network, ids: Array) -> Array:
    x = n.begin(ids)
    for number in range(len(n.stack)):
        x = x + n.run(number, x)
    return _ending(n, x)


def _normed_each(n: Network, ids: Array) -> Array:
    x = n.begin(ids)
    for number in range(len(n.stack)):
        x = n.norm(n.run(number, x))
    return n.logits(x)


def _softmax(n: Network, ids: Array) -> Array:
    logits = _ending(n, n.through(n.begin(ids)))
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True))


WRONG: dict[str, Formula] = {
    "not_scaled": _scaled(lambda d_model: 1.0),
    "scale_no_root": _scaled(float),
    "scale_divided": _scaled(lambda d_model: d_model**-0.5),
    "scaled_late": _beginning(_scaled_late),
    "all_scaled": _beginning(_all_scaled),
    "no_positions": _beginning(lambda n, ids: n.near(n.embed(ids))),
    "positions_early": _beginning(_positions_early),
    "positions_early/scaled": _beginning(_positions_first),
    "positions_alone": _beginning(_positions_alone),
    "no_near": _beginning(_without_near),
    "no_mask": _through(see=lambda past: None),
    "mask_turned": _through(see=lambda past: past.T),
    "no_norm": lambda n, ids: n.logits(n.through(n.begin(ids))),
    "norm_early": lambda n, ids: n.logits(n.through(n.norm(n.begin(ids)))),
    "norm_early/twice": lambda n, ids: _ending(n, n.through(n.norm(n.begin(ids)))),
    "norm_in_the_loop": _normed_each,
    "no_logits": lambda n, ids: n.norm(n.through(n.begin(ids))),
    "softmax": _softmax,
    "no_blocks": _order(lambda count: []),
    "one_block": _order(lambda count: [0]),
    "one_block/last": _order(lambda count: [count - 1]),
    "one_block/repeated": _order(lambda count: [0] * count),
    "reversed": _order(lambda count: range(count)[::-1]),
    "summed": _summed,
    "training_lost": _through(drop=False),
    "training_always": _through(drop=True),
}
