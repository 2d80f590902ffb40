"""The translators: step by step they say what they say of whole texts, and take another's cross-attention."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from labkit.models.sampling import END, START
from labkit.translation import dates, translator

SMALL = {
    translator.ATTENTION: {"width": 16, "heads": 2, "hidden": 24, "blocks": 2},
    translator.BOTTLENECK: {"embedding": 8, "units": 20},
}
TEXTS = ["vendredi 20 novembre 2026", "siebenundneunzig", "2026. 11. 20."]

pytestmark = pytest.mark.slow  # seconds each; the whole suite runs them


@pytest.fixture(scope="module")
def pairs() -> list[dates.Pair]:
    return dates.pairs("train", 200)


@pytest.fixture(scope="module", params=list(SMALL), ids=["attention", "bottleneck"])
def model(request: pytest.FixtureRequest, pairs: list[dates.Pair]) -> Any:
    return small(request.param, pairs)


@pytest.fixture
def brief(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let an untrained network, which knows no end, stop after 28 characters."""
    monkeypatch.setattr(translator, "LONGEST", 28)


# The bottleneck goes the same way; that it does is a matter of the thorough tests.
ONE_DAILY = [
    pytest.param(translator.ATTENTION, id="attention"),
    pytest.param(translator.BOTTLENECK, id="bottleneck", marks=pytest.mark.thorough),
]


def small(name: str, pairs: list[dates.Pair]) -> translator.Translator:
    import keras  # noqa: PLC0415

    keras.utils.set_random_seed(3)
    return translator.make(translator.alphabet(pairs), name, SMALL[name])


def theirs(  # cross-attention as somebody else would write it, with a loop over the heads
    x: Any, memory: Any, W_q: Any, W_k: Any, W_v: Any, W_o: Any, num_heads: int, mask: Any = None
) -> tuple[Any, Any]:
    import tensorflow as tf  # noqa: PLC0415

    d = x.shape[-1] // num_heads
    outputs, weights = [], []
    for head in range(num_heads):
        columns = slice(head * d, (head + 1) * d)
        scores = (x @ W_q)[..., columns] @ tf.linalg.matrix_transpose((memory @ W_k)[..., columns]) / np.sqrt(d)
        weights.append(tf.nn.softmax(tf.where(mask, scores, -1e9)))
        outputs.append(weights[-1] @ (memory @ W_v)[..., columns])
    return tf.concat(outputs, -1) @ W_o, tf.stack(weights, 1)


def test_a_batch_is_padded_and_the_english_stands_between_start_and_end(pairs: list[dates.Pair]) -> None:
    letters = translator.alphabet(pairs)
    source, target = translator.batch(pairs[:5], letters)
    for one, read, written in zip(pairs[:5], source, target, strict=True):
        assert "".join(letters[number - translator.FIRST] for number in read if number) == one.source
        assert written[0] == START
        assert written[len(one.english) + 1] == END
        assert not written[len(one.english) + 2 :].any()


def test_step_by_step_the_model_says_what_it_says_of_whole_texts(model: Any, pairs: list[dates.Pair]) -> None:
    source, target = translator.batch(pairs[:4], model.letters)
    whole = np.asarray(model.network((source, target)))
    state = model.network.read(source)
    for t in range(target.shape[1]):
        logits, _, state = model.network.write(target[:, t : t + 1], state)
        np.testing.assert_allclose(np.asarray(logits)[:, 0], whole[:, t], atol=1e-5)


def test_what_comes_later_changes_nothing_before(model: Any, pairs: list[dates.Pair]) -> None:
    source, target = translator.batch(pairs[:4], model.letters)
    other = target.copy()
    other[:, 8:] = 5
    first, second = (np.asarray(model.network((source, ids))) for ids in (target, other))
    np.testing.assert_allclose(first[:, :8], second[:, :8], atol=1e-5)
    assert not np.allclose(first[:, 8:], second[:, 8:], atol=1e-3)


def test_padding_is_not_read(model: Any) -> None:
    alone, together = (model.network.read(translator.encode(texts, model.letters)) for texts in (TEXTS[1:2], TEXTS))
    before = np.full((3, 1), START, np.int32)
    first, second = (model.network.write(ids, state)[0] for ids, state in ((before[:1], alone), (before, together)))
    np.testing.assert_allclose(np.asarray(first)[0], np.asarray(second)[1], atol=1e-5)


def test_the_bottleneck_gets_two_vectors_whatever_the_length(pairs: list[dates.Pair]) -> None:
    model = small(translator.BOTTLENECK, pairs)
    shapes = [[tuple(one.shape) for one in model.network.read(np.full((1, time), 5, np.int32))] for time in (3, 60)]
    assert shapes == [[(1, 20), (1, 20)]] * 2


@pytest.mark.usefixtures("brief")
def test_weights_have_a_row_for_each_character_written_and_a_column_for_each_one_read(pairs: list[dates.Pair]) -> None:
    found = small(translator.ATTENTION, pairs).translate(TEXTS)
    assert found.sources == TEXTS
    for source, text, looks in zip(found.sources, found.texts, found.weights, strict=True):
        assert looks.shape == (2, 2, len(text), len(source))
        np.testing.assert_allclose(looks.sum(-1), 1, atol=1e-4)  # nothing is spent on padding


def test_the_bottleneck_has_nothing_to_show(pairs: list[dates.Pair]) -> None:
    model = small(translator.BOTTLENECK, pairs)
    assert model.translate("neuf").weights is None
    with pytest.raises(ValueError, match="no cross-attention"):
        model.translate("neuf", theirs)


@pytest.mark.usefixtures("brief")
def test_the_students_function_takes_the_place_of_ours(pairs: list[dates.Pair]) -> None:
    model, calls = small(translator.ATTENTION, pairs), []

    def counted(*given: Any) -> Any:
        calls.append([getattr(one, "shape", one) for one in given])
        return theirs(*given)

    ours, own = model.translate(TEXTS), model.translate(TEXTS, counted)
    assert own.texts == ours.texts
    for first, second in zip(ours.weights, own.weights, strict=True):
        np.testing.assert_allclose(first, second, atol=1e-5)
    assert calls[0] == [(3, 1, 16), (3, 25, 16), *[(16, 16)] * 4, 2, (3, 1, 25)]
    other = model.translate(TEXTS, lambda *given: (0 * theirs(*given)[0], theirs(*given)[1]))
    assert other.texts != ours.texts


@pytest.mark.parametrize(
    "wrong",
    [
        lambda x, memory, *rest: theirs(memory, x, *rest[:-1], np.array(True)),
        lambda *given: given[0],
        lambda *given: theirs(*given)[::-1],
    ],
    ids=["memory asks", "no weights", "the wrong way round"],
)
def test_a_function_with_wrong_shapes_is_told_the_right_ones(wrong: Any, pairs: list[dates.Pair]) -> None:
    with pytest.raises(ValueError, match=r"must give output and weights of shapes .*\(2, 1, 16\), \(2, 2, 1, 25\)"):
        small(translator.ATTENTION, pairs).translate(TEXTS[:2], wrong)


@pytest.mark.usefixtures("brief")
def test_one_string_is_one_text_and_letters_it_never_saw_do_no_harm(model: Any) -> None:
    assert len(model.translate("日本 20\u202f11").texts) == 1
    assert model.translate([]).texts == []


@pytest.mark.parametrize("text", ["", "x" * 200])
def test_a_text_of_a_length_that_cannot_be_read_is_refused(model: Any, text: str) -> None:
    with pytest.raises(ValueError, match="1 to 128 characters"):
        model.translate(["neuf", text])


def test_exact_counts_by_kind_and_language() -> None:
    drawn = [dates.pair(97, "de"), dates.pair(97, "fr"), *(pair for pair in dates.pairs("test", 2, kinds=("full",)))]
    found = translator.Exact(drawn, ["ninety-seven", "seventy-nine", drawn[2].english, drawn[3].english])
    assert found.right.tolist() == [True, False, True, True]
    assert found.share() == 0.75
    assert found.share(kinds=("number",)) == 0.5
    assert found.share(kinds=("number",), languages=("fr",)) == 0
    assert np.isnan(found.share(languages=()))
    assert str(found) == "dates 100.0%, numbers 50.0% exact (4 pairs)"
    assert found.mistakes() == [("quatre-vingt-dix-sept", "ninety-seven", "seventy-nine")]


@pytest.mark.usefixtures("brief")
@pytest.mark.parametrize("model", ONE_DAILY, indirect=True)
def test_exact_translates_in_any_order_what_translate_translates(model: Any, pairs: list[dates.Pair]) -> None:
    chosen = [one for one in pairs if len(one.source) < 20][:2]
    found = translator.exact(model, chosen)
    assert found.pairs == chosen
    assert found.written == [model.translate(one.source).texts[0] for one in chosen]


@pytest.mark.parametrize("model", ONE_DAILY, indirect=True)
def test_training_lowers_the_loss(model: Any, pairs: list[dates.Pair]) -> None:
    import keras  # noqa: PLC0415
    import tensorflow as tf  # noqa: PLC0415

    step = translator.train_step(model.network, keras.optimizers.Adam(0.01))
    chosen = translator.batches(pairs, model.letters, 16)
    losses = [float(step(*map(tf.constant, batch))) for _, batch in zip(range(25), chosen, strict=False)]
    assert np.mean(losses[-5:]) < 0.8 * losses[0]


def test_a_translator_comes_back_from_its_file(model: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, bottleneck = tmp_path / "small.npz", not hasattr(model.network, "heads")
    name = translator.BOTTLENECK if bottleneck else translator.ATTENTION
    translator.save(path, model, {"sizes": SMALL[name]})
    again = translator.load(bottleneck=bottleneck, path=path)
    assert again.letters == model.letters
    assert again.parameters() == model.parameters()
    for one, two in zip(model.network.get_weights(), again.network.get_weights(), strict=True):
        np.testing.assert_allclose(one, two, rtol=1e-3, atol=1e-4)
    assert capsys.readouterr().out == ""


def test_the_two_networks_have_about_as_many_parameters(pairs: list[dates.Pair]) -> None:
    letters = translator.alphabet(pairs)
    first, second = (translator.make(letters, name).parameters() for name in translator.SIZES)
    assert 0.95 < first / second < 1.05


def test_tensorflow_loads_only_when_a_network_is_made() -> None:
    heavy = "{'tensorflow', 'keras', 'matplotlib', 'babel', 'num2words'} & set(sys.modules)"
    code = f"import sys; from labkit import alignment, dates, translator; print({heavy} or 'none')"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ)
    assert said.stdout.strip() == "none"


def test_the_shipped_translators_are_as_good_as_they_say(capsys: pytest.CaptureFixture[str]) -> None:
    drawn = dates.pairs("test", 300, kinds=dates.DATES, seed=7)
    attention, bottleneck = (translator.load(bottleneck=one) for one in (False, True))
    said = capsys.readouterr().out
    assert said.count("Shipped weights of the translator") == 2
    assert translator.exact(attention, drawn).share() >= 0.97
    assert "data/lab3/bottleneck.npz" in said
    assert attention.translate(TEXTS[:2]).texts == ["Friday, November 20, 2026", "ninety-seven"]
    assert attention.translate(TEXTS[:2], theirs).texts == ["Friday, November 20, 2026", "ninety-seven"]
    assert len(bottleneck.translate(TEXTS).texts) == 3
