"""English and proteins as ids; GPT and BERT: what each place sees, what they write, fill in and think likely."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from labkit.sequences import letters, proteins

ABC = "abc "


def made(causal: bool, **options: Any) -> Any:
    keras.utils.set_random_seed(5)
    network = letters.model(ABC, causal, longest=14, width=16, **options)
    for weight in network.weights:
        weight.assign(3.0 * weight)
    return network


@pytest.fixture(scope="module")
def gpt() -> Any:
    return made(causal=True)


@pytest.fixture(scope="module")
def bert() -> Any:
    return made(causal=False)


def ids(*texts: str, end: bool = True) -> Any:
    return letters.encode(texts, ABC, end=end)


def test_english_is_in_27_letters_and_split_by_novel() -> None:
    train, valid, test = (letters.novels(part) for part in ("train", "valid", "test"))
    assert list(train) == ["Pride and Prejudice", "Sense and Sensibility", "Emma"]
    assert not set(train) & {*valid, *test}
    assert set(letters.english("train") + letters.english("test")) == set(letters.ENGLISH)
    assert letters.english("train").startswith("it is a truth universally acknowledged that a single man")
    assert "  " not in letters.english("train")
    assert 290_000 < len(letters.english("train")) < 310_000


def test_hardly_a_window_of_the_test_stands_in_the_training_text() -> None:
    train = letters.english("train")
    assert not [window for window in letters.windows(letters.english("test")) if window in train]


def test_no_protein_of_training_is_in_the_test_and_all_are_amino_acids() -> None:
    parts = {part: proteins.load(part) for part in ("train", "test", "left_out")}
    assert [len(one) for one in parts.values()] == [1894, 400, 981]
    every = [sequence for one in parts.values() for sequence in one]
    assert len(set(every)) == len(every)
    assert set("".join(every)) == set(proteins.AMINO)
    assert {len(sequence) for sequence in every} <= set(range(22, proteins.LONGEST + 1))


def test_windows_lie_behind_each_other_or_at_random_places() -> None:
    assert letters.windows("abcdefg", length=3) == ["abc", "def"]
    drawn = letters.windows("abcdefg", 50, length=3, seed=1)
    assert set(drawn) == {"abc", "bcd", "cde", "def", "efg"}


def test_texts_become_ids_and_come_back() -> None:
    table = ids("ab", "c ba")
    np.testing.assert_array_equal(table, [[1, 4, 5, 2, 0, 0], [1, 6, 7, 5, 4, 2]])
    assert [letters.decode(row, ABC) for row in table] == ["ab", "c ba"]
    assert letters.decode([1, 4, letters.MASK, 5], ABC) == "a_b"
    np.testing.assert_array_equal(letters.encode(["a"], ABC, end=False, longest=3), [[1, 4, 0, 0]])
    with pytest.raises(ValueError, match="'x' is none of the letters"):
        ids("abx")


def test_chance_never_chooses_start_end_or_padding() -> None:
    table = ids(*["abc ab", "abc"] * 200)
    draws = letters.random_draws(table, ABC, np.random.default_rng(0))
    assert not (draws.chosen & (table < letters.FIRST)).any()
    assert draws.chosen.sum() / (table >= letters.FIRST).sum() == pytest.approx(0.15, abs=0.03)
    assert set(np.unique(draws.random_ids)) == {4, 5, 6, 7}
    assert ((draws.action >= 0) & (draws.action < 1)).all()


def test_gpt_sees_the_left_side_and_bert_both(gpt: Any, bert: Any) -> None:
    one, other = ids("abcabc"), ids("abcacc")
    for network, causal in ((gpt, True), (bert, False)):
        change = np.abs(np.asarray(network(one)) - np.asarray(network(other)))[0].max(-1)  # (time,)
        assert change[5:].min() > 1e-3
        assert (change[:5].max() < 1e-5) == causal
    assert gpt.count_params() == bert.count_params()


def test_a_band_takes_the_place_of_the_mask(bert: Any) -> None:
    one = ids("abcabc", end=False)
    time = one.shape[1]
    past = np.tril(np.ones((time, time), bool))
    _, weights = bert(one, weights=True, band=past)
    assert all(np.triu(np.asarray(each), 1).max() == 0 for each in weights)


def test_padding_is_not_seen(bert: Any) -> None:
    short, long = ids("abc"), letters.encode(["abc"], ABC, longest=8)
    np.testing.assert_allclose(np.asarray(bert(short)), np.asarray(bert(long))[:, : short.shape[1]], atol=1e-5)


def test_the_likelihood_of_a_text_is_that_of_its_letters_and_its_end(gpt: Any) -> None:
    table = ids("ab", "c ba")
    logs = np.asarray(tf.nn.log_softmax(gpt(table)))
    expected = [sum(logs[row, at, table[row, at + 1]] for at in range(long)) for row, long in ((0, 3), (1, 5))]
    np.testing.assert_allclose(letters.likelihood(gpt, table), expected, atol=1e-4)


def test_hidden_letters_are_hidden_one_at_a_time(bert: Any) -> None:
    table = ids("abca", "ccba")
    found = letters.filled(bert, table, [(0, 2), (1, 4)])
    hidden = table.copy()
    hidden[0, 2] = hidden[1, 4] = letters.MASK
    expected = np.asarray(tf.nn.softmax(bert(hidden)))
    np.testing.assert_allclose(found, [expected[0, 2], expected[1, 4]], atol=1e-5)


def test_gpt_goes_on_from_a_prompt_and_past_its_places(gpt: Any) -> None:
    asked: dict[str, Any] = {"count": 80, "length": 30, "temperature": 20.0, "seed": 2}
    texts = letters.write(gpt, ABC, "ab", **asked)
    assert all(text.startswith("ab") and len(text) <= 32 and set(text) <= set(ABC) for text in texts)
    assert texts == letters.write(gpt, ABC, "ab", **asked)
    assert max(map(len, texts)) > 14


def test_a_beam_writes_likelier_text_than_greedy(gpt: Any) -> None:
    greedy, one = letters.write_beam(gpt, ABC, "ab", width=1, length=6)
    wide, many = letters.write_beam(gpt, ABC, "ab", width=200, length=6)
    assert len(greedy) == len(wide) == 8
    assert many >= one
    with pytest.raises(ValueError, match="at most 13 letters together"):
        letters.write_beam(gpt, ABC, "ab", length=12)


def test_a_step_asks_about_real_targets_only() -> None:
    network = made(causal=False, dropout=0.0)
    step = letters.train_step(network, keras.optimizers.Adam(0.0))
    table = ids("abca", "cb")
    targets = np.where(table == 5, table, letters.IGNORE)
    logs = np.asarray(tf.nn.log_softmax(network(table)))
    expected = -np.mean([logs[row, at, 5] for row, at in np.argwhere(table == 5)])
    assert float(step(table, targets)) == pytest.approx(expected, abs=1e-4)
    assert float(step(table, np.full_like(table, letters.IGNORE))) == 0.0


def test_batches_are_rows_of_the_table() -> None:
    table = np.arange(12).reshape(6, 2).astype(np.int32)
    first = next(letters.batches(table, 4))
    assert {tuple(row) for row in first.tolist()} <= {tuple(row) for row in table.tolist()}
