"""Pictures of letters: a logo is as high as it tells, and the sentences say what the numbers say."""

from __future__ import annotations

import matplotlib as mpl

mpl.use("agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest

from labkit.sequences import dna, motif, plots

ROWS = ["ACTGACCATG", "TGACCAGGTT", "GGATGACCAC", "CTTGACCAAG"] * 3


@pytest.fixture(autouse=True)
def _close() -> object:
    yield
    plt.close("all")


def test_a_logo_is_as_high_as_it_tells_with_the_frequent_letter_on_top() -> None:
    _, axes = plt.subplots()
    plots.logo(axes, [[0.7, 0.3, 0, 0], [0.25] * 4])
    tops = [patch.get_extents().transformed(axes.transData.inverted()).y1 for patch in axes.patches]
    told = motif.information(np.array([[0.7, 0.3, 0, 0]]))[0]
    assert max(tops) == pytest.approx(told, abs=0.02)
    green = [patch for patch in axes.patches if mpl.colors.to_hex(patch.get_facecolor()) == plots.COLOURS["A"].lower()]
    highest = max(axes.patches, key=lambda patch: patch.get_extents().y1)
    assert highest in green


def test_the_rounds_say_how_attention_gathers(capsys: pytest.CaptureFixture[str]) -> None:
    x = dna.one_hot(ROWS)
    found = motif.find_motif(x, 6)
    plots.rounds(found, x, shown=4)
    said = capsys.readouterr().out
    assert "nearly the same in every sequence: TGACCA." in said
    assert f"{found.weights.max(1).mean():.0%} after round 20" in said
    assert len(plt.gcf().axes) == 8


def test_a_query_looks_somewhere_even_where_nothing_is(capsys: pytest.CaptureFixture[str]) -> None:
    found = motif.find_motif(ROWS, 6)
    plots.looks(dna.one_hot(["ACGTACGTAC"] * 5), found.matrix)
    assert "sum to 1, whatever is in it" in capsys.readouterr().out


def test_starts_count_those_near_the_best(capsys: pytest.CaptureFixture[str]) -> None:
    found = motif.find_motif(ROWS, 6, restarts=5)
    plots.starts(found)
    near = (found.starts[:, -1] > found.starts[:, -1].max() - 0.1).sum()
    assert f"After 12 rounds {near} of 5 starts" in capsys.readouterr().out


def test_masks_say_how_many_pairs_may_look(capsys: pytest.CaptureFixture[str]) -> None:
    plots.masks({"BERT": np.ones((4, 4), bool), "GPT": np.tril(np.ones((4, 4), bool))})
    assert "BERT 100%, GPT 62%" in capsys.readouterr().out


def test_hidden_letters_say_how_many_are_right(capsys: pytest.CaptureFixture[str]) -> None:
    sure = np.zeros((4, 4 + 3))
    sure[[0, 1, 2, 3], [4, 5, 6, 4]] = 1
    plots.hidden("abca", {"BERT": sure, "GPT": np.roll(sure, 1, axis=0)}, "abc", bold=[0])
    assert "BERT 100%, GPT 25%" in capsys.readouterr().out
