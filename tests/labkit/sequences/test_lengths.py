"""The tasks behind the lectures' table: their answers, the sizes of the four networks, lengths that grow."""

from __future__ import annotations

import numpy as np
import pytest

from labkit.sequences import lengths, readers


def test_what_is_looked_up_is_the_first_word_and_fillers_say_nothing() -> None:
    ids, answers = lengths.draw("look up", 500, 12, np.random.default_rng(0))
    np.testing.assert_array_equal(answers, ids[:, 0] - 1)
    assert set(answers) == set(range(8))
    assert set(np.unique(ids[:, 1:-1])) == set(range(9, 17))
    assert set(ids[:, -1]) == {lengths.QUESTION}


def test_a_sum_is_kept_modulo_four() -> None:
    ids, answers = lengths.draw("keep a sum", 500, 7, np.random.default_rng(0))
    assert set(np.unique(ids)) == {1, 2, 3, 4}
    assert [sum(int(one) - 1 for one in row) % 4 for row in ids] == answers.tolist()
    np.testing.assert_allclose(np.bincount(answers) / 500, 0.25, atol=0.07)


def test_another_task_or_network_is_refused() -> None:
    with pytest.raises(ValueError, match="There is no task 'sort'"):
        lengths.draw("sort", 1, 4, np.random.default_rng(0))
    with pytest.raises(ValueError, match="There is no kind 'CNN'"):
        readers.Reader("CNN", lengths.SIZE, 4)


@pytest.mark.parametrize("kind", lengths.KINDS)
def test_all_networks_are_of_one_size_and_learn(kind: str) -> None:
    found = lengths.train("keep a sum", kind, steps=3)
    assert 14_000 < found.model.count_params() < 18_000
    assert len(found.losses) == 3
    assert found.losses[0] == pytest.approx(np.log(4), abs=1.2)
    assert 0 <= lengths.accuracy(found.model, "keep a sum", 30, count=20) <= 1


def test_sequences_grow_in_the_first_half_of_a_training() -> None:
    assert [lengths.longest(share) for share in (0, 0.25, 0.5, 0.9)] == [2, 13, 24, 24]


def test_only_the_transformer_keeps_more_the_longer_it_reads() -> None:
    assert [lengths.kept(kind, 24) for kind in lengths.KINDS] == [104, 56, 96, 24 * 32 * 2 * 2]
    assert lengths.kept("LSTM", 96) == lengths.kept("LSTM", 24)
    assert lengths.kept("Transformer", 96) == 4 * lengths.kept("Transformer", 24)
