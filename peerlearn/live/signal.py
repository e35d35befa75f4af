"""What two browsers may say to each other through the server to build their call. Pure; the server reads no more than this."""

from __future__ import annotations

from typing import Any, Final

from peerlearn.errors import Invalid
from peerlearn.live.protocol import LIMIT

_TYPES: Final = frozenset({"offer", "answer"})
_CANDIDATE_CHARS: Final = 2_048
_ROUNDS: Final = 100_000


def parse_signal(raw: object) -> dict[str, Any]:
    """Return {description: {type, sdp}}, {candidate: {...} | None} or {again: True}, with its `round` and nothing else in it.

    A candidate of None says that there are no more; `again` asks for an offer; `round` numbers the connections that two
    pages have made, so that what is left of an older one is known as such. Raises Invalid("signal_invalid").
    """
    if isinstance(raw, dict):
        number = raw.get("round", 1)
        if type(number) is not int or not 1 <= number <= _ROUNDS:
            raise _refusal()
        return {**_content(raw), "round": number}
    raise _refusal()


def _content(raw: dict[str, Any]) -> dict[str, Any]:
    if raw.get("again") is True:
        return {"again": True}
    description = raw.get("description")
    if isinstance(description, dict):
        kind, sdp = description.get("type"), description.get("sdp")
        if (
            isinstance(kind, str)
            and kind in _TYPES
            and isinstance(sdp, str)
            and 0 < _bytes(sdp) <= LIMIT["SIGNAL_BYTES"]
        ):
            return {"description": {"type": kind, "sdp": sdp}}
    elif "candidate" in raw:
        return {"candidate": _candidate(raw["candidate"])}
    raise _refusal()


def _candidate(raw: object) -> dict[str, Any] | None:
    if raw is None:
        return None
    if not isinstance(raw, dict):
        raise _refusal()
    line, mid, index, fragment = (raw.get(key) for key in ("candidate", "sdpMid", "sdpMLineIndex", "usernameFragment"))
    if not isinstance(line, str) or len(line) > _CANDIDATE_CHARS:
        raise _refusal()
    if not (mid is None or (isinstance(mid, str) and len(mid) <= 16)):
        raise _refusal()
    if not (index is None or (type(index) is int and 0 <= index <= 16)):
        raise _refusal()
    if not (fragment is None or (isinstance(fragment, str) and len(fragment) <= 256)):
        raise _refusal()
    return {"candidate": line, "sdpMid": mid, "sdpMLineIndex": index, "usernameFragment": fragment}


def _bytes(text: str) -> int:
    return len(text.encode(errors="surrogatepass"))  # JSON may carry half a character; its length is all we ask


def _refusal() -> Invalid:
    return Invalid("The call could not be set up: a message was malformed. Load the page again.", code="signal_invalid")
