"""A Python and the packages installed with it, as they lie on this machine: the grader's own, or Google Colab's set."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path

from autograder.base.errors import UserFacingError
from autograder.base.files import ROOT

VARIABLE = "AUTOGRADER_COLAB_PYTHON"  # names the interpreter of an environment with Colab's packages
FOLDERS = {"site-packages", "dist-packages"}
NAMED = (("NumPy", "numpy"), ("TensorFlow", "tensorflow"), ("Keras", "keras"))
ASK_SECONDS = 60
_ASK = """
import json, os, platform, sys
from importlib import metadata
versions = [platform.python_version()]
for name in {names}:
    try:
        versions.append(metadata.version(name))
    except metadata.PackageNotFoundError:
        versions.append("")
print(json.dumps([sys._base_executable, sys.base_prefix, os.__file__, sys.path, versions]))
"""


@dataclass(frozen=True)
class Interpreter:
    """An interpreter, and where its files are.

    program: itself, not its link in a virtual environment; base: its prefix; standard: the folder of its own modules
    libraries: the folders of installed packages; versions: of Python and of what the labs build on, in words
    """

    program: str
    base: Path
    standard: Path
    libraries: tuple[Path, ...]
    versions: str


def _made(program: str, base: str, module: str, path: list[str], versions: list[str]) -> Interpreter:
    folders = tuple(Path(one) for one in path if Path(one).name in FOLDERS and Path(one).is_dir())
    return Interpreter(program, Path(base), Path(module).parent, folders, in_words(versions))


def in_words(versions: list[str]) -> str:
    """Name the versions of Python and of the packages of `NAMED`; those that are not there are left out."""
    names = ("Python", *(name for name, _ in NAMED))
    return ", ".join(f"{name} {version}" for name, version in zip(names, versions, strict=True) if version)


@cache
def own() -> Interpreter:
    """Return the interpreter that runs this."""
    versions = [platform.python_version()]
    for _, distribution in NAMED:
        found = ""
        with suppress(metadata.PackageNotFoundError):
            found = metadata.version(distribution)
        versions.append(found)
    program = str(getattr(sys, "_base_executable", sys.executable))
    return _made(program, sys.base_prefix, os.__file__, sys.path, versions)


def colab_program() -> Path:
    """Say where the interpreter with Colab's packages would be (`make colab` puts it there)."""
    return Path(os.environ.get(VARIABLE) or ROOT / ".venv-colab" / "bin" / "python")


def colab_is_there() -> bool:
    """Say whether Google Colab's set of packages is installed on this machine."""
    return sys.platform == "linux" and os.access(colab_program(), os.X_OK)


@cache
def colab() -> Interpreter:
    """Return the interpreter with Colab's packages. Raises UserFacingError when there is none that works."""
    program = colab_program()
    if not colab_is_there():
        raise UserFacingError(
            f"Google Colab's packages are not installed here ({program} is missing): `make colab` installs them; it "
            "needs Python 3.13."
        )
    asked = [str(program), "-I", "-c", _ASK.replace("{names}", repr([name for _, name in NAMED]))]
    try:
        done = subprocess.run(asked, capture_output=True, text=True, check=True, timeout=ASK_SECONDS)
        return _made(*json.loads(done.stdout))
    except (OSError, ValueError, TypeError, subprocess.SubprocessError) as error:
        raise UserFacingError(f"{program} does not work ({type(error).__name__}): run `make colab` again.") from None
