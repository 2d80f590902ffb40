"""Grades hostile submissions with stock nbgrader, each in a course of its own in a container that is thrown away."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import nbformat
from hostile.case import Where
from hostile.runner import CANARY, CELL_SECONDS, NEIGHBOUR, World

from autograder.base.errors import UserFacingError
from autograder.base.files import ROOT
from autograder.model.cells import grade_id, kind

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import ExitStack

    from hostile.case import Case

    from autograder.commands.grade import Course

GIGABYTE = 2**30
# What stands in a hidden test, a reference or a solution, or in the gradebook.
SECRETS = ("BEGIN HIDDEN", "reference.fresh", "autograder.references", "BEGIN SOLUTION", "SQLite format")
PORT = 40961
TRIES = 3  # so often is a run repeated in which the machine was too busy to import TensorFlow in 30 seconds
WHERE = Where(
    port=PORT, socket="/srv/s.sock", course="/srv/course", checkout=str(ROOT), neighbour=NEIGHBOUR,
    cell_limit=CELL_SECONDS, call_limit=CELL_SECONDS, canary=CANARY,
)  # fmt: skip
# nbgrader's own defaults. What is written out is written out for the reader: 30 s for a cell is the default as well.
CONFIG = "c = get_config()\nc.CourseDirectory.course_id = 'stock'\nc.ExecutePreprocessor.timeout = 30\n"
KEPT = {"demo-embedding"}  # a case of the corpus puts a cell of its own before it
EMPTY = ("/tmp", "/var/tmp", "/run", "/dev/shm", str(Path.home()))  # noqa: S108 - covered, not used
LIMITS = {"data": 6 * GIGABYTE, "fsize": GIGABYTE, "nproc": 3000, "core": 0}


class Stock:
    """A prepared course of a lab: `nbgrader generate_assignment` has made the release, a neighbour has been graded."""

    def __init__(self, folder: Path, lab: str) -> None:
        self.folder, self.lab = folder, lab
        case = folder / "prepare"
        source = case / "course" / "source" / lab
        source.mkdir(parents=True)
        solution = nbformat.read(ROOT / "solutions" / lab / f"{lab}.ipynb", as_version=4)
        # Nothing graded needs the experiments, and our grader leaves them out as well.
        solution.cells = [cell for cell in solution.cells if kind(cell) != "experiment" or grade_id(cell) in KEPT]
        nbformat.write(solution, source / f"{lab}.ipynb")
        (case / "course" / "nbgrader_config.py").write_text(CONFIG, encoding="utf-8")
        spec = {"prepare": True, "lab": lab, "canary": CANARY}
        (case / "spec.json").write_text(json.dumps(spec), encoding="utf-8")
        done = b""
        for _ in range(TRIES):
            done = done or _contained(case, None, 900)
        if not done:
            raise UserFacingError("Stock nbgrader could not grade its own solution.")
        with tarfile.open(fileobj=io.BytesIO(done)) as tar:
            tar.extractall(folder / "template", filter="data")
        self.solution = solution
        release = folder / "template" / "course" / "release" / lab / f"{lab}.ipynb"
        self.release = nbformat.read(release, as_version=4)

    def run(self, case: Case) -> dict[str, Any]:
        """Grade one case; return what became of it, see stock_inside.py."""
        seconds = 80 + 1.5 * case.seconds
        with tempfile.TemporaryDirectory(dir=self.folder) as name:
            folder = Path(name)
            before = case.build_before(self.release, self.solution, WHERE)
            for part, data in (("before", before), ("submitted", case.build(self.release, self.solution, WHERE))):
                (folder / part).mkdir()
                if data is not None:
                    course = cast("Course", SimpleNamespace(submitted=folder / part))
                    World(course, WHERE).lay(case, data)
            spec = {
                "student": case.student, "lab": self.lab, "port": PORT, "canary": CANARY,
                "before": before is not None, "seconds": seconds,
            }  # fmt: skip
            (folder / "spec.json").write_text(json.dumps(spec), encoding="utf-8")
            # Twice, for one who hands in twice; then the pages, and some time for a machine that is busy.
            for tries in range(1, TRIES + 1):
                data = _contained(folder, self.folder / "template", 2 * seconds + 200)
                try:
                    result = json.loads(data) | {"tries": tries}
                except ValueError:  # the driver, too, was ended or brought down
                    return {"status": "lost"}
                if not too_busy(result["log"]):
                    break
        return dict(result)


def too_busy(log: str) -> bool:
    """Say whether the imports that we give timed out: the machine's fault, and no student's."""
    return "CellTimeoutError" in log and "import keras" in log.partition("CellTimeoutError")[2]


def prepared(stack: ExitStack, lab: str) -> Stock:
    """Make a stock course of a lab in a folder that is deleted in the end."""
    folder = Path(tempfile.mkdtemp(prefix="bench-stock-", dir="/var/tmp"))
    stack.callback(shutil.rmtree, folder, ignore_errors=True)
    return Stock(folder, lab)


def container(case: Path, template: Path | None) -> list[str]:
    """Write the command line of a container: all is read-only but a few GB of memory, and there is no network."""
    command = ["nice", "-n", "5", "prlimit", *(f"--{name}={value}" for name, value in LIMITS.items())]
    command += ["bwrap", "--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL", "--clearenv"]
    command += ["--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc"]
    for place in filter(os.path.isdir, EMPTY):
        command += ["--size", str(GIGABYTE), "--tmpfs", place]
    for place in (str(ROOT), sys.prefix, sys.base_prefix):
        command += ["--ro-bind", place, place]
    command += ["--size", str(4 * GIGABYTE), "--tmpfs", "/srv", "--ro-bind", str(case), "/srv/case"]
    if template:
        command += ["--ro-bind", str(template), "/srv/template", "--setenv", "PYTHONDONTWRITEBYTECODE", "1"]
    variables = {
        "PATH": f"{sys.prefix}/bin:/usr/bin:/bin", "HOME": "/srv/home", "LANG": "C.UTF-8",
        # Compiled once, when the course is prepared: TensorFlow is then imported in a third of the time.
        "PYTHONPYCACHEPREFIX": "/srv/template/pycache", "PYTHONWARNINGS": "ignore",
    }  # fmt: skip
    for name, value in variables.items():
        command += ["--setenv", name, value]
    return [*command, "--chdir", "/srv"]


def _contained(case: Path, template: Path | None, seconds: float) -> bytes:
    inside = [sys.executable, str(Path(__file__).with_name("stock_inside.py"))]
    with subprocess.Popen([*container(case, template), *inside], stdout=subprocess.PIPE) as process:
        try:
            return process.communicate(timeout=seconds)[0]
        except subprocess.TimeoutExpired:
            process.kill()
            return b""


def results(stock: Stock, cases: list[Case], workers: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Grade cases, some at a time; yield each as it is done."""
    with ThreadPoolExecutor(workers) as pool:
        running = {pool.submit(stock.run, case): case.name for case in cases}
        try:
            for future in as_completed(running):
                yield running[future], future.result()
        finally:
            pool.shutdown(cancel_futures=True)
