"""Values that a student's function could return, none of which may make a check raise."""

from __future__ import annotations

import numpy as np


class Rude:
    """Raises whatever is asked of it."""

    def _raise(self, *_):
        raise RuntimeError("no")

    __eq__ = __repr__ = __len__ = __getitem__ = __iter__ = __bool__ = __float__ = __array__ = __hash__ = _raise
    shape = dtype = property(_raise)


class RudeMapping(dict):
    def __contains__(self, key):
        raise RuntimeError("no")


class RudeList(list):
    def __len__(self):
        raise RuntimeError("no")


CYCLE = []


CYCLE.append(CYCLE)


ODD = [
    Rude(),
    [Rude(), Rude()],
    (Rude(), Rude()),
    {"x": Rude()},
    RudeMapping(x=2),
    RudeList([1]),
    CYCLE,
    {"x": CYCLE},
    (value for value in (1.0, 2.0)),
    [[1.0], [2.0, 3.0]],
    10**400,
    [10**400, 1],
    1 + 2j,
    np.array([1, 2], dtype=object),
    np.array(["a", "b"]),
    np.array([(1, 2.0)], dtype=[("a", int), ("b", float)]),
    np.datetime64("2026-01-01"),
    np.ma.masked_array([1.0, 2.0], mask=[True, False]),
    np.ma.masked,
    np.array(0.5),
    np.array([]),
    np.float16(3e4),
    Rude,
    NotImplemented,
    ...,
    {1, 2},
    b"bytes",
    memoryview(b"bytes"),
    range(10**12),
]
