"""Says when a cell or a call has had its time: its own time, not that of a busy machine.

What counts is the time that passes, without that for which a thread of the submission was ready to run and others had
the processors. Who computes, sleeps or waits for nothing is out of time as soon as on an idle machine; who is kept
waiting is not, up to a guard of four times the limit.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from autograder.exam.kernel import clock

if TYPE_CHECKING:
    from autograder.engine.child import Child

TIMES, GUARD_SECONDS = 4, 120.0  # a limit is stretched so far, and to no more than so much
FIRST_LOOK = 0.5  # seconds: most calls are over before, and cost no look at the clocks


@dataclass
class Patience:
    """Waits for one cell or call. seconds: its limit."""

    child: Child | None
    seconds: float
    begun: float = field(default_factory=time.monotonic)
    _before: clock.Reading | None = None
    _timer: asyncio.TimerHandle | None = None

    def __post_init__(self) -> None:
        """Look at the clocks soon, if it lasts so long."""
        self._timer = asyncio.get_running_loop().call_later(min(FIRST_LOOK, self.seconds / 2), self._look)

    def _look(self) -> None:
        if (pid := self._pid()) > 0:
            self._before = clock.read(pid)

    def _pid(self) -> int:
        """Return the number of the child while it is held; 0 where there is none, or no /proc to look at."""
        held = self.child is not None and getattr(self.child, "pidfd", -1) >= 0
        return self.child.pid if self.child and held else 0

    @property
    def guard(self) -> float:
        """The time after which it is over in any case."""
        return max(self.seconds, min(TIMES * self.seconds, GUARD_SECONDS))

    def used(self) -> tuple[float, float]:
        """Return its own time up to now, and the processor time in that, in seconds."""
        passed = time.monotonic() - self.begun
        if self._before is None or (pid := self._pid()) <= 0:
            return passed, 0.0
        cpu, waited = clock.read(pid).since(self._before)
        return max(0.0, passed - waited), cpu

    def left(self) -> float:
        """Return for how long to wait before asking again; 0 when the time is over."""
        passed = time.monotonic() - self.begun
        if passed < self.seconds:
            return self.seconds - passed
        return max(0.0, min(self.seconds - self.used()[0], self.guard - passed))

    def starved(self) -> bool:
        """Say whether the guard has ended it, before it had its own time."""
        return time.monotonic() - self.begun >= self.guard > self.seconds > self.used()[0]

    def close(self) -> None:
        """Look no more."""
        if self._timer:
            self._timer.cancel()
