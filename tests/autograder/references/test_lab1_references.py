"""The oracles of lab 1 are right: Keras layers, automatic gradients, central differences and losses say the same."""

# ruff: noqa: PLC0415  (TensorFlow is imported only by the tests that need it)

import numpy as np
import pytest

from autograder.references.lab1_rnn.backward import rnn_backward, rnn_backward_step
from autograder.references.lab1_rnn.models import ball_model, my_rnn_cell
from autograder.references.lab1_rnn.norms import clip_by_global_norm, state_gradient_norms
from autograder.references.lab1_rnn.recurrence import rnn_forward, rnn_step
from autograder.references.lab1_rnn.words import build_vocabulary, embed, encode, next_word_pairs, pad_batch
from autograder.references.losses import loss_gradient, sequence_loss

SEEDS = range(6)


def sizes(rng, batch=3, time=5, features=2, units=4, words=6):
    """Draw everything that an RNN with an output layer needs; right-padded."""
    return {
        "x": rng.normal(size=(batch, time, features)),
        "h_0": rng.uniform(-0.9, 0.9, size=(batch, units)),
        "W_xh": rng.normal(0, 0.6, size=(features, units)),
        "W_hh": rng.normal(0, 0.6, size=(units, units)),
        "b_h": rng.normal(0, 0.6, size=units),
        "W_hy": rng.normal(0, 0.6, size=(units, words)),
        "b_y": rng.normal(0, 0.6, size=words),
        "mask": np.arange(time) < np.array([[time], [2], [time - 1]])[:batch],
        "targets": rng.integers(0, words, size=(batch, time)),
    }


def recurrent(n):
    return {name: n[name] for name in ("x", "h_0", "W_xh", "W_hh", "b_h")}


def difference(f, value, epsilon=1e-6):
    """Central difference of a scalar function, entry by entry."""
    gradient = np.zeros(value.shape)
    for index in np.ndindex(*value.shape):
        up, down = value.copy(), value.copy()
        up[index] += epsilon
        down[index] -= epsilon
        gradient[index] = (f(up) - f(down)) / (2 * epsilon)
    return gradient


def relative(actual, expected):
    return np.max(np.abs(np.asarray(actual) - expected)) / max(np.max(np.abs(expected)), 1e-12)


# Words


def test_the_words_by_hand():
    words = ["the", "food", "was", "good", "the", "cat", "was", "not"]
    vocabulary = build_vocabulary(words)
    assert vocabulary == {"the": 2, "food": 3, "was": 4, "good": 5, "cat": 6, "not": 7}
    assert encode("The CAT, was... happy!", vocabulary) == [2, 6, 4, 1]
    assert encode("", vocabulary) == []
    ids, mask = pad_batch([[2, 3], [4], [5, 6, 7]])
    assert ids.tolist() == [[2, 3, 0], [4, 0, 0], [5, 6, 7]]
    assert mask.tolist() == [[True, True, False], [True, False, False], [True, True, True]]
    inputs, targets = next_word_pairs(ids)
    assert inputs.tolist() == [[2, 3], [4, 0], [5, 6]]
    assert targets.tolist() == [[3, 0], [0, 0], [6, 7]]


def test_embed_is_one_hot_times_the_matrix():
    rng = np.random.default_rng(3)
    E, ids = rng.normal(size=(7, 4)), rng.integers(0, 7, size=(2, 3))
    np.testing.assert_allclose(embed(ids, E), np.eye(7)[ids] @ E)


# Recurrence


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_rnn_forward_is_keras_simple_rnn_with_the_same_weights(seed):
    import keras

    n = sizes(np.random.default_rng(seed))
    layer = keras.layers.SimpleRNN(4, return_sequences=True, dtype="float64")
    layer.build(n["x"].shape)
    layer.set_weights([n["W_xh"], n["W_hh"], n["b_h"]])
    ours = rnn_forward(**recurrent(n))
    np.testing.assert_allclose(layer(n["x"], initial_state=[n["h_0"]]), ours, atol=1e-7)
    masked = rnn_forward(**recurrent(n), mask=n["mask"])
    np.testing.assert_allclose(layer(n["x"], initial_state=[n["h_0"]], mask=n["mask"]), masked, atol=1e-7)


def test_a_masked_step_is_as_if_it_were_not_there():
    n = sizes(np.random.default_rng(1), batch=1)
    mask = np.array([[False, True, False, True, True]])
    short = rnn_forward(**(recurrent(n) | {"x": n["x"][:, mask[0]]}))
    masked = rnn_forward(**recurrent(n), mask=mask)
    np.testing.assert_allclose(masked[:, mask[0]], short)
    np.testing.assert_allclose(masked[:, 0], n["h_0"])
    np.testing.assert_allclose(masked[:, 2], masked[:, 1])


def test_the_cell_and_the_ball_model_are_the_same_recurrence():
    n = sizes(np.random.default_rng(2), words=2)
    seen = my_rnn_cell(4, *recurrent(n).values())
    np.testing.assert_allclose(seen["sequence"], rnn_forward(**recurrent(n)))
    np.testing.assert_allclose(seen["output"], rnn_step(n["x"][:, 0], *list(recurrent(n).values())[1:]))
    weights = [n["W_xh"], n["W_hh"], n["b_h"], n["W_hy"], n["b_y"]]
    last = rnn_forward(**(recurrent(n) | {"h_0": np.zeros((3, 4))}))[:, -1]
    np.testing.assert_allclose(ball_model(4, n["x"], weights), last @ n["W_hy"] + n["b_y"])


# Loss


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("scale", [1.0, 300.0])
def test_sequence_loss_and_its_gradient_are_those_of_keras_and_of_a_tape(seed, scale):
    import keras
    import tensorflow as tf

    rng = np.random.default_rng(seed)
    n = sizes(rng)
    logits = rng.normal(0, scale, size=(3, 5, 6))
    z = tf.Variable(logits)
    with tf.GradientTape() as tape:
        losses = keras.losses.sparse_categorical_crossentropy(n["targets"], z, from_logits=True)
        loss = tf.reduce_mean(tf.boolean_mask(losses, n["mask"]))
    assert sequence_loss(logits, n["targets"], n["mask"]) == pytest.approx(float(loss), rel=1e-9)
    np.testing.assert_allclose(loss_gradient(logits, n["targets"], n["mask"]), tape.gradient(loss, z), atol=1e-9)


def test_loss_gradient_is_the_central_difference_of_the_loss():
    n = sizes(np.random.default_rng(5))
    logits = np.random.default_rng(6).normal(size=(3, 5, 6))
    numeric = difference(lambda z: sequence_loss(z, n["targets"], n["mask"]), logits)
    np.testing.assert_allclose(loss_gradient(logits, n["targets"], n["mask"]), numeric, atol=1e-8)


def test_the_loss_of_equal_logits_is_the_logarithm_of_the_number_of_words():
    targets, mask = np.zeros((2, 3), int), np.array([[True, True, False], [True, False, False]])
    assert sequence_loss(np.full((2, 3, 8), 1000.0), targets, mask) == pytest.approx(np.log(8))


# Backward


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("name", ["W_xh", "W_hh", "b_h", "W_hy", "b_y", "h_0"])
def test_rnn_backward_is_the_central_difference_of_the_whole_network(name, masked):
    n = sizes(np.random.default_rng(7))
    n["mask"] = np.array([[False, True, True, False, True], [True, True, False, False, False], [True] * 5])
    d_logits, h = backward_inputs(n, masked)

    def loss(value):
        m = n | {name: value}
        states = rnn_forward(**recurrent(m), mask=m["mask"] if masked else None)
        return sequence_loss(states @ m["W_hy"] + m["b_y"], m["targets"], m["mask"])

    ours = rnn_backward(**backward_arguments(n, h, d_logits), mask=n["mask"] if masked else None)
    assert relative(ours[name], difference(loss, n[name])) < 1e-6


def backward_inputs(n, masked):
    h = rnn_forward(**recurrent(n), mask=n["mask"] if masked else None)
    return loss_gradient(h @ n["W_hy"] + n["b_y"], n["targets"], n["mask"]), h


def backward_arguments(n, h, d_logits):
    return {name: n[name] for name in ("x", "h_0", "W_xh", "W_hh", "W_hy")} | {"h": h, "d_logits": d_logits}


@pytest.mark.slow
@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("seed", SEEDS)
def test_rnn_backward_is_what_a_gradient_tape_says(seed, masked):
    import tensorflow as tf

    n = sizes(np.random.default_rng(seed))
    n["mask"] = np.array([[False, True, True, False, True], [True, True, False, False, False], [True] * 5])
    d_logits, h = backward_inputs(n, masked)
    v = {name: tf.Variable(n[name]) for name in ("W_xh", "W_hh", "b_h", "W_hy", "b_y", "h_0")}
    with tf.GradientTape() as tape:
        state, states = tf.identity(v["h_0"]), []
        for t in range(5):
            new = tf.tanh(n["x"][:, t] @ v["W_xh"] + state @ v["W_hh"] + v["b_h"])
            state = tf.where(n["mask"][:, t, None], new, state) if masked else new
            states.append(state)
        logits = tf.stack(states, axis=1) @ v["W_hy"] + v["b_y"]
        losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=n["targets"], logits=logits)
        loss = tf.reduce_mean(tf.boolean_mask(losses, n["mask"]))
    ours = rnn_backward(**backward_arguments(n, h, d_logits), mask=n["mask"] if masked else None)
    for name, gradient in tape.gradient(loss, v).items():
        assert relative(ours[name], gradient.numpy()) < 1e-9, name


def test_rnn_backward_step_is_the_central_difference_of_one_step():
    rng = np.random.default_rng(8)
    n = sizes(rng)
    x_t, h_prev, W_xh, W_hh, b_h = n["x"][:, 0], n["h_0"], n["W_xh"], n["W_hh"], n["b_h"]
    d_h = rng.normal(size=(3, 4))
    ours = rnn_backward_step(d_h, x_t, h_prev, rnn_step(x_t, h_prev, W_xh, W_hh, b_h), W_hh)
    numeric = (
        difference(lambda value: (d_h * rnn_step(x_t, h_prev, value, W_hh, b_h)).sum(), W_xh),
        difference(lambda value: (d_h * rnn_step(x_t, h_prev, W_xh, value, b_h)).sum(), W_hh),
        difference(lambda value: (d_h * rnn_step(x_t, h_prev, W_xh, W_hh, value)).sum(), b_h),
        difference(lambda value: (d_h * rnn_step(x_t, value, W_xh, W_hh, b_h)).sum(), h_prev),
    )
    for one, two in zip(ours, numeric, strict=True):
        assert relative(one, two) < 1e-6


def test_no_gradient_in_no_gradient_out():
    n = sizes(np.random.default_rng(9))
    gradients = rnn_backward(**backward_arguments(n, rnn_forward(**recurrent(n)), np.zeros((3, 5, 6))))
    assert all(not gradient.any() for gradient in gradients.values())


# Norms and clipping


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_state_gradient_norms_are_total_derivatives(seed):
    import tensorflow as tf

    rng = np.random.default_rng(seed)
    n = sizes(rng)
    h = rnn_forward(**recurrent(n))
    d_h_last = rng.normal(size=(3, 4))
    expected = []
    for t in range(5):
        start = tf.Variable(h[:, t])
        with tf.GradientTape() as tape:
            state = tf.identity(start)
            for later in range(t + 1, 5):
                state = tf.tanh(n["x"][:, later] @ n["W_xh"] + state @ n["W_hh"] + n["b_h"])
            loss = tf.reduce_sum(state * d_h_last)
        expected.append(np.linalg.norm(tape.gradient(loss, start).numpy()))
    np.testing.assert_allclose(state_gradient_norms(h, n["W_hh"], d_h_last), expected, rtol=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize("max_norm", [0.01, 1.0, 7.5, 1e4])
@pytest.mark.parametrize("seed", SEEDS)
def test_clip_by_global_norm_is_that_of_tensorflow(seed, max_norm):
    import tensorflow as tf

    rng = np.random.default_rng(seed)
    gradients = [rng.normal(0, 3, size=shape) for shape in ((3, 2), (4,), (1, 1, 5))]
    clipped, norm = clip_by_global_norm(gradients, max_norm)
    expected, expected_norm = tf.clip_by_global_norm(gradients, max_norm)
    assert norm == pytest.approx(float(expected_norm), rel=1e-9)
    for one, two in zip(clipped, expected, strict=True):
        np.testing.assert_allclose(one, two, rtol=1e-9)
