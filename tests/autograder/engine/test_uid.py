"""Level `uid` holds what it promises in a container without namespaces; where it is weakened, the probes say so.

What runs in the container comes back as JSON: a script is started there once for each group of tests.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import container
import pytest

from autograder.engine.measure import HELD_BY_UID
from autograder.model.graded import NONE, weakness

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.slow

BEGIN = """
import json, os, socket, sys, time
from pathlib import Path
from autograder.base.errors import UserFacingError
from autograder.engine.measure import measure
from autograder.engine.warm_process import Template
from autograder.inside import users
from autograder.inside.namespaces import ProcessLimits
said = {}
def measured(**settings):
    with Template([], demoted=True, **settings) as template:
        level = measure(template)
        return dict(
            level=str(level), failed=level.failed, open=[name for name, what in level.open.items() if what]
        )
def tell():
    print("SAID" + json.dumps(said))
"""
NOT_HELD = {
    "devices", "limit of files", "names", "neighbours", "paths", "places", "proc", "separate", "unix_sockets",
    "writing",
}  # fmt: skip
WEAKENED = {
    "user": {"capabilities", "checkout", "canary", "memories", "signals"},
    "calls": {"families", "locks", "limit of memory", "tcp", "udp"},  # the container has a filter of its own, too
    "net": {"tcp", "udp"},
    "limits": {
        "limit of memory", "limit of open_files", "limit of processes", "limit of processor",
    },
    "end": {"survivors"},
}  # fmt: skip
# Each is what a student's code could do; what it returns is looked at from outside.
SNIPPETS = """
import os, socket, subprocess, sys, tempfile, time
from pathlib import Path

def facts(_, channel):
    home = Path.cwd()
    parts = {
        "user": [os.getuid(), os.geteuid(), os.getgid(), os.getgroups()],
        "environment": sorted(os.environ),
        "descriptors": [number for number in range(256) if os.path.lexists(f"/proc/self/fd/{number}")],
        "channel": channel.fileno(),
        "home": [str(home), os.listdir(home), oct(home.stat().st_mode & 0o777)],
        "temporary": tempfile.gettempdir(),
        "grader": os.access("/grader", os.X_OK),
        "others": _others(),
        "started": subprocess.run(["/bin/sh", "-c", "id -u; cat /grader/solutions/* 2>/dev/null || echo closed"],
            capture_output=True, text=True, check=False).stdout,
    }
    try:
        import autograder.references
        parts["references"] = "imported"
    except ImportError as error:
        parts["references"] = type(error).__name__
    import json
    channel.sendall(json.dumps(parts).encode())

def _others():
    found = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        for part in ("environ", "mem", "fd", "cwd"):
            try:
                (os.listdir if part in {"fd", "cwd"} else open)(f"/proc/{name}/{part}")
            except OSError:
                continue
            if int(name) != os.getpid():
                found.append(name)
    return found

def litter(_, channel):
    for place in ("/tmp", "/var/tmp", "/dev/shm", "/run/lock"):
        Path(place, "left").write_text("left")
        Path(place, "folder", "below").mkdir(parents=True)
        Path(place, "folder", "below", "left").symlink_to("/etc/passwd")
    Path("/tmp/open-to-all/left").write_text("left")
    for _ in range(3):
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                time.sleep(60)
            os._exit(0)
    channel.sendall(b"x")
    channel.recv(1)

def link(_, channel):
    os.rename(os.environ["HOME"] + "/../sockets", "/tmp/x") if False else None
    channel.sendall(b"x")

def hog(_, channel):
    # Its processes have left its tree: nothing below it holds the memory.
    for _ in range(4):
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                held = bytearray(b"1") * (60 << 20)
                time.sleep(60)
            os._exit(0)
    time.sleep(60)
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    container.skip_where_there_is_none()
    folder = tmp_path_factory.mktemp("snippets")
    (folder / "snippets.py").write_text(SNIPPETS, encoding="utf-8")
    folder.chmod(0o755)
    course = tmp_path_factory.mktemp("course")

    def start(source: str, *, closed: bool = True) -> dict[str, Any]:
        made = container.of_checkout()
        made.shown["/opt/snippets"] = folder
        made.closed = closed
        made.writable["/grader/course"] = course
        done = made.run([container.python(), "-c", f"{BEGIN}{source}\ntell()\n"])
        said = [line for line in done.stdout.splitlines() if line.startswith("SAID")]
        assert said, done.stderr
        return dict(json.loads(said[0].removeprefix("SAID")))

    return start


# --- the probes -------------------------------------------------------------------------------------------------------


def test_what_must_hold_holds_and_what_does_not_is_named(run: Any) -> None:
    found = run("said = measured(); said['left'] = os.listdir('/tmp')")
    assert found["failed"] == ""
    assert set(found["open"]) == NOT_HELD
    count = len(HELD_BY_UID)
    assert found["level"] == f"uid, {count}/{count} probes, memory by watching; not held: {', '.join(sorted(NOT_HELD))}"
    assert found["left"] == []


@pytest.fixture(scope="module")
def weaker(run: Any) -> dict[str, Any]:
    return dict(run(f"said = {{name: measured(leave_out=[name]) for name in {sorted(WEAKENED)!r}}}"))


@pytest.mark.parametrize("without", WEAKENED)
def test_a_protection_that_is_left_out_is_missed_by_its_probe(weaker: dict[str, Any], without: str) -> None:
    found = weaker[without]
    assert "Level uid does not hold here" in found["failed"]
    assert set(found["open"]) - NOT_HELD >= WEAKENED[without]
    if without in {"net", "end"}:
        assert set(found["open"]) - NOT_HELD == WEAKENED[without]


def test_a_checkout_that_others_may_read_is_found_and_it_is_said_how_to_close_it(run: Any) -> None:
    found = run("said = measured()", closed=False)
    assert set(found["open"]) - NOT_HELD == {"checkout"}
    assert "Close it: chmod -R go= /grader/" in found["failed"]


def test_a_python_that_only_root_may_read_is_named(run: Any) -> None:
    source = (
        "os.mkdir('/tmp/packages', 0o700)\n"
        "from autograder.base import interpreter\n"
        "import dataclasses\n"
        "own = interpreter.own()\n"
        "closed = dataclasses.replace(own, libraries=(*own.libraries, Path('/tmp/packages')))\n"
        "try:\n"
        "    with Template([], demoted=True, python=closed) as template:\n"
        "        measure(template)\n"
        "except UserFacingError as error:\n"
        "    said = {'error': str(error)}\n"
    )
    assert "can't read /tmp/packages" in run(source)["error"]


# --- what holds, one by one -------------------------------------------------------------------------------------------

ONE = """
def forked(entry, limits=ProcessLimits()):
    child = template.fork(f"snippets:{entry}", {}, limits=limits)
    child.channel.settimeout(20)
    return child
import autograder.engine.uid.kit as kit
path = kit._path
kit._path = lambda python, folder: [*path(python, folder), "/opt/snippets"]
os.environ["AUTOGRADER_DATABASE"] = "postgresql://somebody:secret@db/grades"
os.mkdir("/tmp/open-to-all"); os.chmod("/tmp/open-to-all", 0o1777)
with Template([], demoted=True) as template:
"""


@pytest.fixture(scope="module")
def seen(run: Any) -> dict[str, Any]:
    return dict(
        run(
            ONE
            + """
    one = forked("facts")
    said["first"] = json.loads(one.channel.recv(1 << 20))
    said["user"] = one.user
    said["arguments"] = Path(f"/proc/{template.pid}/cmdline").read_text()
    said["environ"] = Path(f"/proc/{template.pid}/environ").read_text()
    template.end(one)
    two = forked("facts")
    said["second"] = json.loads(two.channel.recv(1 << 20))["user"][0]
    template.end(two)
    messy = forked("litter")
    messy.channel.recv(1)
    said["alive"] = len(users.processes(messy.user))
    said["there"] = os.path.exists("/dev/shm/folder/below")
    user = messy.user
    template.end(messy)
    said["survivors"] = users.processes(user)
    said["left"] = [f"{place}/{name}" for place in ("/tmp", "/var/tmp", "/dev/shm", "/run/lock", "/tmp/open-to-all")
        for name in os.listdir(place) if name in {"left", "folder"} or name.startswith("student-")]
    greedy = forked("hog", ProcessLimits(memory_bytes=150 << 20))
    said["hog"] = [greedy.wait(20), greedy.killed_for, users.processes(greedy.user)]
    template.end(greedy)
    last = forked("litter")
    last.channel.recv(1)
said["closed"] = [users.processes(last.user), [name for name in os.listdir("/tmp") if name in {"left", "folder"}]]
said["folders"] = [name for name in os.listdir("/tmp") if name.startswith(("student-", "autograder-"))]
"""
        )
    )


def test_it_is_another_user_without_rights_in_an_empty_home(seen: dict[str, Any]) -> None:
    user = seen["user"]
    assert seen["first"]["user"] == [user, user, user, []]
    assert seen["first"]["home"][1:] == [[], "0o700"]
    assert seen["first"]["temporary"].startswith("/tmp/student-")  # noqa: S108
    assert seen["first"]["started"] == f"{user}\nclosed\n"


def test_no_number_is_used_twice(seen: dict[str, Any]) -> None:
    assert seen["second"] != seen["user"]


def test_it_finds_no_reference_no_secret_and_no_descriptor(seen: dict[str, Any]) -> None:
    first = seen["first"]
    assert first["references"] == "ModuleNotFoundError"
    assert not first["grader"]
    assert first["others"] == []
    assert first["descriptors"] == [0, 1, 2, first["channel"]]
    assert not [name for name in first["environment"] if name.startswith(("AUTOGRADER", "COURSE"))]
    assert "secret" not in seen["environ"] + seen["arguments"]


def test_nothing_of_it_is_left_when_it_has_ended(seen: dict[str, Any]) -> None:
    assert seen["there"]
    assert seen["alive"] >= 4
    assert seen["survivors"] == []
    assert seen["left"] == []


def test_nothing_is_left_when_the_grader_stops_in_the_middle(seen: dict[str, Any]) -> None:
    assert seen["closed"] == [[], []]
    assert seen["folders"] == []


def test_memory_is_counted_by_the_user_wherever_its_processes_have_gone(seen: dict[str, Any]) -> None:
    code, why, left = seen["hog"]
    assert code is not None
    assert why == "memory"
    assert left == []


# --- when it is permitted ---------------------------------------------------------------------------------------------


def test_where_bubblewrap_cannot_start_that_is_said_at_once_with_the_way_that_is_left(run: Any) -> None:
    source = """
from autograder.engine.engine import Engine
began = time.monotonic()
try:
    Engine("bubblewrap").__enter__()
except UserFacingError as error:
    said = {"error": str(error), "seconds": time.monotonic() - began, "tensorflow": "tensorflow" in sys.modules}
"""
    found = run(source)
    assert "`--isolation uid` is left" in found["error"]
    assert found["seconds"] < 3  # a third of one where nothing else runs
    assert not found["tensorflow"]


def test_one_submission_at_a_time_has_the_machine(run: Any) -> None:
    source = """
import asyncio
from autograder.engine.uid import turns
order = []
async def one(name):
    async with turns.one_at_a_time("uid"):
        order.append(name)
        await asyncio.sleep(0.3)
        order.append(name)
async def both():
    await asyncio.gather(one("a"), one("b"))
asyncio.run(both())
said = {"order": order, "lock": oct(Path("/run/autograder-uid.lock").stat().st_mode & 0o777)}
"""
    assert run(source) in ({"order": list(order), "lock": "0o600"} for order in ("aabb", "bbaa"))


@pytest.mark.parametrize(
    ("level", "said"),
    [
        ("bubblewrap 0.8.0, 29/29 probes, memory by watching", ""),
        ("", ""),
        (NONE, "Graded without isolation, so a score could have been forged"),
        (
            "uid, 19/19 probes, memory by watching; not held: names, proc",
            "Graded as another user in place of a sandbox; not held: names, proc",
        ),
    ],
)
def test_a_weaker_level_is_said_with_what_it_does_not_hold(level: str, said: str) -> None:
    assert weakness(level) == said
