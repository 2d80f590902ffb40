"""Are grades the same on a busy machine? The sample class of each lab alone, and beside processes that only compute.

`make bench-busy`: 12 of them; the table says what each class took, and whose grade differs (nobody's, or it exits 1).
`OPTIONS="--sleepers 6"`: how long a class takes in which an exercise of each student waits for an hour.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat

from autograder.base.files import ROOT
from autograder.course.course import Course
from autograder.course.sample import sample_class
from autograder.model.lab import find, labs

if TYPE_CHECKING:
    from collections.abc import Iterator

Grades = dict[str, dict[str, tuple[str, float | None]]]

SLEEPERS_LAB = "lab1_rnn"
SLEEPERS = {
    "rnn_step": "import time\n\ndef rnn_step(x_t, h_prev, W_xh, W_hh, b_h):\n    time.sleep(3600)",
    "encode": "import time\n\ndef encode(text, vocabulary):\n    time.sleep(3600)",
    "clip_by_global_norm": "import time\n\ndef clip_by_global_norm(gradients, max_norm):\n    time.sleep(3600)",
}


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


def course_of_its_own(lab: str, root: Path) -> Course:
    """Make a course with one lab and nobody's submission."""
    for name in ("labs", "solutions"):
        shutil.copytree(ROOT / name / lab, root / name / lab, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    shutil.copy(ROOT / "nbgrader_config.py", root)
    return Course.open(root, "")


def let_in_sleepers(course: Course, count: int) -> None:
    """Write submissions of lab 1 in each of which one exercise waits for an hour whenever it is called."""
    lab = find(SLEEPERS_LAB, course.root)
    release, solution = (nbformat.read(path, as_version=4) for path in (lab.release_path, lab.solution_path))
    for number in range(count):
        name, cell = list(SLEEPERS.items())[number % len(SLEEPERS)]
        data = sample_class.hand_in(sample_class.Student({name: f"# student {number}\n{cell}"}), release, solution)
        folder = course.submitted / f"sleeper-{number}" / lab.name
        folder.mkdir(parents=True)
        (folder / f"{lab.name}.ipynb").write_bytes(data)


def graded(lab: str, root: Path, sleepers: int = 0) -> tuple[Grades, float]:
    """Grade a lab's sample class, or sleepers, in a course of its own; return every state and score, and seconds."""
    from autograder.commands.grade import grade  # noqa: PLC0415  (nbgrader takes seconds to import)

    course = course_of_its_own(lab, root)
    if sleepers:
        let_in_sleepers(course, sleepers)
    else:
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
    parser.add_argument("--sleepers", type=int, default=0, help="a class of so many, in place of the sample classes")
    options = parser.parse_args()
    found: list[str] = []
    with tempfile.TemporaryDirectory(prefix="busy-") as folder:
        os.environ |= {"TMPDIR": folder, "AUTOGRADER_KEEP_WARM": "0"}  # engines of this run's own
        if options.sleepers:
            grades, seconds = graded(SLEEPERS_LAB, Path(folder, "sleepers"), options.sleepers)
            states = Counter(state for cells in grades.values() for state, _ in cells.values())
            print(f"{len(grades)} sleepers in {seconds:.0f} s: {dict(states)}")
            return 0
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
