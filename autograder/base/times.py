"""Times as people and archives write them."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from autograder.base.errors import UserFacingError


def time_zone(name: str) -> ZoneInfo | None:
    """Find a time zone by its name. Raises UserFacingError when there is none such."""
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UserFacingError(
            f"There is no time zone {name!r}. One is Europe/Berlin, another America/New_York."
        ) from None


def time_of(value: Any) -> datetime | None:
    """Read a time as YAML, nbgrader or an LMS writes it; without a zone it is UTC. None for what is no time."""
    if isinstance(value, str) and value.strip():
        from nbgrader.utils import parse_utc  # noqa: PLC0415  (as the gradebook will read it)

        try:
            # nbgrader takes the number in "... +0200" for seconds.
            value = parse_utc(re.sub(r" ([+-]\d\d):?(\d\d)$", r"\1:\2", value.strip()[:100]))
        except (ValueError, OverflowError):
            return None
    if not isinstance(value, datetime):
        return None
    try:
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
