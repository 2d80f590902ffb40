"""The machine's one warm engine: shared, replaced when it has ended or grown, gone when nobody needs it."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from autograder.base.errors import UserFacingError
from autograder.base.files import ROOT
from autograder.engine import address
from autograder.engine import host as node
from autograder.engine.engine import Engine
from autograder.engine.fork_client import GoneError
from autograder.engine.lease import NO_USAGE, Lease
from autograder.engine.memory import descendants
from autograder.engine.warm_process import Template
from autograder.exam import submission
from autograder.model import assignment
from autograder.model.graded import NONE, SANDBOX, Rules
from autograder.model.lab import find

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.slow
LAB = "lab1_rnn"
SECONDS = 30


def engines_at(folder: Path, patch: pytest.MonkeyPatch) -> Path:
    """Let engines be looked for in a folder, and end as soon as nobody is connected; it is too long for a socket."""
    place = folder / ("long" * 30)
    place.mkdir()
    patch.setenv(node.WARM_VARIABLE, "0")
    patch.setattr(address.tempfile, "gettempdir", lambda: str(place))
    return place


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Engines of this test's own."""
    return engines_at(tmp_path, monkeypatch)


@pytest.fixture
def lease(place: Path) -> Iterator[Lease]:
    lease = Lease(SANDBOX)
    yield lease.renew()
    lease.close()


def host_of(lease: Lease) -> int:
    """The process at the other end of a lease."""
    assert lease._host is not None
    return int.from_bytes(lease._host.getsockopt(1, 17, 12)[:4], sys.byteorder)  # SOL_SOCKET, SO_PEERCRED: pid first


def gone(pid: int) -> bool:
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        try:
            if Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] == "Z":
                return True
        except OSError:
            return True
        time.sleep(0.05)
    return False


def solved() -> bytes:
    return (ROOT / "solutions" / LAB / f"{LAB}.ipynb").read_bytes()


def points(engine: object) -> float:
    lab = assignment.load(find(LAB))
    graded = asyncio.run(submission.grade(solved(), lab, Rules(b"key"), engine))
    worth = {cell.grade_id: cell.points for cell in lab.graded}
    return sum(verdict.score(worth[verdict.grade_id]) or 0 for verdict in graded.verdicts)


def test_two_who_ask_share_one_engine_and_it_ends_with_the_last(lease: Lease) -> None:
    other = Lease(SANDBOX).renew()
    host = host_of(lease)
    assert host_of(other) == host
    assert "29/29 probes" in lease.level
    processes = descendants(host)
    lease.close()
    assert not gone_at_once(host)
    assert other.renew().generation == 1
    other.close()
    assert all(gone(pid) for pid in processes)


def gone_at_once(pid: int) -> bool:
    return not Path(f"/proc/{pid}").exists()


def test_many_who_come_at_once_start_one(place: Path) -> None:
    leases = [Lease(NONE) for _ in range(4)]
    threads = [threading.Thread(target=lease.renew) for lease in leases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({host_of(lease) for lease in leases}) == 1
    for lease in leases:
        lease.close()


def test_an_engine_that_was_killed_has_no_usage_and_is_started_anew_and_grades(lease: Lease) -> None:
    host = host_of(lease)
    below = descendants(host)
    os.kill(host, signal.SIGKILL)
    assert lease.usage() == NO_USAGE
    assert all(gone(pid) for pid in below)
    with pytest.raises(GoneError):
        lease.students.fork("builtins:print", {})
    assert host_of(lease.renew()) != host
    assert points(lease) == 90


def command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def test_a_template_that_has_grown_is_replaced(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(node, "Engine", lambda _: Small())
    host = node.Host(place / "engine", NONE)
    host.start()
    first, descriptors = host._reply({"have": -1, "held": []})
    assert (first["generation"], len(descriptors)) == (1, 4)
    assert host._reply({"have": 1, "held": [10, 10, 0, 0]}) == ({}, [])
    assert host._reply({"have": 1, "held": [node.GROWTH_BYTES, 20, 0, 0]}) == ({}, [])
    again, _ = host._reply({"have": 1, "held": [node.GROWTH_BYTES + 11, 20, 0, 0]})
    assert again["generation"] == 2
    assert len(host.retired) == 1
    host._end_retired()
    assert host.retired == []
    host.engine.close()


class Small(Engine):
    """An engine whose templates import nothing."""

    def __init__(self) -> None:
        super().__init__(NONE)
        self.templates = (Template([], sandboxed=False), Template([], sandboxed=False))
        self.students, self.trusted = self.templates


def test_what_ends_again_and_again_is_not_started_for_ever(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(node, "Engine", lambda _: Small())
    host = node.Host(place / "engine", NONE)
    host.start()
    said = {}
    for _ in range(node.STARTS):
        host.engine.templates[0]._process.kill()
        host.engine.templates[0]._process.wait()
        said, _ = host._reply({"have": host.generation, "held": []})
    assert "end again and again" in said["failed"]
    host.engine.close()
    for engine, _ in host.retired:
        engine.close()


def test_where_nobody_can_be_isolated_whoever_asks_hears_why(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(place))
    with pytest.raises(UserFacingError, match="needs bubblewrap, which was not found"):
        Lease(SANDBOX).renew()


def test_a_folder_that_others_may_enter_is_not_used(place: Path) -> None:
    (place / f"autograder-{os.geteuid()}").mkdir(mode=0o755)
    with pytest.raises(UserFacingError, match="does not belong to you alone"):
        Lease(NONE).renew()


def test_changed_code_has_another_engine_and_the_old_one_ends(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = Lease(NONE).renew()
    host = host_of(first)
    changed = f"{address.name(NONE).partition('-')[0]}-changed"
    monkeypatch.setattr(address, "name", lambda _: changed)
    second = Lease(NONE).renew()
    assert host_of(second) != host
    first.close()
    assert gone(host)
    second.close()


def test_a_kernel_hears_an_interrupt_though_whoever_started_the_engine_does_not(place: Path) -> None:
    blocked, handler = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT]), signal.getsignal(signal.SIGINT)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        lease = Lease(NONE).renew()
    finally:
        signal.signal(signal.SIGINT, handler)
        signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
    child = lease.students.fork("autograder.inside.probes.roles:idle", {})
    status = dict(line.split(":", 1) for line in Path(f"/proc/{child.pid}/status").read_text().splitlines())
    lease.students.end(child)
    lease.close()
    bit = 1 << (signal.SIGINT - 1)
    assert not bit & (int(status["SigBlk"], 16) | int(status["SigIgn"], 16))


def test_where_a_template_has_a_second_thread_each_submission_gets_a_fresh_process_and_it_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "starts_a_thread.py").write_text(
        "import threading\nthreading.Thread(target=threading.Event().wait, daemon=True).start()\n", encoding="utf-8"
    )
    monkeypatch.syspath_prepend(tmp_path)
    engine = Engine(NONE)
    for template in engine.templates:
        template.modules = ("starts_a_thread",)
    with engine:
        assert points(engine) == 90
        assert "2 threads" in engine.students.refused
        assert "2 threads" in engine.trusted.refused


def test_where_there_is_no_fork_each_submission_gets_a_fresh_process() -> None:
    with Engine(NONE, forks=False) as engine:
        assert points(engine) == 90
        assert engine.students.children == set()


def test_a_fresh_process_that_fails_is_seen() -> None:
    with Engine(NONE, forks=False) as engine:
        child = engine.students.fork("autograder.no_such_module:main", {})
        assert child.wait(SECONDS) == 1
        engine.students.end(child)
        idle = engine.students.fork("autograder.inside.probes.roles:idle", {})
        assert idle.poll() is None
        engine.students.end(idle)
        assert gone(idle.pid)


# Below, one engine for all: its place holds from its first test to the end of this file.


@pytest.fixture(scope="module")
def common_place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with pytest.MonkeyPatch.context() as patch:
        yield engines_at(tmp_path_factory.mktemp("engines"), patch)


@pytest.fixture(scope="module")
def common(common_place: Path) -> Iterator[Lease]:
    """One engine, seconds to start, for the tests that leave it there."""
    lease = Lease(SANDBOX)
    yield lease.renew()
    lease.close()


def test_a_template_that_was_killed_is_replaced_while_its_neighbours_run_on(common: Lease) -> None:
    other = Lease(SANDBOX).renew()
    child = other.students.fork("autograder.inside.probes.roles:idle", {})
    trusted = [pid for pid in descendants(host_of(common)) if b'sandboxed": false' in command(pid)]
    os.kill(min(trusted), signal.SIGKILL)
    assert gone(min(trusted))
    assert common.renew().generation == 2
    assert points(common) == 90
    assert other.usage()["cpu_seconds"] > 0  # the host has looked for engines that nobody holds
    assert child.poll() is None
    assert other.renew().generation == 2  # lets go of the old engine, and of what ran on it
    assert child.wait(SECONDS) is not None
    other.close()


def test_a_worker_that_was_killed_leaves_no_submission_behind(common: Lease, common_place: Path) -> None:
    source = (
        "import tempfile, time; from autograder.engine.lease import Lease\n"
        f"tempfile.gettempdir = lambda: {str(common_place)!r}\n"
        f"lease = Lease({SANDBOX!r}).renew()\n"
        "idle = 'autograder.inside.probes.roles:idle'\n"
        "children = [forks.fork(idle, {}) for forks in (lease.students, lease.trusted)]\n"
        "print(*(child.pid for child in children), flush=True); time.sleep(60)\n"
    )
    worker = subprocess.Popen([sys.executable, "-c", source], stdout=subprocess.PIPE, cwd=ROOT)
    assert worker.stdout is not None
    with worker.stdout:
        children = [int(pid) for pid in worker.stdout.readline().split()]
    assert len(children) == 2
    worker.kill()
    worker.wait()
    assert all(gone(pid) for pid in children)
    assert points(common) == 90


def test_usage_counts_what_has_ended(common: Lease) -> None:
    before = common.usage()
    assert before["held_bytes"] > 2**28
    child = common.trusted.fork("numpy:empty", [[4]])  # fails at once: two arguments
    child.wait(SECONDS)
    points(common)
    assert common.usage()["cpu_seconds"] > before["cpu_seconds"] + 0.3
