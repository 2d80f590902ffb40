"""A warm process and its forks, seen from the grader: start it once, fork a child for each submission."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING

from autograder.base.errors import UserFacingError
from autograder.base.files import PACKAGE
from autograder.base.interpreter import own
from autograder.engine import bubblewrap
from autograder.engine.child import LONGEST_REPLY, Child, readable
from autograder.engine.child import START_SECONDS as FORK_SECONDS
from autograder.engine.fork_client import ForkRefusedError, Forks
from autograder.engine.memory import Group, Watch
from autograder.engine.uid import kit
from autograder.inside.namespaces import ProcessLimits

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import TracebackType
    from typing import Self

    from autograder.base.interpreter import Interpreter

__all__ = ["COLD", "WARM", "Child", "ForkRefusedError", "ProcessLimits", "Template"]

SERVER = bubblewrap.INSIDE / "forkserver.py"
ONCE = ("numpy", "tensorflow", "keras", "matplotlib.pyplot", "labkit", "autograder.inside.preload")
WARM = (*ONCE, "autograder.inside.preload.everything")
COLD: tuple[str, ...] = ()  # imports nothing: its children do that themselves, and it can always fork
START_SECONDS = 180
CLEAR_SECONDS = 5


class Template(Forks):
    """A process that has imported `modules` and forks. Sandboxed for students' code; plain for trusted work.

    demoted: students' code gets a user number of its own in place of a sandbox (level `uid`); the process is root's
    python: the interpreter in the sandbox, with its packages; trusted work runs with our own
    extra, leave_out: for the tests of the probes: arguments for bubblewrap; what a child is not to be protected by
    """

    def __init__(
        self,
        modules: Iterable[str] = WARM,
        *,
        sandboxed: bool = True,
        demoted: bool = False,
        python: Interpreter | None = None,
        extra: tuple[str, ...] = (),
        leave_out: Iterable[str] = (),
    ) -> None:
        super().__init__(None, sandboxed=sandboxed)
        self.modules = tuple(modules)
        self.demoted = demoted
        self._kit: tempfile.TemporaryDirectory[str] | None = None
        self.python = python or own()
        self._extra, self._leave_out = extra, tuple(leave_out)
        self._words: IO[bytes] | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def started(self) -> Self:
        """Start it, if it does not run yet, and return it."""
        if not self.running:
            self.start()
        return self

    def start(self) -> None:
        """Start the process and wait until it has imported everything."""
        if sys.platform != "linux":
            bubblewrap.program()
            raise UserFacingError("The grader's warm processes need Linux.")
        Group.sweep()
        self._words = tempfile.TemporaryFile()  # noqa: SIM115 - close() closes it
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        started = threading.Event()
        try:
            with theirs, tempfile.TemporaryDirectory(prefix="autograder-") as folder:
                command = self._command(theirs.fileno(), Path(folder))
                arguments = (command, theirs.fileno(), started)
                threading.Thread(target=self._keep, args=arguments, daemon=True, name="template").start()
                started.wait(FORK_SECONDS)
                theirs.close()
                self._wait_until_ready()
        except BaseException:
            self.close()
            raise
        if self.sandboxed:
            self._watch = Watch(self.children.copy)

    def _keep(self, command: list[str], control: int, started: threading.Event) -> None:
        """Start the process and stay: it dies with the *thread* that started it, which may not be a passing one."""
        try:
            self._process = subprocess.Popen(
                command,
                env=self._environment(),
                pass_fds=(control,),
                stdin=subprocess.DEVNULL,
                stdout=self._words,
                stderr=self._words,
            )
        finally:
            started.set()
        self._process.wait()

    def _command(self, control: int, folder: Path) -> list[str]:
        namespaced = self.sandboxed and not self.demoted
        config = {
            "control": control,
            "modules": self.modules,
            "sandboxed": self.sandboxed,
            "demoted": self.demoted,
            "leave_out": self._leave_out,
            "become": bubblewrap.free_user() if namespaced and os.geteuid() == 0 else None,
            "die_with_parent": not namespaced,  # bubblewrap sees to that
            "path": bubblewrap.inside_path(self.python) if namespaced else [path for path in sys.path if path],
        }
        if self.demoted:
            self._kit = tempfile.TemporaryDirectory(prefix="autograder-")
            return kit.command(config, self.python, Path(self._kit.name))
        if namespaced:
            inner = bubblewrap.KIT / "engine" / "autograder" / SERVER.relative_to(PACKAGE)
            return bubblewrap.command([str(inner), json.dumps(config)], self.python, folder=folder, extra=self._extra)
        return [sys.executable, "-I", "-B", str(SERVER), json.dumps(config)]

    def _environment(self) -> dict[str, str]:
        if self._kit:
            return kit.environment(self.python, Path(self._kit.name))
        if self.sandboxed:
            return {}
        foreign = ("PYTHON", "JUPYTER", "IPYTHON", "KERAS", "TF_", "MPL")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
        return kept | bubblewrap.environment()

    def _wait_until_ready(self) -> None:
        assert self._control is not None  # noqa: S101
        ready = readable(self._control, START_SECONDS)
        text = self._control.recv(LONGEST_REPLY) if ready else b""
        said = json.loads(text) if text else {}
        if "failed" in said:
            raise UserFacingError(f"The grader could not import what the labs need: {said['failed']}")
        if "threads" not in said:
            if ready and self.sandboxed and not self.demoted:
                raise UserFacingError(bubblewrap.explain(self.words()))
            raise UserFacingError(f"The grader's warm process did not start: {self.words() or 'it said nothing'}")

    def share(self) -> int:
        """Return the descriptor of its control socket: whoever gets a copy may ask for children, too."""
        assert self._control is not None  # noqa: S101
        return self._control.fileno()

    def close(self) -> None:
        """End the process and every child."""
        if self.demoted:  # it takes away what its children leave, and then ends by itself
            super().close()
            with suppress(subprocess.TimeoutExpired):
                if self._process:
                    self._process.wait(CLEAR_SECONDS)
        if self._process and self._process.poll() is None:
            self._process.kill()  # takes everything in its process namespace along
        super().close()
        if self._process:
            self._process.wait(FORK_SECONDS)
        if self._words:
            self._words.close()
        if self._kit:
            self._kit.cleanup()
            self._kit = None
        self._process = self._words = None

    @property
    def pid(self) -> int:
        """The number of its first process."""
        return self._process.pid if self._process else -1

    @property
    def running(self) -> bool:
        """Whether the process is there."""
        return self._process is not None and self._process.poll() is None

    def words(self, most: int = 2000) -> str:
        """Return the end of what it and its trusted children wrote; sandboxed children write nowhere."""
        if self._words is None:
            return ""
        size = os.fstat(self._words.fileno()).st_size
        return os.pread(self._words.fileno(), most, max(0, size - most)).decode(errors="replace").strip()
