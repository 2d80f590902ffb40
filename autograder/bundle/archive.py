"""Writes the zip for Gradescope: what grades one lab, and nothing else of the course."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import zipfile
from dataclasses import asdict
from typing import TYPE_CHECKING

from autograder.base.errors import UserFacingError
from autograder.base.files import PACKAGE, ROOT, replaced
from autograder.bundle.grading import KEY, SETTINGS, Settings
from autograder.bundle.results import pending
from autograder.engine import bubblewrap
from autograder.model.lab import Lab, find

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

# Of autograder/, what grades one submission; commands, gradebook and pages stay at home.
PARTS = ("base", "model", "alignment", "engine", "exam", "inside")
SINGLE = (
    "__init__.py", "course/__init__.py", "course/handed_in.py", "bundle/__init__.py", "bundle/__main__.py",
    "bundle/grading.py", "bundle/limits.py", "bundle/results.py",
)  # fmt: skip
ORACLES = ("__init__.py", "again.py", "losses.py", "preload.py", "reference.py", "ways.py")
# What grading imports; what these need in turn, the lock itself says.
ROOTS = frozenset(
    {"deep-sequence-labkit", "ipykernel", "jupyter-client", "nbclient", "nbformat", "numpy", "python-dateutil", "pyzmq"}
    | {"rapidfuzz", "scipy", "traitlets"}
)
LEFT_OUT = frozenset({"jupyterlab"})  # for students who have no Jupyter of their own
SCRIPTS = PACKAGE / "bundle" / "scripts"
SETUP, RUN, FIRST, LOCK = "setup.sh", "run_autograder", "first.json", "requirements.lock"
# Names that can't be in it, whatever happens.
FORBIDDEN = re.compile(
    r"(^|/)(gradebook\.db\S*|roster\.csv|secret\.key|\.git)(/|$)|^(course|courses|submitted|autograded|feedback|tests)/"
)
WHEN = (2020, 1, 1, 0, 0, 0)  # of every file in it: the same contents are the same bytes


def subkey(secret: bytes, lab: str) -> bytes:
    """Make a key for one lab's hidden cases on Gradescope; nobody finds the course's key from it."""
    return hmac.new(secret, f"gradescope {lab}".encode(), hashlib.sha256).digest()


def write(out: Path, settings: Settings, secret: bytes, root: Path = ROOT) -> list[str]:
    """Write the zip; return the names in it. Raises UserFacingError when there is no such lab, or it is not built."""
    lab = find(settings.lab, root)
    members = contents(lab, settings, secret)
    if said := problems(members, lab, secret):
        raise UserFacingError(f"The zip was not written: {'; '.join(said)}.")
    with replaced(out) as path, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in sorted(members.items()):
            info = zipfile.ZipInfo(name, WHEN)
            info.external_attr = (0o100755 if name in {SETUP, RUN} else 0o100644) << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, data)
    return sorted(members)


def contents(lab: Lab, settings: Settings, secret: bytes) -> dict[str, bytes]:
    """Collect what is in it: name -> bytes."""
    members = {
        SETUP: (SCRIPTS / SETUP).read_bytes(),
        RUN: (SCRIPTS / RUN).read_bytes(),
        FIRST: json.dumps(pending(), ensure_ascii=False, indent=1).encode(),
        LOCK: cut_down((ROOT / LOCK).read_text(encoding="utf-8")).encode(),
        SETTINGS: json.dumps(asdict(settings), indent=1).encode(),
        KEY: subkey(secret, lab.name),
        f"labs/{lab.name}/{lab.name}.ipynb": _built(lab.release_path),
        f"solutions/{lab.name}/{lab.name}.ipynb": _built(lab.solution_path),
    }
    for path in _package(lab.name):
        members[f"autograder/{path.relative_to(PACKAGE)}"] = path.read_bytes()
    labkit = bubblewrap.labkit()
    for path in _files(labkit):
        members[f"labs/labkit/{path.relative_to(labkit)}"] = path.read_bytes()
    data = labkit.parent.parent / "data"
    for folder in data.glob("*/"):
        members |= {f"data/{path.relative_to(data)}": path.read_bytes() for path in _files(folder)}
    return members


def problems(members: Mapping[str, bytes], lab: Lab, secret: bytes) -> list[str]:
    """Say what is in it that may not leave the course: by name, and the course's key by its bytes."""
    found = [f"{name} is in it" for name in members if FORBIDDEN.search(name)]
    others = [path.name for path in (lab.root / "solutions").glob("*/") if path.name != lab.name]
    for other in others:
        parts = (f"solutions/{other}/", f"autograder/references/{other}/")
        found += [f"{name} is of another lab" for name in members if name.startswith(parts)]
    traces = (secret, secret.hex().encode())
    found += [f"{name} holds the course's key" for name, data in members.items() if any(one in data for one in traces)]
    return found


def cut_down(lock: str, roots: frozenset[str] = ROOTS) -> str:
    """Keep of the tested set what grading needs: a lock says of each package who asks for it."""
    head, *blocks = re.split(r"^(?=[A-Za-z0-9])", lock, flags=re.MULTILINE)
    del head
    named = [(re.split(r"[=\[ ]", block, maxsplit=1)[0].lower(), block) for block in blocks]
    wanted_by = {name: _asked_by(block) for name, block in named}
    for name, block in named:  # one that is there twice, for two versions of Python
        wanted_by[name] = wanted_by[name] | _asked_by(block)
    kept = set(roots)
    while more := {name for name, parents in wanted_by.items() if name not in kept | LEFT_OUT and parents & kept}:
        kept |= more
    return "# Made from requirements.lock: what grading needs of it.\n" + "".join(
        block for name, block in named if name in kept
    )


def _asked_by(block: str) -> set[str]:
    _, _, said = block.partition("# via")
    return {match[1].lower() for match in re.finditer(r"^\s*#?\s*([A-Za-z0-9][\w.-]*)", said, re.MULTILINE)}


def _package(lab: str) -> Iterator[Path]:
    for part in PARTS:
        yield from _files(PACKAGE / part)
    yield from (PACKAGE / name for name in SINGLE)
    yield from (PACKAGE / "references" / name for name in ORACLES)
    yield from _files(PACKAGE / "references" / lab)


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        if path.is_file() and not any(part == "__pycache__" or part.startswith(".") for part in parts):
            yield path


def _built(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise UserFacingError(f"{path} is not there. Run `make labs` to build it.") from None
