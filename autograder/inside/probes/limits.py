"""Probes of a submission's limits: each is measured by going beyond it."""

from __future__ import annotations

import mmap
import os
import resource
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.inside import namespaces
from autograder.inside.probes.attempts import SHM, succeeds, succeeds_in_child

if TYPE_CHECKING:
    from autograder.inside.probes.attempts import Facts, Probe

BEYOND = 64 << 20


def processes(facts: Facts) -> list[str]:
    """Start threads, which count as processes and cost less, until it fails; then fork, which must fail as well."""
    most = facts["limits"]["processes"]
    end, started = threading.Event(), 0
    threading.stack_size(256 << 10)
    with suppress(RuntimeError):
        while started <= most:
            threading.Thread(target=end.wait, daemon=True).start()
            started += 1
    forked = succeeds_in_child(int)
    end.set()
    while threading.active_count() > 1:
        time.sleep(0.001)
    return ([f"{started} threads"] if started >= most else []) + (["a process beyond the limit"] if forked else [])


def memory(facts: Facts) -> list[str]:
    """Ask for more memory than a process may have, without touching it; and for memory that no limit counts."""
    size = facts["limits"]["data_bytes"] + BEYOND
    private = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS
    found = [f"{size} bytes"] if succeeds(lambda: mmap.mmap(-1, size, flags=private).close()) else []
    return found + (["memfd"] if succeeds(lambda: os.close(os.memfd_create("probe"))) else [])


def open_files(facts: Facts) -> list[str]:
    """Open files until it fails."""
    most: int = facts["limits"]["open_files"]
    held: list[int] = []
    with suppress(OSError):
        while len(held) <= most:
            held.append(os.open(os.devnull, os.O_RDONLY))
    for descriptor in held:
        os.close(descriptor)
    return [f"{len(held)} files"] if len(held) >= most else []


def files(facts: Facts) -> list[str]:
    """Write a file that is too large; ask how much the private folders hold."""
    most = facts["limits"]
    with tempfile.TemporaryFile() as file:
        large = succeeds(lambda: os.pwrite(file.fileno(), b"x", most["file_bytes"] + 1))
    own = namespaces.lodging
    rooms = [(folder, os.statvfs(folder)) for folder in (own.private, SHM, own.home) if Path(folder).is_dir()]
    found = [folder for folder, room in rooms if room.f_blocks * room.f_frsize > most["private_bytes"]]
    return found + (["the size of a file"] if large else [])


def processor(facts: Facts) -> list[str]:
    """Look for a limit on the processor's time, and for core files."""
    most = {
        "processor time": (resource.RLIMIT_CPU, facts["limits"]["cpu_seconds"]),
        "core file": (resource.RLIMIT_CORE, 0),
    }
    return [name for name, (kind, bound) in most.items() if not 0 <= resource.getrlimit(kind)[1] <= bound]


PROBES: dict[str, Probe] = {
    f"limit of {function.__name__}": function for function in (processes, memory, open_files, files, processor)
}
