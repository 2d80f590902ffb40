"""Pictures of a translator: where it looks while it writes, and how exact it is as texts grow long."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from labkit.base import style
from labkit.base.style import GREY, LINES, say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from labkit.translation.translator import Exact

MOST = 0.5  # of the attention lies in the piece of the source that a sentence names
WIDE = 6  # characters of a source in one group of `lengths`
FEW = 20  # pairs; groups with fewer are not drawn
SPACE = "·"  # how a space is shown


def heatmap(
    source: str, target: str, weights: Any, *, head: tuple[int, ...] | str = "mean"
) -> NDArray[np.floating[Any]]:
    """Draw where a model looked: a row for each written character, a column for each one read; say what is to be seen.

    weights: (blocks, heads, written, read), as `Translation.weights` has them for one text, or fewer axes before the
             last two
    head:    "mean" of all heads, the "clearest" one (see `clearest`), or the place of one, (block, head) from 0
    returns the drawn matrix (written, read)
    """
    weights = np.asarray(weights, float)
    if weights.shape[-2:] != (len(target), len(source)):
        raise ValueError(f"Weights {weights.shape} do not belong to {len(target)} characters from {len(source)}.")
    matrix, title = _chosen(weights, head)
    size = (max(4.5, 0.27 * len(source) + 1.8), max(2.6, 0.22 * len(target) + 1.3))
    figure, axes = style.subplots(size=size)
    image = axes.imshow(matrix, cmap="viridis", vmin=0, vmax=max(1e-9, float(matrix.max())), aspect="auto")
    look = {"fontfamily": "monospace", "fontsize": 11}
    axes.set_xticks(range(len(source)), source.replace(" ", SPACE), **look)
    axes.set_yticks(range(len(target)), target.replace(" ", SPACE), **look)
    axes.tick_params(length=0, labeltop=True, labelbottom=False)
    axes.xaxis.set_label_position("top")
    axes.set_xlabel("read", color=GREY)
    axes.set_ylabel("written", color=GREY)
    axes.spines[:].set_visible(False)
    bar = figure.colorbar(image, ax=axes, pad=0.02, fraction=0.05)
    bar.set_label("attention")
    bar.outline.set_visible(False)
    axes.set_title(title, fontsize=10, color=GREY)
    _say_heatmap(source, target, matrix)
    return matrix


def _chosen(weights: NDArray[np.floating[Any]], head: tuple[int, ...] | str) -> tuple[NDArray[np.floating[Any]], str]:
    """Return the matrix to draw, and its title."""
    count = int(np.prod(weights.shape[:-2]))
    if count == 1 or head == "mean":
        return weights.reshape(-1, *weights.shape[-2:]).mean(axis=0), f"mean of {count} heads" if count > 1 else ""
    place = clearest(weights)[0] if isinstance(head, str) else head
    names = ("block", "head")[-len(place) :]
    named = ", ".join(f"{name} {number + 1}" for name, number in zip(names, place, strict=True))
    return weights[place], f"{named}: of {count} the one that tells most" if head == "clearest" else named


def clearest(weights: Any) -> tuple[tuple[int, ...], NDArray[np.floating[Any]]]:
    """Choose the head whose looks tell most about what is written: returns its place, and its matrix (written, read).

    Told is the mutual information of written and read characters: much, where every row is sharp, and rows differ.
    """
    weights = np.asarray(weights, float)
    told = information(weights)
    place = tuple(int(number) for number in np.unravel_index(int(np.argmax(told)), told.shape))
    return place, weights[place]


def information(weights: Any) -> NDArray[np.floating[Any]]:
    """Measure in bits how much a place read tells of the place written: (..., written, read) -> (...)."""
    weights = np.asarray(weights, float)
    return np.asarray(_entropy(weights.mean(axis=-2)) - _entropy(weights).mean(axis=-1))


def _entropy(shares: NDArray[np.floating[Any]]) -> NDArray[np.floating[Any]]:
    return np.asarray(-np.sum(shares * np.log2(np.maximum(shares, 1e-12)), axis=-1))


def pieces(source: str, target: str, matrix: Any) -> list[tuple[str, str, float]]:
    """Tell for each written word the shortest piece of the source with MOST of its attention, and its middle."""
    found = []
    for word in re.finditer(r"\w+", target):
        share = np.asarray(matrix, float)[word.start() : word.end()].mean(axis=0)
        sums = np.concatenate([[0.0], np.cumsum(share / share.sum())])
        places = range(len(source) + 1)
        spans = [(end - start, sums[start] - sums[end], start) for start in places for end in places[start + 1 :]]
        wide, _, start = min(span for span in spans if span[1] <= 1e-9 - MOST)  # of the shortest, that with most
        found.append((word[0], source[start : start + wide], start + (wide - 1) / 2))
    return found


def _say_heatmap(source: str, target: str, matrix: Any) -> None:
    found = pieces(source, target, matrix)
    if not found:
        say("No word was written.")
        return
    centres = [centre for *_, centre in found]
    back = sum(later < earlier for earlier, later in pairwise(centres))
    order = f"It goes back in the source {back} times." if back > 1 else "It goes back in the source once."
    looks = ", ".join(f"“{word}” at “{piece}”" for word, piece, _ in found)
    say(f"Read it row by row. Where most attention lies: {looks}. {order if back else 'It never goes back.'}")


def lengths(models: Mapping[str, Exact], wide: int = WIDE) -> dict[str, list[tuple[float, float, int]]]:
    """Draw how exact models are against the length of the source, and say what is to be seen.

    models: name -> what `translator.exact` returned for the same pairs; wide: characters in one group
    returns for each name (middle of the group, share of exact translations, pairs in the group)
    """
    points = {name: grouped(model, wide) for name, model in models.items()}
    if not all(points.values()):
        say(f"There are fewer than {FEW} pairs of each length: nothing to draw.")
        return points
    _, axes = style.subplots(size=(8.5, 3.6))
    for (name, line), (colour, dashes, mark) in zip(points.items(), LINES, strict=False):
        x, share, count = (np.array(column, float) for column in zip(*line, strict=True))
        near = (share * count + 1) / (count + 2)  # so that 20 of 20 still leave some doubt
        error = np.sqrt(near * (1 - near) / count)
        axes.fill_between(x, 100 * (near - error), 100 * (near + error), color=colour, alpha=0.15, lw=0)
        axes.plot(x, 100 * share, color=colour, ls=dashes, marker=mark, label=name)
    axes.set(xlabel="characters of the source", ylabel="exact translations, %", ylim=(-3, 104))
    axes.margins(x=0.02)
    style.label_ends(axes)
    _say_lengths(points, wide)
    return points


def grouped(model: Exact, wide: int = WIDE) -> list[tuple[float, float, int]]:
    """Group pairs by the length of the source: (middle of the group, share that is exact, pairs in the group)."""
    size = np.array([len(one.source) for one in model.pairs])
    groups = [(number, (size - 1) // wide == number) for number in range(int(size.max(initial=0)) // wide + 1)]
    return [
        (number * wide + (wide + 1) / 2, float(model.right[chosen].mean()), int(chosen.sum()))
        for number, chosen in groups
        if chosen.sum() >= FEW
    ]


def _say_lengths(points: Mapping[str, Sequence[tuple[float, float, int]]], wide: int) -> None:
    """Compare the shortest texts with the longest."""
    parts = [f"{name} {100 * line[0][1]:.0f}% → {100 * line[-1][1]:.0f}%" for name, line in points.items()]
    first, last = (next(iter(points.values()))[place][0] for place in (0, -1))
    half = (wide - 1) / 2
    say(
        f"Exact, from texts of {first - half:.0f} to {first + half:.0f} characters "
        f"to texts of {last - half:.0f} to {last + half:.0f}: {'; '.join(parts)}. Shaded: one standard error."
    )
