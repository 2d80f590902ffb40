"""Turns plain values into bytes and back: what crosses between the examiner and a student's process, and nothing else.

A message is the length of a header (8 bytes), the header (JSON, lists only) and the raw bytes of texts, big integers
and arrays in the order in which the header announces them: with no offsets, nothing can overlap. This file and those
that it imports are also mounted into the sandbox: they import only the standard library and NumPy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from autograder.inside.decoder import decode
from autograder.inside.encoder import encode
from autograder.inside.message import DEFAULT, DTYPES, LENGTH, MessageLimits, WireError, type_name

if TYPE_CHECKING:
    from autograder.inside.decoder import MakeHandle
    from autograder.inside.encoder import Keep

__all__ = ["DEFAULT", "DTYPES", "MessageLimits", "WireError", "dumps", "loads", "type_name"]


def dumps(value: Any, keep: Keep | None = None, limits: MessageLimits = DEFAULT) -> bytes:
    """Write a value; `keep` takes every object that can't cross and gives its number. Raises WireError."""
    header, raw = encode(value, keep, limits)
    return b"".join((len(header).to_bytes(LENGTH, "big"), header, *raw))


def loads(data: bytes, handle: MakeHandle | None = None, limits: MessageLimits = DEFAULT) -> Any:
    """Read a value from bytes that anybody may have made; `handle` makes a stand-in for an object. Raises WireError."""
    if type(data) is not bytes or not LENGTH < len(data) <= limits.size:
        raise WireError(f"A message is {LENGTH + 1} to {limits.size} bytes long.")
    raw = memoryview(data)[LENGTH:]
    length = int.from_bytes(data[:LENGTH], "big")
    if length > len(raw):
        raise WireError("The message is shorter than its header says.")
    return decode(raw[:length], raw[length:], handle, limits)
