"""What is right is right with either set of packages: the grader's own, and Google Colab's."""

import json
import os
import subprocess
import sys

import pytest

from autograder.base import interpreter
from autograder.base.files import ROOT
from checks import chosen

# Right answers that use what is going away, and what NumPy says of it. They are right as long as they run.
GOING_AWAY: dict[str, str] = {}
WHERE = {"newest": sys.executable, "colab": str(interpreter.colab_program())}


def graded(where, lab):
    path = os.pathsep.join(str(ROOT / part) for part in (".", "labs", "tests"))
    quiet = {"TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1", "PYTHONPATH": path}
    done = subprocess.run(
        [WHERE[where], "-m", "checks.every_alternative", lab],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | quiet,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.slow
@pytest.mark.thorough
@pytest.mark.colab
@pytest.mark.parametrize("lab", chosen.labs())
@pytest.mark.parametrize("where", list(WHERE))
def test_every_right_answer_is_accepted_and_what_is_going_away_is_listed(where, lab):
    if where == "colab" and not interpreter.colab_is_there():
        pytest.skip("Google Colab's packages are not installed here: make colab")
    found = graded(where, lab)
    assert found["tried"]
    assert found["refused"] == {}
    assert {answer: said for answer, said in found["warned"].items() if answer not in GOING_AWAY} == {}
