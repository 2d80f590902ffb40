"""What comes from a kernel is counted before it is in memory: what is too large is dropped, or ends its kernel."""

from __future__ import annotations

import asyncio
import tempfile
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
import zmq
import zmq.asyncio
from jupyter_client.session import DELIM

from autograder.exam.kernel import relay
from autograder.exam.kernel.relay import CONTROL, INPUT, OUTPUT, PART, PORTS, SHELL, Relay

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from pathlib import Path

SMALL = 10_000  # bytes of a message, in these tests
SECONDS = 5
KERNEL = {SHELL: zmq.DEALER, OUTPUT: zmq.PUB, INPUT: zmq.DEALER, CONTROL: zmq.DEALER}
GRADER = {SHELL: zmq.DEALER, OUTPUT: zmq.SUB, INPUT: zmq.DEALER, CONTROL: zmq.DEALER}


class Pair:
    """A kernel's socket, the grader's, and the relay between them."""

    def __init__(self, carrier: Relay, kernel: zmq.asyncio.Socket, grader: zmq.asyncio.Socket, said: list[str]) -> None:
        self.relay, self.kernel, self.grader, self.said = carrier, kernel, grader, said

    async def comes(self) -> list[bytes]:
        """Return the next message that arrives. Raises TimeoutError when there is none."""
        async with asyncio.timeout(SECONDS):
            parts: list[bytes] = await self.grader.recv_multipart()
        return parts

    async def nothing_comes(self) -> bool:
        """Say whether nothing arrives for a moment."""
        return not await self.grader.poll(200)


@asynccontextmanager
async def pair(folder: Path, channel: str) -> AsyncIterator[Pair]:
    said: list[str] = []
    carrier = Relay(str(folder / "kernel"), lambda: said.append("flood"))
    await carrier.open()
    context = zmq.asyncio.Context()
    try:
        kernel, grader = context.socket(KERNEL[channel]), context.socket(GRADER[channel])
        kernel.bind(f"ipc://{folder}/kernel-{PORTS[channel]}")
        if channel == OUTPUT:
            grader.subscribe(b"")
        grader.connect(f"ipc://{carrier.here}-{PORTS[channel]}")
        await asyncio.sleep(0.3)  # a subscription has to arrive
        yield Pair(carrier, kernel, grader, said)
    finally:
        carrier.close()
        context.destroy(linger=0)


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relay, "LARGEST", SMALL)
    monkeypatch.setattr(relay, "AHEAD", 2 * SMALL)


def run(folder: Path, channel: str, told: Callable[[Pair], Awaitable[None]]) -> None:
    async def whole() -> None:
        async with pair(folder, channel) as both:
            await told(both)

    asyncio.run(whole())


def test_messages_are_carried_both_ways_part_by_part(tmp_path: Path) -> None:
    async def told(both: Pair) -> None:
        parts = [b"", b"a" * 255, b"b" * 256, b"c" * 5000]
        await both.kernel.send_multipart(parts)
        assert await both.comes() == parts
        await both.grader.send_multipart([b"d" * 3 * SMALL, b""])  # what we send ourselves is not counted
        async with asyncio.timeout(SECONDS):
            assert await both.kernel.recv_multipart() == [b"d" * 3 * SMALL, b""]
        assert both.said == []

    run(tmp_path, SHELL, told)


@pytest.mark.parametrize(
    "parts",
    [[b"x" * SMALL], [b"x" * (SMALL // 4)] * 4, [b""] * (SMALL // PART + 1)],
    ids=["one part", "the sum of its parts", "many empty parts"],
)
def test_a_reply_that_is_too_large_ends_its_kernel(tmp_path: Path, parts: list[bytes]) -> None:
    async def told(both: Pair) -> None:
        await both.kernel.send_multipart(parts)
        assert await both.nothing_comes()
        assert both.said == ["flood"]

    run(tmp_path, SHELL, told)


def test_an_output_that_is_too_large_is_left_out_and_the_next_one_comes(tmp_path: Path) -> None:
    async def told(both: Pair) -> None:
        await both.kernel.send_multipart([b"x" * (2 * SMALL), b"y" * SMALL])
        await both.kernel.send_multipart([b"small"])
        assert await both.comes() == [b"small"]
        assert both.said == []

    run(tmp_path, OUTPUT, told)


def test_an_output_without_end_ends_its_kernel(tmp_path: Path) -> None:
    async def told(both: Pair) -> None:
        await both.kernel.send_multipart([b"x" * SMALL] * (relay.PATIENCE + 1))
        assert await both.nothing_comes()
        assert both.said == ["flood"]

    run(tmp_path, OUTPUT, told)


def test_outputs_that_nobody_reads_are_read_and_dropped(tmp_path: Path) -> None:
    async def told(both: Pair) -> None:
        both.relay.listening = False
        for _ in range(100):
            await both.kernel.send_multipart([b"x" * (SMALL // 2)])
        assert await both.nothing_comes()
        both.relay.listening = True
        await both.kernel.send_multipart([b"heard"])
        assert await both.comes() == [b"heard"]

    run(tmp_path, OUTPUT, told)


@pytest.mark.parametrize("channel", [INPUT, CONTROL])
def test_what_comes_on_a_channel_that_nobody_reads_is_dropped(tmp_path: Path, channel: str) -> None:
    async def told(both: Pair) -> None:
        for _ in range(100):
            await both.kernel.send_multipart([b"x" * (SMALL // 2)])
        assert await both.nothing_comes()
        await both.grader.send_multipart([b"interrupt"])
        async with asyncio.timeout(SECONDS):
            assert await both.kernel.recv_multipart() == [b"interrupt"]

    run(tmp_path, channel, told)


def test_no_more_is_carried_than_is_read(tmp_path: Path) -> None:
    async def told(both: Pair) -> None:
        parts = [DELIM, b"x" * (SMALL // 2 - len(DELIM) - PART)]
        for _ in range(20):
            await both.kernel.send_multipart(parts)
        await asyncio.sleep(0.3)
        arrived = 0
        while await both.grader.poll(100):
            await both.grader.recv_multipart()
            arrived += 1
        assert arrived == 3  # of half a message's size, and what a part takes
        both.relay.taken([b"an output", b"y" * SMALL])  # makes no room for replies
        assert await both.nothing_comes()
        for _ in range(arrived):
            both.relay.taken(parts)
        assert await both.comes() == parts

    run(tmp_path, SHELL, told)


def test_a_kernel_that_comes_up_late_is_waited_for_and_none_after_the_start(tmp_path: Path) -> None:
    async def told(both: Pair) -> None:
        await both.kernel.send_multipart([b"x"])
        assert await both.comes() == [b"x"]
        both.relay.seal()
        with pytest.raises(OSError, match=r"refused|No such file"):
            await asyncio.open_unix_connection(f"{both.relay.here}-{PORTS[SHELL]}")
        await both.kernel.send_multipart([b"y"])
        assert await both.comes() == [b"y"]  # what is connected stays so

    run(tmp_path, SHELL, told)


def test_a_peer_that_frames_in_an_older_way_is_not_listened_to(tmp_path: Path) -> None:
    greeted: list[bytes] = []

    async def old(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"\xff" + bytes(8) + b"\x7f" + b"\x01")  # the version of ZMTP 2
        greeted.append(await reader.read())
        writer.close()

    async def whole() -> None:
        server = await asyncio.start_unix_server(old, str(tmp_path / f"kernel-{PORTS[SHELL]}"))
        carrier = Relay(str(tmp_path / "kernel"), lambda: None)
        await carrier.open()
        try:
            reader, writer = await asyncio.open_unix_connection(f"{carrier.here}-{PORTS[SHELL]}")
            async with asyncio.timeout(SECONDS):
                assert len(await reader.read()) == 10  # the signature, and then it is closed
            writer.close()
        finally:
            carrier.close()
            server.close()

    asyncio.run(whole())


def test_a_long_way_to_temporary_files_is_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    far = tmp_path / ("long" * 20)
    far.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(far))

    async def told(both: Pair) -> None:
        await both.kernel.send_multipart([b"x"])
        assert await both.comes() == [b"x"]

    run(tmp_path, SHELL, told)
