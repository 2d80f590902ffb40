"""What the grader lays out before it probes a sandbox: listeners, files that must not be seen, a canary."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.base.files import ROOT, socket_folder
from autograder.engine import bubblewrap
from autograder.engine.memory import descendants
from autograder.inside.probes.attempts import identity, own_namespaces

if TYPE_CHECKING:
    from collections.abc import Iterator

    from autograder.base.interpreter import Interpreter
    from autograder.inside.namespaces import ProcessLimits

MOST_SECRETS = 20_000
SCAN_SECONDS = 30  # CPU seconds
# Parts of the checkout that a submission may see, or that hold nothing of the course.
PUBLIC = frozenset(
    {"labs", "data", "dist", "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis"}
)
# To a submission that is only another user a compiled file is as good as its source.
PUBLIC_TO_OTHERS = PUBLIC - {"__pycache__"}
ELSEWHERE = ("/etc/shadow", "/var/log", "/run", "/boot", "/mnt", "/opt", "/srv", "/sys", "/var/tmp")  # noqa: S108


@dataclass
class Bait:
    """The facts that the probes get, and the listeners that must not hear of them."""

    facts: dict[str, Any]
    listeners: dict[str, list[socket.socket]] = field(default_factory=dict)

    def caught(self) -> dict[str, list[str]]:
        """Say who was heard, by probe."""
        return {name: ["heard"] for name, ends in self.listeners.items() if any(_heard(end) for end in ends)}


@contextmanager
def laid_out(
    limits: ProcessLimits, hidden: tuple[Path, ...], template: int, python: Interpreter, *, shared: bool = False
) -> Iterator[Bait]:
    """Lay it out; take it away afterwards.

    template: the number of the template's first process; python: what runs in it
    shared: it sees the same files as the grader (level `uid`): what counts is whether it can open them
    """
    canary, token = secrets.token_hex(16), secrets.token_hex(8)
    # The probe has to name a socket in it, and such a name holds 108 characters.
    folder = socket_folder("bait-")
    folder.chmod(0o777)
    planted = [folder / "canary.txt", *(place / f".canary-{canary}" for place in _writable_places(hidden))]
    listeners = _listeners(folder, token)
    try:
        for path in planted:
            path.write_text(canary, encoding="ascii")
        if shared:
            planted[0].write_text("anybody may write here", encoding="ascii")
        planted[0].chmod(0o666)
        known = [
            ROOT,
            *(ROOT / name for name in (".git", "course", "courses", "solutions", "tests", "autograder/references")),
        ]
        known += [*map(Path, ELSEWHERE), Path.home(), folder, *planted, *hidden]
        yield Bait(
            {
                "canary": canary,
                "token": token,
                "paths": [(str(path), own) for path in known if (own := identity(str(path)))],
                "shared": shared,
                "planted": [str(path) for path in planted],
                "secrets": [] if shared else [own for path in _secrets(hidden) if (own := identity(path))],
                "secret_paths": _secrets(hidden, PUBLIC_TO_OTHERS) if shared else [],
                "writable": [str(planted[0])],
                "tcp": [end.getsockname()[1] for end in listeners["tcp"]],
                "udp": listeners["udp"][0].getsockname()[1],
                "unix": [str(folder / "socket"), f"\0{token}"],
                "processes": [os.getpid(), *descendants(template)],
                "grader": own_namespaces(),
                "libraries": bubblewrap.libraries(python),
                "limits": asdict(limits),
                "scan_seconds": SCAN_SECONDS,
            },
            listeners,
        )
    finally:
        for path in planted:
            path.unlink(missing_ok=True)
        for end in (end for ends in listeners.values() for end in ends):
            end.close()
        shutil.rmtree(folder, ignore_errors=True)


def _listeners(folder: Path, token: str) -> dict[str, list[socket.socket]]:
    tcp, udp = socket.create_server(("127.0.0.1", 0)), socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.bind(("127.0.0.1", 0))
    unix, abstract = socket.socket(socket.AF_UNIX), socket.socket(socket.AF_UNIX)
    unix.bind(str(folder / "socket"))
    (folder / "socket").chmod(0o777)
    abstract.bind(f"\0{token}")
    for end in (unix, abstract):
        end.listen()
    return {"tcp": [tcp], "udp": [udp], "unix_sockets": [unix, abstract]}


def _heard(end: socket.socket) -> bool:
    end.setblocking(False)
    try:
        if end.type == socket.SOCK_DGRAM:
            return bool(end.recv(100))
        end.accept()[0].close()
    except OSError:
        return False
    return True


def _writable_places(hidden: tuple[Path, ...]) -> list[Path]:
    """List the folders that git ignores and that a canary may lie in for a moment."""
    return [
        place for place in (ROOT / "course", ROOT / "courses", *hidden) if place.is_dir() and os.access(place, os.W_OK)
    ]


def _secrets(hidden: tuple[Path, ...], public: frozenset[str] = PUBLIC) -> list[str]:
    """List the files of the checkout that no submission may see."""
    allowed = {str(path) for path in bubblewrap.shown()}
    found: list[str] = []
    for start in (ROOT, *hidden):
        found += [str(start)] if start.is_file() else []
        for folder, folders, names in os.walk(start):
            folders[:] = [
                name for name in folders if name not in public and not os.access(f"{folder}/{name}/pyvenv.cfg", os.F_OK)
            ]
            found += {f"{folder}/{name}" for name in names} - allowed
            if len(found) > MOST_SECRETS:
                return found
    return found
