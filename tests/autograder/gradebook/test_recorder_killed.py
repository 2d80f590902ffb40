"""Recording that is killed at every step leaves all or nothing, and another run mends it."""

from __future__ import annotations

import os
import shutil
import signal
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import recording
import simulated
from recording import Course, master_rows
from sqlalchemy import Engine, event

from autograder.model.verdict import State

if TYPE_CHECKING:
    from collections.abc import Callable

    from autograder.gradebook.recorder import Recorder

course, recorder, postgres = recording.course, recording.recorder, recording.postgres  # fixtures


class Bomb:
    """Kills this process at its n-th step: a statement, a commit, something done to a file."""

    def __init__(self, at: int) -> None:
        self.left = at

    def tick(self, *_: Any) -> None:
        self.left -= 1
        if self.left < 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def plant(self) -> None:
        for name in ("before_cursor_execute", "after_cursor_execute", "commit"):
            event.listen(Engine, name, self.tick)
        for owner, name in ((Path, "write_text"), (Path, "replace"), (shutil, "copyfile"), (os, "chmod")):
            setattr(owner, name, self.around(getattr(owner, name)))

    def around(self, done: Callable[..., Any]) -> Callable[..., Any]:
        def step(*arguments: Any, **settings: Any) -> Any:
            self.tick()
            result = done(*arguments, **settings)
            self.tick()
            return result

        return step


def killed(at: int, work: Callable[[Bomb], None]) -> bool:
    """Do some work in a process that is killed at a step; say whether it was, or had come to its end before."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # Python 3.12: a fork of a process with threads
        child = os.fork()
    if child == 0:
        try:
            work(Bomb(at))
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


# Each day every third step, beginning at another one for who is known; in the thorough tests every step.
THIRDS = [pytest.param(3, id="each third step"), pytest.param(1, id="each step", marks=pytest.mark.thorough)]


@pytest.mark.slow
@pytest.mark.parametrize("stride", THIRDS)
@pytest.mark.parametrize("known", [False, True], ids=["new", "resubmission"])
def test_who_is_killed_while_recording_leaves_all_or_nothing(
    course: Course, recorder: Recorder, known: bool, stride: int
) -> None:
    old, new = simulated.graded("old", states=(State.FAILED,)), simulated.graded("new", states=(State.PASSED,))
    recorder.save("whole", new)
    whole, text_of_new = plain(course, "whole"), course.page("whole").read_text()
    died, at = True, int(known)
    while died:
        student = f"student-{at}"
        course.hand_in(student, "2026-02-02 15:58:23 UTC")
        if known:
            recorder.save(student, old)
        before = course.rows(student), course.page(student).read_text() if known else ""

        def work(bomb: Bomb, student: str = student) -> None:
            with course.recorder() as another:
                bomb.plant()
                another.save(student, new)

        died = killed(at, work)
        rows, page = course.rows(student), course.page(student)
        shown = page.read_text() if page.exists() else ""
        assert rows == before[0] or plain(course, student) == whole, f"step {at}: half a result is recorded"
        assert shown in {before[1], text_of_new}, f"step {at}: half a notebook"
        assert rows == before[0] or shown == text_of_new, f"step {at}: recorded before the notebook was there"
        for _ in range(2):
            recorder.save(student, new)
        assert plain(course, student) == whole, f"step {at}: another run does not mend it"
        assert page.read_text() == text_of_new
        assert sorted(path.name for path in page.parent.iterdir()) == [page.name, "timestamp.txt"]
        at += stride
    assert at > 20


def plain(course: Course, student: str) -> recording.Rows:
    """Return the rows of a student without the name and the time of hand-in."""
    rows = course.rows(student)
    return {
        name: [tuple(value for value in row[1:] if value != student) for row in found]
        for name, found in rows.items()
        if name != "submitted"
    }


@pytest.mark.slow
@pytest.mark.parametrize("stride", THIRDS)
def test_who_is_killed_while_making_a_gradebook_leaves_none_or_a_whole_one(
    request: pytest.FixtureRequest, course: Course, tmp_path: Path, stride: int
) -> None:
    with course.recorder():
        pass
    whole = master_rows(course)
    died, at = True, 0
    while died:
        folder = tmp_path / str(at)
        folder.mkdir()
        server = None if course.url.startswith("sqlite") else request.getfixturevalue("postgres")
        fresh = Course(folder, server.database() if server else f"sqlite:///{folder}/gradebook.db")

        def work(bomb: Bomb, fresh: Course = fresh) -> None:
            bomb.plant()
            with fresh.recorder():
                pass

        died = killed(at, work)
        with fresh.recorder():
            assert master_rows(fresh) == whole, f"step {at}"
        at += stride * (3 if server is None else 24)  # a database on a server takes longer to make
    assert at > 60
