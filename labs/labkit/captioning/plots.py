"""Pictures of captioners: where each word looks in a scene, and how that is scored where the place is known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from labkit.base import style
from labkit.base.style import BLUE, GREY, ORANGE, say
from labkit.vision import digits, scenes
from labkit.vision.plots import outline

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from labkit.captioning.captions import Shares
    from labkit.vision.scenes import Scene


def words(scene: Scene, caption: Sequence[str], weights: Any) -> None:
    """Draw a scene, then for each word of its caption where it looked; the cell of a named digit is framed.

    weights: (heads, words or more, 16), one scene of `captions.looks`
    """
    mean = np.asarray(weights, float).mean(0)[: len(caption)]  # (words, 16)
    _, panels = style.subplots(1, len(caption) + 1, size=(1.45 * (len(caption) + 1), 2.0))
    panels[0].imshow(scene.image[..., 0], cmap="gray_r", vmin=0, vmax=1)
    panels[0].set(xticks=[], yticks=[], title="the scene")
    named = iter(scene.cells)
    for axes, word, look in zip(panels[1:], caption, mean, strict=True):
        large = np.kron(look.reshape(4, 4), np.ones((scenes.PATCH, scenes.PATCH)))
        axes.imshow(large, cmap="viridis", vmin=0, vmax=float(mean.max()))
        outline(axes, scene.image[..., 0])
        axes.set(xticks=[], yticks=[], title=word)
        axes.spines[:].set_visible(False)
        if word in scenes.NAMES and (cell := next(named, None)) is not None:
            _frame(axes, cell)
    right = "It is exact." if tuple(caption) == scene.caption else f"True is: {scene}."
    say(f"It writes: {' '.join(caption)}. {right} Framed: the cell of the digit that the word should name.")


def _frame(axes: Any, cell: int) -> None:
    from matplotlib.patches import Rectangle

    corner = (digits.SIDE * (cell % 2) - 0.3, digits.SIDE * (cell // 2) - 0.3)
    axes.add_patch(Rectangle(corner, digits.SIDE - 0.4, digits.SIDE - 0.4, fill=False, ec="white", lw=2.5))


def shares(found: Shares) -> None:
    """Draw where attention lies when a digit of two is named: on its cell, on the other digit's, on empty cells."""
    two = ~found.alone
    parts = {
        "the digit\nthat is named": found.named[two].mean(),
        "the other\ndigit": found.other[two].mean(),
        "the two\nempty cells": found.empty[two].mean(),
    }
    _, axes = style.subplots(size=(6, 3.2))
    axes.bar(list(parts), list(parts.values()), color=[ORANGE, GREY, GREY], width=0.6)
    for place, share in enumerate(parts.values()):
        axes.text(place, share + 0.02, f"{share:.0%}", ha="center")
    axes.axhline(0.5, color=GREY, ls="--", lw=1)
    axes.text(2.4, 0.52, "who only likes ink: half on each digit", ha="right", color=GREY, fontsize=9)
    axes.set(ylim=(0, 1.05), yticks=[0, 0.5, 1], ylabel="share of the attention")
    first, second, third = parts.values()
    say(
        f"In scenes with two digits {first:.0%} of the attention lies on the digit that is being named, "
        f"{second:.0%} on the other one, {third:.0%} where nothing is."
    )


def tree(chances: Mapping[tuple[str, ...], Mapping[str, float]], end: str = "end") -> None:
    """Draw texts of at most one word as a tree with probabilities: greedy's path dashed, the likeliest text bold.

    chances: (words so far) -> word -> its probability; there for no word, and for each first word
    """
    words = [word for word in chances[()] if word != end]
    whole = {(word,): chances[()][word] * chances[word,][end] for word in words} | {(): chances[()][end]}
    likeliest = max(whole, key=lambda text: whole[text])
    greedy = (max(words, key=lambda word: chances[()][word]),)
    _, axes = style.subplots(size=(8, 3.2))
    axes.text(0, 0, "start", ha="center", va="center")
    for row, word in enumerate(words):
        height = 1.0 - 2.0 * row / max(1, len(words) - 1)
        look = {(word,) == greedy: (ORANGE, "--", 2.0), (word,) == likeliest: (BLUE, "-", 3.0)}
        colour, dashes, thick = look.get(True, (GREY, "-", 1.0))
        for left, right, low, high, chance in (
            (0.25, 1.8, 0.0, height, chances[()][word]),
            (2.2, 3.7, height, height, chances[word,][end]),
        ):
            axes.plot([left, right], [low, high], color=colour, ls=dashes, lw=thick)
            axes.text(
                (left + right) / 2, (low + high) / 2 + 0.1, f"{chance:.2f}", ha="center", va="bottom", color=colour
            )
        axes.text(2, height, word, ha="center", va="center", fontsize=13)
        axes.text(3.8, height, f"{end}: {whole[word,]:.3f} in all", ha="left", va="center", color=colour)
    axes.set(xlim=(-0.3, 5.6), ylim=(-1.4, 1.6))
    axes.axis("off")
    say(
        f"Dashed: greedy's path, {' '.join(greedy)}, with {whole[greedy]:.3f}. Bold: the likeliest text, "
        f"{' '.join(likeliest)}, with {whole[likeliest]:.3f}."
    )
