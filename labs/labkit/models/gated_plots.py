"""The picture of the measured gated cells: bits and seconds of each, every seed a mark."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from labkit.base import style
from labkit.base.style import BLACK, GREY, LIGHT, LINES, ORANGE, say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def compared(runs: Sequence[Mapping[str, Any]], point: Mapping[str, Any] | None = None) -> None:
    """Draw bits per character on the test tunes and the CPU seconds of each cell: every seed, the mean, your own point.

    runs: rows of data/lab2/gated.json; point: one more row, of `gated.run`, also of a cell that the others lack
    """
    cells = list(dict.fromkeys(run["cell"] for run in runs))
    own = [point["cell"]] if point and point["cell"] not in cells else []
    size = (10, 0.9 + 0.62 * len(cells + own))
    _, (left, right) = style.subplots(1, 2, size=size, width_ratios=[3, 1.4], sharey=True)
    means = {cell: _mean(runs, cell, "test") for cell in cells}
    for row, cell in enumerate(cells):
        colour, _, mark = LINES[row % len(LINES)]
        each = [run["test"] for run in runs if run["cell"] == cell]
        seconds = _mean(runs, cell, "seconds")
        left.plot([min(each), max(each)], [row, row], color=colour, lw=7, alpha=0.25, solid_capstyle="butt")
        left.plot(each, [row] * len(each), ls="none", marker=mark, ms=6, mfc="white", mew=1.5, color=colour)
        left.plot([means[cell]], [row], marker="|", ms=20, mew=2, color=BLACK, zorder=4)
        right.barh([row], [seconds], color=LIGHT, edgecolor=colour)
        right.text(seconds, row, f" {seconds:.0f}", va="center", color=colour)
        say(
            f"{cell}: {means[cell]:.3f} bits ({min(each):.3f} to {max(each):.3f}, {len(each)} seeds), "
            f"{seconds:.0f} CPU seconds."
        )
    if point:
        left.plot(
            [point["test"]], [(cells + own).index(point["cell"])], "*", ms=18, color=ORANGE, mec="black", zorder=5
        )
        say(
            f"Your run (the star): {point['cell']}, rate {point['rate']:g}, {point['updates']} updates (the others "
            f"{runs[0]['updates']}), {point['test']:.3f} bits."
        )
    left.invert_yaxis()
    units = {run["cell"]: run["units"] for run in [*runs, *([point] if point else [])]}
    left.set_yticks(range(len(cells + own)), [f"{cell}\n{units[cell]} units" for cell in cells + own])
    left.set_xlabel("bits per character, test tunes")
    left.set_title("open marks: the seeds    stroke: their mean")
    left.grid(axis="x", color=LIGHT)
    right.set_xlabel("CPU seconds of the training")
    right.set_xlim(0, 1.25 * max(_mean(runs, cell, "seconds") for cell in cells))
    right.spines["left"].set_color(GREY)
    best, *others = sorted(means, key=lambda cell: means[cell])
    say(f"Lowest mean: {best}. " + _apart(runs, best, others))


def _mean(runs: Sequence[Mapping[str, Any]], cell: str, key: str) -> float:
    return float(np.mean([run[key] for run in runs if run["cell"] == cell]))


def _apart(runs: Sequence[Mapping[str, Any]], best: str, others: Sequence[str]) -> str:
    """Say from which of the others the best differs for every seed that both have: paired by seed."""
    bits = {(run["cell"], run["seed"]): run["test"] for run in runs}
    always = []
    for other in others:
        seeds = [seed for cell, seed in bits if cell == other and (best, seed) in bits]
        if seeds and all(bits[best, seed] < bits[other, seed] for seed in seeds):
            always.append(other)
    rest = [other for other in others if other not in always]
    said = [f"With every seed it is better than: {', '.join(always)}." if always else ""]
    said += [f"Not with every seed: {', '.join(rest)}." if rest else ""]
    return " ".join(filter(None, said))
