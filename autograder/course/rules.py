"""What a course grades by: the limits and the isolation that nbgrader_config.py sets, and the course's secret key."""

from __future__ import annotations

import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path

from traitlets import Enum, Integer
from traitlets.config import Configurable

from autograder.base.files import FOR_GROUP, PRIVATE, is_shared
from autograder.model.graded import ISOLATIONS, NEWEST, PACKAGES, SANDBOX, Limits, Rules


class Examine(Configurable):  # type: ignore[misc]
    """The settings `c.Examine` of nbgrader_config.py."""

    cell_seconds = Integer(Limits.cell_seconds, help="How long a student's cell, or a call, may run.").tag(config=True)
    submission_seconds = Integer(Limits.submission_seconds, help="How long a whole submission may run.").tag(
        config=True
    )
    packages = Enum(
        PACKAGES, NEWEST, help="Which packages students' code finds: the grader's own, or those of Google Colab."
    ).tag(config=True)
    isolation = Enum(ISOLATIONS, SANDBOX, help="How a student's code is kept from everything else.").tag(config=True)

    def rules(self, folder: Path) -> Rules:
        """Say what a course grades by. folder: the course's, where its key lies."""
        limits = Limits(cell_seconds=self.cell_seconds, submission_seconds=self.submission_seconds)
        return Rules(course_key(folder), limits, self.isolation, self.packages)


def course_key(folder: Path) -> bytes:
    """Read the course's secret key, made once, for its instructors only. Hidden tests draw their inputs from it."""
    path = folder / "secret.key"
    if not path.exists():
        descriptor, made = tempfile.mkstemp(dir=folder)  # mode 0600
        os.write(descriptor, secrets.token_bytes(32))
        if is_shared(folder):
            os.fchmod(descriptor, PRIVATE | FOR_GROUP)
        os.close(descriptor)
        with suppress(FileExistsError):  # another grader was first
            os.link(made, path)
        Path(made).unlink()
    return path.read_bytes()
