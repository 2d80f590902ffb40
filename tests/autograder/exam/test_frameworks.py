"""Examiners have no TensorFlow: nothing that a check does there asks for it, in any lab."""

import subprocess
import sys

import pytest

from autograder.engine.engine import TRUSTED
from autograder.exam.examiner import Examiner
from autograder.exam.frameworks import Absent
from autograder.inside.answer import Answerer
from autograder.model.lab import labs

# In a process as examiners have it: every `both` cell, and of every exercise all cases that a grading may draw.
EVERYTHING = """
import importlib, itertools, sys
from autograder.exam import frameworks
from autograder.model.cells import runs_in_examiner
from autograder.model.lab import labs
from labkit.checks import probes

for module in {modules}:
    importlib.import_module(module)
assert not loaded()
frameworks.leave_out()
asked = 0
for lab in labs():
    names = {{}}
    for cell in lab.notebook.cells:
        if runs_in_examiner(cell):
            exec(cell.source, names)
    reference = importlib.import_module(f"autograder.references.{{lab.name}}")
    exercises = importlib.import_module(f"labkit.checks.{{lab.name}}").EXERCISES
    for name, one in reference.REFERENCES.items():
        uses = exercises[name].uses
        groups = [frozenset(some) for size in range(len(uses) + 1) for some in itertools.combinations(uses, size)]
        drawn = [*one.cases(5), *reference.fresh(name)]
        drawn += [case for some in groups for case in one.with_replaced(7, some)]
        for case in drawn:
            asked += len(dict(case.wrong)) + 1
            for fake in case.given.values():
                probes.named(fake)
        for probe in filter(None, (exercises[name].probe, exercises[name].ways)):
            probes.named(probes.name_of(probe))
assert asked > 1000, asked
assert not loaded()
"""
LOADED = """
def loaded():
    import sys
    return [name for name in sys.modules if name.startswith(("tensorflow.", "keras."))]
"""


def test_no_case_reference_or_given_cell_of_any_lab_asks_for_tensorflow():
    code = LOADED + EVERYTHING.format(modules=TRUSTED)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_every_lab_is_preloaded():
    code = "import sys\nfrom autograder.references import preload\nprint(*preload.LABS)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) == {lab.name for lab in labs()}


def test_a_framework_can_be_imported_and_not_used():
    keras = Absent("keras")
    with pytest.raises(AttributeError, match=r"keras\.ops belongs into a probe"):
        _ = keras.ops


def test_a_check_that_uses_one_is_ours_and_nobodys_zero(monkeypatch):
    for name in ("tensorflow", "keras"):
        monkeypatch.setitem(sys.modules, name, Absent(name))
    examiner = Examiner(["import keras\nimport tensorflow as tf"], [], Answerer({}).answer)
    assert examiner.check("keras and tf").error == ""
    found = examiner.check("keras.ops.abs(1)")
    assert found.error == "AttributeError"
    assert "belongs into a probe" in found.message
