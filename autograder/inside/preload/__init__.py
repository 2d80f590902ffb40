"""Imported last by the students' warm process: imports before the fork what a kernel imports.

Runs inside the sandbox. No kernel here has a debugger: nobody steps through a submission, and debugpy would be a tenth
of a second of every start.
"""

from __future__ import annotations

import importlib
from contextlib import suppress

import ipykernel.debugger
import ipykernel.kernelapp

from autograder.inside import kernel

__all__ = ["kernel"]
# Found by comparing sys.modules before and after a kernel's start; a version that lacks one is only slower.
LATER = (
    "IPython.core.completerlib", "IPython.core.debugger", "IPython.core.oinspect", "IPython.extensions.storemagic",
    "tornado.locks", "tornado.platform.asyncio", "tornado.queues",
)  # fmt: skip

for _name in LATER:
    with suppress(ImportError):
        importlib.import_module(_name)
ipykernel.debugger._is_debugpy_available = False  # noqa: SLF001  (there is no setting for it)
