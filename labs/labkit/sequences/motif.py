"""Attention finds a motif: the query is a matrix of log-odds, keys and values are all windows of all sequences.

Again and again: attend, add up what was found, take its log-odds as the next query. That is the EM algorithm for
exactly one site in each sequence (C. E. Lawrence and A. A. Reilly 1990; the simplest model of MEME, T. L. Bailey and
C. Elkan 1994).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from labkit.sequences import dna

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

LAST = 40  # rounds of the best start, in all
CLEAR = 0.25  # bits a column needs to be written as a letter


@dataclass(frozen=True)
class Motif:
    """What was found.

    matrix:     (W, 4) log-odds in nats, columns A, C, G, T      background: (4,) share of each letter
    weights:    (N, P) where attention looks in each sequence: the posterior of the motif's place
    likelihood: (rounds + 1,) of the start that was chosen, before each round and at the end: nats for each sequence
    starts:     (restarts, first rounds + 1) the same for every start
    rounds:     (rounds + 1, W, 4) the queries of the start that was chosen
    """

    matrix: Array
    background: Array
    weights: Array
    likelihood: Array
    starts: Array
    rounds: Array

    @property
    def places(self) -> NDArray[np.int64]:
        """The likeliest place in each sequence (N,)."""
        return np.asarray(self.weights.argmax(1))

    @property
    def letters(self) -> str:
        """The most frequent letter of each column, however little it tells."""
        return consensus(self.probabilities, clear=0)

    @property
    def probabilities(self) -> Array:
        """The share of each letter in each column, (W, 4); rows sum to 1."""
        return shares(self.matrix, self.background)

    def __str__(self) -> str:
        return consensus(self.probabilities)


def shares(matrix: Array, background: Array) -> Array:
    """Turn log-odds in nats (W, 4) into the share of each letter; rows sum to 1."""
    p = np.exp(matrix) * background
    return np.asarray(p / p.sum(-1, keepdims=True))


def information(probabilities: Array) -> Array:
    """Return how many bits each column of (W, 4) tells, from 0 (all letters alike) to 2: its height in a logo."""
    p = np.maximum(probabilities, 1e-12)
    return np.asarray(2 + (p * np.log2(p)).sum(-1))


def consensus(probabilities: Array, clear: float = CLEAR) -> str:
    """Write the most frequent letter of each column; a dot where the column tells fewer bits than `clear`."""
    letters = (dna.BASES[row.argmax()] for row in probabilities)
    told = information(probabilities)
    return "".join(letter if bits >= clear else "." for letter, bits in zip(letters, told, strict=True))


def look(sequences: Array | Sequence[str], matrix: Array, scale: float = 1.0) -> Array:
    """Return where a query (W, 4) looks in each sequence: (N, P) weights, each row sums to 1.

    sequences: (N, L, 4) one-hot, or a list of texts of at least W letters
    """
    x = np.asarray(sequences, float) if isinstance(sequences, np.ndarray) else dna.one_hot(sequences)
    flat, allowed = _windows(x, len(matrix))
    scores = flat @ np.asarray(matrix, float).ravel() + allowed  # (N, P)
    return _softmax(scale * scores[..., None])[..., 0]


def find_motif(
    sequences: Array | Sequence[str],
    width: int,
    rounds: int = 12,
    restarts: int = 20,
    *,
    background: Array | None = None,
    pseudocount: float = 1.0,
    scale: float = 1.0,
    seed: int = 0,
) -> Motif:
    """Find the pattern of a width that comes once in each sequence; its place, and what it looks like, are not told.

    sequences: (N, L, 4) one-hot, or a list of texts of at least `width` letters
    restarts: each begins at a window drawn at random; the likeliest after `rounds` goes on to 40 rounds
    background: share of each letter, (4,); None: as in the sequences
    scale: what scores are multiplied with before the softmax; 1 makes the weights the exact posterior
    Raises ValueError where a sequence is shorter than the width.
    """
    x = np.asarray(sequences, float) if isinstance(sequences, np.ndarray) else dna.one_hot(sequences)
    flat, allowed = _windows(x, width)
    base = x.sum((0, 1)) / x.sum() if background is None else np.asarray(background, float)
    step = _Step(flat, allowed, base, width, pseudocount, scale)
    trace, told = [_first(flat, allowed, base, restarts, seed)], []
    for _ in range(rounds):
        query, likelihood, _ = step(trace[-1])
        trace.append(query)
        told.append(likelihood)
    starts = np.stack([*told, step(trace[-1])[1]], 1)  # (restarts, rounds + 1)
    best = int(starts[:, -1].argmax())
    kept = [queries[best] for queries in trace]
    while len(kept) <= LAST:
        kept.append(step(kept[-1][None])[0][0])
    _, likelihood, weights = step(np.stack(kept))
    queries = np.stack(kept).reshape(-1, width, 4)
    return Motif(queries[-1], base, weights[..., -1], likelihood, starts, queries)


def _first(flat: Array, allowed: Array, background: Array, restarts: int, seed: int) -> Array:
    """Draw a window for each start, and mix it half and half with the background: queries (restarts, 4 W)."""
    generator = np.random.default_rng(seed)
    rows = generator.integers(0, len(flat), restarts)
    drawn = np.stack([flat[row, generator.choice(np.flatnonzero(allowed[row] == 0))] for row in rows])
    prior = np.tile(background, flat.shape[-1] // 4)
    return np.asarray(np.log(0.5 + 0.5 * drawn / prior))


class _Step:
    """One round for all starts at once, one matrix product each way; windows are flat: (N, P, 4 W)."""

    def __init__(
        self, flat: Array, allowed: Array, background: Array, width: int, pseudocount: float, scale: float
    ) -> None:
        self.flat, self.allowed, self.scale = flat, allowed, scale
        self.prior, self.pseudocount = np.tile(background, width), pseudocount

    def __call__(self, query: Array) -> tuple[Array, Array, Array]:
        """Give queries (R, 4 W): return the next ones, the likelihood of these (R,), and the weights (N, P, R)."""
        count, places, wide = self.flat.shape
        rows = self.flat.reshape(-1, wide)  # (N P, 4 W)
        scores = (rows @ query.T).reshape(count, places, -1) + self.allowed[..., None]  # (N, P, R)
        told = _log_mean(scores, (self.allowed == 0).sum(1)[:, None])
        weights = _softmax(self.scale * scores)
        found = weights.reshape(count * places, -1).T @ rows  # (R, 4 W): outputs, added up over the sequences
        p = (found + self.pseudocount * self.prior) / (count + self.pseudocount)
        return np.log(p / self.prior), told, weights


def _windows(x: Array, width: int) -> tuple[Array, Array]:
    """Return flat windows (N, P, 4 W), and (N, P) 0 where a window lies inside its sequence, else -inf."""
    known = np.asarray(x.any(-1))  # (N, L)
    lengths = x.shape[1] - np.argmax(known[:, ::-1], axis=1)  # up to the last letter that is known
    if min(lengths) < width or x.shape[1] < width:
        raise ValueError(f"A sequence of {min(lengths)} letters has no window of {width}.")
    seen = dna.windows(x, width)  # (N, P, W, 4)
    outside = np.arange(seen.shape[1]) + width > lengths[:, None]
    return np.ascontiguousarray(seen).reshape(*seen.shape[:2], -1), np.where(outside, -np.inf, 0.0)


def _softmax(scores: Array) -> Array:
    """Normalise over the places: (N, P, R)."""
    e = np.exp(scores - scores.max(1, keepdims=True))
    return np.asarray(e / e.sum(1, keepdims=True))


def _log_mean(scores: Array, places: NDArray[np.int64]) -> Array:
    """Average over the sequences the log of the mean odds over the places: (N, P, R) -> (R,)."""
    most = scores.max(1)  # (N, R)
    return np.asarray((most + np.log(np.exp(scores - most[:, None]).sum(1) / places)).mean(0))
