"""What grading runs on: a sandboxed template for students' kernels, and a trusted one for examiners."""

from __future__ import annotations

import atexit
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from functools import cache
from typing import TYPE_CHECKING

from autograder.base import interpreter
from autograder.base.errors import UserFacingError
from autograder.engine.measure import NO_ISOLATION, measure
from autograder.engine.spawned import Fresh
from autograder.engine.uid import kit, turns
from autograder.engine.warm_process import COLD, ONCE, WARM, Template
from autograder.inside.namespaces import ProcessLimits
from autograder.model.graded import COLAB, NONE, SANDBOX, UID, of_kind

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    from autograder.engine.fork_client import Forks

# Without TensorFlow: every oracle is NumPy (exam/frameworks.py).
TRUSTED = ("numpy", "autograder.references.preload", "autograder.exam.examiner")


class Grounds:
    """What a submission is graded on: where its kernel and its examiner are forked.

    isolation: as it was asked for; packages: NEWEST, the grader's own, or COLAB
    level: how students' code is isolated, as it was measured
    import_seconds: how long it took to import everything once: what each submission saves
    """

    students: Forks
    trusted: Forks
    isolation: str
    packages: str
    level: str
    process_limits: ProcessLimits
    import_seconds: float

    def renew(self) -> Grounds:
        """Make sure that it is there, before each submission."""
        return self

    def notes(self) -> tuple[str, ...]:
        """Say what slows it down."""
        refused = sorted({forks.refused for forks in (self.students, self.trusted)} - {""})
        return tuple(f"Slow: a fresh process for each submission, because {reason}." for reason in refused)


class Engine(Grounds):
    """The two templates of one machine. Raises UserFacingError where students' code cannot be isolated.

    kind: an isolation, and the packages that students' code finds (see `graded.engine_kind`)
    forks: False to start a fresh process for every submission, as is done where forking is not safe
    hidden: more files and folders that no submission may see, see `measure`
    once: it is for one submission: what not every notebook needs is not imported before
    """

    def __init__(
        self,
        kind: str = SANDBOX,
        process_limits: ProcessLimits | None = None,
        *,
        forks: bool | None = None,
        hidden: tuple[Path, ...] = (),
        once: bool = False,
    ) -> None:
        self.isolation, self.packages = of_kind(kind)
        self.level = str(NO_ISOLATION)
        self.hidden = hidden
        if self.isolation == UID:
            kit.require()
        self.process_limits = process_limits or ProcessLimits()
        self.import_seconds = 0.0
        sandboxed = self.isolation != NONE
        demoted = self.isolation == UID
        python = interpreter.colab() if sandboxed and self.packages == COLAB else interpreter.own()
        # Beyond Linux a fork of a process that has imported TensorFlow is not safe, or there is none.
        self.forks = (sandboxed or sys.platform == "linux") if forks is None else forks
        self.templates: tuple[Template, ...] = ()
        self.cold: list[Template] = []
        if not self.forks:
            self.students = self.trusted = Fresh()
            return
        students = Template(ONCE if once else WARM, sandboxed=sandboxed, demoted=demoted, python=python)
        trusted = Template(TRUSTED, sandboxed=False)
        self.students, self.trusted = students, trusted
        self.templates = (students, trusted)
        self.cold = [
            Template(COLD, sandboxed=template.sandboxed, demoted=template.demoted, python=template.python)
            for template in self.templates
        ]
        for template, cold in zip(self.templates, self.cold, strict=True):
            template.instead = cache(cold.started)

    def __enter__(self) -> Self:
        self.try_out()
        began = time.monotonic()
        with ThreadPoolExecutor(2) as pool:  # each takes seconds to import TensorFlow
            starting = [pool.submit(template.start) for template in self.templates]
        try:
            for started in starting:
                started.result()
            self.import_seconds = time.monotonic() - began
            if self.isolation != NONE:
                with turns.alone() if self.isolation == UID else nullcontext():
                    level = measure(self.templates[0], self.process_limits, hidden=self.hidden)
                level.require()
                self.level = str(level)
        except BaseException:
            self.close()
            raise
        return self

    def try_out(self) -> None:
        """Fork one child of the students' cold template: where it can't be shut in, that is known in a moment.

        Raises UserFacingError, which names the way that is left.
        """
        if self.isolation != SANDBOX or not self.forks:
            return
        students = self.cold[0]
        try:
            students.start()
            students.end(students.fork("autograder.inside.probes.roles:nothing", {}))
        except UserFacingError as error:
            self.close()
            if os.geteuid() == 0 and sys.platform == "linux":
                raise UserFacingError(f"{error} {kit.WAY_LEFT}") from None
            raise

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """End both templates and everything below them."""
        for forks in (self.students, self.trusted, *self.cold):
            forks.close()


def try_out(kind: str) -> None:
    """Find out in a moment whether students' code can be shut in here. Raises UserFacingError."""
    engine = Engine(kind)
    try:
        engine.try_out()
    finally:
        engine.close()


@cache
def shared(kind: str) -> Engine:
    """Return the one engine of this process and kind, started when it is first asked for, ended with the process."""
    engine = Engine(kind)
    engine.__enter__()
    atexit.register(engine.close)
    return engine
