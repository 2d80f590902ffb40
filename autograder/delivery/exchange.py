"""nbgrader's exchange: the folder of a machine with many users through which students hand in and fetch their pages.

<root>/<course>/inbound/<student>+<lab>+<time>+<random letters>/    notebooks, timestamp.txt, submission_secret.txt
<root>/<course>/feedback/<hash of secret and notebook>.html         a page, for whoever knows the secret
"""

from __future__ import annotations

import os
import pwd
import stat
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_core.paths import jupyter_config_path
from nbgrader.exchange.default import ExchangeCollect
from traitlets.config import Config
from traitlets.config.loader import ConfigFileNotFound, JSONFileConfigLoader, PyFileConfigLoader

from autograder.base.errors import UserFacingError
from autograder.base.files import SECRET, TIMESTAMP
from autograder.base.times import time_of
from autograder.intake.lms_names import INBOUND

if TYPE_CHECKING:
    from collections.abc import Collection

    from autograder.course.course import Course

HANDED_IN = 0o007  # what nbgrader gives everybody on a hand-in's folder, as the last thing that it does
STILL_SECONDS = 120  # a folder that was not touched for so long is whole, whoever has put it there
LATER = timedelta(minutes=15)  # by which a hand-in may be younger than it says: copying takes a while
_FILES = (("py", PyFileConfigLoader), ("json", JSONFileConfigLoader))


@dataclass
class Waiting:
    """What waits in an exchange. folders: names of hand-ins that are to be taken in; said: (student, sentence)."""

    folders: list[str] = field(default_factory=list)
    said: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Exchange:
    """One course's part of an exchange.

    check_owner: take a hand-in only from the user whose name it has; not where all students are one user of the system
    """

    root: Path
    course_id: str
    check_owner: bool = True
    groupshared: bool = False

    @classmethod
    def of(cls, course: Course) -> Exchange:
        """Find a course's exchange as nbgrader does: in its nbgrader_config.py, else in the machine's."""
        config = _machine()
        config.merge(course.config)
        found = ExchangeCollect(config=config)
        shared = bool(course.directory.groupshared)
        return cls(Path(found.root), str(course.directory.course_id), bool(found.check_owner), shared)

    @property
    def inbound(self) -> Path:
        """Where hand-ins lie."""
        return self.root / self.course_id / "inbound"

    @property
    def feedback(self) -> Path:
        """Where pages lie."""
        return self.root / self.course_id / "feedback"

    def waiting(self, lab: str, known: Collection[str], student: str = "") -> Waiting:
        """Look what was handed in and is not known yet. student: only theirs.

        Raises UserFacingError where there is no exchange, or it may not be read.
        """
        found = Waiting()
        for name in self._names(lab):
            match = INBOUND.fullmatch(name)
            if match is None or match["lab"] != lab or name in known or student not in {"", match["student"]}:
                continue
            sentence = self._refused(self.inbound / name, match["student"])
            if sentence:
                found.said.append((match["student"], sentence))
            elif sentence is None:
                found.folders.append(name)
        return found

    def _names(self, lab: str) -> list[str]:
        try:
            return sorted(path.name for path in self.inbound.iterdir())
        except FileNotFoundError:
            raise UserFacingError(
                f"Nothing was released through an exchange: there is no folder {self.inbound}. Release the lab: "
                f"nbgrader release_assignment {lab}; or say where the exchange is: AUTOGRADER_EXCHANGE=FOLDER, or "
                "c.Exchange.root in the machine's nbgrader_config.py."
            ) from None
        except OSError as error:
            raise UserFacingError(f"{self.inbound} can't be read: {error.strerror}.") from None

    def _refused(self, folder: Path, student: str) -> str | None:
        """Say why a hand-in is not taken; "" for one that is still being written, None for one that is taken."""
        try:
            about = folder.lstat()
        except OSError:
            return ""  # withdrawn in this moment
        if not stat.S_ISDIR(about.st_mode):
            return f"{folder.name} in the exchange is no folder: it is not taken."
        owner = owner_name(about.st_uid)
        if self.check_owner and owner != student:
            return (
                f"{folder.name} in the exchange was put there by {owner}, not by {student}: it is not taken. (Where "
                "all students are one user of the system, set c.ExchangeCollect.check_owner = False.)"
            )
        if not _whole(folder, about):
            return ""
        if not os.access(folder, os.R_OK | os.X_OK):
            return f"{folder.name} in the exchange may not be read: it is not taken."
        return None

    def doubt(self, name: str) -> str:
        """Say where a hand-in is younger than the time in its name, which its student has written; else nothing."""
        match, changed = INBOUND.fullmatch(name), None
        with suppress(OSError):
            changed = datetime.fromtimestamp((self.inbound / name).lstat().st_ctime, UTC)
        said = time_of(match["when"]) if match else None
        if not said or not changed or changed - said <= LATER:
            return ""
        return (
            f"the hand-in says {said:%Y-%m-%d %H:%M} UTC, and its folder in the exchange was last changed "
            f"{changed:%Y-%m-%d %H:%M} UTC: see whether it was late."
        )

    def unreachable(self) -> str:
        """Say which folder keeps students from the exchange; nothing where they can enter, or there is none."""
        if not self.root.is_dir():
            return ""
        for place in (self.root, *self.root.resolve().parents):
            with suppress(OSError):
                if not place.stat().st_mode & stat.S_IXOTH:
                    return (
                        f"Students can't reach the exchange {self.root}: {place} may not be entered by others. Put the "
                        "exchange elsewhere (AUTOGRADER_EXCHANGE, or c.Exchange.root in the machine's "
                        "nbgrader_config.py)."
                    )
        return ""


def owner_name(uid: int) -> str:
    """Return the name of a user of this machine, else the number."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user number {uid}"


def _whole(folder: Path, about: os.stat_result) -> bool:
    """Say whether `nbgrader submit` is done with a folder, or whoever else has made it."""
    if about.st_mode & HANDED_IN == HANDED_IN and all((folder / name).exists() for name in (TIMESTAMP, SECRET)):
        return True
    return time.time() - max(about.st_mtime, about.st_ctime) > STILL_SECONDS


def _machine() -> Config:
    """Read what the machine's and the user's Jupyter folders say to nbgrader; the later in the list, the weaker."""
    found = Config()
    for folder in reversed(jupyter_config_path()):
        for suffix, loader in _FILES:
            with suppress(ConfigFileNotFound, OSError):
                found.merge(loader(f"nbgrader_config.{suffix}", path=folder).load_config())
    return found
