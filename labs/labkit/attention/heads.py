"""Where the heads of a music Transformer look: how far back in the tune, counted in bars, and a map of one head."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from labkit.base import style
from labkit.base.style import GREY, LINES, say
from labkit.notation import abc

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

GRID = 8  # places in a bar
FAR = 4  # bars
NEAR = 4  # characters before the one just read
LINE = "\n"


@dataclass(frozen=True)
class Gaze:
    """How much of its attention each head gives to notes so far back, when the next note is to be written.

    back:  (lags,) bars, in steps of 1/8        share: (blocks, heads, lags) mean weight for each earlier note there
    fair:  (lags,) what a head would give that looks at all earlier characters alike
    """

    back: NDArray[np.float64]
    share: NDArray[np.float64]
    fair: NDArray[np.float64]

    def liking(self, bars: float = 1.0) -> NDArray[np.float64]:
        """Say how many times the fair share each head gives to notes exactly so many bars back: (blocks, heads)."""
        return np.asarray(self.shares[..., int(np.argmin(np.abs(self.back - bars)))])

    @property
    def shares(self) -> NDArray[np.float64]:
        """The weights in fair shares: (blocks, heads, lags); 0 where no note stood so far back."""
        return np.asarray(self.share / np.where(self.fair > 0, self.fair, 1.0))

    def counting(self) -> NDArray[np.float64]:
        """Say how far each head prefers notes exactly 1 to FAR bars back to those between, in fair shares."""
        whole = self.back % 1 == 0
        return np.asarray(self.shares[..., whole].mean(-1) - self.shares[..., ~whole].mean(-1))

    @property
    def best(self) -> tuple[int, int]:
        """The block and the head that look whole bars back most clearly."""
        block, head = np.unravel_index(int(np.argmax(self.counting())), self.share.shape[:2])
        return int(block), int(head)


def gaze(texts: Sequence[str], weights: Sequence[Any]) -> Gaze:
    """Gather where heads look over some tunes.

    weights: for each tune (blocks, heads, 1 + characters, 1 + characters): the model's input is START and the tune
    """
    lags = FAR * GRID
    shape = np.asarray(weights[0]).shape[:2]
    total, fair, count = np.zeros((*shape, lags)), np.zeros(lags), np.zeros(lags)
    for text, found in zip(texts, weights, strict=True):
        table = np.asarray(found, float)
        for query, key, lag in pairs(text):
            total[..., lag - 1] += table[..., query, key]
            fair[lag - 1] += 1 / (query + 1)
            count[lag - 1] += 1
    count = np.maximum(count, 1)
    return Gaze(np.arange(1, lags + 1) / GRID, total / count, fair / count)


def pairs(text: str) -> list[tuple[int, int, int]]:
    """List (query, key, lag): the input that predicts a note, that of an earlier one, how far back (1/GRID bars)."""
    tune = abc.read(text)
    starts = np.cumsum([0, *(len(line) + 1 for line in text.split(LINE))])
    notes = [(int(starts[event.line - 1]) + event.column - 1, event.onset / tune.meter) for event in tune.events]
    found = []
    for number, (place, onset) in enumerate(notes):
        for earlier, before in notes[:number]:
            lag = (onset - before) * GRID
            if lag.denominator == 1 and 0 < lag <= FAR * GRID:
                found.append((place, earlier + 1, int(lag)))
    return found


def back(seen: Gaze, shown: int = 4) -> None:
    """Draw for some heads how their attention falls on earlier notes, against how far back these are."""
    counting = seen.counting()
    order = np.argsort(counting.ravel())[::-1]
    heads = counting.shape[1]
    chosen = [(int(one) // heads, int(one) % heads) for one in (*order[: shown - 1], order[-1])]
    _, axes = style.subplots(size=(11, 4))
    for (block, head), (colour, dashes, mark) in zip(chosen, LINES, strict=False):
        name = f"block {block + 1}, head {head + 1}"
        axes.plot(seen.back, seen.share[block, head], color=colour, ls=dashes, marker=mark, ms=4, label=name)
    axes.plot(seen.back, seen.fair, color=GREY, lw=1, label="all alike")
    for bars in range(1, FAR + 1):
        axes.axvline(bars, color=GREY, lw=0.6, ls=":")
    axes.set(xlabel="how far back the note stands, in bars", ylabel="weight of one note", ylim=(0, None))
    axes.set_title("where heads look when the next note is to be written")
    axes.legend(loc="upper right")
    block, head = seen.best
    times = [f"{seen.liking(far)[block, head]:.1f}" for far in range(1, FAR + 1)]
    between = seen.shares[block, head, seen.back % 1 != 0].mean()
    say(
        f"Block {block + 1}, head {head + 1} gives a note exactly {', '.join(map(str, range(1, FAR + 1)))} bars back "
        f"{', '.join(times)} times what looking at all alike would give, and one between bars {between:.1f} times."
    )


def over(text: str, weights: Any, *, start: int = 0, length: int = 70, title: str = "") -> None:
    """Draw one head over a piece of a tune, weights (1 + characters, 1 + characters), with its text at both sides."""
    read = ["·", *text.replace(LINE, "↵")]  # · stands for the start
    piece = slice(start, min(start + length, len(read)))
    shown = np.asarray(weights, float)[piece, piece]
    size = min(10.5, 0.16 * len(shown) + 1.5)
    _, axes = style.subplots(size=(size, size))
    axes.imshow(shown, cmap="viridis", vmin=0, vmax=max(0.2, float(np.quantile(shown, 0.999))))
    axes.set_xticks(range(len(shown)), read[piece], fontsize=7, family="monospace")
    axes.set_yticks(range(len(shown)), read[piece], fontsize=7, family="monospace")
    axes.set(xlabel="key: what is looked at", ylabel="query: the character just read", title=title)
    axes.tick_params(length=0)
    for place, sign in enumerate(read[piece]):
        if sign == "|":
            axes.axvline(place, color="white", lw=0.4)
            axes.axhline(place, color="white", lw=0.4)


def every_head(weights: Any, length: int = 48) -> None:
    """Draw each head over the last characters of a tune: (blocks, heads, 1 + characters, 1 + characters) weights."""
    table = np.asarray(weights, float)
    blocks, heads = table.shape[:2]
    stop = table.shape[-1]
    piece = slice(max(0, stop - length), stop)
    _, panels = style.subplots(blocks, heads, size=(2.7 * heads, 2.8 * blocks), squeeze=False)
    for block, head in np.ndindex(blocks, heads):
        axes = panels[block][head]
        axes.imshow(table[block, head, piece, piece], cmap="viridis", vmin=0, vmax=0.5)
        axes.set_title(f"block {block + 1}, head {head + 1}", fontsize=9)
        axes.set_xticks([])
        axes.set_yticks([])
    queries = np.arange(NEAR, stop)
    near = np.stack([table[..., queries, queries - back].mean(-1) for back in range(NEAR + 1)])  # (far, blocks, heads)
    far, block, head = (int(one) for one in np.unravel_index(int(np.argmax(near)), near.shape))
    behind = ("the character just read", "the one before it")
    where = behind[far] if far < len(behind) else f"the character {far} before the one just read"
    share = f"{near[far, block, head]:.0%} of its attention"
    say(f"Most on one place close by: block {block + 1}, head {head + 1} gives {share} to {where}.")
    spread = -(table[..., queries, :] * np.log(np.maximum(table[..., queries, :], 1e-12))).sum(-1).mean(-1)
    wide = np.unravel_index(int(np.argmax(spread)), spread.shape)
    say(f"Looks around most widely: block {wide[0] + 1}, head {wide[1] + 1}.")
