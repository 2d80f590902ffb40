"""Whatever is killed while a class is graded, the next run comes to the same grades, and repeats only what was lost."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import nbformat
import pytest

from autograder.base.errors import UserFacingError
from autograder.base.files import ROOT
from autograder.commands import grade as grading
from autograder.engine import address
from autograder.engine.lease import Lease
from autograder.engine.memory import descendants, processes
from autograder.model.assignment import Files
from autograder.model.graded import Job, Limits
from autograder.model.lab import find
from autograder.model.verdict import State
from autograder.runs import cluster
from autograder.runs import worker as work

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from autograder.commands.grade import Course

pytestmark = pytest.mark.slow
thorough = pytest.mark.thorough
LAB = "lab1_rnn"
STUDENTS = 6
SECONDS = 60

RUN = """
import os, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
class Finalized:
    def __del__(self): os.kill(os.getpid(), signal.SIGINT)
from pathlib import Path
from autograder.commands import grade as grading; from autograder.engine import address
address.tempfile.gettempdir = lambda: sys.argv[2]
def main():
    done = lambda _: (print("done", flush=True), sys.argv[3] and Finalized())
    progress = grading.Progress(begin=lambda n: print("begin", n, flush=True), done=done)
    outcome = grading.grade(grading.Course.open(Path(sys.argv[1])), "lab1_rnn", progress=progress, workers=2, **{more})
    print("graded", len(outcome.graded), "kept", len(outcome.kept), flush=True)
if __name__ == "__main__":
    main()
"""


def new_course(root: Path) -> Course:
    """A class of six: every second has one wrong exercise, all differ in a byte, the last two in none."""
    for name in ("labs", "solutions"):
        shutil.copytree(ROOT / name / LAB, root / name / LAB, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    shutil.copy(ROOT / "nbgrader_config.py", root)
    course = grading.Course.open(root)
    for number in range(STUDENTS):
        notebook = nbformat.read(ROOT / "solutions" / LAB / f"{LAB}.ipynb", as_version=4)
        notebook.metadata["number"] = min(number, STUDENTS - 2)
        for cell in notebook.cells:
            if number % 2 and cell.source.startswith("# Exercise 1.2"):
                cell.source = "def encode(words, vocabulary):\n    return [0 for word in words]"
        folder = course.submitted / f"student-{number}" / LAB
        folder.mkdir(parents=True)
        nbformat.write(notebook, folder / f"{LAB}.ipynb")
    return course


ROWS = """
select s.student, s.key, s.submission_digest, c.grade_id, c.state, c.hint, g.auto_score, g.needs_manual_grade
from autograder_submission s join autograder_check c on c.submission_id = s.id
join submitted_assignment a on a.student_id = s.student
join submitted_notebook n on n.assignment_id = a.id
join grade g on g.notebook_id = n.id join base_cell b on b.id = g.cell_id and b.name = c.grade_id
order by s.student, c.position
"""


def rows(course: Course) -> list[tuple[Any, ...]]:
    """All that is recorded, but for when."""
    with closing(sqlite3.connect(course.folder / "gradebook.db")) as database:
        return database.execute(ROWS.replace("s.key, ", "")).fetchall()


def recorded(course: Course) -> int:
    with suppress(sqlite3.OperationalError), closing(sqlite3.connect(course.folder / "gradebook.db")) as database:
        return int(database.execute("select count(*) from autograder_submission").fetchone()[0])
    return 0


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where the engine that all these runs share is found; it stays warm between them."""
    folder = tmp_path_factory.mktemp("engines")
    kept = address.tempfile.gettempdir
    address.tempfile.gettempdir = lambda: str(folder)
    lease = Lease("bubblewrap").renew()
    yield folder
    lease.close()
    address.tempfile.gettempdir = kept


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory, place: Path) -> list[tuple[Any, ...]]:
    """What a run that nothing happens to records."""
    course = new_course(tmp_path_factory.mktemp("undisturbed"))
    with Running(course, place) as run:
        assert run.until("graded")[-1] == f"graded {STUDENTS} kept 0"
    found = rows(course)
    assert {row[3] for row in found} >= {State.PASSED, State.FAILED}
    return found


class Running:
    """`autograder grade`, in a process group of its own, line by line."""

    def __init__(self, course: Course, place: Path, *, finalize: bool = False, **more: str) -> None:
        script = RUN.replace("{more}", repr(more))
        self.process = subprocess.Popen(
            [sys.executable, "-c", script, str(course.root), str(place), "finalize" if finalize else ""],
            stdout=subprocess.PIPE,
            cwd=ROOT,
            text=True,
            start_new_session=True,
        )
        assert self.process.stdout is not None
        self.said = self.process.stdout

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.said.close()

    def until(self, word: str, times: int = 1) -> list[str]:
        """Read on until a line has begun with this word so many times, or the run has ended."""
        lines: list[str] = []
        for line in self.said:
            lines.append(line.strip())
            if sum(one.startswith(word) for one in lines) == times:
                break
        return lines

    @property
    def workers(self) -> list[int]:
        """The processes of Dask's workers."""
        return [pid for pid in descendants(self.process.pid) if b"spawn_main" in command(pid)]


def command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def all_gone(pids: list[int]) -> bool:
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        if not any(command(pid) for pid in pids):
            return True
        time.sleep(0.05)
    return False


def host_at(place: Path) -> int:
    """The process of the engine that these tests share."""
    words = (b"autograder.engine.host", str(place).encode())
    everybody = [int(folder.name) for folder in Path("/proc").iterdir() if folder.name.isdigit()]
    return next(pid for pid in everybody if all(word in command(pid) for word in words))


def kernels(place: Path) -> list[int]:
    """The submissions that run now on the engine of these tests: children of its templates."""
    tree = processes()
    below = [pid for pid in descendants(host_at(place), tree) if b"forkserver" in command(pid)]
    servers = [pid for pid in below if b"python" in command(pid).split(b"\0")[0]]
    return [child for server in servers for child in tree.get(server, [])]


@pytest.mark.parametrize("after", [3, *(pytest.param(number, marks=thorough) for number in (0, 1, 5))])
def test_the_grader_is_killed_and_run_again(
    after: int, tmp_path: Path, place: Path, expected: list[tuple[Any, ...]]
) -> None:
    course = new_course(tmp_path)
    with Running(course, place) as run:
        run.until("done" if after else "begin", max(after, 1))
        workers = run.workers
        os.kill(run.process.pid, signal.SIGKILL)
    assert all_gone(workers)
    done = recorded(course)
    assert after <= done < STUDENTS
    with Running(course, place) as again:
        assert again.until("graded")[-1] == f"graded {STUDENTS - done} kept {done}"
    assert rows(course) == expected


def kill_worker(run: Running, place: Path) -> None:
    os.kill(run.workers[0], signal.SIGKILL)


def kill_all_workers(run: Running, place: Path) -> None:
    for worker in run.workers:
        os.kill(worker, signal.SIGKILL)


def kill_host(run: Running, place: Path) -> None:
    os.kill(host_at(place), signal.SIGKILL)


def kill_templates(run: Running, place: Path) -> None:
    for child in processes()[host_at(place)]:
        os.kill(child, signal.SIGKILL)


def kill_candidates(run: Running, place: Path) -> None:
    for pid in kernels(place):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


@pytest.mark.parametrize(
    "kill",
    [
        kill_templates,  # that of a worker is a part of test_workers_do_not_hear_ctrl_c
        *(pytest.param(one, marks=thorough) for one in (kill_worker, kill_all_workers, kill_host, kill_candidates)),
    ],
    ids=lambda one: one.__name__,
)
def test_a_part_is_killed_and_the_run_goes_on(
    kill: Callable[[Running, Path], None], tmp_path: Path, place: Path, expected: list[tuple[Any, ...]]
) -> None:
    course = new_course(tmp_path)
    with Running(course, place) as run:
        run.until("done", 1)
        time.sleep(0.3)  # in the middle of the next submissions
        kill(run, place)
        assert run.until("graded")[-1] == f"graded {STUDENTS} kept 0"
    assert rows(course) == expected


def test_ctrl_c_ends_all_in_a_moment_and_loses_nothing(
    tmp_path: Path, place: Path, expected: list[tuple[Any, ...]]
) -> None:
    course = new_course(tmp_path)
    with Running(course, place) as run:
        run.until("done", 2)
        workers = run.workers
        os.killpg(run.process.pid, signal.SIGINT)  # as a terminal does: everybody in the group
        run.process.wait(SECONDS)
        assert all_gone(workers)
    done = recorded(course)
    assert 2 <= done < STUDENTS
    with Running(course, place) as again:
        assert again.until("graded")[-1] == f"graded {STUDENTS - done} kept {done}"
    assert rows(course) == expected
    assert all_gone(kernels(place))


@thorough
def test_ctrl_c_that_python_loses_in_a_finalizer_is_noticed_all_the_same(tmp_path: Path, place: Path) -> None:
    course = new_course(tmp_path)
    with Running(course, place, finalize=True) as run:
        run.until("done")
        workers = run.workers
        assert run.process.wait(SECONDS) != 0
        assert all_gone(workers)
    assert 1 <= recorded(course) < STUDENTS


@thorough
def test_workers_do_not_hear_ctrl_c(tmp_path: Path, place: Path, expected: list[tuple[Any, ...]]) -> None:
    course = new_course(tmp_path)
    with Running(course, place) as run:
        run.until("done")
        os.kill(run.workers[0], signal.SIGKILL)
        time.sleep(2)  # another one starts in its place
        workers = run.workers
        for worker in workers:
            os.kill(worker, signal.SIGINT)
        assert run.until("graded")[-1] == f"graded {STUDENTS} kept 0"
    assert rows(course) == expected


def test_neither_end_of_a_connection_remembers_more_than_a_few_notebooks() -> None:
    with cluster.connect(workers=1) as client:
        assert client.cluster is not None
        [to_worker] = client.cluster.scheduler.stream_comms.values()
        for end in (client.scheduler_comm, to_worker):
            assert end.recent_message_log.maxlen <= 10
        [worker] = client.run(lambda dask_worker: dask_worker.batched_stream.recent_message_log.maxlen).values()
        assert worker <= 10


@thorough
def test_a_cluster_that_runs_already_grades_the_same(
    tmp_path: Path, place: Path, expected: list[tuple[Any, ...]]
) -> None:
    course = new_course(tmp_path)
    address_file = tmp_path / "scheduler.json"
    arguments = ["--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(address_file), "--no-dashboard"]
    scheduler = subprocess.Popen(
        [sys.executable, "-m", "distributed.cli.dask_scheduler", *arguments], stderr=subprocess.DEVNULL
    )
    started = [scheduler]
    try:
        end = time.monotonic() + SECONDS
        while not address_file.exists() and time.monotonic() < end:
            time.sleep(0.1)
        address = json.loads(address_file.read_text())["address"]
        for _ in range(2):
            arguments = [address, "--nthreads", "1", "--no-dashboard", "--local-directory", str(tmp_path)]
            worker = [sys.executable, "-m", "distributed.cli.dask_worker", *arguments]
            started.append(subprocess.Popen(worker, stderr=subprocess.DEVNULL, env=os.environ | {"TMPDIR": str(place)}))
        with Running(course, place, scheduler=address) as run:
            run.until("done", 2)
            started[1].kill()  # with its nanny: it does not come back
            assert run.until("graded")[-1] == f"graded {STUDENTS} kept 0"
        assert rows(course) == expected
    finally:
        for process in reversed(started):
            process.terminate()
            process.wait(SECONDS)


def test_a_scheduler_that_is_not_there_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "CONNECT_SECONDS", 1)
    with (
        pytest.raises(UserFacingError, match=r"No Dask scheduler answers at tcp://127\.0\.0\.1:9"),
        cluster.connect("tcp://127.0.0.1:9"),
    ):
        pass


def dies(order: work.Order) -> work.Reply:
    """What no submission can do, but a fault of the machine can: end the worker, each time."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def is_odd(order: work.Order) -> work.Reply:
    raise ArithmeticError("a fault of ours")


def fails(order: work.Order) -> work.Reply:
    raise UserFacingError("Nobody can be isolated here.")


@pytest.fixture
def submissions(place: Path) -> Iterator[cluster.Class]:
    with cluster.connect(workers=1) as client:
        yield cluster.Class(client, Files.read(find(LAB)))


@pytest.mark.parametrize(("broken", "said"), [(dies, "KilledWorker"), (is_odd, "ArithmeticError: a fault of ours")])
def test_what_ends_its_worker_again_and_again_is_left_to_a_person(
    broken: Callable[..., work.Reply], said: str, submissions: cluster.Class, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "grade", broken)
    orders = [(name, work.Order("lab", b"", "", {"key": name}, "none")) for name in ("ada", "bob")]
    replies = list(submissions.grade(orders))
    assert sorted(names for names, _ in replies) == [["ada"], ["bob"]]
    assert all(reply.graded == b"" and said in reply.failed for _, reply in replies)


@thorough
def test_two_graders_on_one_machine_do_not_meet_at_a_port() -> None:
    with ExitStack() as stack:
        with suppress(OSError):  # somebody has Dask's own port already: so much the better
            stack.enter_context(socket.create_server(("127.0.0.1", 8787)))
        client = stack.enter_context(cluster.connect(workers=1))
        assert client.submit(abs, -3).result() == 3


def test_what_concerns_everybody_stops_the_run(submissions: cluster.Class, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "grade", fails)
    with pytest.raises(UserFacingError, match="Nobody can be isolated here"):
        list(submissions.grade([("ada", work.Order("lab", b"", "", {"key": "a"}, "none"))]))


def test_a_worker_with_other_checks_installed_grades_nothing(submissions: cluster.Class) -> None:
    files = Files.read(find(LAB))
    other = Files(files.name, files.release, files.solution + b" ")
    submissions.client.register_plugin(work.LabHere(other), name=f"lab-{files.digest()}")
    order = work.Order(files.digest(), b"", "", {"key": "a", "seed": 1, "limits": {}}, "none")
    with pytest.raises(UserFacingError, match="has another grader or other checks than this machine"):
        list(submissions.grade([("ada", order)]))


def test_no_name_and_no_pickle_of_a_student_s_is_in_a_task(place: Path) -> None:
    order = work.order(b"bytes of a notebook", "digest", Job("key", 1, Limits()), "none")
    assert set(vars(order)) == {"lab", "data", "unreadable", "job", "kind", "grader_version"}
    assert {type(value) for value in vars(order).values()} <= {str, bytes, dict}
