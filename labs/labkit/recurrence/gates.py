"""What the gates of lab 2 do: a drawing of the cell, knobs that hold a gate, and recall by kind of cell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from labkit.base import style
from labkit.base.style import BLACK, BLUE, GREEN, GREY, LIGHT, LINES, ORANGE, PURPLE, RED, say
from labkit.recurrence.memories import cut, gru, gru_cell, lstm, lstm_cell, stacked, tanh_cell
from labkit.recurrence.reach import gradients_back, paths_back, reach

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

__all__ = [
    "cell",
    "cut",
    "gradients_back",
    "gru",
    "gru_cell",
    "held",
    "knobs",
    "lstm",
    "lstm_cell",
    "paths_back",
    "reach",
    "recalled",
    "stacked",
    "tanh_cell",
    "written",
]

TIMES = r"$\times$"
OPEN = 20.0  # sigmoid(20) is 1 to eight digits


def held(i: float, f: float, o: float = 1.0) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Make the weights of an LSTM with one unit whose gates are held by hand, whatever comes in.

    i: the input gate at a step where something is to be written (elsewhere it is shut); f, o: at every step
    The input has two features: the value to write, and 1 where it is to be written. Returns W (2, 4), U (1, 4), b (4,).
    """
    W, U = np.zeros((2, 4)), np.zeros((1, 4))
    b = np.array([-OPEN, _logit(f), 0.0, _logit(o)])
    W[1, 0] = OPEN + _logit(i)
    W[0, 2] = 1.0
    return W, U, b


def _logit(share: float) -> float:
    return OPEN if share >= 1 else -OPEN if share <= 0 else float(np.log(share / (1 - share)))


def written(values: Mapping[int, float], steps: int) -> NDArray[np.float64]:
    """Make the input of a held LSTM: (1, steps, 2), a value at some steps, and zeros elsewhere."""
    x = np.zeros((1, steps, 2))
    for step, value in values.items():
        x[0, step] = value, 1.0
    return x


def knobs(runs: Mapping[str, Any], values: Mapping[int, float]) -> None:
    """Draw what the cell holds over time, by the setting of its gates; runs: name -> c (time,)."""
    _, axes = style.subplots(size=(9, 3.8))
    last: list[float] = []
    for (name, values_held), (colour, dashes, mark) in zip(runs.items(), LINES, strict=False):
        c = np.asarray(values_held)
        axes.plot(range(1, len(c) + 1), c, color=colour, ls=dashes, marker=mark, ms=4)
        height = c[-1] + next(
            shift for shift in (0, 0.13, -0.13, 0.26) if all(abs(c[-1] + shift - y) > 0.1 for y in last)
        )
        last.append(height)
        axes.text(len(c) + 0.4, height, name, color=colour, va="center")
        say(f"{name}: the cell holds {c[min(values)]:.2f} after the first note and {c[-1]:.2f} at the end.")
    for step, value in values.items():
        axes.axvline(step + 1, color=LIGHT, lw=6, zorder=0)
        said = f"write {value:g}: tanh makes it {np.tanh(value):.2f}"
        axes.annotate(said, (step + 1, axes.get_ylim()[1]), ha="center", va="bottom", color=GREY)
    axes.set_xlim(0.5, len(c) * 1.35)
    axes.set_xlabel("step")
    axes.set_ylabel("cell state $c_t$")


def cell() -> None:
    """Draw the cell: what flows along the top line is the memory, and each gate is a number between 0 and 1 on it."""
    from matplotlib.patches import Circle, FancyBboxPatch

    axes = style.canvas((9.5, 4.2), 19, 8.4)

    def arrow(start: tuple[float, float], end: tuple[float, float], colour: str = BLACK) -> None:
        axes.annotate("", end, start, arrowprops={"arrowstyle": "-|>", "color": colour, "lw": 1.4})

    def box(x: float, y: float, text: str, colour: str) -> None:
        axes.add_patch(FancyBboxPatch((x - 0.7, y - 0.45), 1.4, 0.9, boxstyle="round,pad=0.05", fc="white", ec=colour))
        axes.text(x, y, text, ha="center", va="center", color=colour)

    def dot(x: float, y: float, text: str) -> None:
        axes.add_patch(Circle((x, y), 0.38, fc="white", ec=BLACK, zorder=3))
        axes.text(x, y, text, ha="center", va="center", zorder=4)

    arrow((0.8, 7), (18.2, 7), BLUE)
    axes.text(0.6, 7, "$c_{t-1}$", ha="right", va="center", color=BLUE)
    axes.text(18.4, 7, "$c_t$", va="center", color=BLUE)
    for x, name, gate, colour in ((4, "f", "keep", RED), (7.5, "i", "write", GREEN), (14.5, "o", "show", PURPLE)):
        box(x, 3, f"$\\sigma$  {name}", colour)
        axes.text(x + 0.2, 1.9, gate, color=colour, fontsize=10)
    box(10, 3, "tanh $\\tilde{c}$", ORANGE)
    axes.text(10.2, 1.9, "candidate", color=ORANGE, fontsize=10)
    dot(4, 7, TIMES)
    dot(8.7, 5, TIMES)
    dot(8.7, 7, "+")
    box(14.5, 5.6, "tanh", BLACK)
    dot(16.4, 4.2, TIMES)
    for start, end in (
        ((4, 3.5), (4, 6.6)), ((7.5, 3.5), (8.45, 4.7)), ((10, 3.5), (8.95, 4.7)), ((8.7, 5.4), (8.7, 6.6)),
        ((14.5, 7), (14.5, 6.1)), ((15.2, 5.5), (16.2, 4.55)), ((15.2, 3.2), (16.1, 3.95)), ((16.8, 4.2), (18.2, 4.2)),
    ):  # fmt: skip
        arrow(start, end)
    axes.text(18.4, 4.2, "$h_t$", va="center")
    axes.plot([1.2, 14.5], [1.1, 1.1], color=GREY, lw=1.4)
    axes.text(1.0, 1.1, "$h_{t-1}, x_t$", ha="right", va="center", color=GREY)
    for x in (4, 7.5, 10, 14.5):
        arrow((x, 1.1), (x, 2.5), GREY)
    say("The top line is the memory. Three gates act on it: f keeps, i writes the candidate, o shows a part of it.")


def recalled(runs: Sequence[Mapping[str, Any]], chance: float, point: Mapping[str, Any] | None = None) -> None:
    """Draw recall by kind of cell and number of steps between: mean of the seeds, every seed, and your own point.

    runs: rows with cell, gap, seed, accuracy; point: {"cell": ..., "gap": ..., "accuracy": ...}
    """
    _, axes = style.subplots(size=(9, 4))
    cells = list(dict.fromkeys(run["cell"] for run in runs))
    gaps = sorted({run["gap"] for run in runs})
    for number, (name, (colour, _, mark)) in enumerate(zip(cells, LINES, strict=False)):
        table = [[run["accuracy"] for run in runs if run["cell"] == name and run["gap"] == gap] for gap in gaps]
        places = np.arange(len(gaps)) + 0.15 * (number - (len(cells) - 1) / 2)
        for place, row in zip(places, table, strict=True):
            axes.plot([place] * len(row), row, ls="none", marker="_", color=colour, ms=9)
        axes.plot(places, [np.mean(row) for row in table], ls="none", marker=mark, color=colour, ms=7, label=name)
        shares = ", ".join(f"{np.mean(row):.0%} at k = {gap}" for gap, row in zip(gaps, table, strict=True))
        say(f"{name}: {shares}.")
    axes.axhline(chance, color=GREY, ls=":")
    axes.text(-0.48, chance + 0.015, "guessing", color=GREY)
    if point:
        place = float(np.interp(point["gap"], gaps, range(len(gaps))))
        axes.plot([place], [point["accuracy"]], "*", ms=18, color=ORANGE, mec="black", zorder=5)
        axes.annotate("your run", (place, point["accuracy"]), (8, -16), textcoords="offset points")
        say(f"Your run: {point['cell']}, k = {point['gap']}, right in {point['accuracy']:.0%} of the cases.")
    axes.set_xticks(range(len(gaps)), [f"k = {gap}" for gap in gaps])
    axes.set_xlim(-0.5, len(gaps) - 0.5)
    axes.set_ylim(0, 1.06)
    axes.set_ylabel("recall (share of right answers)")
    axes.set_title("mark: mean of the seeds    dashes: the seeds")
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5), fontsize=9)
