"""The oracles of many heads are right: Keras's layer with the same weights, round trips and steps one by one agree."""

# ruff: noqa: ARG005, PLC0415  (TensorFlow is imported only by the tests that need it; an argument without effect)

import numpy as np
import pytest

from autograder.references.lab3_attention.heads import steps as lab3_heads
from autograder.references.lab3_attention.heads.steps import REFERENCES, Steps, merge_heads, split_heads
from autograder.references.reference import PUBLIC_SEED
from labkit.checks import cases, probes, ways
from labkit.checks.lab3_attention import EXERCISES, heads_fakes
from labkit.checks.probes import Unfit

SEEDS = range(6)
CALLERS = ("multi_head_attention", "cross_attention", "attend_next")
RIGHT = Steps()


def weights(rng, d_model):
    return {name: rng.normal(0, 0.7, size=(d_model, d_model)) for name in ("W_q", "W_k", "W_v", "W_o")}


def some_mask(rng, *shape):
    """A mask that allows each query its own choice of keys, at least one."""
    mask = rng.random(shape) < 0.5
    mask[..., 0] |= ~mask.any(axis=-1)
    return mask


# Keras


def keras_layer(W, heads, queries, values):
    import keras

    d_model = len(W["W_q"])
    layer = keras.layers.MultiHeadAttention(heads, key_dim=d_model // heads, use_bias=False, dtype="float64")
    layer.build(queries.shape, values.shape)
    inner = (d_model, heads, d_model // heads)
    by_name = {"query": W["W_q"], "key": W["W_k"], "value": W["W_v"], "attention_output": W["W_o"]}
    for weight in layer.weights:
        name = weight.path.split("/")[-2]
        shape = (heads, d_model // heads, d_model) if name == "attention_output" else inner
        weight.assign(by_name[name].reshape(shape))
    return layer


@pytest.mark.slow
@pytest.mark.parametrize("shape", [None, (5, 5), (3, 1, 5), (3, 5, 5)])
@pytest.mark.parametrize("heads", [1, 2, 3, 6])
def test_multi_head_attention_is_keras_layer_with_the_same_weights(heads, shape):
    rng = np.random.default_rng(heads)
    x, W = rng.normal(size=(3, 5, 6)), weights(rng, 6)
    mask = None if shape is None else some_mask(rng, *shape)
    output, attended = RIGHT.multi_head_attention(x, **W, num_heads=heads, mask=mask)
    whole = None if mask is None else np.broadcast_to(mask, (3, 5, 5))
    layer = keras_layer(W, heads, x, x)
    theirs, their_weights = layer(x, x, attention_mask=whole, return_attention_scores=True)
    np.testing.assert_allclose(theirs, output, atol=1e-7)
    np.testing.assert_allclose(their_weights, attended, atol=1e-7)


@pytest.mark.slow
@pytest.mark.parametrize("shape", [None, (2, 4), (3, 1, 4), (3, 2, 4)])
@pytest.mark.parametrize("heads", [1, 2, 4])
def test_cross_attention_is_keras_layer_with_the_same_weights(heads, shape):
    rng = np.random.default_rng(10 + heads)
    x, memory, W = rng.normal(size=(3, 2, 4)), rng.normal(size=(3, 4, 4)), weights(rng, 4)
    mask = None if shape is None else some_mask(rng, *shape)
    output, attended = RIGHT.cross_attention(x, memory, **W, num_heads=heads, mask=mask)
    whole = None if mask is None else np.broadcast_to(mask, (3, 2, 4))
    layer = keras_layer(W, heads, x, memory)
    theirs, their_weights = layer(x, memory, attention_mask=whole, return_attention_scores=True)
    np.testing.assert_allclose(theirs, output, atol=1e-7)
    np.testing.assert_allclose(their_weights, attended, atol=1e-7)


# What must hold


@pytest.mark.parametrize("heads", [1, 2, 3, 6])
def test_merge_undoes_split_and_a_head_is_a_block_of_columns(heads):
    x = np.random.default_rng(heads).normal(size=(2, 4, 6))
    cut = split_heads(x, heads)
    np.testing.assert_array_equal(merge_heads(cut), x)
    for head, block in enumerate(np.split(x, heads, axis=-1)):
        np.testing.assert_array_equal(cut[:, head], block)


@pytest.mark.parametrize("heads", [1, 2, 4])
def test_attend_next_step_by_step_gives_the_last_rows_of_causal_attention(heads):
    rng = np.random.default_rng(heads)
    x, W = rng.normal(size=(2, 6, 4)), weights(rng, 4)
    keys = values = np.zeros((2, heads, 0, 4 // heads))
    for step in range(6):
        output, keys, values = RIGHT.attend_next(x[:, step : step + 1], keys, values, **W, num_heads=heads)
        length = step + 1
        causal = np.tril(np.ones((length, length), dtype=bool))
        whole, _ = RIGHT.multi_head_attention(x[:, :length], **W, num_heads=heads, mask=causal)
        np.testing.assert_allclose(output[:, 0], whole[:, -1])
    np.testing.assert_allclose(keys, split_heads(x @ W["W_k"], heads))
    np.testing.assert_allclose(values, split_heads(x @ W["W_v"], heads))


@pytest.mark.parametrize("seed", SEEDS)
def test_attention_to_itself_is_attention_across_one_sequence_twice(seed):
    rng = np.random.default_rng(seed)
    x, W = rng.normal(size=(2, 3, 4)), weights(rng, 4)
    own, crossed = RIGHT.multi_head_attention(x, **W, num_heads=2), RIGHT.cross_attention(x, x, **W, num_heads=2)
    for one, two in zip(own, crossed, strict=True):
        np.testing.assert_array_equal(one, two)


def test_weights_add_up_to_one_and_are_zero_where_the_mask_forbids():
    rng = np.random.default_rng(3)
    mask = some_mask(rng, 2, 3, 3)
    _, attended = RIGHT.multi_head_attention(rng.normal(size=(2, 3, 4)), **weights(rng, 4), num_heads=2, mask=mask)
    np.testing.assert_allclose(attended.sum(axis=-1), 1.0)
    assert (attended[np.broadcast_to(~mask[:, None], attended.shape)] == 0).all()
    assert (attended[np.broadcast_to(mask[:, None], attended.shape)] > 0).all()


def test_two_heads_by_hand():
    """One column a head: head 0 compares 1 with 1 and 2, head 1 compares 3 with 3 and 0."""
    x = np.array([[[1.0, 3.0], [2.0, 0.0]]])
    eye, turned = np.eye(2), np.array([[0.0, 1.0], [1.0, 0.0]])
    output, attended = RIGHT.multi_head_attention(x, eye, eye, eye, turned, 2)
    first = np.exp([1.0, 2.0]) / np.exp([1.0, 2.0]).sum()
    second = np.exp([9.0, 0.0]) / np.exp([9.0, 0.0]).sum()
    np.testing.assert_allclose(attended[0, :, 0], [first, second])
    np.testing.assert_allclose(output[0, 0], [second @ [3.0, 0.0], first @ [1.0, 2.0]])


# Cases


@pytest.mark.parametrize("seed", [PUBLIC_SEED, *SEEDS])
@pytest.mark.parametrize("name", REFERENCES)
def test_no_misconception_is_known_by_an_exception_alone(name, seed):
    rows = [case for case in REFERENCES[name].cases(seed) if not case.given]
    for formula in REFERENCES[name].wrong:
        found = [case.wrong[formula] for case in rows if formula in case.wrong]
        assert not all(isinstance(one, cases.Raises) for one in found), formula
        assert {one.type_name for one in found if isinstance(one, cases.Raises)} <= {"InvalidArgumentError"}, formula


@pytest.mark.parametrize("name", CALLERS[:2])
def test_masks_of_each_kind_come_where_a_wrong_axis_hides_and_leave_each_query_a_key(name):
    drawn = [case.arguments for case in REFERENCES[name].cases(PUBLIC_SEED)]
    masks = [one["mask"] for one in drawn]
    assert None in [None if mask is None else 0 for mask in masks]
    given = [(one, one["mask"]) for one in drawn if one["mask"] is not None]
    assert all(mask.any(axis=-1).all() and mask.dtype == bool for _, mask in given)
    assert any(mask.ndim == 2 and len(mask) == one["num_heads"] for one, mask in given)
    assert any(mask.ndim == 3 and len(mask) == one["num_heads"] and mask.shape[1] == 1 for one, mask in given)
    assert any(mask.ndim == 3 and len(mask) == one["num_heads"] == mask.shape[1] for one, mask in given)
    assert any(mask.ndim == 3 and len(mask) != one["num_heads"] > 1 for one, mask in given)
    assert any(one["num_heads"] == 1 for one in drawn)
    assert any(one["num_heads"] == one["x"].shape[2] for one in drawn)


def test_a_cache_is_empty_once():
    assert 0 in [case.arguments["keys"].shape[2] for case in REFERENCES["attend_next"].cases(PUBLIC_SEED)]


# The probe


@pytest.mark.slow
def test_the_probe_asks_for_a_way_back_to_what_the_result_hangs_on():
    import tensorflow as tf

    x, W = np.ones((2, 3), np.float32), np.ones((3, 3), np.float32)

    def found(function):
        return ways.differentiable(function, x, W)

    np.testing.assert_array_equal(found(tf.matmul), x @ W)
    np.testing.assert_array_equal(found(lambda x, W: tf.gather(tf.transpose(x), [0])), x.T[:1])  # W has no effect
    for broken in (np.matmul, lambda x, W: tf.matmul(x, W.numpy()), lambda x, W: x.numpy()):
        with pytest.raises(Unfit, match="not_differentiable"):
            found(broken)
    with pytest.raises(Unfit, match="gradient_not_finite"):
        found(lambda x, W: tf.exp(tf.math.log(x @ W - 3.0)))
    assert found(lambda x, W: None) is None
    assert found(lambda x, W: "text") == "text"
    parts = found(lambda x, W: [x, W])
    assert isinstance(parts, list)
    assert all(type(part) is np.ndarray for part in parts)


# The scripted fakes


def fake_arguments():
    rng = np.random.default_rng(5)
    Q, K, V = (rng.normal(size=(2, 3, *shape)).astype(np.float32) for shape in ((2, 4), (5, 4), (5, 3)))
    return Q, K, V, some_mask(rng, 2, 5)


@pytest.mark.slow
@pytest.mark.parametrize("heads", [1, 2, 3, 6])
def test_the_fakes_of_split_and_merge_give_what_the_references_expect_of_them(heads):
    x = np.random.default_rng(heads).normal(size=(2, 4, 6)).astype(np.float32)
    cut = heads_fakes.shuffled_split_heads(x, heads)
    np.testing.assert_allclose(cut, lab3_heads.shuffled_split(x, heads), rtol=1e-6)
    joined = heads_fakes.shuffled_merge_heads(cut)
    np.testing.assert_allclose(joined, lab3_heads.shuffled_merge(np.asarray(cut)), rtol=1e-6)
    assert heads == 1 or np.abs(joined - x).max() > 0.1


@pytest.mark.slow
def test_the_fake_of_attention_gives_what_the_references_expect_of_it_and_takes_heads_apart():
    Q, K, V, mask = fake_arguments()
    output, near = heads_fakes.distant_attention(Q, K, V, mask)
    for row, head in np.ndindex(2, 3):
        own = Q[row, head], K[row, head], V[row, head], mask
        for theirs in (lab3_heads.distant(*own), heads_fakes.distant_attention(*own)):
            np.testing.assert_allclose(output[row, head], theirs[0], rtol=1e-5)
            np.testing.assert_allclose(near[row, head], theirs[1], rtol=1e-5)


@pytest.mark.slow
def test_every_entry_of_every_argument_counts_in_the_fake_of_attention():
    arguments = [one[0, 0] if one.ndim == 4 else one for one in fake_arguments()]
    mask = arguments[3] = np.ones((2, 5), dtype=bool)
    right = heads_fakes.distant_attention(*arguments)
    for place, array in enumerate(arguments):
        for index in np.ndindex(*array.shape):
            changed = array.copy()
            changed[index] = not changed[index] if array is mask else changed[index] + 0.5
            other = heads_fakes.distant_attention(*arguments[:place], changed, *arguments[place + 1 :])
            assert np.abs(right[0] - other[0]).max() > 1e-4, (place, index)


@pytest.mark.parametrize("name", CALLERS)
def test_the_check_finds_each_fake_by_its_name(name):
    given = [case.given for case in REFERENCES[name].cases(7) if case.given]
    assert given
    for fakes in given:
        assert set(fakes) <= set(EXERCISES[name].uses)
        assert all(callable(probes.named(fake)) for fake in fakes.values())
