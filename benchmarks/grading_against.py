"""Grades one class with an earlier commit and with this checkout, by turns, and says whether grades are the same.

The earlier one has a worktree and an environment of its own, and makes the class. Each grader then grades it in a
course with its own labs, in fresh processes, start-up included; so does each a class of one, which is mostly start-up.
"""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.base.errors import UserFacingError
from autograder.base.files import ROOT
from benchmarks import grading_inside
from benchmarks import grading_meter as meter
from benchmarks.grading_result import environment

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

WORKERS = 2
# In the checkout whose class, or whose labs, are asked for: writes a course at a path.
MAKE = """
import inspect, sys
from pathlib import Path
from benchmarks import grading_class, grading_ours
lab, count, seed, root = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4])
named = {"lab": lab} if "lab" in inspect.signature(grading_class.make).parameters else {}
if not named and lab != "lab1_rnn":
    sys.exit(f"it makes no class of {lab}")
grading_ours.new_course(grading_class.make(count, seed, **named), root)
"""


@dataclass
class Side:
    """A grader: where it is checked out and installed, and what its runs took.

    whole: of the class; alone: of one submission; said: student -> exercise -> state and hint, of its last run
    """

    name: str
    checkout: Path
    whole: list[meter.Usage] = field(default_factory=list)
    alone: list[meter.Usage] = field(default_factory=list)
    said: dict[str, dict[str, list[str]]] = field(default_factory=dict)

    @property
    def python(self) -> Path:
        """The interpreter of its environment."""
        return self.checkout / ".venv" / "bin" / "python"


def compare(revision: str, lab: str, students: int, turns: int, seed: int) -> dict[str, Any]:
    """Grade a class with both, by turns; print a table, and return the figures.

    Raises UserFacingError for a revision that is not known, or that cannot be installed.
    """
    with tempfile.TemporaryDirectory(prefix="bench-against-") as name, _worktree(revision, Path(name)) as checkout:
        before, now = Side(revision, checkout), Side("now", ROOT)
        submitted = {count: _class(before, lab, count, seed, Path(name, f"class-{count}")) for count in (students, 1)}
        for turn in range(turns):
            for side in (before, now) if turn % 2 == 0 else (now, before):
                for count, runs in ((1, side.alone), (students, side.whole)):
                    print(f"{side.name}: {count}, turn {turn + 1} of {turns} ...", file=sys.stderr, flush=True)
                    with tempfile.TemporaryDirectory(prefix="bench-against-") as place:
                        runs.append(_grade(side, lab, submitted[count], seed, Path(place)))
    different = differences(before.said, now.said)
    print("\n".join([*table([before, now], students), *different[:20]]))
    return figures(before, now, lab, students) | {"differences": len(different), "scores_identical": not different}


@contextmanager
def _worktree(revision: str, place: Path) -> Iterator[Path]:
    """Check a revision out beside this one, and install it there."""
    path = place / "before"
    made = _run(["git", "worktree", "add", "--detach", str(path), revision], ROOT)
    if made.returncode:
        raise UserFacingError(f"There is no commit {revision} to compare with: {made.stderr.strip().splitlines()[-1]}")
    try:
        installed = _run(["make", "setup"], path)
        if installed.returncode:
            raise UserFacingError(f"{revision} cannot be installed beside this one: {installed.stderr.strip()[-500:]}")
        yield path
    finally:
        _run(["git", "worktree", "remove", "--force", str(path)], ROOT)


def _run(command: Sequence[str], folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def _class(side: Side, lab: str, count: int, seed: int, root: Path) -> Path:
    """Let a side make a course with a class in it; return the folder of what was handed in."""
    done = _run([str(side.python), "-c", MAKE, lab, str(count), str(seed), str(root)], side.checkout)
    if done.returncode:
        raise UserFacingError(f"{side.name} cannot make a class of {lab}: {done.stderr.strip()[-500:]}")
    return root / "course" / "submitted"


def _grade(side: Side, lab: str, submitted: Path, seed: int, place: Path) -> meter.Usage:
    """Grade what was handed in in a new course of this side's own."""
    root, report, engine = place / "course", place / "report.json", place / "t"
    own = _class(side, lab, 1, seed, root)
    shutil.rmtree(own)
    shutil.copytree(submitted, own)
    own.parent.chmod(0o700)  # a course that others may enter is refused
    engine.mkdir()
    # -P: our folder of benchmarks is not searched for modules; -m would find those of the other commit.
    command = [str(side.python), "-P", grading_inside.__file__, "graded", str(root), lab, str(WORKERS), str(report)]
    around = environment(place / "home", side.checkout / ".venv")
    used = meter.run(
        command, folder=side.checkout, environment=around | {"TMPDIR": str(engine), "AUTOGRADER_KEEP_WARM": "0"}
    )
    if used.status or not report.exists():
        raise UserFacingError(f"The grader of {side.name} failed: {used.said[-1500:] or used.status}")
    side.said = json.loads(report.read_text(encoding="utf-8"))["said"]
    return used


def differences(before: dict[str, dict[str, list[str]]], now: dict[str, dict[str, list[str]]]) -> list[str]:
    """Name each check whose state or hint is another one now."""
    return [
        f"{student} {exercise}: {' / '.join(old)} -> {' / '.join(new)}"
        for student in sorted(before.keys() | now.keys())
        for exercise in sorted(before.get(student, {}).keys() | now.get(student, {}).keys())
        if (old := before.get(student, {}).get(exercise, ["nothing"]))
        != (new := now.get(student, {}).get(exercise, ["nothing"]))
    ]


def figures(before: Side, now: Side, lab: str, students: int) -> dict[str, Any]:
    """Return the figures of the last line: medians over the turns of the ratios of one turn."""

    def ratio(name: str, over: str, one: Side, other: Side) -> float:
        pairs = zip(getattr(one, over), getattr(other, over), strict=True)
        each = [float(getattr(first, name) / getattr(second, name)) for first, second in pairs]
        return round(statistics.median(each), 3)

    return {
        "lab": lab,
        "students": students,
        "workers": WORKERS,
        "previous": before.name,
        "turns": len(now.whole),
        "throughput_vs_previous": ratio("seconds", "whole", before, now),
        "cpu_vs_previous": ratio("cpu_seconds", "whole", now, before),
        "start_up_vs_previous": ratio("seconds", "alone", now, before),
        "start_up_cpu_vs_previous": ratio("cpu_seconds", "alone", now, before),
        "memory_vs_previous": ratio("together_bytes", "whole", now, before),
    }


def table(sides: Sequence[Side], students: int) -> list[str]:
    """Write a line for each side: medians over its turns."""
    lines = [f"{'':<14}{'students':>9}{'seconds':>9}{'CPU s':>8}{'MB together':>13}{'one: s':>9}{'CPU s':>8}"]
    for side in sides:
        whole, alone = (list(map(statistics.median, _columns(runs))) for runs in (side.whole, side.alone))
        lines.append(
            f"{side.name[:13]:<14}{students:>9}{whole[0]:>9.1f}{whole[1]:>8.1f}{whole[2] / 1e6:>13.0f}"
            f"{alone[0]:>9.1f}{alone[1]:>8.1f}"
        )
    return lines


def _columns(runs: Sequence[meter.Usage]) -> list[list[float]]:
    return [[float(getattr(one, name)) for one in runs] for name in ("seconds", "cpu_seconds", "together_bytes")]
