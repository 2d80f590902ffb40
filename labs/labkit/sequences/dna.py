"""Real DNA around splice sites: 3,186 pieces of 60 letters from primates, as letters and as one-hot arrays.

"ei": an exon ends and an intron begins between letters 30 and 31 (the donor site); "ie": an intron ends there (the
acceptor site); "n": neither. Source: Towell, Noordewier and Shavlik (1991), data/lab4/README.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from labkit.sequences import texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

BASES = "ACGT"
BORDER = 30  # letters before the border of exon and intron


@dataclass(frozen=True)
class Pieces:
    """Pieces of sequences, cut out so that the place of the border is not the same in each.

    x: (count, length, 4) one-hot      border: (count,) letters before the border; of no meaning for "n"
    """

    x: Array
    border: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.border)

    @property
    def letters(self) -> list[str]:
        """The pieces as text."""
        return [letters(one) for one in self.x]

    def halves(self) -> tuple[Pieces, Pieces]:
        """Return the first half, to learn from, and the second, held out."""
        half = len(self) // 2
        return Pieces(self.x[:half], self.border[:half]), Pieces(self.x[half:], self.border[half:])


def load(kind: str) -> list[str]:
    """Load the distinct sequences of "ei", "ie" or "n", 60 letters each.

    Raises FileNotFoundError when labkit lacks its file.
    """
    return list(dict.fromkeys(sequence for (sequence,) in texts.of_part("splice", kind)))


def pieces(kind: str, length: int = 40, seed: int = 0) -> Pieces:
    """Cut a piece of this length out of each sequence of a kind, at a place drawn at random."""
    whole = one_hot(load(kind))  # (count, 60, 4)
    first = np.random.default_rng(seed).integers(0, whole.shape[1] - length + 1, len(whole))
    return Pieces(np.stack([x[at : at + length] for x, at in zip(whole, first, strict=True)]), BORDER - first)


def one_hot(sequences: Sequence[str] | str) -> Array:
    """Turn one sequence into (L, 4), or several into (count, longest, 4); columns A, C, G, T.

    Lower case counts; any other letter, and what a shorter sequence lacks, is a row of 0.
    """
    if isinstance(sequences, str):
        columns = np.array([BASES.find(letter) for letter in sequences.upper()])  # -1: none of the four
        return np.asarray(columns[:, None] == np.arange(4), float)
    out = np.zeros((len(sequences), max(map(len, sequences)), 4))
    for row, sequence in zip(out, sequences, strict=True):
        row[: len(sequence)] = one_hot(sequence)
    return out


def letters(x: Array) -> str:
    """Turn (L, 4) back into text; a row of 0 is N."""
    return "".join(BASES[row.argmax()] if row.any() else "N" for row in x)


def windows(x: Array, width: int) -> Array:
    """Return all windows of a width: (..., L, 4) -> (..., L - width + 1, width, 4), without copying."""
    seen = np.lib.stride_tricks.sliding_window_view(x, width, axis=-2)  # (..., P, 4, width)
    return np.asarray(np.moveaxis(seen, -1, -2))
