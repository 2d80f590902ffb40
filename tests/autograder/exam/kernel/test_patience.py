"""A cell has its own time: what a busy machine takes from it does not count, up to a guard."""

from __future__ import annotations

import asyncio
import os
import time
from types import SimpleNamespace
from typing import Any

import pytest

from autograder.exam.kernel import clock, patience
from autograder.exam.kernel.patience import Patience


class Clock:
    """Time that passes as the test says; a child that has had some of it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = self.cpu = self.waited = 0.0
        monkeypatch.setattr(patience, "time", SimpleNamespace(monotonic=lambda: self.now))
        monkeypatch.setattr(patience.clock, "read", lambda _: clock.Reading(self.cpu, {1: self.waited, 2: 0.0}))

    def pass_(self, seconds: float, *, cpu: float = 0.0, waited: float = 0.0) -> None:
        self.now += seconds
        self.cpu += cpu
        self.waited += waited


def begun(seconds: float) -> Patience:
    async def make() -> Patience:
        child: Any = SimpleNamespace(pid=os.getpid(), pidfd=1)
        made = Patience(child, seconds, begun=patience.time.monotonic())
        made._look()
        made.close()
        return made

    return asyncio.run(make())


def test_on_an_idle_machine_the_limit_is_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    times = Clock(monkeypatch)
    for cpu in (0.0, 10.0):  # it sleeps, it computes
        waiting = begun(10)
        times.pass_(9, cpu=cpu * 0.9)
        assert waiting.left() == pytest.approx(1)
        times.pass_(1, cpu=cpu * 0.1)
        assert waiting.left() == 0
        assert not waiting.starved()


def test_what_others_take_does_not_count_up_to_the_guard(monkeypatch: pytest.MonkeyPatch) -> None:
    times = Clock(monkeypatch)
    waiting = begun(10)
    times.pass_(20, cpu=5, waited=15)
    assert waiting.left() == pytest.approx(5)
    assert waiting.used() == pytest.approx((5, 5))
    times.pass_(20, cpu=4, waited=16)
    assert waiting.left() == 0
    assert waiting.starved()


@pytest.mark.parametrize(("seconds", "guard"), [(1, 4), (30, 120), (60, 120), (300, 300)])
def test_the_guard_is_four_times_the_limit_and_two_minutes_at_the_most(seconds: float, guard: float) -> None:
    assert begun(seconds).guard == guard


def test_the_clocks_of_a_real_process_go_on() -> None:
    before = clock.read(os.getpid())
    end = time.process_time() + 0.1
    while time.process_time() < end:
        pass
    cpu, waited = clock.read(os.getpid()).since(before)
    assert cpu >= 0.05
    assert waited >= 0
    assert clock.read(2**30).cpu == 0
