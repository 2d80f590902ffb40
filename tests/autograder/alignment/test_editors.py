"""What editors and converters made of one notebook is graded as that notebook would be. See tests/editors/README.md."""

from __future__ import annotations

import asyncio
import gzip
import json
import re
from functools import cache
from pathlib import Path

import editors
import jupytext
import nbformat
import pytest
from damaged import answers, in_force

from autograder.alignment import exports
from autograder.alignment.align import align
from autograder.alignment.formats import read
from autograder.base.errors import UnreadableError
from autograder.engine.engine import shared
from autograder.exam import submission
from autograder.model.assignment import Files
from autograder.model.cells import grade_id
from autograder.model.graded import Rules

LAB = "lab1_rnn"
SAVED = Path(next(iter(editors.__path__))) / "saved"
FILES = sorted(path.name.removesuffix(".gz") for path in SAVED.glob("*.gz"))
BROWSED = [name for name in FILES if name.split("-")[0] in {"jupyterlab", "notebook", "nbclassic"}]
# What a receipt says at least of what was done in an editor.
SAID = {
    "edited": set(),
    "split": {("ex-rnn_step", "joined")},
    "merged": set(),
    "deleted": {("check-rnn_forward", "missing")},
    "copied": {("ex-pad_batch", "copy")},
    "moved": {("check-next_word_pairs", "moved")},
    "retyped": set(),
}


@cache
def of_then():
    """The lab that the editors were given: today's may have other words."""
    return Files(LAB, saved("lab/released.ipynb"), saved("lab/solution.ipynb")).assignment()


def saved(name):
    return gzip.decompress((SAVED / f"{name}.gz").read_bytes())


@cache
def aligned(name):
    return align(saved(name), of_then())


def test_the_files_are_those_that_were_meant():
    actions = {name.removesuffix(".ipynb").partition("-")[2] for name in BROWSED}
    assert (actions, len(BROWSED)) == (set(SAID), 3 * len(SAID))
    assert len(FILES) == len(BROWSED) + 19


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_graded_as_the_notebook_that_was_saved(name):
    original, found = aligned("original.ipynb"), aligned(name)
    assert (found.unreadable, found.missing) == ("", original.missing)
    assert answers(found) == answers(original)
    assert in_force(found.notebook.cells, of_then()) == in_force(original.notebook.cells, of_then())
    names = [grade_id(cell) for cell in found.notebook.cells if grade_id(cell)]
    assert names == [grade_id(cell) for cell in of_then().cells if grade_id(cell)]


@pytest.mark.parametrize("name", FILES)
def test_the_students_own_cells_stay(name):
    sources = "\n".join(cell.source for cell in aligned(name).notebook.cells if not grade_id(cell))
    assert "def my_helper(x):" in sources
    assert 'print("what a student prints")' in sources


@pytest.mark.parametrize("name", BROWSED)
def test_the_receipt_says_what_was_repaired(name):
    action = name.removesuffix(".ipynb").partition("-")[2]
    assert {(note.cell, note.how) for note in aligned(name).receipt} >= SAID[action]


@pytest.mark.parametrize("name", [name for name in BROWSED if "edited" in name])
def test_what_was_typed_in_an_exercise_belongs_to_it(name):
    cells = {grade_id(cell): cell.source for cell in aligned(name).notebook.cells}
    assert cells["ex-rnn_step"].endswith("\n    # typed in the editor")


@pytest.mark.parametrize("name", [name for name in BROWSED if "copied" in name])
def test_a_copy_below_an_exercise_runs_before_its_check(name):
    cells = aligned(name).notebook.cells
    check = next(place for place, cell in enumerate(cells) if grade_id(cell) == "check-pad_batch")
    assert cells[check - 1].source.endswith("# this is the copy")
    assert cells[check - 2].source.endswith("# the answer of ex-pad_batch")


def test_a_cell_magic_of_an_exported_exercise_is_one_again():
    for name in ("nbconvert-script.py", "vscode-export.py", "colab-download.py"):
        source = next(cell.source for cell in aligned(name).notebook.cells if grade_id(cell) == "ex-sequence_loss")
        assert re.match(r"%%time\n# Exercise \d+\.\d+: sequence_loss\b.*\ndef sequence_loss\(", source), name


def test_a_fence_in_an_answer_is_no_cell():
    cells = aligned("nbconvert-markdown.md").notebook.cells
    assert "h = np.tanh(h @ W_hh)\n```\n\n* and so on" in next(
        one.source for one in cells if grade_id(one) == "written"
    )


def test_a_line_with_the_coding_may_stand_above_the_header():
    script = saved("jupytext-light.py").decode()
    pieces = read(f"# -*- coding: utf-8 -*-\n{script}".encode())
    assert "ex-rnn_step" in {piece.grade_id for piece in pieces}
    assert [piece.source for piece in pieces] == [piece.source for piece in read(script.encode())]


def test_a_mark_of_vs_code_ends_a_cell_even_inside_a_string():
    script = '# %% [markdown]\n# Text\n#%%\n# Exercise 2.1: rnn_step\ndef f():\n    """A\n# %%\nB"""\n'
    script += '# %% [markdown]\n"""\nQuoted\n"""\n'
    assert [(piece.type, piece.source) for piece in read(script.encode())] == [
        ("markdown", "Text"),
        ("code", '# Exercise 2.1: rnn_step\ndef f():\n    """A'),
        ("code", 'B"""'),
        ("markdown", "Quoted"),
    ]


def test_an_old_notebook_has_headings_and_several_sheets():
    heading = {"cell_type": "heading", "level": 2, "source": ["What ", "this is"]}
    sheets = [{"cells": [heading]}, {"cells": [{"cell_type": "code", "input": "x = 1"}]}, 7, {"cells": 7}]
    pieces = read(json.dumps({"nbformat": 3, "worksheets": sheets}).encode())
    assert [(piece.type, piece.source) for piece in pieces] == [("markdown", "# What this is"), ("code", "x = 1")]


STEP = """# %% A step
# Exercise 2.1: rnn_step
def rnn_step(h):
    # copy the state
    # what?
    h = h.copy()
    return h
"""


def test_a_comment_that_begins_as_a_command_of_a_shell_stays_a_comment():
    """jupytext 1.19.6 makes code of `# copy ...` and of `# what?`: see findings/."""
    [piece] = read(STEP.encode())
    assert piece.source == STEP.split("\n", 1)[1].rstrip("\n")


@pytest.mark.parametrize("form", ["py:percent", "py:light"])
def test_code_that_jupytext_wrote_as_a_comment_is_code_again(form):
    """A list called `ls`, alone on a line in brackets, too; the first line of a cell for `%%writefile`."""
    cells = [
        "# Exercise 2.1: rnn_step\nls = []\nls += [2]\nboth = [\n    0,\n    ls\n]",
        "%%writefile own.py\n# rm what is old\nx = 1",
        "# rm x\ny = 1",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(one) for one in cells])
    script = jupytext.writes(notebook, fmt=form)
    assert "# ls += [2]" in script
    script = script.replace("# # rm x", "# rm x")  # as a person writes it, who adds a comment
    assert [piece.source for piece in read(script.encode()) if piece.source] == cells


def test_a_text_that_jupytext_cannot_read_is_refused_with_a_sentence():
    text = "---\njupytext:\n  format_name: myst\n---\n```{code-cell} ipython3\n---\na: [\n---\n# {}\n```"
    with pytest.raises(UnreadableError, match=r"Hand in the notebook itself"):
        read(text.replace("{}", "Exercise 2.1: rnn_step").encode())


@pytest.mark.parametrize(("limit", "most"), [("MOST_LINES", 20), ("LONGEST_TEXT", 200)])
def test_a_text_that_is_too_long_for_jupytext_is_refused_with_a_sentence(limit, most, monkeypatch):
    monkeypatch.setattr(exports, limit, most)
    text = "# %% A title\n# Exercise 2.1: rnn_step\n"
    assert read(text.encode())
    with pytest.raises(UnreadableError, match=r"too long .* Hand in the notebook itself"):
        read((text + ("x = 1\n" * most if limit == "MOST_LINES" else "x" * most)).encode())


HEADERS = ["jupytext: !!python/object:builtins.object {}", "jupyter: [", "jupytext: 7", "jupyter: {jupytext: [1]}"]


@pytest.mark.parametrize("header", HEADERS)
def test_a_header_that_is_no_yaml_does_no_harm(header):
    pieces = read(f"# ---\n# {header}\n# ---\n\n# %%\n# Exercise 2.1: rnn_step\nx = 1\n".encode())
    assert "# Exercise 2.1: rnn_step\nx = 1" in [piece.source for piece in pieces]


@pytest.mark.slow
def test_verdicts_are_those_of_the_original():
    names = ["original.ipynb", "colab-download.py", "jupyterlab-split.ipynb"]
    grades = [
        asyncio.run(submission.grade(saved(one), of_then(), Rules(b"key"), shared("bubblewrap"))) for one in names
    ]
    states = [{verdict.grade_id: (verdict.state, verdict.key) for verdict in grade.verdicts} for grade in grades]
    assert {str(state) for state, _ in states[0].values()} >= {"passed", "failed", "untouched"}
    for name, found in zip(names, states, strict=True):
        assert found == states[0], name
