"""The knobs, the drawing and the reach of the memories of lab 2."""

import numpy as np
import pytest

from labkit.recurrence import gates


def lstm(x, W, U, b):
    """A plain LSTM of one unit; x: (1, time, 2). Returns c (time,)."""
    h = c = np.zeros((1, 1))
    held = []
    for t in range(x.shape[1]):
        a_i, a_f, a_c, a_o = np.split(x[:, t] @ W + h @ U + b, 4, axis=-1)
        i, f, o = (1 / (1 + np.exp(-a)) for a in (a_i, a_f, a_o))
        c = f * c + i * np.tanh(a_c)
        h = o * np.tanh(c)
        held.append(c[0, 0])
    return np.array(held)


def test_a_gate_held_open_keeps_what_was_written() -> None:
    c = lstm(gates.written({2: 1.0}, 12), *gates.held(i=1, f=1))
    np.testing.assert_allclose(c, [0, 0] + [np.tanh(1)] * 10, atol=1e-6)


@pytest.mark.parametrize("share", [0.0, 0.25, 0.9])
def test_a_gate_held_half_open_keeps_its_share_of_it(share: float) -> None:
    c = lstm(gates.written({0: 1.0}, 5), *gates.held(i=1, f=share))
    np.testing.assert_allclose(c, np.tanh(1) * share ** np.arange(5), atol=1e-6)


def test_an_input_gate_held_shut_writes_nothing() -> None:
    np.testing.assert_allclose(lstm(gates.written({1: 3.0}, 5), *gates.held(i=0, f=1)), 0, atol=1e-6)


def test_the_drawings_say_in_words_what_is_to_be_seen(capsys: pytest.CaptureFixture[str]) -> None:
    gates.cell()
    gates.knobs({"f = 1": [0, 0.5, 0.5], "f = 0": [0, 0.5, 0]}, {1: 0.5})
    gates.reach({"keeps": np.ones(5), "forgets": np.array([1e-30, 1e-6, 1e-3, 0.1, 1])})
    said = capsys.readouterr().out
    assert "f = 1: the cell holds 0.50 after the first note and 0.50 at the end." in said
    assert "f = 0: the cell holds 0.50 after the first note and 0.00 at the end." in said
    assert "keeps: no step has less than half of it; 4 steps back 1.0e+00 of it." in said
    assert "forgets: half of the gradient is left 1 steps back; 4 steps back 1.0e-30 of it." in said


@pytest.mark.slow
def test_the_gradient_of_a_cell_that_keeps_everything_arrives_whole() -> None:
    def keeper(units):
        cell = gates.lstm_cell(20.0)(units)
        cell.build((None, 8))
        cell.kernel.assign(np.zeros(cell.kernel.shape))
        cell.recurrent_kernel.assign(np.zeros(cell.recurrent_kernel.shape))
        return cell

    np.testing.assert_allclose(gates.gradients_back(keeper, steps=10, units=4), 1, rtol=1e-4)


@pytest.mark.slow
def test_a_shut_forget_gate_lets_less_gradient_back_than_an_open_one() -> None:
    shut, open_ = (gates.gradients_back(gates.lstm_cell(bias), steps=20, units=8) for bias in (-2.0, 3.0))
    assert shut[0] < 1e-6
    assert open_[0] > 0.1


@pytest.mark.slow
def test_layers_and_cells_start_with_the_bias_they_are_given() -> None:
    for cell, layer, block in ((gates.lstm_cell(3.0), gates.lstm(3.0), 1), (gates.gru_cell(3.0), gates.gru(3.0), 0)):
        one, other = cell(2), layer(2)
        one.build((None, 5))
        other.build((None, 7, 5))
        for bias in (one.bias, other.cell.bias):
            flat = np.asarray(bias).ravel()
            assert flat.sum() == 6
            assert (flat[2 * block : 2 * block + 2] == 3).all()
