"""Bytes that a hostile process made: reading them gives a value or one sentence, soon and in little memory."""

import json
import random
import signal
import sys
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.inside.wire import WireError, dumps, loads

MB = 1 << 20


def message(header, raw=b""):
    """A message with any header: a text as it is, anything else as JSON."""
    text = (header if isinstance(header, str) else json.dumps(header, separators=(",", ":"))).encode()
    return len(text).to_bytes(8, "big") + text + raw


def read(data):
    """Read a message; give its value, or the refusal."""
    try:
        return loads(data, lambda *_: "handle")
    except WireError as refusal:
        return refusal


HONEST = [
    dumps(value)
    for value in (
        [1, -0.0, "text", None, {"a": (True, b"bytes")}],
        {"h": np.arange(6.0).reshape(2, 3), "mask": np.array([[True, False]]), 3: np.float32(0.5)},
        [np.array(["ab", "c"]), np.asfortranarray(np.ones((2, 2), "c8")), 10**100, float("inf"), np.str_("a")],
        (b"0123456789abcdef", [("value", [[1, 2], [3]], {0: [1]}), ("error", ("ValueError", "no"), {})]),
    )
]


def test_what_honest_hands_wrote_is_read():
    assert not any(isinstance(read(data), WireError) for data in HONEST)


@given(st.binary(max_size=300))
@settings(max_examples=500)
def test_random_bytes_are_a_value_or_refused(data):
    read(data)
    read(len(data).to_bytes(8, "big") + data)


@given(st.sampled_from(HONEST), st.data())
@settings(max_examples=1000)
def test_an_honest_message_with_some_bytes_changed_is_a_value_or_refused(data, draw):
    changed = bytearray(data)
    for _ in range(draw.draw(st.integers(1, 5))):
        changed[draw.draw(st.integers(0, len(changed) - 1))] = draw.draw(st.integers(0, 255))
    read(bytes(changed))


@given(st.sampled_from(HONEST), st.sampled_from(HONEST), st.data())
@settings(max_examples=500)
def test_two_honest_messages_cut_and_joined_are_a_value_or_refused(one, other, draw):
    read(one[: draw.draw(st.integers(0, len(one)))] + other[draw.draw(st.integers(0, len(other))) :])


@pytest.mark.parametrize("data", HONEST)
def test_a_message_that_was_cut_or_has_more_is_refused(data):
    assert all(isinstance(read(data[:length]), WireError) for length in range(len(data)))
    assert isinstance(read(data + b"\0"), WireError)


NODES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.integers(0, 40)
    | st.floats()
    | st.sampled_from(
        [*"ltdsbifaFnUhc", "<f8", "|b1", "<U2", ">U1", "<U0", "|O", "|V8", "nan", "inf", "read_s", "take", "__class__"]
    )
    | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=15,
)
TAGGED = st.recursive(
    st.integers(-3, 40) | st.floats(),
    lambda inner: (
        st.tuples(st.sampled_from("ltdsbifaFnUhc"), NODES, inner, inner).map(list)
        | st.lists(inner, max_size=4).map(lambda parts: ["l", *parts])
    ),
    max_leaves=15,
)


@given(NODES | TAGGED, st.binary(max_size=80))
@settings(max_examples=1000)
def test_a_header_that_lies_is_a_value_or_refused(header, raw):
    read(message(header, raw))


LIES = {
    "not a list": "5.",
    "an object": '{"a":1}',
    "an object within": '["l",{"a":1}]',
    "a bare text": '"text"',
    "an empty list": "[]",
    "a list without a tag": "[1,2]",
    "an unknown tag": ["x", 1],
    "a method's name for a tag": ["ake", 1],
    "NaN as JSON": "NaN",
    "infinity as JSON": "-Infinity",
    "a float that overflows": "1e999",
    "an integer over 64 bits": str(2**63),
    "an integer of 5000 digits": "9" * 5000,
    "a list of integers of 4000 digits": "[" + ",".join(["9" * 4000] * 50) + "]",
    "deep JSON": "[" * 400 + "]" * 400,
    "very deep JSON": "[" * 100_000,
    "deep and tagged": '["l",' * 60 + "1" + "]" * 60,
    "another encoding": "é",
    "two values": "1 2",
    "no size": ["s"],
    "two sizes": ["s", 1, 1],
    "a negative size": ["s", -1],
    "a true size": ["s", True],
    "a size that is a float": ["s", 1.0],
    "a size that is no number": ["b", "1"],
    "a huge size": ["b", 2**62],
    "a huge integer": ["i", 5000],
    "NaN by another name": ["f", "NaN"],
    "a number as text": ["f", "1e5"],
    "a NaN that is a list": ["f", ["nan"]],
    "no dtype": ["a"],
    "an object dtype": ["a", "|O", 1],
    "a void dtype": ["a", "|V8", 1],
    "a date": ["a", "<M8[s]", 1],
    "a structured dtype": ["a", "f8,f8", 1],
    "a dtype that is a list": ["a", ["<f8"], 1],
    "a text dtype without width": ["a", "<U0", 10**9],
    "a very wide text dtype": ["a", "<U9999", 0],
    "a short name of a dtype": ["a", "f8", 1],
    "a negative axis": ["a", "<f8", -1],
    "two negative axes": ["a", "<f8", -1, -1],
    "a true axis": ["a", "<f8", True],
    "an axis that is a float": ["a", "<f8", 1.0],
    "a product that overflows": ["a", "<f8", 2**32, 2**32],
    "a product that overflows to 8": ["a", "|i1", 2**61, 2**3, 2**3],
    "a huge empty array": ["a", "<f8", 0, 2**62, 2**62],
    "too many axes": ["a", "<f8", *[1] * 33],
    "a scalar of the wrong size": ["n", "<f8", 4],
    "a scalar of text": ["n", "<U1", 4],
    "a scalar of an unknown type": ["n", "|O", 8],
    "a scalar whose type is a list": ["n", [], 8],
    "a handle with a negative number": ["h", -1, 0],
    "a handle with a true number": ["h", True, 0],
    "a handle with a float": ["c", 1.0, 0],
    "a handle with a long name": ["h", 1, 10**6],
    "a dict with a key alone": ["d", 1],
    "a dict with a list for a key": ["d", ["l"], 1],
    "a dict with an array for a key": ["d", ["a", "<f8", 0], 1],
    "a dict with a key twice": ["d", 1, 1, 1, 2],
    "a dict with equal keys": ["d", 1, 1, True, 2],
}


@pytest.mark.parametrize("header", LIES.values(), ids=LIES)
def test_a_lie_is_refused(header):
    for raw in (b"", bytes(8), bytes(64)):
        assert isinstance(read(message(header, raw)), WireError)


@pytest.mark.parametrize(
    ("header", "raw"),
    [
        (["s", 2], b"\xff\xff"),
        (["a", "|b1", 1], b"\x02"),
        (["n", "|b1", 1], b"\x02"),
        (["a", "<U1", 1], (0x110000).to_bytes(4, "little")),
        (["a", ">U1", 1], (0x110000).to_bytes(4, "big")),
        (["a", "<f8"], bytes(16)),
        (["l", ["b", 2], ["b", 2]], b"abc"),
    ],
)
def test_bytes_that_no_value_has_are_refused(header, raw):
    assert isinstance(read(message(header, raw)), WireError)


def test_what_is_no_bytes_at_all_is_refused():
    for data in (None, "text", bytearray(HONEST[0]), [HONEST[0]], 5):
        assert isinstance(read(data), WireError)


def test_a_name_of_a_type_is_cut():
    data = message(["h", 1, 400], b"x" * 400)
    assert loads(data, lambda *handle: handle) == (1, "x" * 100, False)


# Memory and time


def small_bombs():
    """Messages of about 1 KB that announce, or hold, as much as they can."""
    for unit in ("[", '["l",', '["t",', "[[", "{", '{"a":'):
        yield unit, message(unit * (1000 // len(unit)))
    for unit in ("[],", '["l"],', '["a","|b1",0],', '["d"],', '["s",0],', "1,", '["a","<U1000",0],'):
        yield unit, message('["l",' + unit * (1000 // len(unit)) + "1]")
    for size in (2**20, 2**26, 2**31, 2**62):
        yield f"array of {size}", message(["a", "|i1", size], bytes(1000))
        yield f"bytes of {size}", message(["b", size], bytes(1000))
        yield f"header of {size}", size.to_bytes(8, "big") + bytes(1000)
        yield f"empty of {size}", message(["a", "|i1", 0, size], b"")


@pytest.mark.parametrize("data", [pytest.param(data, id=name) for name, data in small_bombs()])
def test_a_message_of_1_kb_never_takes_more_than_2_mb(data):
    read(data)  # what is imported or compiled once does not count
    tracemalloc.start()
    try:
        read(data)
        assert tracemalloc.get_traced_memory()[1] < 2 * MB
    finally:
        tracemalloc.stop()


@given(NODES | TAGGED, st.binary(max_size=200))
@settings(max_examples=300)
def test_no_small_message_takes_more_than_2_mb(header, raw):
    data = message(header, raw)
    tracemalloc.start()
    try:
        read(data)
        assert tracemalloc.get_traced_memory()[1] < 2 * MB
    finally:
        tracemalloc.stop()


def large_bombs():
    """Messages of some MB with as many values as fit."""
    for unit in ("[],", "[[", '["l"],', "1,", '{"a":1},', "9" * 4000 + ",", "[" * 300 + "]" * 300 + ",", "1" + " " * 9):
        yield unit[:10], message('["l",' + unit * (8 * MB // len(unit)) + "1]")
    yield "one text", message('"' + "a" * 8 * MB + '"')
    yield "one number", message("1" * 8 * MB)
    yield "one float", message("0." + "1" * 8 * MB)


@pytest.mark.parametrize("data", [pytest.param(data, id=name) for name, data in large_bombs()])
def test_a_large_header_is_refused_before_it_is_parsed(data, monkeypatch):
    monkeypatch.setattr(json, "loads", lambda _: pytest.fail("it was parsed"))
    tracemalloc.start()
    try:
        assert isinstance(read(data), WireError)
        assert tracemalloc.get_traced_memory()[1] < 3 * len(data)
    finally:
        tracemalloc.stop()


@pytest.fixture
def bounded():
    """End a test that takes many seconds, where a fraction of one is enough."""

    def end(*_):
        raise AssertionError("it takes too long")

    signal.signal(signal.SIGPROF, end)
    signal.setitimer(signal.ITIMER_PROF, 10)
    yield
    signal.setitimer(signal.ITIMER_PROF, 0)
    signal.signal(signal.SIGPROF, signal.SIG_DFL)


@pytest.mark.parametrize("dicts", [1, 3])
def test_keys_with_the_same_hash_are_refused_from_a_thousand_on(dicts):
    """As few as that do no harm, in one dict or in several."""

    def holding(count):
        numbers = [5 + step * sys.hash_info.modulus for step in range(count)]
        raw = b"".join(number.to_bytes(16, "little", signed=True) for number in numbers)
        pairs = [part for _ in numbers for part in (["i", 16], 0)]
        each = 2 * -(-count // dicts)
        return read(message(["l", *(["d", *pairs[start : start + each]] for start in range(0, len(pairs), each))], raw))

    assert sum(map(len, holding(1000 + dicts))) == 1000 + dicts
    assert "same hash" in str(holding(1001 + dicts))


@pytest.mark.usefixtures("bounded")
def test_keys_that_differ_in_their_high_bits_alone_are_read_soon():
    assert len(loads(dumps({number << 40: 0 for number in range(90_000)}))) == 90_000


def test_honest_dicts_of_numbers_are_not_taken_for_malice():
    draw = random.Random(0)  # noqa: S311
    for value in (
        {number: number for number in range(-50_000, 49_999)},
        {draw.random(): 0 for _ in range(50_000)},
        {(draw.randrange(300), draw.randrange(300)): 0 for _ in range(30_000)},
        {2.0**power: power for power in range(-300, 300)},
    ):
        assert loads(dumps(value)) == value


def test_a_large_honest_reply_arrives_whole():
    value = {"h": np.ones((32, 100, 64)), "losses": [0.5] * 10_000, "words": ["word"] * 10_000}
    came = loads(dumps(value))
    assert came["h"].shape == (32, 100, 64)
    assert came["h"].all()
    assert came["losses"] == value["losses"]
    assert came["words"] == value["words"]
