"""What crosses arrives exactly as it was: every kind of value, and objects that pretend to be one."""

import collections
import enum
import math
import struct
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from autograder.inside import wire
from autograder.inside.wire import MessageLimits, WireError, dumps, loads


def exact(value):
    """Spell out a value so that two are equal only if nothing at all tells them apart; NaN equals NaN."""
    if isinstance(value, np.ndarray):
        layout = value.flags.c_contiguous, value.flags.f_contiguous
        return type(value), value.dtype.str, value.shape, layout, value.tobytes()
    if isinstance(value, np.generic):
        return type(value), str.__str__(value) if isinstance(value, np.str_) else value.tobytes()
    if type(value) is float:
        return float, "nan" if math.isnan(value) else struct.pack(">d", value)
    if isinstance(value, list | tuple | dict):
        parts = value.items() if isinstance(value, dict) else value
        return type(value), [exact(part) for part in parts]
    return type(value), value


def crossed(value):
    return loads(dumps(value))


def same(value):
    return exact(crossed(value)) == exact(value)


DTYPES = st.sampled_from(sorted(wire.DTYPES)) | st.sampled_from(["<U1", ">U3", "<U1000"])
SCALAR_DTYPES = st.sampled_from(sorted({dtype.newbyteorder("=").str for dtype in wire.DTYPES.values()}))
TEXT = st.text(st.characters(codec=None, categories=None), max_size=20)  # halves of characters too
NUMPY_SCALARS = SCALAR_DTYPES.flatmap(lambda dtype: arrays.arrays(dtype, 1).map(lambda array: array[0]))
KEYS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(-(10**3000), 10**3000)
    | st.floats(allow_nan=False)
    | TEXT
    | st.binary(max_size=20)
)
LEAVES = KEYS | st.floats() | NUMPY_SCALARS | TEXT.map(np.str_)
ARRAYS = DTYPES.flatmap(lambda dtype: arrays.arrays(dtype, arrays.array_shapes(min_dims=0, min_side=0)))
VALUES = st.recursive(
    LEAVES | ARRAYS,
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.lists(inner, max_size=5).map(tuple)
        | st.dictionaries(KEYS | st.tuples(KEYS, KEYS), inner, max_size=5)
    ),
    max_leaves=20,
)


@given(VALUES)
@settings(max_examples=250)
def test_a_value_arrives_as_it_was(value):
    assert same(value)


@given(ARRAYS)
def test_an_array_arrives_as_it_was_in_either_order_and_can_be_written_to(array):
    for one in (array, np.asfortranarray(array), array.T):
        assert same(one)
        assert crossed(one).flags.writeable
        assert crossed(one).flags.owndata


def test_a_part_of_an_array_arrives_by_itself():
    array = np.arange(24.0).reshape(2, 3, 4)[:, ::2, ::-1]
    np.testing.assert_array_equal(crossed(array), array)
    assert len(dumps(array)) < 200


@pytest.mark.parametrize(
    "value",
    [
        float("nan"),
        -0.0,
        5e-324,
        1.7976931348623157e308,
        2**63,
        -(2**63) - 1,
        10**3999,
        "a\0b",
        "\ud83d\ude00",  # two halves that are no whole
        "😀",
        np.str_("a\0"),
        np.str_(""),
        np.float16(math.inf),
        np.array(-0.0, "f4"),
        np.array(["ab", ""]),
        np.empty((3, 0, 2), "F"),
        {1: "one", "1": "text", None: 0, (1, ("a", b"a")): []},
        {math.nan: 1},
        {np.int64(3): np.float32(0.5)},
        [[], (), {}, [[]]],
    ],
    ids=repr,
)
def test_an_odd_value_arrives_as_it_was(value):
    assert same(value)


def test_the_same_list_twice_is_no_circle():
    shared = [1]
    assert crossed([shared, shared]) == [[1], [1]]


# Subclasses


class LyingInt(int):
    def __index__(self):
        return 7

    def bit_length(self):
        return 1

    __int__ = __repr__ = __str__ = __eq__ = __hash__ = __index__


class LyingFloat(float):
    def __float__(self):
        return 7.0

    __repr__ = __str__ = __eq__ = __float__


class LyingText(str):
    __slots__ = ()

    def encode(self, *_):
        return b"lie"

    def __str__(self):
        return "lie"

    def __len__(self):
        return 0


class LyingBytes(bytes):
    def __bytes__(self):
        return b"lie"

    def __getitem__(self, key):
        return b"lie"

    def __buffer__(self, flags):
        return memoryview(b"lie")

    def __len__(self):
        return 0


class LyingList(list):
    def __iter__(self):
        return iter(["lie"])

    def __len__(self):
        return 1

    def __getitem__(self, key):
        return "lie"

    def copy(self):
        return ["lie"]


class LyingTuple(tuple):
    __slots__ = ()
    __iter__, __len__, __getitem__ = LyingList.__iter__, LyingList.__len__, LyingList.__getitem__


class LyingDict(dict):
    def __iter__(self):
        return iter(["lie"])

    def keys(self):
        return ["lie"]

    def items(self):
        return [("lie", "lie")]

    def __getitem__(self, key):
        return "lie"

    __len__ = LyingList.__len__


class LyingArray(np.ndarray):
    dtype = np.dtype("S3")
    shape = (3,)
    nbytes = 0

    def __array_finalize__(self, other):
        if other is not None:
            raise ValueError("a copy or a view")

    def __array__(self, *_, **__):
        return np.zeros(3)

    def tobytes(self, *_):
        return b"lie"

    view = astype = copy = __array_function__ = __array_ufunc__ = __array__


class LyingScalar(np.float64):
    def __array__(self, *_, **__):
        return np.zeros(3)

    def tobytes(self, *_):
        return b"12345678"

    def __float__(self):
        return 7.0


class Lies(type):
    """A metaclass: even the class says that it is something else."""

    __name__ = "int"
    __mro__ = (int, object)

    def __instancecheck__(cls, instance):
        return True

    def __subclasscheck__(cls, other):
        return True

    def __eq__(cls, other):
        return True

    def __hash__(cls):
        return hash(int)


def lying_array():
    return np.ndarray.__new__(LyingArray, (2,), "f8", np.array([1.5, -2.5]).tobytes())


@pytest.mark.parametrize(
    ("liar", "truth"),
    [
        (LyingInt(5), 5),
        (LyingInt(10**50), 10**50),
        (LyingFloat(0.5), 0.5),
        (LyingText("true"), "true"),
        (LyingBytes(b"true"), b"true"),
        (LyingList([1, 2]), [1, 2]),
        (LyingTuple((1, 2)), (1, 2)),
        (LyingDict({"a": 1, "b": 2}), {"a": 1, "b": 2}),
        ({LyingInt(5): LyingList([LyingText("a")])}, {5: ["a"]}),
        (lying_array(), np.array([1.5, -2.5])),
        (LyingScalar(0.5), np.float64(0.5)),
        (np.array([[1, 2]]).view(np.matrix), np.array([[1, 2]])),
        (np.ma.MaskedArray([1.0, 2.0]), np.array([1.0, 2.0])),
        (enum.IntEnum("Colour", "RED").RED, 1),
        (enum.StrEnum("Colour", "RED").RED, "red"),
        (collections.Counter("aab"), {"a": 2, "b": 1}),
        (collections.namedtuple("Pair", "a b")(1, 2), (1, 2)),  # noqa: PYI024
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_subclass_arrives_as_what_it_is_and_not_as_what_it_says(liar, truth):
    assert exact(crossed(liar)) == exact(truth)


# Objects


def endless():
    while True:
        yield 1


class Pretender(metaclass=Lies):
    """Nothing that asks this object anything gets a true or a quiet answer."""

    @property
    def __class__(self):
        return dict

    def __getattribute__(self, name):
        raise KeyboardInterrupt(name)

    def __iter__(self):
        return endless()

    def _raise(self, *_):
        raise KeyboardInterrupt

    __len__ = __eq__ = __hash__ = __bool__ = __repr__ = __str__ = __array__ = __index__ = __float__ = __call__ = _raise


OBJECTS = {
    "generator": endless(),
    "Pretender": Pretender(),
    "function": endless,
    "type": int,
    "Lies": Pretender,
    "object": object(),
    "complex": 1j,
    "set": {1},
    "bytearray": bytearray(b"a"),
    "range": range(10**18),
    "module": sys,
    "ndarray": np.array([object()]),
    "MaskedArray": np.ma.MaskedArray([1.0, 2.0], mask=[True, False]),
    "recarray": np.rec.array([(1, 2.0)]),
    "datetime64": np.datetime64("2000-01-01"),
    "dict": {endless: 1},
}


@pytest.mark.parametrize("name", OBJECTS)
def test_any_other_object_stays_and_crosses_as_a_number_and_the_name_of_its_type(name):
    kept = []

    def keep(value):
        kept.append(value)
        return 41 + len(kept)

    data = dumps([OBJECTS[name], {"a": OBJECTS[name]}], keep)
    assert loads(data, lambda *handle: handle) == [(42, name, *_called(name)), {"a": (43, name, *_called(name))}]
    assert kept[0] is OBJECTS[name]
    with pytest.raises(WireError):
        loads(data)
    with pytest.raises(WireError):
        dumps(OBJECTS[name])


def test_numbers_of_a_width_that_not_all_machines_have_cross_as_the_widest_that_they_have():
    back = loads(dumps([np.longdouble(1.5), np.array([2.5, np.nan], np.longdouble), np.clongdouble(1j)]))
    assert [type(back[0]), back[1].dtype, type(back[2])] == [np.float64, np.float64, np.complex128]
    assert (back[0], back[1][0], back[2]) == (1.5, 2.5, 1j)
    assert np.isnan(back[1][1])


def _called(name):
    return (name in ("function", "type", "Lies", "Pretender"),)


def test_the_name_of_a_type_is_bounded():
    thing = type("x" * 10**6, (), {})()
    assert loads(dumps(thing, lambda _: 0), lambda *handle: handle) == (0, "x" * 100, False)


# Limits


def nested(depth):
    value = []
    for _ in range(depth - 1):
        value = [value]
    return value


def doubled(levels):
    value = [1, 1]
    for _ in range(levels):
        value = [value, value]
    return value


def circle():
    value = []
    value.append({"a": (value,)})
    return value


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (circle(), "holds itself"),
        (nested(41), "nested more than 40 deep"),
        (nested(100_000), "nested more than 40 deep"),
        (doubled(17), "more than 200000 values"),
        ([0] * 200_000, "more than 200000 values"),
        (dict.fromkeys(range(100_000)), "more than 200000 values"),
        (np.broadcast_to(np.float64(0), (10**6, 10**6)), "larger than 16777216 bytes"),
        (np.zeros((0, 10**12)), "larger than 16777216 bytes"),
        (np.zeros((1,) * 40), "over 32 axes"),
        (bytes(17 << 20), "larger than 16777216 bytes"),
        ([bytes(10 << 20)] * 2, "larger than 16777216 bytes"),
        ("a" * 10_000_001, "longer than 10000000 characters"),
        (10**4001, "more than 4000 digits"),
        (-(10**4001), "more than 4000 digits"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_too_much_is_refused_in_one_sentence(value, words):
    with pytest.raises(WireError, match=words) as refusal:
        dumps(value)
    assert str(refusal.value).count(".") == 1


@given(VALUES)
@settings(max_examples=200)
def test_what_may_be_written_may_be_read(value):
    """No reply of an honest student is refused because the two ends count differently."""
    limits = MessageLimits(items=40, depth=3, size=2000, digits=50, text=10)
    try:
        data = dumps(value, limits=limits)
    except WireError:
        return
    assert exact(loads(data, limits=limits)) == exact(value)


@pytest.mark.parametrize(
    "value", [nested(40), [0] * 199_999, ["a"] * 199_999, [np.zeros((1, 1, 1))] * 49_999, 10**3999]
)
def test_a_value_at_the_limit_crosses(value):
    assert same(value)


# Tensors


@pytest.mark.slow
def test_a_tensor_arrives_as_an_array():
    keras, tf = pytest.importorskip("keras"), pytest.importorskip("tensorflow")

    numbers = np.arange(6, dtype="float32").reshape(2, 3)
    for tensor in (
        tf.constant(numbers),
        tf.Variable(numbers),
        keras.Variable(numbers),
        keras.ops.convert_to_tensor(numbers),
    ):
        assert exact(crossed({"a": [tensor]})) == exact({"a": [numbers]})
    assert exact(crossed(tf.constant(2.0))) == exact(np.array(2.0, "float32"))
    assert exact(crossed(tf.constant([True]))) == exact(np.array([True]))


@pytest.mark.slow
def test_a_tensor_without_a_plain_value_stays():
    keras, tf = pytest.importorskip("keras"), pytest.importorskip("tensorflow")

    for tensor in (
        keras.Input((3,)),
        tf.constant(["text"]),
        tf.constant([1.0], tf.bfloat16),
        tf.ragged.constant([[1], [1, 2]]),
        tf.function(lambda x: x).get_concrete_function(tf.TensorSpec([], "float32")).inputs[0],
    ):
        assert loads(dumps(tensor, lambda _: 5), lambda *handle: handle[0]) == 5
