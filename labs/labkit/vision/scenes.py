"""Scenes of one or two handwritten digits on a canvas of 2 x 2 cells, each with a sentence that is made by rule.

The strokes are real, the sentences are ours: "a seven at the top left", "a seven above a three".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from labkit.vision import digits

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

NAMES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
CELLS = ("top left", "top right", "bottom left", "bottom right")
RELATIONS = {
    (0, 1): "left of",
    (2, 3): "left of",
    (0, 2): "above",
    (1, 3): "above",
    (0, 3): "above and left of",
    (1, 2): "above and right of",
}
WORDS = tuple(sorted(set(" ".join([*NAMES, *CELLS, *RELATIONS.values(), "a at the"]).split())))  # 20
PAD, START, END, FIRST = 0, 1, 2, 3  # ids
SIZE = FIRST + len(WORDS)  # 23
LONGEST = 8  # words: "a seven above and right of a three"
CANVAS, PATCH = 2 * digits.SIDE, 4
ALONE = 0.25  # the share of scenes with one digit


@dataclass(frozen=True)
class Scene:
    """One scene.

    image:   (16, 16, 1), ink from 0 to 1
    cells:   where its one or two digits stand: 0 top left, 1 top right, 2 bottom left, 3 bottom right, in this order
    digits:  which they are        caption: the sentence, word by word
    """

    image: NDArray[np.float32]
    cells: tuple[int, ...]
    digits: tuple[int, ...]
    caption: tuple[str, ...]

    def __str__(self) -> str:
        return " ".join(self.caption)


def caption(shown: Mapping[int, int]) -> tuple[str, ...]:
    """Say what is to be seen; shown: cell -> digit, one or two of them."""
    cells = sorted(shown)
    names = [NAMES[shown[cell]] for cell in cells]
    if len(cells) == 1:
        return tuple(f"a {names[0]} at the {CELLS[cells[0]]}".split())
    if len(cells) == 2:
        return tuple(f"a {names[0]} {RELATIONS[cells[0], cells[1]]} a {names[1]}".split())
    raise ValueError("A scene has one digit or two.")


def scene(drawings: Mapping[int, tuple[NDArray[np.float32], int]]) -> Scene:
    """Make a scene; drawings: cell -> (picture (8, 8, 1), which digit it is), one or two of them."""
    image = np.zeros((CANVAS, CANVAS, 1), np.float32)
    for cell, (drawing, _) in drawings.items():
        top, left = digits.SIDE * (cell // 2), digits.SIDE * (cell % 2)
        image[top : top + digits.SIDE, left : left + digits.SIDE] = drawing
    shown = {cell: int(digit) for cell, (_, digit) in sorted(drawings.items())}
    return Scene(image, tuple(shown), tuple(shown.values()), caption(shown))


def draw(part: str, count: int, seed: int = 0, of: slice = slice(None)) -> list[Scene]:
    """Draw scenes of a part's digits ("train" or "test"), or of some of them; the same seed draws the same ones."""
    generator, every = np.random.default_rng(seed), digits.load(part)
    found = digits.Digits(every.images[of], every.labels[of])
    scenes = []
    for _ in range(count):
        many = 1 if generator.random() < ALONE else 2
        cells = sorted(int(cell) for cell in generator.choice(4, many, replace=False))
        chosen = generator.choice(len(found), many)
        scenes.append(
            scene({cell: (found.images[one], int(found.labels[one])) for cell, one in zip(cells, chosen, strict=True)})
        )
    return scenes


def images(scenes: Sequence[Scene]) -> NDArray[np.float32]:
    """Stack the pictures: (batch, 16, 16, 1)."""
    return np.stack([one.image for one in scenes])


def patches(scenes: Sequence[Scene]) -> NDArray[np.float32]:
    """Cut the pictures into 16 patches of 4 x 4: (batch, 16, 16)."""
    return np.asarray(digits.patches(images(scenes), PATCH), np.float32)


def ids(captions: Sequence[Sequence[str]]) -> NDArray[np.int32]:
    """Turn captions into ids (batch, 8), padded with 0 at the right; neither start nor end is among them."""
    number = {word: place for place, word in enumerate(WORDS, FIRST)}
    table = np.zeros((len(captions), LONGEST), np.int32)
    for row, words in zip(table, captions, strict=True):
        row[: len(words)] = [number[word] for word in words]
    return table


def words(numbers: Sequence[int]) -> tuple[str, ...]:
    """Turn ids into words, up to the end or the padding."""
    out: list[str] = []
    for number in numbers:
        if number in (PAD, END):
            break
        if number != START:
            out.append(WORDS[number - FIRST])
    return tuple(out)


def cell_of_patch() -> NDArray[np.int64]:
    """Tell in which cell each of the 16 patches lies: (16,) int."""
    place = np.arange((CANVAS // PATCH) ** 2)
    return place // 8 * 2 + place % 4 // 2
