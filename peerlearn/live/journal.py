"""The lesson's log. What a browser hears acknowledged is committed.

`journal_append` writes many entries of many rooms in one transaction; `journal_writer.JournalWriter` gathers them for it.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast

from sqlalchemy import bindparam, insert, select, text, tuple_
from sqlalchemy.dialects import postgresql, sqlite

from peerlearn.clock import now
from peerlearn.errors import Conflict, PeerLearnError
from peerlearn.kernel import db, is_sqlite, transactional
from peerlearn.live.lock import is_lock, lock_refusal
from peerlearn.live.models import JournalEntry, JournalHead
from peerlearn.sessions.models import LiveSession

log = logging.getLogger(__name__)

WRITABLE_STATES: Final = frozenset({"confirmed", "live"})


@dataclass(frozen=True)
class Draft:
    """What someone wants to write: already parsed, not yet numbered."""

    live_session_id: int
    author_id: int
    client_id: str
    kind: str
    payload: dict[str, Any]


@dataclass(frozen=True)
class Entry:
    """A written line of the log. `new` is False when this client id had been written before."""

    live_session_id: int
    seq: int
    author_id: int
    client_id: str
    kind: str
    payload: dict[str, Any]
    at: datetime
    new: bool = True


@transactional
def journal_append(drafts: Sequence[Draft]) -> list[Entry | PeerLearnError]:
    """Number and write the drafts in their order; answer each with its Entry, or Conflict("room_ended"), or the refusal of a
    locked board (`lock_refusal`), which is decided here, under the room's lock, so that no process can be late to know it.

    Within a room numbers have no gap and no double, also when two processes append at once: the row of JournalHead is
    locked first (on SQLite the whole database is), and only then is it seen which client ids are already written.
    """
    heads, locks, mentors = _lock_heads(sorted({draft.live_session_id for draft in drafts}))
    written = _already_written([draft for draft in drafts if draft.live_session_id in heads])
    at = now()
    answers: list[Entry | PeerLearnError] = []
    rows: list[dict[str, Any]] = []
    before = dict(heads)
    for draft in drafts:
        room = draft.live_session_id
        if room not in heads:
            answers.append(Conflict("This lesson is over. Nothing more can be written.", code="room_ended"))
            continue
        key = (room, draft.author_id, draft.client_id)
        if key not in written:
            by_mentor = draft.author_id == mentors[room]
            refusal = lock_refusal(draft.kind, draft.payload, by_mentor=by_mentor, locked=locks[room])
            if refusal is not None:
                answers.append(refusal)
                continue
            if is_lock(draft.kind, draft.payload):
                locks[room] = draft.payload["on"]
            heads[room] += 1
            entry = Entry(room, heads[room], draft.author_id, draft.client_id, draft.kind, draft.payload, at)
            rows.append({name: getattr(entry, name) for name in _COLUMNS})
            written[key] = entry
            answers.append(entry)
        else:
            first = written[key]
            answers.append(Entry(**{name: getattr(first, name) for name in _COLUMNS}, new=False))
    if rows:
        connection = db.session.connection()
        connection.execute(_WRITE, rows)
        grown = [[room, seq, int(locks[room])] for room, seq in heads.items() if seq != before[room]]
        connection.execute(_GROW[is_sqlite()], _columns(grown, "room", "seq", "locked"))
    return answers


_COLUMNS: Final = ("live_session_id", "seq", "author_id", "client_id", "kind", "payload", "at")
_WRITE: Final = insert(cast(Any, JournalEntry.__table__))
_LOCK: Final = (
    select(LiveSession.id, LiveSession.mentor_id, JournalHead.seq, JournalHead.board_locked)
    .join(JournalHead, JournalHead.live_session_id == LiveSession.id)
    .where(LiveSession.id.in_(bindparam("rooms", expanding=True)), LiveSession.state.in_(WRITABLE_STATES))
    .order_by(LiveSession.id)
    .with_for_update(of=JournalHead)
)

# One statement each for any number of rooms and drafts, whose text never changes: a list goes in as a whole, as JSON on SQLite
# (keyed True) and as arrays on PostgreSQL. A long list of IN would be searched room by room, through everything a room ever wrote.
_FIND: Final = {
    True: text("""
        SELECT entry.live_session_id, entry.seq FROM json_each(:rows) AS draft JOIN journal_entry AS entry
          ON entry.live_session_id = json_extract(draft.value, '$[0]') AND entry.author_id = json_extract(draft.value, '$[1]')
         AND entry.client_id = json_extract(draft.value, '$[2]')"""),
    False: text("""
        SELECT entry.live_session_id, entry.seq
          FROM unnest(CAST(:room AS integer[]), CAST(:author AS integer[]), CAST(:client AS text[])) AS draft(room, author, client)
          JOIN journal_entry AS entry
            ON entry.live_session_id = draft.room AND entry.author_id = draft.author AND entry.client_id = draft.client"""),
}
_GROW: Final = {
    True: text("""
        UPDATE journal_head SET seq = json_extract(grown.value, '$[1]'), board_locked = json_extract(grown.value, '$[2]')
          FROM json_each(:rows) AS grown WHERE live_session_id = json_extract(grown.value, '$[0]')"""),
    False: text("""
        UPDATE journal_head SET seq = grown.seq, board_locked = grown.locked <> 0
          FROM unnest(CAST(:room AS integer[]), CAST(:seq AS integer[]), CAST(:locked AS integer[])) AS grown(room, seq, locked)
         WHERE live_session_id = grown.room"""),
}


def _columns(rows: list[list[Any]], *names: str) -> dict[str, Any]:
    """The parameters of a list of rows for the statements above."""
    if is_sqlite():
        return {"rows": json.dumps(rows)}
    return dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))


def _lock_heads(rooms: list[int]) -> tuple[dict[int, int], dict[int, bool], dict[int, int]]:
    """Lock the heads of the rooms that may be written in, in ascending order (two batches can't wait for each other); return
    by room the last number, whether the board is locked, and the mentor."""
    found = _locked(rooms)
    if len(found) < len(rooms):
        known = {row.id for row in found}
        missing = [room for room in rooms if room not in known]
        writable = select(LiveSession.id).where(LiveSession.id.in_(missing), LiveSession.state.in_(WRITABLE_STATES))
        for room in sorted(db.session.scalars(writable)):
            _make_head(room)
        found = [*found, *_locked(missing)]
    return (
        {row.id: row.seq for row in found},
        {row.id: row.board_locked for row in found},
        {row.id: row.mentor_id for row in found},
    )


def _locked(rooms: list[int]) -> Sequence[Any]:
    return db.session.execute(_LOCK, {"rooms": rooms}).all()


def _make_head(room: int) -> None:
    # The other process may make the same head at the same moment; both engines know ON CONFLICT DO NOTHING.
    values = {"live_session_id": room, "seq": 0}
    if is_sqlite():
        db.session.execute(sqlite.insert(JournalHead).values(values).on_conflict_do_nothing())
    else:
        db.session.execute(postgresql.insert(JournalHead).values(values).on_conflict_do_nothing())


def _already_written(drafts: Sequence[Draft]) -> dict[tuple[int, int, str], Entry]:
    if not drafts:
        return {}
    asked = [[draft.live_session_id, draft.author_id, draft.client_id] for draft in drafts]
    places = db.session.execute(_FIND[is_sqlite()], _columns(asked, "room", "author", "client")).all()
    found: dict[tuple[int, int, str], Entry] = {}
    if places:
        place = tuple_(JournalEntry.live_session_id, JournalEntry.seq)
        for row in db.session.scalars(select(JournalEntry).where(place.in_([tuple(known) for known in places]))):
            entry = Entry(**{name: getattr(row, name) for name in _COLUMNS})
            found[entry.live_session_id, entry.author_id, entry.client_id] = entry
    return found
