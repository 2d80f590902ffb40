"""The recorder leaves the rows that nbgrader itself leaves: the lab's, and those of each submission."""

from __future__ import annotations

import json
import logging
import shutil
import stat
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import recording
import simulated
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import compute_checksum
from recording import LAB, Course, master_rows
from traitlets.config.loader import PyFileConfigLoader

from autograder.alignment.align import align
from autograder.base.files import ROOT
from autograder.course.handed_in import fetch
from autograder.model.cells import grade_id, kind
from autograder.plugins import ClassAutograde

if TYPE_CHECKING:
    from pathlib import Path

    from autograder.gradebook.recorder import Recorder

course, recorder, postgres = recording.course, recording.recorder, recording.postgres  # fixtures


def test_a_lab_is_registered_as_nbgrader_registers_it(course: Course, recorder: Recorder) -> None:
    ours = master_rows(course)
    assert {name: len(rows) for name, rows in ours.items() if name in {"course", "lab", "version"}} == {
        "course": 1,
        "lab": 1,
        "version": 1,
    }
    assert ours["solutions"]
    with course.gradebook() as gradebook:
        gradebook.remove_assignment(LAB)
        gradebook.add_assignment(LAB)
        gradebook.add_notebook(LAB, LAB, kernelspec=json.dumps(simulated.lab().metadata["kernelspec"]))
        for cell in filter(grade_id, simulated.lab().cells):
            name, of = grade_id(cell), kind(cell)
            about = cell.metadata.nbgrader
            if about["grade"]:
                gradebook.add_grade_cell(name, LAB, LAB, max_score=about["points"], cell_type=cell.cell_type)
            if about["solution"]:
                gradebook.add_solution_cell(name, LAB, LAB)
            kept = {"cell_type": cell.cell_type, "source": cell.source, "checksum": compute_checksum(cell)}
            gradebook.add_source_cell(name, LAB, LAB, locked=of not in {"exercise", "written"}, **kept)
    assert master_rows(course) == ours


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")  # nbgrader's own, for each new submission
def test_a_submission_that_nbgrader_has_made_is_filled_in(course: Course, recorder: Recorder) -> None:
    with course.gradebook() as gradebook:
        gradebook.update_or_create_student("ada", first_name="Ada")
        gradebook.add_submission(LAB, "ada")
    recorder.save("ada", simulated.graded("x"))
    recorder.save("bob", simulated.graded("x"))
    rows = {
        name: {who: [row[1:] for row in course.rows(who)[name]] for who in ("ada", "bob")} for name in course.rows()
    }
    assert all(both["ada"] == both["bob"] for name, both in rows.items() if name not in {"student", "ours"})
    assert course.rows("ada")["student"][0][1] == "Ada"


SETTINGS = 'c.CourseDirectory.db_url = "{url}"\nc.LateSubmissionPlugin.penalty_method = "zero"\n'


@pytest.fixture
def checkout(course: Course, tmp_path: Path) -> Course:
    """A checkout with this project's configuration, two students who handed the lab in, and a due date."""
    for name in ("labs", "solutions"):
        shutil.copytree(ROOT / name / LAB, tmp_path / name / LAB, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    text = (ROOT / "nbgrader_config.py").read_text(encoding="utf-8")
    (tmp_path / "nbgrader_config.py").write_text(text + SETTINGS.format(url=course.url), encoding="utf-8")
    course.config = PyFileConfigLoader("nbgrader_config.py", path=str(tmp_path)).load_config()
    for student, time in {"ada": "", "late": "2026-02-02 13:00:00 UTC", "early": "2026-02-01 13:00:00 UTC"}.items():
        folder = tmp_path / "course" / "submitted" / student / LAB
        folder.mkdir(parents=True)
        shutil.copy(ROOT / "labs" / LAB / f"{LAB}.ipynb", folder)
        if time:
            (folder / "timestamp.txt").write_text(time)
    return course


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")  # nbgrader's own, for each new submission
def test_the_rows_are_those_of_nbgraders_own_converter(checkout: Course) -> None:
    lab, course = simulated.lab(), checkout
    students = ("ada", "late", "early")
    digest = align(fetch(course.root / "course" / "submitted" / "ada" / LAB / f"{LAB}.ipynb"), lab).digest
    graded = replace(simulated.graded("x"), digest=digest)
    autograded = course.root / "course" / "autograded"

    def files() -> dict[str, int]:
        found = {path: stat.S_IMODE(path.stat().st_mode) for path in autograded.rglob("*") if path.is_file()}
        return {str(path.relative_to(autograded)): mode for path, mode in found.items()}

    def everything() -> object:
        of_lab = master_rows(course)
        del of_lab["course"]  # nbgrader's late penalties leave a course without a name of its own
        return course.rows(), of_lab, files()

    with course.recorder() as recorder, course.gradebook() as gradebook:
        gradebook.update_or_create_assignment(LAB, duedate="2026-02-02 12:00:00 UTC")
        for student in students:
            recorder.save(student, graded)
    ours = everything()
    assert course.rows("late")["notebook"][0][-1] > 0
    shutil.rmtree(autograded)
    with course.gradebook() as gradebook:
        for student in students:
            gradebook.remove_student(student)
    for student in students:
        directory = CourseDirectory(config=course.config, assignment_id=LAB, student_id=student)
        log = logging.getLogger("autograder.converter")
        ClassAutograde(coursedir=directory, config=course.config, log=log, force=True, ready={digest: graded}).start()
    assert everything() == ours
