"""The warm process: imports slow libraries once, then forks a child for every request.

Runs inside the sandbox, or plainly for trusted work: standard library only. autograder/engine/warm_process.py is its
other end.

Requests come on one socket, each with two sockets of the child's own: its channel, and its status, on which the
server says how the child began and how it ended. So nobody needs a process number of another namespace.
"""

from __future__ import annotations

import gc
import hashlib
import importlib
import json
import os
import random
import select
import signal
import socket
import struct
import sys
import traceback
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NoReturn

if __name__ == "__main__":  # started by path, isolated: say where modules are before the first import of ours
    sys.path.extend(folder for folder in json.loads(sys.argv[1])["path"] if folder not in sys.path)

from autograder.inside import namespaces, users

if TYPE_CHECKING:
    from collections.abc import Callable

LONGEST_REQUEST = 1 << 16
LENGTH = struct.Struct("!Q")
LONGEST_ARGUMENTS = 1 << 30


def main(config: dict[str, Any]) -> None:
    """Import, say how many threads there are, serve; in a child: do the child's job."""
    control = socket.socket(fileno=config["control"])
    if config["become"] is not None:
        namespaces.become(config["become"])
    if config["die_with_parent"]:
        namespaces.die_with_parent()
    namespaces.adopt_orphans()
    try:
        for name in config["modules"]:
            importlib.import_module(name)
    except BaseException as error:
        control.send(json.dumps({"failed": f"{type(error).__name__}: {error}"}).encode())
        raise
    gc.collect()
    gc.freeze()  # so that a collection in a child does not copy every page
    control.send(json.dumps({"threads": namespaces.threads()}).encode())
    server = Server(control, sandboxed=config["sandboxed"], leave_out=frozenset(config["leave_out"]))
    if config["demoted"]:
        server.users, server.readable = users.Users(server.leave_out), config["readable"]
    job = server.serve()
    if server.users and not job:
        server.users.close()
    del control, server, config  # what a child finds when it walks up the stack
    if job:
        job()


class Server:
    """Forks on request, waits for the children, and reports each one's end."""

    def __init__(self, control: socket.socket, *, sandboxed: bool, leave_out: frozenset[str]) -> None:
        self.control = control
        self.sandboxed = sandboxed
        self.leave_out = leave_out
        self.children: dict[int, tuple[int, socket.socket]] = {}  # pid: its pidfd and status socket
        # Where there are no namespaces: who a child becomes, and what it must be able to read then.
        self.users: users.Users | None = None
        self.readable: list[str] = []
        self.user_of: dict[int, int] = {}

    def serve(self) -> Callable[[], None] | None:
        """Serve until the other end closes; in a child, return what it is to do."""
        while True:
            poll = select.poll()
            poll.register(self.control, select.POLLIN)
            for pidfd, status in self.children.values():
                poll.register(pidfd, select.POLLIN)
                poll.register(status, 0)
            ready = {descriptor for descriptor, _ in poll.poll(10_000)}
            self.kill_deserted(ready)
            self.reap()
            if self.control.fileno() not in ready:
                continue
            text, descriptors, _, _ = socket.recv_fds(self.control, LONGEST_REQUEST, 2)
            if not text:
                return None
            channel, status = (socket.socket(fileno=descriptor) for descriptor in descriptors)
            try:
                if job := self.fork(json.loads(text), channel, status):
                    return job
            except users.UsedUpError:  # another warm process begins again, when nothing of this one is left
                return None
            channel.close()

    def kill_deserted(self, ready: set[int]) -> None:
        """End the children of a grader or worker that is gone: nobody else would."""
        for pidfd, status in self.children.values():
            if status.fileno() in ready:
                with suppress(ProcessLookupError):
                    signal.pidfd_send_signal(pidfd, signal.SIGKILL)

    def reap(self) -> None:
        """Collect every child that has ended, and those that ended without a parent."""
        with suppress(ChildProcessError):
            while ended := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT):
                if ended.si_pid in self.children and not self.sandboxed:
                    with suppress(ProcessLookupError):
                        os.killpg(ended.si_pid, signal.SIGKILL)  # what it started; in a namespace that is sure anyway
                _, code = os.waitpid(ended.si_pid, 0)
                if ended.si_pid in self.children:
                    pidfd, status = self.children.pop(ended.si_pid)
                    os.close(pidfd)
                    if self.users:
                        self.users.clear(self.user_of.pop(ended.si_pid))
                    _tell(status, {"exit": os.waitstatus_to_exitcode(code)})
                    status.close()

    def fork(self, request: dict[str, Any], channel: socket.socket, status: socket.socket) -> Callable[[], None] | None:
        """Fork a child; in it, return its job."""
        count = namespaces.threads()
        if count != 1:  # the child would wait for ever for a lock that another thread held
            _tell(status, {"refused": f"the template has {count} threads; only one with a single thread can fork"})
            status.close()
            return None
        child = Child(request, channel, self.leave_out)
        try:
            if self.users:
                child.user, child.lodging = self.users.take()
                child.readable = self.readable
            pid = self._fork_apart() if self.sandboxed and not self.users else os.fork()
        except OSError as error:
            _tell(status, {"failed": str(error)})
            status.close()
            return None
        if pid == 0:
            return child.run_demoted if self.users else child.run_sandboxed if self.sandboxed else child.run
        pidfd = os.pidfd_open(pid)
        self.children[pid] = (pidfd, status)
        if self.users:
            self.user_of[pid] = child.user
        with suppress(OSError):
            first = {"held": namespaces.held_memory(), "user": child.user}
            socket.send_fds(status, [json.dumps(first).encode()], [pidfd])
        return None

    def _fork_apart(self) -> int:
        """Fork through a process that enters new namespaces; its child is the first in them, and soon ours."""
        read, write = os.pipe()
        between = os.fork()
        if between == 0:
            try:
                namespaces.separate(self.leave_out)
                pid = os.fork()
            except OSError as error:
                os.write(write, f"- {error}".encode())
                os._exit(1)
            if pid == 0:
                return 0  # closes every descriptor soon
            os.write(write, str(pid).encode())
            os._exit(0)
        os.waitpid(between, 0)
        os.close(write)
        answer = os.read(read, 4096).decode()
        os.close(read)
        if not answer.isdigit():
            raise OSError(answer.removeprefix("- ") or "it ended early")
        return int(answer)


class Child:
    """What a forked child does: shut the world out, get its arguments, call its entry."""

    def __init__(self, request: dict[str, Any], channel: socket.socket, leave_out: frozenset[str]) -> None:
        self.entry: str = request["entry"]
        self.seed: str = request["seed"]
        self.limits = namespaces.ProcessLimits(**request["limits"])
        self.channel = channel
        self.leave_out = leave_out
        self.user, self.lodging, self.readable = 0, namespaces.Lodging(), list[str]()

    def run_demoted(self) -> None:
        """Become another user and run."""
        try:
            os.setsid()
            self._shut(keep=set())
            folder = users.demote(self.limits, self.user, self.lodging, self.leave_out)
            users.require_readable(self.readable)
        except (OSError, ValueError) as error:
            self.channel.sendall(json.dumps({"failed": str(error)}).encode() + b"\n")
            os._exit(1)
        socket.send_fds(self.channel, [b"{}\n"], [folder])
        os.close(folder)
        self._call()

    def run_sandboxed(self) -> None:
        """Enter the sandbox and run."""
        try:
            os.setsid()
            self._shut(keep=set())
            folder = namespaces.furnish(self.limits, self.leave_out)
            namespaces.confine(self.limits, self.leave_out)
        except (OSError, ValueError) as error:
            self.channel.sendall(json.dumps({"failed": str(error)}).encode() + b"\n")
            os._exit(1)
        socket.send_fds(self.channel, [b"{}\n"], [folder])
        os.close(folder)
        self._call()

    def run(self) -> None:
        """Run as the template's own user, seeing what it sees."""
        namespaces.die_with_parent()
        os.setsid()
        self._shut(keep={1, 2})
        self.channel.sendall(b"{}\n")
        self._call()

    def _shut(self, keep: set[int]) -> None:
        """Close every descriptor but the channel: the template's, and those of other children."""
        nothing = os.open(os.devnull, os.O_RDWR)
        for descriptor in {0, 1, 2} - keep:
            os.dup2(nothing, descriptor)
        channel = self.channel.fileno()
        os.closerange(3, channel)
        os.closerange(channel + 1, os.sysconf("SC_OPEN_MAX"))

    def _call(self) -> NoReturn:
        code = 1
        try:
            arguments = json.loads(self._arguments())
            reseed(self.seed)
            module, _, function = self.entry.partition(":")
            getattr(importlib.import_module(module), function)(arguments, self.channel)
            code = 0
        except SystemExit as leaving:
            code = leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None)
        except BaseException:  # noqa: BLE001 - a child ends here, whatever happened
            traceback.print_exc()
        finally:
            with suppress(BaseException):
                sys.stdout.flush()
                sys.stderr.flush()
            os._exit(code & 0xFF)

    def _arguments(self) -> bytes:
        length = LENGTH.unpack(read(self.channel, LENGTH.size))[0]
        if length > LONGEST_ARGUMENTS:
            raise ValueError("the arguments are too long")
        return read(self.channel, length)


def reseed(label: str) -> None:
    """Give this child random numbers of its own: every fork would go on with the same ones."""
    seed = int.from_bytes(hashlib.sha256(label.encode()).digest()[:4], "big")
    random.seed(seed)
    if numpy := sys.modules.get("numpy"):
        numpy.random.seed(seed)
    if tensorflow := sys.modules.get("tensorflow"):
        tensorflow.random.set_seed(seed)


def _tell(status: socket.socket, message: dict[str, Any]) -> None:
    with suppress(OSError):  # the other end may have lost interest
        status.send(json.dumps(message).encode())


def read(channel: socket.socket, length: int) -> bytes:
    """Read exactly so many bytes. Raises EOFError when the other end has gone."""
    parts = bytearray()
    while len(parts) < length:
        part = channel.recv(min(length - len(parts), 1 << 20))
        if not part:
            raise EOFError("the grader has gone")
        parts += part
    return bytes(parts)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
