"""Runs a student's cells in a kernel of their own, and carries the examiner's requests to it; knows nothing of points.

The kernel is a fork of the sandboxed template (autograder/inside/kernel.py). What comes back from it is never trusted:
outputs are bounded and inert, and no output is ever a verdict.
"""

from __future__ import annotations

import asyncio
import base64
import secrets
import time
from contextlib import asynccontextmanager, suppress
from queue import Empty
from typing import TYPE_CHECKING, Any

import zmq
import zmq.asyncio
from jupyter_client.kernelspec import KernelSpec
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionComplete, DeadKernelError

from autograder.base import inert
from autograder.exam.cell_run import CellRun, CellStatus
from autograder.exam.kernel.messages import CarefulSession
from autograder.exam.kernel.patience import Patience
from autograder.exam.kernel.provisioner import Manager, Provisioner
from autograder.model.cells import kind

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from jupyter_client.client import KernelClient
    from jupyter_client.manager import AsyncKernelManager
    from nbformat import NotebookNode

    from autograder.engine.fork_client import Forks
    from autograder.exam.kernel.relay import Relay
    from autograder.inside.namespaces import ProcessLimits
    from autograder.model.graded import Limits

TIMED_OUT = "autograder: out of time"  # an error name that no Python class can have
GRACE_SECONDS = 2
READY_SECONDS = 60
LOOK_SECONDS = 1.0
ENDING_SECONDS = 1.5
SEND_MILLISECONDS = 200
RECONNECT_MILLISECONDS = 5
FIRST_OUTPUT_SECONDS = 0.02
LONGEST_MESSAGE = 2000
REQUEST = "autograder_request"  # as in autograder/inside/kernel.py, which is for the inside of the sandbox


class Candidate(NotebookClient):
    """nbclient for single cells of a running kernel, with bounded and inert outputs, and a way to ask the kernel."""

    def __init__(
        self, notebook: NotebookNode, manager: AsyncKernelManager, client: KernelClient, limits: Limits, relay: Relay
    ) -> None:
        super().__init__(
            notebook,
            km=manager,
            allow_errors=True,
            interrupt_on_timeout=True,
            error_on_timeout={"ename": TIMED_OUT, "evalue": "", "traceback": []},
            iopub_timeout=GRACE_SECONDS,
            record_timing=False,
            on_cell_executed=self._keep_reply,
            timeout_func=lambda cell: (
                limits.given_seconds if kind(cell) == "given" and cell.metadata.get("nbgrader") else limits.cell_seconds
            ),
        )
        self.kc, self.manager, self.relay = client, manager, relay
        self.limits = limits
        self.patience: Patience | None = None
        self.own_seconds = self.cpu_seconds = 0.0  # of the last cell or call: its own time, and the processor's in that
        self.starved = False  # whether one was ended for which a busy machine had no time
        self.reply: dict[str, Any] = {}
        self.room, self.image_room = [0], [0]

    async def run(self, index: int, cell: NotebookNode) -> CellRun:
        """Run one cell."""
        self.room, self.image_room = [self.limits.output_characters], [self.limits.image_characters]
        self.reply = {}
        self.relay.listening = True
        self.patience = self._patience(self._get_timeout(cell) or self.limits.cell_seconds)
        try:
            await self.async_execute_cell(cell, index)
        except (DeadKernelError, zmq.ZMQError):
            task = asyncio.current_task()
            if task and task.cancelling():  # nbclient takes our own stop (Ctrl-C) for a dead kernel
                raise asyncio.CancelledError from None
            return CellRun(CellStatus.DIED)
        finally:
            self.relay.listening = False
            self._over(self.patience)
        if self.reply.get("status") != "error":
            return CellRun(CellStatus.OK)
        error, message = (str(self.reply.get(part, ""))[:LONGEST_MESSAGE] for part in ("ename", "evalue"))
        return CellRun(CellStatus.TIMED_OUT) if error == TIMED_OUT else CellRun(CellStatus.RAISED, error, message)

    async def _async_handle_timeout(self, timeout: int, cell: NotebookNode | None = None) -> dict[str, Any] | None:
        """Go on waiting while the cell has not had its own time; a reply that comes is the cell's after all."""
        assert self.kc is not None  # noqa: S101
        while self.patience and (left := self.patience.left()) > 0:
            try:
                message = await self.kc.shell_channel.get_msg(timeout=min(left, LOOK_SECONDS))
            except Empty:
                await self._async_check_alive()
                continue
            if message["msg_type"] == "execute_reply":
                return dict(message)
        return await super()._async_handle_timeout(timeout, cell)

    def _patience(self, seconds: float) -> Patience:
        provisioner = self.manager.provisioner
        return Patience(provisioner.child if isinstance(provisioner, Provisioner) else None, seconds)

    def _over(self, patience: Patience) -> None:
        """Keep what a cell or call has used."""
        self.own_seconds, self.cpu_seconds = patience.used()
        self.starved |= patience.starved()
        patience.close()

    def _keep_reply(self, *, cell: NotebookNode, cell_index: int, execute_reply: dict[str, Any]) -> None:  # noqa: ARG002
        self.reply = execute_reply["content"]

    async def ask(self, request: bytes, seconds: float) -> bytes | None:
        """Carry a request to the kernel; None when no reply comes in time, or none that could be one."""
        assert self.kc is not None  # noqa: S101
        message = self.kc.session.msg(REQUEST, {"request": base64.b64encode(request).decode()})
        try:
            self.kc.shell_channel.send(message)
        except zmq.ZMQError:
            return None
        content = await self._reply(message["header"]["msg_id"], seconds)
        try:
            return base64.b64decode(content["reply"], validate=True)
        except (LookupError, TypeError, ValueError):  # binascii.Error is a ValueError
            return None if not content else b""

    async def interrupt(self) -> bool:
        """Interrupt what the kernel does; say whether it is alive and idle again."""
        with suppress(RuntimeError, zmq.ZMQError):
            await self.manager.interrupt_kernel()
        return await self.responds()

    async def ends_soon(self) -> bool:
        """Say whether the kernel ends within a moment: a cell may have asked for that, and be over before."""
        try:
            async with asyncio.timeout(ENDING_SECONDS):
                await self._ended()
        except TimeoutError:
            return False
        return True

    async def responds(self) -> bool:
        """Say whether the kernel is alive and idle."""
        assert self.kc is not None  # noqa: S101
        if not await self.manager.is_alive():
            return False
        try:
            asked = self.kc.kernel_info()
        except zmq.ZMQError:
            return False
        return bool(await self._reply(asked, GRACE_SECONDS))

    async def _reply(self, request: str, seconds: float) -> dict[str, Any]:
        """Wait for the reply to a request; empty when none comes."""
        assert self.kc is not None  # noqa: S101
        ended = asyncio.ensure_future(self._ended())
        patience = self._patience(seconds)
        try:
            while (left := patience.left()) > 0:
                message = asyncio.ensure_future(self.kc.shell_channel.get_msg(timeout=None))
                done, _ = await asyncio.wait({message, ended}, timeout=left, return_when=asyncio.FIRST_COMPLETED)
                if message not in done:
                    message.cancel()
                    if ended in done:
                        return {}
                    continue
                with suppress(Empty):  # it woke up for a message that was too large
                    if message.result()["parent_header"].get("msg_id") == request:
                        return dict(message.result()["content"])
            return {}
        finally:
            ended.cancel()
            self._over(patience)

    async def _ended(self) -> None:
        provisioner = self.manager.provisioner
        if isinstance(provisioner, Provisioner) and provisioner.child:
            await provisioner.child.finished()

    def process_message(self, msg: dict[str, Any], cell: NotebookNode, cell_index: int) -> NotebookNode | None:
        """Take one message of the kernel's: its end, or an output, made anew, while there is room for it."""
        del cell_index
        kind_of, content = msg.get("msg_type"), msg["content"]
        if kind_of == "status" and content.get("execution_state") == "idle":
            raise CellExecutionComplete
        if kind_of == "clear_output":
            cell.outputs.clear()
        made = inert.output(str(kind_of), content)
        if made is None:
            return None
        characters, picture = inert.size(made)
        room = self.image_room if picture else self.room
        if "text" in made:
            made.text = made.text[: max(room[0], 0)]
        room[0] -= characters
        if room[0] < 0 and not made.get("text"):
            return None
        cell.outputs.append(made)
        return made


@asynccontextmanager
async def start(
    template: Forks, notebook: NotebookNode, limits: Limits, process_limits: ProcessLimits, seed: str
) -> AsyncIterator[Candidate]:
    """Start a kernel for a submission; it is gone when the block ends, however it ends."""
    context = zmq.asyncio.Context()
    context.setsockopt(zmq.LINGER, 0)
    context.setsockopt(zmq.RECONNECT_IVL, RECONNECT_MILLISECONDS)  # the kernel's sockets are not there yet
    context.setsockopt(zmq.SNDTIMEO, SEND_MILLISECONDS)  # a kernel that has shut its ear must not hold up the others
    session = CarefulSession(key=secrets.token_hex(16).encode())
    manager = Manager(context=context, session=session, transport="ipc", connection_file="")
    manager._kernel_spec = KernelSpec(  # noqa: SLF001  (it has no public way to take one that is no file)
        argv=[], display_name="student", language="python", interrupt_mode="message"
    )
    provisioner = Provisioner(template, process_limits, seed, parent=manager, kernel_spec=manager.kernel_spec)
    manager.provisioner = provisioner
    try:
        await manager.start_kernel()
        relay = provisioner.relay
        assert relay is not None  # noqa: S101
        session.heard = relay.taken
        client = manager.client(context=context)  # it would make one of its own, without these limits
        try:
            client.start_channels(hb=False)  # whether it lives, we see for ourselves
            await _ready(client, manager)
            relay.seal()
            client.allow_stdin = False
            yield Candidate(notebook, manager, client, limits, relay)
        finally:
            client.stop_channels()
    finally:
        if manager.provisioner:
            await manager.provisioner.kill()
        await manager.cleanup_resources()
        context.destroy(linger=0)


async def _ready(client: KernelClient, manager: AsyncKernelManager) -> None:
    """Wait until the kernel answers and its outputs arrive; jupyter_client's own way waits a fixed 0.2 s for those."""
    end = time.monotonic() + READY_SECONDS
    while time.monotonic() < end:
        client.kernel_info()
        with suppress(Empty):
            await client.shell_channel.get_msg(timeout=1)
            await client.iopub_channel.get_msg(timeout=FIRST_OUTPUT_SECONDS)
            return
        if not await manager.is_alive():
            break
    raise OSError("the student's kernel did not start")
