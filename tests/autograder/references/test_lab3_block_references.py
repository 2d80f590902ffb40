"""The oracles of the block are right: layers of Keras with the same weights, and properties of a block, agree."""

# ruff: noqa: PLC0415  (TensorFlow is imported only by the tests that need it)

import numpy as np
import pytest

from autograder.references.lab3_attention.block import REFERENCES, parts
from autograder.references.lab3_attention.block.counts import block_flops, block_parameters
from autograder.references.lab3_attention.block.layer import transformer_block
from autograder.references.reference import PUBLIC_SEED
from labkit.checks.lab3_attention import block_fakes, block_probes

SEEDS = range(3)
WEIGHTS = block_probes.WEIGHTS


def drawn(seed, label):
    """The arguments of the case with these words in its label."""
    rows = REFERENCES["TransformerBlock"].draw(np.random.default_rng(seed))
    return next(arguments for arguments, text in rows if label in text)


@pytest.mark.slow
@pytest.mark.parametrize("label", ["no mask", "causal", "padding"])
@pytest.mark.parametrize("seed", SEEDS)
def test_the_block_is_made_of_layers_of_keras(seed, label):
    import keras

    a = drawn(seed, label)
    w = dict(zip(WEIGHTS, a["weights"], strict=True))
    width, heads = a["d_model"], a["num_heads"]
    attention = keras.layers.MultiHeadAttention(heads, width // heads, use_bias=False)
    attention.build(a["x"].shape, a["x"].shape)
    cut = [w[name].reshape(width, heads, -1) for name in ("W_q", "W_k", "W_v")]
    by_name = dict(zip(("query", "key", "value"), cut, strict=True)) | {"output": w["W_o"].reshape(heads, -1, width)}
    for variable in attention.weights:
        variable.assign(next(value for name, value in by_name.items() if name in variable.path.split("/")[-2]))

    def layer(made, *names):
        made.build((None, None, a["d_ff"] if names[0].startswith("dense_2") else width))
        made.set_weights([w[name] for name in names])
        return made

    norm_1, norm_2 = (
        layer(keras.layers.LayerNormalization(epsilon=1e-5), f"norm_{k}.gamma", f"norm_{k}.beta") for k in (1, 2)
    )
    dense_1 = layer(keras.layers.Dense(a["d_ff"], "relu"), "dense_1.kernel", "dense_1.bias")
    dense_2 = layer(keras.layers.Dense(width), "dense_2.kernel", "dense_2.bias")
    h = norm_1(a["x"])
    mask = None if a["mask"] is None else np.broadcast_to(a["mask"], (len(h), h.shape[1], h.shape[1]))
    y = a["x"] + attention(h, h, attention_mask=mask)
    np.testing.assert_allclose(transformer_block(**a), y + dense_2(dense_1(norm_2(y))), atol=2e-5)


@pytest.mark.parametrize("seed", SEEDS)
def test_without_w_o_and_the_last_dense_layer_the_block_is_the_identity(seed):
    a = drawn(seed, "W_o and the last")
    np.testing.assert_array_equal(transformer_block(**a), a["x"].astype(float).round(6))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_change_in_the_future_leaves_the_past(seed):
    a = drawn(seed, "causal")
    other = a["x"].copy()
    other[:, -1] += 1
    before, after = transformer_block(**a), transformer_block(**(a | {"x": other}))
    np.testing.assert_array_equal(before[:, :-1], after[:, :-1])
    assert np.abs(before[:, -1] - after[:, -1]).max() > 0.1


@pytest.mark.parametrize("seed", SEEDS)
def test_dropout_keeps_or_drops_what_a_branch_adds(seed):
    a = drawn(seed, "dropout, W_o is zero")
    added = transformer_block(**(a | {"dropout": 0.0}))[0] - a["x"][0]
    found = transformer_block(**a)
    both = np.stack([a["x"][0], a["x"][0] + added / (1 - a["dropout"])])
    np.testing.assert_allclose(found["lowest value with training=True"], both.min(axis=0), atol=1e-5)
    np.testing.assert_allclose(found["highest value with training=True"], both.max(axis=0), atol=1e-5)
    np.testing.assert_allclose(found["value between with training=True"], both.min(axis=0), atol=1e-5)
    for word in block_probes.EXTREMES:
        np.testing.assert_allclose(found[f"{word} with training=False"], a["x"][0] + added, atol=1e-5)


def test_the_numbers_of_small_blocks_by_hand():
    assert block_parameters(1, 1) == 4 + (1 + 1) + (1 + 1) + 4
    assert block_parameters(2, 3) == 4 * 4 + (6 + 3) + (6 + 2) + 4 * 2
    assert block_flops(1, 1, 1) == 2 * 8
    assert block_flops(3, 2, 5) == 4 * 2 * 12 + 2 * 2 * 18 + 2 * 2 * 30


@pytest.mark.slow
def test_keras_counts_as_many_parameters():
    from checks.mistakes.lab3_attention.block import given_block

    block = given_block()(6, 2, 9)
    for layer, width in ((block.norm_1, 6), (block.norm_2, 6), (block.dense_1, 6), (block.dense_2, 9)):
        layer.build((None, None, width))
    assert sum(np.prod(weight.shape) for weight in block.trainable_weights) == block_parameters(6, 9)


# The fake


@pytest.mark.slow
@pytest.mark.parametrize("label", ["no mask", "causal", "padding"])
def test_the_oracle_knows_what_the_fake_gives(label):
    a = drawn(1, label)
    arguments = (a["x"], *a["weights"][:4], a["num_heads"], a["mask"])
    output, weights = block_fakes.blunt_attention(*arguments)
    np.testing.assert_allclose(parts.blunt_attention(*arguments), output, atol=1e-5)
    assert tuple(weights.shape) == (len(a["x"]), a["num_heads"], *(a["x"].shape[1],) * 2)


def test_every_entry_of_every_argument_of_the_fake_counts():
    a = drawn(2, "padding")
    arguments = [a["x"][:1], *a["weights"][:4], 2, np.ones((3, 3), bool)]
    right = parts.blunt_attention(*arguments)
    for place, value in enumerate(arguments):
        for index in np.ndindex(np.shape(value)):
            other = np.array(value)
            other[index] = not other[index] if other.dtype == bool else other[index] + 1
            assert (
                np.abs(parts.blunt_attention(*arguments[:place], other, *arguments[place + 1 :]) - right).max() > 1e-4
            )


# Cases


@pytest.mark.parametrize("seed", [PUBLIC_SEED, *SEEDS])
def test_the_cases_hold_a_block_without_mask_and_with_both_kinds_of_it_and_two_with_dropout(seed):
    rows = [case.arguments for case in REFERENCES["TransformerBlock"].cases(seed) if not case.given]
    assert {None if row["mask"] is None else row["mask"].ndim for row in rows} == {None, 2, 3}
    assert sum(row["dropout"] > 0 for row in rows) == 2
    assert any(row["d_ff"] == row["d_model"] for row in rows)
    for row in rows:
        assert row["d_model"] % row["num_heads"] == 0
        assert all(value.dtype == np.float32 for value in (row["x"], *row["weights"]))
        assert max(max(value.shape) for value in (row["x"], *row["weights"])) <= 40
