"""The parts of lab 3's block in plain NumPy, and what its probe sees of them (`block_probes` of the lab's checks)."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from labkit.checks.lab3_attention.block_probes import DRAWS, EXTREMES, WEIGHTS

Array = np.ndarray[Any, np.dtype[Any]]
Attention = Callable[..., Array]


def attention(x: Array, W_q: Array, W_k: Array, W_v: Array, W_o: Array, num_heads: int, mask: Array | None) -> Array:
    """Let every position attend to every position, head by head: the output of `multi_head_attention`."""
    width = x.shape[-1] // num_heads
    heads = []
    for head in range(num_heads):
        own = slice(head * width, (head + 1) * width)
        Q, K, V = (x @ W[:, own] for W in (W_q, W_k, W_v))
        scores = Q @ K.swapaxes(-1, -2) / math.sqrt(width)
        if mask is not None:
            scores = np.where(mask, scores, -np.inf)
        powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
        heads.append(powers / powers.sum(axis=-1, keepdims=True) @ V)
    return np.asarray(np.concatenate(heads, axis=-1) @ W_o)


def blunt_attention(
    x: Array, W_q: Array, W_k: Array, W_v: Array, W_o: Array, num_heads: int, mask: Array | None
) -> Array:
    """Give the output of `labkit.checks.lab3_attention.block_fakes.blunt_attention`."""
    shares = np.tanh(0.3 + (x @ W_q) @ (x @ W_k).swapaxes(-1, -2) / 4)
    if mask is not None:
        shares = np.where(mask, shares, 0.0)
    return np.asarray((0.4 + 0.1 * num_heads) * (shares @ (x @ W_v)) @ W_o)


class Parts:
    """What a block is made of. A formula puts the parts together; `w` holds the weights by name, in float64."""

    def __init__(
        self,
        num_heads: int,
        dropout: float,
        mask: Array | None,
        weights: Sequence[Array],
        attend: Attention = attention,
    ) -> None:
        self.num_heads, self.rate, self.mask, self.attention = num_heads, dropout, mask, attend
        self.w = {name: np.asarray(value, float) for name, value in zip(WEIGHTS, weights, strict=True)}
        self.training, self.rng = False, np.random.default_rng(0)

    def attend(self, x: Array, matrices: str = "qkvo", *, heads: int = 0, masked: bool = True) -> Array:
        """Attend; `matrices` names the four in the order in which they are handed on, "1" is the identity."""
        chosen = [np.eye(x.shape[-1]) if name == "1" else self.w[f"W_{name}"] for name in matrices]
        return self.attention(x, *chosen, heads or self.num_heads, self.mask if masked else None)

    def norm(self, number: int, x: Array, epsilon: float = 1e-5) -> Array:
        """Normalise each position, then scale and shift it."""
        centred = x - x.mean(axis=-1, keepdims=True)
        spread = np.sqrt((centred**2).mean(axis=-1, keepdims=True) + epsilon)
        return np.asarray(centred / spread * self.w[f"norm_{number}.gamma"] + self.w[f"norm_{number}.beta"])

    def norm_1(self, x: Array) -> Array:
        """Normalise with the first scale and shift."""
        return self.norm(1, x)

    def norm_2(self, x: Array) -> Array:
        """Normalise with the second scale and shift."""
        return self.norm(2, x)

    def hidden(self, x: Array) -> Array:
        """Go through the first dense layer."""
        return np.asarray(np.maximum(x @ self.w["dense_1.kernel"] + self.w["dense_1.bias"], 0.0))

    def out(self, hidden: Array) -> Array:
        """Go through the second dense layer."""
        return np.asarray(hidden @ self.w["dense_2.kernel"] + self.w["dense_2.bias"])

    def dense(self, x: Array) -> Array:
        """Go through both dense layers."""
        return self.out(self.hidden(x))

    def drop(self, value: Array, *, always: bool = False) -> Array:
        """Set a share of the numbers to 0 in training, and make the others larger for it."""
        if not self.rate or not (self.training or always):
            return value
        return np.asarray(value * (self.rng.random(value.shape) >= self.rate) / (1 - self.rate))


Formula = Callable[[Parts, Array], Array]


def seen(formula: Formula, attend: Attention = attention) -> Callable[..., Any]:
    """Say what the probe sees of a block that is put together in this way."""

    def once(num_heads: int, x: Array, mask: Array | None, weights: Sequence[Array]) -> Array:
        """Go through the block once, without dropout; nothing is rounded."""
        return formula(Parts(num_heads, 0.0, mask, weights, attend), np.asarray(x, float))

    def result(
        d_model: int,
        num_heads: int,
        d_ff: int,
        dropout: float,
        x: Array,
        mask: Array | None,
        weights: Sequence[Array],
    ) -> Any:
        del d_model, d_ff
        if not dropout:
            return once(num_heads, x, mask, weights).round(6)
        p = Parts(num_heads, dropout, mask, weights, attend)
        x = np.asarray(x, float)
        found = {}
        for p.training in (False, True):
            values = formula(p, np.tile(x, (DRAWS, 1, 1)))
            for word, extreme in EXTREMES.items():
                found[f"{word} with training={p.training}"] = extreme(values).round(6)
        return found

    result.exact = once  # type: ignore[attr-defined]
    return result
