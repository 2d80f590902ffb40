"""Right answers pass however they are written: on the public cases, and on fresh ones with several seeds."""

import pytest

from checks.labs_checked import ALTERNATIVES, EXERCISES, SEEDS, label

FRESH = (*SEEDS, "4242")


def tried():
    """Each right answer with every seed; each day with one of them, where it starts TensorFlow."""
    slow, more = [pytest.mark.slow], [pytest.mark.slow, pytest.mark.thorough]
    for lab, answer in ALTERNATIVES:
        name = f"{lab.name}-{answer}"
        if lab.slow(answer):
            yield pytest.param(lab, answer, FRESH[:1], id=name, marks=slow)
            yield pytest.param(lab, answer, FRESH[1:], id=f"{name}-more", marks=more)
        else:
            yield pytest.param(lab, answer, FRESH, id=name)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize(("lab", "answer", "seeds"), list(tried()))
def test_a_right_answer_passes_however_it_is_written(lab, answer, seeds, monkeypatch, capsys):
    exercise, function = answer.partition("__")[0], lab.alternatives.ALTERNATIVES[answer]
    lab.check(exercise)(function)
    assert capsys.readouterr().out.endswith("passed\n")
    for seed in seeds:
        monkeypatch.setenv("AUTOGRADER_SEED", seed)
        lab.check(exercise)(function, lab.fresh(exercise))


@pytest.mark.parametrize(("lab", "exercise"), EXERCISES, ids=label)
def test_every_exercise_has_two_alternatives(lab, exercise):
    assert sum(name.startswith(f"{exercise}__") for name in lab.alternatives.ALTERNATIVES) >= 2
