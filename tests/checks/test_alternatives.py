"""Right answers pass however they are written: on the public cases, and on fresh ones with several seeds."""

import pytest

from checks.labs_checked import ALTERNATIVES, EXERCISES, SEEDS, label


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize(
    ("lab", "answer"),
    [
        pytest.param(lab, answer, id=f"{lab.name}-{answer}", marks=[pytest.mark.slow] if lab.slow(answer) else [])
        for lab, answer in ALTERNATIVES
    ],
)
def test_a_right_answer_passes_however_it_is_written(lab, answer, monkeypatch, capsys):
    exercise, function = answer.partition("__")[0], lab.alternatives.ALTERNATIVES[answer]
    lab.check(exercise)(function)
    assert capsys.readouterr().out.endswith("passed\n")
    for seed in (*SEEDS, "4242"):
        monkeypatch.setenv("AUTOGRADER_SEED", seed)
        lab.check(exercise)(function, lab.fresh(exercise))


@pytest.mark.parametrize(("lab", "exercise"), EXERCISES, ids=label)
def test_every_exercise_has_two_alternatives(lab, exercise):
    assert sum(name.startswith(f"{exercise}__") for name in lab.alternatives.ALTERNATIVES) >= 2
