"""Pictures of the translator: they choose a head by a rule, and say what the numbers say."""

import matplotlib as mpl

mpl.use("agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest

from labkit.translation import dates, plots
from labkit.translation.translator import Exact

SOURCE, TARGET = "siebenundneunzig", "ninety-seven"
CROSSED = np.eye(16)[[9, 9, 10, 11, 12, 13, 13, 0, 0, 1, 2, 3]]  # (12, 16)


@pytest.fixture(autouse=True)
def _close() -> object:
    yield
    plt.close("all")


def test_the_sentence_names_what_each_word_looks_at_and_that_the_order_crosses(
    capsys: pytest.CaptureFixture[str],
) -> None:
    drawn = plots.heatmap(SOURCE, TARGET, CROSSED)
    np.testing.assert_array_equal(drawn, CROSSED)
    assert capsys.readouterr().out == (
        "Read it row by row. Where most attention lies: “ninety” at “ne”, “seven” at “si”. "
        "It goes back in the source once.\n"
    )


def test_a_straight_alignment_never_goes_back(capsys: pytest.CaptureFixture[str]) -> None:
    plots.heatmap("deux mille", "two thousand", np.eye(10)[[0, 1, 3, 4, 5, 5, 5, 6, 7, 8, 9, 9]])
    said = capsys.readouterr().out
    assert "“thousand” at “mi" in said
    assert said.endswith("It never goes back.\n")


def test_both_texts_stand_at_the_axes_with_visible_spaces() -> None:
    plots.heatmap("deux mille", "two thousand", np.full((12, 10), 0.1))
    axes = plt.gcf().axes[0]
    assert "".join(label.get_text() for label in axes.get_xticklabels()) == "deux·mille"
    assert "".join(label.get_text() for label in axes.get_yticklabels()) == "two·thousand"
    assert axes.get_facecolor()[:3] == (1, 1, 1)  # black letters need a white ground, in a dark notebook too
    assert plt.gcf().get_facecolor() == (1, 1, 1, 1)


def test_the_head_that_tells_most_is_neither_the_blurred_nor_the_stubborn_one() -> None:
    blurred, stubborn = np.full((12, 16), 1 / 16), np.tile(np.eye(16)[5], (12, 1))
    weights = np.array([[blurred, stubborn], [0.5 * CROSSED + 0.5 * blurred, CROSSED]])
    place, matrix = plots.clearest(weights)
    assert place == (1, 1)
    np.testing.assert_array_equal(matrix, CROSSED)
    told = plots.information(weights)
    np.testing.assert_allclose(told[0], 0, atol=1e-9)
    assert 0 < told[1, 0] < told[1, 1] <= np.log2(12)


def test_the_mean_of_all_heads_is_drawn_or_the_one_that_is_asked_for() -> None:
    weights = np.array([[np.full((12, 16), 1 / 16)] * 2, [CROSSED] * 2])
    for head, expected, title in (
        ("mean", weights.mean((0, 1)), "mean of 4 heads"),
        ("clearest", CROSSED, "block 2, head 1: of 4 the one that tells most"),
        ((0, 1), weights[0, 1], "block 1, head 2"),
    ):
        drawn = plots.heatmap(SOURCE, TARGET, weights, head=head)
        np.testing.assert_allclose(drawn, expected)
        assert plt.gcf().axes[0].get_title(loc="left") == title


def test_weights_of_other_texts_are_refused() -> None:
    with pytest.raises(ValueError, match="do not belong"):
        plots.heatmap("deux", "two", np.zeros((4, 3)))


def test_a_piece_is_the_shortest_with_most_of_the_attention() -> None:
    matrix = np.array([[0.1, 0.4, 0.35, 0.15]] * 3)
    assert plots.pieces("abcd", "two", matrix) == [("two", "bc", 1.5)]


def models() -> dict[str, Exact]:
    short = dates.pair(7, "fr")  # sept
    long = dates.pair(777_777, "de")
    pairs = [short] * 40 + [long] * 30 + [dates.pair(21, "fr")] * 3
    good = [one.english for one in pairs]
    return {
        "attention": Exact(pairs, good),
        "bottleneck": Exact(pairs, [text if len(text) < 20 or place % 2 else "" for place, text in enumerate(good)]),
    }


def test_lengths_compares_the_shortest_with_the_longest(capsys: pytest.CaptureFixture[str]) -> None:
    points = plots.lengths(models())
    assert [count for *_, count in points["bottleneck"]] == [40, 30]  # three pairs are too few to draw
    assert [share for _, share, _ in points["bottleneck"]] == [1.0, 0.5]
    middles = [middle for middle, *_ in points["attention"]]
    assert middles[0] == 3.5
    size = len(dates.pair(777_777, "de").source)
    assert abs(middles[1] - size) <= 2.5
    said = capsys.readouterr().out
    assert said.startswith("Exact, from texts of 1 to 6 characters")
    assert "attention 100% → 100%; bottleneck 100% → 50%" in said


def test_each_line_has_its_name_beside_it_and_dashes_of_its_own() -> None:
    plots.lengths(models())
    axes = plt.gcf().axes[0]
    assert {text.get_text() for text in axes.texts} == {"attention", "bottleneck"}
    assert len({line.get_linestyle() for line in axes.get_lines()}) == 2


def test_too_few_pairs_are_not_drawn(capsys: pytest.CaptureFixture[str]) -> None:
    plots.lengths({"attention": Exact([dates.pair(7, "fr")], ["seven"])})
    assert "nothing to draw" in capsys.readouterr().out
    assert not plt.get_fignums()
