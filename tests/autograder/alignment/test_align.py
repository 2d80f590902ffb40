"""Whatever a student hands in becomes a notebook that can be graded, with the release's checks in their places."""

from __future__ import annotations

import copy
import json
import os
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.alignment.align import align, unpack
from autograder.alignment.borders import MOST_BESIDE
from autograder.course.handed_in import fetch
from autograder.model.assignment import Assignment, load
from autograder.model.cells import ABOUT, grade_id, kind
from autograder.model.lab import Lab

if TYPE_CHECKING:
    from collections.abc import Callable

LAB = Lab("lab1_rnn")
RELEASE = json.loads(LAB.release_path.read_text(encoding="utf-8")) if LAB.release_path.exists() else {}


@pytest.fixture(scope="module")
def lab() -> Assignment:
    return load(LAB)


def edited(edit: Callable[[dict[str, Any]], None]) -> bytes:
    notebook = copy.deepcopy(RELEASE)
    edit(notebook)
    return json.dumps(notebook).encode()


def index(notebook: dict[str, Any], name: str) -> int:
    return next(
        i for i, cell in enumerate(notebook["cells"]) if cell["metadata"].get("nbgrader", {}).get("grade_id") == name
    )


def names(cells: list[Any]) -> list[str]:
    return [grade_id(cell) for cell in cells if grade_id(cell)]


UNREADABLE = {
    "empty": (b" \n", "empty"),
    "broken": (b'{"cells": [', "damaged"),
    "deep": (b"[" * 100_000, "damaged"),
    "utf-16": (b"\xff\xfe{", "UTF-8"),
    "latin-1": ('{"cells": "é"}'.encode("latin-1"), "UTF-8"),
    "a list": (b"[]", "not a notebook"),
    "a number": (b"7", "not a notebook"),
    "format 3": (b'{"nbformat": 3, "worksheets": []}', "old format 3"),
    "no format": (b'{"cells": []}', "not a notebook"),
    "odd cell": (b'{"nbformat": 4, "cells": [7]}', "damaged"),
    "odd type": (b'{"nbformat": 4, "cells": [{"cell_type": "magic", "source": ""}]}', "damaged"),
    "odd source": (b'{"nbformat": 4, "cells": [{"cell_type": "code", "source": [1]}]}', "damaged"),
    "long code": (
        b'{"nbformat": 4, "cells": [{"cell_type": "code", "source": "%s"}]}' % (b"x" * 1_000_001),
        "characters",
    ),
    "large": (b" " * 75_000_001, "empty"),
}


def test_a_file_that_cannot_be_read_says_why_and_what_to_do(tmp_path: Path, lab: Assignment) -> None:
    path = tmp_path / "lab1_rnn.ipynb"
    (tmp_path / "lab1_rnn (3).ipynb").write_text("{}")
    (tmp_path / "lab1_rnn (4).ipynb").write_text("[]")
    other = fetch(path)
    assert str(other) == (
        "There is no lab1_rnn.ipynb in what you handed in, but lab1_rnn (3).ipynb, lab1_rnn (4).ipynb. "
        "Hand in one notebook, as lab1_rnn.ipynb."
    )
    assert align(other, lab).unreadable == str(other)
    path.symlink_to("/etc/hostname")
    assert str(fetch(path)) == "lab1_rnn.ipynb or its folder is a link to another place. Hand in the notebook itself."
    # A file of this folder opens, and gives an error when it is read: so does one on a broken disk.
    broken = Path(f"/proc/{os.getpid()}/mem")
    assert "may not read mem" in str(fetch(broken)) or not broken.exists()
    with (tmp_path / "large.ipynb").open("wb") as file:
        file.truncate(75_000_001)
    assert "larger than 75 MB" in str(fetch(tmp_path / "large.ipynb"))


@pytest.mark.parametrize("case", UNREADABLE)
def test_a_file_that_is_no_notebook_becomes_the_release_with_a_notice(lab: Assignment, case: str) -> None:
    data, words = UNREADABLE[case]
    aligned = align(data, lab)
    assert words in aligned.unreadable
    assert aligned.unreadable in aligned.notebook.cells[0].source
    assert names(aligned.notebook.cells) == names(list(lab.cells))
    nbformat.validate(aligned.notebook)


@pytest.mark.slow
@given(
    st.binary()
    | st.recursive(st.none() | st.text() | st.integers(), lambda x: st.lists(x) | st.dictionaries(st.text(), x))
    .map(json.dumps)
    .map(str.encode)
)
def test_no_bytes_at_all_make_it_raise(data: bytes) -> None:
    nbformat.validate(align(data, load(LAB)).notebook)


odd = st.sampled_from(
    [None, 7, [], {}, "ex-rnn_step", "check-rnn_step", {"grade_id": []}, {"grade_id": "ex-embed", "points": "many"}]
)


@pytest.mark.slow
@given(st.lists(st.tuples(st.sampled_from(["code", "markdown", "raw"]), odd, odd), max_size=5))
def test_no_metadata_at_all_makes_it_raise(cells: list[tuple[str, Any, Any]]) -> None:
    lab = load(LAB)
    made = [
        {"cell_type": kind_, "source": "1", "metadata": {"nbgrader": a, "tags": b}, "id": b} for kind_, a, b in cells
    ]
    aligned = align(json.dumps({"nbformat": 4, "cells": made}).encode(), lab)
    nbformat.validate(aligned.notebook)
    assert sorted(names(aligned.notebook.cells)) == sorted(names(list(lab.cells)))


def test_checks_get_their_hidden_tests_and_points_from_the_release(lab: Assignment) -> None:
    def cheat(notebook: dict[str, Any]) -> None:
        cell = notebook["cells"][index(notebook, "check-rnn_step")]
        cell["source"], cell["metadata"]["nbgrader"]["points"] = "5", 1000
        cell["metadata"]["tags"] = ["demo"]

    aligned = align(edited(cheat), lab)
    cell = next(cell for cell in aligned.notebook.cells if grade_id(cell) == "check-rnn_step")
    assert cell == lab.cell("check-rnn_step") | {"outputs": [], "execution_count": None}
    assert kind(cell) == "check"
    assert "reference.fresh" in cell.source


def test_deleted_cells_come_back_at_their_places(lab: Assignment) -> None:
    def delete(notebook: dict[str, Any]) -> None:
        for name in ("imports", "check-rnn_step", "ex-embed", "check-embed", "written"):
            del notebook["cells"][index(notebook, name)]

    aligned = align(edited(delete), lab)
    assert names(aligned.notebook.cells) == names(list(lab.cells))
    assert aligned.missing == ("ex-embed", "written")
    assert len(aligned.receipt) == 5


def test_a_check_that_was_moved_before_its_exercise_goes_behind_it(lab: Assignment) -> None:
    def move(notebook: dict[str, Any]) -> None:
        notebook["cells"].insert(0, notebook["cells"].pop(index(notebook, "check-rnn_step")))

    assert names(align(edited(move), lab).notebook.cells) == names(list(lab.cells))


def test_of_two_cells_with_one_id_the_last_counts_and_the_first_still_runs(lab: Assignment) -> None:
    def split(notebook: dict[str, Any]) -> None:
        place = index(notebook, "ex-rnn_step")
        first = copy.deepcopy(notebook["cells"][place])
        first["source"] = "helper = 1"
        notebook["cells"].insert(place, first)

    cells = align(edited(split), lab).notebook.cells
    place = next(i for i, cell in enumerate(cells) if grade_id(cell) == "ex-rnn_step")
    assert cells[place - 1].source == "helper = 1"
    assert kind(cells[place - 1]) == "given"
    assert not grade_id(cells[place - 1])


def test_a_notebook_that_lost_all_metadata_is_recognised(lab: Assignment) -> None:
    def strip(notebook: dict[str, Any]) -> None:
        for cell in notebook["cells"]:
            cell["metadata"] = {}

    aligned = align(edited(strip), lab)
    assert names(aligned.notebook.cells) == names(list(lab.cells))
    assert (aligned.missing, len(aligned.notebook.cells)) == ((), len(lab.cells))


def test_cells_of_the_students_own_keep_their_places_and_run_as_code(lab: Assignment) -> None:
    def add(notebook: dict[str, Any]) -> None:
        own = {
            "cell_type": "code",
            "source": "def mine(): pass",
            "metadata": {"tags": ["demo"], "nbgrader": {"grade": True}},
        }
        notebook["cells"].insert(index(notebook, "check-rnn_step"), own)

    cells = align(edited(add), lab).notebook.cells
    place = next(i for i, cell in enumerate(cells) if grade_id(cell) == "check-rnn_step")
    assert (cells[place - 1].source, kind(cells[place - 1])) == ("def mine(): pass", "given")


def test_an_exercise_that_became_text_is_code_again(lab: Assignment) -> None:
    def change(notebook: dict[str, Any]) -> None:
        notebook["cells"][index(notebook, "ex-embed")]["cell_type"] = "markdown"

    aligned = align(edited(change), lab)
    assert next(cell.cell_type for cell in aligned.notebook.cells if grade_id(cell) == "ex-embed") == "code"
    assert [(note.cell, note.how, note.text) for note in aligned.receipt] == [
        ("ex-embed", "retyped", "The cell of Exercise 1.4: embed had become text.")
    ]


def test_an_exercise_that_was_merged_with_its_check_is_taken_out_and_named(lab: Assignment) -> None:
    def merge(notebook: dict[str, Any]) -> None:
        at = index(notebook, "ex-embed")
        check = notebook["cells"].pop(at + 1)
        notebook["cells"][at]["source"] = f"{''.join(notebook['cells'][at]['source'])}\n\n{''.join(check['source'])}"

    receipt = [(note.cell, note.how) for note in align(edited(merge), lab).receipt]
    assert receipt == [("ex-embed", "merged")]


TEXT = {"cell_type": "markdown", "metadata": {}, "source": "It multiplies one matrix with itself."}
CODE = {"cell_type": "code", "metadata": {}, "source": "clearly the product, which shrinks", "outputs": []}


@pytest.mark.parametrize(
    ("place", "cells"), [(1, [TEXT]), (1, [TEXT, TEXT]), (1, [CODE]), (0, [TEXT]), (1, [TEXT | {"cell_type": "raw"}])]
)
def test_a_written_answer_beside_its_place_is_put_into_it(lab: Assignment, place: int, cells: list[Any]) -> None:
    def answer_beside(notebook: dict[str, Any]) -> None:
        at = index(notebook, "written") + place
        notebook["cells"][at:at] = cells

    aligned = align(edited(answer_beside), lab)
    written = next(cell for cell in aligned.notebook.cells if grade_id(cell) == "written")
    assert "YOUR ANSWER HERE" not in written.source
    assert written.source.startswith("**Question 6.1")
    assert written.source.count(cells[0]["source"]) == len(cells)
    assert all(cell.source != cells[0]["source"] for cell in aligned.notebook.cells)
    assert [(note.cell, note.how) for note in aligned.receipt] == [("written", "beside")]


def test_beside_an_answer_in_its_place_and_with_code_that_runs_nothing_is_put_in(lab: Assignment) -> None:
    def answer(notebook: dict[str, Any], cell: dict[str, Any], words: str) -> None:
        at = index(notebook, "written")
        notebook["cells"][at]["source"] = "".join(notebook["cells"][at]["source"]).replace("YOUR ANSWER HERE", words)
        notebook["cells"].insert(at + 1, cell)

    for cell, words in ((TEXT, "An answer."), (CODE | {"source": "x = 1"}, "YOUR ANSWER HERE")):
        aligned = align(edited(lambda notebook, cell=cell, words=words: answer(notebook, cell, words)), lab)
        assert aligned.receipt == ()
        assert cell["source"] in [one.source for one in aligned.notebook.cells]


def test_an_answer_is_looked_for_in_a_few_cells_only(lab: Assignment) -> None:
    def bury(notebook: dict[str, Any]) -> None:
        at = index(notebook, "written") + 1
        notebook["cells"][at:at] = [TEXT] * (3 * MOST_BESIDE)

    aligned = align(edited(bury), lab)
    written = next(cell for cell in aligned.notebook.cells if grade_id(cell) == "written")
    assert written.source.count(TEXT["source"]) == MOST_BESIDE
    assert [cell.source for cell in aligned.notebook.cells].count(TEXT["source"]) == 2 * MOST_BESIDE


def test_our_own_words_of_an_earlier_day_are_no_answer(lab: Assignment) -> None:
    def reword(notebook: dict[str, Any]) -> None:
        at = index(notebook, "written")
        for place in (at - 1, at + 1):
            cell = notebook["cells"][place]
            cell["source"] = "".join(cell["source"]).replace("the", "a").replace("optional", "if you like")

    assert "beside" not in {note.how for note in align(edited(reword), lab).receipt}


def test_what_was_found_survives_the_way_through_a_file(lab: Assignment) -> None:
    aligned = align(edited(lambda notebook: notebook["cells"].pop(index(notebook, "ex-embed"))), lab)
    again = unpack(nbformat.reads(nbformat.writes(aligned.pack()), as_version=4))
    assert (again.digest, again.missing, again.unreadable) == (aligned.digest, aligned.missing, aligned.unreadable)


def test_prose_of_the_release_stays_and_a_students_own_is_made_inert(lab: Assignment) -> None:
    def add(notebook: dict[str, Any]) -> None:
        active = {"cell_type": "markdown", "metadata": {}, "source": "<script>1</script>"}
        notebook["cells"].insert(1, active)
        notebook["cells"][index(notebook, "written")]["source"] += "[x](about:blank)"

    cells = align(edited(add), lab).notebook.cells
    assert cells[0].source == lab.cells[0].source
    text = "".join(cell.source for cell in cells if cell.cell_type == "markdown")
    assert "<script" not in text
    assert "](about" not in text


def test_an_id_on_another_exercises_text_is_in_doubt(lab: Assignment) -> None:
    def paste(notebook: dict[str, Any]) -> None:
        encode = "".join(notebook["cells"][index(notebook, "ex-encode")]["source"])
        notebook["cells"][index(notebook, "ex-embed")]["source"] = encode + "\n    # pasted here by mistake"

    [note] = [note for note in align(edited(paste), lab).receipt if note.doubt]
    assert (note.cell, note.how) == ("ex-embed", "contradicted")


def test_the_notebook_of_another_lab_is_named_as_such(lab: Assignment) -> None:
    other = Lab("lab2_music").release_path.read_bytes()
    aligned = align(other, lab)
    assert aligned.unreadable.startswith("This is not lab1_rnn: it has Exercise ")
    assert names(aligned.notebook.cells) == names(list(lab.cells))


def of_edition(number: int, *, metadata: bool = True, title: bool = True) -> bytes:
    """The solution as a notebook of an edition, which its metadata or its title may have lost."""
    notebook = json.loads(LAB.solution_path.read_text(encoding="utf-8"))
    notebook["metadata"].pop(ABOUT, None)
    if metadata and number > 1:
        notebook["metadata"][ABOUT] = {"edition": number}
    head = notebook["cells"][0]
    text = re.sub(r"^\*Edition \d+\*\n", "", "".join(head["source"]), flags=re.MULTILINE)
    lines = text.split("\n", 1)
    head["source"] = f"{lines[0]}\n*Edition {number}*\n{lines[1]}" if number > 1 else text
    if not title:
        notebook["cells"] = notebook["cells"][1:]
    return json.dumps(notebook).encode()


def test_another_edition_is_refused_in_one_sentence() -> None:
    for number in (1, 3):
        found = align(of_edition(number), load(LAB))
        assert found.unreadable.startswith(f"This is edition {number} of lab1_rnn, and this course uses edition 2.")
    older = replace(load(LAB), metadata={})
    assert align(of_edition(2), older).unreadable.startswith("This is edition 2 of lab1_rnn, and this course uses ed")
    assert not align(of_edition(1), older).unreadable


@pytest.mark.parametrize("kept", [{}, {"metadata": False}, {"title": False}, {"metadata": False, "title": False}])
def test_an_edition_is_known_by_its_metadata_or_its_title_and_without_both_it_is_ours(kept: dict[str, bool]) -> None:
    found = align(of_edition(2, **kept), load(LAB))
    assert (found.unreadable, found.missing) == ("", ())


@pytest.mark.parametrize("said", [True, -2, 0, "2", None, [2], 2.0, 10**9, {"edition": 2}])
def test_a_label_that_is_none_says_nothing(said: Any) -> None:
    notebook = json.loads(of_edition(2, title=False))
    notebook["metadata"][ABOUT] = {"edition": said}
    assert not align(json.dumps(notebook).encode(), load(LAB)).unreadable
    notebook["metadata"][ABOUT] = said
    assert not align(json.dumps(notebook).encode(), load(LAB)).unreadable
