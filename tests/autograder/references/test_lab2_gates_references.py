"""The oracles of the gates are right: layers of Keras with the same weights, open gates and sums by hand agree."""

# ruff: noqa: PLC0415  (TensorFlow is imported only by the tests that need it)

import math

import numpy as np
import pytest

from autograder.references import lab2_music as reference
from autograder.references.lab2_music.gates import (
    REFERENCES,
    coupled_lstm_step,
    gru_step,
    lstm_forward,
    lstm_step,
    peephole_lstm_step,
)
from autograder.references.reference import PUBLIC_SEED
from labkit.checks import cases, stand_ins
from labkit.checks.exercise import CheckFailed
from labkit.checks.judge import judge
from labkit.checks.lab2_music import EXERCISES, fakes

SEEDS = range(6)


def sizes(rng, batch=3, time=5, features=2, units=4, blocks=4):
    """Draw a sequence, two states and weights; the mask is right-padded."""
    return {
        "x": rng.normal(size=(batch, time, features)),
        "h_0": rng.uniform(-0.9, 0.9, size=(batch, units)),
        "c_0": rng.normal(0, 1.3, size=(batch, units)),
        "W": rng.normal(0, 0.6, size=(features, blocks * units)),
        "U": rng.normal(0, 0.6, size=(units, blocks * units)),
        "b": rng.normal(0, 0.6, size=blocks * units),
        "mask": np.arange(time) < np.array([[time], [2], [time - 1]])[:batch],
    }


def walk(n):
    return {name: n[name] for name in ("x", "h_0", "c_0", "W", "U", "b")}


def step(n, t=0):
    return {"x_t": n["x"][:, t], "h_prev": n["h_0"], "c_prev": n["c_0"], "W": n["W"], "U": n["U"], "b": n["b"]}


# Keras


@pytest.mark.slow
@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("seed", SEEDS)
def test_lstm_forward_is_keras_lstm_with_the_same_weights(seed, masked):
    import keras

    n = sizes(np.random.default_rng(seed))
    mask = n["mask"] if masked else None
    layer = keras.layers.LSTM(4, return_sequences=True, return_state=True, dtype="float64")
    layer.build(n["x"].shape)
    layer.set_weights([n["W"], n["U"], n["b"]])
    sequence, last_h, last_c = layer(n["x"], initial_state=[n["h_0"], n["c_0"]], mask=mask)
    h, c = lstm_forward(**walk(n), mask=mask)
    np.testing.assert_allclose(sequence, h, atol=1e-7)
    np.testing.assert_allclose(last_h, h[:, -1], atol=1e-7)
    np.testing.assert_allclose(last_c, c[:, -1], atol=1e-7)


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_lstm_step_is_the_cell_of_keras(seed):
    import keras

    n = sizes(np.random.default_rng(seed))
    cell = keras.layers.LSTMCell(4, dtype="float64")
    cell.build((None, 2))
    cell.set_weights([n["W"], n["U"], n["b"]])
    _, states = cell(n["x"][:, 0], [n["h_0"], n["c_0"]])
    for ours, theirs in zip(lstm_step(**step(n)), states, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-7)


@pytest.mark.slow
@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("seed", SEEDS)
def test_gru_step_is_keras_gru_with_the_reset_before_the_product(seed, masked):
    import keras

    n = sizes(np.random.default_rng(seed), blocks=3)
    layer = keras.layers.GRU(4, reset_after=False, return_sequences=True, dtype="float64")
    layer.build(n["x"].shape)
    layer.set_weights([n["W"], n["U"], n["b"]])
    sequence = layer(n["x"], initial_state=[n["h_0"]], mask=n["mask"] if masked else None)
    h = n["h_0"]
    for t in range(5):
        new = gru_step(n["x"][:, t], h, n["W"], n["U"], n["b"])
        h = np.where(n["mask"][:, t, None], new, h) if masked else new
        np.testing.assert_allclose(sequence[:, t], h, atol=1e-7)


# Limits and relatives


def held(n, **gates):
    """Hold gates open (40) or shut (-40) through their biases: name of the gate -> the bias of its block."""
    b = n["b"].reshape(-1, 4).copy()
    for name, value in gates.items():
        b["ifco".index(name)] = value
    return n | {"b": b.ravel()}


def test_an_open_forget_gate_and_a_shut_input_gate_keep_the_cell_for_ever():
    n = held(sizes(np.random.default_rng(1), time=12), f=40.0, i=-40.0)
    _, c = lstm_forward(**walk(n))
    np.testing.assert_allclose(c, np.repeat(n["c_0"][:, None], 12, axis=1), atol=1e-12)


def test_a_shut_forget_gate_forgets_the_cell():
    n = held(sizes(np.random.default_rng(2)), f=-40.0)
    arguments = step(n)
    ours, other = lstm_step(**arguments), lstm_step(**(arguments | {"c_prev": arguments["c_prev"] + 3.0}))
    np.testing.assert_allclose(ours, other, atol=1e-12)


def test_a_shut_output_gate_hides_the_cell():
    n = held(sizes(np.random.default_rng(3)), o=-40.0)
    h, c = lstm_step(**step(n))
    assert np.abs(h).max() < 1e-12
    assert np.abs(c).max() > 0.1


def test_a_masked_step_is_as_if_it_were_not_there():
    n = sizes(np.random.default_rng(4), batch=1)
    mask = np.array([[False, True, False, True, True]])
    short = lstm_forward(**(walk(n) | {"x": n["x"][:, mask[0]]}))
    masked = lstm_forward(**walk(n), mask=mask)
    for whole, part, first in zip(masked, short, (n["h_0"], n["c_0"]), strict=True):
        np.testing.assert_allclose(whole[:, mask[0]], part)
        np.testing.assert_allclose(whole[:, 0], first)
        np.testing.assert_allclose(whole[:, 2], whole[:, 1])


def test_one_unit_by_hand():
    def sigmoid(a):
        return 1 / (1 + math.exp(-a))

    x, h, c = np.array([[2.0]]), np.array([[0.5]]), np.array([[-1.5]])
    W, U = np.array([[0.1, 0.2, 0.3, 0.4]]), np.array([[1.0, -1.0, 2.0, -2.0]])
    b = np.array([0.01, 0.02, 0.03, 0.04])
    new_c = sigmoid(0.2 + 0.5 + 0.01) * math.tanh(0.6 + 1.0 + 0.03) + sigmoid(0.4 - 0.5 + 0.02) * -1.5
    assert np.ravel(lstm_step(x, h, c, W, U, b)) == pytest.approx([sigmoid(0.8 - 1.0 + 0.04) * math.tanh(new_c), new_c])
    P_i, P_f, P_o = (np.array([[value]]) for value in (0.7, 0.8, 0.9))
    new_c = sigmoid(0.71 - 1.05) * math.tanh(1.63) + sigmoid(-0.08 - 1.2) * -1.5
    right = [sigmoid(-0.16 + 0.9 * new_c) * math.tanh(new_c), new_c]
    assert np.ravel(peephole_lstm_step(x, h, c, W, U, b, P_i, P_f, P_o)) == pytest.approx(right)
    f = sigmoid(0.71)
    new_c = f * -1.5 + (1 - f) * math.tanh(-0.08)
    right = [sigmoid(1.63) * math.tanh(new_c), new_c]
    assert np.ravel(coupled_lstm_step(x, h, c, W[:, :3], U[:, :3], b[:3])) == pytest.approx(right)
    z, r = sigmoid(0.71), sigmoid(-0.08)
    right = z * 0.5 + (1 - z) * math.tanh(0.6 + 2.0 * r * 0.5 + 0.03)
    assert gru_step(x, h, W[:, :3], U[:, :3], b[:3]) == pytest.approx(right)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_coupled_lstm_is_an_lstm_whose_i_has_the_weights_of_f_with_another_sign(seed):
    arguments = step(sizes(np.random.default_rng(seed), blocks=3))
    double = {name: np.concatenate([-arguments[name][..., :4], arguments[name]], axis=-1) for name in ("W", "U", "b")}
    np.testing.assert_allclose(coupled_lstm_step(**arguments), lstm_step(**(arguments | double)))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_peephole_is_a_bias_that_depends_on_the_cell(seed):
    rng = np.random.default_rng(seed)
    n = sizes(rng, batch=1)
    P_i, P_f, P_o = rng.normal(0, 0.6, size=(3, 4, 4))
    h, c = peephole_lstm_step(**step(n), P_i=P_i, P_f=P_f, P_o=P_o)
    seen = [(n["c_0"] @ P_i)[0], (n["c_0"] @ P_f)[0], np.zeros(4), (c @ P_o)[0]]
    np.testing.assert_allclose((h, c), lstm_step(**step(n | {"b": n["b"] + np.concatenate(seen)})))


# Cases and hints


@pytest.mark.parametrize("name", REFERENCES)
def test_no_misconception_is_known_by_an_exception_alone(name):
    rows = [case for case in REFERENCES[name].cases(PUBLIC_SEED) if not case.given]
    for formula in REFERENCES[name].wrong:
        assert not all(isinstance(case.wrong.get(formula), cases.Raises) for case in rows), formula


@pytest.mark.parametrize("name", REFERENCES)
def test_cases_keep_to_the_rules_of_the_lab(name):
    """At most 40 steps and 8 units; float64 or float32, bool masks; every part of a batch at least 1."""
    for seed in SEEDS:
        drawn = REFERENCES[name].cases(seed)
        for case in drawn:
            assert len(case.arguments["U"]) <= 8
            for key, array in case.arguments.items():
                if array is not None:
                    assert array.dtype == bool if key == "mask" else array.dtype in (np.float64, np.float32)
                    assert array.size
                    assert max(array.shape) <= 40
        shapes = [case.arguments["W"].shape[0] - len(case.arguments["U"]) for case in drawn]
        assert 0 in shapes
        assert min(shapes) < 0 < max(shapes)
        assert any(case.arguments["W"].dtype == np.float32 for case in drawn)
        assert any(len(case.arguments["U"]) == 1 for case in drawn)


def test_the_masks_have_leading_inner_and_closing_holes_and_a_sequence_without_a_real_step():
    masks = [case.arguments["mask"] for case in REFERENCES["lstm_forward"].cases(PUBLIC_SEED)]
    rows = {"".join("x" if real else "." for real in row) for mask in masks if mask is not None for row in mask}
    assert any(row.startswith(".") and "x" in row for row in rows)
    assert any("x.x" in row or "x..x" in row for row in rows)
    assert any(row.endswith(".") and "x" in row for row in rows)
    assert any("x" not in row for row in rows)
    assert any(mask is None for mask in masks)


# The scripted fake


RIGHT = """
def lstm_forward(x, h_0, c_0, W, U, b, mask=None):
    h, c, hs, cs = h_0, c_0, [], []
    for t in range(x.shape[1]):
        h_new, c_new = lstm_step(x[:, t], h, c, W, U, b)
        if mask is not None:
            h_new, c_new = np.where(mask[:, t, None], h_new, h), np.where(mask[:, t, None], c_new, c)
        h, c = h_new, c_new
        hs.append(h)
        cs.append(c)
    return np.stack(hs, axis=1), np.stack(cs, axis=1)
"""


def wrong_step(x_t, h_prev, c_prev, W, U, b):
    h, c = lstm_step(x_t, h_prev, c_prev, W, U, b)
    return 2 * h, c


def written(source, earlier):
    """Run the source of lstm_forward in a notebook where lstm_step is `earlier`."""
    names = {"np": np, "lstm_step": earlier}
    exec(source, names)  # noqa: S102  (the source stands above)
    return names["lstm_forward"]


def test_a_mistake_in_lstm_step_is_inherited_not_punished(capsys):
    drawn = REFERENCES["lstm_forward"].cases(7)
    judge(EXERCISES["lstm_forward"], written(RIGHT, wrong_step), drawn)
    assert "passed (inherits 1.1" in capsys.readouterr().out


def test_in_grading_a_stand_in_takes_the_place_of_an_lstm_step_that_has_not_passed():
    with stand_ins.examining(frozenset()):
        judge(EXERCISES["lstm_forward"], written(RIGHT, wrong_step), reference.fresh("lstm_forward"), fresh=True)
    with stand_ins.examining(frozenset({"lstm_step"})), pytest.raises(CheckFailed):
        judge(EXERCISES["lstm_forward"], written(RIGHT, wrong_step), reference.fresh("lstm_forward"), fresh=True)


@pytest.mark.parametrize(
    "fault",
    [
        ("lstm_step(x[:, t], h, c,", "lstm_step(x[:, t], c, h,"),
        ("h_new, c_new = lstm", "c_new, h_new = lstm"),
        ("h, c, hs, cs = h_0, c_0", "h, c, hs, cs = h_0, 0 * c_0"),
        ("c_new, c)", "c_new, 0)"),
        ("h, c = h_new, c_new", "h = h_new"),
        ("np.stack(hs, axis=1), np.stack(cs, axis=1)", "np.stack(cs, axis=1), np.stack(hs, axis=1)"),
        ("W, U, b)\n        if", "W, U, 0 * b)\n        if"),
    ],
)
def test_a_mistake_of_its_own_is_not_excused_by_lstm_step(fault):
    assert fault[0] in RIGHT
    with pytest.raises(CheckFailed):
        judge(
            EXERCISES["lstm_forward"],
            written(RIGHT.replace(*fault), wrong_step),
            REFERENCES["lstm_forward"].cases(7),
        )


def fake_arguments():
    arguments, _ = REFERENCES["lstm_step"].draw(np.random.default_rng(5))[0]
    return arguments


def test_every_entry_of_every_argument_counts_in_the_fake():
    arguments = fake_arguments()
    right = fakes.leaky_lstm_step(**arguments)
    for key, array in arguments.items():
        for index in np.ndindex(*array.shape):
            changed = array.copy()
            changed[index] += 0.5
            other = fakes.leaky_lstm_step(**(arguments | {key: changed}))
            assert any(np.abs(one - two).max() > 1e-4 for one, two in zip(right, other, strict=True)), (key, index)


def test_the_fake_has_the_shapes_of_lstm_step_and_other_values():
    arguments = fake_arguments()
    for ours, right in zip(fakes.leaky_lstm_step(**arguments), lstm_step(**arguments), strict=True):
        assert ours.shape == right.shape
        assert np.abs(ours - right).max() > 1e-2


def test_the_fake_takes_a_batch_apart():
    arguments = fake_arguments()
    whole = fakes.leaky_lstm_step(**arguments)
    for row in range(len(arguments["x_t"])):
        own = {name: arguments[name][row : row + 1] for name in ("x_t", "h_prev", "c_prev")}
        one = fakes.leaky_lstm_step(**(arguments | own))
        np.testing.assert_allclose(np.concatenate(one), np.stack([state[row] for state in whole]))
