"""Writes plain values as the header and the raw parts of a message; nothing that a student's class says is called."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from autograder.inside.message import DTYPES, LENGTH, MessageLimits, WireError, allowed_dtype, array_bytes, type_name

Array = np.ndarray[Any, np.dtype[Any]]
Keep = Callable[[Any], int]  # an object that stays -> its number


def encode(value: Any, keep: Keep | None, limits: MessageLimits) -> tuple[bytes, list[bytes]]:
    """Return the header of a message, and the raw parts that it announces. Raises WireError."""
    encoder = _Encoder(keep, limits)
    try:
        node = encoder.node(value)
    except (RuntimeError, MemoryError) as error:  # too deep, too large, or changed by a thread meanwhile
        raise WireError("The value can't be written.") from error
    header = json.dumps(node, separators=(",", ":"), check_circular=False).encode()
    encoder.reserve(len(header) + LENGTH)
    return header, encoder.raw


class _Encoder:
    """Writes values. Subclasses are read by the methods of the type they derive from: an override is never called."""

    def __init__(self, keep: Keep | None, limits: MessageLimits) -> None:
        self.keep, self.limits = keep, limits
        self.raw: list[bytes] = []
        self.size = self.items = 0
        self.within: set[int] = set()  # the containers around a value: one that comes again holds itself

    def reserve(self, size: int = 0, items: int = 0) -> None:
        """Count what is about to be written."""
        self.size += size
        self.items += items
        if self.size > self.limits.size:
            raise WireError(f"The value is larger than {self.limits.size} bytes.")
        if self.items > self.limits.items:
            raise WireError(f"The value holds more than {self.limits.items} values.")

    def node(self, value: Any) -> Any:
        """Return what stands for a value in the header."""
        self.reserve(items=1)
        kind = type(value)
        if value is None or kind is bool:
            return value
        for base, write in _WRITERS:
            if issubclass(kind, base):
                node = write(self, value)
                if node is not None:
                    return node
        array = _tensor(value)
        node = None if array is None else self.array(array)
        return self.handle(value) if node is None else node

    def whole(self, value: int) -> Any:
        size = int.bit_length(value) // 8 + 1
        if size <= 8:
            return int.__index__(value)
        if size > self.limits.int_bytes:
            raise WireError(f"A whole number has more than {self.limits.digits} digits.")
        return ["i", self.add(int.to_bytes(value, size, "little", signed=True))]

    def real(self, value: float) -> Any:
        number = float.__float__(value)
        return number if math.isfinite(number) else ["f", repr(number)]

    def text(self, value: str) -> Any:
        if str.__len__(value) > self.limits.text:
            raise WireError(f"A text is longer than {self.limits.text} characters.")
        return ["s", self.add(str.encode(value, "utf-8", "surrogatepass"))]

    def octets(self, value: bytes) -> Any:
        self.reserve(bytes.__len__(value))
        self.raw.append(bytes.__getitem__(value, slice(None)))
        return ["b", len(self.raw[-1])]

    def scalar(self, value: Any) -> Any:
        if issubclass(type(value), np.str_):
            return ["U", self.text(value)[1]]
        value = _usual(np.asarray(value))[()]
        name = np.generic.dtype.__get__(value).str
        return ["n", name, self.add(np.generic.tobytes(value))] if name in DTYPES else None

    def array(self, value: Array) -> Any:
        array = _usual(np.ndarray.view(value, np.ndarray))
        if allowed_dtype(array.dtype.str) is None or _hides_entries(value):
            return None
        self.reserve(array_bytes(array.shape, array.itemsize, self.limits), array.ndim)
        fortran = array.flags.f_contiguous and not array.flags.c_contiguous
        self.raw.append(array.tobytes("F" if fortran else "C"))
        return ["F" if fortran else "a", array.dtype.str, *array.shape]

    def items_of_list(self, value: Any) -> Any:
        return self.sequence("l", value, list.__iter__(value))

    def items_of_tuple(self, value: Any) -> Any:
        return self.sequence("t", value, tuple.__iter__(value))

    def items_of_dict(self, value: Any) -> Any:
        if not all(map(_is_key, dict.keys(value))):
            return None
        return self.sequence("d", value, (part for pair in dict.items(value) for part in pair))

    def sequence(self, tag: str, holder: object, values: Iterable[Any]) -> Any:
        if id(holder) in self.within:
            raise WireError("A value that holds itself can't cross.")
        if len(self.within) >= self.limits.depth:
            raise WireError(f"The value is nested more than {self.limits.depth} deep.")
        self.within.add(id(holder))
        node = [tag, *map(self.node, values)]
        self.within.discard(id(holder))
        return node

    def handle(self, value: Any) -> Any:
        if self.keep is None:
            raise WireError(f"A {type_name(value, self.limits)} can't cross.")
        name = type_name(value, self.limits).encode("utf-8", "surrogatepass")
        return ["c" if callable(value) else "h", self.keep(value), self.add(name)]

    def add(self, data: bytes) -> int:
        self.reserve(len(data))
        self.raw.append(data)
        return len(data)


# In this order: NumPy's scalars are also float or str. bool and None are no base of anything.
_WRITERS: tuple[tuple[type, Callable[[_Encoder, Any], Any]], ...] = (
    (np.generic, _Encoder.scalar),
    (np.ndarray, _Encoder.array),
    (int, _Encoder.whole),
    (float, _Encoder.real),
    (str, _Encoder.text),
    (bytes, _Encoder.octets),
    (list, _Encoder.items_of_list),
    (tuple, _Encoder.items_of_tuple),
    (dict, _Encoder.items_of_dict),
)


def _usual(array: Array) -> Array:
    """Return numbers of a width that only some machines have (longdouble) as the widest that all have."""
    wide = {"f": np.float64, "c": np.complex128}.get(array.dtype.kind)
    return array.astype(wide) if wide and array.dtype.itemsize > np.dtype(wide).itemsize else array


def _is_key(key: Any) -> bool:
    """Say whether a dict's key can cross and is a key there too."""
    kind = type(key)
    if issubclass(kind, tuple):
        return all(map(_is_key, tuple.__iter__(key)))
    known = issubclass(kind, np.generic) and np.generic.dtype.__get__(key).str in DTYPES
    return known or issubclass(kind, int | float | str | bytes | type(None))


def _hides_entries(value: Any) -> bool:
    """Say whether an array is a masked one with something masked away: its numbers are not its value."""
    masked = sys.modules.get("numpy.ma")
    try:
        return bool(masked and issubclass(type(value), masked.MaskedArray) and masked.is_masked(value))
    except Exception:  # noqa: BLE001  (a subclass with ideas of its own)
        return True


def _tensor(value: Any) -> Array | None:
    """Read a tensor or variable of TensorFlow or Keras as an array; None for anything else, symbolic ones included."""
    for module, names in (("tensorflow", ("Tensor", "Variable")), ("keras", ("Variable",))):
        for name in names:
            try:
                if issubclass(type(value), getattr(sys.modules[module], name)):
                    array = np.asarray(value)
                    return array if type(array) is np.ndarray else None
            except Exception:  # noqa: BLE001, S112  (not imported, half imported, or the tensor has no value yet)
                continue
    return None
