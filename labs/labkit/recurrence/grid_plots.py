"""Plots of measured grids: how far a memory reaches, by cell, by budget, and beside a nearer clue."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from labkit.base import style
from labkit.base.style import GREY, LINES, ORANGE, say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


LEARNED = 0.9  # a recall above this is called learned


def forgetting(runs: Sequence[Mapping[str, Any]], chance: float, point: Mapping[str, Any] | None = None) -> None:
    """Draw recall over the number of steps between: mean and range of the measured seeds, and your own point.

    runs: rows with cell, gap, seed, accuracy; point: {"cell": ..., "gap": ..., "accuracy": ...}
    """
    _, axes = style.subplots(size=(8.5, 4.2))
    names = {"tanh": "tanh", "relu_identity": "ReLU, identity"}
    for (cell, name), (colour, dashes, mark) in zip(names.items(), LINES, strict=False):
        gaps = sorted({run["gap"] for run in runs if run["cell"] == cell})
        table = [[run["accuracy"] for run in runs if run["cell"] == cell and run["gap"] == gap] for gap in gaps]
        means = [float(np.mean(row)) for row in table]
        axes.fill_between(
            gaps, [min(row) for row in table], [max(row) for row in table], color=colour, alpha=0.18, lw=0
        )
        axes.plot(gaps, means, color=colour, ls=dashes)
        # Where both cells are right, the small marks are seen among the strokes.
        seed, size = ("|", 12) if mark == "s" else (mark, 3.2)
        for gap, row in zip(gaps, table, strict=True):
            axes.plot(apart(gap, len(row), 0.8), row, marker=seed, ms=size, ls="none", color=colour, zorder=4)
        axes.text(gaps[-1] * 1.02, means[-1] + 0.02, name, color=colour, va="bottom")
        good = [gap for gap, mean in zip(gaps, means, strict=True) if mean > 0.9]
        say(f"{name}: right in more than 9 of 10 cases, on average, at k = {', '.join(map(str, good)) or 'none'}.")
    axes.axhline(chance, color=GREY, ls=":")
    axes.text(axes.get_xlim()[0] + 1, chance + 0.015, "guessing", color=GREY)
    if point:
        axes.plot([point["gap"]], [point["accuracy"]], "*", ms=20, color=ORANGE, mec="black", zorder=5)
        axes.annotate("your run", (point["gap"], point["accuracy"]), (8, -16), textcoords="offset points")
        say(f"Your run: {names[point['cell']]}, k = {point['gap']}, right in {point['accuracy']:.0%} of the cases.")
    axes.set_xlim(0, max(run["gap"] for run in runs) * 1.25)
    axes.set_ylim(0, 1.06)
    axes.set_xlabel("k, fillers between the country and the question")
    axes.set_ylabel("recall (share of right answers)")
    axes.set_title("lines: mean of the seeds    marks: one for each seed")


def apart(middle: float, count: int, step: float) -> list[float]:
    """Return so many places around `middle`, `step` from one to the next: marks of one value can be counted there."""
    return [middle + step * (place - (count - 1) / 2) for place in range(count)]


def edge(runs: Sequence[Mapping[str, Any]], chance: float) -> None:
    """Draw the recall of one cell over the number of steps between, a line for each budget of its training.

    runs: rows with steps, rate, gap, seed, accuracy
    """
    _, axes = style.subplots(size=(10, 4.6))
    budgets = sorted({(run["steps"], run["rate"]) for run in runs})
    for (steps, rate), (colour, dashes, mark), shift in zip(budgets, LINES, apart(0, len(budgets), 1.5), strict=False):
        name = f"{steps:,} steps, rate {rate:g}"
        rows = [run for run in runs if (run["steps"], run["rate"]) == (steps, rate)]
        gaps = sorted({run["gap"] for run in rows})
        table = {gap: [run["accuracy"] for run in rows if run["gap"] == gap] for gap in gaps}
        means = [np.mean(table[gap]) for gap in gaps]
        axes.plot([gap + shift for gap in gaps], means, color=colour, ls=dashes, marker=mark, ms=3, label=name)
        for gap in gaps:
            places = apart(gap + shift, len(table[gap]), 0.27)
            axes.plot(places, table[gap], marker=mark, ms=6, mfc="white", mew=1.6, ls="none", color=colour, zorder=4)
        learned = ", ".join(f"{sum(value > LEARNED for value in table[gap])} at k = {gap}" for gap in gaps)
        say(f"{name}: seeds of {len(table[gaps[0]])} that learned it: {learned}.")
    axes.axhline(chance, color=GREY, ls=":")
    axes.text((gaps[-1] + gaps[-2]) / 2, chance - 0.02, "guessing", color=GREY, ha="center", va="top")
    axes.axhline(LEARNED, color=GREY, ls=":")
    axes.text(gaps[-1] + 2.2, LEARNED + 0.01, "learned: above 0.9", color=GREY, ha="right", va="bottom")
    axes.set_xticks(gaps)
    axes.set_ylim(0, 1.06)
    axes.set_title("lines: mean of the seeds    open marks: one for each seed")
    axes.set_xlabel("k, fillers between the country and the question")
    axes.set_ylabel("recall (share of right answers)")
    axes.legend(loc="center right", title="tanh network")


def clues(runs: Sequence[Mapping[str, Any]], chance: float) -> None:
    """Draw whom a network believes where two clues disagree, over the number of steps between them.

    runs: rows with gap, seed, first, last: shares of the sequences in which it names the country of that word
    """
    _, axes = style.subplots(size=(8.5, 3.8))
    gaps = sorted({run["gap"] for run in runs})
    names = {"first": "the first word (always right)", "last": "the last word (right in 3 of 4)"}
    means: dict[str, list[float]] = {}
    for (key, name), (colour, dashes, mark) in zip(names.items(), LINES, strict=False):
        table = [[run[key] for run in runs if run["gap"] == gap] for gap in gaps]
        means[key] = [float(np.mean(row)) for row in table]
        axes.plot(gaps, means[key], color=colour, ls=dashes, marker=mark, label=name)
        low, high = [min(row) for row in table], [max(row) for row in table]
        axes.fill_between(gaps, low, high, color=colour, alpha=0.18, lw=0)
    axes.axhline(chance, color=GREY, ls=":")
    axes.text(gaps[0], chance + 0.015, "guessing", color=GREY)
    axes.set_xticks(gaps)
    axes.set_ylim(0, 1.06)
    axes.set_xlabel("k, steps between the two words")
    axes.set_ylabel("share that it believes")
    axes.legend(loc="center left", title="where they disagree, it names")
    for gap, first, last in zip(gaps, means["first"], means["last"], strict=True):
        say(f"k = {gap}: it believes the first word in {first:.0%}, the last word in {last:.0%} of the cases.")
