"""How far each of the two has read. A mark per person and lesson that only rises."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite

from peerlearn.clock import now
from peerlearn.errors import Invalid
from peerlearn.kernel import db, is_sqlite, transactional
from peerlearn.live.models import ChatSeen, JournalHead


def parse_seen(raw: object) -> int:
    """A line's number, 0 for none yet; raise Invalid("seen_invalid")."""
    if type(raw) is int and 0 <= raw < 2**31:  # `type is`: True must not pass as 1
        return raw
    raise Invalid("That message was not understood.", code="seen_invalid")


@transactional
def seen_raise(live_session_id: int, user_id: int, seq: int) -> bool:
    """Say that this person has had every line up to `seq` on the screen; return whether that is news.

    Raises Invalid("seen_ahead") for a number that the log has not given out. A lower number than before changes nothing.
    """
    last = db.session.scalar(select(JournalHead.seq).where(JournalHead.live_session_id == live_session_id)) or 0
    if seq > last:
        raise Invalid("That line is not written yet.", code="seen_ahead")
    if seq == 0:
        return False
    values = {"live_session_id": live_session_id, "user_id": user_id, "seq": seq, "at": now()}
    insert = sqlite.insert(ChatSeen) if is_sqlite() else postgresql.insert(ChatSeen)
    made: int = db.session.execute(insert.values(values).on_conflict_do_nothing()).rowcount  # type: ignore[attr-defined]
    if made:
        return True
    raised: int = db.session.execute(  # type: ignore[attr-defined]
        update(ChatSeen)
        .where(ChatSeen.live_session_id == live_session_id, ChatSeen.user_id == user_id, ChatSeen.seq < seq)
        .values(seq=seq, at=values["at"])
    ).rowcount
    return bool(raised)


def seen_by(live_session_id: int) -> dict[int, int]:
    """Person's id -> the number up to which they have read. Who has read nothing is not in it."""
    rows = db.session.execute(select(ChatSeen.user_id, ChatSeen.seq).where(ChatSeen.live_session_id == live_session_id))
    return {row.user_id: row.seq for row in rows}
