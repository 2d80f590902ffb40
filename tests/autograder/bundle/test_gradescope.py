"""The bundle grades in a container like Gradescope's: right scores, nothing read, results.json valid at any moment."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import container
import gradescope
import jsonschema
import nbformat
import pytest
from gradescope import SCHEMA

from autograder.base.files import ROOT
from autograder.bundle import archive
from autograder.bundle.grading import Settings, handed_in
from autograder.bundle.limits import MB, of_container
from autograder.course.sample.sample_class import CLASSES, Student, hand_in
from autograder.model.lab import find

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., dict[str, Any]]

pytestmark = pytest.mark.slow

LAB = "lab1_rnn"
# Right, as long as nothing of the grader's can be opened, changed or signalled.
CURIOUS = '''
def rnn_step(x_t, h_prev, W_xh, W_hh, b_h):
    """Look around, and be wrong where something was to be had."""
    import glob
    import os
    import socket
    found = []
    for path in ("key", "settings.json", "solutions/lab1_rnn/lab1_rnn.ipynb", "autograder/references/reference.py"):
        found += glob.glob("/autograder/source/" + path)
    for path in ("/autograder/results/results.json", "/autograder/submission/lab1_rnn.ipynb"):
        for mode in ("r", "w"):
            try:
                open(path, mode).close()
                found.append(path)
            except OSError:
                pass
    for name in filter(str.isdigit, os.listdir("/proc")):
        if int(name) not in (os.getpid(), os.getppid()) or int(name) == os.getppid():
            for attempt in (lambda: open("/proc/" + name + "/mem"), lambda: os.kill(int(name), 0)):
                try:
                    attempt()
                    found.append(name)
                except OSError:
                    pass
    try:
        socket.create_connection(("127.0.0.1", 9), timeout=1)
    except OSError as error:
        found += [] if "protocol" in str(error).lower() else [str(error)]
    try:
        import autograder.references
        found.append("references")
    except ImportError:
        pass
    found = [one for one in found if one != str(os.getpid())]
    return np.tanh(x_t @ W_xh + h_prev @ W_hh + b_h) + (0 if not found else float("nan"))
'''


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> gradescope.Machine:
    container.skip_where_there_is_none()
    return made(tmp_path_factory.mktemp("gradescope"), LAB)


def made(folder: Path, lab: str) -> gradescope.Machine:
    bundle = folder / "autograder.zip"
    archive.write(bundle, Settings(lab), bytes(range(32)))
    kept = folder / "autograder"
    kept.mkdir()
    return gradescope.Machine.of(bundle, kept)


def notebook(lab: str, student: Student) -> bytes:
    paths = (find(lab, ROOT).release_path, find(lab, ROOT).solution_path)
    return hand_in(student, *(nbformat.read(path, as_version=4) for path in paths))


def graded(machine: gradescope.Machine, files: dict[str, bytes]) -> dict[str, Any]:
    machine.hand_in(files)
    found, said = machine.run()
    jsonschema.validate(found, SCHEMA)
    assert "Traceback" not in said, said
    return found


def total(found: dict[str, Any]) -> float:
    return float(sum(one.get("score", 0) for one in found["tests"]))


def test_a_right_notebook_that_looks_around_finds_nothing_and_has_full_points(machine: gradescope.Machine) -> None:
    found = graded(machine, {f"{LAB}.ipynb": notebook(LAB, Student({"rnn_step": CURIOUS}))})
    assert total(found) == 90.0
    assert found["extra_data"]["isolation"].startswith("uid, 19/19 probes")
    assert found["output"] == "15 of 15 exercises pass."


def test_a_deleted_cell_is_an_open_score_and_a_wrong_one_earns_its_hint(machine: gradescope.Machine) -> None:
    own = Student(CLASSES[LAB]["no-tanh"].own, edit=CLASSES[LAB]["cells-deleted"].edit)
    found = graded(machine, {"my work/Copy of lab1_rnn.ipynb": notebook(LAB, own)})
    by_number = {one.get("number"): one for one in found["tests"]}
    assert "score" not in by_number["1.4"]
    assert (by_number["2.1"]["score"], by_number["2.1"]["status"]) == (0.0, "failed")
    assert "activation" in by_number["2.1"]["output"]
    assert found["output"].startswith("Your score is not complete: cell not found (1.4).")
    assert found["tests"][0]["name"] == "Needs your instructor"


def test_a_broken_file_starts_no_engine(machine: gradescope.Machine) -> None:
    machine.hand_in({f"{LAB}.ipynb": notebook(LAB, Student(cut=2000))})
    began = time.monotonic()
    found, _ = machine.run()
    assert time.monotonic() - began < 10  # three on an idle machine
    assert found["execution_time"] < 5
    assert found["score"] == 0.0
    assert "isolation" in found["extra_data"]
    assert found["extra_data"]["isolation"] == ""
    assert "damaged" in found["tests"][1]["output"]
    jsonschema.validate(found, SCHEMA)


def test_nothing_handed_in_is_said_in_one_sentence(machine: gradescope.Machine) -> None:
    found = graded(machine, {"notes.txt": b"I have no notebook"})
    assert "There is no file lab1_rnn.ipynb" in found["tests"][1]["output"]


@pytest.mark.parametrize("seconds", [0.0, 0.4, 1.2, 3.0, 8.0])
def test_killed_at_any_moment_it_leaves_a_valid_file(machine: gradescope.Machine, seconds: float) -> None:
    machine.hand_in({f"{LAB}.ipynb": notebook(LAB, Student())})
    running = machine.container().start(["/bin/sh", "/autograder/source/run_autograder"])
    out = machine.kept / "results" / "results.json"
    while not out.exists() and running.poll() is None:
        time.sleep(0.001)
    time.sleep(seconds)
    running.send_signal(signal.SIGKILL)
    running.wait()
    found = machine.results()
    jsonschema.validate(found, SCHEMA)
    assert "not your fault" in found["output"] or found["output"] == "15 of 15 exercises pass."


@pytest.mark.thorough
@pytest.mark.parametrize("lab", sorted(CLASSES))
def test_the_sample_class_of_every_lab_has_the_points_that_it_has_at_home(lab: str, tmp_path: Path) -> None:
    container.skip_where_there_is_none()
    machine = made(tmp_path, lab)
    for name in ("perfect", "own-way", "half-done"):
        found = graded(machine, {f"{lab}.ipynb": notebook(lab, CLASSES[lab][name])})
        full = sum(one.get("max_score", 0) for one in found["tests"])
        assert total(found) == full if name != "half-done" else 0 < total(found) < full


# --- parts ------------------------------------------------------------------------------------------------------------


def test_the_containers_memory_is_the_least_that_any_file_names(tmp_path: Path) -> None:
    proc, root = tmp_path / "proc", tmp_path / "cgroup"
    (proc / "self").mkdir(parents=True)
    (proc / "meminfo").write_text("MemTotal:       8000000 kB\nMemFree: 1 kB\n", encoding="ascii")
    (root / "memory" / "docker").mkdir(parents=True)
    assert of_container(root, proc) == 8_000_000 * 1024
    (root / "memory.max").write_text("max\n", encoding="ascii")
    assert of_container(root, proc) == 8_000_000 * 1024
    (root / "memory" / "memory.limit_in_bytes").write_text(f"{9 << 60}\n", encoding="ascii")
    (proc / "self" / "cgroup").write_text("4:memory:/docker\n0::/\n", encoding="ascii")
    (root / "memory" / "docker" / "memory.limit_in_bytes").write_text(f"{768 * MB}\n", encoding="ascii")
    assert of_container(root, proc) == 768 * MB
    (root / "memory.max").write_text(f"{512 * MB}\n", encoding="ascii")
    assert of_container(root, proc) == 512 * MB


def test_the_notebook_may_lie_in_a_folder_but_not_in_two(tmp_path: Path) -> None:
    for name in ("__MACOSX/lab1_rnn.ipynb", "mine/lab1_rnn (3).ipynb"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_bytes(name.encode())
    assert handed_in(tmp_path, LAB) == b"mine/lab1_rnn (3).ipynb"
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "lab1_rnn.ipynb").write_bytes(b"x")
    assert "There is no file lab1_rnn.ipynb" in str(handed_in(tmp_path, LAB))


LATE = """
import sys, time
from pathlib import Path
from autograder.bundle import grading
grading._end_in_time(Path(sys.argv[1]), 0.2)
time.sleep(30)
"""


def test_what_takes_too_long_says_so_before_the_container_is_ended(tmp_path: Path) -> None:
    out = tmp_path / "results.json"
    done = subprocess.run([sys.executable, "-c", LATE, str(out)], check=False, timeout=25, capture_output=True)
    assert done.returncode == 0
    found = json.loads(out.read_text(encoding="utf-8"))
    jsonschema.validate(found, SCHEMA)
    assert "ran out of time. That is not your fault" in found["output"]
