"""Pictures of pictures: a digit cut into patches (rightly and wrongly), and maps of attention over digits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from labkit.base import style
from labkit.base.style import BLUE, GREY, ORANGE, say
from labkit.vision import digits

if TYPE_CHECKING:
    from collections.abc import Sequence

INK = 0.5  # a pixel with at least so much counts as ink in an outline


def cut(image: Any, size: int = 2) -> None:
    """Draw a picture (H, W, 1) with its grid, its patches in a row, and what a mere reshape gives in their place."""
    picture = np.asarray(image, float)
    right = digits.patches(picture[None], size)[0].reshape(-1, size, size)
    wrong = picture.reshape(-1, size, size)  # consecutive pixels of a row, folded
    figure = style.subplots(size=(11, 3.4))[0]
    figure.clear()
    grid = figure.add_gridspec(4, len(right) + 4, height_ratios=[0.4, 1, 0.4, 1])
    whole = figure.add_subplot(grid[:, :4])
    _ink(whole, picture[..., 0])
    for line in range(size, picture.shape[0], size):
        whole.axhline(line - 0.5, color=BLUE, lw=1)
        whole.axvline(line - 0.5, color=BLUE, lw=1)
    whole.set_title("cut here")
    for row, (pieces, name) in enumerate(
        ((right, "patches, row by row"), (wrong, "reshape alone: stripes, no squares"))
    ):
        above = figure.add_subplot(grid[2 * row, 4:])
        above.axis("off")
        above.text(0, 0, name, fontsize=10, va="bottom")
        for place, piece in enumerate(pieces):
            axes = figure.add_subplot(grid[2 * row + 1, 4 + place])
            _ink(axes, piece)
            axes.set_title(str(place), fontsize=8, loc="center", color=GREY)
    across = picture.shape[1] // size
    say(
        f"Patch {across} of the upper row is the square below patch 0; with reshape alone a “patch” holds "
        f"{size * size} pixels of one row of the picture, so that what stands below each other is torn apart."
    )


def maps(images: Any, weights: Any, titles: Sequence[str] = (), label: str = "attention") -> None:
    """Draw maps over digits, all with one scale, the ink outlined.

    images: (count, H, W, 1)     weights: (count, N) one number for each patch, row by row
    """
    pictures, table = np.asarray(images, float)[..., 0], np.asarray(weights, float)
    side = round(table.shape[1] ** 0.5)
    figure, panels = style.subplots(1, len(table), size=(1.5 * len(table) + 1, 2.1), squeeze=False)
    top = float(table.max())
    for number, (axes, picture, row) in enumerate(zip(panels[0], pictures, table, strict=True)):
        large = np.kron(row.reshape(side, side), np.ones(np.array(picture.shape) // side))
        drawn = axes.imshow(large, cmap="viridis", vmin=0, vmax=top)
        outline(axes, picture)
        axes.set(xticks=[], yticks=[], title=titles[number] if titles else "")
        axes.spines[:].set_visible(False)
    figure.colorbar(drawn, ax=panels[0], label=label)
    inked = pictures.reshape(len(table), side, pictures.shape[1] // side, side, -1).max((2, 4)).reshape(table.shape) > 0
    say(
        f"In these {len(table)} a patch with ink gets {table[inked].mean():.3f} on average, an empty one "
        f"{table[~inked].mean():.3f}; "
        f"if all got the same, each would get {table.mean():.3f}."
    )


def outline(axes: Any, picture: Any) -> None:
    """Draw a line around the ink of a picture (H, W)."""
    ink = np.pad(np.asarray(picture) >= INK, 1)
    for row, column in np.argwhere(ink[:, 1:] != ink[:, :-1]):
        axes.plot([column - 0.5] * 2, [row - 1.5, row - 0.5], color=ORANGE, lw=1.2)
    for row, column in np.argwhere(ink[1:] != ink[:-1]):
        axes.plot([column - 1.5, column - 0.5], [row - 0.5] * 2, color=ORANGE, lw=1.2)


def _ink(axes: Any, picture: Any) -> None:
    axes.imshow(picture, cmap="gray_r", vmin=0, vmax=1)
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set_visible(True)
    axes.spines[:].set_color(GREY)
