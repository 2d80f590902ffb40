"""Which tunes are versions of one another: they share a third of their runs of twelve steps, in any key and rhythm."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from labkit.notation.tune import Tune

RUN = 12  # intervals
SHARED = 1 / 3  # of the runs of the tune that has fewer
FACTORS = np.array([pow(0x9E3779B97F4A7C15, place, 2**64) for place in range(1, RUN + 1)], dtype=np.uint64)


def gathered(names: Sequence[str], runs: Sequence[NDArray[np.uint64]]) -> list[str]:
    """Name the family of each tune: the first name in it, in the order of letters.

    names: what each tune sounds like (`canonical.family`); runs: those of each tune (`runs`)
    Tunes of one name are of one family, and so are a tune's version and that version's version.
    """
    parents = list(range(len(names)))

    def oldest(place: int) -> int:
        while parents[place] != place:
            parents[place] = parents[parents[place]]
            place = parents[place]
        return place

    firsts: dict[str, int] = {}
    same = [(place, firsts.setdefault(name, place)) for place, name in enumerate(names)]
    for one, other in [*same, *_alike(runs)]:
        low, high = sorted((oldest(one), oldest(other)), key=lambda place: names[place])
        parents[high] = low
    return [names[oldest(place)] for place in range(len(names))]


def runs(tune: Tune) -> NDArray[np.uint64]:
    """Return a number for each run of intervals that occurs in a tune: (runs,)."""
    intervals = np.diff([event.pitches[0] for event in tune.events if event.pitches])
    if len(intervals) < RUN:
        return np.zeros(0, dtype=np.uint64)
    windows = np.lib.stride_tricks.sliding_window_view(intervals, RUN).astype(np.uint64)  # (places, RUN)
    return np.unique((windows * FACTORS).sum(axis=1))


def _alike(all_runs: Sequence[NDArray[np.uint64]]) -> Iterable[tuple[int, int]]:
    """List the pairs of tunes that share enough of their runs."""
    counts = np.array([len(own) for own in all_runs])
    values, owners = np.concatenate(all_runs), np.repeat(np.arange(len(all_runs)), counts)
    order = np.lexsort((owners, values))
    values, owners = values[order], owners[order]
    pairs = []
    for apart in range(1, len(values)):  # the owners of one run stand side by side
        same = values[apart:] == values[:-apart]
        if not same.any():
            break
        pairs.append(np.stack([owners[:-apart][same], owners[apart:][same]], axis=1))
    if not pairs:
        return []
    found, shared = np.unique(np.concatenate(pairs), axis=0, return_counts=True)  # (pairs, 2), (pairs,)
    enough = shared >= SHARED * counts[found].min(axis=1)
    return [(int(one), int(other)) for one, other in found[enough]]
