"""Files that are no notebook, or a notebook that says strange things about itself."""

from __future__ import annotations

import copy
import io
import json
import zipfile
from typing import TYPE_CHECKING, Any

from autograder.model.cells import grade_id
from hostile.case import ALL, Case, Make, code, find, put, submission, wrong

if TYPE_CHECKING:
    from collections.abc import Callable

    from nbformat import NotebookNode

RIGHT = submission()
WRONG = {"encode": wrong("encode")}


def changed(change: Callable[[dict[str, Any]], object], make: Make = RIGHT) -> Make:
    """Change the JSON of a notebook by hand."""

    def made(release: NotebookNode, solution: NotebookNode) -> bytes:
        notebook = json.loads(make(release, solution))
        return json.dumps(change(notebook) or notebook).encode()

    return made


def bytes_of(change: Callable[[bytes], bytes]) -> Make:
    """Change the bytes of a notebook."""
    return lambda release, solution: change(RIGHT(release, solution))


def swapped(old: bytes, new: bytes) -> Make:
    """Hand in the right notebook in which one text, put into its metadata first, is replaced by bytes."""

    def mark(notebook: NotebookNode) -> None:
        notebook.metadata["mark"] = old.decode()

    make = submission(None, mark)
    return lambda release, solution: make(release, solution).replace(b'"' + old + b'"', new)


def hundred_megabytes(release: NotebookNode, solution: NotebookNode) -> bytes:
    return swapped(b"large", b'"' + b"x" * 100_000_000 + b'"')(release, solution)


def half_a_character(release: NotebookNode, solution: NotebookNode) -> bytes:
    make = submission({"encode": f"half = 'one half'\n{wrong('encode')}"})
    return make(release, solution).replace(b"one half", b"one half \\ud83d")


def instead(data: bytes) -> Make:
    return bytes_of(lambda _: data)


def without_check(notebook: NotebookNode) -> None:
    notebook.cells.remove(find(notebook, "check-encode"))


def without_checks(notebook: NotebookNode) -> None:
    notebook.cells = [cell for cell in notebook.cells if not grade_id(cell).startswith("check-")]


def points_edited(notebook: NotebookNode) -> None:
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade"):
            cell.metadata.nbgrader.update(points=1000, max_score=1000, score=1000, locked=False, checksum="0" * 32)


def check_unlocked(notebook: NotebookNode) -> None:
    cell = find(notebook, "check-encode")
    cell.source = "pass  # my instructor told me to remove this check"
    cell.metadata.nbgrader.update(locked=False, solution=True, grade=True, points=1)


def check_doubled(notebook: NotebookNode) -> None:
    real = find(notebook, "check-encode")
    easy = copy.deepcopy(real)
    easy.source, easy["id"] = "print('✓ Exercise 1.2: encode: passed')", "easy"
    notebook.cells.insert(notebook.cells.index(real), easy)
    notebook.cells.append(copy.deepcopy(easy) | {"id": "easy-2"})


def own_check(notebook: NotebookNode) -> None:
    about = {
        "grade": True,
        "grade_id": "check-bonus",
        "locked": True,
        "points": 1000,
        "schema_version": 3,
        "solution": False,
        "task": False,
        "cell_type": "code",
        "checksum": "",
    }
    put("written", code("pass", metadata={"nbgrader": about}))(notebook)


def grade_ids_swapped(notebook: NotebookNode) -> None:
    """Let the easy check stand for the ten points of the hard one."""
    one, other = find(notebook, "check-encode"), find(notebook, "check-rnn_step")
    one.metadata.nbgrader, other.metadata.nbgrader = other.metadata.nbgrader, one.metadata.nbgrader


def claims_success(notebook: NotebookNode) -> None:
    for number, cell in enumerate(notebook.cells):
        if grade_id(cell).startswith("check-"):
            cell.execution_count = number
            text = f"✓ {grade_id(cell)}: passed\n"
            cell.outputs = [{"output_type": "stream", "name": "stdout", "text": text}]
            cell.metadata.nbgrader["score"] = cell.metadata.nbgrader["points"]
    notebook.metadata["nbgrader"] = {"score": 90, "state": "passed", "graded": True}


def title_taken(notebook: NotebookNode) -> None:
    """A second cell, after the check, whose first line names the exercise; the metadata says which cell it is."""
    put("check-encode", code("# Exercise 1.2: encode\n'my notes on it: dictionaries are fun'"), after=True)(notebook)


def zipped(data: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(zipfile.ZipInfo("../../lab1_rnn.ipynb"), data[:1000])
    return packed.getvalue()


def nbformat_3(notebook: dict[str, Any]) -> dict[str, Any]:
    cells = [{**cell, "input": cell["source"], "language": "python"} for cell in notebook["cells"]]
    return {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}, "worksheets": [{"cells": cells}]}


def odd_cell(**fields: object) -> Make:
    return changed(lambda notebook: notebook["cells"][5].update(fields))


def rejected(name: str, what: str, make: Make, links: dict[str, str] | None = None) -> Case:
    return Case(name, "J", what, make, ALL, links=links or {})


NOTEBOOK = "lab1_rnn/lab1_rnn.ipynb"
LOGIN = b"<!DOCTYPE html><html><body><h1>Please log in</h1><script>window.HOSTILE = 1</script></body></html>"
SURROGATE = "a lone half \ud83d of a pair"

CASES = (
    Case(
        "checks_deleted",
        "Z",
        "A wrong answer, and its check is deleted: restored, or left to a person; never the old score.",
        submission(WRONG, without_check),
        ("encode",),
        frozenset({"failed", "missing"}),
        before=submission(),
    ),
    Case(
        "checks_deleted_honest",
        "M",
        "All is right, but every check is deleted: restored, or left to a person.",
        submission(None, without_checks),
        ALL,
        frozenset({"passed", "missing"}),
    ),
    Case(
        "points_edited",
        "F",
        "Points, scores and checksums in the metadata are the student's: the release wins.",
        submission(None, points_edited),
    ),
    Case("points_edited_wrong", "Z", "The same with a wrong answer.", submission(WRONG, points_edited), ("encode",)),
    Case(
        "check_unlocked",
        "Z",
        "Rewrites a check and says in its metadata that it is an exercise.",
        submission(WRONG, check_unlocked),
        ("encode",),
    ),
    Case(
        "check_doubled",
        "Z",
        "Two more cells with a check's grade id, which pass.",
        submission(WRONG, check_doubled),
        ("encode",),
    ),
    Case("own_check", "F", "A check of its own for 1,000 points: it counts nothing.", submission(None, own_check)),
    Case(
        "grade_ids_swapped",
        "Z",
        "An easy and a hard check swap their names: the hard points are not to be had so.",
        submission({"rnn_step": wrong("rnn_step")}, grade_ids_swapped),
        ("rnn_step",),
        frozenset({"failed", "missing", "crashed"}),
    ),
    Case(
        "claims_success",
        "Z",
        "Outputs, counts and metadata claim that everything passed.",
        submission(WRONG, claims_success),
        ("encode",),
    ),
    Case(
        "title_taken", "F", "Notes in a second cell whose first line names an exercise.", submission(None, title_taken)
    ),
    rejected("broken_json", "The file ends in the middle.", bytes_of(lambda data: data[: len(data) // 2])),
    rejected(
        "wrong_encoding",
        "The file says that it is UTF-16, and is not.",
        bytes_of(lambda data: b"\xff\xfe" + data + b"\0" * (len(data) % 2 + 1)),
    ),
    rejected(
        "latin_1", "The file holds bytes of Latin-1.", bytes_of(lambda data: data.replace("…".encode(), b"\xe9\xff"))
    ),
    Case("nbformat_3", "F", "A notebook in format 3, from before 2014.", changed(nbformat_3)),
    rejected(
        "nbformat_99", "A notebook in a format of the future.", changed(lambda notebook: notebook.update(nbformat=99))
    ),
    rejected("hundred_megabytes", "A notebook of 100 MB.", hundred_megabytes),
    rejected("deep_nesting", "Metadata nested 10,000 deep.", swapped(b"deep", b"[" * 10_000 + b"]" * 10_000)),
    rejected(
        "deep_nesting_of_objects",
        "Objects nested 100,000 deep.",
        swapped(b"deep", b'{"a":' * 100_000 + b"1" + b"}" * 100_000),
    ),
    rejected("empty_file", "An empty file.", instead(b"")),
    rejected(
        "zero_bytes", "A file of zero bytes, as a failed upload leaves it.", bytes_of(lambda data: b"\0" * len(data))
    ),
    rejected("only_a_list", "JSON, but a list.", bytes_of(lambda data: b"[" + data + b"]")),
    rejected("only_a_text", "JSON, but a text that says passed.", instead(b'"passed"')),
    rejected(
        "no_cells", "A notebook without the list of cells.", changed(lambda notebook: notebook.pop("cells") and None)
    ),
    rejected(
        "cells_no_list",
        "Cells are an object.",
        changed(lambda notebook: notebook.update(cells={"0": notebook["cells"][0]})),
    ),
    Case("cell_no_object", "F", "A cell is a number.", changed(lambda notebook: notebook["cells"].insert(3, 7))),
    Case("source_no_text", "F", "The source of a given cell is an object.", odd_cell(source={"passed": True})),
    Case("cell_type_unknown", "F", "A given cell of a type that there is not.", odd_cell(cell_type="exam")),
    Case("metadata_no_object", "F", "The metadata of a given cell are a list.", odd_cell(metadata=["nbgrader"])),
    rejected("a_web_page", "A login page, saved under the name of the notebook.", instead(LOGIN)),
    rejected("a_zip", "An archive with a path out of its folder, under the name of the notebook.", bytes_of(zipped)),
    rejected(
        "link_to_the_key",
        "The notebook is a link to the course's key: a link is no submission.",
        RIGHT,
        {NOTEBOOK: "{course}/secret.key"},
    ),
    rejected(
        "link_to_neighbour",
        "The notebook is a link to another student's: a link is no submission.",
        RIGHT,
        {NOTEBOOK: "../../{neighbour}/" + NOTEBOOK},
    ),
    rejected(
        "link_to_a_folder",
        "The student's folder is a link to another student's: a link is no submission.",
        RIGHT,
        {"": "{neighbour}"},
    ),
    Case(
        "lone_surrogate",
        "F",
        "Half a character in a note, an output and metadata, as a broken paste leaves it.",
        changed(
            lambda notebook: (
                notebook["cells"][3].update(source=SURROGATE),
                notebook["metadata"].update({SURROGATE: SURROGATE}),
                None,
            )[-1]
        ),
    ),
    Case(
        "lone_surrogate_in_code",
        "Z",
        "Half a character in the code of an exercise: Python can't run it.",
        half_a_character,
        ("encode",),
        frozenset({"failed", "crashed"}),
    ),
    Case(
        "zero_byte_in_code",
        "Z",
        "A zero byte in the code of an exercise: Python can't run it.",
        submission({"encode": f"# \0\n{wrong('encode')}"}),
        ("encode",),
        frozenset({"failed", "crashed"}),
    ),
    Case(
        "not_python",
        "Z",
        "The exercise cell holds an essay and no Python.",
        submission({"embed": "Dear reader, I did this on paper: pick rows of E."}),
        ("embed",),
        frozenset({"failed", "crashed"}),
    ),
)
