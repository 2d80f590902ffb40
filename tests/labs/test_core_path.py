"""The core path of a lab: what it leaves out is left undone, and everything on it runs."""

import re

import nbformat
import pytest
from nbclient import NotebookClient

from autograder.model.cells import kind
from autograder.model.lab import labs

pytestmark = pytest.mark.slow


def the_path(lab):
    """The numbers of the exercises on the path, "1" for all of Part 1, and the letters of its experiments; or None."""
    text = " ".join(" ".join(cell.source for cell in lab.cells("prose")).split())
    found = re.search(r"The core path is ([^:]+?),? and the experiments ([A-Z, and]+):", text)
    return found and ({*re.findall(r"\d(?:\.\d)?", found[1])}, {*re.findall(r"[A-Z]", found[2])})


LABS = [lab for lab in labs() if the_path(lab)]


def undone(lab, exercises):
    """The solution notebook in which the exercises that are left out are as they came, and their numbers."""
    notebook = nbformat.reads(nbformat.writes(lab.notebook), as_version=4)
    stubs = {cell.id: cell.source for cell in nbformat.read(lab.release_path, as_version=4).cells}
    left_out = set()
    for cell in notebook.cells:
        number = re.match(r"# Exercise (\d)\.\d", cell.source)
        if kind(cell) == "exercise" and not exercises & {number[1], number[0].removeprefix("# Exercise ")}:
            cell.source = stubs[cell.id]
            left_out.add(number[0].removeprefix("# Exercise "))
    return notebook, left_out


# The exercises of which an experiment that is left out must say that it needs one.
NEEDS = {"lab1_rnn": r"4\.[234]", "lab4_beyond": r"(1\.4|2\.3|3\.4|5\.3|5\.4)"}


def test_labs_1_and_4_have_a_core_path():
    assert set(NEEDS) <= {lab.name for lab in LABS}


@pytest.mark.parametrize("lab", LABS, ids=lambda lab: lab.name)
def test_the_core_path_needs_nothing_that_it_leaves_out(lab, tmp_path, monkeypatch):
    monkeypatch.setenv("LABKIT_BUDGET", "0.01")
    exercises, letters = the_path(lab)
    notebook, missing = undone(lab, exercises)
    assert missing
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    NotebookClient(notebook, timeout=300, allow_errors=True, resources={"metadata": {"path": str(tmp_path)}}).execute()
    said, letter = {}, ""
    for cell in notebook.cells:
        heading = re.search(r"^### (?:Experiment ([A-Z]))?", cell.source, re.MULTILINE)
        if cell.cell_type == "markdown" and heading:
            letter = heading[1] or ""
        if kind(cell) == "experiment":
            outputs = [output.get("text", output.get("ename", "")) for output in cell.outputs]
            said.setdefault(letter, []).append("".join(outputs))
    for chosen in letters:
        assert "This experiment" not in "".join(said[chosen]), chosen
        assert "Error" not in "".join(said[chosen]), chosen
    left_out = "".join("".join(texts) for letter, texts in said.items() if letter not in letters)
    assert {*re.findall(r"This experiment needs Exercise (\d\.\d)", left_out)} <= missing
    if lab.name in NEEDS:
        assert re.search(f"This experiment needs Exercise {NEEDS[lab.name]}", left_out)
