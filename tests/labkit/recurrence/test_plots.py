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
from labkit.recurrence import ball, pictures, plots


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
    assert "no clipping: the loss stops being a number at step 3; the largest gradient norm is 50." in text
    assert "clipped: the loss ends at 2.00 nats" in text


def test_forgetting_draws_the_grid_and_the_point_of_the_student(capsys: pytest.CaptureFixture[str]) -> None:
    plots.forgetting(data.forgetting(), 1 / 8, {"cell": "tanh", "gap": 25, "accuracy": 0.125})
    text = said(capsys)
    assert "Your run: tanh, k = 25, right in 12% of the cases." in text
    assert re.search(r"tanh: .* k = 5, 10\.", text)


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
