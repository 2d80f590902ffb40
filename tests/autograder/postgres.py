"""A PostgreSQL server of the tests' own: from the system's packages, in a temporary folder, on a unix socket only."""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

DEBIAN = Path("/usr/lib/postgresql")
USER = "course"


def programs() -> Path | None:
    """Find the newest server that is installed."""
    found = sorted(DEBIAN.glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    elsewhere = shutil.which("initdb")
    return found[-1].parent if found else Path(elsewhere).parent if elsewhere else None


def missing() -> str:
    """Say what there is no server for; empty when there is one."""
    if programs() is None:
        return "PostgreSQL is not installed (apt install postgresql)"
    if importlib.util.find_spec("psycopg") is None:
        return "the package psycopg is not installed (pip install 'psycopg[binary]')"
    return ""


@dataclass
class Server:
    """One server; root may not run it, so a user without rights does."""

    folder: Path
    settings: tuple[str, ...] = ("fsync=off",)
    process: subprocess.Popen[bytes] | None = None
    numbers: Iterator[int] = count()  # noqa: RUF009  (one for all is meant: each database has a name of its own)

    def _as(self) -> dict[str, object]:
        if os.getuid() != 0:
            return {}
        names = {entry.pw_name for entry in pwd.getpwall()}
        one = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
        os.chown(self.folder, one.pw_uid, one.pw_gid)
        return {"user": one.pw_uid, "group": one.pw_gid, "extra_groups": []}

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self.bin / program), *arguments]
        subprocess.run(command, cwd=self.folder, check=True, capture_output=True, timeout=120, **self._as())

    @property
    def bin(self) -> Path:
        found = programs()
        assert found
        return found

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def make(self) -> None:
        self._run("initdb", "-D", str(self.data), "-U", USER, "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync")

    def start(self) -> None:
        command = [str(self.bin / "postgres"), "-D", str(self.data), "-k", str(self.folder), "-c", "listen_addresses="]
        command += [part for setting in self.settings for part in ("-c", setting)]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(command, cwd=self.folder, stdout=log, stderr=log, **self._as())
        ready = [str(self.bin / "pg_isready"), "-q", "-h", str(self.folder)]
        end = time.monotonic() + 60
        while subprocess.run(ready, check=False, timeout=30).returncode:
            assert self.process.poll() is None, (self.folder / "log").read_text()
            assert time.monotonic() < end, (self.folder / "log").read_text()
            time.sleep(0.05)

    def stop(self) -> None:
        """Stop at once: open connections are cut."""
        if self.process is not None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(timeout=60)
            self.process = None

    def database(self) -> str:
        """Make an empty database; return its address."""
        name = f"course{next(self.numbers)}"
        self._run("createdb", "-h", str(self.folder), "-U", USER, name)
        return f"postgresql+psycopg://{USER}@/{name}?host={self.folder}"


@contextmanager
def server(*settings: str) -> Iterator[Server]:
    """Run a server as long as this lasts."""
    folder = Path(tempfile.mkdtemp(prefix="pg", dir="/tmp"))  # a socket's path must be short
    one = Server(folder, settings or ("fsync=off",))
    try:
        one.make()
        one.start()
        yield one
    finally:
        one.stop()
        shutil.rmtree(folder)


@cache
def _shared(config: pytest.Config) -> Server:
    stack = ExitStack()
    config.add_cleanup(stack.close)
    return stack.enter_context(server())


@pytest.fixture(scope="session")
def postgres(request: pytest.FixtureRequest) -> Server:
    """One server for all tests, whichever modules take this fixture in."""
    if missing():
        pytest.skip(missing())
    return _shared(request.config)
