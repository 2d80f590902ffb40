"""A warm process forks children that work at once, apart from each other, and leave nothing behind."""

from __future__ import annotations

import asyncio
import os
import re
import select
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from autograder.base.errors import UserFacingError
from autograder.base.files import ROOT
from autograder.engine.warm_process import WARM, Child, ForkRefusedError, Template

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

# What the children do: Python, sent as their argument.
SNIPPETS = "def run(source, channel):\n    exec(source, {'channel': channel})\n"
SECONDS = 20


@pytest.fixture(scope="module")
def snippets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("snippets")
    (folder / "snippets.py").write_text(SNIPPETS, encoding="utf-8")
    return folder


@pytest.fixture(scope="module", params=["sandboxed", "plain"])
def template(request: pytest.FixtureRequest, snippets: Path) -> Iterator[Template]:
    extra = ("--ro-bind", str(snippets / "snippets.py"), "/kit/engine/snippets.py")
    sys.path.append(str(snippets))
    with Template([], sandboxed=request.param == "sandboxed", extra=extra) as running:
        yield running
    sys.path.remove(str(snippets))


@pytest.fixture
def fork(template: Template) -> Iterator[Callable[..., Child]]:
    begun: list[Child] = []

    def start(source: str, **options: Any) -> Child:
        begun.append(template.fork("snippets:run", source, **options))
        begun[-1].channel.settimeout(SECONDS)
        return begun[-1]

    yield start
    for child in begun:
        template.end(child)


def said(child: Child) -> str:
    """All that a child sends until it, and everything it has started, is gone."""
    parts = []
    while part := child.channel.recv(1 << 16):
        parts.append(part)
    return b"".join(parts).decode()


def test_a_child_gets_its_arguments_and_answers(fork: Callable[..., Child]) -> None:
    child = fork("channel.sendall(b'hello')")
    assert said(child) == "hello"
    assert child.wait(SECONDS) == 0


def test_large_arguments_arrive(fork: Callable[..., Child]) -> None:
    source = f"text = {'x' * 3_000_000!r}\nchannel.sendall(str(len(text)).encode())"
    assert said(fork(source)) == "3000000"


def test_several_children_live_at_once_each_with_its_own_channel(fork: Callable[..., Child]) -> None:
    children = [fork("channel.sendall(channel.recv(9))") for _ in range(5)]
    assert [child.poll() for child in children] == [None] * 5
    for number, child in reversed(list(enumerate(children))):
        child.channel.sendall(str(number).encode())
    assert [said(child) for child in children] == ["0", "1", "2", "3", "4"]


@pytest.mark.parametrize(
    ("source", "status"),
    [
        ("", 0),
        ("1 / 0", 1),
        ("raise SystemExit(3)", 3),
        ("import os; os._exit(4)", 4),
        ("import ctypes; ctypes.string_at(0)", -signal.SIGSEGV),
    ],
)
def test_the_exit_status_comes_back(fork: Callable[..., Child], source: str, status: int) -> None:
    assert fork(source).wait(SECONDS) == status


def test_a_child_that_is_killed_is_gone(fork: Callable[..., Child]) -> None:
    child = fork("import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)")
    child.kill()
    assert child.wait(SECONDS) == -signal.SIGKILL
    child.kill()  # again does no harm


def test_what_a_trusted_child_says_can_be_read(template: Template, fork: Callable[..., Child]) -> None:
    fork("print('a word'); 1 / 0").wait(SECONDS)
    assert ("ZeroDivisionError" in template.words()) is not template.sandboxed


def test_two_tasks_can_wait_for_the_same_child(fork: Callable[..., Child]) -> None:
    async def both(child: Child) -> list[int]:
        waiting = [asyncio.create_task(child.finished()) for _ in range(2)]
        await asyncio.sleep(0)
        child.channel.sendall(b"go")
        return await asyncio.wait_for(asyncio.gather(*waiting), SECONDS)

    assert asyncio.run(both(fork("channel.recv(2); raise SystemExit(5)"))) == [5, 5]


def test_a_child_holds_no_descriptor_but_its_channel(fork: Callable[..., Child]) -> None:
    other = fork("channel.recv(1)")
    source = (
        "import os\n"
        "held = [n for n in range(64) if os.path.exists(f'/proc/self/fd/{n}')]\n"
        "links = [os.readlink(f'/proc/self/fd/{n}') for n in held]\n"
        "channel.sendall(repr(links[3:]).encode())\n"
    )
    links = said(fork(source))
    assert re.fullmatch(r"\['socket:\[\d+\]'\]", links)
    assert other.poll() is None


def test_random_numbers_follow_the_label(fork: Callable[..., Child]) -> None:
    source = "import random; channel.sendall(str(random.random()).encode())"
    first, again, another = (said(fork(source, seed=label)) for label in ("ada", "ada", "bob"))
    assert first == again
    assert first != another


def test_a_template_with_a_second_thread_refuses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "starts_a_thread.py").write_text(
        "import threading\nthreading.Thread(target=threading.Event().wait, daemon=True).start()\n", encoding="utf-8"
    )
    monkeypatch.syspath_prepend(tmp_path)
    with Template(["starts_a_thread"], sandboxed=False) as template, pytest.raises(ForkRefusedError, match="2 threads"):
        template.fork("builtins:print", {})


@pytest.mark.parametrize("sandboxed", [True, False])
def test_a_library_that_cannot_be_imported_is_named(sandboxed: bool) -> None:
    with pytest.raises(UserFacingError, match="No module named 'no_such_library'"):
        Template(["no_such_library"], sandboxed=sandboxed).start()


@pytest.mark.parametrize("sandboxed", [True, False])
def test_nothing_outlives_the_template(sandboxed: bool) -> None:
    template = Template([], sandboxed=sandboxed)
    template.start()
    child = template.fork("autograder.inside.probes.roles:idle", {})
    pids = [os.pidfd_open(template.pid), os.pidfd_open(child.pid)]
    template.close()
    assert all(gone(pid) for pid in pids)


@pytest.mark.parametrize("sandboxed", [True, False])
def test_everything_dies_with_the_grader_however_it_ends(sandboxed: bool) -> None:
    source = (
        "from autograder.engine.warm_process import Template; import time\n"
        f"template = Template([], sandboxed={sandboxed}); template.start()\n"
        "child = template.fork('autograder.inside.probes.roles:idle', {})\n"
        "print(template.pid, child.pid, flush=True); time.sleep(60)\n"
    )
    grader = subprocess.Popen([sys.executable, "-c", source], stdout=subprocess.PIPE, cwd=ROOT)
    assert grader.stdout is not None
    with grader.stdout:
        pids = [os.pidfd_open(int(pid)) for pid in grader.stdout.readline().split()]
    grader.kill()
    grader.wait()
    assert len(pids) == 2
    assert all(gone(pid) for pid in pids)


def gone(pidfd: int) -> bool:
    """Whether a process ends within some seconds."""
    poll = select.poll()
    poll.register(pidfd, select.POLLIN)
    ended = bool(poll.poll(5000))
    os.close(pidfd)
    return ended


def test_a_template_that_has_ended_says_so() -> None:
    template = Template([], sandboxed=False)
    template.start()
    process = os.pidfd_open(template.pid)
    signal.pidfd_send_signal(process, signal.SIGKILL)
    assert gone(process)
    with pytest.raises(UserFacingError, match="ended"):
        template.fork("builtins:print", {})
    template.close()


@pytest.mark.slow
def test_tensorflow_is_paid_for_once(snippets: Path) -> None:
    extra = ("--ro-bind", str(snippets / "snippets.py"), "/kit/engine/snippets.py")
    source = (
        "import sys; assert {'tensorflow', 'keras'} <= set(sys.modules)\n"
        "import tensorflow as tf, keras, numpy as np\n"
        "print(np.random.rand())\n"
        "layer = keras.layers.LSTM(4, seed=1)\n"
        "channel.sendall(str(layer(tf.ones((2, 3, 5))).shape).encode())\n"
    )
    with Template(WARM, extra=extra) as template:
        for label in ("ada", "bob"):
            child = template.fork("snippets:run", source, seed=label)
            child.channel.settimeout(60)
            assert said(child) == "(2, 4)"
            assert child.wait(SECONDS) == 0
            template.end(child)
