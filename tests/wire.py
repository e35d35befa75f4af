"""A WebSocket client that can also misbehave, and a real web process for it to talk to."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from flask import Flask

from config.app import create_app
from config.frames import unmasked
from config.settings import Settings
from peerlearn.accounts.models import User
from peerlearn.jobs.queue import DirectQueue
from peerlearn.kernel import db
from tests.database import make_schema
from tests.product import Product

SOON_SECONDS = 30.0
SECRET = "the same for the test and the server " * 2
TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
OFFERED = "permessage-deflate; client_max_window_bits"


class Web:
    """A running web process, and an application of the test's own on its database."""

    def __init__(self, app: Flask, product: Product) -> None:
        self.app = app
        self.product = product

    def cookie(self, user_id: int) -> str:
        """The session cookie of a signed-in person."""
        with self.app.app_context():
            user = db.session.get(User, user_id)
            assert user is not None
            client = self.app.test_client()
            with client.session_transaction() as cookies:
                cookies["_user_id"] = user.get_id()
                cookies["_fresh"] = True
        found = client.get_cookie("session")
        assert found is not None
        return found.value


@contextmanager
def web_process(folder: Path, **env: str) -> Iterator[Web]:
    """Start `wsgi.py` on a fresh SQLite file (or on env["DATABASE_URL"])."""
    url = env.setdefault("DATABASE_URL", f"sqlite:///{folder / 'peerlearn.db'}")
    settings = Settings.for_tests(database_url=url, secret_key=SECRET, data_dir=folder)
    app = create_app(settings, queue=DirectQueue())
    make_schema(app)
    product = Product(folder, extra_env={"SECRET_KEY": SECRET, **env})
    try:
        yield Web(app, product.start("web"))
    finally:
        product.stop()
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


class Wire:
    """One raw connection. It sends what it is told to, right or wrong, and reads frames."""

    def __init__(self, web: Web, user_id: int, *, small_window: bool = False) -> None:
        # simple-websocket, which serves where threads do, takes the compression that we then could not read.
        offered = "" if web.product.env.get("ASYNC_MODE") == "threading" else f"Sec-WebSocket-Extensions: {OFFERED}\r\n"
        self.sock = socket.socket()
        if small_window:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.sock.settimeout(SOON_SECONDS)
        self.sock.connect(("127.0.0.1", web.product.port))
        host = f"127.0.0.1:{web.product.port}"
        self.sock.sendall(
            (
                f"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\n"
                "Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                f"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{offered}"
                "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36\r\n"
                f"Cookie: session={web.cookie(user_id)}\r\n\r\n"
            ).encode()
        )
        self._read = b""
        while b"\r\n\r\n" not in self._read:
            self._more()
        self.answer, _, self._read = self._read.partition(b"\r\n\r\n")
        self._asked = 0

    def _more(self) -> None:
        data = self.sock.recv(65_536)
        if not data:
            raise EOFError
        self._read += data

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.sock.close()

    def connect(self) -> Self:
        """Open Engine.IO and the one namespace."""
        assert self.message().startswith("0{")
        self.say("40")
        assert self.message().startswith("40{")
        return self

    def join(self, session: str, page: str) -> Self:
        """Sit down."""
        answer = self.ask("room_join", session=session, page=page, tab=page)
        assert answer["ok"], answer
        return self

    @staticmethod
    def frame(opcode: int, payload: bytes, *, final: bool = True, mask: bytes | None = b"\x12\xf4\x00\x7e") -> bytes:
        """A client's frame; `mask=None` leaves it unmasked, which is forbidden."""
        size = len(payload)
        bit = 0x80 if mask else 0
        if size < 126:
            head = bytes([bit | size])
        elif size < 65_536:
            head = bytes([bit | 126]) + size.to_bytes(2, "big")
        else:
            head = bytes([bit | 127]) + size.to_bytes(8, "big")
        return (
            bytes([(0x80 if final else 0) | opcode])
            + head
            + (mask + unmasked(payload, mask) if mask is not None else payload)
        )

    def raw(self, data: bytes) -> None:
        """Send bytes as they are."""
        self.sock.sendall(data)

    def say(self, text: str | bytes) -> None:
        """Send a text message."""
        self.raw(self.frame(TEXT, text if isinstance(text, bytes) else text.encode()))

    def ask(self, event: str, **payload: Any) -> Any:
        """Send an event and wait for its acknowledgement; what comes before it is dropped."""
        self._asked += 1
        self.say(f"42{self._asked}{json.dumps([event, payload])}")
        while True:
            message = self.message()
            if message.startswith(f"43{self._asked}["):
                return json.loads(message[len(f"43{self._asked}") :])[0]

    def next_frame(self) -> tuple[int, bytes]:
        """The next frame: opcode and payload. Raises EOFError at the end, TimeoutError when none comes."""
        while True:
            if len(self._read) >= 2:
                assert not self._read[1] & 0x80, "a server masks nothing"
                size, start = self._read[1] & 0x7F, 2
                if size == 126:
                    size, start = int.from_bytes(self._read[2:4], "big"), 4
                elif size == 127:
                    size, start = int.from_bytes(self._read[2:10], "big"), 10
                if len(self._read) >= start + size:
                    opcode, payload = self._read[0] & 0x0F, self._read[start : start + size]
                    assert self._read[0] & 0xF0 == 0x80, "whole frames, without extensions"
                    self._read = self._read[start + size :]
                    return opcode, payload
            self._more()

    def message(self) -> str:
        """The next text message. Engine.IO's pings are answered on the way."""
        while True:
            opcode, payload = self.next_frame()
            if opcode == TEXT and payload == b"2":
                self.say("3")
            elif opcode == TEXT:
                return payload.decode()
            elif opcode == CLOSE:
                raise EOFError(int.from_bytes(payload[:2], "big"))

    def event(self, name: str) -> Any:
        """The payload of the next event of this name; others are dropped."""
        while True:
            message = self.message()
            if message.startswith(f'42["{name}"'):
                return json.loads(message[2:])[1]

    def closed_with(self) -> int:
        """Read to the end; the code of the server's goodbye (1005 for none given, 1006 where it just hung up)."""
        try:
            while True:
                opcode, payload = self.next_frame()
                if opcode == CLOSE:
                    return int.from_bytes(payload[:2], "big") if payload else 1005
        except (EOFError, ConnectionError):
            return 1006

    def silent(self, seconds: float = 0.4) -> bool:
        """Whether no message but pings comes for a while."""
        end = time.monotonic() + seconds
        try:
            while (left := end - time.monotonic()) > 0:
                self.sock.settimeout(left)
                opcode, payload = self.next_frame()
                if opcode == TEXT and payload == b"2":
                    self.say("3")
                else:
                    return False
        except TimeoutError:
            pass
        finally:
            self.sock.settimeout(SOON_SECONDS)
        return True


def memory_kb(web: Web) -> int:
    """Resident memory of the web process."""
    pid = web.product._running["web"].pid
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0])


def open_files(web: Web) -> int:
    """How many files and sockets the web process holds."""
    return sum(1 for _ in Path(f"/proc/{web.product._running['web'].pid}/fd").iterdir())
