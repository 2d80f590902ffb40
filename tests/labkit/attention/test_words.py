"""Words as vectors made by hand, the pictures of positions, and what a sequence costs."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from labkit.attention import cost, positions, words
from labkit.models import blocks

Said = pytest.CaptureFixture[str]


def test_the_cosines_of_the_tennis_sentence_are_what_the_lecture_draws() -> None:
    vectors = words.tennis()
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    np.testing.assert_allclose(vectors @ vectors.T, words.DRAWN, atol=1e-6)


def test_a_table_says_what_its_rows_add_up_to(capsys: Said) -> None:
    words.table({"drawn": words.DRAWN, "alike": np.full((7, 7), 1 / 7)})
    assert capsys.readouterr().out == "drawn: the rows add up to 1.0 to 2.0.\nalike: the rows add up to 1.\n"
    plt.close("all")


def test_bank_stands_between_water_and_money_and_moves_to_its_neighbours(capsys: Said) -> None:
    moved = {}
    for sentence in (words.RIVER, words.MONEY):
        x = words.senses(sentence)
        powers = np.exp(x @ x.T / 2)
        moved[" ".join(sentence)] = (powers / powers.sum(1, keepdims=True) @ x)[sentence.index("bank")]
    words.two_banks(moved)
    river, money = moved.values()
    assert river[0] > 2 * river[1]
    assert money[1] > 2 * money[0]
    assert "bank now has" in capsys.readouterr().out
    plt.close("all")


def test_the_spread_and_the_largest_weight_are_drawn(capsys: Said) -> None:
    words.saturation((4, 16), {"scaled": [0.2, 0.2], "no scale": [0.5, 0.8]}, [2.0, 4.0])
    assert "no scale: the largest of 16 weights is 0.50 at d = 4, 0.80 at 16" in capsys.readouterr().out
    plt.close("all")


def test_waves_are_alike_by_distance_alone_and_other_tables_are_not(capsys: Said) -> None:
    positions.waves(blocks.positions(50, 16))
    assert "hangs on their distance alone" in capsys.readouterr().out
    positions.waves(np.random.default_rng(0).normal(size=(50, 16)))
    assert "differs by up to" in capsys.readouterr().out
    plt.close("all")


def test_twice_the_length_takes_four_times_the_memory() -> None:
    assert cost.weights_memory(2048) == 4 * cost.weights_memory(1024) == 4 * 2048 * 2048 * 4


@pytest.mark.slow
def test_lstm_and_attention_are_timed_on_the_same_sequences() -> None:
    import tensorflow as tf  # noqa: PLC0415

    def attend(x: tf.Tensor, *matrices: tf.Tensor | int) -> tuple[tf.Tensor, None]:
        return x @ matrices[0], None

    found = cost.forward(attend, (4, 8), width=8)
    assert set(found) == {"LSTM", "attention"}
    assert all(len(values) == 2 and min(values) > 0 for values in found.values())
