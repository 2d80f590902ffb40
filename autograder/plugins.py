"""The grader's parts in the form that nbgrader plugs in: `nbgrader autograde` and formgrader's button grade with them.

nbgrader converts each submission twice: first it sanitises (here: align), then it grades (here: examine, save).
"""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
from jupyter_core.utils import run_sync
from nbconvert.exporters import Exporter, NotebookExporter
from nbformat import NotebookNode
from nbgrader.converters import Autograde, NbGraderException
from nbgrader.exchange.default import ExchangeCollect, ExchangeReleaseAssignment, ExchangeReleaseFeedback
from nbgrader.plugins import BasePlugin
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Dict, Float

from autograder.alignment.align import align, unpack
from autograder.base.errors import UserFacingError
from autograder.commands import collect_exchange, for_nbgrader, hand_back
from autograder.course import rules
from autograder.course.course import Course
from autograder.course.handed_in import fetch
from autograder.delivery import release
from autograder.delivery.exchange import Exchange
from autograder.engine import engine, lease
from autograder.exam import submission
from autograder.gradebook import book
from autograder.gradebook.timestamps import keep_timestamp
from autograder.model import assignment
from autograder.model.graded import NONE
from autograder.model.lab import Lab
from autograder.runs.permission import AS_ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nbgrader.coursedir import CourseDirectory

    from autograder.model.assignment import Assignment
    from autograder.model.graded import Graded

Converted = tuple[NotebookNode, dict[str, Any]]


def load(coursedir: CourseDirectory, name: str) -> Assignment:
    """Read the lab that a course folder grades.

    Raises UserFacingError when there is no such lab, or it has not been built.
    """
    lab = Lab(name, Path(coursedir.root))
    if not lab.source_path.parent.is_dir():
        raise UserFacingError(f"{name} is no lab of this course: there is no folder {lab.source_path.parent}.")
    return assignment.load(lab)


class SubmissionExporter(NotebookExporter):  # type: ignore[misc]
    """Reads what a student handed in, whatever it is: a file that is no notebook becomes the release with a notice."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        # nbgrader makes its exporter before it looks the lab up in the gradebook: the moment to enter it.
        self.course: CourseDirectory = self.parent.coursedir
        try:
            for_nbgrader.prepare(self.parent.assignments, self.course, self.config, self.parent.log)
            self.lab = load(self.course, self.course.assignment_id)
            with book.open_gradebook(self.course.db_url, self.course.course_id) as gradebook:
                book.register(gradebook, self.lab)
        except UserFacingError as error:
            self.parent.log.error("%s", error)  # noqa: TRY400  (a sentence for a person, not a traceback)
            raise NbGraderException(str(error)) from None  # nbgrader ends with status 1

    def from_filename(
        self, filename: str, resources: dict[str, Any] | None = None, **kwargs: Any
    ) -> tuple[str, dict[str, Any]]:
        """Align a submission, or read an aligned one back."""
        path = Path(filename)
        submitted = self.parent._sanitizing  # noqa: SLF001  (nbgrader has no public name for it)
        notebook = align(fetch(path), self.lab).pack() if submitted else nbformat.read(path, as_version=4)
        output, resources = self.from_notebook_node(notebook, resources, **kwargs)
        return output, resources


class Examine(NbGraderPreprocessor, rules.Examine):  # type: ignore[misc]
    """Runs an aligned submission; the verdicts go to `Save`."""

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> Converted:
        """Grade one notebook, unless its converter has the result already."""
        exporter = self.parent
        aligned = unpack(nb)
        ready: Mapping[str, Graded] = getattr(exporter.parent, "ready", {})
        graded = ready.get(aligned.digest)
        if graded is None:
            course = exporter.course
            mine = self.rules(Path(course.root, course.submitted_directory).parent)
            if mine.isolation == NONE and os.geteuid() == 0:
                raise NbGraderException(AS_ROOT)
            other = lease.with_colab(mine.kind)
            colab = (lambda: engine.shared(other)) if other else None
            graded = run_sync(submission.examine)(aligned, exporter.lab, mine, engine.shared(mine.kind), colab)
        resources["graded"] = graded
        return graded.notebook, resources


class Save(NbGraderPreprocessor):  # type: ignore[misc]
    """Writes the verdicts of `Examine` into the gradebook."""

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> Converted:
        """Record one notebook."""
        exporter, student = self.parent, resources["nbgrader"]["student"]
        with book.open_gradebook(exporter.course.db_url, exporter.course.course_id) as gradebook:
            book.save(gradebook, student, exporter.lab, resources.pop("graded"))
        keep_timestamp(exporter.course, student, exporter.lab.name)
        return nb, resources


class ClassAutograde(Autograde):  # type: ignore[misc]
    """nbgrader's own converter, for submissions that have been run already (`ready`: digest -> result).

    It takes a submission without a notebook, too: nbgrader itself would pass over it in silence.
    """

    ready = Dict()

    def init_notebooks(self) -> None:
        """Find the one notebook that is graded, there or not."""
        name = self.coursedir.assignment_id
        folder = self._format_source(name, self.coursedir.student_id)
        self.assignments = {folder: [str(Path(folder, f"{name}.ipynb"))]}
        self.notebooks: list[str] = []


class FeedbackExporter(Exporter):  # type: ignore[misc]
    """Puts our feedback page where nbgrader would convert the autograded notebook, hidden tests and all."""

    file_extension = ".html"

    def from_filename(
        self,
        filename: str,  # noqa: ARG002
        resources: dict[str, Any] | None = None,
        **_: Any,
    ) -> tuple[str, dict[str, Any]]:
        """Write the page of one student from the gradebook."""
        resources = resources or {}
        lab, student = resources["nbgrader"]["assignment"], resources["nbgrader"]["student"]
        course = Course(self.config, self.parent.coursedir)
        with course.gradebook() as gradebook:
            page = hand_back.page(gradebook, course.folder, lab, student)
            report = book.report(gradebook, lab, student)
        folder = course.path(course.directory.feedback_directory, student, lab)
        folder.mkdir(parents=True, exist_ok=True)
        release.mark(course, lab, report, folder)
        return page, resources | {"output_extension": self.file_extension}


class Collect(ExchangeCollect):  # type: ignore[misc]
    """`nbgrader collect`, and formgrader's button: takes in what `autograder collect --from exchange` does."""

    def init_src(self) -> None:
        """Look for the exchange, and refuse what this course does otherwise."""
        if self.before_duedate:
            self.fail("--before-duedate is not for this course: every attempt is kept, and the newest one is graded.")

    def copy_files(self) -> None:
        """Take in every attempt, with its time and its secret."""
        lab, student = self.coursedir.assignment_id, self.coursedir.student_id.replace("*", "")
        exchange = Exchange(Path(self.root), self.coursedir.course_id, self.check_owner, self.coursedir.groupshared)
        try:
            course = Course(self.config, self.coursedir)
            found = collect_exchange.take(course, lab, exchange, student=student, update=self.update)
        except UserFacingError as error:
            self.fail(str(error))
        for line in for_nbgrader.lines(found, lab):
            self.log.info("%s", line)
        for line in found.concerns():
            self.log.warning("%s", line)


class ReleaseFeedback(ExchangeReleaseFeedback):  # type: ignore[misc]
    """`nbgrader release_feedback`, and formgrader's button: one student's failure stops nobody else."""

    def init_dest(self) -> None:
        """Leave it to the release itself."""

    def copy_files(self) -> None:
        """Give out the pages that lie in course/feedback."""
        lab, course = self.coursedir.assignment_id, Course(self.config, self.coursedir)
        exchange = Exchange(Path(self.root), self.coursedir.course_id, groupshared=self.coursedir.groupshared)
        excluded = set((self.coursedir.student_id_exclude or "").split(","))
        one, everybody = self.coursedir.student_id, Path(course.path(course.directory.feedback_directory, ".", "."))
        names = [path.name for path in everybody.iterdir()] if one == "*" and everybody.is_dir() else [one]
        pages = {name for name in names if (everybody / name / lab / f"{lab}.html").is_file()}
        try:
            students = sorted(pages - excluded)
            found = release.release(exchange, course, lab, students)
        except UserFacingError as error:
            self.fail(str(error))
        for line in found.lines(exchange.feedback):
            self.log.info("%s", line)
        if found.failed:
            self.fail(found.lines(exchange.feedback)[-1])


class ReleaseAssignment(ExchangeReleaseAssignment):  # type: ignore[misc]
    """`nbgrader release_assignment`: says where students could not enter the exchange."""

    def copy_files(self) -> None:
        """Release, then look."""
        super().copy_files()
        said = Exchange(Path(self.root), self.coursedir.course_id).unreachable()
        if said:
            self.log.warning("%s", said)


class PerDay(BasePlugin):  # type: ignore[misc]
    """Takes a share of the points that were earned, for each day begun: `c.PerDay` in nbgrader_config.py."""

    percent = Float(10.0, help="How much of what was earned each day begun costs.").tag(config=True)
    most = Float(100.0, help="The most that lateness can cost, in percent of what was earned.").tag(config=True)
    grace_minutes = Float(15.0, help="So much lateness costs nothing.").tag(config=True)

    def late_submission_penalty(self, student_id: str, score: float, total_seconds_late: float) -> float | None:  # noqa: ARG002
        """Return the points to take off; None when there are none."""
        if total_seconds_late <= 60 * self.grace_minutes:
            return None
        days = -(-total_seconds_late // timedelta(days=1).total_seconds())
        share = float(min(self.percent * days, self.most)) / 100
        return round(score * share, 2)
