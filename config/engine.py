"""The Engine.IO server of the green web process: WebSockets only, sent at once, without a thread and a queue for each writer.

It stands in for `engineio.Server` under the same Socket.IO server; the wire is the same. Of the three green threads that the
original keeps for each browser (reader, writer, pinger) one is left.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

import engineio
import socketio
from engineio import exceptions, packet
from engineio.socket import Socket

from config.frames import BadHandshake, handshake
from config.websocket import WebSocket

log = logging.getLogger(__name__)

Quick = Callable[["Line", bytes], bool]

_MESSAGE, _PONG = str(packet.MESSAGE), str(packet.PONG)
_HUB_MAY_BE_EARLY_SECONDS = 0.05


class Line(Socket):  # type: ignore[misc]
    """One browser's Engine.IO connection. `room_sid` is for the fast path: the Socket.IO id it last found this line to have."""

    def __init__(self, server: Engine, sid: str) -> None:
        # Not the base class's: it would make a queue, which nothing here reads.
        self.server = server
        self.sid = sid
        self.connected = self.upgrading = self.upgraded = self.closing = self.closed = False
        self.session: dict[str, Any] = {}
        self.room_sid = ""
        self._ws: WebSocket | None = None
        self._early: list[str | bytes] = []
        self._pinged_at: float | None = None

    def send(self, pkt: packet.Packet) -> None:
        """Send a packet; it leaves before this returns, if the socket takes it."""
        if self.closed:
            raise exceptions.SocketIsClosedError
        if self._ws is None:
            self._early.append(pkt.encode())
        else:
            self._ws.send(pkt.encode())

    def throw(self, text: bytes) -> None:
        """Pass on a message that may be lost."""
        if self._ws is not None and not self.closed:
            self._ws.throw(text)

    def tell(self, text: bytes) -> None:
        """Send a whole Engine.IO message; to a connection that has ended it is lost."""
        if self._ws is not None and not self.closed:
            self._ws.tell(text)

    def hold(self, seconds: float) -> None:
        """Keep this browser's later messages waiting until `release`, or for so many seconds at most."""
        if self._ws is not None:
            self._ws.hold(seconds)

    def release(self) -> None:
        """Go on with this browser's later messages."""
        if self._ws is not None:
            self._ws.release()

    def check_ping_timeout(self) -> bool:
        """Whether the browser is believed to live. The pinger finds out; nobody need ask."""
        return not self.closed

    def schedule_ping(self) -> None:
        """Begin to ask now and then whether the browser is still there: a timer of the hub, no thread."""
        self.server.hub.schedule_call_global(self.server.ping_interval, self._ping)

    def _ping(self) -> None:
        if self.closing or self.closed:
            return
        at = time.monotonic()
        ws = self._ws
        # Anything that comes is a sign of life: the answer itself may wait behind a message whose handler waits for the database.
        if ws is not None and (ws.heard or ws.held_back):
            ws.heard = False
            self._pinged_at = at
            ws.send(str(packet.PING))
        elif self._pinged_at is None:
            self._pinged_at = at
        elif at - self._pinged_at >= self.server.ping_timeout - _HUB_MAY_BE_EARLY_SECONDS:
            # Handlers hear of it and may wait, which the hub may not.
            self.server.start_background_task(self.close, reason=self.server.reason.PING_TIMEOUT)
            return
        self.schedule_ping()

    def handle_get_request(self, environ: dict[str, Any], start_response: Any) -> Any:  # noqa: ARG002 - the base's
        """Shake hands and serve the connection until it ends."""
        try:
            answer = handshake(environ)
        except BadHandshake:
            return self.server._bad_request("Not a WebSocket handshake.")
        connection = environ["eventlet.input"].get_socket()
        connection.sendall(answer)
        if "eventlet.set_idle" in environ:
            environ["eventlet.set_idle"]()
        ws = self._ws = WebSocket(
            connection.fd,
            self.server.hub,
            longest=self.server.max_http_buffer_size,
            owner=self,
            quick=self.server.quick,
        )
        self.connected = self.upgraded = True
        for early in self._early:
            ws.send(early)
        self._early.clear()
        try:
            while not self.closed and (message := ws.wait()) is not None:
                self.hear(message)
        finally:
            self.close(wait=False, abort=True, reason=self.server.reason.TRANSPORT_CLOSE)
            ws.finish()
            # The request has been answered already, by the handshake.
            self.server.wsgi.WSGI_LOCAL.already_handled = True
        return []

    def hear(self, message: str | bytes) -> None:
        """Deal with one message of the browser. What makes no sense ends the connection, as socket.io's own server does."""
        kind = message[:1]
        if kind == _PONG:
            return
        try:
            if kind == _MESSAGE:
                self.server.handlers["message"](self.sid, message[1:])
            elif isinstance(message, bytes):
                self.server.handlers["message"](self.sid, message)
            elif message:
                self.receive(packet.Packet(encoded_packet=message))
        except (ValueError, exceptions.EngineIOError):
            log.warning("socket: a message without sense ends its connection")
            self.close(reason=self.server.reason.TRANSPORT_ERROR)
        except Exception:
            log.exception("socket: a message could not be handled, its connection ends")
            self.close(reason=self.server.reason.TRANSPORT_ERROR)

    def close(self, wait: bool = True, abort: bool = False, reason: str | None = None) -> None:  # noqa: ARG002 - the base's
        """End the connection; its handlers hear of it first."""
        if self.closed or self.closing:
            return
        self.closing = True
        why = reason or self.server.reason.SERVER_DISCONNECT
        self.server._trigger_event("disconnect", self.sid, why, run_async=False)
        if self._ws is not None:
            if not abort:
                self._ws.send(str(packet.CLOSE))
            self._ws.close()
        self.closed = True


class Engine(engineio.Server):  # type: ignore[misc]
    """`quick` deals with messages in the hub itself, before any handler: see `WebSocket`. `green` is the eventlet package."""

    def __init__(self, green: Any, *, quick: Quick | None = None, **options: Any) -> None:
        super().__init__(async_mode="eventlet", monitor_clients=False, transports=["websocket"], **options)
        self.hub = green.hubs.get_hub()
        self.wsgi = green.wsgi
        self.quick = quick

    def _handle_connect(
        self, environ: dict[str, Any], start_response: Any, _transport: str, _jsonp_index: int | None = None
    ) -> Any:
        sid = self.generate_id()
        line = self.sockets[sid] = Line(self, sid)
        line.send(
            packet.Packet(
                packet.OPEN,
                {
                    "sid": sid,
                    "upgrades": [],
                    "pingTimeout": int(self.ping_timeout * 1000),
                    "pingInterval": int(self.ping_interval * 1000),
                    "maxPayload": self.max_http_buffer_size,
                },
            )
        )
        refusal = self._trigger_event("connect", sid, environ, run_async=False)
        if refusal is not None and refusal is not True:
            del self.sockets[sid]
            return self._unauthorized(refusal or None)
        line.schedule_ping()
        try:
            return line.handle_get_request(environ, start_response)
        finally:
            self.sockets.pop(sid, None)


def install(server: socketio.Server, green: Any) -> Engine:
    """Put the green engine under a Socket.IO server, with the options and handlers of the one it had."""
    old = server.eio
    engine = Engine(
        green,
        ping_interval=old.ping_interval,
        ping_timeout=old.ping_timeout,
        max_http_buffer_size=old.max_http_buffer_size,
        cors_allowed_origins=old.cors_allowed_origins,
        http_compression=old.http_compression,
        async_handlers=False,
    )
    for event, handler in old.handlers.items():
        engine.on(event, handler)
    server.eio = engine
    return engine
