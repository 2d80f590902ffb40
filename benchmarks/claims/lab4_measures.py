"""What the measurements of lab 4 share: a share with its interval, differences in pairs, and likelihoods by letter."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import numpy as np
import tensorflow as tf

from labkit.base.files import path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Ids = NDArray[np.int32]

Rows = list[dict[str, Any]]
DRAWS, CHUNK = 2000, 512


def interval(values: Any, group: Any = None) -> dict[str, float]:
    """Return the mean of (N,) numbers and its 95% bootstrap interval.

    group: (N,) which values are drawn together (letters of one sequence); None: each for itself
    """
    numbers = np.asarray(values, float)
    _, place = np.unique(np.arange(len(numbers)) if group is None else np.asarray(group), return_inverse=True)
    sums, counts = np.bincount(place, numbers), np.bincount(place)
    drawn = np.random.default_rng(0).integers(0, len(sums), (DRAWS, len(sums)))
    low, high = np.percentile(sums[drawn].sum(1) / counts[drawn].sum(1), [2.5, 97.5])
    return {"mean": round(float(numbers.mean()), 4), "low": round(float(low), 4), "high": round(float(high), 4)}


def difference(one: Any, other: Any, group: Any = None) -> dict[str, float]:
    """Return the mean of one minus other on the same examples, and its interval."""
    return interval(np.asarray(one, float) - np.asarray(other, float), group)


def compared(values: dict[str, Any], pairs: list[tuple[str, str]], group: Any = None, **about: Any) -> Rows:
    """Return a row for each name, then one for each pair that is to be compared."""
    rows: Rows = [{**about, "who": name, "n": len(one), **interval(one, group)} for name, one in values.items()]
    for one, other in pairs:
        rows.append({**about, "who": one, "minus": other, **difference(values[one], values[other], group)})
    return rows


def weights_of(*names: str) -> Rows:
    """Return a row that says by the hash which shipped files were measured."""
    return [{"weights": name, "sha256": hashlib.sha256(path(name).read_bytes()).hexdigest()} for name in names]


class Likelihoods:
    """The log-probability in nats of each id, given those before it, by a network of letters."""

    def __init__(self, network: Any) -> None:
        self.graph = tf.function(lambda ids: tf.nn.log_softmax(network(ids)))

    def next_ids(self, ids: Ids) -> NDArray[np.float64]:
        """Return those of (rows, time), but for the first: (rows, time - 1)."""
        return np.concatenate(
            [_taken(self.graph(tf.constant(some[:, :-1])), some[:, 1:])[:real] for some, real in _chunks(ids)]
        )

    def at(self, ids: Ids, place: int) -> NDArray[np.float64]:
        """Return those of all ids behind a place: (rows, size)."""
        return np.concatenate(
            [np.asarray(self.graph(tf.constant(some))[:real, place], float) for some, real in _chunks(ids)]
        )


def _taken(logs: Any, ids: Ids) -> NDArray[np.float64]:
    return np.take_along_axis(np.asarray(logs, float), ids[..., None], -1)[..., 0]


def _chunks(ids: Ids) -> Iterator[tuple[Ids, int]]:
    """Cut into pieces of one size, so that a graph is made once; the last is filled up with its first row."""
    size = min(CHUNK, len(ids))
    for at in range(0, len(ids), size):
        some = ids[at : at + size]
        yield np.concatenate([some, np.repeat(some[:1], size - len(some), 0)]), len(some)


def counted(
    train: NDArray[np.int64], tested: NDArray[np.int64], places: NDArray[np.int64], left: int, right: int
) -> Any:
    """Guess the letters at places by counting, with so many letters seen at each side; backs off to fewer.

    train, tested: (letters,) ints from 0, 0 a border     places: (N,) where in `tested`     returns (N,) guesses
    Of two views with as many letters the more even one comes first.
    """
    size = int(max(train.max(), tested.max())) + 1
    views = [(le, ri) for le in range(left + 1) for ri in range(right + 1)]
    guess = np.full(len(places), -1)
    for le, ri in sorted(views, key=lambda view: (-sum(view), abs(view[0] - view[1]))):
        offsets = [*range(-le, 0), *range(1, ri + 1)]
        inside = np.arange(le, len(train) - ri)
        inside = inside[train[inside] > 0]
        keys, counts = np.unique(_key(train, inside, offsets, size) * size + train[inside], return_counts=True)
        order = np.lexsort((keys, -counts, keys // size))  # the most frequent letter of each view first
        seen, first = np.unique(keys[order] // size, return_index=True)
        asked = _key(tested, places, offsets, size)
        found = np.minimum(np.searchsorted(seen, asked), len(seen) - 1)
        known = (seen[found] == asked) & (guess < 0)
        guess[known] = (keys[order][first[found]] % size)[known]
    return guess


def _key(letters: NDArray[np.int64], places: NDArray[np.int64], offsets: list[int], size: int) -> NDArray[np.int64]:
    key = np.zeros(len(places), np.int64)
    for offset in offsets:
        key = key * size + letters[places + offset]
    return key
