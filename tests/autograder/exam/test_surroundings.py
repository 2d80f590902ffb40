"""What a notebook had where it was written is made up for where it can be, and said where it can't."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import TYPE_CHECKING, NoReturn

import nbformat
import pytest

from autograder.alignment.align import align
from autograder.base import interpreter
from autograder.engine.engine import shared
from autograder.exam import submission, surroundings
from autograder.exam.cell_run import CellRun, CellStatus
from autograder.model import assignment
from autograder.model.graded import COLAB, Graded, Rules, engine_kind, of_kind
from autograder.model.lab import find
from autograder.model.verdict import State, Verdict

if TYPE_CHECKING:
    from autograder.model.verdict import Note

LAB = find("lab1_rnn")
LOADED = assignment.load(LAB)
NEW_SYNTAX = 'kept = {"key": 1}\nprint(f"{kept["key"]}")\n'  # quotes within quotes: Python 3.12


def saved(*, by_colab: bool = False, python: str = "", in_exercise: str = "", in_own: str = "") -> bytes:
    notebook = nbformat.read(LAB.solution_path, as_version=4)
    cell = next(cell for cell in notebook.cells if cell.id == "ex-rnn_step")
    cell.source = f"{in_exercise}{cell.source}"
    if in_own:
        notebook.cells.insert(0, nbformat.v4.new_code_cell(in_own))
    notebook.metadata.pop("language_info", None)
    if by_colab:
        notebook.metadata["colab"] = {"provenance": []}
    if python:
        notebook.metadata["language_info"] = {"name": "python", "version": python}
    return nbformat.writes(notebook).encode()


def noted(data: bytes, error: str, message: str, *, where: str, lost: bool) -> list[Note]:
    """Say what is noted when one cell raises."""
    aligned = align(data, LOADED)
    names = [cell.metadata.get("nbgrader", {}).get("grade_id", "") for cell in aligned.notebook.cells]
    happened = [CellRun(CellStatus.OK) for _ in names]
    own = next((place for place, cell in enumerate(aligned.notebook.cells) if "helpers" in cell.source), 0)
    happened[names.index(where) if where else own] = CellRun(CellStatus.RAISED, error, message)
    state = State.FAILED if lost else State.PASSED
    found = [Verdict(cell.grade_id, state, "") for cell in LOADED.graded if cell.exercise]
    return list(surroundings.notes(aligned, LOADED, happened, found))


def graded(data: bytes, *, twice: bool = True) -> Graded:
    rules = Rules(b"key")
    first, second = shared("bubblewrap"), (lambda: shared(engine_kind("bubblewrap", COLAB)))
    job = rules.job(align(data, LOADED).digest, LOADED)
    found = asyncio.run(submission.persist(data, LOADED, job, first.renew, second if twice else None))
    assert isinstance(found, Graded)
    return found


def states(found: Graded) -> dict[str, State | None]:
    return {one.grade_id: one.state for one in found.verdicts if one.state is not None}


@pytest.mark.parametrize("lost", [True, False])
def test_a_module_that_did_not_come_along_is_named_and_a_person_looks_where_points_are_lost(lost: bool) -> None:
    data = saved(in_own="from helpers import embed")
    (note,) = noted(data, "ModuleNotFoundError", "No module named 'helpers'", where="", lost=lost)
    assert "imports helpers, which is not there" in note.text
    assert note.doubt is lost


@pytest.mark.parametrize("python", ["3.99.1", "3.11.0"])
def test_syntax_that_the_graders_python_lacks_is_put_before_a_person(python: str) -> None:
    notes = noted(saved(python=python), "SyntaxError", "invalid syntax", where="ex-rnn_step", lost=True)
    assert [note.how for note in notes] == (["newer"] if python == "3.99.1" else [])
    assert all(note.doubt and "right with Python 3.99, with which it was written" in note.text for note in notes)


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="This Python knows the syntax.")
def test_quotes_within_quotes_are_put_before_a_person_where_nothing_says_with_what_they_were_written() -> None:
    said = "f-string: expecting '}' (3306241527.py, line 2)"
    (note,) = noted(saved(), "SyntaxError", said, where="ex-rnn_step", lost=True)
    assert note.doubt
    assert "may be right with Python 3.12" in note.text
    assert noted(saved(python="3.11.2"), "SyntaxError", said, where="ex-rnn_step", lost=True) == []


def test_a_mistake_of_syntax_in_ones_own_cell_is_no_matter_of_the_version() -> None:
    data = saved(python="3.99.1", in_own="x = = 1")
    assert noted(data, "SyntaxError", "invalid syntax", where="", lost=True) == []


@pytest.mark.parametrize(
    ("metadata", "expected"),
    [
        ({"colab": {}}, "colab"),
        ({"language_info": {"version": "3.12.4"}}, "3.12"),
        ({"language_info": {"version": 3}}, ""),
        ({"language_info": "python"}, ""),
        ([], ""),
    ],
)
def test_a_notebook_says_where_it_was_saved(metadata: object, expected: str) -> None:
    notebook = json.loads(nbformat.writes(nbformat.read(LAB.solution_path, as_version=4)))
    notebook["metadata"] = metadata
    assert align(json.dumps(notebook).encode(), LOADED).saved_with == expected


def test_a_kind_of_engine_names_isolation_and_packages() -> None:
    assert engine_kind("none", COLAB) == "none"
    for kind in ("bubblewrap", "none", "bubblewrap+colab"):
        assert engine_kind(*of_kind(kind)) == kind


def test_the_set_of_packages_is_a_rule_of_the_course_and_what_was_recorded_before_keeps_its_name() -> None:
    newest, colab = Rules(b"key"), Rules(b"key", packages=COLAB)
    assert newest.key("digest", "lab") != colab.key("digest", "lab")
    assert newest.key("digest", "lab", "5") == "b5ee524ec669dc1a347c6aab2d6c4b5f00b4f1049e2ab113fb22c03c517003ff"


in_colab = pytest.mark.skipif(not interpreter.colab_is_there(), reason="Colab's packages are not here: make colab")


@in_colab
@pytest.mark.slow
@pytest.mark.colab
def test_what_fails_here_and_passes_with_colabs_packages_earns_its_points_there() -> None:
    if sys.version_info >= (3, 12):
        pytest.skip("This Python knows the syntax.")
    data = saved(by_colab=True, in_exercise=NEW_SYNTAX)
    alone = graded(data, twice=False)
    assert states(alone)["check-rnn_step"] is State.CRASHED
    assert any(note.how == "newer" and note.doubt for note in alone.receipt)
    found = graded(data)
    assert set(states(found).values()) == {State.PASSED}
    (note,) = found.receipt
    assert (note.how, note.cell) == ("colab", "check-rnn_step")
    assert found.packages.count("TensorFlow") == 2
    shown = {cell["metadata"].get("nbgrader", {}).get("grade_id"): cell for cell in json.loads(found.text)["cells"]}
    assert shown["check-rnn_step"]["outputs"][0]["text"] == "✓ passed\n"


@in_colab
@pytest.mark.slow
@pytest.mark.colab
def test_what_is_wrong_stays_wrong_with_either_set_and_other_notebooks_are_run_once() -> None:
    wrong = "def rnn_step(x_t, h_prev, W_xh, W_hh, b_h):\n    return x_t @ W_xh\n"
    notebook = nbformat.read(LAB.solution_path, as_version=4)
    next(cell for cell in notebook.cells if cell.id == "ex-rnn_step").source = wrong
    notebook.metadata["colab"] = {}
    found = graded(nbformat.writes(notebook).encode())
    assert states(found)["check-rnn_step"] is State.FAILED
    assert found.packages.count("TensorFlow") == 1
    assert not surroundings.lost_elsewhere(align(saved(), LOADED), found.verdicts)


@in_colab
@pytest.mark.slow
@pytest.mark.colab
def test_the_students_of_a_course_may_all_have_colabs_packages() -> None:
    found = asyncio.run(
        submission.grade(
            saved(in_exercise=NEW_SYNTAX), LOADED, Rules(b"key", packages=COLAB), shared("bubblewrap+colab")
        )
    )
    assert set(states(found).values()) == {State.PASSED}
    assert found.packages == interpreter.colab().versions


@in_colab
@pytest.mark.slow
@pytest.mark.colab
def test_nbgraders_own_way_tries_colabs_packages_too() -> None:
    data = saved(by_colab=True, in_exercise=NEW_SYNTAX)
    rules, second = Rules(b"key"), (lambda: shared(engine_kind("bubblewrap", COLAB)))
    found = asyncio.run(submission.examine(align(data, LOADED), LOADED, rules, shared("bubblewrap"), second))
    assert set(states(found).values()) == {State.PASSED}
    assert [note.how for note in found.receipt] == ([] if sys.version_info >= (3, 12) else ["colab"])


def test_whatever_is_wrong_with_colabs_packages_the_first_result_stands() -> None:
    aligned = align(saved(by_colab=True), LOADED)
    failed = tuple(Verdict(cell.grade_id, State.FAILED, "") for cell in LOADED.graded if cell.exercise)
    first = Graded(failed, "", aligned.digest, "key", 1, "none")

    def broken() -> NoReturn:
        raise RuntimeError("no engine")

    job = Rules(b"key").job(aligned.digest, LOADED)
    assert asyncio.run(submission.with_colab(first, aligned, LOADED, job, broken)) is first
