"""From a message to lines of the log, and from written lines to what both people are told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from blueprints.errors import told
from blueprints.live.desk import desk
from peerlearn.errors import Invalid, NotAllowed, PeerLearnError
from peerlearn.live.board import parse_identifier, parse_operation
from peerlearn.live.journal import Draft, Entry
from peerlearn.live.lock import is_lock
from peerlearn.live.protocol import BOARD, LIMIT, TELL
from peerlearn.live.seats import Seat

Payload = dict[str, Any]
Tell = Callable[[Seat, str, Payload], None]


def drafts_of(payload: Payload, seat: Seat) -> tuple[list[Draft], dict[str, PeerLearnError]]:
    """The drawing steps of a commit, and by client id why one is refused. Raises Invalid when it is no commit."""
    steps = payload.get("steps")
    if not isinstance(steps, list) or not 1 <= len(steps) <= LIMIT["OPERATIONS_PER_COMMIT"]:
        raise Invalid("That message was not understood.", code="bad_payload")
    drafts: list[Draft] = []
    refused: dict[str, PeerLearnError] = {}
    for step in steps:
        client_id = parse_identifier(step.get("client_id") if isinstance(step, dict) else None, "client_id")
        try:
            drafts.append(Draft(seat.live_session_id, seat.user_id, client_id, BOARD, parse_operation(step.get("op"))))
        except PeerLearnError as error:
            refused[client_id] = error
    return drafts, refused


def refusal(client_id: str, error: PeerLearnError) -> Payload:
    """The answer to a step that is not written."""
    return {"client_id": client_id, "code": error.code, "message": told(error)}


def tell_written(
    seat: Seat, drafts: Sequence[Draft], written: Sequence[Entry | PeerLearnError], tell_across: Tell
) -> list[Payload]:
    """Tell the other one what is new in the log, and return the answers. A repeated step is answered again and not told again.

    Raises what nothing can be written for.
    """
    answers: list[Payload] = []
    lines: list[Payload] = []
    for draft, line in zip(drafts, written, strict=True):
        if isinstance(line, NotAllowed):
            answers.append(refusal(draft.client_id, line))
            continue
        if isinstance(line, PeerLearnError):
            raise line
        if line.new and is_lock(line.kind, line.payload):
            desk().seats.lock_learner(seat.live_session_id, locked=line.payload["on"])
        at = int(line.at.timestamp() * 1000)
        answers.append({"client_id": line.client_id, "seq": line.seq, "at": at})
        if line.new:
            lines.append(
                {
                    "seq": line.seq,
                    "kind": line.kind,
                    "author": seat.user_public_id,
                    "client_id": line.client_id,
                    "payload": line.payload,
                    "at": at,
                }
            )
    if lines:
        tell_across(seat, TELL["JOURNAL_APPENDED"], {"entries": lines})
    return answers
