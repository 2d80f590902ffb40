"""Sampling from a model of characters, its bits, and its batches."""

import math
from collections import Counter
from typing import Any

import numpy as np
import pytest

from labkit.models import characters, sampling

LETTERS = {letter: number for number, letter in enumerate("abc|\n", 4)}


@pytest.fixture(scope="module")
def model() -> Any:
    import keras  # noqa: PLC0415

    keras.utils.set_random_seed(1)
    small = characters.build(len(LETTERS) + characters.FIRST, embedding=4, units=6)
    for weight in small.weights:
        weight.assign(2 * weight)
    return small


def set_bias(bias: dict[int, float]) -> Any:
    """Make a model that draws the same way at every step, whatever came before."""
    small: Any = characters.build(len(LETTERS) + characters.FIRST, embedding=2, units=2)
    small.set_weights([0 * one for one in small.get_weights()])
    small.get_layer("dense").bias.assign([bias.get(number, -20.0) for number in range(len(LETTERS) + 4)])
    return small


def test_the_first_characters_come_as_often_as_the_softmax_says(model: Any) -> None:
    texts, _ = sampling.sample(model, LETTERS, 4000, seed=3, max_length=2, prompt="a")
    logits = np.asarray(model(np.array([[sampling.START, LETTERS["a"]]])))[0, -1, 3:]
    p = np.exp(logits) / np.exp(logits).sum()
    seen = Counter(LETTERS.get(text[1:2], sampling.END) for text in texts)
    drawn = np.array([seen[number] for number in range(3, len(LETTERS) + 4)]) / 4000
    np.testing.assert_allclose(drawn, p, atol=4 * math.sqrt(0.25 / 4000))


def test_step_by_step_the_model_says_what_it_says_of_whole_tunes(model: Any) -> None:
    ids = np.array([characters.encode("abc|ab", LETTERS)])
    whole = np.asarray(model(ids))
    embedding, lstm, dense = model.layers
    states = [np.zeros((1, 6), "float32")] * 2
    for t in range(ids.shape[1]):
        h, states = lstm.cell(embedding(ids[:, t]), states)
        np.testing.assert_allclose(np.asarray(dense(h)), whole[:, t], atol=1e-5)


def test_a_tune_stops_at_its_end_and_says_so() -> None:
    always = set_bias({sampling.END: 0.0})
    assert sampling.sample(always, LETTERS, 3, prompt="ab") == (["ab"] * 3, [True] * 3)
    never = set_bias({LETTERS["c"]: 0.0})
    assert sampling.sample(never, LETTERS, 2, prompt="ab", max_length=5) == (["abccc"] * 2, [False] * 2)


def test_the_same_seed_gives_the_same_tunes_and_another_seed_others(model: Any) -> None:
    first, again, other = (sampling.sample(model, LETTERS, 4, seed=seed, max_length=40)[0] for seed in (5, 5, 6))
    assert first == again != other
    assert len(set(first)) > 1


def test_many_tunes_come_in_several_batches(monkeypatch: pytest.MonkeyPatch, model: Any) -> None:
    monkeypatch.setattr(sampling, "TOGETHER", 3)
    texts, ended = sampling.sample(model, LETTERS, 7, max_length=10)
    assert len(texts) == len(ended) == 7


def test_padding_unknown_and_start_are_never_drawn() -> None:
    small = set_bias({0: 9.0, 1: 9.0, 2: 9.0, LETTERS["b"]: 0.0})
    assert sampling.sample(small, LETTERS, 1, max_length=3)[0] == ["bbb"]


@pytest.mark.parametrize(
    ("temperature", "top_p", "expected"),
    [(1.0, 1.0, [0.5, 0.3, 0.2]), (1.0, 0.5, [1, 0, 0]), (1.0, 0.6, [0.625, 0.375, 0]), (1e-3, 1.0, [1, 0, 0])],
)
def test_temperature_and_top_p_cut_the_distribution(temperature: float, top_p: float, expected: list[float]) -> None:
    logits = np.tile(np.log(np.array([0.5, 0.3, 0.2], np.float32)), (1000, 1))
    noise = (np.arange(1000, dtype=np.float32) + 0.5) / 1000
    drawn = np.asarray(sampling.draw(logits, np.float32(temperature), np.float32(top_p), noise))
    np.testing.assert_allclose(np.bincount(drawn, minlength=3) / 1000, expected, atol=0.002)


@pytest.mark.parametrize(("temperature", "top_p"), [(0.0, 1.0), (-1.0, 1.0), (1.0, 0.0), (1.0, 1.5)])
def test_a_temperature_or_top_p_out_of_range_is_refused(model: Any, temperature: float, top_p: float) -> None:
    with pytest.raises(ValueError, match="temperature is a positive number"):
        sampling.sample(model, LETTERS, 1, temperature=temperature, top_p=top_p)


def test_another_kind_of_model_is_refused() -> None:
    import keras  # noqa: PLC0415

    other = keras.Sequential([keras.layers.Embedding(9, 2), keras.layers.GRU(3), keras.layers.Dense(9)])
    with pytest.raises(ValueError, match="Embedding, LSTM or SimpleRNN, Dense"):
        sampling.sample(other, LETTERS, 1)


def test_a_model_without_a_preference_costs_the_logarithm_of_its_size_for_each_character() -> None:
    uniform = set_bias(dict.fromkeys(range(9), 0.0))
    texts = ["abc|", "ab\n"]
    expected = math.log2(9) * (4 + 3 + 2) / 7  # each tune's end is predicted too
    assert characters.bits_per_character(uniform, texts, LETTERS) == pytest.approx(expected, rel=1e-6)


def test_batches_hold_whole_tunes_of_like_length_and_come_without_end() -> None:
    texts = ["a" * length for length in range(10, 74)]
    stream = characters.batches(texts, LETTERS, size=8)
    seen: list[int] = []
    for _ in range(8):
        ids, mask = next(stream)
        assert ids.shape == mask.shape
        assert ids.shape[1] % characters.ROUNDED == 1
        np.testing.assert_array_equal(ids != 0, mask)
        lengths = mask.sum(axis=1) - 2
        assert np.ptp(lengths) < 40
        seen += lengths.tolist()
    assert sorted(seen) == list(range(10, 74))
    next(stream)


def test_some_tunes_of_a_batch_are_moved_to_other_keys() -> None:
    text = "M:6/8\nL:1/8\nK:Dmaj\n|:DFAd2f|^g2=cA3:|\n"
    ids = characters.vocabulary(["".join(map(chr, range(10, 127)))])
    names = {number: character for character, number in ids.items()}
    rows = next(characters.batches([text] * 40, ids, 40, transposed=1.0))[0]
    tunes = {"".join(names.get(int(one), "") for one in row) for row in rows}
    assert len(tunes) > 4
    assert all("K:" in tune and tune.count("|") == 3 for tune in tunes)
    assert next(characters.batches([text] * 2, ids, 2))[0][0].tolist()[1:4] == [ids["M"], ids[":"], ids["6"]]
