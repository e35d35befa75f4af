"""A weak line of one's own: a UDP proxy that delays, loses and narrows what passes. No root, nothing else on the machine is touched."""

from __future__ import annotations

import asyncio
import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

# What a bottleneck keeps waiting before it drops: half a second, as the modems of mobile networks do.
QUEUE_SECONDS = 0.5


@dataclass
class Weakness:
    """What a line does to its packets, in each direction: seconds one way, share lost, bytes a second (None: no bound)."""

    delay: float = 0.0
    jitter: float = 0.0
    loss: float = 0.0
    rate: float | None = None
    down: bool = False


@dataclass
class UdpLine:
    """127.0.0.1:`port` <-> 127.0.0.1:`target`. Change `weakness` at any time."""

    target: int
    port: int = 0
    weakness: Weakness = field(default_factory=Weakness)
    passed: int = 0
    dropped: int = 0
    _busy_until: dict[str, float] = field(default_factory=dict)
    _backs: dict[Any, asyncio.DatagramTransport] = field(default_factory=dict)
    _waiting: dict[Any, list[bytes]] = field(default_factory=dict)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def open(self) -> None:
        """Start to listen on a free port."""
        self._loop = asyncio.get_running_loop()
        self._random = random.Random(7)
        self._front, _ = await self._loop.create_datagram_endpoint(
            lambda: _Ear(self._from_client), local_addr=("127.0.0.1", 0)
        )
        self.port = self._front.get_extra_info("sockname")[1]

    def close(self) -> None:
        """End all of it."""
        self._front.close()
        for back in self._backs.values():
            back.close()

    def _from_client(self, data: bytes, address: Any) -> None:
        if address in self._backs:
            self._shape("up", len(data), lambda: self._backs[address].sendto(data))
        elif address in self._waiting:
            self._waiting[address].append(data)
        else:
            self._waiting[address] = [data]
            task = self._loop.create_task(self._open_back(address))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _open_back(self, address: Any) -> None:
        def home(data: bytes, _from: Any) -> None:
            self._shape("down", len(data), lambda: self._front.sendto(data, address))

        back, _ = await self._loop.create_datagram_endpoint(lambda: _Ear(home), remote_addr=("127.0.0.1", self.target))
        self._backs[address] = back
        for data in self._waiting.pop(address):
            self._from_client(data, address)

    def _shape(self, way: str, size: int, send: Callable[[], None]) -> None:
        weak = self.weakness
        now = self._loop.time()
        if weak.down or self._random.random() < weak.loss:
            self.dropped += 1
            return
        wait = max(0.0, weak.delay + self._random.uniform(-weak.jitter, weak.jitter))
        if weak.rate:
            free = max(self._busy_until.get(way, 0.0), now)
            if free - now > QUEUE_SECONDS:
                self.dropped += 1
                return
            self._busy_until[way] = free + size / weak.rate
            wait += self._busy_until[way] - now
        self.passed += 1
        if wait:
            self._loop.call_later(wait, send)
        else:
            send()


class _Ear(asyncio.DatagramProtocol):
    def __init__(self, hear: Callable[[bytes, Any], None]) -> None:
        self._hear = hear

    def datagram_received(self, data: bytes, addr: Any) -> None:
        self._hear(data, addr)

    def error_received(self, exc: Exception) -> None:
        """The far end is away for a moment (a TURN server that is started again): packets are lost, as on any line."""


@contextmanager
def udp_line(target: int) -> Iterator[UdpLine]:
    """A line in front of a UDP port, in a thread of its own."""
    line = UdpLine(target)
    loop = asyncio.new_event_loop()
    ready = threading.Event()

    async def begin() -> None:
        await line.open()
        ready.set()

    def run() -> None:
        asyncio.set_event_loop(loop)
        loop.run_until_complete(begin())
        loop.run_forever()
        line.close()
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert ready.wait(5), "the line did not open"
    try:
        yield line
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
