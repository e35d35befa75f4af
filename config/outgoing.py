"""What leaves a WebSocket: at once where its socket takes it, else as soon as it does. See `config/websocket.py`."""

from __future__ import annotations

import logging
from typing import Any, Final

from config.frames import BINARY, CLOSE, TEXT, framed

log = logging.getLogger(__name__)

WRITE_BYTES: Final = 65_536
# A reader so far behind gets nothing more, and loses its connection where something must not be lost.
MOST_WAITING_BYTES: Final = 1_048_576
# What may be lost is dropped as soon as this much waits in front of it: late ink is worth nothing.
MOST_BEFORE_VOLATILE_BYTES: Final = 16_384


class Gathering:
    """What is thrown while one reading is taken apart leaves together: one hub reads one connection at a time.

    An object of its own, as a class that is written to makes Python look all its methods up anew.
    """

    __slots__ = ("open", "unsent")

    def __init__(self) -> None:
        self.open = False
        self.unsent: list[Outgoing] = []

    def end(self) -> None:
        """The reading is over: write what was thrown meanwhile."""
        self.open = False
        while self.unsent:
            self.unsent.pop().let_go()


gathering: Final = Gathering()


class Outgoing:
    """The half of a connection that writes. `raw` is a non-blocking socket, `hub` eventlet's."""

    __slots__ = ("_fileno", "_goodbye_said", "_hub", "_out", "_over", "_raw", "_thrown", "_writing")

    def __init__(self, raw: Any, hub: Any) -> None:
        self._raw = raw
        self._fileno: int = raw.fileno()
        self._hub = hub
        self._thrown: list[bytes] = []
        self._out = bytearray()
        self._writing: Any = None
        self._goodbye_said = self._over = False

    def abort(self) -> None:
        """The connection is lost, or worth nothing any more."""
        raise NotImplementedError

    def _wake(self) -> None:
        """In the hub: let the connection's own green thread go on."""
        raise NotImplementedError

    def _torn(self, *_error: Any) -> None:
        """The hub found that our file number belongs to another socket now."""
        self.abort()

    def _forget(self) -> None:
        self._writing = None

    def send(self, message: str | bytes) -> None:
        """Send a message, or keep it until the socket takes it. A reader that is hopelessly behind loses the connection."""
        if isinstance(message, str):
            self._write(framed(TEXT, message.encode("utf-8", "replace")))
        else:
            self._write(framed(BINARY, message))

    def tell(self, text: bytes) -> None:
        """Send a message of text that is UTF-8 already."""
        self._write(framed(TEXT, text))

    def throw(self, text: bytes) -> None:
        """Send a text message that may be lost: dropped when the reader is behind.

        Called by `quick`, it leaves with the others that came in one reading: the system call costs more than all the rest.
        """
        if len(self._out) >= MOST_BEFORE_VOLATILE_BYTES or self._over:
            return
        if not gathering.open:
            self._write(framed(TEXT, text))
            return
        if not self._thrown:
            gathering.unsent.append(self)
        self._thrown.append(framed(TEXT, text))

    def _write(self, frame: bytes) -> None:
        if self._over or (self._goodbye_said and frame[0] != 0x80 | CLOSE):
            return
        if self._thrown:
            frame = b"".join((*self._thrown, frame))
            self._thrown.clear()
        if self._out:
            if len(self._out) > MOST_WAITING_BYTES:
                log.warning("socket: a reader is %d bytes behind and is cut", len(self._out))
                self.abort()
                return
            self._out += frame
            return
        try:
            sent = self._raw.send(frame)
        except (BlockingIOError, InterruptedError):
            sent = 0
        except OSError:
            self.abort()
            return
        if sent < len(frame):
            self._out += frame[sent:]
            self._writing = self._hub.add(self._hub.WRITE, self._fileno, self._writable, self._torn, self._forget)

    def _writable(self, _fileno: int) -> None:
        if self._over or not self._out:
            return
        try:
            with memoryview(self._out) as waiting:
                sent = self._raw.send(waiting[:WRITE_BYTES])
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            self.abort()
            self._wake()
            return
        del self._out[:sent]
        if not self._out:
            self._hub.remove(self._writing)
            self._writing = None
            if self._goodbye_said:
                self._wake()

    def let_go(self) -> None:
        """Write what was thrown."""
        thrown = self._thrown
        if thrown:
            frames = thrown[0] if len(thrown) == 1 else b"".join(thrown)
            thrown.clear()
            self._write(frames)
