"""Pictures of digits, captions and classifiers: each says what its numbers say."""

from __future__ import annotations

import matplotlib as mpl

mpl.use("agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest

from labkit.captioning import captions
from labkit.captioning import plots as caption_plots
from labkit.sentiment import plots as class_plots
from labkit.vision import digits, plots, scenes


@pytest.fixture(autouse=True)
def _close() -> object:
    yield
    plt.close("all")


def test_a_cut_digit_shows_its_patches_and_the_stripes_of_a_reshape(capsys: pytest.CaptureFixture[str]) -> None:
    plots.cut(digits.load("test").images[0])
    figure = plt.gcf()
    assert len(figure.axes) == 1 + 2 * (1 + 16)
    figure.canvas.draw()
    names = [text for axes in figure.axes for text in axes.texts]
    assert len(names) == 2
    assert all(figure.bbox.contains(*corner) for text in names for corner in text.get_window_extent().get_points())
    assert "Patch 4 of the upper row is the square below patch 0" in capsys.readouterr().out


def test_maps_say_what_inked_and_empty_patches_get(capsys: pytest.CaptureFixture[str]) -> None:
    image = np.zeros((1, 8, 8, 1))
    image[0, :2, :2] = 1
    weights = np.full((1, 16), 0.05)
    weights[0, 0] = 0.25
    plots.maps(image, weights)
    assert "with ink gets 0.250 on average, an empty one 0.050" in capsys.readouterr().out


def test_words_are_framed_where_they_should_look(capsys: pytest.CaptureFixture[str]) -> None:
    scene = next(one for one in scenes.draw("test", 9) if len(one.cells) == 2)
    caption_plots.words(scene, scene.caption, np.full((4, 9, 16), 1 / 16))
    assert "It is exact." in capsys.readouterr().out
    assert sum(len(axes.patches) for axes in plt.gcf().axes) == 2
    caption_plots.words(scene, ("a", "nine"), np.full((4, 9, 16), 1 / 16))
    assert f"True is: {scene}." in capsys.readouterr().out


def test_shares_are_those_of_scenes_with_two_digits(capsys: pytest.CaptureFixture[str]) -> None:
    alone = np.array([False, True])
    caption_plots.shares(captions.Shares(np.array([0.6, 1]), np.array([0.3, 0]), np.array([0.1, 0]), alone))
    assert "60% of the attention lies on the digit that is being named, 30% on the other" in capsys.readouterr().out


def test_an_interval_holds_its_mean_and_shrinks_with_more_examples() -> None:
    few, many = class_plots.interval([1, 0] * 20), class_plots.interval([1, 0] * 500)
    assert few[1] < few[0] == 0.5 < few[2]
    assert many[2] - many[1] < few[2] - few[1]


def test_only_clear_differences_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    good, same, bad = np.arange(200) % 10 > 0, np.arange(200) % 10 < 9, np.arange(200) % 2 > 0
    class_plots.compare({"mean": good, "LSTM": same, "bag": bad}, 0.7)
    assert "whose interval leaves out 0: bag." in capsys.readouterr().out


def test_a_baseline_far_below_all_does_not_press_the_intervals_together() -> None:
    good, better = np.arange(500) % 20 > 0, np.arange(500) % 50 > 0
    class_plots.compare({"ViT": good, "CNN": better}, 0.1, "guessing")
    left = plt.gcf().axes[0]
    assert left.get_xlim()[0] > 0.8
    assert [text.get_text() for text in left.texts] == ["← guessing: 0.10"]
    class_plots.compare({"ViT": good, "CNN": better}, 0.9, "guessing")
    left = plt.gcf().axes[0]
    assert left.get_xlim()[0] < 0.9
    assert [text.get_text() for text in left.texts] == ["guessing"]


def test_the_weak_class_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    class_plots.confusion([[6, 4], [1, 9]], ["negative", "positive"])
    assert "Least often found: negative, in 60% of 10 cases." in capsys.readouterr().out


def test_reliability_says_the_calibration_error(capsys: pytest.CaptureFixture[str]) -> None:
    sure = np.tile([0.25, 0.75], (8, 1))
    class_plots.reliability({"right": sure, "too sure": sure}, [1] * 6 + [0] * 2)
    assert "right 0.000, too sure 0.000" in capsys.readouterr().out
    class_plots.reliability({"a": sure}, [1] * 4 + [0] * 4)
    assert "a 0.250" in capsys.readouterr().out


def test_the_tree_shows_what_greedy_takes_and_what_is_likelier(capsys: pytest.CaptureFixture[str]) -> None:
    chances = {
        (): {"end": 0.05, "a": 0.55, "b": 0.40},
        ("a",): {"end": 0.36, "a": 0.34, "b": 0.30},
        ("b",): {"end": 0.90, "a": 0.05, "b": 0.05},
    }
    caption_plots.tree(chances)
    assert "greedy's path, a, with 0.198. Bold: the likeliest text, b, with 0.360." in capsys.readouterr().out
