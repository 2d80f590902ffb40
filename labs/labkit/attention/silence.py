"""Which heads look where, chosen on some tunes; and a picture of what a music Transformer does without them, on others.

What takes heads out of a network is `labkit.models.carried.silenced`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from labkit.attention import heads
from labkit.base import style
from labkit.base.style import BLUE, GREY, say
from labkit.notation import abc

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

Head = tuple[int, int]  # block, head, both from 0
NOTHING = "no head silenced"
BACK, HEADER, RANDOM = "those that look bars back", "the one on the header", "three at random"
LOOKING_BACK = 3  # heads


@dataclass(frozen=True)
class Silence:
    """What a network does without some heads.

    heads: those that are silent; bits: per character of held-out tunes
    again, bars: of the tunes that it writes: the share of bars that occur again in a tune, and how many bars
    """

    heads: tuple[Head, ...]
    bits: float
    again: float
    bars: int


def on_the_header(texts: Sequence[str], weights: Sequence[Any]) -> NDArray[np.float64]:
    """Say what share each head gives to the characters of the header while the notes are read: (blocks, heads).

    The start, in front of the header, does not count: a head with nothing to look for rests there.
    """
    total, count = np.zeros(np.asarray(weights[0]).shape[:2]), 0
    for text, found in zip(texts, weights, strict=True):
        first = min(event.line for event in abc.read(text).events)
        end = 1 + sum(len(line) + 1 for line in text.split(heads.LINE)[: first - 1])
        table = np.asarray(found, float)[..., end:, 1:end]
        total = total + table.sum((-1, -2))
        count += table.shape[-2]
    return np.asarray(total / max(count, 1))


def roles(texts: Sequence[str], weights: Sequence[Any], seed: int = 0) -> dict[str, tuple[Head, ...]]:
    """Choose heads by where they look while tunes are read: three that look whole bars back, the one on the header.

    weights: for each tune (blocks, heads, 1 + characters, 1 + characters)
    And three at random among all others, as a control. Says which they are.
    """
    counted = heads.gaze(texts, weights).counting()
    order = [_place(int(one), counted.shape) for one in np.argsort(counted.ravel())[::-1]]
    shares = on_the_header(texts, weights)
    back = tuple(order[:LOOKING_BACK])
    header = next(_place(int(one), shares.shape) for one in np.argsort(shares.ravel())[::-1])
    others = sorted(set(order) - {*back, header})
    drawn = np.random.default_rng(seed).choice(len(others), LOOKING_BACK, replace=False)
    found = {BACK: back, HEADER: (header,), RANDOM: tuple(others[int(one)] for one in drawn)}
    for role, chosen in found.items():
        say(f"{role}: {named(chosen)}")
    return found


def _place(number: int, shape: tuple[int, ...]) -> Head:
    return number // shape[1], number % shape[1]


def named(chosen: Iterable[Head]) -> str:
    """Name heads as the lab does: "1.2" is the second head of the first block."""
    return ", ".join(f"{block + 1}.{head + 1}" for block, head in sorted(chosen))


def table(rows: Mapping[str, Silence], real: float | None = None) -> None:
    """Draw bits and repeated bars, a row for each set of silent heads; real: the share of such bars in real tunes."""
    _, (left, right) = style.subplots(1, 2, size=(11, 0.55 * len(rows) + 1.6), sharey=True)
    names = [name if not one.heads else f"{name}\n({named(one.heads)})" for name, one in rows.items()]
    places = np.arange(len(rows))[::-1]
    for axes, values, digits in (
        (left, [one.bits for one in rows.values()], "{:.2f}"),
        (right, [100 * one.again for one in rows.values()], "{:.0f}%"),
    ):
        axes.barh(places, values, color=[GREY if not one.heads else BLUE for one in rows.values()], height=0.6)
        for place, value in zip(places, values, strict=True):
            axes.text(value, place, " " + digits.format(value), va="center", fontsize=9)
        axes.set_xlim(0, 1.18 * max(values))
    left.set_yticks(places, names)
    left.set_title("bits per character, held-out tunes")
    right.set_title("bars of its tunes that occur again")
    if real is not None:
        right.axvline(100 * real, color=GREY, ls="--", lw=1)
        right.text(100 * real, places[0] + 0.42, "real tunes", ha="center", fontsize=8, color=GREY)
    for name, one in rows.items():
        say(f"{name:28}{one.bits:.3f} bits, {one.again:.0%} of {one.bars:,} bars occur again")
