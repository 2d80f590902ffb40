"""Probes of what a submission can reach: files, networks, processes, other submissions."""

from __future__ import annotations

import fcntl
import os
import socket
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.inside import syscalls
from autograder.inside.probes.attempts import (
    connects,
    identity,
    libc,
    opens,
    own_namespaces,
    places,
    succeeds,
    succeeds_in_child,
)
from autograder.inside.probes.roles import SHARED_MEMORY_KEY

if TYPE_CHECKING:
    from autograder.inside.probes.attempts import Facts, Probe

FAMILIES = {"vsock": 40, "packet": 17, "bluetooth": 31, "crypto": 38}
PTRACE_SEIZE, PROCESS_KEYRING = 0x4206, -2


def separate(facts: Facts) -> list[str]:
    """Compare namespaces: each is the submission's own, not the grader's nor another submission's."""
    mine = own_namespaces()
    return [
        f"{kind} of the {whose}"
        for whose in ("grader", "neighbour")
        for kind in mine
        if facts[whose][kind] == mine[kind]
    ]


def paths(facts: Facts) -> list[str]:
    """Look where the grader has things: checkout, gradebook, home, /etc/shadow."""
    return [path for path, own in facts["paths"] if identity(path) == tuple(own)]


def writing(facts: Facts) -> list[str]:
    """Write to a file of the grader's that anyone may write."""
    return [path for path in facts["writable"] if opens(path, "ab")]


def tcp(facts: Facts) -> list[str]:
    """Connect to a listener on the grader's loopback."""
    return [f"port {port}" for port in facts["tcp"] if connects(socket.AF_INET, ("127.0.0.1", port))]


def udp(facts: Facts) -> list[str]:
    """Send to the grader's loopback; the grader says whether it arrived."""
    with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(facts["token"].encode(), ("127.0.0.1", facts["udp"]))
    return []


def unix_sockets(facts: Facts) -> list[str]:
    """Connect to a unix socket of the grader, by path and by abstract name."""
    return [repr(name) for name in facts["unix"] if connects(socket.AF_UNIX, name)]


def families(_: Facts) -> list[str]:
    """Make sockets that no network namespace holds, or that have no use here; nothing is sent."""
    found = []
    for name, family in FAMILIES.items():
        for kind in (socket.SOCK_STREAM, socket.SOCK_RAW, socket.SOCK_SEQPACKET):
            with suppress(OSError), socket.socket(family, kind):
                found.append(name)
    return sorted(set(found))


def signals(facts: Facts) -> list[str]:
    """Signal processes of the grader."""
    return [f"process {pid}" for pid in _targets(facts) if succeeds(partial(os.kill, pid, 0))]


def tracing(facts: Facts) -> list[str]:
    """Trace processes of the grader, from a child: what it traces goes on when it ends."""
    seize = partial(syscalls.call, "ptrace", PTRACE_SEIZE)
    return [f"process {pid}" for pid in _targets(facts) if succeeds_in_child(partial(seize, pid, None, None))]


def proc(_: Facts) -> list[str]:
    """Look for processes in /proc that are not the submission's own."""
    strangers = [path.name for path in Path("/proc").iterdir() if path.name.isdigit() and path.name != str(os.getpid())]
    return [f"process {pid}" for pid in strangers[:3]]


def memories(facts: Facts) -> list[str]:
    """Look into the grader's processes: memory, environment, open files, folders."""
    folders = [Path(f"/proc/{pid}") for pid in _targets(facts)]
    found = [f"{folder}/{name}" for folder in folders for name in ("environ", "mem") if opens(f"{folder}/{name}")]
    return found + [f"{folder}/{name}" for folder in folders for name in ("root", "cwd", "fd") if _lists(folder / name)]


def neighbours(facts: Facts) -> list[str]:
    """Look for what another submission has left: files, shared memory, an abstract socket."""
    found = [folder for folder in places() if Path(folder, facts["token"]).exists()]
    if connects(socket.AF_UNIX, f"\0{facts['token']}-neighbour"):
        found.append("its abstract socket")
    return found + (["SysV shared memory"] if libc.shmget(SHARED_MEMORY_KEY, 0, 0) >= 0 else [])


def locks(_: Facts) -> list[str]:
    """Wait for a lock that another submission holds on a file that both can read."""
    with Path(syscalls.__file__).with_name("probes").joinpath("roles.py").open("rb") as shared:
        try:
            fcntl.flock(shared, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return ["flock"]
        except OSError:
            return []
    return []


def keyrings(_: Facts) -> list[str]:
    """Use the kernel's keyrings, which no namespace holds."""
    number = syscalls.number("add_key")
    return ["add_key"] if libc.syscall(number, b"user", b"autograder", b"x", 1, PROCESS_KEYRING) >= 0 else []


def exit_by_namespace(_: Facts) -> list[str]:
    """Make further namespaces: in a user namespace of its own one is root over the mounts."""
    new = syscalls.NEW_NAMESPACES.items()
    return [name for name, flag in new if succeeds_in_child(partial(syscalls.unshare, flag))]


def _targets(facts: Facts) -> list[int]:
    """List the processes of the grader, by the numbers that it uses and by those that this process sees."""
    return sorted({*facts["processes"], os.getppid(), 1} - {0, os.getpid()})


def _lists(folder: Path) -> bool:
    return succeeds(lambda: list(folder.iterdir()))


PROBES: dict[str, Probe] = {
    function.__name__: function
    for function in (
        separate, paths, writing, tcp, udp, unix_sockets, families, signals, tracing, proc, memories, neighbours, locks,
        keyrings, exit_by_namespace,
    )
}  # fmt: skip
