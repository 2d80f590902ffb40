"""At level `uid`, in a container without namespaces, every eighth case of the corpus gets what it earned, too.

In `make test` every fortieth.
"""

from __future__ import annotations

import os

import container
import pytest

from autograder.base.files import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.hostile]

EVERY = 40 if os.environ.get("HOSTILE_IN_SHORT") else 8
SECONDS = 1800


def test_a_part_of_the_corpus_in_a_container() -> None:
    container.skip_where_there_is_none()
    settings = {"HOSTILE_ISOLATION": "uid", "HOSTILE_EVERY": str(EVERY), "HOSTILE_IN_SHORT": "1"}
    settings["HOSTILE_CELL_SECONDS"] = "12"  # one case looks at every object, which takes its time
    made = container.of_checkout(settings)
    made.shown["/grader/pyproject.toml"] = ROOT / "pyproject.toml"
    which = ["-p", "no:cacheprovider", "-n", "0", "-q", "--rootdir", "/grader", "-c", "/grader/pyproject.toml"]
    argv = [container.python(), "-m", "pytest", *which, "/grader/tests/hostile/test_hostile.py"]
    done = made.run(argv, SECONDS)
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]
    assert "passed" in done.stdout
