"""Where this project lies, and files that are written for their owner, or replaced whole or not at all."""

from __future__ import annotations

import grp
import os
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.base.errors import UserFacingError

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = Path(__file__).resolve().parents[1]
GROUP_VARIABLE = "AUTOGRADER_GROUP"  # names the group of instructors that a new course is to be for
COURSE_VARIABLE = "AUTOGRADER_COURSE"  # names the course, where there are several (see nbgrader_config.py)
ROOT = PACKAGE.parent
LONGEST_WAY = 60  # characters of the way to a folder for sockets: the rest is for names
PRIVATE, BY_UMASK, PUBLIC = 0o600, 0o666, 0o644
FOR_GROUP = 0o060  # what a group has more of a private file, in a folder that it shares
SHARED = 0o2020  # a folder that its group writes to, and whose files are the group's: set-group-ID and g+w
REFUSED = "REFUSED.txt"  # in a hand-in, in place of a notebook: why there is none
TIMESTAMP = "timestamp.txt"  # beside a hand-in: when it came, as nbgrader reads it
SECRET = "submission_secret.txt"  # noqa: S105  (beside a hand-in: by it nbgrader 0.9 finds the page of who handed in)
SMALL = 1000  # bytes of such a file


def is_shared(folder: Path) -> bool:
    """Say whether what is made in a folder is for its group, too: where its owner has said `chmod 2770`."""
    try:
        return folder.stat().st_mode & SHARED == SHARED
    except OSError:
        return False


def private(name: str, flags: int) -> int:
    """Open a new file for its owner only, in a shared folder for its group, too: an `opener` for open()."""
    try:
        descriptor = os.open(name, flags | os.O_EXCL, PRIVATE) if flags & os.O_CREAT else os.open(name, flags)
    except FileExistsError:
        if flags & os.O_EXCL:
            raise
        return os.open(name, flags & ~os.O_CREAT)
    if flags & os.O_CREAT and is_shared(Path(name).parent):
        os.fchmod(descriptor, PRIVATE | FOR_GROUP)  # whatever the umask
    return descriptor


def private_folder(path: Path) -> None:
    """Make a folder, and those above it that are missing, for its owner only, in a shared folder for its group, too."""
    if path.is_dir():
        return
    if not path.parent.is_dir():
        private_folder(path.parent)
    path.mkdir(mode=0o700, exist_ok=True)
    if is_shared(path.parent):
        path.chmod(0o2770)


def make_course(folder: Path) -> None:
    """Make a course's folder where it is not there: its owner's, or of the group that AUTOGRADER_GROUP names, too.

    One that is there is not changed. Raises UserFacingError where there is no such group, or it is not the owner's.
    """
    if folder.exists():
        return
    name = os.environ.get(GROUP_VARIABLE, "")
    folder.parent.mkdir(parents=True, exist_ok=True)
    try:
        group = grp.getgrnam(name).gr_gid if name else -1
        folder.mkdir(mode=0o700)
        if name:
            os.chown(folder, -1, group)
            folder.chmod(0o2770)
    except KeyError:
        raise UserFacingError(f"There is no group {name!r} on this machine ({GROUP_VARIABLE}).") from None
    except PermissionError as error:
        with suppress(OSError):
            folder.rmdir()
        raise UserFacingError(f"{folder} can't be made for the group {name!r}: {error.strerror}.") from None


def refuse_open(folder: Path) -> None:
    """Raise UserFacingError where others than a course's owner and its group may enter its folder."""
    if not folder.stat().st_mode & 0o007:
        return
    with suppress(OSError):
        probe = Path(tempfile.mkdtemp(dir=folder))  # mode 0700; a Windows drive in WSL keeps no modes
        kept = not probe.stat().st_mode & 0o007
        probe.rmdir()
        if not kept:
            return
    raise UserFacingError(
        f"{folder} holds hand-ins and grades, and everybody on this machine may enter it: chmod o-rwx {folder}"
    )


def small_text(path: Path) -> str:
    """Read a small file that anybody may have written; empty where it is a link, too long, no text, or not there."""
    try:
        if path.is_symlink() or not path.is_file() or path.stat().st_size > SMALL:
            return ""
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""


@contextmanager
def replaced(path: Path, *, mode: int | None = None, several: bool = False) -> Iterator[Path]:
    """Give an empty file to write to; when all went well it takes the place of `path`, else that stays as it was.

    mode: who may read it; without one its owner only, in a shared folder the group, too
    several: others may replace the same file at the same moment
    What a killed process left behind is overwritten by the next one.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.new" if several else f".{path.name}.new")
    flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY
    try:
        temporary.unlink(missing_ok=True)
        os.close(private(str(temporary), flags) if mode is None else os.open(temporary, flags, mode))
        yield temporary
        temporary.replace(path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise


def socket_folder(prefix: str) -> Path:
    """Make a folder for sockets, its owner's: the path of a socket holds 107 characters, and TMPDIR may be long."""
    short = "/tmp" if len(tempfile.gettempdir()) > LONGEST_WAY else None  # noqa: S108
    return Path(tempfile.mkdtemp(prefix=prefix, dir=short))


def course_place() -> str:
    """Say where the course that was opened lies, below the checkout: "course", or "courses/NAME"."""
    name = os.environ.get(COURSE_VARIABLE, "")
    return f"courses/{name}" if name else "course"


def all_but(*endings: str) -> list[str]:
    """Write an allow-list in the form that nbgrader has: patterns that match every name with none of these endings."""
    before: dict[str, set[str]] = {}
    for ending in endings:
        for place, letter in enumerate(ending):
            before.setdefault(ending[place + 1 :], set()).add(letter)
    patterns = [f"*[!{''.join(sorted(letters))}]{rest}" for rest, letters in before.items()]
    return patterns + sorted(before.keys() - {""} - {*endings})  # a name that is shorter than an ending


def plain_text(data: bytes) -> str:
    """Read a small text as nbgrader does; nothing where it is none."""
    try:
        return data.decode("utf-8").replace("\r\n", "\n").replace("\r", "\n") if len(data) <= SMALL else ""
    except UnicodeDecodeError:
        return ""
