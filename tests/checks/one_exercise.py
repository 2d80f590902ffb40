"""The whole loop of one exercise: builds and checks its lab, then tries its mutants, mistakes and right answers.

`make exercise E=rnn_step`, or `PYTHONPATH=tests python -m checks.one_exercise rnn_step`.
"""

import argparse
import sys

import pytest

from autograder.author import mutation_score
from autograder.author.build import build
from autograder.author.lint import problems
from autograder.base.errors import UserFacingError
from autograder.base.files import ROOT
from autograder.model.lab import find
from checks import chosen

TESTS = ("checks/test_mistakes.py", "checks/test_alternatives.py", "autograder/references/test_cases_of_every_lab.py")
# Where each call of an exercise builds a Keras model: each tenth mutant, and 30 random inputs for a listed survivor.
SAMPLED = {"every": 10, "inputs": 30}


def main(arguments=None):
    """Run the loop up to the first part that fails; 0 when all is well."""
    parser = argparse.ArgumentParser(prog="make exercise", description=__doc__)
    parser.add_argument("exercise", help="rnn_step ...")
    parser.add_argument("--lab", default="", help="which lab, where several have an exercise of this name")
    options = parser.parse_args(arguments)
    try:
        lab = chosen.lab_of(options.exercise, options.lab)
        changed = build(only=lab)
        wrong = problems(find(lab))
    except (chosen.UnknownError, UserFacingError) as error:
        wrong, changed = [str(error)], []
    for path in changed:
        print(f"wrote {path.relative_to(ROOT)}")
    if wrong:
        print("\n".join(wrong), file=sys.stderr)
        return 1
    return _mutants(options.exercise, lab) or _tests(options.exercise, lab)


def _mutants(exercise, lab):
    sample = SAMPLED if chosen.builds_keras(exercise, lab) else {}
    try:
        return 0 if mutation_score.run([exercise], lab, **sample) else 1
    except UserFacingError as error:
        print(error, file=sys.stderr)
        return 1


def _tests(exercise, lab):
    """Try its mistakes and right answers: after the mutants, which fork, and in this process, which has TensorFlow."""
    files = [str(ROOT / "tests" / test) for test in TESTS]
    quiet = ["-q", "-rfE", "-W", "ignore::pytest.PytestAssertRewriteWarning"]  # of plugins that are imported already
    return int(pytest.main([*quiet, "-m", "not thorough", "--exercise", exercise, "--lab", lab, *files]))


if __name__ == "__main__":
    sys.exit(main())
