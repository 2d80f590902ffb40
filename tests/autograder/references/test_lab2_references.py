"""The oracles of lab 2, parts 2 to 4, are right: Keras, TensorFlow and hand-made examples say the same."""

# ruff: noqa: PLC0415  (TensorFlow is imported only by the tests that need it)

from functools import partial

import numpy as np
import pytest

from autograder.references import lab2_music as reference
from autograder.references.lab2_music.loss import count_parameters
from autograder.references.lab2_music.sampling import next_probabilities
from autograder.references.lab2_music.text import next_step_pairs, tune_vocabulary
from autograder.references.lab2_music.training import blunt, global_norm, gradients, train_step
from autograder.references.lab2_music.tunes import RIGHT
from autograder.references.losses import sequence_loss
from labkit.checks.lab2_music import probes
from labkit.checks.lab2_music.probes import END, WEIGHTS, Script, ScriptedModel, observed, picky_probabilities

SEEDS = range(6)


def drawn(name, seed):
    """The argument sets of one round."""
    return [arguments for arguments, _ in reference.REFERENCES[name].draw(np.random.default_rng(seed))]


def difference(f, value, epsilon=1e-6):
    """Central difference of a scalar function, entry by entry."""
    gradient = np.zeros(value.shape)
    for index in np.ndindex(*value.shape):
        up, down = value.copy(), value.copy()
        up[index] += epsilon
        down[index] -= epsilon
        gradient[index] = (f(up) - f(down)) / (2 * epsilon)
    return gradient


# Text


def test_the_text_by_hand():
    assert tune_vocabulary(["cab", "Ad"]) == {"A": 4, "a": 5, "b": 6, "c": 7, "d": 8}
    inputs, targets = next_step_pairs(np.array([[2, 9, 8, 3], [2, 7, 3, 0]]))
    assert inputs.tolist() == [[2, 9, 8], [2, 7, 3]]
    assert targets.tolist() == [[9, 8, 3], [7, 3, 0]]


# Loss and parameters


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_masked_cross_entropy_is_what_keras_says(seed):
    import keras

    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, reduction="mean_with_sample_weight")
    for case in drawn("masked_cross_entropy", seed):
        expected = loss(case["targets"], case["logits"], sample_weight=case["mask"])
        assert sequence_loss(**case) == pytest.approx(float(expected), rel=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize(("size", "width", "units"), [(5, 2, 3), (60, 16, 32), (97, 64, 256), (1, 1, 1)])
def test_count_parameters_is_what_keras_counts(size, width, units):
    import keras

    layers = [keras.layers.Embedding(size, width), keras.layers.LSTM(units, return_sequences=True)]
    model = keras.Sequential([*layers, keras.layers.Dense(size)])
    model.build((None, None))
    assert count_parameters(size, width, units) == model.count_params()


# One step of training


@pytest.mark.parametrize("loss", [reference.training._cross_entropy, blunt])
def test_the_gradients_are_central_differences(loss):
    for case in drawn("train_step", 3):
        weights = {name: value.astype(float) for name, value in zip(WEIGHTS, case["weights"], strict=True)}
        batch = (case["inputs"], case["targets"], case["mask"])
        _, table = gradients(weights, *batch, loss)
        for name, value in weights.items():
            numeric = difference(partial(loss_with, weights, batch, loss, name), value)
            np.testing.assert_allclose(table[name], numeric, atol=1e-7)


def loss_with(weights, batch, loss, name, value):
    return gradients(weights | {name: value}, *batch, loss)[0]


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_train_step_is_the_step_that_keras_takes_with_its_own_clipping(seed):
    import keras

    for case in drawn("train_step", seed):
        size, width = case["weights"][0].shape
        layers = [keras.layers.Embedding(size, width), keras.layers.Dense(len(case["weights"][2]), activation="tanh")]
        model = keras.Sequential([*layers, keras.layers.Dense(size)])
        model.build((None, None))
        model.set_weights(case["weights"])
        optimizer = keras.optimizers.SGD(case["learning_rate"], global_clipnorm=case["max_norm"])
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, reduction="mean_with_sample_weight")
        model.compile(optimizer=optimizer, loss=loss, run_eagerly=True)
        value = model.train_on_batch(case["inputs"], case["targets"], sample_weight=case["mask"].astype("float32"))
        ours = train_step(**case)
        assert ours["loss"] == pytest.approx(float(value), rel=1e-5)
        for name, weight in zip(WEIGHTS, model.get_weights(), strict=True):
            np.testing.assert_allclose(ours[name], weight, atol=2e-6)


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_the_fake_of_the_loss_is_the_same_on_both_sides(seed):
    import tensorflow as tf

    for case in drawn("masked_cross_entropy", seed):
        case["logits"] = np.clip(case["logits"], -5, 5)
        z = tf.constant(case["logits"])
        with tf.GradientTape() as tape:
            tape.watch(z)
            loss = probes.blunt_cross_entropy(z, case["targets"], case["mask"])
        value, d_logits = blunt(**case)
        assert value == pytest.approx(float(loss), rel=1e-5)
        np.testing.assert_allclose(d_logits, tape.gradient(loss, z), atol=1e-6)


@pytest.mark.parametrize("seed", range(30))
def test_half_of_the_drawn_gradients_must_be_clipped_and_no_id_comes_twice(seed):
    must = []
    for case in drawn("train_step", seed):
        weights = {name: value.astype(float) for name, value in zip(WEIGHTS, case["weights"], strict=True)}
        batch = (case["inputs"], case["targets"], case["mask"])
        _, table = gradients(weights, *batch, reference.training._cross_entropy)
        must.append(global_norm(table) > 1.2 * case["max_norm"])
        assert np.unique(case["inputs"]).size == case["inputs"].size
        assert np.unique(case["targets"]).size == case["targets"].size
    assert must == [True, False, True, False]


# Sampling


def test_next_probabilities_by_hand():
    logits = np.log([0.5, 0.25, 0.15, 0.1])
    np.testing.assert_allclose(next_probabilities(logits, 1.0), [0.5, 0.25, 0.15, 0.1])
    np.testing.assert_allclose(next_probabilities(logits, 1.0, 0.8), np.array([0.5, 0.25, 0.15, 0]) / 0.9)
    np.testing.assert_allclose(next_probabilities(logits, 1.0, 0.3), [1, 0, 0, 0])
    np.testing.assert_allclose(next_probabilities(logits, 0.5), np.array([0.25, 0.0625, 0.0225, 0.01]) / 0.345)
    np.testing.assert_allclose(next_probabilities(logits, 0.5, 0.8), np.array([0.25, 0.0625, 0, 0]) / 0.3125)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_kept_is_the_smallest_set_that_reaches_top_p(seed):
    for case in drawn("next_probabilities", seed):
        every = next_probabilities(case["logits"], case["temperature"])
        kept = next_probabilities(**case) > 0
        if case["top_p"] < 1:
            assert every[kept].sum() >= case["top_p"] > every[kept].sum() - every[kept].min()
            assert every[kept].min() > every[~kept].max(initial=0)
        assert next_probabilities(**case).sum() == pytest.approx(1)


def test_a_writer_follows_its_script():
    vocabulary = {character: number for number, character in enumerate("abc", start=4)}
    script = {"logits": [40.0, 0.0, -1.0], "end": 5, "salt": 3}
    tune = RIGHT.write(script, "ab", vocabulary, 20, 1.0, 1.0, 0)
    assert len(tune) == 4
    assert tune.startswith("ab")
    ids = [2, *(vocabulary[character] for character in tune)]
    model = Script(7, **script)
    for step in range(3, 5):
        assert model.logits([ids[:step]])[0, -1].argmax() == ids[step]
    assert model.logits([ids])[0, -1].argmax() == END
    assert model.logits([ids])[0, -1].argmax() != END  # it is said once


@pytest.mark.slow
def test_a_scripted_model_can_be_asked_as_keras_models_are():
    import tensorflow as tf

    script = {"logits": [2.0, 1.0, 0.5], "end": 0, "salt": 5}
    model, ids = ScriptedModel(7, **script), [[2, 5, 4]]
    expected = Script(7, **script).logits(ids)
    for asked in (ids, np.array(ids), tf.constant(ids)):
        assert tf.is_tensor(model(asked, training=False))
        np.testing.assert_allclose(model(asked), expected, rtol=1e-6)
        np.testing.assert_allclose(model.predict(np.array(asked), verbose=0), expected, rtol=1e-6)
    with pytest.raises(ValueError, match=r"\(1, time\)"):
        model(ids[0])


def test_the_logits_hang_on_every_id_and_on_their_order():
    model = Script(12, [3.0, 2.0, 1.0, 0.5, 0.2, 0.1, 0.0, -1.0], 0, 7)
    last = model.logits([[2, 5, 9, 4]])[0, -1]
    others = ([5, 9, 4], [2, 9, 5, 4], [2, 5, 9, 3, 4], [2, 4], [4], [2, 6, 9, 4])
    assert all(np.abs(model.logits([other])[0, -1] - last).max() > 1e-3 for other in others)


@pytest.mark.parametrize("seed", range(40))
def test_the_drawn_path_is_forced_where_one_tune_is_expected(seed):
    for case in drawn("generate", seed):
        tunes = {str(RIGHT(**(case | {"seeds": [number, *case["seeds"][1:]]}))) for number in range(8)}
        assert tunes == {str(RIGHT(**case))}


def test_what_is_observed_of_a_seed():
    assert observed(str, 0, [7]) == "7"
    assert observed(lambda seed: f"ab{seed}", 0, [7, 8, 9]) == (True, True, True)
    assert observed(lambda _: "aa", 0, [7, 8, 9]) == (True, False, False)
    assert observed(lambda seed: f"p{'qr'[seed % 2] * 3}", 1, [7, 8, 9]) == (True, True, False)
    assert observed(lambda _: None, 0, [7, 8, 9]) is None


def test_the_fake_of_the_probabilities_hangs_on_everything_and_shares_among_equals():
    logits = np.array([-60, -60, -60, -60, 1.0, 0.5, 0.2, 2.0, 1.5])
    chosen = {picky_probabilities(logits, 1.0, top_p).argmax() for top_p in (0.1, 0.3, 0.5, 0.7, 0.9)}
    assert len(chosen) > 2
    assert len({picky_probabilities(logits, temperature).argmax() for temperature in (0.1, 0.5, 0.8, 1.0)}) > 2
    np.testing.assert_allclose(picky_probabilities([-60] * 4 + [1.0] * 5, 1.0), [0] * 4 + [0.2] * 5)
    assert picky_probabilities([-60, -60, -60, 90.0, 1.0, 2.0], 0.7, 0.4).argmax() == END
