"""Networks that read tweets: what padding and order are to each; and the pair that only order tells apart."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest

from labkit.sentiment import pairs, tweets
from labkit.sentiment.networks import KINDS, masked_mean

ORDERLY = tuple(kind for kind in KINDS if kind != "mean")


@pytest.fixture(params=KINDS)
def network(request: pytest.FixtureRequest) -> Any:
    keras.utils.set_random_seed(1)
    made = tweets.model(request.param, 12, width=8)
    made(np.array([[2, 3]], np.int32))
    for weight in made.weights:
        weight.assign(3.0 * weight)
    return made


def test_padding_changes_nothing(network: Any) -> None:
    short, long = np.array([[2, 5, 7]], np.int32), np.array([[2, 5, 7, 0, 0]], np.int32)
    np.testing.assert_allclose(network(short), network(long), atol=1e-5)


def test_order_is_nothing_to_the_mean_and_something_to_the_others(network: Any) -> None:
    one, other = (np.asarray(network(np.array([ids], np.int32))) for ids in ([2, 5, 7, 9], [9, 7, 5, 2]))
    assert (np.abs(one - other).max() < 1e-5) == (network.kind == "mean")


def test_without_positions_a_block_reads_a_bag() -> None:
    network = tweets.model("Block", 12, width=8, ordered=False, blocks=2)
    one, other = (network(np.array([ids], np.int32)) for ids in ([2, 5, 7, 9], [9, 7, 5, 2]))
    np.testing.assert_allclose(one, other, atol=1e-5)


def test_the_mean_counts_real_steps_only() -> None:
    mean = masked_mean(np.array([[[1.0], [3.0], [99.0]]], np.float32), np.array([[True, True, False]]))
    np.testing.assert_allclose(mean, [[2.0]])


def test_there_is_no_other_kind() -> None:
    with pytest.raises(ValueError, match="There is no kind 'lstm'; there are mean, SimpleRNN"):
        tweets.model("lstm", 9)


def test_every_bag_of_words_of_the_pairs_comes_with_both_labels_alike() -> None:
    test = pairs.test()
    assert len(test.texts) == 1440
    bags: dict[tuple[str, ...], list[int]] = {}
    for text, label in zip(test.texts, test.labels, strict=True):
        bags.setdefault(tuple(sorted(text.split())), []).append(int(label))
    assert all(sorted(labels) == [0, 0, 1, 1] for labels in bags.values())


def test_no_pair_of_adjectives_of_the_test_is_trained_on() -> None:
    def adjectives(texts: list[str]) -> set[frozenset[str]]:
        return {frozenset(set(text.split()) & {*pairs.GOOD, *pairs.BAD}) for text in texts}

    learned, asked = adjectives(pairs.train().texts), adjectives(pairs.test().texts)
    assert not learned & asked
    assert (len(learned), len(asked)) == (70, 30)
    assert pairs.train().ids.shape == (1500, 9)
    assert ("the food was good , not bad at all", 1) in pairs.four("food", "good", "bad")
