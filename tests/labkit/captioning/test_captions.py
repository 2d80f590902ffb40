"""Captioners: what each gets to see, what they write, and how looking is scored."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest

from labkit.captioning import captions
from labkit.vision import scenes


@pytest.fixture(scope="module")
def shown() -> list[scenes.Scene]:
    return scenes.draw("test", 6, seed=1)


@pytest.fixture(scope="module", params=captions.KINDS)
def captioner(request: pytest.FixtureRequest) -> Any:
    keras.utils.set_random_seed(3)
    made = captions.model(request.param)
    for weight in made.weights:
        weight.assign(2.0 * weight)
    made.kind = request.param
    return made


def logits(captioner: Any, shown: list[scenes.Scene], order: Any = slice(None)) -> Any:
    return np.asarray(captioner((scenes.patches(shown)[:, order], captions.pairs(shown)[0])))


def test_each_has_the_size_that_it_is_said_to_have(captioner: Any) -> None:
    sizes = {"attending": 60_311, "one_memory": 60_311, "one_vector": 72_535, "blind": 72_535}
    assert captioner.count_params() == sizes[captioner.kind]


def test_the_next_word_hangs_on_the_words_before_and_not_on_those_behind(captioner: Any, shown: Any) -> None:
    patches, before = scenes.patches(shown), captions.pairs(shown)[0]
    other = before.copy()
    other[:, 4:] = 5
    one, two = (np.asarray(captioner((patches, ids))) for ids in (before, other))
    np.testing.assert_allclose(one[:, :4], two[:, :4], atol=1e-5)
    assert np.abs(one[:, 4:] - two[:, 4:]).max() > 1e-3


def test_only_the_blind_one_does_not_see_the_picture(captioner: Any, shown: Any) -> None:
    changed = logits(captioner, shown, slice(None, None, -1))
    assert (np.abs(changed - logits(captioner, shown)).max() < 1e-5) == (captioner.kind == "blind")


def test_many_scenes_are_written_as_each_alone(captioner: Any, shown: Any) -> None:
    for width in (1, 3):
        together = captions.write(captioner, shown, width)
        alone = [captions.write(captioner, [one], width) for one in shown]
        assert together.captions == [one.captions[0] for one in alone]
        np.testing.assert_allclose(together.scores, [one.scores[0] for one in alone], atol=1e-3)
        assert all(len(said) <= scenes.LONGEST for said in together.captions)


def test_a_wider_beam_is_never_less_likely(captioner: Any, shown: Any) -> None:
    one, five = (captions.write(captioner, shown, width).scores for width in (1, 40))
    assert (five >= one - 1e-4).all()


def test_right_means_every_word_and_the_layout_all_but_the_digits(shown: Any) -> None:
    said = [one.caption for one in shown]
    said[0] = tuple("nine" if word in scenes.NAMES[:9] else word for word in said[0])
    said[1] = said[1][:-1]
    written = captions.Written(shown, said, np.zeros(6))
    assert written.right.tolist() == [False, False, True, True, True, True]
    assert written.layout_right[0]


def test_inputs_begin_with_start_and_targets_close_with_end(shown: Any) -> None:
    inputs, targets = captions.pairs(shown)
    for scene, before, after in zip(shown, inputs, targets, strict=True):
        long = len(scene.caption)
        assert before[0] == scenes.START
        assert after[long] == scenes.END
        np.testing.assert_array_equal(before[1:], np.where(after[:-1] == scenes.END, 0, after[:-1]))
        assert not after[long + 1 :].any()


def test_looks_are_scored_on_the_cell_that_is_named(shown: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    one = next(scene for scene in shown if len(scene.cells) == 2)
    look = np.zeros((1, 4, 9, 16), np.float32)
    cell = scenes.cell_of_patch()
    empty = next(place for place in range(4) if place not in one.cells)
    for place, share in ((one.cells[0], 0.6), (one.cells[1], 0.3), (empty, 0.1)):
        look[..., cell == place] = share / 4
    monkeypatch.setattr(captions, "looks", lambda *_: look)
    found = captions.shares(None, [one])
    np.testing.assert_allclose(found.named, [0.6, 0.3], atol=1e-6)
    np.testing.assert_allclose(found.other, [0.3, 0.6], atol=1e-6)
    np.testing.assert_allclose(found.empty, [0.1, 0.1], atol=1e-6)
    assert not found.alone.any()


def test_an_attending_captioner_looks_at_sixteen_patches_before_each_word(shown: Any) -> None:
    weights = captions.looks(captions.model(), shown)
    assert weights.shape == (6, 4, scenes.LONGEST + 1, 16)
    np.testing.assert_allclose(weights.sum(-1), 1, atol=1e-5)
    with pytest.raises(ValueError, match="cannot say where it looked"):
        captions.looks(captions.model("one_vector"), shown)
    with pytest.raises(ValueError, match="There is no kind 'x'"):
        captions.model("x")
