"""nbgrader's own commands, run by several users of the machine where the tests are root's, else all by one.

nbgrader takes a second to import: one process does it, and forks for each command.
"""

from __future__ import annotations

import contextlib
import json
import os
import pwd
import subprocess
import sys
import traceback
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

ROOTS = os.geteuid() == 0  # then there are several users


def accounts(count: int) -> list[pwd.struct_passwd]:
    """Return accounts of this machine that belong to no person: the tests make none, and change none."""
    found = [one for one in pwd.getpwall() if 0 < one.pw_uid < 1000 and one.pw_name.isalpha()]
    return sorted(found, key=lambda one: one.pw_uid)[:count]


@dataclass
class Done:
    """What a command came to."""

    status: int
    said: str


class Commands:
    """Runs `nbgrader` and functions of the tests as some user, in some folder."""

    def __init__(self) -> None:
        environment = os.environ | {"JUPYTER_NO_CONFIG": "", "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        self._server = subprocess.Popen(
            [sys.executable, "-W", "ignore", __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )

    def run(self, user: str, folder: Path, *words: str, **environment: str) -> Done:
        """Run `nbgrader WORDS` as a user ("" for whoever runs the tests), whose home is the folder."""
        assert self._server.stdin
        assert self._server.stdout
        wish = {"user": user, "folder": str(folder), "words": words, "environment": environment}
        self._server.stdin.write(json.dumps(wish) + "\n")
        self._server.stdin.flush()
        return Done(**json.loads(self._server.stdout.readline()))

    def close(self) -> None:
        assert self._server.stdin
        assert self._server.stdout
        self._server.stdin.close()
        self._server.stdout.close()
        self._server.wait(20)


def as_user(name: str, group: int, work: Callable[[], None]) -> str:
    """Do something as another user, who is in one more group; return what went wrong, or nothing."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            account = pwd.getpwnam(name)
            os.setgroups([group])
            os.setresgid(*[account.pw_gid] * 3)
            os.setresuid(*[account.pw_uid] * 3)
            os.umask(0o022)
            work()
            status = 0
        except BaseException:  # noqa: BLE001  (it is told)
            os.write(writing, traceback.format_exc().encode()[-4000:])
        finally:
            os._exit(status)
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as said:
        text = said.read()
    return text if os.waitpid(child, 0)[1] else ""


@contextlib.contextmanager
def commands() -> Iterator[Commands]:
    """Start what runs commands."""
    running = Commands()
    try:
        yield running
    finally:
        running.close()


def _child(wish: dict[str, Any]) -> int:
    if wish["user"]:
        account = pwd.getpwnam(wish["user"])
        os.setgroups([])
        os.setresgid(*[account.pw_gid] * 3)
        os.setresuid(*[account.pw_uid] * 3)
    home, user = wish["folder"], wish["user"] or pwd.getpwuid(os.geteuid()).pw_name
    os.environ |= {"HOME": home, "USER": user, "LOGNAME": user, "JUPYTER_DATA_DIR": f"{home}/.data"}
    os.environ |= {"JUPYTER_CONFIG_DIR": f"{home}/.jupyter", **wish["environment"]}
    os.chdir(home)
    os.umask(0o022)
    from nbgrader.apps.nbgraderapp import NbGraderApp  # noqa: PLC0415  (the parent has it)

    try:
        NbGraderApp.launch_instance(list(wish["words"]))
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0


def _serve() -> None:
    import nbgrader.apps  # noqa: PLC0415
    import nbgrader.server_extensions.formgrader  # noqa: PLC0415

    import autograder.plugins  # noqa: F401, PLC0415

    for line in sys.stdin:
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.dup2(writing, 1)
            os.dup2(writing, 2)
            status = 70
            try:
                status = _child(json.loads(line))
            except BaseException:  # noqa: BLE001  (whatever it is, who reads the test's failure wants to know)
                traceback.print_exc()
            finally:
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(status)
        os.close(writing)
        with os.fdopen(reading, encoding="utf-8", errors="replace") as said:
            text = said.read()
        _, status = os.waitpid(child, 0)
        print(json.dumps({"status": os.waitstatus_to_exitcode(status), "said": text}), flush=True)
    del nbgrader


if __name__ == "__main__":
    _serve()
