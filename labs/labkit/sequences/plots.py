"""Pictures of letters: sequence logos, where attention looks in DNA round by round, starts of the search, masks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from labkit.base import style
from labkit.base.style import BLACK, BLUE, GREEN, GREY, LIGHT, ORANGE, RED, say
from labkit.sequences import dna, motif

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from labkit.sequences.motif import Motif

COLOURS = {"A": GREEN, "C": BLUE, "G": ORANGE, "T": RED}
ROUNDS = (0, 2, 5, 20)
NEAR = 0.1  # nats from the best start
FONT = {"family": "DejaVu Sans Mono", "weight": "bold"}
BAR = 0.38  # height of a bar that stands for all of the attention; the letters stand above it


def logo(axes: Any, probabilities: Any, title: str = "") -> None:
    """Draw letters as high as they tell: (W, 4) shares; the height of a column is its information in bits, 2 at most.

    After T. D. Schneider and R. M. Stephens (1990).
    """
    from matplotlib.font_manager import FontProperties
    from matplotlib.patches import PathPatch
    from matplotlib.textpath import TextPath
    from matplotlib.transforms import Affine2D

    table, font = np.asarray(probabilities, float), FontProperties(family="DejaVu Sans", weight="bold")
    paths = {letter: TextPath((0, 0), letter, size=1, prop=font) for letter in dna.BASES}
    for column, (row, bits) in enumerate(zip(table, motif.information(table), strict=True)):
        bottom = 0.0
        for place in np.argsort(row):
            height, letter = bits * row[place], dna.BASES[place]
            box = paths[letter].get_extents()
            move = Affine2D().translate(-box.x0, -box.y0).scale(0.9 / box.width, height / box.height)
            shape = paths[letter].transformed(move.translate(column + 0.05, bottom))
            axes.add_patch(PathPatch(shape, color=COLOURS[letter], lw=0))
            bottom += height
    axes.set(xlim=(0, len(table)), ylim=(0, 2), ylabel="bits", title=title, yticks=[0, 1, 2])
    axes.set_xticks(np.arange(len(table)) + 0.5, range(1, len(table) + 1), fontsize=8)
    axes.tick_params(axis="x", length=0)


def rounds(found: Motif, x: Any, shown: int = 12, at: Sequence[int] = ROUNDS) -> None:
    """Draw some sequences with the attention on each letter, and the logo, at some rounds of the search.

    x: (N, L, 4) what the motif was found in; each sequence is shifted so that its found place lies under the others'
    """
    some = np.asarray(x, float)[:shown]
    places = motif.look(some, found.matrix).argmax(1)
    figure, panels = style.subplots(4, 2, size=(13, 9), height_ratios=[3, 1.2] * 2, squeeze=False)
    for number, when in enumerate(at):
        top, down = panels[2 * (number // 2)][number % 2], panels[2 * (number // 2) + 1][number % 2]
        query = found.rounds[when]
        shares = motif.shares(query, found.background)
        _sequences(top, some, motif.look(some, query), places, len(query))
        top.set_title("before the first round" if when == 0 else f"after round {when}", fontsize=11)
        logo(down, shares)
    figure.align_labels()
    before, after = (float(motif.look(x, found.rounds[when]).max(1).mean()) for when in (at[0], at[-1]))
    say(
        f"The bars gather in one column, and the letters there are nearly the same in every sequence: {found.letters}. "
        f"The likeliest window of a sequence has {before:.0%} of the attention before the first round, "
        f"{after:.0%} after round {at[-1]}."
    )


def looks(sequences: Any, matrix: Any, title: str = "", shown: int = 12) -> None:
    """Draw where a query (W, 4) looks in some sequences (N, L, 4), each from its first letter on."""
    some, query = np.asarray(sequences, float)[:shown], np.asarray(matrix, float)
    weights = motif.look(some, query)
    _, axes = style.subplots(size=(9, 0.26 * len(some) + 0.8))
    _sequences(axes, some, weights, np.zeros(len(some), int), len(query))
    axes.set_title(title)
    everywhere = motif.look(np.asarray(sequences, float), query).max(1)
    say(
        f"The weights of each sequence sum to 1, whatever is in it. The likeliest window has {everywhere.mean():.0%} "
        f"on average, and above 90% in {np.mean(everywhere > 0.9):.0%} of {len(everywhere)} sequences."
    )


def _sequences(axes: Any, x: Any, weights: Any, places: Any, width: int) -> None:
    """Write sequences below each other, each letter above a bar as high as the attention of all windows with it."""
    first, length = int(places.max()), x.shape[1]
    for row, (one, looks_at, place) in enumerate(zip(x, weights, places, strict=True)):
        seen = np.convolve(looks_at, np.ones(width))[:length]  # (L,): how likely the letter belongs to the site
        left, bottom = np.arange(length) + first - place, float(len(x) - 1 - row)
        axes.bar(left, BAR * seen, bottom=bottom, width=1, color=BLACK, lw=0)
        for column, letter in zip(left, dna.letters(one), strict=True):
            colour = COLOURS.get(letter, GREY)
            axes.text(column, bottom + 0.68, letter, color=colour, fontsize=8, ha="center", va="center", **FONT)
        axes.axhline(bottom, color=LIGHT, lw=0.5, zorder=0)
    axes.set(xlim=(-1, first + length - int(places.min())), ylim=(0, len(x)))
    axes.axis("off")


def starts(found: Motif) -> None:
    """Draw the log-likelihood of every start, the chosen one bold and to its end."""
    _, axes = style.subplots(size=(8, 3.8))
    for one in found.starts:
        axes.plot(one, color=GREY, lw=0.8, alpha=0.6)
    axes.plot(found.likelihood, color=BLUE, lw=3)
    last = found.starts.shape[1] - 1
    axes.annotate(f"the likeliest: {found.letters}", (len(found.likelihood) - 1, found.likelihood[-1]), (0, -16),
                  textcoords="offset points", ha="right", color=BLUE)  # fmt: skip
    axes.annotate(f"{len(found.starts)} starts", (last, np.median(found.starts[:, -1])), (8, -4),
                  textcoords="offset points", color=GREY)  # fmt: skip
    axes.set(
        xlabel="round",
        ylabel="nats for each sequence",
        title="how much likelier the sequences are than letters of the background",
    )
    near = int((found.starts[:, -1] > found.starts[:, -1].max() - NEAR).sum())
    say(
        f"After {last} rounds {near} of {len(found.starts)} starts are within {NEAR} nats of the best; "
        "the best is known by its likelihood, without looking at any answer."
    )


def hidden(text: str, guesses: Mapping[str, Any], alphabet: str, bold: Sequence[int] = ()) -> None:
    """Draw a text, and below it what each model puts in the place of each letter when that letter is hidden.

    guesses: name -> (letters, size) probabilities, ids from 4 on are the alphabet, as `letters.filled` gives them
    bold: places of the text that are to stand out. Green and upright: right; red and crossed out: wrong
    """
    first = 4  # the id of the first letter
    _, axes = style.subplots(size=(0.17 * len(text) + 2.2, 0.42 * (len(guesses) + 1) + 0.3))
    for place, letter in enumerate(text):
        weight = "bold" if place in bold else "normal"
        axes.text(place, 0, _shown(letter), ha="center", va="center", family="DejaVu Sans Mono", fontweight=weight)
    said = []
    for row, (name, given) in enumerate(guesses.items(), 1):
        table = np.asarray(given, float)[:, first:]
        best = [alphabet[one] for one in table.argmax(1)]
        for place, (letter, sure) in enumerate(zip(best, table.max(1), strict=True)):
            right = letter == text[place]
            look = {"color": GREEN if right else RED, "alpha": 0.35 + 0.65 * sure, **FONT}
            axes.text(place, row, _shown(letter), ha="center", va="center", **look)
            if not right:
                axes.plot([place - 0.35, place + 0.35], [row, row], color=RED, lw=0.8)
        said.append(f"{name} {np.mean([one == letter for one, letter in zip(best, text, strict=True)]):.0%}")
    for row, name in enumerate(["the text", *guesses]):
        axes.text(-1.2, row, name, ha="right", va="center", color=GREY, fontsize=9)
    axes.set(xlim=(-1, len(text)), ylim=(len(guesses) + 0.5, -0.6))
    axes.axis("off")
    say(f"Each letter hidden in turn; right in this text: {', '.join(said)}. The paler a letter, the less sure.")


def _shown(letter: str) -> str:
    return "\u00b7" if letter == " " else letter


def masks(named: Mapping[str, Any]) -> None:
    """Draw masks (T, T) side by side; a filled square: the query of this row may attend to the key of this column."""
    from matplotlib.colors import ListedColormap

    figure, panels = style.subplots(1, len(named), size=(3.1 * len(named), 3.4), squeeze=False)
    for axes, (name, mask) in zip(panels[0], named.items(), strict=True):
        table = np.asarray(mask, bool)
        axes.imshow(table, cmap=ListedColormap(["white", BLUE]), vmin=0, vmax=1)
        axes.set_xticks(np.arange(len(table) + 1) - 0.5, [])
        axes.set_yticks(np.arange(len(table) + 1) - 0.5, [])
        axes.grid(color=LIGHT, lw=1)
        axes.tick_params(length=0)
        axes.set(title=name, xlabel="key")
        axes.spines[:].set_visible(True)
    panels[0][0].set_ylabel("query")
    del figure
    parts = [f"{name} {np.mean(np.asarray(mask, bool)):.0%}" for name, mask in named.items()]
    say(f"Of all pairs of places, so many may look: {', '.join(parts)}.")


def too_good(curves: Mapping[str, Any], line: float | None = None, said: str = "") -> None:
    """Draw losses by step, in bits for each letter; curves: name -> (steps,); line: what a better trained one has."""
    _, axes = style.subplots(size=(8, 3.4))
    last = {}
    for (name, losses), (colour, dashes, _) in zip(curves.items(), style.LINES, strict=False):
        bits = np.asarray(losses, float)
        parts = np.array_split(np.arange(len(bits)), max(1, min(60, len(bits))))
        steps = [float(part.mean()) + 1 for part in parts]
        means = [float(bits[part].mean()) for part in parts]
        axes.plot(steps, means, color=colour, ls=dashes, lw=2, label=name)
        last[name] = means[-1]
    axes.set(xlabel="step", ylabel="bits for each letter", ylim=(0, None))
    style.label_ends(axes)
    if line is not None:
        axes.axhline(line, color=GREY, ls="--", lw=1)
        axes.annotate(said, (1, line), (0, 3), textcoords="offset points", color=GREY, fontsize=9)
    say(f"At the end: {', '.join(f'{name} {bits:.2f}' for name, bits in last.items())} bits for each letter.")
