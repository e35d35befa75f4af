"""Ink, cursor and laser in progress: one small message a frame, relayed and never stored. Pure.

The message is a list, the same in both directions and over the data channel:

- a pointer   [page, kind, code]                              kind CURSOR or LASER
- ink         [page, kind, code, id, color, width, from]      kind PEN or HIGHLIGHTER

`code` holds the points (`peerlearn.live.ink_code`): of a pointer the last ones with pressure 0, of ink the new ones; `from` is
how many numbers of the stroke went before. The whole frame is one regular expression, so that the server can hand the very
bytes on which a browser sent, without building anything from them, and still hand on nothing malformed. Where a point lies is
not looked at: the receiving browser keeps to its board.
"""

from __future__ import annotations

import json
import re
from typing import Any, Final

from peerlearn.live.protocol import INK_KINDS, LIMIT, PALETTE

Ink = list[Any]

# What an Engine.IO message with a Socket.IO event of this name begins with.
PREFIX: Final = b'42["ink",'


def _whole(most: int) -> bytes:
    """A pattern of the decimal numbers 0 to `most`, written as JSON writes them."""
    digits = str(most)
    ways = [f"[1-9][0-9]{{{more}}}" if more else "[0-9]" for more in range(len(digits) - 1)]
    for place, digit in enumerate(digits):
        low = 1 if place == 0 and len(digits) > 1 else 0
        high = int(digit) - (place < len(digits) - 1)
        if high >= low:
            ways.append(f"{digits[:place]}[{low}-{high}][0-9]{{{len(digits) - place - 1}}}")
    return f"(?:{'|'.join(ways)})".encode()


_POINTERS: Final = b"[%d%d]" % (INK_KINDS["CURSOR"], INK_KINDS["LASER"])
_PENS: Final = b"[%d%d]" % (INK_KINDS["PEN"], INK_KINDS["HIGHLIGHTER"])
# One number: the last digit carries no bit of 32 and, after others, is not 0. Five digits reach from edge to edge.
_NUMBER: Final = rb"(?:[A-Za-f]|[g-z0-9_-]{1,4}[B-Za-f])"
_CODE: Final = b'"(?:%s){1,%d}"' % (_NUMBER * 3, LIMIT["INK_NUMBERS"] // 3)
_STROKE: Final = b",".join(
    (
        b'"[A-Za-z0-9_-]{1,%d}"' % LIMIT["ID_CHARS"],
        _whole(len(PALETTE) - 1),
        b"(?!0)" + _whole(LIMIT["STROKE_WIDTH"]),
        _whole(LIMIT["STROKE_NUMBERS"]),
    )
)
_INK: Final = rb"\[%s,(?:%s,%s|%s,%s,%s)\]" % (_whole(LIMIT["PAGES"] - 1), _POINTERS, _CODE, _PENS, _CODE, _STROKE)
_is_message: Final = re.compile(_INK).fullmatch
_is_frame: Final = re.compile(re.escape(PREFIX) + _INK + rb"\]").fullmatch


def is_ink_frame(frame: bytes) -> bool:
    """Whether these bytes are an Engine.IO message that carries one well-formed ink event, and nothing else."""
    return len(frame) <= LIMIT["INK_BYTES"] and _is_frame(frame) is not None


def parse_ink(raw: object) -> Ink | None:
    """The message as it may be handed on, or None when malformed, as nobody waits for an answer. Same rule as for a frame."""
    if not isinstance(raw, list) or len(raw) not in {3, 7} or not all(type(part) in {int, str} for part in raw):
        return None
    text = json.dumps(raw, separators=(",", ":"))
    return raw if len(text) <= LIMIT["INK_BYTES"] and _is_message(text.encode()) else None


def points_only(message: Ink) -> bool:
    """Whether a well-formed message draws nothing: a cursor or a laser."""
    return len(message) == 3
