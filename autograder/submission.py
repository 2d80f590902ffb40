"""Grades one submission: bytes in, verdicts and an executed notebook out. No gradebook, no shared folder."""

from __future__ import annotations

import asyncio
import copy
import hashlib
import hmac
import json
import re
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import nbformat

from autograder import inert, session, verdicts
from autograder.align import Aligned, UnreadableError, align
from autograder.candidate import Limits
from autograder.engine import SANDBOX
from autograder.forks import GoneError
from autograder.lab import BEGIN_HIDDEN, PLACE, LabError, grade_id, kind, runs_in_examiner
from autograder.references.reference import SEED_VARIABLE
from autograder.states import Note, State, Verdict, Work

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from nbformat import NotebookNode

    from autograder.assignment import Assignment
    from autograder.candidate import CellRun
    from autograder.engine import Grounds

NORMAL = Limits()
ATTEMPTS = 3
SHOWN, LONGEST_SHOWN = 3_000, 30_000  # characters of output, and of a student's text, that are kept for the pages
_COLOURS = re.compile(r"\x1b\[[\d;]*[A-Za-z]")
GRADER_VERSION = "3"  # to be raised when the same submission could get another state than before


@dataclass(frozen=True)
class Job:
    """How one submission is to be graded: the key to record it under, the seed of its hidden cases, the limits."""

    key: str
    seed: int
    limits: Limits


@dataclass(frozen=True)
class Rules:
    """What a course grades by.

    secret: the course's own key: the cases of hidden tests are drawn from it and the submission
    """

    secret: bytes
    limits: Limits = NORMAL
    isolation: str = SANDBOX

    def key(self, digest: str, assignment_digest: str, grader_version: str = GRADER_VERSION) -> str:
        """Name a grading by everything that its result depends on.

        assignment_digest, grader_version: by what it is graded, or was: a recorded grading keeps its name when only
        the kit has changed, so that the name tells whether the submission and these rules are still the same
        """
        parts = {
            "submission": digest,
            "assignment": assignment_digest,
            "engine": grader_version,
            "limits": asdict(self.limits),
            "isolation": self.isolation,
            "secret": hashlib.sha256(self.secret).hexdigest(),
        }
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()

    def job(self, digest: str, assignment: Assignment) -> Job:
        """Say what whoever grades a submission is told: all but the secret."""
        return Job(self.key(digest, assignment.digest), self.seed(digest), self.limits)

    def seed(self, digest: str) -> int:
        """Draw the hidden cases of a submission from its own bytes: the same on a retry, and not to be foreseen."""
        return int(hmac.new(self.secret, f"cases {digest}".encode(), hashlib.sha256).hexdigest()[:12], 16)


@dataclass(frozen=True)
class Graded:
    """What grading found.

    text:  the executed notebook, as it stands in a file
    key:   the same for the same submission, release, engine and rules; seed: what hidden cases were drawn from
    level: how the student's code was isolated, as it was measured
    receipt: what was repaired before; work: what the student wrote for each exercise and question
    """

    verdicts: tuple[Verdict, ...]
    text: str
    digest: str
    key: str
    seed: int
    level: str
    receipt: tuple[Note, ...] = ()
    work: tuple[Work, ...] = ()

    @property
    def notebook(self) -> NotebookNode:
        """The executed notebook."""
        return nbformat.reads(self.text, as_version=4)

    def pack(self) -> bytes:
        """Write it as JSON, which crosses between processes and machines."""
        return json.dumps(asdict(self)).encode()

    @classmethod
    def unpack(cls, data: bytes) -> Graded:
        """Undo `pack`."""
        parts = json.loads(data)
        states = [{**verdict, "state": verdict["state"] and State(verdict["state"])} for verdict in parts["verdicts"]]
        lists = {
            "verdicts": tuple(Verdict(**verdict) for verdict in states),
            "receipt": tuple(Note(**note) for note in parts["receipt"]),
            "work": tuple(Work(**work) for work in parts["work"]),
        }
        return cls(**{**parts, **lists})


async def grade(data: bytes | UnreadableError, assignment: Assignment, rules: Rules, engine: Grounds) -> Graded:
    """Grade what a student handed in, as `align.fetch` returns it."""
    return await examine(align(data, assignment), assignment, rules, engine)


async def examine(aligned: Aligned, assignment: Assignment, rules: Rules, engine: Grounds) -> Graded:
    """Run an aligned submission and read its verdicts."""
    return await run(aligned, assignment, rules.job(aligned.digest, assignment), engine)


async def persist(
    data: bytes | UnreadableError, assignment: Assignment, job: Job, grounds: Callable[[], Grounds]
) -> Graded | str:
    """Grade what a student handed in, again when our own machinery fails; return why, where it fails to the end.

    A warm process, a kernel's sockets or an examiner may have gone: none of that is the student's fault.
    Raises LabError for what concerns everybody.
    """
    began, said = time.monotonic(), ""
    for _ in range(ATTEMPTS):
        try:
            return await run(align(data, assignment), assignment, job, await asyncio.to_thread(grounds))
        except Exception as error:
            if isinstance(error, LabError) and not isinstance(error, GoneError):
                raise
            said = f"{type(error).__name__}: {error}"
        if time.monotonic() - began > job.limits.submission_seconds:
            break
    return said


async def run(aligned: Aligned, assignment: Assignment, job: Job, engine: Grounds) -> Graded:
    """Run an aligned submission as a job says."""
    runs: dict[str, CellRun] = {}
    if not aligned.unreadable:
        happened = await session.run(
            aligned.notebook, engine, plan(assignment, job.seed), job.limits, seed=f"student {aligned.digest}"
        )
        runs = {
            grade_id(cell): run for cell, run in zip(aligned.notebook.cells, happened, strict=True) if grade_id(cell)
        }
    found = verdicts.verdicts(aligned, assignment, runs)
    return found_for(aligned, assignment, found, job, str(engine.level))


def found_for(
    aligned: Aligned, assignment: Assignment, found: Sequence[Verdict], job: Job | None, level: str
) -> Graded:
    """Put together what there is to say about a submission. job: None when it could not be graded."""
    questions = {cell.grade_id: assignment.cell(cell.grade_id).source for cell in assignment.written}
    work = tuple(
        _work(cell, questions.get(grade_id(cell), ""))
        for cell in aligned.notebook.cells
        if kind(cell) in {"exercise", "written"}
    )
    text = json.dumps(aligned.pack(), ensure_ascii=False)  # nbformat's own lines and indents take nine times as long
    key, seed = (job.key, job.seed) if job else ("", 0)
    own = () if aligned.unreadable else work
    return Graded(tuple(found), text, aligned.digest, key, seed, level, aligned.receipt, own)


def _own(source: str, released: str) -> str:
    """Leave out the question and the place for the answer; all stays where a student has changed the question."""
    question = released.partition(PLACE)[0]
    for words in (question.split(), inert.markdown(question).split()):
        if words and source.split()[: len(words)] == words:
            return re.sub(r"\s*\S+", "", source, count=len(words)).replace(PLACE, "", 1).strip()
    return source


def _work(cell: NotebookNode, released: str) -> Work:
    """Keep of a cell what a page shows: its text, and what it printed, without colours.

    released: the question as it was given out; empty for an exercise
    """
    outputs = cell.get("outputs", [])
    parts = (
        output.get("text") or "\n".join(output.get("traceback", [])) or output.get("data", {}).get("text/plain", "")
        for output in outputs
    )
    printed = _COLOURS.sub("", "".join(parts))
    bounded = printed if len(printed) <= SHOWN else f"{printed[:SHOWN]}\n... and {len(printed) - SHOWN} characters more"
    own = _own(cell.source[:LONGEST_SHOWN], released)
    return Work(grade_id(cell), own if len(cell.source) <= LONGEST_SHOWN else f"{own}\n...", bounded)


def plan(assignment: Assignment, seed: int, *, watch: bool = False) -> session.Plan:
    """Say what an examiner of this lab is told."""
    both = [cell.source for cell in assignment.cells if runs_in_examiner(cell)]
    return session.Plan(both, sorted(assignment.names), {SEED_VARIABLE: str(seed)}, watch=watch)


async def explain(
    data: bytes | UnreadableError, assignment: Assignment, rules: Rules, engine: Grounds, name: str
) -> str:
    """Run one check of a submission again, with the same inputs, and show each case to the instructor.

    name: the name or number of an exercise. Raises LabError when there is none such, or the file can't be read.
    """
    graded = next((cell for cell in assignment.checks if name in {cell.name, cell.number, cell.grade_id}), None)
    if graded is None:
        raise LabError(f"There is no exercise {name!r} in {assignment.name}.")
    aligned = align(data, assignment)
    if aligned.unreadable:
        raise LabError(aligned.unreadable)
    notebook = aligned.notebook
    last = next(index for index, cell in enumerate(notebook.cells) if grade_id(cell) == graded.grade_id)
    public, hidden = copy.deepcopy(notebook.cells[last]), notebook.cells[last]
    public.source, _, hidden.source = hidden.source.partition(BEGIN_HIDDEN)  # the second is to be seen in any case
    notebook.cells = [cell for cell in notebook.cells[:last] if kind(cell) != "check"] + [public, hidden]
    told = plan(assignment, rules.seed(aligned.digest), watch=True)
    await session.run(notebook, engine, told, rules.limits, seed=f"student {aligned.digest}")
    parts = zip(("public examples", "hidden test"), (public, hidden), strict=True)
    shown = (f"=== {name}\n{''.join(output.text for output in cell.outputs)}" for name, cell in parts)
    return f"{graded.title}\n" + "\n".join(shown)
