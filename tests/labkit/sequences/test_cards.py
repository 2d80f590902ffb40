"""The card of lab 4, and the picture of a loss that is too good."""

from __future__ import annotations

import matplotlib as mpl

mpl.use("agg")

import matplotlib.pyplot as plt
import pytest

from labkit.sequences import cards, lengths, plots


@pytest.fixture(autouse=True)
def _close() -> object:
    yield
    plt.close("all")


def run(near: float, far: float, task: str = "look up", model: str = "RNN") -> dict[str, object]:
    return {"task": task, "model": model, "parameters": 100, "accuracy": {"24": near, "96": far}}


def test_of_lengths_only_those_speak_that_have_learned_the_task() -> None:
    assert cards.accuracy([run(1.0, 0.5), run(1.0, 0.7)]) == "1.00 / 0.60"
    assert cards.accuracy([run(1.0, 0.5), run(0.4, 0.9)]) == "1.00 / 0.50 (1 of 2)"
    assert cards.accuracy([run(0.25, 0.9)]) == "0.25 / not learned"


def test_ones_own_number_stands_for_the_shipped_one(capsys: pytest.CaptureFixture[str]) -> None:
    runs = [run(1.0, 0.5, task, kind) for task in lengths.CLASSES for kind in lengths.KINDS]
    cards.table(runs, mine={("look up", "GRU"): {"24": 1.0, "96": 0.25}})
    written = [text.get_text() for text in plt.gca().texts]
    assert written.count("1.00 / 0.25") == 1
    assert written.count("1.00 / 0.50") == len(runs) - 1
    assert "Blue: your own numbers." in capsys.readouterr().out


def test_a_loss_is_drawn_in_bits_and_its_end_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    plots.too_good({"GPT": [5.0, 3.0], "one place too far": [5.0, 0.1]}, line=2.3, said="the shipped GPT")
    assert "GPT 3.00, one place too far 0.10 bits" in capsys.readouterr().out
