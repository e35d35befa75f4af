"""What is said in the rooms: our own messages as our browser's code makes them, and the same for the others.

The one place to change when the room's protocol changes. In a text @S@ is the room's token, @M@ a mark that the generator
finds again at the other end (22 characters of an id), @I@ the same without its first three, @A@ an acknowledgement's number.
"""

import json
import math
import re
from typing import Any

from peerlearn.live.ink_code import points_encode
from peerlearn.live.protocol import ASK, INK_KINDS
from tests.product import ROOT

VARIANTS = 8
POINTER_HZ = 60  # how often a pointer moves, and how often a screen is drawn


def _frames_per_message() -> int:
    """Over the socket our browser sends in the first frame that is so many milliseconds after the last one it sent in."""
    code = (ROOT / "static" / "js" / "live" / "ink.js").read_text(encoding="utf-8")
    found = re.search(r"const SOCKET_MS = (\d+);", code)
    assert found, "static/js/live/ink.js no longer says how often it sends"
    return math.ceil(int(found[1]) * POINTER_HZ / 1000)


POINTS_PER_INK = _frames_per_message()
INK_HZ = POINTER_HZ / POINTS_PER_INK
STROKE_POINTS = 48

SDP_CANDIDATE = (
    "candidate:842163049 1 udp 1677729535 203.0.113.77 46154 typ srflx raddr 192.168.1.20 rport 46154 generation 0 "
    "ufrag @M@ network-cost 999"
)


def handwriting(count: int, variant: int, start: int = 0) -> list[int]:
    """A stroke as a hand makes it: x, y in tenths of a pixel and pressure (0 to 100), flat, `count` points."""
    numbers: list[int] = []
    for step in range(start, start + count):
        angle = step / 5 + variant
        x = 4000 + 900 * variant + 28 * step + 160 * math.sin(angle)
        y = 3000 + 410 * variant + 190 * math.cos(angle * 1.3) + 6 * step
        numbers += [round(x), round(y), round(55 + 30 * math.sin(angle / 2))]
    return numbers


def said(event: str, payload: Any, *, acknowledged: bool = False) -> str:
    """A Socket.IO event as the browser's library writes it."""
    words = json.dumps([event, payload], separators=(",", ":"))
    return f"42{'@A@' if acknowledged else ''}{words}"


def join(token: str, side: str) -> str:
    """Take the seat; the same words for all Socket.IO servers."""
    seat = {"session": token, "page": f"page-{side}", "tab": f"tab-{side}", "move": True}
    return "420" + json.dumps(["room_join", seat], separators=(",", ":"))


def _ink(variant: int) -> list[Any]:
    """A message of ink (peerlearn/live/ink.py): page, kind, points, id, colour, width, numbers before.

    As from our browser, the points of the message before it go along.
    """
    start = variant * POINTS_PER_INK
    points = handwriting(2 * POINTS_PER_INK, variant, start=start)
    return [0, INK_KINDS["PEN"], points_encode(points), "@M@", 1, 30, start * 3]


def signal() -> dict[str, Any]:
    """A network candidate on its way to the other browser."""
    candidate = {"candidate": SDP_CANDIDATE, "sdpMid": "0", "sdpMLineIndex": 0, "usernameFragment": "kF3a"}
    return {"session": "@S@", "to": 1, "candidate": candidate}


def operations() -> list[dict[str, Any]]:
    """Finished strokes, each as it is sent in a step and as it must stand in the log; the id is filled in for each."""
    return [
        {
            "do": "stroke",
            "id": "@I@",
            "page": 0,
            "color": 1,
            "width": 30,
            "points": points_encode(handwriting(STROKE_POINTS, variant)),
        }
        for variant in range(VARIANTS)
    ]


def _commits() -> list[str]:
    steps = [[{"client_id": "@M@", "op": operation}] for operation in operations()]
    return [said("board_commit", {"session": "@S@", "steps": step}, acknowledged=True) for step in steps]


def ours() -> dict[str, list[str]]:
    """What a PeerLearn page says."""
    ink = [said(ASK["INK"], _ink(variant)) for variant in range(VARIANTS)]
    commits = _commits()
    # Someone who draws: a second of ink, then the finished stroke.
    lesson = [
        text for n in range(VARIANTS) for text in [*(ink[(n + i) % VARIANTS] for i in range(round(INK_HZ))), commits[n]]
    ]
    return {
        "ink": ink,
        "board": ink,
        "lesson": lesson,
        "ordinary": [said("signal_send", signal(), acknowledged=True)],
        "commit": commits,
    }


def _move() -> dict[str, Any]:
    return {"session": "@S@", "id": "@M@", "x": 4123, "y": 3047, "color": 1, "width": 30}


def socketio() -> dict[str, list[str]]:
    """The same for a Socket.IO server that others would write; `board` sends each move of the pointer by itself."""
    return {
        "ink": [said("ink", _ink(variant)) for variant in range(VARIANTS)],
        "board": [said("move", _move())],
        "ordinary": [said("signal_send", signal(), acknowledged=True)],
    }


def plain() -> dict[str, list[str]]:
    """The same as bare JSON objects, as Channels' tutorial has them."""
    inks = [{"type": "ink", "ink": _ink(variant)} for variant in range(VARIANTS)]
    return {
        "ink": [json.dumps(ink, separators=(",", ":")) for ink in inks],
        "board": [json.dumps({"type": "move", **_move()}, separators=(",", ":"))],
    }


def plain_join(token: str) -> str:
    """Take a seat of the Channels server."""
    return json.dumps({"type": "room_join", "session": token})
