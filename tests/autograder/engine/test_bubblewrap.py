"""The sandbox holds, as root and as an ordinary user; and where it is weakened, the probes say so."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from autograder.base import interpreter
from autograder.base.errors import UserFacingError
from autograder.base.files import ROOT
from autograder.engine import bait, bubblewrap, child, memory
from autograder.engine.measure import NO_ISOLATION, measure
from autograder.engine.warm_process import Child, Template
from autograder.inside import syscalls
from autograder.inside.namespaces import ProcessLimits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

if not shutil.which("bwrap"):
    pytest.skip("bubblewrap is not installed", allow_module_level=True)

MB = 1 << 20
SECONDS = 20
SNIPPETS = "def run(source, channel):\n    exec(source, {'channel': channel})\n"
SMALL = ProcessLimits(data_bytes=300 * MB, memory_bytes=400 * MB, private_bytes=100 * MB, processes=40, cpu_seconds=5)
# Sends what an attempt came to: its value, or the name of its error.
ATTEMPT = """
import ctypes, os, socket
libc = ctypes.CDLL(None, use_errno=True)
def attempt():
{body}
try:
    outcome = repr(attempt())
except Exception as error:
    outcome = type(error).__name__
channel.sendall(outcome.encode())
"""

pytestmark = pytest.mark.slow  # seconds each; the whole suite runs them


@pytest.fixture(scope="module")
def snippets(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, ...]:
    path = tmp_path_factory.mktemp("snippets") / "snippets.py"
    path.write_text(SNIPPETS, encoding="utf-8")
    return ("--ro-bind", str(path), "/kit/engine/snippets.py")


@pytest.fixture(scope="module")
def template(snippets: tuple[str, ...]) -> Iterator[Template]:
    with Template([], extra=snippets) as running:
        yield running


@pytest.fixture
def fork(template: Template) -> Iterator[Callable[..., Child]]:
    begun: list[Child] = []

    def start(source: str, limits: ProcessLimits = SMALL) -> Child:
        begun.append(template.fork("snippets:run", source, limits=limits))
        begun[-1].channel.settimeout(SECONDS)
        return begun[-1]

    yield start
    for each in begun:
        template.end(each)


def outcome(fork: Callable[..., Child], body: str) -> str:
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    return fork(ATTEMPT.format(body=lines)).channel.recv(1 << 16).decode()


# --- the probes -------------------------------------------------------------------------------------------------------


def test_every_probe_passes(template: Template) -> None:
    level = measure(template)
    level.require()
    assert all(level.checks.values())
    assert len(level.checks) >= 29
    assert re.fullmatch(r"bubblewrap [\d.]+, (\d+)/\1 probes, memory by (control group|watching)", str(level))


def failing(**weaker: Any) -> set[str]:
    with Template([], **weaker) as template:
        level = measure(template)
    with pytest.raises(UserFacingError, match="does not hold"):
        level.require()
    return {name for name, passed in level.checks.items() if not passed}


@pytest.mark.slow
def test_without_a_sandbox_the_probes_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bait, "SCAN_SECONDS", 1)
    found = failing(sandboxed=False)
    assert found >= {
        "canary", "limit of files", "limit of memory", "limit of memory in all", "limit of open_files",
        "limit of processes", "limit of processor",
        "capabilities", "keyrings", "locks", "memories", "neighbours", "paths", "proc", "separate", "signals",
        "survivors", "tcp", "udp", "unix_sockets", "writing",
    }  # fmt: skip


@pytest.mark.parametrize("folder", ["solutions", "tests", "autograder/references"])
def test_a_folder_of_the_checkout_that_shows_is_found(folder: str) -> None:
    assert failing(extra=("--ro-bind", str(ROOT / folder), "/kit/other")) >= {"checkout"}


def test_a_copy_of_a_secret_file_is_found_by_its_canary(tmp_path: Path) -> None:
    hidden, shown = tmp_path / "hidden", tmp_path / "shown"
    hidden.mkdir()
    shown.symlink_to(hidden)
    with Template([], extra=("--ro-bind", str(shown), "/kit/other")) as template:
        level = measure(template, hidden=(hidden,))
    assert not level.checks["canary"]
    assert not level.checks["names"]
    assert list(hidden.iterdir()) == []


def test_a_gradebook_that_shows_is_found(tmp_path: Path) -> None:
    (tmp_path / "gradebook.db").touch()
    tmp_path.chmod(0o755)
    assert failing(extra=("--ro-bind", str(tmp_path), "/kit/other")) == {"names"}


def test_a_folder_that_two_submissions_can_write_is_found(tmp_path: Path) -> None:
    tmp_path.chmod(0o777)
    assert failing(extra=("--bind", str(tmp_path), "/kit/other")) == {"places"}


def test_a_device_that_shows_is_found() -> None:
    assert failing(extra=("--dev-bind", "/dev", "/dev", "--tmpfs", "/dev/shm")) >= {"devices"}  # noqa: S108


def test_a_network_that_submissions_share_is_found() -> None:
    assert failing(leave_out=["net"]) == {"separate", "neighbours"}  # the abstract socket


@pytest.mark.parametrize("kind", ["ipc", "uts", "cgroup"])
def test_a_namespace_that_submissions_share_is_found(kind: str) -> None:
    assert failing(leave_out=[kind]) == {"separate"}


def test_without_the_filter_of_calls_what_it_alone_holds_is_found() -> None:
    found = failing(leave_out=["calls"])
    assert found >= {"capabilities", "keyrings", "locks", "limit of memory"}
    assert not found & {"exit_by_namespace", "mounting", "neighbours", "proc", "tracing"}  # something else holds these


def test_no_isolation_is_called_by_its_name() -> None:
    assert str(NO_ISOLATION) == "none"
    assert NO_ISOLATION.failed == ""


# --- what holds, one by one -------------------------------------------------------------------------------------------


def test_no_mount_is_uncovered_in_a_further_user_namespace_where_one_may_be_made(
    snippets: tuple[str, ...],
) -> None:
    body = """
from autograder.inside import syscalls
syscalls.unshare(syscalls.NEW_NAMESPACES["user"] | syscalls.NEW_NAMESPACES["mount"])
denied = []
for place in ("/tmp", "/sockets", "/dev/shm", "/home/student", "/proc"):
    try:
        syscalls.call("umount2", place.encode(), 2)
    except OSError:
        denied.append(place)
return len(denied)
"""
    with Template([], extra=snippets, leave_out=["calls", "further"]) as template:
        assert outcome(lambda source: template.fork("snippets:run", source, limits=SMALL), body.strip()) == "5"


def test_the_only_process_in_sight_is_the_submission(fork: Callable[..., Child]) -> None:
    body = "return os.getpid(), os.getppid(), [n for n in os.listdir('/proc') if n.isdigit()], os.getuid()"
    assert outcome(fork, body) == "(1, 0, ['1'], 1000)"


def test_its_folders_are_empty_and_its_own(fork: Callable[..., Child]) -> None:
    body = "return os.getcwd(), [os.listdir(place) for place in ('.', '/tmp', '/dev/shm', '/sockets')]"
    assert outcome(fork, body) == "('/home/student', [[], [], [], []])"


def test_the_environment_holds_nothing_of_the_graders(
    fork: Callable[..., Child], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = outcome(fork, "return dict(os.environ)")
    assert os.environ["PATH"] not in seen
    assert str(ROOT) not in seen


def test_an_installed_autograder_and_a_checkout_among_the_packages_stay_hidden(
    snippets: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packages = tmp_path / "site-packages"
    for name in ("autograder/references", "course", "library"):
        (packages / name).mkdir(parents=True)
    monkeypatch.syspath_prepend(packages)
    monkeypatch.setattr(bubblewrap, "ROOT", packages / "course")
    (packages / "course" / "secret.txt").touch()
    (packages / "library" / "module.py").touch()
    interpreter.own.cache_clear()
    try:
        with Template([], extra=snippets) as template:
            body = "return [os.listdir(f'/kit/site-packages-0/{name}') for name in ('autograder', 'course', 'library')]"
            seen = outcome(lambda source: template.fork("snippets:run", source, limits=SMALL), body)
    finally:
        interpreter.own.cache_clear()
    assert seen == "[[], [], ['module.py']]"


def test_labkit_and_its_data_are_there(fork: Callable[..., Child]) -> None:
    assert outcome(fork, "from labkit import data; return len(data.forgetting()) > 10") == "True"


def test_what_it_starts_runs_without_the_checkout(fork: Callable[..., Child]) -> None:
    command = f"echo $HOME; ls {ROOT} || echo hidden"
    body = f"import subprocess; return subprocess.run(['/bin/sh', '-c', {command!r}], capture_output=True).stdout"
    assert outcome(fork, body) == repr(b"/home/student\nhidden\n")


def test_a_link_in_the_socket_folder_does_not_lead_the_grader_out(fork: Callable[..., Child]) -> None:
    kernel = fork("import os; os.symlink('/etc/passwd', '/sockets/k-1'); channel.sendall(b'x'); channel.recv(1)")
    kernel.channel.recv(1)
    assert kernel.sockets is not None
    link = kernel.sockets / "k-1"
    assert link.is_symlink()
    with pytest.raises(OSError, match="symbolic links"):
        link.read_bytes()


def test_a_socket_that_it_makes_is_reached_from_outside(fork: Callable[..., Child]) -> None:
    kernel = fork(
        "import socket\nend = socket.socket(socket.AF_UNIX)\nend.bind('/sockets/k-1')\nend.listen()\n"
        "channel.sendall(b'x')\nend.accept()[0].sendall(b'hello')\n"
    )
    kernel.channel.recv(1)
    with socket.socket(socket.AF_UNIX) as caller:
        caller.settimeout(SECONDS)
        caller.connect(str(kernel.sockets / "k-1"))
        assert caller.recv(9) == b"hello"


# --- limits -----------------------------------------------------------------------------------------------------------

HOGS = {
    "many processes": """
import os, time
for _ in range(8):
    if os.fork() == 0:
        held = bytearray(b"\\1") * (150 << 20)
        time.sleep(20)
        os._exit(0)
time.sleep(20)
""",
    "shared memory": """
import mmap, time
held = mmap.mmap(-1, 800 << 20)
for place in range(0, 800 << 20, 4096): held[place] = 1
time.sleep(20)
""",
}


@pytest.mark.parametrize("held_by", ["control group", "watching"])
@pytest.mark.parametrize("hog", HOGS)
def test_a_submission_that_takes_too_much_memory_in_all_is_ended(
    hog: str, held_by: str, fork: Callable[..., Child], monkeypatch: pytest.MonkeyPatch
) -> None:
    if held_by == "watching":
        monkeypatch.setattr(child.Group, "around", lambda *_: None)
    hungry = fork(HOGS[hog])
    assert hungry.wait(SECONDS) is not None
    assert hungry.killed_for == "memory"


def test_one_process_that_asks_for_too_much_gets_a_memory_error_and_lives(fork: Callable[..., Child]) -> None:
    body = """
held = []
try:
    for _ in range(99):
        held.append(bytearray(10 << 20))
except MemoryError:
    return len(held)
"""
    assert 15 <= int(outcome(fork, body)) <= 31


def test_files_in_memory_end_at_their_limit(fork: Callable[..., Child]) -> None:
    body = """
written = 0
try:
    for place in ("/tmp/a", "/dev/shm/b", "c"):
        with open(place, "wb", buffering=0) as file:
            for _ in range(60):
                written += file.write(bytes(1 << 20))
except OSError as error:
    return error.strerror, 95 <= written >> 20 <= 101
"""
    assert outcome(fork, body) == "('No space left on device', True)"


def test_each_submission_has_its_own_count_of_processes(fork: Callable[..., Child]) -> None:
    source = """
import os, time
started = 0
try:
    while started < 99:
        if os.fork() == 0:
            time.sleep(20)
            os._exit(0)
        started += 1
except BlockingIOError:
    channel.sendall(str(started).encode())
    channel.recv(1)
"""
    bombs = [fork(source) for _ in range(3)]
    assert [bomb.channel.recv(9) for bomb in bombs] == [b"39"] * 3  # with itself, 40


CROWD = """
import os, time
for _ in range({count}):
    if os.fork() == 0:
        time.sleep(20)
        os._exit(0)
channel.sendall(b"x")
time.sleep(20)
"""


@pytest.mark.parametrize(("count", "policy"), [(30, os.SCHED_IDLE), (5, os.SCHED_OTHER)])
def test_a_crowd_of_processes_runs_only_where_nobody_else_wants_to(
    count: int, policy: int, fork: Callable[..., Child]
) -> None:
    crowd = fork(CROWD.format(count=count))
    crowd.channel.recv(1)
    memory.calm(memory.descendants(crowd.pid))  # the watch does it, too, a moment later
    members = memory.descendants(crowd.pid)
    assert len(members) == count + 1
    assert {os.sched_getscheduler(member) for member in members} == {policy}


def test_the_processors_time_ends(fork: Callable[..., Child]) -> None:
    busy = fork("while True: pass", ProcessLimits(cpu_seconds=1))
    assert busy.wait(SECONDS) is not None


# --- who starts it ----------------------------------------------------------------------------------------------------

READABLE = "import os, sys, autograder.engine.warm_process; sys.exit(not os.access(sys._base_executable, os.X_OK))"
ORDINARY = """
import json, sys
from autograder.engine.measure import measure
from autograder.engine.warm_process import Template
from autograder.model.lab import UserFacingError
try:
    with Template([]) as template:
        level = measure(template)
        print(json.dumps([str(level), level.failed]))
except UserFacingError as error:
    print(json.dumps(["error", str(error)]))
"""


def as_ordinary_user(source: str, *before: str) -> list[str]:
    """Run Python as a user without rights, with an interpreter that this user may read."""
    if os.geteuid() != 0 or not shutil.which("setpriv"):
        pytest.skip("only root can turn into another user")
    become = ["setpriv", "--reuid=54321", "--regid=54321", "--clear-groups"]
    packages = [path for path in sys.path if path.endswith("site-packages")]
    path = ":".join([str(ROOT), str(ROOT / "labs"), *packages])
    settings = {"PATH": "/usr/bin:/bin:/usr/sbin", "PYTHONPATH": path, "HOME": "/", "PYTHONDONTWRITEBYTECODE": "1"}
    for python in (sys.executable, f"/usr/bin/python3.{sys.version_info.minor}"):
        run = [*become, *before, python, "-c"]
        try:
            ready = subprocess.run(
                [*become, python, "-c", READABLE],
                env=settings,
                cwd="/",
                check=False,
                stderr=subprocess.DEVNULL,
            )
        except OSError:
            continue
        if ready.returncode == 0:
            done = subprocess.run(
                [*run, source], env=settings, cwd="/", stdout=subprocess.PIPE, text=True, timeout=90, check=True
            )
            return list(json.loads(done.stdout))
    return pytest.skip("no Python here that an ordinary user may read and that has the packages")


@pytest.mark.slow
def test_it_holds_for_an_ordinary_user() -> None:
    level, failed = as_ordinary_user(ORDINARY)
    assert failed == ""
    assert level.startswith("bubblewrap")


def test_it_works_from_a_thread_that_ends(snippets: tuple[str, ...]) -> None:
    template = Template([], extra=snippets)
    starter = threading.Thread(target=template.start)
    starter.start()
    starter.join()
    try:
        assert outcome(lambda source: template.fork("snippets:run", source), "return 1") == "1"
    finally:
        template.close()


# --- where it cannot be had -------------------------------------------------------------------------------------------


@pytest.fixture
def looked_up_anew() -> Iterator[None]:
    bubblewrap.program.cache_clear()
    yield
    bubblewrap.program.cache_clear()


def test_without_bubblewrap_one_sentence_says_how_to_get_it(
    looked_up_anew: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UserFacingError, match=r"needs bubblewrap.*apt install bubblewrap"):
        Template([]).start()


@pytest.mark.parametrize(("system", "way_out"), [("darwin", "Linux container"), ("win32", "WSL 2")])
def test_on_other_systems_it_says_where_to_grade(
    looked_up_anew: None, monkeypatch: pytest.MonkeyPatch, system: str, way_out: str
) -> None:
    monkeypatch.setattr(sys, "platform", system)
    with pytest.raises(UserFacingError, match=way_out):
        Template([]).start()


@pytest.mark.slow
def test_where_user_namespaces_are_forbidden_it_names_the_setting() -> None:
    forbid = 'echo 0 > /proc/sys/user/max_user_namespaces && exec "$@"'
    before = ("unshare", "--user", "--map-current-user", "--keep-caps", "sh", "-c", forbid, "sh")
    kind, said = as_ordinary_user(ORDINARY, *before)
    assert kind == "error"
    assert "sudo sysctl user.max_user_namespaces=" in said


@pytest.mark.skipif(os.geteuid() != 0, reason="only root drops to another user")
def test_packages_that_only_root_may_read_are_said_to_be_in_the_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "site-packages").mkdir(mode=0o700)
    monkeypatch.syspath_prepend(tmp_path / "site-packages")
    interpreter.own.cache_clear()
    try:
        with pytest.raises(UserFacingError, match=r"site-packages is readable for root alone.*chmod -R a\+rX"):
            Template([]).start()
    finally:
        interpreter.own.cache_clear()


def test_what_else_bubblewrap_says_is_passed_on() -> None:
    with pytest.raises(UserFacingError, match=r"could not be entered: bwrap: .*no/such/file"):
        Template([], extra=("--ro-bind", "/no/such/file", "/x")).start()


def test_the_numbers_of_the_calls_are_those_of_the_kernels_headers() -> None:
    headers = [Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"), Path("/usr/include/asm-generic/unistd.h")]
    if not all(header.exists() for header in headers):
        pytest.skip("the kernel's headers are not installed")
    for column, header in enumerate(headers):
        text = header.read_text(encoding="utf-8")
        numbers = {name: int(number) for name, number in re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)", text)}
        for name, columns in (syscalls.PRIVILEGED | syscalls.ABSENT).items():
            assert numbers.get(name, columns[column]) == columns[column], name
