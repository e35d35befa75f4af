"""One WebSocket connection of the green server (its frames: config/frames.py).

eventlet's own class reads a frame with four system calls, registers and forgets its socket for each of them, unmasks byte by
byte and takes every compression that is offered, at 100 KB a browser. This one keeps one listener in the hub, takes frames out of
what one read gave, and writes at once (config/outgoing.py). Everything here runs without waiting, but for `wait` and
`finish`, which belong to the connection's own green thread.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from typing import Any, Final

from greenlet import getcurrent, greenlet  # type: ignore[import-untyped]

from config.frames import (
    BINARY,
    CLOSE,
    CONTINUATION,
    NOT_UTF8,
    PING,
    PONG,
    PROTOCOL_ERROR,
    TEXT,
    TOO_LARGE,
    WHOLE_TEXT,
    Violation,
    framed,
    unmasked,
)
from config.outgoing import Outgoing, gathering

log = logging.getLogger(__name__)

READ_BYTES: Final = 65_536
# Messages that wait for their handler. Beyond it nothing is read, so that the sender's own system holds them back.
MOST_UNHANDLED: Final = 64
MOST_FRAGMENTS: Final = 1_024
GOODBYE_SECONDS: Final = 3.0


class WebSocket(Outgoing):
    """A connection after its handshake.

    `raw` is a non-blocking socket, `hub` eventlet's, `longest` the largest message in bytes. `quick` is asked first about each
    whole text message, in the hub itself, and returns True when it has dealt with it: it must never wait. It is not asked while an
    earlier message of this connection is still waiting or being handled, so that nothing overtakes; what `quick` began and will
    finish later, it says with `hold`.
    """

    __slots__ = (
        "_chunk",
        "_deaf",
        "_fragments",
        "_goodbye_heard",
        "_handling",
        "_held",
        "_inbox",
        "_longest",
        "_missing",
        "_quick",
        "_reading",
        "_waiter",
        "heard",
        "owner",
    )

    def __init__(
        self, raw: Any, hub: Any, *, longest: int, owner: Any = None, quick: Callable[[Any, bytes], bool] | None = None
    ) -> None:
        super().__init__(raw, hub)
        self.owner = owner
        self.heard = True  # set whenever anything comes; whoever wants to know clears it
        self._longest = longest
        self._quick = quick
        self._chunk = bytearray()  # the beginning of a frame whose rest has not come
        self._missing = 0  # how long `_chunk` must be before it is worth looking at
        self._fragments: tuple[int, list[bytes]] | None = None
        self._inbox: deque[str | bytes] = deque()
        self._handling = True  # until the first `wait`
        self._held: Any = None
        self._waiter: greenlet | None = None
        self._goodbye_heard = False
        self._deaf = False  # after a violation: what still comes is thrown away
        self._reading: Any = None
        self._listen()

    # --- reading --------------------------------------------------------------------------------------------------

    def wait(self) -> str | bytes | None:
        """The next message in order; None when the connection is over. Only its own green thread may call this."""
        self._handling = False
        while self._held is not None or not self._inbox:
            if self._over or self._goodbye_said or self._goodbye_heard:
                return None
            self._pause()
        message = self._inbox.popleft()
        self._handling = True
        if self._reading is None and not self._over and len(self._inbox) < MOST_UNHANDLED // 2:
            self._listen()
        return message

    def hold(self, seconds: float) -> None:
        """Keep every later message waiting until `release`, or for so many seconds at most."""
        self._held = self._hub.schedule_call_global(seconds, self.release)

    def release(self) -> None:
        """What `quick` had begun is finished: go on with what has come meanwhile."""
        if self._held is not None:
            self._held.cancel()
            self._held = None
            if self._inbox:
                self._hub.schedule_call_global(0, self._wake)

    def _pause(self) -> None:
        self._waiter = getcurrent()
        try:
            self._hub.switch()
        finally:
            self._waiter = None

    def _wake(self) -> None:
        """In the hub: let the connection's own green thread go on."""
        if self._waiter is not None:
            self._waiter.switch()

    def _listen(self) -> None:
        self._reading = self._hub.add(self._hub.READ, self._fileno, self._readable, self._torn, self._forget)

    def _readable(self, _fileno: int) -> None:
        try:
            data = self._raw.recv(READ_BYTES)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            data = b""
        if not data:
            self.abort()
        elif not self._deaf:
            self.heard = True
            gathering.open = True
            try:
                self._take(data)
            except Violation as violation:
                log.info("socket: %s", violation)
                self._deaf = True
                self._chunk.clear()
                self._inbox.clear()
                self.close(violation.code)
            except Exception:
                log.exception("socket: a message could not be taken")
                self.abort()
            finally:
                gathering.end()
        ripe = self._inbox and self._held is None
        if self._waiter is not None and (ripe or self._over or self._goodbye_heard or self._goodbye_said):
            self._wake()

    def _take(self, data: bytes) -> None:
        """Take every whole frame out of what has come."""
        if self._chunk:
            self._chunk += data
            if len(self._chunk) < self._missing:
                return
            data = bytes(self._chunk)
            self._chunk.clear()
        at, end = 0, len(data)
        while end - at >= 2:
            size = data[at + 1] & 0x7F
            start = at + 6
            if not data[at + 1] & 0x80:
                raise Violation(PROTOCOL_ERROR, "a frame without a mask")
            if size > 125:
                start += 2 if size == 126 else 8
                if end < start - 4:
                    self._missing = start - at
                    break
                size = int.from_bytes(data[at + 2 : start - 4], "big")
                if size > self._longest:
                    raise Violation(TOO_LARGE, f"a frame of {size} bytes")
            stop = start + size
            if stop > end:
                self._missing = stop - at
                break
            payload = unmasked(data[start:stop], data[start - 4 : start])
            first = data[at]
            at = stop
            if first != WHOLE_TEXT or self._fragments is not None:
                self._odd(first, payload)
            elif self._is_busy() or self._quick is None or not self._quick(self.owner, payload):
                self._put(payload, text=True)
        else:
            self._missing = 2
        if at < end:
            self._chunk += data[at:] if at else data

    def _is_busy(self) -> bool:
        return self._handling or self._held is not None or bool(self._inbox)

    def _odd(self, first: int, payload: bytes) -> None:
        """All that is not one text message in one frame: pieces, bytes, control frames."""
        opcode, final = first & 0x0F, first & 0x80
        if first & 0x70:
            raise Violation(PROTOCOL_ERROR, "a bit of an extension that was not agreed on")
        if opcode >= CLOSE:
            if not final or len(payload) > 125 or opcode > PONG:
                raise Violation(PROTOCOL_ERROR, "a broken control frame")
            self._control(opcode, payload)
            return
        if (opcode == CONTINUATION) != (self._fragments is not None) or opcode > BINARY:
            raise Violation(PROTOCOL_ERROR, "a piece out of order")
        if self._fragments is None:
            self._fragments = (opcode, [payload])
        elif payload or final:
            self._fragments[1].append(payload)
        kind, pieces = self._fragments
        if len(pieces) > MOST_FRAGMENTS or sum(map(len, pieces)) > self._longest:
            raise Violation(TOO_LARGE, "a message in too many pieces")
        if final:
            self._fragments = None
            self._put(b"".join(pieces), text=kind == TEXT)

    def _put(self, payload: bytes, *, text: bool) -> None:
        if self._goodbye_said or self._goodbye_heard:
            return
        try:
            self._inbox.append(payload.decode() if text else payload)
        except UnicodeDecodeError as problem:
            raise Violation(NOT_UTF8, "text that is not UTF-8") from problem
        if len(self._inbox) >= MOST_UNHANDLED and self._reading is not None:
            self._hub.remove(self._reading)
            self._reading = None

    def _control(self, opcode: int, payload: bytes) -> None:
        if opcode == PING:
            self._write(framed(PONG, payload))
        elif opcode == CLOSE:
            self._goodbye_heard = True
            code = int.from_bytes(payload[:2], "big") if len(payload) >= 2 else 1000
            fine = 1000 <= code < 5000 and code not in {1004, 1005, 1006, 1015} and not 1016 <= code < 3000
            self.close(code if fine else PROTOCOL_ERROR)

    @property
    def held_back(self) -> bool:
        """Whether we do not read from it at the moment, and so can't hear whether it lives."""
        return self._reading is None and not self._over

    # --- the end --------------------------------------------------------------------------------------------------

    @property
    def over(self) -> bool:
        """Whether nothing can be sent or heard any more."""
        return self._over

    def close(self, code: int = 1000) -> None:
        """Say goodbye. `wait` gives None from now on; `finish` waits for the other end's goodbye."""
        if not self._goodbye_said and not self._over:
            self._write(framed(CLOSE, code.to_bytes(2, "big")))
            self._goodbye_said = True
            self._hub.schedule_call_global(0, self._wake)

    def abort(self) -> None:
        """The connection is lost, or worth nothing any more."""
        if self._over:
            return
        self._over = True
        self._out.clear()
        self._chunk.clear()
        for listener in (self._reading, self._writing):
            if listener is not None:
                self._hub.remove(listener)
        self._reading = self._writing = None
        self._hub.schedule_call_global(0, self._wake)

    def finish(self) -> None:
        """In the connection's own green thread, as its last act: write what waits, hear the goodbye, let go of the socket."""
        self._inbox.clear()
        self.close()
        if self._reading is None and not self._over:
            self._listen()
        timer = self._hub.schedule_call_global(GOODBYE_SECONDS, self.abort)
        try:
            while not self._over and not (self._goodbye_heard and not self._out):
                self._pause()
        finally:
            timer.cancel()
            self.abort()

    def _forget(self) -> None:
        self._reading = self._writing = None
