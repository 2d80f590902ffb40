"""Says whose work may run where it is weakly isolated."""

from __future__ import annotations

import os

from autograder.base.errors import UserFacingError
from autograder.model.graded import NONE, UID

AS_ROOT = (
    "Without isolation students' code would run as root, which may do everything on this machine. `--isolation uid`"
    " gives it another user number, and says with every score what that does not hold; `--yes-as-root` runs it as root."
)


def require_not_root(isolation: str) -> None:
    """Raise UserFacingError where students' code would run as root."""
    if isolation == NONE and hasattr(os, "geteuid") and os.geteuid() == 0:
        raise UserFacingError(AS_ROOT)


def require_here(isolation: str, scheduler: str) -> None:
    """Raise UserFacingError where level `uid` is asked for on other machines."""
    if isolation == UID and scheduler:
        raise UserFacingError(
            "`--isolation uid` grades one submission at a time, on this machine: leave out --scheduler."
        )
