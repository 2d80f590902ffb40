"""Grades a class: runs submissions side by side, records them one by one, writes feedback pages and the grade table."""

from __future__ import annotations

import asyncio
import logging
import shutil
import warnings
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
from nbgrader.coursedir import CourseDirectory
from sqlalchemy.exc import DatabaseError, SAWarning
from traitlets.config.loader import PyFileConfigLoader

from autograder import assignment, export, feedback, record, sample_class, submission, verdicts
from autograder.align import UnreadableError, align, fetch, fingerprint
from autograder.engine import NONE, Engine
from autograder.lab import ROOT, Lab, LabError, find
from autograder.plugins import ClassAutograde, Examine
from autograder.states import State
from autograder.submission import Graded, Rules

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from nbgrader.api import Gradebook
    from traitlets.config import Config

    from autograder.assignment import Assignment
    from autograder.record import Report

AT_A_TIME = 2

_log = logging.getLogger("autograder.grade")
_log.propagate = False
_SILENT = logging.getLogger("autograder.converter")  # for nbgrader, whose messages name students
_SILENT.propagate = False
_SILENT.addHandler(logging.NullHandler())


@dataclass(frozen=True)
class Course:
    """One class on disk, as nbgrader_config.py describes it."""

    config: Config
    directory: CourseDirectory

    @classmethod
    def open(cls, root: Path = ROOT) -> Course:
        """Read nbgrader_config.py and make the course folder, readable by its owner only."""
        try:
            config = PyFileConfigLoader("nbgrader_config.py", path=str(root)).load_config()
        except OSError as error:  # it makes course/
            raise LabError(f"{error.filename} can't be made or opened: {error.strerror}.") from None
        course = cls(config, CourseDirectory(config=config))
        try:
            course.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            course.folder.chmod(0o700)
        except OSError as error:
            raise LabError(f"{course.folder} can't be made or opened: {error.strerror}.") from None
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
        return Examine(config=self.config).rules(self.directory)

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

    @contextmanager
    def gradebook(self) -> Iterator[Gradebook]:
        """Open the gradebook."""
        try:
            with record.open_gradebook(self.directory.db_url, self.directory.course_id) as gradebook:
                yield gradebook
        except DatabaseError as error:
            raise LabError(f"The gradebook {self.directory.db_url} can't be used: {error.orig}.") from None


def _holds(folder: Path, lab: str) -> bool:
    """Say whether a student's folder holds a lab; one that may not be opened counts, so that it is not passed over."""
    try:
        return (folder / lab).is_dir()
    except PermissionError:
        return True


@dataclass
class Progress:
    """What the caller wants to hear: the size of a sample class filled in, how many there are to run, who is done.

    warming_up: TensorFlow is imported now, for everybody; warn: a sentence that a person must read
    """

    filled_in: Callable[[int], None] = lambda _: None
    begin: Callable[[int], None] = lambda _: None
    done: Callable[[str], None] = lambda _: None
    warming_up: Callable[[], None] = lambda: None
    warn: Callable[[str], None] = lambda _: None


@dataclass
class Outcome:
    """What a run did: whom it graded, whom it had graded before, and what is recorded about everyone.

    gone: who has a grade, and no submission any more
    """

    assignment: Assignment
    graded: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    reports: Sequence[Report] = ()


def grade(
    course: Course,
    name: str,
    *,
    force: bool = False,
    isolation: str = "",
    progress: Progress | None = None,
    engine: Engine | None = None,
) -> Outcome:
    """Grade everyone who handed in a lab; what was graded before, and has not changed, is kept.

    An empty course gets the sample class. isolation: "none" to grade without a sandbox, by choice
    engine: one that is running already; without it, one is started and ended
    Raises LabError when there is no such lab, it has not been built, or students' code cannot be isolated.
    """
    _log_to(course.folder / "grading.log")
    progress = progress or Progress()
    lab = assignment.load(find(name, course.root))
    rules = replace(course.rules, isolation=isolation or course.rules.isolation)
    outcome = Outcome(lab)
    if not course.students(name):
        progress.filled_in(sample_class.write(Lab(name, course.root), course.submitted))
    sample_class.refresh(Lab(name, course.root), course.submitted)
    with course.gradebook() as gradebook:
        record.register(gradebook, lab)
        known = {} if force else record.keys(gradebook, name)
    waiting: list[str] = []
    for student in course.students(name):
        fresh = known.get(student) in _keys(course, lab, rules, student)
        (outcome.kept if fresh and course.autograded(student, name).exists() else waiting).append(student)
    progress.begin(len(waiting))
    if waiting:
        with nullcontext(engine) if engine else _engine(course, lab, rules, waiting, progress) as running:
            rules = replace(rules, isolation=running.isolation)
            asyncio.run(_grade_all(_Run(course, lab, rules, running), outcome, waiting, progress))
    with course.gradebook() as gradebook:
        outcome.reports = record.reports(gradebook, name)
    outcome.gone = sorted({report.student for report in outcome.reports} - set(course.students(name)))
    write_feedback(course, lab, outcome.reports)
    export.write_csv(course.folder / "grades.csv", outcome.reports, lab)
    return outcome


def _keys(course: Course, lab: Assignment, rules: Rules, student: str) -> set[str]:
    """Name the gradings of a submission that need not be done again. Our own sample class may do without isolation."""
    digest = fingerprint(course.read(student, lab.name))
    allowed = [rules, replace(rules, isolation=NONE)] if _is_sample(course, lab, student) else [rules]
    return {one.key(digest, lab) for one in allowed}


def _is_sample(course: Course, lab: Assignment, student: str) -> bool:
    return sample_class.genuine(Lab(lab.name, course.root), course.submitted, student)


@contextmanager
def _engine(
    course: Course, lab: Assignment, rules: Rules, students: Sequence[str], progress: Progress
) -> Iterator[Engine]:
    """Start what grading runs on; where it cannot isolate, only the sample class, which is ours, goes on without."""
    progress.warming_up()
    with ExitStack() as stack:
        try:
            engine = stack.enter_context(Engine(rules.isolation))
        except LabError as error:
            if not all(_is_sample(course, lab, student) for student in students):
                raise
            progress.warn(f"{error} The sample class is ours, so it is graded without isolation; a class would not be.")
            engine = stack.enter_context(Engine(NONE))
        yield engine


@dataclass(frozen=True)
class _Run:
    """What all submissions of one run share."""

    course: Course
    lab: Assignment
    rules: Rules
    engine: Engine


async def _grade_all(run: _Run, outcome: Outcome, students: Sequence[str], progress: Progress) -> None:
    places = asyncio.Semaphore(AT_A_TIME)

    async def one(student: str) -> tuple[str, Graded]:
        async with places:
            return student, await _grade_one(run, student)

    for finished in asyncio.as_completed([one(student) for student in students]):
        student, graded = await finished
        _record(run.course, run.lab, student, graded)
        outcome.graded.append(student)
        progress.done(student)


async def _grade_one(run: _Run, student: str) -> Graded:
    data = run.course.read(student, run.lab.name)
    try:
        return await submission.grade(data, run.lab, run.rules, run.engine)
    except Exception as error:  # noqa: BLE001  (it must not stop the class)
        return _ours(run.course, run.lab, student, error)


def _ours(course: Course, lab: Assignment, student: str, error: Exception) -> Graded:
    """Return the result of a submission that the grader could not grade: no score, and a note in the log."""
    aligned = align(course.read(student, lab.name), lab)
    _log.error(
        "submission %s could not be graded: %s: %s",
        aligned.digest[:12],
        type(error).__name__,
        str(error).replace(student, "..."),
    )
    # No key: the next run tries again.
    return Graded(tuple(verdicts.ours(lab)), aligned.pack(), aligned.digest, "", 0, "")


def _record(course: Course, lab: Assignment, student: str, graded: Graded) -> None:
    """Let nbgrader's own converter take a result through its steps: student, submission, notebook, penalties."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SAWarning)  # nbgrader's own, one for each new submission
        try:
            directory = CourseDirectory(config=course.config, assignment_id=lab.name, student_id=student)
            ready = {graded.digest: graded}
            ClassAutograde(coursedir=directory, config=course.config, log=_SILENT, force=True, ready=ready).start()
        except Exception as error:  # noqa: BLE001  (it must not stop the class)
            rejected = all(verdict.state is State.UNREADABLE for verdict in graded.verdicts)
            _record_plainly(course, lab, student, graded if rejected else _ours(course, lab, student, error))


def _record_plainly(course: Course, lab: Assignment, student: str, failed: Graded) -> None:
    """Record without nbgrader's converter what that could not record: an odd name, a timestamp that is none."""
    with course.gradebook() as gradebook:
        gradebook.update_or_create_student(student)
        gradebook.update_or_create_submission(lab.name, student)
        record.save(gradebook, student, lab, failed)
    path = course.autograded(student, lab.name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.write_text(nbformat.writes(failed.notebook), encoding="utf-8")


def write_feedback(course: Course, lab: Assignment, reports: Sequence[Report]) -> None:
    """Write everyone's page: course/feedback/<student>/<lab>/<lab>.html."""
    for report in reports:
        folder = course.path(course.directory.feedback_directory, report.student, lab.name)
        folder.mkdir(parents=True, exist_ok=True)
        page, path = feedback.page(report, lab.name), folder / f"{lab.name}.html"
        if not path.exists() or path.read_text(encoding="utf-8") != page:
            temporary = path.with_suffix(".new")
            temporary.write_text(page, encoding="utf-8")
            temporary.replace(path)


def explain(course: Course, name: str, student: str, exercise: str) -> str:
    """Show an instructor what one check asked of a student's work, and what came: inputs, expected, actual."""
    lab = assignment.load(find(name, course.root))
    if student not in course.students(name):
        raise LabError(f"{student!r} has handed in no {name}.")
    with Engine(course.rules.isolation) as engine:
        return asyncio.run(submission.explain(course.read(student, name), lab, course.rules, engine, exercise))


def remove(course: Course, name: str, students: Sequence[str]) -> list[str]:
    """Take students out of a lab: submissions, grades and pages. Other labs stay. Returns who was there."""
    steps = (
        course.directory.submitted_directory,
        course.directory.autograded_directory,
        course.directory.feedback_directory,
    )
    with course.gradebook() as gradebook:
        removed = [student for student in students if record.remove(gradebook, student, name)]
    for student in students:
        for step in steps:
            folder = course.path(step, student, name)
            if folder.exists():
                shutil.rmtree(folder)
                removed.append(student)
            with suppress(OSError):  # another lab is in it
                folder.parent.rmdir()
    with course.gradebook() as gradebook:
        lab = assignment.load(find(name, course.root))
        export.write_csv(course.folder / "grades.csv", record.reports(gradebook, name), lab)
    return sorted(set(removed))


def _log_to(path: Path) -> None:
    for handler in list(_log.handlers):
        _log.removeHandler(handler)
        handler.close()
    handler = logging.FileHandler(path, encoding="utf-8", delay=True)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    _log.addHandler(handler)
