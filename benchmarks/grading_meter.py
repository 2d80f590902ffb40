"""Runs a command and measures all of it: wall time, CPU time of every process that it starts, the largest of them.

Run as a script it is the parent that inherits orphans (a subreaper), and adds up what the system does not: when the
first process of a process namespace is killed, the time of all others in there is counted nowhere. It then imports
nothing but the standard library.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER
EACH_SECONDS = 0.2  # between two looks at the processes
WEIGHED_SECONDS = 1.0  # between two looks at the memory of all of them together, which takes longer
TICKS, PAGE = os.sysconf("SC_CLK_TCK"), os.sysconf("SC_PAGE_SIZE")
LEFT_SECONDS = 5.0  # so long may a process go on that the command has left behind
LONGEST_TEXT = 4000


@dataclass(frozen=True)
class Usage:
    """What a command took.

    seconds: wall time; cpu_seconds: user and system time of all its processes; peak_bytes: resident memory of the
    largest one; status: its exit status; said: the end of what it wrote; together_bytes: the most that all processes
    held at one time, a page that several share counted once (proportional set sizes)
    """

    seconds: float
    cpu_seconds: float
    peak_bytes: int
    status: int
    said: str = ""
    together_bytes: int = 0


def run(command: Sequence[str], *, folder: Path, environment: Mapping[str, str], limit: float = 86_400) -> Usage:
    """Run a command in a folder, with exactly this environment; after `limit` seconds everything is ended."""
    with tempfile.TemporaryDirectory(prefix="bench-meter-") as name, tempfile.TemporaryFile() as words:
        report = Path(name, "usage.json")
        meter = [sys.executable, "-I", "-B", __file__, str(report), str(limit), *command]
        subprocess.run(
            meter, cwd=folder, env=dict(environment), stdin=subprocess.DEVNULL, stdout=words, stderr=words, check=True
        )
        words.seek(max(0, words.seek(0, os.SEEK_END) - LONGEST_TEXT))
        said = words.read().decode(errors="replace")
        return Usage(**json.loads(report.read_text(encoding="utf-8")) | {"said": said})


def measured(command: Sequence[str], limit: float) -> Usage:
    """Run a command as a child of this process, and wait for all that it leaves behind."""
    ctypes.CDLL(None, use_errno=True).prctl(SUBREAPER, 1, 0, 0, 0)
    began = time.monotonic()
    first = os.posix_spawnp(command[0], list(command), os.environ)
    end, look_at, seconds, status, tree = began + limit, began, 0.0, 0, Tree(os.getpid())
    with suppress(ChildProcessError):  # nobody is left
        while True:
            ended, state = os.waitpid(-1, os.WNOHANG)
            now = time.monotonic()
            if ended == first:
                seconds, status, end = now - began, os.waitstatus_to_exitcode(state), now + LEFT_SECONDS
            elif not ended:
                if now > look_at:
                    tree.look()
                    look_at = now + EACH_SECONDS
                if now > end:
                    tree.end()
                time.sleep(0.005)
    tree.look()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    peak = max(used.ru_maxrss * 1024, tree.peak_bytes)
    cpu_seconds = used.ru_utime + used.ru_stime + tree.lost
    return Usage(seconds, cpu_seconds, peak, status, together_bytes=tree.together_bytes)


class Process(NamedTuple):
    """A process as it was seen: CPU seconds of its own and of the children that it has waited for; resident bytes."""

    parent: int
    own: float
    children: float
    size: int


class Tree:
    """The processes below one: finds the CPU time of those that ended without being counted by anybody.

    lost: these CPU seconds; peak_bytes: the largest process seen; together_bytes: see `Usage`
    """

    def __init__(self, top: int) -> None:
        self.top = top
        self.lost = 0.0
        self.peak_bytes = self.together_bytes = 0
        self.weighed = 0.0
        self.seen = {top: Process(0, 0.0, 0.0, 0)}

    def look(self) -> None:
        """See who is there, and who has gone: its time must stand with whoever is left above it."""
        now = self._below()
        gone: dict[int, float] = {}
        for pid, process in self.seen.items():
            if pid not in now:
                above = process.parent
                while above not in now:
                    above = self.seen[above].parent if above in self.seen else self.top
                gone[above] = gone.get(above, 0.0) + process.own + process.children
        for pid, seconds in gone.items():
            counted = now[pid].children - (self.seen[pid].children if pid in self.seen else 0.0)
            self.lost += max(0.0, seconds - counted)
        self.peak_bytes = max([self.peak_bytes, *(one.size for pid, one in now.items() if pid != self.top)])
        self.seen = now
        if time.monotonic() > self.weighed + WEIGHED_SECONDS:
            self.weighed = time.monotonic()
            self.together_bytes = max(self.together_bytes, sum(map(_share, now.keys() - {self.top})))

    def end(self) -> None:
        """End all processes below the top."""
        for pid in self._below().keys() - {self.top}:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def _below(self) -> dict[int, Process]:
        found: dict[int, Process] = {}
        for path in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):
                fields = path.read_text(errors="replace").rpartition(")")[2].split()
                times = [int(ticks) / TICKS for ticks in fields[11:15]]  # own user, system; children's user, system
                one = Process(int(fields[1]), times[0] + times[1], times[2] + times[3], int(fields[21]) * PAGE)
                found[int(path.parent.name)] = one
        below = {self.top}
        while more := {pid for pid, process in found.items() if process.parent in below} - below:
            below |= more
        return {pid: found[pid] for pid in below if pid in found}


def _share(pid: int) -> int:
    """Return the proportional set size of a process in bytes; 0 for one that has gone."""
    with suppress(OSError, StopIteration):
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii", errors="replace").splitlines()
        return int(next(line for line in lines if line.startswith("Pss:")).split()[1]) * 1024
    return 0


if __name__ == "__main__":
    usage = measured(sys.argv[3:], float(sys.argv[2]))
    Path(sys.argv[1]).write_text(json.dumps(asdict(usage)), encoding="utf-8")
