"""What students' code finds where it is another user and nothing more, and when that is permitted.

The files that a sandbox would mount are copied into a folder of the grader's own, which others may read: so everything
else of the checkout, and of an installed `autograder`, can be closed to them.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.base.errors import UserFacingError
from autograder.base.files import PACKAGE
from autograder.engine import bubblewrap

if TYPE_CHECKING:
    from autograder.base.interpreter import Interpreter

WAY_LEFT = (
    "Where that can't be changed, `--isolation uid` is left: it gives students' code another user number, and says with"
    " every score what that does not hold."
)
LEAVE = shutil.ignore_patterns("*.pyo", ".*")


def require() -> None:
    """Raise UserFacingError where this level can't be had."""
    if sys.platform != "linux":
        raise UserFacingError("`--isolation uid` needs Linux.")
    if os.geteuid() != 0:
        raise UserFacingError(
            "`--isolation uid` needs root: nobody else can give students' code a user number of its own."
            " As an ordinary user grade in the sandbox (without --isolation)."
        )


def command(config: dict[str, Any], python: Interpreter, folder: Path) -> list[str]:
    """Lay out what is to be imported; return the command that starts a warm process with it."""
    _lay(folder)
    config |= {"path": _path(python, folder), "readable": [str(python.standard), *map(str, python.libraries)]}
    server = folder / "engine" / "autograder" / "inside" / "forkserver.py"
    return [python.program, "-I", "-S", "-B", str(server), json.dumps(config)]


def environment(python: Interpreter, folder: Path) -> dict[str, str]:
    """Say what it finds in its environment: nothing of the grader's."""
    return bubblewrap.environment() | {
        "PATH": "/usr/bin:/bin",
        "HOME": str(folder / "home"),
        "MPLCONFIGDIR": str(folder / "home"),
        "PYTHONPATH": ":".join(_path(python, folder)),
    }


def explain(said: str) -> str:
    """Say why a child could not become another user."""
    return f"Level uid is not to be had here: {said}. Students' code must be able to read Python and its packages."


def _path(python: Interpreter, folder: Path) -> list[str]:
    return [str(folder / "engine"), str(folder / "labs"), *map(str, python.libraries)]


def _lay(folder: Path) -> None:
    package = folder / "engine" / "autograder"
    for path in bubblewrap.shown():
        target = package / path.relative_to(PACKAGE)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, target)  # with its time, by which Python knows what is compiled already
        for compiled in path.parent.glob(f"__pycache__/{path.stem}.*.pyc"):
            (target.parent / "__pycache__").mkdir(exist_ok=True)
            shutil.copy2(compiled, target.parent / "__pycache__" / compiled.name)
    (package / "__init__.py").touch()
    shutil.copytree(bubblewrap.labkit(), folder / "labs" / "labkit", ignore=LEAVE)
    for data in bubblewrap.labkit().parent.parent.glob("data/*/"):
        shutil.copytree(data, folder / "data" / data.name, ignore=LEAVE)
    (folder / "home").mkdir()
    for place, folders, files in os.walk(folder):
        del folders
        Path(place).chmod(0o755)
        for name in files:
            Path(place, name).chmod(0o644)
