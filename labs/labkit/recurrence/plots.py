"""Plots of what a notebook measures; each prints a sentence, from the numbers, that says what is to be seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from labkit.base import style
from labkit.base.style import BLUE, GREEN, GREY, LIGHT, LINES, ORANGE, RED, say
from labkit.recurrence.grid_plots import clues, edge, forgetting

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = [
    "clipping",
    "clues",
    "cosines",
    "edge",
    "forgetting",
    "gradient_norms",
    "losses",
    "next_words",
    "order",
    "parameters",
    "push",
    "relative_errors",
    "states",
]


def states(h: Any, words: Sequence[str]) -> None:
    """Show the hidden state over the words of a sentence; h: (time, units)."""
    h = np.asarray(h)
    figure, axes = style.subplots(size=(1.0 + 0.85 * len(words), 0.8 + 0.33 * h.shape[1]))
    image = axes.imshow(h.T, cmap="viridis", vmin=-1, vmax=1, aspect="auto")
    axes.set_xticks(range(len(words)), [f"{word}\n$h_{{{t}}}$" for t, word in enumerate(words, 1)])
    axes.set_yticks(range(h.shape[1]), [f"unit {unit}" for unit in range(h.shape[1])])
    axes.set_xticks(np.arange(1, len(words)) - 0.5, minor=True)
    axes.grid(which="minor", axis="x", color="white", lw=3)
    axes.tick_params(which="both", length=0)
    figure.colorbar(image, ax=axes, label="value of the unit")
    say(f"Time goes to the right: {len(words)} steps. Units go down: {h.shape[1]} numbers at each step: one state.")


def parameters(features: int, units: int, windows: Sequence[int]) -> None:
    """Compare the parameters of a recurrent layer with those of a dense layer that reads a window of words."""
    recurrent = features * units + units * units + units
    dense = [window * features * units + units for window in windows]
    _, axes = style.subplots(size=(7.5, 3.6))
    axes.plot(windows, dense, color=RED, ls="--", marker="s")
    axes.plot(windows, [recurrent] * len(windows), color=BLUE, marker="o")
    axes.text(windows[-1], dense[-1], "dense layer on a window    ", color=RED, ha="right", va="center")
    axes.annotate("RNN", (windows[-1], recurrent), (0, 7), textcoords="offset points", color=BLUE, ha="right")
    axes.set_xlabel("length of the window, in words")
    axes.set_ylabel("parameters")
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    axes.set_ylim(0)
    say(
        f"Dense: {dense[0]:,} parameters for {windows[0]} words, {dense[-1]:,} for {windows[-1]}. "
        f"RNN: {recurrent:,}, for any number of words."
    )


def order(words: Sequence[str], twin: Sequence[str], distances: Any) -> None:
    """Show two sentences: how often each word occurs in both, and the distances (time,) between their states."""
    distances, names = np.asarray(distances), list(dict.fromkeys([*words, *twin]))
    _, (left, right) = style.subplots(1, 2, (11, 3.6))
    place = np.arange(len(names))
    for sentence, shift, (colour, hatch) in ((words, -0.2, (BLUE, "")), (twin, 0.2, (ORANGE, "//"))):
        counts = [sentence.count(name) for name in names]
        label = "… " + " ".join(sentence[-5:])
        left.bar(place + shift, counts, 0.38, color=colour, hatch=hatch, edgecolor="white", label=label)
    left.set_xticks(place, names)
    left.set_yticks([0, 1])
    left.set_ylim(0, 1.5)
    left.legend(loc="upper center", ncol=2, fontsize=9)
    left.set_title("word counts")
    right.bar(range(len(distances)), distances, color=BLUE)
    right.set_xticks(range(len(words)), [a if a == b else f"{a}\n/ {b}" for a, b in zip(words, twin, strict=True)])
    right.set_title("distance between the two states, after each word")
    difference = max(abs(words.count(name) - twin.count(name)) for name in names)
    say(f"Word counts: the largest difference is {difference}.")
    parted = [a for a, far in zip(words, distances, strict=True) if far > 0]
    where = f"they first differ at “{parted[0]}”" if parted else "they never differ"
    say(f"States: {where}; after the last word their distance is {distances[-1]:.2f}.")


def push(gradient: Any, names: Sequence[str], target: int) -> None:
    """Show where one step of descent moves the logits; gradient: (vocabulary,), names: word of each id."""
    down = -np.asarray(gradient)
    _, axes = style.subplots(size=(10, 3))
    bars = axes.bar(names, down, color=[GREEN if value > 0 else RED for value in down], edgecolor="white")
    for bar, value in zip(bars, down, strict=True):
        bar.set_hatch("//" if value > 0 else "")
    axes.axhline(0, color="black", lw=0.8)
    axes.set_ylabel("minus the gradient")
    axes.set_title(f"the word that came: “{names[target]}”")
    raised = ", ".join(name for name, value in zip(names, down, strict=True) if value > 0) or "no word"
    say(f"A step of descent raises the logit of: {raised}. It lowers the others.")


def next_words(starts: Sequence[str], probabilities: Any, words: Sequence[str], shown: int = 4) -> None:
    """Show the most likely next words of each start; probabilities: (starts, vocabulary), words: name of each id."""
    probabilities = np.asarray(probabilities)
    _, panels = style.subplots(1, len(starts), (3.8 * len(starts), 2.7), squeeze=False)
    for axes, start, row in zip(panels[0], starts, probabilities, strict=True):
        best = row.argsort()[::-1][:shown]
        axes.barh([words[i] for i in best], row[best], color=BLUE)
        axes.barh([words[best[0]]], row[best[:1]], color=GREEN, hatch="//", edgecolor="white")
        axes.set_xlim(0, 1.15)
        axes.invert_yaxis()
        for place, i in enumerate(best):
            axes.text(row[i] + 0.02, place, f"{row[i]:.2f}", va="center", fontsize=10)
        axes.set_title("…" + " ".join(start.split()[-5:]) + " ___", fontsize=10)
        axes.set_xticks([0, 0.5, 1])
        say(f"{start} → {words[best[0]]} ({row[best[0]]:.0%})")


def losses(curves: Mapping[str, Sequence[float]], line: tuple[str, float] | None = None, *, log: bool = False) -> None:
    """Draw loss curves by name, and perhaps a line to compare with: (name, value); log: a logarithmic axis."""
    _, axes = style.subplots(size=(8.5, 3.4))
    for (name, values), (colour, dashes, _) in zip(curves.items(), LINES, strict=False):
        axes.plot(range(1, len(values) + 1), values, color=colour, ls=dashes, label=name)
        if log and len(curves) > 1:
            axes.annotate(
                name, (len(values), values[-1]), (6, 0), textcoords="offset points", color=colour, va="bottom"
            )
    if log:
        axes.set_yscale("log")
        style.plain_log(axes.yaxis)
        axes.set_xlim(0, 1.2 * max(len(values) for values in curves.values()))
    else:
        axes.set_ylim(0, 1.1 * axes.get_ylim()[1])
    if line:
        axes.axhline(line[1], color=GREY, ls=":", lw=1.2)
        left, right = axes.get_xlim()
        look = {"textcoords": "offset points", "color": GREY}
        if log:
            axes.set_ylim(0.75 * line[1])
            axes.annotate(line[0], (left, line[1]), (4, -3), ha="left", va="top", **look)
        else:
            axes.annotate(line[0], (right, line[1]), (0, 3), ha="right", **look)
    axes.set_xlabel("step")
    axes.set_ylabel("loss in nats")
    if len(curves) > 1 and not log:
        axes.legend()
    say("; ".join(f"{name}: from {values[0]:.2f} to {values[-1]:.2f} nats" for name, values in curves.items()) + ".")


def gradient_norms(measured: Mapping[float, Any], *, theory: bool) -> None:
    """Draw how much gradient arrives at each step back, by gain; theory: also draw gain^k.

    measured: gain -> (time,), as state_gradient_norms returns it
    """
    _, axes = style.subplots(size=(8, 4))
    for (gain, norms), (colour, dashes, mark) in zip(measured.items(), LINES, strict=False):
        back = np.asarray(norms)[::-1]  # entry k: k steps back
        k = np.arange(len(back))
        axes.plot(k, back, color=colour, ls="none" if theory else dashes, marker=mark, ms=4, markevery=2)
        if theory:
            axes.plot(k, back[0] * gain**k, color=colour, ls=dashes, lw=1.2)
        axes.text(len(back) - 0.5, max(back[-1], 1e-300), f"gain {gain:g}", color=colour, va="center")
    axes.set_yscale("log")
    axes.set_xlim(0, len(back) * 1.12)
    axes.axhline(1, color=LIGHT, zorder=0)
    axes.set_xlabel("k, steps back from the loss")
    axes.set_ylabel(r"norm of $\partial L / \partial h_{T-k}$")
    if theory:
        axes.set_title("marks: measured    lines: gain$^k$")
    for gain, norms in measured.items():
        ratio = float(np.asarray(norms)[0] / np.asarray(norms)[-1])
        word = "explodes" if ratio > 2 else "vanishes" if ratio < 0.5 else "stays"
        say(f"gain {gain:g}: over {len(norms) - 1} steps the gradient changes by a factor {ratio:.1e}: it {word}.")


def clipping(runs: Mapping[str, tuple[Sequence[float], Sequence[float]]], max_norm: float, chance: float) -> None:
    """Compare trainings with and without clipping; runs: name -> (losses, gradient norms before clipping)."""
    _, (left, right) = style.subplots(1, 2, (11, 3.6))
    steep = max(float(np.nanmax(loss)) for loss, _ in runs.values()) > 4 * chance
    for (name, (loss, norm)), (colour, dashes, mark) in zip(runs.items(), LINES, strict=False):
        few = {"marker": mark} if np.isfinite(loss).sum() < 20 else {}
        left.plot(range(1, len(loss) + 1), np.clip(loss, None, 1e3), color=colour, ls=dashes, label=name, **few)
        right.plot(range(1, len(norm) + 1), norm, color=colour, ls=dashes, label=name, **few)
        finite = int(np.isfinite(loss).sum())
        end = (
            f"stops being a number at step {finite + 1}"
            if finite < len(loss)
            else f"ends at {np.mean(loss[-20:]):.2f} nats"
        )
        largest = int(np.nanargmax(norm))
        say(
            f"{name}: the loss {end}; the largest gradient norm, before clipping, is {norm[largest]:.3g}, "
            f"at step {largest + 1}."
        )
    left.axhline(chance, color=GREY, ls=":")
    if steep:
        left.set_yscale("log")
        style.plain_log(left.yaxis)
    else:
        left.set_ylim(0)
    left.set_title("loss in nats, at most 1,000" if steep else "loss in nats")
    right.axhline(max_norm, color=GREY, ls=":")
    right.set_yscale("log")
    right.set_title("gradient norm, before clipping")
    for axes, place, text in ((left, chance, "guessing"), (right, max_norm, f"max_norm\n= {max_norm:g}")):
        axes.set_xlabel("step")
        axes.set_xlim(0, 1.25 * len(loss))
        axes.annotate(text, (len(loss), place), (5, 0), textcoords="offset points", color=GREY, va="center").set_bbox(
            {"facecolor": "white", "edgecolor": "none", "pad": 1}
        )
    left.legend(loc="best" if steep else "lower left")


def cosines(words: Sequence[str], before: Any, after: Any) -> None:
    """Compare how alike the rows of some words are, before and after training; before, after: (words, d)."""
    _, panels = style.subplots(1, 2, (11.5, 4.8), sharey=True)
    tables = []
    for axes, rows, title in zip(panels, (before, after), ("before training", "after training"), strict=True):
        unit = np.asarray(rows) / np.linalg.norm(rows, axis=-1, keepdims=True)
        tables.append(unit @ unit.T)
        axes.imshow(tables[-1], cmap="viridis", vmin=-1, vmax=1)
        axes.set_xticks(range(len(words)), words, rotation=45, ha="right")
        axes.set_yticks(range(len(words)), words)
        axes.set_title(f"cosine of two rows, {title}")
        for i, j in np.ndindex(tables[-1].shape):
            value = tables[-1][i, j]
            colour = "black" if value > 0.2 else "white"
            axes.text(j, i, f"{value:.1f}", ha="center", va="center", fontsize=8, color=colour)
    moved = np.linalg.norm(np.asarray(after) - np.asarray(before), axis=-1)
    still = [word for word, far in zip(words, moved, strict=True) if far == 0]
    say(f"Rows that did not move at all: {', '.join(still) or 'none'}.")
    apart = ~np.eye(len(words), dtype=bool)
    say(
        f"Mean cosine of two words: {tables[0][apart].mean():.2f} before training, {tables[1][apart].mean():.2f} after."
    )


def relative_errors(mine: Mapping[str, Any], numeric: Mapping[str, Any]) -> None:
    """Print how far each gradient is from the numeric one: the largest |a - b| / (|a| + |b|) over its entries."""
    for name, expected in numeric.items():
        if name not in mine:
            say(f"{name:8} is not there")
            continue
        found = np.asarray(mine[name], dtype=float)
        if found.shape != expected.shape:
            say(f"{name:8} has the shape {found.shape}, and should have {expected.shape}")
            continue
        error = (np.abs(found - expected) / np.maximum(1e-12, np.abs(found) + np.abs(expected))).max()
        word = "right" if error < 1e-6 else "look here" if error < 1e-2 else "wrong"
        say(f"{name:8} {expected.shape!s:8} relative error {error:.0e}   {word}")
