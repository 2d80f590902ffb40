"""Full bars with and without cells, and what a stage of a training has learned."""

import numpy as np
import pytest

from labkit.evaluation import counting, stages

GOOD = "M:6/8\nL:1/8\nK:Gmaj\n|:GAB c2d|e3 G3:|\n"
LONG = "M:6/8\nL:1/8\nK:Gmaj\n|:GAB c2d|e3 d2=fa:|\n"  # the second bar is too long, with a note outside of the key
NOTHING = "xyz"


def test_full_bars_are_counted_over_tunes_with_a_header():
    assert counting.counts([GOOD, LONG, NOTHING]).tolist() == [[2, 2], [1, 2]]
    middle, low, high = counting.share(counting.counts([GOOD, LONG]))
    assert middle == 0.75
    assert low == 0.5
    assert high == 1.0


def test_where_no_header_can_be_read_there_is_no_share():
    assert np.isnan(counting.without({"no cell held": [NOTHING]}, {})["no cell held"][0])


def test_the_picture_says_what_is_full_with_and_without_the_cells(capsys):
    found = counting.without({"no cell held": [GOOD] * 4, "cell 3 held": [LONG] * 4}, {"cell 3 held": [[GOOD], [LONG]]})
    assert {name: one[0] for name, one in found.items()} == {"no cell held": 1.0, "cell 3 held": 0.5}
    said = capsys.readouterr().out
    assert "cell 3 held: 50% of the bars are full (95% interval 50% to 50%), 2 times other cells: 50% to 100%." in said


def test_a_cell_is_drawn_along_its_tune():
    counting.follow(GOOD, [0.0, 1, 2, 3, 4, 5, 6], [0, 0.2, 0.3, 0.5, 0.8, 0, 0.5], "Cell 3")


def test_the_figures_of_a_stage():
    found = stages.figures([GOOD, LONG, NOTHING], [True, False, True])
    assert found["read"] == pytest.approx(1 / 3)  # one was cut off, one has no header
    assert found["full"] == 0.75
    assert found["home"] == 0.5
    assert found["in_key"] == pytest.approx(15 / 16)
    assert (found["bars"], found["notes"]) == (4, 16)
    assert stages.figures([GOOD])["interval"] == pytest.approx((2 + 2 + 1 + 2 + 2 + 9) / 6)


def test_stages_are_drawn_beside_real_tunes(capsys):
    one = stages.figures([GOOD])
    stages.draw({"your network": {0: one, 50: one}, "the course's network": {0: one, 2413: one}}, one)
    assert "Your network, 50 steps: 100% of the tunes can be read, 100% of 2 bars are full" in capsys.readouterr().out
