"""What the recorder leaves in a gradebook: the same on SQLite and on PostgreSQL."""

from __future__ import annotations

import copy
import logging
import os
import stat
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

import nbformat
import pytest
import recording
import simulated
from nbformat import NotebookNode
from nbgrader.api import MissingEntry
from nbgrader.plugins import BasePlugin
from recording import LAB, Course, count_statements
from sqlalchemy import delete

from autograder.base.errors import UserFacingError
from autograder.gradebook import book
from autograder.gradebook.recorder import NameRejectedError
from autograder.gradebook.tables import LabEdition
from autograder.model.cells import ABOUT, grade_id
from autograder.model.verdict import SCORED, State

if TYPE_CHECKING:
    from pathlib import Path

    from autograder.gradebook.recorder import Recorder
    from autograder.model.assignment import Assignment

course, recorder, postgres = recording.course, recording.recorder, recording.postgres  # fixtures


def test_a_result_becomes_scores_comments_states_and_a_notebook(course: Course, recorder: Recorder) -> None:
    graded = simulated.graded("ada")
    recorder.save("ada", graded)
    rows = course.rows("ada")
    points = {cell.grade_id: cell.points for cell in simulated.lab().graded}
    scores = {name: (auto, waits) for _, name, _, auto, _, _, waits in rows["grade"]}
    for verdict in graded.verdicts:
        known = verdict.state in SCORED
        expected = (points[verdict.grade_id] if verdict.state is State.PASSED else 0.0) if known else None
        assert scores[verdict.grade_id] == (expected, not known)
    assert len(scores) == len(points)
    hints = {cell.grade_id: cell.exercise or cell.grade_id for cell in simulated.lab().graded}
    comments = {name: auto for _, name, _, auto, _ in rows["comment"]}
    assert comments == {hints[verdict.grade_id]: verdict.hint or None for verdict in graded.verdicts}
    report = recorder.report("ada")
    assert [line.state for line in report.lines] == [verdict.state for verdict in graded.verdicts]
    assert [line.score for line in report.lines] == [scores[line.grade_id][0] for line in report.lines]
    assert (report.isolation, recorder.keys()) == (simulated.LEVEL, {"ada": graded.key})
    assert nbformat.read(course.page("ada"), as_version=4).metadata.autograder.submission == graded.digest
    assert stat.S_IMODE(course.page("ada").stat().st_mode) == 0o444
    assert list(course.page("ada").parent.iterdir()) == [course.page("ada")]


def test_twice_the_same_is_the_same_row_by_row(course: Course, recorder: Recorder) -> None:
    course.hand_in("ada", "2026-02-02 15:58:23 UTC")
    for student in ("ada", "bob"):
        recorder.save(student, simulated.graded("ada"))
    before = course.rows(ids=True)
    recorder.save("ada", simulated.graded("ada"))
    with course.recorder() as another:  # a later run
        another.save("ada", simulated.graded("ada"))
    assert course.rows(ids=True) == before
    assert len(before["ours"]) == 2


def test_a_new_submission_replaces_the_old_one(course: Course, recorder: Recorder) -> None:
    recorder.save("ada", simulated.graded("first", states=(State.FAILED, State.MISSING)))
    recorder.save("ada", simulated.graded("second", states=(State.PASSED,)))
    recorder.save("bob", simulated.graded("second", states=(State.PASSED,)))
    of_ada, of_bob = course.rows("ada"), course.rows("bob")
    assert {name: [row[1:] for row in rows] for name, rows in of_ada.items() if name != "ours"} == {
        name: [row[1:] for row in rows] for name, rows in of_bob.items() if name != "ours"
    }
    assert course.page("ada").read_text() == course.page("bob").read_text()


def test_what_a_person_gave_survives_a_new_submission(course: Course, recorder: Recorder) -> None:
    recorder.save("ada", simulated.graded("first", states=(State.FAILED,)))
    with course.gradebook() as gradebook:
        mark = gradebook.find_grade("check-rnn_step", LAB, LAB, "ada")
        mark.manual_score, mark.extra_credit, mark.needs_manual_grade = 3.5, 1.0, False
        written = gradebook.find_grade("written", LAB, LAB, "ada")
        written.manual_score, written.needs_manual_grade = 7.0, False
        gradebook.find_comment("ex-rnn_step", LAB, LAB, "ada").manual_comment = "Almost."
        gradebook.db.commit()
    recorder.save("ada", simulated.graded("second", states=(State.PASSED,)))
    lines = {line.grade_id: line for line in recorder.report("ada").lines}
    assert (lines["check-rnn_step"].score, lines["check-rnn_step"].comment) == (4.5, "Almost.")
    assert lines["written"].score == 7.0
    waits = {name for _, name, *_, waits in course.rows("ada")["grade"] if waits}
    assert waits == {"check-rnn_step", "written"}, "a person looks again at what a person had marked"


def test_a_person_who_marks_at_the_same_time_is_not_overwritten(course: Course, recorder: Recorder) -> None:
    recorder.save("ada", simulated.graded("first", states=(State.FAILED,)))
    with course.gradebook() as gradebook:
        mark = gradebook.find_grade("check-rnn_step", LAB, LAB, "ada")
        assert mark.manual_score is None  # formgrader has loaded the page
        gradebook.db.rollback()
        recorder.save("ada", simulated.graded("second", states=(State.PASSED,)))
        mark.manual_score = 2.0
        gradebook.db.commit()
    line = next(line for line in recorder.report("ada").lines if line.grade_id == "check-rnn_step")
    assert (line.state, line.score) == (State.PASSED, 2.0)


def test_the_time_of_a_hand_in_is_recorded_as_nbgrader_reads_it(course: Course, recorder: Recorder) -> None:
    course.hand_in("ada", "2026-02-02 15:58:23 CET\n")
    recorder.save("ada", simulated.graded("x"))
    assert course.rows("ada")["submitted"][0][1] == datetime(2026, 2, 2, 14, 58, 23)  # noqa: DTZ001  (UTC, as there)
    assert (course.page("ada").parent / "timestamp.txt").read_text() == "2026-02-02 15:58:23 CET\n"
    (course.hand_in("ada") / "timestamp.txt").unlink()
    recorder.save("ada", simulated.graded("y"))
    assert course.rows("ada")["submitted"][0][1] is not None, "without a time, the earlier one stays, as in nbgrader"
    assert not (course.page("ada").parent / "timestamp.txt").exists()


@pytest.mark.parametrize(
    "timestamp", ["yesterday, I think", "2026-02-30", "0001-01-01 00:00:00 +9999999", "1" * 5000, "\0"]
)
def test_a_time_that_is_none_costs_no_result(
    course: Course, recorder: Recorder, timestamp: str, caplog: pytest.LogCaptureFixture
) -> None:
    logging.getLogger("autograder.commands.grade").addHandler(caplog.handler)
    course.hand_in("ada-l", timestamp)
    recorder.save("ada-l", simulated.graded("x"))
    logging.getLogger("autograder.commands.grade").removeHandler(caplog.handler)
    assert course.rows("ada-l")["submitted"][0][1] is None
    assert recorder.report("ada-l").lines
    assert "timestamp.txt is no time" in caplog.text
    assert "ada-l" not in caplog.text


class Halves(BasePlugin):  # type: ignore[misc]
    """Takes half of the points; where there are none, stops; and from somebody, more than there is."""

    def late_submission_penalty(self, student_id: str, score: float, total_seconds_late: float) -> float | None:
        assert total_seconds_late == 3600
        if score == 0:
            raise ValueError(f"{student_id} has nothing")
        return {"greedy": score + 1, "negative": -1.0, "none": None}.get(student_id, score / 2)


def test_late_penalties_are_those_of_the_configured_plugin(course: Course) -> None:
    course.config.AssignLatePenalties.plugin_class = Halves
    passed = simulated.graded("x", states=(State.PASSED,))
    with course.recorder() as recorder, course.gradebook() as gradebook:
        gradebook.update_or_create_assignment(LAB, duedate="2026-02-02 12:00:00 UTC")
        for student in ("ann", "greedy", "negative", "none"):
            course.hand_in(student, "2026-02-02 13:00:00 UTC")
            recorder.save(student, passed)
        penalties = {report.student: report.penalty for report in recorder.reports()}
        assert penalties == {"ann": 45.0, "greedy": 90.0, "negative": 0.0, "none": 0.0}
        gradebook.grant_extension(LAB, "ann", hours=1)
        recorder.save("ann", passed)
        assert recorder.report("ann").penalty == 0.0
        assert course.rows("ann")["notebook"][0][-1] is None
        course.hand_in("bob", "2026-02-02 13:00:00 UTC")
        before = course.rows()
        with pytest.raises(UserFacingError, match=r"Halves finds no late penalty \(ValueError: \.\.\. has nothing\)"):
            recorder.save("bob", simulated.graded("y", states=(State.FAILED,)))
        assert course.rows() == before


@pytest.mark.parametrize("name", ["a [strange] name", "Zoë", "o'hara; drop table grade", "%s {x} *", ".hidden"])
def test_any_name_that_a_folder_can_have_is_recorded(course: Course, recorder: Recorder, name: str) -> None:
    recorder.save(name, simulated.graded("x"))
    assert recorder.keys() == {name: simulated.graded("x").key}
    assert course.page(name).exists()


def test_a_name_that_no_gradebook_can_hold_is_one_sentence(course: Course, recorder: Recorder) -> None:
    with pytest.raises(NameRejectedError, match=r"The folder name caf\\udce9 is not UTF-8 text\. Rename it"):
        recorder.save(os.fsdecode(b"caf\xe9"), simulated.graded("x"))
    if course.url.startswith("postgresql"):
        with pytest.raises(NameRejectedError, match="longer than 128 letters"):
            recorder.save("a" * 129, simulated.graded("x"))
    recorder.save("ada", simulated.graded("x"))
    assert [report.student for report in recorder.reports()] == ["ada"]


def test_what_no_database_can_hold_is_written_out(course: Course, recorder: Recorder) -> None:
    graded = simulated.graded("x", states=(State.FAILED,))
    verdicts = tuple(replace(verdict, hint="stops with \0 and \udce9 and é", key="\0") for verdict in graded.verdicts)
    recorder.save("ada", replace(graded, verdicts=verdicts))
    assert {line.hint for line in recorder.report("ada").lines} == {r"stops with \0 and \udce9 and é"}


def test_a_plugin_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    course = Course(tmp_path, f"sqlite:///{tmp_path}/gradebook.db")
    course.config.AssignLatePenalties.plugin_class = "nowhere.Plugin"
    with pytest.raises(
        UserFacingError, match=r"AssignLatePenalties\.plugin_class in nbgrader_config\.py can't be used"
    ):
        course.recorder().__enter__()


def test_reports_are_in_order_and_the_same_from_both_sides(course: Course, recorder: Recorder) -> None:
    names = ["b", "a", "ä", "B", "a b", "_"]
    for name in names:
        recorder.save(name, simulated.graded(name))
    reports = recorder.reports()
    assert [report.student for report in reports] == sorted(names)
    assert reports == [recorder.report(name) for name in sorted(names)]
    with book.open_gradebook(course.url, "sequences") as gradebook:
        assert book.reports(gradebook, LAB) == reports
    with pytest.raises(MissingEntry):
        recorder.report("nobody")


def test_whom_nbgrader_has_removed_is_graded_again(course: Course, recorder: Recorder) -> None:
    recorder.save("ada", simulated.graded("x"))
    before = course.rows()
    with course.gradebook() as gradebook:
        gradebook.remove_student("ada")
    assert (recorder.keys(), recorder.reports()) == ({}, [])
    recorder.save("ada", simulated.graded("x"))
    assert course.rows() == before


def test_a_student_can_be_removed_with_everything(course: Course, recorder: Recorder) -> None:
    recorder.save("ada", simulated.graded("x"))
    with book.open_gradebook(course.url, "sequences") as gradebook:
        assert book.remove(gradebook, "ada", LAB)
        assert not book.remove(gradebook, "ada", LAB)
    assert not any(course.rows().values())


def smaller() -> Assignment:
    lab = simulated.lab()
    return replace(lab, cells=tuple(cell for cell in lab.cells if "rnn_step" not in str(cell.get("id"))))


def edition(number: int) -> Assignment:
    lab = simulated.lab()
    return replace(lab, metadata=NotebookNode(lab.metadata | {ABOUT: {"edition": number}}))


def with_other_points() -> Assignment:
    lab = simulated.lab()
    cells = copy.deepcopy(lab.cells)
    for cell in cells:
        if grade_id(cell) == "check-embed":
            cell.metadata.nbgrader["points"] += 1
    return replace(lab, cells=cells)


def test_a_lab_that_has_changed_is_brought_up_to_date_while_nobody_has_grades(course: Course) -> None:
    for lab in (smaller(), edition(3), with_other_points(), simulated.lab(), smaller()):
        with course.recorder(lab):
            pass
        with course.gradebook() as gradebook:
            points = {cell.name: cell.max_score for cell in gradebook.find_notebook(LAB, LAB).grade_cells}
        assert points == {cell.grade_id: cell.points for cell in lab.graded}
    with course.recorder(smaller()) as recorder:
        recorder.save("ada", simulated.graded("x", of=smaller()))
        assert len(recorder.report("ada").lines) == len(smaller().graded)


OTHERS = {
    "a cell less": (smaller, "in which check-rnn_step had other points, or did not exist"),
    "other points": (with_other_points, "in which check-embed had other points"),
    "another edition": (lambda: edition(3), "has grades of edition 2 of lab1_rnn, and the lab here is edition 3"),
}


@pytest.mark.parametrize("other", OTHERS)
def test_under_grades_no_cell_no_points_and_no_edition_changes(course: Course, other: str) -> None:
    make, words = OTHERS[other]
    with course.recorder() as recorder:
        recorder.save("ada", simulated.graded("x"))
    before = course.rows()
    with pytest.raises(UserFacingError, match=f"{words}.*Nothing was changed.*--course NAME"), course.recorder(make()):
        pass
    assert course.rows() == before
    with course.recorder() as recorder:
        assert len(recorder.report("ada").lines) == len(simulated.lab().graded)


def test_grades_from_before_editions_were_kept_are_of_the_first(course: Course) -> None:
    with course.recorder(edition(1)) as recorder:
        recorder.save("ada", simulated.graded("x"))
    with course.gradebook() as gradebook:
        gradebook.db.execute(delete(LabEdition))
        gradebook.db.commit()
    with pytest.raises(UserFacingError, match="has grades of edition 1"), course.recorder():
        pass
    with course.recorder(edition(1)) as recorder:
        recorder.save("ben", simulated.graded("y"))


def test_a_lab_that_was_removed_begins_anew(course: Course) -> None:
    with course.recorder() as recorder:
        recorder.save("ada", simulated.graded("x"))
    with course.gradebook() as gradebook:
        gradebook.remove_assignment(LAB)  # our own rows stay
    with course.recorder(smaller()) as recorder:
        recorder.save("ada", simulated.graded("x", of=smaller()))
        assert len(recorder.report("ada").lines) == len(smaller().graded)


def test_what_recording_costs_does_not_grow_with_the_class(course: Course, recorder: Recorder) -> None:
    said = count_statements(recorder._gradebook.engine)
    counts = []
    for number in range(30):
        recorder.save(f"student-{number}", simulated.graded(number))
        counts.append(len(said))
        said.clear()
    assert set(counts) == {counts[0]}
    assert counts[0] <= 12
    recorder.reports()
    assert len(said) == 1


def test_two_courses_do_not_share_a_gradebook(course: Course) -> None:
    with book.open_gradebook(course.url, "sequences"):
        pass
    with (
        pytest.raises(UserFacingError, match="belongs to the course sequences, and this is sequences-course-2027"),
        book.open_gradebook(course.url, "sequences-course-2027"),
    ):
        pass
    with book.open_gradebook(course.url, "another name of the same course"):
        pass
