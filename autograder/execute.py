"""Runs the cells of a notebook in a kernel of its own and says what happened in each; knows nothing of points.

A cell that runs out of time is interrupted; one that kills the kernel is left out, and a fresh kernel replays the
cells before it and goes on.
"""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import tempfile
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import DeadKernelError

from autograder.lab import kind

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from jupyter_client.client import KernelClient
    from nbformat import NotebookNode

TIMED_OUT = "autograder: out of time"  # an error name that no Python class can have
GRACE_SECONDS = 2
LONGEST_MESSAGE = 2000
SAFE_OUTPUTS = frozenset({"text/plain", "image/png", "image/jpeg"})  # no HTML, no JavaScript, no SVG
# The key of the hint that a failed check chose: the kernel keeps the last exception.
HINT_KEY = "str(getattr(__import__('sys').last_value, 'key', ''))[:100]"


class Outcome(StrEnum):
    """What happened when a cell ran."""

    OK = "ok"
    RAISED = "raised"
    TIMED_OUT = "timed_out"
    DIED = "died"
    SKIPPED = "skipped"
    NOT_RUN = "not_run"


@dataclass(frozen=True)
class CellRun:
    """One cell's outcome; error and message are the type name and text of what it raised."""

    outcome: Outcome
    error: str = ""
    message: str = ""
    key: str = ""


@dataclass(frozen=True)
class Limits:
    """How much a submission may use. Given cells are ours: importing TensorFlow takes as long as it takes."""

    cell_seconds: int = 30
    given_seconds: int = 300
    output_characters: int = 20_000
    image_characters: int = 2_000_000
    restarts: int = 3


async def run(notebook: NotebookNode, limits: Limits, environment: Mapping[str, str]) -> list[CellRun]:
    """Run the cells of a notebook, filling in their outputs; return what happened, one entry for each cell."""
    walk = _Walk(notebook, limits)
    for _ in range(limits.restarts + 1):
        async with _kernel(environment) as (manager, client):
            if await walk.through(manager, client):
                break
    not_run = CellRun(Outcome.NOT_RUN)
    return [walk.runs.get(index, not_run) for index in range(len(notebook.cells))]


@dataclass
class _Walk:
    notebook: NotebookNode
    limits: Limits
    runs: dict[int, CellRun] = field(default_factory=dict)
    left_out: set[int] = field(default_factory=set)

    async def through(self, manager: AsyncKernelManager, client: KernelClient) -> bool:
        """Run every cell not yet run, after replaying the student's cells before it; False when the kernel is gone."""
        runner = _Runner(self.notebook, manager, client, self.limits)
        for index, cell in enumerate(self.notebook.cells):
            if cell.cell_type != "code" or kind(cell) == "experiment":
                self.runs[index] = CellRun(Outcome.SKIPPED)
                continue
            if index in self.left_out or (index in self.runs and kind(cell) == "check"):
                continue
            result = await runner.run(index, cell)
            if index not in self.runs or result.outcome is Outcome.DIED:
                self.runs[index] = result
            if result.outcome in {Outcome.TIMED_OUT, Outcome.DIED}:
                self.left_out.add(index)
                if not await runner.responds():
                    return False
        return True


class _Runner(NotebookClient):
    """nbclient for single cells of a running kernel, with bounded and inert outputs."""

    def __init__(
        self, notebook: NotebookNode, manager: AsyncKernelManager, client: KernelClient, limits: Limits
    ) -> None:
        super().__init__(
            notebook,
            km=manager,
            allow_errors=True,
            interrupt_on_timeout=True,
            error_on_timeout={"ename": TIMED_OUT, "evalue": "", "traceback": []},
            iopub_timeout=GRACE_SECONDS,
            on_cell_executed=self._keep_reply,
            timeout_func=lambda cell: (
                limits.given_seconds if kind(cell) == "given" and cell.metadata.get("nbgrader") else limits.cell_seconds
            ),
        )
        self.kc, self.manager = client, manager
        self.limits = limits
        self.reply: dict[str, Any] = {}
        self.room, self.image_room = [0], [0]

    async def run(self, index: int, cell: NotebookNode) -> CellRun:
        """Run one cell."""
        self.room, self.image_room = [self.limits.output_characters], [self.limits.image_characters]
        self.reply = {}
        try:
            await self.async_execute_cell(cell, index)
        except DeadKernelError:
            task = asyncio.current_task()
            if task and task.cancelling():  # nbclient takes our own stop (Ctrl-C) for a dead kernel
                raise asyncio.CancelledError from None
            return CellRun(Outcome.DIED)
        if self.reply.get("status") != "error":
            return CellRun(Outcome.OK)
        error, message = (str(self.reply.get(part, ""))[:LONGEST_MESSAGE] for part in ("ename", "evalue"))
        if error == TIMED_OUT:
            return CellRun(Outcome.TIMED_OUT)
        key = await self._ask(HINT_KEY) if kind(cell) == "check" else ""
        return CellRun(Outcome.RAISED, error, message, key)

    def _keep_reply(self, *, cell: NotebookNode, cell_index: int, execute_reply: dict[str, Any]) -> None:  # noqa: ARG002
        self.reply = execute_reply["content"]

    async def responds(self) -> bool:
        """Say whether the kernel is alive and idle again after an interrupt."""
        assert self.kc is not None  # noqa: S101
        if not await self.manager.is_alive():
            return False
        return bool(await self._reply(self.kc.kernel_info()))

    async def _ask(self, expression: str) -> str:
        assert self.kc is not None  # noqa: S101
        request = self.kc.execute("", silent=True, store_history=False, user_expressions={"answer": expression})
        reply = await self._reply(request)
        answer = reply.get("user_expressions", {}).get("answer", {}).get("data", {}).get("text/plain", "''")
        return str(answer).strip("'")

    async def _reply(self, request: str) -> dict[str, Any]:
        """Wait a moment for the answer to a request; empty when none comes."""
        try:
            async with asyncio.timeout(GRACE_SECONDS):
                message = await self.async_wait_for_reply(request)
        except (TimeoutError, DeadKernelError):
            return {}
        return dict(message["content"]) if message else {}

    def output(
        self, outs: list[NotebookNode], msg: dict[str, Any], display_id: str | None, cell_index: int
    ) -> NotebookNode | None:
        """Keep an output when it is inert and there is room for it."""
        content = msg["content"]
        if "data" in content:
            content["data"] = {media: data for media, data in content["data"].items() if media in SAFE_OUTPUTS}
            if not content["data"]:
                return None
        if "text" in content:
            content["text"] = content["text"][: self.limits.output_characters]
        room = self.image_room if set(content.get("data", ())) - {"text/plain"} else self.room
        room[0] -= sum(len(str(part)) for part in content.values())
        return super().output(outs, msg, display_id, cell_index) if room[0] >= 0 else None

    def _update_display_id(self, display_id: str, msg: dict[str, Any]) -> None:
        """Leave earlier outputs as they are: an update could bring in what `output` keeps out."""


@asynccontextmanager
async def _kernel(environment: Mapping[str, str]) -> AsyncIterator[tuple[AsyncKernelManager, KernelClient]]:
    """Start a kernel in an empty folder of its own; it is gone when the block ends, however it ends."""
    with tempfile.TemporaryDirectory(prefix="submission-", ignore_cleanup_errors=True) as folder:
        home, sockets = Path(folder, "home"), Path(folder, "sockets")
        home.mkdir()
        sockets.mkdir()
        # No folder to look kernels up in: the one that is left is this Python's own.
        specs = KernelSpecManager(kernel_dirs=[], ensure_native_kernel=True)
        manager = AsyncKernelManager(
            kernel_name="python3",
            kernel_spec_manager=specs,
            transport="ipc" if os.name == "posix" else "tcp",
            connection_file=str(sockets / "kernel.json"),
        )
        await manager.start_kernel(
            cwd=str(home),
            env=_environment(home, environment),
            extra_arguments=["--HistoryManager.hist_file=:memory:"],
            stdout=subprocess.DEVNULL,  # what TensorFlow writes past Python
            stderr=subprocess.DEVNULL,
        )
        client = manager.client()
        try:
            client.start_channels()
            await client.wait_for_ready(timeout=60)
            client.allow_stdin = False
            yield manager, client
        finally:
            client.stop_channels()
            if group := getattr(manager.provisioner, "pgid", None):
                with suppress(ProcessLookupError):
                    os.killpg(group, signal.SIGKILL)  # the kernel, and what its cells have started
            await manager.shutdown_kernel(now=True)


def _environment(folder: Path, extra: Mapping[str, str]) -> dict[str, str]:
    """Say what the kernel finds in its environment: one thread, few messages, no settings of the user's own."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTHON", "JUPYTER", "IPYTHON", "KERAS", "TF_", "MPL"))
    }
    return kept | {
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "IPYTHONDIR": str(folder.parent / "ipython"),
        "MPLBACKEND": "agg",
        "KERAS_BACKEND": "tensorflow",
        "CUDA_VISIBLE_DEVICES": "-1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "TF_ENABLE_ONEDNN_OPTS": "0",
        "TF_NUM_INTRAOP_THREADS": "1",
        "TF_NUM_INTEROP_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        **extra,
    }
