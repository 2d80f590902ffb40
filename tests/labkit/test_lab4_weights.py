"""The networks that ship with lab 4 are as good as their files say, on a sample of what is kept for the test."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from labkit import weights
from labkit.base.files import path
from labkit.captioning import captions
from labkit.sequences import letters, proteins
from labkit.vision import scenes

NAMES = [*weights.GPT.values(), *weights.BERT.values(), *weights.CAPTIONERS.values()]
SAMPLE = 80  # windows, proteins or scenes


def about(name: str) -> dict[str, Any]:
    return weights.read(path(name))[0]


def held_out(text: str, length: int) -> tuple[Any, str]:
    if text == "english":
        pieces = letters.windows(letters.english("test"), length=length)[::6][:SAMPLE]
        return letters.encode(pieces, letters.ENGLISH, end=False), letters.ENGLISH
    return letters.encode(proteins.load("test")[:SAMPLE], proteins.AMINO, longest=proteins.LONGEST), proteins.AMINO


@pytest.mark.parametrize("name", NAMES)
def test_a_file_is_in_half_precision_and_says_how_it_was_made(name: str) -> None:
    said = about(name)
    assert said["steps"] > 0
    assert said["code"]
    assert said["best_step"] == min(said["checks"], key=lambda check: check[1])[0]
    with np.load(path(name)) as found:
        arrays = [found[one] for one in found.files if one != "about"]
    assert {array.dtype for array in arrays} == {np.dtype(np.float16)}
    assert sum(array.size for array in arrays) == said["parameters"]
    assert path(name).stat().st_size < 300_000


@pytest.mark.parametrize("text", weights.GPT)
def test_gpt_needs_as_many_bits_as_it_says_and_more_when_letters_are_in_another_order(text: str) -> None:
    gpt, (ids, _) = weights.load_gpt(text), held_out(text, letters.WINDOW + 1)

    def bits(rows: Any) -> float:
        return float(-letters.likelihood(gpt, rows).sum() / (rows[:, 1:] != 0).sum() / np.log(2))

    assert bits(ids) == pytest.approx(about(weights.GPT[text])["test_bits"], rel=0.06)
    backwards = ids.copy()
    for row in backwards:
        row[row >= letters.FIRST] = row[row >= letters.FIRST][::-1]
    assert bits(backwards) > 1.2 * bits(ids)


@pytest.mark.parametrize("text", weights.BERT)
def test_bert_fills_in_with_both_sides_and_loses_when_the_right_one_is_hidden(text: str) -> None:
    bert, (ids, _) = weights.load_bert(text), held_out(text, letters.WINDOW)
    both, one = [], []
    for place in (8, 12, 16, 20):
        asked, truth = [(row, place) for row in range(len(ids))], ids[:, place]
        both.append(letters.filled(bert, ids, asked).argmax(1) == truth)
        left = ids.copy()
        left[:, place + 1 :][left[:, place + 1 :] >= letters.FIRST] = letters.MASK
        one.append(letters.filled(bert, left, asked).argmax(1) == truth)
    assert np.mean(both) > {"english": 0.55, "proteins": 0.45}[text]
    if text == "english":
        assert np.mean(both) > np.mean(one) + 0.1


def test_gpt_writes_words(capsys: pytest.CaptureFixture[str]) -> None:
    gpt = weights.load_gpt()
    assert "bits per letter of held-out text" in capsys.readouterr().out
    known = set(letters.english("train").split())
    said = letters.write(gpt, letters.ENGLISH, "she was ", length=150, temperature=0.5)[0].split()[:-1]
    assert np.mean([word in known for word in said]) > 0.6


@pytest.mark.parametrize("kind", weights.CAPTIONERS)
def test_a_captioner_is_as_exact_as_it_says(kind: str) -> None:
    written = captions.write(weights.load_captioner(kind), scenes.draw("test", 400, seed=2)[:SAMPLE])
    assert written.right.mean() == pytest.approx(about(weights.CAPTIONERS[kind])["test_exact"], abs=0.12)


def test_the_attending_captioner_looks_at_the_digit_that_it_names() -> None:
    shown = [scene for scene in scenes.draw("test", SAMPLE, seed=2) if len(scene.cells) == 2]
    found = captions.shares(weights.load_captioner(), shown)
    assert found.named.mean() > found.other.mean() + 0.2


def test_what_there_is_not_is_said_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError, match=r"There is no text 'german'; there are english, proteins\."):
        weights.load_gpt("german")
    with pytest.raises(ValueError, match=r"There is no kind 'x'; there are attending, "):
        weights.load_captioner("x")
    monkeypatch.setitem(weights.BERT, "english", "lab4/absent.npz")
    with pytest.raises(FileNotFoundError, match=r"labkit does not find its file lab4/absent\.npz; install"):
        weights.load_bert()
