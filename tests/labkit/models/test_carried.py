"""A student's music Transformer with the course's weights: right, wrong, still to do, and without some heads."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from benchmarks.claims.cells import names
from labkit.models import carried, transformer

pytestmark = pytest.mark.slow
SIZE, SETTINGS = 9, transformer.Settings(8, 2, 12, 2, 3, 0.0)
IDS = np.array([[2, 5, 4, 8, 6, 7]], np.int32)


@pytest.fixture
def course() -> Any:
    return transformer.build(SIZE, SETTINGS)


def network(kind: Any = None) -> Any:
    kind = kind or names("lab3_attention")["MusicTransformer"]
    return kind(SIZE, SETTINGS.width, SETTINGS.heads, SETTINGS.hidden, SETTINGS.blocks, SETTINGS.near, 0.0)


def test_the_lab_s_own_network_carries_them_and_gives_the_same(course: Any, capsys: pytest.CaptureFixture[str]) -> None:
    own = carried.carried(network, course)
    assert own is not course
    assert "Your MusicTransformer carries the" in capsys.readouterr().out
    logits, looks = course.parts(IDS)
    np.testing.assert_allclose(own(IDS), logits, atol=1e-5)
    for one, two in zip(carried.attended(own, IDS), looks, strict=True):
        np.testing.assert_allclose(one, two, atol=1e-5)


def test_one_that_does_something_else_is_replaced_and_that_is_said(
    course: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    class Unscaled(names("lab3_attention")["MusicTransformer"]):  # type: ignore[misc]
        def call(self, ids: Any, training: bool = False) -> Any:
            return 0.9 * super().call(ids, training)

    assert carried.carried(lambda: network(Unscaled), course) is course
    assert "labkit's network stands in: with the same weights yours gives other logits" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (NotImplementedError("Exercise 5.2: MusicTransformer"), "Exercise 5.2: MusicTransformer"),
        (AttributeError("no near"), "AttributeError: no near"),
        (ValueError(""), "ValueError"),
    ],
)
def test_one_that_is_not_there_yet_is_replaced_with_the_reason(
    course: Any, error: Exception, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    def make() -> Any:
        raise error

    assert carried.carried(make, course) is course
    assert f"yours cannot carry the weights yet ({said}" in " ".join(capsys.readouterr().out.split())


def test_a_silent_head_reaches_nobody_and_comes_back(course: Any) -> None:
    own = carried.carried(network, course)
    before = np.asarray(own(IDS))
    with carried.silenced(own, [(0, 1)]), carried.silenced(course, [(0, 1)]):
        silent = np.asarray(own(IDS))
        np.testing.assert_allclose(silent, course(IDS), atol=1e-5)
        assert not np.asarray(own.blocks[0].W_o)[4:].any()
        assert np.asarray(own.blocks[0].W_o)[:4].all()
    assert np.abs(silent - before).max() > 1e-4
    np.testing.assert_array_equal(own(IDS), before)


def test_without_any_head_no_character_but_the_near_ones_counts(course: Any) -> None:
    other = IDS.copy()
    other[0, 0] = 3
    with carried.silenced(course, [(block, head) for block in range(2) for head in range(2)]):
        one, two = (np.asarray(course(ids))[0] for ids in (IDS, other))
    np.testing.assert_array_equal(one[3:], two[3:])
    assert np.abs(one[:3] - two[:3]).min(axis=1).max() > 0
