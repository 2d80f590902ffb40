"""The music Transformer: what it sees, and that step by step it says what it says of whole tunes."""

from typing import Any

import numpy as np
import pytest

from labkit.models import characters, sampling, transformer

LETTERS = {letter: number for number, letter in enumerate("abc|\n", 4)}
SMALL = transformer.Settings(width=16, heads=4, hidden=24, blocks=2)


@pytest.fixture(scope="module")
def model() -> Any:
    import keras  # noqa: PLC0415

    keras.utils.set_random_seed(1)
    made = transformer.build(len(LETTERS) + characters.FIRST, SMALL)
    for weight in made.weights:
        weight.assign(1.5 * weight)
    return made


def ids_of(text: str) -> Any:
    return np.array([characters.encode(text, LETTERS)], np.int32)


def test_what_comes_later_changes_nothing_before(model: Any) -> None:
    before, changed = (np.asarray(model(ids_of(text))) for text in ("abc|ab", "abc|cc"))
    np.testing.assert_allclose(before[:, :5], changed[:, :5], atol=1e-5)
    assert np.abs(before[:, 5:] - changed[:, 5:]).max() > 1e-3


def test_each_row_of_each_head_adds_up_to_one_and_looks_at_the_past(model: Any) -> None:
    weights = transformer.looks(model, "abc|ab", LETTERS)
    assert weights.shape == (2, 4, 7, 7)
    np.testing.assert_allclose(weights.sum(-1), 1, atol=1e-5)
    assert np.triu(weights, 1).max() < 1e-6


def test_step_by_step_it_says_what_it_says_of_whole_tunes(model: Any) -> None:
    import tensorflow as tf  # noqa: PLC0415

    ids = ids_of("abc|ab\nc")
    whole, known = np.asarray(model(ids)), model.begin(1)
    for place in range(ids.shape[1]):
        logits, known = model.step(tf.constant(ids[:, place]), place, known)
        np.testing.assert_allclose(np.asarray(logits), whole[:, place], atol=1e-4)


def test_it_writes_tunes_as_the_lstm_does(model: Any) -> None:
    texts, ended = sampling.sample(model, LETTERS, 6, seed=2, max_length=90, prompt="ab")
    assert all(text.startswith("ab") and len(text) <= 90 for text in texts)
    assert texts == sampling.sample(model, LETTERS, 6, seed=2, max_length=90, prompt="ab")[0]
    assert [len(text) < 90 for text in texts] == ended


def test_a_block_has_the_parameters_of_the_labs_formula(model: Any) -> None:
    wide, inside = SMALL.width, SMALL.hidden
    expected = 4 * wide**2 + 2 * wide * inside + inside + 5 * wide
    assert [sum(int(np.prod(one.shape)) for one in block.weights) for block in model.stack] == [expected] * 2


def test_a_plain_recurrent_network_writes_too() -> None:
    plain = characters.build(len(LETTERS) + characters.FIRST, 4, 6, cell="SimpleRNN")
    texts, _ = sampling.sample(plain, LETTERS, 3, max_length=20)
    assert len(texts) == 3


def test_batches_come_in_few_shapes_and_always_full() -> None:
    tunes = ["ab|" * length for length in range(1, 60)]
    found = transformer.batches(tunes, LETTERS)
    shapes = {next(found)[0].shape for _ in range(12)}
    assert shapes <= {(transformer.BATCH, 129), (transformer.BATCH, 257)}


@pytest.mark.slow
def test_the_shipped_weights_are_as_good_as_they_say(capsys: pytest.CaptureFixture[str]) -> None:
    from labkit import data, weights  # noqa: PLC0415  (they start TensorFlow)

    tunes = [entry.text for entry in data.tunes().part("test")]
    figures = []
    for load, measure in (
        (weights.load_char_rnn, characters.bits_per_character),
        (weights.load_char_model, characters.bits_per_character),
        (weights.load_transformer, transformer.bits_per_character),
    ):
        model, ids = load()
        figures.append(measure(model, tunes, ids))
        said = float(capsys.readouterr().out.split(", ")[-1].split(" bits")[0])
        assert figures[-1] == pytest.approx(said, abs=0.002)
    assert figures == sorted(figures, reverse=True)  # the Transformer is ahead of the LSTM, and that of the plain one
