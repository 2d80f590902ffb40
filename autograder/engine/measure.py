"""Measures a sandbox: tries from inside what a submission could try, and says which level of isolation there is."""

from __future__ import annotations

import json
import socket
import struct
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.base.errors import UserFacingError
from autograder.engine import bubblewrap
from autograder.engine.bait import laid_out
from autograder.inside.forkserver import LENGTH
from autograder.inside.namespaces import ProcessLimits

if TYPE_CHECKING:
    from collections.abc import Mapping

    from autograder.engine.warm_process import Child, Template

SECONDS = 240  # by the clock, of a machine that may be busy
LONGEST_REPORT = 1 << 20
SURVIVES_SECONDS = 2


@dataclass(frozen=True)
class Level:
    """How well submissions are isolated; `str` gives what is stored with every score."""

    name: str
    open: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # what each probe found open; nothing: it passed
    memory: str = ""  # what holds the memory of a whole submission

    @property
    def checks(self) -> dict[str, bool]:
        """Say which probe passed."""
        return {name: not found for name, found in self.open.items()}

    @property
    def failed(self) -> str:
        """Say in one sentence what is open; empty when nothing is."""
        found = [f"{name} ({', '.join(what[:3])})" for name, what in self.open.items() if what]
        if not found:
            return ""
        return f"The sandbox does not hold here, so nothing is graded; open to a submission: {'; '.join(found)}."

    def require(self) -> None:
        """Stop when a probe failed."""
        if self.failed:
            raise UserFacingError(self.failed)

    def __str__(self) -> str:
        if not self.open:
            return self.name
        return f"{self.name}, {sum(self.checks.values())}/{len(self.open)} probes, memory by {self.memory}"


NO_ISOLATION = Level("none")


def measure(template: Template, limits: ProcessLimits | None = None, *, hidden: tuple[Path, ...] = ()) -> Level:
    """Run every probe in children of a template that is running.

    hidden: more files and folders that no submission may see, such as a gradebook outside the checkout
    """
    limits = limits or ProcessLimits()
    with ExitStack() as stack:
        bait = stack.enter_context(laid_out(limits, hidden, template.pid, template.python))

        def forked(entry: str, most: ProcessLimits = limits) -> Child:
            child = template.fork(f"autograder.inside.probes{entry}", bait.facts, limits=most)
            stack.callback(template.end, child)
            return child

        hungry = forked(".roles:idle", replace(limits, memory_bytes=1 << 20))
        neighbour = forked(".roles:neighbour")
        bait.facts["neighbour"] = _report(neighbour)
        bait.facts["processes"].append(neighbour.pid)
        bait.facts["outer_user"] = _user(neighbour.pid)
        prober = forked(":run")
        found: dict[str, list[str]] = _report(prober)
        found["survivors"] = _survivors(forked(".roles:survivor"))
        hungry.wait(SURVIVES_SECONDS)
        found["limit of memory in all"] = [] if hungry.killed_for == "memory" else ["no limit"]
        for name, heard in bait.caught().items():
            found[name] += heard
    name = bubblewrap.version() if template.sandboxed else NO_ISOLATION.name
    memory = "control group" if prober.in_group else "watching"
    return Level(name, {probe: tuple(what) for probe, what in sorted(found.items())}, memory)


def _survivors(child: Child) -> list[str]:
    """Kill a child; what it has started must be gone: nobody holds the channel any more."""
    child.channel.settimeout(SECONDS)
    child.channel.recv(1)  # it has started
    child.kill()
    child.wait(SURVIVES_SECONDS)
    child.channel.settimeout(SURVIVES_SECONDS)
    try:
        return ["a process"] if child.channel.recv(1) else []
    except TimeoutError:
        return ["a process"]


def _report(child: Child) -> Any:
    """Take what a probing child sends."""
    child.channel.settimeout(SECONDS)
    try:
        length = LENGTH.unpack(child.channel.recv(LENGTH.size, socket.MSG_WAITALL))[0]
        return json.loads(child.channel.recv(min(length, LONGEST_REPORT), socket.MSG_WAITALL))
    except (OSError, ValueError, struct.error):
        status = child.wait(1)
        raise UserFacingError(
            f"The probes of the sandbox gave no answer (exit status {status}); nothing is graded."
        ) from None


def _user(pid: int) -> int:
    """Return the user of a process, as this process sees it."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Uid:"))
