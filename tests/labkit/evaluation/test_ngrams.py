"""Character n-grams: small texts counted by hand, and what must hold of any distribution."""

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit import data
from labkit.evaluation import metrics, ngrams
from labkit.evaluation.ngrams import END, START, UNKNOWN, NGram

WORDS = ["banana", "bandana", "ananas", "cabana", "anna", "nab"] * 5


@pytest.mark.parametrize("order", [1, 2, 3, 6])
@settings(max_examples=30)
@given(seed=st.integers(0, 10**6))
def test_probabilities_sum_to_one_after_any_context(order: int, seed: int) -> None:
    model = NGram(WORDS, order)
    contexts = np.random.default_rng(seed).integers(0, model.size, (7, order - 1))
    p = model.probabilities(contexts)
    assert p.shape == (7, model.size)
    np.testing.assert_allclose(p.sum(axis=1), 1)
    assert (np.delete(p, START, axis=1) > 0).all(), "nothing but START is impossible"


def test_order_1_takes_the_bits_of_the_entropy_formula() -> None:
    texts = ["ab" * 5000 + "a" * 10000] * 50  # 15,000 a and 5,000 b, then an end
    counts = np.array([15000, 5000, 1]) * 50
    p = counts / counts.sum()
    entropy = -(p * np.log2(p)).sum() * counts.sum() / (20000 * 50)
    assert NGram(texts, 1).bits_per_character(texts) == pytest.approx(entropy, abs=1e-4)


def test_counts_are_discounted_as_kneser_and_ney_do_it() -> None:
    """The text "ab" and its end, order 2.

    Its bigrams START a, a b, b END occur once each: with no bigram that occurs twice or more the discount of one is
    0.95 (its limit). Each of a, b, END stands in one context: the unigrams are 1 less 0.95, of 3; 2.85 of 3 go to the
    uniform distribution over a, b, END and UNKNOWN.
    """
    model = NGram(["ab"], 2)
    unigram = (0.05 + 2.85 / 4) / 3
    a, b = START + 1, START + 2
    p = model.probabilities([[a]])[0]
    assert p[b] == pytest.approx(0.05 + 0.95 * unigram)
    assert p[END] == pytest.approx(0.95 * unigram)
    assert p[UNKNOWN] == pytest.approx(0.95 * (2.85 / 4) / 3)


def test_the_end_costs_bits_but_is_no_character() -> None:
    model = NGram(WORDS, 3)
    assert model.bits_per_character(["nab"]) == pytest.approx(metrics.bits_per_character(model.nats(["nab"]), ["nab"]))
    ids = [START, START, *(START + 1 + "abcdns".index(one) for one in "nab"), END]
    p = [model.probabilities([ids[place - 2 : place]])[0, ids[place]] for place in range(2, 6)]
    assert model.nats(["nab"]) == pytest.approx(-sum(map(math.log, p)))


def test_texts_it_has_not_seen_take_more_bits_than_those_it_has() -> None:
    for order in (2, 3, 5):
        model = NGram(WORDS, order)
        assert model.bits_per_character(["sandbanana", "canada"]) > model.bits_per_character(WORDS)


def test_a_character_it_has_never_seen_costs_much_but_not_everything() -> None:
    assert 3 < NGram(WORDS, 3).bits_per_character(["Z"]) < 100


def test_a_longer_context_tells_more_where_there_is_more_to_tell() -> None:
    texts = ["aabb" * 20] * 10
    bits = [NGram(texts, order).bits_per_character(texts) for order in (1, 2, 3)]
    assert bits[0] > bits[1] > bits[2]
    assert bits[2] < 0.1


def test_a_seed_draws_the_same_text_again() -> None:
    model = NGram(WORDS, 3)
    assert model.samples(5, seed=1) == model.samples(5, seed=1)
    assert model.samples(5, seed=1) != model.samples(5, seed=2)
    assert model.sample(seed=1) == model.samples(1, seed=1)[0][0]


def test_samples_occur_as_often_as_the_model_says() -> None:
    model = NGram(["a", "a", "b", "c"] * 50, 2)
    texts, _ = model.samples(4000, seed=0)
    expected = model.probabilities([[START]])[0, START + 1]
    assert Counter(text[:1] for text in texts)["a"] / 4000 == pytest.approx(expected, abs=0.03)


def test_a_low_temperature_draws_what_is_most_likely() -> None:
    texts, ended = NGram(["ab"] * 9 + ["cd"], 3).samples(20, temperature=0.05)
    assert (set(texts), all(ended)) == ({"ab"}, True)


def test_a_sample_that_was_cut_off_says_so() -> None:
    texts, ended = NGram(["ab" * 50], 3).samples(3, temperature=0.02, max_length=8)
    assert (texts, ended) == (["abababab"] * 3, [False] * 3)
    texts, ended = NGram(["ab"] * 9 + ["cd"], 3).samples(1, temperature=0.02, max_length=2)
    assert (texts, ended) == (["ab"], [True]), "an end right after the last character that fits is an end"


def test_the_best_order_of_a_chain_in_which_only_the_last_letter_counts_is_2() -> None:
    steps = np.random.default_rng(0).integers(0, 2, (60, 300))  # the same letter again, or the next
    texts = ["".join("abcde"[place] for place in row.cumsum() % 5) for row in steps]
    assert ngrams.best_order(texts[:50], texts[50:]) == 2


def test_a_model_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="no text"):
        NGram([], 3)
    with pytest.raises(ValueError, match="from 1 on"):
        NGram(["a"], 0)


@pytest.mark.slow
def test_the_baselines_of_the_labs_take_as_many_bits_as_is_said() -> None:
    corpus = data.tunes()
    train, valid = ([entry.text for entry in corpus.part(name)] for name in ("train", "valid"))
    unigram, best = (model.bits_per_character(valid) for model in ngrams.baselines(train).values())
    assert unigram == pytest.approx(4.36, abs=0.02)
    assert best == pytest.approx(2.05, abs=0.02)
    assert ngrams.best_order(train, valid) == ngrams.BEST_ORDER
