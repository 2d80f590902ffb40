"""Which labs and exercises are tested: all, or those that `pytest --lab` and `--exercise` name.

No lab's tests are imported to say so: an import of all of them takes longer than the tests of one exercise.
"""

import os
from importlib import import_module

from autograder.base.files import ROOT

NAMES = [path.parent.name for path in sorted((ROOT / "labs" / "labkit" / "checks").glob("*/cases.json"))]
LAB, EXERCISE = "TESTED_LAB", "TESTED_EXERCISE"  # in the environment: test modules ask when they are imported


class UnknownError(ValueError):
    """No lab has this exercise, or several do: a sentence that names the labs."""


def lab_of(exercise, lab=""):
    """Name the lab of an exercise; with a lab, make sure that it is in there."""
    if lab and lab not in NAMES:
        raise UnknownError(f"There is no lab {lab}: the labs are {', '.join(NAMES)}.")
    asked = [lab] if lab else NAMES
    found = [name for name in asked if not exercise or exercise in _exercises(name)]
    if not found:
        raise UnknownError(f"No exercise is named {exercise} in {', '.join(asked)}.")
    if exercise and len(found) > 1:
        raise UnknownError(f"{exercise} is in {' and in '.join(found)}: say which, by LAB= or --lab.")
    return found[0] if exercise else lab


def choose(exercise, lab=""):
    """Test only this lab, or only this exercise; what is left open is not restricted."""
    os.environ[LAB], os.environ[EXERCISE] = lab_of(exercise, lab), exercise


def labs():
    """Name the labs to test."""
    return [name for name in NAMES if os.environ.get(LAB, "") in {"", name}]


def tested(exercise):
    """Whether an exercise of these labs is to be tested."""
    return os.environ.get(EXERCISE, "") in {"", exercise}


def builds_keras(exercise, lab):
    """Whether every call of an exercise builds a cell, a model or a tensor."""
    return _exercises(lab)[exercise].probe is not None


def _exercises(lab):
    return import_module(f"labkit.checks.{lab}").EXERCISES
