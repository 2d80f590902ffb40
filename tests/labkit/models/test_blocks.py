"""The one block: it attends as it says, has lab 3's weights, and gives the shipped Transformer its old numbers."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from labkit.models import blocks


def drawn(*shape: int, seed: int = 0) -> Any:
    return tf.constant(np.random.default_rng(seed).normal(size=shape), tf.float32)


def test_positions_are_sines_and_cosines_by_turns() -> None:
    table = blocks.positions(7, 6)
    for place in range(7):
        for pair in range(3):
            angle = place / 10000 ** (2 * pair / 6)
            assert table[place, 2 * pair] == pytest.approx(np.sin(angle), abs=1e-6)
            assert table[place, 2 * pair + 1] == pytest.approx(np.cos(angle), abs=1e-6)


def test_attention_is_the_softmax_of_scaled_scores_over_the_allowed_keys() -> None:
    q, k, v = drawn(2, 3, 4), drawn(2, 5, 4, seed=1), drawn(2, 5, 6, seed=2)
    mask = tf.constant(np.random.default_rng(3).random((2, 3, 5)) < 0.7) | (tf.range(5) == 0)
    for scale in (None, 1.0, 0.3):
        found, weights = blocks.attention(q, k, v, mask, scale)
        scores = np.where(mask, np.asarray(q @ tf.transpose(k, (0, 2, 1))) * (scale or 0.5), -np.inf)
        expected = np.exp(scores) / np.exp(scores).sum(-1, keepdims=True)
        np.testing.assert_allclose(weights, expected, atol=1e-6)
        np.testing.assert_allclose(found, expected @ np.asarray(v), atol=1e-5)


def test_a_block_is_its_formula() -> None:
    keras.utils.set_random_seed(1)
    block, x = blocks.Block(8, 2, 12), drawn(2, 5, 8)
    first, second = (keras.layers.LayerNormalization(epsilon=1e-5) for _ in range(2))
    heads = keras.layers.MultiHeadAttention(2, 4, use_bias=False)
    seen = first(x)
    heads(seen, seen)
    q, k, v, o = (np.asarray(one) for one in block.square)
    heads.set_weights([q.reshape(8, 2, 4), k.reshape(8, 2, 4), v.reshape(8, 2, 4), o.reshape(2, 4, 8)])
    middle = x + heads(seen, seen)
    up, shift_up, down, shift_down = (np.asarray(one) for one in block.dense)
    expected = middle + tf.nn.relu(second(middle) @ up + shift_up) @ down + shift_down
    np.testing.assert_allclose(block(x), expected, atol=1e-5)


@pytest.mark.parametrize("rank", [2, 3])
def test_what_a_mask_forbids_is_not_seen(rank: int) -> None:
    block, x = blocks.Block(8, 2, 12), drawn(1, 6, 8)
    mask = np.tril(np.ones((6, 6), bool))
    mask = mask if rank == 2 else mask[None]
    out, weights = block(x, mask=tf.constant(mask), weights=True)
    assert weights.shape == (1, 2, 6, 6)
    assert np.triu(np.asarray(weights), 1).max() == 0
    changed = block(tf.concat([x[:, :4], drawn(1, 2, 8, seed=5)], 1), mask=tf.constant(mask))
    np.testing.assert_allclose(out[:, :4], changed[:, :4], atol=1e-6)


def test_with_a_memory_keys_and_values_come_from_there() -> None:
    block, x, memory = blocks.Block(8, 2, 12), drawn(2, 3, 8), drawn(2, 7, 8, seed=1)
    out, weights = block(x, memory=memory, weights=True)
    assert out.shape == x.shape
    assert weights.shape == (2, 2, 3, 7)
    order = np.random.default_rng(0).permutation(7)
    np.testing.assert_allclose(out, block(x, memory=tf.gather(memory, order, axis=1)), atol=1e-5)


def test_dropout_is_for_training_only() -> None:
    block, x = blocks.Block(8, 2, 12, dropout=0.5), drawn(2, 5, 8)
    np.testing.assert_array_equal(block(x), block(x))
    assert np.abs(np.asarray(block(x, training=True)) - np.asarray(block(x))).max() > 0.01


def test_a_block_does_not_know_the_length_in_a_graph() -> None:
    block = blocks.Block(8, 2, 12)
    run = tf.function(block.call, input_signature=[tf.TensorSpec((None, None, 8))])
    for length in (3, 5):
        np.testing.assert_allclose(run(drawn(2, length, 8)), block(drawn(2, length, 8)), atol=1e-5)


def test_learned_positions_are_added_to_the_first_places() -> None:
    layer, x = blocks.LearnedPositions(9, 4), drawn(2, 5, 4)
    np.testing.assert_allclose(layer(x) - x, np.broadcast_to(np.asarray(layer.table)[:5], (2, 5, 4)), atol=1e-6)


def test_the_shipped_music_transformer_says_what_it_said_before_the_block_was_shared() -> None:
    from labkit import weights  # noqa: PLC0415
    from labkit.models import characters  # noqa: PLC0415

    model, ids = weights.load_transformer()
    text = "M:6/8\nL:1/8\nK:Dmaj\nA|d2f edB|AFA BAF|"
    logits = np.asarray(model(np.array([characters.encode(text, ids)], np.int32)))[0, -1, 4:12]
    before = [-6.9559, -6.3735, -5.9350, -3.1768, -5.3291, -4.1721, 1.5151, -5.8944]
    np.testing.assert_allclose(logits, before, atol=2e-3)
