"""Reads clones of students' GitHub repositories: whose each is by its folder's name, and when by its last commit.

Nothing of a clone is run. dulwich reads its objects; git itself would follow what the clone's own configuration says.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from itertools import takewhile
from typing import TYPE_CHECKING

from dulwich.errors import NotGitRepository
from dulwich.objects import Commit
from dulwich.repo import Repo

from autograder.base.errors import UserFacingError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def commit_times(folder: Path) -> dict[str, datetime | None]:
    """Return when the last commit of each clone in a folder was made, in UTC; None where that can't be read.

    It is the committer's time, which the student's own computer has written. What is no clone stays out.
    """
    found = {}
    for place in sorted(folder.iterdir()):
        if (place / ".git").is_dir() and not place.is_symlink():
            found[place.name] = _commit_time(place)
    return found


def _commit_time(clone: Path) -> datetime | None:
    try:
        with Repo(str(clone)) as repository:
            commit = repository[repository.head()]
            return datetime.fromtimestamp(commit.commit_time, UTC) if isinstance(commit, Commit) else None
    except (NotGitRepository, KeyError, ValueError, OSError, OverflowError, AssertionError):
        return None  # without a commit, or damaged


def assignment(names: Sequence[str], lab: str) -> str:
    """Return what repositories are called before the login: `lab1-rnn-` of `lab1-rnn-jdoe`, `lab1-rnn-octo-cat`.

    Where the lab's own name is in all of them it ends there, since a login may hold hyphens; else where they part.
    """
    first, last = min(names, default=""), max(names, default="")
    common = "".join(one for one, _ in takewhile(lambda pair: pair[0] == pair[1], zip(first, last, strict=False)))
    dashed = lab.replace("_", "-")
    for word in (lab, dashed, dashed.partition("-")[0]):
        if own := re.match(rf"(?:.*?[-_])?{re.escape(word)}[-_]", common, re.IGNORECASE):
            return own[0]
    return common[: max(common.rfind("-"), common.rfind("_")) + 1] if len(names) > 1 else ""


def clones(source: Path) -> dict[str, datetime | None]:
    """Tell when each clone in a folder was committed to last. Raises UserFacingError where there is none."""
    found = commit_times(source) if source.is_dir() else {}
    if not found:
        raise UserFacingError(
            f"{source} is no folder of clones: --from github reads one in which each student's repository is a folder."
        )
    return found
