"""The lesson's log. What a browser hears acknowledged is committed.

`journal_append` writes many entries of many rooms in one transaction; `journal_writer.JournalWriter` gathers them for it.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, cast

import orjson
from sqlalchemy import CursorResult, bindparam, select, text, tuple_
from sqlalchemy.dialects import postgresql, sqlite

from peerlearn.clock import now
from peerlearn.errors import Conflict, NotAllowed, PeerLearnError
from peerlearn.kernel import UtcDateTime, db, is_sqlite, transactional
from peerlearn.live.lock import is_lock, lock_refusal
from peerlearn.live.models import JournalEntry, JournalHead
from peerlearn.sessions.models import LiveSession

log = logging.getLogger(__name__)

WRITABLE_STATES: Final = ("confirmed", "live")


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
    rooms = _lock_heads(sorted({draft.live_session_id for draft in drafts}))
    at = now()
    batch = _Batch(rooms, {}, at)
    answers = [batch.number(draft) for draft in drafts]
    if any(isinstance(answer, NotAllowed) for answer in answers) or not batch.write():
        # A client id of these has been written before, or may have been before the board was locked: look, and number anew.
        batch = _Batch(rooms, _already_written([draft for draft in drafts if draft.live_session_id in rooms]), at)
        answers = [batch.number(draft) for draft in drafts]
        # What stands there has just been looked for, under the locks: nothing may be promised on top of a fault.
        if not batch.write():
            raise RuntimeError("The log holds a client id that was not found in it.")
    return answers


@dataclass(frozen=True, slots=True)
class _Room:
    """A room that is locked by this transaction."""

    seq: int
    board_locked: bool
    mentor_id: int


class _Batch:
    """Entries on their way into the log. `written` are those that stand there already, by room, author and client id."""

    def __init__(self, rooms: Mapping[int, _Room], written: dict[tuple[int, int, str], Entry], at: datetime) -> None:
        self._rooms = rooms
        self._written = written
        self._at = at
        self._seqs = {room_id: room.seq for room_id, room in rooms.items()}
        self._locks = {room_id: room.board_locked for room_id, room in rooms.items()}
        self._new: list[Entry] = []

    def number(self, draft: Draft) -> Entry | PeerLearnError:
        """The draft's line of the log, or why there is none."""
        room_id = draft.live_session_id
        room = self._rooms.get(room_id)
        if room is None:
            return Conflict("This lesson is over. Nothing more can be written.", code="room_ended")
        key = (room_id, draft.author_id, draft.client_id)
        first = self._written.get(key)
        if first is not None:
            return replace(first, new=False)
        by_mentor = draft.author_id == room.mentor_id
        refusal = lock_refusal(draft.kind, draft.payload, by_mentor=by_mentor, locked=self._locks[room_id])
        if refusal is not None:
            return refusal
        if is_lock(draft.kind, draft.payload):
            self._locks[room_id] = draft.payload["on"]
        seq = self._seqs[room_id] = self._seqs[room_id] + 1
        entry = Entry(room_id, seq, draft.author_id, draft.client_id, draft.kind, draft.payload, self._at)
        self._written[key] = entry
        self._new.append(entry)
        return entry

    def write(self) -> bool:
        """Write what is new. False, and nothing is written, when one of the client ids stands in the log already."""
        if not self._new:
            return True
        lines = [
            (
                line.live_session_id,
                line.seq,
                line.author_id,
                line.client_id,
                line.kind,
                orjson.dumps(line.payload).decode(),
            )
            for line in self._new
        ]
        words = _columns(lines, "room", "seq", "author", "client", "kind", "payload")
        if cast(CursorResult[Any], db.session.execute(_WRITE[is_sqlite()], {**words, "at": self._at})).rowcount == 0:
            return False
        grown = [
            (room_id, seq, int(self._locks[room_id]))
            for room_id, seq in self._seqs.items()
            if seq != self._rooms[room_id].seq
        ]
        db.session.execute(_GROW[is_sqlite()], _columns(grown, "room", "seq", "locked"))
        return True


_COLUMNS: Final = ("live_session_id", "seq", "author_id", "client_id", "kind", "payload", "at")

# One statement each for any number of rooms and drafts, whose text never changes: a list goes in as a whole, as JSON on SQLite
# (keyed True) and as arrays on PostgreSQL. A long list of IN would be searched room by room, through everything a room ever wrote.
# A payload travels as the text that is kept.
_LOCK: Final = {
    True: text("""
        SELECT lesson.id, lesson.mentor_id, head.seq, head.board_locked
          FROM json_each(:rows) AS asked CROSS JOIN live_session AS lesson ON lesson.id = json_extract(asked.value, '$[0]')
          JOIN journal_head AS head ON head.live_session_id = lesson.id
         WHERE lesson.state IN ('confirmed', 'live')"""),
    False: text("""
        SELECT lesson.id, lesson.mentor_id, head.seq, head.board_locked
          FROM live_session AS lesson JOIN journal_head AS head ON head.live_session_id = lesson.id
         WHERE lesson.id = ANY(CAST(:room AS integer[])) AND lesson.state IN ('confirmed', 'live')
         ORDER BY lesson.id FOR UPDATE OF head"""),
}
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
# All of them, or none where one stands in the log already.
_ADD: Final = """
    INSERT INTO journal_entry (live_session_id, seq, author_id, client_id, kind, payload, at)
    WITH line AS MATERIALIZED ({lines})
    SELECT room, seq, author, client, kind, {payload}, :at FROM line
     WHERE NOT EXISTS (SELECT 1 FROM line JOIN journal_entry AS old
                         ON old.live_session_id = room AND old.author_id = author AND old.client_id = client)"""
_LINES_SQLITE: Final = """
    SELECT json_extract(value, '$[0]') AS room, json_extract(value, '$[1]') AS seq, json_extract(value, '$[2]') AS author,
           json_extract(value, '$[3]') AS client, json_extract(value, '$[4]') AS kind, json_extract(value, '$[5]') AS payload
      FROM json_each(:rows)"""
_LINES_POSTGRESQL: Final = """
    SELECT * FROM unnest(CAST(:room AS integer[]), CAST(:seq AS integer[]), CAST(:author AS integer[]), CAST(:client AS text[]),
                         CAST(:kind AS text[]), CAST(:payload AS text[])) AS it(room, seq, author, client, kind, payload)"""
_WRITE: Final = {
    True: text(_ADD.format(lines=_LINES_SQLITE, payload="payload")).bindparams(bindparam("at", type_=UtcDateTime())),
    False: text(_ADD.format(lines=_LINES_POSTGRESQL, payload="CAST(payload AS json)")),
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


def _columns(rows: Sequence[Sequence[Any]], *names: str) -> dict[str, Any]:
    """The parameters of a list of rows for the statements above."""
    if is_sqlite():
        return {"rows": orjson.dumps(rows).decode()}
    return dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))


def _lock_heads(rooms: list[int]) -> dict[int, _Room]:
    """Lock the rooms that may be written in, in ascending order: two batches can't wait for each other."""
    found = _locked(rooms)
    if len(found) < len(rooms):
        missing = [room for room in rooms if room not in found]
        writable = select(LiveSession.id).where(LiveSession.id.in_(missing), LiveSession.state.in_(WRITABLE_STATES))
        for room in sorted(db.session.scalars(writable)):
            _make_head(room)
        found |= _locked(missing)
    return found


def _locked(rooms: list[int]) -> dict[int, _Room]:
    rows = db.session.execute(_LOCK[is_sqlite()], _columns([(room,) for room in rooms], "room")).all()
    return {row.id: _Room(row.seq, bool(row.board_locked), row.mentor_id) for row in rows}


def _make_head(room: int) -> None:
    # The other process may make the same head at the same moment; both engines know ON CONFLICT DO NOTHING.
    values = {"live_session_id": room, "seq": 0}
    if is_sqlite():
        db.session.execute(sqlite.insert(JournalHead).values(values).on_conflict_do_nothing())
    else:
        db.session.execute(postgresql.insert(JournalHead).values(values).on_conflict_do_nothing())


def _already_written(drafts: Sequence[Draft]) -> dict[tuple[int, int, str], Entry]:
    asked = [(draft.live_session_id, draft.author_id, draft.client_id) for draft in drafts]
    places = db.session.execute(_FIND[is_sqlite()], _columns(asked, "room", "author", "client")).all()
    found: dict[tuple[int, int, str], Entry] = {}
    if places:
        place = tuple_(JournalEntry.live_session_id, JournalEntry.seq)
        for row in db.session.scalars(select(JournalEntry).where(place.in_([tuple(known) for known in places]))):
            entry = Entry(**{name: getattr(row, name) for name in _COLUMNS})
            found[entry.live_session_id, entry.author_id, entry.client_id] = entry
    return found
