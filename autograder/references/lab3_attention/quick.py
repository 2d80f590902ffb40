"""The oracles of attention once more, for arrays as a whole: hidden tests are drawn for each submission.

Each computes in float64, rounds nothing, and is compared with the loops of `searching` and `steps` by a test.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

Array = np.ndarray[Any, np.dtype[Any]]


def _exact(*arrays: Array) -> list[Array]:
    return [np.asarray(one, float) for one in arrays]


def softmax(x: Array, axis: int = -1) -> Array:
    """Do what `searching.softmax` does."""
    powers = np.exp(x - np.max(x, axis=axis, keepdims=True), dtype=float)
    return np.asarray(powers / powers.sum(axis=axis, keepdims=True))


def attention_weights(Q: Array, K: Array, mask: Array | None = None, scale: float | None = None) -> Array:
    """Do what `searching.attention_weights` does."""
    Q, K = _exact(Q, K)
    scores = np.einsum("...qd,...kd->...qk", Q, K) * (Q.shape[-1] ** -0.5 if scale is None else scale)
    return softmax(scores if mask is None else np.where(mask, scores, -np.inf))


def scaled_dot_product_attention(Q: Array, K: Array, V: Array, mask: Array | None = None) -> tuple[Array, Array]:
    """Do what `searching.scaled_dot_product_attention` does."""
    weights = attention_weights(Q, K, mask)
    return np.einsum("...qk,...kv->...qv", weights, _exact(V)[0]), weights


def split_heads(x: Array, num_heads: int) -> Array:
    """Do what `steps.split_heads` does."""
    return np.stack(np.split(np.asarray(x, float), num_heads, axis=-1), axis=1)


def merge_heads(x: Array) -> Array:
    """Do what `steps.merge_heads` does."""
    return np.concatenate(list(np.moveaxis(np.asarray(x, float), 1, 0)), axis=-1)


def _for_heads(mask: Array | None) -> Array | None:
    return mask if mask is None or mask.ndim == 2 else mask[:, None]


def cross_attention(
    x: Array, memory: Array, W_q: Array, W_k: Array, W_v: Array, W_o: Array, num_heads: int, mask: Array | None = None
) -> tuple[Array, Array]:
    """Do what `Steps.cross_attention` does."""
    x, memory, *matrices = _exact(x, memory, W_q, W_k, W_v)
    Q, K, V = (split_heads(one @ W, num_heads) for one, W in zip((x, memory, memory), matrices, strict=True))
    output, weights = scaled_dot_product_attention(Q, K, V, _for_heads(mask))
    return merge_heads(output) @ np.asarray(W_o, float), weights


def multi_head_attention(
    x: Array, W_q: Array, W_k: Array, W_v: Array, W_o: Array, num_heads: int, mask: Array | None = None
) -> tuple[Array, Array]:
    """Do what `Steps.multi_head_attention` does."""
    return cross_attention(x, x, W_q, W_k, W_v, W_o, num_heads, mask)


def attend_next(
    x_t: Array, keys: Array, values: Array, W_q: Array, W_k: Array, W_v: Array, W_o: Array, num_heads: int
) -> tuple[Array, Array, Array]:
    """Do what `Steps.attend_next` does."""
    x_t, keys, values, *matrices = _exact(x_t, keys, values, W_q, W_k, W_v)
    q, k, v = (split_heads(x_t @ W, num_heads) for W in matrices)
    keys, values = np.concatenate([keys, k], axis=2), np.concatenate([values, v], axis=2)
    output, _ = scaled_dot_product_attention(q, keys, values)
    return merge_heads(output) @ np.asarray(W_o, float), keys, values


# For one head of one sequence, and what the fakes of `steps` give.


def attend(Q: Array, K: Array, V: Array, allowed: Array) -> tuple[Array, Array]:
    """Do what `steps.attend` does."""
    return scaled_dot_product_attention(Q, K, V, allowed)


def shuffled_split(x: Array, num_heads: int) -> Array:
    """Do what `steps.shuffled_split` does."""
    batch, time, _ = x.shape
    turned = np.asarray(x, float).reshape(batch, time, -1, num_heads).transpose(0, 3, 1, 2)
    return np.asarray(turned * (1 + np.arange(num_heads) / 2)[:, None, None])


def shuffled_merge(x: Array) -> Array:
    """Do what `steps.shuffled_merge` does."""
    weighed = x * (1 + np.arange(x.shape[1]) / 4)[:, None, None]
    return np.asarray(weighed.transpose(0, 2, 3, 1).reshape(len(x), x.shape[2], -1))


def distant(Q: Array, K: Array, V: Array, allowed: Array) -> tuple[Array, Array]:
    """Do what `steps.distant` does."""
    weights = np.where(allowed, 1 / (1 + np.abs(Q[:, None] - K[None] / 2).sum(axis=-1)), 0.0)
    return weights @ V, weights


ALL: dict[str, Callable[..., Any]] = {
    "softmax": softmax,
    "attention_weights": attention_weights,
    "scaled_dot_product_attention": scaled_dot_product_attention,
    "split_heads": split_heads,
    "merge_heads": merge_heads,
    "cross_attention": cross_attention,
    "multi_head_attention": multi_head_attention,
    "attend_next": attend_next,
}
