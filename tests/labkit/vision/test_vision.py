"""Digits, patches, scenes and their sentences, and the two networks."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from labkit.vision import digits, scenes


def test_the_digits_are_split_and_between_nought_and_one() -> None:
    train, test = digits.load("train"), digits.load("test")
    assert (len(train), len(test)) == (1297, 500)
    assert train.images.shape == (1297, 8, 8, 1)
    assert (train.images.min(), train.images.max()) == (0, 1)
    assert set(test.labels) == set(range(10))
    with pytest.raises(ValueError, match="There is no part 'valid'"):
        digits.load("valid")


def test_patches_are_squares_row_by_row_and_can_be_put_together_again() -> None:
    images = np.arange(2 * 4 * 6 * 2).reshape(2, 4, 6, 2)
    squares = digits.patches(images, 2)
    assert squares.shape == (2, 6, 8)
    np.testing.assert_array_equal(squares[1, 4], images[1, 2:4, 2:4].ravel())
    np.testing.assert_array_equal(digits.together(squares, 4, 6, 2), images)


def test_a_drawing_of_text_becomes_a_picture() -> None:
    picture = digits.read("\n".join(["..##....", "  9#", *["........"] * 6]))
    assert picture.shape == (8, 8, 1)
    assert picture[:2, 2:4, 0].tolist() == [[1, 1], [1, 1]]
    assert picture.sum() == 4


@pytest.mark.parametrize(("drawing", "said"), [("###", "eight lines"), ("x.......\n" * 8, "'x' is no sign")])
def test_a_drawing_that_is_none_is_refused(drawing: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        digits.read(drawing)


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        ({0: 7}, "a seven at the top left"),
        ({3: 0}, "a zero at the bottom right"),
        ({0: 7, 1: 3}, "a seven left of a three"),
        ({3: 1, 1: 4}, "a four above a one"),
        ({0: 2, 3: 2}, "a two above and left of a two"),
        ({2: 9, 1: 8}, "a eight above and right of a nine"),
    ],
)
def test_a_scene_is_said_by_rule(shown: dict[int, int], said: str) -> None:
    assert " ".join(scenes.caption(shown)) == said


def test_a_scene_has_one_digit_or_two() -> None:
    for shown in ({}, {0: 1, 1: 2, 2: 3}):
        with pytest.raises(ValueError, match="one digit or two"):
            scenes.caption(shown)


def test_the_drawings_stand_in_their_cells() -> None:
    drawn = digits.load("test")
    one = scenes.scene({3: (drawn.images[0], 5), 0: (drawn.images[1], 6)})
    np.testing.assert_array_equal(one.image[8:, 8:], drawn.images[0])
    np.testing.assert_array_equal(one.image[:8, :8], drawn.images[1])
    assert one.image[:8, 8:].max() == 0
    assert (one.cells, one.digits, str(one)) == ((0, 3), (6, 5), "a six above and left of a five")
    assert scenes.cell_of_patch().tolist() == [0, 0, 1, 1, 0, 0, 1, 1, 2, 2, 3, 3, 2, 2, 3, 3]
    patches = scenes.patches([one])[0]
    np.testing.assert_array_equal(patches[10], one.image[8:12, 8:12].ravel())


def test_a_seed_gives_the_same_scenes_again_and_their_drawings_are_of_the_part() -> None:
    one, again = scenes.draw("test", 30, seed=4), scenes.draw("test", 30, seed=4)
    np.testing.assert_array_equal(scenes.images(one), scenes.images(again))
    assert {len(scene.cells) for scene in one} == {1, 2}
    known = {image.tobytes() for image in digits.load("test").images}
    for scene in one:
        for cell in scene.cells:
            top, left = 8 * (cell // 2), 8 * (cell % 2)
            assert np.ascontiguousarray(scene.image[top : top + 8, left : left + 8]).tobytes() in known


def test_captions_become_ids_and_come_back() -> None:
    assert (len(scenes.WORDS), scenes.SIZE) == (20, 23)
    captions = [scene.caption for scene in scenes.draw("train", 50)]
    table = scenes.ids(captions)
    assert table.shape == (50, scenes.LONGEST)
    assert [scenes.words(row) for row in table] == captions
    assert scenes.words([scenes.START, *table[0][:2], scenes.END, 5]) == captions[0][:2]


def test_the_vision_transformer_has_the_size_that_it_is_said_to_have() -> None:
    patches = digits.patches(digits.load("test").images[:3])
    for options, size in ({}, 17_962), ({"token": False}, 17_898), ({"token": False, "ordered": False}, 17_386):
        network = digits.transformer(**options)
        logits, weights = network(patches, weights=True)
        assert logits.shape == (3, 10)
        places = 17 if options.get("token", True) else 16
        assert [one.shape for one in weights] == [(3, 4, places, places)] * 2
        assert network.count_params() == size
    assert digits.convolutional().count_params() == 14_378


def test_patches_and_positions_shuffled_alike_give_the_same_logits() -> None:
    keras.utils.set_random_seed(2)
    network, patches = digits.transformer(), digits.patches(digits.load("test").images[:5])
    before, order = network(patches), np.random.default_rng(0).permutation(16)
    table = np.asarray(network.places.table)
    network.places.table.assign(table[np.r_[0, 1 + order]])
    np.testing.assert_allclose(network(patches[:, order]), before, atol=1e-5)
