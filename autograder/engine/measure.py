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
from autograder.base.files import ROOT
from autograder.engine import bubblewrap
from autograder.engine.bait import laid_out
from autograder.inside.forkserver import LENGTH
from autograder.inside.namespaces import ProcessLimits
from autograder.model.graded import UID

if TYPE_CHECKING:
    from collections.abc import Mapping

    from autograder.engine.warm_process import Child, Template

SECONDS = 240  # by the clock, of a machine that may be busy
LONGEST_REPORT = 1 << 20
SURVIVES_SECONDS = 2
MISSING = ("it was not probed",)
# What another user number, resource limits and the filter of calls hold. The others need namespaces: the list of
# processes, the names of files, /tmp and abstract sockets are shared, and how much is written to disk is not limited.
HELD_BY_UID = frozenset(
    {
        "canary", "capabilities", "checkout", "exit_by_namespace", "families", "keyrings", "limit of memory",
        "limit of memory in all", "limit of open_files", "limit of processes", "limit of processor", "locks",
        "memories", "mounting", "signals", "survivors", "tcp", "tracing", "udp",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Level:
    """How well submissions are isolated; `str` gives what is stored with every score."""

    name: str
    open: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # what each probe found open; nothing: it passed
    memory: str = ""  # what holds the memory of a whole submission
    required: frozenset[str] | None = None  # the probes that must pass; None: all of them

    @property
    def checks(self) -> dict[str, bool]:
        """Say which probe passed."""
        return {name: not found for name, found in self.open.items()}

    @property
    def failed(self) -> str:
        """Say in one sentence what is open; empty when nothing is."""
        found = [f"{name} ({', '.join(self.open[name][:3])})" for name in self._must if self.open.get(name, MISSING)]
        if not found:
            return ""
        if self.required is not None:
            return (
                f"Level {self.name} does not hold here, so nothing is graded; open to a submission: {'; '.join(found)}."
                f"{_to_close(self.open.get('checkout', ()))}"
            )
        return f"The sandbox does not hold here, so nothing is graded; open to a submission: {'; '.join(found)}."

    @property
    def _must(self) -> list[str]:
        return sorted(self.open if self.required is None else self.required)

    @property
    def not_held(self) -> list[str]:
        """List the probes that found something open, and need not pass at this level."""
        return sorted(name for name, what in self.open.items() if what and name not in self._must)

    def require(self) -> None:
        """Stop when a probe failed."""
        if self.failed:
            raise UserFacingError(self.failed)

    def __str__(self) -> str:
        if not self.open:
            return self.name
        held = sum(self.checks.get(name, False) for name in self._must)
        text = f"{self.name}, {held}/{len(self._must)} probes, memory by {self.memory}"
        return f"{text}; not held: {', '.join(self.not_held)}" if self.not_held else text


NO_ISOLATION = Level("none")


def _to_close(found: tuple[str, ...]) -> str:
    """Say how to close what shows of the checkout."""
    tops = sorted(
        {str(ROOT / Path(path).relative_to(ROOT).parts[0]) for path in found if Path(path).is_relative_to(ROOT)}
    )
    return f" Close it: chmod -R go= {' '.join(tops)}" if tops else ""


def measure(template: Template, limits: ProcessLimits | None = None, *, hidden: tuple[Path, ...] = ()) -> Level:
    """Run every probe in children of a template that is running.

    hidden: more files and folders that no submission may see, such as a gradebook outside the checkout
    """
    limits = limits or ProcessLimits()
    with ExitStack() as stack:
        bait = stack.enter_context(laid_out(limits, hidden, template.pid, template.python, shared=template.demoted))

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
    name = UID if template.demoted else bubblewrap.version() if template.sandboxed else NO_ISOLATION.name
    memory = "control group" if prober.in_group else "watching"
    required = HELD_BY_UID if template.demoted else None
    return Level(name, {probe: tuple(what) for probe, what in sorted(found.items())}, memory, required)


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
