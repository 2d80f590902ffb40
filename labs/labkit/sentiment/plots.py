"""Pictures of classifiers: models beside a baseline, a confusion table in numbers, how well a model knows itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from labkit.base import style
from labkit.base.style import BLUE, GREY, LIGHT, ORANGE, say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

DRAWS = 2000
FAR = 3  # a baseline is far where it lies so many times the width of all intervals below the lowest of them


def interval(right: Any, seed: int = 0) -> tuple[float, float, float]:
    """Return the mean of (N,) numbers and its 95% bootstrap interval: mean, low, high."""
    numbers = np.asarray(right, float)
    drawn = np.random.default_rng(seed).integers(0, len(numbers), (DRAWS, len(numbers)))
    low, high = np.percentile(numbers[drawn].mean(1), [2.5, 97.5])
    return float(numbers.mean()), float(low), float(high)


def compare(right: Mapping[str, Any], baseline: float, said: str = "always the frequent class") -> None:
    """Draw the accuracy of each model with its interval, and its difference to the first one, on the same examples.

    right: name -> (N,) bool, or the share of several networks that are right
    baseline: the accuracy of who reads nothing, dashed; where it is far below all of them, only its number is written
    """
    _, (left, beside) = style.subplots(1, 2, size=(11, 0.5 * len(right) + 1.6), width_ratios=[3, 2], sharey=True)
    names = list(right)
    first = np.asarray(right[names[0]], float)
    for row, name in enumerate(names):
        numbers = np.asarray(right[name], float)
        for axes, (mean, low, high) in ((left, interval(numbers)), (beside, interval(numbers - first))):
            axes.plot([low, high], [row, row], color=BLUE, lw=2)
            axes.plot([mean], [row], "o", color=BLUE, ms=7)
    found = [interval(numbers) for numbers in right.values()]
    least, most = min(low for _, low, _ in found), max(high for *_, high in found)
    if far := baseline < least - FAR * (most - least):  # the line would press all intervals together
        left.set(xlim=(least - 0.15 * (most - least), most + 0.05 * (most - least)))
    else:
        left.axvline(baseline, color=GREY, ls="--", lw=1)
    note, place = (f"← {said}: {baseline:.2f}", left.get_xlim()[0]) if far else (said, baseline)
    left.annotate(note, (place, -0.75), (4, 0), textcoords="offset points", color=GREY, fontsize=9)
    left.set_yticks(range(len(names)), names)
    left.set(ylim=(len(names) - 0.5, -1), xlabel="accuracy, 95% interval")
    beside.axvline(0, color=GREY, lw=1)
    beside.set(xlabel=f"minus {names[0]}, on the same examples")
    differs = [name for name in names[1:] if _apart(np.asarray(right[name], float) - first)]
    say(
        f"Of {len(first)} examples. Differences to {names[0]} whose interval leaves out 0: "
        f"{', '.join(differs) if differs else 'none'}."
    )


def _apart(difference: Any) -> bool:
    _, low, high = interval(difference)
    return low > 0 or high < 0


def confusion(matrix: Any, names: Sequence[str], title: str = "") -> None:
    """Draw a confusion table (K, K) as numbers; row: the truth, column: what was said; the sums of rows beside it."""
    table = np.asarray(matrix, int)
    share = table / np.maximum(table.sum(1, keepdims=True), 1)
    _, axes = style.subplots(size=(1.4 * len(table) + 2.4, 1.0 * len(table) + 1.2))
    axes.imshow(share, cmap="Blues", vmin=0, vmax=1.4, aspect="auto")
    for row, column in np.ndindex(*table.shape):
        axes.text(column, row, f"{table[row, column]:,}\n{share[row, column]:.0%}", ha="center", va="center")
    for row, total in enumerate(table.sum(1)):
        axes.text(len(table) - 0.35, row, f"of {total:,}", va="center", color=GREY)
    axes.set_xticks(range(len(names)), names)
    axes.set_yticks(range(len(names)), names)
    axes.tick_params(length=0)
    axes.set(xlabel="said", ylabel="true", xlim=(-0.5, len(table) + 0.1), title=title)
    axes.spines[:].set_visible(False)
    weak = int(share.diagonal().argmin())
    say(f"Least often found: {names[weak]}, in {share[weak, weak]:.0%} of {table.sum(1)[weak]:,} cases.")


def reliability(probabilities: Mapping[str, Any], truth: Any, bins: int = 10) -> None:
    """Draw for each model how often it is right where it is so sure; probabilities: name -> (N, K).

    Bins as in Guo et al. (2017); below each the number of examples. On the diagonal a model knows what it knows.
    """
    labels = np.asarray(truth)
    _, panels = style.subplots(
        2, len(probabilities), size=(4.3 * len(probabilities), 4.6), squeeze=False, height_ratios=[3, 1], sharex=True
    )
    said = []
    for (top, down), (name, given) in zip(panels.T, probabilities.items(), strict=True):
        table = np.asarray(given, float)
        sure, right = table.max(1), table.argmax(1) == labels
        place = np.minimum((sure * bins).astype(int), bins - 1)
        many = np.bincount(place, minlength=bins)
        share, mean = (np.bincount(place, one, bins) / np.maximum(many, 1) for one in (right, sure))
        middle, there = (np.arange(bins) + 0.5) / bins, many > 0
        top.bar(middle[there], share[there], width=0.9 / bins, color=BLUE)
        top.plot(mean[there], mean[there], "_", color=ORANGE, ms=16, mew=2.5)
        top.plot([0, 1], [0, 1], color=GREY, ls="--", lw=1)
        top.set(title=name, ylim=(0, 1.02), xlim=(0, 1), ylabel="share right")
        down.bar(middle, many, width=0.9 / bins, color=LIGHT, edgecolor=GREY, lw=0.5)
        down.set(xlabel="how sure it is", ylabel="examples")
        said.append(f"{name} {float((many * np.abs(share - mean)).sum() / len(labels)):.3f}")
    say(f"Orange: how high each bar should be. Mean distance, weighted by the examples: {', '.join(said)}.")
