"""How the pictures of the labs look: one palette that colour-blind readers can tell apart, one size of type."""

from __future__ import annotations

import builtins
import html
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

# Okabe and Ito's palette.
BLACK, ORANGE, SKY, GREEN = "#000000", "#E69F00", "#56B4E9", "#009E73"
YELLOW, BLUE, RED, PURPLE = "#F0E442", "#0072B2", "#D55E00", "#CC79A7"
GREY, LIGHT = "#6B6B6B", "#E6E6E6"
# Colour never stands alone: each line has its own dashes and mark too.
LINES = (
    (BLUE, "-", "o"),
    (RED, "--", "s"),
    (GREEN, "-.", "^"),
    (PURPLE, ":", "D"),
    (BLACK, (0, (5, 1)), "v"),
    (ORANGE, "-", "P"),
)

SETTINGS: dict[str, Any] = {
    "figure.facecolor": "white",
    "axes.facecolor": "white",
    "savefig.facecolor": "white",
    "font.size": 11,
    "axes.titlesize": 12,
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": False,
    "text.color": BLACK,
    "legend.frameon": False,
    "figure.constrained_layout.use": True,
}


def subplots(rows: int = 1, columns: int = 1, size: tuple[float, float] = (8, 3.6), **options: Any) -> Any:
    """Open a figure in the labs' style; returns (figure, axes) as matplotlib.pyplot.subplots does."""
    import matplotlib.pyplot as plt

    plt.rcParams.update(SETTINGS)  # type: ignore[arg-type,unused-ignore]
    return plt.subplots(rows, columns, figsize=size, **options)


def canvas(size: tuple[float, float], width: float, height: float) -> Any:
    """Open an empty drawing without axes, `width` by `height` units large; returns the axes."""
    _, axes = subplots(size=size)
    blank(axes, width, height)
    return axes


def blank(axes: Any, width: float, height: float) -> None:
    """Turn axes into an empty drawing, `width` by `height` units large."""
    axes.set_xlim(0, width)
    axes.set_ylim(0, height)
    axes.set_aspect("equal")
    axes.axis("off")


def box(axes: Any, x: float, y: float, text: str, colour: str = SKY, size: tuple[float, float] = (1.0, 0.6)) -> None:
    """Draw a rounded box around a word; x and y are its middle."""
    from matplotlib.patches import FancyBboxPatch

    width, height = size
    corner = (x - width / 2 + 0.08, y - height / 2 + 0.08)
    shape = FancyBboxPatch(
        corner, width - 0.16, height - 0.16, "round,pad=0.08", facecolor=colour + "40", edgecolor=colour, lw=1.5
    )
    axes.add_patch(shape)
    axes.text(x, y, text, ha="center", va="center", fontsize=11)


def arrow(
    axes: Any,
    start: tuple[float, float],
    end: tuple[float, float],
    colour: str = BLACK,
    dashes: str = "-",
    text: str = "",
) -> None:
    """Draw an arrow, with a label beside its middle."""
    axes.annotate(
        "",
        end,
        start,
        arrowprops={"arrowstyle": "-|>", "color": colour, "lw": 1.6, "linestyle": dashes, "shrinkA": 0, "shrinkB": 0},
    )
    if text:
        upright = abs(end[0] - start[0]) < abs(end[1] - start[1])
        middle = ((start[0] + end[0]) / 2 + (0.1 if upright else 0), (start[1] + end[1]) / 2 + (0 if upright else 0.1))
        axes.text(
            *middle,
            text,
            color=colour,
            ha="left" if upright else "center",
            va="center" if upright else "bottom",
            fontsize=10,
        )


def plain_log(axis: Any, ticks: Sequence[float] | None = None) -> None:
    """Write the numbers of a logarithmic axis as 1, 2, 5, 10, 20 in place of powers; ticks: at these places only."""
    from matplotlib import ticker

    axis.set_major_locator(ticker.FixedLocator(ticks) if ticks is not None else ticker.LogLocator(subs=(1, 2, 5)))
    axis.set_major_formatter(ticker.FuncFormatter(lambda value, _: f"{value:,.10g}"))
    axis.set_minor_locator(ticker.NullLocator())


def label_ends(axes: Any) -> None:
    """Write the label of each line of a plot beside its right end, with room between the labels."""
    low, high = axes.get_ylim()
    lines = sorted(axes.get_lines(), key=lambda line: float(line.get_ydata()[-1]))
    y = -float("inf")
    for line in lines:
        y = max(float(line.get_ydata()[-1]), y + 0.065 * (high - low))
        axes.annotate(
            line.get_label(),
            (line.get_xdata()[-1], y),
            (8, 0),
            textcoords="offset points",
            color=line.get_color(),
            va="center",
        )
    axes.set_ylim(low, high)


def say(sentence: str) -> None:
    """Print what is to be seen in a picture."""
    print(sentence)


def print_wide(lines: Sequence[str]) -> None:
    """Print the lines of a table; a notebook shows them in a box that scrolls, and breaks none."""
    show = getattr(builtins, "display", None)  # Jupyter puts it there
    if show is None:
        print("\n".join(lines))
        return
    from IPython.display import HTML

    show(HTML(f'<pre style="white-space: pre; overflow-x: auto">{html.escape(chr(10).join(lines))}</pre>'))
