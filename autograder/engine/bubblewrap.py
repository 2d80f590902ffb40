"""The bubblewrap command around a template: what its processes may see, and what to do where that is not permitted."""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.base.errors import UserFacingError
from autograder.base.files import PACKAGE, ROOT
from autograder.inside.namespaces import HOME, SOCKETS, USER

if TYPE_CHECKING:
    from autograder.base.interpreter import Interpreter

# Of autograder/, this folder is what runs inside, and nothing else: the references above all stay outside.
INSIDE = PACKAGE / "inside"
KIT = Path("/kit")
# Parts of the system that Python and its libraries read; each only where it exists.
SYSTEM = (
    "/usr/bin", "/usr/lib", "/usr/lib32", "/usr/lib64", "/usr/libexec", "/bin", "/sbin", "/lib", "/lib32", "/lib64",
    "/usr/share/zoneinfo", "/usr/share/fonts", "/usr/share/fontconfig", "/usr/local/share/fonts", "/etc/fonts",
    "/etc/ld.so.cache", "/etc/localtime", "/etc/alternatives",
)  # fmt: skip
FILES = {
    "passwd": f"root:x:0:0:root:/:/bin/false\nstudent:x:{USER}:{USER}:student:{HOME}:/bin/sh\n",
    "group": f"root:x:0:\nstudent:x:{USER}:\n",
    "hosts": "127.0.0.1 localhost\n::1 localhost\n",
    "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
}
THREADS = ("OPENBLAS", "OMP", "MKL", "NUMEXPR", "VECLIB", "BLIS")
INSTALL = "Install it (Debian, Ubuntu: apt install bubblewrap; Fedora: dnf install bubblewrap) and grade again."


def environment() -> dict[str, str]:
    """Say what every template finds in its environment: one thread, few messages, no graphics card."""
    return {
        **{f"{name}_NUM_THREADS": "1" for name in THREADS},
        "TF_NUM_INTRAOP_THREADS": "1",
        "TF_NUM_INTEROP_THREADS": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "TF_ENABLE_ONEDNN_OPTS": "0",
        "KERAS_BACKEND": "tensorflow",
        "MPLBACKEND": "agg",
        "CUDA_VISIBLE_DEVICES": "-1",
        "HDF5_USE_FILE_LOCKING": "FALSE",
        "PYTHONDONTWRITEBYTECODE": "1",
        "LANG": "C.UTF-8",
    }


def inside_path(python: Interpreter) -> list[str]:
    """Say where Python finds modules inside."""
    return [str(KIT / "engine"), str(KIT / "labs"), *(str(inner) for inner in _libraries(python).values())]


def command(argv: list[str], python: Interpreter, *, folder: Path, extra: tuple[str, ...] = ()) -> list[str]:
    """Return the command that runs a Python with arguments `argv` in a sandbox; inherited descriptors stay open.

    folder: an empty folder of the caller's, for the few files of /etc; extra: more arguments, for tests
    """
    as_root = os.geteuid() == 0
    if as_root:
        _require_readable(python)
    wrapped = [program(), "--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"]
    wrapped += ["--hostname", "sandbox", "--die-with-parent", "--new-session", "--clearenv"]
    if as_root:  # root drops to a user without rights inside: then it needs no user namespace around it
        rights = ("CAP_SYS_ADMIN", "CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP")
        wrapped += [part for right in rights for part in ("--cap-add", right)]
    else:
        wrapped += ["--unshare-user", "--uid", str(USER), "--gid", str(USER)]
    settings = environment() | {
        "PATH": "/usr/bin:/bin",
        "HOME": HOME,
        "USER": "student",
        "TMPDIR": "/tmp",  # noqa: S108
        "MPLCONFIGDIR": "/tmp/matplotlib",  # noqa: S108
        "PYTHONPATH": ":".join(inside_path(python)),
    }
    for name, value in settings.items():
        wrapped += ["--setenv", name, value]
    wrapped += _mounts(folder, python) + (["--dir", "/proc"] if as_root else ["--proc", "/proc"])
    wrapped += ["--dev", "/dev", "--remount-ro", "/dev"]
    wrapped += ["--perms", "1777", "--size", str(64 << 20), "--tmpfs", "/tmp", "--dir", SOCKETS]  # noqa: S108
    wrapped += [*_folders(Path(HOME, "x")), *extra, "--remount-ro", "/", "--chdir", "/"]
    # Isolated and without `site`: a .pth file of an editable installation would lead to the checkout.
    return [*wrapped, "--", python.program, "-I", "-S", "-B", *argv]


def shown() -> list[Path]:
    """List the files of this package that are visible inside; above them stands an empty `__init__`, not our own."""
    return sorted(INSIDE.rglob("*.py"))


def libraries(python: Interpreter) -> list[str]:
    """List the folders visible inside that hold the system's and Python's own files, and nothing of the course."""
    found = [str(path) for path in (*map(Path, SYSTEM), *_interpreter(python), *_libraries(python).values())]
    return [path for path in found if not path.startswith("/etc")]


def free_user() -> int:
    """Return a user number that no account has, for the processes of a grader that is run as root."""
    for number in range(64_535, 60_000, -1):
        try:
            pwd.getpwuid(number)
        except KeyError:
            return number
    return 65_534


def _mounts(folder: Path, python: Interpreter) -> list[str]:
    """List what is visible inside: all of it read-only, none of it the checkout."""
    binds = {Path(path): Path(path) for path in SYSTEM if Path(path).exists()}
    binds |= {path: path for path in _interpreter(python)}
    (folder / "etc").mkdir(exist_ok=True)
    for name, text in FILES.items():
        (folder / "etc" / name).write_text(text, encoding="utf-8")
        (folder / "etc" / name).chmod(0o644)
        binds[folder / "etc" / name] = Path("/etc", name)
    mounts = []
    for outer, inner in sorted(binds.items(), key=lambda bind: len(bind[1].parts)):
        mounts += _bind(outer, inner)
    mounts += _hide(binds)
    kit = _libraries(python) | {labkit(): KIT / "labs" / "labkit"}
    kit |= {data: KIT / "data" / data.name for data in labkit().parent.parent.glob("data/*/")}
    inner = KIT / "engine" / "autograder"
    (folder / "empty").write_bytes(b"")
    (folder / "empty").chmod(0o644)
    kit |= {folder / "empty": inner / "__init__.py"} | {path: inner / path.relative_to(PACKAGE) for path in shown()}
    for outer, inner in kit.items():
        mounts += _bind(outer, inner)
    return mounts + _hide({outer: inner for outer, inner in kit.items() if inner.parent == KIT})


def _bind(outer: Path, inner: Path) -> list[str]:
    if outer.is_symlink() and outer.parent == Path("/"):  # /lib -> usr/lib
        return ["--symlink", str(outer.readlink()), str(inner)]
    return [*_folders(inner), "--ro-bind", str(outer), str(inner)]


def _folders(inner: Path) -> list[str]:
    """Make the folders above a path: bubblewrap itself would make them for root alone."""
    return [part for folder in reversed(inner.parents[:-1]) for part in ("--dir", str(folder))]


def _hide(binds: dict[Path, Path]) -> list[str]:
    """Cover what must not be seen although it lies in a visible folder: the checkout, and an installed autograder."""
    hidden: list[str] = []
    for outer, inner in binds.items():
        if outer.is_dir() and ROOT.is_relative_to(outer.resolve()):
            hidden += ["--tmpfs", str(inner / ROOT.relative_to(outer.resolve()))]
        for package in (*outer.glob("autograder"), *outer.glob("python3*/*-packages/autograder")):
            hidden += ["--tmpfs", str(inner / package.relative_to(outer))]
    return hidden


def _require_readable(python: Interpreter) -> None:
    """As root, submissions run as a user without rights: stop where that user could read nothing."""
    for path in (*_libraries(python), labkit(), labkit() / "__init__.py", *shown()):
        if not path.stat().st_mode & 0o004:
            raise UserFacingError(
                f"{path} is readable for root alone, and submissions do not run as root: chmod -R a+rX {path}"
            )


@cache
def _interpreter(python: Interpreter) -> tuple[Path, ...]:
    """List the files of a Python: its program, its library folders."""
    base, program = python.base, Path(python.program)
    parts = [program, program.resolve(), base / "lib", base / "lib64", base.resolve() / "lib"]
    parts += [python.standard, python.standard.resolve()]
    wanted: list[Path] = []
    for part in parts:
        covered = any(part.is_relative_to(other) for other in (*wanted, *map(Path, SYSTEM)))
        if part.exists() and not covered:
            wanted.append(part)
    return tuple(wanted)


def _libraries(python: Interpreter) -> dict[Path, Path]:
    """Say where the folders of installed packages are, outside and inside."""
    return {path: KIT / f"{path.name}-{place}" for place, path in enumerate(python.libraries)}


@cache
def labkit() -> Path:
    """Return the folder of the installed labkit."""
    spec = importlib.util.find_spec("labkit")
    if spec is None or not spec.submodule_search_locations:
        raise UserFacingError("The package labkit is not installed; `make setup` installs it.")
    return Path(spec.submodule_search_locations[0]).resolve()


@cache
def program() -> str:
    """Find bubblewrap."""
    if sys.platform == "darwin":
        raise UserFacingError(
            "Grading in isolation needs Linux; on macOS run the grader in a Linux container or machine."
        )
    if sys.platform == "win32":
        raise UserFacingError("Grading in isolation needs Linux; on Windows run the grader in WSL 2 (wsl --install).")
    found = shutil.which("bwrap")
    if not found:
        raise UserFacingError(f"Grading in isolation needs bubblewrap, which was not found. {INSTALL}")
    return found


def explain(said: str) -> str:
    """Say in one sentence why the sandbox could not be entered, and the way out; `said` is what failed."""
    if _setting("/proc/sys/kernel/apparmor_restrict_unprivileged_userns") == "1":
        return (
            "AppArmor keeps the sandbox from making user namespaces (Ubuntu's rule since 23.10):"
            " `sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0` permits them."
        )
    for name, enough in (("user/max_user_namespaces", 15_000), ("kernel/unprivileged_userns_clone", 1)):
        if _setting(f"/proc/sys/{name}") == "0":
            permit = f"sudo sysctl {name.replace('/', '.')}={enough}"
            return f"This system permits no user namespaces: `{permit}` permits them."
    if _in_container() and ("denied" in said or "not permitted" in said):
        return (
            "This container's rules keep bubblewrap from isolating: start it with `docker run --security-opt"
            " seccomp=unconfined --security-opt systempaths=unconfined --security-opt apparmor=unconfined`; in"
            " Kubernetes set seccompProfile: Unconfined and procMount: Unmasked."
        )
    last = said.strip().splitlines()[-1] if said.strip() else "it said nothing"
    return f"The sandbox could not be entered: {last.rstrip('.')}."


def _setting(path: str) -> str:
    try:
        return Path(path).read_text(encoding="ascii").strip()
    except OSError:
        return ""


def _in_container() -> bool:
    marks = (Path("/.dockerenv"), Path("/run/.containerenv"))
    return any(mark.exists() for mark in marks) or "KUBERNETES_SERVICE_HOST" in os.environ


def version() -> str:
    """Return bubblewrap's version, to be kept with what was measured."""
    done = subprocess.run([program(), "--version"], capture_output=True, text=True, check=False)
    return done.stdout.strip()
