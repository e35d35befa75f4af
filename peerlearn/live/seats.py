"""Who sits where in this process: the look-up of every in-room event. Memory only; the database holds the stays."""

from __future__ import annotations

from dataclasses import dataclass, field

from peerlearn.live.limits import Bucket
from peerlearn.live.protocol import RATES
from peerlearn.live.room import LEARNER, Side, other_side


@dataclass(slots=True)
class Seat:
    """One socket in one room. Ids are the database's, public ids are what the browsers know.

    `checked_at` (seconds of a steady clock) is when the lesson's row last said that this person may be here. `may_draw` is
    False while the mentor's lock keeps this seat from drawing: the cheap answer for what is not stored. The log itself asks the
    database.
    """

    sid: str
    live_session_id: int
    session_public_id: str
    user_id: int
    user_public_id: str
    side: Side
    epoch: int
    attendance_id: int
    name: str
    locale: str = "en"
    checked_at: float = 0.0
    may_draw: bool = True
    media: dict[str, bool] = field(default_factory=dict)


class Seats:
    """The seats of a process, found by socket and by place. `rate_factor` widens every rate (measurements only)."""

    def __init__(self, rate_factor: float = 1.0) -> None:
        self._rate_factor = rate_factor
        self._by_sid: dict[str, Seat] = {}
        self._by_place: dict[tuple[int, Side], Seat] = {}
        self._buckets: dict[tuple[str, str], Bucket] = {}

    def sit(self, seat: Seat) -> Seat | None:
        """Put a socket on its place and return the one it pushes away in this process, if any."""
        pushed = self._by_place.get((seat.live_session_id, seat.side))
        if pushed is not None and pushed.sid != seat.sid:
            del self._by_sid[pushed.sid]
        else:
            pushed = None
        self._by_sid[seat.sid] = seat
        self._by_place[seat.live_session_id, seat.side] = seat
        return pushed

    def of(self, sid: str) -> Seat | None:
        """The seat of a socket."""
        return self._by_sid.get(sid)

    def across(self, seat: Seat) -> Seat | None:
        """The other person's seat, if their socket is on this process."""
        return self._by_place.get((seat.live_session_id, other_side(seat.side)))

    def stand(self, sid: str) -> Seat | None:
        """Take a socket off its place and return the seat it had."""
        seat = self._by_sid.pop(sid, None)
        if seat is not None and self._by_place.get((seat.live_session_id, seat.side)) is seat:
            del self._by_place[seat.live_session_id, seat.side]
        return seat

    def forget(self, sid: str) -> None:
        """Drop a closed socket's buckets."""
        for kind in RATES:
            self._buckets.pop((sid, kind), None)

    def in_room(self, live_session_id: int) -> list[Seat]:
        """The seats of a room on this process."""
        return [seat for seat in self._by_sid.values() if seat.live_session_id == live_session_id]

    def lock_learner(self, live_session_id: int, *, locked: bool) -> None:
        """Keep the learner from drawing, if their seat is on this process; another process reads it within its belief."""
        seat = self._by_place.get((live_session_id, LEARNER))
        if seat is not None:
            seat.may_draw = not locked

    def attendance_ids(self) -> list[int]:
        """The stays that this process keeps alive."""
        return [seat.attendance_id for seat in self._by_sid.values()]

    def all(self) -> list[Seat]:
        """Every seat of this process."""
        return list(self._by_sid.values())

    def within_rate(self, sid: str, kind: str, at: float) -> bool:
        """Whether this socket may do one more thing of this kind at `at` (seconds of any steady clock)."""
        bucket = self._buckets.get((sid, kind))
        if bucket is None:
            rate, burst = RATES[kind]
            bucket = Bucket(rate * self._rate_factor, burst * self._rate_factor, at)
            self._buckets[sid, kind] = bucket
        return bucket.take(at)
