"""A forked child of a warm process, seen from the grader: it is waited for, killed and measured by descriptors."""

from __future__ import annotations

import asyncio
import json
import os
import select
import signal
import socket
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

from autograder.base.errors import UserFacingError
from autograder.engine import bubblewrap
from autograder.engine.memory import Group
from autograder.engine.uid import kit
from autograder.inside import users
from autograder.inside.forkserver import LENGTH

START_SECONDS = 20
LONGEST_REPLY = 1 << 16


class Child:
    """One forked process, and everything that it starts.

    pid:     its number as the grader sees it
    channel: a stream socket to it; its entry has the other end
    sockets: its socket folder, seen from outside (inside it is /sockets); None outside a sandbox
    user:    its user number, where all that has this number belongs to it (level `uid`); else 0
    """

    user = 0

    def __init__(
        self, status: socket.socket, channel: socket.socket, pidfd: int, memory_limit: int, user: int = 0
    ) -> None:
        self.user = user
        self.channel = channel
        self.memory_limit = memory_limit
        self.pidfd = pidfd
        self.pid = _pid_of(pidfd)
        self.sockets: Path | None = None
        self.killed_for = ""  # why the grader itself ended it: "memory"
        self._folder = -1
        self._group: Group | None = None
        self._status = status
        self._exit: int | None = None
        self._lock = threading.RLock()  # the memory watch looks from a thread of its own

    @property
    def in_group(self) -> bool:
        """Whether a control group holds its memory; else only looking does."""
        return self._group is not None

    def poll(self) -> int | None:
        """Return the exit status (negative: the signal that ended it), or None while it runs."""
        return self.wait(0)

    def wait(self, timeout: float | None = None) -> int | None:
        """Wait until the child and all below it are gone; return its exit status, or None when it still runs."""
        if self._exit is None and readable(self._status, timeout):
            with self._lock:
                if self._exit is None:
                    self._take()
        return self._exit

    async def finished(self) -> int:
        """Wait without holding up other tasks."""
        if (code := self.poll()) is not None:
            return code
        loop, ended = asyncio.get_running_loop(), asyncio.Event()
        status = os.dup(self._status.fileno())  # a loop knows one reader for each descriptor; there may be two waiting
        loop.add_reader(status, ended.set)
        try:
            await ended.wait()
        finally:
            loop.remove_reader(status)
            os.close(status)
        return self.wait() or 0

    def kill(self) -> None:
        """End it and all that it started, at once."""
        with self._lock, suppress(ProcessLookupError):
            if self.pidfd >= 0 and self.poll() is None:
                signal.pidfd_send_signal(self.pidfd, signal.SIGKILL)

    def ran_out(self) -> bool:
        """Say whether the kernel has ended one of its processes for memory."""
        return self._group is not None and self._group.ran_out()

    def kill_for(self, reason: str) -> None:
        """End it because it broke a limit."""
        with self._lock:
            if self.pidfd >= 0 and self.poll() is None:
                self.killed_for = reason
                self.kill()

    def close(self) -> None:
        """End it, wait until it is gone, and close what leads to it."""
        self.kill()
        with self._lock:
            if self.pidfd < 0:
                return
            if self.wait(START_SECONDS) is None:
                self._exit = -signal.SIGKILL
            readable(self.pidfd, 2)  # where the template itself is gone, its end does not yet mean the child's
            self.channel.close()
            self._status.close()
            for descriptor in (self.pidfd, self._folder):
                if descriptor >= 0:
                    os.close(descriptor)
            self.pidfd = self._folder = -1
            self.sockets = None
            if self._group:
                self._group.close()

    def private_bytes(self) -> int:
        """Return how much its files in memory take (/tmp, /dev/shm, home, sockets)."""
        with self._lock:
            if self._folder < 0:
                return 0
            if self.user:
                return users.shared_memory(self.user)
            held = os.fstatvfs(self._folder)
        return (held.f_blocks - held.f_bfree) * held.f_frsize

    def _take(self) -> None:
        text = b""
        with suppress(ConnectionError):
            text = self._status.recv(LONGEST_REPLY)
        # Without a word the template itself is gone, and everything below it.
        self._exit = int(json.loads(text)["exit"]) if text else -signal.SIGKILL
        if self.ran_out():
            self.killed_for = "memory"

    def enter(self) -> None:
        """Wait until the child has entered its sandbox; take its socket folder."""
        if not readable(self.channel, START_SECONDS):
            raise UserFacingError(f"A process of the grader did not start within {START_SECONDS} seconds.")
        text, folders, _, _ = socket.recv_fds(self.channel, LONGEST_REPLY, 1)
        if folders:
            self._folder = folders[0]
            self.sockets = Path(f"/proc/self/fd/{self._folder}")
        said = json.loads(text) if text else {"failed": "it ended early"}
        if "failed" in said:
            raise UserFacingError(kit.explain(said["failed"]) if self.user else bubblewrap.explain(said["failed"]))
        if self.sockets:  # it has started nothing yet: whatever it starts will be in the group as well
            self._group = Group.around(self.pid, self.memory_limit)

    def send(self, arguments: Any) -> None:
        """Send the arguments of its entry."""
        text = json.dumps(arguments).encode()
        with suppress(BrokenPipeError, ConnectionResetError):  # it has ended already; whoever waits for it sees that
            self.channel.sendall(LENGTH.pack(len(text)) + text)


def _pid_of(pidfd: int) -> int:
    """Return the process number behind a descriptor, as this process sees it."""
    for line in Path(f"/proc/self/fdinfo/{pidfd}").read_text(encoding="ascii").splitlines():
        if line.startswith("Pid:"):
            return int(line.split()[1])
    return -1


def readable(end: socket.socket | int, timeout: float | None) -> bool:
    """Wait until there is something to read."""
    poll = select.poll()
    poll.register(end, select.POLLIN)
    return bool(poll.poll(None if timeout is None else max(0, timeout) * 1000))
