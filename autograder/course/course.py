"""One class on disk: where its submissions, its gradebook and its results lie, as nbgrader_config.py says."""

from __future__ import annotations

import logging
import os
import re
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from nbgrader.coursedir import CourseDirectory
from sqlalchemy.exc import DatabaseError
from traitlets.config.loader import PyFileConfigLoader

from autograder.base.errors import UserFacingError
from autograder.base.files import COURSE_VARIABLE, ROOT, private, private_folder, refuse_open
from autograder.course.handed_in import fetch
from autograder.course.rules import Examine
from autograder.gradebook import book, transactions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbgrader.api import Gradebook
    from traitlets.config import Config

    from autograder.base.errors import UnreadableError
    from autograder.model.graded import Rules

_log = logging.getLogger("autograder.commands.grade")
_log.propagate = False


@dataclass(frozen=True)
class Course:
    """One class on disk, as nbgrader_config.py describes it."""

    config: Config
    directory: CourseDirectory

    @classmethod
    def open(cls, root: Path = ROOT, name: str | None = None) -> Course:
        """Read nbgrader_config.py, which makes the course folder for its owner only, or for a group that shares it.

        What is there is not changed.
        name: of the course, where there are several; empty for the one without a name; else AUTOGRADER_COURSE says it
        Raises UserFacingError where the folder can't be made, or is open to everybody, and for a name that can't be a
        folder's.
        """
        name = os.environ.get(COURSE_VARIABLE, "") if name is None else name
        if name and not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,60}", name):
            raise UserFacingError(
                f"A course can't be called {name!r}: take letters, digits, dots, dashes and underscores, and begin "
                "with a letter or a digit."
            )
        os.environ[COURSE_VARIABLE] = name  # the configuration reads it, also in the processes of nbgrader
        try:
            config = PyFileConfigLoader("nbgrader_config.py", path=str(root)).load_config()
        except OSError as error:  # it makes course/
            raise UserFacingError(f"{error.filename} can't be made or opened: {error.strerror}.") from None
        course = cls(config, CourseDirectory(config=config))
        try:
            private_folder(course.folder)
            refuse_open(course.folder)
        except OSError as error:
            raise UserFacingError(f"{course.folder} can't be made or opened: {error.strerror}.") from None
        return course

    @property
    def root(self) -> Path:
        """The checkout."""
        return Path(self.directory.root)

    @property
    def folder(self) -> Path:
        """The class's folder."""
        return self.submitted.parent

    @property
    def submitted(self) -> Path:
        """Where submissions lie: submitted/<student>/<lab>/<lab>.ipynb."""
        return self.root / str(self.directory.submitted_directory)

    @property
    def rules(self) -> Rules:
        """What this course grades by."""
        return Examine(config=self.config).rules(self.folder)

    def path(self, step: str, student: str, lab: str) -> Path:
        """Return a student's folder of one step of nbgrader."""
        return Path(self.directory.format_path(step, student, lab))

    def autograded(self, student: str, lab: str) -> Path:
        """Return where the executed notebook of a student lies."""
        return self.path(self.directory.autograded_directory, student, lab) / f"{lab}.ipynb"

    def students(self, lab: str) -> list[str]:
        """List who handed something in."""
        if not self.submitted.exists():
            return []
        return sorted(folder.name for folder in self.submitted.iterdir() if _holds(folder, lab))

    def read(self, student: str, lab: str) -> bytes | UnreadableError:
        """Read what a student handed in."""
        return fetch(self.path(self.directory.submitted_directory, student, lab) / f"{lab}.ipynb")

    def log(self) -> None:
        """Write what the grader logs into this course's grading.log."""
        for handler in list(_log.handlers):
            _log.removeHandler(handler)
            handler.close()
        with suppress(OSError), open(self.folder / "grading.log", "a", opener=private):
            pass  # made here, so that in a shared course another instructor may write to it, too
        handler = logging.FileHandler(self.folder / "grading.log", encoding="utf-8", delay=True)
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
        _log.addHandler(handler)

    @contextmanager
    def gradebook(self) -> Iterator[Gradebook]:
        """Open the gradebook."""
        try:
            with book.open_gradebook(self.directory.db_url, self.directory.course_id) as gradebook:
                yield gradebook
        except DatabaseError as error:
            raise transactions.complaint(self.directory.db_url, error) from None


def _holds(folder: Path, lab: str) -> bool:
    """Say whether a student's folder holds a lab; one that may not be opened counts, so that it is not passed over."""
    try:
        return (folder / lab).is_dir()
    except PermissionError:
        return True
