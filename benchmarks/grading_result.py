"""What a tool made of a class: its time and its scores; compares the scores of two tools; keeps results in a file."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from benchmarks import grading_meter as meter

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Scores = dict[str, dict[str, float | None]]  # student -> exercise -> points; None: no score


@dataclass(frozen=True)
class Result:
    """What a tool did with a class.

    seconds: wall time; cpu_seconds: of all processes; peak_bytes: of the largest process
    reasons: "student exercise" -> why the tool gave what it gave, where that can be seen; about: figures of its own
    """

    students: int
    seconds: float
    cpu_seconds: float
    peak_bytes: int
    scores: Scores
    reasons: dict[str, str] = field(default_factory=dict)
    about: dict[str, Any] = field(default_factory=dict)

    @property
    def seconds_each(self) -> float:
        """Wall time of one submission."""
        return self.seconds / self.students

    @property
    def unscored(self) -> int:
        """How many exercises have no score; in an honest class every one must have its own."""
        return sum(score is None for scores in self.scores.values() for score in scores.values())

    @property
    def cpu_each(self) -> float:
        """CPU time of one submission."""
        return self.cpu_seconds / self.students


class Difference(NamedTuple):
    """An exercise that two tools score differently."""

    student: str
    exercise: str
    ours: float | None
    theirs: float | None
    reason: str = ""


def differences(ours: Scores, theirs: Result) -> list[Difference]:
    """List where another tool gives other points than ours, for every student that it was given."""
    return [
        Difference(student, exercise, mine, yours, theirs.reasons.get(f"{student} {exercise}", ""))
        for student, scores in theirs.scores.items()
        for exercise in sorted(scores.keys() | ours.get(student, {}).keys())
        if (mine := ours.get(student, {}).get(exercise)) != (yours := scores.get(exercise))
    ]


class Kept:
    """Results of earlier runs in a file of JSON lines, so that a benchmark that was stopped goes on where it was.

    used: the names of those that were taken from there
    """

    def __init__(self, file: Path | None) -> None:
        self.file = file
        self.used: list[str] = []
        lines = file.read_text(encoding="utf-8").splitlines() if file and file.exists() else []
        self._found = {one.pop("name"): Result(**one) for one in map(json.loads, lines)}

    def get(self, name: str, make: Callable[[], Result]) -> Result:
        """Return a result by a name that says all it depends on; make it, and keep it, where it is not there."""
        if name in self._found:
            self.used.append(name)
            return self._found[name]
        print(f"{name} ...", file=sys.stderr, flush=True)
        self._found[name] = result = make()
        if self.file:
            with self.file.open("a", encoding="utf-8") as lines:
                lines.write(json.dumps({"name": name} | asdict(result)) + "\n")
        return result


def environment(home: Path, prefix: Path | str = sys.prefix) -> dict[str, str]:
    """Say what every tool finds in its environment: the programs of an installation, and settings of nobody's.

    Messages and warnings are off, as nbgrader takes any output on stderr for an error.
    """
    home.mkdir(parents=True, exist_ok=True)
    return {
        "PATH": f"{prefix}/bin{os.pathsep}{os.environ.get('PATH', '/usr/bin:/bin')}",
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "PYTHONWARNINGS": "ignore",
    }


def warm_up(folder: Path, environment: dict[str, str], prefix: Path | str = sys.prefix) -> None:
    """Import once what notebooks import: bytecode and caches of fonts are made here, and not in anybody's time."""
    meter.run(
        [f"{prefix}/bin/python", "-c", "import keras, ipykernel, matplotlib.pyplot"],
        folder=folder,
        environment=environment,
    )
