"""Beam search over many texts at once gives what a search over one text at a time gives."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from labkit.models import beam

END, SIZE, LONGEST = 2, 6, 4


def table(seed: int) -> Any:
    """A scripted model: logits that hang on the whole text before."""

    def ask(ids: Any, place: int) -> Any:
        rows = []
        for row in np.asarray(ids)[:, : place + 1]:
            digits = int("".join(map(str, row)))
            rows.append(np.random.default_rng([seed, digits]).normal(size=SIZE) * 2)
        return np.array(rows)

    return ask


def one_by_one(ask: Any, start: list[int], width: int) -> tuple[list[int], float]:
    """The plain search, text by text, as lab 4 specifies it."""
    kept: list[tuple[list[int], float, bool]] = [([], 0.0, False)]
    while not all(done for *_, done in kept):
        pool = [one for one in kept if one[2]]
        for words, score, done in kept:
            if done:
                continue
            logits = ask(np.array([start + words]), len(start + words) - 1)[0]
            logits[[0, 1]] = -np.inf
            logs = logits - np.log(np.exp(logits).sum())
            if len(words) == LONGEST:
                logs[np.arange(SIZE) != END] = -np.inf
            for word in np.flatnonzero(np.isfinite(logs)):
                both = words if word == END else [*words, int(word)]
                pool.append((both, score + logs[word], bool(word == END)))
        kept = sorted(pool, key=lambda one: -one[1])[:width]
    return kept[0][:2]


@pytest.mark.parametrize("width", [1, 2, 3, 40])
@pytest.mark.parametrize("seed", range(4))
def test_it_finds_what_the_plain_search_finds(width: int, seed: int) -> None:
    ask, begun = table(seed), np.array([[1], [3], [4]], np.int32)
    found, scores = beam.search(ask, begun, width, LONGEST, END, never=(1,))
    for row, text, score in zip(begun, found, scores, strict=True):
        words, expected = one_by_one(ask, row.tolist(), width)
        assert [int(word) for word in text if word] == words
        assert score == pytest.approx(expected)


def test_a_wide_beam_finds_what_greedy_misses() -> None:
    logs = {(1,): [0, 0, 0.05, 0.55, 0.40], (1, 3): [0, 0, 0.36, 0.34, 0.30], (1, 4): [0, 0, 0.90, 0.05, 0.05]}

    def ask(ids: Any, place: int) -> Any:
        with np.errstate(divide="ignore"):
            return np.log([logs.get(tuple(row[: place + 1]), [0, 0, 1.0, 0, 0]) for row in np.asarray(ids).tolist()])

    for width, text, share in ((1, 3, 0.198), (2, 4, 0.360)):
        found, score = beam.search(ask, [[1]], width, 3, END, never=(1,))
        assert found[0].tolist() == [text, 0, 0]
        assert np.exp(score[0]) == pytest.approx(share)


def test_a_text_that_is_as_long_as_may_be_can_only_end() -> None:
    def ask(ids: Any, place: int) -> Any:
        del place
        return np.tile([0.0, 0.0, -20.0, 5.0], (len(ids), 1))

    found, scores = beam.search(ask, [[1, 3]], 1, 3, END, never=(1,))
    assert found.tolist() == [[3, 3, 3]]
    assert scores[0] == pytest.approx(-25, abs=0.01)  # the end costs what it costs
