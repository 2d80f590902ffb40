"""Makes the grids anew: results of trainings by seed, each seed a step that writes its result and is not repeated.

A grid is a function of a seed that returns rows, and the names of the code that it stands for. `make grids` goes on
where it was stopped: a step that is done lies in dist/grids until its grid is complete, while the code stays the same.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import sys
import time
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from autograder.author.claims import code_hash
from autograder.base.files import PUBLIC, ROOT, replaced
from autograder.model.lab import Lab, labs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

STEPS = ROOT / "dist" / "grids"


@dataclass(frozen=True)
class Grid:
    """A grid: where it goes, which code it stands for, and the step that is taken for each seed.

    code:  as autograder.author.claims.code_hash names it: "labs/a.py", "labs/a.py::f", "#grade-id"
    about: in a sentence, what was done
    """

    target: str
    code: tuple[str, ...]
    step: Callable[[int], list[dict[str, Any]]]
    about: str
    seeds: Sequence[int] = range(5)


def hashes(lab: Lab, grid: Grid) -> dict[str, str]:
    """Return the hash of each piece of code of a grid. Raises ValueError for one that is not there."""
    found = {name: code_hash(lab, name) for name in grid.code}
    absent = [name for name, value in found.items() if not value]
    if absent:
        raise ValueError(f"{grid.target}: there is no {absent[0]}.")
    return found


def make(lab: Lab, name: str, grid: Grid, steps: Path = STEPS, root: Path = ROOT, first: int = 0) -> None:
    """Take the steps that are not done yet, then write the grid.

    first: only so many of its seeds; what is done is then kept for the others. 0 stands for all
    """
    code = hashes(lab, grid)
    folder = steps / lab.name / name
    rows: list[dict[str, Any]] = []
    seeds = list(grid.seeds)[: first or None]
    for seed in seeds:
        done = folder / f"{seed}.json"
        kept = json.loads(done.read_text(encoding="utf-8")) if done.is_file() else {}
        if kept.get("code") != code:
            began = time.monotonic()
            kept = {"code": code, "rows": grid.step(seed)}
            _write(done, json.dumps(kept))
            _say(f"{lab.name} {name}: seed {seed}, {time.monotonic() - began:.0f} s")
        rows += kept["rows"]
    _write(root / grid.target, dumps(grid.about, code, rows))
    if len(seeds) == len(grid.seeds):
        shutil.rmtree(folder, ignore_errors=True)


def dumps(about: str, code: Mapping[str, str], rows: Iterable[Mapping[str, Any]]) -> str:
    """Return a grid as text: one run a line."""
    import keras  # noqa: PLC0415  (it takes seconds, and who reads a grid needs none)
    import tensorflow as tf  # noqa: PLC0415

    versions = {"python": platform.python_version(), "tensorflow": tf.__version__, "keras": keras.__version__}
    head = json.dumps({"about": about, "versions": versions, "code": dict(code)}, indent=1).removesuffix("\n}")
    lines = ",\n  ".join(json.dumps(row) for row in rows)
    return f'{head},\n "runs": [\n  {lines}\n ]\n}}\n'


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with replaced(path, mode=PUBLIC) as new:
        new.write_text(text, encoding="utf-8")


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")


def all_grids(only_lab: str = "", only: str = "") -> list[tuple[Lab, str, Grid]]:
    """List the grids of every lab that has some, or of one; a lab may have grids before it has a notebook.

    They stand in <lab>_grids.py, and where these are many in <lab>_<subject>_grids.py, too.
    """
    found = []
    for file in sorted((ROOT / "benchmarks" / "claims").glob("lab*_grids.py")):
        lab = _lab(file.stem.removesuffix("_grids"))
        if only_lab in ("", lab.name):
            grids: dict[str, Grid] = import_module(f"benchmarks.claims.{file.stem}").GRIDS
            found += [(lab, name, grid) for name, grid in grids.items() if only in ("", name)]
    return found


def _lab(name: str) -> Lab:
    return next((lab for lab in labs() if f"{name}_".startswith(f"{lab.name}_")), Lab(name))


def main(arguments: Sequence[str] | None = None) -> None:
    """Make the grids that are asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.claims.grids", description=__doc__)
    parser.add_argument("--lab", default="", help="only this lab's")
    parser.add_argument("--only", default="", help="only this grid")
    parser.add_argument("--first", type=int, default=0, metavar="N", help="only N seeds of each; go on later")
    options = parser.parse_args(arguments)
    chosen = all_grids(options.lab, options.only)
    if not chosen:
        parser.error("There is no such grid.")
    for threads in ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"):
        os.environ.setdefault(threads, "1")  # more gain nothing on such small networks, and the CPU seconds are given
    for lab, name, grid in chosen:
        make(lab, name, grid, first=options.first)


if __name__ == "__main__":
    main()
