"""What a student's notebook had where it was written, and lacks where it is graded: files, a newer Python, packages.

Pure: no kernel, no gradebook.
"""

from __future__ import annotations

import json
import re
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from autograder.alignment.pieces import COLAB
from autograder.exam.cell_run import CellStatus
from autograder.model.cells import grade_id, kind
from autograder.model.verdict import Note, State

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from autograder.alignment.align import Aligned
    from autograder.exam.cell_run import CellRun
    from autograder.model.assignment import Assignment
    from autograder.model.graded import Graded
    from autograder.model.verdict import Verdict

COLAB_PYTHON = (3, 13)  # as in tests/colab/requirements.txt
F_STRINGS = (3, 12)  # quotes within quotes: PEP 701
LOST = {State.FAILED, State.CRASHED}
NOT_ITS_FAULT = {"not_attempted", "missing", "needs"}
_MODULE = re.compile(r"No module named '([\w.]{1,60})'")


def notes(
    aligned: Aligned, assignment: Assignment, happened: Sequence[CellRun], found: Sequence[Verdict]
) -> Iterator[Note]:
    """Say which modules the notebook imports in vain, and which cells may need a newer Python.

    happened: what became of each cell. A person is asked to look where points were lost.
    """
    lost = any(one.state in LOST for one in found)
    titles = {cell.exercise: (cell.title, cell.grade_id) for cell in assignment.graded if cell.exercise}
    states = {one.grade_id: one.state for one in found}
    named: set[str] = set()
    for cell, run in zip(aligned.notebook.cells, happened, strict=True):
        ours = kind(cell) == "check" or (kind(cell) == "given" and grade_id(cell))
        if run.status is not CellStatus.RAISED or ours:
            continue
        module = _MODULE.search(run.message) if run.error == ModuleNotFoundError.__name__ else None
        if module and module[1] not in named:
            named.add(module[1])
            yield Note(
                "",
                "files",
                f"The notebook imports {module[1]}, which is not there where it is graded: of a hand-in only the "
                "notebook is graded. Is it a file of its own? Then its code belongs into a cell.",
                0.0 if lost else 1.0,
            )
        title, check = titles.get(grade_id(cell), ("", ""))
        version = needed(aligned, run) if run.error == SyntaxError.__name__ and title else ()
        if version and states.get(check) in LOST:
            yield Note(grade_id(cell), "newer", _new_syntax(title, version, known=bool(newer(aligned))), 0.0)


def _new_syntax(title: str, version: Sequence[int], *, known: bool) -> str:
    why = "with which it was written" if known else "which knows more of f-strings"
    graded = _dots(sys.version_info[:2])
    return (
        f"The cell of {title} can't be read by Python {graded}, with which this is graded, and may be right with "
        f"Python {_dots(version)}, {why}."
    )


def _dots(version: Sequence[int]) -> str:
    return ".".join(map(str, version))


def needed(aligned: Aligned, run: CellRun) -> tuple[int, ...]:
    """Return the version of Python with which a cell may be right whose syntax the grader's does not know."""
    quotes = not aligned.saved_with and sys.version_info[:2] < F_STRINGS and run.message.startswith("f-string")
    return newer(aligned) or (F_STRINGS if quotes else ())


def newer(aligned: Aligned) -> tuple[int, ...]:
    """Return the version of Python with which a notebook was saved, where that is newer than the grader's."""
    digits = re.fullmatch(r"(\d{1,2})\.(\d{1,3})", aligned.saved_with)
    version = COLAB_PYTHON if aligned.saved_with == COLAB else tuple(map(int, digits.groups())) if digits else ()
    return version if version > sys.version_info[:2] else ()


def lost_elsewhere(aligned: Aligned, found: Sequence[Verdict]) -> bool:
    """Say whether a notebook was saved by Colab, and something in it fails that may be right there."""
    return aligned.saved_with == COLAB and any(one.state in LOST and one.key not in NOT_ITS_FAULT for one in found)


def better(first: Graded, second: Graded, assignment: Assignment) -> Graded:
    """Take what passes with Colab's packages, the second time, in place of what fails with the grader's own."""
    again = {one.grade_id: one for one in second.verdicts}
    earned = {one.grade_id for one in first.verdicts if one.state in LOST and again[one.grade_id].state is State.PASSED}
    if not earned:
        return first
    titles = {cell.grade_id: (cell.title, cell.exercise) for cell in assignment.graded}
    told = tuple(
        Note(name, "colab", f"{titles[name][0]} passes with the packages of Google Colab, where it was written.")
        for name in sorted(earned, key=list(titles).index)
    )
    shown = earned | {titles[name][1] for name in earned}
    earlier = {note for note in first.receipt if note.how == "newer" and note.cell in shown}
    work = {one.grade_id: one for one in second.work}
    return replace(
        first,
        verdicts=tuple(again[one.grade_id] if one.grade_id in earned else one for one in first.verdicts),
        text=_with_cells(first.text, second.text, shown),
        receipt=(*(note for note in first.receipt if note not in earlier), *told),
        work=tuple(work.get(one.grade_id, one) if one.grade_id in shown else one for one in first.work),
        packages=f"{first.packages}; {second.packages}",
    )


def _with_cells(text: str, other: str, names: set[str]) -> str:
    """Put the cells of another run of the same notebook in the place of those of these names."""
    notebook, found = json.loads(text), json.loads(other)
    cells: Mapping[str, object] = {_id(cell): cell for cell in found["cells"] if _id(cell) in names}
    notebook["cells"] = [cells.get(_id(cell), cell) for cell in notebook["cells"]]
    return json.dumps(notebook, ensure_ascii=False)


def _id(cell: Mapping[str, Mapping[str, Mapping[str, str]]]) -> str:
    return cell.get("metadata", {}).get("nbgrader", {}).get("grade_id", "")
