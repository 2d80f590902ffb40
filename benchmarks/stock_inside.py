"""Runs stock nbgrader on one submission; started by stock.py inside a container that it may fill and break.

Reads `/srv/case/spec.json`. Prints a tar of a prepared course (`prepare`), or one JSON object that says what became of
the submission. It imports nothing of this project: the hidden tests do, in the kernel, as an instructor would have it.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
import tarfile
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook
from nbgrader.apps import AutogradeApp, GenerateAssignmentApp, GenerateFeedbackApp
from nbgrader.apps.nbgraderapp import NbGraderApp

APPS = (NbGraderApp, AutogradeApp, GenerateAssignmentApp, GenerateFeedbackApp)  # imported once, before any fork
CASE, COURSE, HOME = Path("/srv/case"), Path("/srv/course"), Path("/srv/home")
KNOCKS, SOCKET, LOG = Path("/srv/knocks"), "/srv/s.sock", Path("/srv/nbgrader.log")
NEIGHBOUR = "neighbour"
WATCHED = ("source", "release", "submitted", f"autograded/{NEIGHBOUR}", f"feedback/{NEIGHBOUR}")
# What stands in a hidden test or in a gradebook, beside the canary of this one.
SECRETS = ("BEGIN HIDDEN", "reference.fresh", "autograder.references", "BEGIN SOLUTION", "SQLite format")
ACTIVE = re.compile(rb"<script[^>]*>[^<]*HOSTILE|<\w[^<>]*\son\w+\s*=[^<>]*HOSTILE", re.IGNORECASE)
LARGEST = 400_000_000  # bytes of an autograded notebook that are still read as JSON


def main() -> None:
    """Prepare a course, or grade one submission in it; nothing but the answer goes to the caller."""
    answer = os.dup(1)  # no kernel inherits it
    for number in (0, 1):
        os.dup2(os.open(os.devnull, os.O_RDWR), number)
    _insist_on_the_container()
    spec = json.loads((CASE / "spec.json").read_text(encoding="utf-8"))
    HOME.mkdir(parents=True)
    if spec.get("prepare"):
        _prepare(spec, answer)
        return
    data = json.dumps(_grade(spec)).encode()
    with os.fdopen(answer, "wb") as file:
        file.write(data)
    _end_all()


def _insist_on_the_container() -> None:
    """Refuse to run where anything but memory can be written, or where other people's processes are to be seen."""
    for line in Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines():
        before, _, after = line.partition(" - ")
        inside = after.split()[0] in {"tmpfs", "proc", "devpts", "devtmpfs", "mqueue"}
        if not inside and "ro" not in before.split()[5].split(","):
            raise SystemExit(f"{before.split()[4]} can be written: this is not the container of the benchmark.")
    if Path("/proc/1/comm").read_text(encoding="utf-8").strip() != "bwrap":
        raise SystemExit("There are other people's processes: this is not the container of the benchmark.")


def nbgrader(*arguments: str, seconds: float) -> str:
    """Run `nbgrader` as its script does; say "done", "failed" or "hung". It is forked: the import is paid for once."""
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            os.chdir(COURSE)
            for number in (1, 2):  # kernels write there as well, and as much as they like
                os.dup2(os.open(os.devnull, os.O_WRONLY), number)
            NbGraderApp.launch_instance(argv=[*arguments, f"--NbGrader.logfile={LOG}"])
            code = 0
        except SystemExit as end:
            code = 0 if end.code in (None, 0) else 1
        finally:
            os._exit(code)
    ended, _, _ = select.select([os.pidfd_open(pid)], [], [], seconds)
    if not ended:
        _end_all()
    status = os.waitpid(pid, 0)[1]
    return "hung" if not ended else "done" if status == 0 else "failed"


def _end_all() -> None:
    """End every process of this namespace but this one; main has made sure that the namespace is ours."""
    with suppress(ProcessLookupError):
        os.kill(-1, signal.SIGKILL)


def _prepare(spec: dict[str, Any], answer: int) -> None:
    """Make a stock course with one honest neighbour, who is graded and has a mark and a remark from a person."""
    shutil.copytree(CASE / "course", COURSE)
    (COURSE / "secret.key").write_text(spec["canary"], encoding="utf-8")  # something of the instructor's beside it all
    # Bytecode is compiled here, once, and not within the time limit of the first cell.
    subprocess.run([sys.executable, "-c", "import keras, ipykernel, matplotlib.pyplot"], check=True)
    lab = spec["lab"]
    told = [nbgrader("generate_assignment", lab, seconds=200)]
    shutil.copytree(COURSE / "source" / lab, COURSE / "submitted" / NEIGHBOUR / lab)
    told.append(nbgrader("autograde", lab, seconds=400))
    with Gradebook("sqlite:////srv/course/gradebook.db") as book:
        book.find_grade("written", lab, lab, NEIGHBOUR).manual_score = 7
        book.find_comment("written", lab, lab, NEIGHBOUR).manual_comment = spec["canary"]
        book.db.commit()
    told.append(nbgrader("generate_feedback", lab, seconds=200))
    if told != ["done"] * 3:
        raise SystemExit(f"{told}: {LOG.read_bytes()[-3000:].decode('utf-8', 'replace')}")
    with os.fdopen(answer, "wb") as file, tarfile.open(fileobj=file, mode="w|") as tar:
        tar.add(COURSE, "course")
        tar.add(str(sys.pycache_prefix), "pycache")


def _grade(spec: dict[str, Any]) -> dict[str, Any]:
    shutil.copytree("/srv/template/course", COURSE)
    os.umask(0o022)
    for path in COURSE.rglob("*"):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | 0o200)
    lab, student = spec["lab"], spec["student"]
    _listen(spec["port"])
    if spec["before"]:
        _lay("before")
        nbgrader("autograde", lab, f"--student={student}", seconds=spec["seconds"])
        shutil.rmtree(COURSE / "submitted" / student)
    _lay("submitted")
    files = _fingerprints()
    known = _processes()
    start = time.monotonic()
    # A second submission needs --force, which an instructor would give for this student only.
    again = ["--force", f"--student={student}"] if spec["before"] else []
    status = nbgrader("autograde", lab, *again, seconds=spec["seconds"])
    seconds = time.monotonic() - start
    left = len(_processes() - known)
    feedback = nbgrader("generate_feedback", lab, seconds=90)
    after = _fingerprints()
    return {
        "status": {"done": "graded", "failed": "aborted"}.get(status, status),
        "seconds": round(seconds, 1),
        "left": left,
        "feedback": feedback,
        "changed": sorted(name for name in files.keys() | after.keys() if files.get(name) != after.get(name)),
        "knocks": KNOCKS.read_text(encoding="utf-8").splitlines() if KNOCKS.exists() else [],
        "log": LOG.read_bytes()[-3000:].decode("utf-8", "replace") if LOG.exists() else "",
        **_grades(lab, student),
        **_shown(lab, student, spec["canary"]),
    }


def _lay(folder: str) -> None:
    shutil.copytree(CASE / folder, COURSE / "submitted", symlinks=True, dirs_exist_ok=True)


def _fingerprints() -> dict[str, str]:
    found = {}
    for path in (path for name in WATCHED for path in (COURSE / name).rglob("*")):
        if path.is_symlink():
            found[str(path)] = str(path.readlink())
        elif path.is_file():
            found[str(path)] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def _processes() -> set[int]:
    return {int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()}


def _grades(lab: str, student: str) -> dict[str, Any]:
    """Read every score as the gradebook holds it; a student whom it does not know has none."""
    found: dict[str, Any] = {"scores": None, "neighbour": None, "remark": None}
    try:
        with Gradebook("sqlite:////srv/course/gradebook.db") as book:
            for key, who in (("scores", student), ("neighbour", NEIGHBOUR)):
                with suppress(Exception):
                    grades = book.find_submission_notebook(lab, lab, who).grades
                    found[key] = {grade.name: _score(grade) for grade in grades}
            found["remark"] = book.find_comment("written", lab, lab, NEIGHBOUR).manual_comment
    except Exception as error:  # noqa: BLE001 - a submission may have left anything in its place
        found["gradebook"] = str(error)[:300]
    return found


def _score(grade: Any) -> float | None:
    if grade.manual_score is not None:
        return float(grade.manual_score)
    return None if grade.auto_score is None else float(grade.auto_score)


def _shown(lab: str, student: str, canary: str) -> dict[str, Any]:
    """Search what the student's code has put out, and the page that the student gets, for secrets."""
    leaks: list[str] = []
    path = COURSE / "autograded" / student / lab / f"{lab}.ipynb"
    with suppress(OSError, ValueError, AttributeError, TypeError, KeyError):
        if path.stat().st_size > LARGEST:
            raise ValueError(path)
        for cell in json.loads(path.read_bytes())["cells"]:
            for output in cell.get("outputs", []):
                kind = output["output_type"]
                text = json.dumps(output, ensure_ascii=False)
                # The traceback of a check that fails shows its source, whatever was wrong: counted by itself.
                marks = ("STOLEN:", canary) if kind == "error" else ("STOLEN:", canary, *SECRETS)
                leaks += [f"{kind}: {text[text.index(mark) :][:160]}" for mark in marks if mark in text]
    page = b""
    with suppress(OSError):
        for one in (COURSE / "feedback" / student / lab).glob("*.html"):
            page += one.read_bytes()[:LARGEST]
    if canary.encode() in page:
        leaks.append("feedback: canary")
    return {
        "leaks": leaks[:5],
        "page": len(page),
        "hidden_source_in_feedback": b"BEGIN HIDDEN" in page or b"autograder.references" in page,
        "active_html": bool(ACTIVE.search(page)),
    }


def _listen(port: int) -> None:
    """Note who knocks: TCP, UDP, a Unix and an abstract socket, in a process of its own."""
    if os.fork():
        while not Path("/srv/listening").exists():
            time.sleep(0.01)
        return
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.bind(("127.0.0.1", port))
    lines = [socket.create_server(("127.0.0.1", port)), udp]
    for name in (SOCKET, "\0" + SOCKET):
        line = socket.socket(socket.AF_UNIX)
        line.bind(name)
        line.listen()
        lines.append(line)
    for line in lines:
        threading.Thread(target=_note, args=(line,), daemon=True).start()
    Path("/srv/listening").touch()
    threading.Event().wait()


def _note(line: socket.socket) -> None:
    while True:
        with suppress(OSError):
            if line.type == socket.SOCK_DGRAM:
                said = line.recv(100)
            else:
                with line.accept()[0] as end:
                    end.settimeout(2)
                    said = b"connected " + end.recv(100)
            with KNOCKS.open("a", encoding="utf-8") as file:
                file.write(f"{said!r}\n")


if __name__ == "__main__":
    main()
