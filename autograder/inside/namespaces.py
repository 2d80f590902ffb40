"""Gives a forked child a world of its own: namespaces, empty folders, limits, and no way back.

Runs inside the sandbox: standard library only.
"""

from __future__ import annotations

import os
import resource
import signal
from dataclasses import dataclass
from pathlib import Path

from autograder.inside import syscalls as sys_

USER = 1000  # the student's number inside; nobody's outside
HOME, SOCKETS, PRIVATE = "/home/student", "/sockets", "/tmp"  # noqa: S108
MB = 1 << 20


@dataclass(frozen=True)
class ProcessLimits:
    """What one submission may use. `data_bytes` is for each process, beyond what the template already holds."""

    data_bytes: int = 3072 * MB
    memory_bytes: int = 4096 * MB  # the whole process tree, and its files in memory
    private_bytes: int = 512 * MB  # /tmp, /dev/shm and home together; they are memory
    processes: int = 128 + 2 * (os.cpu_count() or 1)  # and threads: TensorFlow starts some for each core
    open_files: int = 256  # for each process; what waits in sockets is memory, too
    file_bytes: int = 512 * MB
    cpu_seconds: int = 1800  # for each process


@dataclass(frozen=True)
class Lodging:
    """The folders that a child has for itself."""

    home: str = HOME
    sockets: str = SOCKETS
    private: str = PRIVATE


lodging = Lodging()  # of this process; level `uid` gives each child others


def become(user: int) -> None:
    """Turn from root into a user without rights, for good; a fresh /proc first, since only root may mount it here."""
    sys_.mount("proc", "/proc", "proc", sys_.MS_NOSUID | sys_.MS_NODEV | sys_.MS_NOEXEC)
    sys_.drop_bounding_set()
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)
    sys_.drop_capabilities()
    sys_.call("prctl", sys_.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    sys_.call("prctl", sys_.PR_SET_DUMPABLE, 1, 0, 0, 0)  # else /proc/self belongs to root, and no child gets a map


def separate(leave_out: frozenset[str] = frozenset()) -> None:
    """Leave the namespaces of the template; the next process that is forked is the first of a new tree.

    leave_out: here and below, for the tests of the probes: namespaces to share after all, or "calls" for the filter,
        or "further" for the ban on further user namespaces
    """
    user, group = os.getuid(), os.getgid()
    sys_.unshare(sum(flag for name, flag in sys_.NEW_NAMESPACES.items() if name not in leave_out))
    Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
    Path("/proc/self/uid_map").write_text(f"{USER} {user} 1", encoding="ascii")
    Path("/proc/self/gid_map").write_text(f"{USER} {group} 1", encoding="ascii")


def furnish(limits: ProcessLimits, leave_out: frozenset[str] = frozenset()) -> int:
    """Hide the template's folders behind private, empty ones; return the socket folder, opened for whoever gets it."""
    sys_.mount("none", "/", flags=sys_.MS_REC | sys_.MS_PRIVATE)
    sys_.mount("proc", "/proc", "proc", sys_.MS_NOSUID | sys_.MS_NODEV | sys_.MS_NOEXEC)
    sys_.mount("devpts", "/dev/pts", "devpts", sys_.MS_NOSUID | sys_.MS_NOEXEC, "newinstance,ptmxmode=0666,mode=600")
    plain = sys_.MS_NOSUID | sys_.MS_NODEV
    sys_.mount("tmpfs", PRIVATE, "tmpfs", plain, f"size={limits.private_bytes},nr_inodes=20000,mode=0700")
    places = {"shm": "/dev/shm", "home": HOME, "sockets": SOCKETS, "tmp": PRIVATE}  # noqa: S108
    for name, target in places.items():  # /tmp last: it covers where the others come from
        source = Path(PRIVATE, name)
        source.mkdir(mode=0o700)
        sys_.mount(str(source), target, flags=sys_.MS_BIND)
    # The grader connects to the sockets from outside: a link there must not lead it to a socket of its own world.
    sys_.mount("none", SOCKETS, flags=sys_.MS_REMOUNT | sys_.MS_BIND | plain | sys_.MS_NOSYMFOLLOW)
    if "further" not in leave_out:
        Path("/proc/sys/user/max_user_namespaces").write_text("0", encoding="ascii")
    if "net" not in leave_out:
        sys_.raise_loopback()
    Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")  # rather this than anything of the grader's
    os.chdir(HOME)
    return os.open(SOCKETS, os.O_PATH | os.O_DIRECTORY)


def confine(
    limits: ProcessLimits, leave_out: frozenset[str] = frozenset(), families: tuple[int, ...] = sys_.FAMILIES
) -> None:
    """Set the limits and give up every right, for good. families: of sockets that it may still make."""
    if "limits" not in leave_out:
        _limit(limits)
    sys_.leave_keyring()
    if "rights" not in leave_out:
        sys_.drop_capabilities()
    sys_.call("prctl", sys_.PR_SET_DUMPABLE, 0, 0, 0, 0)
    sys_.call("prctl", sys_.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if "calls" not in leave_out:
        sys_.filter_calls(families)


def _limit(limits: ProcessLimits) -> None:
    for kind, most in (
        (resource.RLIMIT_DATA, held_data() + limits.data_bytes),
        (resource.RLIMIT_NPROC, limits.processes),  # counted in this user namespace, so for this submission alone
        (resource.RLIMIT_NOFILE, limits.open_files),
        (resource.RLIMIT_FSIZE, limits.file_bytes),
        (resource.RLIMIT_CPU, limits.cpu_seconds),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_MEMLOCK, 0),
        (resource.RLIMIT_MSGQUEUE, 0),
    ):
        _, hard = resource.getrlimit(kind)
        within = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (within, within))


def die_with_parent() -> None:
    """End this process when the one that started it ends, however that happens."""
    sys_.call("prctl", sys_.PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def adopt_orphans() -> None:
    """Become the parent of every process below that loses its own."""
    sys_.call("prctl", sys_.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def held_data() -> int:
    """Return the bytes that count as data of this process (VmData)."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmData:"):
            return int(line.split()[1]) * 1024
    return 0


def held_memory() -> int:
    """Return the bytes of memory that this process holds."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * resource.getpagesize()


def threads() -> int:
    """Count the threads of this process as the kernel sees them; Python knows only of its own."""
    return sum(1 for _ in Path("/proc/self/task").iterdir())
