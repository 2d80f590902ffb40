"""Shapes of files that others have reported in public: each is read, with every answer in its place.

The report stands beside each shape; the files are our own solution, saved in that way. Notebooks: see reported.py.
"""

from __future__ import annotations

import json
from textwrap import indent
from typing import TYPE_CHECKING

import jupytext
import nbformat
import pytest
from reported import CHANGES, LOADED, SOLUTION, cell, ours, picture_in_the_written_answer

from autograder.alignment.align import Aligned, align
from autograder.alignment.formats import INSIDE, MORE, NO_FORMAT
from autograder.alignment.pieces import TWICE, UNBROKEN

if TYPE_CHECKING:
    from collections.abc import Callable

    from reported import Notebook

# jupytext#165, #426, #993: what a round trip through a text format keeps of cells; mystmd#2964: of their metadata.
FORMATS = ["md", "md:myst", "py:percent", "py:light", "Rmd"]
# What the receipt says, of the file as a whole, where something had to be put right.
PUT_RIGHT = {
    "text_twice_in_each_cell": TWICE,
    "notebook_in_its_only_cell": INSIDE,
    "lines_without_breaks": UNBROKEN,
    "no_format": NO_FORMAT,
}


def answers(found: Aligned) -> dict[str, str]:
    """Return the text of each exercise, without empty lines: some formats take two of them for the end of a cell."""
    graded = {name: one for one in found.notebook.cells if (name := one.metadata.get("nbgrader", {}).get("grade_id"))}
    return {
        name: "\n".join(line for line in one.source.splitlines() if line.strip())
        for name, one in graded.items()
        if name.startswith("ex-")
    }


WANTED = answers(align(nbformat.writes(SOLUTION).encode(), LOADED))


def all_found(data: bytes) -> Aligned:
    found = align(data, LOADED)
    assert not found.unreadable
    assert found.missing == ()
    assert answers(found) == WANTED
    return found


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_every_answer_is_found(change: Callable[[Notebook], None]) -> None:
    notebook = ours()
    change(notebook)
    found = all_found(json.dumps(notebook).encode())
    said = PUT_RIGHT.get(change.__name__)
    assert [note.text for note in found.receipt if note.how == "read"] == ([said] if said else [])


@pytest.mark.parametrize("form", FORMATS)
def test_every_answer_is_found_after_a_round_trip_through_text(form: str) -> None:
    text = jupytext.writes(SOLUTION, fmt=form)
    back = jupytext.reads(text, fmt=form)
    for data in (nbformat.writes(back).encode(), text.encode()):
        all_found(data)


def of_databricks() -> str:
    """jupytext/jupytext#926: a script of Databricks, in which all that is no Python is commented out."""
    cells = []
    for one in ours()["cells"]:
        text = "".join(one["source"])
        prose = indent(f"%md\n{text}", "# MAGIC ", lambda _: True)
        cells.append(f"# DBTITLE 1,A title\n{text}" if one["cell_type"] == "code" else prose)
    cells += ["# MAGIC %sql\n# MAGIC select 1", "# MAGIC %pip install nothing"]
    return "# Databricks notebook source\n" + "\n\n# COMMAND ----------\n\n".join(cells)


def of_fabric() -> str:
    """microsoft/vscode-fabric#153: a script of Microsoft Fabric, with what each cell is above it."""
    about = '\n# METADATA ********************\n\n# META {\n# META   "language": "python"\n# META }\n'
    parts = [f"# Fabric notebook source\n{about}"]
    for one in ours()["cells"]:
        text = "".join(one["source"])
        if one["cell_type"] == "code":
            parts.append(f"\n# CELL ********************\n\n{text}\n{about}")
        else:
            parts.append(f"\n# MARKDOWN ********************\n\n{indent(text, '# ', lambda _: True)}\n")
    return "".join(parts)


def of_marimo() -> str:
    """AFM-SPM/TopoStats#1144: a script of marimo, in which each cell is a function."""
    parts = ['import marimo\n\n__generated_with = "0.19.0"\napp = marimo.App()']
    parts.append("with app.setup:\n    import math\n\n    HALF = math.pi / 2")
    for one in ours()["cells"]:
        text = indent("".join(one["source"]), "    ")
        if one["id"] == "ex-embed":
            parts.append("@app.function\n" + "".join(one["source"]).partition("\n")[2])
        elif one["id"] == "ex-encode":
            parts.append(f'app._unparsable_cell({text!r}, name="_")')
        elif one["cell_type"] == "code":
            parts.append(f"@app.cell\ndef _(\n    np,\n):\n{text}\n    return (np,)")
        else:
            parts.append(f'@app.cell(hide_code=True)\ndef _(mo):\n    mo.md(r"""\n{text}\n    """)\n    return')
    return "\n\n\n".join([*parts, 'if __name__ == "__main__":\n    app.run()\n'])


@pytest.mark.parametrize("script", [of_databricks, of_fabric], ids=lambda script: script.__name__)
def test_every_answer_is_found_in_the_script_of_a_platform(script: Callable[[], str]) -> None:
    all_found(script().encode())


def test_every_answer_is_found_in_a_script_of_marimo() -> None:
    found = align(of_marimo().encode(), LOADED)
    assert not found.unreadable
    assert found.missing == ()
    # A function that marimo keeps by itself has no comment above it: not the title of its exercise either.
    assert answers(found) == WANTED | {"ex-embed": WANTED["ex-embed"].partition("\n")[2]}
    assert "import math\n\nHALF = math.pi / 2" in [one.source for one in found.notebook.cells]


def test_a_script_of_marimo_that_is_no_python_is_read_as_text() -> None:
    found = align(f"{of_marimo()}\n(".encode(), LOADED)
    assert not found.unreadable


def test_every_answer_is_found_in_utf_16() -> None:
    """jupyter/nbdime#506: a notebook can be saved in another coding than Jupyter's."""
    all_found(json.dumps(ours(), ensure_ascii=False).encode("utf-16"))


@pytest.mark.parametrize("left", [nbformat.writes(SOLUTION), nbformat.writes(SOLUTION)[-200:], "\n}\n", "\0" * 4096])
def test_what_an_earlier_save_has_left_behind_is_passed_over(left: str) -> None:
    """jupyter/help#171: more stands behind the end of the notebook, which may be a second one."""
    found = all_found(f"{nbformat.writes(SOLUTION)}{left}".encode())
    assert MORE in [note.text for note in found.receipt]


def test_a_form_feed_ends_no_line_of_an_answer() -> None:
    """datalayer/jupyter-mcp-server#436: what other tools take for the end of a line stands in a string."""
    notebook, odd = ours(), 'ODD = "a\f b\x1c c\x85 d\u2028 e"'
    one, check = cell(notebook, "ex-embed"), cell(notebook, "check-embed")
    notebook["cells"].remove(check)
    one["source"] = [*one["source"], f"\n{odd}\n\n", *check["source"]]
    found = align(json.dumps(notebook).encode(), LOADED)
    assert odd in next(one.source for one in found.notebook.cells if one.id == "ex-embed").split("\n")


def test_the_words_beside_a_picture_are_found() -> None:
    notebook = ours()
    cell(notebook, "written")["source"] = ["The product of many slopes is small."]
    picture_in_the_written_answer(notebook)
    found = align(json.dumps(notebook).encode(), LOADED)
    assert "The product of many slopes" in next(one.source for one in found.notebook.cells if one.id == "written")


def unsolved_merge() -> bytes:
    """mifunedev/orchestra#951: Git's marks were committed within the JSON."""
    lines = nbformat.writes(SOLUTION).splitlines()
    sides = ["<<<<<<< HEAD", *lines[10:12], "=======", *lines[10:12], ">>>>>>> feature"]
    return "\n".join([*lines[:10], *sides, *lines[12:]]).encode()


def note_of_git_lfs() -> bytes:
    """deep-floyd/IF#29: the notebook itself is kept elsewhere."""
    return b"version https://git-lfs.github.com/spec/v1\noid sha256:%s\nsize 123456\n" % (b"0" * 64)


def page_of_github() -> bytes:
    """ageron/handson-ml#580: the page that shows the notebook was saved, which begins with empty lines."""
    return b'\n\n\n\n\n<!DOCTYPE html>\n<html lang="en" data-color-mode="auto">\n</html>'


def notes_of_an_editor() -> bytes:
    """marimo-team/marimo#7950: VS Code has written its own notes over the notebook."""
    cells = [{"cellKind": 2, "source": "".join(one["source"])} for one in ours()["cells"]]
    return ",".join(json.dumps(json.dumps(one)) for one in ({"transientOutputs": False}, {"cells": cells})).encode()


def nothing() -> bytes:
    """berkeley-dsep-infra/datahub#4477: a notebook that was not saved is empty."""
    return b""


SENTENCES = {
    unsolved_merge: "Git has left the marks of a merge",
    note_of_git_lfs: "only a note of Git LFS",
    page_of_github: "This is a web page",
    notes_of_an_editor: "not the JSON text of a notebook",
    nothing: "empty",
}


@pytest.mark.parametrize("file", SENTENCES, ids=lambda file: file.__name__)
def test_a_file_that_holds_no_notebook_says_so(file: Callable[[], bytes]) -> None:
    assert SENTENCES[file] in align(file(), LOADED).unreadable
