"""What grading runs on: a sandboxed template for students' kernels, and a trusted one for examiners."""

from __future__ import annotations

import atexit
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TYPE_CHECKING

from autograder import candidate
from autograder.measure import NO_ISOLATION, measure
from autograder.namespaces import Limits as ProcessLimits
from autograder.template import WARM, Template

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager
    from types import TracebackType
    from typing import Self

    from nbformat import NotebookNode

    from autograder.candidate import Candidate, Limits

TRUSTED = ("numpy", "tensorflow", "keras", "labkit.checks.judge", "autograder.examiner")
ISOLATIONS = SANDBOX, NONE = "bubblewrap", "none"


class Engine:
    """The two templates of one machine. Raises LabError where students' code cannot be isolated.

    level: how students' code is isolated, as it was measured when the engine started
    """

    def __init__(self, isolation: str = SANDBOX, process_limits: ProcessLimits | None = None) -> None:
        self.isolation = isolation
        self.level = NO_ISOLATION
        self.process_limits = process_limits or ProcessLimits()
        self.students = Template(WARM, sandboxed=isolation != NONE)
        self.trusted = Template(TRUSTED, sandboxed=False)

    def __enter__(self) -> Self:
        with ThreadPoolExecutor(2) as pool:  # each takes seconds to import TensorFlow
            starting = [pool.submit(template.start) for template in (self.students, self.trusted)]
        try:
            for started in starting:
                started.result()
            if self.isolation != NONE:
                self.level = measure(self.students, self.process_limits)
                self.level.require()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """End both templates and everything below them."""
        self.students.close()
        self.trusted.close()

    def kernel(self, notebook: NotebookNode, limits: Limits, seed: str) -> AbstractAsyncContextManager[Candidate]:
        """Start a kernel for a submission."""
        return candidate.start(self.students, notebook, limits, self.process_limits, seed)


@cache
def shared(isolation: str) -> Engine:
    """Return the one engine of this process, started when it is first asked for, ended with the process."""
    engine = Engine(isolation)
    engine.__enter__()
    atexit.register(engine.close)
    return engine
