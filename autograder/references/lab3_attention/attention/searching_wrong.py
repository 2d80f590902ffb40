"""What each misconception about attention computes (lab 3, part 1): misconception -> formula.

A formula is the right way with one line changed.
"""

# ruff: noqa: ARG005  (a wrong formula leaves out some of what it is given)

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.references.lab3_attention.attention.similarity_wrong import Array, Formula, soft, with_tensors

if TYPE_CHECKING:
    from collections.abc import Callable

# 1.4: attention_weights

LOW = -1e9


def _default(Q: Array, _: Array, scale: float | None) -> float:
    return float(1 / np.sqrt(Q.shape[-1]) if scale is None else scale)


def weights(Q: Array, K: Array, mask: Array | None = None, scale: float | None = None, **change: Any) -> Array:
    """Compute attention weights with some lines changed."""
    Q, K = np.asarray(Q, float), np.asarray(K, float)
    scores = change.get("product", lambda Q, K: Q @ np.swapaxes(K, -1, -2))(Q, K)
    scores = scores * change.get("factor", _default)(Q, K, scale)
    if mask is not None:
        scores = change.get("block", _where(LOW))(scores, mask)
    shares = change.get("share", soft)(scores)
    if mask is not None:
        shares = change.get("after", lambda shares, mask: shares)(shares, mask)
    return np.asarray(shares)


def _where(value: float) -> Callable[[Array, Array], Array]:
    return lambda scores, mask: np.where(mask, scores, value)


def _added(value: float) -> Callable[[Array, Array], Array]:
    return lambda scores, mask: scores + (1 - np.asarray(mask, float)) * value


def _inverted(value: float) -> Callable[[Array, Array], Array]:
    return lambda scores, mask: np.where(mask, value, scores)


def _turned(scores: Array, mask: Array) -> Array:
    return np.where(np.swapaxes(mask, -1, -2), scores, LOW)


def _axis(axis: int | None) -> Callable[[Array], Array]:
    return lambda scores: soft(scores, axis)


def _by_default(factor: Callable[[Array, Array], float]) -> dict[str, Any]:
    """Change the scale that stands for None."""
    return {"factor": lambda Q, K, scale: factor(Q, K) if scale is None else scale}


def _scaled_after(Q: Array, K: Array, mask: Array | None = None, scale: float | None = None) -> Array:
    return weights(Q, K, mask, 1.0) * _default(Q, K, scale)


WEIGHTS: dict[str, Formula] = with_tensors(
    {
        "over_queries": partial(weights, share=_axis(-2)),
        "over_queries/axis_1": partial(weights, share=_axis(1)),
        "over_queries/inf": partial(weights, share=_axis(-2), block=_where(-np.inf)),
        "first_axis": partial(weights, share=_axis(0)),
        "first_axis/inf": partial(weights, share=_axis(0), block=_where(-np.inf)),
        "everything": partial(weights, share=_axis(None)),
        "no_scale": partial(weights, **_by_default(lambda Q, K: 1.0)),
        "no_scale/ever": partial(weights, factor=lambda Q, K, scale: 1.0),
        "divided_by_d": partial(weights, **_by_default(lambda Q, K: 1 / Q.shape[-1])),
        "scale_multiplied": partial(weights, **_by_default(lambda Q, K: np.sqrt(Q.shape[-1]))),
        "scale_divides": partial(weights, factor=lambda Q, K, scale: _default(Q, K, scale and 1 / scale)),
        "scale_ignored": partial(weights, factor=lambda Q, K, scale: _default(Q, K, None)),
        "scale_on_top": partial(
            weights, factor=lambda Q, K, scale: _default(Q, K, None) * (1.0 if scale is None else scale)
        ),
        "scale_twice": partial(weights, factor=lambda Q, K, scale: _default(Q, K, scale) ** 2),
        "length": partial(weights, **_by_default(lambda Q, K: K.shape[-2] ** -0.5)),
        "length/queries": partial(weights, **_by_default(lambda Q, K: Q.shape[-2] ** -0.5)),
        "length/first_axis": partial(weights, **_by_default(lambda Q, K: len(Q) ** -0.5)),
        "scale_after": _scaled_after,
        "swapped": partial(weights, product=lambda Q, K: K @ np.swapaxes(Q, -1, -2)),
        "mask_ignored": partial(weights, block=lambda scores, mask: scores),
        "mask_inverted": partial(weights, block=_inverted(LOW)),
        "mask_inverted/inf": partial(weights, block=_inverted(-np.inf)),
        "mask_sign": partial(weights, block=_where(-LOW)),
        "mask_after": partial(weights, block=lambda scores, mask: scores, after=lambda shares, mask: shares * mask),
        "zero_score": partial(weights, block=_where(0.0)),
        "small_penalty": partial(weights, block=_where(-1.0)),
        "small_penalty/10": partial(weights, block=_where(-10.0)),
        "small_penalty/added_1": partial(weights, block=_added(-1.0)),
        "small_penalty/added_5": partial(weights, block=_added(-5.0)),
        "small_penalty/added_10": partial(weights, block=_added(-10.0)),
        "inf_times_zero": partial(weights, block=_added(-np.inf)),
        "mask_transposed": partial(weights, block=_turned),
        "softmax_twice": partial(weights, share=lambda scores: soft(soft(scores))),
        "no_softmax": partial(weights, share=lambda scores: scores),
        "no_softmax/inf": partial(weights, share=lambda scores: scores, block=_where(-np.inf)),
        "no_softmax/bare": lambda Q, K, mask=None, scale=None: weights(Q, K, None, scale, share=lambda scores: scores),
    }
)


# 1.5: scaled_dot_product_attention


def attention(Q: Array, K: Array, V: Array, mask: Array | None = None, **change: Any) -> Any:
    """Attend with some lines changed."""
    shares = change.get("weigh", weights)(Q, K, mask)
    shares = change.get("once_more", lambda shares: shares)(shares)
    output = change.get("mix", lambda shares, Q, K, V: shares @ V)(
        shares, *(np.asarray(one, float) for one in (Q, K, V))
    )
    return change.get("give", lambda output, shares: (output, shares))(output, shares)


def _weigh(**change: Any) -> dict[str, Any]:
    return {"weigh": lambda Q, K, mask: weights(Q, K, mask, **change)}


ATTENTION: dict[str, Formula] = with_tensors(
    {
        "swapped": partial(attention, give=lambda output, shares: (shares, output)),
        "output_only": partial(attention, give=lambda output, shares: output),
        "weights_only": partial(attention, give=lambda output, shares: shares),
        "values_forgotten": partial(attention, mix=lambda shares, Q, K, V: shares),
        "keys_mixed": partial(attention, mix=lambda shares, Q, K, V: shares @ K),
        "queries_mixed": partial(attention, mix=lambda shares, Q, K, V: shares @ Q),
        "values_for_keys": lambda Q, K, V, mask=None: attention(Q, V, K, mask),
        "keys_for_queries": lambda Q, K, V, mask=None: attention(K, Q, V, mask),
        "transposed": partial(attention, mix=lambda shares, Q, K, V: np.swapaxes(shares, -1, -2) @ V),
        "multiplied": partial(attention, mix=lambda shares, Q, K, V: shares * V),
        "mask_ignored": lambda Q, K, V, mask=None: attention(Q, K, V),
        "mask_inverted": lambda Q, K, V, mask=None: attention(Q, K, V, None if mask is None else ~mask),
        "no_scale": partial(attention, **_weigh(factor=lambda Q, K, scale: 1.0)),
        "scaled_twice": partial(attention, **_weigh(factor=lambda Q, K, scale: 1 / Q.shape[-1])),
        "scale_multiplied": partial(attention, **_weigh(factor=lambda Q, K, scale: np.sqrt(Q.shape[-1]))),
        "softmax_twice": partial(attention, once_more=soft),
        "softmax_twice/of_the_output": partial(attention, mix=lambda shares, Q, K, V: soft(shares) @ V),
        "softmax_of_output": partial(attention, mix=lambda shares, Q, K, V: soft(shares @ V)),
        "scores_mixed": partial(attention, **_weigh(share=lambda scores: scores)),
        "output_scaled": partial(attention, mix=lambda shares, Q, K, V: shares @ V / np.sqrt(Q.shape[-1])),
        "residual": partial(attention, mix=lambda shares, Q, K, V: shares @ V + Q),
    }
)
