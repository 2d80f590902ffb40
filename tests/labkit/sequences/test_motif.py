"""DNA and the motif: attention is the posterior of the place, a round never makes the sequences less likely."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from labkit.sequences import dna, motif


def test_the_shipped_pieces_have_their_sites_in_the_middle() -> None:
    assert [len(dna.load(kind)) for kind in ("ei", "ie")] == [679, 670]
    whole = dna.load("ei")
    assert {len(sequence) for sequence in whole} == {60}
    assert np.mean([sequence[dna.BORDER : dna.BORDER + 2] == "GT" for sequence in whole]) > 0.98
    with pytest.raises(ValueError, match="There is no part 'donor'; there are"):
        dna.load("donor")


def test_one_hot_knows_four_letters_and_their_small_forms() -> None:
    np.testing.assert_array_equal(dna.one_hot("aCN"), [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 0, 0]])
    both = dna.one_hot(["ACGT", "TT"])
    assert both.shape == (2, 4, 4)
    assert [dna.letters(one) for one in both] == ["ACGT", "TTNN"]


def test_pieces_keep_the_border_where_they_say() -> None:
    found = dna.pieces("ei", 40, seed=3)
    assert found.x.shape == (679, 40, 4)
    assert len(set(found.border.tolist())) == 21
    for letters, at, whole in zip(found.letters[:50], found.border, dna.load("ei"), strict=False):
        assert letters[at:] == whole[dna.BORDER :][: 40 - at]
    one, other = found.halves()
    assert (len(one), len(other)) == (339, 340)
    assert dna.pieces("ei", seed=1).letters != dna.pieces("ei", seed=2).letters


def test_windows_are_cut_one_letter_further_each() -> None:
    x = dna.one_hot(["ACGTA", "TTTTA"])
    cut = dna.windows(x, 3)
    assert cut.shape == (2, 3, 3, 4)
    assert [dna.letters(one) for one in cut[0]] == ["ACG", "CGT", "GTA"]


def plain_round(x: Any, matrix: Any, background: Any, pseudocount: float) -> tuple[Any, Any, float]:
    """One round as lab 4 specifies it, sequence by sequence: attend, add up, log-odds."""
    windows = dna.windows(x, len(matrix))
    total, weights, told = np.zeros_like(matrix), [], []
    for sequence in windows:
        odds = np.exp([(window * matrix).sum() for window in sequence])
        weights.append(odds / odds.sum())
        told.append(np.log(odds.mean()))
        total += sum(weight * window for weight, window in zip(weights[-1], sequence, strict=True))
    p = (total + pseudocount * background) / (len(x) + pseudocount)
    return np.log(p / background), np.array(weights), float(np.mean(told))


def planted(count: int = 30, length: int = 20, seed: int = 0) -> tuple[list[str], list[int]]:
    generator = np.random.default_rng(seed)
    rows, places = [], []
    for _ in range(count):
        row, at = list(generator.choice(list("ACGT"), length)), int(generator.integers(length - 6 + 1))
        row[at : at + 6] = "TGACCA"
        rows.append("".join(row))
        places.append(at)
    return rows, places


def test_each_round_is_attention_and_log_odds() -> None:
    x = dna.one_hot(planted()[0])
    found = motif.find_motif(x, 5, rounds=4, restarts=3, seed=1)
    background = x.mean((0, 1))
    np.testing.assert_allclose(found.background, background)
    assert found.rounds.shape == (41, 5, 4)
    assert found.starts.shape == (3, 5)
    for before, after, told in zip(found.rounds[:6], found.rounds[1:7], found.likelihood, strict=False):
        matrix, _, likelihood = plain_round(x, before, background, 1.0)
        np.testing.assert_allclose(matrix, after, atol=1e-9)
        assert likelihood == pytest.approx(told)
    np.testing.assert_allclose(found.weights, plain_round(x, found.matrix, background, 1.0)[1], atol=1e-9)


def test_a_planted_word_is_found_where_it_stands() -> None:
    rows, places = planted()
    found = motif.find_motif(rows, 6)
    assert found.letters == "TGACCA"
    assert str(found) == "TGACCA"
    assert np.mean(found.places == places) > 0.9
    np.testing.assert_allclose(found.probabilities.sum(-1), 1)


def test_the_best_start_goes_on_and_hardly_ever_gets_less_likely() -> None:
    found = motif.find_motif(dna.pieces("ei").halves()[0].x, 9)
    assert found.likelihood[12] == found.starts[:, -1].max()
    assert np.diff(found.likelihood).min() > -1e-6
    assert found.letters == "CAGGTAAGT"
    assert motif.find_motif(dna.pieces("ei").halves()[0].x, 9, scale=1 / 6).letters != "CAGGTAAGT"


def test_sequences_of_several_lengths_are_read_to_their_ends_only() -> None:
    rows, places = planted()
    rows = [row[: max(at + 6, 12)] for row, at in zip(rows, places, strict=True)]
    found = motif.find_motif(rows, 6)
    assert found.letters == "TGACCA"
    for row, weights in zip(rows, found.weights, strict=True):
        assert not weights[len(row) - 6 + 1 :].any()
    with pytest.raises(ValueError, match="A sequence of 3 letters has no window of 6"):
        motif.find_motif([*rows, "ACG"], 6)


def test_information_is_two_bits_for_one_letter_and_none_for_four() -> None:
    p = np.array([[1, 0, 0, 0], [0.25] * 4, [0.5, 0.5, 0, 0]])
    np.testing.assert_allclose(motif.information(p), [2, 0, 1], atol=1e-6)
    assert motif.consensus(p) == "A.A"
