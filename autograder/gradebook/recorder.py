"""Records a class: one gradebook open for the whole run, one transaction for each student."""

from __future__ import annotations

import logging
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Self, TypeVar

from nbgrader import api
from nbgrader.api import MissingEntry, SubmittedAssignment
from nbgrader.converters import Autograde
from nbgrader.preprocessors import AssignLatePenalties
from sqlalchemy import update
from traitlets import TraitError

from autograder.base.errors import UserFacingError
from autograder.base.files import BY_UMASK, private_folder, replaced
from autograder.gradebook import book, reads, timestamps, transactions, writes
from autograder.gradebook.timestamps import keep_timestamp
from autograder.gradebook.transactions import AGAIN, PATIENCE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime, timedelta

    from nbgrader.api import Gradebook
    from nbgrader.coursedir import CourseDirectory
    from sqlalchemy import Connection
    from traitlets.config import Config

    from autograder.gradebook.book import Report
    from autograder.gradebook.writes import Place, Shape
    from autograder.model.assignment import Assignment, GradedCell
    from autograder.model.graded import Graded
    from autograder.model.recorded import Grading

T = TypeVar("T")

LONGEST_NAME = 128  # nbgrader's column; SQLite does not mind, PostgreSQL does

_log = logging.getLogger("autograder.commands.grade")
_SILENT = logging.getLogger("autograder.converter")  # for nbgrader, whose messages name students
_SILENT.propagate = False
_SILENT.addHandler(logging.NullHandler())


class NameRejectedError(UserFacingError):
    """A student's name that a gradebook can't hold: nothing is wrong with the others."""


def _late_penalties(config: Config) -> AssignLatePenalties:
    try:
        penalties = AssignLatePenalties(config=config, log=_SILENT)
        penalties.init_plugin()
    except (ImportError, TraitError) as error:
        raise UserFacingError(
            f"AssignLatePenalties.plugin_class in nbgrader_config.py can't be used: {error}"
        ) from None
    return penalties


class Recorder:
    """Writes the results of one lab into the gradebook and into autograded/, one student at a time.

    patience: how many seconds to wait for others who write to the same gradebook.
    Each method raises UserFacingError, with a sentence that says what to do, when the gradebook can't be used. What was
    saved before then is recorded; what was not can be saved again.
    """

    def __init__(
        self, course: CourseDirectory, config: Config, assignment: Assignment, *, patience: float = PATIENCE
    ) -> None:
        self._course, self._config, self._lab, self._patience = course, config, assignment, patience
        self._zone = timestamps.zone(config)
        self.untimed: dict[str, str] = {}  # student -> what their timestamp.txt says, which is no time
        self._gradebook: Gradebook
        self._shape: Shape

    def __enter__(self) -> Self:
        url = self._course.db_url
        self._converter = Autograde(coursedir=self._course, config=self._config, log=_SILENT)
        self._penalties = _late_penalties(self._config)
        self._gradebook = book.open_gradebook(url, self._course.course_id, self._patience)
        try:
            book.register(self._gradebook, self._lab, self._patience)
            self._shape = self._read(lambda connection: writes.shape(connection, self._lab.name))
        except BaseException:
            self._gradebook.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._gradebook.close()

    def gradings(self) -> dict[str, Grading]:
        """Return what each student's recorded grading was made by."""
        return self._read(lambda connection: reads.gradings(connection, self._lab.name))

    def keys(self) -> dict[str, str]:
        """Return the key of each student's recorded grading."""
        return {student: grading.key for student, grading in self.gradings().items()}

    def reports(self) -> list[Report]:
        """Read what is recorded about each student, with the scores as they stand now, marks by hand included."""
        return self._read(lambda connection: reads.read(connection, self._lab.name))

    def report(self, student: str) -> Report:
        """Read what is recorded about one student. Raises MissingEntry when nothing is."""
        return self._read(lambda connection: reads.read_one(connection, self._lab.name, student))

    def save(self, student: str, graded: Graded) -> None:
        """Record a result: notebook and rows, all or nothing. To do it again changes nothing.

        A score or comment that a person gave stays as it is. The files are there before the rows are, so that whoever
        is recorded has them. Raises NameRejectedError for a name that the gradebook can't hold.
        """
        self._check_name(student)
        timestamp = self._timestamp(student, known_as=graded.digest[:12])

        def work(connection: Connection) -> None:
            place = writes.enter(connection, self._shape, student, timestamp)
            writes.fill(connection, self._shape, place, self._lab, graded)
            writes.describe(connection, student, self._lab, graded)
            self._penalise(connection, student, place)
            self._keep(student, graded, timed=timestamp is not None)

        transactions.transact(self._gradebook.engine, work, self._patience)

    def due(self, when: datetime | None) -> None:
        """Set when the lab is due, in UTC; None for never."""
        change = update(api.Assignment).where(api.Assignment.id == self._shape.assignment).values(duedate=when)
        transactions.transact(self._gradebook.engine, lambda connection: connection.execute(change), self._patience)

    def extend(self, student: str, more: timedelta | None) -> None:
        """Give a student more time for the lab, before a hand-in or after it; None for no more than the others have."""
        self._check_name(student)

        def work(connection: Connection) -> None:
            place = writes.enter(connection, self._shape, student, None)
            change = update(SubmittedAssignment).where(SubmittedAssignment.id == place.submission)
            connection.execute(change.values(extension=more))

        transactions.transact(self._gradebook.engine, work, self._patience)

    def penalise(self, *students: str) -> None:
        """Find anew what lateness costs these students, or everybody: the time that they have has changed."""
        for student in students or tuple(self.keys()):

            def work(connection: Connection, student: str = student) -> None:
                place = writes.find(connection, self._shape, student)
                if place is not None:
                    self._penalise(connection, student, place)

            transactions.transact(self._gradebook.engine, work, self._patience)

    def mark(self, student: str, cell: GradedCell, points: float | None, why: str) -> None:
        """Write the score and the comment of a person; None takes both back. What lateness costs is found anew.

        Raises MissingEntry for a student without a submission.
        """

        def work(connection: Connection) -> None:
            place = writes.find(connection, self._shape, student)
            if place is None:
                raise MissingEntry(f"There is no submission of {self._lab.name} by {student}.")
            writes.mark(connection, self._shape, place, cell, points, why)
            self._penalise(connection, student, place)

        transactions.transact(self._gradebook.engine, work, self._patience)

    def retime(self, students: Sequence[str]) -> None:
        """Take in times of hand-in that were written, or mended, since these students were graded."""
        known = self._read(lambda connection: reads.times(connection, self._lab.name))
        for student in students:
            when = self._timestamp(student, known_as="...")
            if when is None or when == known.get(student):
                continue

            def work(connection: Connection, student: str = student, when: datetime = when) -> None:
                self._penalise(connection, student, writes.enter(connection, self._shape, student, when))
                keep_timestamp(self._course, student, self._lab.name)

            transactions.transact(self._gradebook.engine, work, self._patience)

    def _read(self, work: Callable[[Connection], T]) -> T:
        return transactions.look(self._gradebook.engine, work)

    def _check_name(self, student: str) -> None:
        plain = student.encode("utf-8", "backslashreplace").decode()
        if plain != student:
            raise NameRejectedError(f"The folder name {plain} is not UTF-8 text. Rename it, then grade again.")
        if len(student) > LONGEST_NAME and self._gradebook.engine.dialect.name != "sqlite":
            raise NameRejectedError(
                f"The folder name {student} is longer than {LONGEST_NAME} letters. Shorten it, then grade again."
            )

    def _timestamp(self, student: str, known_as: str) -> datetime | None:
        """Read when a submission was handed in; one that is no time is no reason to lose a result.

        known_as: what the log calls it, in place of a name
        """
        folder = Path(self._course.format_path(self._course.submitted_directory, student, self._lab.name))
        when, other = timestamps.read(folder, self._zone)
        if other:
            self.untimed[student] = other
            _log.warning("submission %s: its timestamp.txt is no time; recorded without", known_as)
        return when

    def _penalise(self, connection: Connection, student: str, place: Place) -> None:
        """Do what nbgrader's own preprocessor does, without a gradebook of its own for each student."""
        if not self._penalties.enabled:
            return
        penalty = None
        if place.seconds_late > 0:
            total = writes.score(connection, place)
            plugin = self._penalties.plugin_inst
            try:
                penalty = plugin.late_submission_penalty(student, total, place.seconds_late)
                if penalty is not None:
                    penalty = self._penalties._check_late_penalty(SimpleNamespace(score=total), penalty)  # noqa: SLF001
            except Exception as error:
                what = f"{type(error).__name__}: {error}".replace(student, "...")
                raise UserFacingError(
                    f"The plugin {type(plugin).__name__} finds no late penalty ({what}). Mend it, {AGAIN}"
                ) from error
        writes.penalise(connection, place, penalty)

    def _keep(self, student: str, graded: Graded, *, timed: bool) -> None:
        """Write the executed notebook, and beside it the time of the hand-in, with nbgrader's permissions."""
        path = Path(self._course.format_path(self._course.autograded_directory, student, self._lab.name))
        notebook = path / f"{self._lab.name}.ipynb"
        try:
            private_folder(path)
            with replaced(notebook, mode=BY_UMASK) as new:  # one writer at a time: the student's row is held
                new.write_text(graded.text, encoding="utf-8", errors="backslashreplace")  # JSON writes them so, too
            keep_timestamp(self._course, student, self._lab.name, timed=timed)
            self._converter.set_permissions(self._lab.name, student)
        except OSError as error:
            where = error.filename or notebook
            raise UserFacingError(f"{where} can't be written: {error.strerror}. Mend that, {AGAIN}") from None
