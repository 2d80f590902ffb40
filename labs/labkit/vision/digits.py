"""The handwritten digits of lab 4: 1,797 pictures of 8 x 8 by 13 people, 1,297 to train on and 500 for the test.

Source: E. Alpaydin and C. Kaynak (1998), Optical Recognition of Handwritten Digits (data/lab4/README.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from labkit.base.files import path as shipped

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Images = NDArray[np.float32]

SIDE, DARKEST = 8, 16
PARTS = ("train", "test")


@dataclass(frozen=True)
class Digits:
    """Pictures (count, 8, 8, 1) of ink from 0 to 1, and which digit each is: (count,) int."""

    images: Images
    labels: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.labels)


def load(part: str) -> Digits:
    """Load the digits of a part, "train" or "test". Raises FileNotFoundError when labkit lacks its file."""
    if part not in PARTS:
        raise ValueError(f"There is no part {part!r}; there are train and test.")
    images, labels, rows = (_arrays()[name] for name in ("images", "labels", part))
    return Digits((images[rows] / DARKEST)[..., None].astype(np.float32), labels[rows].astype(np.int64))


@cache
def _arrays() -> dict[str, NDArray[Any]]:
    with np.load(shipped("lab4/digits.npz"), allow_pickle=False) as found:
        return {name: found[name] for name in found.files}


def read(drawing: str) -> Images:
    """Make one picture (8, 8, 1) of eight lines of text: a blank or . is paper, # is ink, 1 to 9 are shades.

    Raises ValueError where it has not eight lines of at most eight signs.
    """
    lines = [line.rstrip() for line in drawing.strip("\n").splitlines()]
    if len(lines) != SIDE or max(map(len, lines)) > SIDE:
        raise ValueError("A drawing has eight lines of at most eight signs each.")
    shades = {" ": 0.0, ".": 0.0, "#": 1.0} | {str(number): number / 9 for number in range(10)}
    picture = np.zeros((SIDE, SIDE, 1), np.float32)
    for row, line in enumerate(lines):
        for column, sign in enumerate(line):
            if sign not in shades:
                raise ValueError(
                    f"{sign!r} is no sign of a drawing: blank and . are paper, # is ink, 1 to 9 are shades."
                )
            picture[row, column] = shades[sign]
    return picture


def patches(images: Any, size: int = 2) -> Any:
    """Cut pictures into squares: (batch, H, W, C) -> (batch, H/size * W/size, size * size * C), row by row.

    The given version of lab 4's patchify, for NumPy arrays. `together` undoes it.
    """
    array = np.asarray(images)
    batch, height, width, channels = array.shape
    cut = array.reshape(batch, height // size, size, width // size, size, channels)
    return cut.transpose(0, 1, 3, 2, 4, 5).reshape(batch, -1, size * size * channels)


def together(squares: Any, height: int, width: int, size: int) -> Any:
    """Put patches (batch, count, size * size * C) together again: (batch, height, width, C)."""
    array = np.asarray(squares)
    cut = array.reshape(len(array), height // size, width // size, size, size, -1)
    return cut.transpose(0, 1, 3, 2, 4, 5).reshape(len(array), height, width, -1)


def transformer(**options: Any) -> Any:
    """Make a Vision Transformer; see `labkit.vision.networks.VisionTransformer`."""
    from labkit.vision.networks import VisionTransformer

    return VisionTransformer(**options)


def convolutional() -> Any:
    """Make the convolutional network to compare with: (batch, 8, 8, 1) -> logits (batch, 10)."""
    from labkit.vision import networks

    return networks.convolutional()
