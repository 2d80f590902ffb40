"""Shipped results of trainings: what is packed comes back, and intervals are over seeds and examples."""

from __future__ import annotations

import numpy as np
import pytest

from labkit.training import grids


@pytest.mark.parametrize("count", [1, 7, 8, 843])
def test_bits_come_back(count: int) -> None:
    bits = np.random.default_rng(count).random(count) < 0.7
    np.testing.assert_array_equal(grids.unpack(grids.pack(bits)), bits)


def test_a_share_comes_back_on_its_side_of_one_half() -> None:
    given = np.array([0.0, 0.4999, 0.5, 0.5001, 1.0, 0.25])
    found = grids.unpack_shares(grids.pack_shares(given))
    np.testing.assert_allclose(found, given, atol=1 / 256)
    np.testing.assert_array_equal(found >= 0.5, given >= 0.5)


def test_runs_are_chosen_by_their_values() -> None:
    rows = [{"model": "a", "seed": 0}, {"model": "b", "seed": 0}, {"model": "a", "seed": 1}]
    assert [row["seed"] for row in grids.chosen(rows, model="a")] == [0, 1]
    assert grids.chosen(rows, model="a", seed=2) == []
    assert grids.chosen(rows, other=1) == []


def test_an_interval_is_wider_where_seeds_differ() -> None:
    generator = np.random.default_rng(0)
    steady = np.tile(generator.random(400) < 0.8, (5, 1))
    mean, low, high = grids.interval(steady)
    assert low < mean < high
    assert mean == pytest.approx(steady.mean())
    assert high - low == pytest.approx(2 * 1.96 * np.sqrt(0.8 * 0.2 / 400), rel=0.15)
    shaken = steady.copy()
    shaken[0] = ~shaken[0]
    wide = grids.interval(shaken)
    assert wide[2] - wide[1] > 2 * (high - low)


def test_a_difference_is_paired_by_example() -> None:
    right = np.random.default_rng(1).random((5, 300)) < 0.6
    same = np.tile(right[0], (5, 1))
    assert grids.interval(same, same) == (0.0, 0.0, 0.0)
    better = same.copy()
    better[:, :30] = True
    mean, low, high = grids.interval(better, same)
    assert mean == pytest.approx(better.mean() - same.mean())
    assert 0 < low < mean < high < 0.1
