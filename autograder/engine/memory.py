"""Holds each submission to its memory, by a control group where one can be made and always by looking; calms crowds.

A limit for each process is not enough: a submission may have many processes, and files in memory.
"""

from __future__ import annotations

import itertools
import os
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from autograder.inside import users
from autograder.inside.namespaces import held_memory

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

CROWD = 24  # processes: no honest submission needs as many
FLOOD = 192 << 20  # bytes by which this process may grow while it grades the same submissions
SECONDS = 0.2  # between two looks: two processors fill less than a gigabyte in that time
_numbers = itertools.count()


class Watched(Protocol):
    """A child with its limit."""

    pid: int
    user: int
    memory_limit: int

    def private_bytes(self) -> int:
        """Return what its files in memory take."""

    def ran_out(self) -> bool:
        """Say whether the kernel has ended one of its processes for memory."""

    def kill_for(self, reason: str) -> None:
        """End it."""


class Watch:
    """Looks at the children every moment and ends those that hold more than they may."""

    def __init__(self, children: Callable[[], Iterable[Watched]]) -> None:
        self._children = children
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True, name="memory watch")
        self._thread.start()

    def close(self) -> None:
        """Stop looking."""
        self._closed.set()
        self._thread.join()

    def _run(self) -> None:
        watched: set[int] = set()
        low = 0
        while not self._closed.wait(SECONDS):
            if children := list(self._children()):
                # The last resort: what is sent is counted before it is held (autograder/exam/kernel/relay.py).
                own = held_memory()
                now = {id(child) for child in children}
                watched, low = now, own if now != watched else min(low, own)
                if own - low > FLOOD:
                    for child in children:
                        child.kill_for("flood")
                    continue
                tree = processes()
                for child in children:
                    # Without a process namespace one that has lost its parent is below somebody else.
                    members = users.processes(child.user) if child.user else descendants(child.pid, tree)
                    if child.ran_out() or held_by(members) + child.private_bytes() > child.memory_limit:
                        child.kill_for("memory")
                    calm(members)


def calm(members: list[int]) -> None:
    """Let a crowd of processes run only where nobody else wants to: other submissions have time limits to keep."""
    if len(members) > CROWD:
        for member in members:
            with suppress(OSError):
                os.sched_setscheduler(member, os.SCHED_IDLE, os.sched_param(0))


def processes() -> dict[int, list[int]]:
    """List every process's children, as /proc shows them."""
    tree: dict[int, list[int]] = {}
    for folder in os.scandir("/proc"):
        if folder.name.isdigit():
            with suppress(OSError):
                after_name = Path(folder.path, "stat").read_bytes().rpartition(b") ")[2]
                tree.setdefault(int(after_name.split()[1]), []).append(int(folder.name))
    return tree


def descendants(pid: int, tree: dict[int, list[int]] | None = None) -> list[int]:
    """List a process and all below it."""
    tree = processes() if tree is None else tree
    members, todo = [], [pid]
    while todo:
        members.append(todo.pop())
        todo += tree.get(members[-1], [])
    return members


def held(pid: int, tree: dict[int, list[int]]) -> int:
    """Return how many bytes a process and all below it hold, beside files on disk."""
    return held_by(descendants(pid, tree))


def held_by(members: list[int]) -> int:
    """Return how many bytes some processes hold together.

    Pages that forks share are counted once; that is slow to find out, so it's asked only where the quick sum is large.
    """
    quick = sum(_sum(f"/proc/{member}/status", ("RssAnon:", "RssShmem:")) for member in members)
    if len(members) == 1 or quick < 1 << 30:
        return quick
    exact = [_sum(f"/proc/{member}/smaps_rollup", ("Pss_Anon:", "Pss_Shmem:")) for member in members]
    return sum(exact) or quick


def _sum(path: str, names: tuple[str, ...]) -> int:
    with suppress(OSError):
        lines = Path(path).read_text(encoding="ascii", errors="replace").splitlines()
        return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith(names))
    return 0


class Group:
    """A control group that holds one child to its memory."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def around(cls, pid: int, limit: int) -> Group | None:
        """Make a group for a process that has started nothing yet; None where this user may not."""
        for parent, settings in _parents(limit):
            group = cls(parent / f"autograder-{os.getpid()}-{next(_numbers)}")
            try:
                group.folder.mkdir()
                for name, value in settings.items():
                    if (group.folder / name).exists():
                        (group.folder / name).write_text(value, encoding="ascii")
                (group.folder / "cgroup.procs").write_text(str(pid), encoding="ascii")
            except OSError:
                group.close()
            else:
                return group
        return None

    @staticmethod
    def sweep() -> None:
        """Remove the groups of graders that were killed."""
        for parent, _ in _parents(0):
            for old in parent.glob("autograder-*-*"):
                if not Path("/proc", old.name.split("-")[1]).exists():
                    Group(old).close()

    def ran_out(self) -> bool:
        """Say whether the kernel has ended a process here for its memory."""
        for name in ("memory.events", "memory.oom_control"):
            with suppress(OSError):
                for line in (self.folder / name).read_text(encoding="ascii").splitlines():
                    if line.startswith("oom_kill ") and line.split()[1] != "0":
                        return True
        return False

    def close(self) -> None:
        """Remove it; nothing lives in it any more."""
        with suppress(OSError):
            self.folder.rmdir()


def _parents(limit: int) -> list[tuple[Path, dict[str, str]]]:
    """Say where a group could be made, and which settings it would need: control groups of both versions."""
    found: list[tuple[Path, dict[str, str]]] = []
    with suppress(OSError):
        for line in Path("/proc/self/cgroup").read_text(encoding="utf-8").splitlines():
            _, controllers, path = line.split(":", 2)
            inner = path.lstrip("/")
            if "memory" in controllers.split(","):
                settings = {"memory.limit_in_bytes": str(limit), "memory.memsw.limit_in_bytes": str(limit)}
                found.append((Path("/sys/fs/cgroup/memory", inner), settings))
            elif not controllers:
                root = Path("/sys/fs/cgroup")
                settings = {"memory.max": str(limit), "memory.swap.max": "0", "memory.oom.group": "1"}
                above = [root / inner, *(root / inner).parents]
                found += [(folder, settings) for folder in above if "memory" in _given_on(folder)]
    return found


def _given_on(folder: Path) -> list[str]:
    with suppress(OSError):
        return (folder / "cgroup.subtree_control").read_text(encoding="ascii").split()
    return []
