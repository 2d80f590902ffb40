"""Runs mutants in worker processes: each has a time limit and a memory limit, and may hang or crash without harm."""

from __future__ import annotations

import contextlib
import io
import multiprocessing as mp
import signal
import time
import warnings
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from autograder.author import mutation_faults
from autograder.author.mutation_usage import NAME, Usage
from autograder.author.mutations import Mutant, mutants
from autograder.base.errors import UserFacingError
from labkit.checks import stand_ins

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.context import ForkProcess

SECONDS = 3.0  # of the processor, for one mutant; the solution takes milliseconds, or up to 0.5 s where Keras is used
PATIENCE = 60.0  # on the clock: then a worker that does not answer is stopped, because something waits or hangs
UNFIT = "the solution itself fails"
MEMORY = 4 << 30  # what a worker may add to what the parent holds

# Workers are forked: they share the imports, and TensorFlow must not have run an operation before.
FORK = mp.get_context("fork")


class TimeUp(BaseException):
    """A mutant took too long. Not an Exception, so that no check takes it for a result."""


@dataclass(frozen=True)
class Subject:
    """One exercise under test: the cell of its solution, its check in two parts, and the names that stand above it.

    stand_ins: its check runs as in a grading in which no earlier exercise has passed
    usage: how the exercise is used, for the mutants that go wrong only sometimes
    """

    lab: str
    name: str
    source: str
    public: str
    hidden: str
    names: dict[str, Any]
    stand_ins: bool = False
    usage: Usage | None = None

    @property
    def title(self) -> str:
        """What a table calls it."""
        return f"{self.name}, with stand-ins" if self.stand_ins else self.name


@dataclass
class Score:
    """What became of the mutants of one exercise."""

    subject: Subject
    mutants: list[Mutant]
    killed_by: dict[int, str] = field(default_factory=dict)
    excused: dict[int, str] = field(default_factory=dict)

    def killed(self, *by: str) -> int:
        """Count the mutants that were killed by any of these: public, fresh, time, crash."""
        return sum(verdict in by for verdict in self.killed_by.values())

    @property
    def survivors(self) -> list[int]:
        """Number the mutants that pass every check."""
        return [number for number, verdict in sorted(self.killed_by.items()) if verdict == ""]

    @property
    def alive(self) -> list[int]:
        """Number the survivors that no listed reason excuses."""
        return [number for number in self.survivors if number not in self.excused]


def usable(subject: Subject) -> dict[str, Any]:
    """Return the names that stand above the exercise, and the one that mutants use."""
    mutation_faults.begin()
    return {**subject.names, NAME: mutation_faults}


def verdict(subject: Subject, source: str, seconds: float) -> str:
    """Say what kills a version of the solution: public, fresh, time; nothing when it passes.

    seconds: of the processor, so that a busy machine kills nobody
    """
    signal.setitimer(signal.ITIMER_PROF, seconds)
    stage = "public"
    try:
        names = usable(subject)
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            exec(source, names)  # noqa: S102  (a mutant of the author's own cell)
            for stage, part in (("public", subject.public), ("fresh", subject.hidden)):  # noqa: B007
                with stand_ins.examining(frozenset()) if subject.stand_ins else contextlib.nullcontext():
                    exec(part, names)  # noqa: S102
    except TimeUp:
        return "time"
    except (Exception, SystemExit):  # noqa: BLE001  (whatever it raises, the mutant is found out)
        return stage
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    return ""


def measure(
    subject_list: list[Subject],
    jobs: int,
    chosen: Callable[[Subject, list[Mutant]], list[Mutant]] = lambda _, made: made,
) -> list[Score]:
    """Try the mutants of every exercise, all or those `chosen`, in `jobs` worker processes forked from this one."""
    scores = [Score(subject, chosen(subject, mutants(subject.source, subject.usage))) for subject in subject_list]
    queue = [(score, 0) for score in sorted(scores, key=lambda score: -len(score.mutants))]
    running: dict[Connection, tuple[Score, int, ForkProcess, float]] = {}
    while queue or running:
        while queue and len(running) < jobs:
            score, start = queue.pop(0)
            here, there = FORK.Pipe()
            worker = FORK.Process(target=_work, args=(there, score.subject, score.mutants, start), daemon=True)
            worker.start()
            there.close()
            running[here] = (score, start, worker, time.monotonic())
        for connection in wait(list(running), timeout=1.0):
            assert isinstance(connection, Connection)  # noqa: S101  (for the type checker)
            _receive(connection, running, queue)
        for connection, (score, current, worker, since) in list(running.items()):
            if time.monotonic() - since > PATIENCE:
                worker.kill()
                _lost(connection, score, current, "time", running, queue)
    return scores


def _receive(connection: Connection, running: dict[Connection, Any], queue: list[tuple[Score, int]]) -> None:
    score, current, worker, _ = running[connection]
    try:
        score.killed_by[current] = connection.recv()
        if score.killed_by[current] == UNFIT:
            raise UserFacingError(
                f"The solution of {score.subject.title} does not pass its own check: run `make check` first."
            )
    except (EOFError, OSError):
        _lost(connection, score, current, "crash", running, queue)
        return
    if current + 1 == len(score.mutants):
        worker.join()
        connection.close()
        del running[connection]
    else:
        running[connection] = (score, current + 1, worker, time.monotonic())


def _lost(
    connection: Connection,
    score: Score,
    current: int,
    how: str,
    running: dict[Connection, Any],
    queue: list[tuple[Score, int]],
) -> None:
    """Note that a mutant took its worker with it, and go on behind it with another worker."""
    score.killed_by[current] = how
    running.pop(connection)[2].join()
    connection.close()
    if current + 1 < len(score.mutants):
        queue.append((score, current + 1))


def _work(connection: Connection, subject: Subject, todo: list[Mutant], start: int) -> None:
    def ring(*_: object) -> NoReturn:
        raise TimeUp

    signal.signal(signal.SIGPROF, ring)
    np.seterr(all="ignore")
    warnings.simplefilter("ignore")
    _limit_memory()
    if verdict(subject, subject.source, PATIENCE):  # also warms Keras up, so that no mutant pays for it
        connection.send(UNFIT)
        return
    for mutant in todo[start:]:
        connection.send(verdict(subject, mutant.source, SECONDS))
    connection.close()


def _limit_memory() -> None:
    status = Path("/proc/self/status")
    if status.exists():
        import resource  # noqa: PLC0415  (there is none on Windows)

        held = next(int(line.split()[1]) << 10 for line in status.read_text().splitlines() if line.startswith("VmData"))
        resource.setrlimit(resource.RLIMIT_DATA, (held + MEMORY, held + MEMORY))
