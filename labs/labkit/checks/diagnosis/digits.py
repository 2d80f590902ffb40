"""Says of nearly right numbers what they have lost: decimals, a narrow dtype, the last digits of a gradient."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from labkit.checks import compare
from labkit.checks.diagnosis.pairs import Pair, Said, every

if TYPE_CHECKING:
    from collections.abc import Sequence


FEW = 0.01  # a relative error below it counts as lost digits
TINY = 1e-12
DECIMALS = (1, 2, 3, 4)


def precision(pairs: Sequence[Pair]) -> Said | None:
    """Say that a gradient is right to four digits, and not to six."""
    if pairs[0].tolerance.relative is None:
        return None
    if not every(pairs, lambda pair: bool(np.all(compare.close(pair.found, pair.right, compare.VALUES)))):
        return None
    return Said(
        "is right to about four digits only; this gradient is computed in float64",
        "Is something computed in float32 or rounded, or is a small share left out: that of steps far back, say?",
        "The dtype of each array that you make; whether the loop goes through all steps.",
    )


def digits(pairs: Sequence[Pair]) -> Said | None:
    """Say that numbers are nearly right: rounded, of a narrow dtype, or with a small number added."""
    if every(pairs, lambda pair: pair.right.dtype.kind in "iu"):
        return _whole(pairs)
    if not every(pairs, lambda pair: pair.right.dtype.kind == "f" and bool(np.isfinite(pair.found).all())):
        return None
    for decimals in DECIMALS:
        if every(pairs, partial(_rounded, decimals=decimals)):
            return Said(
                f"is rounded to {decimals} decimal{'s' * (decimals > 1)}",
                "Is there a round?",
                "The line that rounds: the docstring asks for none.",
            )
    if not every(pairs, _nearly):
        return None
    found = pairs[0].found
    narrow = found.dtype == np.float16 or every(pairs, _half)
    narrower = "float32" if pairs[0].tolerance.relative is not None else "float16"
    return Said(
        "is right to about three digits" + (": its numbers fit into 16 bits" if narrow else ""),
        "Is something computed in float16 or bfloat16?"
        if narrow
        else f"Is something computed in {narrower}, rounded, clipped, or a small number added?",
        "Each dtype, each astype, each limit and each small constant.",
    )


def _rounded(pair: Pair, decimals: int) -> bool:
    return bool(np.allclose(pair.found, np.round(pair.right, decimals), rtol=0, atol=1e-6))


def _narrow(pair: Pair, dtype: str) -> bool:
    return bool(np.array_equal(pair.found, pair.right.astype(dtype)))


def _single(pair: Pair) -> bool:
    return bool(np.array_equal(pair.found, pair.right.astype(np.float32).astype(np.int64)))


def _half(pair: Pair) -> bool:
    with np.errstate(over="ignore"):
        return bool(np.array_equal(pair.found.astype(np.float16).astype(float), pair.found.astype(float)))


def _nearly(pair: Pair) -> bool:
    if pair.tolerance.atol < TINY:  # each number counts, however small it is
        return bool(np.all(np.abs(pair.found - pair.right) <= FEW * np.abs(pair.right)))
    scale = max(float(np.max(np.abs(pair.right), initial=0.0)), TINY)
    return bool(np.all(np.abs(pair.found - pair.right) <= np.maximum(FEW * np.abs(pair.right), FEW / 5 * scale)))


def _whole(pairs: Sequence[Pair]) -> Said | None:
    """Say that whole numbers begin again, as in a narrow dtype, or are rounded, as in float32."""
    for name in ("int8", "uint8", "int16", "uint16", "int32"):
        if every(pairs, partial(_narrow, dtype=name)):
            return Said(
                f"begins again behind {np.iinfo(name).max}: larger numbers do not fit into {name}",
                f"Which line makes {name} of it, or multiplies numbers of that dtype?",
                "The dtype of each array that you make; a plain int of Python holds any whole number.",
            )
    if every(pairs, _single):
        return Said(
            "is rounded as float32 rounds it: whole numbers above 16,777,216 lose digits",
            "Does it pass float32 on the way?",
            "The dtype of each array that you make; a plain int of Python holds any whole number.",
        )
    return None
