"""A container like those of Gradescope, made with bubblewrap: root without a way to namespaces.

Docker's fourteen capabilities, its filter of calls (no namespaces, mounts, keyrings), a process list of its own and a
file system of which only what is named is there. As on Gradescope the command is root in it, and it is used once.
"""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from autograder.base.files import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping

RIGHTS = (
    "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID", "SETPCAP", "NET_BIND_SERVICE", "NET_RAW",
    "SYS_CHROOT", "MKNOD", "AUDIT_WRITE", "SETFCAP",
)  # fmt: skip
SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/etc")
PRIVATE = ("/grader", "/autograder/source", "/autograder/submission", "/autograder/results")
KIT = Path("/opt/kit")
PACKAGES = Path(sys.prefix, "lib", f"python3.{sys.version_info.minor}", "site-packages")
# x86-64: mount umount2 pivot_root setns unshare reboot sethostname setdomainname kexec keyctl... bpf, the new mounts.
DENIED = (165, 166, 155, 308, 272, 169, 170, 171, 246, 248, 249, 250, 321, 428, 429, 430, 431, 432, 433, 442)
CLONE, CLONE3, NAMESPACES = 56, 435, 0x7E02_0000
LOAD, EQUAL, ANY_BIT, RETURN = 0x20, 0x15, 0x45, 0x06
EPERM, ENOSYS, ALLOW = 0x0005_0000 | 1, 0x0005_0000 | 38, 0x7FFF_0000


def skip_where_there_is_none() -> None:
    """Skip a test on a machine that can't make one."""
    if os.geteuid() != 0 or not shutil.which("bwrap") or os.uname().machine != "x86_64":
        pytest.skip("a container is made by root, with bubblewrap, on x86-64")


@dataclass
class Container:
    """What is in one: folders of ours, seen at a path; `writable` ones keep what is written to them."""

    shown: dict[str, Path] = field(default_factory=dict)
    writable: dict[str, Path] = field(default_factory=dict)
    settings: dict[str, str] = field(default_factory=dict)
    closed: bool = True  # whether only root may enter the grader's folder

    def command(self, argv: list[str], seccomp: int) -> list[str]:
        """Write down the command that runs it."""
        wrapped = ["bwrap", "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--die-with-parent", "--clearenv"]
        wrapped += ["--cap-drop", "ALL"]
        for right in RIGHTS:
            wrapped += ["--cap-add", f"CAP_{right}"]
        for path in map(Path, SYSTEM):
            if path.is_symlink():
                wrapped += ["--symlink", str(path.readlink()), str(path)]
            elif path.exists():
                wrapped += ["--ro-bind", str(path), str(path)]
        wrapped += ["--proc", "/proc", "--dev", "/dev", "--ro-bind", "/sys", "/sys"]
        for place in ("/tmp", "/var/tmp", "/dev/shm", "/run/lock"):  # noqa: S108
            wrapped += ["--perms", "1777", "--tmpfs", place]
        base = Path(sys.base_prefix)
        binds = {str(base): base} if str(base) != "/usr" else {}
        binds |= {str(KIT / "lib"): PACKAGES.parents[1]}
        for inner, outer in (binds | self.shown).items():
            wrapped += [*self._folders(inner), "--ro-bind", str(outer), inner]
        for inner, outer in self.writable.items():
            wrapped += [*self._folders(inner), "--bind", str(outer), inner]
        settings = {"PATH": "/usr/bin:/bin", "HOME": "/root", "LANG": "C.UTF-8"} | self.settings
        for name, value in settings.items():
            wrapped += ["--setenv", name, value]
        wrapped += ["--perms", "0700", "--dir", "/root"] if not str(base).startswith("/root/") else []
        return [*wrapped, "--seccomp", str(seccomp), "--chdir", "/", "--", *argv]

    def _folders(self, inner: str) -> list[str]:
        parts: list[str] = []
        for parent in reversed(list(Path(inner).parents)[:-1]):
            mode = "0700" if str(parent) in PRIVATE and self.closed else "0755"
            parts += ["--perms", mode, "--dir", str(parent)]
        return parts

    def run(
        self, argv: list[str], seconds: float = 300, before: tuple[str, ...] = ()
    ) -> subprocess.CompletedProcess[str]:
        """Run a command in it, as root. before: what is to start it, say with limits."""
        with tempfile.TemporaryFile() as program:
            program.write(filter_program())
            program.seek(0)
            command = [*before, *self.command(argv, program.fileno())]
            return subprocess.run(
                command, capture_output=True, text=True, timeout=seconds, check=False, pass_fds=(program.fileno(),)
            )

    def start(self, argv: list[str], before: tuple[str, ...] = ()) -> subprocess.Popen[str]:
        """Start a command in it."""
        with tempfile.TemporaryFile() as program:
            program.write(filter_program())
            program.seek(0)
            return subprocess.Popen(
                [*before, *self.command(argv, program.fileno())], pass_fds=(program.fileno(),), text=True
            )


def python() -> str:
    """Return the interpreter inside."""
    return str(getattr(sys, "_base_executable", sys.executable))


def of_checkout(settings: Mapping[str, str] | None = None) -> Container:
    """Make one that holds this checkout's grader, closed to others, and a Python that everybody may read."""
    path = ":".join(["/grader", "/grader/labs", str(KIT / "lib" / PACKAGES.parent.name / PACKAGES.name)])
    shown = {f"/grader/{name}": ROOT / name for name in ("autograder", "labs", "data", "solutions", "tests")}
    shown["/grader/nbgrader_config.py"] = ROOT / "nbgrader_config.py"
    return Container(shown, {}, {"PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"} | dict(settings or {}))


def filter_program() -> bytes:
    """Write Docker's rules, as far as they matter here, as classic BPF."""
    lines = [(LOAD, 0, 0, 0), (EQUAL, 0, 1, CLONE3), (RETURN, 0, 0, ENOSYS)]
    for number in DENIED:
        lines += [(EQUAL, 0, 1, number), (RETURN, 0, 0, EPERM)]
    lines += [(EQUAL, 0, 3, CLONE), (LOAD, 0, 0, 16), (ANY_BIT, 0, 1, NAMESPACES), (RETURN, 0, 0, EPERM)]
    lines += [(RETURN, 0, 0, ALLOW)]
    return b"".join(struct.pack("HBBI", *line) for line in lines)
