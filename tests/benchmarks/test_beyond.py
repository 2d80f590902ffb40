"""The benchmarks of lab 4: what cannot be had is named, the plain loop is the same search."""

import json

import numpy as np
import pytest

from benchmarks import beyond, motif
from labkit.captioning import captions
from labkit.models import checkpoint
from labkit.sequences import dna, letters
from labkit.sequences import motif as ours


def test_what_is_missing_is_named_and_the_rest_is_measured(monkeypatch, capsys):
    def none(name):
        raise FileNotFoundError(f"no {name}")

    made = beyond.Measured(0.9, 0.88, 0.92, 10, 1.5)
    monkeypatch.setattr(beyond, "shipped", none)
    monkeypatch.setattr(beyond, "of_tweets", lambda _: none("tweets"))
    monkeypatch.setattr(beyond, "of_pictures", lambda _: dict.fromkeys(("vit", "cnn", "cnn_shuffled"), made))
    monkeypatch.setattr(beyond, "of_motif", lambda _: dict.fromkeys(("motif_place", "motif_auc"), made))
    monkeypatch.setattr(beyond.grids, "runs", none)
    assert beyond.main([]) == 0
    lines = capsys.readouterr().out.splitlines()
    found = json.loads(lines[-1])
    assert tuple(found) == beyond.KEYS
    assert found["vit"] == {"value": 0.9, "interval": [0.88, 0.92], "parameters": 10, "seconds": 1.5}
    assert [key for key, one in found.items() if one is None] == lines[-2].removeprefix("missing: ").split(", ")
    assert "missing: no lab4/bert.npz" in lines
    assert found["caption_vector"] is None


@pytest.mark.parametrize("arguments", [["--seeds", "0"], ["--letters", "0"]])
def test_a_count_of_zero_is_refused(arguments):
    with pytest.raises(SystemExit, match="positive"):
        beyond.main(arguments)


def test_letters_are_hidden_with_others_at_both_sides_and_once_each():
    places = beyond.hidden_places((50, 65), 120)
    assert places.shape == (120, 2)
    assert len({tuple(place) for place in places.tolist()}) == 120
    assert places[:, 1].min() >= 1 + beyond.SIDE
    assert places[:, 1].max() < 65 - beyond.SIDE


def test_trying_every_letter_sees_what_follows():
    size = letters.FIRST + len(letters.ENGLISH)

    class AfterTwo:
        """Knows one thing: after the letter 10 comes 11, else all are alike."""

        def __call__(self, ids):
            return np.where(np.asarray(ids)[..., None] == 10, 5.0 * (np.arange(size) == 11), 0.0)

    ids = np.array([[1, 7, 9, 11, 8]], np.int32)
    assert beyond.by_trying(AfterTwo(), ids, np.array([[0, 2]])).tolist() == [10]
    assert beyond.from_left(AfterTwo(), ids, np.array([[0, 2]])).tolist() != [10]


def test_the_plain_loop_takes_the_same_rounds():
    x = dna.pieces("ei", seed=0).x[:30]
    found = ours.find_motif(x, 9, restarts=1)
    texts = [dna.letters(one) for one in x]
    base = dict(zip(dna.BASES, found.background, strict=True))
    query = [dict(zip(dna.BASES, row, strict=True)) for row in found.rounds[3]]
    after, weights = motif.plain_round(texts, query, base)
    np.testing.assert_allclose([[row[letter] for letter in dna.BASES] for row in after], found.rounds[4], atol=1e-9)
    np.testing.assert_allclose(weights, ours.look(x, found.rounds[3]), atol=1e-9)
    assert motif.likelihood(texts, query) == pytest.approx(found.likelihood[3])


def test_a_summary_says_where_windows_begin():
    runs = [motif.Found(2.0, []), motif.Found(1.0, [3, 4, None, 0])]
    texts = ["TTTCAGGTAAGTTT", "TTTTCAGGTAAGTT", "T" * 14, "CAGGTAAGTTTTTT"]
    assert motif.summary(runs, texts, [6, 7, 3, 2]) == {
        "seconds": 1.5, "each": [2.0, 1.0], "letters": "CAGGTAAGT", "shift": -3, "place": 0.5
    }  # fmt: skip


@pytest.mark.slow
def test_weights_of_letters_and_captions_are_measured_once_they_are_there(tmp_path, monkeypatch):
    monkeypatch.setattr(beyond, "shipped", lambda name: tmp_path / name.removeprefix("lab4/"))
    monkeypatch.setattr(beyond, "SCENES", 8)
    for name, causal in (("bert", False), ("gpt", True)):
        made = letters.model(letters.ENGLISH, causal, longest=65, width=8, blocks=2)
        monkeypatch.setattr(letters, "model", _small(letters.model))
        checkpoint.save(tmp_path / f"{name}.npz", made, {"causal": causal, "longest": 65, "parameters": 5,
                                                         "cpu_seconds": 2})  # fmt: skip
    found = beyond.of_letters(6)
    assert set(found) == {"bert_english", "gpt_english", "gpt_by_trying"}
    assert all(0 <= one.low <= one.value <= one.high <= 1 and one.parameters == 5 for one in found.values())
    checkpoint.save(tmp_path / "one_vector.npz", captions.model("one_vector"), {"kind": "one_vector", "cpu_seconds": 3})
    assert beyond.of_captions("one_vector").seconds == 3
    with pytest.raises(FileNotFoundError):
        beyond.of_captions("captions")


def _small(make):
    return lambda alphabet, causal, **options: make(alphabet, causal, **{"width": 8, "blocks": 2, **options})
