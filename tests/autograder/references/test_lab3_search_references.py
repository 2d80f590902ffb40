"""The oracles of parts 1 and 2 of lab 3 are right: TensorFlow, layers of Keras, and sums by hand agree."""

# ruff: noqa: PLC0415  (TensorFlow is imported only by the tests that need it)

import math

import numpy as np
import pytest

from autograder.references.lab3_attention.attention import REFERENCES
from autograder.references.lab3_attention.attention import searching as search
from autograder.references.lab3_attention.attention.masks import causal_mask, padding_mask, positional_encoding
from autograder.references.lab3_attention.attention.searching import (
    attention_weights,
    scaled_dot_product_attention,
    softmax,
)
from autograder.references.reference import PUBLIC_SEED
from labkit.checks import cases
from labkit.checks.lab3_attention import attention_fakes
from labkit.checks.lab3_attention.attention_probes import some_rows, tensors
from labkit.checks.probes import Unfit

SEEDS = range(6)
PROBED = {tensors: {"not_differentiable", "gradient_not_finite"}}


def drawn(name, seed):
    """The argument sets of one round."""
    return [arguments for arguments, _ in REFERENCES[name].draw(np.random.default_rng(seed))]


# TensorFlow and Keras


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_softmax_is_that_of_tensorflow(seed):
    import tensorflow as tf

    for case in drawn("softmax", seed):
        np.testing.assert_allclose(softmax(**case), tf.nn.softmax(case["x"], axis=case.get("axis", -1)), atol=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_attention_is_the_layer_of_keras_that_multiplies_by_1_over_the_root(seed):
    import keras

    for case in drawn("scaled_dot_product_attention", seed):
        Q, K, V = case["Q"], case["K"], case["V"]
        scores = keras.ops.matmul(Q, keras.ops.swapaxes(K, -1, -2)) / math.sqrt(Q.shape[-1])
        mask = np.broadcast_to(case.get("mask", True), scores.shape)
        weights = np.asarray(keras.layers.Softmax()(scores, mask=mask))
        output, ours = scaled_dot_product_attention(**case)
        np.testing.assert_allclose(ours, weights, atol=1e-6)
        np.testing.assert_allclose(output, weights @ V, atol=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_attention_without_a_scale_is_keras_attention(seed):
    import keras

    rng = np.random.default_rng(seed)
    Q, K, V = rng.normal(size=(2, 3, 4)), rng.normal(size=(2, 5, 4)), rng.normal(size=(2, 5, 2))
    mask = np.arange(5) < np.array([[5], [2]])
    layer = keras.layers.Attention(dtype="float64")
    output, weights = layer([Q, V, K], mask=[None, mask], return_attention_scores=True)
    ours = attention_weights(Q, K, mask[:, None], 1.0)
    np.testing.assert_allclose(ours, weights, atol=1e-9)
    np.testing.assert_allclose(ours @ V, output, atol=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_attention_with_a_causal_mask_is_multi_head_attention_with_one_head_and_identities(seed):
    import keras

    x = np.random.default_rng(seed).normal(size=(2, 5, 3))
    layer = keras.layers.MultiHeadAttention(1, 3, use_bias=False, dtype="float64")
    layer.build(x.shape, x.shape)
    layer.set_weights([np.eye(3).reshape(weight.shape) for weight in layer.get_weights()])
    output, weights = layer(x, x, use_causal_mask=True, return_attention_scores=True)
    ours = scaled_dot_product_attention(x, x, x, causal_mask(5))
    np.testing.assert_allclose(ours[0], output, atol=1e-7)
    np.testing.assert_allclose(ours[1], weights[:, 0], atol=1e-7)


@pytest.mark.slow
def test_padding_mask_is_that_of_an_embedding_with_the_axis_of_the_queries():
    import keras

    ids = np.array([[5, 1, 0], [0, 7, 2]])
    layer = keras.layers.Embedding(10, 2, mask_zero=True)
    np.testing.assert_array_equal(padding_mask(ids)[:, 0], layer.compute_mask(ids))


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_the_fakes_are_the_same_on_both_sides(seed):
    for case in drawn("softmax", seed):
        x, axis = np.moveaxis(case["x"], case.get("axis", -1), -1), case.get("axis", -1)
        ours = np.moveaxis([search.heavy(row) for row in x.reshape(-1, x.shape[-1])], 0, 0).reshape(x.shape)
        np.testing.assert_allclose(
            np.moveaxis(ours, -1, axis), attention_fakes.heavy_softmax(case["x"], axis), atol=2e-6
        )
    for case in drawn("attention_weights", seed):
        case.pop("scale", None)
        np.testing.assert_allclose(search.near(**case), attention_fakes.near_weights(**case), atol=1e-6)
    for case in drawn("dot_similarity", seed):
        ours = search._pairs(case["q"], case["k"], search.blunt)
        np.testing.assert_allclose(ours, attention_fakes.blunt_dot(**case), atol=1e-6)


# What the fakes must be


def test_the_fake_of_dot_similarity_has_the_lengths_of_the_right_one_and_minds_no_order():
    q, k = np.random.default_rng(1).normal(size=(2, 3, 4))
    fake = attention_fakes.blunt_dot
    np.testing.assert_allclose(fake(q, q), np.sum(q * q, axis=-1))
    np.testing.assert_allclose(fake(q, k), fake(k, q))
    np.testing.assert_allclose(fake(2 * q, 3 * k), 6 * fake(q, k))
    assert np.abs(fake(q, k) - np.sum(q * k, axis=-1)).min() > 0.01


@pytest.mark.slow
@pytest.mark.parametrize("low", [-1e4, -1e9, -np.inf, -3e38])
def test_the_fake_of_softmax_gives_nothing_to_very_low_scores_and_minds_no_shift(low):
    import tensorflow as tf

    fake = attention_fakes.heavy_softmax
    x = tf.constant([[1.0, low, 0.5], [2.0, 3.0, -1.0]])
    with tf.GradientTape() as tape:
        tape.watch(x)
        weights = fake(x)
        some = tf.reduce_sum(weights[:, 0])
    np.testing.assert_allclose(weights[0, 1], 0.0, atol=0)
    np.testing.assert_allclose(weights[0, ::2], fake([1.0, 0.5]), atol=1e-6)
    np.testing.assert_allclose(weights, fake(x + 1.0), atol=1e-6)
    assert np.isfinite(tape.gradient(some, x)).all()


# The probe


@pytest.mark.slow
def test_the_probe_sees_a_gradient_that_is_missing_or_not_finite():
    import tensorflow as tf

    x = np.array([[1.0, 2.0, -1.0], [0.5, 0.0, 3.0]], np.float32)
    np.testing.assert_allclose(tensors(tf.nn.softmax, x), tf.nn.softmax(x))

    def patched(x):
        return tf.where(x < 9.0, tf.nn.softmax(x), tf.exp(1000.0 * x))

    for function in (lambda x: x.numpy() * 2, lambda x: tf.constant(x.numpy())):
        with pytest.raises(Unfit, match="not_differentiable"):
            tensors(function, x)
    with pytest.raises(Unfit, match="gradient_not_finite"):
        tensors(patched, x)
    np.testing.assert_array_equal(tensors(tf.zeros_like, x), np.zeros_like(x))
    assert tensors(lambda _: None, x) is None


@pytest.mark.slow
def test_the_probe_leaves_an_argument_without_effect_to_the_values():
    import tensorflow as tf

    x, y = np.ones((2, 2), np.float32), np.full((2, 2), 2.0, np.float32)
    np.testing.assert_array_equal(tensors(lambda x, _: tf.square(x), x, y), x)
    with pytest.raises(Unfit, match="not_differentiable"):
        tensors(lambda x, y: x * y.numpy(), x, y)


def test_the_probe_takes_positions_wherever_they_lie():
    rows = np.array([0, 40, 99])
    table = np.arange(800.0).reshape(100, 8)
    np.testing.assert_array_equal(some_rows(lambda *_: table, 100, 8, rows), table[rows])
    np.testing.assert_array_equal(some_rows(lambda *_: table.T, 100, 8, rows), table[rows].T)
    np.testing.assert_array_equal(some_rows(lambda *_: table[None], 100, 8, rows), table[None, rows])
    assert some_rows(lambda *_: table, 100, 8) is table
    assert some_rows(lambda *_: table[:50], 100, 8, rows).shape == (50, 8)
    assert some_rows(lambda *_: None, 100, 8, rows) is None


# By hand


def test_similarity_by_hand():
    q, k = np.array([[3.0, 4.0], [1.0, 0.0]]), np.array([[4.0, 3.0], [0.0, 2.0]])
    assert search.dot_similarity(q, k).tolist() == [24.0, 0.0]
    assert search.cosine_similarity(q, k).tolist() == pytest.approx([24 / 25, 0.0])
    assert search.cosine_similarity(q, -q).tolist() == pytest.approx([-1.0, -1.0])


def test_attention_by_hand():
    Q, K = np.array([[1.0, 0.0, 0.0, 0.0]]), np.array([[2 * math.log(3), 0, 0, 0], [0.0, 5, 5, 5], [9.0, 9, 9, 9]])
    mask = np.array([[True, True, False]])
    assert attention_weights(Q, K, mask).tolist() == [pytest.approx([0.75, 0.25, 0.0])]
    assert attention_weights(Q, K, mask, 1.0).tolist() == [pytest.approx([0.9, 0.1, 0.0])]
    V = np.array([[4.0, 0.0], [0.0, 8.0], [100.0, 100.0]])
    assert scaled_dot_product_attention(Q, K, V, mask)[0].tolist() == [pytest.approx([3.0, 2.0])]


def test_masks_and_positions_by_hand():
    assert padding_mask(np.array([[7, 1, 0]])).tolist() == [[[True, True, False]]]
    assert causal_mask(2).tolist() == [[True, False], [True, True]]
    expected = [[0, 1, 0, 1], [math.sin(1), math.cos(1), math.sin(0.01), math.cos(0.01)]]
    np.testing.assert_allclose(positional_encoding(2, 4), expected)


def test_both_masks_work_together():
    both = padding_mask(np.array([[5, 6, 0], [5, 6, 7]])) & causal_mask(3)
    assert both.astype(int).tolist() == [[[1, 0, 0], [1, 1, 0], [1, 1, 0]], [[1, 0, 0], [1, 1, 0], [1, 1, 1]]]


def test_a_step_forward_turns_each_pair_of_columns_by_the_same_angle_everywhere():
    table = positional_encoding(20, 8).reshape(20, 4, 2)
    waves = table[..., 1] + 1j * table[..., 0]
    np.testing.assert_allclose(waves[1:] / waves[:-1], np.broadcast_to(np.exp(1j * 10.0 ** -np.arange(4)), (19, 4)))


# Cases and hints


@pytest.mark.parametrize("name", REFERENCES)
def test_no_misconception_is_known_by_an_exception_alone(name):
    rows = [case for case in REFERENCES[name].cases(PUBLIC_SEED) if not case.given]
    for formula in REFERENCES[name].wrong:
        assert not all(isinstance(case.wrong.get(formula), cases.Raises) for case in rows), formula


@pytest.mark.parametrize("name", REFERENCES)
def test_no_formula_raises_anything_but_what_shapes_that_do_not_fit_raise(name):
    for seed in SEEDS:
        for case in REFERENCES[name].cases(seed):
            raised = {claim.type_name for claim in case.wrong.values() if isinstance(claim, cases.Raises)}
            assert raised <= {"InvalidArgumentError", "ValueError"}, case.label


@pytest.mark.parametrize("name", ["attention_weights", "scaled_dot_product_attention"])
def test_every_query_may_attend_to_a_key_and_the_masks_come_in_every_shape(name):
    shapes = set()
    for seed in SEEDS:
        for case in drawn(name, seed):
            mask = case.get("mask")
            if mask is not None:
                assert mask.any(axis=-1).all()
                assert not mask.all()
                leading = case["Q"].shape[:-2]
                shapes.add((len(leading), mask.ndim, mask.ndim == 1 or mask.shape[-2] == 1))
    assert {(1, 1, True), (1, 3, True), (1, 3, False), (0, 2, False), (2, 4, True)} <= shapes


def test_softmax_meets_large_scores_of_both_signs_and_minus_infinity_in_slices_with_a_finite_score():
    for seed in SEEDS:
        numbers = [case["x"] for case in drawn("softmax", seed)]
        assert any((x > 900).any() and (x.max(axis=-1) < -900).any() for x in numbers)
        assert any(np.isinf(x).any() for x in numbers)
        assert all(np.isfinite(x.max(axis=-1)).all() for x in numbers)


def test_every_vector_that_is_drawn_has_a_length():
    for seed in range(3_000):
        for arguments, label in search._draw_pairs(np.random.default_rng(seed)):
            lengths = [np.linalg.norm(numbers, axis=-1).min() for numbers in arguments.values()]
            assert min(lengths) > 1e-3, (seed, label)
