"""What a worker does: grades one submission. Bytes come in, JSON goes out; nothing of a student's is ever pickled."""

from __future__ import annotations

import asyncio
import gc
import sys
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from distributed import WorkerPlugin, get_worker

from autograder.base.errors import UnreadableError, UserFacingError
from autograder.engine import lease
from autograder.engine.engine import Engine, Grounds
from autograder.exam import submission
from autograder.model.graded import GRADER_VERSION, Job, Limits, of_kind

if TYPE_CHECKING:
    from collections.abc import Callable

    from autograder.model.assignment import Assignment, Files

OTHER_VERSION = (
    "A worker has another grader or other checks than this machine: install the same version of this project on all."
)


@dataclass(frozen=True)
class Order:
    """One submission to grade.

    lab: the digest of the lab's files; unreadable: why there are no bytes; job: see Job
    kind: of engine, see graded.engine_kind; grader_version: of whoever asks, and records the result
    """

    lab: str
    data: bytes
    unreadable: str
    job: dict[str, Any]
    kind: str
    grader_version: str = GRADER_VERSION


@dataclass(frozen=True)
class Reply:
    """What came of it.

    graded: a Graded as JSON; failed: why there is none; notes: what a person should hear of, once for all
    """

    graded: bytes
    failed: str = ""
    notes: tuple[str, ...] = ()


class LabHere(WorkerPlugin):  # type: ignore[misc]
    """Brings a lab's files to each worker, also to one that joins late or is started again."""

    def __init__(self, files: Files) -> None:
        self.files = files
        self.name = f"lab-{files.digest()}"


def order(data: bytes | UnreadableError, lab: str, job: Job, kind: str) -> Order:
    """Write down what a worker is to do."""
    unreadable = str(data) if isinstance(data, UnreadableError) else ""
    return Order(lab, b"" if isinstance(data, UnreadableError) else data, unreadable, asdict(job), kind)


def prepare(kind: str) -> dict[str, Any]:
    """Start this machine's engine, or find it; say how it isolates. Raises UserFacingError where it can't."""
    grounds = _grounds(kind)
    gc.freeze()  # what is imported is not to be looked through again and again
    return {"level": grounds.level, "import_seconds": grounds.import_seconds}


def grade(wanted: Order) -> Reply:
    """Grade one submission; whatever happens, there is a reply."""
    data = UnreadableError(wanted.unreadable) if wanted.unreadable else wanted.data
    job = Job(**{**wanted.job, "limits": Limits(**wanted.job["limits"])})
    if wanted.grader_version != GRADER_VERSION:
        raise UserFacingError(OTHER_VERSION)
    assignment = _assignment(_files(wanted.lab))
    colab = _colab(wanted.kind)
    graded = asyncio.run(submission.persist(data, assignment, job, lambda: _grounds(wanted.kind), colab))
    if isinstance(graded, str):
        return Reply(b"", graded)
    return Reply(graded.pack(), notes=_grounds(wanted.kind).notes())


def usage() -> list[dict[str, float]]:
    """Return what each engine that this worker uses has used, see lease.Lease.usage."""
    return [one.usage() for one in _leases.values()]


_leases: dict[str, lease.Lease] = {}  # kind of engine -> this worker's share
_fresh: Engine | None = None


def _grounds(kind: str) -> Grounds:
    """Return what submissions are graded on, on this machine."""
    global _fresh  # noqa: PLW0603  (a worker is one process, and has one)
    if sys.platform != "linux":
        _fresh = _fresh or Engine(kind).__enter__()
        return _fresh
    for other in [other for other in _leases if of_kind(other)[0] != of_kind(kind)[0]]:
        _leases.pop(other).close()
    return _leases.setdefault(kind, lease.Lease(kind)).renew()


def _colab(kind: str) -> Callable[[], Grounds] | None:
    """Return where submissions find Google Colab's packages, if that is another place."""
    with_colab = lease.with_colab(kind)
    return (lambda: _grounds(with_colab)) if with_colab else None


def _files(digest: str) -> Files:
    plugin = get_worker().plugins.get(f"lab-{digest}")
    if not isinstance(plugin, LabHere):
        raise UserFacingError("A worker has not got the lab's files; start it again.")
    return plugin.files


@lru_cache(4)
def _assignment(files: Files) -> Assignment:
    assignment = files.assignment()
    if f"lab-{assignment.digest}" not in get_worker().plugins:
        raise UserFacingError(OTHER_VERSION)
    return assignment
