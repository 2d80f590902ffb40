"""Grades one aligned notebook: the student's cells in the candidate, each check at its place with the examiner.

The verdict of a check is its first finding. Where its words are general, its public part is asked for better ones.

A cell or check that runs out of time is interrupted. One whose kernel dies is tried once more in a fresh kernel, which
replays the student's cells before it: what an earlier check has called (a bomb, a thread) may be to blame. If that
dies, too, it is left out.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from nbformat import NotebookNode

from autograder.engine.uid import turns
from autograder.exam import candidate
from autograder.exam.cell_run import CellRun, CellStatus
from autograder.exam.examiner import HEAD, LONGEST_FRAME, THEIRS, Finding, Frame
from autograder.model.cells import BEGIN_HIDDEN, grade_id, kind

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

    from autograder.engine.engine import Grounds
    from autograder.exam.candidate import Candidate
    from autograder.model.graded import Limits

IDLE_SECONDS = 180  # in which a submission has no processor time, and others wait for it
IN_A_ROW = 3  # cells or calls without a reply and without processor time: then the kernel is given up
OWN_CELLS = 10  # of the student's, in which the kernel may end: a restart costs nobody points
ENDING = re.compile(r"kill|exit|quit|shutdown|restart|abort|signal|reboot", re.IGNORECASE)
OWN_SECONDS = 60  # what a check may take beside its calls: drawing cases, computing references
RESERVE_SECONDS = 5
CRASHED, FAILED = "CandidateError", "examiner failed"
GENERAL = {"fresh", "again"}  # keys of hints about hidden cases that a public one may say more of
OTHER_STATE = {"package", "missing"}  # and of those with which a failed check gets another state: that is no word

_log = logging.getLogger("autograder.commands.grade")


@dataclass(frozen=True)
class Plan:
    """What the examiner is told once: cells that run before every check, names of exercises, environment variables.

    watch: write each case of a check, with inputs, expected and actual result, into its output
    """

    both: Sequence[str]
    names: Sequence[str]
    environment: Mapping[str, str]
    watch: bool = False


class HeldError(Exception):
    """A submission waits for nothing, or was kept waiting: it is to be graded again at the end, no two such at once."""


async def run(
    notebook: NotebookNode, engine: Grounds, plan: Plan, limits: Limits, seed: str, *, patient: bool = True
) -> list[CellRun]:
    """Run a notebook, filling in its outputs; return what happened, one entry for each cell.

    seed: a label for the random numbers of the student's process; it tells nothing of the grading's own
    patient: nobody waits for it. Else raises HeldError for what would hold up others.
    """
    async with turns.one_at_a_time(engine.isolation):
        return await _run_all(notebook, engine, plan, limits, seed, patient=patient)


async def _run_all(
    notebook: NotebookNode, engine: Grounds, plan: Plan, limits: Limits, seed: str, *, patient: bool
) -> list[CellRun]:
    walk = _Walk(notebook, limits, patient)
    async with _examiner(engine, plan) as examiner:
        while walk.deaths <= limits.restarts:
            async with candidate.start(engine.students, notebook, limits, engine.process_limits, seed) as kernel:
                if await walk.through(kernel, examiner):
                    break
    not_run = CellRun(CellStatus.NOT_RUN)
    return [walk.runs.get(index, not_run) for index in range(len(notebook.cells))]


@dataclass
class _Walk:
    notebook: NotebookNode
    limits: Limits
    patient: bool
    runs: dict[int, CellRun] = field(default_factory=dict)
    left_out: set[int] = field(default_factory=set)
    tried_again: set[int] = field(default_factory=set)
    deaths: int = 0
    own_deaths: int = 0  # in cells of the student's own
    idle_seconds: float = 0.0
    in_a_row: int = 0
    begun: float = field(default_factory=time.monotonic)

    async def through(self, kernel: Candidate, examiner: ExaminerClient) -> bool:
        """Run every cell not yet run, after replaying the student's cells before it; False when the kernel is gone."""
        for index, cell in enumerate(self.notebook.cells):
            if cell.cell_type != "code" or kind(cell) == "experiment":
                self.runs[index] = CellRun(CellStatus.SKIPPED)
                continue
            if index in self.left_out or (index in self.runs and kind(cell) == "check"):
                continue
            if time.monotonic() - self.begun > self.limits.submission_seconds:
                self.runs.setdefault(index, CellRun(CellStatus.TIMED_OUT))
                continue
            began = time.monotonic()
            result = await self._one(index, cell, kernel, examiner)
            result = replace(result, seconds=round(time.monotonic() - began, 3))
            if result.status is CellStatus.DIED and index not in self.tried_again:
                self.tried_again.add(index)
                return False
            if index not in self.runs or result.status is CellStatus.DIED:
                self.runs[index] = result
            if result.status in {CellStatus.TIMED_OUT, CellStatus.DIED} or (kind(cell) == "check" and examiner.silent):
                self.left_out.add(index)
                if self.in_a_row >= IN_A_ROW or not await kernel.responds():
                    self.in_a_row = 0
                    ours = kind(cell) == "check" or (kind(cell) == "given" and grade_id(cell))
                    if not ours and result.status is CellStatus.DIED and self.own_deaths < OWN_CELLS:
                        self.own_deaths += 1  # a restart that a scratch cell asks for, say: no check is to blame
                    else:
                        self.deaths += 1
                    return False
        return True

    async def _one(self, index: int, cell: NotebookNode, kernel: Candidate, examiner: ExaminerClient) -> CellRun:
        """Run one cell or check, and see whether it waits for nothing. Raises HeldError when others wait for that."""
        if kind(cell) == "check":
            result = await examiner.check(cell, kernel, self.limits)
            own, cpu = examiner.silence
            late = examiner.silent is not None and examiner.silent.status is CellStatus.TIMED_OUT
        else:
            result = await kernel.run(index, cell)
            late = result.status is CellStatus.TIMED_OUT
            own, cpu = kernel.own_seconds, kernel.cpu_seconds
            # Once a kernel has died, a cell that asks for an end and is over before may be why: that is waited for.
            asked = result.status is CellStatus.OK and bool(self.tried_again) and ENDING.search(cell.source)
            if asked and await kernel.ends_soon():
                self.tried_again = {index}  # what it took for the culprit gets its second try
                return CellRun(CellStatus.DIED)
        if late and cpu < own / 2:
            self.in_a_row += 1
            self.idle_seconds += own - cpu
        else:
            self.in_a_row = 0
        if not self.patient and (self.idle_seconds > IDLE_SECONDS or kernel.starved):
            raise HeldError
        return result


class ExaminerClient:
    """The grader's end of an examiner: hands it checks, and carries its requests to the candidate.

    silent, silence: why a call of the last check had no reply, if one had none; its own time and processor time
    """

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self.silent: CellRun | None = None
        self.silence = (0.0, 0.0)
        self._left = 0.0  # seconds that the calls of this check may still take

    async def check(self, cell: NotebookNode, kernel: Candidate, limits: Limits) -> CellRun:
        """Run one check against the candidate."""
        self._left, self.silent, self.silence = 2.0 * limits.cell_seconds, None, (0.0, 0.0)
        found = await self._finding(Frame.CHECK, cell.source, kernel, limits)
        result = self.silent or _run(found)
        if not self.silent and found.error not in THEIRS:
            _log.error("%s: the check itself failed.\n%s", cell.metadata.nbgrader.grade_id, found.message)
        if found.key in GENERAL and result.error == "CheckFailed":
            result = await self._in_better_words(result, cell.source, kernel, limits)
        said = _said(result) + found.shown
        cell.outputs = [NotebookNode(output_type="stream", name="stdout", text=said)]  # nbformat's own maker validates
        return result

    async def _in_better_words(self, result: CellRun, source: str, kernel: Candidate, limits: Limits) -> CellRun:
        """Say of a check that has failed what its public part says; where that has nothing to say, all stays."""
        public, hidden, _ = source.partition(BEGIN_HIDDEN)
        if not hidden or self._left <= 0:
            return result
        said = await self._finding(Frame.WORDS, public, kernel, limits)
        if self.silent or said.error != result.error or said.key in OTHER_STATE:
            return result
        return replace(result, message=said.message, key=said.key)

    async def _finding(self, frame: Frame, source: str, kernel: Candidate, limits: Limits) -> Finding:
        """Have the examiner run a check, and carry its requests until it is over."""
        self._send(frame, json.dumps({"source": source}).encode())
        while True:
            kind_of, data = await self._receive()
            if kind_of is Frame.FINDING:
                return Finding(**json.loads(data))
            reply = None if self.silent else await kernel.ask(data, max(0.0, min(limits.cell_seconds, self._left)))
            self._left -= 0.0 if self.silent else kernel.own_seconds
            if reply is None:
                if not self.silent:
                    self.silence = (kernel.own_seconds, kernel.cpu_seconds)
                    self.silent = await self._why(kernel)
                self._send(Frame.SILENCE, b"")
            else:
                self._send(Frame.REPLY, reply)

    async def _why(self, kernel: Candidate) -> CellRun:
        """Say why there was no reply, after the kernel has been interrupted."""
        if not await kernel.manager.is_alive():
            return CellRun(CellStatus.DIED)
        await kernel.interrupt()
        return CellRun(CellStatus.TIMED_OUT)

    def _send(self, kind_of: Frame, data: bytes) -> None:
        self.writer.write(HEAD.pack(kind_of, len(data)) + data)

    async def _receive(self) -> tuple[Frame, bytes]:
        """Wait for the examiner, which is busy with code of ours. Raises OSError when it fails: nobody's zero."""
        try:
            async with asyncio.timeout(OWN_SECONDS):
                kind_of, length = HEAD.unpack(await self.reader.readexactly(HEAD.size))
                return Frame(kind_of), await self.reader.readexactly(min(length, LONGEST_FRAME))
        except (TimeoutError, asyncio.IncompleteReadError, ConnectionError) as error:
            raise OSError(f"the examiner gave no answer ({type(error).__name__})") from error


def _run(found: Finding) -> CellRun:
    if not found.error:
        return CellRun(CellStatus.OK)
    return CellRun(CellStatus.RAISED, found.error, found.message, found.key)


def _said(result: CellRun) -> str:
    """Say in the notebook that the instructor opens what the check came to."""
    if result.status is CellStatus.OK:
        return "✓ passed\n"
    return f"{result.message or result.status.value.replace('_', ' ')}\n"


@asynccontextmanager
async def _examiner(engine: Grounds, plan: Plan) -> AsyncIterator[ExaminerClient]:
    """Fork an examiner for one submission; it is gone when the block ends."""
    child = await asyncio.to_thread(engine.trusted.fork, "autograder.exam.examiner:serve", plan.__dict__)
    try:
        channel = child.channel.dup()
        channel.setblocking(False)
        reader, writer = await asyncio.open_connection(sock=channel, limit=1 << 20)
        try:
            yield ExaminerClient(reader, writer)
        finally:
            writer.close()
    finally:
        await asyncio.to_thread(engine.trusted.end, child)
