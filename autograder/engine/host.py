"""The one warm engine of a machine: a process of its own, which all graders and workers of one user there share.

Whoever needs it first starts it (lease.py); it hands out copies of its templates' control sockets, replaces a template
that has ended or grown, and ends itself some time after the last one has left.
"""

from __future__ import annotations

import json
import os
import selectors
import signal
import socket
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.base.errors import UserFacingError
from autograder.engine import address
from autograder.engine.engine import Engine
from autograder.engine.memory import descendants, held
from autograder.engine.memory import processes as process_tree

if TYPE_CHECKING:
    from collections.abc import Iterator

GROWTH_BYTES = 512 << 20  # a template that holds so much more than at its first fork is replaced
STARTS, STARTS_SECONDS = 5, 300  # so often, within so long; then there is something wrong that no start will mend
WARM_VARIABLE, WARM_SECONDS = "AUTOGRADER_KEEP_WARM", 300.0  # how long it stays when nobody is connected
LOOK_SECONDS = 5.0
COME_SECONDS = 60.0  # whoever has started it comes soon
_TICKS = os.sysconf("SC_CLK_TCK")


class Host:
    """The engine's process: answers whoever is connected."""

    def __init__(self, place: Path, kind: str) -> None:
        self.place, self.kind = place, kind
        self.engine = Engine(kind)
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
        self.engine = Engine(self.kind)
        self.engine.__enter__()
        self.generation += 1
        self.first_held = []

    def serve(self, stay: float) -> None:
        """Answer until nobody has been connected for so many seconds."""
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.place.unlink(missing_ok=True)
        with address.short(self.place) as path:
            listener.bind(path)
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
            text = connection.recv(address.LONGEST_MESSAGE)
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


def main(place: Path, kind: str) -> int:
    """Start an engine and serve."""
    # Whoever started it may have ignored or blocked Ctrl-C; students' kernels are interrupted by it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGINT])
    try:
        host = Host(place, kind)
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
