"""Asks a warm process for children over its control socket; any process that holds that socket may ask."""

from __future__ import annotations

import json
import socket
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from autograder.base.errors import UserFacingError
from autograder.engine import bubblewrap
from autograder.engine.child import LONGEST_REPLY, Child, readable
from autograder.engine.child import START_SECONDS as FORK_SECONDS
from autograder.engine.memory import Watch
from autograder.inside.namespaces import ProcessLimits

if TYPE_CHECKING:
    from collections.abc import Callable

DEFAULT_LIMITS = ProcessLimits()
GONE = "The grader's warm process has ended; grade again."


class GoneError(UserFacingError):
    """The warm process has ended: with another one the same may well succeed."""


class ForkRefusedError(Exception):
    """The warm process cannot fork safely: the caller may start a fresh process instead."""


class Forks:
    """The children of one warm process that were asked for here.

    sandboxed: whether they run students' code, each in a sandbox of its own; then their memory is watched
    held:      bytes of memory of the warm process when it forked last
    instead:   where to go when the warm process may not fork
    """

    def __init__(self, control: socket.socket | None, *, sandboxed: bool) -> None:
        self.sandboxed = sandboxed
        self.children: set[Child] = set()
        self.held = 0
        self.instead: Callable[[], Forks] | None = None
        self.refused = ""
        self._control = control
        self._watch = Watch(self.children.copy) if control and sandboxed else None

    def fork(self, entry: str, arguments: Any, *, seed: str = "", limits: ProcessLimits = DEFAULT_LIMITS) -> Child:
        """Fork a child that calls `entry` ("module:function") with the arguments and its end of the channel.

        Returns when the child has entered its sandbox, some tens of milliseconds later; from any thread.
        seed: a label for its random numbers
        Raises GoneError when the warm process has ended, ForkRefusedError when it has a second thread and there is
        nothing to use instead.
        """
        try:
            return self._fork(entry, arguments, seed, limits)
        except ForkRefusedError as error:
            if not self.instead:
                raise
            self.refused = str(error)
            return self.instead().fork(entry, arguments, seed=seed, limits=limits)

    def _fork(self, entry: str, arguments: Any, seed: str, limits: ProcessLimits) -> Child:
        if self._control is None:
            raise GoneError(GONE)
        request = {"entry": entry, "seed": seed, "limits": asdict(limits)}
        channel, their_channel = socket.socketpair()
        status, their_status = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with their_channel, their_status:
            try:
                message = json.dumps(request).encode()
                socket.send_fds(self._control, [message], [their_channel.fileno(), their_status.fileno()])
                their_channel.close()
                their_status.close()
                pidfd, self.held, user = _first_word(status)
            except BaseException as error:
                channel.close()
                status.close()
                if isinstance(error, OSError):
                    raise GoneError(GONE) from None
                raise
        child = Child(status, channel, pidfd, limits.memory_bytes, user)
        self.children.add(child)
        try:
            child.enter()
            child.send(arguments)
        except BaseException:
            self.end(child)
            raise
        return child

    def end(self, child: Child) -> None:
        """End a child and forget it."""
        child.close()
        self.children.discard(child)

    def close(self) -> None:
        """End every child that was asked for here, and let go of the warm process."""
        if self._watch:
            self._watch.close()
            self._watch = None
        for child in list(self.children):
            self.end(child)
        if self._control:
            self._control.close()
            self._control = None


def _first_word(status: socket.socket) -> tuple[int, int, int]:
    """Wait until the warm process has forked; return a descriptor of the child, the bytes that process holds, a user.

    The user is 0 but at level `uid`: the child's own number.
    """
    if not readable(status, FORK_SECONDS):
        raise UserFacingError(f"The grader's warm process did not answer within {FORK_SECONDS} seconds.")
    text, descriptors, _, _ = socket.recv_fds(status, LONGEST_REPLY, 1)
    if not text:
        raise GoneError(GONE)
    said = json.loads(text)
    if "refused" in said:
        raise ForkRefusedError(said["refused"])
    if "failed" in said:
        raise UserFacingError(bubblewrap.explain(said["failed"]))
    return descriptors[0], said["held"], said["user"]
