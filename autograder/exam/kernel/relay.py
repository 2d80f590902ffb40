"""Carries a kernel's messages to the grader's sockets, and counts: none is in memory before its size is known.

ZeroMQ hands out a message when all its parts are there, however many they are, and keeps what nobody reads. So its
bytes come by here. They are framed as ZMTP says (https://rfc.zeromq.org/spec/23): a byte of flags, a length, the bytes
of a part. The kernel's sockets are connected once, before anything of a student's runs.
"""

from __future__ import annotations

import asyncio
import shutil
from contextlib import suppress
from typing import TYPE_CHECKING

from jupyter_client.session import DELIM

from autograder.base.files import socket_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

SHELL, OUTPUT, INPUT, CONTROL = "shell", "iopub", "stdin", "control"
PORTS = {SHELL: 1, OUTPUT: 2, INPUT: 3, "hb": 4, CONTROL: 5}
LARGEST = 24 << 20  # bytes of one message, all its parts together
AHEAD = 32 << 20  # bytes of replies, and as many of outputs, that are carried and not yet read
PATIENCE = 10  # an output that is so many times larger is not waited for to its end
PART = 128  # what a part takes beside its bytes
LONGEST_COMMAND = 4096  # ZMTP's own words: a handshake, a subscription
PIECE = 1 << 16
CONNECT_SECONDS, CONNECT_AGAIN = 60, 0.003
MORE, LONG, COMMAND = 1, 2, 4  # flags
GREETING, VERSION = 64, 3


class Relay:
    """The channels of one kernel.

    folder: where the grader's sockets connect; `here` is the beginning of their paths, as Jupyter counts them
    """

    def __init__(self, kernel: str, flooded: Callable[[], None]) -> None:
        """Prepare to carry.

        kernel: the beginning of its sockets' paths; flooded: called for a reply that is too large
        """
        self.folder = socket_folder("relay-")
        self.here = str(self.folder / "k")
        self.listening = True  # whether anybody reads the outputs
        self._kernel = kernel
        self._flooded = flooded
        self._servers: list[asyncio.Server] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._ahead = {SHELL: 0, OUTPUT: 0}
        self._room = asyncio.Event()

    async def open(self) -> None:
        """Listen for the grader's sockets."""
        for channel in (SHELL, OUTPUT, INPUT, CONTROL):
            serve = self._server(channel)
            self._servers.append(await asyncio.start_unix_server(serve, f"{self.here}-{PORTS[channel]}", limit=PIECE))

    def seal(self) -> None:
        """Connect nothing any more: what is at the kernel's paths from now on, a student may have put there."""
        for server in self._servers:
            server.close()
        self._servers = []

    def close(self) -> None:
        """Carry nothing any more."""
        self.seal()
        for task in list(self._tasks):
            task.cancel()
        shutil.rmtree(self.folder, ignore_errors=True)

    def taken(self, parts: Sequence[bytes]) -> None:
        """Hear that somebody has read a message: a reply begins with Jupyter's mark, an output with its topic."""
        channel = SHELL if parts and parts[0] == DELIM else OUTPUT
        self._ahead[channel] -= _size(map(len, parts))
        self._room.set()

    def _server(self, channel: str) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], None]:
        def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.ensure_future(self._carry(channel, reader, writer))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

        return serve

    async def _carry(self, channel: str, ours: asyncio.StreamReader, to_us: asyncio.StreamWriter) -> None:
        """Carry one connection, both ways, until either end closes it."""
        writers = [to_us]
        try:
            theirs, to_them = await _connect(f"{self._kernel}-{PORTS[channel]}")
            writers.append(to_them)
            ways = [
                asyncio.ensure_future(_copy(ours, to_them)),
                asyncio.ensure_future(self._down(channel, theirs, to_us)),
            ]
            try:
                await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for way in ways:
                    way.cancel()
                await asyncio.gather(*ways, return_exceptions=True)
        except OSError:
            pass  # there is no kernel: who waits for it sees that
        finally:
            for writer in writers:
                writer.close()

    async def _down(self, channel: str, theirs: asyncio.StreamReader, to_us: asyncio.StreamWriter) -> None:
        """Carry what comes from the kernel, message by message."""
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            await _greet(theirs, to_us)
            while True:
                head, length = await _head(theirs)
                if head[0] & COMMAND:
                    if length > LONGEST_COMMAND:
                        self._flooded()
                        return
                    to_us.write(head + await theirs.readexactly(length))
                    await to_us.drain()
                else:
                    message, size = await _message(theirs, head, length)
                    if size > (LARGEST if channel == SHELL else PATIENCE * LARGEST):
                        self._flooded()
                        return
                    if size <= LARGEST and (channel == SHELL or (channel == OUTPUT and self.listening)):
                        await self._wait_for(channel, size)
                        for start in range(0, len(message), PIECE):
                            to_us.write(message[start : start + PIECE])
                            await to_us.drain()
                    del message

    async def _wait_for(self, channel: str, size: int) -> None:
        """Wait until what was carried before has been read, as far as there is need."""
        while self._ahead[channel] > 0 and self._ahead[channel] + size > AHEAD:
            self._room.clear()
            await self._room.wait()
        self._ahead[channel] += size


async def _connect(path: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Connect to a socket that a kernel is about to open. Raises OSError when it doesn't."""
    async with asyncio.timeout(CONNECT_SECONDS):  # TimeoutError is an OSError
        while True:
            try:
                return await asyncio.open_unix_connection(path, limit=PIECE)
            except (FileNotFoundError, ConnectionRefusedError):
                await asyncio.sleep(CONNECT_AGAIN)


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while piece := await reader.read(PIECE):
            writer.write(piece)
            await writer.drain()


async def _greet(theirs: asyncio.StreamReader, to_us: asyncio.StreamWriter) -> None:
    """Carry a greeting, step by step, because either end waits for the other. An older one frames otherwise."""
    signature = await theirs.readexactly(10)
    to_us.write(signature)
    version = await theirs.readexactly(1)
    if signature[0] != 0xFF or not signature[9] & 1 or version[0] < VERSION:
        raise ConnectionError
    to_us.write(version)
    to_us.write(await theirs.readexactly(GREETING - 11))


async def _head(reader: asyncio.StreamReader) -> tuple[bytes, int]:
    """Read the head of a part, or of a command: its flags and its length."""
    flags = await reader.readexactly(1)
    length = await reader.readexactly(8 if flags[0] & LONG else 1)
    return flags + length, int.from_bytes(length, "big")


async def _message(reader: asyncio.StreamReader, head: bytes, length: int) -> tuple[bytearray, int]:
    """Read the rest of a message; return its bytes and its size: no bytes where that is too large."""
    kept, size = bytearray(), 0
    while True:
        size += _size([length])
        if size > LARGEST:
            kept.clear()
        else:
            kept += head
        while length and size <= PATIENCE * LARGEST:
            piece = await reader.readexactly(min(length, PIECE))
            length -= len(piece)
            if size <= LARGEST:
                kept += piece
        if not head[0] & MORE or size > PATIENCE * LARGEST:
            return kept, size
        head, length = await _head(reader)


def _size(lengths: Iterable[int]) -> int:
    return sum(length + PART for length in lengths)
