"""The core path of a lab: what it leaves out is left undone, and everything on it runs."""

import re

import nbformat
import pytest
from nbclient import NotebookClient

from autograder.model.cells import kind
from autograder.model.lab import Lab

LAB1 = Lab("lab1_rnn")

pytestmark = pytest.mark.slow


def the_path():
    """The numbers of the exercises on the path (those of Part 1 too), and the letters of its experiments."""
    text = " ".join(" ".join(cell.source for cell in LAB1.cells("prose")).split())
    exercises, letters = re.search(
        r"The core path is Part 1, Exercises ([^A-Z]+), and the experiments ([A-Z, and]+):", text
    ).groups()
    return {*re.findall(r"\d\.\d", exercises)}, {*re.findall(r"[A-Z]", letters)}


def undone(exercises):
    """The solution notebook in which the exercises that are left out are as they came."""
    notebook = nbformat.reads(nbformat.writes(LAB1.notebook), as_version=4)
    stubs = {cell.id: cell.source for cell in nbformat.read(LAB1.release_path, as_version=4).cells}
    for cell in notebook.cells:
        number = re.match(r"# Exercise (\d\.\d)", cell.source)
        if kind(cell) == "exercise" and number[1] not in exercises and not number[1].startswith("1."):
            cell.source = stubs[cell.id]
    return notebook


def test_the_core_path_needs_nothing_that_it_leaves_out(tmp_path, monkeypatch):
    monkeypatch.setenv("LABKIT_BUDGET", "0.01")
    exercises, letters = the_path()
    notebook = undone(exercises)
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
    assert re.search(r"This experiment needs Exercise 4\.[234]", left_out)
