"""Gives jupyter_client a kernel that is a fork of a warm process, behind a relay; no file leads to it."""

from __future__ import annotations

import asyncio
import shutil
from typing import TYPE_CHECKING, Any, cast

from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.provisioner_base import KernelProvisionerBase

from autograder.base.files import socket_folder
from autograder.exam.kernel.relay import PORTS, Relay

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_client.connect import KernelConnectionInfo

    from autograder.engine.child import Child
    from autograder.engine.fork_client import Forks
    from autograder.inside.namespaces import ProcessLimits

NAME = "k"  # of a kernel's sockets: k-1, k-2, ...


class Provisioner(KernelProvisionerBase):
    """Gives jupyter_client a kernel that is a fork of a template, in place of a program that it starts.

    relay: what its messages come through, while it runs
    """

    def __init__(self, template: Forks, limits: ProcessLimits, seed: str, **settings: Any) -> None:
        super().__init__(**settings)
        self.template, self.limits, self.seed = template, limits, seed
        self.child: Child | None = None
        self.relay: Relay | None = None
        self.folder: Path | None = None  # without a sandbox: its home and its sockets

    @property
    def has_process(self) -> bool:
        """Whether a kernel was started and not yet cleaned up."""
        return self.child is not None

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:  # noqa: ARG002
        """Fork; say where the kernel's sockets are, seen from here."""
        manager: Any = self.parent
        ports = {f"{name}_port": number for name, number in PORTS.items()}
        shared = {"transport": "ipc", "key": manager.session.key.decode(), "signature_scheme": "hmac-sha256", **ports}
        arguments: dict[str, Any] = {"connection": shared | {"ip": NAME}}
        if not self.template.sandboxed:
            self.folder = socket_folder("kernel-")
            places = {"home": self.folder / "home", "own": self.folder / "own", "sockets": self.folder}
            arguments |= {name: str(path) for name, path in places.items()}
        child = self.child = await asyncio.to_thread(
            self.template.fork, "autograder.inside.kernel:main", arguments, seed=self.seed, limits=self.limits
        )
        sockets = child.sockets or self.folder
        assert sockets is not None  # noqa: S101
        self.relay = Relay(str(sockets / NAME), lambda: child.kill_for("flood"))
        await self.relay.open()
        outer: Any = shared | {"ip": self.relay.here, "key": manager.session.key}
        return cast("KernelConnectionInfo", outer)

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Nothing is to be prepared: there is no command."""
        return {**kwargs, "cmd": []}

    async def poll(self) -> int | None:
        """Return the exit status, or None while the kernel runs."""
        return self.child.poll() if self.child else 0

    async def wait(self) -> int | None:
        """Wait until the kernel is gone."""
        return await self.child.finished() if self.child else 0

    async def send_signal(self, signum: int) -> None:  # noqa: ARG002
        """End it: an interrupt goes as a message, and any other signal means the end."""
        await self.kill()

    async def kill(self, restart: bool = False) -> None:  # noqa: ARG002
        """End it with all that it has started."""
        if self.child:
            self.child.kill()

    async def terminate(self, restart: bool = False) -> None:
        """End it: a student's code is asked nothing."""
        await self.kill(restart)

    async def cleanup(self, restart: bool = False) -> None:  # noqa: ARG002
        """Close what leads to it."""
        if self.relay:
            self.relay.close()
            self.relay = None
        if self.child:
            await asyncio.to_thread(self.template.end, self.child)
            self.child = None
        if self.folder:
            shutil.rmtree(self.folder, ignore_errors=True)


class Manager(AsyncKernelManager):
    """A kernel manager that keeps what leads to the kernel in memory: there is no connection file."""

    def _reconcile_connection_info(self, info: KernelConnectionInfo) -> None:
        self.load_connection_info(info)

    def write_connection_file(self, **settings: Any) -> None:
        """Write nothing."""
