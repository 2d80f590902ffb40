"""Probes of a submission's rights: capabilities, mounts, devices."""

from __future__ import annotations

import os
import stat
import tempfile
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.inside import syscalls
from autograder.inside.probes.attempts import places, succeeds_in_child

if TYPE_CHECKING:
    from collections.abc import Callable

    from autograder.inside.probes.attempts import Facts, Probe

HARMLESS = {(1, 3), (1, 5), (1, 7), (1, 8), (1, 9), (5, 0), (5, 2)}  # null, zero, full, random, urandom, tty, ptmx
TERMINALS = 136
MNT_DETACH = 2


def capabilities(facts: Facts) -> list[str]:
    """Look for rights: a capability, new ones by executing, no call filter, root."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    status = dict(line.split(":\t", 1) for line in lines if ":\t" in line)
    found = [f"{name} {value}" for name, value in status.items() if name.startswith("Cap") and int(value, 16)]
    wanted = (("NoNewPrivs", "1"), ("Seccomp", "2"))
    found += [f"{name} {status.get(name)}" for name, value in wanted if status.get(name) != value]
    return found + (["root"] if 0 in {os.getuid(), facts["outer_user"]} else [])


def mounting(_: Facts) -> list[str]:
    """Mount something, change the root, or uncover what lies below the submission's own folders."""
    with tempfile.TemporaryDirectory() as folder:
        attempts: dict[str, Callable[[], object]] = {
            "mount": partial(_mount_and_unmount, folder),
            "chroot": lambda: os.chroot("/"),
            "setns": lambda: syscalls.call("setns", os.open("/proc/self/ns/uts", os.O_RDONLY), 0),
        }
        if os.getpid() == 1:  # anywhere else these would be the grader's own
            attempts |= {f"uncovering {place}": partial(_unmount, place) for place in (*places(), "/proc")}
        return [name for name, attempt in attempts.items() if succeeds_in_child(attempt)]


def devices(_: Facts) -> list[str]:
    """Look for devices beside the harmless ones, and for /sys."""
    found = [str(path) for path in Path("/sys").glob("*")]
    for folder, _folders, names in os.walk("/dev"):
        found += [f"{folder}/{name}" for name in names if _is_device(Path(folder, name))]
    return found[:5]


def _is_device(path: Path) -> bool:
    with suppress(OSError):
        about = path.lstat()
        number = (os.major(about.st_rdev), os.minor(about.st_rdev))
        special = stat.S_ISBLK(about.st_mode) or stat.S_ISCHR(about.st_mode)
        return special and number not in HARMLESS and number[0] != TERMINALS
    return False


def _mount_and_unmount(place: str) -> None:
    syscalls.mount("tmpfs", place, "tmpfs")
    _unmount(place)


def _unmount(place: str) -> None:
    syscalls.call("umount2", place.encode(), MNT_DETACH)


PROBES: dict[str, Probe] = {function.__name__: function for function in (capabilities, mounting, devices)}
