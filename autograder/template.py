"""A warm process and its forks, seen from the grader: start it once, fork a child for each submission."""

from __future__ import annotations

import asyncio
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder import sandbox
from autograder.forkserver import LENGTH
from autograder.lab import LabError
from autograder.memory import Group, Watch
from autograder.namespaces import Limits

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import TracebackType
    from typing import Self

SERVER = Path(__file__).with_name("forkserver.py")
WARM = ("numpy", "tensorflow", "keras", "labkit", "IPython", "ipykernel.kernelapp")
START_SECONDS = 180
FORK_SECONDS = 20
LONGEST_REPLY = 1 << 16
NO_LIMITS = Limits()


class RefusedError(Exception):
    """The template cannot fork: the caller may start a fresh process instead."""


class Child:
    """One forked process, and everything that it starts.

    pid:     its number as the grader sees it
    channel: a stream socket to it; its entry has the other end
    sockets: its socket folder, seen from outside (inside it is /sockets); None outside a sandbox
    """

    def __init__(self, status: socket.socket, channel: socket.socket, pidfd: int, memory_limit: int) -> None:
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
        if self._exit is None and _readable(self._status, timeout):
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
            if self.wait(FORK_SECONDS) is None:
                self._exit = -signal.SIGKILL
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
            held = os.fstatvfs(self._folder)
        return (held.f_blocks - held.f_bfree) * held.f_frsize

    def _take(self) -> None:
        text = b""
        with suppress(ConnectionError):
            text = self._status.recv(LONGEST_REPLY)
        # Without a word the template itself is gone, and everything below it.
        self._exit = int(json.loads(text)["exit"]) if text else -signal.SIGKILL
        if self._group and self._group.ran_out():
            self.killed_for = "memory"

    def _enter(self) -> None:
        """Wait until the child has entered its sandbox; take its socket folder."""
        if not _readable(self.channel, FORK_SECONDS):
            raise LabError(f"A process of the grader did not start within {FORK_SECONDS} seconds.")
        text, folders, _, _ = socket.recv_fds(self.channel, LONGEST_REPLY, 1)
        if folders:
            self._folder = folders[0]
            self.sockets = Path(f"/proc/self/fd/{self._folder}")
        said = json.loads(text) if text else {"failed": "it ended early"}
        if "failed" in said:
            raise LabError(f"A process of the grader could not enter its sandbox: {said['failed']}")
        if self.sockets:  # it has started nothing yet: whatever it starts will be in the group as well
            self._group = Group.around(self.pid, self.memory_limit)

    def _send(self, arguments: Any) -> None:
        text = json.dumps(arguments).encode()
        self.channel.sendall(LENGTH.pack(len(text)) + text)


class Template:
    """A process that has imported `modules` and forks. Sandboxed for students' code; plain for trusted work.

    extra, leave_out: for the tests of the probes: arguments for bubblewrap; namespaces a child is to share
    """

    def __init__(
        self,
        modules: Iterable[str] = WARM,
        *,
        sandboxed: bool = True,
        extra: tuple[str, ...] = (),
        leave_out: Iterable[str] = (),
    ) -> None:
        self.modules = tuple(modules)
        self.sandboxed = sandboxed
        self.children: set[Child] = set()
        self._extra, self._leave_out = extra, tuple(leave_out)
        self._folder: Path | None = None
        self._control: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._watch: Watch | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def start(self) -> None:
        """Start the process and wait until it has imported everything."""
        if sys.platform != "linux":
            sandbox.program()
            raise LabError("The grader's warm processes need Linux.")
        self._folder = Path(tempfile.mkdtemp(prefix="autograder-"))
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        started = threading.Event()
        keeper = threading.Thread(target=self._keep, args=(theirs, started), daemon=True, name="template")
        keeper.start()
        started.wait(FORK_SECONDS)
        theirs.close()
        try:
            self._wait_until_ready()
        except BaseException:
            self.close()
            raise
        if self.sandboxed:
            self._watch = Watch(self.children.copy)

    def _keep(self, theirs: socket.socket, started: threading.Event) -> None:
        """Start the process and stay: it dies with the *thread* that started it, which may not be a passing one."""
        try:
            with (self._place() / "stderr").open("wb") as said:
                self._process = subprocess.Popen(
                    self._command(theirs.fileno()),
                    env=self._environment(),
                    pass_fds=(theirs.fileno(),),
                    stdin=subprocess.DEVNULL,
                    stdout=said,
                    stderr=said,
                )
        finally:
            started.set()
        self._process.wait()

    def _command(self, control: int) -> list[str]:
        config = {
            "control": control,
            "modules": self.modules,
            "sandboxed": self.sandboxed,
            "leave_out": self._leave_out,
            "become": sandbox.free_user() if self.sandboxed and os.geteuid() == 0 else None,
            "die_with_parent": not self.sandboxed,  # bubblewrap sees to that
            "path": sandbox.inside_path() if self.sandboxed else [path for path in sys.path if path],
        }
        if self.sandboxed:
            inner = sandbox.KIT / "engine" / "autograder" / SERVER.name
            return sandbox.command([str(inner), json.dumps(config)], folder=self._place(), extra=self._extra)
        return [sys.executable, "-I", "-B", str(SERVER), json.dumps(config)]

    def _environment(self) -> dict[str, str]:
        if self.sandboxed:
            return {}
        foreign = ("PYTHON", "JUPYTER", "IPYTHON", "KERAS", "TF_", "MPL")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
        return kept | sandbox.environment()

    def _wait_until_ready(self) -> None:
        assert self._control is not None  # noqa: S101
        ready = _readable(self._control, START_SECONDS)
        text = self._control.recv(LONGEST_REPLY) if ready else b""
        said = json.loads(text) if text else {}
        if "failed" in said:
            raise LabError(f"The grader could not import what the labs need: {said['failed']}")
        if "threads" not in said:
            words = (self._place() / "stderr").read_text(encoding="utf-8", errors="replace")
            if ready and self.sandboxed:
                raise LabError(sandbox.explain(words))
            raise LabError(f"The grader's warm process did not start: {words.strip()[-500:] or 'it said nothing'}")

    def fork(self, entry: str, arguments: Any, *, seed: str = "", limits: Limits = NO_LIMITS) -> Child:
        """Fork a child that calls `entry` ("module:function") with the arguments and its end of the channel.

        Returns when the child has entered its sandbox, some tens of milliseconds later; from any thread.
        seed: a label for its random numbers
        """
        assert self._control is not None  # noqa: S101
        request = {"entry": entry, "seed": seed, "limits": asdict(limits)}
        channel, their_channel = socket.socketpair()
        status, their_status = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with their_channel, their_status:
            try:
                message = json.dumps(request).encode()
                socket.send_fds(self._control, [message], [their_channel.fileno(), their_status.fileno()])
            except OSError:
                raise LabError("The grader's warm process has ended; grade again.") from None
        child = Child(status, channel, _first_word(status), limits.memory_bytes)
        self.children.add(child)
        try:
            child._enter()  # noqa: SLF001 - two halves of one thing
            child._send(arguments)  # noqa: SLF001
        except BaseException:
            self.end(child)
            raise
        return child

    def end(self, child: Child) -> None:
        """End a child and forget it."""
        child.close()
        self.children.discard(child)

    def close(self) -> None:
        """End the process and every child."""
        if self._watch:
            self._watch.close()
            self._watch = None
        if self._process and self._process.poll() is None:
            self._process.kill()  # takes everything in its process namespace along
        for child in list(self.children):
            self.end(child)
        if self._control:
            self._control.close()
        if self._process:
            self._process.wait(FORK_SECONDS)
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)
        self._control = self._process = self._folder = None

    @property
    def pid(self) -> int:
        """The number of its first process."""
        return self._process.pid if self._process else -1

    @property
    def running(self) -> bool:
        """Whether the process is there."""
        return self._process is not None and self._process.poll() is None

    def _place(self) -> Path:
        assert self._folder is not None  # noqa: S101
        return self._folder


def _first_word(status: socket.socket) -> int:
    """Wait until the template has forked; return a descriptor of the child."""
    if not _readable(status, FORK_SECONDS):
        raise LabError(f"The grader's warm process did not answer within {FORK_SECONDS} seconds.")
    text, descriptors, _, _ = socket.recv_fds(status, LONGEST_REPLY, 1)
    said = json.loads(text) if text else {"refused": "the template has ended"}
    if "refused" in said:
        status.close()
        raise RefusedError(said["refused"])
    return descriptors[0]


def _pid_of(pidfd: int) -> int:
    """Return the process number behind a descriptor, as this process sees it."""
    for line in Path(f"/proc/self/fdinfo/{pidfd}").read_text(encoding="ascii").splitlines():
        if line.startswith("Pid:"):
            return int(line.split()[1])
    return -1


def _readable(end: socket.socket, timeout: float | None) -> bool:
    poll = select.poll()
    poll.register(end, select.POLLIN)
    return bool(poll.poll(None if timeout is None else max(0, timeout) * 1000))
