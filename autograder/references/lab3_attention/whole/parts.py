"""The parts of lab 3's music Transformer in plain NumPy, and those that take the places of earlier exercises."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from autograder.references.lab3_attention.block.parts import Parts, blunt_attention
from labkit.checks.lab3_attention.block_probes import DRAWS, EXTREMES, WEIGHTS
from labkit.checks.lab3_attention.whole_probes import ABOVE, BELOW, Sizes

Array = np.ndarray[Any, np.dtype[Any]]


def block(p: Parts, x: Array) -> Array:
    """Run a Transformer block (`block.layer`)."""
    y = x + p.drop(p.attend(p.norm_1(x)))
    return y + p.drop(p.dense(p.norm_2(y)))


@cache
def positions(length: int, d_model: int) -> Array:
    """Fill the table of positions, number by number."""
    table = np.zeros((length, d_model))
    for position, column in np.ndindex(length, d_model):
        angle = position / 10000 ** ((column - column % 2) / d_model)
        table[position, column] = math.cos(angle) if column % 2 else math.sin(angle)
    return table


def past(length: int) -> Array:
    """Say which keys lie in the past of each query, itself included."""
    return np.arange(length) <= np.arange(length)[:, None]


# What `labkit.checks.lab3_attention.whole_fakes` gives.


def blunt_block(p: Parts, x: Array) -> Array:
    """Do what the fake of TransformerBlock does."""
    h = x * p.w["norm_1.gamma"] + p.w["norm_1.beta"]
    W_q, W_k, W_v, W_o = (p.w[f"W_{one}"] for one in "qkvo")
    attended = blunt_attention(h, W_q, W_k, W_v, W_o, p.num_heads, p.mask)
    y = 0.6 * x + p.drop(attended)
    squashed = np.tanh(y * p.w["norm_2.gamma"] + p.w["norm_2.beta"])
    return np.asarray(0.5 * squashed + p.drop(p.dense(y)))


def crooked_positions(length: int, d_model: int) -> Array:
    """Do what the fake of positional_encoding does."""
    return np.asarray(0.8 * np.sin(1.0 + 0.7 * np.outer(np.arange(length), np.arange(1, d_model + 1))))


def short_past(length: int) -> Array:
    """Do what the fake of causal_mask does: each query sees itself and the one before."""
    return np.eye(length, dtype=bool) | np.eye(length, k=-1, dtype=bool)


@dataclass(frozen=True)
class Earlier:
    """The earlier exercises that the network is made of; fakes take the places of some."""

    block: Callable[[Parts, Array], Array] = block
    positions: Callable[[int, int], Array] = positions
    past: Callable[[int], Array] = past


class Network:
    """What the network is made of, in float64. A formula puts the parts together."""

    def __init__(self, sizes: Sequence[Any], weights: Sequence[Array], earlier: Earlier) -> None:
        self.sizes, self.earlier, self.training = Sizes(*sizes), earlier, False
        given = [np.asarray(one, float) for one in weights]
        self.table, self.kernel, self.bias = given[: len(BELOW)]
        self.gain, self.shift, self.dense, self.dense_bias = given[-len(ABOVE) :]
        between = given[len(BELOW) : -len(ABOVE)]
        self.stack = [between[start : start + len(WEIGHTS)] for start in range(0, len(between), len(WEIGHTS))]
        # One stream of chance for each block: what falls away in one says nothing about the other.
        self.chance = [np.random.default_rng(number) for number in range(len(self.stack))]

    def embed(self, ids: Array, *, factor: float | None = None) -> Array:
        """Look up characters, at the size of the positions."""
        return np.asarray(self.table[ids] * (math.sqrt(self.sizes.d_model) if factor is None else factor))

    def near(self, x: Array) -> Array:
        """Put each character together with those just before it."""
        reach, time = len(self.kernel), x.shape[1]
        longer = np.pad(x, ((0, 0), (reach - 1, 0), (0, 0)))
        return np.asarray(sum(longer[:, k : k + time] @ self.kernel[k] for k in range(reach)) + self.bias)

    def positions(self, x: Array) -> Array:
        """Return the positions of as many steps as x has."""
        return self.earlier.positions(x.shape[1], self.sizes.d_model)

    def begin(self, ids: Array) -> Array:
        """Return what goes into the first block."""
        x = self.near(self.embed(ids))
        return x + self.positions(x)

    def run(
        self,
        number: int,
        x: Array,
        *,
        see: Callable[[Array], Array | None] = lambda past: past,
        drop: bool | None = None,
    ) -> Array:
        """Go through one block. see: what mask it gets, from the causal one; drop: whether it is in training."""
        p = Parts(self.sizes.num_heads, self.sizes.dropout, see(self.earlier.past(x.shape[1])), self.stack[number])
        p.training, p.rng = self.training if drop is None else drop, self.chance[number]
        return self.earlier.block(p, x)

    def through(self, x: Array, order: Sequence[int] | None = None, **options: Any) -> Array:
        """Go through the blocks, in their order or in another."""
        for number in range(len(self.stack)) if order is None else order:
            x = self.run(number, x, **options)
        return x

    def norm(self, x: Array) -> Array:
        """Normalise each position."""
        centred = x - x.mean(axis=-1, keepdims=True)
        spread = np.sqrt((centred**2).mean(axis=-1, keepdims=True) + 1e-5)
        return np.asarray(centred / spread * self.gain + self.shift)

    def logits(self, x: Array) -> Array:
        """Make the logits."""
        if x.shape[-1] != len(self.dense):
            raise ValueError(x.shape)
        return np.asarray(x @ self.dense + self.dense_bias)


Formula = Callable[[Network, Array], Array]


def whole(n: Network, ids: Array) -> Array:
    """Run the network as it is asked for."""
    return n.logits(n.norm(n.through(n.begin(ids))))


def seen(formula: Formula, earlier: Earlier | None = None) -> Callable[..., Any]:
    """Say what the probe sees of a network that is put together in this way."""
    parts = earlier or Earlier()

    def once(sizes: Sequence[Any], ids: Array, weights: Sequence[Array]) -> Array:
        """Run the network once, without dropout; nothing is rounded."""
        vocabulary_size, d_model, num_heads, d_ff, blocks, near, _ = sizes
        undropped = (vocabulary_size, d_model, num_heads, d_ff, blocks, near, 0.0)
        return formula(Network(undropped, weights, parts), ids)

    def result(ids: Array, weights: Sequence[Array], **sizes: Any) -> Any:
        given = Sizes(**sizes)
        if not given.dropout:
            return once(given, ids, weights).round(6)
        found = {}
        for training in (False, True):
            n = Network(given, weights, parts)
            n.training = training
            values = formula(n, np.repeat(ids, DRAWS, axis=0))
            for word, extreme in EXTREMES.items():
                found[f"{word} with training={training}"] = extreme(values).round(6)
        return found

    result.exact = once  # type: ignore[attr-defined]
    return result
