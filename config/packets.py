"""How the sockets' messages are written and read: JSON by orjson, and no search for bytes in every number of a stroke."""

import json
from typing import Any

import orjson
from socketio.packet import Packet


class QuickJson:
    """A JSON module as python-socketio wants one. What orjson refuses (half a character, a very large number) takes the
    standard library's way, so that it still reaches the parser that refuses it with words."""

    @staticmethod
    def dumps(value: Any, **_style: Any) -> str:
        """Compact JSON text."""
        try:
            return orjson.dumps(value).decode()
        except TypeError:
            return json.dumps(value, separators=(",", ":"))

    @staticmethod
    def loads(text: str | bytes) -> Any:
        """The value of a JSON text. Raises ValueError."""
        try:
            return orjson.loads(text)
        except ValueError:
            return json.loads(text)


class RoomPacket(Packet):  # type: ignore[misc]
    """A Socket.IO packet of this house: everything is JSON, nothing is binary."""

    uses_binary_events = False
    json = QuickJson
