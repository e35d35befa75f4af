"""What a web process keeps for its rooms: the seats, the log's writer, and how one seat reaches the other."""

from __future__ import annotations

import logging
import time
from typing import Any, cast

from flask import Flask, current_app
from flask_socketio import SocketIO
from sqlalchemy.exc import SQLAlchemyError

from peerlearn.clock import now
from peerlearn.errors import PeerLearnError
from peerlearn.live.journal_writer import JournalWriter
from peerlearn.live.limits import Offences
from peerlearn.live.protocol import SEAT_SILENCE_SECONDS, SEAT_TOUCH_SECONDS, TELL
from peerlearn.live.queries import believed_lessons
from peerlearn.live.room import MENTOR, Side, other_side, room_pass
from peerlearn.live.seats import Seat, Seats
from peerlearn.live.service import seat_leave, seats_touch

log = logging.getLogger(__name__)

# Within the time for which a seat is believed (`seated.BELIEVED_SECONDS`), with room for a slow answer.
BELIEVE_EVERY_SECONDS = 3.0


def room_of(session_public_id: str) -> str:
    """The socket room of everyone who looks at a lesson: both seats and both lobbies."""
    return f"session:{session_public_id}"


def place_of(session_public_id: str, side: Side) -> str:
    """The socket room of one seat, over all processes."""
    return f"seat:{session_public_id}:{side}"


class Desk:
    """One per application."""

    def __init__(self, app: Flask, sockets: SocketIO) -> None:
        self.seats = Seats(rate_factor=app.config["PEERLEARN"].room_rate_factor)
        self._offences = Offences()
        self.journal = JournalWriter(app.app_context, sockets.start_background_task)
        self._app = app
        self._sockets = sockets
        self._keeping = False

    def tell_across(self, seat: Seat, event: str, payload: dict[str, Any]) -> None:
        """Tell the other seat, wherever its socket is. Never the sender, never a third."""
        place = place_of(seat.session_public_id, other_side(seat.side))
        self._sockets.server.emit(event, payload, to=place, namespace="/")

    def throw_across(self, seat: Seat, event: str, payload: dict[str, Any] | list[Any]) -> None:
        """Tell the other seat something that may be lost: no database, and no bus when both sit in this process."""
        across = self.seats.across(seat)
        if across is not None:
            self._sockets.emit(event, payload, to=across.sid, ignore_queue=True)
        else:
            self._sockets.emit(event, payload, to=place_of(seat.session_public_id, other_side(seat.side)))

    def vacate(self, seat: Seat, *, on_purpose: bool) -> None:
        """End a stay and tell the other one; while the database is away, as soon as it is back.

        Otherwise whoever comes back in another tab would be asked whether to move a call that nobody holds.
        """
        try:
            self._vacate(seat, on_purpose)
        except SQLAlchemyError as error:
            log.warning("live: user %s left while the database was away: %s", seat.user_id, error)
            self._sockets.start_background_task(self._vacate_later, seat, on_purpose)

    def _vacate(self, seat: Seat, on_purpose: bool) -> None:
        # The same page may sit here again already, over another process: then nobody has left.
        if seat_leave(seat.attendance_id):
            self.tell_across(seat, TELL["PEER_LEFT"], {"epoch": seat.epoch, "on_purpose": on_purpose})

    def _vacate_later(self, seat: Seat, on_purpose: bool) -> None:
        for _second in range(SEAT_SILENCE_SECONDS):  # after that the stay counts as ended anyway
            self._sockets.sleep(1)
            try:
                with self._app.app_context():
                    self._vacate(seat, on_purpose)
            except SQLAlchemyError:
                continue
            return

    def offence(self, sid: str, seat: Seat | None, event: str, code: str) -> None:
        """Log that a socket did what it may not: at once, then at most every few seconds with how often."""
        times = self._offences.due((sid, event, code), time.monotonic())
        if times:
            log.warning("live: %s refused for user %s: %s (%d)", event, seat and seat.user_id, code, times)

    def keep_seats(self) -> None:
        """Say now and then that the seats of this process are alive, as long as there are any."""
        if not self._keeping:
            self._keeping = True
            self._sockets.start_background_task(self._keep)
            self._sockets.start_background_task(self._believe)

    def _keep(self) -> None:
        while True:
            self._sockets.sleep(SEAT_TOUCH_SECONDS)
            ids = self.seats.attendance_ids()
            if not ids:
                self._keeping = False
                return
            try:
                with self._app.app_context():
                    seats_touch(ids)
            except Exception:
                # The next round says it again; a stay only counts as silent after several missed rounds.
                log.exception("live: could not keep %d seats", len(ids))

    def _believe(self) -> None:
        """Read the lessons of all seats together every few seconds. A thousand seats that each ask for their own would
        keep a core busy with nothing else; who can't be believed any more is left to be asked about one by one."""
        while self._keeping:
            self._sockets.sleep(BELIEVE_EVERY_SECONDS)
            seats = self.seats.all()
            try:
                with self._app.app_context():
                    lessons = believed_lessons({seat.live_session_id for seat in seats})
            except SQLAlchemyError:
                continue  # each seat asks for itself when its belief runs out
            at, moment = time.monotonic(), now()
            for seat in seats:
                lesson = lessons.get(seat.live_session_id)
                try:
                    if lesson is None:
                        continue
                    room_pass(lesson, seat.user_id, moment)
                except PeerLearnError:
                    continue
                seat.may_draw = seat.side == MENTOR or not lesson.locked
                seat.checked_at = at


def desk() -> Desk:
    """The desk of the current application, made when it is first needed."""
    found = current_app.extensions.get("peerlearn.live")
    if found is None:
        app = current_app._get_current_object()  # type: ignore[attr-defined]  # threads need the application itself
        found = current_app.extensions["peerlearn.live"] = Desk(app, current_app.extensions["socketio"])
    return cast(Desk, found)
