"""A cell that follows the bar: pictures of what it holds, and which bars are full, or occur again, without it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from labkit.base import style
from labkit.base.style import BLACK, BLUE, GREY, LIGHT, ORANGE, RED, say
from labkit.evaluation import metrics
from labkit.notation import abc, bars

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

DRAWS = 1000


def counts(texts: Sequence[str]) -> NDArray[np.int64]:
    """Count full bars and all bars of each tune whose header can be read: (tunes, 2)."""
    tunes = [tune for tune in map(abc.read, texts) if not tune.outside("header")]
    sizes = [len(bars.split(tune)) for tune in tunes]
    rows = [(max(size - len(tune.wrong("bar")), 0), size) for tune, size in zip(tunes, sizes, strict=True)]
    return np.array(rows, np.int64).reshape(-1, 2)


def share(table: NDArray[np.int64]) -> tuple[float, float, float]:
    """Return the share of full bars with its 95% interval, tunes drawn anew: (share, low, high)."""
    full, all_ = table.sum(0)
    drawn = np.random.default_rng(0).integers(0, len(table), (DRAWS, len(table)))
    several = table[drawn].sum(1)  # (draws, 2)
    low, high = np.percentile(several[:, 0] / np.maximum(several[:, 1], 1), [2.5, 97.5])
    return float(full / max(all_, 1)), float(low), float(high)


def _share_of(texts: Sequence[str]) -> tuple[float, float, float]:
    """Return `share` of some tunes; not a number where no header can be read."""
    table = counts(texts)
    return share(table) if table.any() else (math.nan, math.nan, math.nan)


def follow(text: str, c: Sequence[float], place: Sequence[float], name: str, notes: int = 48) -> None:
    """Draw what one cell holds before each note of a tune, with the place in the bar below; c, place: (notes,)."""
    _, (above, below) = style.subplots(2, 1, (10, 3.8), sharex=True, height_ratios=[2, 1])
    held, share_ = np.asarray(c)[:notes], np.asarray(place)[:notes]
    steps = range(1, len(held) + 1)
    above.plot(steps, held, color=BLUE, marker="o", ms=4)
    below.step(steps, share_, where="mid", color=GREY)
    for step in steps:
        if share_[step - 1] == 0:
            for axes in (above, below):
                axes.axvline(step - 0.5, color=LIGHT, zorder=0)
    above.set_ylabel("cell state")
    above.set_title(f"{name}, before each note of {abc.read(text).title or 'a tune'}; grey lines: bar lines")
    below.set_ylabel("share of the\nbar that is over")
    below.set_xlabel("note")


def without(groups: Mapping[str, Sequence[str]], controls: Mapping[str, Sequence[Sequence[str]]]) -> dict[str, Any]:
    """Draw the share of full bars, with and without some cells; return name -> (share, low, high).

    groups:   name -> tunes, from top to bottom
    controls: name of one of the groups -> as many sets of tunes with other cells held instead: hollow marks beside it
    """
    found = {name: _share_of(texts) for name, texts in groups.items()}
    _, axes = style.subplots(size=(9, 0.9 + 0.55 * len(groups)))
    for row, (name, (middle, low, high)) in enumerate(found.items()):
        if math.isnan(middle):
            say(f"{name}: there is no tune with a header that can be read.")
            continue
        axes.plot([low, high], [row, row], color=BLACK, lw=1.5)
        axes.plot(middle, row, "s", color=RED if name in controls else BLUE, ms=8)
        shares = [_share_of(texts)[0] for texts in controls.get(name, ())]
        beside = [one for one in shares if not math.isnan(one)]
        axes.plot(beside, np.full(len(beside), row + 0.25), "o", mfc="none", mec=ORANGE, ms=6)
        said = f", {len(beside)} times other cells: {min(beside):.0%} to {max(beside):.0%}" if beside else ""
        say(f"{name}: {middle:.0%} of the bars are full (95% interval {low:.0%} to {high:.0%}){said}.")
    axes.set_yticks(range(len(found)), list(found))
    axes.set_ylim(len(found) - 0.4, -0.5)
    axes.set_xlim(0, 1.02)
    axes.set_xticks(np.linspace(0, 1, 6), [f"{one:.0%}" for one in np.linspace(0, 1, 6)])
    axes.set_title("share of full bars    square: these cells held    rings: as many other cells held")
    return found


def occurring_again(texts: Sequence[str]) -> tuple[float, int]:
    """Return the share of bars that occur again in their tune, and how many bars there are, over all readable tunes."""
    tunes = [tune for tune in map(abc.read, texts) if not tune.outside("header")]
    again, all_ = np.array([metrics.repeated_bars(tune) for tune in tunes] or [(0, 0)], float).sum(0)
    return float(again / max(all_, 1)), int(all_)
