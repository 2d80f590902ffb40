"""Runs the submissions of a class, on workers or in this process, and hands out each result as it comes."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import threading
import time
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from itertools import chain, islice
from typing import TYPE_CHECKING

from autograder.alignment.align import align, fingerprint
from autograder.base.errors import UserFacingError
from autograder.engine import lease
from autograder.engine.engine import try_out
from autograder.engine.memory import held, processes
from autograder.exam import submission, verdicts
from autograder.model.assignment import Files
from autograder.model.graded import GRADER_VERSION, HELD, NONE, UID, Graded, Rules, engine_kind
from autograder.runs import permission

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from autograder.course.course import Course
    from autograder.engine.engine import Grounds
    from autograder.model.assignment import Assignment
    from autograder.model.lab import Lab
    from autograder.model.recorded import Grading
    from autograder.runs.cluster import Class
    from autograder.runs.progress import Progress, Usage
    from autograder.runs.worker import Order, Reply

AT_A_TIME = 2  # submissions in this process
FEW = 2  # so many do without workers, which take two seconds to start
LOOK_SECONDS = 10

_log = logging.getLogger("autograder.commands.grade")


@dataclass(frozen=True)
class Where:
    """On what a class is graded.

    workers: how many processes here, 0 for as many as there is room for; scheduler: address of a Dask cluster
    engine: one that is running already in this process, instead of workers: for a few submissions
    """

    workers: int = 0
    scheduler: str = ""
    engine: Grounds | None = None


@dataclass
class Run:
    """What all submissions of one run share.

    trusted: says whose submission is our own work, which may be run without isolation where there is none
    yes_as_root: whether somebody has said that anybody's work may be run as root, without isolation
    """

    course: Course
    files: Files
    lab: Assignment
    rules: Rules
    trusted: Callable[[str], bool]
    yes_as_root: bool = False


def begin(course: Course, lab: Lab, isolation: str, trusted: Callable[[str], bool] = lambda _: False) -> Run:
    """Read a lab and the rules of its class. Raises UserFacingError when the lab has not been built."""
    course.log()
    files, rules = Files.read(lab), course.rules
    return Run(course, files, files.assignment(), replace(rules, isolation=isolation or rules.isolation), trusted)


def stands(run: Run, student: str, recorded: Grading | None) -> bool:
    """Say whether a recorded grading still is that of a submission: the same bytes, by the same rules of the course.

    It stands whatever has become of the kit since: other checks, another release or grader grade nobody anew.
    Whose work is trusted may have been graded without isolation.
    """
    if recorded is None:
        return False
    digest = fingerprint(run.course.read(student, run.lab.name))
    allowed = [run.rules, replace(run.rules, isolation=NONE)] if run.trusted(student) else [run.rules]
    made_by = (recorded.assignment_digest, recorded.grader_version)
    return any(rules.key(digest, *made_by) == recorded.key for rules in allowed)


def outdated(run: Run, recorded: Grading) -> bool:
    """Say whether a grading was made by other checks, another release or another grader than there is now."""
    return (recorded.assignment_digest, recorded.grader_version) != (run.lab.digest, GRADER_VERSION)


def graded(
    run: Run, students: Sequence[str], where: Where, progress: Progress, usage: Usage
) -> Iterator[tuple[str, Graded]]:
    """Grade, wherever that is to be; yield each result as it comes."""
    if not students:
        return
    if not run.yes_as_root and not all(run.trusted(student) for student in students):
        permission.require_not_root(where.engine.isolation if where.engine else run.rules.isolation)
    permission.require_here(run.rules.isolation, where.scheduler)
    _try_out(run, students, where, progress)
    with _nearby(run, students, where, progress) as engine:
        if engine:
            yield from _here(run, students, engine, progress)
            return
    began, since, used = time.monotonic(), time.time(), time.process_time()
    _warm_up(run, where, progress)
    with _engine_begun(run.rules.kind if not where.scheduler else ""):
        from autograder.runs import cluster  # noqa: PLC0415  (takes a second to import; the engine starts meanwhile)

        with cluster.Interrupt() as interrupt, cluster.connect(where.scheduler, where.workers) as client:
            submissions = cluster.Class(client, run.files, since)
            facts = _prepared(run, submissions, students, progress)
            usage.import_seconds = float(facts["import_seconds"])
            heard: set[str] = set()
            look = time.monotonic() + LOOK_SECONDS
            held_up: list[str] = []
            # Those that would hold up others come last, each of them alone.
            alone = ([student] for student in held_up)
            for batch in chain([students], alone):
                orders = _orders(run, batch, patient=batch is not students)
                for names, reply in submissions.grade(orders, interrupt):
                    for said in set(reply.notes) - heard:
                        progress.warn(said)
                    heard |= set(reply.notes)
                    if reply.failed == HELD:
                        held_up += names
                        continue
                    for student in names:
                        yield student, _read(run, student, reply)
                        usage.submissions += 1
                    if time.monotonic() > look:
                        _look(submissions, usage)
                        look = time.monotonic() + LOOK_SECONDS
            _look(submissions, usage)
    usage.cpu_seconds += time.process_time() - used
    usage.seconds = time.monotonic() - began


@contextmanager
def _nearby(run: Run, students: Sequence[str], where: Where, progress: Progress) -> Iterator[Grounds | None]:
    """For a few submissions: this machine's engine, without workers. None for many, or where it can't be had."""
    few = len(students) <= FEW and not where.workers and not where.scheduler
    with ExitStack() as stack:
        engine = where.engine
        if run.rules.isolation == UID and not engine:  # however many: one at a time
            _warm_up(run, where, progress)
            engine = stack.enter_context(lease.lent(run.rules.kind))
        if few and not engine:
            _warm_up(run, where, progress)
            with suppress(UserFacingError):  # the way over workers knows what is to be done
                engine = stack.enter_context(lease.lent(run.rules.kind))
        yield engine


def _warm_up(run: Run, where: Where, progress: Progress) -> None:
    """Say that there is a wait, where there may be one."""
    if where.scheduler or not lease.runs(run.rules.kind):
        progress.warming_up()


@contextmanager
def _engine_begun(kind: str) -> Iterator[None]:
    """Let the engine of this machine start while everything else does; who needs it will say what went wrong."""
    share = lease.Lease(kind) if kind and sys.platform == "linux" else None
    starting = threading.Thread(target=lambda: _quietly(share.renew), daemon=True) if share else None
    if starting:
        starting.start()
    try:
        yield
    finally:
        if share and starting:
            starting.join(0 if sys.exc_info()[0] else None)
            share.close()


def _quietly(do: Callable[[], object]) -> None:
    with suppress(UserFacingError, OSError):
        do()


def _try_out(run: Run, students: Sequence[str], where: Where, progress: Progress) -> None:
    """Find out in a moment whether students' code can be shut in here, before anything slow is begun."""
    if not where.engine and not where.scheduler and not lease.runs(run.rules.kind):
        try:
            try_out(run.rules.kind)
        except UserFacingError as error:
            _go_on_without(run, students, progress, error)


def _go_on_without(run: Run, students: Sequence[str], progress: Progress, error: UserFacingError) -> None:
    """Where there is no isolation to be had, only the sample class, which is ours, goes on without. Else raise."""
    if not all(run.trusted(student) for student in students):
        raise error
    progress.warn(f"{error} The sample class is ours, so it is graded without isolation; a class would not be.")
    run.rules = replace(run.rules, isolation=NONE)


def _prepared(run: Run, submissions: Class, students: Sequence[str], progress: Progress) -> dict[str, float | str]:
    """Start what grading runs on."""
    try:
        return submissions.prepare(run.rules.kind)
    except UserFacingError as error:
        _go_on_without(run, students, progress, error)
        return submissions.prepare(NONE)


def _look(submissions: Class, usage: Usage) -> None:
    used = submissions.usage()
    usage.cpu_seconds = used["cpu_seconds"]
    usage.peak_bytes = max(usage.peak_bytes, used["held_bytes"] + held(os.getpid(), processes()))


def _orders(run: Run, students: Sequence[str], *, patient: bool = False) -> Iterator[tuple[str, Order]]:
    from autograder.runs import worker  # noqa: PLC0415  (see above)

    for student in students:
        data = run.course.read(student, run.lab.name)
        job = replace(run.rules.job(fingerprint(data), run.lab), patient=patient)
        yield student, worker.order(data, run.lab.digest, job, run.rules.kind)


def _read(run: Run, student: str, reply: Reply) -> Graded:
    return Graded.unpack(reply.graded) if reply.graded else _ours(run, student, reply.failed)


def _here(run: Run, students: Sequence[str], engine: Grounds, progress: Progress) -> Iterator[tuple[str, Graded]]:
    """Grade in this process, some at a time."""
    run.rules = replace(run.rules, isolation=engine.isolation)
    other = lease.with_colab(engine_kind(engine.isolation, engine.packages))
    second = lease.Lease(other) if other else None
    colab = second.renew if second else None
    alone = asyncio.Lock()

    async def one(student: str) -> tuple[str, Graded]:
        data = run.course.read(student, run.lab.name)
        job = run.rules.job(fingerprint(data), run.lab)
        graded = await submission.persist(data, run.lab, job, engine.renew, colab)
        if graded == HELD:
            async with alone:
                graded = await submission.persist(data, run.lab, replace(job, patient=True), engine.renew, colab)
        return student, _ours(run, student, graded) if isinstance(graded, str) else graded

    waiting = iter(students)
    at_a_time = 1 if engine.isolation == UID else AT_A_TIME
    with ExitStack() as stack, asyncio.Runner() as runner:
        if second:
            stack.callback(second.close)

        async def some(tasks: set[asyncio.Task[tuple[str, Graded]]]) -> set[asyncio.Task[tuple[str, Graded]]]:
            tasks |= {asyncio.create_task(one(student)) for student in islice(waiting, at_a_time - len(tasks))}
            if tasks:
                await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            return tasks

        running: set[asyncio.Task[tuple[str, Graded]]] = set()
        while running := runner.run(some(running)):
            for task in [task for task in running if task.done()]:
                running.discard(task)
                yield task.result()
    for said in engine.notes():
        progress.warn(said)


def _ours(run: Run, student: str, failed: str) -> Graded:
    """Return the result of a submission that the grader could not grade: no score, and a note in the log."""
    aligned = align(run.course.read(student, run.lab.name), run.lab)
    _log.error("submission %s could not be graded: %s", aligned.digest[:12], failed.replace(student, "..."))
    # No key: the next run tries again.
    return submission.found_for(aligned, run.lab, verdicts.ours(run.lab), None, "")
