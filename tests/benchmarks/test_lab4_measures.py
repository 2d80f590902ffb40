"""What is measured for lab 4 is measured right: intervals, counting, trying, hiding; no step is repeated."""

from __future__ import annotations

import importlib.util
import json
import sys
from collections import Counter
from typing import Any

import keras
import numpy as np
import pytest

from autograder.author.claims import code_hash
from autograder.base.files import ROOT
from autograder.model.lab import Lab
from benchmarks.claims import lab4_beyond_recipes as recipes
from benchmarks.claims import lab4_beyond_weights, lab4_captions, lab4_letters, lab4_measures, lab4_pretraining
from labkit.captioning import captions
from labkit.sequences import letters
from labkit.vision import scenes

LAB = Lab("lab4_beyond")


def test_an_interval_draws_groups_together() -> None:
    right, group = np.repeat([0.0, 1.0], 50), np.repeat([0, 1], 50)
    assert lab4_measures.interval(right) == {"mean": 0.5, "low": 0.4, "high": 0.6}
    assert lab4_measures.interval(right, group) == {"mean": 0.5, "low": 0.0, "high": 1.0}
    assert lab4_measures.difference(right, right) == {"mean": 0.0, "low": 0.0, "high": 0.0}


def test_counting_backs_off_as_a_plain_loop_does() -> None:
    generator = np.random.default_rng(0)
    train, tested = (np.pad(generator.integers(1, 4, size), 3) for size in (200, 60))
    places, left, right = np.arange(3, 60), 2, 1

    def guess(at: int) -> int:
        for le, ri in ((2, 1), (1, 1), (2, 0), (1, 0), (0, 1), (0, 0)):
            seen = Counter(
                int(train[i])
                for i in range(3, len(train) - 3)
                if (train[i - le : i] == tested[at - le : at]).all()
                and (train[i + 1 : i + 1 + ri] == tested[at + 1 : at + 1 + ri]).all()
            )
            if seen:
                return min(letter for letter, count in seen.items() if count == max(seen.values()))
        raise AssertionError

    found = lab4_measures.counted(train, tested, places, left, right)
    np.testing.assert_array_equal(found, [guess(at) for at in places])


@pytest.fixture(scope="module")
def gpt() -> Any:
    keras.utils.set_random_seed(1)
    network = letters.model("abcd", causal=True, longest=12, width=16)
    for weight in network.weights:
        weight.assign(4.0 * weight)
    return network


def test_trying_scores_the_letter_and_what_follows(gpt: Any) -> None:
    ids = letters.encode(["abcdabcd", "ddcbaabc"], "abcd", end=True)
    places = np.array([(0, 3), (1, 5)])
    found = lab4_letters.tried(gpt, ids, places, "abcd")
    for number, (row, place) in enumerate(places):
        rows = np.repeat(ids[row : row + 1], 4, 0)
        rows[:, place] = np.arange(4, 8)
        whole = letters.likelihood(gpt, rows)
        assert found["all"][number] == whole.argmax() + 4
        assert found["left"][number] == letters.likelihood(gpt, rows[:, : place + 1]).argmax() + 4
        assert found["1"][number] == letters.likelihood(gpt, rows[:, : place + 2]).argmax() + 4


def test_likelihoods_in_pieces_are_those_of_the_whole(gpt: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = letters.encode(["abcd", "dcba", "aabb", "ccdd", "abab"], "abcd", end=False)
    monkeypatch.setattr(lab4_measures, "CHUNK", 2)
    one = lab4_measures.Likelihoods(gpt)
    np.testing.assert_allclose(one.next_ids(ids).sum(1), letters.likelihood(gpt, ids), atol=1e-4)
    true = one.at(ids, 2)[np.arange(5), ids[:, 3]]
    np.testing.assert_allclose(true, one.next_ids(ids)[:, 2], atol=1e-4)


def test_letters_are_hidden_as_bert_does() -> None:
    ids = np.full((1, 6), 9, np.int32)
    draws = letters.Draws(
        np.array([[True, True, True, True, False, False]]),
        np.array([[0.1, 0.79, 0.85, 0.95, 0.1, 0.85]]),
        np.full((1, 6), 7, np.int32),
    )
    inputs, targets = recipes.hidden(ids, draws)
    np.testing.assert_array_equal(inputs, [[3, 3, 7, 9, 9, 9]])
    np.testing.assert_array_equal(targets, [[9, 9, 9, 9, -100, -100]])


def test_pieces_that_are_written_again_are_counted() -> None:
    assert lab4_letters.repeated("abcdefghijklmnop") == 0
    assert lab4_letters.repeated("abcdefgh" * 4) == pytest.approx(1 - 8 / 25)


@pytest.mark.parametrize("label", lab4_pretraining.LABELS)
def test_the_other_form_of_a_window_has_the_same_letters(label: str) -> None:
    window = "nd it was the best of times for al"
    other = lab4_pretraining.LABELS[label](window, np.random.default_rng(0))
    assert other != window
    assert sorted(other) == sorted(window)


def test_bleu_by_hand() -> None:
    assert lab4_captions.bleu("abc", "abd") == pytest.approx((2 / 3 / 2) ** 0.5)
    assert lab4_captions.bleu("", "abd") == 0.0


def test_a_swap_is_scored_by_the_words_that_change(monkeypatch: pytest.MonkeyPatch) -> None:
    two = [scene for scene in scenes.draw("test", 20, seed=5) if len(scene.cells) == 2]
    true = lambda _, shown: captions.Written(list(shown), [one.caption for one in shown], np.zeros(len(shown)))  # noqa: E731
    monkeypatch.setattr(captions, "write", true)
    assert [row["mean"] for row in lab4_captions.swapped(None, two, 0)] == [1.0, 1.0, 1.0]
    same = [one.caption for one in two]
    monkeypatch.setattr(captions, "write", lambda _, shown: captions.Written(list(shown), same, np.zeros(len(shown))))
    assert [row["mean"] for row in lab4_captions.swapped(None, two, 0)] == [1.0, 0.0, 0.0]


def test_training_keeps_the_weights_that_were_best() -> None:
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    values = iter([3.0, 1.0, 2.0])
    seen = []

    def validate() -> float:
        seen.append(model.get_weights()[0].copy())
        return next(values)

    def step(_: Any) -> float:
        model.layers[0].kernel.assign_add([[1.0]])
        return 0.0

    monkey = recipes.CHECKS
    recipes.CHECKS = 3
    try:
        course = recipes.train(model, keras.optimizers.Adam(), step, iter([(0.0,)] * 9), 6, 1e-3, validate)
    finally:
        recipes.CHECKS = monkey
    assert [number for number, _ in course.checks] == [2, 4, 6]
    np.testing.assert_array_equal(model.get_weights()[0], seen[1])


def test_the_code_that_a_measurement_names_is_there() -> None:
    for name, grid in lab4_beyond_weights.GRIDS.items():
        assert all(code_hash(LAB, part) for part in grid.code), name


def test_what_was_measured_was_measured_on_the_shipped_files_by_this_code() -> None:
    for grid in lab4_beyond_weights.GRIDS.values():
        if (ROOT / grid.target).is_file():
            made = json.loads((ROOT / grid.target).read_text(encoding="utf-8"))
            assert made["code"] == {part: code_hash(LAB, part) for part in grid.code}, grid.target
            for row in made["runs"]:
                if "weights" in row:
                    assert [row] == lab4_measures.weights_of(row["weights"]), grid.target


def test_a_training_that_this_code_has_made_is_not_made_again(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = importlib.util.spec_from_file_location("train_lab4", ROOT / "data" / "train_lab4.py")
    assert spec
    assert spec.loader
    program = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "train_lab4", program)
    spec.loader.exec_module(program)
    made = []

    def make(steps: int) -> Any:
        made.append(steps)
        return captions.model("blind"), recipes.Course(steps, 1.0, 1.0, [], [(steps, 2.0)])

    monkeypatch.setattr(program, "FOLDER", tmp_path)
    monkeypatch.setattr(program, "tested", lambda *_: {"test_exact": 0.0})
    training = program.Training(7, make, program.CAPTIONS, {"kind": "blind"})
    monkeypatch.setitem(program.TRAININGS, "blind", training)
    program.run("blind", anew=False)
    program.run("blind", anew=False)
    assert made == [7]
    assert "nothing to do" in capsys.readouterr().out
    monkeypatch.setattr(program, "code_hash", lambda *_: "another")
    program.run("blind", anew=False)
    program.run("blind", anew=True)
    assert made == [7, 7, 7]
