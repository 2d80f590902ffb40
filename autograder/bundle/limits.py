"""How much memory a submission may take where the container's is all there is."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.base.errors import UserFacingError
from autograder.engine.memory import held, processes

if TYPE_CHECKING:
    from autograder.inside.namespaces import ProcessLimits

MB = 1 << 20
RESERVE = 96 * MB  # for the examiner, and for what the grader itself comes to hold
LEAST = 64 * MB  # an honest notebook of these labs has less than this beyond what is imported
VIRTUAL = 384 * MB  # of threads' stacks and the like: asked for and not touched
ADVICE = (
    "Give the container more memory: 1.5 GB is enough (Gradescope: Settings, Autograder, Container Specifications)."
)


def of_container(root: Path = Path("/sys/fs/cgroup"), proc: Path = Path("/proc")) -> int:
    """Return the bytes of memory that this container may use: a control group's limit, or the machine's memory."""
    found = [_total(proc)]
    own = []
    with suppress(OSError):
        lines = (proc / "self" / "cgroup").read_text(encoding="utf-8").splitlines()
        own = [line.split(":", 2)[2].lstrip("/") for line in lines if line.count(":") > 1]
    for folder in [root, root / "memory", *(root / path for path in own), *(root / "memory" / path for path in own)]:
        for name in ("memory.max", "memory.limit_in_bytes"):
            with suppress(OSError, ValueError):
                found.append(int((folder / name).read_text(encoding="ascii")))  # "max" is no number
    return min(found)


def _total(proc: Path) -> int:
    lines = (proc / "meminfo").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemTotal:"))


def within(limits: ProcessLimits, container: int, grader: int, template: int) -> ProcessLimits:
    """Hold a submission to what a container has left. Raises UserFacingError where that is too little.

    grader: the number of the process with all of the grader's below it; template: of the one that submissions fork from
    """
    tree = processes()
    shared = held(template, tree)  # a fork of it holds the same pages
    left = container - held(grader, tree) - RESERVE
    if left < LEAST:
        raise UserFacingError(f"There is too little memory here ({container // MB} MB). {ADVICE}")
    return replace(
        limits,
        data_bytes=min(limits.data_bytes, left + VIRTUAL),
        memory_bytes=min(limits.memory_bytes, shared + left),
        private_bytes=min(limits.private_bytes, left // 2),
        file_bytes=min(limits.file_bytes, left),
    )
