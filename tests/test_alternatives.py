"""Right answers pass however they are written: on the public cases, and on fresh ones with several seeds."""

import pytest
from alternatives.lab1_rnn import ALTERNATIVES, USES_KERAS

from autograder.references import lab1_rnn as reference
from labkit.checks import lab1_rnn as checks

SEEDS = ("1", "20260101", "77", "4242")


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.slow] if name in USES_KERAS else []) for name in ALTERNATIVES]
)
def test_a_right_answer_passes_however_it_is_written(name, monkeypatch, capsys):
    exercise = name.partition("__")[0]
    check = getattr(checks, "my_rnn_cell" if exercise == "MyRNNCell" else exercise)
    check(ALTERNATIVES[name])
    assert capsys.readouterr().out.endswith("passed\n")
    for seed in SEEDS:
        monkeypatch.setenv("AUTOGRADER_SEED", seed)
        check(ALTERNATIVES[name], reference.fresh(exercise))


@pytest.mark.parametrize("exercise", checks.EXERCISES)
def test_every_exercise_has_two_alternatives(exercise):
    assert sum(name.startswith(f"{exercise}__") for name in ALTERNATIVES) >= 2
