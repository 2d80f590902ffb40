"""The student's kernel: what a forked child of the template becomes, inside the sandbox.

Standard library, IPython and ipykernel only; the grader's end is autograder/exam/candidate.py.
"""

from __future__ import annotations

import base64
import json
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ipykernel.iostream import OutStream
from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelapp import IPKernelApp

from autograder.inside import namespaces, placeholders
from autograder.inside.answer import Answerer

if TYPE_CHECKING:
    import socket

REQUEST, REPLY = "autograder_request", "autograder_reply"


class Stream(OutStream):
    """Standard output that waits for the thread which sends it only when there is something to send."""

    _written = False

    def write(self, string: str) -> int:
        """Take some text."""
        self._written = True
        return super().write(string)  # type: ignore[return-value]

    def flush(self) -> None:
        """See that all of it is sent: four times for each request, most of them in vain."""
        if self._written:
            self._written = False
            super().flush()  # type: ignore[no-untyped-call]


class Kernel(IPythonKernel):
    """IPython's kernel, with a message for the examiner's requests, for which no cell has to be run."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)  # type: ignore[no-untyped-call]
        self.shell_handlers[REQUEST] = self.autograder_request
        self.answerer = Answerer(self.shell.user_ns)

    def autograder_request(self, stream: Any, ident: Any, parent: Any) -> None:
        """Answer a request of the examiner; both travel as text."""
        reply = self.answerer.answer(base64.b64decode(parent["content"]["request"]))
        with suppress(Exception):  # a student may have put something else in their place
            sys.stdout.flush()
            sys.stderr.flush()
        self.session.send(stream, REPLY, {"reply": base64.b64encode(reply).decode()}, parent, ident=ident)

    async def do_shutdown(self, restart: bool) -> dict[str, Any]:
        """Go on: whoever asks for a restart here, after installing a package, say, wants to run what follows."""
        return {"status": "ok", "restart": restart}

    def _publish_status(self, status: str, channel: str, parent: Any = None) -> None:
        """Say when the kernel is idle again; when it is busy, and what of our requests, nobody wants to know."""
        about = parent or self.get_parent(channel)  # type: ignore[no-untyped-call]
        if status == "idle" and about.get("header", {}).get("msg_type") != REQUEST:
            super()._publish_status(status, channel, parent)  # type: ignore[no-untyped-call]

    def _publish_execute_input(self, code: str, parent: Any, execution_count: int) -> None:
        """Leave it out: who asked for a cell knows what stands in it."""


class App(IPKernelApp):
    """ipykernel's application without what no submission needs: subshells, which send each request through a thread."""

    kernel_class = Kernel
    outstream_class = "autograder.inside.kernel.Stream"

    def init_control(self, context: Any) -> None:
        """Make the control channel, whose thread takes interrupts."""
        super().init_control(context)  # type: ignore[no-untyped-call]
        self.shell_channel_thread = None


def main(arguments: dict[str, Any], channel: socket.socket) -> None:
    """Run a kernel until it is killed.

    arguments: connection: what stands in a Jupyter connection file, and its sockets' name in the folder for those;
        home: where cells run; own: for IPython's files; sockets: the folder; each where it is not this process's own
    """
    channel.close()
    lodging = namespaces.lodging
    home = Path(arguments.get("home") or lodging.home)
    own = Path(arguments.get("own") or Path(lodging.private, "ipython"))
    sockets = arguments.get("sockets") or lodging.sockets
    arguments["connection"]["ip"] = str(Path(sockets, arguments["connection"]["ip"]))
    for folder in (home, own):
        folder.mkdir(exist_ok=True)
    os.environ |= {"HOME": str(home), "IPYTHONDIR": str(own)}
    os.chdir(home)
    connection = own / "kernel.json"
    connection.write_text(json.dumps(arguments["connection"]), encoding="utf-8")
    app = App.instance(connection_file=str(connection), capture_fd_output=False, quiet=True)
    app.initialize(["--HistoryManager.enabled=False"])
    # Without a copy, pyzmq starts a thread at the first large message, and where no thread can start, that is lost.
    app.session.copy_threshold = sys.maxsize
    app.kernel._execute_sleep = 0  # noqa: SLF001  (a pause of half a millisecond for each request)
    app.shell.ask_exit = lambda: None  # `exit` in a scratch cell ends nothing that is still to be checked
    placeholders.install(app.shell.user_ns)
    # Colab's own magics: the version is what it is, and a shell is bash.
    app.shell.register_magic_function(lambda _: None, "line", "tensorflow_version")
    app.shell.magics_manager.register_alias("shell", "bash", "cell")
    # As in Jupyter, what the notebook writes can be imported. All that we need ourselves is imported already.
    sys.path.insert(0, "")
    app.start()
