"""Shapes of notebooks that others have reported in public: each is read, with every answer in its place.

The report stands beside each shape; the notebooks are our own solution, saved in that way.
"""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import jupytext
import nbformat
import pytest

from autograder.alignment.align import Aligned, align
from autograder.model import assignment
from autograder.model.lab import find

if TYPE_CHECKING:
    from collections.abc import Callable

LAB = find("lab1_rnn")
LOADED = assignment.load(LAB)
SOLUTION = nbformat.read(LAB.solution_path, as_version=4)
Notebook = dict[str, Any]


def fresh() -> Notebook:
    found: Notebook = json.loads(nbformat.writes(SOLUTION))
    return found


def cell(notebook: Notebook, name: str) -> Notebook:
    return next(one for one in notebook["cells"] if one.get("id") == name)


def widgets_without_state(notebook: Notebook) -> None:
    """googlecolab/colabtools#5288: the states of widgets stand where their `state` should be."""
    notebook["metadata"]["widgets"] = {"application/vnd.jupyter.widget-state+json": {"5f": {"model_name": "HTMLModel"}}}


def accelerator_beside_the_metadata(notebook: Notebook) -> None:
    """wandb/examples#385: Colab's accelerator at the top, format 4.0."""
    notebook |= {"accelerator": "GPU", "nbformat_minor": 0}
    for one in notebook["cells"]:
        one.pop("id", None)


def version_that_is_a_number(notebook: Notebook) -> None:
    """microsoft/vscode-jupyter#5246: the version of the language is the number 3, and orig_nbformat is 2."""
    notebook["metadata"]["language_info"] = {"name": "python", "version": 3}
    notebook["metadata"]["orig_nbformat"] = 2


def no_language_info(notebook: Notebook) -> None:
    """microsoft/vscode#231530: the description of the language is gone after looking at it."""
    notebook["metadata"].pop("language_info", None)


def kernelspec_with_more(notebook: Notebook) -> None:
    """microsoft/vscode-python#7960: the kernel's environment and interrupt mode stand in its name."""
    notebook["metadata"]["kernelspec"] = {
        "display_name": "Python 3", "env": {}, "interrupt_mode": "signal", "metadata": {}, "name": "python3",
    }  # fmt: skip


def kernelspec_without_language(notebook: Notebook) -> None:
    """microsoft/vscode-jupyter#8412: the name of a virtual environment, and no language."""
    notebook["metadata"]["kernelspec"] = {"display_name": "Python 3.9.1 64-bit ('own': virtualenv)", "name": "python3"}
    notebook["metadata"]["metadata"] = {"interpreter": {"hash": "0" * 64}}


def language_of_each_cell(notebook: Notebook) -> None:
    """microsoft/vscode-jupyter#4757: each cell names its language."""
    for one in notebook["cells"]:
        one["metadata"]["vscode"] = {"languageId": "python"}


def no_metadata_of_cells_that_were_run(notebook: Notebook) -> None:
    """microsoft/vscode-jupyter#2325: a cell that is run loses its metadata."""
    for one in notebook["cells"]:
        if one["cell_type"] == "code":
            one["metadata"] = {}


def copied_cells(notebook: Notebook) -> None:
    """jupyter/nbgrader#1083: cells were copied with their nbgrader ids."""
    for name in ("ex-rnn_step", "check-rnn_step"):
        place = notebook["cells"].index(cell(notebook, name))
        notebook["cells"].insert(place + 1, {**copy.deepcopy(notebook["cells"][place]), "id": f"copy-{name}"})


def the_same_cell_twice(notebook: Notebook) -> None:
    """jupyter/nbgrader#1933: the very same cell stands there twice, its Jupyter id, too."""
    notebook["cells"].append(copy.deepcopy(cell(notebook, "check-embed")))


def copied_text_cells(notebook: Notebook) -> None:
    """TU-Wien-dataLAB/grader-service#51: a text cell was copied with its metadata."""
    notebook["cells"].append({**copy.deepcopy(cell(notebook, "written")), "id": "copy"})


def deleted_cells(notebook: Notebook) -> None:
    """TU-Wien-dataLAB/grader-service#213: cells that can't be deleted in Jupyter were deleted in VS Code."""
    gone = {"check-rnn_step", "check-embed", "imports", "tokenize"}
    notebook["cells"] = [one for one in notebook["cells"] if one["id"] not in gone]


def older_schema(notebook: Notebook) -> None:
    """jupyter/nbgrader#883: nbgrader's metadata has no version."""
    for one in notebook["cells"]:
        one["metadata"].get("nbgrader", {}).pop("schema_version", None)


def newer_schema(notebook: Notebook) -> None:
    """jupyter/nbgrader#1086: nbgrader's metadata is of a version that is newer."""
    for one in notebook["cells"]:
        if "nbgrader" in one["metadata"]:
            one["metadata"]["nbgrader"]["schema_version"] = 9


def ids_of_foreign_cells(notebook: Notebook) -> None:
    """jupyter/nbgrader#377: a cell that is none of ours has an nbgrader id."""
    own = nbformat.v4.new_code_cell("x = 1", metadata={"nbgrader": {"grade_id": "mine"}})
    notebook["cells"].insert(4, json.loads(json.dumps(own)))


def empty_metadata_of_written_answers(notebook: Notebook) -> None:
    """jupyter/nbgrader#424: the answers in words have lost their metadata."""
    for one in notebook["cells"]:
        if one["cell_type"] == "markdown":
            one["metadata"] = {}


def raw_cells_are_text(notebook: Notebook) -> None:
    """ucbds-infra/otter-grader#592: editors without raw cells make text of them."""
    notebook["cells"].insert(
        2, {"cell_type": "markdown", "metadata": {}, "source": "```otter\n# BEGIN\n```", "id": "r"}
    )


def outputs_with_ids(notebook: Notebook) -> None:
    """NeuromatchAcademy/course-content#101: Colab names the output of each cell anew at each run."""
    for number, one in enumerate(notebook["cells"]):
        one["metadata"] |= {"id": f"{number:012x}", "outputId": f"{number:08x}-0000", "colab": {"base_uri": "local"}}


CHANGES: list[Callable[[Notebook], None]] = [
    widgets_without_state,
    accelerator_beside_the_metadata,
    version_that_is_a_number,
    no_language_info,
    kernelspec_with_more,
    kernelspec_without_language,
    language_of_each_cell,
    no_metadata_of_cells_that_were_run,
    copied_cells,
    the_same_cell_twice,
    copied_text_cells,
    deleted_cells,
    older_schema,
    newer_schema,
    ids_of_foreign_cells,
    empty_metadata_of_written_answers,
    raw_cells_are_text,
    outputs_with_ids,
]
# jupytext#165, #426, #993: what a round trip through a text format keeps of cells; mystmd#2964: of their metadata.
FORMATS = ["md", "md:myst", "py:percent", "py:light", "Rmd"]


def answers(found: Aligned) -> dict[str, str]:
    """Return the text of each exercise, without empty lines: some formats take two of them for the end of a cell."""
    graded = {name: one for one in found.notebook.cells if (name := one.metadata.get("nbgrader", {}).get("grade_id"))}
    return {
        name: "\n".join(line for line in one.source.splitlines() if line.strip())
        for name, one in graded.items()
        if name.startswith("ex-")
    }


WANTED = answers(align(nbformat.writes(SOLUTION).encode(), LOADED))


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_every_answer_is_found(change: Callable[[Notebook], None]) -> None:
    notebook = fresh()
    change(notebook)
    found = align(json.dumps(notebook).encode(), LOADED)
    assert not found.unreadable
    assert found.missing == ()
    assert answers(found) == WANTED


@pytest.mark.parametrize("form", FORMATS)
def test_every_answer_is_found_after_a_round_trip_through_text(form: str) -> None:
    text = jupytext.writes(SOLUTION, fmt=form)
    back = jupytext.reads(text, fmt=form)
    for data in (nbformat.writes(back).encode(), text.encode()):
        found = align(data, LOADED)
        assert not found.unreadable
        assert found.missing == ()
        assert answers(found) == WANTED


def test_an_empty_file_is_no_notebook() -> None:
    """berkeley-dsep-infra/datahub#4477: a notebook that was not saved is empty."""
    found = align(b"", LOADED)
    assert "empty" in found.unreadable
