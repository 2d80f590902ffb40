"""The student's own check before handing in: what passes, and what is wrong with the file."""

import copy
import importlib.util
import json
import sys
from importlib import import_module
from types import SimpleNamespace

import nbformat
import pytest
from nbclient import NotebookClient

from autograder.model.cells import grade_id
from autograder.model.lab import Lab, labs
from labkit import submit
from labkit.base import grader
from labkit.checks import lab1_rnn as checks

LAB = Lab("lab1_rnn")
RELEASE = json.loads(LAB.release_path.read_text(encoding="utf-8"))


def found(edit=len, *, name="lab1_rnn.ipynb", size=1000, ran=(), answered=True):
    notebook = copy.deepcopy(RELEASE)
    for cell in notebook["cells"]:
        cell["source"] = "".join(cell["source"])
        if answered:
            cell["source"] = cell["source"].replace("YOUR ANSWER HERE", "Because of the product.")
    edit(notebook["cells"])
    return list(submit.problems(submit.Saved(notebook, name, size), checks, ran))


def place(cells, wanted):
    return next(i for i, cell in enumerate(cells) if cell["metadata"].get("nbgrader", {}).get("grade_id") == wanted)


def test_a_good_file_gives_no_warning():
    assert found() == []


@pytest.mark.parametrize("lab", labs(), ids=lambda lab: lab.name)
def test_the_check_before_handing_in_knows_every_lab(lab):
    notebook = json.loads(lab.release_path.read_text(encoding="utf-8").replace("YOUR ANSWER HERE", "Because of it."))
    for cell in notebook["cells"]:
        cell["source"] = "".join(cell["source"])
    its_checks = import_module(f"labkit.checks.{lab.name}")

    def told(name):
        return list(submit.problems(submit.Saved(notebook, name, 1000), its_checks, ()))

    assert told(f"{lab.name}.ipynb") == []
    assert told("lab.ipynb") == [f"The file is called lab.ipynb; hand it in as {lab.name}.ipynb."]
    name, exercise = list(its_checks.EXERCISES.items())[-1]
    notebook["cells"].pop(place(notebook["cells"], f"ex-{name}"))
    assert told(f"{lab.name}.ipynb") == [
        f"Exercise {exercise.number}: {name} is not in the notebook. Get a fresh copy of the lab for its cell."
    ]


def test_each_fault_of_a_file_is_named():
    assert found(name="Copy of lab1_rnn.ipynb") == [
        "The file is called Copy of lab1_rnn.ipynb; hand it in as lab1_rnn.ipynb."
    ]
    assert found(size=30_000_000) == ["The file has 30 MB. Clear all outputs, and save it."]
    assert found(answered=False) == ["The question in words is not answered yet."]
    assert found(lambda cells: cells.pop(place(cells, "ex-embed"))) == [
        "Exercise 1.4: embed is not in the notebook. Get a fresh copy of the lab for its cell."
    ]
    assert found(lambda cells: cells.pop(place(cells, "check-embed"))) == [
        "The check of embed was deleted. The grader puts it back; you don't see what it says."
    ]
    twice = found(lambda cells: cells.append(cells[place(cells, "ex-embed")]))
    assert twice == ["Exercise 1.4: embed stands there more than once: the last one counts."]


def test_lost_names_and_a_wrong_order_are_seen():
    def strip(cells):
        for cell in cells:
            cell["metadata"] = {}

    assert "names of the cells" in found(strip)[0]

    def number(cells):
        cells[place(cells, "ex-embed")]["execution_count"] = 3
        cells[place(cells, "ex-encode")]["execution_count"] = 7

    assert "from top to bottom" in found(number)[0]


def test_a_cell_that_was_changed_since_it_ran_is_named():
    ran = ["".join(cell["source"]) for cell in RELEASE["cells"]]
    assert found(ran=ran) == []

    def change(cells):
        cells[place(cells, "ex-embed")]["source"] += "\n    # new"

    assert found(change, ran=ran) == ["Exercise 1.4: embed was changed since it was run, or was never run."]


def test_many_exercises_are_not_all_listed():
    def strip(cells):
        cells[:] = [cell for cell in cells if "ex-" not in cell["id"]]

    [said, *_] = found(strip)
    assert said.startswith("Exercise 1.1: build_vocabulary, Exercise 1.2: encode, ")
    assert f" and {len(checks.EXERCISES) - 4} more " in said


def test_what_the_grader_has_not_got_is_named_and_what_the_notebook_writes_is_not():
    def add(cells):
        new = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
        cells.append({**new, "source": "%%writefile mine.py\nx = 1"})
        cells.append({**new, "source": "%matplotlib inline\nimport pandas as pd, os, mine\nfrom sklearn import svm"})
        cells.append({**new, "source": "!pip install seaborn\nimport tensorflow.keras as k\nfrom . import odd"})

    assert "The grader has not got pandas, sklearn: an import costs nothing there, using it does." in found(add)


def test_the_grader_has_what_labkit_says():
    assert not [name for name in grader.PACKAGES if importlib.util.find_spec(name) is None]


def test_in_colab_the_notebook_is_asked_for(monkeypatch):
    ask = SimpleNamespace(
        blocking_request=lambda *_, **__: {"ipynb": {"cells": [], "metadata": {"colab": {"name": "a"}}}}
    )
    monkeypatch.setitem(sys.modules, "google.colab", SimpleNamespace(_message=ask))
    monkeypatch.setitem(sys.modules, "google.colab._message", ask)
    assert submit.saved().name == "a"
    ask.blocking_request = lambda *_, **__: None
    assert submit.saved() is None


def test_jupyter_says_which_file_it_is(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert submit.saved() is None
    for name in ("a.ipynb", "b.ipynb"):
        (tmp_path / name).write_text('{"cells": []}')
    assert submit.saved() is None
    monkeypatch.setenv("JPY_SESSION_NAME", "folder/b.ipynb")
    assert submit.saved().name == "b.ipynb"
    (tmp_path / "b.ipynb").write_text("no JSON")
    assert submit.saved() is None


@pytest.mark.slow
def test_it_says_what_passes_in_a_real_notebook(monkeypatch, tmp_path):
    monkeypatch.setenv("TF_CPP_MIN_LOG_LEVEL", "3")
    notebook = nbformat.reads(nbformat.writes(LAB.notebook), as_version=4)
    wanted = {"imports", "tokenize", "ex-embed", "ex-encode", "demo-submit"}
    notebook.cells = [cell for cell in notebook.cells if grade_id(cell) in wanted]
    notebook.cells[3].source = notebook.cells[3].source.replace("return", "return 1 +")
    nbformat.write(notebook, tmp_path / "mine.ipynb")
    NotebookClient(notebook, resources={"metadata": {"path": str(tmp_path)}}, timeout=120).execute()
    said = "".join(output.text for output in notebook.cells[-1].outputs if output.get("name") == "stdout")
    lines = said.splitlines()
    assert "✓ Exercise 1.2: encode: passes" in lines
    assert any(line.startswith("✗ Exercise 1.4: embed: ") for line in lines)
    assert "○ Exercise 2.1: rnn_step: its cell has not been run" in lines
    assert "1 of 15 pass their examples. The grader tries others, too." in lines
    assert "! The file is called mine.ipynb; hand it in as lab1_rnn.ipynb." in lines
