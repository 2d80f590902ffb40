"""The grids of lab 4: what they compute with is right by hand, and what ships was made by the code that stands here."""

import json

import numpy as np
import pytest

from autograder.base.files import ROOT
from autograder.model.lab import Lab
from benchmarks.claims import grids, lab4_beyond, lab4_motif, lab4_pictures, lab4_table, lab4_tweets
from benchmarks.claims.lab4_beyond_grids import GRIDS
from labkit.sentiment import pairs, tweets
from labkit.sequences import dna
from labkit.training import grids as shipped


@pytest.mark.parametrize("name", GRIDS)
def test_a_grid_that_ships_was_made_by_this_code(name):
    grid, lab = GRIDS[name], Lab("lab4_beyond")
    if not (ROOT / grid.target).is_file():
        pytest.skip(f"{grid.target} is not made yet: make grids")
    made = json.loads((ROOT / grid.target).read_text(encoding="utf-8"))
    assert made["code"] == grids.hashes(lab, grid)
    assert {row["seed"] for row in made["runs"] if "seed" in row} <= set(grid.seeds)


def test_a_lab_may_have_grids_before_it_has_a_notebook():
    found = {name for _, name, _ in grids.all_grids("lab4_beyond")}
    assert found == set(GRIDS)
    assert {lab.name for lab, _, _ in grids.all_grids()} >= {"lab1_rnn", "lab4_beyond"}


def test_rollout_multiplies_later_blocks_on_the_left():
    first, second = np.zeros((2, 1, 1, 2, 2))
    first[..., 0] = 1
    second[..., 1] = 1
    np.testing.assert_allclose(lab4_pictures.rollout([first, second]), [[[0.75, 0.25], [0.5, 0.5]]])
    np.testing.assert_allclose(lab4_pictures.rollout([first, second], 0.0), [[[1, 0], [1, 0]]])


def test_shuffled_patches_are_the_same_patches_elsewhere():
    images = np.random.default_rng(0).random((3, 8, 8, 1))
    order = np.random.default_rng(1).permutation(16)
    mixed = lab4_pictures.shuffled(images, order)
    np.testing.assert_array_equal(lab4_pictures.shuffled(mixed, np.argsort(order)), images)
    np.testing.assert_array_equal(mixed[:, :2, :2], lab4_pictures.digits.together(
        lab4_pictures.digits.patches(images)[:, order[:1]], 2, 2, 2))  # fmt: skip
    assert not np.array_equal(mixed, images)


def test_ranks_share_their_places():
    np.testing.assert_array_equal(lab4_pictures._ranks(np.array([3.0, 1.0, 1.0, 5.0])), [2, 0.5, 0.5, 3])


def test_scores_of_a_classifier_are_right_by_hand():
    truth, said = np.array([1, 1, 0, 0]), np.array([0.9, 0.4, 0.2, 0.1])
    assert lab4_tweets.macro_f1(truth, said >= 0.5) == pytest.approx((2 / 3 + 4 / 5) / 2)
    assert lab4_tweets.calibration_error(said, truth) == pytest.approx((2 * 0.1 + 0.6 + 0.2) / 4)


def test_logistic_regression_finds_the_word_that_decides():
    generator = np.random.default_rng(0)
    ids = generator.integers(2, 12, (300, 6)).astype(np.int32)
    x = lab4_tweets.bag(ids, 12)
    assert x[:, :2].sum() == 0
    truth = (ids == 5).any(1).astype(int)
    weights = lab4_tweets.logistic(x, truth, 0.3)
    assert weights[:-1].argmax() == 5
    assert ((x @ weights[:-1] + weights[-1] > 0) == truth).mean() > 0.97
    slope = x.T @ (1 / (1 + np.exp(-(x @ weights[:-1] + weights[-1]))) - truth) + 0.3 * weights[:-1]
    np.testing.assert_allclose(slope, 0, atol=1e-6)


@pytest.mark.parametrize(("options", "same"), [({}, True), ({"causal": True}, False)])
def test_a_causal_mask_alone_tells_the_order(options, same):
    model = tweets.model("Block", pairs.SIZE, width=16, dropout=0.0, blocks=2, ordered=False, **options)
    ids = np.array([[1, 2, 3, 4, 5], [5, 3, 1, 2, 4]], np.int32)
    one, other = np.asarray(model(ids))
    assert np.allclose(one, other, atol=1e-5) == same


def test_detection_and_place_are_right_by_hand():
    assert lab4_motif.auc(np.array([3.0, 1.0]), np.array([2.0, 1.0])) == pytest.approx((2 + 0.5) / 4)
    assert lab4_motif.place(np.array([4, 5, 9]), np.array([7, 8, 7])) == (-3, 2 / 3)
    matrix = np.log(np.full((3, 4), 0.25) + 0.5 * dna.one_hot("CAG"))
    x = dna.one_hot(["TTCAG", "TTTTT"])
    np.testing.assert_allclose(lab4_motif.best(x, matrix), [3 * np.log(0.75), 3 * np.log(0.25)])


def test_relatives_are_those_that_share_three_letters_in_four(monkeypatch):
    monkeypatch.setattr(dna, "load", lambda kind: ["ACGT" * 5, "T" * 20, "ACGT" * 4 + "TTTT", "G" * 20])  # noqa: ARG005
    assert lab4_motif.alike("ei", 2).tolist() == [True, False]


def test_a_network_that_did_not_learn_says_nothing_of_lengths():
    rows = [{"task": "look up", "model": kind, "accuracy": {"24": near, "96": 0.5}}
            for kind, near in (("RNN", 0.94), ("GRU", 0.25), ("GRU", 0.99))]  # fmt: skip
    rows[1]["accuracy"]["96"] = 0.1
    assert lab4_table.cells(rows) == {
        "look up: RNN": {"24": 0.94, "learned": 0, "seeds": 1, "96": "not learned"},
        "look up: GRU": {"24": 0.62, "learned": 1, "seeds": 2, "96": 0.5},
    }


def test_who_reads_no_order_is_right_on_shuffled_words_to_the_last_tweet(monkeypatch):
    labels = np.array([True, False, True, True])
    shares = {"mean embedding": [0.9, 0.2, 0.4, 0.8]}
    rows = [
        {"model": name, "trained on": trained, "seed": seed,
         "positive": shipped.pack_shares(shares.get(name, [0.9, 0.2, 0.9, 0.9])),
         "positive, words shuffled": shipped.pack_shares(shares.get(name, [0.9, 0.2, 0.9, 0.1]))}
        for name in lab4_tweets.MODELS for trained in (lab4_beyond.REAL, lab4_beyond.SHUFFLED) for seed in range(3)
    ]  # fmt: skip
    monkeypatch.setattr(lab4_beyond, "runs_of", lambda _: rows)
    monkeypatch.setattr(lab4_beyond, "truth", lambda _: labels)
    found = lab4_beyond.order()
    assert [found[f"mean_embedding_words_shuffled{end}"] for end in ("", "_low", "_high")] == [0, 0, 0]
    assert found["lstm_words_shuffled"] == pytest.approx(-0.25)
    assert found["transformer_order_is_worth"] == pytest.approx(0.25)
    assert found["lstm_without_order"] == pytest.approx(0.75)
