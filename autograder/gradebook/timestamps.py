"""When a hand-in came, and the secret by which its page finds its way back: both are kept beside its result."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from dateutil.tz import gettz

from autograder.base.files import BY_UMASK, SECRET, TIMESTAMP, is_shared, replaced, small_text
from autograder.base.times import time_of

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

    from nbgrader.coursedir import CourseDirectory
    from traitlets.config import Config


def zone(config: Config) -> tzinfo | None:
    """Return the time zone in which students of a course hand in: `c.Exchange.timezone`, which is theirs, too."""
    named = config.Exchange.get("timezone")
    found: tzinfo | None = gettz(named) if isinstance(named, str) and named else None
    return found


def read(folder: Path, here: tzinfo | None) -> tuple[datetime | None, str]:
    """Read when a hand-in came, in UTC without a zone as nbgrader keeps it; and a text that is there and is no time."""
    path = folder / TIMESTAMP
    if not path.is_symlink() and not path.is_file():
        return None, ""
    text = small_text(path)
    when = time_of(text, here)
    return (when.replace(tzinfo=None), "") if when else (None, text.strip()[:40] or "nothing that can be read")


def keep_timestamp(course: CourseDirectory, student: str, lab: str, *, timed: bool = True) -> None:
    """Put the time of a hand-in, and its secret, beside its result. By the time nbgrader knows a newer one.

    timed: there is a time that can be read; nbgrader stops at one that can't
    """
    submitted, autograded = (
        Path(course.format_path(step, student, lab))
        for step in (course.submitted_directory, course.autograded_directory)
    )
    for name, wanted in ((TIMESTAMP, timed), (SECRET, True)):
        text = small_text(submitted / name) if wanted else ""
        if text:
            with replaced(autograded / name, mode=None if is_shared(autograded) else BY_UMASK) as new:
                new.write_text(text, encoding="utf-8", newline="")
        else:
            (autograded / name).unlink(missing_ok=True)
