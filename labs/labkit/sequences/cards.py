"""The card of lab 4: the lectures' table of architectures, with what was measured in its cells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from labkit.base import style
from labkit.base.style import BLUE, GREY, LIGHT, say
from labkit.sequences import lengths

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

NEAR, FAR = str(lengths.LONGEST), "96"
LOOKS = "-"
PARALLEL = "Sequential, Sequential, Parallel"
WIDTHS = (2.6, 2.9, 1.5, 1.5, 1.5, 1.9)  # of the columns


def learned(rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the runs that are nearly always right at the longest length that they were trained on."""
    return [row for row in rows if row["accuracy"][NEAR] > lengths.SURE]


def accuracy(rows: Sequence[Mapping[str, Any]]) -> str:
    """Write a cell: accuracy at 24 and at 96, of the runs that have learned the task; else "not learned"."""
    some = learned(rows)
    if not some:
        return f"{np.mean([row['accuracy'][NEAR] for row in rows]):.2f} / not learned"
    near, far = (np.mean([row["accuracy"][length] for row in some]) for length in (NEAR, FAR))
    few = "" if len(some) == len(rows) else f" ({len(some)} of {len(rows)})"
    return f"{near:.2f} / {far:.2f}{few}"


def table(
    runs: Iterable[Mapping[str, Any]],
    seconds: Mapping[str, Mapping[int, float]] | None = None,
    maps: str = "",
    mine: Mapping[tuple[str, str], Mapping[str, float]] | None = None,
) -> None:
    """Draw the card.

    runs:    rows of the shipped grid, with task, model, parameters and accuracy by length
    seconds: kind -> length -> CPU seconds of one training step, as measured here
    maps:    what the lab has found out about maps of attention
    mine:    (task, kind) -> length -> accuracy of one's own run; its cell is blue and stands for the shipped one
    """
    listed, kinds = list(runs), lengths.KINDS
    rows: list[tuple[str, str, list[str]]] = []
    own: set[tuple[int, int]] = set()
    for task in lengths.CLASSES:
        cells = []
        for column, kind in enumerate(kinds):
            some: list[Any] = [row for row in listed if (row["task"], row["model"]) == (task, kind)]
            if mine and (task, kind) in mine:
                own.add((len(rows), column))
                some = [{"accuracy": mine[task, kind]}]
            cells.append(accuracy(some))
        rows.append(("Long-term Dependencies\nPoor, Good, Excellent", f"{task}: right at length\n24 / 96", cells))
    parameters = {row["model"]: row["parameters"] for row in listed if row["task"] == "look up"}
    sequential = ["T", "T", "T", "2 (one a block)"]
    rows.append((f"Training Parallelization\n{PARALLEL}", "steps one after another\nto read T words", sequential))
    kept = [f"{lengths.kept(kind, 96):,}" for kind in kinds]
    rows.append(("Memory Efficiency\nLow, Medium, High", "numbers kept to write\nword 97", kept))
    if seconds:
        times = [" / ".join(f"{1e3 * seconds[kind][length]:.0f}" for length in (24, 96)) for kind in kinds]
        own |= {(len(rows), column) for column in range(len(kinds))}
        rows.append(("Computational Speed\nSlow, Medium, Fast", "ms a training step,\nlength 24 / 96", times))
    sizes = [f"{parameters[kind]:,}" for kind in kinds]
    rows.append(("Parameter Efficiency\nHigh, Medium, Lower", "parameters,\nfor the first two rows", sizes))
    scored = [LOOKS, LOOKS, LOOKS, maps or LOOKS]
    rows.append(("Interpretability\nLimited, Limited, High", "was the map right,\nwhere we know?", scored))
    _draw(rows, own)
    say(
        "Left: what the lecture says of RNN, LSTM and Transformer, and what was measured for it."
        + (" Blue: your own numbers." if own else "")
    )


def _draw(rows: Sequence[tuple[str, str, list[str]]], own: set[tuple[int, int]]) -> None:
    edges = np.concatenate([[0], np.cumsum(WIDTHS)])
    _, axes = style.subplots(size=(12, 0.62 * (len(rows) + 1) + 0.3))
    for column, name in enumerate(("the lecture says", "measured", *lengths.KINDS)):
        axes.text(edges[column] + 0.06, 0, name, va="center", fontweight="bold", fontsize=10)
    for number, (said, measured, cells) in enumerate(rows, 1):
        axes.axhline(number - 0.5, color=LIGHT, lw=1)
        axes.text(edges[0] + 0.06, number, said, va="center", fontsize=9, color=GREY)
        axes.text(edges[1] + 0.06, number, measured, va="center", fontsize=9)
        for column, cell in enumerate(cells):
            mine = (number - 1, column) in own
            look = {"color": BLUE, "fontweight": "bold"} if mine else {}
            axes.text(
                edges[2 + column] + 0.06, number, cell.replace(" / not", " /\nnot"), va="center", fontsize=9, **look
            )
    axes.set(xlim=(0, edges[-1]), ylim=(len(rows) + 0.5, -0.5))
    axes.axis("off")
