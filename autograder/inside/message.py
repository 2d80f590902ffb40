"""What one message may hold: its limits, the types of arrays that can cross, and the error for all else."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

# By sign and size: "<i8" is int64, never its twin longlong.
DTYPES = {
    text: np.dtype(text) for dtype in map(np.dtype, "?bBhHiIqQefdFD") for text in (dtype.str, dtype.newbyteorder().str)
}
LENGTH = 8  # bytes of the length at the start
_MAX_DIMENSIONS = 32
_MAX_WIDTH = 1000  # characters in an entry of an array of text


class WireError(Exception):
    """A value can't cross, or bytes are no message; the message is one sentence."""


@dataclass(frozen=True)
class MessageLimits:
    """What one message may hold.

    size: bytes; items: values, those within values included; depth: lists in lists; digits: of a whole number
    text: characters of one string; name, message: characters of a type's name and of an error's message
    """

    size: int = 16 << 20
    items: int = 200_000
    depth: int = 40
    digits: int = 4_000
    text: int = 10_000_000
    name: int = 100
    message: int = 10_000

    @property
    def int_bytes(self) -> int:
        """Bytes that a whole number of so many digits takes, with its sign."""
        return int(self.digits * math.log2(10)) // 8 + 1


DEFAULT = MessageLimits()


def type_name(value: Any, limits: MessageLimits = DEFAULT) -> str:
    """Name the type of an object, whatever its class says about itself."""
    return str.__str__(type.__dict__["__name__"].__get__(type(value)))[: limits.name]


def allowed_dtype(name: Any) -> np.dtype[Any] | None:
    """Find an allowed dtype by its name ("<f4"); arrays of text ("<U10") are of bounded width."""
    if type(name) is not str:
        return None
    text = re.fullmatch(r"[<>]U([1-9]\d{0,3})", name)
    return np.dtype(name) if text and int(text[1]) <= _MAX_WIDTH else DTYPES.get(name)


def array_bytes(shape: Iterable[int], itemsize: int, limits: MessageLimits) -> int:
    """Count the bytes of an array. An empty one must be no giant along its other axes."""
    sizes = tuple(shape)
    if itemsize * math.prod(size for size in sizes if size) > limits.size or len(sizes) > _MAX_DIMENSIONS:
        raise WireError(f"An array is larger than {limits.size} bytes or has over {_MAX_DIMENSIONS} axes.")
    return itemsize * math.prod(sizes)
