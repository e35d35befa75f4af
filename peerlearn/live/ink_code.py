"""Points of ink as short text. Pure; `static/js/live/ink_code.js` is its twin, and one table of examples tests both.

Ink is a flat list x, y, pressure. Each number is written as its difference to the same number of the point before (the first
point: to 0), zigzag (0, -1, 1, -2 ... become 0, 1, 2, 3 ...), in digits of five bits, lowest first, one character of the
base64url alphabet each; a digit that another one follows carries the bit 32. This is the "VLQ" of source maps with zigzag
signs. Neighbours lie close, so most numbers take one or two characters. Every list has exactly one code.
"""

from __future__ import annotations

from typing import Final

from peerlearn.errors import Invalid

_ALPHABET: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_MORE: Final = 32
_FOREIGN: Final = 255
MOST_CHARS_A_NUMBER: Final = 6  # far beyond any difference on a board, and whole in 32-bit arithmetic
_MOST_BITS: Final = 5 * (MOST_CHARS_A_NUMBER - 1)
_VALUES: Final = bytes(_ALPHABET.find(chr(byte)) if chr(byte) in _ALPHABET else _FOREIGN for byte in range(256))
# The codes of the small differences, which are nearly all.
_SHORT: Final = 512


def points_encode(points: list[int]) -> str:
    """The code of x, y, pressure, x, y, pressure ... Raises ValueError when a difference is beyond 2**29 - 1."""
    codes: list[str] = []
    x = y = pressure = 0
    for index in range(0, len(points), 3):
        next_x, next_y, next_pressure = points[index : index + 3]
        changes = (next_x - x, next_y - y, next_pressure - pressure)
        codes.extend(_CODES[change] if -_SHORT <= change < _SHORT else _number(change) for change in changes)
        x, y, pressure = next_x, next_y, next_pressure
    return "".join(codes)


def points_decode(code: str) -> list[int]:
    """The points of a code. Raises Invalid("ink_code_invalid") for anything that `points_encode` would not have written."""
    try:
        digits = code.encode("ascii").translate(_VALUES)
    except UnicodeEncodeError as problem:
        raise _refusal() from problem
    points: list[int] = []
    last = [0, 0, 0]
    axis = value = shift = 0
    for digit in digits:
        if digit >= _MORE:
            if digit == _FOREIGN or shift >= _MOST_BITS:
                raise _refusal()
            value |= (digit - _MORE) << shift
            shift += 5
            continue
        if shift:
            if digit == 0:  # the same number has a shorter code
                raise _refusal()
            value |= digit << shift
            shift = 0
        else:
            value = digit
        number = last[axis] = last[axis] + ((value >> 1) ^ -(value & 1))
        points.append(number)
        axis = axis + 1 if axis < 2 else 0
        value = 0
    if shift or axis:
        raise _refusal()
    return points


def _number(change: int) -> str:
    value = change << 1 if change >= 0 else (-change << 1) - 1
    if value >> (_MOST_BITS + 5):
        raise ValueError(f"a step of {change} is beyond the code")
    code = ""
    while value >= _MORE:
        code += _ALPHABET[value & 31 | _MORE]
        value >>= 5
    return code + _ALPHABET[value]


_CODES: Final = {change: _number(change) for change in range(-_SHORT, _SHORT)}


def _refusal() -> Invalid:
    return Invalid("That ink could not be read. Draw it once more.", code="ink_code_invalid")
