"""Says whether results do not come from any computation: an argument as it came, zeros, one number everywhere."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from labkit.checks import compare

if TYPE_CHECKING:
    from collections.abc import Sequence

    from labkit.checks.cases import Case


def impostor(cases: Sequence[Case], values: Sequence[Any]) -> str:
    """Say whether the results are an argument as it came, zeros, or one number everywhere."""
    if all(map(_echoes, values, cases)):
        return "echo"
    parts = [compare.parts(value) for value in values]
    wanted = [compare.parts(case.expected) or [] for case in cases]
    numbers: set[float] = set()
    for found, right in zip(parts, wanted, strict=True):
        if found is None or [one.shape for one in found] != [one.shape for one in right]:
            return ""
        numbers.update(float(edge) for one in found if one.size for edge in (one.min(), one.max()))
    if not all(map(math.isfinite, numbers)):
        return ""
    return ("constant" if numbers != {0.0} else "zeros") if len(numbers) == 1 else ""


def _echoes(value: Any, case: Case) -> bool:
    parts = value if isinstance(value, tuple) and value else (value,)
    return all(any(compare.same(part, argument) for argument in case.arguments.values()) for part in parts)
