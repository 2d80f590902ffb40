"""What asks the one warm engine of a machine: connects to it, started if nobody has done so, and takes its forks."""

from __future__ import annotations

import fcntl
import json
import os
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.base import interpreter
from autograder.base.errors import UserFacingError
from autograder.engine import address
from autograder.engine.child import readable
from autograder.engine.engine import Engine, Grounds
from autograder.engine.fork_client import Forks, GoneError
from autograder.inside.namespaces import ProcessLimits
from autograder.model.graded import COLAB, SANDBOX, engine_kind, of_kind

if TYPE_CHECKING:
    from collections.abc import Iterator

ANSWER_SECONDS = 300  # a template may be started anew while somebody asks
START_SECONDS = 300
ATTEMPTS = 3
NO_USAGE = {"cpu_seconds": 0.0, "held_bytes": 0.0, "host": 0.0, "since": 0.0}


class Lease(Grounds):
    """A share of the machine's engine. `renew` before each submission: it may have been replaced.

    Raises UserFacingError where students' code cannot be isolated.
    """

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.isolation, self.packages = of_kind(kind)
        self.process_limits = ProcessLimits()
        self.generation = -1
        self.level = ""
        self.import_seconds = 0.0
        self._host: socket.socket | None = None
        self._forks: list[Forks] = []
        self._lock = threading.RLock()  # a worker is asked for its usage while it grades

    def renew(self) -> Lease:
        """Make sure that there is an engine, and that this is it."""
        with self._lock:
            for attempt in range(ATTEMPTS):
                try:
                    self._ask_for_engine()
                    break
                except (OSError, ValueError, GoneError) as error:  # it has ended, or is about to: start a new one
                    self.close()
                    if attempt == ATTEMPTS - 1:
                        raise GoneError(f"The grader's engine can't be reached ({error}); grade again.") from None
            return self

    def _ask_for_engine(self) -> None:
        if self._host is None:
            self._host = _connect(self.kind)
        request = {"have": self.generation, "held": [forks.held for forks in self._forks]}
        answer, descriptors = _ask(self._host, request)
        if "failed" in answer:
            raise UserFacingError(answer["failed"])
        if not descriptors:
            return
        for forks in self._forks:
            forks.close()
        self.generation, self.level = answer["generation"], answer["level"]
        self.import_seconds = answer["import_seconds"]
        sandboxed = (answer["sandboxed"], False, answer["sandboxed"], False)
        controls = [socket.socket(fileno=descriptor) for descriptor in descriptors]
        self._forks = [Forks(control, sandboxed=inside) for control, inside in zip(controls, sandboxed, strict=True)]
        self.students, self.trusted, *cold = self._forks
        for warm, instead in zip((self.students, self.trusted), cold, strict=True):
            warm.instead = lambda instead=instead: instead

    def usage(self) -> dict[str, float]:
        """Return what the engine has used: cpu_seconds of all its processes, ended ones too; held_bytes now."""
        with self._lock, suppress(OSError, ValueError, GoneError):  # where it has ended there is nothing to tell
            if self._host:
                return _ask(self._host, {"usage": True})[0]
        return dict(NO_USAGE)

    def close(self) -> None:
        """Give the share back."""
        for forks in self._forks:
            forks.close()
        self._forks = []
        self.generation = -1
        if self._host:
            self._host.close()
            self._host = None


def _ask(host: socket.socket, request: dict[str, Any]) -> tuple[dict[str, Any], list[int]]:
    host.send(json.dumps(request).encode())
    if not readable(host, ANSWER_SECONDS):
        raise GoneError("The grader's engine gives no answer; grade again.")
    text, descriptors, _, _ = socket.recv_fds(host, address.LONGEST_MESSAGE, 4)
    return dict(json.loads(text)), descriptors  # ValueError: it has ended


def _connect(kind: str) -> socket.socket:
    """Connect to the machine's engine, started if nobody has done so; one at a time, so that there is one."""
    place = address.folder() / address.name(kind)
    with place.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            return address.connected(place)
        except OSError:
            _start(place, kind)
            return address.connected(place)


def _start(place: Path, kind: str) -> None:
    """Start the engine's process. It outlives whoever starts it, but not for long (host.WARM_SECONDS)."""
    for older in place.parent.glob(f"{place.name.partition('-')[0]}-*"):
        if older.suffix != ".lock":
            older.unlink(missing_ok=True)  # without its socket it ends itself when nobody is connected any more
    with place.with_suffix(".log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "autograder.engine.host", str(place), kind],
            cwd="/",
            env=os.environ | {"PYTHONPATH": os.pathsep.join(str(Path(path).resolve()) for path in sys.path if path)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            start_new_session=True,
        )
    assert process.stdout is not None  # noqa: S101
    with process.stdout as said:
        text = said.readline() if readable(said.fileno(), START_SECONDS) else b""
    process.returncode = 0  # it is nobody's child to wait for; without this Popen would warn
    answer = json.loads(text) if text.strip() else {"failed": _last_line(place.with_suffix(".log"))}
    if "failed" in answer:
        raise UserFacingError(answer["failed"])


def _last_line(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return f"The grader's engine did not start: {lines[-1] if lines else 'it said nothing'}"


def runs(kind: str) -> bool:
    """Say whether this machine's engine runs, so that nobody has to wait for TensorFlow."""
    if sys.platform != "linux":
        return False
    try:
        address.connected(address.folder() / address.name(kind)).close()
    except (OSError, UserFacingError):
        return False
    return True


def with_colab(kind: str) -> str:
    """Name the engine with Google Colab's packages, isolated like this one; "" where there is none, or this is it."""
    isolation, packages = of_kind(kind)
    other = isolation == SANDBOX and packages != COLAB and interpreter.colab_is_there()
    return engine_kind(isolation, COLAB) if other else ""


@contextmanager
def lent(kind: str) -> Iterator[Grounds]:
    """Lend this machine's engine; where nothing can fork, one of the caller's own. Raises UserFacingError."""
    if sys.platform != "linux":
        with Engine(kind) as engine:
            yield engine
        return
    lease = Lease(kind)
    try:
        yield lease.renew()
    finally:
        lease.close()
