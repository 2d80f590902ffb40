"""What happened when a cell ran."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class CellStatus(StrEnum):
    """What happened when a cell ran."""

    OK = "ok"
    RAISED = "raised"
    TIMED_OUT = "timed_out"
    DIED = "died"
    SKIPPED = "skipped"
    NOT_RUN = "not_run"


@dataclass(frozen=True)
class CellRun:
    """What happened when one cell ran.

    error, message: the type name and text of what it raised; key: the hint's name
    """

    status: CellStatus
    error: str = ""
    message: str = ""
    key: str = ""
    seconds: float = field(default=0.0, compare=False)
