"""No verdict hangs on luck: each misconception is told from what is right, whatever the seed is."""

from dataclasses import replace

import numpy as np
import pytest

from checks import luck
from checks.labs_checked import EXERCISES, label

SEEDS = (5, 104)  # `make luck` tries 200


@pytest.mark.parametrize(("lab", "name"), EXERCISES, ids=label)
@pytest.mark.parametrize("seed", SEEDS)
def test_no_formula_is_taken_for_right(lab, name, seed):
    with np.errstate(all="ignore"):
        assert luck.lucky(lab.reference.REFERENCES[name], seed) == []


def test_a_formula_that_is_right_but_for_one_draw_is_found():
    lab, name = next(row for row in EXERCISES if row[1] == "rnn_step")
    reference = lab.reference.REFERENCES[name]
    rare = lambda **a: reference.correct(**a) * (0.5 if a["x_t"][0, 0] > 2 else 1.0)  # noqa: E731
    found = {
        seed: luck.lucky(replace(reference, wrong={"rare": rare}, deep=None, rare=None), seed) for seed in range(8)
    }
    assert [] in found.values()
    assert ["rare"] in found.values()


def test_what_is_measured_counts_the_seeds(monkeypatch):
    lab, name = EXERCISES[0]
    monkeypatch.setattr(luck, "lucky", lambda _, seed: ["sorted"] if seed % 2 else [])
    monkeypatch.setattr(luck, "unlucky", lambda _, __, seed: (["loop"] if seed == 3 else [], seed / 10))
    found = {"seeds": 5, "lucky": {"sorted": 2}, "refused": {"loop": 1}, "nearest": 0.4}
    assert luck.measured(lab, name, 5) == found


@pytest.mark.parametrize("factor", [1.0, 1.0 + 5e-5, 1.01])
def test_a_right_answer_that_is_refused_is_counted_and_so_is_how_near_one_comes(factor, monkeypatch):
    lab, name = next(row for row in EXERCISES if row[1] == "rnn_step")
    correct = lab.reference.REFERENCES[name].correct
    answers = {"rnn_step__as_is": lambda *a: correct(*a) * factor}
    monkeypatch.setattr(lab.alternatives, "ALTERNATIVES", answers)
    monkeypatch.setenv(luck.SEED_VARIABLE, "1")
    refused, used = luck.unlucky(lab, name, 3)
    assert refused == (["rnn_step__as_is"] if factor == 1.01 else [])
    assert (used > 1) == (factor == 1.01)
    assert (used < 1e-2) == (factor == 1.0)
