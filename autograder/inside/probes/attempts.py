"""How a probe tries something: without harm where it succeeds."""

from __future__ import annotations

import ctypes
import os
import socket
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.inside import namespaces

if TYPE_CHECKING:
    from collections.abc import Callable

    Facts = dict[str, Any]
    Probe = Callable[[Facts], list[str]]

SHM = "/dev/shm"  # noqa: S108
NAMESPACES = ("user", "pid", "mnt", "net", "ipc", "uts", "cgroup")

libc = ctypes.CDLL(None, use_errno=True)


def places() -> tuple[str, ...]:
    """List what each submission has for itself, or shares with all."""
    own = namespaces.lodging
    shared = () if own.private == namespaces.PRIVATE else (namespaces.PRIVATE,)
    return (own.private, SHM, own.home, own.sockets, *shared)


def succeeds(attempt: Callable[[], object]) -> bool:
    """Say whether it is permitted."""
    try:
        attempt()
    except OSError:
        return False
    return True


def opens(path: str, mode: str = "rb") -> bool:
    """Say whether a file can be opened."""
    return succeeds(lambda: Path(path).open(mode).close())


def connects(family: int, address: Any) -> bool:
    """Say whether something answers at an address."""
    try:
        with socket.socket(family) as caller:
            caller.settimeout(1)
            return succeeds(lambda: caller.connect(address))
    except OSError:  # there are no such sockets
        return False


def succeeds_in_child(attempt: Callable[[], object]) -> bool:
    """Try in a process of its own, which ends at once: what it has changed goes with it."""
    try:
        pid = os.fork()
    except BlockingIOError:
        return False
    if pid == 0:
        try:
            os._exit(0 if succeeds(attempt) else 1)
        finally:
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


def identity(path: str) -> tuple[int, int] | None:
    """Return what tells a file from all others, wherever it is mounted and whatever it is called."""
    with suppress(OSError):
        about = Path(path).lstat()
        return about.st_dev, about.st_ino
    return None


def own_namespaces() -> dict[str, str]:
    """Name the namespaces of this process."""
    return {name: str(Path(f"/proc/self/ns/{name}").readlink()) for name in NAMESPACES}
