"""Are grades the same on a busy machine? The sample class of each lab alone, and beside processes that only compute.

`make bench-busy`: 12 of them; the table says what each class took, and whose grade differs (nobody's, or it exits 1).
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.base.files import ROOT
from autograder.course.course import Course
from autograder.course.sample import sample_class
from autograder.model.lab import find, labs

if TYPE_CHECKING:
    from collections.abc import Iterator

Grades = dict[str, dict[str, tuple[str, float | None]]]


@contextmanager
def company(count: int) -> Iterator[None]:
    """Keep so many processes computing."""
    own = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(count)]
    try:
        yield
    finally:
        for process in own:
            process.kill()
            process.wait()


def graded(lab: str, root: Path) -> tuple[Grades, float]:
    """Grade a lab's sample class in a course of its own; return every state and score, and seconds."""
    from autograder.commands.grade import grade  # noqa: PLC0415  (nbgrader takes seconds to import)

    for name in ("labs", "solutions"):
        shutil.copytree(ROOT / name / lab, root / name / lab, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    shutil.copy(ROOT / "nbgrader_config.py", root)
    course = Course.open(root, "")
    sample_class.write(find(lab, root), course.submitted)
    began = time.monotonic()
    outcome = grade(course, lab)
    seconds = time.monotonic() - began
    return {
        report.student: {line.grade_id: (str(line.state), line.score) for line in report.lines}
        for report in outcome.reports
    }, seconds


def differences(alone: Grades, busy: Grades) -> list[str]:
    """Name each student and cell that came to something else."""
    return [
        f"{student} {cell}: {alone[student][cell]} alone, {busy.get(student, {}).get(cell)} in company"
        for student in alone
        for cell in alone[student]
        if alone[student][cell] != busy.get(student, {}).get(cell)
    ]


def main() -> int:
    """Measure, print, and say by the exit status whether all grades are the same."""
    parser = argparse.ArgumentParser(prog="make bench-busy", description=__doc__)
    parser.add_argument("--processes", type=int, default=12)
    parser.add_argument("--labs", nargs="*", default=[lab.name for lab in labs()])
    options = parser.parse_args()
    found: list[str] = []
    with tempfile.TemporaryDirectory(prefix="busy-") as folder:
        os.environ |= {"TMPDIR": folder, "AUTOGRADER_KEEP_WARM": "0"}  # engines of this run's own
        for lab in options.labs:
            alone, seconds = graded(lab, Path(folder, "alone", lab))
            with company(options.processes):
                busy, longer = graded(lab, Path(folder, "busy", lab))
            different = differences(alone, busy)
            print(
                f"{lab}: {len(alone)} hand-ins, {seconds:.0f} s alone, {longer:.0f} s beside {options.processes} busy "
                f"processes ({longer / seconds:.1f} times), {len(different)} results differ",
                flush=True,
            )
            print("".join(f"  {one}\n" for one in different), end="")
            found += different
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
