"""Recording without room, without the right to write, without a database: a sentence each, and nothing lost."""

from __future__ import annotations

import resource
import sqlite3
from contextlib import closing, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
import recording
import simulated
from recording import AGAIN, LAB, Course, execute
from sqlalchemy import event, make_url

from autograder.base.errors import UserFacingError
from autograder.gradebook import book, transactions

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from autograder.gradebook.recorder import Recorder

course, recorder, postgres = recording.course, recording.recorder, recording.postgres  # fixtures


def test_a_full_disk_under_the_database_is_one_sentence(tmp_path: Path) -> None:
    course = Course(tmp_path, f"sqlite:///{tmp_path}/gradebook.db")
    with course.recorder() as recorder:
        recorder.save("ada", simulated.graded("x"))
        engine = recorder._gradebook.engine

        @event.listens_for(engine, "connect")
        def fill(connection: Any, _: Any) -> None:
            connection.execute(f"PRAGMA max_page_count = {pages}")

        with engine.connect() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        engine.dispose()
        with pytest.raises(UserFacingError, match=f"its disk is full .*Make room.*{AGAIN}"):
            save_many(recorder, 100)
        kept = recorder.keys()
        assert {report.student for report in recorder.reports()} == set(kept)
        pages *= 100
        engine.dispose()
        recorder.save(f"student-{len(kept)}", simulated.graded("later"))
        assert len(recorder.keys()) == len(kept) + 1


def save_many(recorder: Recorder, many: int) -> None:
    for number in range(many):
        recorder.save(f"student-{number}", simulated.graded(number))


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """Let no file grow beyond this many bytes: as on a disk without room, what is written is cut off."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_notebook_that_can_not_be_written_is_one_sentence(course: Course, recorder: Recorder) -> None:
    recorder.save("ada", simulated.graded("first"))
    before = course.rows(ids=True), course.page("ada").read_bytes()
    with (
        largest_file(1000),
        pytest.raises(UserFacingError, match=rf"{LAB}\.ipynb can't be written: File too large\..*{AGAIN}"),
    ):
        recorder.save("ada", simulated.graded("second"))
    assert (course.rows(ids=True), course.page("ada").read_bytes()) == before
    assert list(course.page("ada").parent.iterdir()) == [course.page("ada")]
    recorder.save("ada", simulated.graded("second"))
    assert simulated.graded("second").digest in course.page("ada").read_text()


def test_a_folder_in_the_way_of_a_notebook_is_one_sentence(course: Course, recorder: Recorder) -> None:
    course.page("ada").mkdir(parents=True)
    with pytest.raises(UserFacingError, match=f"can't be written: Is a directory.*{AGAIN}"):
        recorder.save("ada", simulated.graded("x"))
    assert recorder.keys() == {}


def test_a_gradebook_that_may_only_be_read_is_one_sentence(course: Course) -> None:
    with course.recorder() as recorder:
        recorder.save("ada", simulated.graded("x"))
    if course.url.startswith("sqlite"):
        url = course.url.replace("sqlite:///", "sqlite:///file:") + "?mode=ro&uri=true"
    else:
        url = course.url
        execute(url, f"ALTER DATABASE {make_url(url).database} SET default_transaction_read_only = on")
    with (  # a lab that is registered as it is needs no writing; the first result does
        pytest.raises(UserFacingError, match="may only be read"),
        Course(course.root, url).recorder() as recorder,
    ):
        recorder.save("ben", simulated.graded("y"))
    with book.open_gradebook(url, "sequences") as gradebook:
        assert len(book.reports(gradebook, LAB)) == 1


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("nonsense", "The gradebook's address is none"),
        ("oracle9://x/y", "The gradebook's address is none"),
        ("sqlite:////no/such/folder/gradebook.db", "can't be used: unable to open database file"),
        ("postgresql+psycopg://ada:s3cret@/course?host=/no/such/folder", r"ada:\*\*\*@/course.*can't be reached"),
        ("postgresql+psycopg://ada:s3cret@127.0.0.1:1/course", "can't be reached"),
    ],
)
def test_a_gradebook_that_is_not_there_is_one_sentence_without_the_password(
    tmp_path: Path, address: str, says: str
) -> None:
    with pytest.raises(UserFacingError, match=says) as caught, Course(tmp_path, address).recorder(patience=0.1):
        pass
    assert "s3cret" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_no_database_is_one_sentence_and_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "gradebook.db"
    path.write_text("no database at all, and long enough for a header to be read from it")
    with pytest.raises(UserFacingError, match="can't be used: file is not a database"):
        book.open_gradebook(f"sqlite:///{path}", "sequences")
    assert path.read_text().startswith("no database at all")


def test_a_gradebook_of_an_earlier_version_gets_what_is_new(tmp_path: Path) -> None:
    course = Course(tmp_path, f"sqlite:///{tmp_path}/gradebook.db")
    with course.recorder() as recorder:
        recorder.save("ada", replace(simulated.graded("x"), packages="Python 3.11.7, NumPy 2.4.6"))
        before = recorder.report("ada")
        assert before is not None
        assert before.packages == "Python 3.11.7, NumPy 2.4.6"
    with closing(sqlite3.connect(tmp_path / "gradebook.db")) as connection:
        for table, column, _ in transactions.ADDED:
            connection.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
        connection.execute("PRAGMA journal_mode = DELETE")
    with course.recorder() as recorder:
        unknown = {
            "kit": "0.1.0",
            "checks_version": "",
            "release_version": "",
            "packages": "",
        }  # what did not stand there before
        assert recorder.report("ada") == replace(before, **unknown)
        with recorder._gradebook.engine.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA journal_mode").scalar_one() == "wal"
