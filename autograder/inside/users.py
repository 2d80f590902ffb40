"""Level `uid`: a user number of its own for each child, where the system gives no namespaces.

In: the warm process, which is root's; a child's limits. Standard library only.
Out: a child without rights in folders of its own; after its end nothing of it, neither processes nor files.

What it does not hold is said in autograder/engine/measure.py: the list of processes, /tmp, abstract sockets.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import stat
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from autograder.inside import namespaces
from autograder.inside import syscalls as sys_
from autograder.inside.namespaces import Lodging, ProcessLimits

FIRST, LAST = 60_001, 61_183  # Debian and systemd give these to nobody, or by name; whose number has a name is left out
EVERYBODYS = ("/tmp", "/var/tmp", "/dev/shm", "/run/lock", "/var/lock")  # noqa: S108  (they are searched, not used)
SHARED_MEMORY = "/dev/shm"  # noqa: S108
TRIES, PAUSE = 200, 0.01
ONLY_UNIX = (socket.AF_UNIX,)


class UsedUpError(Exception):
    """There is no user number left that has not been used."""


class Users:
    """Gives each child a user number, once, and folders; takes away what is left of it.

    leave_out: for the tests of the probes: "end" to let a child's processes live on, "sweep" to leave its files
    """

    def __init__(self, leave_out: frozenset[str] = frozenset()) -> None:
        self._leave_out = leave_out
        self._next = FIRST
        self._lodgings: dict[int, Path] = {}
        self._ender = self._free()  # the real user of whoever ends a child's processes: so none of these can signal it

    def take(self) -> tuple[int, Lodging]:
        """Return a number that nobody has, and its folders. Raises UsedUpError."""
        user = self._free()
        return user, self._lodge(user)

    def _free(self) -> int:
        while self._next <= LAST:
            user, self._next = self._next, self._next + 1
            if not _has_name(user) and not processes(user):
                return user
        raise UsedUpError

    def _lodge(self, user: int) -> Lodging:
        base = Path(tempfile.mkdtemp(prefix="student-"))
        base.chmod(0o711)
        folders = [base / name for name in ("home", "sockets", "tmp")]
        for folder in folders:
            folder.mkdir(mode=0o700)
            os.chown(folder, user, user)
        self._lodgings[user] = base
        home, sockets, private = map(str, folders)
        return Lodging(home, sockets, private)

    def clear(self, user: int) -> None:
        """End every process of a number, and remove its files. Raises OSError when a process won't end."""
        if "end" not in self._leave_out:
            _end(user, self._ender)
        if "sweep" not in self._leave_out:
            for place in EVERYBODYS:
                sweep(place, user)
        if base := self._lodgings.pop(user, None):
            shutil.rmtree(base, ignore_errors=True)

    def close(self) -> None:
        """Clear all that were not cleared."""
        for user in list(self._lodgings):
            with suppress(OSError):
                self.clear(user)


def demote(limits: ProcessLimits, user: int, lodging: Lodging, leave_out: frozenset[str] = frozenset()) -> int:
    """Turn from root into a user without rights, for good; return the socket folder, opened for whoever gets it.

    leave_out: for the tests of the probes: "user" to stay root, "rights" to keep capabilities, and what `confine` knows
    """
    sockets = os.open(lodging.sockets, os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW)
    Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    if "user" not in leave_out:
        sys_.drop_bounding_set()
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
    os.umask(0o077)
    os.chdir(lodging.home)
    namespaces.lodging = lodging
    tempfile.tempdir = None
    settings = {"HOME": lodging.home, "TMPDIR": lodging.private, "MPLCONFIGDIR": f"{lodging.private}/matplotlib"}
    os.environ |= settings | {"USER": "student"}
    namespaces.confine(limits, leave_out, ONLY_UNIX if "net" not in leave_out else sys_.FAMILIES)
    namespaces.die_with_parent()  # a change of user has undone it
    return sockets


def require_readable(folders: list[str]) -> None:
    """Raise OSError where this process can't read what Python itself, and its packages, are to be imported from."""
    for folder in folders:
        try:
            next(Path(folder).iterdir(), None)
        except OSError as error:
            raise OSError(error.errno, f"user number {os.getuid()} can't read {folder}") from None


def processes(user: int) -> list[int]:
    """List the processes of a user, as its real, effective or saved number."""
    found = []
    for folder in os.scandir("/proc"):
        if folder.name.isdigit():
            with suppress(OSError):
                lines = Path(folder.path, "status").read_text(encoding="utf-8", errors="replace").splitlines()
                numbers = next((line.split()[1:] for line in lines if line.startswith("Uid:")), [])
                if str(user) in numbers[:3]:
                    found.append(int(folder.name))
    return found


def sweep(place: str, user: int, below: int | None = None) -> None:
    """Remove a user's files below a folder, and follow no link; folders that only others may write are passed by."""
    with suppress(OSError):
        folder = os.open(place, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=below)
        try:
            for name in os.listdir(folder):  # noqa: PTH208  (a descriptor)
                with suppress(OSError):
                    about = os.stat(name, dir_fd=folder, follow_symlinks=False)
                    if about.st_uid == user and stat.S_ISDIR(about.st_mode):
                        shutil.rmtree(name, ignore_errors=True, dir_fd=folder)
                    elif about.st_uid == user:
                        os.unlink(name, dir_fd=folder)
                    elif stat.S_ISDIR(about.st_mode) and about.st_mode & stat.S_IWOTH:
                        sweep(name, user, folder)
        finally:
            os.close(folder)


def shared_memory(user: int) -> int:
    """Return how many bytes a user's files in shared memory take."""
    held = 0
    for folder, _, files, descriptor in os.fwalk(SHARED_MEMORY):
        del folder
        for name in files:
            with suppress(OSError):
                about = os.stat(name, dir_fd=descriptor, follow_symlinks=False)
                held += about.st_blocks * 512 if about.st_uid == user else 0
    return held


def _has_name(user: int) -> bool:
    with suppress(KeyError):
        pwd.getpwuid(user)
        return True
    return False


def _end(user: int, ender_user: int) -> None:
    """End every process of a user, from a process that none of them can signal or stop, until there is none."""
    for _ in range(TRIES):
        ender = os.fork()
        if ender == 0:
            try:
                os.setgroups([])
                os.setresuid(ender_user, user, ender_user)
                os.kill(-1, signal.SIGKILL)
            finally:
                os._exit(0)
        os.waitpid(ender, 0)
        for pid in processes(user):
            with suppress(ChildProcessError):  # one whose own parent has not gone yet
                os.waitpid(pid, os.WNOHANG)
        if not processes(user):
            return
        time.sleep(PAUSE)
    raise OSError(f"processes of user number {user} don't end")
