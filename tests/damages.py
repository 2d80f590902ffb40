"""What editors and people do to a notebook on its way: each kind of damage as a function of the notebook's JSON.

Every damage is recoverable: nothing that a student wrote is gone. `corpus` draws single damages and pairs of them.
"""

from __future__ import annotations

import copy
import json
from typing import Any

import jupytext
import nbformat
from editors.forms import as_colab_script, as_vscode_script, colab, colab_without_nbgrader, text
from nbconvert import PythonExporter

from autograder.model.cells import grade_id, kind

Notebook = dict[str, Any]


def solved(lab):
    """A lab with an answer in each exercise and question; each holds a text of its own."""
    cells = []
    for cell in lab.cells:
        made = {"id": cell.id, "cell_type": cell.cell_type, "metadata": json.loads(json.dumps(cell.metadata))}
        made["metadata"].get("nbgrader", {}).pop("checksum", None)
        source = cell.source
        if kind(cell) == "check":
            source = source.partition("### BEGIN HIDDEN TESTS")[0].rstrip("\n")
        if kind(cell) == "exercise":
            STUBS[grade_id(cell)] = cell.source
            source = lab.solutions[grade_id(cell)].rstrip("\n") + f"\n    # the answer of {grade_id(cell)}"
        if kind(cell) == "written":
            source = cell.source.rstrip("\n") + f"\n\nthe answer of {grade_id(cell)}: memory, mostly."
        made["source"] = source
        if cell.cell_type == "code":
            made |= {"outputs": [], "execution_count": None}
        cells.append(made)
    metadata = {"kernelspec": dict(lab.metadata["kernelspec"]), "language_info": {"name": "python"}}
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def name(cell):
    return cell["metadata"].get("nbgrader", {}).get("grade_id", "")


def of(notebook, *kinds):
    """Places of the cells of these kinds, among those that still have their metadata."""
    found = []
    for index, cell in enumerate(notebook["cells"]):
        about = cell["metadata"].get("nbgrader")
        if about is None:
            if "prose" in kinds and cell["cell_type"] == "markdown":
                found.append(index)
            continue
        if kind(nbformat.from_dict(cell)) in kinds:
            found.append(index)
    return found


def code(source):
    return {"cell_type": "code", "metadata": {}, "source": source, "outputs": [], "execution_count": None}


# Metadata


def no_metadata(notebook, draw):
    for cell in notebook["cells"]:
        cell["metadata"] = {}
    notebook["metadata"] = {}


def no_ids(notebook, draw):
    """Write it as nbformat 4.0 has it."""
    for cell in notebook["cells"]:
        cell.pop("id", None)
    notebook["nbformat_minor"] = 0


def neither(notebook, draw):
    no_metadata(notebook, draw)
    no_ids(notebook, draw)


# Cells


def delete_checks(notebook, draw):
    for index in sorted(draw.sample(of(notebook, "check"), 3), reverse=True):
        del notebook["cells"][index]


def delete_given(notebook, draw):
    for index in sorted(draw.sample(of(notebook, "given"), 2), reverse=True):
        del notebook["cells"][index]


def delete_experiments_and_prose(notebook, draw):
    for index in sorted(draw.sample(of(notebook, "experiment", "prose"), 12), reverse=True):
        del notebook["cells"][index]


def duplicate_exercise(notebook, draw):
    """Copy and paste a solved exercise below itself: JupyterLab copies its metadata, too."""
    place = draw.choice(of(notebook, "exercise"))
    notebook["cells"].insert(place + 1, copy.deepcopy(notebook["cells"][place]) | {"id": "copied"})


def duplicate_stub(notebook, draw):
    """Keep the stub beside the answer, before or behind it."""
    place = draw.choice(of(notebook, "exercise"))
    stub = copy.deepcopy(notebook["cells"][place]) | {"id": "stub", "source": STUBS[name(notebook["cells"][place])]}
    notebook["cells"].insert(place + draw.choice([0, 1]), stub)


def duplicate_check(notebook, draw):
    place = draw.choice(of(notebook, "check"))
    notebook["cells"].insert(draw.randrange(place + 1, len(notebook["cells"])), copy.deepcopy(notebook["cells"][place]))


def move_exercise(notebook, draw):
    place = draw.choice(of(notebook, "exercise"))
    cell = notebook["cells"].pop(place)
    notebook["cells"].insert(draw.randrange(len(notebook["cells"])), cell)


def move_check(notebook, draw):
    place = draw.choice(of(notebook, "check"))
    cell = notebook["cells"].pop(place)
    notebook["cells"].insert(draw.randrange(len(notebook["cells"])), cell)


def retype(notebook, draw):
    """Write an exercise into a new cell, and delete the old one."""
    place = draw.choice(of(notebook, "exercise"))
    notebook["cells"][place] = code(notebook["cells"][place]["source"]) | {"id": "retyped"}


def retype_without_title(notebook, draw):
    place = draw.choice(of(notebook, "exercise"))
    source = notebook["cells"][place]["source"].partition("\n")[2]
    notebook["cells"][place] = code(source) | {"id": "retyped"}


def drop_titles(notebook, draw):
    for place in of(notebook, "exercise"):
        notebook["cells"][place]["source"] = notebook["cells"][place]["source"].partition("\n")[2]


def turn_into_text(notebook, draw):
    for place in draw.sample(of(notebook, "exercise"), 2):
        cell = notebook["cells"][place]
        cell["cell_type"] = draw.choice(["markdown", "raw"])
        cell.pop("outputs"), cell.pop("execution_count")


# Borders


def _split(notebook, place, line, keep_metadata):
    cell = notebook["cells"][place]
    lines = cell["source"].split("\n")
    second = copy.deepcopy(cell) | {"id": "second", "source": "\n".join(lines[line:])}
    if not keep_metadata:
        second["metadata"] = {}
    cell["source"] = "\n".join(lines[:line])
    notebook["cells"].insert(place + 1, second)


def split_in_the_body(notebook, draw):
    """Split an exercise with ctrl-shift-minus inside its function: JupyterLab gives both halves the metadata."""
    place = draw.choice(of(notebook, "exercise"))
    lines = notebook["cells"][place]["source"].split("\n")
    _split(notebook, place, draw.randrange(2, len(lines) - 1), draw.choice([True, False]))


def split_below_the_title(notebook, draw):
    _split(notebook, draw.choice(of(notebook, "exercise")), 1, draw.choice([True, False]))


def split_given(notebook, draw):
    places = of(notebook, "given", "experiment")
    place = draw.choice([i for i in places if notebook["cells"][i]["source"].count("\n") > 4])
    lines = notebook["cells"][place]["source"].split("\n")
    _split(notebook, place, draw.randrange(1, len(lines) - 1), draw.choice([True, False]))


def _merge(notebook, first, second):
    """Merge two cells, given by place, as JupyterLab does: the first one's metadata stays; cells between stay below."""
    one, two = notebook["cells"][first], notebook["cells"].pop(second)
    one["source"] += "\n\n" + two["source"]


def merge_exercise_and_check(notebook, draw):
    place = draw.choice([i for i in of(notebook, "exercise") if i + 1 in of(notebook, "check")])
    _merge(notebook, place, place + 1)


def merge_two_exercises(notebook, draw):
    places = of(notebook, "exercise")
    number = draw.randrange(len(places) - 1)
    _merge(notebook, places[number], places[number + 1])


def merge_check_and_exercise(notebook, draw):
    exercises = of(notebook, "exercise")
    place = draw.choice([i for i in of(notebook, "check") if i < exercises[-1]])
    _merge(notebook, place, next(i for i in exercises if i > place))


def merge_exercise_and_experiment(notebook, draw):
    exercises, experiments = of(notebook, "exercise"), of(notebook, "experiment")
    if not experiments:
        return  # a lab of which nothing but the exercises is written
    place = draw.choice([i for i in exercises if i < experiments[-1]])
    _merge(notebook, place, next(i for i in experiments if i > place))


def merge_everything_of_a_part(notebook, draw):
    """Merge an exercise, its check, and all code up to the next two exercises."""
    places = of(notebook, "exercise")
    number = draw.randrange(len(places) - 2)
    first, last = places[number], places[number + 2]
    for place in [i for i in range(last, first, -1) if notebook["cells"][i]["cell_type"] == "code"]:
        notebook["cells"][first + 1 : place + 1] = [
            cell for cell in notebook["cells"][first + 1 : place + 1] if cell["cell_type"] != "code"
        ] + [cell for cell in notebook["cells"][first + 1 : place + 1] if cell["cell_type"] == "code"]
        break
    codes = [i for i in range(first + 1, last + 1) if notebook["cells"][i]["cell_type"] == "code"]
    sources = [notebook["cells"][i]["source"] for i in codes]
    for place in reversed(codes):
        del notebook["cells"][place]
    notebook["cells"][first]["source"] = "\n\n".join([notebook["cells"][first]["source"], *sources])


# Text


def crlf(notebook, draw):
    for cell in notebook["cells"]:
        cell["source"] = cell["source"].replace("\n", "\r\n")


def spaces(notebook, draw):
    for cell in notebook["cells"]:
        cell["source"] = "\n" + cell["source"].replace("\n\n", "\n   \n") + "  \n\n"


def own_cells(notebook, draw):
    for number in range(5):
        place = draw.randrange(10, len(notebook["cells"]))
        notebook["cells"].insert(place, code(draw.choice(OWN).format(number=number)) | {"id": f"own-{number}"})


def changed_given(notebook, draw):
    for place in draw.sample(of(notebook, "given"), 2):
        notebook["cells"][place]["source"] += "\n\nimport itertools  # for my answers\n"


def outputs(notebook, draw):
    for place in of(notebook, "exercise", "check", "experiment"):
        picture = {"output_type": "display_data", "data": {"image/png": "iVBORw0KGgo=" * 2000}, "metadata": {}}
        notebook["cells"][place]["outputs"] = [picture]


OWN = ["!pip install nothing{number}", "%matplotlib inline", "mine{number} = [1, 2]", "# notes {number}",
       "def help{number}(x):\n    return x + 1", "for i in x:\n    print(i", "import math as m{number}"]  # fmt: skip
STUBS: dict[str, str] = {}

METADATA = [no_metadata, no_ids, neither, colab, colab_without_nbgrader]
CELLS = [delete_checks, delete_given, delete_experiments_and_prose, duplicate_exercise, duplicate_stub, duplicate_check,
         move_exercise, move_check, retype, retype_without_title, drop_titles, turn_into_text]  # fmt: skip
BORDERS = [split_in_the_body, split_below_the_title, split_given, merge_exercise_and_check, merge_two_exercises,
           merge_check_and_exercise, merge_exercise_and_experiment, merge_everything_of_a_part]  # fmt: skip
TEXT = [crlf, spaces, own_cells, changed_given, outputs]


# Files


def as_notebook(notebook):
    return json.dumps(notebook).encode()


def with_bom(notebook):
    return b"\xef\xbb\xbf" + as_notebook(notebook)


def as_percent(notebook):
    return jupytext.writes(_read(notebook), fmt="py:percent").encode()


def as_markdown(notebook):
    return jupytext.writes(_read(notebook), fmt="md").encode()


def as_script(notebook):
    """As `jupyter nbconvert --to script`, which is JupyterLab's "Save and export as executable script", writes it."""
    return PythonExporter().from_notebook_node(_read(notebook))[0].encode()


FILES = [with_bom, as_percent, as_markdown, as_script, as_colab_script, as_vscode_script]


def _read(notebook):
    copied = copy.deepcopy(notebook)
    for number, cell in enumerate(copied["cells"]):
        cell["id"] = f"cell-{number}"
        cell["source"] = text(cell)
    copied["nbformat_minor"] = 5
    return nbformat.from_dict(copied)
