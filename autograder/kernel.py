"""The student's kernel: what a forked child of the template becomes, inside the sandbox.

Standard library, IPython and ipykernel only; the grader's end is autograder/candidate.py.
"""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.answer import Answerer

if TYPE_CHECKING:
    import socket

_answerers: list[Answerer] = []


def main(arguments: dict[str, Any], channel: socket.socket) -> None:
    """Run a kernel until it is killed.

    arguments: connection: what stands in a Jupyter connection file; home: where cells run; own: for IPython's files
    """
    from ipykernel.kernelapp import IPKernelApp  # noqa: PLC0415  (the template has imported it)

    channel.close()
    home, own = Path(arguments["home"]), Path(arguments["own"])
    for folder in (home, own):
        folder.mkdir(exist_ok=True)
    os.environ |= {"HOME": str(home), "IPYTHONDIR": str(own)}
    os.chdir(home)
    connection = own / "kernel.json"
    connection.write_text(json.dumps(arguments["connection"]), encoding="utf-8")
    app = IPKernelApp.instance(connection_file=str(connection), capture_fd_output=False, quiet=True)
    app.initialize(["--HistoryManager.hist_file=:memory:"])
    app.shell.ask_exit = lambda: None  # `exit` in a scratch cell ends nothing that is still to be checked
    _answerers.append(Answerer(app.shell.user_ns))
    app.start()


def answer(request: str) -> str:
    """Answer one request of the examiner; both travel as text, in an expression that the kernel evaluates."""
    return base64.b64encode(_answerers[0].answer(base64.b64decode(request))).decode()
