"""Cells run in a real, sandboxed kernel: out of time, dead, loud or asking for input, the run goes on and says so."""

from __future__ import annotations

import asyncio
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograder.engine.engine import Engine, shared
from autograder.exam import session
from autograder.exam.cell_run import CellRun, CellStatus
from autograder.exam.kernel import messages, relay
from autograder.inside.namespaces import held_memory
from autograder.model.graded import Limits
from autograder.references import lab1_rnn

if TYPE_CHECKING:
    from collections.abc import Callable

    from nbformat import NotebookNode

pytestmark = pytest.mark.slow

QUICK = Limits(cell_seconds=3, given_seconds=3)
NOTHING = session.Plan([], [], {})


def engine() -> Engine:
    return shared("bubblewrap")


def outcome(*sources: str, limits: Limits = QUICK) -> tuple[list[CellRun], list[NotebookNode]]:
    notebook = new_notebook(cells=[new_code_cell(source) for source in sources])
    return asyncio.run(session.run(notebook, engine(), NOTHING, limits, "seed")), notebook.cells


def outcomes(*sources: str, limits: Limits = QUICK) -> list[CellStatus]:
    return [cell.status for cell in outcome(*sources, limits=limits)[0]]


def text(cell: NotebookNode) -> str:
    return "".join(output.get("text", "") for output in cell.outputs)


def test_an_error_does_not_stop_the_cells_after_it() -> None:
    runs, cells = outcome("1 / 0", "print('on')")
    assert runs == [CellRun(CellStatus.RAISED, "ZeroDivisionError", "division by zero"), CellRun(CellStatus.OK)]
    assert text(cells[1]) == "on\n"


def test_what_stands_on_stderr_is_no_error() -> None:
    assert outcomes("import sys; print('W0000 warning', file=sys.stderr)") == [CellStatus.OK]


def test_an_endless_loop_is_interrupted_and_names_survive() -> None:
    runs, cells = outcome("x = 1", "while True: pass", "print(x)")
    assert [cell.status for cell in runs] == [CellStatus.OK, CellStatus.TIMED_OUT, CellStatus.OK]
    assert text(cells[2]) == "1\n"


def test_a_loop_that_catches_the_interrupt_is_killed_and_the_rest_goes_on() -> None:
    stubborn = "while True:\n    try:\n        while True: pass\n    except BaseException: pass"
    runs, cells = outcome("x = 1", stubborn, "print(x)")
    assert [cell.status for cell in runs] == [CellStatus.OK, CellStatus.TIMED_OUT, CellStatus.OK]
    assert text(cells[2]) == "1\n"


def test_a_cell_that_kills_the_kernel_is_left_out_and_the_cells_before_it_are_replayed() -> None:
    runs, cells = outcome("x = 1", "import os; os._exit(1)", "print(x)", "x = 2")
    assert [cell.status for cell in runs] == [CellStatus.OK, CellStatus.DIED, CellStatus.OK, CellStatus.OK]
    assert text(cells[2]) == "1\n"


def test_cells_of_the_students_own_that_end_the_kernel_are_left_out_and_the_rest_goes_on() -> None:
    deaths = ["import os; os._exit(1)"] * 5
    assert outcomes(*deaths, "1") == [CellStatus.DIED] * 5 + [CellStatus.OK]


def test_after_ten_such_cells_and_three_restarts_the_rest_is_not_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "OWN_CELLS", 1)
    deaths = ["import os; os._exit(1)"] * 6
    assert outcomes(*deaths) == [CellStatus.DIED] * 5 + [CellStatus.NOT_RUN]


def test_a_restart_that_a_cell_asks_for_costs_only_that_cell() -> None:
    asks = "import IPython\nIPython.Application.instance().kernel.do_shutdown(True)"
    later = "import threading, os\nthreading.Timer(0.3, lambda: os._exit(1)).start()"
    after = "import time\ntime.sleep(1)\nprint(x + 1)"
    runs, cells = outcome("x = 1", asks, "print(x)", later, after)
    assert [cell.status for cell in runs] == [
        CellStatus.OK,
        CellStatus.OK,
        CellStatus.OK,
        CellStatus.DIED,
        CellStatus.OK,
    ]
    assert text(cells[2]) == "1\n"
    assert text(cells[4]) == "2\n"


def test_a_kernel_that_answers_nothing_any_more_is_given_up() -> None:
    mute = "import asyncio\nget_ipython().kernel.do_execute = lambda *_, **__: asyncio.sleep(1000)"
    limits = Limits(cell_seconds=1, given_seconds=1)
    runs = outcomes("x = 1", mute, "1", "2", "3", "4", limits=limits)
    assert runs[:2] == [CellStatus.OK] * 2
    assert set(runs[2:]) == {CellStatus.TIMED_OUT}


def test_what_waits_for_nothing_is_set_aside_where_others_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "IDLE_SECONDS", 1)
    limits = Limits(cell_seconds=1, given_seconds=1)
    notebook = new_notebook(cells=[new_code_cell("import time\ntime.sleep(100)") for _ in range(3)])
    with pytest.raises(session.HeldError):
        asyncio.run(session.run(notebook, engine(), NOTHING, limits, "seed", patient=False))
    runs = asyncio.run(session.run(notebook, engine(), NOTHING, limits, "seed"))
    assert [cell.status for cell in runs] == [CellStatus.TIMED_OUT] * 3


def test_output_is_bounded_and_inert() -> None:
    flood = "for _ in range(3000): print('x' * 1000)"
    html = "from IPython.display import HTML, Javascript, display; display(HTML('<b>'), Javascript('1'), 7)"
    cells = outcome(flood, html)[1]
    assert len(text(cells[0])) <= QUICK.output_characters
    media = {medium for output in cells[1].outputs for medium in output.data}
    assert media == {"text/plain"}


def test_experiments_are_left_out() -> None:
    notebook = new_notebook(cells=[new_code_cell("1 / 0", metadata={"tags": [tag]}) for tag in ("demo", "train")])
    notebook.cells.append(new_markdown_cell("text"))
    assert {cell.status for cell in asyncio.run(session.run(notebook, engine(), NOTHING, QUICK, ""))} == {
        CellStatus.SKIPPED
    }


def test_a_cell_that_asks_for_input_is_answered_with_an_error() -> None:
    assert outcome("input()")[0][0].error == "StdinNotImplementedError"


def test_the_kernel_works_in_an_empty_folder_of_its_own() -> None:
    cells = outcome("import os; print(os.listdir(), os.getcwd(), os.environ['HOME'])")[1]
    listing, folder, home = text(cells[0]).split()
    assert (listing, folder) == ("[]", home)
    assert Path.cwd() != Path(folder)
    assert not Path(folder).exists()


def test_the_kernel_has_one_thread_and_no_seed() -> None:
    seen = "import os; print(os.environ.get('AUTOGRADER_SEED'), os.environ['OPENBLAS_NUM_THREADS'])"
    assert text(outcome(seen)[1][0]) == "None 1\n"


def test_what_a_cell_starts_ends_with_its_kernel() -> None:
    mark = f"{time.time_ns()}"  # among the arguments of what is started, to find it by from outside
    start = f"import subprocess; started = subprocess.Popen(['/bin/sh', '-c', 'sleep 300; true', {mark!r}])"
    cells = outcome(f"{start}\nimport time; time.sleep(0.5); print(started.poll())")[1]
    assert text(cells[0]) == "None\n"
    commands = [path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if path.exists()]
    assert not [command for command in commands if mark.encode() in command]


def test_an_import_of_what_the_grader_lacks_costs_nothing_until_it_is_used() -> None:
    runs, cells = outcome(
        "import pandas as pd\nfrom sklearn.metrics import accuracy_score\nimport torch.nn as nn",
        "def table(x):\n    return pd.DataFrame(x)\ndef plain(x):\n    return x",
        "print(plain(1))",
        "table([1])",
        "import seaborn\nseaborn.set_theme()",
        "import numpy as np, inspect\nprint(inspect.getsource(table)[:9], hasattr(pd, '__file__'))",
    )
    assert [cell.status for cell in runs[:3]] == [CellStatus.OK] * 3
    assert text(cells[2]) == "1\n"
    assert runs[3].error == "PackageMissingError"
    assert "the grader has no package pandas" in runs[3].message
    assert runs[4].error == "PackageMissingError"
    assert runs[5].status is CellStatus.OK


def test_an_import_that_waits_for_an_error_gets_it_and_a_misspelt_one_fails() -> None:
    runs, cells = outcome(
        "try:\n    import torch\nexcept ImportError:\n    torch = None\nprint(torch)",
        "try:\n    import torch\nfinally:\n    print('here')",
        "import panadas",
        "import importlib\nimportlib.import_module('pandas')",
    )
    assert text(cells[0]) == "None\n"
    assert [cell.status for cell in runs[:2]] == [CellStatus.OK] * 2
    assert [cell.error for cell in runs[2:]] == ["ModuleNotFoundError"] * 2


def test_colabs_own_calls_do_nothing_and_say_so_once() -> None:
    runs, cells = outcome(
        "from google.colab import drive, files\nimport google.colab\n"
        "drive.mount('/content/drive')\ndrive.mount('/content/drive')\nprint(files.upload())",
        "google.colab.kernel.invoke()",
        "from labkit.base import colab\nprint(colab.there())",
    )
    assert runs[0].status is CellStatus.OK
    assert text(cells[0]).count("google.colab.drive.mount does nothing here") == 1
    assert text(cells[0]).endswith("{}\n")
    assert runs[1].error == "PackageMissingError"
    assert text(cells[2]) == "False\n"


def test_a_module_that_the_notebook_has_written_can_be_imported() -> None:
    runs, cells = outcome(
        "%%writefile mine.py\ndef embed(x):\n    return x + 1", "from mine import embed\nprint(embed(1))"
    )
    assert [cell.status for cell in runs] == [CellStatus.OK] * 2, runs
    assert text(cells[1]) == "2\n"


FLOODS = {
    "one message of many parts": "get_ipython().kernel.iopub_socket.send_multipart([b'x' * (1 << 20)] * 5)",
    "many messages": "for _ in range(100): get_ipython().kernel.iopub_socket.send_multipart([b'x' * (1 << 20)])",
    "what no cell asked for": (
        "kernel = get_ipython().kernel\n"
        "content = {'name': 'stdout', 'text': 'x' * (1 << 20)}\n"
        "for _ in range(100): kernel.session.send(kernel.iopub_socket, 'stream', content)"
    ),
}


@pytest.mark.parametrize("flood", FLOODS.values(), ids=FLOODS)
def test_a_flood_of_outputs_takes_no_memory_and_nobodys_points(flood: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relay, "LARGEST", 2 << 20)
    monkeypatch.setattr(relay, "AHEAD", 3 << 20)
    engine()
    held, most = held_memory(), []
    monkeypatch.setattr(messages.CarefulSession, "feed_identities", _noting(most))
    assert outcomes("x = 1", flood, "print(x)") == [CellStatus.OK] * 3
    assert max(most) - held < 32 << 20


# Each just below what a message may have (24 MB), and many of them, so that as much waits as may wait (32 MB).
FULL_FLOODS = {
    "outputs": (
        "kernel = get_ipython().kernel\n"
        "content = {'name': 'stdout', 'text': 'x' * (23 << 20)}\n"
        "for _ in range(10): kernel.session.send(kernel.iopub_socket, 'stream', content, parent=kernel.get_parent())"
    ),
    "outputs of many parts": (
        "for _ in range(10): get_ipython().kernel.iopub_socket.send_multipart([b'x' * 1000] * 20_000)"
    ),
    "replies": (
        "kernel = get_ipython().kernel\n"
        "ident, content = kernel._parent_ident['shell'], {'status': 'ok', 'text': 'x' * (23 << 20)}\n"
        "for _ in range(10): kernel.session.send(kernel.shell_stream, 'execute_reply', content, ident=ident)"
    ),
    "replies of many values": (
        "kernel = get_ipython().kernel\n"
        "ident, content = kernel._parent_ident['shell'], {'status': 'ok', 'values': [[]] * 5_000_000}\n"
        "for _ in range(3): kernel.session.send(kernel.shell_stream, 'execute_reply', content, ident=ident)"
    ),
}


@pytest.mark.thorough
@pytest.mark.parametrize("flood", FULL_FLOODS.values(), ids=FULL_FLOODS)
def test_a_flood_within_the_real_limits_takes_less_than_100_mb(flood: str) -> None:
    assert outcomes("x = 1", "print(x)") == [CellStatus.OK] * 2
    held, most, ended = held_memory(), [0], threading.Event()

    def look() -> None:
        while not ended.wait(0.005):
            most.append(held_memory())

    looking = threading.Thread(target=look)
    looking.start()
    try:
        runs = outcomes("x = 1", flood, "print(x)", limits=Limits(cell_seconds=20))
    finally:
        ended.set()
        looking.join()
    assert (runs[0], runs[2]) == (CellStatus.OK, CellStatus.OK)
    assert max(most) - held < 100 << 20


def _noting(most: list[int]) -> Callable[..., tuple[list[bytes], list[Any]]]:
    """Note what this process holds whenever it reads a message."""
    feed = messages.CarefulSession.feed_identities

    def noting(self: Any, parts: Any, copy: bool = True) -> tuple[list[bytes], list[Any]]:
        most.append(held_memory())
        return feed(self, parts, copy)

    return noting


def test_a_reply_without_end_ends_its_own_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relay, "LARGEST", 2 << 20)
    flood = (
        "kernel = get_ipython().kernel\n"
        "ident, many = kernel._parent_ident['shell'], [b'x' * (1 << 20)] * 5\n"
        "kernel.session.send(kernel.shell_stream, 'more', {}, ident=ident, buffers=many)\n"
        "import time\ntime.sleep(2)"
    )
    assert outcomes("x = 1", flood, "print(x)") == [CellStatus.OK, CellStatus.DIED, CellStatus.OK]


# Checks: the verdict first, then its words

BOTH = "import numpy as np\nfrom labkit.checks import lab1_rnn as checks"
CHECK = """checks.rnn_step(rnn_step)
### BEGIN HIDDEN TESTS
from autograder.references import lab1_rnn as reference

checks.rnn_step(rnn_step, reference.fresh("rnn_step"))
### END HIDDEN TESTS"""
SEED = "1"
PLAN = session.Plan([BOTH], ["rnn_step", "embed"], {"AUTOGRADER_SEED": SEED})
EMBED = "def embed(tokens, table):\n    return table[tokens]"
# Wrong while the verdict is made; then, when words are asked for, it does something else.
STEP = """
import os, time
import numpy as np
calls = 0
def rnn_step(x, h, W_xh, W_hh, b):
    global calls
    calls += 1
    if calls > {count}:
        {then}
    return np.tanh(x @ W_xh + h @ W_hh + b) + 0.0123
"""


def checked(*bodies: str) -> list[CellRun]:
    """Run cells, each with the check of the exercise that it defines behind it; return what the checks came to."""
    cells = []
    for body in bodies:
        name = "embed" if "def embed" in body else "rnn_step"
        about = {"grade": True, "solution": False, "grade_id": f"check-{name}"}
        check = new_code_cell(CHECK.replace("rnn_step", name), metadata={"nbgrader": about})
        cells += [new_code_cell(body), check]
    notebook = new_notebook(cells=cells)
    return asyncio.run(session.run(notebook, engine(), PLAN, QUICK, "seed"))[1::2]


def step(then: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("AUTOGRADER_SEED", SEED)
    return STEP.format(count=len(lab1_rnn.fresh("rnn_step")) + 1, then=then)


def test_a_failed_check_gets_the_words_of_its_public_part(monkeypatch: pytest.MonkeyPatch) -> None:
    (found,) = checked(step("pass", monkeypatch))
    assert (found.status, found.error, found.key) == (CellStatus.RAISED, "CheckFailed", "value")


@pytest.mark.parametrize(
    "then",
    [
        "return np.tanh(x @ W_xh + h @ W_hh + b)",
        "os._exit(1)",
        "time.sleep(100)",
        "while True:\n            try: time.sleep(100)\n            except BaseException: pass",
        "raise NotImplementedError('Exercise 2.1: rnn_step')",
        "raise type('PackageMissingError', (Exception,), {{}})('the grader has no package pandas')",
    ],
    ids=["right", "ends", "sleeps", "stays", "a TODO", "a package"],
)
def test_what_happens_while_words_are_asked_for_changes_nothing(then: str, monkeypatch: pytest.MonkeyPatch) -> None:
    found, after = checked(step(then.replace("{{", "{").replace("}}", "}"), monkeypatch), EMBED)
    assert (found.status, found.error, found.key) == (CellStatus.RAISED, "CheckFailed", "fresh")
    assert after.status is CellStatus.OK
