"""Matrices and the Transformer on splice junctions: counted right by hand, judged on strangers."""

import numpy as np
import pytest

from benchmarks.claims import lab4_splice, lab4_splice_read
from labkit.sequences import dna, likeness
from labkit.training import grids


def test_shares_of_letters_are_right_by_hand():
    x = dna.one_hot(["AC", "AG", "TC", "GG", "CC"])
    table, prior = lab4_splice.log_shares(x.reshape(5, 8), np.array([0, 0, 1, 1, 2]), 2.0)
    np.testing.assert_allclose(np.exp(prior), [0.4, 0.4, 0.2])
    np.testing.assert_allclose(np.exp(table[:4, 0]), np.array([2.5, 0.5, 0.5, 0.5]) / 4)  # two A and half a letter each
    np.testing.assert_allclose(np.exp(table[4:, 2]), np.array([0.5, 1.5, 0.5, 0.5]) / 3)


def test_a_letter_is_counted_after_the_one_before_it():
    x = dna.one_hot(["CAG", "CAT", "GGG"])
    seen = lab4_splice.pairs(x)
    assert seen.sum() == 9
    assert [int(place) for place in seen[0].argmax(1)] == [1, 4, 2]  # (A) C, then C A, then A G
    table, _ = lab4_splice.log_shares(seen.reshape(3, -1), np.array([0, 0, 1]), 4.0)
    after_a = np.exp(table.reshape(3, 4, 4, 3)[2, 0, :, 0])
    np.testing.assert_allclose(after_a, np.array([1, 1, 2, 2]) / 6)


def test_pairs_find_what_single_letters_cannot():
    """The class is the step from one letter to the next; twelve couples, of which letters alone guess some by luck."""
    alone = []
    for seed in range(40):
        generator = np.random.default_rng(seed)
        labels, first = generator.integers(0, 3, 600), generator.integers(0, 4, 600)
        x = np.eye(4)[np.stack([first, (first + labels) % 4], 1)]  # (600, 2, 4)
        right = []
        for features in (x.reshape(600, -1), lab4_splice.pairs(x).reshape(600, -1)):
            table, prior = lab4_splice.log_shares(features[:300], labels[:300], 1.0)
            right.append(((features[300:] @ table + prior).argmax(1) == labels[300:]).mean())
        assert right[1] == 1
        alone.append(right[0])
    assert np.mean(alone) < 0.5


@pytest.mark.parametrize("fold", range(lab4_splice.FOLDS))
def test_what_is_learned_chosen_by_and_tested_are_strangers(fold):
    x, labels, _ = lab4_splice.pieces()
    some = lab4_splice.parts(lab4_splice.BY_LIKENESS, fold)
    assert sorted(np.concatenate(some)) == list(range(len(x)))
    learned, valid, test = some
    for held in (valid, test):
        assert likeness.nearest(x[held], x[learned], likeness.SHIFT).max() < likeness.SHARE
    assert np.bincount(labels[test]).min() > 100


def test_fifths_are_put_together_in_the_order_of_the_pieces():
    part = np.array([3, 0, 1, 4, 2, 0])
    right = np.array([1, 0, 1, 1, 0, 1])
    rows = [{"tested": grids.pack(part == fold), "right": grids.pack(right[part == fold])} for fold in range(5)]
    np.testing.assert_array_equal(lab4_splice_read.whole(rows, "right"), right)
    with pytest.raises(ValueError, match="4 rows"):
        lab4_splice_read.whole(rows[:4], "right")
    with pytest.raises(ValueError, match="fifths"):
        lab4_splice_read.whole([*rows[:4], rows[0]], "right")


def test_the_encoder_reads_places_and_answers_with_three_logits():
    model = lab4_splice.network(60)
    x = dna.one_hot(dna.load("ei")[:2]).astype(np.float32)
    logits = np.asarray(model(x))
    assert logits.shape == (2, 3)
    turned = np.asarray(model(x[:, ::-1].copy()))
    assert not np.allclose(logits, turned, atol=1e-4)  # a bag of letters would not see it
