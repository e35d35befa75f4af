"""Doors in front of servers: a TCP door that can be slammed or go silent, a UDP door that can go dark."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import threading
from collections.abc import Sequence
from typing import Any

from tests.product import free_port

CHUNK = 65_536
# SO_LINGER of zero seconds: closing sends a reset, as a broken network does, and not a farewell.
RESET = struct.pack("ii", 1, 0)


class DoorKeeper:
    """One thread with one event loop for all doors of a drill."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, name="doors", daemon=True)
        self._thread.start()

    def call(self, work: Any) -> Any:
        """Run a coroutine in the loop and return its result."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(timeout=20)

    def stop(self) -> None:
        """End the loop."""
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(timeout=5)


class TcpDoor:
    """Passes connections on to the first of its servers that takes them, as a load balancer does."""

    def __init__(self, keeper: DoorKeeper, ports: Sequence[int]) -> None:
        self.port = free_port()
        self._ports = ports
        self._keeper = keeper
        self._open: set[asyncio.StreamWriter] = set()
        self._passing = asyncio.Event()
        keeper.call(self._listen())

    async def _listen(self) -> None:
        self._passing.set()
        await asyncio.start_server(self._pass, "127.0.0.1", self.port)

    async def _pass(self, near_in: asyncio.StreamReader, near_out: asyncio.StreamWriter) -> None:
        await self._passing.wait()
        for port in self._ports:
            with contextlib.suppress(OSError):
                far_in, far_out = await asyncio.open_connection("127.0.0.1", port)
                break
        else:
            near_out.close()
            return
        ends = {near_out, far_out}
        self._open |= ends
        try:
            await asyncio.gather(self._pump(near_in, far_out), self._pump(far_in, near_out))
        finally:
            self._open -= ends

    async def _pump(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await source.read(CHUNK):
                await self._passing.wait()
                target.write(data)
                await target.drain()
        with contextlib.suppress(OSError):
            target.close()

    def cut(self) -> None:
        """Reset every connection that passes now."""

        async def cut() -> None:
            for end in list(self._open):
                raw: socket.socket = end.get_extra_info("socket")
                with contextlib.suppress(OSError):
                    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                end.transport.abort()

        self._keeper.call(cut())

    def silence(self, silent: bool) -> None:
        """Pass nothing on from now (what comes is kept and passed on later), or pass everything again."""
        self._keeper.loop.call_soon_threadsafe(self._passing.clear if silent else self._passing.set)


class UdpDoor:
    """Passes datagrams between browsers and one server; while it is dark every one of them is lost."""

    def __init__(self, keeper: DoorKeeper, target: int) -> None:
        self.port = free_port()
        self.dark = False
        self.passed = 0
        self._target = target
        self._ways: dict[Any, asyncio.DatagramTransport] = {}
        keeper.call(self._listen())

    async def _listen(self) -> None:
        loop = asyncio.get_running_loop()
        self._front, _ = await loop.create_datagram_endpoint(lambda: _Front(self), local_addr=("127.0.0.1", self.port))

    async def onward(self, data: bytes, source: Any) -> None:
        """Take a datagram of a browser."""
        if self.dark:
            return
        way = self._ways.get(source)
        if way is None:
            loop = asyncio.get_running_loop()
            back = _Back(self, source)
            way, _ = await loop.create_datagram_endpoint(lambda: back, remote_addr=("127.0.0.1", self._target))
            self._ways[source] = way
        self.passed += 1
        way.sendto(data)

    def homeward(self, data: bytes, source: Any) -> None:
        """Take a datagram of the server for one browser."""
        if not self.dark:
            self._front.sendto(data, source)


class _Front(asyncio.DatagramProtocol):
    def __init__(self, door: UdpDoor) -> None:
        self._door = door
        self._first: dict[Any, asyncio.Task[None]] = {}

    def datagram_received(self, data: bytes, addr: Any) -> None:
        task = asyncio.ensure_future(self._door.onward(data, addr))
        self._first[addr] = task  # kept, or it may be collected before it has run


class _Back(asyncio.DatagramProtocol):
    def __init__(self, door: UdpDoor, source: Any) -> None:
        self._door = door
        self._source = source

    def datagram_received(self, data: bytes, addr: Any) -> None:
        self._door.homeward(data, self._source)

    def error_received(self, exc: Exception) -> None:
        """The server is away; the browser finds out by itself."""
