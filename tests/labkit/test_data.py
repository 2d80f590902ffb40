"""The flights of the ball and the shipped files."""

import numpy as np
import pytest

from labkit import data
from labkit.recurrence import flights


def test_flights_stay_in_the_box_and_move_at_constant_speed_between_bounces() -> None:
    flown = data.flights(200, seed=0)
    assert np.abs(flown.path[..., 0]).max() <= data.HALF_WIDTH + 1e-6
    assert np.abs(flown.path[..., 1]).max() <= data.HALF_HEIGHT + 1e-6
    speeds = np.abs(np.diff(flown.path[..., 0], axis=1))
    assert np.median(speeds, axis=1).min() >= 0.03 - 1e-6
    assert speeds.max() <= 0.08 + 1e-6


def test_the_ball_is_seen_left_of_the_wall_and_hidden_behind_it() -> None:
    flown = data.flights(200, seed=1)
    assert (flown.path[:, : data.SEEN_BEFORE, 0] < 0).all()
    assert (flown.path[:, data.SEEN_BEFORE :, 0] >= 0).all()
    for frames, hidden in zip(flown.frames, flown.hidden, strict=True):
        empty = (frames == 0).all(axis=-1)
        assert empty.sum() == hidden
        assert empty[data.FRAMES - hidden :].all()


def test_the_target_is_the_true_position_in_the_frame_after_the_last_one() -> None:
    flown = data.flights(50, seed=2, hidden=3)
    assert flown.frames.shape == (50, data.FRAMES, 2)
    np.testing.assert_array_equal(flown.target, flown.path[:, data.SEEN_BEFORE + 3])


def test_frames_are_the_path_with_a_little_noise() -> None:
    flown = data.flights(300, seed=3, hidden=0)
    noise = flown.frames - flown.path[:, : data.FRAMES]
    assert abs(noise.std() - data.NOISE) < 0.002
    assert abs(noise.mean()) < 0.002


def test_bounced_means_that_the_ball_turns_after_it_was_seen_last() -> None:
    flown = data.flights(300, seed=4)
    for path, hidden, bounced in zip(flown.path, flown.hidden, flown.bounced, strict=True):
        steps = np.diff(path[data.SEEN_BEFORE - 1 : data.SEEN_BEFORE + hidden + 1, 1])
        straight = np.allclose(steps, steps[0], atol=1e-6) and np.isclose(
            abs(steps[0]), np.abs(np.diff(path[:, 1])).max(), atol=1e-6
        )
        assert bounced == (not straight)


def test_a_seed_gives_the_same_flights_again_and_another_seed_does_not() -> None:
    one, again, other = (data.flights(5, seed=seed) for seed in (7, 7, 8))
    np.testing.assert_array_equal(one.frames, again.frames)
    assert not np.array_equal(one.frames, other.frames)


def test_constant_velocity_is_exact_without_noise_and_without_bounces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flights, "NOISE", 0.0)
    flown = data.flights(400, seed=5)
    speed_y = np.abs(np.diff(flown.path[..., 1], axis=1))
    late = slice(data.SEEN_BEFORE - 5, data.SEEN_BEFORE - 1)
    calm = ~flown.bounced & np.isclose(speed_y[:, late], speed_y.max(axis=1, keepdims=True), atol=1e-6).all(axis=1)
    calm &= (np.diff(flown.path[:, late, 0], axis=1) > 0).all(axis=1)
    assert calm.sum() > 50
    assert data.distances(data.constant_velocity(flown), flown)[calm].max() < 1e-4


def test_fold_mirrors_a_line_at_both_walls() -> None:
    np.testing.assert_allclose(data.fold(np.array([0.0, 0.4, 0.6, 1.5, -0.6]), 0.5), [0.0, 0.4, 0.4, -0.5, -0.4])


def test_the_shipped_grid_holds_both_cells_with_five_seeds_at_each_gap() -> None:
    runs = data.forgetting()
    assert {run["cell"] for run in runs} == {"tanh", "relu_identity"}
    for cell in ("tanh", "relu_identity"):
        for gap in {run["gap"] for run in runs}:
            seeds = [run["seed"] for run in runs if (run["cell"], run["gap"]) == (cell, gap)]
            assert sorted(seeds) == [0, 1, 2, 3, 4]
    assert all(0 <= run["accuracy"] <= 1 for run in runs)


def test_a_missing_file_is_named_with_the_way_out() -> None:
    with pytest.raises(FileNotFoundError, match=r"lab1/nothing\.json; install labkit again"):
        data.path("lab1/nothing.json")
