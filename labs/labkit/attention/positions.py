"""Pictures of positions: the waves of the encoding, and how alike two positions are."""

from __future__ import annotations

from typing import Any

import numpy as np

from labkit.base import style
from labkit.base.style import LINES, say

SHOWN = (0, 20, 40)  # positions whose likeness to all others is drawn


def waves(table: Any) -> None:
    """Draw a positional encoding (length, d_model), and the dot products of some rows with all others."""
    encoding = np.asarray(table, float)
    _, (left, right) = style.subplots(1, 2, size=(12, 3.8))
    drawn = left.imshow(encoding, cmap="viridis", aspect="auto", vmin=-1, vmax=1)
    left.set(xlabel="column", ylabel="position", title="one row for each position")
    left.figure.colorbar(drawn, ax=left)
    places = [place for place in SHOWN if place < len(encoding)]
    for place, (colour, dashes, _) in zip(places, LINES, strict=False):
        right.plot(encoding @ encoding[place], color=colour, ls=dashes, label=f"position {place}")
    right.set(xlabel="position", title="dot product with the row of ...")
    right.legend(loc="upper right")
    say(_said(encoding))


def _said(encoding: np.ndarray[Any, Any]) -> str:
    products = encoding @ encoding.T
    spread = max(float(np.ptp(np.diagonal(products, lag))) for lag in range(len(encoding)))
    if spread < 1e-3:
        return "The likeness of two positions hangs on their distance alone: every curve is the same one, moved."
    return f"The likeness of two positions at the same distance differs by up to {spread:.2f}."
