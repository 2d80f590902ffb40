"""Which heads look where, and the picture of what a network does without them."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest

from labkit.attention import silence

NOTES = "CDEFGABc|dcBAGFED|CDEFGABc|dcBAGFED|]"
HEADER = len("M:4/4\nL:1/8\nK:Cmaj\n")
TUNE = f"M:4/4\nL:1/8\nK:Cmaj\n{NOTES}"
LENGTH = len(TUNE) + 1


def alike(length: int) -> np.ndarray:
    return np.tril(np.ones((length, length))) / np.arange(1, length + 1)[:, None]


def one_bar_back() -> np.ndarray:
    """A head that gives all to the note eight notes and a bar line back."""
    table = np.zeros((LENGTH, LENGTH))
    for query in range(LENGTH):
        table[query, max(query - 8, 0)] = 1.0
    return table


def on_the_header() -> np.ndarray:
    table = alike(LENGTH)
    table[HEADER + 1 :] = 0.0
    table[HEADER + 1 :, 5] = 1.0
    return table


WEIGHTS = np.stack([np.stack([alike(LENGTH), one_bar_back()]), np.stack([on_the_header(), one_bar_back()])])


def test_the_share_on_the_header_is_that_of_the_rows_of_the_notes() -> None:
    shares = silence.on_the_header([TUNE], [WEIGHTS])
    rows = np.arange(HEADER + 1, LENGTH)
    assert shares[1, 0] == pytest.approx(1.0)
    assert shares[0, 0] == pytest.approx(np.mean(HEADER / (rows + 1)))


def test_the_start_is_no_part_of_the_header() -> None:
    table = np.zeros((1, 1, LENGTH, LENGTH))
    table[..., 0] = 1.0
    assert silence.on_the_header([TUNE], [table]) == 0


def test_roles_are_told_from_where_heads_look(capsys: pytest.CaptureFixture[str]) -> None:
    many = np.concatenate([WEIGHTS, np.stack([np.stack([alike(LENGTH)] * 2)] * 2)])  # four blocks of two heads
    roles = silence.roles([TUNE], [many], seed=1)
    assert {(0, 1), (1, 1)} < set(roles[silence.BACK])
    assert roles[silence.HEADER] == ((1, 0),)
    drawn = set(roles[silence.RANDOM])
    assert len(drawn) == silence.LOOKING_BACK
    assert not drawn & {*roles[silence.BACK], *roles[silence.HEADER]}
    assert "the one on the header: 2.1" in capsys.readouterr().out


def test_the_table_says_what_it_draws(capsys: pytest.CaptureFixture[str]) -> None:
    rows = {
        silence.NOTHING: silence.Silence((), 1.3, 0.5, 1200),
        silence.BACK: silence.Silence(((0, 1), (0, 2)), 1.6, 0.05, 1300),
    }
    silence.table(rows, real=0.6)
    assert f"{silence.BACK:28}1.600 bits, 5% of 1,300 bars occur again" in capsys.readouterr().out
    plt.close("all")
