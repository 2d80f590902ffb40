"""The last resort: where the grader's own process grows while it grades, what it grades is ended."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from autograder.engine import memory

if TYPE_CHECKING:
    import pytest

MB = 1 << 20


@dataclass(eq=False)
class Quiet:
    """A child that does nothing."""

    pid: int = field(default_factory=os.getpid)
    memory_limit: int = 1 << 60
    user: int = 0
    ended_for: str = ""

    def private_bytes(self) -> int:
        return 0

    def ran_out(self) -> bool:
        return False

    def kill_for(self, reason: str) -> None:
        self.ended_for = reason


def ended(grown: int) -> str:
    child = Quiet()
    watch = memory.Watch(lambda: [child])
    try:
        time.sleep(3 * memory.SECONDS)
        kept = bytearray(b"x") * grown
        time.sleep(3 * memory.SECONDS)
        del kept
    finally:
        watch.close()
    return child.ended_for


def test_what_is_graded_while_this_process_grows_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "FLOOD", 60 * MB)
    assert ended(100 * MB) == "flood"


def test_a_process_may_grow_a_little(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "FLOOD", 60 * MB)
    assert ended(20 * MB) == ""
