"""The hostile corpus is complete, and every case of it is what it says: small, bounded, the same each time."""

from __future__ import annotations

import ast
import json
import time
from collections import Counter
from contextlib import suppress

import nbformat
import pytest
from IPython.core.inputtransformer2 import TransformerManager

from autograder.model.cells import kind, title
from autograder.model.lab import Lab
from autograder.model.verdict import State
from hostile.case import KINDS, LABS, Where
from hostile.corpus import CASES, TOPICS

# The release and the solution of each lab.
NOTEBOOKS = {
    lab: tuple(nbformat.read(path, as_version=4) for path in (Lab(lab).release_path, Lab(lab).solution_path))
    for lab in LABS
}
LARGE = "hundred_megabytes"

# What the table of hostile submissions names, line by line, and the kind of each.
NAMED = {
    "honest": "F",
    "honest_stderr": "F",
    "honest_float32": "F",
    "honest_slow": "F",
    "honest_windows": "F",
    "numpy_testing_patched": "Z",
    "showtraceback_patched": "Z",
    "builtins_patched": "Z",
    "displays_five": "Z",
    "equal_to_everything": "Z",
    "lying_array": "Z",
    "exits_in_the_function": "Z",
    "dies_in_the_cell": "Z",
    "public_table": "Z",
    "nan_everywhere": "Z",
    "scalar_broadcasts": "Z",
    "empty_array": "Z",
    "walks_the_stack": "Z",
    "reads_history": "Z",
    "looks_for_gradebook": "Z",
    "writes_to_neighbour": "Z",
    "network": "Z",
    "endless_loop": "Z",
    "fork_bomb": "Z",
    "memory_bomb": "Z",
    "five_gigabytes_stdout": "Z",
    "five_gigabytes_display": "Z",
    "keras_where_by_hand": "M",
    "ships_numpy": "M",
    "checks_deleted": "Z",
    "points_edited": "F",
    "scripts": "M",
    "broken_json": "J",
    "wrong_encoding": "J",
    "nbformat_3": "F",
    LARGE: "J",
    "deep_nesting": "J",
    "name_formula": "F",
    "forged_reply": "Z",
    "asks_for_full_marks": "M",
}
# These hold a cell that is no Python, or no text, on purpose.
NO_PYTHON = {"honest_scratch", "not_python", "zero_byte_in_code", "lone_surrogate_in_code"}


def build(name: str, where: Where | None = None) -> bytes:
    return CASES[name].build(*NOTEBOOKS[CASES[name].lab], where)


@pytest.fixture(scope="module")
def built() -> dict[str, bytes]:
    return {name: build(name) for name in CASES if name != LARGE}


def test_every_named_case_is_there_with_its_kind() -> None:
    assert {name: CASES[name].kind for name in NAMED} == NAMED
    assert len(CASES) - len(NAMED) >= 25


def test_a_topic_is_about_one_lab_and_each_lab_has_cheats_and_honest_students() -> None:
    assert all(len({case.lab for case in topic.CASES}) == 1 for topic in TOPICS)
    for lab in LABS:
        kinds = Counter(case.kind for case in CASES.values() if case.lab == lab)
        assert kinds["Z"] >= 12
        assert kinds["F"] >= 5


def test_every_exercise_of_lab_1_is_somebodys_own_case() -> None:
    alone = {case.exercises[0] for case in CASES.values() if len(case.exercises) == 1}
    assert set(LABS["lab1_rnn"]) <= alone


def test_names_and_students_are_unique() -> None:
    assert len(CASES) == sum(len(topic.CASES) for topic in TOPICS) >= 60
    assert len({case.student for case in CASES.values()}) == len(CASES)
    assert not any("/" in case.student or "\0" in case.student for case in CASES.values())


@pytest.mark.parametrize("case", CASES.values(), ids=lambda case: case.name)
def test_a_case_says_what_must_become_of_it(case) -> None:
    assert case.kind in KINDS
    assert case.what.endswith(".")
    assert set(case.exercises) <= set(LABS[case.lab])
    assert case.states <= set(State)
    assert case.exercises or case.kind in "FM"
    assert (case.kind == "Z") <= ("passed" not in case.states)
    assert (case.kind == "J") == (case.states == {"unreadable"})
    assert all(not path.startswith("/") and ".." not in path for path in (*case.files, *case.links))


@pytest.mark.slow
def test_every_case_is_built_quickly_and_the_same_each_time(built) -> None:
    start = time.process_time()
    again = {name: build(name) for name in built}
    assert time.process_time() - start < 15
    assert again == built
    assert all(isinstance(data, bytes) and len(data) < 20_000_000 for data in built.values())


def test_the_large_one_is_large() -> None:
    assert 100_000_000 < len(build(LARGE)) < 110_000_000


# nbformat cannot read these; we need not stop there.
NO_NBFORMAT = {"metadata_no_object", "cell_no_object", "source_no_text", "cell_type_unknown"}


def test_what_is_not_rejected_is_a_notebook_whose_own_cells_are_python(built) -> None:
    given = {cell.source for release, _ in NOTEBOOKS.values() for cell in release.cells}
    for name, data in built.items():
        if CASES[name].kind == "J" or name in NO_NBFORMAT:
            continue
        notebook = nbformat.reads(data.decode("utf-8-sig"), as_version=4)
        assert len(notebook.cells) > 40
        for cell in notebook.cells:
            if cell.cell_type == "code" and cell.source not in given and name not in NO_PYTHON:
                source = TransformerManager().transform_cell(cell.source)
                compile(source, name, "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)


def test_what_is_rejected_can_not_be_read_or_is_no_submission(built) -> None:
    for name, data in built.items():
        case = CASES[name]
        if case.kind == "J" and not case.links and case.student.isprintable():
            with suppress(UnicodeDecodeError, ValueError, RecursionError):
                notebook = json.loads(data.decode("utf-8"))
                assert name in {"only_a_list", "only_a_text"} or not _valid(notebook), name


def _valid(notebook) -> bool:
    try:
        nbformat.validate(nbformat.from_dict(notebook), repair_duplicate_cell_ids=False)
    except Exception:  # noqa: BLE001  (whatever nbformat says of a file that is none)
        return False
    return notebook.get("nbformat") == 4


def test_everything_but_the_affected_exercises_is_the_solution(built) -> None:
    solutions = {
        lab: {title(cell).rpartition(": ")[2]: cell.source for cell in solution.cells if kind(cell) == "exercise"}
        for lab, (_, solution) in NOTEBOOKS.items()
    }
    for name, data in built.items():
        case = CASES[name]
        if case.kind != "Z" or name == "lone_surrogate_in_code":
            continue
        sources = [cell.source for cell in nbformat.reads(data.decode(), as_version=4).cells]
        changed = {one for one, source in solutions[case.lab].items() if source not in sources}
        assert changed == set(case.exercises), name


def test_the_world_around_a_case_is_written_into_its_cells() -> None:
    where = Where(port=12345, course='/srv/a "class"', neighbour="anna")
    for name in ("network", "writes_to_neighbour", "looks_for_gradebook", "honest_slow"):
        data = build(name, where)
        assert b"__PORT__" not in data
        assert b"__COURSE__" not in data
        assert b"__CALL_LIMIT__" not in data
        nbformat.reads(data.decode(), as_version=4)
    assert b"12345" in build("network", where)
    assert CASES["link_to_the_key"].links_in(where) == {"lab1_rnn/lab1_rnn.ipynb": '/srv/a "class"/secret.key'}


def test_no_cell_holds_the_text_that_marks_a_secret() -> None:
    where = Where(canary="sunflower-42")
    for name, case in CASES.items():
        if case.secrets_looked_for:
            data = build(name, where)
            assert b"sunflower-42" not in data
            assert b"__CANARY__" not in data


def test_an_earlier_submission_is_there_where_an_old_score_could_stay() -> None:
    case = CASES["checks_deleted"]
    assert case.build_before(*NOTEBOOKS[case.lab]) not in {None, build("checks_deleted")}
    assert CASES["honest"].build_before(*NOTEBOOKS[CASES["honest"].lab]) is None
