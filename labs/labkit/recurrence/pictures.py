"""Drawings of ideas: a padded batch, an embedding, an unrolled network, the shapes of tasks, gradients on their way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from labkit.base import style
from labkit.base.style import BLACK, BLUE, GREEN, GREY, ORANGE, PURPLE, RED, SKY

if TYPE_CHECKING:
    from collections.abc import Sequence


def padded_batch(sentences: Sequence[Sequence[str]], ids: Any, mask: Any) -> None:
    """Draw a batch as a table: words above their ids, padding hatched.

    sentences: lists of words; ids, mask: (batch, time), as pad_batch returns them
    """
    from matplotlib.patches import Rectangle

    ids, mask = np.asarray(ids), np.asarray(mask)
    rows, columns = ids.shape
    axes = style.canvas((min(11.0, 1.15 * columns + 1.2), 0.62 * rows + 0.9), 1.5 * columns + 1, 0.95 * rows + 0.7)
    for row in range(rows):
        y = 0.95 * (rows - 1 - row) + 0.05
        axes.text(0.8, y + 0.42, f"row {row}", ha="right", va="center", color=GREY)
        for column in range(columns):
            real = bool(mask[row, column])
            axes.add_patch(
                Rectangle(
                    (1 + 1.5 * column, y),
                    1.44,
                    0.85,
                    edgecolor=BLUE if real else GREY,
                    facecolor=SKY + "40" if real else "white",
                    hatch=None if real else "///",
                )
            )
            word = sentences[row][column] if real and column < len(sentences[row]) else "padding"
            middle = 1.72 + 1.5 * column
            label = {"facecolor": "white", "edgecolor": "none", "pad": 0.6} if not real else None
            axes.text(
                middle, y + 0.62, word, ha="center", va="center", fontsize=10, bbox=label, color=BLACK if real else GREY
            )
            axes.text(
                middle,
                y + 0.24,
                f"{ids[row, column]}",
                ha="center",
                va="center",
                fontsize=10,
                weight="bold",
                bbox=label,
            )
    for column in range(columns):
        axes.text(
            1.72 + 1.5 * column, 0.95 * rows + 0.25, f"step {column}", ha="center", va="center", color=GREY, fontsize=10
        )
    steps = int(mask.sum())
    style.say(
        f"{rows} rows, {columns} steps. Real (mask True): {steps} cells. Padding (hatched, False): {mask.size - steps}."
    )


def embedding(words: Sequence[str], ids: Any, E: Any, vectors: Any) -> None:
    """Draw one-hot rows times E, and the vectors that come out: each is a row of E.

    ids: (time,); E: (vocabulary size, d); vectors: (time, d)
    """
    ids, E, vectors = np.asarray(ids), np.asarray(E), np.asarray(vectors)
    size = (11, 0.34 * max(len(E), len(ids)) + 1.0)
    figure, (left, middle, right) = style.subplots(1, 3, size, width_ratios=[1.5, 1, 1])
    span = np.abs(E).max()
    left.imshow(np.eye(len(E))[ids], cmap="Greys", vmin=0, vmax=1.6, aspect="auto")
    left.set_title(f"one-hot ids ({len(ids)}, {len(E)})")
    left.set_xlabel("id")
    left.set_yticks(range(len(words)), words)
    middle.imshow(E, cmap="viridis", vmin=-span, vmax=span, aspect="auto")
    middle.set_title(f"times E {E.shape}")
    middle.set_yticks(range(len(E)), [f"row {i}" for i in range(len(E))])
    image = right.imshow(vectors, cmap="viridis", vmin=-span, vmax=span, aspect="auto")
    figure.colorbar(image, ax=right, label="value, in E and in the vectors")
    right.set_title(f"= vectors {vectors.shape}")
    right.set_yticks(range(len(words)), [f"{word}: row {i}" for word, i in zip(words, ids, strict=True)])
    for axes in (middle, right):
        axes.set_xlabel("feature")
        axes.set_xticks(range(E.shape[1]))
    left.set_xticks(range(len(E)))


def unrolled(words: Sequence[str], answer: str) -> None:
    """Draw the network folded, with its loop, and unrolled over the words of a sentence."""
    steps = len(words)
    axes = style.canvas((11, 4.1), 2.6 * steps / 1.5 + 4.6, 4.4)
    _cell(axes, 1.2, "x_t", "h_t", r"logits$_t$", labels=True)
    loop = {"arrowstyle": "-|>", "color": RED, "lw": 1.6, "connectionstyle": "arc3,rad=1.6"}
    axes.annotate("", (0.75, 2.02), (0.75, 2.48), arrowprops=loop)
    axes.text(0.12, 2.62, r"$W_{hh}$", color=RED, fontsize=11)
    axes.text(1.2, 0.1, "folded", ha="center", color=GREY)
    axes.text(2.75, 2.2, "=", fontsize=22, va="center", ha="center")
    gap = 1.73
    axes.text(3.55, 2.25, r"$h_0$", ha="center", va="center", fontsize=12)
    for t, word in enumerate(words):
        x = 5.0 + gap * t
        axes.text(x, 0.1, word, ha="center", color=GREY)
        name = f"{t + 1}"
        _cell(axes, x, f"x_{name}", f"h_{name}", rf"logits$_{{{name}}}$", labels=False)
        start = 3.8 if t == 0 else x - gap + 0.5
        style.arrow(axes, (start, 2.25), (x - 0.5, 2.25), RED, text=r"$W_{hh}$")
    axes.text(5.0 + gap * (steps - 1), 4.2, f"“{answer}”?", ha="center", va="center", color=GREEN, weight="bold")
    style.say(
        f"One cell, drawn {steps} times. Arrows of one colour are one matrix: a longer sentence needs no new weights."
    )


def _cell(axes: Any, x: float, inp: str, state: str, output: str, *, labels: bool) -> None:
    style.box(axes, x, 0.9, f"${_index(inp)}$", SKY)
    style.box(axes, x, 2.25, f"${_index(state)}$", ORANGE)
    style.box(axes, x, 3.6, output, GREEN, (1.15, 0.6))
    style.arrow(axes, (x, 1.2), (x, 1.95), BLUE, text=r"$W_{xh}$" if labels else "")
    style.arrow(axes, (x, 2.55), (x, 3.3), GREEN, text=r"$W_{hy}$" if labels else "")


def _index(name: str) -> str:
    letter, _, index = name.partition("_")
    return f"{letter}_{{{index}}}"


def task_shapes() -> None:
    """Draw the five shapes of tasks, each with its example."""
    axes = style.canvas((11.5, 7.4), 19.4, 12.4)
    _shape(axes, (0.4, 6.9), "one to one", "a student →\npass or fail?", 1, [0], [0])
    _shape(
        axes, (4.6, 6.9), "many to one", "a review → good or bad?\nframes of a ball → its next place", 3, [0, 1, 2], [2]
    )
    _shape(
        axes, (11.0, 6.9), "one to many", "an image → a caption\none word → a sentence", 4, [0], [0, 1, 2, 3], fed=True
    )
    _shape(axes, (0.4, 0.5), "many to many, aligned", "words → the next word, at each step", 3, [0, 1, 2], [0, 1, 2])
    _shape(
        axes,
        (7.2, 0.5),
        "many to many, encoder-decoder",
        "a sentence → another language",
        6,
        [0, 1, 2],
        [3, 4, 5],
        fed=True,
    )
    left, right = 7.2 + 0.5, 7.2 + 0.5 + 1.75 * 5
    for start, end, name in ((left, left + 3.5, "encoder: reads"), (left + 5.25, right, "decoder: writes")):
        axes.plot([start - 0.4, end + 0.4], [1.35, 1.35], color=GREY, lw=1.2)
        axes.text((start + end) / 2, 1.05, name, ha="center", va="center", fontsize=9, color=GREY)
    style.say(
        "The cell is the same in all five. What changes is where inputs enter and where outputs are read. "
        "Dashed: an output that becomes the next input."
    )


def _shape(
    axes: Any,
    corner: tuple[float, float],
    title: str,
    example: str,
    steps: int,
    inputs: Sequence[int],
    outputs: Sequence[int],
    *,
    fed: bool = False,
) -> None:
    """Draw one shape; fed: each output becomes the next input, where no other one enters."""
    left, low = corner
    wide, size = 1.75, (0.85, 0.6)
    axes.text(left, low + 5.1, title, ha="left", weight="bold")
    axes.text(left, low - 0.1, example, ha="left", va="center", fontsize=9, color=GREY)
    for t in range(steps):
        x = left + 0.5 + wide * t
        style.box(axes, x, low + 2.75, "h", ORANGE, size)
        if t in inputs:
            style.box(axes, x, low + 1.4, "x", SKY, size)
            style.arrow(axes, (x, low + 1.7), (x, low + 2.45), BLUE)
        if t in outputs:
            style.box(axes, x, low + 4.1, "y", GREEN, size)
            style.arrow(axes, (x, low + 3.05), (x, low + 3.8), GREEN)
        if fed and t - 1 in outputs:
            corner_x = x - wide / 2
            axes.plot(
                [x - wide + 0.45, corner_x, corner_x], [low + 4.1, low + 4.1, low + 1.9], color=PURPLE, ls="--", lw=1.6
            )
            style.arrow(axes, (corner_x, low + 1.9), (x - 0.12, low + 2.42), PURPLE, "--")
        if t:
            style.arrow(axes, (x - wide + 0.45, low + 2.75), (x - 0.45, low + 2.75), RED)


def backwards(steps: int = 4) -> None:
    """Draw how gradients walk back through time: from each loss down to its state, and from state to state."""
    axes = style.canvas((10, 4.6), 2.3 * steps + 1.6, 5.2)
    axes.text(0.35, 2.25, r"$h_0$", ha="center", va="center", fontsize=12)
    for t in range(1, steps + 1):
        x = 2.3 * t - 0.5
        style.box(axes, x, 0.9, f"$x_{t}$", SKY)
        style.box(axes, x, 2.25, f"$h_{t}$", ORANGE)
        style.box(axes, x, 3.55, f"logits$_{t}$", GREEN, (1.2, 0.6))
        style.box(axes, x, 4.75, f"$L_{t}$", GREY, (1.0, 0.55))
        start = x - 2.3 + 0.5 if t > 1 else 0.65
        for low, high in ((1.2, 1.95), (2.55, 3.25), (3.85, 4.47)):
            style.arrow(axes, (x - 0.2, low), (x - 0.2, high), BLACK)
            style.arrow(axes, (x + 0.2, high), (x + 0.2, low), RED, "--")
        style.arrow(axes, (start, 2.4), (x - 0.5, 2.4), BLACK)
        style.arrow(axes, (x - 0.5, 2.1), (start, 2.1), RED, "--")
        axes.text((start + x - 0.5) / 2, 1.88, r"$W_{hh}^T$", color=RED, ha="center", va="center", fontsize=10)
        axes.text(x + 0.28, 2.9, r"$W_{hy}^T$", color=RED, ha="left", va="center", fontsize=10)
        axes.text(x + 0.28, 1.55, r"to $W_{xh}$", color=RED, ha="left", va="center", fontsize=10)
    style.say(
        "Black: the forward pass. Red, dashed: gradients on their way back. "
        "Two of them arrive at each state but the last, and they add up."
    )
