"""No held-out piece has a learned one that is too like it, and each family of pieces stays together."""

import numpy as np
import pytest

from labkit.sequences import dna, likeness

KINDS = ("ei", "ie", "n")


@pytest.fixture(scope="module")
def pieces():
    listed = [dna.load(kind) for kind in KINDS]
    labels = np.repeat(np.arange(3), [len(some) for some in listed])
    return dna.one_hot([one for some in listed for one in some]).astype(np.float32), labels


def share(one, other, by):
    """The plain loop: letters of `one` from `by` on against those of `other` from the start on."""
    over = list(zip(one[by:], other[: len(other) - by], strict=True))
    return sum(a == b for a, b in over) / len(over)


def test_the_nearest_is_that_of_a_plain_loop():
    some, others = dna.load("ei")[:6], dna.load("ei")[300:309]
    for shift in (0, 3):
        plain = [
            max(max(share(one, other, by), share(other, one, by)) for other in others for by in range(shift + 1))
            for one in some
        ]
        np.testing.assert_allclose(likeness.nearest(dna.one_hot(some), dna.one_hot(others), shift), plain, atol=1e-6)


def test_relatives_of_relatives_are_one_family_also_a_few_letters_further():
    texts = ["ACGTACGTAC", "ACGTACGTTT", "ACGTACTTTT", "GGGGGGGGGG", "GTACGTACCC"]
    x = dna.one_hot(texts)
    assert likeness.families(x, 0.8, 0).tolist() == [0, 0, 0, 3, 4]  # the first and the third share 7 of 10
    assert likeness.families(x, 0.8, 2).tolist() == [0, 0, 0, 3, 0]  # the last is the first, two letters further


def test_no_held_out_piece_has_a_learned_one_that_is_too_like_it(pieces):
    x, labels = pieces
    part = likeness.folds(likeness.families(x), labels)
    naive = likeness.folds(np.arange(len(x)), labels)
    held = part == 0
    assert likeness.nearest(x[held], x[~held], likeness.SHIFT).max() < likeness.SHARE
    assert (likeness.nearest(x[naive == 0], x[naive != 0]) >= 0.75).mean() > 0.05  # without families it is not so


def test_every_class_is_spread_evenly_and_a_seed_decides(pieces):
    x, labels = pieces
    family = likeness.families(x, 0.75, 0)
    part = likeness.folds(family, labels)
    table = np.array([np.bincount(labels[part == one], minlength=3) for one in range(5)])
    assert table.sum() == len(x)
    assert (np.ptp(table, axis=0) <= 15).all(), table
    assert all(len(set(part[family == name])) == 1 for name in np.unique(family))
    np.testing.assert_array_equal(part, likeness.folds(family, labels))
    assert (part != likeness.folds(family, labels, seed=1)).any()
