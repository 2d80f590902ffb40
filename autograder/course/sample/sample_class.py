"""Makes the sample class: submissions as students hand them in, from the released notebook of a lab."""

from __future__ import annotations

import copy
import hashlib
import json
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from autograder.base.errors import UserFacingError
from autograder.course.sample import lab1_answers as answers
from autograder.course.sample import lab2_answers as answers2
from autograder.course.sample import lab3_answers as answers3
from autograder.course.sample import lab4_answers as answers4
from autograder.model.cells import dumps, grade_id, kind, title

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from autograder.model.lab import Lab

PREFIX = "sample-"
DELETED = ("check-rnn_step", "ex-embed", "check-embed", "imports")


def _as_it_is(_: NotebookNode) -> None:
    pass


@dataclass(frozen=True)
class Student:
    """How one student's notebook differs from a perfect one.

    own:  exercise -> the cell in place of the solution's; left_from: the first exercise whose TODO still stands
    edit: what else was done to the notebook; cut: how much of the end of the file is lost
    """

    own: Mapping[str, str] | None = None
    left_from: str | None = None
    answered: bool = True
    edit: Callable[[NotebookNode], None] = _as_it_is
    cut: int = 0


def _print_warnings(exercise: str, before: str) -> Callable[[NotebookNode], None]:
    """Write to stderr as TensorFlow does: in an exercise, and in a cell of the student's own before another cell."""

    def edit(notebook: NotebookNode) -> None:
        noise = answers.PRINTS_WARNINGS.strip()
        for index, cell in enumerate(notebook.cells):
            if grade_id(cell) == f"ex-{exercise}":
                cell.source = cell.source.replace(
                    "):\n", "):\n    import sys; print('W0000 retracing', file=sys.stderr)\n", 1
                )
            if grade_id(cell) == before:
                place = index
        notebook.cells.insert(place, new_code_cell(noise, id="noise"))

    return edit


def _delete_cells(notebook: NotebookNode) -> None:
    notebook.cells = [cell for cell in notebook.cells if grade_id(cell) not in DELETED]


STUDENTS: dict[str, Student] = {
    "perfect": Student(),
    "own-way": Student(answers.WRITTEN_DIFFERENTLY),
    "half-done": Student(left_from="MyRNNCell", answered=False),
    "no-tanh": Student(answers.NO_TANH),
    "mask-ignored": Student(answers.MASK_IGNORED),
    "overwritten": Student(answers.GRADIENT_OVERWRITTEN),
    "bias-forgotten": Student(answers.BIAS_FORGOTTEN),
    "import-fails": Student(answers.IMPORT_FAILS),
    "endless-loop": Student(answers.ENDLESS_LOOP),
    "kernel-dies": Student(answers.KERNEL_DIES),
    "warnings": Student(edit=_print_warnings("rnn_step", "tokenize")),
    "cells-deleted": Student(edit=_delete_cells),
    "broken-file": Student(cut=2000),
    "untouched": Student(left_from="build_vocabulary", answered=False),
}
STUDENTS_2: dict[str, Student] = {
    "perfect": Student(),
    "own-way": Student(answers2.WRITTEN_DIFFERENTLY),
    "half-done": Student(left_from="masked_cross_entropy", answered=False),
    "sigmoid-candidate": Student(answers2.SIGMOID_CANDIDATE),
    "lectures-gru": Student(answers2.LECTURES_GRU),
    "not-clipped": Student(answers2.NOT_CLIPPED),
    "late-temperature": Student(answers2.LATE_TEMPERATURE),
    "never-ends": Student(answers2.NEVER_ENDS),
    "broken-file": Student(cut=2000),
}
STUDENTS_3: dict[str, Student] = {
    "perfect": Student(),
    "own-way": Student(answers3.WRITTEN_DIFFERENTLY),
    "half-done": Student(left_from="multi_head_attention", answered=False),
    "unscaled": Student(answers3.UNSCALED),
    "mask-after-softmax": Student(answers3.MASK_AFTER_SOFTMAX),
    "reshaped-heads": Student(answers3.RESHAPED_HEADS),
    "post-norm": Student(answers3.POST_NORM),
    "endless-loop": Student(answers3.ENDLESS_LOOP),
    "warnings": Student(edit=_print_warnings("softmax", "ex-dot_similarity")),
    "broken-file": Student(cut=2000),
}
STUDENTS_4: dict[str, Student] = {
    "perfect": Student(),
    "own-way": Student(answers4.WRITTEN_DIFFERENTLY),
    "half-done": Student(left_from="reverse_complement", answered=False),
    "unweighted-bins": Student(answers4.UNWEIGHTED_BINS),
    "reshaped-patches": Student(answers4.RESHAPED_PATCHES),
    "targets-everywhere": Student(answers4.TARGETS_EVERYWHERE),
    "mean-of-all": Student(answers4.MEAN_OF_ALL),
    "only-reversed": Student(answers4.ONLY_REVERSED),
    "scaled-motif": Student(answers4.SCALED_MOTIF),
    "beam-of-one": Student(answers4.BEAM_OF_ONE),
    "not-clipped": Student(answers4.NOT_CLIPPED),
    "endless-loop": Student(answers4.ENDLESS_LOOP),
    "warnings": Student(edit=_print_warnings("corrupt", "ex-masked_mean")),
    "broken-file": Student(cut=2000),
}
CLASSES = {
    "lab1_rnn": STUDENTS,
    "lab2_music": STUDENTS_2,
    "lab3_attention": STUDENTS_3,
    "lab4_beyond": STUDENTS_4,
}


def hand_in(student: Student, release: NotebookNode, solution: NotebookNode) -> bytes:
    """Return the bytes that a student hands in."""
    solved = {title(cell): cell.source for cell in solution.cells if kind(cell) == "exercise"}
    notebook = copy.deepcopy(release)
    left = False
    for cell in notebook.cells:
        name = title(cell).rpartition(": ")[2]
        left = left or name == student.left_from
        if kind(cell) == "exercise" and not left:
            mine = (student.own or {}).get(name)
            cell.source = f"# {title(cell)}\n{mine.strip()}" if mine else solved[title(cell)]
        elif kind(cell) == "written" and student.answered:
            cell.source = cell.source.replace("YOUR ANSWER HERE", "").rstrip() + answers.ANSWER
    student.edit(notebook)
    data = dumps(notebook).encode("utf-8")
    return data[: len(data) - student.cut]


def write(lab: Lab, folder: Path) -> int:
    """Write the sample class as folders of submissions; return how many there are.

    Raises UserFacingError for a lab that has no sample class.
    """
    made = _make(lab, folder)
    for student, data in made.items():
        path = _path(lab, folder, student)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    _note(lab, folder).write_text(json.dumps({student: _digest(data) for student, data in made.items()}, indent=1))
    return len(made)


def students(lab: Lab, folder: Path) -> list[str]:
    """List the sample students that `write` has put there, also those that somebody has deleted or edited since."""
    return sorted(json.loads(_note(lab, folder).read_text())) if _note(lab, folder).exists() else []


def genuine(lab: Lab, folder: Path, student: str) -> bool:
    """Say whether what a student has handed in is, byte for byte, what this module makes."""
    path = _path(lab, folder, student)
    ours = student.removeprefix(PREFIX) in CLASSES.get(lab.name, ()) and student.startswith(PREFIX)
    return ours and path.is_file() and path.read_bytes() == _make(lab, folder).get(student)


def forget(lab: Lab, folder: Path) -> None:
    """Leave off keeping the sample class: the next empty course gets a new one."""
    _note(lab, folder).unlink(missing_ok=True)


def refresh(lab: Lab, folder: Path) -> None:
    """Bring sample submissions up to the lab as it is now; what somebody has edited or deleted is left alone."""
    if not _note(lab, folder).exists():
        return
    written = json.loads(_note(lab, folder).read_text())
    for student, data in _make(lab, folder).items():
        path = _path(lab, folder, student)
        if path.exists() and _digest(path.read_bytes()) == written.get(student):
            path.write_bytes(data)
            written[student] = _digest(data)
    _note(lab, folder).write_text(json.dumps(written, indent=1))


def _make(lab: Lab, folder: Path) -> dict[str, bytes]:
    if lab.name not in CLASSES:
        place = folder / "<student>" / lab.name / f"{lab.name}.ipynb"
        raise UserFacingError(f"There is no sample class for {lab.name}. Put submissions into {place}.")
    texts = (path.read_text(encoding="utf-8") for path in (lab.release_path, lab.solution_path))
    return _hand_ins(lab.name, *texts)


@cache
def _hand_ins(name: str, release: str, solution: str) -> dict[str, bytes]:
    released, solved = (nbformat.reads(text, as_version=4) for text in (release, solution))
    return {f"{PREFIX}{who}": hand_in(student, released, solved) for who, student in CLASSES[name].items()}


def _path(lab: Lab, folder: Path, student: str) -> Path:
    return folder / student / lab.name / f"{lab.name}.ipynb"


def _note(lab: Lab, folder: Path) -> Path:
    """Return where it is written down what was made, to tell it from what somebody has edited since."""
    return folder / f".sample-{lab.name}.json"


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
