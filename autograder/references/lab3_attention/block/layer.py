"""Oracles of lab 3, the block: what the probe of a Transformer block sees; its counts stand in `counts`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.references import ways
from autograder.references.lab3_attention.block.layer_wrong import WRONG
from autograder.references.lab3_attention.block.parts import Parts, blunt_attention, seen
from autograder.references.reference import Drawn, Reference
from labkit.checks.cases import More
from labkit.checks.lab3_attention.block_probes import WEIGHTS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.random import Generator

Array = np.ndarray[Any, np.dtype[Any]]


def block(p: Parts, x: Array) -> Array:
    """Run the block: attention, then two dense layers; each adds its result to x."""
    y = x + p.drop(p.attend(p.norm_1(x)))
    return y + p.drop(p.dense(p.norm_2(y)))


transformer_block = seen(block)


def block_weights(rng: Generator, d_model: int, d_ff: int) -> dict[str, Array]:
    """Draw the weights of a block, by name, in the order of WEIGHTS."""
    weights = {name: rng.normal(0, 0.8, size=(d_model, d_model)) for name in WEIGHTS[:4]}
    for name in WEIGHTS[4:]:
        middle = 1.0 if name.endswith("gamma") else 0.0
        weights[name] = rng.normal(middle, 0.5, size=d_ff if name == "dense_1.bias" else d_model)
    weights["dense_1.kernel"] = rng.normal(0, 0.7, size=(d_model, d_ff))
    weights["dense_2.kernel"] = rng.normal(0, 0.7, size=(d_ff, d_model))
    return {name: weights[name].round(3).astype(np.float32) for name in WEIGHTS}


def _arguments(
    rng: Generator,
    shape: tuple[int, int, int],
    num_heads: int,
    d_ff: int,
    *,
    scale: float = 1.0,
    dropout: float = 0.0,
    mask: Array | None = None,
    zero: tuple[str, ...] = (),
) -> dict[str, Any]:
    """Draw x (batch, time, d_model) and weights, some of them zero."""
    weights = block_weights(rng, shape[-1], d_ff)
    return {
        "d_model": shape[-1],
        "num_heads": num_heads,
        "d_ff": d_ff,
        "dropout": dropout,
        "x": rng.normal(0, scale, size=shape).round(3).astype(np.float32),
        "mask": mask,
        "weights": [np.zeros_like(value) if name in zero else value for name, value in weights.items()],
    }


_ATTENTION = ("W_o",)
_DENSE = ("dense_2.kernel", "dense_2.bias")


def _telling(arguments: dict[str, Any]) -> bool:
    """Say whether each branch that is not zero shows, ReLU shuts some units, and no norm sees equal numbers."""
    p = Parts(**{name: arguments[name] for name in ("num_heads", "dropout", "mask", "weights")})
    x = arguments["x"].astype(float)
    attended = p.attend(p.norm_1(x))
    hidden = p.hidden(p.norm_2(x + attended))
    added = p.out(hidden)
    return bool(
        all(not part.any() or np.abs(part).min() > 0.02 for part in (attended, added))
        and ((hidden > 0.2).sum(axis=-1) >= 2).all()
        and not hidden.all()
        and all(part.std(axis=-1).min() > 0.02 for part in (x, x + attended))
    )


def block_case(rng: Generator, *sizes: Any, **options: Any) -> dict[str, Any]:
    """Draw a block and what goes through it, such that each of its branches shows."""
    while not _telling(arguments := _arguments(rng, *sizes, **options)):
        pass
    return arguments


def _draw_transformer_block(rng: Generator) -> list[Drawn]:
    def drawn(*sizes: Any, **options: Any) -> dict[str, Any]:
        return block_case(rng, *sizes, **options)

    heads, time = int(rng.integers(2, 4)), int(rng.integers(3, 5))
    real = np.array([[[True] * 3], [[True] * 2 + [False]]])
    share = [float(one) for one in rng.choice((0.4, 0.45, 0.55, 0.6), size=2, replace=False)]
    return [
        (drawn((3, 3, 4), 2, 6, scale=0.05), "no mask, small numbers"),
        (drawn((1, time, 2 * heads), heads, 4 * heads - 1, mask=np.tri(time, dtype=bool)), "a causal mask"),
        (drawn((2, 3, 4), int(rng.choice((2, 4))), 4, mask=real), "a padding mask, d_ff = d_model"),
        (drawn((1, 2, 2), 1, 3, zero=_ATTENTION + _DENSE), "W_o and the last dense layer are zero"),
        (drawn((1, 2, 2), 2, 3, dropout=share[0], zero=_DENSE), "dropout, the last dense layer is zero"),
        (drawn((1, 2, 2), 1, 3, dropout=share[1], zero=_ATTENTION), "dropout, W_o is zero"),
        (_arguments(rng, (2, 40, 4), 2, 6, mask=np.tri(40, dtype=bool)), "40 steps"),
    ]


def _trained(rng: Generator, once: Callable[..., Array], arguments: Mapping[str, Any]) -> More:
    """Say what comes of the probe `labkit.checks.lab3_attention.block_probes.block_trained`."""
    heads, x, mask, own = (arguments[name] for name in ("num_heads", "x", "mask", "weights"))
    others = list(block_weights(rng, x.shape[-1], arguments["d_ff"]).values())
    other_mask = None if mask is None else _other(rng, mask)
    value = once(heads, x, mask, own)
    sums = ways.weigh(rng, [value])
    directions, slopes = ways.along(
        rng, lambda moved: ways.total([once(heads, moved[0], mask, moved[1:])], sums), [x, *own]
    )
    seen = round(ways.total([value], sums), 6)
    unsaid = round(ways.total([once(heads, x, mask, others)], sums), 6)
    again = round(ways.total([once(heads, x, other_mask, others)], sums), 6)
    return More(
        {"directions": directions, "sums": sums, "others": others, "other_mask": other_mask},
        {
            "other_object": seen,
            "training_unsaid": unsaid,
            "in_graph": seen,
            "gradient": np.round(slopes, 5),
            "again": np.array([again, again]),  # traced, and not
        },
    )


def _other(rng: Generator, mask: Array) -> Array:
    """Draw another mask of the same shape, that allows each query at least one key."""
    while True:
        drawn = np.asarray(rng.random(mask.shape) < 0.6)
        if drawn.any(axis=-1).all() and (drawn != mask).any():
            return drawn


REFERENCES: dict[str, Reference] = {
    "TransformerBlock": Reference(
        correct=transformer_block,
        draw=_draw_transformer_block,
        ways=_trained,
        asked=("40 steps",),
        apart=("40 steps",),
        wrong={key: seen(formula) for key, formula in WRONG.items()},
        given={("multi_head_attention", "lab3_attention.block_fakes.blunt_attention"): seen(block, blunt_attention)},
    ),
}
