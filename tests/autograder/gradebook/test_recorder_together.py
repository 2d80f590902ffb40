"""Recording while others write to the same gradebook: no row twice, none lost, nobody waits for ever."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
import recording
import simulated
from recording import AGAIN, Course, master_rows
from sqlalchemy import create_engine, event, text
from sqlalchemy.pool import NullPool

from autograder.base.errors import UserFacingError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from autograder.gradebook.recorder import Recorder

course, recorder, postgres = recording.course, recording.recorder, recording.postgres  # fixtures


def test_two_who_record_the_same_students_leave_one_whole_result_each(course: Course) -> None:
    students = [f"student-{number}" for number in range(12)]
    versions = [{student: simulated.graded((student, who)) for student in students} for who in range(2)]
    start = threading.Barrier(2)

    def write(version: dict[str, Any], order: list[str]) -> None:
        start.wait(timeout=60)
        with course.recorder() as recorder:  # also the tables are made by both at once
            for student in order:
                recorder.save(student, version[student])

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(write, versions[0], students), pool.submit(write, versions[1], students[::-1])]:
            done.result(timeout=120)
    with course.recorder() as recorder:
        keys = recorder.keys()
        found = {student: course.rows(student) for student in students}
        for student in students:
            graded = next(version[student] for version in versions if version[student].key == keys[student])
            assert graded.digest in course.page(student).read_text(), "the notebook is of the recorded result"
            recorder.save(student, graded)
        assert {student: course.rows(student) for student in students} == found, "no row was of the other result"
        assert len(recorder.reports()) == len(students)


def test_a_gradebook_is_made_once_by_however_many(course: Course) -> None:
    start = threading.Barrier(4)

    def begin() -> None:
        start.wait(timeout=60)
        with course.recorder():
            pass

    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(begin) for _ in range(4)]:
            done.result(timeout=120)
    rows = master_rows(course)
    assert {name: len(rows[name]) for name in ("course", "lab", "version")} == {"course": 1, "lab": 1, "version": 1}
    assert len({row[0] for row in rows["graded"]}) == len(rows["graded"]) == len(simulated.lab().graded)


@contextmanager
def held(course: Course, student: str) -> Iterator[None]:
    """Hold what a writer needs, as another program would."""
    engine = create_engine(course.url, poolclass=NullPool)
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            query = text("SELECT id FROM submitted_assignment WHERE student_id = :student FOR UPDATE")
            connection.execute(query, {"student": student})
        yield


def test_a_lock_that_somebody_keeps_is_one_sentence_and_costs_nothing(course: Course, recorder: Recorder) -> None:
    recorder.save("ada", simulated.graded("first"))
    before = course.rows(ids=True), course.page("ada").read_bytes()
    with held(course, "ada"):
        with pytest.raises(UserFacingError, match=f"in use by another program for 0.5 s .*{AGAIN}"):
            recorder.save("ada", simulated.graded("second"))
        assert recorder.keys() == {"ada": simulated.graded("first").key}, "reading goes on"
        assert (course.rows(ids=True), course.page("ada").read_bytes()) == before
    recorder.save("ada", simulated.graded("second"))
    assert recorder.keys() == {"ada": simulated.graded("second").key}


def test_a_lock_that_is_let_go_in_time_is_waited_for(course: Course) -> None:
    with course.recorder() as recorder, ThreadPoolExecutor(1) as pool:
        recorder.save("ada", simulated.graded("first"))
        waiting = threading.Event()

        @event.listens_for(recorder._gradebook.engine, "before_cursor_execute")
        def note(*_: Any) -> None:
            waiting.set()

        with held(course, "ada"):
            done = pool.submit(recorder.save, "ada", simulated.graded("second"))
            assert waiting.wait(timeout=60)
        done.result(timeout=60)
        assert recorder.keys() == {"ada": simulated.graded("second").key}
