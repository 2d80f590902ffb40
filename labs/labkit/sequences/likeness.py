"""A split by likeness: pieces of DNA that are nearly the same, or the same a few letters further, stay on one side.

A copy of a learned piece among the held-out ones can be known by heart. So relatives are held out together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Places = NDArray[np.int64]

SHARE, SHIFT = 0.6, 10  # of 60 letters; two pieces that are not related share some 15 to 20


def nearest(x: Any, others: Any, shift: int = 0) -> NDArray[np.float64]:
    """Return the largest share of equal letters that each piece has with one of the others: (N,).

    x: (N, L, 4) one-hot     others: (M, L, 4)
    shift: so many letters one piece may begin behind the other, either way; the share is of those that lie over
    each other
    """
    return np.asarray(np.max([table.max(1) for table in _shares(x, others, shift)], axis=0))


def families(x: Any, share: float = SHARE, shift: int = SHIFT) -> Places:
    """Put pieces together that share at least so many of their letters, and the relatives of relatives, too: (N,).

    A family is called by the place of its first piece. x, shift: as in `nearest`
    """
    one, other = np.nonzero(np.any([table >= share for table in _shares(x, x, shift)], axis=0))
    named = np.arange(len(x))
    while True:
        lower = named.copy()
        np.minimum.at(lower, one, named[other])
        np.minimum.at(lower, other, named[one])
        if (lower == named).all():
            return named
        named = lower[lower]


def folds(family: Any, labels: Any, count: int = 5, seed: int = 0) -> Places:
    """Deal whole families out to so many parts: (N,) ints from 0; each class is spread as evenly as they allow.

    family, labels: (N,) ints     seed: of the order in which families are dealt out
    """
    names, kinds = np.asarray(family), np.asarray(labels)
    dealt = np.zeros((count, int(kinds.max()) + 1), int)
    found = np.empty(len(names), np.int64)
    members = {name: np.flatnonzero(names == name) for name in np.unique(names)}
    for name in np.random.default_rng(seed).permutation(list(members)):
        own = np.bincount(kinds[members[name]], minlength=dealt.shape[1])
        part = int((dealt[:, own.argmax()]).argmin())
        found[members[name]] = part
        dealt[part] += own
    return found


def _shares(x: Any, others: Any, shift: int) -> Iterator[NDArray[np.float32]]:
    """Give tables (N, M) of shares, one for each shift either way."""
    one, other = (np.asarray(pieces, np.float32) for pieces in (x, others))
    length = one.shape[1]
    for by in range(-shift, shift + 1):
        left, right = (one[:, by:], other[:, : length - by]) if by >= 0 else (one[:, :by], other[:, -by:])
        yield left.reshape(len(one), -1) @ right.reshape(len(other), -1).T / np.float32(length - abs(by))
