"""Turns plain values into bytes and back: what crosses between the examiner and a student's process, and nothing else.

A message is the length of a header (8 bytes), the header (JSON, lists only) and the raw bytes of texts, big integers
and arrays in the order in which the header announces them: with no offsets, nothing can overlap. This file is also
mounted by itself into the sandbox: it imports only the standard library and NumPy.
"""

from __future__ import annotations

import json
import math
import re
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]
Keep = Callable[[Any], int]  # an object that stays -> its number
MakeHandle = Callable[[int, str, bool], Any]  # its number, the name of its type, whether it can be called

# By sign and size: "<i8" is int64, never its twin longlong.
DTYPES = {
    text: np.dtype(text) for dtype in map(np.dtype, "?bBhHiIqQefdFD") for text in (dtype.str, dtype.newbyteorder().str)
}
_MAX_DIMENSIONS = 32
_MAX_WIDTH = 1000  # characters in an entry of an array of text
_MAX_COLLISIONS = 1000  # keys with equal hashes; thousands make a dict crawl, and only malice has them
_VALUES = 4  # at most so many JSON values in the header for each item that is counted
_LENGTH = 8  # bytes of the length at the start


class WireError(Exception):
    """A value can't cross, or bytes are no message; the message is one sentence."""


@dataclass(frozen=True)
class Limits:
    """What one message may hold.

    size: bytes; items: values, those within values included; depth: lists in lists; digits: of a whole number
    text: characters of one string; name, message: characters of a type's name and of an error's message
    """

    size: int = 64 << 20
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


DEFAULT = Limits()


def dumps(value: Any, keep: Keep | None = None, limits: Limits = DEFAULT) -> bytes:
    """Write a value; `keep` takes every object that can't cross and gives its number. Raises WireError."""
    encoder = _Encoder(keep, limits)
    try:
        node = encoder.node(value)
    except (RuntimeError, MemoryError) as error:  # too deep, too large, or changed by a thread meanwhile
        raise WireError("The value can't be written.") from error
    header = json.dumps(node, separators=(",", ":"), check_circular=False).encode()
    encoder.reserve(len(header) + _LENGTH)
    return b"".join((len(header).to_bytes(_LENGTH, "big"), header, *encoder.raw))


def loads(data: bytes, handle: MakeHandle | None = None, limits: Limits = DEFAULT) -> Any:
    """Read a value from bytes that anybody may have made; `handle` makes a stand-in for an object. Raises WireError."""
    if type(data) is not bytes or not _LENGTH < len(data) <= limits.size:
        raise WireError(f"A message is {_LENGTH + 1} to {limits.size} bytes long.")
    raw = memoryview(data)[_LENGTH:]
    length = int.from_bytes(data[:_LENGTH], "big")
    if length > len(raw):
        raise WireError("The message is shorter than its header says.")
    try:
        decoder = _Decoder(raw[length:], handle, limits)
        value = decoder.node(_parse(bytes(raw[:length]), limits), 0)
    except (ValueError, TypeError, OverflowError, RecursionError, MemoryError) as error:
        raise WireError("The message is not well formed.") from error
    if decoder.raw:
        raise WireError("The message is longer than its header says.")
    return value


def type_name(value: Any, limits: Limits = DEFAULT) -> str:
    """Name the type of an object, whatever its class says about itself."""
    return str.__str__(type.__dict__["__name__"].__get__(type(value)))[: limits.name]


def _parse(header: bytes, limits: Limits) -> Any:
    """Parse the header. Each value in it follows a bracket or a comma: they are counted before memory is taken."""
    values = 1 + header.count(b"[") + header.count(b",")
    if values > _VALUES * limits.items or len(header) > 32 * values or b"{" in header:
        raise WireError("The message's header is too large.")
    return json.loads(header.decode("ascii"))


def _dtype(name: Any) -> np.dtype[Any] | None:
    """Find an allowed dtype by its name ("<f4"); arrays of text ("<U10") are of bounded width."""
    if type(name) is not str:
        return None
    text = re.fullmatch(r"[<>]U([1-9]\d{0,3})", name)
    return np.dtype(name) if text and int(text[1]) <= _MAX_WIDTH else DTYPES.get(name)


def _array_bytes(shape: Iterable[int], itemsize: int, limits: Limits) -> int:
    """Count the bytes of an array. An empty one must be no giant along its other axes."""
    sizes = tuple(shape)
    if itemsize * math.prod(size for size in sizes if size) > limits.size or len(sizes) > _MAX_DIMENSIONS:
        raise WireError(f"An array is larger than {limits.size} bytes or has over {_MAX_DIMENSIONS} axes.")
    return itemsize * math.prod(sizes)


class _Encoder:
    """Writes values. Subclasses are read by the methods of the type they derive from: an override is never called."""

    def __init__(self, keep: Keep | None, limits: Limits) -> None:
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
        if _dtype(array.dtype.str) is None or _hides_entries(value):
            return None
        self.reserve(_array_bytes(array.shape, array.itemsize, self.limits), array.ndim)
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


class _Decoder:
    """Reads values; trusts nothing that a header says."""

    def __init__(self, raw: memoryview, handle: MakeHandle | None, limits: Limits) -> None:
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
        dtype = _dtype(name)
        if dtype is None or not all(type(size) is int and size >= 0 for size in shape):
            raise WireError("The message holds an array of an unknown kind or shape.")
        data = self.take(_array_bytes(shape, dtype.itemsize, self.limits), self.limits.size)
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
