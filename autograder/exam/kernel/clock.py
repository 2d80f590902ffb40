"""Says how long a child has had of a processor, and how long it has waited for one, as the machine counts it.

Read from outside, from /proc: what the child itself says counts for nothing.
"""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from autograder.engine.memory import descendants

TICKS = os.sysconf("SC_CLK_TCK")
NANOSECONDS = 1_000_000_000


@dataclass(frozen=True)
class Reading:
    """What a process and all below it have used up to now.

    cpu:     seconds of processor time, of those that have ended and were waited for, too
    waiting: thread -> seconds for which it was ready to run and had no processor; empty where the kernel does not count
    """

    cpu: float
    waiting: dict[int, float]

    def since(self, before: Reading) -> tuple[float, float]:
        """Return the processor time since an earlier reading, and the longest that a thread has waited for its turn."""
        waited = (seconds - before.waiting.get(thread, 0.0) for thread, seconds in self.waiting.items())
        return max(0.0, self.cpu - before.cpu), max(0.0, max(waited, default=0.0))


def read(pid: int) -> Reading:
    """Read the clocks of a process and all below it; those of one that is gone stand at 0."""
    cpu, waiting = 0.0, {}
    for member in descendants(pid):
        folder = Path(f"/proc/{member}")
        with suppress(OSError, ValueError, IndexError):
            # utime, stime, and those of the children it has waited for
            fields = (folder / "stat").read_bytes().rpartition(b") ")[2].split()[11:15]
            cpu += sum(map(int, fields)) / TICKS
        with suppress(OSError, ValueError, IndexError):
            for thread in os.scandir(folder / "task"):
                waited = Path(thread.path, "schedstat").read_text(encoding="ascii").split()[1]
                waiting[int(thread.name)] = int(waited) / NANOSECONDS
    return Reading(cpu, waiting)
