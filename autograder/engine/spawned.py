"""A fresh process for every child, where forking a warm one is not safe (macOS): slow, and without a sandbox."""

from __future__ import annotations

import asyncio
import importlib
import json
import os
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

if __name__ == "__main__":  # started by path: say where modules are before the first import of ours
    sys.path.extend(folder for folder in json.loads(sys.argv[1])["path"] if folder not in sys.path)

from autograder.engine import bubblewrap
from autograder.engine.child import Child
from autograder.engine.fork_client import DEFAULT_LIMITS, Forks
from autograder.inside.forkserver import LENGTH, read, reseed

if TYPE_CHECKING:
    from autograder.inside.namespaces import ProcessLimits

END_SECONDS = 10
POLL_SECONDS = 0.02


class Fresh(Forks):
    """Starts a Python for each child: for trusted code, and for students' where somebody chose no isolation."""

    def __init__(self) -> None:
        super().__init__(None, sandboxed=False)
        self.refused = "forking is not safe on this system"

    def fork(self, entry: str, arguments: Any, *, seed: str = "", limits: ProcessLimits = DEFAULT_LIMITS) -> Child:  # noqa: ARG002
        """Start a process that calls `entry` with the arguments and its end of the channel."""
        channel, theirs = socket.socketpair()
        path = [str(Path(folder).resolve()) for folder in sys.path if folder]
        config = {"path": path, "channel": theirs.fileno(), "entry": entry, "seed": seed}
        with theirs:
            process = subprocess.Popen(
                [sys.executable, "-B", __file__, json.dumps(config)],
                env=os.environ | bubblewrap.environment(),
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        child = FreshChild(process, channel)
        self.children.add(child)
        child.send(arguments)
        return child


class FreshChild(Child):
    """A child that is a process of its own."""

    def __init__(self, process: subprocess.Popen[bytes], channel: socket.socket) -> None:
        self.channel, self.pid, self.sockets, self.killed_for = channel, process.pid, None, ""
        self._process = process

    @property
    def in_group(self) -> bool:
        """No control group holds it."""
        return False

    def wait(self, timeout: float | None = None) -> int | None:
        """Wait until it is gone; return its exit status, or None when it still runs."""
        try:
            return self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            return None

    async def finished(self) -> int:
        """Wait without holding up other tasks."""
        while (code := self.poll()) is None:
            await asyncio.sleep(POLL_SECONDS)
        return code

    def kill(self) -> None:
        """End it and what it started in its session."""
        with suppress(ProcessLookupError, PermissionError):
            if self._process.poll() is None:
                os.killpg(self._process.pid, signal.SIGKILL)

    def kill_for(self, reason: str) -> None:
        """End it because it broke a limit."""
        self.killed_for = reason
        self.kill()

    def close(self) -> None:
        """End it and close what leads to it."""
        self.kill()
        self.wait(END_SECONDS)
        self.channel.close()


def main(config: dict[str, Any]) -> None:
    """Do a child's job."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGINT])  # kernels are interrupted by it; workers block it
    channel = socket.socket(fileno=config["channel"])
    arguments = json.loads(read(channel, LENGTH.unpack(read(channel, LENGTH.size))[0]))
    module, _, function = config["entry"].partition(":")
    entry = getattr(importlib.import_module(module), function)
    reseed(config["seed"])
    entry(arguments, channel)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
