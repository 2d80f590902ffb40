"""Words as vectors made by hand, small enough to see what attention does with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from labkit.base import style
from labkit.base.style import BLUE, GREY, LINES, RED, say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

TENNIS = ("He", "tossed", "the", "tennis", "ball", "to", "serve")
# What each word shares with which other one: every shared trait gives the two a cosine of 0.5.
_TRAITS = {
    "He": ("a person", "he throws"),
    "tossed": ("he throws", "it is thrown"),
    "the": ("grammar: the",) * 2,
    "tennis": ("what one plays with", "a game"),
    "ball": ("it is thrown", "what one plays with"),
    "to": ("grammar: to",) * 2,
    "serve": ("a game", "a stroke"),
}
# The heatmap that the lecture draws for this sentence.
DRAWN = np.array(
    [
        [1, 0.5, 0, 0, 0, 0, 0],
        [0.5, 1, 0, 0, 0.5, 0, 0],
        [0, 0, 1, 0, 0, 0, 0],
        [0, 0, 0, 1, 0.5, 0, 0.5],
        [0, 0.5, 0, 0.5, 1, 0, 0],
        [0, 0, 0, 0, 0, 1, 0],
        [0, 0, 0, 0.5, 0, 0, 1],
    ]
)
RIVER = ("she", "sat", "on", "the", "bank", "of", "the", "river")
MONEY = ("the", "bank", "lent", "her", "the", "money")
# (water, money, a person, grammar) for each word.
_SENSES = {
    "bank": (1.5, 1.5, 0.0, 0.0),
    "river": (3.2, 0.0, 0.0, 0.0),
    "sat": (0.4, 0.0, 0.8, 0.0),
    "lent": (0.0, 1.6, 0.4, 0.0),
    "money": (0.0, 3.2, 0.0, 0.0),
    "she": (0.0, 0.0, 1.6, 0.0),
    "her": (0.0, 0.0, 1.6, 0.0),
}
_GRAMMAR = (0.0, 0.0, 0.0, 1.0)


def tennis() -> Vectors:
    """Make the vectors of `TENNIS` (7, traits), each of length 1: two words that share a trait have a cosine of 0.5."""
    traits = sorted({trait for pair in _TRAITS.values() for trait in pair})
    table = np.array([[_TRAITS[word].count(trait) for trait in traits] for word in TENNIS], np.float32)
    return np.asarray(table / np.linalg.norm(table, axis=1, keepdims=True), np.float32)


def senses(words: Sequence[str]) -> Vectors:
    """Make the vectors of a sentence (words, 4): water, money, a person, grammar."""
    return np.array([_SENSES.get(word, _GRAMMAR) for word in words], np.float32)


def table(rows: Mapping[str, Any], words: Sequence[str] = TENNIS) -> None:
    """Draw tables (words, words) side by side, each with the sums of its rows."""
    _, panels = style.subplots(1, len(rows), size=(5.4 * len(rows), 4.6), squeeze=False)
    for number, (name, given) in enumerate(rows.items()):
        axes, weights = panels[0][number], np.asarray(given)
        _cells(axes, weights, words)
        axes.set_title(name)
        for place, total in enumerate(weights.sum(axis=1)):
            axes.text(len(words) - 0.35, place, f"{total:.2f}", va="center", fontsize=9, color=GREY)
        axes.text(len(words) - 0.35, -0.75, "sum", fontsize=9, color=GREY, va="center")
    for name, weights in rows.items():
        sums = np.asarray(weights).sum(axis=1)
        equal = np.allclose(sums, 1, atol=1e-3)
        say(f"{name}: the rows add up to {'1' if equal else f'{sums.min():.1f} to {sums.max():.1f}'}.")


def _cells(axes: Any, weights: NDArray[Any], words: Sequence[str]) -> None:
    axes.imshow(weights, cmap="viridis", vmin=0, vmax=1)
    for row, column in np.ndindex(weights.shape):
        value = float(weights[row, column])
        colour = "white" if value < 0.6 else "black"
        axes.text(column, row, f"{value:.2f}".removeprefix("0"), ha="center", va="center", fontsize=8, color=colour)
    axes.set_xticks(range(len(words)), words, rotation=45, ha="right")
    axes.set_yticks(range(len(words)), words)
    axes.set(xlabel="key: who is looked at", ylabel="query: who looks")
    axes.tick_params(length=0)
    for side in axes.spines.values():
        side.set_visible(False)


def two_banks(moved: Mapping[str, Any]) -> None:
    """Draw where "bank" goes in each sentence, (4,) each, in the plane of water and money."""
    before = np.array(_SENSES["bank"])
    _, axes = style.subplots(size=(7.6, 4.4))
    axes.plot(*before[:2], "o", color=GREY, ms=9)
    axes.annotate("bank, alone", before[:2], (8, 6), textcoords="offset points", color=GREY)
    for (name, after), (colour, dashes, mark) in zip(moved.items(), LINES, strict=False):
        end = np.asarray(after)[:2]
        axes.plot(*zip(before[:2], end, strict=True), color=colour, ls=dashes, lw=1.6)
        axes.plot(*end, mark, color=colour, ms=9)
        axes.annotate(name, end, (8, 10 if end[1] > end[0] else -14), textcoords="offset points", color=colour)
    axes.set(xlabel="water", ylabel="money", xlim=(0, 3.2), ylim=(0, 2.8), title='"bank" after one step of attention')
    for name, after in moved.items():
        water, money = np.asarray(after)[:2]
        say(f"{name}: bank now has {water:.2f} of water and {money:.2f} of money.")


def saturation(widths: Sequence[int], largest: Mapping[str, Sequence[float]], spread: Sequence[float]) -> None:
    """Draw the largest weight of a row against d_k, with and without the scale, and the spread of the scores."""
    _, (left, right) = style.subplots(1, 2, size=(11, 3.8))
    left.plot(widths, spread, "o-", color=BLUE, label="measured")
    left.plot(widths, np.sqrt(widths), "--", color=RED, label="square root of d")
    left.set(xscale="log", yscale="log", xlabel="d_k", title="spread of q · k (standard deviation)")
    left.legend(loc="upper left")
    style.plain_log(left.xaxis, widths)
    style.plain_log(left.yaxis)
    for (name, values), (colour, dashes, mark) in zip(largest.items(), LINES, strict=False):
        right.plot(widths, values, color=colour, ls=dashes, marker=mark, label=name)
    right.set(xscale="log", xlabel="d_k", ylim=(0, 1.05), title="largest weight of a row, mean")
    style.label_ends(right)
    style.plain_log(right.xaxis, widths)
    right.set_xlim(widths[0] * 0.7, widths[-1] * 8)
    for name, values in largest.items():
        say(
            f"{name}: the largest of 16 weights is {values[0]:.2f} at d = {widths[0]}, {values[-1]:.2f} at {widths[-1]}"
        )
