"""Reads the header and the raw parts of a message that anybody may have made; trusts nothing that it says."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable
from typing import Any, Literal

import numpy as np

from autograder.inside.message import DTYPES, MessageLimits, WireError, allowed_dtype, array_bytes

Array = np.ndarray[Any, np.dtype[Any]]
MakeHandle = Callable[[int, str, bool], Any]  # its number, the name of its type, whether it can be called
_VALUES = 4  # at most so many JSON values in the header for each item that is counted
_MAX_COLLISIONS = 1000  # keys with equal hashes; thousands make a dict crawl, and only malice has them


def decode(header: memoryview, raw: memoryview, handle: MakeHandle | None, limits: MessageLimits) -> Any:
    """Return the value that a header stands for, with its raw parts. Raises WireError."""
    try:
        decoder = _Decoder(raw, handle, limits)
        value = decoder.node(_parse(bytes(header), limits), 0)
    except (ValueError, TypeError, OverflowError, RecursionError, MemoryError) as error:
        raise WireError("The message is not well formed.") from error
    if decoder.raw:
        raise WireError("The message is longer than its header says.")
    return value


def _parse(header: bytes, limits: MessageLimits) -> Any:
    """Parse the header. Each value in it follows a bracket or a comma: they are counted before memory is taken."""
    values = 1 + header.count(b"[") + header.count(b",")
    if values > _VALUES * limits.items or len(header) > 32 * values or b"{" in header:
        raise WireError("The message's header is too large.")
    return json.loads(header.decode("ascii"))


class _Decoder:
    """Reads values; trusts nothing that a header says."""

    def __init__(self, raw: memoryview, handle: MakeHandle | None, limits: MessageLimits) -> None:
        self.raw, self.make_handle, self.limits = raw, handle, limits
        self.collisions = 0

    def node(self, node: Any, depth: int) -> Any:
        """Return the value that a part of the header stands for."""
        kind = type(node)
        if node is None or kind is bool or (kind is int and -(2**63) <= node < 2**63):
            return node
        if kind is float and math.isfinite(node):
            return node
        if kind is not list or not node or type(node[0]) is not str:
            raise WireError("The message's header holds something unknown.")
        tag, *rest = node
        if tag in ("l", "t", "d"):
            if depth >= self.limits.depth:
                raise WireError(f"The message is nested more than {self.limits.depth} deep.")
            return self.container(tag, [self.node(part, depth + 1) for part in rest])
        if tag in ("a", "F"):
            return self.array(*rest, fortran=tag == "F")
        if tag in ("h", "c"):
            return self.handle(*rest, can_be_called=tag == "c")
        if tag not in ("i", "f", "s", "U", "b", "n"):
            raise WireError("The message's header holds something unknown.")
        return getattr(self, f"read_{tag}")(*rest)

    def take(self, size: Any, most: int) -> memoryview:
        if type(size) is not int or not 0 <= size <= min(most, len(self.raw)):
            raise WireError("The message announces more bytes than it may.")
        taken, self.raw = self.raw[:size], self.raw[size:]
        return taken

    def read_i(self, size: Any) -> int:
        return int.from_bytes(self.take(size, self.limits.int_bytes), "little", signed=True)

    def read_f(self, name: Any) -> float:
        if name not in ("nan", "inf", "-inf"):
            raise WireError("The message's header holds something unknown.")
        return float(name)

    def read_s(self, size: Any) -> str:
        text = str(self.take(size, self.limits.size), "utf-8", "surrogatepass")
        if len(text) > self.limits.text:
            raise WireError(f"A text is longer than {self.limits.text} characters.")
        return text

    def read_U(self, size: Any) -> np.str_:  # noqa: N802  (the letter of NumPy's text)
        return np.str_(self.read_s(size))

    def read_b(self, size: Any) -> bytes:
        return bytes(self.take(size, self.limits.size))

    def read_n(self, name: Any, size: Any) -> Any:
        if name not in DTYPES or type(size) is not int or size != DTYPES[name].itemsize:
            raise WireError("The message holds a number of an unknown kind.")
        return self.array(name)[()]

    def array(self, name: Any, *shape: Any, fortran: bool = False) -> Array:
        dtype = allowed_dtype(name)
        if dtype is None or not all(type(size) is int and size >= 0 for size in shape):
            raise WireError("The message holds an array of an unknown kind or shape.")
        data = self.take(array_bytes(shape, dtype.itemsize, self.limits), self.limits.size)
        order: Literal["F", "C"] = "F" if fortran else "C"
        array = np.ndarray(shape, dtype, data, order=order).copy(order) if data else np.empty(shape, dtype, order)
        # NumPy takes any bytes for True, and any number for a character; both then break what they touch.
        for kind, whole, most in (("b", "u1", 1), ("U", dtype.byteorder + "u4", sys.maxunicode)):
            if dtype.kind == kind and array.size and np.frombuffer(data, whole).max() > most:
                raise WireError("The message holds an array with an impossible entry.")
        return array

    def container(self, tag: str, parts: list[Any]) -> Any:
        if tag != "d":
            return tuple(parts) if tag == "t" else parts
        keys = parts[::2]
        self.collisions += len(keys) - len(set(map(hash, keys)))
        if self.collisions > _MAX_COLLISIONS:
            raise WireError("The message holds dicts with keys of the same hash.")
        pairs = dict(zip(keys, parts[1::2], strict=True))
        if len(pairs) < len(keys):
            raise WireError("The message holds a dict with the same key twice.")
        return pairs

    def handle(self, number: Any, size: Any, *, can_be_called: bool) -> Any:
        if self.make_handle is None or type(number) is not int or number < 0:
            raise WireError("The message refers to an object where none may stand.")
        name = str(self.take(size, 4 * self.limits.name), "utf-8", "surrogatepass")
        return self.make_handle(number, name[: self.limits.name], can_be_called)
