"""A result is compared for type, shape, dtype, finiteness, then value; nothing that is returned makes it raise."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from odd_values import ODD

from labkit.checks import compare, describe
from labkit.checks.cases import Raises
from labkit.checks.diagnosis.pairs import arrays

SHAPES = hnp.array_shapes(min_dims=0, max_dims=3, min_side=1, max_side=4)
FLOATS = st.floats(-1e3, 1e3, allow_nan=False).map(lambda x: round(x, 6))
ARRAYS = SHAPES.flatmap(
    lambda shape: st.one_of(
        hnp.arrays(np.float64, shape, elements=FLOATS),
        hnp.arrays(np.int64, shape, elements=st.integers(-1000, 1000)),
        hnp.arrays(bool, shape, elements=st.booleans()),
    )
)
FLOAT_ARRAYS = SHAPES.flatmap(lambda shape: hnp.arrays(np.float64, shape, elements=FLOATS))


def kinds(actual, expected, **options):
    return [problem.kind for problem in compare.problems(actual, expected, **options)]


@given(ARRAYS)
def test_a_result_equal_to_the_expected_one_is_right(array):
    assert kinds(array.copy(), array) == []
    assert kinds(array.tolist(), array) == []
    assert compare.same(array.copy(), array)


@given(FLOAT_ARRAYS, st.data())
def test_one_entry_off_by_more_than_the_tolerance_is_wrong(array, data):
    index = tuple(data.draw(st.integers(0, size - 1)) for size in array.shape)
    off = array.copy()
    off[index] += (1e-5 + 1e-4 * abs(array[index])) * data.draw(st.sampled_from([-1.1, 1.1, -50, 1e6]))
    [problem] = compare.problems(off, array)
    assert problem.kind == "value"
    assert not compare.same(off, array)
    if array.ndim:
        assert problem.place == f"entry {list(index)}"


@given(FLOAT_ARRAYS, st.data())
def test_one_entry_off_by_less_than_the_tolerance_is_right(array, data):
    noise = data.draw(hnp.arrays(np.float64, array.shape, elements=st.floats(-0.9, 0.9)))
    assert kinds(array + noise * (1e-5 + 1e-4 * np.abs(array)), array) == []


@given(hnp.arrays(np.int64, hnp.array_shapes(min_dims=1, max_dims=2), elements=st.integers(-50, 50)), st.data())
def test_whole_numbers_are_equal_or_wrong(array, data):
    index = tuple(data.draw(st.integers(0, size - 1)) for size in array.shape)
    off = array.copy()
    off[index] += data.draw(st.sampled_from([-1, 1]))
    assert kinds(off, array) == ["value"]


@given(FLOAT_ARRAYS.filter(lambda array: array.ndim > 0))
def test_a_scalar_never_stands_for_an_array(array):
    assert kinds(float(array.flat[0]), array) == ["shape"]
    assert kinds(np.full((1, *array.shape), array.flat[0]), array) == ["shape"]
    assert not compare.same(float(array.flat[0]), array)


@given(ARRAYS)
def test_another_kind_of_numbers_is_wrong(array):
    others = {"f": (np.int64, bool, complex, object), "i": (float, bool, object), "b": (int, float, object)}[
        array.dtype.kind
    ]
    for other in others:
        assert kinds(array.astype(other), array) == ["type"]


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.longdouble])
def test_any_floating_dtype_is_right(dtype):
    assert kinds(np.array([0.5, 0.25], dtype=dtype), np.array([0.5, 0.25])) == []


@given(hnp.arrays(np.float64, (2, 3), elements=FLOATS), st.sampled_from([np.nan, np.inf, -np.inf]))
def test_what_is_not_finite_is_named_before_its_value(array, odd):
    array[1, 2] = odd
    [problem] = compare.problems(array, np.zeros((2, 3)), axes=("batch", "unit"))
    assert (problem.kind, problem.place) == ("finite", "batch 1, unit 2")


@given(hnp.arrays(np.float64, (3, 2), elements=st.floats(-2, 2)), st.floats(1e-5, 1e-3))
def test_gradients_are_held_to_a_millionth_of_their_largest_entry(array, share):
    array[0, 0] = 2.0
    assert kinds(array * (1 + 1e-8), array, tolerance=compare.GRADIENTS) == []
    off = array.copy()
    off[0, 0] *= 1 + share
    assert kinds(off, array, tolerance=compare.GRADIENTS)[0] in {"precision", "value"}
    assert kinds(np.round(array + 5e-6, 6), array, tolerance=compare.GRADIENTS) == ["precision"]


def test_a_gradient_that_is_zero_may_not_be_something():
    assert kinds(np.full(3, 1e-3), np.zeros(3), tolerance=compare.GRADIENTS) == ["value"]
    assert kinds(np.full(3, 1e-12), np.zeros(3), tolerance=compare.GRADIENTS) == []


@pytest.mark.parametrize(
    ("actual", "expected", "seen"),
    [
        (None, np.zeros(2), "is None; numbers are expected"),
        ("0.5", np.float64(0.5), "is the str '0.5'; numbers are expected"),
        ([[1], [2, 3]], np.zeros(2), "is a list of 2 values, with parts of different shapes; numbers are expected"),
        (np.zeros(2), (np.zeros(2), np.zeros(2)), "is an array of shape (2,); 2 values are expected"),
        ([1, "2"], np.zeros(2, int), "holds the str '2'; numbers are expected"),
        ([[1.0], [None]], np.zeros((2, 1)), "holds None; numbers are expected"),
        (np.zeros((2, 3)), np.zeros((3, 2)), "has shape (2, 3)"),
        (np.zeros(2, int), np.zeros(2), "has dtype int64; real numbers (float) are expected"),
        ({"a": np.zeros(1)}, {"a": np.zeros(1), "b": np.zeros(1)}, "is a dict without the key 'b'"),
        ({"a": np.zeros(1), "b": 0.0}, {"a": np.zeros(1)}, "is a dict with the extra key 'b'"),
        (["x"], {"x": 2}, "is a list of 1 value; a dict is expected"),
        ({"x": 3}, {"x": 2}, "gives 'x' the id 3; 2 is expected"),
        ({"x": "2"}, {"x": 2}, "gives 'x' the id the str '2'; a whole number is expected"),
        ({}, {"x": 2}, "has no entry for 'x'"),
        ({"x": 2, "<pad>": 0}, {"x": 2}, "has the extra entry '<pad>'"),
        (len, np.zeros(1), "is the 'len' itself; numbers are expected"),
    ],
)
def test_a_problem_is_said_in_words(actual, expected, seen):
    assert compare.problems(actual, expected)[0].seen == seen


def test_every_part_of_a_tuple_and_of_a_dict_is_looked_at():
    expected = (np.zeros(2), np.ones((2, 2)))
    found = compare.problems((np.ones(2), np.zeros((2, 2))), expected, names=("ids", "mask"))
    assert [problem.part for problem in found] == ["ids", "mask"]
    found = compare.problems({"W": np.ones(2), "b": np.ones(2)}, {"W": np.zeros(2), "b": np.zeros(2)})
    assert [problem.part for problem in found] == ["W", "b"]
    found = compare.problems(
        ([np.ones(2), np.ones(1)], 1.0), ([np.ones(2), np.zeros(1)], 1.0), names=("gradients", "norm")
    )
    assert [problem.part for problem in found] == ["gradients[1]"]


def test_same_reads_infinite_and_nan_as_one_and_never_an_exception():
    assert compare.same(np.array([np.nan, 1.0]), np.array([np.inf, 1.0]))
    assert not compare.same(np.array([1.0, 1.0]), np.array([np.inf, 1.0]))
    assert not compare.same(np.zeros(2), Raises("ValueError"))
    assert not compare.same([1, 2], ["a", "b"])


EXPECTED = [
    np.zeros((2, 3)),
    np.zeros(2, int),
    np.zeros(2, bool),
    np.float64(7.5),
    (np.zeros(2), np.zeros(3)),
    ([np.zeros(2)], 1.0),
    {"W": np.zeros(2)},
    {"x": 7},
    [9, 9, 9],
    "text",
]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("expected", EXPECTED, ids=repr)
@pytest.mark.parametrize("odd", range(len(ODD)))
def test_no_object_makes_a_comparison_raise(odd, expected):
    found = compare.problems(ODD[odd], expected)
    assert found
    assert all(problem.kind in compare.KINDS and isinstance(problem.seen, str) for problem in found)
    assert not compare.same(ODD[odd], expected)
    arrays(ODD[odd])
    assert describe.describe(ODD[odd])


@settings(max_examples=300)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3) | ARRAYS,
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.tuples(inner, inner)
            | st.dictionaries(st.text(max_size=2), inner, max_size=3)
        ),
        max_leaves=6,
    )
)
def test_no_plain_value_makes_a_comparison_raise(value):
    for expected in EXPECTED:
        assert isinstance(compare.problems(value, expected), list)
        assert compare.same(value, expected) in {True, False}


def test_a_list_with_a_text_is_no_array_and_takes_no_room(monkeypatch):
    monkeypatch.setattr(compare.np, "asarray", lambda *_: pytest.fail("NumPy gives each entry the longest text's room"))
    assert compare.as_array(["x" * 1000, *[1] * 1000]) is None
    assert compare.as_array([[1, 2], [3, ("a",)]]) is None


def test_in_single_precision_the_error_of_large_numbers_is_allowed_to_a_small_one_beside_them():
    right, loose = np.array([16000.0, 1.0]), compare.SINGLE
    assert not compare.problems(np.array([16000, 1.0005], np.float32), right, loose)
    assert compare.problems(np.array([16000, 1.0005]), right, loose)  # not in double precision
    assert compare.problems(np.array([16000, 1.0005], np.float32), right)  # nor where nobody speaks of float32
    assert compare.problems(np.array([16000, 1.5], np.float32), right, loose)
    assert compare.problems(np.array([1, 2e-5], np.float32), np.array([1.0, 0.0]), loose)


def test_what_is_allowed_is_what_is_close():
    right = np.array([1.0, -20.0, 0.0, 300.0])
    for tolerance in (compare.VALUES, compare.GRADIENTS, compare.SINGLE):
        slack = compare.allowed(right, right, tolerance)
        assert slack.shape == right.shape
        assert compare.close(right + 0.99 * slack, right, tolerance).all()
        assert not compare.close(right - 1.01 * slack, right, tolerance).any()


def test_what_is_not_finite_is_close_to_itself_only():
    odd = np.array([np.inf, -np.inf, np.nan, 1.0])
    assert compare.close(odd, odd, compare.VALUES).all()
    assert not compare.close(odd, np.array([-np.inf, 1.0, 1.0, np.nan]), compare.VALUES).any()
