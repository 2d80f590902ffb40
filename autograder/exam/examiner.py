"""Runs check cells as their author wrote them, in a process of its own; the student's names are stand-ins in it.

`serve` is what a forked child of the trusted template does: one for each submission, so that no check leaves anything
behind. It never sees the student's process: requests and replies are frames on its channel, which somebody carries.
"""

from __future__ import annotations

import contextlib
import enum
import gc
import io
import json
import os
import resource
import struct
import traceback
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.exam import frameworks
from autograder.exam.remote import CandidateError, Remote, StudentError
from autograder.inside.namespaces import held_data

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Sequence
    from types import CodeType

    from labkit.checks.calls import Outcome
    from labkit.checks.cases import Case
    from labkit.checks.compare import Problem

HEAD = struct.Struct("!BQ")
LONGEST_FRAME = 128 << 20
LONGEST_TEXT = 4000
MEMORY = 256 << 20  # bytes beyond what the template holds; an honest submission's examiner needs a tenth of it


class Frame(enum.IntEnum):
    """What a frame on the channel holds."""

    CHECK = 1  # to the examiner: {"source": ...} as JSON
    REQUEST = 2  # to the candidate: bytes of autograder.inside.wire
    REPLY = 3  # from the candidate
    SILENCE = 4  # no reply will come
    FINDING = 5  # from the examiner: a Finding as JSON
    WORDS = 6  # to the examiner: as CHECK, in a process apart; whatever comes of it, nothing of it stays


# What a student's work can lead to; any other error is ours.
THEIRS = frozenset({"", "CheckFailed", "NotAttempted", "NameError", "StudentError", "CandidateError"})


@dataclass(frozen=True)
class Finding:
    """What a check came to.

    error:   "" passed; "CheckFailed", "NotAttempted", "NameError", "StudentError"; anything else is our own fault
    message: for the student, or (our own fault) the traceback for the log; key: names the hint
    shown:   each case with its inputs, what was expected and what came, where the instructor asked to see it
    """

    error: str = ""
    message: str = ""
    key: str = ""
    shown: str = ""


class SilentError(CandidateError):
    """The student's process gives no reply any more; whoever carries the frames knows why."""


def serve(arguments: dict[str, Any], channel: socket.socket) -> None:
    """Run checks until the channel closes.

    arguments: both: sources of the cells that run before every check; names: what the student's exercises define;
    environment: variables to set, the seed of this grading among them; watch: show every case
    """
    gc.disable()  # it lives for a second or two
    frameworks.leave_out()
    _bound()
    os.environ |= arguments["environment"]
    examiner = Examiner(arguments["both"], arguments["names"], lambda request: _ask(channel, request))
    shown: list[str] = []
    if arguments["watch"]:
        _watch(shown)
    while frame := _receive(channel):
        kind, data = frame
        if kind is Frame.CHECK:
            finding = replace(examiner.check(json.loads(data)["source"]), shown="".join(shown))
            shown.clear()
        elif kind is Frame.WORDS:
            finding = _apart(examiner, json.loads(data)["source"])
        else:
            continue
        _send(channel, Frame.FINDING, json.dumps(finding.__dict__).encode())


def _apart(examiner: Examiner, source: str) -> Finding:
    """Run a check in a fork of this process, which waits meanwhile; what ends there without a word has found nothing.

    So the checks to come find this examiner as the verdict has left it.
    """
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            with os.fdopen(writer, "wb") as end:
                end.write(json.dumps(examiner.check(source).__dict__).encode())
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as end:
        said = end.read()
    os.waitpid(pid, 0)
    return Finding(**json.loads(said)) if said else Finding()


def _bound() -> None:
    """Hold this process to its memory, for good: what a reply becomes when it is read must not take the machine's."""
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    with contextlib.suppress(OSError, ValueError):  # where there is no /proc, there is no sandbox either
        most = held_data() + MEMORY
        resource.setrlimit(resource.RLIMIT_DATA, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def _watch(shown: list[str]) -> None:
    """Write down each case that a check tries."""
    from labkit.checks import judge  # noqa: PLC0415  (the template has imported it)

    def note(case: Case, outcome: Outcome, found: Sequence[Problem]) -> None:
        lines = [f"\n--- {case.label or 'a case'}: {'wrong' if found else 'right'}"]
        lines += [f"{name} = {_text(value)}" for name, value in case.arguments.items()]
        lines += [f"expected: {_text(case.expected)}"]
        lines += [f"actual:   {': '.join(outcome.error) if outcome.error else _text(outcome.value)}"]
        lines += [f"          {problem.part} {problem.seen} {problem.place} {problem.numbers}" for problem in found]
        shown.append("\n".join(lines) + "\n")

    judge.watcher.set(note)


def _text(value: Any) -> str:
    """Write a value down within bounds."""
    with np.printoptions(precision=6, threshold=200, linewidth=110):
        return repr(value)[:LONGEST_TEXT]


@dataclass
class Examiner:
    """Runs checks against whatever answers `send`.

    both: sources of cells that run before every check (imports, fixtures); names: what the student's exercises define
    """

    both: Sequence[str]
    names: Sequence[str]
    send: Callable[[bytes], bytes]
    sound: frozenset[str] = frozenset()  # exercises whose own check has passed, with nothing replaced
    _compiled: list[CodeType] = field(default_factory=list)

    def check(self, source: str) -> Finding:
        """Run one check in a fresh namespace; stand-ins take the place of earlier exercises that have not passed."""
        from labkit.checks import stand_ins  # noqa: PLC0415  (the template has imported it)

        if not self._compiled:
            self._compiled = [compile(cell, "<both>", "exec") for cell in self.both]
        remote = Remote(self.send)
        try:
            with (
                contextlib.redirect_stdout(io.StringIO()),
                contextlib.redirect_stderr(io.StringIO()),
                stand_ins.examining(self.sound) as record,
            ):
                namespace = self._namespace(remote)
                exec(compile(source, "<check>", "exec"), namespace)  # noqa: S102  (what an examiner is for)
        except BaseException as error:  # noqa: BLE001  (whatever it is, it is the finding)
            return _finding(error, self.names)
        self.sound |= record.proven
        return Finding()

    def _namespace(self, remote: Remote) -> dict[str, Any]:
        """Make what a check finds: the given cells' names, and a stand-in for each exercise.

        Whether the student has such a function is seen when it is called: to ask before would be a message more.
        """
        namespace: dict[str, Any] = {"__name__": "__main__"}
        for code in self._compiled:
            exec(code, namespace)  # noqa: S102
        return namespace | {name: remote.name(name) for name in self.names}


def _finding(error: BaseException, names: Sequence[str]) -> Finding:
    from labkit.checks.exercise import CheckFailed, NotAttempted  # noqa: PLC0415  (the template has imported it)

    if isinstance(error, MemoryError):
        return Finding("CandidateError", "What came back takes more memory than a check may use.")
    if isinstance(error, CandidateError):
        return Finding("CandidateError", str(error)[:LONGEST_TEXT])
    if isinstance(error, CheckFailed):
        kind = "NotAttempted" if isinstance(error, NotAttempted) else "CheckFailed"
        return Finding(kind, str(error)[:LONGEST_TEXT], error.key)
    if isinstance(error, StudentError):
        return Finding("StudentError", f"{type(error).__name__}: {error}"[:LONGEST_TEXT])
    if isinstance(error, NameError) and error.name in names:
        return Finding("NameError", str(error))
    return Finding(type(error).__name__, "".join(traceback.format_exception(error))[-LONGEST_TEXT:])


def _ask(channel: socket.socket, request: bytes) -> bytes:
    _send(channel, Frame.REQUEST, request)
    frame = _receive(channel)
    if frame is None or frame[0] is not Frame.REPLY:
        raise SilentError("The student's process gave no reply.")
    return frame[1]


def _send(channel: socket.socket, kind: Frame, data: bytes) -> None:
    channel.sendall(HEAD.pack(kind, len(data)) + data)


def _receive(channel: socket.socket) -> tuple[Frame, bytes] | None:
    head = _read(channel, HEAD.size)
    if len(head) < HEAD.size:
        return None
    kind, length = HEAD.unpack(head)
    return Frame(kind), _read(channel, min(length, LONGEST_FRAME))


def _read(channel: socket.socket, length: int) -> bytes:
    parts = bytearray()
    while len(parts) < length and (part := channel.recv(min(length - len(parts), 1 << 20))):
        parts += part
    return bytes(parts)
