"""The one warm engine of a machine: a process of its own, which all graders and workers of one user there share.

Whoever needs it first starts it; it hands out copies of its templates' control sockets, replaces a template that has
ended or grown, and ends itself some time after the last one has left.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import selectors
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.base.errors import UserFacingError
from autograder.base.files import PACKAGE
from autograder.engine import bubblewrap
from autograder.engine.child import readable
from autograder.engine.engine import Engine, Grounds
from autograder.engine.fork_client import Forks, GoneError
from autograder.engine.memory import descendants, held
from autograder.engine.memory import processes as process_tree
from autograder.inside.namespaces import Limits as ProcessLimits

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST_MESSAGE = 1 << 16
ANSWER_SECONDS = 300  # a template may be started anew while somebody asks
START_SECONDS = 300
GROWTH_BYTES = 512 << 20  # a template that holds so much more than at its first fork is replaced
STARTS, STARTS_SECONDS = 5, 300  # so often, within so long; then there is something wrong that no start will mend
WARM_VARIABLE, WARM_SECONDS = "AUTOGRADER_KEEP_WARM", 300.0  # how long it stays when nobody is connected
LOOK_SECONDS = 5.0
COME_SECONDS = 60.0  # whoever has started it comes soon
ATTEMPTS = 3
NO_USAGE = {"cpu_seconds": 0.0, "held_bytes": 0.0, "host": 0.0, "since": 0.0}
_TICKS = os.sysconf("SC_CLK_TCK")


def folder() -> Path:
    """Return the folder of this user's engines; nobody else may enter it."""
    path = Path(tempfile.gettempdir(), f"autograder-{os.geteuid()}")
    path.mkdir(mode=0o700, exist_ok=True)
    found = path.lstat()
    if found.st_uid != os.geteuid() or found.st_mode & 0o077 or not path.is_dir() or path.is_symlink():
        raise UserFacingError(f"{path} does not belong to you alone; remove it, or set TMPDIR to a folder of your own.")
    return path


def name(isolation: str) -> str:
    """Name an engine by where it comes from, and by all that it has imported: changed code gets a new one."""
    source = hashlib.sha256(f"{sys.executable} {isolation} {PACKAGE}".encode()).hexdigest()
    digest = hashlib.sha256()
    packages = (PACKAGE, bubblewrap.labkit())
    files = (path for package in packages for path in package.rglob("*.*") if path.is_file())
    for path in sorted(path for path in files if path.suffix != ".pyc"):
        about = path.stat()
        digest.update(f"{path} {about.st_mtime_ns} {about.st_size}\n".encode())
    return f"{source[:8]}-{digest.hexdigest()[:16]}"


class Lease(Grounds):
    """A share of the machine's engine. `renew` before each submission: it may have been replaced.

    Raises UserFacingError where students' code cannot be isolated.
    """

    def __init__(self, isolation: str) -> None:
        self.isolation = isolation
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
            self._host = _connect(self.isolation)
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
    text, descriptors, _, _ = socket.recv_fds(host, LONGEST_MESSAGE, 4)
    return dict(json.loads(text)), descriptors  # ValueError: it has ended


def _connect(isolation: str) -> socket.socket:
    """Connect to the machine's engine, started if nobody has done so; one at a time, so that there is one."""
    place = folder() / name(isolation)
    with place.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            return _connected(place)
        except OSError:
            _start(place, isolation)
            return _connected(place)


def _connected(place: Path) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    try:
        with _address(place) as address:
            connection.connect(address)
    except OSError:
        connection.close()
        raise
    return connection


@contextmanager
def _address(place: Path) -> Iterator[str]:
    """Name a socket in few characters: its address holds 108 at most, and the path to a TMPDIR may be longer."""
    folder = os.open(place.parent, os.O_PATH | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{place.name}"
    finally:
        os.close(folder)


def _start(place: Path, isolation: str) -> None:
    """Start the engine's process. It outlives whoever starts it, but not for long (WARM_SECONDS)."""
    for older in place.parent.glob(f"{place.name.partition('-')[0]}-*"):
        if older.suffix != ".lock":
            older.unlink(missing_ok=True)  # without its socket it ends itself when nobody is connected any more
    with place.with_suffix(".log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "autograder.engine.host", str(place), isolation],
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


def runs(isolation: str) -> bool:
    """Say whether this machine's engine runs, so that nobody has to wait for TensorFlow."""
    if sys.platform != "linux":
        return False
    try:
        _connected(folder() / name(isolation)).close()
    except (OSError, UserFacingError):
        return False
    return True


@contextmanager
def lent(isolation: str) -> Iterator[Grounds]:
    """Lend this machine's engine; where nothing can fork, one of the caller's own. Raises UserFacingError."""
    if sys.platform != "linux":
        with Engine(isolation) as engine:
            yield engine
        return
    lease = Lease(isolation)
    try:
        yield lease.renew()
    finally:
        lease.close()


class Host:
    """The engine's process: answers whoever is connected."""

    def __init__(self, place: Path, isolation: str) -> None:
        self.place, self.isolation = place, isolation
        self.engine = Engine(isolation)
        self.generation = 0
        self.first_held: list[int] = []
        self.retired: list[tuple[Engine, int]] = []  # with their generations
        self.given: dict[Any, int] = {}  # connection: the generation it was given
        self.starts: list[float] = []
        self.used = 0.0  # CPU seconds of engines that are gone
        self.since = time.time()
        self.selector = selectors.DefaultSelector()

    def start(self) -> None:
        """Start an engine. Raises UserFacingError when that can't be, or is needed too often."""
        now = time.monotonic()
        self.starts = [*(start for start in self.starts if now - start < STARTS_SECONDS), now]
        if len(self.starts) > STARTS:
            raise UserFacingError("The grader's warm processes end again and again; is there enough memory?")
        self.engine = Engine(self.isolation)
        self.engine.__enter__()
        self.generation += 1
        self.first_held = []

    def serve(self, stay: float) -> None:
        """Answer until nobody has been connected for so many seconds."""
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.place.unlink(missing_ok=True)
        with _address(self.place) as address:
            listener.bind(address)
        listener.listen(64)
        self.selector.register(listener, selectors.EVENT_READ)
        print("{}", flush=True)
        sys.stdout.close()
        end = time.monotonic() + COME_SECONDS
        while len(self.selector.get_map()) > 1 or time.monotonic() < end:
            for key, _ in self.selector.select(min(LOOK_SECONDS, max(0.0, end - time.monotonic()) or LOOK_SECONDS)):
                if key.fileobj is listener:
                    self.selector.register(listener.accept()[0], selectors.EVENT_READ)
                elif not self._answer(key.fileobj):
                    end = time.monotonic() + stay
            self._end_retired()
            if not self._is_ours():
                return

    def _is_ours(self) -> bool:
        """Say whether the socket is still in its place: where somebody has removed it, nobody can come any more."""
        return self.place.exists() or len(self.selector.get_map()) > 1

    def _answer(self, connection: Any) -> bool:
        """Answer one request; False when the other end has gone."""
        try:
            text = connection.recv(LONGEST_MESSAGE)
            if text:
                answer, descriptors = self._reply(json.loads(text))
                socket.send_fds(connection, [json.dumps(answer).encode()], descriptors)
                if descriptors:
                    self.given[connection] = self.generation
                return True
        except (OSError, ValueError):
            pass
        self.given.pop(connection, None)
        self.selector.unregister(connection)
        connection.close()
        return False

    def _reply(self, request: dict[str, Any]) -> tuple[dict[str, Any], list[int]]:
        if request.get("usage"):
            return self.usage(), []
        try:
            if not all(template.running for template in self.engine.templates) or self._has_grown(request):
                self.retired.append((self.engine, self.generation))
                self.start()
        except UserFacingError as error:
            return {"failed": str(error)}, []
        if request["have"] == self.generation:
            return {}, []
        answer = {
            "generation": self.generation,
            "level": self.engine.level,
            "import_seconds": self.engine.import_seconds,
            "sandboxed": self.engine.templates[0].sandboxed,
        }
        return answer, [template.share() for template in (*self.engine.templates, *self._cold())]

    def _cold(self) -> Iterator[Any]:
        """Start, once, the templates that import nothing: a moment's work."""
        for template in self.engine.cold:
            if not template.running:
                template.start()
            yield template

    def _has_grown(self, request: dict[str, Any]) -> bool:
        """Say whether a warm process holds far more than at its first fork."""
        now = request["held"][:2]
        if request["have"] != self.generation or not all(now):
            return False
        self.first_held = self.first_held or now
        return any(held_now > first + GROWTH_BYTES for held_now, first in zip(now, self.first_held, strict=True))

    def _end_retired(self) -> None:
        """End replaced engines that nobody holds any more: who has come for the new one has done with the old."""
        for engine, generation in list(self.retired):
            if generation not in self.given.values():
                self.used += _cpu_seconds(engine)
                engine.close()
                self.retired.remove((engine, generation))

    def usage(self) -> dict[str, float]:
        """Add up what the engine's processes have used, this one included."""
        engines = [self.engine, *(engine for engine, _ in self.retired)]
        tree = process_tree()
        return {
            "cpu_seconds": self.used + sum(map(_cpu_seconds, engines)) + time.process_time(),
            "held_bytes": float(held(os.getpid(), tree)),
            "host": float(os.getpid()),
            "since": self.since,
        }


def _cpu_seconds(engine: Engine) -> float:
    """Add up the processor time of an engine's processes and of all that have ended below them."""
    total = 0
    for template in (*engine.templates, *engine.cold):
        for pid in descendants(template.pid) if template.running else []:
            with suppress(OSError):
                fields = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b") ")[2].split()
                total += sum(map(int, fields[11:15]))  # utime, stime, cutime, cstime: proc(5)
    return total / _TICKS


def main(place: Path, isolation: str) -> int:
    """Start an engine and serve."""
    # Whoever started it may have ignored or blocked Ctrl-C; students' kernels are interrupted by it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGINT])
    host = Host(place, isolation)
    try:
        host.start()
    except UserFacingError as error:
        print(json.dumps({"failed": str(error)}), flush=True)
        return 1
    try:
        host.serve(float(os.environ.get(WARM_VARIABLE) or WARM_SECONDS))
    finally:
        with suppress(OSError):
            place.unlink()
        host.engine.close()
        for engine, _ in host.retired:
            engine.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2]))
