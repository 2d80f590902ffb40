"""Cases are written as JSON and read back as they were."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from labkit.checks import cases
from labkit.checks.cases import Case, Raises

NUMBERS = st.floats(allow_nan=False, width=32).map(lambda x: float(f"{x:.12g}"))
DTYPES = st.sampled_from([np.float64, np.float32, np.int64, bool])
ARRAYS = DTYPES.flatmap(
    lambda dtype: hnp.arrays(
        dtype,
        hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3),
        elements=NUMBERS if dtype in (np.float64, np.float32) else None,
    )
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | NUMBERS | st.text() | ARRAYS | st.builds(Raises, st.text()),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.text(max_size=3) | st.integers(), inner, max_size=3)
    ),
    max_leaves=8,
)


def equal(one, two):
    if isinstance(one, np.ndarray):
        same_form = isinstance(two, np.ndarray) and (one.dtype, one.shape) == (two.dtype, two.shape)
        return same_form and np.array_equal(one, two)
    if isinstance(one, dict):
        return isinstance(two, dict) and list(one) == list(two) and all(equal(one[key], two[key]) for key in one)
    if isinstance(one, list | tuple):
        return type(one) is type(two) and len(one) == len(two) and all(map(equal, one, two))
    return type(one) is type(two) and one == two


@given(VALUES)
def test_a_value_survives_the_round_trip(value):
    assert equal(value, cases.decode(json.loads(json.dumps(cases.encode(value)))))


@given(hnp.arrays(np.float64, (3,), elements=st.floats(allow_nan=True)))
def test_twelve_digits_are_kept(array):
    back = cases.decode(json.loads(json.dumps(cases.encode(array))))
    np.testing.assert_allclose(back, array, rtol=1e-11, equal_nan=True)


@pytest.mark.parametrize("value", [object(), {1, 2}, 1j, b"bytes", len])
def test_what_a_case_cannot_hold_is_named(value):
    with pytest.raises(TypeError, match=type(value).__name__):
        cases.encode(value)


def test_the_same_cases_give_the_same_bytes():
    table = {"f": [Case({"x": np.arange(3.0)}, (1.0, [2]), {"wrong": Raises("KeyError")}, {"g": "fake"}, "a label")]}
    assert cases.dumps(table) == cases.dumps(table)
    row = json.loads(cases.dumps(table))["f"][0]
    assert row["given"] == {"g": "fake"}
    assert row["label"] == "a label"


def test_the_public_table_holds_every_exercise_and_no_number_that_json_forbids_elsewhere():
    from labkit.checks import lab1_rnn as checks  # noqa: PLC0415

    table = cases.public("lab1_rnn")
    assert list(table) == list(checks.EXERCISES)
    assert all(rows and all(case.label for case in rows) for rows in table.values())
