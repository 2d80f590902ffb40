"""Plots and drawings: each draws, and says what is to be seen from the numbers it was given."""

import base64
import re
from collections.abc import Iterator

import matplotlib as mpl

mpl.use("agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest

from labkit import data
from labkit.base import style
from labkit.recurrence import ball, pictures, plots, recall


@pytest.fixture(autouse=True)
def _close_figures() -> Iterator[None]:
    yield
    plt.close("all")


def said(capsys: pytest.CaptureFixture[str]) -> str:
    plt.gcf().canvas.draw()
    return capsys.readouterr().out


WORDS = ["the", "food", "was", "good", "not", "bad", "at", "all"]
TWIN = ["the", "food", "was", "bad", "not", "good", "at", "all"]


def test_order_says_where_the_states_differ(capsys: pytest.CaptureFixture[str]) -> None:
    plots.order(WORDS, TWIN, [0, 0, 0, 1.0, 2.0, 1.0, 0.5, 0.25])
    assert said(capsys) == (
        "Word counts: the largest difference is 0.\n"
        "States: they first differ at “good”; after the last word their distance is 0.25.\n"
    )


def test_order_says_so_when_the_states_never_differ(capsys: pytest.CaptureFixture[str]) -> None:
    plots.order(WORDS, TWIN, [0] * 8)
    assert "they never differ" in said(capsys)


def test_parameters_of_the_rnn_do_not_depend_on_the_window(capsys: pytest.CaptureFixture[str]) -> None:
    plots.parameters(features=2, units=3, windows=[1, 10])
    assert said(capsys) == "Dense: 9 parameters for 1 words, 63 for 10. RNN: 18, for any number of words.\n"


@pytest.mark.parametrize(("ratio", "word"), [(1e-3, "vanishes"), (1.0, "stays"), (1e3, "explodes")])
@pytest.mark.parametrize("theory", [True, False])
def test_gradient_norms_name_what_happened_not_what_should(
    capsys: pytest.CaptureFixture[str], ratio: float, word: str, theory: bool
) -> None:
    plots.gradient_norms({1.5: np.geomspace(ratio, 1, 10)}, theory=theory)
    assert f"it {word}." in said(capsys)


def test_clipping_reports_a_loss_that_is_no_number_any_more(capsys: pytest.CaptureFixture[str]) -> None:
    nan = float("nan")
    plots.clipping({"no clipping": ([2.0, 9.0, nan], [1.0, 50.0, nan]), "clipped": ([2.0] * 3, [1.0] * 3)}, 1.0, 2.08)
    text = said(capsys)
    assert "no clipping: the loss stops being a number at step 3; the largest gradient norm" in text
    assert "gradient norm, before clipping, is 50, at step 2." in text
    assert "clipped: the loss ends at 2.00 nats" in text


def test_forgetting_draws_the_grid_and_the_point_of_the_student(capsys: pytest.CaptureFixture[str]) -> None:
    plots.forgetting(data.forgetting(), 1 / 8, {"cell": "tanh", "gap": 25, "accuracy": 0.125})
    text = said(capsys)
    assert "Your run: tanh, k = 25, right in 12% of the cases." in text
    assert re.search(r"tanh: .* k = 5, 10\.", text)


def test_edge_says_how_many_seeds_learned_each_gap(capsys: pytest.CaptureFixture[str]) -> None:
    runs = [
        {"steps": steps, "rate": 0.001, "gap": gap, "seed": seed, "accuracy": 1.0 if gap * 100 < steps else 0.125}
        for steps in (1500, 4500)
        for gap in (10, 20)
        for seed in range(5)
    ]
    plots.edge(runs, 1 / 8)
    assert said(capsys) == (
        "1,500 steps, rate 0.001: seeds of 5 that learned it: 5 at k = 10, 0 at k = 20.\n"
        "4,500 steps, rate 0.001: seeds of 5 that learned it: 5 at k = 10, 5 at k = 20.\n"
    )


def test_the_edge_of_lab_1_begins_with_the_plain_budget_of_its_forgetting() -> None:
    plain = [run for run in data.edge() if (run["steps"], run["rate"]) == (1500, 0.001)]
    assert len(plain) == 15
    assert {run["gap"] for run in plain} == {run["gap"] for run in data.edge()}


def test_clues_say_whom_the_network_believes(capsys: pytest.CaptureFixture[str]) -> None:
    plots.clues(
        [{"gap": 3, "seed": 0, "first": 1.0, "last": 0.0}, {"gap": 15, "seed": 0, "first": 0.25, "last": 0.5}], 1 / 8
    )
    assert said(capsys) == (
        "k = 3: it believes the first word in 100%, the last word in 0% of the cases.\n"
        "k = 15: it believes the first word in 25%, the last word in 50% of the cases.\n"
    )


def test_cosines_name_the_rows_that_stayed(capsys: pytest.CaptureFixture[str]) -> None:
    plots.cosines(["my", "cat"], np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([[1.0, 0.0], [1.0, 0.0]]))
    assert said(capsys) == (
        "Rows that did not move at all: my.\nMean cosine of two words: 0.00 before training, 1.00 after.\n"
    )


def test_relative_errors_tell_right_from_wrong_from_another_shape(capsys: pytest.CaptureFixture[str]) -> None:
    numeric = {"W_xh": np.ones((2, 2)), "W_hh": np.ones((2, 2)), "b_h": np.ones(2), "h_0": np.ones(2)}
    plots.relative_errors({"W_xh": np.ones((2, 2)) + 1e-9, "W_hh": -np.ones((2, 2)), "b_h": np.ones((2, 1))}, numeric)
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["W_xh", "W_hh", "b_h", "h_0"]
    assert lines[0].endswith("right")
    assert lines[1].endswith("wrong")
    assert "the shape (2, 1), and should have (2,)" in lines[2]
    assert "is not there" in lines[3]


def test_longer_flights_are_hidden_behind_the_wall_and_those_of_24_frames_stay() -> None:
    plain, longer = data.flights(200, seed=3), data.flights(200, seed=3, frames=48)
    assert plain.frames.shape == (200, 24, 2)
    assert longer.frames.shape == (200, 48, 2)
    shown = (longer.frames != 0).any(axis=-1)  # (200, 48)
    rows = np.arange(200)[:, None]
    place = longer.hidden[:, None] + np.arange(48)
    assert (longer.path[rows, place, 0][shown] < 0).all()
    assert data.distances(data.constant_velocity(longer), longer)[longer.hidden == 0].mean() < 0.1


def test_lengths_say_each_error(capsys: pytest.CaptureFixture[str]) -> None:
    ball.lengths((24, 36), {"RNN": [0.06, 0.3], "window of 24": [0.04, 0.04]})
    assert said(capsys) == (
        "frames of the flight      24      36\n"
        "RNN                    0.060   0.300\n"
        "window of 24           0.040   0.040\n"
    )


def test_two_clues_agree_as_often_as_they_should() -> None:
    ids, first, last = recall.two_clues(8000, gap=5, seed=0, right=5 / 7)
    assert ids.shape == (8000, 6)
    assert (ids[:, 0] == first).all()
    assert (ids[:, -1] == last).all()
    assert (first == last).mean() == pytest.approx(0.75, abs=0.02)


def test_push_names_the_words_that_rise(capsys: pytest.CaptureFixture[str]) -> None:
    plots.push([0.2, -0.7, 0.5], ["a", "walk", "cat"], 1)
    assert "raises the logit of: walk." in said(capsys)


def test_next_words_and_losses_and_states_draw(capsys: pytest.CaptureFixture[str]) -> None:
    plots.next_words(["my cat", "my dog"], [[0.1, 0.7, 0.2], [0.5, 0.3, 0.2]], ["a", "sleeps", "eats"], shown=2)
    plots.losses({"one": [2.0, 1.0], "two": [3.0, 0.5]}, line=("log 11", 2.4))
    plots.states(np.zeros((3, 4)), ["my", "cat", "sleeps"])
    text = said(capsys)
    assert "my cat → sleeps (70%)" in text
    assert "two: from 3.00 to 0.50 nats." in text
    assert "3 steps. Units go down: 4 numbers" in text


def test_padded_batch_counts_what_is_real(capsys: pytest.CaptureFixture[str]) -> None:
    ids, mask = np.array([[2, 3, 4], [2, 0, 0]]), np.array([[True] * 3, [True, False, False]])
    pictures.padded_batch([["a", "b", "c"], ["a"]], ids, mask)
    assert "Real (mask True): 4 cells. Padding (hatched, False): 2." in said(capsys)


def test_padded_batch_draws_a_wrong_mask_too(capsys: pytest.CaptureFixture[str]) -> None:
    pictures.padded_batch([["a"], ["b", "c"]], np.array([[2, 0], [3, 4]]), np.ones((2, 2), bool))
    assert "Real (mask True): 4 cells." in said(capsys)


def test_drawings_draw(capsys: pytest.CaptureFixture[str]) -> None:
    pictures.unrolled(["my", "cat"], "sleeps")
    pictures.task_shapes()
    pictures.backwards()
    pictures.embedding(["my", "cat"], [2, 3], np.eye(4), np.eye(4)[[2, 3]])
    for number in plt.get_fignums():
        plt.figure(number).canvas.draw()
    assert len(said(capsys).splitlines()) == 3


def centre(windows: np.ndarray) -> np.ndarray:
    """Stand in for a model: expects the ball at the centre."""
    return np.zeros((len(windows), 2))


def test_ball_errors_are_told_apart_for_bounces(capsys: pytest.CaptureFixture[str]) -> None:
    flown = data.flights(300, seed=0)
    ball.errors({"exact": flown.target, "straight line": data.constant_velocity(flown)}, flown)
    text = said(capsys)
    assert "exact: mean error 0.000 with 2 to 12 hidden frames; 0.000 without and 0.000 with a bounce" in text


def test_the_film_is_small_waits_for_a_click_and_fetches_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    film = ball.Film(centre, data.flights(1, seed=0, hidden=0))
    film.still()
    html = film._repr_html_()
    assert len(html) < 1_500_000
    assert "http" not in re.sub(r"data:image/png;base64,[\w+/=\\\s]*", "", html).replace("http://www.w3.org", "")
    assert "▶" in html
    assert not re.search(r"^\s*anim\w+\.play_animation\(\)", html, re.MULTILINE)
    assert plt.get_fignums() == [1], "the film leaves no figure of its own behind"
    assert "Behind the wall" in said(capsys)


def test_the_film_shows_its_first_frame_where_no_script_runs() -> None:
    html = ball.Film(centre, data.flights(1, seed=0, hidden=0))._repr_html_()
    picture = re.search(r'<img [^>]*src="data:image/png;base64,([^"]+)"', html)
    assert picture
    assert base64.b64decode(picture[1], validate=True).startswith(b"\x89PNG")


def test_a_film_that_begins_behind_the_wall_is_refused() -> None:
    with pytest.raises(ValueError, match="starts before the wall"):
        ball.Film(centre, data.flights(1, seed=0, hidden=3))


def test_labels_at_line_ends_keep_their_distance() -> None:
    _, axes = style.subplots()
    for height in (0.50, 0.51, 0.9):
        axes.plot([0, 1], [0, height], label=str(height))
    axes.set_ylim(0, 1)
    style.label_ends(axes)
    heights = sorted(text.xy[1] for text in axes.texts)
    assert np.diff(heights).min() >= 0.06
