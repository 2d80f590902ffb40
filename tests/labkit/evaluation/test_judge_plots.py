"""The pictures of how tunes were judged."""

import matplotlib as mpl

mpl.use("agg")

import matplotlib.pyplot as plt
import pytest

from labkit.evaluation import counting, metrics, plots, stages

GOOD = "M:6/8\nL:1/8\nK:Gmaj\n|:GAB c2d|e3 G3:|\n"
LONG = "M:6/8\nL:1/8\nK:Gmaj\n|:GAB c2d|e3 d2fa:|\n"
OPEN = "M:6/8\nL:1/8\nK:Gmaj\n|:GAB c2d|e3 G3|]\n"
NAMES = ("unigram", "14-gram", "your network", "the course's network", "place", "notes", "rules", "one more")


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def test_no_two_writers_of_the_ladder_look_alike():
    plots.ladder({name: metrics.measure([GOOD]) for name in (*NAMES, "real tunes")})
    bars = {
        container.get_label(): (container.patches[0].get_facecolor(), container.patches[0].get_hatch())
        for container in plt.gca().containers
        if isinstance(container, mpl.container.BarContainer) and not container.get_label().startswith("_")
    }
    assert list(bars) == [*NAMES, "real tunes"]
    assert len({colour for colour, _ in bars.values()}) == len(bars)


def test_the_ladder_tells_full_bars_from_the_last_rung(capsys):
    plots.ladder({"a network": metrics.measure([GOOD, LONG, OPEN, GOOD])})
    assert (
        "A network: 100% can be read, 75% have only full bars, too, 50% get to the last rung."
        in capsys.readouterr().out
    )


def test_a_writer_without_a_tune_is_said_to_have_none_in_every_picture(capsys):
    plots.ladder({"a network": metrics.measure([]), "real tunes": metrics.measure([GOOD])})
    assert [text.get_text() for text in plt.gca().texts].count("no tune") == 5
    plots.temperatures({0.5: metrics.measure([]), 1.0: metrics.measure([GOOD], copies=[2])}, [4, 5, 6])
    counting.without({"none": [GOOD, LONG], "ten": ["x"]}, {"none": [["x"], [GOOD]]})
    stages.draw({"a network": {0: stages.figures([]), 50: stages.figures(["x"])}}, stages.figures([GOOD]))
    said = capsys.readouterr().out
    assert "A network: there is no tune.\n" in said
    assert "T = 0.5: there is no tune.\n" in said
    assert "ten: there is no tune with a header that can be read.\n" in said
    assert "A network, 0 steps: there is no tune.\n" in said
    assert "A network, 50 steps: 0% of the tunes can be read, there is no melody.\n" in said
    assert "nan" not in said


def test_two_writers_stand_in_one_picture_of_temperature(capsys):
    warm = {0.5: metrics.measure([GOOD], copies=[3]), 1.0: metrics.measure([GOOD, LONG], copies=[2, 2])}
    plots.temperatures({"your network": warm, "the course's network": warm}, [4, 5, 6])
    assert [text.get_text() for text in plt.gcf().axes[0].get_legend().get_texts()] == [
        "your network",
        "the course's network",
    ]
    said = capsys.readouterr().out
    assert "Your network, T = 1: 50% of the tunes have no mistake; half of them copy at most 2 notes." in said
    assert "The course's network, T = 0.5: 100% of the tunes have no mistake" in said


def test_one_table_of_temperatures_is_drawn_as_before(capsys):
    plots.temperatures({0.5: metrics.measure([GOOD], copies=[3])}, [4, 5, 6])
    assert "T = 0.5: 100% of the tunes have no mistake; half of them copy at most 3 notes." in capsys.readouterr().out
