"""Captioners of lab 4: making one, what it writes for scenes (greedily or with a beam), and where it looked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from labkit.models import beam
from labkit.vision import scenes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from labkit.vision.scenes import Scene

KINDS = ("attending", "one_memory", "one_vector", "blind")


@dataclass(frozen=True)
class Written:
    """What a captioner wrote for some scenes; scores: the log-probability of each caption with its end, in nats."""

    scenes: list[Scene]
    captions: list[tuple[str, ...]]
    scores: NDArray[np.float64]

    @property
    def right(self) -> NDArray[np.bool_]:
        """True where the whole sentence is exact."""
        return np.array([one.caption == said for one, said in zip(self.scenes, self.captions, strict=True)], bool)

    @property
    def layout_right(self) -> NDArray[np.bool_]:
        """True where all words but the digits are."""
        pairs = zip(self.scenes, self.captions, strict=True)
        return np.array([_layout(one.caption) == _layout(said) for one, said in pairs], bool)


def _layout(caption: Sequence[str]) -> tuple[str, ...]:
    return tuple(word for word in caption if word not in scenes.NAMES)


def model(kind: str = "attending", **options: Any) -> Any:
    """Make a captioner, one of KINDS; see `labkit.captioning.networks`. Raises ValueError for another kind."""
    from labkit.captioning import networks

    if kind not in networks.KINDS:
        raise ValueError(f"There is no kind {kind!r}; there are {', '.join(KINDS)}.")
    made = networks.KINDS[kind](**options)
    made((np.zeros((1, networks.PLACES, scenes.PATCH**2), np.float32), np.full((1, 1), scenes.START, np.int32)))
    return made


def write(captioner: Any, shown: Sequence[Scene], width: int = 1) -> Written:
    """Write a caption for each scene, all at once, with a beam of this width; 1 is greedy."""
    import tensorflow as tf

    memory = tf.repeat(captioner.read(scenes.patches(shown)), width, axis=0)  # (scenes * width, places, d_model)

    @tf.function  # type: ignore[untyped-decorator,unused-ignore]
    def ask(texts: Any, place: Any) -> Any:
        return captioner.write(memory, texts)[:, place]

    found, scores = beam.search(
        lambda texts, place: ask(tf.constant(texts), tf.constant(place)),
        np.full((len(shown), 1), scenes.START, np.int32),
        width,
        scenes.LONGEST,
        scenes.END,
        never=(scenes.START,),
    )
    return Written(list(shown), [scenes.words(row) for row in found], scores)


def looks(
    captioner: Any, shown: Sequence[Scene], captions: Sequence[Sequence[str]] | None = None
) -> NDArray[np.float32]:
    """Return where an attending captioner looks before each word: (scenes, heads, words, 16 patches).

    captions: what it is made to write; None: the true ones. Row t is the question whose answer is word t.
    """
    table = scenes.ids([one.caption for one in shown] if captions is None else captions)
    before = np.pad(table, ((0, 0), (1, 0)), constant_values=scenes.START)  # (scenes, words + 1)
    return np.asarray(captioner.write(captioner.read(scenes.patches(shown)), before, weights=True)[1])


@dataclass(frozen=True)
class Shares:
    """Of the attention at the moment a digit is named: on its cell, on the other digit's, on empty cells.

    each (digits named,), they sum to 1; alone: the scene has one digit
    """

    named: NDArray[np.float64]
    other: NDArray[np.float64]
    empty: NDArray[np.float64]
    alone: NDArray[np.bool_]


def shares(captioner: Any, shown: Sequence[Scene]) -> Shares:
    """Measure where an attending captioner looks when it names a digit of the true caption (mean of the heads)."""
    weights, cell = looks(captioner, shown).mean(1), scenes.cell_of_patch()
    rows = []
    for one, look in zip(shown, weights, strict=True):
        named = [place for place, word in enumerate(one.caption) if word in scenes.NAMES]
        for place, here in zip(named, one.cells, strict=True):
            by_cell = np.bincount(cell, look[place], minlength=4)  # (4,)
            on_digits = by_cell[list(one.cells)].sum()
            rows.append((by_cell[here], on_digits - by_cell[here], 1 - on_digits, len(one.cells) == 1))
    table = np.array(rows, float)
    return Shares(table[:, 0], table[:, 1], table[:, 2], table[:, 3] == 1)


def pairs(shown: Sequence[Scene]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return what a captioner reads, START and the words, and what it is to write, the words and END: (scenes, 9)."""
    table = scenes.ids([one.caption for one in shown])
    inputs = np.pad(table, ((0, 0), (1, 0)), constant_values=scenes.START)
    targets = np.pad(table, ((0, 0), (0, 1)))
    targets[np.arange(len(table)), (table != scenes.PAD).sum(1)] = scenes.END
    return inputs, targets
