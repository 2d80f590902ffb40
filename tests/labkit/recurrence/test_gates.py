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


@pytest.mark.slow
@pytest.mark.parametrize(("make", "block", "blocks"), [(gates.lstm_cell, 1, 4), (gates.gru_cell, 0, 3)])
def test_the_direct_path_is_the_product_of_the_gates_that_keep(make, block: int, blocks: int) -> None:
    def keeper(units):
        cell = make(2.0)(units)
        cell.build((None, 8))
        cell.kernel.assign(np.zeros(cell.kernel.shape))
        cell.recurrent_kernel.assign(np.zeros(cell.recurrent_kernel.shape))
        return cell

    total, direct = gates.paths_back(keeper, steps=6, units=4)
    expected = (1 / (1 + np.exp(-2.0))) ** np.arange(5, -1, -1)
    np.testing.assert_allclose(direct, expected, rtol=1e-6)
    np.testing.assert_allclose(total, expected, rtol=1e-6)  # without weights there is no other path


@pytest.mark.slow
def test_a_gradient_too_small_for_float32_is_still_measured_and_a_plain_cell_has_no_direct_path() -> None:
    total, direct = gates.paths_back(gates.lstm_cell(-3.0), steps=60, units=4)
    assert direct is not None
    assert 0 < direct[0] < 1e-60  # 0.047 ** 59
    assert total.dtype == direct.dtype == np.float64
    assert gates.paths_back(gates.tanh_cell, steps=3, units=4)[1] is None


@pytest.mark.slow
def test_a_cut_layer_computes_the_same_and_lets_no_gradient_over_the_cut() -> None:
    import keras  # noqa: PLC0415
    import tensorflow as tf  # noqa: PLC0415

    x = tf.constant(np.random.default_rng(0).normal(size=(2, 7, 3)).astype("float32"))
    keras.utils.set_random_seed(0)
    cut, whole = gates.cut(gates.lstm(5.0), 3)(4), gates.lstm(5.0)(4)
    with tf.GradientTape() as tape:
        tape.watch(x)
        output = cut(x)
    arrives = np.abs(np.asarray(tape.gradient(output, x))).sum(axis=(0, 2))
    assert (arrives[:6] == 0).all()
    assert arrives[6] > 0  # the third piece has one step
    whole(x)
    whole.set_weights(cut.inner.get_weights())
    np.testing.assert_allclose(np.asarray(output), np.asarray(whole(x)), atol=1e-6)


@pytest.mark.slow
def test_a_stacked_layer_reads_every_state_of_the_one_below() -> None:
    two = gates.stacked(gates.lstm(5.0))(4)
    assert tuple(two(np.zeros((2, 5, 3), "float32")).shape) == (2, 4)
    assert [tuple(layer.get_weights()[0].shape) for layer in two.layers] == [(3, 16), (4, 16)]


def test_both_paths_are_drawn_and_told_apart(capsys: pytest.CaptureFixture[str]) -> None:
    gates.reach({"both": (np.array([2.0, 1.5, 1]), np.array([0.1, 0.5, 1])), "one": (np.array([0.1, 0.5, 1]), None)})
    said = capsys.readouterr().out
    assert "2 steps back 2.0e+00 of it (over the direct path alone 1.0e-01)." in said
    assert "one: half of the gradient is left 2 steps back; 2 steps back 1.0e-01 of it." in said
