"""Frames of the WebSocket protocol (RFC 6455), the server's side, no extensions. Pure."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from typing import Any, Final

try:
    from websockets.speedups import apply_mask
except ImportError:  # no compiled package for this machine
    from websockets.utils import apply_mask

_GUID: Final = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA
WHOLE_TEXT: Final = 0x80 | TEXT
_SHORT_TEXT: Final = tuple(bytes((WHOLE_TEXT, size)) for size in range(126))
PROTOCOL_ERROR: Final = 1002
NOT_UTF8: Final = 1007
TOO_FAST: Final = 1008
TOO_LARGE: Final = 1009

# What a client sent, without its mask: of (data, mask), in C.
unmasked: Final = apply_mask


class BadHandshake(Exception):
    """This request is no WebSocket handshake that we understand."""


class Violation(Exception):
    """The other end broke the protocol; `code` is what it is told."""

    def __init__(self, code: int, why: str) -> None:
        super().__init__(why)
        self.code = code


def handshake(environ: Mapping[str, Any]) -> bytes:
    """The answer to a browser's handshake. Extensions that it offers are not taken. Raises BadHandshake."""
    wanted = {word.strip() for word in environ.get("HTTP_CONNECTION", "").lower().split(",")}
    key = environ.get("HTTP_SEC_WEBSOCKET_KEY", "")
    if (
        environ.get("REQUEST_METHOD") != "GET"
        or "upgrade" not in wanted
        or environ.get("HTTP_UPGRADE", "").lower() != "websocket"
        or environ.get("HTTP_SEC_WEBSOCKET_VERSION") != "13"
        or len(key) != 24
    ):
        raise BadHandshake
    accept = base64.b64encode(hashlib.sha1(key.encode("latin-1") + _GUID, usedforsecurity=False).digest())
    return (
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n"
    )


def framed(opcode: int, data: bytes) -> bytes:
    """A whole frame of the server."""
    size = len(data)
    if size < 126:
        return (_SHORT_TEXT[size] if opcode == TEXT else bytes((0x80 | opcode, size))) + data
    if size < 65_536:
        return bytes((0x80 | opcode, 126)) + size.to_bytes(2, "big") + data
    return bytes((0x80 | opcode, 127)) + size.to_bytes(8, "big") + data
