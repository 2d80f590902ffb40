"""Numbers that look drawn and are a function of some ids: the same on every machine, and with every NumPy."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

PRIME = 2_147_483_647


def mixed(salt: int, ids: Iterable[int]) -> int:
    """Make one number of a salt and some ids, in which each id and its place count."""
    mark = salt + 1
    for one in ids:
        mark = (48_271 * mark + 69_621 * (int(one) + 1)) % PRIME
    return mark


def share(mark: int, index: int) -> float:
    """Make a number in [0, 1) of what `mixed` gives; one for each index."""
    found = (mark + 7_919 * (index + 1)) % PRIME
    for _ in range(3):
        found = (16_807 * (found ^ (found >> 13))) % PRIME
    return found / PRIME
