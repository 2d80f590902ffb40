"""Spreads submissions over workers: a local cluster of processes, or a Dask scheduler that runs already."""

from __future__ import annotations

import os
import signal
import threading
import time
from contextlib import contextmanager, suppress
from multiprocessing import resource_tracker
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

import dask
from dask.system import CPU_COUNT
from distributed import Client, Future, KilledWorker, LocalCluster, Security, wait
from distributed.system import MEMORY_LIMIT

from autograder.base.errors import UserFacingError
from autograder.runs import worker

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from autograder.model.assignment import Files
    from autograder.runs.worker import Order, Reply

AHEAD = 2  # tasks in flight for each worker
WORKER_BYTES = 2 << 30  # a worker, a kernel and an examiner, with room for a wasteful submission
ENGINE_BYTES = 2 << 30
CONNECT_SECONDS = 10
CLOSE_SECONDS = 2
WORKERS_SECONDS = 60  # how long we wait for the first worker of a cluster, or for one to come back
TICK_SECONDS = 0.5
COUNT_SECONDS = 2
LOST_AGAIN = 3  # so often a task is sent anew that the scheduler has forgotten
SETTINGS = {
    "distributed.scheduler.allowed-failures": 2,  # a submission that has ended three workers is left to a person
    "distributed.worker.memory.target": False,  # what takes memory are kernels, which have limits of their own
    "distributed.worker.memory.spill": False,
    "distributed.worker.memory.pause": False,
    "distributed.worker.memory.terminate": False,
    "distributed.comm.timeouts.connect": f"{CONNECT_SECONDS}s",
    "distributed.admin.tick.limit": "1h",
    "distributed.admin.low-level-log-length": 10,  # each end of a connection keeps messages; ours hold notebooks
    "distributed.worker.profile.enabled": False,  # it would look at every worker's stack a hundred times a second
    "distributed.scheduler.work-stealing": False,
}


def workers_here() -> int:
    """Say how many workers this machine has room for: one for each core, if memory allows."""
    return max(1, min(int(CPU_COUNT), int(MEMORY_LIMIT - ENGINE_BYTES) // WORKER_BYTES))


@contextmanager
def connect(scheduler: str = "", workers: int = 0) -> Iterator[Client]:
    """Start workers here, or use those of a scheduler ("tcp://host:8786", "tls://..."). Raises UserFacingError."""
    with dask.config.set(SETTINGS):
        if scheduler:
            yield from _elsewhere(scheduler)
            return
        with _uninterrupted():
            cluster = LocalCluster(
                n_workers=workers or workers_here(),
                threads_per_worker=1,
                processes=True,
                dashboard_address=None,
                # Its HTTP server runs all the same: on any free port, so that graders do not meet, and for nobody else.
                scheduler_kwargs={"dashboard_address": "127.0.0.1:0"},
                security=Security.temporary(),  # other people who are logged in here may not send us work
                silence_logs=50,
                memory_limit=0,
            )
        try:
            with Client(cluster, set_as_default=False) as client:
                yield client
        except BaseException:
            _end(cluster)
            raise
        finally:
            with suppress(TimeoutError):
                cluster.close(timeout=CLOSE_SECONDS)


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Start threads and processes that Ctrl-C does not reach, now or when they start others: this process ends them."""
    resource_tracker.ensure_running()  # it would let Ctrl-C through to whoever is started after it
    kept = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, kept)


class Interrupt:
    """Ctrl-C, also when it comes while Python finalizes an object: what is raised there is printed and lost."""

    def __init__(self) -> None:
        self.came = False

    def __enter__(self) -> Self:
        self._handler = signal.getsignal(signal.SIGINT)
        self._ours = (
            threading.current_thread() is threading.main_thread() and self._handler is signal.default_int_handler
        )
        if self._ours:
            signal.signal(signal.SIGINT, self._note)
        return self

    def __exit__(self, *_: object) -> None:
        if self._ours:
            signal.signal(signal.SIGINT, self._handler)

    def _note(self, number: int, frame: Any) -> None:
        self.came = True
        signal.default_int_handler(number, frame)

    def look(self) -> None:
        """Raise KeyboardInterrupt if Ctrl-C was pressed."""
        if self.came:
            raise KeyboardInterrupt


def _end(cluster: LocalCluster) -> None:
    """End the workers at once, whatever they are at."""
    for nanny in cluster.workers.values():
        nanny.auto_restart = False
        with suppress(ProcessLookupError, TypeError):  # TypeError: it has no process
            os.kill(nanny.pid, signal.SIGKILL)


def _elsewhere(address: str) -> Iterator[Client]:
    try:
        client = Client(address, set_as_default=False, timeout=CONNECT_SECONDS)
    except (OSError, TimeoutError, ValueError) as error:
        raise UserFacingError(f"No Dask scheduler answers at {address} ({type(error).__name__}).") from None
    with client:
        try:
            client.wait_for_workers(1, timeout=WORKERS_SECONDS)
        except TimeoutError:
            raise UserFacingError(
                f"No worker has joined {address} within {WORKERS_SECONDS} seconds. Start some: `dask worker {address}`"
                " where this project is installed."
            ) from None
        yield client


class Class:
    """Submissions on their way through a cluster.

    since: when this run began, in seconds since the epoch: what an engine had used before then counts for others
    """

    def __init__(self, client: Client, files: Files, since: float = 0.0) -> None:
        self.client, self.since = client, since
        self.before: dict[str, float] = {}
        client.register_plugin(worker.LabHere(files))

    def prepare(self, kind: str) -> dict[str, float | str]:
        """Start an engine on each machine, before the first submission waits for one. Raises UserFacingError."""
        found = self.client.run(worker.prepare, kind, on_error="return")
        failed = [reply for reply in found.values() if isinstance(reply, BaseException)]
        if failed:
            raise next((one for one in failed if isinstance(one, UserFacingError)), None) or UserFacingError(
                f"A worker could not be prepared: {failed[0]}"
            )
        used = self._engines().items()
        self.before = {at: engine["cpu_seconds"] for at, engine in used if engine["since"] < self.since}
        return dict(next(iter(found.values())))

    def usage(self) -> dict[str, float]:
        """Add up what the engines of all machines have used in this run, and the workers themselves."""
        engines = self._engines()
        cpu_seconds = sum(engine["cpu_seconds"] - self.before.get(at, 0.0) for at, engine in engines.items())
        return {
            "cpu_seconds": cpu_seconds + sum(self.client.run(time.process_time, on_error="ignore").values()),
            "held_bytes": sum(engine["held_bytes"] for engine in engines.values()),
        }

    def _engines(self) -> dict[str, dict[str, float]]:
        """Ask the engines; workers of one machine share them, and each counts once."""
        found = self.client.run(worker.usage, on_error="ignore")  # a worker may end while it is asked
        return {f"{urlsplit(at).hostname} {one['host']}": one for at, used in found.items() for one in used}

    def grade(
        self, orders: Iterable[tuple[str, Order]], interrupt: Interrupt | None = None
    ) -> Iterator[tuple[list[str], Reply]]:
        """Grade; yield who, and what came of it, as it comes. Whoever handed in the same bytes comes together."""
        waiting, flying = iter(orders), _Flying(self.client)
        more = True
        while more or flying:
            if interrupt:
                interrupt.look()
            while more and flying.has_room():
                following = next(waiting, None)
                if following is None:
                    more = False
                else:
                    flying.send(*following)
            yield from flying.landed()


class _Flying:
    """Tasks in flight: at most some for each worker."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.futures: dict[str, Future] = {}
        self.orders: dict[str, Order] = {}
        self.names: dict[str, list[str]] = {}
        self.lost: dict[str, int] = {}
        self.alone_since = 0.0
        self.workers, self.counted = 0, float("-inf")

    def __bool__(self) -> bool:
        return bool(self.futures)

    def has_room(self) -> bool:
        """Say whether another task may be sent."""
        if time.monotonic() > self.counted + COUNT_SECONDS:
            self.workers, self.counted = len(self.client.nthreads()), time.monotonic()
        return len(self.futures) < AHEAD * max(self.workers, 1)

    def send(self, name: str, order: Order) -> None:
        """Send a task. Its key is a hash; names stay here."""
        key = f"submission-{order.job['key']}"
        if key in self.futures:
            self.names[key].append(name)
            return
        self.names[key], self.orders[key] = [name], order
        self.futures[key] = self.client.submit(worker.grade, order, key=key, pure=False)

    def landed(self) -> Iterator[tuple[list[str], Reply]]:
        """Wait a moment; yield what is there. Raises UserFacingError when nobody is left to do the work."""
        try:
            with self.client.as_current():
                wait(list(self.futures.values()), timeout=TICK_SECONDS, return_when="FIRST_COMPLETED")
        except TimeoutError:
            self._look_for_workers()
        for key, future in list(self.futures.items()):
            if future.done():
                reply = self._read(key, self.futures.pop(key))
                if reply:
                    yield self.names.pop(key), reply
                    del self.orders[key]

    def _read(self, key: str, future: Future) -> Reply | None:
        if future.status == "finished":
            return future.result()  # type: ignore[no-any-return]
        if future.status in {"cancelled", "lost"}:
            self.lost[key] = self.lost.get(key, 0) + 1
            if self.lost[key] <= LOST_AGAIN:
                self.futures[key] = self.client.submit(worker.grade, self.orders[key], key=key, pure=False)
                return None
        error = future.exception() if future.status == "error" else None
        if isinstance(error, UserFacingError):
            raise error
        said = "its worker ended again and again" if isinstance(error, KilledWorker) or error is None else str(error)
        return worker.Reply(b"", f"{type(error).__name__}: {said}")

    def _look_for_workers(self) -> None:
        if self.client.nthreads():
            self.alone_since = 0.0
            return
        self.alone_since = self.alone_since or time.monotonic()
        if time.monotonic() - self.alone_since > WORKERS_SECONDS:
            raise UserFacingError("All workers have gone. What was graded is recorded; start workers and grade again.")
