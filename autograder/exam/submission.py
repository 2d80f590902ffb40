"""Grades one submission: bytes in, verdicts and an executed notebook out. No gradebook, no shared folder."""

from __future__ import annotations

import asyncio
import copy
import json
import logging
import re
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from autograder.alignment.align import Aligned, align
from autograder.base import inert, interpreter
from autograder.base.errors import UnreadableError, UserFacingError
from autograder.base.seed import SEED_VARIABLE
from autograder.engine.fork_client import GoneError
from autograder.exam import session, surroundings, verdicts
from autograder.model.cells import BEGIN_HIDDEN, PLACE, grade_id, kind, runs_in_examiner
from autograder.model.graded import COLAB, HELD, Graded, Job, Rules
from autograder.model.verdict import Verdict, Work

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from nbformat import NotebookNode

    from autograder.engine.engine import Grounds
    from autograder.exam.cell_run import CellRun
    from autograder.model.assignment import Assignment

ATTEMPTS = 3
SHOWN, LONGEST_SHOWN = 3_000, 30_000  # characters of output, and of a student's text, that are kept for the pages
_log = logging.getLogger("autograder.commands.grade")
_COLOURS = re.compile(r"\x1b\[[\d;]*[A-Za-z]")


async def grade(data: bytes | UnreadableError, assignment: Assignment, rules: Rules, engine: Grounds) -> Graded:
    """Grade what a student handed in, as `handed_in.fetch` returns it."""
    return await examine(align(data, assignment), assignment, rules, engine)


async def examine(
    aligned: Aligned,
    assignment: Assignment,
    rules: Rules,
    engine: Grounds,
    colab: Callable[[], Grounds] | None = None,
) -> Graded:
    """Run an aligned submission and read its verdicts. colab: see `persist`."""
    job = replace(rules.job(aligned.digest, assignment), patient=True)
    kept = replace(aligned, notebook=copy.deepcopy(aligned.notebook)) if colab else aligned
    graded = await run(aligned, assignment, job, engine)
    return await with_colab(graded, kept, assignment, job, colab) if colab else graded


async def persist(
    data: bytes | UnreadableError,
    assignment: Assignment,
    job: Job,
    grounds: Callable[[], Grounds],
    colab: Callable[[], Grounds] | None = None,
) -> Graded | str:
    """Grade what a student handed in, again when our own machinery fails; return why, where it fails to the end.

    HELD is what it returns for what would hold up others, unless the job is patient.
    colab: the grounds with Google Colab's packages, where they are installed beside the grader's own

    A warm process, a kernel's sockets or an examiner may have gone: none of that is the student's fault.
    Raises UserFacingError for what concerns everybody.
    """
    began, said = time.monotonic(), ""
    for _ in range(ATTEMPTS):
        try:
            graded = await run(align(data, assignment), assignment, job, await asyncio.to_thread(grounds))
            return await with_colab(graded, align(data, assignment), assignment, job, colab) if colab else graded
        except session.HeldError:
            return HELD
        except Exception as error:
            if isinstance(error, UserFacingError) and not isinstance(error, GoneError):
                raise
            said = f"{type(error).__name__}: {error}"
        if time.monotonic() - began > job.limits.submission_seconds:
            break
    return said


async def with_colab(
    graded: Graded, aligned: Aligned, assignment: Assignment, job: Job, colab: Callable[[], Grounds]
) -> Graded:
    """Try what fails in a notebook that Colab saved once with Colab's packages, where that is something else."""
    if not surroundings.lost_elsewhere(aligned, graded.verdicts):
        return graded
    try:
        second = await run(aligned, assignment, replace(job, patient=True), await asyncio.to_thread(colab))
    except Exception as error:  # noqa: BLE001  (whatever is wrong with the second set, what was found first stands)
        _log.error("Google Colab's packages were not to be had: %s", error)
        return graded
    return surroundings.better(graded, second, assignment)


async def run(aligned: Aligned, assignment: Assignment, job: Job, engine: Grounds) -> Graded:
    """Run an aligned submission as a job says."""
    runs: dict[str, CellRun] = {}
    happened: list[CellRun] = []
    if not aligned.unreadable:
        happened = await session.run(
            aligned.notebook,
            engine,
            plan(assignment, job.seed),
            job.limits,
            seed=f"student {aligned.digest}",
            patient=job.patient,
        )
        runs = {
            grade_id(cell): run for cell, run in zip(aligned.notebook.cells, happened, strict=True) if grade_id(cell)
        }
    found = verdicts.verdicts(aligned, assignment, runs)
    if happened:
        lacking = surroundings.notes(aligned, assignment, happened, found)
        aligned = replace(aligned, receipt=(*aligned.receipt, *lacking))
    used = interpreter.colab() if engine.packages == COLAB else interpreter.own()
    return found_for(aligned, assignment, found, job, str(engine.level), used.versions)


def found_for(
    aligned: Aligned,
    assignment: Assignment,
    found: Sequence[Verdict],
    job: Job | None,
    level: str,
    packages: str = "",
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
    return Graded(tuple(found), text, aligned.digest, key, seed, level, aligned.receipt, own, packages)


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

    name: the name or number of an exercise. Raises UserFacingError when there is none such, or the file can't be read.
    """
    graded = assignment.find(name)
    if not graded.exercise:
        raise UserFacingError(f"{graded.title} is marked by a person: there is no check to explain.")
    aligned = align(data, assignment)
    if aligned.unreadable:
        raise UserFacingError(aligned.unreadable)
    notebook = aligned.notebook
    last = next(index for index, cell in enumerate(notebook.cells) if grade_id(cell) == graded.grade_id)
    public, hidden = copy.deepcopy(notebook.cells[last]), notebook.cells[last]
    public.source, _, hidden.source = hidden.source.partition(BEGIN_HIDDEN)  # the second is to be seen in any case
    notebook.cells = [*notebook.cells[:last], public, hidden]  # what the checks before it say decides what is replaced
    told = plan(assignment, rules.seed(aligned.digest), watch=True)
    await session.run(notebook, engine, told, rules.limits, seed=f"student {aligned.digest}")
    parts = zip(("public examples", "hidden test"), (public, hidden), strict=True)
    shown = (f"=== {name}\n{''.join(output.text for output in cell.outputs)}" for name, cell in parts)
    return f"{graded.title}\n" + "\n".join(shown)
