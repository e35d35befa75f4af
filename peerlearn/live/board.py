"""What may be written on the board. Pure: a stranger's JSON goes in, a clean operation comes out, or a refusal that names why.

An operation is a small dict with the key "do". Coordinates are whole tenths of a CSS pixel at 100 %. Ink is a flat list of
x, y, pressure (0 to 100), sent and stored as the code of `ink_code`. Erasing and clearing are operations too, so that undo and
replay work from the log alone:

- stroke   {do, id, page, color, width, points}          with pen "highlighter": wide and translucent, over which ink stays dark
- shape    {do, id, page, color, width, kind, box}       box is two corners x1, y1, x2, y2
- text     {do, id, page, color, size, at, text}
- edit     {do, id, text}                                other words for a text; the last one in the log counts
- image    {do, id, page, box, data}                     data is a base64 data URL of a JPEG, PNG or WebP
- remove   {do, ids}    restore {do, ids}                hide things, take one's own hiding back
- clear    {do, page, mark}  restore {do, mark}          hide all of a page, take one's own clearing back
- move     {do, ids, dx, dy}                             by so much; moves of both add up
- page_add {do}   page_style {do, page, style}           style is one of protocol.PAPERS
- lock     {do, on}     by the mentor: the learner may not draw (peerlearn/live/lock.py)
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from typing import Any, Final

from peerlearn.errors import Invalid
from peerlearn.live.ink_code import MOST_CHARS_A_NUMBER, points_decode, points_encode
from peerlearn.live.protocol import LIMIT, PALETTE, PAPERS, PENS, SHAPES

Operation = dict[str, Any]

_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,32}")
# Control characters, and halves of characters, which JSON can carry and no database takes.
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_IMAGES: Final[dict[str, tuple[bytes, ...]]] = {
    "data:image/jpeg;base64,": (b"\xff\xd8\xff",),
    "data:image/png;base64,": (b"\x89PNG\r\n\x1a\n",),
    "data:image/webp;base64,": (b"RIFF",),
}


def parse_operation(raw: object) -> Operation:
    """Return a new dict with exactly the allowed keys, or raise Invalid("board_operation_invalid")."""
    if not isinstance(raw, dict):
        raise _refusal("a drawing step must be an object")
    do = raw.get("do")
    parser = _PARSERS.get(do) if isinstance(do, str) else None
    if parser is None:
        raise _refusal("this drawing step is not known")
    return {"do": do, **parser(raw)}


def parse_identifier(value: object, name: str = "id") -> str:
    """A client-made id: 1 to 32 letters, digits, - or _."""
    if isinstance(value, str) and _ID.fullmatch(value):
        return value
    raise _refusal(f"{name} is malformed")


def _stroke(raw: Operation) -> Operation:
    stroke = {**_inked(raw), "points": _ink(raw.get("points"))}
    pen = raw.get("pen", "pen")
    if pen not in PENS:
        raise _refusal("this pen is not known")
    return stroke if pen == "pen" else {**stroke, "pen": pen}


def _ink(value: object) -> str:
    """The code of at least one point. Pages that were open before the code existed send plain lists: they become codes."""
    if isinstance(value, list):
        points = _numbers(value, "points", 3, LIMIT["STROKE_NUMBERS"])
        if len(points) % 3:
            raise _refusal("points come in threes")
        return points_encode(points)
    if not isinstance(value, str) or len(value) > MOST_CHARS_A_NUMBER * LIMIT["STROKE_NUMBERS"]:
        raise _refusal("points must be ink")
    try:
        points = points_decode(value)
    except Invalid as problem:
        raise _refusal("points must be ink") from problem
    limit = LIMIT["COORDINATE"]
    if not points or len(points) > LIMIT["STROKE_NUMBERS"] or min(points) < -limit or max(points) > limit:
        raise _refusal(f"ink has 1 to {LIMIT['STROKE_NUMBERS'] // 3} points on the board")
    return value


def _shape(raw: Operation) -> Operation:
    if raw.get("kind") not in SHAPES:
        raise _refusal("this shape is not known")
    return {**_inked(raw), "kind": raw["kind"], "box": _numbers(raw.get("box"), "box", 4, 4)}


def _text(raw: Operation) -> Operation:
    return {
        **_placed(raw),
        "color": _whole(raw, "color", 0, len(PALETTE) - 1),
        "size": _whole(raw, "size", 60, LIMIT["TEXT_SIZE"]),
        "at": _numbers(raw.get("at"), "at", 2, 2),
        "text": _words(raw),
    }


def _edit(raw: Operation) -> Operation:
    return {"id": parse_identifier(raw.get("id")), "text": _words(raw)}


def _words(raw: Operation) -> str:
    text = raw.get("text")
    if not isinstance(text, str):
        raise _refusal("text must be words")
    text = _CONTROL.sub("", text).strip()
    if not text:
        raise _refusal("text is empty")
    if len(text) > LIMIT["TEXT_CHARS"]:
        raise _refusal(f"text is longer than {LIMIT['TEXT_CHARS']} characters")
    return text


def _image(raw: Operation) -> Operation:
    data = raw.get("data")
    if not isinstance(data, str) or len(data) > LIMIT["IMAGE_CHARS"]:
        raise _refusal("the picture is too large. Send a smaller one")
    for prefix, signatures in _IMAGES.items():
        if data.startswith(prefix):
            try:
                # A whole number of base64 groups is enough to see the first bytes; the rest must only be base64.
                content = base64.b64decode(data[len(prefix) :], validate=True)
            except (binascii.Error, ValueError) as problem:
                raise _refusal("the picture is damaged") from problem
            if content.startswith(signatures):
                return {**_placed(raw), "box": _numbers(raw.get("box"), "box", 4, 4), "data": data}
    raise _refusal("the picture must be a JPEG, PNG or WebP")


def _ids(raw: Operation) -> Operation:
    ids = raw.get("ids")
    if not isinstance(ids, list) or not 1 <= len(ids) <= LIMIT["IDS"]:
        raise _refusal(f"name 1 to {LIMIT['IDS']} things")
    return {"ids": [parse_identifier(one) for one in ids]}


def _restore(raw: Operation) -> Operation:
    return {"mark": parse_identifier(raw["mark"], "mark")} if "mark" in raw else _ids(raw)


def _clear(raw: Operation) -> Operation:
    page = {"page": _whole(raw, "page", 0, LIMIT["PAGES"] - 1)}
    return {**page, "mark": parse_identifier(raw["mark"], "mark")} if "mark" in raw else page


def _move(raw: Operation) -> Operation:
    limit = LIMIT["COORDINATE"]
    return {**_ids(raw), "dx": _whole(raw, "dx", -limit, limit), "dy": _whole(raw, "dy", -limit, limit)}


def _page_style(raw: Operation) -> Operation:
    if raw.get("style") not in PAPERS:
        raise _refusal("this paper is not known")
    return {"page": _whole(raw, "page", 0, LIMIT["PAGES"] - 1), "style": raw["style"]}


def _lock(raw: Operation) -> Operation:
    if not isinstance(raw.get("on"), bool):
        raise _refusal("a lock is on or off")
    return {"on": raw["on"]}


def _page_add(_: Operation) -> Operation:
    return {}


_PARSERS: Final[dict[str, Callable[[Operation], Operation]]] = {
    "stroke": _stroke,
    "shape": _shape,
    "text": _text,
    "edit": _edit,
    "image": _image,
    "remove": _ids,
    "restore": _restore,
    "clear": _clear,
    "page_add": _page_add,
    "move": _move,
    "page_style": _page_style,
    "lock": _lock,
}


def _placed(raw: Operation) -> Operation:
    return {"id": parse_identifier(raw.get("id")), "page": _whole(raw, "page", 0, LIMIT["PAGES"] - 1)}


def _inked(raw: Operation) -> Operation:
    return {
        **_placed(raw),
        "color": _whole(raw, "color", 0, len(PALETTE) - 1),
        "width": _whole(raw, "width", 1, LIMIT["STROKE_WIDTH"]),
    }


def _whole(raw: Operation, key: str, low: int, high: int) -> int:
    value = raw.get(key)
    if type(value) is int and low <= value <= high:  # `type is`: True must not pass as 1
        return value
    raise _refusal(f"{key} must be a whole number from {low} to {high}")


def _numbers(value: object, name: str, low: int, high: int) -> list[int]:
    limit = LIMIT["COORDINATE"]
    if (
        isinstance(value, list)
        and low <= len(value) <= high
        and all(type(number) is int and -limit <= number <= limit for number in value)
    ):
        return value
    raise _refusal(f"{name} must be {low} to {high} whole numbers on the board")


def _refusal(why: str) -> Invalid:
    return Invalid(f"That could not go on the board: {why}.", code="board_operation_invalid")
