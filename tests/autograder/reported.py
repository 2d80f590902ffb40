"""Shapes of notebooks that others have reported in public: each function changes a notebook into such a one.

The report stands beside each shape. `ours` is the solution of lab 1, as it is saved by ourselves.
"""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import nbformat

from autograder.model import assignment
from autograder.model.lab import find

if TYPE_CHECKING:
    from collections.abc import Callable

LAB = find("lab1_rnn")
LOADED = assignment.load(LAB)
SOLUTION = nbformat.read(LAB.solution_path, as_version=4)
Notebook = dict[str, Any]


def ours() -> Notebook:
    found: Notebook = json.loads(nbformat.writes(SOLUTION))
    return found


def cell(notebook: Notebook, name: str) -> Notebook:
    return next(one for one in notebook["cells"] if one.get("id") == name)


def cell_of_code(source: str) -> Notebook:
    return {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": source}


def marked(mark: str) -> Notebook:
    return {"cell_type": "markdown", "metadata": {}, "source": f'<span style="color:red">**{mark}**</span>'}


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


def whole_notebook_twice(notebook: Notebook) -> None:
    """jupyterlab/jupyter-collaboration#545: all cells follow a second time, under ids of their own."""
    notebook["cells"] += [{**copy.deepcopy(one), "id": f"again-{one['id']}"} for one in notebook["cells"]]


def code_again_without_outputs(notebook: Notebook) -> None:
    """datalayer/jupyter-mcp-server#251: all code follows a second time, without outputs and what stands beside it."""
    codes = [one["source"] for one in notebook["cells"] if one["cell_type"] == "code"]
    notebook["cells"] += [{"cell_type": "code", "metadata": {}, "outputs": [], "source": code} for code in codes]


def text_twice_in_each_cell(notebook: Notebook) -> None:
    """jupyterlab/jupyter-collaboration#594: each cell holds its text twice, with no line break between."""
    for one in notebook["cells"]:
        one["source"] = "".join(one["source"]) * 2


def notebook_in_its_first_cell(notebook: Notebook) -> None:
    """RooCodeInc/Roo-Code#4956: an agent has put all of the file's JSON into the first cell."""
    notebook["cells"].insert(0, cell_of_code(json.dumps(notebook, indent=1)))


def notebook_in_its_only_cell(notebook: Notebook) -> None:
    """RooCodeInc/Roo-Code#4956: the same, and nothing else is left."""
    notebook["cells"] = [cell_of_code(json.dumps(notebook, indent=1)), cell_of_code("")]


def both_sides_of_a_merge(notebook: Notebook) -> None:
    """AnswerDotAI/nbdev#334: nbdime leaves both versions of a cell, with marks of the merge around them as text."""
    for name in ("ex-rnn_step", "ex-embed"):
        place = notebook["cells"].index(cell(notebook, name))
        theirs = {**copy.deepcopy(notebook["cells"][place]), "source": LOADED.cell(name).source}
        sides = [marked("<<<<<<< local"), notebook["cells"][place], marked("======="), theirs, marked(">>>>>>> remote")]
        notebook["cells"][place : place + 1] = sides


def parameters_that_are_no_json(notebook: Notebook) -> None:
    """nteract/papermill#630: NaN stands among the parameters, which is none of JSON's numbers."""
    notebook["metadata"]["papermill"] = {"parameters": {"rate": float("nan"), "most": float("inf")}}


def code_without_outputs_and_count(notebook: Notebook) -> None:
    """jupyter-ai-contrib/jupyter-ai-tools#23: an agent's code cells have neither outputs nor a count."""
    for one in notebook["cells"]:
        one.pop("outputs", None)
        one.pop("execution_count", None)


def lines_without_breaks(notebook: Notebook) -> None:
    """bojieli/ai-agent-book#86: an agent writes the lines of a cell without the breaks between them."""
    for name in ("ex-rnn_step", "ex-embed", "written"):
        one = cell(notebook, name)
        one["source"] = "".join(one["source"]).split("\n")


def breaks_that_are_carriage_returns(notebook: Notebook) -> None:
    """AnswerDotAI/nbdev#365: the lines of cells end as they did on old Macs."""
    for one in notebook["cells"]:
        one["source"] = [line.replace("\n", "\r") for line in one["source"]]


def mark_of_the_coding_before_the_text(notebook: Notebook) -> None:
    """jupytext/jupytext#191: the mark that begins a file on Windows has come into a cell."""
    for one in notebook["cells"]:
        one["source"][0] = f"\ufeff{one['source'][0]}"


def outputs_of_databricks(notebook: Notebook) -> None:
    """rapidsai/deployment#323: Databricks has outputs and metadata of its own."""
    own = {"output_type": "display_data", "metadata": {}, "data": {"application/vnd.databricks.v1+bamboolib_hint": {}}}
    notebook["metadata"] = {"application/vnd.databricks.v1+notebook": {"language": "python", "widgets": {}}}
    for number, one in enumerate(notebook["cells"]):
        one["metadata"] = {"application/vnd.databricks.v1+cell": {"inputWidgets": {}, "nuid": f"{number:08x}"}}
        if one["cell_type"] == "code":
            one["outputs"] = [own]


def no_metadata_at_all(notebook: Notebook) -> None:
    """petrobras/3W#71: the key is missing, of the notebook and of its cells."""
    del notebook["metadata"]
    for one in notebook["cells"]:
        del one["metadata"]


def metadata_that_is_null(notebook: Notebook) -> None:
    """ipython/ipython#7746: it is null, where it should be an object."""
    notebook["metadata"] = None
    for one in notebook["cells"]:
        one["metadata"] = None


def no_format(notebook: Notebook) -> None:
    """jsvine/notebookjs#21: there is nothing in the file but cells."""
    cells = notebook["cells"]
    notebook.clear()
    notebook["cells"] = cells


def yaml_in_the_first_cell(notebook: Notebook) -> None:
    """quarto-dev/quarto-cli#9819: Quarto's header becomes a cell, and text cells have attachments, if none."""
    for one in notebook["cells"]:
        if one["cell_type"] == "markdown":
            one["attachments"] = {}
    header = {"cell_type": "raw", "metadata": {}, "source": ["---\n", "title: Lab\n", "---"], "id": "header"}
    notebook["cells"].insert(0, header)


def ids_in_an_older_format(notebook: Notebook) -> None:
    """facebookresearch/SustainableConcrete#24: cells have ids, in a format that has none."""
    notebook["nbformat_minor"] = 2


def ids_that_were_numbered(notebook: Notebook) -> None:
    """kynan/nbstripout#184: a filter of Git has numbered the cells anew."""
    for number, one in enumerate(notebook["cells"]):
        one["id"] = str(number)


def ids_that_are_numbers(notebook: Notebook) -> None:
    """gradio-app/gradio#5916: ids are long numbers, and no strings; there is no other name."""
    for number, one in enumerate(notebook["cells"]):
        one |= {"id": 302934307671667531413257853548643485645 + number, "metadata": {}}


def marks_of_pycharm(notebook: Notebook) -> None:
    """kynan/nbstripout#163: PyCharm gives cells a name that begins one in a script."""
    for one in notebook["cells"]:
        one["metadata"]["pycharm"] = {"name": "#%% md\n" if one["cell_type"] == "markdown" else "#%%\n"}


def metadata_of_deepnote(notebook: Notebook) -> None:
    """deepnote/deepnote#167: Deepnote keeps the name of a cell in its metadata, beside its type and its place."""
    notebook |= {"nbformat_minor": 0, "metadata": {"deepnote_notebook_id": "0" * 32}}
    for number, one in enumerate(notebook["cells"]):
        kind = one["cell_type"]
        one["metadata"] = {"cell_id": f"{number:032x}", "deepnote_cell_type": kind, "deepnote_sorting_key": f"{number}"}
        del one["id"]


def outputs_of_text_cells(notebook: Notebook) -> None:
    """neuromatch/climate-course-content#163: text cells have outputs and a count, too."""
    for one in notebook["cells"]:
        one |= {"outputs": [], "execution_count": None}


def keys_of_an_editor(notebook: Notebook) -> None:
    """jupyter/nbformat#73: nteract keeps beside a cell's text whether it is folded."""
    for one in notebook["cells"]:
        one["outputExpanded"] = False


def times_and_empty_lines(notebook: Notebook) -> None:
    """jupytext/jupytext#764: cells say when they were run, and how many empty lines follow in the paired script."""
    notebook["metadata"]["jupytext"] = {"formats": "ipynb,py:percent"}
    times = {"start_time": "2021-04-14T23:47:55.354673Z", "end_time": "2021-04-14T23:47:55.365366Z"}
    for one in notebook["cells"]:
        one["metadata"] |= {"ExecuteTime": times, "lines_to_next_cell": 1}


def picture_in_the_written_answer(notebook: Notebook) -> None:
    """jupyter/nbgrader#950: a student has pasted a picture into an answer."""
    one = cell(notebook, "written")
    one["attachments"] = {"figure.png": {"image/png": "iVBORw0KGgo="}}
    one["source"] = [*one["source"], "\n\n![figure.png](attachment:figure.png)"]


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
    whole_notebook_twice,
    code_again_without_outputs,
    text_twice_in_each_cell,
    notebook_in_its_first_cell,
    notebook_in_its_only_cell,
    both_sides_of_a_merge,
    parameters_that_are_no_json,
    code_without_outputs_and_count,
    lines_without_breaks,
    breaks_that_are_carriage_returns,
    mark_of_the_coding_before_the_text,
    outputs_of_databricks,
    no_metadata_at_all,
    metadata_that_is_null,
    no_format,
    yaml_in_the_first_cell,
    ids_in_an_older_format,
    ids_that_were_numbered,
    ids_that_are_numbers,
    marks_of_pycharm,
    metadata_of_deepnote,
    outputs_of_text_cells,
    keys_of_an_editor,
    times_and_empty_lines,
    picture_in_the_written_answer,
]
