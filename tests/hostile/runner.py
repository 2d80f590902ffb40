"""Grades the hostile corpus as one class, in a world with something to steal, and says what became of every case."""

from __future__ import annotations

import base64
import copy
import hashlib
import html
import os
import re
import shutil
import socket
import tempfile
import threading
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
from sqlalchemy import select

from autograder.base.files import ROOT
from autograder.commands import grade as grading
from autograder.commands.grade import Course
from autograder.course.sample.sample_class import Student, hand_in
from autograder.engine.engine import shared
from autograder.exam.kernel.messages import CarefulSession
from autograder.gradebook import book
from autograder.gradebook.tables import Submission
from autograder.model.graded import SANDBOX, UID
from autograder.model.lab import Lab
from autograder.model.verdict import State
from hostile.case import LAB, LABS, Where

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from nbformat import NotebookNode

    from autograder.gradebook.book import Report
    from hostile.case import Case

ISOLATION = os.environ.get("HOSTILE_ISOLATION", SANDBOX)
NEIGHBOUR = "neighbour"
CELL_SECONDS = int(os.environ.get("HOSTILE_CELL_SECONDS", "6"))
# Three quarters of what lab 1's honest answers cost. A cheat elsewhere leaves them to do, but for each eighth case.
SLOW = frozenset({"MyRNNCell", "ball_model"})
WHOLE = 8
BUSY = 2  # so often what ran out of time by itself is graded again
CANARY = "canary-of-the-gradebook-5fd1"
Reports = dict[str, dict[str, "Report"]]  # lab -> student -> what is recorded


@dataclass
class World:
    """A course of its own with a neighbour who has a mark and a remark, and listeners that note who knocks."""

    course: Course
    where: Where
    knocks: list[bytes] = field(default_factory=list)
    stolen: list[str] = field(default_factory=list)
    handed_in: dict[str, str] = field(default_factory=dict)
    left: dict[str, frozenset[str]] = field(default_factory=dict)  # what `left_to_do` says of this run

    def lay(self, case: Case, data: bytes) -> None:
        """Put a submission where a student's would be."""
        folder = self.course.submitted / case.student
        links = case.links_in(self.where)
        if "" in links:
            folder.symlink_to(links[""])
            return
        own = folder / case.lab
        own.mkdir(parents=True, exist_ok=True)
        (own / f"{case.lab}.ipynb").write_bytes(data)
        for name, more in case.files.items():
            (own / name).parent.mkdir(parents=True, exist_ok=True)
            (own / name).write_bytes(more)
        for name, target in links.items():
            with suppress(IsADirectoryError):
                (folder / name).unlink(missing_ok=True)
            if (folder / name).is_dir():
                shutil.rmtree(folder / name)
            (folder / name).symlink_to(target)

    def fingerprints(self) -> dict[str, str]:
        """Return a hash of every submitted file."""
        paths = (path for path in self.course.submitted.rglob("*") if path.is_file() or path.is_symlink())
        return {
            str(path.relative_to(self.course.submitted)): str(path.readlink())
            if path.is_symlink()
            else hashlib.sha256(path.read_bytes()).hexdigest()
            for path in paths
        }


def without_own_words(page: str) -> str:
    """Return a page's text without the code that its student wrote, and without the lines of it in a traceback."""
    rest: list[str] = []
    own: list[str] = []
    for number, part in enumerate(re.split(r'<pre class="(?:code|answer)"[^>]*>(.*?)</pre>', page, flags=re.DOTALL)):
        (own if number % 2 else rest).append(html.unescape(part))
    lines = {line.strip() for part in own for line in part.splitlines()} - {""}
    quoted = re.compile(r"^(?:-+> )?\s*\d+ +(.*)$")
    kept = ("\n".join(rest)).splitlines()
    return "\n".join(line for line in kept if not ((found := quoted.match(line)) and found[1].strip() in lines))


@contextmanager
def world() -> Iterator[World]:
    """Set up a course, with listeners on the loopback. Not below /tmp: a submission has a /tmp of its own."""
    with tempfile.TemporaryDirectory(prefix="hostile-", dir="/var/tmp") as folder, _world(Path(folder)) as made:
        yield made


@contextmanager
def _world(root: Path) -> Iterator[World]:
    for name in ("labs", "solutions"):
        for lab in LABS:
            shutil.copytree(ROOT / name / lab, root / name / lab)
    config = (ROOT / "nbgrader_config.py").read_text(encoding="utf-8")
    more = f"\nc.Examine.cell_seconds = {CELL_SECONDS}\nc.Examine.submission_seconds = {10 * CELL_SECONDS}\n"
    (root / "nbgrader_config.py").write_text(config + more, encoding="utf-8")
    with ExitStack() as stack:
        course = Course.open(root)
        course.submitted.mkdir(parents=True)
        knocks: list[bytes] = []
        path = str(root / "s.sock")
        port = _listen(stack, knocks, path)
        where = Where(
            port=port, socket=path, course=str(course.folder), checkout=str(ROOT), neighbour=NEIGHBOUR,
            cell_limit=CELL_SECONDS, call_limit=CELL_SECONDS, canary=CANARY,
        )  # fmt: skip
        made = World(course, where, knocks)
        stack.enter_context(_overheard(made))
        yield made


def left_to_do(cases: Iterable[Case]) -> dict[str, frozenset[str]]:
    """Say which exercises a cheat leaves to do when the corpus is graded in short: student -> their names."""
    cheats = [case for case in cases if case.kind == "Z" and not SLOW & set(case.exercises)]
    return {case.student: SLOW for number, case in enumerate(cheats) if case.lab == LAB and number % WHOLE}


def run(made: World, cases: Iterable[Case], *, short: bool = False) -> Reports:
    """Grade the cases, lab by lab, each beside a neighbour whom a person has marked; return what is recorded.

    short: see `left_to_do`
    """
    cases = list(cases)
    made.left = left_to_do(cases) if short else {}
    labs = [lab for lab in LABS if any(case.lab == lab for case in cases)]
    for lab in labs:
        _grade(made, lab, [case for case in cases if case.lab == lab])
    with made.course.gradebook() as gradebook:  # at the end: what is graded later may have changed what came before
        return {lab: {report.student: report for report in book.reports(gradebook, lab)} for lab in labs}


def _grade(made: World, name: str, cases: list[Case]) -> None:
    """Grade the neighbour, marked by a person, then every case of a lab."""
    lab = Lab(name, made.course.root)
    release, solution = (nbformat.read(path, as_version=4) for path in (lab.release_path, lab.solution_path))
    engine = shared(ISOLATION)
    folder = made.course.submitted / NEIGHBOUR / name
    folder.mkdir(parents=True)
    (folder / f"{name}.ipynb").write_bytes(hand_in(Student(), release, solution))
    early = [case for case in cases if case.before]
    for case in early:
        made.lay(case, case.build_before(release, solution, made.where) or b"")
    grading.grade(made.course, name, engine=engine)
    with made.course.gradebook() as gradebook:
        gradebook.find_grade("written", name, name, NEIGHBOUR).manual_score = 7
        gradebook.find_comment("written", name, name, NEIGHBOUR).manual_comment = CANARY
        gradebook.db.commit()
    for case in cases:
        made.lay(case, case.build(release, _without(solution, release, made.left.get(case.student, ())), made.where))
    made.handed_in = made.fingerprints() | made.handed_in  # what was there before must still be as it was
    found = {report.student: report for report in grading.grade(made.course, name, engine=engine).reports}
    for _ in range(BUSY):
        late = [case.student for case in cases if _out_of_time(case, found[case.student])]
        if not late:
            break
        with made.course.gradebook() as gradebook:  # without its key a result is made anew
            for one in gradebook.db.scalars(select(Submission).where(Submission.student.in_(late))):
                one.key = ""
            gradebook.db.commit()
        found = {report.student: report for report in grading.grade(made.course, name, engine=engine).reports}


def _without(solution: NotebookNode, release: NotebookNode, names: Collection[str]) -> NotebookNode:
    """Return a solution in which some exercises are still to do."""
    if not names:
        return solution
    stubs = {cell.id: cell.source for cell in release.cells}
    found = copy.deepcopy(solution)
    for cell in found.cells:
        if cell.id.removeprefix("ex-") in names:
            cell.source = stubs[cell.id]
    return found


def _out_of_time(case: Case, report: Report) -> bool:
    """Say whether a check ran out of time that this case does not hold up: by itself that is a busy machine."""
    for line in report.lines:
        affected = case.kind == "J" or line.title.rpartition(": ")[2] in case.exercises
        if line.state is State.TIMED_OUT and not (affected and State.TIMED_OUT in case.states):
            return True
    return False


def _listen(stack: ExitStack, knocks: list[bytes], path: str) -> int:
    """Listen for TCP, UDP, a Unix and an abstract socket; note the first bytes that come."""
    tcp = socket.create_server(("127.0.0.1", 0))
    port = int(tcp.getsockname()[1])
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.bind(("127.0.0.1", port))
    lines = [tcp]
    for name in (path, "\0" + path) if ISOLATION != UID else (path,):  # it says that it does not hold abstract ones
        line = socket.socket(socket.AF_UNIX)
        line.bind(name)
        line.listen()
        lines.append(line)
    for line in (*lines, udp):
        stack.callback(line.close)
        threading.Thread(target=_note, args=(line, knocks), daemon=True).start()
    return port


def _note(line: socket.socket, knocks: list[bytes]) -> None:
    with suppress(OSError):
        while True:
            if line.type == socket.SOCK_DGRAM:
                knocks.append(line.recv(100))
            else:
                with line.accept()[0] as end:
                    knocks.append(b"connected " + end.recv(100))


@contextmanager
def _overheard(made: World) -> Iterator[None]:
    """Search everything that comes out of a student's kernel for the mark of something stolen."""
    read = CarefulSession.deserialize

    def overhear(self: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        message = read(self, *args, **kwargs)
        if message["msg_type"] not in {"execute_input", "error"}:
            text = str(message["content"])
            with suppress(LookupError, TypeError, ValueError):
                text += base64.b64decode(message["content"]["reply"]).decode("utf-8", "replace")
            if "STOLEN:" in text:
                made.stolen.append(text[text.index("STOLEN:") :][:300])
        return message

    CarefulSession.deserialize = overhear  # type: ignore[method-assign]
    try:
        yield
    finally:
        CarefulSession.deserialize = read  # type: ignore[method-assign]
