"""Where heads look in a tune."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from labkit.attention import heads

TUNE = "M:4/4\nL:1/8\nK:Cmaj\nCDEFGABc|dcBAGFED|CDEFGABc|dcBAGFED|]"
LENGTH = len(TUNE) + 1


def alike(length: int) -> np.ndarray:
    return np.tril(np.ones((length, length))) / np.arange(1, length + 1)[:, None]


def one_bar_back() -> np.ndarray:
    """A head that gives all to the note eight notes and a bar line back: nine characters, read one step later."""
    table = np.zeros((LENGTH, LENGTH))
    for query in range(LENGTH):
        table[query, max(query - 8, 0)] = 1.0
    return table


def test_a_head_that_looks_at_all_alike_gets_its_fair_share_everywhere() -> None:
    seen = heads.gaze([TUNE], [alike(LENGTH)[None, None]])
    assert seen.share.shape == (1, 1, 32)
    np.testing.assert_allclose(seen.liking(1.0), 1.0)
    np.testing.assert_allclose(seen.liking(0.5), 1.0)


def test_a_head_that_looks_one_bar_back_is_found() -> None:
    seen = heads.gaze([TUNE], [np.stack([np.stack([alike(LENGTH), one_bar_back()])])])
    assert seen.best == (0, 1)
    assert seen.liking(1.0)[0, 1] > 5
    assert seen.share[0, 1, 7] == pytest.approx(1.0)


def test_the_pictures_are_drawn_and_say_which_head_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    weights = np.stack([np.stack([alike(LENGTH), one_bar_back()])] * 2)
    heads.back(heads.gaze([TUNE], [weights]), shown=3)
    assert "Block 1, head 2 gives a note exactly 1, 2, 3, 4 bars back" in capsys.readouterr().out
    heads.over(TUNE, weights[0, 1], title="a head")
    heads.every_head(weights)
    assert "Looks around most widely: block 1, head 1" in capsys.readouterr().out
    plt.close("all")
