"""The composer: its bits, step by step as for whole tunes, its samples, and the weights that ship."""

import math
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from labkit import data, weights
from labkit.composition import composer, composing, melody
from labkit.composition.bar_position import SIZES, Chart, Place
from labkit.notation import abc

SMALL = composer.Settings(place=12, units=10, head=8, dropout=0.5)

pytestmark = pytest.mark.slow  # seconds each; the whole suite runs them


@pytest.fixture(scope="module")
def texts() -> list[str]:
    return [entry.text for entry in data.tunes().part("train")[:30]]


@pytest.fixture(scope="module")
def vocabulary(texts: list[str]) -> melody.Vocabulary:
    return melody.Vocabulary.of(melody.tokens(text) for text in texts)


@pytest.fixture(scope="module", params=[composer.FULL, composer.PLAIN], ids=["composer", "bar position"])
def model(request: pytest.FixtureRequest, vocabulary: melody.Vocabulary) -> Any:
    import keras  # noqa: PLC0415

    keras.utils.set_random_seed(2)
    return composer.build(vocabulary, replace(SMALL, fields=request.param))


def test_step_by_step_the_model_says_what_it_says_of_whole_tunes(model: Any, texts: list[str]) -> None:
    row = composer.rows(texts[:1], model.vocabulary)[0]
    ids, known = composer.batch([row])
    symbols, lengths = model((ids, known))
    place, before = Place(Chart(model.vocabulary)), np.zeros((1, 2), np.int32)
    states = [np.zeros((1, SMALL.units), np.float32)] * 2
    for t, (symbol, length) in enumerate(row.ids[:30].tolist()):
        numbers = np.array([place.numbers()], np.int32)
        np.testing.assert_array_equal(numbers[0], row.known[t])
        logits, u, states = model.step(before, numbers, states)
        np.testing.assert_allclose(np.asarray(logits)[0], np.asarray(symbols)[0, t], atol=1e-4)
        chosen = np.array([symbol], np.int32)
        np.testing.assert_allclose(model.lengths_of(u, chosen, numbers)[0], np.asarray(lengths)[0, t], atol=1e-4)
        place.add(symbol, length)
        before = np.array([[symbol, length]], np.int32)


def test_what_comes_later_changes_nothing_before(model: Any, texts: list[str]) -> None:
    ids = composer.rows(texts[:1], model.vocabulary)[0].ids
    other = ids.copy()
    other[40:] = other[40:][::-1]
    whole, changed = (
        np.asarray(model(composer.batch([composer.Row(one, composer.walk(Chart(model.vocabulary), one), 1)]))[0])
        for one in (ids, other)
    )
    np.testing.assert_allclose(whole[0, :41], changed[0, :41], atol=1e-5)
    assert not np.allclose(whole[0, 41:], changed[0, 41:], atol=1e-5)


def test_a_model_without_a_preference_costs_the_logarithms_of_its_sizes(
    vocabulary: melody.Vocabulary, texts: list[str]
) -> None:
    uniform = composer.build(vocabulary, SMALL)
    uniform.set_weights([0 * one for one in uniform.get_weights()])
    rows = composer.rows(texts[:3], vocabulary)
    symbols, lengths = sum(len(row.ids) for row in rows), sum(int((row.ids[:, 1] > 0).sum()) for row in rows)
    bits = symbols * math.log2(len(vocabulary.symbols)) + lengths * math.log2(len(vocabulary.lengths) - 1)
    expected = bits / sum(map(len, texts[:3]))
    assert composer.bits_per_character(uniform, rows) == pytest.approx(expected, rel=1e-5)


def test_a_symbol_that_no_training_tune_holds_costs_more(vocabulary: melody.Vocabulary, texts: list[str]) -> None:
    uniform = composer.build(vocabulary, SMALL)
    plain, strange = (
        composer.bits_per_character(uniform, composer.rows([text], vocabulary)) * len(text)
        for text in ("M:6/8\nL:1/8\nK:Dmaj\nd6|]\n", "M:6/8\nL:1/8\nK:Dmaj\n__b''''6|]\n")
    )
    assert strange > plain + composer.UNSEEN_BITS - 3


@pytest.mark.parametrize("constrained", [False, True], ids=["free", "by the rules"])
def test_the_same_seed_gives_the_same_tunes(model: Any, constrained: bool) -> None:
    first, again, other = (
        composing.compose(model, 3, seed=seed, constrained=constrained, max_tokens=60)[0] for seed in (1, 1, 2)
    )
    assert first == again != other


def test_even_an_untrained_model_writes_valid_tunes_by_the_rules(model: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(composing, "FINISH", 60)
    tunes, ended = composing.compose(model, 10, temperature=0.7, constrained=True)
    assert all(ended)
    assert not [problem for tune in tunes for problem in abc.read(tune).problems]


def test_a_prompt_begins_every_tune(model: Any) -> None:
    prompt = "M:6/8\nL:1/8\nK:Dmaj\nd2f"
    assert all(one.startswith(prompt) for one in composing.compose(model, 3, prompt=prompt, max_tokens=30)[0])


@pytest.mark.slow
@pytest.mark.thorough
def test_training_lowers_the_bits(vocabulary: melody.Vocabulary, texts: list[str]) -> None:
    import keras  # noqa: PLC0415
    import tensorflow as tf  # noqa: PLC0415

    keras.utils.set_random_seed(0)
    small, rows = composer.build(vocabulary, SMALL), composer.rows(texts, vocabulary)
    step = composer.train_step(small, keras.optimizers.Adam(0.01))
    before = composer.bits_per_character(small, rows)
    for _, batch in zip(range(12), composer.batches(rows, 8, seed=0), strict=False):
        step(*map(tf.constant, batch))
    assert composer.bits_per_character(small, rows) < 0.8 * before


def test_weights_come_back_from_plain_arrays_with_names(model: Any, tmp_path: Path) -> None:
    path = tmp_path / "small.npz"
    weights.save(path, model, {"steps": 3})
    about, arrays = weights.read(path)
    assert about == {"steps": 3}
    assert {"lstm/kernel", "lstm/recurrent_kernel", "lstm/bias", "to_symbol/kernel"} <= set(arrays)
    other = composer.build(model.vocabulary, model.settings)
    weights.assign(other, arrays)
    for one, two in zip(model.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_allclose(one, two, rtol=1e-3, atol=1e-4)


def test_weights_of_another_model_are_refused(model: Any) -> None:
    with pytest.raises(ValueError, match="do not belong to this model"):
        weights.assign(model, {"lstm/kernel": np.zeros((2, 2))})


def test_the_models_load_tensorflow_only_when_they_are_used() -> None:
    imports = (
        "from labkit import characters, composing, sampling, training, weights; "
        "from labkit.composition import bar_position, composer, melody, rules; "
    )
    heavy = "{'tensorflow', 'keras', 'matplotlib', 'IPython'} & set(sys.modules)"
    code = f"import sys; {imports}print({heavy} or 'none')"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said.strip() == "none"


def test_the_places_of_the_shipped_composer_are_still_those_it_learned() -> None:
    about, _ = weights.read(data.path(weights.COMPOSER))
    assert tuple(about["settings"]["fields"]) == tuple(SIZES)


@pytest.mark.slow
def test_the_shipped_models_are_as_good_as_they_say(capsys: pytest.CaptureFixture[str]) -> None:
    from labkit.models import characters  # noqa: PLC0415

    tunes = [entry.text for entry in data.tunes().part("test")[:100]]
    small, ids = weights.load_char_model()
    assert characters.bits_per_character(small, tunes, ids) < 1.85
    best = weights.load_composer()
    assert composer.bits_per_character(best, composer.rows(tunes, best.vocabulary)) < 1.45
    plain = weights.load_composer(plain=True)
    assert composer.bits_per_character(plain, composer.rows(tunes, plain.vocabulary)) < 1.6
    said = capsys.readouterr().out
    assert said.count("Shipped weights of the") == 3
    assert "data/lab2/composer.npz" in said


@pytest.mark.slow
def test_a_hundred_tunes_of_the_shipped_composer_by_the_rules_are_all_valid(capsys: pytest.CaptureFixture[str]) -> None:
    del capsys
    tunes, ended = composing.compose(weights.load_composer(), 100, temperature=1.0, constrained=True)
    assert all(ended)
    assert not [problem for tune in tunes for problem in abc.read(tune).problems]


def test_the_model_of_characters_wrote_while_it_learned() -> None:
    stages = weights.learning()
    assert [one["steps"] for one in stages][:6] == [0, 50, 100, 200, 500, 1000]
    assert stages[0]["bits"] > stages[-1]["bits"]
    assert all(len(one["tunes"]) == len(one["ended"]) == 50 for one in stages)
