"""TensorFlow and Keras, as an examiner has them: they can be imported and not used.

Every oracle is NumPy. So examiners are forked from a process that has no TensorFlow: half of the grader's start, and
half a gigabyte. The notebook's given cells import both; what a check wants to ask of them belongs into a probe, which
runs on the student's side.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import NoReturn

NAMES = ("tensorflow", "keras")


class Absent(ModuleType):
    """Stands for a framework: bound by an import, and refuses everything."""

    def __getattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"An examiner has no {self.__name__}: {self.__name__}.{name} belongs into a probe.")


def leave_out() -> None:
    """Let this process, and what it imports, find no framework."""
    for name in NAMES:
        sys.modules.setdefault(name, Absent(name))
